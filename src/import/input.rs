//! An input of any format.

use std::path::Path;

use super::jobs::{Found, find};
use super::{bundle, hcl, json, terraform, yaml};
use crate::source::{FileId, Files, SourceMap};

/// Reads the jobs of a text. Its ending says which format it has; without one, its first character.
///
/// `files` is asked for what a bundle includes, `sources` gets it. `to` is the folder that the source will be in, if it is
/// not that of the input.
pub fn read_input(file: FileId, to: Option<&Path>, files: &dyn Files, sources: &mut SourceMap) -> Found {
    let (path, text) = match sources.get(file) {
        Some(source) => (source.path.clone(), source.text.clone()),
        None => return Found::default(),
    };
    let read = match format(&path, &text) {
        Format::Json => json::read(file, &text),
        Format::Yaml => yaml::read(file, &text).map(|tree| vec![tree]),
        Format::Hcl => hcl::read(file, &text).map(|tree| vec![tree]),
    };
    let values = match read {
        Ok(values) => values,
        Err(d) => return Found { diagnostics: vec![*d], ..Found::default() },
    };
    let mut found = Found::default();
    for value in values {
        found.extend(if terraform::is_terraform(&value) {
            terraform::read(&value)
        } else if bundle::is_bundle(&value) {
            bundle::read(value, &path, to, files, sources)
        } else {
            find(&value)
        });
    }
    found
}

enum Format {
    Json,
    Yaml,
    Hcl,
}

fn format(path: &Path, text: &str) -> Format {
    match path.extension().and_then(|e| e.to_str()) {
        Some("yml" | "yaml") => Format::Yaml,
        Some("json" | "jsonl" | "ndjson") => Format::Json,
        Some("tf" | "hcl") => Format::Hcl,
        _ if text.trim_start().starts_with(['{', '[']) => Format::Json,
        _ => Format::Yaml,
    }
}
