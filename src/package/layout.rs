//! Finds the modules of a project, and which of them belong in its wheel.
//!
//! The settings of the backend apply. Without settings, these layouts are common to all backends: `src/`, flat,
//! single modules, namespace packages. Settings that only the backend can follow are the reason to run it.

use std::path::{Path, PathBuf};

use super::names::normalize_name;
use super::pyproject::{Pyproject, texts_of};
use crate::source::Files;

/// A package or module at the top of the wheel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Top {
    /// The directory in which imports start.
    pub root: PathBuf,
    /// The package (a directory) or module (a file), relative to the root.
    pub path: PathBuf,
}

impl Top {
    /// Its import name.
    pub fn dotted(&self) -> String {
        let relative = self.path.strip_prefix(&self.root).unwrap_or(&self.path).with_extension("");
        relative.iter().map(|p| p.to_string_lossy()).collect::<Vec<_>>().join(".")
    }
}

/// The packages and modules of a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceLayout {
    /// Sorted by their names in the wheel.
    pub tops: Vec<Top>,
    /// What the project excludes, as `.gitignore` lines relative to the project.
    pub excluded: Vec<String>,
}

/// Directories of a flat project that are not packages.
const NOT_PACKAGES: &[&str] = &[
    "tests",
    "test",
    "docs",
    "doc",
    "examples",
    "example",
    "build",
    "dist",
    "notebooks",
    "scripts",
    "node_modules",
    "venv",
    "env",
    "sql",
    "conf",
    "benchmarks",
    "tools",
    "site",
];

/// Modules of a flat project that belong to tools.
const NOT_MODULES: &[&str] = &["setup", "conftest", "noxfile", "tasks", "dodo", "fabfile"];

/// Why only the backend can find the modules.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct LayoutError(String);

impl<T: Into<String>> From<T> for LayoutError {
    fn from(text: T) -> LayoutError {
        LayoutError(text.into())
    }
}

impl SourceLayout {
    /// Finds the layout; `Err` if only the backend can.
    pub(super) fn find(p: &Pyproject<'_>, name: &str) -> Result<SourceLayout, LayoutError> {
        if p.get("build-system.backend-path").is_some() {
            return Err("it has a custom build backend".into());
        }
        let mut layout = match p.backend() {
            "hatchling" => hatch(p)?,
            "setuptools" => setuptools(p)?,
            "flit_core" => named(p, p.text("tool.flit.module.name").map(str::to_owned).into_iter().collect(), None),
            "poetry" => poetry(p)?,
            "uv_build" => uv(p)?,
            "pdm" => pdm(p)?,
            other => return Err(format!("its build backend is `{other}`").into()),
        };
        if layout.tops.is_empty() {
            layout.tops = discover(p.files, &p.dir, name);
        }
        layout.tops.sort_by(|a, b| a.path.strip_prefix(&a.root).ok().cmp(&b.path.strip_prefix(&b.root).ok()));
        layout.tops.dedup();
        Ok(layout)
    }

    /// The apparent layout, whatever the backend, to look up modules.
    pub(super) fn guess(files: &dyn Files, dir: &Path, name: &str) -> SourceLayout {
        SourceLayout { tops: discover(files, dir, name), excluded: Vec::new() }
    }
}

/// Accepts only keys that are supported, or have no effect on the wheel.
fn only(p: &Pyproject<'_>, table: &str, known: &[&str]) -> Result<(), LayoutError> {
    let Some(table_value) = p.get(table).and_then(|t| t.as_table()) else { return Ok(()) };
    match table_value.keys().find(|k| !known.contains(&k.as_str())) {
        Some(key) => Err(format!("`[{table}]` sets `{key}`").into()),
        None => Ok(()),
    }
}

fn top(p: &Pyproject<'_>, root: &str, path: &str) -> Option<Top> {
    // Nothing outside the project is included.
    if [root, path].iter().any(|part| part.starts_with('/') || part.split(['/', '\\']).any(|s| s == "..")) {
        return None;
    }
    let root = if matches!(root, "" | ".") { p.dir.clone() } else { p.dir.join(root) };
    let mut at = root.clone();
    at.extend(path.split(['/', '.']).filter(|s| !s.is_empty()));
    let module = at.with_extension("py");
    if p.files.is_dir(&at) {
        Some(Top { root, path: at })
    } else if p.files.is_file(&module) {
        Some(Top { root, path: module })
    } else {
        None
    }
}

