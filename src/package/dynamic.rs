//! Reads dynamic metadata from where the common backends keep it, without running code.

use std::path::Path;

use super::layout::SourceLayout;
use super::modules::Modules;
use super::names::valid_version;
use super::pyproject::{Pyproject, texts_of};
use super::requirements::{is_requirements_file, lines};
use crate::python::{ModuleBinding, read};
use crate::source::FileId;

/// Reads dynamic fields as the backend would. Its methods return `None` if only the backend knows the value.
pub(super) struct Dynamic<'p> {
    pub project: &'p Pyproject<'p>,
    pub layout: &'p SourceLayout,
}

impl Dynamic<'_> {
    /// The version.
    pub fn version(&self) -> Option<String> {
        let p = self.project;
        let found = match p.backend() {
            "hatchling" => {
                let plain = matches!(p.text("tool.hatch.version.source"), None | Some("regex"))
                    && p.get("tool.hatch.version.pattern").is_none()
                    && p.get("tool.hatch.version.scheme").is_none();
                p.text("tool.hatch.version.path").filter(|_| plain).and_then(|path| assigned(&p.file(path)?))
            }
            "setuptools" => match p.get("tool.setuptools.dynamic.version") {
                Some(v) => match (v.get("attr").and_then(|a| a.as_str()), v.get("file")) {
                    (Some(attribute), _) => self.attribute(attribute),
                    // The file may contain anything: only a valid version is shown.
                    (None, Some(file)) => {
                        self.files(file).map(|t| t.trim().to_owned()).filter(|t| valid_version(t).is_some())
                    }
                    _ => None,
                },
                None => None,
            },
            "flit_core" => self.flit_module().and_then(|text| attribute_in(&text, "__version__")),
            "pdm" => match (p.text("tool.pdm.version.source"), p.text("tool.pdm.version.path")) {
                (Some("file"), Some(path)) => assigned(&p.file(path)?),
                _ => None,
            },
            "poetry" => p.text("tool.poetry.version").map(str::to_owned),
            _ => None,
        };
        found.filter(|v| !v.is_empty())
    }

    /// The summary, which flit takes from the docstring of the module.
    pub fn description(&self) -> Option<String> {
        match self.project.backend() {
            "flit_core" => {
                let module = read(&self.flit_module()?, FileId(u32::MAX), "m", true).ok()?;
                Some(module.docstring?.trim().lines().next()?.trim().to_owned())
            }
            "setuptools" => Some(
                self.files(self.project.get("tool.setuptools.dynamic.description")?.get("file")?)?.trim().to_owned(),
            ),
            "poetry" => self.project.text("tool.poetry.description").map(str::to_owned),
            _ => None,
        }
    }

    /// Requirements from files, for setuptools.
    pub fn dependencies(&self) -> Option<Vec<String>> {
        (self.project.backend() == "setuptools").then_some(())?;
        self.requirements(self.project.get("tool.setuptools.dynamic.dependencies")?.get("file")?)
    }

    /// Extras from files, for setuptools.
    pub fn extras(&self) -> Option<Vec<(String, Vec<String>)>> {
        (self.project.backend() == "setuptools").then_some(())?;
        let table = self.project.get("tool.setuptools.dynamic.optional-dependencies")?.as_table()?;
        table.iter().map(|(name, v)| Some((name.clone(), self.requirements(v.get("file")?)?))).collect()
    }

    /// The readme from a file, for setuptools.
    pub fn readme(&self) -> Option<(String, String)> {
        (self.project.backend() == "setuptools").then_some(())?;
        let value = self.project.get("tool.setuptools.dynamic.readme")?;
        let file = value.get("file")?;
        let first = file.as_str().map(str::to_owned).or_else(|| texts_of(file).first().cloned())?;
        Some((first, self.files(file)?))
    }

    /// The requirements in files. Only requirements files are read, because messages may show their lines.
    fn requirements(&self, value: &toml::Value) -> Option<Vec<String>> {
        let names = value.as_str().map_or_else(|| texts_of(value), |one| vec![one.to_owned()]);
        names.iter().all(|n| is_requirements_file(Path::new(n))).then_some(())?;
        requirement_lines(&self.files(value)?)
    }

    /// The text of one or several files.
    fn files(&self, value: &toml::Value) -> Option<String> {
        let list = match value {
            toml::Value::String(one) => vec![one.clone()],
            other => texts_of(other),
        };
        let texts: Option<Vec<String>> = list.iter().map(|f| self.project.file(f)).collect();
        texts.filter(|t| !t.is_empty()).map(|t| t.join("\n"))
    }

    /// `package.module.name`: a string that the module assigns.
    fn attribute(&self, path: &str) -> Option<String> {
        let (module, name) = path.rsplit_once('.')?;
        let modules = Modules::new(self.project.files, self.layout.clone());
        let file = modules.resolve(module)?.file?;
        let bytes = self.project.files.read(&file).ok()?;
        attribute_in(&String::from_utf8_lossy(&bytes), name)
    }

    fn flit_module(&self) -> Option<String> {
        let top = self.layout.tops.first()?;
        let init = top.path.join("__init__.py");
        let path = if self.project.files.is_file(&init) { init } else { top.path.clone() };
        Some(String::from_utf8_lossy(&self.project.files.read(&path).ok()?).into_owned())
    }
}

/// The string that a module assigns to a name.
fn attribute_in(text: &str, name: &str) -> Option<String> {
    let module = read(text, FileId(u32::MAX), "m", true).ok()?;
    match &module.names.get(name)?.binding {
        ModuleBinding::Value(_, Some(text)) => Some(text.clone()),
        _ => None,
    }
}

/// `__version__ = "1.2"`, or `VERSION`, as hatch and pdm search for it, in Python or text files.
fn assigned(text: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        let name = name.split(':').next().unwrap_or(name).trim();
        matches!(name, "__version__" | "VERSION" | "version" | "__VERSION__").then_some(())?;
        let value = value.trim();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let inner = value.get(1..)?.split(quote).next()?;
        Some(inner.trim_start_matches('v').to_owned())
    })
}

/// The requirements in a file, in setuptools' format, without options of pip.
fn requirement_lines(text: &str) -> Option<Vec<String>> {
    let found: Vec<String> = lines(text).into_iter().map(|(_, line)| line).collect();
    (!found.iter().any(|line| line.starts_with('-'))).then_some(found)
}
