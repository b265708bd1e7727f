//! A checked program: what a file means, with the place of everything that a later message may point at.

mod braces;
mod node;
mod program;
mod reference;
mod types;

pub use braces::{Braces, braces};
pub use node::{FieldValue, Node, NodeKind, Object, Part, Text, TextBuilder, Unchecked, number_json};
pub use program::*;
pub use reference::Reference;
pub use types::Type;
