//! File-system access behind a trait, so that checks work the same on disk, in an editor and in tests.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::head::FilesHead;

/// Directories of version control, which may contain credentials.
pub const VERSION_CONTROL: &[&str] = &[".git", ".hg", ".svn", ".jj", ".sl"];

/// Whether a path in a directory leads to a file of version control. Some file systems ignore case.
pub(super) fn is_internal(below: &Path) -> bool {
    below.components().any(|c| VERSION_CONTROL.iter().any(|v| c.as_os_str().eq_ignore_ascii_case(v)))
}

/// Read access to a file system.
pub trait Files: Sync {
    /// The bytes of a file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// Whether a path is a file.
    fn is_file(&self, path: &Path) -> bool;
    /// Whether a path is a directory.
    fn is_dir(&self, path: &Path) -> bool;
    /// The paths of the entries of a directory, sorted.
    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>>;
    /// Whether a path is a symbolic link.
    fn is_link(&self, _path: &Path) -> bool {
        false
    }
    /// Whether a path leads into a directory after resolving links, even if the file does not exist.
    fn is_inside(&self, path: &Path, dir: &Path) -> bool {
        path.starts_with(dir)
    }
    /// The root of the repository of a directory.
    fn repository(&self, dir: &Path) -> Option<PathBuf>;
    /// What is checked out in the repository of a directory.
    ///
    /// # Errors
    /// Why there is none, in words.
    fn head(&self, _dir: &Path) -> Result<FilesHead, String> {
        Err("the project is not in a Git repository".to_owned())
    }
    /// If reading a path is not allowed, a description of the boundary.
    fn outside(&self, _path: &Path) -> Option<&'static str> {
        None
    }
}

/// An absolute path without links; for a path that does not exist, the existing part is resolved.
fn resolved(path: &Path) -> io::Result<PathBuf> {
    let here = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    match std::fs::canonicalize(here) {
        Err(e) if is_absent(&e) && !here.is_symlink() => match (here.parent(), here.file_name()) {
            (Some(parent), Some(name)) => Ok(resolved(parent)?.join(name)),
            _ => Err(e),
        },
        found => found,
    }
}

/// Whether an error means that the file does not exist.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidFilename)
}

/// Reads the file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct DiskFiles;

/// Reads a regular file. Opening a pipe would block, and a device may be endless.
///
/// # Errors
/// Anything that is not a regular file, or errors of the file system.
pub fn read_plain(path: &Path) -> io::Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    std::fs::read(path)
}

impl Files for DiskFiles {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        read_plain(path)
    }
    fn is_inside(&self, path: &Path, dir: &Path) -> bool {
        match (resolved(path), resolved(dir)) {
            (Ok(path), Ok(dir)) => path.strip_prefix(dir).is_ok_and(|below| !is_internal(below)),
            _ => false,
        }
    }
    fn repository(&self, dir: &Path) -> Option<PathBuf> {
        let dir = resolved(dir).ok()?;
        let root = dir.ancestors().find(|a| VERSION_CONTROL.iter().any(|v| a.join(v).exists()));
        root.map(Path::to_owned)
    }
    fn head(&self, dir: &Path) -> Result<FilesHead, String> {
        super::head::read(&resolved(dir).map_err(|e| e.to_string())?)
    }
    fn is_link(&self, path: &Path) -> bool {
        path.is_symlink()
    }
    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }
    fn is_dir(&self, path: &Path) -> bool {
        path.as_os_str().is_empty() || path.is_dir()
    }
    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        // The empty path is the current directory, and its entries have no prefix.
        let here = path.as_os_str().is_empty();
        let listed = std::fs::read_dir(if here { Path::new(".") } else { path })?;
        let name = |e: std::fs::DirEntry| if here { PathBuf::from(e.file_name()) } else { e.path() };
        let mut names = listed.map(|e| e.map(name)).collect::<io::Result<Vec<_>>>()?;
        names.sort();
        Ok(names)
    }
}

/// Files in memory, for tests.
#[derive(Clone, Debug, Default)]
pub struct MemoryFiles {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl MemoryFiles {
    /// Creates an empty file system.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces a file.
    pub fn insert(&mut self, path: impl Into<PathBuf>, bytes: impl Into<Vec<u8>>) {
        self.files.insert(path.into(), bytes.into());
    }
}

impl Files for MemoryFiles {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self.files.get(path) {
            Some(bytes) => Ok(bytes.clone()),
            None => Err(io::Error::from(io::ErrorKind::NotFound)),
        }
    }
    fn is_file(&self, path: &Path) -> bool {
        self.files.contains_key(path)
    }
    fn is_dir(&self, path: &Path) -> bool {
        self.files.keys().any(|p| p != path && p.starts_with(path))
    }
    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        let mut names: Vec<PathBuf> = Vec::new();
        for file in self.files.keys() {
            if let Ok(rest) = file.strip_prefix(path)
                && let Some(first) = rest.components().next()
            {
                names.push(path.join(first));
            }
        }
        names.sort();
        names.dedup();
        Ok(names)
    }
    fn is_inside(&self, path: &Path, dir: &Path) -> bool {
        let leads_out = path.is_absolute() || path.starts_with("..");
        if dir.as_os_str().is_empty() { !leads_out } else { path.starts_with(dir) }
    }
    /// All files are in one repository.
    fn repository(&self, _dir: &Path) -> Option<PathBuf> {
        Some(PathBuf::new())
    }
}
