//! Directories below `.pipec/local`: who uses them, and what is deleted.
//!
//! A directory in use has a locked file next to it. The system unlocks it when the process ends, for whatever reason.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The number of runs to keep, in addition to those in use.
const KEPT_RUNS: usize = 20;
/// The number of unpacked packages to keep, in addition to those in use.
const KEPT_SITES: usize = 5;
/// The number of wheels to keep.
const KEPT_WHEELS: usize = 10;
/// The maximum number of runs that start in the same millisecond.
const SAME_NAME: usize = 1000;

/// A file or directory that is not deleted while this value lives.
#[derive(Debug)]
pub struct InUse {
    pub path: PathBuf,
    _lock: File,
}

/// The directory of locks, and the file whose lock marks `folder` as in use.
fn lock_path(folder: &Path) -> (PathBuf, PathBuf) {
    let locks = folder.parent().unwrap_or(Path::new(".")).join(".locks");
    let file = locks.join(folder.file_name().unwrap_or_default());
    (locks, file)
}

fn lock_file(folder: &Path) -> io::Result<File> {
    let (locks, file) = lock_path(folder);
    std::fs::create_dir_all(locks)?;
    File::options().create(true).truncate(false).write(true).open(file)
}

/// Creates the directory of a run with a unique name.
///
/// # Errors
/// Errors of the file system.
pub fn new_run(root: &Path, name: &str) -> io::Result<InUse> {
    let runs = root.join("runs");
    std::fs::create_dir_all(&runs)?;
    for number in 1..=SAME_NAME {
        let path = runs.join(if number == 1 { name.to_owned() } else { format!("{name}-{number}") });
        // Locked before it exists, so that other runs never see it without its lock.
        let lock = lock_file(&path)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => continue,
            Err(TryLockError::Error(e)) => return Err(e),
        }
        match std::fs::create_dir(&path) {
            Ok(()) => return Ok(InUse { path, _lock: lock }),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e),
        }
    }
    Err(io::Error::new(
        io::ErrorKind::AlreadyExists,
        format!("`{}` has {SAME_NAME} runs named `{name}`", runs.display()),
    ))
}

/// Marks a file or directory as in use; others may do the same. It need not exist yet.
///
/// # Errors
/// Errors of the file system.
pub fn share(path: PathBuf) -> io::Result<InUse> {
    let lock = lock_file(&path)?;
    lock.lock_shared()?;
    Ok(InUse { path, _lock: lock })
}

/// Waits until nobody else uses a file, and locks it. It need not exist yet.
///
/// # Errors
/// Errors of the file system.
pub fn exclusive(path: PathBuf) -> io::Result<InUse> {
    let lock = lock_file(&path)?;
    lock.lock()?;
    Ok(InUse { path, _lock: lock })
}

/// Whether a run uses a directory.
///
/// # Errors
/// Errors of the file system.
pub(super) fn is_in_use(path: &Path) -> io::Result<bool> {
    match lock_file(path)?.try_lock() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(e)) => Err(e),
    }
}

/// Deletes leftovers of earlier runs, except the newest of each kind and what is in use.
///
/// The caller holds the lock for creating environments. What cannot be deleted is left for a later run.
pub fn prune(root: &Path) {
    for (folder, prefix, keep) in [("runs", "", KEPT_RUNS), ("", "site-", KEPT_SITES), ("wheels", "", KEPT_WHEELS)] {
        let mut found: Vec<(SystemTime, PathBuf)> = std::fs::read_dir(root.join(folder))
            .into_iter()
            .flatten()
            .flatten()
            .filter(|e| {
                let name = e.file_name();
                let name = name.to_string_lossy();
                name.starts_with(prefix) && !name.starts_with('.')
            })
            .filter_map(|e| Some((e.metadata().ok()?.modified().ok()?, e.path())))
            .collect();
        found.sort();
        for (_, path) in found.iter().rev().skip(keep) {
            let Ok(lock) = lock_file(path) else { continue };
            if lock.try_lock().is_err() {
                continue;
            }
            // Another run may wait for the lock of a shared file, so only locks of runs are deleted with them.
            if remove(path).is_ok() && folder == "runs" {
                let _ = std::fs::remove_file(lock_path(path).1);
            }
        }
    }
}

/// Deletes a file or directory. A directory is renamed first, so that nobody sees half of it.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    if !path.is_dir() || path.is_symlink() {
        return std::fs::remove_file(path);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let aside = path.with_file_name(format!(".old-{name}-{}", std::process::id()));
    std::fs::rename(path, &aside)?;
    std::fs::remove_dir_all(aside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_one_name_get_folders_of_their_own() {
        let root = tempfile::tempdir().unwrap();
        let made: Vec<PathBuf> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..16).map(|_| scope.spawn(|| new_run(root.path(), "now").unwrap())).collect();
            let kept: Vec<InUse> = threads.into_iter().map(|t| t.join().unwrap()).collect();
            kept.iter().map(|f| f.path.clone()).collect()
        });
        let different: std::collections::BTreeSet<&PathBuf> = made.iter().collect();
        assert_eq!(different.len(), 16);
    }

    #[test]
    fn what_is_in_use_is_never_removed() {
        let root = tempfile::tempdir().unwrap();
        let first = new_run(root.path(), "0").unwrap();
        let site = root.path().join("site-0");
        std::fs::create_dir(&site).unwrap();
        let used = share(site.clone()).unwrap();
        for i in 1..=KEPT_RUNS + 5 {
            drop(new_run(root.path(), &i.to_string()).unwrap());
            std::fs::create_dir(root.path().join(format!("site-{i}"))).unwrap();
        }
        prune(root.path());
        let count = |dir: &Path| {
            let names = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
            names.filter(|n| !n.starts_with('.') && n != "runs").count()
        };
        assert!(first.path.is_dir() && site.is_dir());
        assert_eq!(count(&root.path().join("runs")), KEPT_RUNS + 1);
        assert_eq!(count(root.path()), KEPT_SITES + 1);
        drop((first, used));
        prune(root.path());
        assert_eq!(count(&root.path().join("runs")), KEPT_RUNS);
        assert!(!site.exists());
    }
}
