//! Runs a compiled job locally: the same payload, wheel and order, with a process per step.
//!
//! [`plan`] reads the payload and determines what can run; [`environment`] creates the Python environment; [`engine`]
//! runs it and reports [`RunEvent`]s. Clusters, Spark and warehouses are not simulated.

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
