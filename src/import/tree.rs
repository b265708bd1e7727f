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
    pub kind: TreeKind,
}

/// What a value is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum TreeKind {
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
    Mixed(Vec<TextPiece>),
    /// A list.
    List(Vec<Tree>),
    /// An object, in order of writing.
    Map(Vec<(TreeKey, Tree)>),
}

/// A part of a value that names of the project stand in.
#[derive(Clone, Debug, PartialEq)]
pub enum TextPiece {
    /// Text.
    Text(String),
    /// A `var`.
    Var {
        /// Its name.
        name: String,
        /// Its value where no target sets another.
        value: Box<TreeKind>,
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
pub struct TreeKey {
    /// The text.
    pub text: SmolStr,
    /// Where it is written. No two entries have the same place: it stands for the entry.
    pub span: Span,
}

impl Default for Tree {
    fn default() -> Tree {
        Tree { span: Span::new(crate::source::FileId(0), 0, 0), kind: TreeKind::Null }
    }
}

impl Tree {
    /// The value of a key; nothing for `null`.
    pub fn get(&self, key: &str) -> Option<&Tree> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The entry of a key; nothing for `null`.
    pub fn entry(&self, key: &str) -> Option<&(TreeKey, Tree)> {
        self.entries().iter().find(|(k, v)| k.text == key && v.kind != TreeKind::Null)
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
    pub fn entries(&self) -> &[(TreeKey, Tree)] {
        match &self.kind {
            TreeKind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The elements, if it is a list.
    pub fn items(&self) -> &[Tree] {
        match &self.kind {
            TreeKind::List(items) => items,
            _ => &[],
        }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            TreeKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    pub fn int(&self) -> Option<i64> {
        match &self.kind {
            TreeKind::Number(n) => n.parse().ok(),
            _ => None,
        }
    }

    /// Whether it is an object.
    pub fn is_map(&self) -> bool {
        matches!(self.kind, TreeKind::Map(_))
    }

    /// The same as JSON, without places.
    pub fn json(&self) -> Value {
        match &self.kind {
            TreeKind::Null => Value::Null,
            TreeKind::Bool(b) => Value::Bool(*b),
            TreeKind::Number(n) => crate::model::number_json(n),
            TreeKind::Text(text) => Value::String(text.clone()),
            TreeKind::Mixed(pieces) => match pieces.as_slice() {
                [TextPiece::Var { value, .. }] => Tree { span: self.span, kind: (**value).clone() }.json(),
                // Deployment fills it in.
                [TextPiece::Job { .. }] => Value::from(0),
                several => several.iter().map(TextPiece::text).collect::<String>().into(),
            },
            TreeKind::List(items) => items.iter().map(Tree::json).collect(),
            TreeKind::Map(entries) => {
                entries.iter().map(|(k, v)| (k.text.to_string(), v.json())).collect::<Map<_, _>>().into()
            }
        }
    }

    /// Whether both say the same, wherever they stand.
    pub fn same(&self, other: &Tree) -> bool {
        match (&self.kind, &other.kind) {
            (TreeKind::List(a), TreeKind::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b)),
            (TreeKind::Map(a), TreeKind::Map(b)) => {
                a.len() == b.len()
                    && a.iter().all(|(k, v)| b.iter().any(|(other, w)| other.text == k.text && v.same(w)))
            }
            (a, b) => a == b,
        }
    }
}

impl TextPiece {
    /// Its text in a longer one.
    fn text(&self) -> String {
        match self {
            TextPiece::Text(text) => text.clone(),
            TextPiece::Job { .. } => "0".to_owned(),
            TextPiece::Reference(path) => format!("${{{path}}}"),
            TextPiece::Var { value, .. } => match value.as_ref() {
                TreeKind::Text(text) => text.clone(),
                TreeKind::Number(n) => n.to_string(),
                TreeKind::Bool(b) => b.to_string(),
                TreeKind::Mixed(pieces) => pieces.iter().map(TextPiece::text).collect(),
                _ => String::new(),
            },
        }
    }

    /// How much there is in it, in values: every 64 bytes of text are one.
    pub(super) fn size(&self) -> usize {
        match self {
            TextPiece::Text(text) | TextPiece::Reference(text) => 1 + text.len() / 64,
            TextPiece::Var { value, .. } => 1 + value.size(),
            TextPiece::Job { .. } => 1,
        }
    }

    /// As it stands between the quotes of a text.
    pub(super) fn in_text(&self, out: &mut String) {
        match self {
            TextPiece::Text(text) => super::names::escape(text, out),
            TextPiece::Var { name, .. } => {
                out.push_str("${");
                out.push_str(&super::names::name(name));
                out.push('}');
            }
            TextPiece::Job { .. } => out.push('0'),
            TextPiece::Reference(_) => super::names::escape(&self.text(), out),
        }
    }
}

impl TreeKind {
    /// How much there is in it, in values: every 64 bytes of text are one.
    pub(super) fn size(&self) -> usize {
        match self {
            TreeKind::Null | TreeKind::Bool(_) | TreeKind::Number(_) => 1,
            TreeKind::Text(text) => 1 + text.len() / 64,
            TreeKind::Mixed(pieces) => 1 + pieces.iter().map(TextPiece::size).sum::<usize>(),
            TreeKind::List(items) => 1 + items.iter().map(Tree::size).sum::<usize>(),
            TreeKind::Map(entries) => 1 + entries.iter().map(|(_, v)| v.size()).sum::<usize>(),
        }
    }
}

impl Tree {
    /// How much there is in it, in values: every 64 bytes of text are one.
    pub(super) fn size(&self) -> usize {
        self.kind.size()
    }
}
