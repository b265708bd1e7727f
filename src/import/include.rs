//! The files that a bundle includes.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobSetBuilder};

use super::jobs::JobsRead;
use super::messages;
use crate::data::Tree;
use crate::project::join;
use crate::source::{Files, SourceMap, Span};

/// How deep directories are searched for included files.
const SEARCH_DEPTH: usize = 12;
/// The number of files that a bundle may include.
const MAX_FILES: usize = 2000;

/// Reads the files that the root includes.
pub(super) fn include(
    path: &Path,
    files: &dyn Files,
    sources: &mut SourceMap,
    parts: &mut Vec<Tree>,
    found: &mut JobsRead,
) {
    let dir = join(path.parent().unwrap_or(Path::new("")), "");
    let patterns: Vec<(String, Span)> = parts
        .iter()
        .flat_map(|p| p.items_of("include"))
        .filter_map(|i| Some((i.text()?.trim_start_matches("./").to_owned(), i.span)))
        .collect();
    if patterns.is_empty() {
        return;
    }
    let mut all = Vec::new();
    below(&dir, files, 0, &mut all);
    for (pattern, span) in patterns {
        let mut set = GlobSetBuilder::new();
        let glob = GlobBuilder::new(&pattern).literal_separator(true).build();
        let set = glob.and_then(|g| {
            set.add(g);
            set.build()
        });
        let matches: Vec<PathBuf> = match set {
            Ok(set) => all.iter().filter(|p| p.strip_prefix(&dir).is_ok_and(|p| set.is_match(p))).cloned().collect(),
            Err(e) => {
                found.diagnostics.push(messages::bad_pattern(span, e.to_string()));
                continue;
            }
        };
        if matches.is_empty() {
            found.diagnostics.push(messages::no_included_file(span, &pattern));
        }
        let own = join(path, "");
        for file in matches.into_iter().filter(|f| *f != own) {
            let Ok(bytes) = files.read(&file) else { continue };
            let id = match String::from_utf8(bytes) {
                Ok(text) if sources.find(&file).is_none() => sources.add(file, text),
                Ok(_) => continue,
                Err(_) => {
                    found.diagnostics.push(messages::included_not_utf8(span, &file));
                    continue;
                }
            };
            match crate::data::read_yaml(id, sources.text(id)) {
                Ok(tree) => parts.push(tree),
                Err(d) => found.diagnostics.push(*d),
            }
        }
    }
}

/// The files below a directory. Links are not followed, so nothing outside is reached.
fn below(dir: &Path, files: &dyn Files, depth: usize, out: &mut Vec<PathBuf>) {
    if depth > SEARCH_DEPTH || out.len() > MAX_FILES {
        return;
    }
    let mut list = files.list(if dir == Path::new("") { Path::new(".") } else { dir }).unwrap_or_default();
    list.sort();
    for path in list {
        let path = join(&path, "");
        let hidden = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
        if hidden || files.is_link(&path) || path.ends_with("node_modules") {
            continue;
        }
        if files.is_dir(&path) {
            below(&path, files, depth + 1, out);
        } else if path.extension().is_some_and(|e| e == "yml" || e == "yaml" || e == "json") {
            out.push(path);
        }
    }
}
