//! Compares unpacked packages with their wheels.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::package::unzip;

/// The number of files after which a directory counts as damaged.
const MAX_FILES: usize = 200_000;

/// Whether `site` contains the content of the wheels, and nothing else that Python would import.
///
/// The wheels are read again, so that a changed `RECORD` in the directory proves nothing. Files of installers in
/// `*.dist-info` and scripts in `bin` are allowed. Bytecode is not, because nothing writes any here.
pub(super) fn is_intact(site: &Path, wheels: &[PathBuf]) -> bool {
    let mut expected: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
    for wheel in wheels {
        let Some(files) = std::fs::read(wheel).ok().and_then(|bytes| unzip(&bytes).ok()) else { return false };
        for (name, bytes) in files {
            let inside = match name.split_once(".data/") {
                // Files for the root of the packages; scripts and headers are installed elsewhere.
                Some((_, rest)) => match rest.strip_prefix("purelib/").or(rest.strip_prefix("platlib/")) {
                    Some(rest) => rest.to_owned(),
                    None => continue,
                },
                None => name,
            };
            // An installer adds its own lines to the record.
            if !inside.ends_with(".dist-info/RECORD") {
                expected.insert(PathBuf::from(inside), bytes);
            }
        }
    }
    let Some(found) = files_below(site) else { return false };
    let by_installer = |path: &Path| {
        let first = path.iter().next().unwrap_or_default().to_string_lossy();
        first.ends_with(".dist-info") || matches!(&*first, "bin" | "Scripts" | ".ready" | ".lock")
    };
    let extra = found.iter().any(|path| !expected.contains_key(path) && !by_installer(path));
    !extra && expected.iter().all(|(path, bytes)| std::fs::read(site.join(path)).is_ok_and(|b| b == *bytes))
}

/// The files below a directory; `None` if there are links or far too many files.
fn files_below(root: &Path) -> Option<Vec<PathBuf>> {
    let mut out = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root.join(&folder)).ok()? {
            let entry = entry.ok()?;
            let path = folder.join(entry.file_name());
            let kind = entry.file_type().ok()?;
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() && out.len() < MAX_FILES {
                out.push(path);
            } else {
                return None;
            }
        }
    }
    Some(out)
}
