//! For any text: no panic, no hang, every span is inside its file, and every message can be rendered.

use crate::support;
use std::path::PathBuf;

use crate::support::{check_memory, root};
use pipec::diag::Diagnostic;
use pipec::diag::render::{Style, human};
use pipec::project::Loaded;
use pipec::source::{MemoryFiles, Span};
use proptest::prelude::*;

fn inside(loaded: &Loaded, span: Span, what: &str) {
    let text = loaded.sources.text(span.file);
    assert!(
        span.start <= span.end && span.end as usize <= text.len(),
        "{what}: {span:?} lies outside of {} bytes",
        text.len()
    );
    assert!(
        text.is_char_boundary(span.start as usize) && text.is_char_boundary(span.end as usize),
        "{what}: {span:?} cuts a character"
    );
}

/// Checks a text, and renders all diagnostics.
fn survives(text: &str) {
    let mut files = MemoryFiles::new();
    files.insert("main.pipe", text);
    let (loaded, checked) = check_memory(&files);
    for d in &checked.diagnostics {
        each_place(&loaded, d);
        let drawn = human(d, &loaded.sources, Style { color: false, width: 80, unicode: true });
        assert!(drawn.contains(d.code.id()), "the drawing lacks the code: {drawn}");
    }
    if checked.has_errors() {
        assert!(checked.programs.iter().all(Option::is_none), "a program with errors came through");
    }
}

fn each_place(loaded: &Loaded, d: &Diagnostic) {
    inside(loaded, d.span, &d.message);
    d.related.iter().for_each(|l| inside(loaded, l.span, &l.message));
    d.fixes.iter().flat_map(|f| &f.edits).for_each(|e| inside(loaded, e.span, "a fix"));
}

fn programs() -> Vec<String> {
    support::programs().into_iter().map(|(_, text)| text).collect()
}

/// The Python files of the signature cases.
fn modules() -> Vec<String> {
    let mut out = Vec::new();
    for side in ["wrong", "right"] {
        let mut paths: Vec<PathBuf> =
            std::fs::read_dir(root().join("tests/signatures").join(side)).unwrap().map(|e| e.unwrap().path()).collect();
        paths.sort();
        out.extend(paths.iter().map(|p| std::fs::read_to_string(p).unwrap()));
    }
    out
}

/// Checks calls of a module with this text, and renders all diagnostics.
fn survives_python(text: &str) {
    let mut files = MemoryFiles::new();
    files.insert(
        "main.pipe",
        "package app = \".\"\nenvironment ml { environment_version = \"4\" }\npipeline p on ml {\n  step a {\n    python app.steps:run(a = 1)\n    \
         output rows: int\n  }\n  step b {\n    python app.steps:fit(rows = a.rows, mode = \"x\")\n    output rows: int\n    output auc: float\n  }\n}\n",
    );
    files.insert("pyproject.toml", "[project]\nname = \"app\"\nversion = \"1.0\"\n");
    files.insert("src/app/__init__.py", "");
    files.insert("src/app/steps.py", text);
    let (loaded, checked) = check_memory(&files);
    for d in &checked.diagnostics {
        each_place(&loaded, d);
        human(d, &loaded.sources, Style { color: false, width: 80, unicode: true });
    }
}

