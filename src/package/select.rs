//! Selects the files of a wheel.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::layout::LayoutError;
use super::layout::SourceLayout;
use super::never::{never, never_below, never_folder};
use super::secrets::{is_secret, secret_in};
use crate::source::{DiskFiles, Files};

/// The maximum size of a wheel, in bytes: workspace files may have up to 500 MB.
const LIMIT: u64 = 500 * 1000 * 1000;

/// How much of a file is searched for credentials, in bytes.
const SCANNED: usize = 4 << 20;

/// The files of a wheel: path and content.
pub(super) type Contents = Vec<(String, Vec<u8>)>;

/// The exclusions of a project's settings.
pub(super) fn excluded(dir: &Path, layout: &SourceLayout) -> Result<Gitignore, LayoutError> {
    let mut builder = GitignoreBuilder::new(dir);
    for line in &layout.excluded {
        builder.add_line(None, line).map_err(|e| format!("invalid exclusion `{line}`: {e}"))?;
    }
    Ok(builder.build().map_err(|e| e.to_string())?)
}

/// Collects the files of all packages and modules; `notes` lists exclusions that may be unexpected.
pub(super) fn collect(dir: &Path, layout: &SourceLayout, notes: &mut Vec<String>) -> io::Result<Contents> {
    let excluded = excluded(dir, layout).map_err(io::Error::other)?;
    let base = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    let inside = std::fs::canonicalize(base)?;
    let in_repository = inside.ancestors().any(|a| a.join(".git").exists());
    let tops: Vec<PathBuf> = layout.tops.iter().map(|t| under(&t.path, dir).to_owned()).collect();
    // Reading rules from a pipe would block. This includes the rules of parent directories in the repository.
    let root = inside.ancestors().find(|a| a.join(".git").exists()).unwrap_or(&inside);
    if let Some(dir) = inside.ancestors().take_while(|a| a.starts_with(root)).find(|a| !plain_rules(a)) {
        return Err(io::Error::other(format!("`{}` is not a regular file", dir.join(".gitignore").display())));
    }
    let start = base.to_owned();
    let secrets = Arc::new(Mutex::new(Vec::new()));
    let found = secrets.clone();
    let walk = ignore::WalkBuilder::new(base)
        // Git's rules of the project and its repository apply, and no other tool's.
        .standard_filters(false)
        .git_ignore(true)
        .require_git(false)
        .parents(in_repository)
        .follow_links(false)
        .sort_by_file_name(std::cmp::Ord::cmp)
        .filter_entry(move |e| {
            let path = e.path().strip_prefix(&start).unwrap_or(e.path());
            let name = e.file_name().to_string_lossy();
            let wanted = tops.iter().any(|t| t.starts_with(path) || path.starts_with(t));
            let is_folder = e.file_type().is_some_and(|t| t.is_dir());
            let never = if is_folder { never_folder(&name) } else { never(&name) };
            if wanted && never && is_secret(&name) && tops.iter().any(|t| path.starts_with(t)) {
                // A thread that panicked leaves the list in a valid state.
                found.lock().unwrap_or_else(PoisonError::into_inner).push(path.display().to_string());
            }
            let readable = !is_folder || plain_rules(e.path());
            wanted && readable && (path.as_os_str().is_empty() || !never) && !e.path().join("pyvenv.cfg").exists()
        })
        .build();
    let mut out = Contents::new();
    let mut total = 0;
    for entry in walk {
        let entry = entry.map_err(io::Error::other)?;
        let path = dir.join(entry.path().strip_prefix(base).unwrap_or(entry.path()));
        let Some(kind) = entry.file_type() else { continue };
        let Some(top) = layout.tops.iter().find(|t| path.starts_with(&t.path)) else { continue };
        if excluded.matched_path_or_any_parents(under(&path, dir), kind.is_dir()).is_ignore() || kind.is_dir() {
            continue;
        }
        if is_tool_file(&path) {
            continue;
        }
        if kind.is_symlink() {
            // A link may lead out of the project: only files inside are packed.
            let target = std::fs::canonicalize(&path);
            let fine = |t: &PathBuf| {
                let below = t.strip_prefix(&inside).ok().filter(|_| t.is_file());
                below.is_some_and(|b| !never_below(b))
            };
            if !target.as_ref().is_ok_and(fine) {
                notes.push(format!(
                    "`{}` is a link to a path outside the project, and is not in the wheel",
                    path.display()
                ));
                continue;
            }
        } else if !kind.is_file() {
            notes.push(format!("`{}` is not a regular file, and is not in the wheel", path.display()));
            continue;
        }
        let size = std::fs::metadata(&path)?.len();
        total += size;
        if total > LIMIT {
            return Err(io::Error::other(format!(
                "with `{}` ({} MB) it is larger than {} MB, the limit of a workspace file; store the file in a volume, or exclude it",
                path.display(),
                size / 1_000_000,
                LIMIT / 1_000_000
            )));
        }
        let relative = path.strip_prefix(&top.root).map_err(io::Error::other)?;
        let bytes = plain_lines(read(&path)?);
        if let Some((what, line)) = secret_in(bytes.get(..SCANNED).unwrap_or(&bytes)) {
            notes.push(format!(
                "`{}:{line}` looks like {what} and is included in the wheel; remove it, or add the comment `not a secret`",
                path.display()
            ));
        }
        out.push((name_in_wheel(relative)?, bytes));
    }
    let secrets = std::mem::take(&mut *secrets.lock().unwrap_or_else(PoisonError::into_inner));
    notes.extend(secrets.iter().map(|s| format!("`{s}` looks like a secret, and is not in the wheel")));
    out.sort();
    Ok(out)
}

