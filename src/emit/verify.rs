//! Compares existing output with what the sources compile to, and reports the first difference.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Artifact;
use crate::package::sha256_hex;
use crate::source::read_plain;

/// A file that differs from what the sources compile to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleFile {
    /// The file, relative to the output directory; for a file in a wheel, after the wheel and a colon.
    pub file: String,
    /// The difference.
    pub why: String,
}

fn difference(file: impl Into<String>, why: impl Into<String>) -> Option<StaleFile> {
    Some(StaleFile { file: file.into(), why: why.into() })
}

/// Compares the content of `dir` with what would be written. `whole`: `artifacts` are everything that belongs there.
///
/// # Errors
/// A missing or invalid manifest.
pub fn verify(dir: &Path, artifacts: &[Artifact], whole: bool) -> io::Result<Option<StaleFile>> {
    let path = dir.join("manifest.json");
    let bytes = read_plain(&path)
        .map_err(|e| io::Error::new(e.kind(), format!("cannot read the manifest `{}`: {e}", path.display())))?;
    let old: Value = serde_json::from_slice(&bytes)
        .map_err(|e| io::Error::other(format!("`{}` is not valid JSON: {e}", path.display())))?;
    if !old.is_object() {
        return Err(io::Error::other(format!("`{}` is not a manifest", path.display())));
    }
    let Some(new) = artifacts.iter().find(|a| a.path == Path::new("manifest.json")) else { return Ok(None) };
    let new: Value = serde_json::from_slice(&new.bytes).map_err(io::Error::other)?;
    Ok(inputs(&old, &new)
        .or_else(|| pipelines(&old, &new, whole))
        .or_else(|| wheels(&old, &new, dir))
        .or_else(|| files(&old, &new))
        .or_else(|| jobs(artifacts, dir))
        .or_else(|| whole.then(|| stale(artifacts, dir)).flatten())
        .or_else(|| {
            // When compiling a part of a project, the manifest keeps the other jobs.
            let why =
                if whole { values(&old, &new, "") } else { values(old.get("wheels")?, new.get("wheels")?, "/wheels") };
            difference("manifest.json", why?)
        }))
}

/// Values that come from outside of the files.
fn inputs(old: &Value, new: &Value) -> Option<StaleFile> {
    let of = |v: &Value| -> BTreeMap<String, String> {
        list(v, "inputs").iter().map(|i| (text(i, "name").to_owned(), text(i, "value").to_owned())).collect()
    };
    let (a, b) = (of(old), of(new));
    b.iter().find_map(|(name, value)| match a.get(name) {
        Some(before) if before != value => {
            difference("manifest.json", format!("`{name}` was `{before}`, and is `{value}`"))
        }
        _ => None,
    })
}

/// Added and removed pipelines.
fn pipelines(old: &Value, new: &Value, whole: bool) -> Option<StaleFile> {
    let names =
        |v: &Value| -> BTreeSet<String> { list(v, "jobs").iter().map(|j| text(j, "pipeline").to_owned()).collect() };
    let (a, b) = (names(old), names(new));
    let gone = a.difference(&b).next().filter(|_| whole);
    let come = b.difference(&a).next();
    gone.and_then(|p| difference(format!("{p}.job.json"), format!("the pipeline `{p}` no longer exists")))
        .or_else(|| come.and_then(|p| difference(format!("{p}.job.json"), format!("the pipeline `{p}` is new"))))
}

