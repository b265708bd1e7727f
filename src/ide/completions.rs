//! Completion items, and lists of them.

use crate::source::{Span, quote_name};
use crate::syntax::words;

/// The kind of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletionKind {
    /// A keyword.
    Keyword,
    /// A field.
    Field,
    /// A member of an enum.
    Member,
    /// A step, condition or loop.
    Step,
    /// A cluster or environment.
    Compute,
    /// A constant, var or loop variable.
    Value,
    /// A parameter.
    Param,
    /// An output of a step.
    Output,
    /// A pipeline.
    Pipeline,
    /// A type.
    Type,
    /// A Python module.
    Module,
    /// A Python function.
    Function,
    /// An argument.
    Argument,
    /// A file.
    File,
    /// A directory.
    Directory,
    /// A known string.
    Text,
}

/// A completion item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    pub label: String,
    pub kind: CompletionKind,
    /// A few words next to the label.
    pub detail: String,
    /// Documentation, in Markdown.
    pub doc: String,
    /// The inserted snippet, with `$0` and `${1:...}`.
    pub insert: String,
    /// The replaced range.
    pub replaces: Span,
    /// The sort order: lowest first, then by label.
    pub rank: u8,
    /// Whether it is deprecated.
    pub deprecated: bool,
}

/// A list of items.
pub(super) struct Completions {
    pub list: Vec<Completion>,
    /// The default replaced range.
    pub replaces: Span,
}

impl Completions {
    /// Adds an item that is inserted as shown.
    pub fn add(
        &mut self,
        kind: CompletionKind,
        label: impl Into<String>,
        detail: impl Into<String>,
    ) -> &mut Completion {
        let label = label.into();
        let insert = escaped(&label);
        self.list.push(Completion {
            label,
            kind,
            detail: detail.into(),
            doc: String::new(),
            insert,
            replaces: self.replaces,
            rank: 5,
            deprecated: false,
        });
        let last = self.list.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "the list has just got this element")]
        &mut self.list[last]
    }

    /// Adds a name, with backticks if necessary.
    pub fn name(&mut self, kind: CompletionKind, name: &str, detail: impl Into<String>) -> &mut Completion {
        let offer = self.add(kind, name, detail);
        offer.insert = escaped(&quote_name(name));
        offer
    }
}

/// Escapes `$` and `}` for a snippet.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('$', "\\$").replace('}', "\\}")
}

/// Adds a keyword.
pub(super) fn keyword(offers: &mut Completions, word: &str) {
    if let Some(word) = words::find(word) {
        let offer = offers.add(CompletionKind::Keyword, word.text, "");
        offer.insert = word.shape.to_owned();
        offer.doc = word.doc.to_owned();
        offer.rank = 6;
    }
}
