//! Any text as a requirements file, and as the requirements of a project and of an environment.
#![no_main]

mod shared;

use std::path::PathBuf;

use libfuzzer_sys::fuzz_target;
use pipec::check::{Options, check};
use pipec::package::{requirement, requirement_lines};
use pipec::project::load;
use pipec::source::MemoryFiles;

const MAIN: &str = "environment ml {\n  environment_version = \"4\"\n  requirements = file(\"requirements.txt\")\n}\npipeline p on ml {\n  step s {\n    script \"/a.py\"\n  }\n}\n";

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for (_, line) in requirement_lines(text) {
        requirement(&line);
    }
    let mut files = MemoryFiles::new();
    files.insert("main.pipe", MAIN);
    files.insert("requirements.txt", bytes);
    let Ok(loaded) = load(&[PathBuf::from("main.pipe")], &files) else { return };
    let Ok(checked) = check(&loaded, &files, &Options::default()) else { return };
    shared::places(&checked.diagnostics, &loaded.sources);
});
