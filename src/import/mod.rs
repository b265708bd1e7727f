//! Converts existing jobs to source that a person could have written.
//!
//! Readers build a [`Tree`](crate::data::Tree) with spans; `jobs`, `bundle` and `terraform` find the jobs in it; `pipeline`, `steps` and
//! `sharing` write a job as source. `prove` compiles the result and compares it with the job. What differs or has
//! errors is written in a plainer form, and finally in `unchecked`, with a warning. So correctness does not depend on
//! the short forms.

mod bundle;
mod compare;
mod fields;
mod hcl;
mod include;
mod input;
mod jobs;
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
mod variables;
mod write;

pub use input::{read_input, texts};
pub use jobs::{ImportNote, ImportTarget, ImportedJob, JobsRead, find};
pub use names::identifier;
pub use prove::{Imported, import, import_all, prove_project};
