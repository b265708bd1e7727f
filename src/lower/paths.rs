//! Paths in the workspace.

use std::path::{Component, Path};

use super::LowerOptions;
use super::holes::with_user;
use crate::model::{FileKind, Hole, Program};
use crate::package::sha256_hex;

/// The folders of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceLayout {
    /// The folder of the project.
    pub root: String,
    /// The folder of its wheels.
    pub wheels: String,
    /// The folder of notebooks, scripts and other files, in folders named after their content.
    pub files: String,
    /// What in these folders only a workspace knows.
    pub holes: Vec<Hole>,
}

impl WorkspaceLayout {
    pub(super) fn new(program: &Program, options: &LowerOptions) -> WorkspaceLayout {
        let target = program.target.name.as_deref().unwrap_or("default");
        let below = format!(".pipec/{}/{target}", program.name);
        let root = match &program.target.root_path {
            Some(root) => root.to_string(),
            None => format!("/Workspace/Users/{}/{below}", Hole::UserName),
        };
        let user = options.user.as_deref();
        let root = with_user(&root, user).trim_end_matches('/').to_owned();
        let artifact_path = program.target.artifact_path.as_ref().map(|path| with_user(&path.to_string(), user));
        let wheels = match artifact_path.as_deref().map(|path| path.trim_end_matches('/')) {
            // Several projects, targets and users may share a volume, and each deletes only its own files.
            Some(path) => {
                let digest = sha256_hex(root.as_bytes());
                format!("{path}/{}/{target}-{}", program.name, digest.get(..8).unwrap_or_default())
            }
            None => format!("{root}/wheels"),
        };
        let files = format!("{root}/files");
        let holes = [Hole::UserName, Hole::UserShortName];
        let is_open = |hole: &Hole| [&root, &wheels].iter().any(|path| path.contains(&hole.placeholder()));
        let holes = holes.into_iter().filter(is_open).collect();
        WorkspaceLayout { root, wheels, files, holes }
    }

    /// The path of a file of a unit. A single file has the hash in its name, because fewer folders need fewer
    /// requests. Several files keep their names in a folder of their own.
    pub(super) fn file(&self, digest: &str, alone: bool, below: &str) -> String {
        if !alone {
            return format!("{}/{digest}/{below}", self.files);
        }
        let (folder, name) = below.rsplit_once('/').map_or(("", below), |(f, n)| (f, n));
        let (stem, end) = name.rsplit_once('.').map_or((name, String::new()), |(s, e)| (s, format!(".{e}")));
        let slash = if folder.is_empty() { "" } else { "/" };
        format!("{}/{folder}{slash}{stem}-{digest}{end}", self.files)
    }

    /// The path of a local file below the folder of its unit, as in the project. Notebooks lose their extension, as
    /// in the workspace.
    pub(super) fn below(&self, project: &Path, local: &Path, kind: FileKind) -> String {
        let relative = local.strip_prefix(project).unwrap_or(local);
        let mut parts: Vec<String> = Vec::new();
        for part in relative.components() {
            match part {
                Component::ParentDir => parts.push("_parent".to_owned()),
                Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
                _ => {}
            }
        }
        let path = parts.join("/");
        match path.rsplit_once('.') {
            Some((stem, _)) if kind == FileKind::Notebook => stem.to_owned(),
            _ => path,
        }
    }
}

/// The path of a local file in the project.
pub(super) fn source_name(project: &Path, local: &Path) -> String {
    local.strip_prefix(project).unwrap_or(local).to_string_lossy().replace('\\', "/")
}

/// The hash of a file and the files it needs, which names their folder. A changed file gets a new path, so active
/// runs keep the files they started with.
pub(super) fn unit_digest<'a>(files: impl Iterator<Item = (&'a str, &'a str, &'a str)>) -> String {
    let mut lines: Vec<String> = files.map(|(path, kind, sha256)| format!("{sha256} {kind} {path}\n")).collect();
    lines.sort();
    lines.dedup();
    let mut digest = sha256_hex(lines.concat().as_bytes());
    digest.truncate(12);
    digest
}
