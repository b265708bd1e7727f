//! Python projects: what their metadata says, where their modules are, and the wheel made of them.

mod entry;
mod metadata;
mod modules;
mod wheel;

pub use entry::EntryPoint;
pub use metadata::{Metadata, MetadataError, ScriptGroup, normalize_name};
pub use modules::{Modules, SourceRoot};
pub use wheel::{Wheel, WheelFile, build, plain_lines, sha256_hex};
