//! Source that is being written, and what of the input each stretch of it stands for.

use std::collections::HashMap;
use std::ops::Range;

use crate::source::Span;

/// How an entry of the input is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fallback {
    /// Field for field, without sugar.
    Plain,
    /// In `unchecked`.
    Unchecked,
}

/// Entries that are not written in the best way, by the places of their keys.
pub(super) type Ways = HashMap<Span, Fallback>;

/// A stretch of source that says what an entry of the input says.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    /// The bytes of the source.
    pub range: Range<usize>,
    /// The place of the entry's key in the input.
    pub entry: Span,
    /// What to show of the input.
    pub shown: Span,
    /// There is a plainer way to write it.
    pub sugar: bool,
}

/// Source, and marks from inner to outer ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Out {
    pub text: String,
    pub marks: Vec<Mark>,
}

impl Out {
    /// Adds a text.
    pub fn push(&mut self, text: impl AsRef<str>) {
        self.text.push_str(text.as_ref());
    }

    /// Adds what was written apart.
    pub fn append(&mut self, other: Out) {
        let at = self.text.len();
        self.text.push_str(&other.text);
        self.marks.extend(other.marks.into_iter().map(|m| Mark { range: m.range.start + at..m.range.end + at, ..m }));
    }

    /// Marks what was written since a byte.
    pub fn mark(&mut self, from: usize, entry: Span, shown: Span, sugar: bool) {
        self.marks.push(Mark { range: from..self.text.len(), entry, shown, sugar });
    }

    /// The innermost mark around a stretch of the source.
    pub fn around(&self, at: Range<usize>) -> Option<&Mark> {
        self.marks.iter().filter(|m| m.range.start <= at.start && at.end <= m.range.end).min_by_key(|m| m.range.len())
    }
}
