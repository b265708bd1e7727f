//! What was understood of the projects of an editor at one moment.

use crate::check::Checked;
use crate::diag::Diagnostic;
use crate::project::{LoadError, Loaded};
use crate::source::FileId;

/// Projects as they were understood at one moment.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The files and what belongs together.
    pub loaded: Loaded,
    /// What checking came to, for all targets.
    pub checked: Checked,
    /// What could not be read.
    pub problems: Vec<LoadError>,
}

impl Snapshot {
    /// What is wrong in a file, in order.
    pub fn diagnostics(&self, file: FileId) -> impl Iterator<Item = &Diagnostic> {
        self.checked.diagnostics.iter().filter(move |d| d.span.file == file)
    }

    /// The `.pipe` files of its projects.
    pub fn files(&self) -> Vec<FileId> {
        let mut out: Vec<FileId> = self.loaded.projects.iter().flat_map(|p| &p.units).map(|u| u.id).collect();
        out.sort();
        out.dedup();
        out
    }
}
