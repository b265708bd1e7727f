//! Messages of the checker: one constructor per message, named after the mistake, in modules by phase.

mod choices;
mod compute;
mod files;
mod graph;
mod keys;
mod names;
mod places;
mod refs;
mod time;
mod types;
mod unused;
mod values;

#[cfg(test)]
mod tests;

pub(super) use choices::*;
pub(super) use compute::*;
pub(super) use files::*;
pub(super) use graph::*;
pub(super) use keys::*;
pub(super) use names::*;
pub(super) use places::*;
pub(super) use refs::*;
pub(super) use time::*;
pub(super) use types::*;
pub(super) use unused::*;
pub(super) use values::*;

use crate::diag::{Anchor, Diagnostic};
use crate::source::Span;

/// Adapts a message about a value in a data file, which has no fixes.
pub fn in_data_file(mut d: Diagnostic, used_at: Span) -> Diagnostic {
    d.fixes.clear();
    d.with_label(used_at, "used here")
}

/// Adapts a message about the value of a constant: its code decides which place is primary, and fixes are removed,
/// because they would affect all uses.
pub fn through_constant(mut d: Diagnostic, used_at: Span) -> Diagnostic {
    d.fixes.clear();
    let anchor = d.code.anchor();
    if used_at == d.span || anchor == Anchor::Definition {
        return d;
    }
    let defined = std::mem::replace(&mut d.span, used_at);
    let d = d.with_label(defined, "the value comes from here");
    match anchor {
        Anchor::UseOfType => d.help("write another value here, or change the constant and all its uses"),
        _ => d,
    }
}
