//! Coming from elsewhere: jobs that exist become source that a person would have written.
//!
//! Readers make a [`Tree`] of a text, with the place of everything in it; `jobs`, `bundle` and `terraform` find the jobs in
//! it; `pipeline`, `steps` and `sharing` write a job as source. What was written is compiled and held against the job by
//! `prove`: what does not come out the same, or does not check, is written in a plainer way, and at last in `unchecked`,
//! with a warning. So the guarantee does not rest on the sugar being right.

mod bundle;
mod compare;
mod fields;
mod hcl;
mod include;
mod input;
mod jobs;
mod json;
mod limits;
mod local;
mod messages;
mod names;
mod out;
mod overrides;
mod packaged;
mod pipeline;
mod prove;
mod references;
mod sharing;
mod steps;
mod stubs;
mod terraform;
mod texts;
mod tree;
mod variables;
mod write;
mod yaml;

pub use input::{read_input, texts};
pub use jobs::{ImportNote, ImportTarget, ImportedJob, JobsRead, find};
pub use json::read as read_json;
pub use limits::MAX_TEXT;
pub use names::identifier;
pub use prove::{Imported, import, import_all, prove_project};
pub use tree::{TextPiece, Tree, TreeKey, TreeKind};
pub use yaml::read as read_yaml;
