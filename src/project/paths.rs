//! Paths relative to a source file.

use std::path::{Component, Path, PathBuf};

/// Joins a relative path to a directory, and resolves `.` and `..`.
pub(crate) fn join(dir: &Path, relative: &str) -> PathBuf {
    normal(&dir.join(relative))
}

/// Resolves `.` and `..` in a path.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}
