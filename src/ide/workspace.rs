//! The open files of an editor, and their projects.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::snapshot::Snapshot;
use super::view::FileContext;
use crate::check::{Checked, Options, check};
use crate::diag::{Edit, applied, by_file};
use crate::project::{Cache, LoadError, Loaded, load_around, pipe_files};
use crate::source::{Buffers, Files, SourceMap};

/// Open buffers, their folders, and the current snapshot.
#[derive(Debug, Default)]
pub struct EditorWorkspace {
    files: Buffers,
    folders: Vec<PathBuf>,
    cache: Cache,
    /// The `.pipe` files of the folders, from the last search.
    known: Option<Vec<PathBuf>>,
    current: Option<Snapshot>,
    /// Whether something has changed since.
    stale: bool,
}

impl EditorWorkspace {
    /// Sets the folders that are searched for files that import an open one.
    pub fn set_folders(&mut self, folders: Vec<PathBuf>) {
        self.folders = folders;
        self.look_again();
    }

    /// The folders that are searched.
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// Opens a buffer, or changes its text.
    pub fn set(&mut self, path: PathBuf, text: Arc<str>) {
        if self.files.text(&path).is_none() {
            self.known = None;
        }
        self.files.set(path, text);
        self.stale = true;
    }

    /// Closes a buffer: the file on disk applies from now on.
    pub fn close(&mut self, path: &Path) {
        self.files.close(path);
        self.changed_on_disk(path);
    }

    /// Records that a file was created, changed or deleted on disk.
    pub fn changed_on_disk(&mut self, path: &Path) {
        self.files.forget(path);
        self.look_again();
    }

    /// Searches for files again before the next answer.
    pub fn look_again(&mut self) {
        self.known = None;
        self.stale = true;
    }

    /// The text of an open buffer.
    pub fn text(&self, path: &Path) -> Option<&Arc<str>> {
        self.files.text(path)
    }

    /// File-system access; open buffers shadow the disk.
    pub fn files(&self) -> &dyn Files {
        &self.files
    }

    /// Loads and checks the projects of the open files, if anything has changed.
    pub fn refresh(&mut self) {
        if self.stale || self.current.is_none() {
            let open = self.open();
            self.current = Some(self.understand(&open));
            self.stale = false;
        }
    }

    /// The current snapshot.
    pub fn current(&self) -> Option<&Snapshot> {
        self.current.as_ref()
    }

    /// A file in the current snapshot.
    pub fn view(&self, path: &Path) -> Option<FileContext<'_>> {
        let snapshot = self.current.as_ref()?;
        FileContext::of(snapshot, &self.files, snapshot.loaded.sources.find(path)?)
    }

    /// Loads every project of the folders, open or not, for answers that must be complete.
    pub fn load_all(&mut self) -> Snapshot {
        self.known = None;
        let mut all = self.known().to_vec();
        all.extend(self.open());
        self.understand(&all)
    }

    /// Loads every project of the folders as it would be after some edits, without changing anything.
    pub fn after(&self, sources: &SourceMap, edits: &[Edit]) -> Snapshot {
        let mut other = EditorWorkspace { folders: self.folders.clone(), ..EditorWorkspace::default() };
        for path in self.open() {
            if let Some(text) = self.files.text(&path) {
                other.set(path, text.clone());
            }
        }
        for here in by_file(edits) {
            let Some(file) = here.first().map(|e| e.span.file) else { continue };
            other.set(sources.path(file).to_owned(), applied(sources.text(file), here).into());
        }
        other.load_all()
    }

    fn open(&self) -> Vec<PathBuf> {
        self.files.paths().filter(|p| is_pipe(p)).map(Path::to_owned).collect()
    }

    fn understand(&mut self, paths: &[PathBuf]) -> Snapshot {
        let (loaded, problems) = self.load(paths);
        let checked = checked(&loaded, &self.files);
        Snapshot { loaded, checked, problems }
    }

    fn load(&mut self, paths: &[PathBuf]) -> (Loaded, Vec<LoadError>) {
        let known = self.known().to_vec();
        load_around(paths, &known, &self.files, &mut self.cache)
    }

    /// The `.pipe` files below the folders, and next to open files outside them.
    fn known(&mut self) -> &[PathBuf] {
        let found = match self.known.take() {
            Some(known) => known,
            None => {
                let mut found: Vec<PathBuf> =
                    self.folders.iter().flat_map(|f| pipe_files(f, &self.files).unwrap_or_default()).collect();
                for dir in self.files.paths().filter(|p| is_pipe(p)).filter_map(Path::parent) {
                    if !self.folders.iter().any(|f| dir.starts_with(f)) {
                        let beside = self.files.list(dir).unwrap_or_default();
                        found.extend(beside.into_iter().filter(|p| is_pipe(p) && self.files.is_file(p)));
                    }
                }
                found.sort();
                found.dedup();
                found
            }
        };
        self.known.insert(found)
    }
}

fn checked(loaded: &Loaded, files: &dyn Files) -> Checked {
    let options = Options { all_targets: true, diagnostics_only: true, index: true, ..Options::default() };
    // This only fails for an unknown target or var in the options, and there are none.
    check(loaded, files, &options).unwrap_or_default()
}

fn is_pipe(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "pipe")
}
