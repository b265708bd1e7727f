//! Restricts which files a project may read: those of its repository, or without one those below its root file.
//!
//! A project may come from a stranger. A path in it must not cause any file to be read into a message, uploaded or
//! changed. Links are resolved before the check.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::{Files, FilesHead};

/// The directory within which a project may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Boundary {
    dir: PathBuf,
    repository: bool,
}

impl Boundary {
    /// The repository of `dir`, or `dir` itself.
    pub fn around(files: &dyn Files, dir: &Path) -> Boundary {
        match files.repository(dir) {
            Some(dir) => Boundary { dir, repository: true },
            None => Boundary { dir: dir.to_owned(), repository: false },
        }
    }

    /// Whether a project with this boundary may read a path.
    pub fn allows(&self, files: &dyn Files, path: &Path) -> bool {
        files.is_inside(path, &self.dir)
    }

    /// A description for messages: "the repository" or "the directory of the root file".
    pub fn name(&self) -> &'static str {
        if self.repository { "the repository" } else { "the directory of the root file" }
    }
}

/// File-system access without files outside a boundary.
pub struct Confined<'a> {
    files: &'a dyn Files,
    boundary: &'a Boundary,
    /// Earlier answers by path, because a check asks for the same paths again.
    known: Mutex<HashMap<PathBuf, bool>>,
}

impl<'a> Confined<'a> {
    /// Restricts `files` to `boundary`.
    pub fn new(files: &'a dyn Files, boundary: &'a Boundary) -> Self {
        Confined { files, boundary, known: Mutex::default() }
    }

    fn allows(&self, path: &Path) -> bool {
        // A thread that panicked leaves no partial entry.
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(allowed) = known().get(path) {
            return *allowed;
        }
        let allowed = self.boundary.allows(self.files, path);
        known().insert(path.to_owned(), allowed);
        allowed
    }

    fn refuse_outside(&self, path: &Path) -> io::Result<()> {
        match self.outside(path) {
            None => Ok(()),
            Some(name) => Err(io::Error::new(io::ErrorKind::PermissionDenied, format!("it is outside {name}"))),
        }
    }
}

impl Files for Confined<'_> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.refuse_outside(path)?;
        self.files.read(path)
    }
    fn is_file(&self, path: &Path) -> bool {
        self.files.is_file(path) && self.allows(path)
    }
    fn is_dir(&self, path: &Path) -> bool {
        self.files.is_dir(path) && self.allows(path)
    }
    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        self.refuse_outside(path)?;
        self.files.list(path)
    }
    fn is_link(&self, path: &Path) -> bool {
        self.files.is_link(path)
    }
    fn is_inside(&self, path: &Path, dir: &Path) -> bool {
        self.allows(path) && self.files.is_inside(path, dir)
    }
    fn repository(&self, dir: &Path) -> Option<PathBuf> {
        self.files.repository(dir)
    }
    fn head(&self, dir: &Path) -> Result<FilesHead, String> {
        self.files.head(dir)
    }
    fn outside(&self, path: &Path) -> Option<&'static str> {
        (!self.allows(path)).then(|| self.boundary.name())
    }
}
