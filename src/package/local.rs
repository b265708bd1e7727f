//! The local files that jobs run, as they go to the workspace.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::archive::sha256_hex;
use super::select::plain_lines;
use crate::source::Files;

/// Content of local files by their path, read once: what was hashed is what is uploaded.
#[derive(Clone, Debug, Default)]
pub struct LocalFiles {
    files: HashMap<PathBuf, LocalContent>,
}

/// One file.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalContent {
    /// Its bytes with plain line ends, so that a checkout elsewhere gives the same.
    pub bytes: Arc<Vec<u8>>,
    /// SHA-256 of them, in hex.
    pub sha256: String,
}

impl LocalFiles {
    /// Reads files.
    ///
    /// # Errors
    /// The first that cannot be read, with its path.
    pub fn read(files: &dyn Files, paths: impl IntoIterator<Item = PathBuf>) -> io::Result<LocalFiles> {
        let mut out = HashMap::new();
        for path in paths {
            if out.contains_key(&path) {
                continue;
            }
            let bytes = files
                .read(&path)
                .map_err(|e| io::Error::new(e.kind(), format!("cannot read `{}`: {e}", path.display())))?;
            let bytes = Arc::new(plain_lines(bytes));
            let sha256 = sha256_hex(&bytes);
            out.insert(path, LocalContent { bytes, sha256 });
        }
        Ok(LocalFiles { files: out })
    }

    /// The content of a file; nothing for one that was not read.
    pub fn get(&self, path: &Path) -> LocalContent {
        self.files.get(path).cloned().unwrap_or_default()
    }
}
