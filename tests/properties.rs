//! Whatever text it is given: no panic, no hang, every span inside its file, every message drawable.

mod support;

use std::path::PathBuf;

use pipec::diag::Diagnostic;
use pipec::diag::render::{Style, human};
use pipec::project::Loaded;
use pipec::source::{MemoryFiles, Span};
use proptest::prelude::*;
use support::{check_memory, code_blocks, root};

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

/// Checks a text and everything that is said about it.
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
    d.fixes.iter().flat_map(|f| &f.edits).for_each(|(span, _)| inside(loaded, *span, "a fix"));
}

/// Every program of the examples and of the error pages.
fn programs() -> Vec<String> {
    let mut out = Vec::new();
    let mut stack = vec![root().join("examples")];
    while let Some(dir) = stack.pop() {
        let mut entries: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                stack.push(path);
            } else if path.extension().is_some_and(|e| e == "pipe") {
                out.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let pages: Vec<PathBuf> =
        std::fs::read_dir(root().join("docs/errors")).unwrap().map(|e| e.unwrap().path()).collect();
    for page in pages {
        let text = std::fs::read_to_string(page).unwrap();
        out.extend(code_blocks(&text).into_iter().filter(|(kind, _)| kind == "pipe").map(|(_, t)| t));
    }
    out.sort();
    out
}

#[test]
fn every_prefix_of_an_example_is_survived() {
    let text = std::fs::read_to_string(root().join("examples/churn/pipeline.pipe")).unwrap();
    for (at, _) in text.char_indices() {
        survives(&text[..at]);
    }
    for text in programs() {
        for (at, _) in text.char_indices().step_by(11) {
            survives(&text[..at]);
        }
    }
}

#[test]
fn every_line_may_be_missing() {
    for text in programs() {
        let lines: Vec<&str> = text.lines().collect();
        for skip in 0..lines.len() {
            let rest: Vec<&str> = lines.iter().enumerate().filter(|(i, _)| *i != skip).map(|(_, l)| *l).collect();
            survives(&rest.join("\n"));
        }
    }
}

#[test]
fn line_ends_and_byte_order_marks_change_nothing() {
    for text in programs() {
        let codes = |t: &str| {
            let mut files = MemoryFiles::new();
            files.insert("main.pipe", t);
            let (_, checked) = check_memory(&files);
            let mut ids: Vec<&str> = checked.diagnostics.iter().map(|d| d.code.id()).collect();
            ids.sort_unstable();
            ids.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(codes(&text), codes(&text.replace('\n', "\r\n")), "CRLF changes what is found in\n{text}");
        assert_eq!(
            codes(&text),
            codes(&format!("\u{feff}{text}")),
            "a byte order mark changes what is found in\n{text}"
        );
        assert_eq!(codes(&text), codes(text.trim_end()), "a missing last line end changes what is found in\n{text}");
    }
}

#[test]
fn large_and_deep_files_are_refused_and_not_a_crash() {
    survives(&" ".repeat(33 << 20));
    survives(&"{".repeat(100_000));
    survives(&format!("let x = {}", "[".repeat(50_000)));
    survives(&"(".repeat(10_000));
    survives(&"a = \"".repeat(10_000));
    survives(&"step x {\n".repeat(5_000));
    survives(&"}\n".repeat(5_000));
    survives(&format!("let x = \"{}\"", "${".repeat(5_000)));
}

#[test]
fn files_that_are_no_text_are_told() {
    let mut files = MemoryFiles::new();
    files.insert("main.pipe", vec![b'a', 0xff, 0xfe, b'\n']);
    let (loaded, checked) = check_memory(&files);
    assert!(checked.diagnostics.iter().any(|d| d.code.id() == "E0007"));
    checked.diagnostics.iter().for_each(|d| each_place(&loaded, d));
}

/// What random text has brought up once.
#[test]
fn what_was_found_before_is_survived() {
    for text in ["[ [ \n # ü", "[[\n#ü", "{ ( [ # \u{1f600}", "pipeline p { step x { # üü\n", "[(\u{fc}"] {
        survives(text);
    }
}

/// Every Python file of the signature cases.
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

/// Checks calls of a module with this text, and draws everything that is said about it.
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
