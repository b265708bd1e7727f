//! A value of another format, with spans.

use serde_json::{Map, Value};
use smol_str::SmolStr;

use crate::source::Span;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    pub span: Span,
    pub kind: TreeKind,
}

/// The kind of a value.
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
    /// A string or value that contains names of the project.
    Mixed(Vec<TextPiece>),
    /// A list.
    List(Vec<Tree>),
    /// An object, in source order.
    Map(Vec<(TreeKey, Tree)>),
}

/// A part of a value that contains names.
#[derive(Clone, Debug, PartialEq)]
pub enum TextPiece {
    /// Text.
    Text(String),
    /// A `var`.
    Var {
        name: String,
        /// Its default.
        value: Box<TreeKind>,
    },
    /// A fact such as `target.name`.
    Fact {
        path: &'static str,
        /// What it compiles to without a target and a user.
        value: &'static str,
    },
    /// An expression of the other language that is not resolved yet.
    Reference(String),
    /// The id of the job of a pipeline.
    Job { pipeline: String },
}

/// The key of an entry.
#[derive(Clone, Debug, PartialEq)]
pub struct TreeKey {
    pub text: SmolStr,
    /// Its span, which is unique and identifies the entry.
    pub span: Span,
}

impl Default for Tree {
    fn default() -> Tree {
        Tree { span: Span::new(crate::source::FileId(0), 0, 0), kind: TreeKind::Null }
    }
}

impl Tree {
    /// The value of a key; `None` for `null`.
    pub fn get(&self, key: &str) -> Option<&Tree> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The entry of a key; `None` for `null`.
    pub fn entry(&self, key: &str) -> Option<&(TreeKey, Tree)> {
        self.entries().iter().find(|(k, v)| k.text == key && v.kind != TreeKind::Null)
    }

    /// The string of a key.
    pub fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    /// The elements of the list of a key.
    pub fn items_of(&self, key: &str) -> &[Tree] {
        self.get(key).map(Tree::items).unwrap_or_default()
    }

    /// The entries of an object, or none.
    pub fn entries(&self) -> &[(TreeKey, Tree)] {
        match &self.kind {
            TreeKind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The elements of a list, or none.
    pub fn items(&self) -> &[Tree] {
        match &self.kind {
            TreeKind::List(items) => items,
            _ => &[],
        }
    }

    /// The string, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            TreeKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The int, if it is one.
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

    /// The value as JSON, without spans.
    pub fn json(&self) -> Value {
        match &self.kind {
            TreeKind::Null => Value::Null,
            TreeKind::Bool(b) => Value::Bool(*b),
            TreeKind::Number(n) => crate::model::number_json(n),
            TreeKind::Text(text) => Value::String(text.clone()),
            TreeKind::Mixed(pieces) => match pieces.as_slice() {
                [TextPiece::Var { value, .. }] => Tree { span: self.span, kind: (**value).clone() }.json(),
                // A deployment sets it.
                [TextPiece::Job { .. }] => Value::from(0),
                several => several.iter().map(TextPiece::text).collect::<String>().into(),
            },
            TreeKind::List(items) => items.iter().map(Tree::json).collect(),
            TreeKind::Map(entries) => {
                entries.iter().map(|(k, v)| (k.text.to_string(), v.json())).collect::<Map<_, _>>().into()
            }
        }
    }

    /// Whether two values are equal, ignoring spans.
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
    /// Its text within a longer string.
    pub(crate) fn text(&self) -> String {
        match self {
            TextPiece::Text(text) => text.clone(),
            TextPiece::Job { .. } => "0".to_owned(),
            TextPiece::Fact { value, .. } => (*value).to_owned(),
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

    /// Its size in values; 64 bytes of text count as one.
    pub(crate) fn size(&self) -> usize {
        match self {
            TextPiece::Text(text) | TextPiece::Reference(text) => 1 + text.len() / 64,
            TextPiece::Var { value, .. } => 1 + value.size(),
            TextPiece::Job { .. } | TextPiece::Fact { .. } => 1,
        }
    }
}

impl TreeKind {
    /// Its size in values; 64 bytes of text count as one.
    pub(crate) fn size(&self) -> usize {
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
    /// Its size in values; 64 bytes of text count as one.
    pub(crate) fn size(&self) -> usize {
        self.kind.size()
    }
}
