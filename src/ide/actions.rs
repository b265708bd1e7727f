//! Code actions for the fixes of diagnostics.

use super::view::FileContext;
use crate::diag::{Diagnostic, Edit, Fix, sure_edits};
use crate::source::Span;

/// A code action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refactoring {
    pub title: String,
    /// The edits; they never overlap.
    pub edits: Vec<Edit>,
    /// Whether it certainly preserves the intended meaning.
    pub safe: bool,
    /// The diagnostic that it fixes.
    pub mends: Option<Diagnostic>,
}

/// The fixes for diagnostics in a range.
pub fn actions(view: &FileContext<'_>, range: Span) -> Vec<Refactoring> {
    let touches = |span: Span| span.file == range.file && span.start <= range.end && range.start <= span.end;
    view.snapshot
        .diagnostics(view.unit.id)
        .filter(|d| touches(d.span))
        .flat_map(|d| d.fixes.iter().map(move |fix| action(d, fix)))
        .collect()
}

fn action(d: &Diagnostic, fix: &Fix) -> Refactoring {
    Refactoring { title: fix.title.clone(), edits: fix.edits.clone(), safe: fix.safe, mends: Some(d.clone()) }
}

/// All safe fixes of the file in one action; overlapping fixes are left for the next round.
pub fn fix_all(view: &FileContext<'_>) -> Option<Refactoring> {
    let own = |d: &&Diagnostic| d.fixes.iter().flat_map(|f| &f.edits).all(|e| e.span.file == view.unit.id);
    let (edits, _) = sure_edits(view.snapshot.diagnostics(view.unit.id).filter(own));
    (!edits.is_empty()).then(|| Refactoring {
        title: "apply all safe fixes".to_owned(),
        edits,
        safe: true,
        mends: None,
    })
}
