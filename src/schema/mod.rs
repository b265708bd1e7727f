//! The Jobs API as one table.
//!
//! Every fact about a field (name, type, unit, range, place, evaluation) has one row here. Checker, emitter, docs and
//! editors read it. Facts come from the public API documentation and the types of the Apache-2.0 `databricks-sdk`;
//! descriptions are our own. `tests/sdk/check_table.py` compares the table with the SDK.

mod cluster;
mod compute;
pub mod facts;
mod field;
mod foreign;
mod identity;
mod job;
pub mod key;
mod kinds;
mod library;
mod notify;
mod place;
mod task;
mod trigger;
mod walk;

pub use cluster::*;
pub use compute::{
    Cloud, ComputeTables, EnvironmentVersion, NodeType, Runtime, RuntimeKey, SERVERLESS_GPUS, serverless_gpus,
};
pub use field::{Block, Choice, Enum, Eval, Field, Format, Group, Measure, Order, Status, Ty, Vocabulary};
pub use foreign::{Ours, foreign, foreign_member, written_out};
pub use identity::{is_unordered, list_key};
pub use job::*;
pub use key::FieldKey;
pub use kinds::{COMPUTE_FIELDS, KINDS, Kind, RunsOn, kind_of, refuses, takes};
pub use library::*;
pub use notify::*;
pub use place::*;
pub use task::*;
pub use trigger::*;
pub use walk::{all_blocks, all_paths, field_at, find_enum};
