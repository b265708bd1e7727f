//! Reads the Python projects of packages, and the functions that steps call, once for all users.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use smol_str::SmolStr;

use super::Project;
use super::messages::OUTSIDE_HELP;
use super::paths::join;
use crate::package::{Functions, Lookup, ParsedModules, ProjectError, PythonProject, Reached};
use crate::source::{Boundary, Confined, Files, SourceMap};
use crate::syntax::ast::{Body, Call, Callee, Item};
use crate::syntax::walk::with_choices;

/// The content of a package's directory.
#[derive(Debug)]
pub struct PackageSource {
    /// Its metadata and layout.
    pub project: Result<PythonProject, ProjectError>,
    /// The lookup of each called module and function.
    pub functions: HashMap<(SmolStr, SmolStr), Lookup>,
    /// Called modules and their imports, as far as they access files.
    pub reached: Vec<Reached>,
}

/// Reads the packages of all projects, and adds relevant files to `sources`.
pub(super) fn read_packages(
    projects: &mut [Project],
    sources: &mut SourceMap,
    files: &dyn Files,
    parsed: &mut ParsedModules,
) {
    let mut wanted: HashMap<PathBuf, Vec<(SmolStr, SmolStr)>> = HashMap::new();
    let mut order: Vec<PathBuf> = Vec::new();
    let mut boundaries: HashMap<PathBuf, Boundary> = HashMap::new();
    for project in projects.iter() {
        let dirs = directories(project);
        for dir in &dirs {
            // If several projects use a package, it is enough that one of them may read it.
            let allowed = project.boundary.allows(files, dir);
            if allowed || !boundaries.contains_key(dir) {
                boundaries.insert(dir.clone(), project.boundary.clone());
            }
        }
        if dirs.is_empty() {
            continue;
        }
        let mut calls = Vec::new();
        for unit in &project.units {
            unit.ast.items.iter().for_each(|i| calls_in(i, &mut calls));
        }
        for dir in dirs {
            let list = wanted.entry(dir.clone()).or_insert_with(|| {
                order.push(dir);
                Vec::new()
            });
            list.extend(calls.iter().cloned());
        }
    }
    let mut read: HashMap<PathBuf, Arc<PackageSource>> = HashMap::new();
    for dir in order {
        let calls = wanted.remove(&dir).unwrap_or_default();
        let Some(boundary) = boundaries.get(&dir) else { continue };
        let files = Confined::new(files, boundary);
        read.insert(dir.clone(), Arc::new(read_one(&dir, calls, sources, parsed, &files)));
    }
    for project in projects {
        project.packages =
            directories(project).into_iter().filter_map(|dir| Some((dir.clone(), read.get(&dir)?.clone()))).collect();
    }
}

fn read_one(
    dir: &Path,
    calls: Vec<(SmolStr, SmolStr)>,
    sources: &mut SourceMap,
    parsed: &mut ParsedModules,
    files: &dyn Files,
) -> PackageSource {
    let project = match files.outside(dir) {
        Some(boundary) => Err(ProjectError {
            message: format!("directory of the package is outside {boundary}"),
            help: OUTSIDE_HELP.to_owned(),
        }),
        None => PythonProject::read(files, dir),
    };
    let (mut functions, mut reached) = (HashMap::new(), Vec::new());
    if let Ok(python) = &project {
        let mut index = Functions::new(files, &python.layout, sources, parsed);
        let mut modules: Vec<String> = Vec::new();
        let mut names: Vec<String> = calls.iter().map(|(module, _)| module.to_string()).collect();
        names.sort();
        names.dedup();
        if names.len() > 1 {
            index.preload(&names);
        }
        for (module, function) in calls {
            if functions.contains_key(&(module.clone(), function.clone())) {
                continue;
            }
            let found = index.find(&module, &function);
            if !matches!(found, Lookup::Missing(_)) {
                modules.push(module.to_string());
            }
            functions.insert((module, function), found);
        }
        modules.sort();
        modules.dedup();
        reached = index.reached(&modules);
    }
    PackageSource { project, functions, reached }
}

/// The directories of a project's packages, without duplicates.
fn directories(project: &Project) -> Vec<PathBuf> {
    let mut out: Vec<PathBuf> = Vec::new();
    for unit in &project.units {
        for item in with_choices(&unit.ast.items) {
            let Item::Package(package) = item else { continue };
            let dir = package.path.plain().map(|path| join(unit.dir(), &path));
            out.extend(dir.filter(|dir| !out.contains(dir)));
        }
    }
    out
}

fn calls_in(item: &Item, out: &mut Vec<(SmolStr, SmolStr)>) {
    let mut inside = |body: &Body| body.items.iter().for_each(|i| calls_in(i, out));
    match item {
        Item::Decl(d) => inside(&d.body),
        Item::If(i) => {
            inside(&i.then);
            i.otherwise.iter().for_each(inside);
        }
        Item::For(f) => inside(&f.body),
        Item::When(w) => {
            inside(&w.then);
            w.otherwise.iter().for_each(inside);
        }
        Item::Call(call) => {
            if let Call { callee: Callee::Python { module, function }, .. } = call.as_ref() {
                out.push((module.text.clone(), function.text.clone()));
            }
        }
        _ => {}
    }
}