/// Modules by name, in `src/` or next to the file.
fn named(p: &Pyproject<'_>, names: Vec<String>, root: Option<&str>) -> SourceLayout {
    let find = |name: &String| match root {
        Some(root) => top(p, root, name),
        None => top(p, "src", name).or_else(|| top(p, "", name)),
    };
    SourceLayout { tops: names.iter().filter_map(find).collect(), excluded: Vec::new() }
}

fn hatch(p: &Pyproject<'_>) -> Result<SourceLayout, LayoutError> {
    const BUILD: &[&str] =
        &["targets", "exclude", "reproducible", "dev-mode-dirs", "dev-mode-exact", "packages", "directory"];
    const WHEEL: &[&str] = &["packages", "exclude", "reproducible", "core-metadata-version", "strict-naming"];
    if p.get("tool.hatch.metadata.hooks").is_some() {
        return Err("a hatch metadata hook generates its metadata".into());
    }
    only(p, "tool.hatch.build", BUILD)?;
    only(p, "tool.hatch.build.targets.wheel", WHEEL)?;
    let mut layout = SourceLayout::default();
    for place in ["tool.hatch.build", "tool.hatch.build.targets.wheel"] {
        // Settings of the wheel target replace general ones.
        if p.get(&format!("{place}.exclude")).is_some() {
            layout.excluded = p.texts(&format!("{place}.exclude"));
        }
        let packages = p.texts(&format!("{place}.packages"));
        if !packages.is_empty() {
            layout.tops.clear();
        }
        for package in packages {
            let (root, name) =
                package.trim_end_matches('/').rsplit_once('/').unwrap_or(("", package.trim_end_matches('/')));
            layout.tops.extend(top(p, root, name.trim_end_matches(".py")));
        }
    }
    let name = p.text("project.name").map(normalize_name).unwrap_or_default();
    let found = |root: &str| top(p, root, &name).is_some();
    if layout.tops.is_empty() && !found("src") && !found("") {
        // A namespace package: `*/name/__init__.py`.
        let spaces = p.files.list(&p.dir).unwrap_or_default();
        let inner = |space: &PathBuf| p.files.is_file(&space.join(&name).join("__init__.py"));
        if let [one] = spaces.iter().filter(|s| inner(s)).collect::<Vec<_>>().as_slice() {
            layout.tops.push(Top { root: p.dir.clone(), path: one.join(&name) });
        }
    }
    Ok(layout)
}

