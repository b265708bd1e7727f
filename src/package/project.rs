//! A Python project: its metadata, its modules, and the way its wheel is built.

use std::path::{Path, PathBuf};

use super::dynamic::Dynamic;
use super::layout::SourceLayout;
use super::metadata::{Metadata, MetadataProblem};
use super::pyproject::{ProjectError, Pyproject};
use crate::source::Files;

/// Who builds the wheel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WheelBuilder {
    /// pipec.
    InProcess,
    /// The project's own backend, for this reason.
    Backend(String),
}

/// A Python project.
#[derive(Debug, Clone)]
pub struct PythonProject {
    /// The directory of its `pyproject.toml`.
    pub dir: PathBuf,
    /// What it says of itself. With [`WheelBuilder::Backend`] as much as can be read: the name may be empty.
    pub metadata: Metadata,
    /// Where its modules are. With [`WheelBuilder::Backend`] where they seem to be.
    pub layout: SourceLayout,
    /// Who builds its wheel.
    pub builder: WheelBuilder,
}

impl PythonProject {
    /// Reads the project in `dir`; nothing of it is run.
    ///
    /// # Errors
    /// No readable `pyproject.toml`, or metadata that is wrong.
    pub fn read(files: &dyn Files, dir: &Path) -> Result<PythonProject, ProjectError> {
        let p = Pyproject::read(files, dir)?;
        let name = p.text("project.name").or_else(|| p.text("tool.poetry.name")).unwrap_or_default().to_owned();
        let (layout, mut why) = match SourceLayout::find(&p, &name) {
            Ok(layout) => (layout, None),
            Err(why) => (SourceLayout::guess(files, dir, &name), Some(why.to_string())),
        };
        let dynamic = Dynamic { project: &p, layout: &layout };
        let metadata = match Metadata::read(&p, &dynamic) {
            Ok(metadata) => metadata,
            Err(MetadataProblem::Wrong(e)) => return Err(e),
            Err(MetadataProblem::Backend(reason)) => {
                if p.project().is_none() && p.get("build-system").is_none() {
                    return Err(super::pyproject::error(
                        format!(
                            "`{}` has neither a `[project]` nor a `[build-system]` table",
                            dir.join("pyproject.toml").display()
                        ),
                        "add `[project]` with `name` and `version`",
                    ));
                }
                why = why.or(Some(reason.to_string()));
                let requires_python = p.text("project.requires-python").map(str::to_owned);
                Metadata { name, requires_python, ..Metadata::default() }
            }
        };
        let builder = why.map_or(WheelBuilder::InProcess, WheelBuilder::Backend);
        Ok(PythonProject { dir: dir.to_owned(), metadata, layout, builder })
    }
}
