//! What was understood of the projects of an editor at one moment.

use std::path::Path;

use crate::check::Checked;
use crate::diag::Diagnostic;
use crate::project::{LoadError, Loaded};
use crate::source::{FileId, SourceMap};

/// Projects as they were understood at one moment.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The files and what belongs together.
    pub(super) loaded: Loaded,
    /// What checking came to, for all targets.
    pub(super) checked: Checked,
    /// What could not be read.
    pub(super) problems: Vec<LoadError>,
}

impl Snapshot {
    /// The text of every file.
    pub fn sources(&self) -> &SourceMap {
        &self.loaded.sources
    }

    /// What is wrong, in all files.
    pub fn all_diagnostics(&self) -> &[Diagnostic] {
        &self.checked.diagnostics
    }

    /// Files that could not be read, each with why.
    pub fn unread(&self) -> impl Iterator<Item = (&Path, String)> {
        self.problems.iter().map(|p| (p.path(), p.to_string()))
    }

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
