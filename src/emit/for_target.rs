//! What asset bundles and Terraform share: a project lowered for each target, and its files.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use super::Artifact;
use crate::lower::{Bundle, LocalFile};
use crate::package::Wheel;

/// A project lowered for one target. A bundle leaves development mode to the CLI.
#[derive(Debug)]
pub struct ForTarget {
    pub name: String,
    /// Whether it is the default target.
    pub default: bool,
    /// `development`, `production` or none.
    pub mode: Option<&'static str>,
    /// The URL of the workspace.
    pub host: Option<String>,
    /// The folder in the workspace.
    pub root_path: Option<String>,
    pub bundle: Bundle,
    pub wheels: Vec<Wheel>,
}

/// The name of a resource.
pub(super) fn key(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' }).collect()
}

/// Replaces every string by what `f` returns for it.
pub(super) fn each_text<E>(value: &mut Value, f: &mut dyn FnMut(&str) -> Result<String, E>) -> Result<(), E> {
    match value {
        Value::String(text) => *text = f(text)?,
        Value::Array(items) => items.iter_mut().try_for_each(|v| each_text(v, f))?,
        Value::Object(map) => map.values_mut().try_for_each(|v| each_text(v, f))?,
        _ => {}
    }
    Ok(())
}

/// Replaces every string by a string.
pub(super) fn map_texts(value: &mut Value, f: &mut dyn FnMut(&str) -> String) {
    let Ok(()) = each_text::<std::convert::Infallible>(value, &mut |text| Ok(f(text)));
}

/// The path of a file relative to the result; notebooks get their extension back.
pub(super) fn local_path(target: &ForTarget, file: &LocalFile) -> String {
    let below = file.workspace_path.strip_prefix(target.bundle.layout.files.as_str()).unwrap_or(&file.workspace_path);
    let extension = file.local.extension().map(|e| format!(".{}", e.to_string_lossy())).unwrap_or_default();
    let extension = if below.ends_with(&extension) { String::new() } else { extension };
    format!("./files{below}{extension}")
}

/// The files to copy, without duplicates.
#[derive(Default)]
pub(super) struct Copies(BTreeMap<PathBuf, Vec<u8>>);

impl Copies {
    pub fn add(&mut self, path: &str, bytes: &[u8]) {
        self.0.entry(PathBuf::from(path.trim_start_matches("./"))).or_insert_with(|| bytes.to_vec());
    }

    pub fn list(self) -> Vec<Artifact> {
        self.0.into_iter().map(|(path, bytes)| Artifact { path, bytes }).collect()
    }
}
