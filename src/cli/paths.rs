//! Finds the project of a command.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use super::{Failure, usage};
use crate::source::VERSION_CONTROL;

/// The number of directory entries that are searched for `.pipe` files to suggest.
const MOST_ENTRIES: usize = 5_000;
/// The number of suggestions.
const MOST_SUGGESTED: usize = 5;

/// The paths to work on: `given`, or else the nearest directory with a `.pipe` file, from the current one upwards. The
/// search ends at the root of a repository and at the home directory.
///
/// A file of another user is not used: it could name the host that a token is sent to.
pub fn paths(given: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    if !given.is_empty() {
        return Ok(given.to_vec());
    }
    let here = std::env::current_dir().map_err(|e| usage(format!("cannot determine the current directory: {e}")))?;
    for (up, dir) in here.ancestors().enumerate() {
        let pipes: Vec<PathBuf> = entries(dir).filter(|p| is_pipe(p)).collect();
        if !pipes.is_empty() {
            if let Some(pipe) = pipes.iter().find(|p| up > 0 && belongs_to_another(p)) {
                return Err(usage(format!(
                    "`{}` belongs to another user; if you trust it, pass the path `{}`",
                    pipe.display(),
                    dir.display()
                )));
            }
            let relative: PathBuf = if up == 0 { PathBuf::from(".") } else { std::iter::repeat_n("..", up).collect() };
            return Ok(vec![relative]);
        }
        let ends = VERSION_CONTROL.iter().any(|v| dir.join(v).exists());
        if ends || std::env::home_dir().is_some_and(|home| home == dir) {
            break;
        }
    }
    let failure = usage("no `.pipe` file in the current directory or its parents");
    match below(&here).as_slice() {
        [] => Err(failure.help("change to the directory of a project, or create one with `pipec new`")),
        found => Err(failure.help(format!("pass one of the files below this directory: {}", found.join(", ")))),
    }
}

/// The first `.pipe` files in subdirectories, nearest first, relative to `dir`.
fn below(dir: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut seen = 0;
    let mut queue = VecDeque::from([dir.to_owned()]);
    while let Some(next) = queue.pop_front() {
        let mut list: Vec<PathBuf> = entries(&next).take(MOST_ENTRIES - seen).collect();
        seen += list.len();
        list.sort();
        for path in list {
            let hidden = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
            if is_pipe(&path) {
                found.push(path.strip_prefix(dir).unwrap_or(&path).display().to_string());
            } else if !hidden && path.is_dir() && !path.is_symlink() {
                queue.push_back(path);
            }
        }
        if found.len() >= MOST_SUGGESTED || seen >= MOST_ENTRIES {
            break;
        }
    }
    found.truncate(MOST_SUGGESTED);
    found
}

fn entries(dir: &Path) -> impl Iterator<Item = PathBuf> {
    std::fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path())
}

fn is_pipe(path: &Path) -> bool {
    path.extension().is_some_and(|x| x == "pipe")
}

/// Whether a file belongs to a user other than the current one and root.
fn belongs_to_another(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let uid = |p: &Path| std::fs::metadata(p).ok().map(|m| m.uid());
        // The owner of this process; without /proc, the owner of the home directory.
        let own = uid(Path::new("/proc/self")).or_else(|| uid(&std::env::home_dir()?));
        let owner = uid(path);
        owner != Some(0) && own.is_some() && owner.is_some() && owner != own
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}
