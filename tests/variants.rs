//! Tables of small programs that are right, and that have exactly one mistake. `UPDATE=1 cargo test --test fixtures
//! variants::` writes the messages; read them before you commit.
//!
//! A table is a file in `tests/variants`: a program with `@`, a line `---`, and variants, one per line, that replace
//! `@`; `\n` is a line break. After a line `right`, no variant may cause a message. After `wrong`, each causes one,
//! which follows in indented lines. If the message has an edit, the edited program must have no errors. Lines that start
//! with `=== ` begin another file of the project.

use std::path::{Path, PathBuf};

use crate::support::{self, check_memory, entries};
use libtest_mimic::{Failed, Trial};
use pipec::diag::{Diagnostic, formats};
use pipec::source::MemoryFiles;

pub fn trials() -> Vec<Trial> {
    let table = |path: PathBuf| {
        let name = format!("variants::{}", path.file_stem().unwrap().to_string_lossy());
        Trial::test(name, move || table(&path))
    };
    entries("tests/variants").into_iter().map(table).collect()
}

fn table(path: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(path)?.replace("\r\n", "\n");
    let (program, variants) = text.split_once("\n---\n").ok_or("there is no line `---`")?;
    let mut parts = program.split("=== ");
    let main = parts.next().unwrap();
    let others: Vec<(&str, &str)> = parts.map(|part| part.split_once('\n').unwrap()).collect();
    let project = |main: &str| {
        let mut files = MemoryFiles::new();
        files.insert("main.pipe", main);
        others.iter().for_each(|(name, text)| files.insert(*name, *text));
        files
    };
    let mut wrong = false;
    let mut problems = Vec::new();
    let mut written = format!("{program}\n---\n");
    let mut lines = variants.lines().peekable();
    while let Some(line) = lines.next() {
        written.push_str(line);
        written.push('\n');
        match line {
            "" => continue,
            "right" | "wrong" => {
                wrong = line == "wrong";
                continue;
            }
            _ => {}
        }
        let mut expected = String::new();
        while let Some(line) = lines.next_if(|l| l.starts_with("  ")) {
            expected.push_str(line);
            expected.push('\n');
        }
        let source = main.replace('@', &line.replace("\\n", "\n"));
        let files = project(&source);
        let (loaded, checked) = check_memory(&files);
        let found: Vec<&Diagnostic> = checked.diagnostics.iter().collect();
        let shown: Vec<String> = found.iter().map(|d| formats::one_line(d, &loaded.sources)).collect();
        if !wrong {
            if !found.is_empty() {
                problems.push(format!("{line}\n  is right, but: {shown:#?}"));
            }
            continue;
        }
        let [found] = found.as_slice() else {
            problems.push(format!("{line}\n  {} messages instead of one: {shown:#?}", shown.len()));
            continue;
        };
        let help = found.help.iter().map(|help| format!("  help: {help}\n"));
        let message: String =
            std::iter::once(format!("  {}: {}\n", found.code.id(), found.message)).chain(help).collect();
        written.push_str(&message);
        if std::env::var_os("UPDATE").is_none() && expected != message {
            problems.push(format!("{line}\n found\n{message} expected\n{expected}"));
        }
        let misleading = support::fixes::misleading(&files, &loaded, &checked.diagnostics);
        problems.extend(misleading.into_iter().map(|m| format!("{line}\n  {m}")));
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, written)?;
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(problems.join("\n").into()),
    }
}
