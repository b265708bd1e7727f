//! The projects of an editor at one moment.

use std::path::Path;

use crate::check::Checked;
use crate::diag::Diagnostic;
use crate::project::{LoadError, Loaded};
use crate::source::{FileId, SourceMap};

/// The projects at one moment, loaded and checked.
#[derive(Debug, Default)]
pub struct Snapshot {
    pub(super) loaded: Loaded,
    /// The result of the check, for all targets.
    pub(super) checked: Checked,
    /// Files that could not be read.
    pub(super) problems: Vec<LoadError>,
}

impl Snapshot {
    pub fn sources(&self) -> &SourceMap {
        &self.loaded.sources
    }

    /// The diagnostics of all files.
    pub fn all_diagnostics(&self) -> &[Diagnostic] {
        &self.checked.diagnostics
    }

    /// Files that could not be read, with the reason.
    pub fn unread(&self) -> impl Iterator<Item = (&Path, String)> {
        self.problems.iter().map(|p| (p.path(), p.to_string()))
    }

    /// The diagnostics of a file, sorted.
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
