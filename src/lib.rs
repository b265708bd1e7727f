//! `pipec`: a compiler for pipelines.
//!
//! Data goes down this list, `use` goes up it; `tests/architecture.rs` holds the code to it.
//!
//! ```text
//! text -> syntax::parse -> ast::File                    never fails; mistakes are diagnostics
//!      -> project::load -> Project                      files that belong together
//!      -> check::check  -> Valid<model::Program>        only without errors
//!      -> package::build -> Wheel                       reproducible bytes
//!      -> lower::lower  -> Bundle                       payloads of the Jobs API; pure and total
//!      -> emit::artifacts -> files                      byte-stable
//!      -> deploy::plan  -> Plan                         desired, last deployed, live
//!      -> deploy::apply -> workspace                    the only phase that writes there
//! ```
//!
//! [`schema`] is the one table of the Jobs API; [`diag`] is what a user sees of a mistake.

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

// The parser that pest derives without its `std` feature names this crate.
extern crate alloc;

pub mod advise;
pub mod check;
pub mod cli;
pub mod deploy;
pub mod diag;
pub mod emit;
pub mod fmt;
pub mod graph;
pub mod ide;
pub mod import;
pub mod local;
pub mod lower;
pub mod lsp;
pub mod model;
pub mod package;
pub mod project;
pub mod python;
pub mod scaffold;
pub mod schema;
pub mod source;
pub mod syntax;
pub mod time;
pub mod workspace;