fn setuptools(p: &Pyproject<'_>) -> Result<SourceLayout, LayoutError> {
    const KNOWN: &[&str] = &[
        "packages",
        "py-modules",
        "package-dir",
        "package-data",
        "include-package-data",
        "exclude-package-data",
        "dynamic",
        "zip-safe",
        "license-files",
        "platforms",
    ];
    only(p, "tool.setuptools", KNOWN)?;
    if p.get("tool.setuptools_scm").is_some() && p.get("project.version").is_none() {
        return Err("setuptools_scm generates its version".into());
    }
    let elsewhere = [
        ("setup.cfg", &["\npackages", "\npackage_dir", "\npy_modules"]),
        ("setup.py", &["packages=", "package_dir", "py_modules"]),
    ];
    for (file, words) in elsewhere {
        let text = p.file(file).unwrap_or_default().replace(" =", "=");
        if words.iter().any(|w| text.contains(w)) {
            return Err(format!("its `{file}` lists its packages").into());
        }
    }
    if let Some(setup) = p.file("setup.py")
        && ["ext_modules", "cmdclass", "Extension(", "cythonize", "distclass"].iter().any(|w| setup.contains(w))
    {
        return Err("its `setup.py` has build steps".into());
    }
    let mut roots: Vec<(String, String)> = p
        .get("tool.setuptools.package-dir")
        .and_then(|t| t.as_table())
        .map(|t| t.iter().filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect())
        .unwrap_or_default();
    roots.sort();
    let base = roots.iter().find(|(k, _)| k.is_empty()).map_or("", |(_, v)| v.as_str());
    if roots.iter().any(|(k, _)| !k.is_empty()) {
        return Err("`[tool.setuptools.package-dir]` maps single packages".into());
    }
    if p.get("tool.setuptools.include-package-data").and_then(toml::Value::as_bool) == Some(false) {
        return Err("`[tool.setuptools] include-package-data = false` selects its data files".into());
    }
    let mut layout = SourceLayout::default();
    if let Some(list) = p.get("tool.setuptools.exclude-package-data").and_then(|t| t.as_table()) {
        for (package, globs) in list {
            let folder = if package == "*" || package.is_empty() { "**".to_owned() } else { package.replace('.', "/") };
            layout.excluded.extend(texts_of(globs).iter().map(|g| format!("**/{folder}/{g}")));
        }
    }
    for module in p.texts("tool.setuptools.py-modules") {
        layout.tops.extend(top(p, base, &module));
    }
    match p.get("tool.setuptools.packages") {
        Some(toml::Value::Array(_)) => {
            let listed = p.texts("tool.setuptools.packages");
            for package in &listed {
                let dir = p.dir.join(base).join(package.replace('.', "/"));
                let unlisted = |e: &PathBuf| {
                    p.files.is_dir(e)
                        && has_python(p.files, e, 0)
                        && !listed.contains(&format!("{package}.{}", stem(e)))
                };
                if let Some(inner) = p.files.list(&dir).unwrap_or_default().iter().find(|e| unlisted(e)) {
                    return Err(format!("`[tool.setuptools] packages` excludes `{package}.{}`", stem(inner)).into());
                }
            }
            for package in listed {
                let first = package.split('.').next().unwrap_or(&package);
                layout.tops.extend(top(p, base, first));
            }
        }
        Some(table) => {
            if let Some(find) = table.get("find") {
                let list = |key: &str| find.get(key).map(texts_of).unwrap_or_default();
                let mut wheres = list("where");
                if wheres.is_empty() {
                    wheres.push(if base.is_empty() { ".".to_owned() } else { base.to_owned() });
                }
                let include = list("include");
                let exclude = list("exclude");
                for root in wheres {
                    let dir = if root == "." { p.dir.clone() } else { p.dir.join(&root) };
                    for path in tops(p.files, &dir, root == "." && include.is_empty()) {
                        let name = stem(&path);
                        let included = include.iter().any(|g| glob(g, &name) || g.split('.').next() == Some(&name));
                        let excluded = exclude.iter().any(|g| glob(g, &name));
                        if p.files.is_dir(&path) && (include.is_empty() || included) && !excluded {
                            layout.tops.push(Top { root: dir.clone(), path });
                        }
                    }
                }
                for pattern in exclude.iter().filter(|e| e.contains('.') && !e.starts_with('*')) {
                    layout.excluded.push(format!("**/{}/", pattern.trim_end_matches(".*").replace('.', "/")));
                }
            }
        }
        None if !base.is_empty() && layout.tops.is_empty() => {
            let dir = p.dir.join(base);
            layout.tops.extend(tops(p.files, &dir, false).into_iter().map(|path| Top { root: dir.clone(), path }));
        }
        None => {}
    }
    Ok(layout)
}

/// Whether a pattern of setuptools matches a top-level package; patterns with dots are about packages inside it.
fn glob(pattern: &str, name: &str) -> bool {
    match (pattern.strip_suffix('*'), pattern.strip_prefix('*')) {
        (Some(start), _) if !start.contains('.') => name.starts_with(start),
        (None, Some(end)) => name.ends_with(end),
        _ => pattern == name,
    }
}

fn poetry(p: &Pyproject<'_>) -> Result<SourceLayout, LayoutError> {
    if p.get("tool.poetry.build").is_some() {
        return Err("`[tool.poetry.build]` has build steps".into());
    }
    let mut layout = SourceLayout { tops: Vec::new(), excluded: p.texts("tool.poetry.exclude") };
    for package in p.get("tool.poetry.packages").and_then(|v| v.as_array()).into_iter().flatten() {
        let text = |key: &str| package.get(key).and_then(|v| v.as_str());
        if package.get("to").is_some() || text("include").is_some_and(|i| i.contains('*')) {
            return Err("`[tool.poetry] packages` maps or selects files".into());
        }
        let include = text("include").unwrap_or_default();
        layout.tops.extend(top(p, text("from").unwrap_or(""), include.trim_end_matches(".py")));
    }
    if p.get("tool.poetry.include").is_some() {
        return Err("`[tool.poetry] include` adds files".into());
    }
    Ok(layout)
}

