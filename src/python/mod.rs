//! What Python source says: read by a parser, never imported and never run.
//!
//! One module at a time: its top-level names, the functions and classes among them, and the files that it opens. Following a
//! name from module to module is [`crate::package`]'s.

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
