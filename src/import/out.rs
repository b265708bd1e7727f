//! Source that is being written, with the entries of the input that each part represents.

use std::collections::HashMap;
use std::ops::Range;

use crate::source::Span;

/// How an entry is written if the best form fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fallback {
    /// Field by field, without short forms.
    Plain,
    /// In `unchecked`.
    Unchecked,
}

/// Entries that are not written in the best form, by the spans of their keys.
pub(super) type Ways = HashMap<Span, Fallback>;

/// A part of the source that represents an entry of the input.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    /// Bytes of the source.
    pub range: Range<usize>,
    /// The span of the entry's key in the input.
    pub entry: Span,
    /// The span to show in messages.
    pub shown: Span,
    /// Whether there is a plainer form.
    pub sugar: bool,
}

/// Source with marks; inner marks come first.
#[derive(Clone, Debug, Default)]
pub(super) struct Out {
    pub text: String,
    pub marks: Vec<Mark>,
}

impl Out {
    /// Adds text.
    pub fn push(&mut self, text: impl AsRef<str>) {
        self.text.push_str(text.as_ref());
    }

    /// Adds source that was written separately.
    pub fn append(&mut self, other: Out) {
        let at = self.text.len();
        self.text.push_str(&other.text);
        self.marks.extend(other.marks.into_iter().map(|m| Mark { range: m.range.start + at..m.range.end + at, ..m }));
    }

    /// Marks everything since a byte.
    pub fn mark(&mut self, from: usize, entry: Span, shown: Span, sugar: bool) {
        self.marks.push(Mark { range: from..self.text.len(), entry, shown, sugar });
    }

    /// The innermost mark around a range.
    pub fn around(&self, at: Range<usize>) -> Option<&Mark> {
        self.marks.iter().filter(|m| m.range.start <= at.start && at.end <= m.range.end).min_by_key(|m| m.range.len())
    }
}
