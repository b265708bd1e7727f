//! Reads Python source with a parser; never imports or runs it.
//!
//! This module handles one Python module at a time: top-level names, functions, classes, and files that it opens.
//! [`crate::package`] follows names between modules.

mod annotation;
mod class;
mod data;
mod depth;
mod function;
mod module;

pub use annotation::{Annotation, Literal};
pub use class::{Class, ClassKind, RecordField};
pub use data::{Opened, PathRoot};
pub use function::{Function, ParamKind, PyParam, Returned, Shape};
pub use module::{Module, ModuleBinding, Name, SyntaxError, read};
