//! Does an earlier output still come from these sources? The first file that differs, and why.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde_json::Value;

use super::Artifact;
use crate::package::sha256_hex;

/// A file that is not as the sources make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The file, relative to the output directory; a file in a wheel after the wheel's name and a colon.
    pub file: String,
    /// What is different.
    pub why: String,
}

fn difference(file: impl Into<String>, why: impl Into<String>) -> Option<Difference> {
    Some(Difference { file: file.into(), why: why.into() })
}

/// Compares what lies in `dir` with what would be written there now. `whole`: `artifacts` are all that belongs there.
///
/// # Errors
/// A manifest that is not there, or is not one.
pub fn verify(dir: &Path, artifacts: &[Artifact], whole: bool) -> io::Result<Option<Difference>> {
    let path = dir.join("manifest.json");
    let bytes = std::fs::read(&path).map_err(|e| {
        io::Error::new(e.kind(), format!("there is no manifest to compare with: `{}`: {e}", path.display()))
    })?;
    let old: Value = serde_json::from_slice(&bytes)
        .map_err(|e| io::Error::other(format!("`{}` is no JSON: {e}", path.display())))?;
    let Some(new) = artifacts.iter().find(|a| a.path == Path::new("manifest.json")) else { return Ok(None) };
    let new: Value = serde_json::from_slice(&new.bytes).map_err(io::Error::other)?;
    Ok(wheels(&old, &new, dir)
        .or_else(|| jobs(artifacts, dir))
        .or_else(|| files(&old, &new))
        .or_else(|| whole.then(|| values(&old, &new, "")).flatten().and_then(|why| difference("manifest.json", why))))
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

fn wheels(old: &Value, new: &Value, dir: &Path) -> Option<Difference> {
    for wheel in list(new, "wheels") {
        let name = text(wheel, "name");
        let file = text(wheel, "file");
        let Some(before) = list(old, "wheels").iter().find(|w| text(w, "name") == name) else {
            return difference(file, "the manifest has no wheel of this name");
        };
        if text(before, "sha256") == text(wheel, "sha256") {
            match std::fs::read(dir.join(file)) {
                Ok(bytes) if sha256_hex(&bytes) == text(wheel, "sha256") => continue,
                Ok(_) => {
                    return difference(
                        file,
                        "the file was changed after it was built: its SHA-256 is not that of the manifest",
                    );
                }
                Err(e) => return difference(file, format!("it cannot be read: {e}")),
            }
        }
        // The folder of metadata has the version in its name.
        let plain = |w: &Value| -> BTreeMap<String, String> {
            let folder = format!("-{}.dist-info/", text(w, "version"));
            hashes(w, "path").into_iter().map(|(p, h)| (p.replacen(&folder, ".dist-info/", 1), h)).collect()
        };
        let (a, b) = (plain(before), plain(wheel));
        let derived = |p: &str| ["/RECORD", "/METADATA"].iter().any(|e| p.ends_with(e));
        let changed = |p: &str| match (a.get(p), b.get(p)) {
            (None, Some(_)) => Some("it is new"),
            (Some(_), None) => Some("it is no longer packed"),
            (Some(x), Some(y)) if x != y => Some(if p.ends_with(".dist-info/WHEEL") {
                "another version of pipec made it"
            } else {
                "its content has changed"
            }),
            _ => None,
        };
        let mut paths: Vec<&String> = a.keys().chain(b.keys()).collect();
        paths.sort_by_key(|p| (derived(p), *p));
        let first = paths.into_iter().find_map(|p| Some((p, changed(p)?)));
        return match first {
            Some((p, why)) => difference(format!("{}: {p}", text(before, "file")), why),
            None => difference(text(before, "file"), "it holds the same files, packed otherwise"),
        };
    }
    None
}

fn jobs(artifacts: &[Artifact], dir: &Path) -> Option<Difference> {
    for artifact in artifacts.iter().filter(|a| a.path.to_string_lossy().ends_with(".job.json")) {
        let file = artifact.path.display().to_string();
        let bytes = match std::fs::read(dir.join(&artifact.path)) {
            Ok(bytes) => bytes,
            Err(e) => return difference(file, format!("it cannot be read: {e}")),
        };
        if bytes == artifact.bytes {
            continue;
        }
        let parse = |b: &[u8]| serde_json::from_slice::<Value>(b).ok();
        let why = parse(&bytes).zip(parse(&artifact.bytes)).and_then(|(a, b)| values(&a, &b, ""));
        return difference(file, why.unwrap_or_else(|| "its text is not as pipec writes it".to_owned()));
    }
    None
}

fn files(old: &Value, new: &Value) -> Option<Difference> {
    let (a, b) = (hashes(old, "workspace_path"), hashes(new, "workspace_path"));
    let mut paths: Vec<&String> = a.keys().chain(b.keys()).collect();
    paths.sort();
    paths.into_iter().find_map(|p| match (a.get(p), b.get(p)) {
        (None, Some(_)) => difference(p.clone(), "it is new"),
        (Some(x), Some(y)) if x != y => difference(p.clone(), "its content has changed"),
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
                    (_, None) => Some(format!("`{at}` is gone")),
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
