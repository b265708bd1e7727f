//! Files that never belong in a wheel.

use std::path::Path;

use super::secrets::is_secret;

/// Caches, repositories and files of editors, whatever `.gitignore` contains.
const LITTER: &[&str] = &[
    "__pycache__",
    "node_modules",
    "thumbs.db",
    ".ds_store",
    ".git",
    ".hg",
    ".svn",
    ".jj",
    ".pipec",
    ".terraform",
    ".tox",
    ".nox",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".ipynb_checkpoints",
];
const LITTER_ENDS: &[&str] = &[".pyc", ".pyo", ".swp", "~", ".egg-info", ".dist-info"];

/// Whether a file is never packed.
pub(crate) fn never(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    LITTER.contains(&lower.as_str()) || LITTER_ENDS.iter().any(|e| lower.ends_with(e)) || is_secret(name)
}

/// Whether a folder is never packed. A Python name such as `credentials` may be a package.
pub(super) fn never_folder(name: &str) -> bool {
    never(name) && !(is_secret(name) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
}

/// Whether a file is never packed, by its name and its folders.
pub(super) fn never_below(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    let folders = path.parent().unwrap_or(Path::new(""));
    never(&name.to_string_lossy()) || folders.iter().any(|f| never_folder(&f.to_string_lossy()))
}
