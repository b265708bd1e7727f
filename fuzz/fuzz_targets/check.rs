//! Any bytes: parsing, checking and lowering end, and every place that is named lies inside its file.
#![no_main]

use std::path::{Path, PathBuf};

use libfuzzer_sys::fuzz_target;
use pipec::check::{Options, check};
use pipec::project::load;
use pipec::source::MemoryFiles;

fuzz_target!(|bytes: &[u8]| {
    let mut files = MemoryFiles::new();
    files.insert("main.pipe", bytes);
    let Ok(loaded) = load(&[PathBuf::from("main.pipe")], &files) else { return };
    let options = Options { all_targets: true, ..Options::default() };
    let Ok(checked) = check(&loaded, &files, &options) else { return };
    for d in &checked.diagnostics {
        let places = d.related.iter().map(|l| l.span).chain(d.fixes.iter().flat_map(|f| f.edits.iter().map(|(s, _)| *s)));
        for span in std::iter::once(d.span).chain(places) {
            let text = loaded.sources.text(span.file);
            assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} is no part of the text: {}", d.message);
        }
    }
    for program in checked.programs.iter().flatten() {
        pipec::lower::lower(program, &[], &Default::default(), Path::new(""), &Default::default());
    }
});
