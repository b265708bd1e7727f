//! Open buffers of an editor, over the files on disk.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::{DiskFiles, Files, FilesHead};

/// Open buffers shadow the files of their paths. Files on disk are read again only if their time or size has changed.
#[derive(Debug, Default)]
pub struct Buffers {
    open: BTreeMap<PathBuf, Arc<str>>,
    read: Mutex<HashMap<PathBuf, Remembered>>,
}

#[derive(Debug)]
struct Remembered {
    modified: SystemTime,
    len: u64,
    bytes: Arc<[u8]>,
}

impl Buffers {
    /// Opens a buffer, or changes its text.
    pub fn set(&mut self, path: PathBuf, text: Arc<str>) {
        self.open.insert(path, text);
    }

    /// Closes a buffer: the file on disk applies from now on.
    pub fn close(&mut self, path: &Path) {
        self.open.remove(path);
    }

    /// The text of an open buffer.
    pub fn text(&self, path: &Path) -> Option<&Arc<str>> {
        self.open.get(path)
    }

    /// The paths of open buffers, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.open.keys().map(PathBuf::as_path)
    }

    /// Forgets what was read from disk, because file times may be too coarse to show an edit.
    pub fn forget(&mut self, path: &Path) {
        self.read.get_mut().unwrap_or_else(PoisonError::into_inner).remove(path);
    }
}

impl Files for Buffers {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if let Some(text) = self.open.get(path) {
            return Ok(text.as_bytes().to_vec());
        }
        let meta = std::fs::metadata(path)?;
        let (modified, len) = (meta.modified()?, meta.len());
        let lock = || self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(path)
            && known.modified == modified
            && known.len == len
        {
            return Ok(known.bytes.to_vec());
        }
        let bytes = DiskFiles.read(path)?;
        lock().insert(path.to_owned(), Remembered { modified, len, bytes: bytes.as_slice().into() });
        Ok(bytes)
    }
    fn is_file(&self, path: &Path) -> bool {
        self.open.contains_key(path) || DiskFiles.is_file(path)
    }
    fn is_dir(&self, path: &Path) -> bool {
        DiskFiles.is_dir(path) || self.open.keys().any(|p| p != path && p.starts_with(path))
    }
    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        let listed = DiskFiles.list(path);
        let mut names: Vec<PathBuf> =
            self.open.keys().filter_map(|p| Some(path.join(p.strip_prefix(path).ok()?.components().next()?))).collect();
        match listed {
            Err(e) if names.is_empty() => return Err(e),
            listed => names.extend(listed.unwrap_or_default()),
        }
        names.sort();
        names.dedup();
        Ok(names)
    }
    fn is_link(&self, path: &Path) -> bool {
        DiskFiles.is_link(path)
    }
    fn is_inside(&self, path: &Path, dir: &Path) -> bool {
        DiskFiles.is_inside(path, dir)
    }
    fn head(&self, dir: &Path) -> Result<FilesHead, String> {
        DiskFiles.head(dir)
    }
    fn repository(&self, dir: &Path) -> Option<PathBuf> {
        DiskFiles.repository(dir)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_hides_the_file_and_a_changed_file_is_read_again() {
        let dir = std::env::temp_dir().join(format!("pipec-buffers-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let (path, unsaved) = (dir.join("a.pipe"), dir.join("new.pipe"));
        std::fs::write(&path, "on disk").unwrap();
        let mut files = Buffers::default();
        assert_eq!(files.read(&path).unwrap(), b"on disk");
        files.set(path.clone(), "typed".into());
        files.set(unsaved.clone(), "".into());
        assert_eq!(files.read(&path).unwrap(), b"typed");
        assert_eq!(files.list(&dir).unwrap(), [path.clone(), unsaved.clone()]);
        files.close(&path);
        std::fs::write(&path, "changed on disk").unwrap();
        assert_eq!(files.read(&path).unwrap(), b"changed on disk");
        std::fs::remove_dir_all(&dir).unwrap();
        assert!(files.read(&path).is_err() && files.is_file(&unsaved));
    }
}
