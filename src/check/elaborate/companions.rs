//! Local files that a notebook or script needs: notebooks that it runs, and modules of its directory that it imports.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::Elaborator;
use crate::check::messages;
use crate::model::FileKind;
use crate::python;
use crate::source::{FileId, Span};

/// The number of files that one notebook or script may need. More are a mistake, such as importing everything.
const MOST: usize = 2_000;

impl Elaborator<'_> {
    /// The files that a notebook or script needs, with their kinds; `span` is the call.
    pub fn companions(&mut self, file: &Path, kind: FileKind, span: Span) -> Vec<(PathBuf, FileKind)> {
        let mut out: Vec<(PathBuf, FileKind)> = Vec::new();
        let mut next = vec![(file.to_owned(), kind)];
        let mut seen: HashSet<PathBuf> = HashSet::new();
        while let Some((path, kind)) = next.pop() {
            let Ok(bytes) = self.files.read(&path) else { continue };
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let dir = path.parent().map(Path::to_owned).unwrap_or_default();
            let mut found: Vec<(PathBuf, FileKind)> = Vec::new();
            for target in run_targets(&text).filter(|_| kind == FileKind::Notebook) {
                match self.notebook_beside(&dir, target) {
                    Some(other) => found.push((other, FileKind::Notebook)),
                    None => {
                        let shown = path.display();
                        self.report(messages::notebook_not_found(span, shown.to_string(), target));
                    }
                }
            }
            if path.extension().is_some_and(|e| e == "py") {
                // Invalid Python fails at run time, and imports nothing.
                let imports =
                    python::read(&text, FileId(u32::MAX), "__main__", false).map(|m| m.imports).unwrap_or_default();
                for import in imports {
                    let mut at = dir.clone();
                    at.extend(import.split('.'));
                    let candidates = [at.with_added_extension("py"), at.join("__init__.py")];
                    found.extend(
                        candidates.into_iter().filter(|c| self.files.is_file(c)).map(|c| (c, FileKind::Script)),
                    );
                }
            }
            for one in found {
                if one.0 != file && seen.insert(one.0.clone()) {
                    out.push(one.clone());
                    next.push(one);
                }
            }
            if out.len() > MOST {
                self.report(messages::too_many_companions(span, file, MOST));
                return Vec::new();
            }
        }
        out.sort();
        out
    }

    /// The notebook of `%run ./name`.
    fn notebook_beside(&self, dir: &Path, target: &str) -> Option<PathBuf> {
        let path = crate::project::join(dir, target);
        let mut names = vec![path.clone()];
        names.extend(["py", "ipynb", "sql", "r", "scala"].iter().map(|e| path.with_added_extension(e)));
        names.into_iter().find(|p| self.files.is_file(p))
    }
}

/// The notebooks that a source notebook runs by relative path.
fn run_targets(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let rest = line.strip_prefix("# MAGIC %run").or_else(|| line.strip_prefix("-- MAGIC %run"))?;
        let target = rest.split_whitespace().next()?.trim_matches(['"', '\'']);
        target.starts_with('.').then_some(target)
    })
}
