//! Where the modules of a project are: `src/` layout, flat layout, single modules.

use std::path::{Path, PathBuf};

use super::metadata::normalize_name;
use crate::source::Files;

/// The directory that imports start from, and what in it belongs to the wheel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRoot {
    /// `src`, or the project itself.
    pub dir: PathBuf,
    /// Packages (directories) and modules (files) directly in it.
    pub tops: Vec<PathBuf>,
}

/// Looks modules up without running anything.
pub struct Modules<'a> {
    files: &'a dyn Files,
    root: SourceRoot,
}

/// Directories of a flat project that are no packages of it.
const NOT_PACKAGES: &[&str] = &[
    "tests",
    "test",
    "docs",
    "doc",
    "examples",
    "build",
    "dist",
    "notebooks",
    "scripts",
    "node_modules",
    "venv",
    "env",
    "sql",
    "conf",
];

impl<'a> Modules<'a> {
    /// Finds the layout of the project in `dir`; `name` is the project's.
    pub fn find(files: &'a dyn Files, dir: &Path, name: &str) -> Modules<'a> {
        let src = dir.join("src");
        let mut root = SourceRoot { dir: src.clone(), tops: tops(files, &src, false) };
        if root.tops.is_empty() {
            root = SourceRoot { dir: dir.to_owned(), tops: tops(files, dir, true) };
            // A flat project with a package of its own name means that one and not what lies beside it.
            let own = normalize_name(name);
            let mine: Vec<PathBuf> = root.tops.iter().filter(|p| stem(p) == own).cloned().collect();
            if !mine.is_empty() {
                root.tops = mine;
            }
        }
        Modules { files, root }
    }

    /// The layout.
    pub fn root(&self) -> &SourceRoot {
        &self.root
    }

    /// The file of a dotted module, or the directory of a namespace package.
    pub fn resolve(&self, module: &str) -> Option<PathBuf> {
        let first = module.split('.').next()?;
        if !self.root.tops.iter().any(|t| stem(t) == first) {
            return None;
        }
        let mut path = self.root.dir.clone();
        path.extend(module.split('.'));
        let file = path.with_extension("py");
        let file =
            if module.contains('.') { path.parent()?.join(format!("{}.py", module.rsplit('.').next()?)) } else { file };
        if self.files.is_file(&file) {
            return Some(file);
        }
        let package = path.join("__init__.py");
        if self.files.is_file(&package) {
            return Some(package);
        }
        self.files.is_dir(&path).then_some(path)
    }

    /// Every module name, for hints.
    pub fn names(&self) -> Vec<String> {
        let mut out = Vec::new();
        for top in &self.root.tops {
            self.walk(top, &stem(top), 0, &mut out);
        }
        out
    }

    fn walk(&self, path: &Path, name: &str, depth: usize, out: &mut Vec<String>) {
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

fn stem(path: &Path) -> String {
    path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

fn tops(files: &dyn Files, dir: &Path, flat: bool) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in files.list(dir).unwrap_or_default() {
        let name = stem(&entry);
        let word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !name.starts_with(|c: char| c.is_ascii_digit());
        if !word || name.starts_with("__") {
            continue;
        }
        if files.is_dir(&entry) {
            let package = files.is_file(&entry.join("__init__.py"));
            let skipped = flat && (NOT_PACKAGES.contains(&name.as_str()) || !package);
            if !skipped && !name.ends_with("_egg_info") && (package || has_python(files, &entry, 0)) {
                out.push(entry);
            }
        } else if entry.extension().is_some_and(|e| e == "py")
            && !(flat && matches!(name.as_str(), "setup" | "conftest" | "noxfile" | "tasks"))
        {
            out.push(entry);
        }
    }
    out
}

/// Whether a directory without `__init__.py` holds Python somewhere: a namespace package.
fn has_python(files: &dyn Files, dir: &Path, depth: usize) -> bool {
    depth < 6
        && files
            .list(dir)
            .unwrap_or_default()
            .iter()
            .any(|e| e.extension().is_some_and(|x| x == "py") || (files.is_dir(e) && has_python(files, e, depth + 1)))
}
