//! Any bytes: parsing, checking and lowering end, and every span is inside of its file.
#![no_main]

mod shared;

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
    shared::places(&checked.diagnostics, &loaded.sources);
    for program in checked.programs.iter().flatten() {
        pipec::lower::lower(program, &[], &Default::default(), Path::new(""), &Default::default());
    }
});
