//! dbt projects: a directory with its files.

use std::path::{Path, PathBuf};

use super::Elaborator;
use crate::check::messages;
use crate::model::FileKind;
use crate::package::never_packed;
use crate::source::Span;

/// Directories that dbt creates again at run time.
const MADE: &[&str] = &["target", "dbt_packages", "dbt_modules", "logs"];

/// The number of files that a dbt project may have. More indicate a wrong directory.
const MOST: usize = 2_000;

impl Elaborator<'_> {
    /// Checks the directory of a dbt project, which contains `dbt_project.yml`.
    pub fn dbt_project(&mut self, dir: &Path, text: &str, span: Span) -> Option<PathBuf> {
        if ["dbt_project.yml", "dbt_project.yaml"].iter().any(|n| self.files.is_file(&dir.join(n))) {
            return Some(dir.to_owned());
        }
        self.report(messages::no_dbt_project(span, text));
        None
    }

    /// The files of a dbt project to upload.
    pub fn dbt_files(&mut self, dir: &Path, span: Span) -> Vec<(PathBuf, FileKind)> {
        let mut out = Vec::new();
        let mut next = vec![dir.to_owned()];
        while let Some(folder) = next.pop() {
            for path in self.files.list(&folder).unwrap_or_default() {
                let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                if never_packed(&name) || name.starts_with('.') || folder == dir && MADE.contains(&name.as_str()) {
                    continue;
                }
                // A link to a directory may form a loop.
                if self.files.is_dir(&path) {
                    if !self.files.is_link(&path) {
                        next.push(path);
                    }
                } else if self.files.is_file(&path) {
                    out.push((path, FileKind::Dbt));
                }
            }
            if out.len() > MOST {
                self.report(messages::too_many_dbt_files(span, dir, MOST));
                return Vec::new();
            }
        }
        out.sort();
        out
    }
}
