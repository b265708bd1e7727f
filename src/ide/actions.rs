//! Fixes of diagnostics, as changes that an editor can make.

use super::rename::Edit;
use super::view::View;
use crate::diag::{Diagnostic, Fix};
use crate::source::Span;

/// A change that is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What it does.
    pub title: String,
    /// The changes; they never overlap.
    pub edits: Vec<Edit>,
    /// It certainly keeps the meaning intended.
    pub safe: bool,
    /// The diagnostic that it mends, by its place in the list of the snapshot.
    pub mends: Option<Diagnostic>,
}

/// The fixes for what is wrong between two bytes.
pub fn actions(view: &View<'_>, range: Span) -> Vec<Action> {
    let touches = |span: Span| span.file == range.file && span.start <= range.end && range.start <= span.end;
    view.snapshot
        .diagnostics(view.unit.id)
        .filter(|d| touches(d.span))
        .flat_map(|d| d.fixes.iter().map(move |fix| action(d, fix)))
        .collect()
}

fn action(d: &Diagnostic, fix: &Fix) -> Action {
    let edits = fix.edits.iter().map(|(span, text)| Edit { span: *span, text: text.clone() }).collect();
    Action { title: fix.title.clone(), edits, safe: fix.safe, mends: Some(d.clone()) }
}

/// Every sure fix of the file in one change; fixes that touch each other wait for the next time.
pub fn fix_all(view: &View<'_>) -> Option<Action> {
    let mut edits: Vec<Edit> = Vec::new();
    for d in view.snapshot.diagnostics(view.unit.id) {
        let Some(fix) = d.fixes.iter().find(|f| f.safe) else { continue };
        let clashes = fix.edits.iter().any(|(span, _)| {
            edits.iter().any(|e| {
                e.span.file == span.file
                    && (span.start < e.span.end && e.span.start < span.end || span.start == e.span.start)
            })
        });
        if !clashes && fix.edits.iter().all(|(span, _)| span.file == view.unit.id) {
            edits.extend(fix.edits.iter().map(|(span, text)| Edit { span: *span, text: text.clone() }));
        }
    }
    edits.sort();
    (!edits.is_empty()).then(|| Action { title: "apply all sure fixes".to_owned(), edits, safe: true, mends: None })
}
