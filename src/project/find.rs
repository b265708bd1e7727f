//! Finds `.pipe` files.

use std::path::{Path, PathBuf};

use crate::source::Files;

/// The maximum depth of directories.
const DEPTH: usize = 32;

/// Whether a directory is skipped: output, environments, hidden ones.
pub(super) fn is_passed_over(dir: &Path) -> bool {
    let name = dir.file_name().and_then(|n| n.to_str()).unwrap_or("");
    name.starts_with('.') || matches!(name, "build" | "target" | "node_modules" | "__pycache__" | "venv")
}

/// Whether a path has the extension of pipe files.
pub(super) fn is_pipe(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "pipe")
}

/// The `.pipe` files in a directory and its subdirectories, sorted. Skips output, environments, hidden directories,
/// and links to directories.
///
/// # Errors
/// The first directory that cannot be read, with the reason.
pub fn pipe_files(dir: &Path, files: &dyn Files) -> Result<Vec<PathBuf>, String> {
    let mut out = Vec::new();
    below(dir, files, 0, &mut out)?;
    Ok(out)
}

fn below(dir: &Path, files: &dyn Files, depth: usize, out: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries = files.list(dir).map_err(|e| format!("cannot read `{}`: {e}", dir.display()))?;
    for path in entries {
        if is_pipe(&path) && files.is_file(&path) {
            out.push(path);
        } else if depth < DEPTH && !is_passed_over(&path) && files.is_dir(&path) && !files.is_link(&path) {
            below(&path, files, depth + 1, out)?;
        }
    }
    Ok(())
}
