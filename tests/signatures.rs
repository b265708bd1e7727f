//! Python functions that a step calls wrongly, and ones that look wrong but are right. `UPDATE=1 cargo test --test
//! fixtures signatures::` writes the messages of the wrong ones.
//!
//! A case is a Python file in `tests/signatures/wrong` or `right`: the module `app.steps`. Its first comments contain
//! the call (`# step:`), declarations (`# output:`, `# param:`), and for a wrong one the only expected message (`#
//! E0123:`). `# file: app/x.py` starts another module. Values of every type come from a step `source`.

use std::path::{Path, PathBuf};

use crate::support::{check_memory, root};
use libtest_mimic::{Failed, Trial};
use pipec::diag::formats;
use pipec::source::MemoryFiles;

const SOURCE: &[(&str, &str)] = &[
    ("text", "string"),
    ("number", "int"),
    ("ratio", "float"),
    ("flag", "bool"),
    ("day", "date"),
    ("moment", "datetime"),
    ("data", "json"),
    ("folder", "path"),
    ("name", "table"),
    ("words", "list<string>"),
    ("numbers", "list<int>"),
    ("sizes", "map<int>"),
];

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for side in ["wrong", "right"] {
        let mut cases: Vec<PathBuf> = std::fs::read_dir(root().join("tests/signatures").join(side))
            .unwrap()
            .map(|e| e.unwrap().path())
            .filter(|p| p.extension().is_some_and(|e| e == "py"))
            .collect();
        cases.sort();
        assert!(cases.len() >= 40, "only {} cases are {side}", cases.len());
        trials.extend(cases.into_iter().map(|path| {
            let name = format!("signatures::{side} {}", path.file_stem().unwrap().to_string_lossy());
            Trial::test(name, move || case(&path, side == "wrong"))
        }));
    }
    trials
}

fn case(path: &Path, wrong: bool) -> Result<(), Failed> {
    // The file that is not UTF-8 states this in its first comments.
    let text = std::fs::read_to_string(path)?.replace("\r\n", "\n");
    let lines = |word: &str| -> Vec<String> {
        let prefix = format!("# {word}: ");
        text.lines().filter_map(|l| l.strip_prefix(&prefix)).map(str::to_owned).collect()
    };
    let expected: Vec<String> =
        text.lines().filter(|l| l.starts_with("# E0") || l.starts_with("# W0")).map(|l| l[2..].to_owned()).collect();
    let call = lines("step").join("");
    let declarations = |word: &str| lines(word).iter().map(|l| format!("    {word} {l}\n")).collect::<String>();
    let sources: String = SOURCE
        .iter()
        .filter(|(n, _)| {
            call.split(|c: char| !(c.is_alphanumeric() || c == '.' || c == '_')).any(|w| w == format!("source.{n}"))
        })
        .map(|(n, ty)| format!("    output {n}: {ty}\n"))
        .collect();
    let program = format!(
        "package app = \".\"\nenvironment ml {{ environment_version = \"4\" }}\npipeline p on ml {{\n{}\
         \n  step source {{\n    notebook \"/x\"\n{sources}  }}\n  step s {{\n    {call}\n{}  }}\n}}\n",
        declarations("param"),
        declarations("output"),
    );
    let mut files = MemoryFiles::new();
    files.insert("main.pipe", program.clone());
    files.insert("pyproject.toml", "[project]\nname = \"app\"\nversion = \"1.0\"\n");
    files.insert("src/app/__init__.py", "");
    for (i, part) in text.split("# file: ").enumerate() {
        let (name, body) = if i == 0 { ("app/steps.py", part) } else { part.split_once('\n').unwrap() };
        let bytes = if body.contains("coding: latin-1") {
            body.chars().map(|c| c as u8).collect()
        } else {
            body.as_bytes().to_vec()
        };
        files.insert(Path::new("src").join(name), bytes);
    }
    let (loaded, checked) = check_memory(&files);
    let found: Vec<String> = checked.diagnostics.iter().map(|d| format!("{}: {}", d.code.id(), d.message)).collect();
    if std::env::var_os("UPDATE").is_some() && wrong {
        let is_expected = |l: &str| l.starts_with("# E0") || l.starts_with("# W0");
        let at = text.lines().position(is_expected).unwrap_or(1);
        let mut lines: Vec<String> = text.lines().filter(|l| !is_expected(l)).map(str::to_owned).collect();
        lines.splice(at..at, found.iter().map(|m| format!("# {m}")));
        std::fs::write(path, lines.join("\n") + "\n")?;
        return Ok(());
    }
    if found != expected {
        let list: Vec<String> = checked.diagnostics.iter().map(|d| formats::one_line(d, &loaded.sources)).collect();
        return Err(format!("found {list:#?}\nexpected {expected:#?}\n{program}").into());
    }
    if wrong {
        for d in &checked.diagnostics {
            let places: Vec<&Path> = std::iter::once(d.span)
                .chain(d.related.iter().map(|r| r.span))
                .map(|s| loaded.sources.path(s.file))
                .collect();
            let shown = |extension: &str| places.iter().any(|p| p.extension().is_some_and(|e| e == extension));
            if !shown("pipe") || !shown("py") {
                return Err(format!("only {places:?} are shown").into());
            }
            if d.help.is_none() {
                return Err("there is no help".into());
            }
        }
    }
    if wrong == expected.is_empty() {
        return Err("a wrong case expects a message, a right one none".into());
    }
    Ok(())
}
