//! Local files of jobs, as they are uploaded.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::archive::sha256_hex;
use super::select::plain_lines;
use crate::source::Files;

/// The content of local files, read once, so that the hashed content is what is uploaded.
#[derive(Clone, Debug, Default)]
pub struct LocalFiles {
    files: HashMap<PathBuf, LocalContent>,
}

/// The content of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalContent {
    /// Its bytes, with `\n` line ends, so that they do not depend on the checkout.
    pub bytes: Arc<Vec<u8>>,
    /// Their SHA-256, in hexadecimal.
    pub sha256: String,
}

impl LocalFiles {
    /// Reads files.
    ///
    /// # Errors
    /// The first file that cannot be read, with its path.
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

    /// The content of a file; empty if it was not read.
    pub fn get(&self, path: &Path) -> LocalContent {
        self.files.get(path).cloned().unwrap_or_default()
    }
}
