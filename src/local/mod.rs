//! The compiled job on this machine: the same payload, the same wheel, the same order, in processes of their own.
//!
//! [`plan`] reads the payload and says what can run here; [`environment`] makes the Python that it runs in; [`engine`]
//! runs it and tells what happens as [`RunEvent`]s. What the platform does beyond that (clusters, Spark, warehouses) is not imitated.

pub mod engine;
pub mod environment;
mod error;
pub mod folders;
pub mod interrupt;
mod outcome;
pub mod plan;
mod process;
mod site;
mod text;
pub mod variables;

pub use engine::{Finished, RunEvent, RunRequest};
pub use environment::{Environments, Wanted};
pub use error::LocalError;
pub use interrupt::Interrupt;
pub use outcome::TaskState;
pub use plan::{LocalPlan, LocalTask, LocalWork};