fn edited(text: &str, edits: Vec<(prop::sample::Index, usize, String)>) -> String {
    let mut text = text.to_owned();
    for (at, delete, insert) in edits {
        let mut start = at.index(text.len() + 1);
        while !text.is_char_boundary(start) {
            start -= 1
        }
        let mut end = (start + delete).min(text.len());
        while !text.is_char_boundary(end) {
            end += 1
        }
        text.replace_range(start..end, &insert);
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn edits_of_programs_are_survived(which in any::<prop::sample::Index>(), edits in prop::collection::vec((any::<prop::sample::Index>(), 0usize..40, ".{0,6}"), 1..4)) {
        let all = programs();
        let text = edited(which.get::<String>(&all), edits);
        survives(&text);
    }

    #[test]
    fn tokens_in_any_order_are_survived(words in prop::collection::vec(prop::sample::select(vec![
        "pipeline", "step", "cluster", "if", "else", "for", "in", "after", "on", "is", "x", "y", "`a b`", "{", "}", "[", "]", "(", ")",
        "=", "==", ":", ",", ".", "..", "\n", "\n", " ", "\"", "\"a\"", "\"\"\"", "${", "${x}", "#", "##", "1", "2h", "true", "none", "python",
        "notebook", "a.b:c", "param", "output", "let", "var", "target", "\u{1}", "\u{fc}", "\u{1f600}", "\\", "{{job.id}}",
    ]), 0..80)) {
        survives(&words.join(" "));
        survives(&words.concat());
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut files = MemoryFiles::new();
        files.insert("main.pipe", bytes);
        let (loaded, checked) = check_memory(&files);
        checked.diagnostics.iter().for_each(|d| each_place(&loaded, d));
    }

    #[test]
    fn any_text_is_survived(text in "\\PC{0,200}") {
        survives(&text);
    }

    #[test]
    fn edits_of_python_are_survived(which in any::<prop::sample::Index>(), edits in prop::collection::vec((any::<prop::sample::Index>(), 0usize..40, ".{0,6}"), 1..4)) {
        survives_python(&edited(which.get::<String>(&modules()), edits));
    }

    #[test]
    fn edits_of_a_wheel_are_survived(edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), cut in any::<prop::sample::Index>()) {
        let mut bytes = pipec::package::build(&root().join("examples/churn"), Vec::new()).unwrap().bytes;
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(bytes.len() - cut.index(bytes.len()) / 8);
        if let Ok(files) = pipec::package::unzip(&bytes) {
            prop_assert!(files.iter().all(|(name, _)| !name.starts_with('/') && name.split('/').all(|p| p != "..")));
        }
    }
}

/// Entries of a pipeline, with names made from a number.
fn entry_of_pipeline(kind: usize, n: usize) -> String {
    match kind % 5 {
        0 => format!("step s{n} {{ notebook \"/Shared/{n}\" }}\n"),
        1 => format!("param p{n}: string = \"{n}\"\nstep s{n} {{ notebook \"/Shared/{n}\"(x = p{n}) }}\n"),
        2 => format!("step s{n}[x in [\"a\", \"b\"]] {{ notebook \"/Shared/{n}\"(x, t = target.name) }}\n"),
        3 => format!("if s{n}: job.repair_count > {n} {{ step t{n} {{ notebook \"/Shared/{n}\" }} }}\n"),
        _ => format!("step s{n} {{ notebook \"/Shared/{n}\" max_retries = {n} }}\n").replace(" max", "\nmax"),
    }
}

fn job_for(target: &str, entries: &str) -> String {
    let text = format!("target dev {{ default = true }}\ntarget prod {{}}\npipeline p {{\n{entries}}}\n");
    let mut files = pipec::MemoryFiles::new();
    files.insert("main.pipe", text.clone());
    let options = pipec::Options { target: Some(target.into()), ..pipec::Options::default() };
    let session = pipec::Session::open(&["main.pipe".into()], &files, &options).unwrap();
    let built = session.build(&pipec::BuildOptions::default(), &|_| ()).unwrap();
    assert!(!session.has_errors(), "{:?}\n{text}", session.diagnostics());
    built[0].bundle.jobs[0].body.to_string()
}

proptest! {
    /// A `when` compiles, for each target, to the same bytes as the choice made by hand.
    #[test]
    fn a_choice_is_what_a_person_would_have_chosen(
        entries in prop::collection::vec((any::<usize>(), 0usize..4, any::<bool>(), any::<usize>()), 1..8)
    ) {
        for target in ["dev", "prod"] {
            let (mut with, mut without) = (String::new(), String::new());
            for (n, (kind, form, nested, other)) in entries.iter().enumerate() {
                let (one, two) = (entry_of_pipeline(*kind, n), entry_of_pipeline(*other, n + 100));
                let (condition, holds) = match form {
                    0 => ("target.name == \"prod\"", target == "prod"),
                    1 => ("target.name != \"prod\"", target != "prod"),
                    2 => ("target.name in [\"dev\", \"prod\"]", true),
                    _ => ("target.mode == none", true),
                };
                let inner = format!("when {condition} {{\n{one}}} else {{\n{two}}}\n");
                let inner_holds = if holds { one } else { two };
                if *nested {
                    with += &format!("when target.name == \"dev\" {{\n{inner}}}\n");
                    if target == "dev" {
                        without += &inner_holds;
                    }
                } else {
                    with += &inner;
                    without += &inner_holds;
                }
            }
            prop_assert_eq!(job_for(target, &with), job_for(target, &without));
        }
    }
}
