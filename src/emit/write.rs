//! Atomic file writes: to a temporary file that is renamed.

use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use super::Artifact;
use crate::source::{Boundary, DiskFiles, read_plain};

/// Writes a file atomically. A file with the same content is not touched.
///
/// # Errors
/// The error of the file system, with the path.
pub fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let shown = path.display().to_string();
    let in_place = |e: io::Error| io::Error::new(e.kind(), format!("cannot write `{shown}`: {e}"));
    // A link is kept, and its target is written.
    let target = std::fs::canonicalize(path);
    replace(target.as_deref().unwrap_or(path), bytes, in_place)
}

/// Writes a file that the user named, like [`write_file`]. Directories on the way may belong to a stranger: a
/// relative path without `..` must not leave the repository, or without one the current directory, through a link.
///
/// # Errors
/// A path that leaves it through a link, or an error of the file system.
pub fn write_named(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let within = path.components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir));
    if within && path.ancestors().any(Path::is_symlink) {
        let boundary = Boundary::around(&DiskFiles, Path::new(""));
        if !boundary.allows(&DiskFiles, path) {
            let message = format!("cannot write `{}`: a link points outside {}", path.display(), boundary.name());
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
        }
    }
    write_file(path, bytes)
}

/// Replaces a file if it still has the content `before`, because an editor may have saved it meanwhile.
///
/// # Errors
/// A file with other content, or an error of the file system.
pub fn replace_file(path: &Path, before: &[u8], after: &[u8]) -> io::Result<()> {
    let now =
        read_plain(path).map_err(|e| io::Error::new(e.kind(), format!("cannot read `{}`: {e}", path.display())))?;
    if now != before {
        let message = format!("`{}` has changed since it was read, and is not written", path.display());
        return Err(io::Error::other(message));
    }
    write_file(path, after)
}

/// Writes a file below a directory, like [`write_file`], and never outside it.
///
/// # Errors
/// A path that leaves `root` or contains a link, or an error of the file system.
pub fn write_below(root: &Path, relative: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = below(root, relative)?;
    let shown = path.display().to_string();
    replace(&path, bytes, |e| io::Error::new(e.kind(), format!("cannot write `{shown}`: {e}")))
}

/// Joins `relative` to `root`, if it stays inside and contains no link.
fn below(root: &Path, relative: &Path) -> io::Result<PathBuf> {
    let refuse = |path: &Path, why: &str| {
        io::Error::new(io::ErrorKind::PermissionDenied, format!("cannot write `{}`: {why}", path.display()))
    };
    let mut path = root.to_owned();
    for part in relative.components() {
        match part {
            Component::Normal(name) => path.push(name),
            Component::CurDir => continue,
            _ => return Err(refuse(relative, "it is outside the output directory")),
        }
        if path.is_symlink() {
            return Err(refuse(&path, "it is a link; remove it, or choose another directory with `--out`"));
        }
    }
    Ok(path)
}

fn replace(path: &Path, bytes: &[u8], in_place: impl Fn(io::Error) -> io::Error + Copy) -> io::Result<()> {
    if path.exists() && !path.is_file() {
        return Err(in_place(io::Error::other("it is not a regular file")));
    }
    if read_plain(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let dir = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(dir).map_err(in_place)?;
    let mut file = tempfile::Builder::new().prefix(".pipec-").tempfile_in(dir).map_err(in_place)?;
    file.write_all(bytes).map_err(in_place)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Temporary files are private, but artifacts have normal permissions.
        let mode = std::fs::metadata(path).map_or(0o644, |m| m.permissions().mode());
        file.as_file().set_permissions(std::fs::Permissions::from_mode(mode)).map_err(in_place)?;
    }
    file.persist(path).map_err(|e| in_place(e.error))?;
    Ok(())
}

/// Writes all artifacts to the directory `inside` below `root`. With `whole`, deletes files of an earlier run that
/// are no longer produced.
///
/// # Errors
/// The first file that cannot be written; the manifest is written last.
pub fn write_all(root: &Path, inside: &Path, artifacts: &[Artifact], whole: bool) -> io::Result<()> {
    let dir = &below(root, inside)?;
    let kept = if whole { None } else { others(dir, artifacts) };
    let before = if whole { listed(&dir.join("manifest.json")) } else { Vec::new() };
    for artifact in artifacts {
        match &kept {
            Some(manifest) if artifact.path == Path::new("manifest.json") => {
                write_below(root, &inside.join(&artifact.path), manifest)?
            }
            _ => write_below(root, &inside.join(&artifact.path), &artifact.bytes)?,
        }
    }
    for old in before {
        if !artifacts.iter().any(|a| a.path == old) {
            // It may be gone, or in use; an outdated file does no harm.
            let _ = below(root, &inside.join(old)).and_then(std::fs::remove_file);
        }
    }
    Ok(())
}

/// The new manifest with the jobs of an earlier run that still exist and are not written now.
fn others(dir: &Path, artifacts: &[Artifact]) -> Option<Vec<u8>> {
    let new = artifacts.iter().find(|a| a.path == Path::new("manifest.json"))?;
    let mut new: serde_json::Value = serde_json::from_slice(&new.bytes).ok()?;
    let old: serde_json::Value = serde_json::from_slice(&read_plain(&dir.join("manifest.json")).ok()?).ok()?;
    let list = new.get_mut("jobs")?.as_array_mut()?;
    for job in old.get("jobs")?.as_array()? {
        let file = job.get("file")?.as_str()?;
        let there = listed_name(file) && dir.join(file).is_file();
        if there && !list.iter().any(|j| j.get("file") == job.get("file")) {
            list.push(job.clone());
        }
    }
    list.sort_by_key(|job| job.get("file").map(ToString::to_string));
    Some(super::json_bytes(&new))
}

/// Whether a file is a plain name where `compile` writes.
fn listed_name(file: &str) -> bool {
    let name = file.strip_prefix("wheels/").unwrap_or(file);
    let ours = name.ends_with(".job.json") || name.ends_with(".whl");
    ours && !name.contains(['/', '\\']) && !name.starts_with('.')
}

/// The files that a manifest lists; only plain names where `compile` writes.
fn listed(manifest: &Path) -> Vec<PathBuf> {
    let Ok(bytes) = read_plain(manifest) else { return Vec::new() };
    let Ok(json) = serde_json::from_slice::<serde_json::Value>(&bytes) else { return Vec::new() };
    let mut out = Vec::new();
    for list in ["jobs", "wheels"] {
        for entry in json.get(list).and_then(|l| l.as_array()).map(Vec::as_slice).unwrap_or_default() {
            let Some(file) = entry.get("file").and_then(|f| f.as_str()) else { continue };
            if listed_name(file) {
                out.push(PathBuf::from(file));
            }
        }
    }
    out
}
