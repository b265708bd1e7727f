//! Finds modules by their dotted names.

use std::path::PathBuf;

use super::layout::{SourceLayout, stem};
use crate::source::Files;

/// Looks modules up without running anything.
pub struct Modules<'a> {
    files: &'a dyn Files,
    layout: SourceLayout,
}

/// A module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleFile {
    /// Its file; `None` for a namespace package.
    pub file: Option<PathBuf>,
    /// Whether it is a package: an `__init__.py`, or a directory without one.
    pub package: bool,
}

impl<'a> Modules<'a> {
    /// The modules of a layout.
    pub fn new(files: &'a dyn Files, layout: SourceLayout) -> Modules<'a> {
        Modules { files, layout }
    }

    /// Whether a name starts with a top-level name of the project.
    pub fn has_top(&self, module: &str) -> bool {
        let first = module.split('.').next().unwrap_or(module);
        self.layout.tops.iter().any(|t| t.dotted().split('.').next() == Some(first))
    }

    /// Finds the module with a dotted name.
    pub fn resolve(&self, module: &str) -> Option<ModuleFile> {
        let inside = |a: &str, b: &str| a.strip_prefix(b).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        let top = self.layout.tops.iter().find(|t| {
            let top = t.dotted();
            // Inside of it, or a namespace around it.
            inside(module, &top) || inside(&top, module)
        })?;
        let mut path = top.root.clone();
        path.extend(module.split('.'));
        // A package hides a module of the same name.
        let init = path.join("__init__.py");
        if self.files.is_file(&init) {
            return Some(ModuleFile { file: Some(init), package: true });
        }
        let file = path.parent()?.join(format!("{}.py", module.rsplit('.').next()?));
        if self.files.is_file(&file) {
            return Some(ModuleFile { file: Some(file), package: false });
        }
        self.files.is_dir(&path).then_some(ModuleFile { file: None, package: true })
    }

    /// All module names, for suggestions.
    pub fn names(&self) -> Vec<String> {
        let mut out = Vec::new();
        for top in &self.layout.tops {
            self.walk(&top.path, &top.dotted(), 0, &mut out);
        }
        out
    }

    fn walk(&self, path: &std::path::Path, name: &str, depth: usize, out: &mut Vec<String>) {
        if out.len() > 2000 || depth > 12 {
            return;
        }
        out.push(name.to_owned());
        if !self.files.is_dir(path) {
            return;
        }
        for entry in self.files.list(path).unwrap_or_default() {
            let inner = stem(&entry);
            if inner.starts_with("__") || inner.starts_with('.') {
                continue;
            }
            if self.files.is_dir(&entry) || entry.extension().is_some_and(|e| e == "py") {
                self.walk(&entry, &format!("{name}.{inner}"), depth + 1, out);
            }
        }
    }
}
