//! What completion offers: one thing, and a list of them as it grows.

use crate::source::{Span, quote_name};
use crate::syntax::words;

/// What kind of thing is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletionKind {
    /// A word of the language.
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
    /// A param.
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
    /// A text that the tables know.
    Text,
}

/// One thing that is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What is shown.
    pub label: String,
    /// What kind of thing it is.
    pub kind: CompletionKind,
    /// A few words beside it.
    pub detail: String,
    /// More, in Markdown.
    pub doc: String,
    /// What is put in, with `$0` and `${1:...}` for the places to go on.
    pub insert: String,
    /// What it replaces.
    pub replaces: Span,
    /// Where it is listed: the lowest first, the label among equals.
    pub rank: u8,
    /// It is still taken, and not to be used in new work.
    pub deprecated: bool,
}

/// A list that grows.
pub(super) struct Completions {
    pub list: Vec<Completion>,
    /// What each replaces, if it does not say otherwise.
    pub replaces: Span,
}

impl Completions {
    /// Adds something that is put in as it is shown.
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
        // It was pushed in the line above.
        #[expect(clippy::indexing_slicing, reason = "the list has just got this element")]
        &mut self.list[last]
    }

    /// Adds a name, in backticks where it needs them.
    pub fn name(&mut self, kind: CompletionKind, name: &str, detail: impl Into<String>) -> &mut Completion {
        let offer = self.add(kind, name, detail);
        offer.insert = escaped(&quote_name(name));
        offer
    }
}

/// Text for a place where `$` and `}` mean something.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('$', "\\$").replace('}', "\\}")
}

/// Adds a word of the language.
pub(super) fn keyword(offers: &mut Completions, word: &str) {
    if let Some(word) = words::find(word) {
        let offer = offers.add(CompletionKind::Keyword, word.text, "");
        offer.insert = word.shape.to_owned();
        offer.doc = word.doc.to_owned();
        offer.rank = 6;
    }
}
