//! The compiled job on this machine: the same payload, the same wheel, the same order, in processes of their own.
//!
//! [`plan`] reads the payload and says what can run here; [`environment`] makes the Python that it runs in; [`engine`]
//! runs it and tells what happens as [`Event`]s. What the platform does beyond that (clusters, Spark, warehouses) is not imitated.

pub mod engine;
pub mod environment;
mod outcome;
pub mod plan;
mod process;
mod text;

pub use engine::{Event, Finished, Run};
pub use environment::{Environments, Wanted};
pub use outcome::State;
pub use plan::{Kind, Plan, Task};
