//! The path that was probably meant by one that does not exist.

use std::path::Path;

use super::join;
use crate::diag::closest_match;
use crate::source::Files;

/// A path of a file that is similar to `written`, which is relative to `dir`; each part may differ.
pub fn nearest_path(files: &dyn Files, dir: &Path, written: &str) -> Option<String> {
    let mut found: Vec<String> = Vec::new();
    let mut parts = written.split('/').peekable();
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        let at = join(dir, &found.join("/"));
        let exists = |name: &str| {
            let path = join(&at, name);
            if is_last { files.is_file(&path) } else { files.is_dir(&path) }
        };
        if matches!(part, "." | "..") || exists(part) {
            found.push(part.to_owned());
            continue;
        }
        let names: Vec<String> = files
            .list(&at)
            .unwrap_or_default()
            .iter()
            .filter_map(|p| p.file_name().map(|n| n.to_string_lossy().into_owned()))
            .filter(|name| exists(name))
            .collect();
        let stem =
            |name: &&str| is_last && Path::new(*name).file_stem().is_some_and(|stem| stem.to_string_lossy() == part);
        let names = || names.iter().map(String::as_str);
        found.push(closest_match(part, names()).or_else(|| names().find(stem))?.to_owned());
    }
    (found.join("/") != written).then(|| found.join("/"))
}
