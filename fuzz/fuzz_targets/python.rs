//! Any bytes as a module and as a `pyproject.toml`: reading them ends.
#![no_main]

use std::path::PathBuf;

use libfuzzer_sys::fuzz_target;
use pipec::check::{Options, check};
use pipec::project::load;
use pipec::source::MemoryFiles;

const MAIN: &str = "package app = \".\"\nenvironment ml { environment_version = \"4\" }\npipeline p on ml {\n  step s {\n    python app.steps:run(a = 1)\n    output rows: int\n    output name: string\n  }\n}\n";

fuzz_target!(|bytes: &[u8]| {
    let mut files = MemoryFiles::new();
    files.insert("main.pipe", MAIN);
    let plain = "[project]\nname = \"app\"\nversion = \"1.0\"\n".as_bytes();
    // The first byte selects one of the two.
    let (python, toml) = match bytes.split_first() {
        Some((0, rest)) => ("def run(a: int): ...".as_bytes(), rest),
        Some((_, rest)) => (rest, plain),
        None => return,
    };
    files.insert("pyproject.toml", toml);
    files.insert("src/app/__init__.py", "");
    files.insert("src/app/steps.py", python);
    let Ok(loaded) = load(&[PathBuf::from("main.pipe")], &files) else { return };
    let Ok(checked) = check(&loaded, &files, &Options::default()) else { return };
    for d in &checked.diagnostics {
        for span in std::iter::once(d.span).chain(d.related.iter().map(|l| l.span)) {
            let text = loaded.sources.text(span.file);
            assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} is no part of the text: {}", d.message);
        }
    }
});
