//! The context of building a tree.

use smol_str::SmolStr;

use super::rules::Rule;
use crate::source::{FileId, Span};

pub(super) type Pair<'a> = pest::iterators::Pair<'a, Rule>;

/// An edit of the text before it was parsed: positions after it are not those on disk.
#[derive(Clone, Copy)]
pub(super) struct Shift {
    pub at: usize,
    /// The length of the text on disk, and of the text that replaced it.
    pub removed: usize,
    pub inserted: usize,
}

impl Shift {
    /// The position before the edit; a position inside the new text becomes the start of the old one.
    fn original(self, position: usize) -> usize {
        match position {
            p if p >= self.at + self.inserted => p - self.inserted + self.removed,
            p => p.min(self.at),
        }
    }
}

/// The file, for all functions that build the tree.
#[derive(Clone)]
pub(super) struct ParseContext<'a> {
    pub file: FileId,
    /// The text to parse, repaired if necessary.
    pub text: &'a str,
    /// The length of the text on disk.
    pub len: u32,
    pub comments: &'a [Span],
    /// Whether the text is being typed, so that nothing in it is a mistake.
    pub is_unfinished: bool,
    /// The edits of the part that is parsed, in the order in which they were made.
    pub shifts: Vec<Shift>,
}

impl ParseContext<'_> {
    pub(super) fn span(&self, base: usize, pair: &Pair<'_>) -> Span {
        let s = pair.as_span();
        self.at(base + s.start(), base + s.end())
    }

    /// The span without spaces at its end.
    pub(super) fn trimmed(&self, base: usize, pair: &Pair<'_>) -> Span {
        let start = base + pair.as_span().start();
        self.at(start, start + pair.as_str().trim_end().len())
    }

    /// The span on disk of a part of the text that is parsed.
    pub(super) fn at(&self, start: usize, end: usize) -> Span {
        let on_disk = |position: usize| {
            let position = self.shifts.iter().rev().fold(position, |at, shift| shift.original(at));
            (position as u32).min(self.len)
        };
        Span::new(self.file, on_disk(start), on_disk(end))
    }

    /// The `##` comments that end on the line before `start`; a comment at the end of a line is not documentation.
    pub(super) fn doc(&self, start: u32) -> Option<SmolStr> {
        let mut at = start as usize;
        let mut index = self.comments.partition_point(|c| c.start < start);
        let mut lines: Vec<&str> = Vec::new();
        while let Some(comment) = index.checked_sub(1).and_then(|i| self.comments.get(i)) {
            let text = self.text.get(comment.start as usize..comment.end as usize)?;
            let between = self.text.get(comment.end as usize..at)?;
            let near = between.bytes().all(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'))
                && between.matches('\n').count() == 1;
            let before = self.text.get(..comment.start as usize)?;
            let alone = before.rsplit('\n').next().is_some_and(|l| l.trim().is_empty());
            match text.strip_prefix("##") {
                Some(rest) if near && alone => lines.push(rest.strip_prefix(' ').unwrap_or(rest).trim_end()),
                _ => break,
            }
            at = comment.start as usize;
            index -= 1;
        }
        lines.reverse();
        (!lines.is_empty()).then(|| SmolStr::from(lines.join("\n")))
    }
}
