//! Corrects text that does not parse: finds the edit that was probably meant, so that one mistake costs one message and
//! the rest of the entry keeps its meaning.
//!
//! Each of the [habits](super::habits) proposes an edit where the grammar stops. The first one after which the entry
//! parses is taken.

use std::ops::Range;

use pest::Parser as _;
use pest::error::{Error, InputLocation};

use super::context::{ParseContext, Shift};
use super::habits::{HABITS, junk_in_header};
use super::rules::{PipeParser, Rule};
use crate::diag::Diagnostic;
use crate::source::Span;

/// Text is corrected at most this often, one edit inside of another, so that the time remains linear.
const MAX_SHIFTS: usize = 8;

/// An entry after an edit.
pub(super) struct Corrected {
    pub text: String,
    pub shifts: Vec<Shift>,
    pub message: Diagnostic,
}

/// An edit that a habit proposes, with the message if it helps.
pub(super) struct Proposal {
    /// Replacements in the text, sorted and disjoint.
    pub edits: Vec<(Range<usize>, String)>,
    pub message: Diagnostic,
}

impl Proposal {
    /// By how much the text becomes longer.
    fn growth(&self) -> usize {
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

/// Corrects an entry that begins at `start`; `None` if no habit explains it.
pub(super) fn correct(cx: &ParseContext<'_>, start: usize, text: &str) -> Option<Corrected> {
    if cx.is_unfinished || cx.shifts.len() >= MAX_SHIFTS {
        return None;
    }
    let (head, tail) = head(text);
    let at = stops_at(&format!("{head}{tail}")).min(head.len());
    let line = Line { cx, start, text: head, at };
    let proposals: Vec<Proposal> = HABITS.iter().filter_map(|habit| habit(&line)).collect();
    let after = |p: &Proposal| format!("{}{tail}", applied(head, &p.edits));
    let proposal = match proposals.iter().position(|p| is_understood(&after(p))) {
        Some(found) => proposals.into_iter().nth(found),
        // There are several mistakes: take the edit that gets further, and correct the rest afterwards.
        None => proposals.into_iter().find(|p| stops_at(&after(p)) > at + p.growth()).or_else(|| {
            let proposal = junk_in_header(&line)?;
            is_understood(&after(&proposal)).then_some(proposal)
        }),
    }?;
    let shifts = proposal.edits.iter().rev();
    let shifts = shifts.map(|(at, new)| Shift { at: start + at.start, removed: at.len(), inserted: new.len() });
    Some(Corrected { text: applied(text, &proposal.edits), shifts: shifts.collect(), message: proposal.message })
}

/// Where the grammar stops in an entry; its length if it does not.
fn stops_at(text: &str) -> usize {
    PipeParser::parse(Rule::strict, text).err().map_or(text.len(), |error| furthest(&error))
}

/// Whether the first entry parses, and everything after a comma that an edit inserted.
pub(super) fn is_understood(text: &str) -> bool {
    let Some(file) = PipeParser::parse(Rule::file, text).ok().and_then(|mut pairs| pairs.next()) else { return false };
    file.into_inner().next().is_none_or(|first| first.as_rule() != Rule::bad_line)
}

/// The part of an entry to correct, and what completes it: the header of a block without its content, or everything.
fn head(text: &str) -> (&str, &'static str) {
    let line = text.lines().next().unwrap_or("").trim_end();
    if line.len() < text.len() && line.ends_with('{') { (line, "}") } else { (text, "") }
}

pub(super) fn applied(text: &str, edits: &[(Range<usize>, String)]) -> String {
    let mut out = text.to_owned();
    for (at, new) in edits.iter().rev() {
        out.replace_range(at.clone(), new);
    }
    out
}

/// An entry that does not parse, and where.
pub(super) struct Line<'t> {
    cx: &'t ParseContext<'t>,
    start: usize,
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

    pub fn rest(&self) -> &str {
        self.slice(self.at..self.text.len())
    }

    /// The word that begins at `start`, or an empty one.
    pub fn word(&self, start: usize) -> Range<usize> {
        let rest = self.slice(start..self.text.len());
        let len = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        start..start + len
    }

    /// The word or the character at `start`.
    pub fn token(&self, start: usize) -> Range<usize> {
        let word = self.word(start);
        let mark = self.slice(start..self.text.len()).chars().next().filter(|c| !c.is_whitespace());
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
        let rest = self.slice(from..self.text.len());
        from + rest.len() - rest.trim_start_matches([' ', '\t']).len()
    }

    /// The position after the last character before `at` that is not a space.
    pub fn end_before(&self, at: usize) -> usize {
        self.slice(0..at).trim_end().len()
    }

    /// The end of the line that contains `at`, without a comment.
    pub fn line_end(&self, at: usize) -> usize {
        let rest = self.slice(at..self.text.len());
        let line = rest.split(['\n', '#']).next().unwrap_or(rest);
        at + line.trim_end().len()
    }

    pub fn first(&self) -> &str {
        let word = self.word(0);
        self.slice(word)
    }

    pub fn find(&self, what: &str, from: usize) -> Option<Range<usize>> {
        let at = from + self.slice(from..self.text.len()).find(what)?;
        Some(at..at + what.len())
    }
}
