//! The context of building a tree.

use smol_str::SmolStr;

use super::rules::Rule;
use crate::source::{FileId, Span};

pub(super) type Pair<'a> = pest::iterators::Pair<'a, Rule>;

/// The file, for all functions that build the tree.
pub(super) struct ParseContext<'a> {
    pub file: FileId,
    /// The text to parse, repaired if necessary.
    pub text: &'a str,
    /// The length of the text on disk.
    pub len: u32,
    pub comments: &'a [Span],
}

impl ParseContext<'_> {
    pub(super) fn span(&self, base: usize, pair: &Pair<'_>) -> Span {
        let s = pair.as_span();
        self.at(base + s.start(), base + s.end())
    }

    pub(super) fn at(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, (start as u32).min(self.len), (end as u32).min(self.len))
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