fn uv(p: &Pyproject<'_>) -> Result<SourceLayout, LayoutError> {
    const KNOWN: &[&str] = &[
        "module-name",
        "module-root",
        "namespace",
        "wheel-exclude",
        "source-include",
        "source-exclude",
        "default-excludes",
    ];
    only(p, "tool.uv.build-backend", KNOWN)?;
    let names = match p.get("tool.uv.build-backend.module-name") {
        Some(toml::Value::String(one)) => vec![one.clone()],
        Some(other) => texts_of(other),
        None => Vec::new(),
    };
    let firsts = names.iter().map(|n| n.split('.').next().unwrap_or(n).to_owned()).collect();
    let root = p.text("tool.uv.build-backend.module-root");
    let mut layout = named(p, firsts, Some(root.unwrap_or("src")));
    if let (Some(root), true) = (root, names.is_empty()) {
        let name = p.text("project.name").map(normalize_name).unwrap_or_default();
        layout.tops.extend(top(p, root, &name));
    }
    // Patterns of uv are relative to the project; `*.x` matches only at its top.
    let excludes = ["tool.uv.build-backend.wheel-exclude", "tool.uv.build-backend.source-exclude"];
    layout.excluded = excludes.iter().flat_map(|e| p.texts(e)).collect();
    Ok(layout)
}

fn pdm(p: &Pyproject<'_>) -> Result<SourceLayout, LayoutError> {
    only(p, "tool.pdm.build", &["package-dir", "excludes", "is-purelib", "source-includes"])?;
    let mut layout = SourceLayout { tops: Vec::new(), excluded: p.texts("tool.pdm.build.excludes") };
    if let Some(root) = p.text("tool.pdm.build.package-dir") {
        let dir = p.dir.join(root);
        layout.tops.extend(tops(p.files, &dir, false).into_iter().map(|path| Top { root: dir.clone(), path }));
    }
    Ok(layout)
}

/// The content of `src/`, else of the project's directory. In the flat layout, only the package with the name of the
/// project, if there is one.
fn discover(files: &dyn Files, dir: &Path, name: &str) -> Vec<Top> {
    let src = dir.join("src");
    let (root, mut found) = match tops(files, &src, false) {
        found if !found.is_empty() => (src, found),
        _ => (dir.to_owned(), tops(files, dir, true)),
    };
    if root == dir {
        let own = normalize_name(name);
        let mine: Vec<PathBuf> = found.iter().filter(|p| stem(p) == own).cloned().collect();
        if !mine.is_empty() {
            found = mine;
        }
    }
    found.into_iter().map(|path| Top { root: root.clone(), path }).collect()
}

pub(super) fn stem(path: &Path) -> String {
    path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

fn tops(files: &dyn Files, dir: &Path, flat: bool) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in files.list(dir).unwrap_or_default() {
        let name = stem(&entry);
        let word =
            name.chars().all(|c| c.is_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_ascii_digit());
        if !word || name.is_empty() || name.starts_with("__") {
            continue;
        }
        if files.is_dir(&entry) {
            // The stem of `my.egg-info` is `my`.
            if entry.extension().is_some() {
                continue;
            }
            let package = files.is_file(&entry.join("__init__.py"));
            let skipped = flat && (NOT_PACKAGES.contains(&name.as_str()) || !package);
            if !skipped && (package || has_python(files, &entry, 0)) {
                out.push(entry);
            }
        } else if entry.extension().is_some_and(|e| e == "py") && !(flat && NOT_MODULES.contains(&name.as_str())) {
            out.push(entry);
        }
    }
    out
}

/// Whether a directory without `__init__.py` contains Python files: a namespace package.
fn has_python(files: &dyn Files, dir: &Path, depth: usize) -> bool {
    depth < 6
        && files
            .list(dir)
            .unwrap_or_default()
            .iter()
            .any(|e| e.extension().is_some_and(|x| x == "py") || (files.is_dir(e) && has_python(files, e, depth + 1)))
}
