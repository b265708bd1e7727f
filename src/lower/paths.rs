//! Where things go in the workspace.

use std::path::{Component, Path};

use super::Options;
use crate::model::{FileKind, Program};

/// The folders of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The folder of the project.
    pub root: String,
    /// The folder of its wheels.
    pub wheels: String,
    /// Whether nobody said where: the shared folder stands in until a user is known.
    pub assumed: bool,
}

impl Layout {
    pub(super) fn new(program: &Program, options: &Options) -> Layout {
        let target = program.target.name.as_deref().unwrap_or("default");
        let below = format!(".pipec/{}/{target}", program.name);
        let (root, assumed) = match (&program.target.root_path, &options.user) {
            (Some(root), _) => (root.to_string(), false),
            (None, Some(user)) => (format!("/Workspace/Users/{user}/{below}"), false),
            (None, None) => (format!("/Workspace/Shared/{below}"), true),
        };
        let wheels = match &program.target.artifact_path {
            Some(path) => path.to_string(),
            None => format!("{root}/wheels"),
        };
        Layout { root, wheels, assumed }
    }

    /// Where a local file goes: below `files`, as below the project. Notebooks lose their extension, as in the workspace.
    pub(super) fn file(&self, project: &Path, local: &Path, kind: FileKind) -> String {
        let relative = local.strip_prefix(project).unwrap_or(local);
        let mut parts: Vec<String> = Vec::new();
        for part in relative.components() {
            match part {
                Component::ParentDir => parts.push("_parent".to_owned()),
                Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
                _ => {}
            }
        }
        let mut path = format!("{}/files/{}", self.root, parts.join("/"));
        if kind == FileKind::Notebook
            && let Some((stem, _)) = path.rsplit_once('.')
        {
            path = stem.to_owned();
        }
        path
    }
}
