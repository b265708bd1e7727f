//! Paths in source, relative to the file that they stand in.

use std::path::{Component, Path, PathBuf};

/// A path relative to a directory, without `.` and resolvable `..`.
pub(crate) fn join(dir: &Path, relative: &str) -> PathBuf {
    normal(&dir.join(relative))
}

/// A path without `.` and resolvable `..`.
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
