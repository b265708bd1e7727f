//! The formatter: its output, and what it never changes.
//!
//! A case is a folder in `tests/fmt` with `before.pipe` and `after.pipe`. `UPDATE=1 cargo test --test suite format::`
//! writes the second one, and formats examples and documentation; read the changes before you commit.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use crate::support::formatting::{formatted, holds};
use crate::support::{code_blocks, job_of, root};

fn pipe_files(dir: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            pipe_files(&path, out);
        } else if path.extension().is_some_and(|e| e == "pipe") {
            out.push(path);
        }
    }
}

fn pages() -> Vec<PathBuf> {
    let mut out = vec![root().join("README.md")];
    for folder in ["docs", "docs/errors", "docs/howto", "docs/tour"] {
        let mut pages: Vec<PathBuf> =
            std::fs::read_dir(root().join(folder)).unwrap().map(|e| e.unwrap().path()).collect();
        pages.retain(|p| p.extension().is_some_and(|e| e == "md"));
        pages.sort();
        out.extend(pages);
    }
    out
}

/// All programs of the repository: examples, documentation, test cases.
fn programs() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for folder in ["examples", "tests"] {
        pipe_files(&root().join(folder), &mut files);
    }
    let mut out: Vec<(String, String)> =
        files.into_iter().filter_map(|f| Some((f.display().to_string(), std::fs::read_to_string(&f).ok()?))).collect();
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        out.extend(
            code_blocks(&text).into_iter().filter(|(k, _)| k == "pipe").map(|(_, t)| (page.display().to_string(), t)),
        );
    }
    out
}

#[test]
fn nothing_but_the_layout_changes() {
    let programs = programs();
    assert!(programs.len() > 200, "{}", programs.len());
    for (name, text) in &programs {
        holds(text, name);
        holds(&text.replace('\n', "\r\n"), name);
        holds(&format!("\u{feff}{}", text.trim_end()), name);
        holds(&text.replace("  ", "\t"), name);
    }
}

#[test]
fn compiles_to_the_same_bytes() {
    let mut compared = 0;
    for (name, text) in programs() {
        let (Ok(before), Some(new)) = (job_of(&text), formatted(&text)) else { continue };
        let after = job_of(&new).unwrap();
        assert_eq!(before.to_string(), after.to_string(), "{name}");
        compared += 1;
    }
    assert!(compared > 80, "only {compared} programs could be compared");
}

#[test]
fn cases_come_out_as_written() {
    for entry in std::fs::read_dir(root().join("tests/fmt")).unwrap() {
        let folder = entry.unwrap().path();
        let before = std::fs::read_to_string(folder.join("before.pipe")).unwrap();
        let new = formatted(&before).unwrap_or_else(|| panic!("{} does not parse", folder.display()));
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(folder.join("after.pipe"), &new).unwrap();
        }
        let after = std::fs::read_to_string(folder.join("after.pipe")).unwrap().replace("\r\n", "\n");
        assert_eq!(new, after, "{}", folder.display());
        holds(&before, &folder.display().to_string());
    }
}

#[test]
fn examples_and_documentation_are_formatted() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut files = Vec::new();
    pipe_files(&root().join("examples"), &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap().replace("\r\n", "\n");
        let new = formatted(&text).unwrap();
        if update {
            std::fs::write(&file, &new).unwrap();
        } else if new != text {
            wrong.push(file.display().to_string());
        }
    }
    for page in pages() {
        let mut text = std::fs::read_to_string(&page).unwrap().replace("\r\n", "\n");
        for (kind, block) in code_blocks(&text.clone()) {
            // Programs with syntax errors are not formatted.
            let Some(new) = (kind.split(' ').next() == Some("pipe")).then(|| formatted(&block)).flatten() else {
                continue;
            };
            if new != block {
                wrong.push(page.display().to_string());
                text = text.replace(&format!("```{kind}\n{block}```"), &format!("```{kind}\n{new}```"));
            }
        }
        if update {
            std::fs::write(&page, &text).unwrap();
        }
    }
    assert!(update || wrong.is_empty(), "run `UPDATE=1 cargo test --test suite format::`: {wrong:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// The layout depends only on tokens: spaces and line breaks without meaning have no effect.
    #[test]
    fn other_blanks_give_the_same_layout(which in any::<prop::sample::Index>(), tabs in any::<bool>(), indents in prop::collection::vec(0usize..9, 1..20), ends in prop::collection::vec(0usize..4, 1..20)) {
        let all = programs();
        let (name, text) = which.get(&all);
        if let Some(expected) = formatted(text).filter(|_| !text.contains("\"\"\"")) {
            let blank = if tabs { "\t" } else { " " };
            let other: String = text.lines().enumerate().map(|(i, l)| {
                let indent = blank.repeat(indents[i % indents.len()]);
                format!("{indent}{}{}\n", l.trim(), blank.repeat(ends[i % ends.len()]))
            }).collect();
            prop_assert_eq!(formatted(&other), Some(expected), "{}", name);
        }
    }

    /// Comments are kept wherever they are allowed.
    #[test]
    fn comments_anywhere_are_kept(which in any::<prop::sample::Index>(), places in prop::collection::vec(any::<prop::sample::Index>(), 1..6)) {
        let all = programs();
        let mut text = which.get(&all).1.clone();
        for (i, place) in places.iter().enumerate() {
            let at = place.index(text.len() + 1);
            if text.is_char_boundary(at) {
                let mark = if i % 2 == 0 { "#" } else { "##" };
                text.insert_str(at, &format!("{mark} note {i}\n"));
            }
        }
        holds(&text, "with comments");
    }
}