/// A job or wheel in the directory that is no longer produced.
fn stale(artifacts: &[Artifact], dir: &Path) -> Option<StaleFile> {
    for folder in ["", "wheels"] {
        let entries = std::fs::read_dir(dir.join(folder)).ok()?;
        let mut paths: Vec<PathBuf> = entries.flatten().map(|e| Path::new(folder).join(e.file_name())).collect();
        paths.sort();
        let ours = |p: &PathBuf| [".job.json", ".whl"].iter().any(|e| p.to_string_lossy().ends_with(e));
        if let Some(path) = paths.iter().find(|p| ours(p) && !artifacts.iter().any(|a| a.path == **p)) {
            return difference(path.display().to_string(), "it is no longer built");
        }
    }
    None
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Path and hash of each file in a list.
fn hashes(value: &Value, path: &str) -> BTreeMap<String, String> {
    list(value, "files").iter().map(|f| (text(f, path).to_owned(), text(f, "sha256").to_owned())).collect()
}

fn wheels(old: &Value, new: &Value, dir: &Path) -> Option<StaleFile> {
    for wheel in list(new, "wheels") {
        let name = text(wheel, "name");
        let file = text(wheel, "file");
        let Some(before) = list(old, "wheels").iter().find(|w| text(w, "name") == name) else {
            return difference(file, "the manifest has no wheel of this name");
        };
        if text(before, "sha256") == text(wheel, "sha256") {
            match read_plain(&dir.join(file)) {
                Ok(bytes) if sha256_hex(&bytes) == text(wheel, "sha256") => continue,
                Ok(_) => {
                    return difference(
                        file,
                        "the file was changed after it was built: its SHA-256 differs from the manifest",
                    );
                }
                Err(e) => return difference(file, format!("it cannot be read: {e}")),
            }
        }
        // The metadata folder contains the version in its name.
        let plain = |w: &Value| -> BTreeMap<String, String> {
            let folder = format!("-{}.dist-info/", text(w, "version"));
            hashes(w, "path").into_iter().map(|(p, h)| (p.replacen(&folder, ".dist-info/", 1), h)).collect()
        };
        let (a, b) = (plain(before), plain(wheel));
        // Report files that people write before generated ones.
        let derived = |p: &str| match p {
            p if p.ends_with("/RECORD") => 4,
            p if p.ends_with("/METADATA") => 3,
            p if p.ends_with("/entry_points.txt") => 2,
            p if p.starts_with("_pipec_") => 1,
            _ => 0,
        };
        let changed = |p: &str| match (a.get(p), b.get(p)) {
            (None, Some(_)) => Some("it is new"),
            (Some(_), None) => Some("it is no longer included"),
            (Some(x), Some(y)) if x != y => Some(match derived(p) {
                1 | 2 => "the entry points of the wheel have changed",
                3 => "the project's metadata has changed: version, requirements or description",
                _ if p.ends_with(".dist-info/WHEEL") => "it was built by another version of pipec",
                _ => "its content has changed",
            }),
            _ => None,
        };
        let mut paths: Vec<&String> = a.keys().chain(b.keys()).collect();
        paths.sort_by_key(|p| (derived(p), *p));
        let first = paths.into_iter().find_map(|p| Some((p, changed(p)?)));
        return match first {
            Some((p, why)) => difference(format!("{}: {p}", text(before, "file")), why),
            None => difference(text(before, "file"), "it contains the same files, compressed differently"),
        };
    }
    None
}

fn jobs(artifacts: &[Artifact], dir: &Path) -> Option<StaleFile> {
    for artifact in artifacts.iter().filter(|a| a.path.to_string_lossy().ends_with(".job.json")) {
        let file = artifact.path.display().to_string();
        let bytes = match read_plain(&dir.join(&artifact.path)) {
            Ok(bytes) => bytes,
            Err(e) => return difference(file, format!("it cannot be read: {e}")),
        };
        if bytes == artifact.bytes {
            continue;
        }
        let parse = |b: &[u8]| serde_json::from_slice::<Value>(b).ok();
        let why = parse(&bytes).zip(parse(&artifact.bytes)).and_then(|(a, b)| values(&a, &b, ""));
        return difference(file, why.unwrap_or_else(|| "it is formatted differently".to_owned()));
    }
    None
}

/// Local files of the jobs. Their workspace paths contain a hash, so the jobs differ with them.
fn files(old: &Value, new: &Value) -> Option<StaleFile> {
    let (a, b) = (hashes(old, "source"), hashes(new, "source"));
    b.iter().find_map(|(source, hash)| match a.get(source) {
        Some(before) if before != hash => difference(source.clone(), "its content has changed"),
        _ => None,
    })
}

/// The first place where two values differ.
fn values(old: &Value, new: &Value, at: &str) -> Option<String> {
    let place = if at.is_empty() { "its value" } else { at };
    match (old, new) {
        (Value::Object(a), Value::Object(b)) => {
            a.keys().chain(b.keys().filter(|k| !a.contains_key(*k))).find_map(|key| {
                let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                match (a.get(key), b.get(key)) {
                    (Some(x), Some(y)) => values(x, y, &at),
                    (None, _) => Some(format!("`{at}` is new")),
                    (_, None) => Some(format!("`{at}` is missing")),
                }
            })
        }
        (Value::Array(a), Value::Array(b)) => {
            let same = a.iter().zip(b).enumerate().find_map(|(i, (x, y))| values(x, y, &format!("{at}/{i}")));
            same.or_else(|| {
                (a.len() != b.len()).then(|| format!("`{place}` had {} entries, and has {}", a.len(), b.len()))
            })
        }
        (a, b) if a == b => None,
        (a, b) => Some(format!("`{place}` was {}, and is {}", short(a), short(b))),
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= 80 { text } else { format!("{}...", text.chars().take(77).collect::<String>()) }
}
