//! Local files of imported jobs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::jobs::every_task;
use super::messages;
use crate::data::Tree;
use crate::diag::Diagnostic;
use crate::project::join;
use crate::source::{FileId, Files, Span};

/// The directories of the input and the future source.
pub(super) struct ImportPaths<'a> {
    pub files: &'a dyn Files,
    /// The directory of each input file.
    pub folders: BTreeMap<FileId, PathBuf>,
    /// The directory of the future source.
    pub to: PathBuf,
}

impl ImportPaths<'_> {
    /// A directory named in a file, and its path in source.
    pub fn folder(&self, file: FileId, path: &str) -> Option<(PathBuf, String)> {
        let dir = join(self.folders.get(&file)?, path);
        let shown = relative(&self.to, &dir);
        Some((dir, if shown == "./" { ".".to_owned() } else { shown }))
    }

    /// The local files of a job's tasks, with their paths in source.
    pub fn local_files(&self, job: &Tree, diagnostics: &mut Vec<Diagnostic>) -> BTreeMap<Span, String> {
        let mut out = BTreeMap::new();
        if job.get("git_source").is_some() {
            return out;
        }
        for task in every_task(job) {
            let paths = [
                task.get("notebook_task").and_then(|k| k.get("notebook_path")),
                task.get("spark_python_task").and_then(|k| k.get("python_file")),
                task.get("sql_task").and_then(|k| k.get("file")?.get("path")),
                task.get("dbt_task").and_then(|k| k.get("project_directory")),
            ];
            for tree in paths.into_iter().flatten() {
                let local = |t: &&str| !t.starts_with('/') && !t.contains("{{") && !t.contains(':');
                let (Some(text), Some(folder)) = (tree.text().filter(local), self.folders.get(&tree.span.file)) else {
                    continue;
                };
                let path = join(folder, text);
                if self.files.is_file(&path) || self.files.is_dir(&path) {
                    out.insert(tree.span, relative(&self.to, &path));
                } else if text.starts_with('.') {
                    diagnostics.push(messages::no_local_file(tree.span, &path));
                }
            }
        }
        out
    }
}

/// The path of a file relative to a directory.
fn relative(folder: &Path, path: &Path) -> String {
    let (folder, path) = (join(folder, "."), join(path, "."));
    let (from, to): (Vec<_>, Vec<_>) = (folder.components().collect(), path.components().collect());
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from.len() - common;
    let mut out = if up == 0 { "./".to_owned() } else { "../".repeat(up) };
    let names: Vec<String> = to.iter().skip(common).map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
    out.push_str(&names.join("/"));
    out
}
