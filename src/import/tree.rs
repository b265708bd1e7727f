//! A value of another format, with the place of everything in it.

use serde_json::{Map, Value};
use smol_str::SmolStr;

use crate::source::Span;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// Where it is written.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Kind {
    /// Nothing.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as written.
    Number(SmolStr),
    /// A text.
    Text(String),
    /// A text or value in which names of the project stand.
    Mixed(Vec<Piece>),
    /// A list.
    List(Vec<Tree>),
    /// An object, in order of writing.
    Map(Vec<(Key, Tree)>),
}

/// A part of a value that names of the project stand in.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Text.
    Text(String),
    /// A `var`.
    Var {
        /// Its name.
        name: String,
        /// Its value where no target sets another.
        value: Box<Kind>,
    },
    /// An expression of the other language, not looked up yet.
    Reference(String),
    /// The id of the job that a pipeline becomes.
    Job {
        /// The name of the pipeline.
        pipeline: String,
    },
}

/// The key of an entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The text.
    pub text: SmolStr,
    /// Where it is written. No two entries have the same place: it stands for the entry.
    pub span: Span,
}

impl Default for Tree {
    fn default() -> Tree {
        Tree { span: Span::new(crate::source::FileId(0), 0, 0), kind: Kind::Null }
    }
}

impl Tree {
    /// The value of a key; nothing for `null`.
    pub fn get(&self, key: &str) -> Option<&Tree> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The entry of a key; nothing for `null`.
    pub fn entry(&self, key: &str) -> Option<&(Key, Tree)> {
        self.entries().iter().find(|(k, v)| k.text == key && v.kind != Kind::Null)
    }

    /// The text of a key.
    pub fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    /// The elements of a key's list.
    pub fn items_of(&self, key: &str) -> &[Tree] {
        self.get(key).map(Tree::items).unwrap_or_default()
    }

    /// The entries, if it is an object.
    pub fn entries(&self) -> &[(Key, Tree)] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The elements, if it is a list.
    pub fn items(&self) -> &[Tree] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    pub fn int(&self) -> Option<i64> {
        match &self.kind {
            Kind::Number(n) => n.parse().ok(),
            _ => None,
        }
    }

    /// Whether it is an object.
    pub fn is_map(&self) -> bool {
        matches!(self.kind, Kind::Map(_))
    }

    /// The same as JSON, without places.
    pub fn json(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(b) => Value::Bool(*b),
            Kind::Number(n) => crate::model::number_json(n),
            Kind::Text(text) => Value::String(text.clone()),
            Kind::Mixed(pieces) => match pieces.as_slice() {
                [Piece::Var { value, .. }] => Tree { span: self.span, kind: (**value).clone() }.json(),
                // Deployment fills it in.
                [Piece::Job { .. }] => Value::from(0),
                several => several.iter().map(Piece::text).collect::<String>().into(),
            },
            Kind::List(items) => items.iter().map(Tree::json).collect(),
            Kind::Map(entries) => {
                entries.iter().map(|(k, v)| (k.text.to_string(), v.json())).collect::<Map<_, _>>().into()
            }
        }
    }

    /// Whether both say the same, wherever they stand.
    pub fn same(&self, other: &Tree) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::List(a), Kind::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b)),
            (Kind::Map(a), Kind::Map(b)) => {
                a.len() == b.len()
                    && a.iter().all(|(k, v)| b.iter().any(|(other, w)| other.text == k.text && v.same(w)))
            }
            (a, b) => a == b,
        }
    }
}

impl Piece {
    /// Its text in a longer one.
    fn text(&self) -> String {
        match self {
            Piece::Text(text) => text.clone(),
            Piece::Job { .. } => "0".to_owned(),
            Piece::Reference(path) => format!("${{{path}}}"),
            Piece::Var { value, .. } => match value.as_ref() {
                Kind::Text(text) => text.clone(),
                Kind::Number(n) => n.to_string(),
                Kind::Bool(b) => b.to_string(),
                Kind::Mixed(pieces) => pieces.iter().map(Piece::text).collect(),
                _ => String::new(),
            },
        }
    }

    /// How much there is in it, in values: every 64 bytes of text are one.
    pub(super) fn size(&self) -> usize {
        match self {
            Piece::Text(text) | Piece::Reference(text) => 1 + text.len() / 64,
            Piece::Var { value, .. } => 1 + value.size(),
            Piece::Job { .. } => 1,
        }
    }

    /// As it stands between the quotes of a text.
    pub(super) fn in_text(&self, out: &mut String) {
        match self {
            Piece::Text(text) => super::names::escape(text, out),
            Piece::Var { name, .. } => {
                out.push_str("${");
                out.push_str(&super::names::name(name));
                out.push('}');
            }
            Piece::Job { .. } => out.push('0'),
            Piece::Reference(_) => super::names::escape(&self.text(), out),
        }
    }
}

impl Kind {
    /// How much there is in it, in values: every 64 bytes of text are one.
    pub(super) fn size(&self) -> usize {
        match self {
            Kind::Null | Kind::Bool(_) | Kind::Number(_) => 1,
            Kind::Text(text) => 1 + text.len() / 64,
            Kind::Mixed(pieces) => 1 + pieces.iter().map(Piece::size).sum::<usize>(),
            Kind::List(items) => 1 + items.iter().map(Tree::size).sum::<usize>(),
            Kind::Map(entries) => 1 + entries.iter().map(|(_, v)| v.size()).sum::<usize>(),
        }
    }
}

impl Tree {
    /// How much there is in it, in values: every 64 bytes of text are one.
    pub(super) fn size(&self) -> usize {
        self.kind.size()
    }
}
