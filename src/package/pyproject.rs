//! Reads `pyproject.toml`.

use std::path::{Path, PathBuf};

use crate::source::Files;

/// Why a project cannot be packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectError {
    pub message: String,
    pub help: String,
}

impl std::fmt::Display for ProjectError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.message)
    }
}

impl std::error::Error for ProjectError {}

pub(super) fn error(message: impl Into<String>, help: impl Into<String>) -> ProjectError {
    ProjectError { message: message.into(), help: help.into() }
}

/// A `pyproject.toml`.
pub(super) struct Pyproject<'f> {
    pub files: &'f dyn Files,
    /// Its directory.
    pub dir: PathBuf,
    root: toml::Table,
}

impl<'f> Pyproject<'f> {
    pub fn read(files: &'f dyn Files, dir: &Path) -> Result<Self, ProjectError> {
        let path = dir.join("pyproject.toml");
        if !files.is_file(&path) {
            let old = ["setup.py", "setup.cfg"].into_iter().find(|f| files.is_file(&dir.join(f)));
            return Err(error(
                format!("no `pyproject.toml` in `{}`", shown(dir)),
                match old {
                    Some(old) => {
                        format!(
                            "add one with a `[build-system]` table next to `{old}`, which pipec then uses to build the package"
                        )
                    }
                    None => "add one with a `[project]` table, or use the directory of a Python project".to_owned(),
                },
            ));
        }
        let bytes = files
            .read(&path)
            .map_err(|e| error(format!("cannot read `{}`: {e}", path.display()), "check its permissions"))?;
        let text = String::from_utf8(bytes)
            .map_err(|_| error(format!("`{}` is not UTF-8", path.display()), "save it as UTF-8"))?;
        let root: toml::Table = text.trim_start_matches('\u{feff}').parse().map_err(|e: toml::de::Error| {
            let line = e.span().map(|s| text.get(..s.start).unwrap_or("").matches('\n').count() + 1);
            let place = line.map(|l| format!(" in line {l}")).unwrap_or_default();
            error(format!("`{}` is not valid TOML{place}: {}", path.display(), e.message()), "fix the file")
        })?;
        Ok(Pyproject { files, dir: dir.to_owned(), root })
    }

    /// The `[project]` table.
    pub fn project(&self) -> Option<&toml::Table> {
        self.root.get("project")?.as_table()
    }

    /// A value by its path, such as `tool.hatch.version`.
    pub fn get(&self, path: &str) -> Option<&toml::Value> {
        let mut keys = path.split('.');
        let mut at = self.root.get(keys.next()?)?;
        for key in keys {
            at = at.get(key)?;
        }
        Some(at)
    }

    /// A string by its path.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.get(path)?.as_str()
    }

    /// A list of strings by its path.
    pub fn texts(&self, path: &str) -> Vec<String> {
        self.get(path).map(texts_of).unwrap_or_default()
    }

    /// The build backend; by default setuptools.
    pub fn backend(&self) -> &str {
        let said = self.text("build-system.build-backend").unwrap_or("setuptools.build_meta");
        said.split([':', '.']).next().unwrap_or(said)
    }

    /// The text of a file of the project.
    pub fn file(&self, relative: &str) -> Option<String> {
        let path = self.dir.join(relative);
        let inside = !Path::new(relative).is_absolute() && !relative.split(['/', '\\']).any(|p| p == "..");
        // Metadata appears in messages and in the wheel, so files with credentials are not read.
        let secret = Path::new(relative).iter().any(|part| super::never::never(&part.to_string_lossy()));
        let inside = inside && !secret && self.files.is_inside(&path, &self.dir);
        let bytes = self.files.read(&path).ok().filter(|_| inside)?;
        Some(String::from_utf8_lossy(&bytes).replace("\r\n", "\n"))
    }
}

pub(super) fn texts_of(value: &toml::Value) -> Vec<String> {
    value.as_array().map(|a| a.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()).unwrap_or_default()
}

pub(super) fn shown(dir: &Path) -> String {
    if dir.as_os_str().is_empty() { ".".to_owned() } else { dir.display().to_string() }
}
