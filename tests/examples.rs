//! Every example compiles, for each target, to exactly the files in its `expected` folder.
//!
//! `UPDATE=1 cargo test --test fixtures examples::` writes them. A new example is a new folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::root;
use libtest_mimic::{Failed, Trial};

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for example in examples() {
        let name = example.file_name().unwrap().to_string_lossy().into_owned();
        let copy = example.clone();
        trials.push(Trial::test(format!("examples::{name} compiles as expected"), move || expected(&copy)));
        trials.push(Trial::test(format!("examples::{name} gives the same bytes elsewhere"), move || {
            same_elsewhere(&example)
        }));
    }
    trials
}

fn examples() -> Vec<PathBuf> {
    let mut out: Vec<PathBuf> =
        std::fs::read_dir(root().join("examples")).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    out.sort();
    out
}

fn targets(example: &Path) -> Vec<String> {
    let loaded = pipec::project::load(&[example.to_owned()], &pipec::source::DiskFiles).unwrap();
    let mut out: Vec<String> = loaded
        .projects
        .iter()
        .flat_map(|p| &p.units)
        .flat_map(|u| &u.ast.items)
        .filter_map(|i| match i {
            pipec::syntax::ast::Item::Decl(d) if d.kind == pipec::syntax::ast::DeclKind::Target => {
                Some(d.name.text.to_string())
            }
            _ => None,
        })
        .collect();
    out.sort();
    out
}

/// Compiles for every target to a folder, and returns its files.
fn compile(example: &Path, out: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>, Failed> {
    let targets = targets(example);
    let runs: Vec<Vec<String>> = if targets.is_empty() {
        vec![vec![]]
    } else {
        targets.into_iter().map(|t| vec!["--target".to_owned(), t]).collect()
    };
    for arguments in runs {
        let output = Command::new(env!("CARGO_BIN_EXE_pipec"))
            .arg("compile")
            .arg(example)
            .arg("--out")
            .arg(out)
            .args(&arguments)
            .output()?;
        if !output.status.success() {
            return Err(format!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        if String::from_utf8_lossy(&output.stderr).contains("warning") {
            return Err(format!("{arguments:?} warns: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
    }
    let mut files = BTreeMap::new();
    let mut stack = vec![out.to_owned()];
    while let Some(dir) = stack.pop() {
        for entry in std::fs::read_dir(dir)? {
            let path = entry?.path();
            if path.is_dir() {
                stack.push(path);
            } else {
                files.insert(path.strip_prefix(out).unwrap().to_owned(), std::fs::read(&path)?);
            }
        }
    }
    Ok(files)
}

fn expected(example: &Path) -> Result<(), Failed> {
    let folder = example.join("expected");
    let out = temporary("expected", example);
    let mut files = compile(example, &out)?;
    // The manifest contains the hash of each wheel, so the wheels need not be stored.
    files.retain(|p, _| p.extension().is_some_and(|e| e == "json"));
    if std::env::var_os("UPDATE").is_some() {
        let _ = std::fs::remove_dir_all(&folder);
        for (path, bytes) in &files {
            std::fs::create_dir_all(folder.join(path).parent().unwrap())?;
            std::fs::write(folder.join(path), bytes)?;
        }
        return Ok(());
    }
    for (path, bytes) in &files {
        let want = std::fs::read_to_string(folder.join(path))
            .map_err(|e| format!("{}: {e}", folder.join(path).display()))?
            .replace("\r\n", "\n");
        let got = String::from_utf8(bytes.clone()).unwrap();
        if want != got {
            let diff = similar::TextDiff::from_lines(&want, &got);
            return Err(format!("{} differs:\n{}", path.display(), diff.unified_diff().context_radius(3)).into());
        }
    }
    let known = walkdir(&folder);
    match known.iter().find(|p| !files.contains_key(*p)) {
        Some(stale) => Err(format!("{} is no longer written", stale.display()).into()),
        None => Ok(()),
    }
}

fn walkdir(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut stack = vec![folder.to_owned()];
    while let Some(dir) = stack.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { stack.push(path) } else { out.push(path.strip_prefix(folder).unwrap().to_owned()) }
        }
    }
    out
}

/// A copy in another folder, with other file times and Windows line ends, compiles to the same bytes.
fn same_elsewhere(example: &Path) -> Result<(), Failed> {
    let first = compile(example, &temporary("here", example))?;
    let copy = temporary("copy", example);
    copy_tree(example, &copy)?;
    let second = compile(&copy, &temporary("there", example))?;
    if first.keys().ne(second.keys()) {
        return Err(format!("other files: {:?} and {:?}", first.keys(), second.keys()).into());
    }
    for (path, bytes) in &first {
        if second.get(path) != Some(bytes) {
            return Err(format!("{} differs", path.display()).into());
        }
    }
    Ok(())
}

fn copy_tree(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            if path.file_name().is_some_and(|n| n != "expected" && n != "build" && n != "__pycache__" && n != ".pipec")
            {
                copy_tree(&path, &target)?;
            }
        } else {
            let text = std::fs::read_to_string(&path)?.replace("\r\n", "\n").replace('\n', "\r\n");
            std::fs::write(&target, text)?;
        }
    }
    Ok(())
}

fn temporary(what: &str, example: &Path) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("{what}-{}", example.file_name().unwrap().to_string_lossy()));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}