/// Whether the rule files of a directory are regular files.
fn plain_rules(dir: &Path) -> bool {
    std::fs::metadata(dir.join(".gitignore")).map_or(true, |m| m.is_file())
}

fn under<'p>(path: &'p Path, dir: &Path) -> &'p Path {
    path.strip_prefix(dir).unwrap_or(path)
}

/// Files of git and editors, which many packages contain.
fn is_tool_file(path: &Path) -> bool {
    matches!(path.file_name().and_then(|n| n.to_str()), Some(".gitignore" | ".gitattributes" | ".editorconfig"))
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    std::fs::read(path).map_err(|e| io::Error::new(e.kind(), format!("cannot read `{}`: {e}", path.display())))
}

fn name_in_wheel(relative: &Path) -> io::Result<String> {
    let parts: Option<Vec<&str>> = relative.iter().map(|p| p.to_str()).collect();
    let name = parts.map(|p| p.join("/"));
    match name {
        Some(name) if !name.contains(|c: char| c.is_control() || c == '\\') => Ok(name),
        _ => Err(io::Error::other(format!(
            "file name {:?} is not allowed in a wheel; rename the file, or exclude it",
            relative.to_string_lossy()
        ))),
    }
}

/// Converts the line ends of text to `\n`, so that the bytes do not depend on the checkout.
pub fn plain_lines(bytes: Vec<u8>) -> Vec<u8> {
    if !bytes.windows(2).any(|w| w == b"\r\n") || bytes.contains(&0) {
        return bytes;
    }
    match String::from_utf8(bytes) {
        Ok(text) => text.replace("\r\n", "\n").into_bytes(),
        Err(e) => e.into_bytes(),
    }
}

/// The license files that match the globs, sorted.
pub(super) fn licenses(dir: &Path, globs: &[String]) -> io::Result<Contents> {
    let mut builder = GitignoreBuilder::new("");
    for glob in globs {
        // Relative to the project, by PEP 639.
        builder.add_line(None, &format!("/{}", glob.trim_start_matches("./"))).map_err(io::Error::other)?;
    }
    let globs_built = builder.build().map_err(io::Error::other)?;
    let deep = globs.iter().any(|g| g.contains('/'));
    let mut out = Contents::new();
    let mut folders = vec![(dir.to_owned(), PathBuf::new(), 0)];
    while let Some((folder, relative, depth)) = folders.pop() {
        for path in DiskFiles.list(&folder)? {
            let Some(name) = path.file_name() else { continue };
            let below = relative.join(name);
            let Ok(kind) = path.symlink_metadata() else { continue };
            if kind.is_dir() && deep && depth < 8 && !never_folder(&name.to_string_lossy()) {
                folders.push((path, below, depth + 1));
            } else if kind.is_file()
                && !never(&name.to_string_lossy())
                && globs_built.matched(&below, false).is_ignore()
            {
                out.push((name_in_wheel(&below)?, plain_lines(read(&path)?)));
            }
        }
    }
    out.sort();
    out.dedup();
    Ok(out)
}

/// Whether a file of the project would be in the wheel, as far as `files` shows.
pub(crate) fn is_packed(files: &dyn Files, dir: &Path, layout: &SourceLayout, path: &Path) -> bool {
    let Some(top) = layout.tops.iter().find(|t| path.starts_with(&t.path)) else { return false };
    let parts = path.strip_prefix(&top.root).unwrap_or(path);
    if never_below(parts) {
        return false;
    }
    if excluded(dir, layout).is_ok_and(|e| e.matched_path_or_any_parents(under(path, dir), false).is_ignore()) {
        return false;
    }
    // The ignore files from the project's directory down to the file.
    let mut at = dir.to_owned();
    let mut folders = vec![dir.to_owned()];
    for part in under(path, dir).parent().into_iter().flat_map(Path::iter) {
        at.push(part);
        folders.push(at.clone());
    }
    for folder in folders {
        let Ok(bytes) = files.read(&folder.join(".gitignore")) else { continue };
        let mut builder = GitignoreBuilder::new(&folder);
        for line in String::from_utf8_lossy(&bytes).lines() {
            // Git ignores invalid lines, too.
            let _ = builder.add_line(None, line);
        }
        if let Ok(rules) = builder.build()
            && rules.matched_path_or_any_parents(path, false).is_ignore()
        {
            return false;
        }
    }
    true
}
