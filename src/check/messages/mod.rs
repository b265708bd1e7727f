//! What the checker says: one constructor for each message, named after the mistake, by phase of its code.

mod compute;
mod files;
mod graph;
mod names;
mod refs;
mod time;
mod values;

pub(super) use compute::*;
pub(super) use files::*;
pub(super) use graph::*;
pub(super) use names::*;
pub(super) use refs::*;
pub(super) use time::*;
pub(super) use values::*;
