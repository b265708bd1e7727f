//! A line that does not parse, and edits of it.

use std::ops::Range;

use pest::Parser as _;
use pest::error::{Error, InputLocation};

use super::context::ParseContext;
use super::rules::{PipeParser, Rule};
use crate::diag::Diagnostic;
use crate::source::Span;

/// An edit that a habit proposes, with the message if it helps.
pub(super) struct Proposal {
    /// Replacements in the text, sorted and disjoint.
    pub edits: Vec<(Range<usize>, String)>,
    pub message: Diagnostic,
}

impl Proposal {
    /// By how much the text becomes longer.
    pub fn growth(&self) -> usize {
        let (new, old) = self.edits.iter().fold((0, 0), |(new, old), (at, text)| (new + text.len(), old + at.len()));
        new.saturating_sub(old)
    }

    pub fn one(at: Range<usize>, text: impl Into<String>, message: Diagnostic) -> Option<Proposal> {
        Some(Proposal { edits: vec![(at, text.into())], message })
    }
}

/// The position up to which text parsed.
pub(super) fn furthest(error: &Error<Rule>) -> usize {
    match error.location {
        InputLocation::Pos(p) | InputLocation::Span((p, _)) => p,
    }
}

pub(super) fn applied(text: &str, edits: &[(Range<usize>, String)]) -> String {
    let mut out = text.to_owned();
    for (at, new) in edits.iter().rev() {
        out.replace_range(at.clone(), new);
    }
    out
}

/// Where the grammar stops in an entry; its length if it does not.
pub(super) fn stops_at(text: &str) -> usize {
    PipeParser::parse(Rule::strict, text).err().map_or(text.len(), |error| furthest(&error))
}

/// Whether the first entry parses, and everything after a comma that an edit inserted.
pub(super) fn is_understood(text: &str) -> bool {
    let Some(file) = PipeParser::parse(Rule::file, text).ok().and_then(|mut pairs| pairs.next()) else { return false };
    file.into_inner().next().is_none_or(|first| first.as_rule() != Rule::bad_line)
}

/// An entry that does not parse, and where.
pub(super) struct Line<'t> {
    pub cx: &'t ParseContext<'t>,
    pub start: usize,
    pub text: &'t str,
    /// Where the grammar stops.
    pub at: usize,
}

impl Line<'_> {
    pub fn span(&self, at: &Range<usize>) -> Span {
        self.cx.at(self.start + at.start, self.start + at.end)
    }

    pub fn slice(&self, at: Range<usize>) -> &str {
        self.text.get(at).unwrap_or("")
    }

    /// The text from `start` on.
    pub fn from(&self, start: usize) -> &str {
        self.slice(start..self.text.len())
    }

    /// The text from where the grammar stops.
    pub fn rest(&self) -> &str {
        self.from(self.at)
    }

    /// The word that begins at `start`, or an empty one.
    pub fn word(&self, start: usize) -> Range<usize> {
        let rest = self.from(start);
        let len = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        start..start + len
    }

    /// The word or the character at `start`.
    pub fn token(&self, start: usize) -> Range<usize> {
        let word = self.word(start);
        let mark = self.from(start).chars().next().filter(|c| !c.is_whitespace());
        if word.is_empty() { start..start + mark.map_or(0, char::len_utf8) } else { word }
    }

    /// The word that ends at `end`.
    pub fn word_before(&self, end: usize) -> Range<usize> {
        let before = self.slice(0..end);
        let len = before.bytes().rev().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        end - len..end
    }

    /// The position after the spaces at `from`.
    pub fn skip(&self, from: usize) -> usize {
        self.skip_while(from, |c| matches!(c, ' ' | '\t'))
    }

    /// The position after the characters at `from` for which `is_part` holds.
    pub fn skip_while(&self, from: usize, is_part: impl Fn(char) -> bool) -> usize {
        let rest = self.from(from);
        from + rest.find(|c| !is_part(c)).unwrap_or(rest.len())
    }

    /// The characters around where the grammar stops for which `is_part` holds.
    pub fn around(&self, is_part: impl Fn(char) -> bool) -> Range<usize> {
        let start = self.slice(0..self.at).trim_end_matches(&is_part).len();
        start..self.skip_while(start, is_part)
    }

    /// The position after the last character before `at` that is not a space.
    pub fn end_before(&self, at: usize) -> usize {
        self.slice(0..at).trim_end().len()
    }

    /// The end of the line that contains `at`, without a comment.
    pub fn line_end(&self, at: usize) -> usize {
        let rest = self.from(at);
        let line = rest.split(['\n', '#']).next().unwrap_or(rest);
        at + line.trim_end().len()
    }

    pub fn first(&self) -> &str {
        let word = self.word(0);
        self.slice(word)
    }

    pub fn find(&self, what: &str, from: usize) -> Option<Range<usize>> {
        let at = from + self.from(from).find(what)?;
        Some(at..at + what.len())
    }
}

/// Whether two short words differ by one edit.
pub(super) fn one_edit(a: &str, b: &str) -> bool {
    a.len() <= 4 && strsim::osa_distance(a, b) == 1
}

/// The edits of a proposal, for the fix of its message.
pub(super) fn on_disk(line: &Line<'_>, edits: &[(Range<usize>, String)]) -> Vec<(Span, String)> {
    edits.iter().map(|(at, text)| (line.span(at), text.clone())).collect()
}
