//! What the checker says: one constructor for each message, named after the mistake, by phase of its code.

mod compute;
mod files;
mod graph;
mod names;
mod refs;
mod time;
mod values;

#[cfg(test)]
mod tests;

pub(super) use compute::*;
pub(super) use files::*;
pub(super) use graph::*;
pub(super) use names::*;
pub(super) use refs::*;
pub(super) use time::*;
pub(super) use values::*;

use crate::diag::{Anchor, Diagnostic};
use crate::source::Span;

/// A message about the value of a constant, which is used at a place: moved there if its code says so, and without its
/// fixes, which would change the value for all its uses.
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
