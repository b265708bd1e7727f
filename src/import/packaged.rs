//! Converts wheel tasks of a bundle to calls of the functions behind their entry points.

use std::collections::BTreeMap;

use super::jobs::every_task;
use super::names::identifier;
use crate::data::{Tree, TreeKey, TreeKind};
use crate::package::{PythonProject, normalize_name};
use crate::source::Span;

/// A Python project that pipec builds.
pub(super) struct PackedProject {
    /// Its name in source.
    name: String,
    /// Its directory in source.
    folder: String,
    project: PythonProject,
}

impl PackedProject {
    pub fn new(project: PythonProject, folder: String) -> PackedProject {
        PackedProject { name: identifier(&project.metadata.name), folder, project }
    }

    /// Its declaration as source.
    pub fn declaration(&self) -> String {
        format!("package {} = {}\n", self.name, crate::source::literal::string(self.folder.trim_end_matches('/')))
    }

    /// The function of an entry point, such as `pkg.main:run`.
    fn function(&self, package: &str, entry_point: &str) -> Option<String> {
        let metadata = &self.project.metadata;
        if normalize_name(package) != normalize_name(&metadata.name) {
            return None;
        }
        let entries = metadata.scripts.iter().flat_map(|g| &g.entries);
        let (_, object) = entries.into_iter().find(|(name, _)| name == entry_point)?;
        let object: String = object.split('[').next().unwrap_or("").chars().filter(|c| !c.is_whitespace()).collect();
        let (module, function) = object.split_once(':')?;
        // Anything else would be parsed as source.
        (module.split('.').all(is_python_name) && is_python_name(function)).then_some(object)
    }
}

fn is_python_name(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.chars().all(word) && text.starts_with(|c: char| !c.is_ascii_digit())
}

/// A job without the wheels that pipec builds, and the functions of its wheel tasks by the spans of the task types.
/// `None` if there is no such task.
///
/// Only for tasks without parameters, because it is unknown which function reads them.
pub(super) fn packaged(job: &Tree, packages: &[PackedProject]) -> Option<(Tree, BTreeMap<Span, String>)> {
    let mut calls = BTreeMap::new();
    let mut wheel_tasks = 0;
    for task in every_task(job) {
        let Some((key, body)) = task.entry("python_wheel_task") else { continue };
        wheel_tasks += 1;
        let known = |k: &TreeKey, v: &Tree| match k.text.as_str() {
            "package_name" | "entry_point" => true,
            "parameters" => v.items().is_empty() && matches!(v.kind, TreeKind::List(_)),
            _ => false,
        };
        let names = body.text_of("package_name").zip(body.text_of("entry_point"));
        let found = names.and_then(|(p, e)| packages.iter().find_map(|package| package.function(p, e)));
        if let (Some(function), true) = (found, body.entries().iter().all(|(k, v)| known(k, v))) {
            calls.insert(key.span, function);
        }
    }
    // A wheel of an environment serves all its tasks, so it is only removed if all of them become calls.
    (!calls.is_empty() && calls.len() == wheel_tasks).then(|| (without_wheels(job), calls))
}

/// A job without local wheels.
fn without_wheels(tree: &Tree) -> Tree {
    let is_wheel = |t: &Tree| t.text().is_some_and(|t| t.ends_with(".whl") && !t.starts_with('/') && !t.contains(':'));
    let kind = match &tree.kind {
        TreeKind::List(items) => TreeKind::List(items.iter().map(without_wheels).collect()),
        TreeKind::Map(entries) => {
            let entries = entries.iter().filter_map(|(key, value)| {
                let kept: Option<Vec<Tree>> = match key.text.as_str() {
                    "libraries" => {
                        Some(value.items().iter().filter(|l| !l.get("whl").is_some_and(is_wheel)).cloned().collect())
                    }
                    "dependencies" => Some(value.items().iter().filter(|d| !is_wheel(d)).cloned().collect()),
                    _ => None,
                };
                match kept {
                    Some(items) if items.is_empty() && !value.items().is_empty() => None,
                    Some(items) => Some((key.clone(), Tree { span: value.span, kind: TreeKind::List(items) })),
                    None => Some((key.clone(), without_wheels(value))),
                }
            });
            TreeKind::Map(entries.collect())
        }
        other => other.clone(),
    };
    Tree { span: tree.span, kind }
}
