//! Helpers for tests: programs in memory, and the results of checking them.

#![allow(dead_code, reason = "each test executable uses a part of it")]

pub mod editor;
pub mod fixes;
pub mod formatting;
pub mod jobs;
pub mod render;
pub mod stand;
pub mod workspace;

use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};
use pipec::check::{Checked, Options, check};
use pipec::import::{Imported, JobsRead, import_all, read_input};
use pipec::project::{Loaded, load};
use pipec::source::{Files, MemoryFiles, SourceMap};

/// The folder of the repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The content of a folder in the repository, sorted.
pub fn entries(of: &str) -> Vec<PathBuf> {
    let mut list: Vec<PathBuf> = std::fs::read_dir(root().join(of)).unwrap().map(|e| e.unwrap().path()).collect();
    list.sort();
    list
}

/// All programs of the repository, right and wrong: examples, cases, documentation.
pub fn programs() -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut stack = vec![root().join("docs"), root().join("examples"), root().join("tests"), root().join("README.md")];
    while let Some(path) = stack.pop() {
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        if path.is_dir() {
            stack.extend(entries(&name));
        } else if path.extension().is_some_and(|e| e == "pipe") {
            out.extend(std::fs::read_to_string(&path).ok().map(|text| (name, text)));
        } else if path.extension().is_some_and(|e| e == "md") {
            let blocks = code_blocks(&std::fs::read_to_string(&path).unwrap());
            let programs = blocks.into_iter().filter(|(kind, _)| kind.split(' ').next() == Some("pipe"));
            out.extend(programs.enumerate().map(|(i, (_, text))| (format!("{name}, program {}", i + 1), text)));
        }
    }
    out.sort();
    out
}

/// Imports a text without its files: the sources, what was read, and the jobs as source.
pub fn imported(name: &str, text: &str) -> (SourceMap, JobsRead, Vec<Imported>) {
    let mut sources = SourceMap::default();
    let file = sources.add(name, text);
    let found = read_input(file, None, &MemoryFiles::new(), &mut sources);
    let jobs = import_all(&found.jobs);
    (sources, found, jobs)
}

/// A test per case, named after its file or folder.
pub fn trials(of: &str, cases: Vec<PathBuf>, case: fn(&Path) -> Result<(), Failed>) -> Vec<Trial> {
    let trial = |path: PathBuf| {
        let name = format!("{of}::{}", path.file_stem().unwrap().to_string_lossy());
        Trial::test(name, move || case(&path))
    };
    cases.into_iter().map(trial).collect()
}

/// A project in memory: the files of a folder, and `main.pipe`.
pub fn memory(folder: &Path, main: &str) -> MemoryFiles {
    let mut files = MemoryFiles::new();
    add(&mut files, folder, folder);
    files.insert("main.pipe", main);
    files
}

fn add(files: &mut MemoryFiles, base: &Path, dir: &Path) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            add(files, base, &path);
        } else {
            files.insert(path.strip_prefix(base).unwrap(), std::fs::read(&path).unwrap());
        }
    }
}

/// Loads and checks `main.pipe` for all targets.
pub fn check_memory(files: &dyn Files) -> (Loaded, Checked) {
    let loaded = load(&[PathBuf::from("main.pipe")], files).unwrap();
    let options = Options { all_targets: true, ..Options::default() };
    let checked = check(&loaded, files, &options).unwrap();
    (loaded, checked)
}

/// Checks a program that needs no other file.
pub fn check_text(main: &str) -> (Loaded, Checked) {
    let mut files = MemoryFiles::new();
    files.insert("main.pipe", main);
    check_memory(&files)
}

/// The first job of a program without errors, as JSON.
pub fn job_of(main: &str) -> Result<serde_json::Value, String> {
    let (loaded, checked) = check_text(main);
    let Some(Some(program)) = checked.programs.first() else {
        let list: Vec<String> =
            checked.diagnostics.iter().map(|d| pipec::diag::formats::one_line(d, &loaded.sources)).collect();
        return Err(list.join("\n"));
    };
    let bundle = pipec::lower::lower(program, &[], &Default::default(), Path::new(""), &Default::default());
    bundle.jobs.into_iter().next().map(|j| j.body).ok_or_else(|| "no job".to_owned())
}

/// A path in `../shared`, if it exists.
pub fn shared(what: &str) -> Option<PathBuf> {
    Some(root().join("../shared").join(what)).filter(|p| p.exists())
}

/// The code blocks of a Markdown text with their info strings.
pub fn code_blocks(markdown: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut current: Option<(String, String)> = None;
    for line in markdown.lines() {
        match (&mut current, line.strip_prefix("```")) {
            (None, Some(kind)) => current = Some((kind.trim().to_owned(), String::new())),
            (Some(_), Some(_)) => out.extend(current.take()),
            (Some((_, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    out
}
