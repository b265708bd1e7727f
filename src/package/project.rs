//! A Python project: metadata, modules, and how to build its wheel.

use std::path::{Path, PathBuf};

use super::dynamic::Dynamic;
use super::layout::SourceLayout;
use super::metadata::{Metadata, MetadataProblem};
use super::pyproject::{ProjectError, Pyproject};
use crate::source::Files;

/// What builds the wheel.
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
    /// Its metadata. With [`WheelBuilder::Backend`], it may be incomplete, and the name may be empty.
    pub metadata: Metadata,
    /// Its modules. With [`WheelBuilder::Backend`], this is a guess.
    pub layout: SourceLayout,
    pub builder: WheelBuilder,
}

impl PythonProject {
    /// Reads the project in `dir` without running its code.
    ///
    /// # Errors
    /// No readable `pyproject.toml`, or invalid metadata.
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
