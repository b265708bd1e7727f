//! Any bytes as JSON, a bundle or Terraform: reading them ends, messages point into them, and what is written is a program.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pipec::import::{import_all, read_input};
use pipec::source::{MemoryFiles, SourceMap};

fuzz_target!(|bytes: &[u8]| {
    // The first byte says which reader is at stake.
    let Some((kind, rest)) = bytes.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let name = match kind % 3 {
        0 => "job.json",
        1 => "databricks.yml",
        _ => "main.tf",
    };
    let mut sources = SourceMap::default();
    let file = sources.add(name, text);
    let found = read_input(file, None, &MemoryFiles::new(), &mut sources);
    let imported = import_all(&found.jobs);
    for d in found.diagnostics.iter().chain(imported.iter().flat_map(|i| &i.diagnostics)) {
        for span in std::iter::once(d.span).chain(d.related.iter().map(|l| l.span)) {
            let text = sources.text(span.file);
            assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?}: {}", d.message);
        }
    }
    for job in imported.iter().filter(|i| i.same) {
        assert!(pipec::fmt::format(pipec::source::FileId(0), &job.source).is_ok(), "{}", job.source);
    }
});
