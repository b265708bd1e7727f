//! Values of other formats with their spans: JSON, YAML and CSV.

mod csv;
mod json;
mod limits;
mod messages;
mod tree;
mod value;
mod yaml;

pub use csv::read as read_csv;
pub use json::read as read_json;
pub(crate) use json::{char_span, duplicates, too_large};
pub use limits::{MAX_NODES, MAX_TEXT};
pub use tree::{TextPiece, Tree, TreeKey, TreeKind};
pub use value::{DataFormat, read_value};
pub use yaml::read as read_yaml;
