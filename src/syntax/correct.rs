//! Corrects text that does not parse: finds the edit that was probably meant, so that one mistake costs one message and
//! the rest of the entry keeps its meaning.
//!
//! Each of the [habits](super::habits) proposes an edit where the grammar stops. The first one after which the entry
//! parses is taken.

use super::context::{ParseContext, Shift};
use super::habits::HABITS;
use super::headers::junk_in_header;
use super::line::{Line, Proposal, applied, is_understood, stops_at};
use crate::diag::Diagnostic;

/// Text is corrected at most this often, one edit inside of another, so that the time remains linear.
const MAX_SHIFTS: usize = 8;

/// An entry after an edit.
pub(super) struct Corrected {
    pub text: String,
    pub shifts: Vec<Shift>,
    pub message: Diagnostic,
    /// Whether a part of a header was removed, so that it may lack anything.
    pub is_lossy: bool,
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
    let mut is_lossy = false;
    let proposal = match proposals.iter().position(|p| is_understood(&after(p))) {
        Some(found) => proposals.into_iter().nth(found),
        // There are several mistakes: take the edit that gets further, and correct the rest afterwards.
        None => proposals.into_iter().find(|p| stops_at(&after(p)) > at + p.growth()).or_else(|| {
            is_lossy = true;
            let proposal = junk_in_header(&line)?;
            is_understood(&after(&proposal)).then_some(proposal)
        }),
    }?;
    let shifts = proposal.edits.iter().rev();
    let shifts = shifts.map(|(at, new)| Shift { at: start + at.start, removed: at.len(), inserted: new.len() });
    Some(Corrected {
        text: applied(text, &proposal.edits),
        shifts: shifts.collect(),
        message: proposal.message,
        is_lossy,
    })
}

/// The part of an entry to correct, and what completes it: the header of a block without its content, or everything.
fn head(text: &str) -> (&str, &'static str) {
    let line = text.lines().next().unwrap_or("").trim_end();
    if line.len() < text.len() && line.ends_with('{') { (line, "}") } else { (text, "") }
}
