//! Reads an input of any format, and names the files it becomes.

use std::path::{Path, PathBuf};

use super::jobs::{JobsRead, find};
use super::prove::Imported;
use super::{bundle, hcl, terraform};
use crate::data::{Tree, TreeKey, TreeKind};
use crate::source::{FileId, Files, SourceMap};

/// Reads the jobs of a text. The file extension determines the format; without one, the first character does.
///
/// `files` provides included files, and `sources` receives them. `to` is the directory of the future source, if it is
/// not that of the input.
pub fn read_input(file: FileId, to: Option<&Path>, files: &dyn Files, sources: &mut SourceMap) -> JobsRead {
    let (path, text) = match sources.get(file) {
        Some(source) => (source.path.clone(), source.text.clone()),
        None => return JobsRead::default(),
    };
    let read = match format(&path, &text) {
        InputFormat::Json => crate::data::read_json(file, &text),
        InputFormat::Yaml => crate::data::read_yaml(file, &text).map(|tree| vec![tree]),
        InputFormat::Hcl => hcl::read(file, &text).map(|tree| vec![with_module(tree, &path, files, sources)]),
    };
    let values = match read {
        Ok(values) => values,
        Err(d) => return JobsRead { diagnostics: vec![*d], ..JobsRead::default() },
    };
    let mut found = JobsRead::default();
    for value in values {
        found.extend(if terraform::is_terraform(&value) {
            terraform::read(&value)
        } else if bundle::is_bundle(&value) {
            bundle::read(value, &path, to, files, sources)
        } else {
            find(&value)
        });
    }
    found.without_giants()
}

/// The files that an input becomes, with their names: one per job, or one for a project.
pub fn texts(path: &Path, found: &JobsRead, own: &[Imported]) -> Vec<(String, String)> {
    if found.prelude.trim().is_empty() {
        return own.iter().map(|i| (format!("{}.pipe", i.pipeline), i.source.clone())).collect();
    }
    let folder = || path.parent().and_then(Path::file_name).map(|n| n.to_string_lossy().into_owned());
    let name = found.name.clone().or_else(folder).unwrap_or_else(|| "project".to_owned());
    let mut text = found.prelude.clone();
    for imported in own {
        text.push('\n');
        text.push_str(&imported.source);
    }
    let text = crate::fmt::format(FileId(0), &text).unwrap_or(text);
    vec![(format!("{}.pipe", super::identifier(&name)), text)]
}

/// A Terraform file with the variables, values and locals of its module, which is all files of its directory.
fn with_module(mut tree: Tree, path: &Path, files: &dyn Files, sources: &mut SourceMap) -> Tree {
    let dir = path.parent().unwrap_or(Path::new(""));
    let mut beside = files.list(if dir == Path::new("") { Path::new(".") } else { dir }).unwrap_or_default();
    beside.sort();
    let is_given = |p: &PathBuf| {
        p.file_name().is_some_and(|n| n == "terraform.tfvars" || n.to_string_lossy().ends_with(".auto.tfvars"))
    };
    for given in beside.iter().filter(|p| is_given(p) && !files.is_link(p)) {
        let Some(text) = files.read(given).ok().and_then(|b| String::from_utf8(b).ok()) else { continue };
        let id = sources.add(given.clone(), text);
        if let (TreeKind::Map(own), Ok(read)) = (&mut tree.kind, hcl::read(id, sources.text(id))) {
            own.push((TreeKey { text: "tfvars".into(), span: read.span }, read));
        }
    }
    let is_other = |p: &PathBuf| p.extension().is_some_and(|e| e == "tf") && p.file_name() != path.file_name();
    for other in beside.into_iter().filter(|p| is_other(p) && !files.is_link(p)) {
        let Some(text) = files.read(&other).ok().and_then(|b| String::from_utf8(b).ok()) else { continue };
        let id = sources.add(other, text);
        // Its errors are reported when it is imported itself.
        let Ok(read) = hcl::read(id, sources.text(id)) else { continue };
        if let (TreeKind::Map(own), TreeKind::Map(more)) = (&mut tree.kind, read.kind) {
            own.extend(more.into_iter().filter(|(k, _)| matches!(k.text.as_str(), "variable" | "locals")));
        }
    }
    tree
}

enum InputFormat {
    Json,
    Yaml,
    Hcl,
}

fn format(path: &Path, text: &str) -> InputFormat {
    match path.extension().and_then(|e| e.to_str()) {
        Some("yml" | "yaml") => InputFormat::Yaml,
        Some("json" | "jsonl" | "ndjson") => InputFormat::Json,
        Some("tf" | "hcl") => InputFormat::Hcl,
        _ if text.trim_start().starts_with(['{', '[']) => InputFormat::Json,
        _ => InputFormat::Yaml,
    }
}
