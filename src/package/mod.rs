//! Python projects: metadata, modules, signatures of functions, and wheels.

mod archive;
mod backend;
mod dynamic;
mod entry;
mod functions;
mod layout;
mod local;
mod metadata;
mod modules;
mod names;
mod never;
mod pep508;
mod project;
mod pyproject;
mod requirements;
mod secrets;
mod select;
mod tokens;
mod types;
mod wheel;

pub use archive::{sha256_hex, unzip};
pub use entry::EntryPoint;
pub use functions::{Functions, Lookup, Missing, Parameter, ParsedModules, Reached, Signature};
pub use layout::{SourceLayout, Top};
pub use local::{LocalContent, LocalFiles};
pub use metadata::{Metadata, ScriptGroup, python_in};
pub use modules::{ModuleFile, Modules};
pub use names::normalize_name;
pub(crate) use never::never as never_packed;
pub use project::{PythonProject, WheelBuilder};
pub use pyproject::ProjectError;
pub use requirements::{RequirementLine, is_pinned, is_requirements_file, lines as requirement_lines, requirement};
pub(crate) use select::is_packed;
pub use tokens::without_tokens;
pub use types::{PyType, RecordKind};
pub use wheel::{UNBUILT, Wheel, WheelFile, build, pack, unbuilt};
