//! `pipec`: a compiler for pipelines.
//!
//! Data flows down this list, and imports go up; `tests/architecture.rs` enforces it.
//!
//! ```text
//! text -> syntax::parse -> ast::File                    never fails; errors are diagnostics
//!      -> project::load -> Project                      files that belong together
//!      -> check::check  -> Valid<model::Program>        only without errors
//!      -> package::build -> Wheel                       reproducible
//!      -> lower::lower  -> Bundle                       payloads of the Jobs API; pure and total
//!      -> emit::artifacts -> files                      reproducible
//!      -> deploy::plan  -> Plan                         desired, last deployed, live
//!      -> deploy::apply -> workspace                    the only phase that writes there
//! ```
//!
//! `schema` is the table of the Jobs API, and `diag` defines diagnostics.
//!
//! The library API is a [`Session`]: it loads, checks and builds, and prints nothing.

#![deny(missing_docs)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::todo,
        clippy::unimplemented
    )
)]

// The parser that pest derives without its `std` feature uses this crate.
extern crate alloc;

// The stable API. Everything else may change in any version, and is public only for the tests, benches and fuzz
// targets of this repository.
pub use check::Options;
pub use diag::{Code, Diagnostic, Edit, Fix, Label, Severity};
pub use emit::{Artifact, artifacts};
pub use lower::{Bundle, Job};
pub use model::{Program, Valid};
pub use package::{ProjectError, Wheel};
pub use project::{LoadError, Project};
pub use session::{Backends, BuildError, BuildEvent, BuildOptions, Built, Session, SessionError};
pub use source::{DiskFiles, FileId, Files, MemoryFiles, SourceMap, Span};

#[doc(hidden)]
pub mod advise;
#[doc(hidden)]
pub mod check;
#[doc(hidden)]
pub mod cli;
#[doc(hidden)]
pub mod data;
#[doc(hidden)]
pub mod deploy;
#[doc(hidden)]
pub mod diag;
#[doc(hidden)]
pub mod emit;
#[doc(hidden)]
pub mod fmt;
#[doc(hidden)]
pub mod graph;
#[doc(hidden)]
pub mod ide;
#[doc(hidden)]
pub mod import;
#[doc(hidden)]
pub mod local;
#[doc(hidden)]
pub mod lower;
#[doc(hidden)]
pub mod lsp;
#[doc(hidden)]
pub mod model;
#[doc(hidden)]
pub mod package;
#[doc(hidden)]
pub mod payload;
#[doc(hidden)]
pub mod project;
#[doc(hidden)]
pub mod python;
#[doc(hidden)]
pub mod scaffold;
#[doc(hidden)]
pub mod schema;
#[doc(hidden)]
pub mod session;
#[doc(hidden)]
pub mod source;
#[doc(hidden)]
pub mod syntax;
#[doc(hidden)]
pub mod time;
#[doc(hidden)]
pub mod workspace;
