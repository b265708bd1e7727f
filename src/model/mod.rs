//! A checked program: the meaning of files, with the spans that later messages need.

mod braces;
mod hole;
mod node;
mod program;
mod reference;
mod types;

pub use braces::{Braces, braces};
pub use hole::{Hole, short_name};
pub use node::{FieldValue, Node, NodeKind, Object, Part, Text, TextBuilder, Unchecked, number_json};
pub use program::*;
pub use reference::Reference;
pub use types::Type;
