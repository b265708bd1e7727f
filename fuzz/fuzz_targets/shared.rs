//! Helpers of the targets.

use pipec::diag::Diagnostic;
use pipec::source::{MemoryFiles, SourceMap};

/// Checks that every span of a message is inside of its file.
pub fn places(diagnostics: &[Diagnostic], sources: &SourceMap) {
    for d in diagnostics {
        let fixes = d.fixes.iter().flat_map(|f| &f.edits).map(|e| e.span);
        for span in std::iter::once(d.span).chain(d.related.iter().map(|l| l.span)).chain(fixes) {
            let text = sources.text(span.file);
            assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} is outside: {}", d.message);
        }
    }
}

/// Imports a text with this name, and formats the result.
#[allow(dead_code, reason = "only the targets of import need it")]
pub fn import(name: &str, bytes: &[u8]) {
    use pipec::import::{import_all, prove_project, read_input, texts};
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut sources = SourceMap::default();
    let file = sources.add(name, text);
    let found = read_input(file, None, &MemoryFiles::new(), &mut sources);
    let imported = import_all(&found.jobs);
    places(&found.diagnostics, &sources);
    for one in &imported {
        places(&one.diagnostics, &sources);
        if one.same {
            assert!(pipec::fmt::format(pipec::source::FileId(0), &one.source).is_ok(), "{}", one.source);
        }
    }
    let wrong = |d: &Diagnostic| d.severity == pipec::diag::Severity::Error;
    let broken = found.diagnostics.iter().chain(imported.iter().flat_map(|i| &i.diagnostics)).any(wrong);
    if let (false, [(_, text)]) = (broken || found.prelude.is_empty(), texts(name.as_ref(), &found, &imported).as_slice()) {
        let said = prove_project(&found, &imported, text);
        assert!(!said.iter().any(|d| d.message.contains("other pipelines or targets")), "{text}");
    }
}
