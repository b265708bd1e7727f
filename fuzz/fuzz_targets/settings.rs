//! Any text as a `pipec.toml`.
#![no_main]

use std::path::PathBuf;

use libfuzzer_sys::fuzz_target;
use pipec::check::{Options, check};
use pipec::project::load;
use pipec::source::MemoryFiles;

fuzz_target!(|bytes: &[u8]| {
    let mut files = MemoryFiles::new();
    files.insert("main.pipe", "cluster c {\n  spark_version = \"15.4.x-scala2.12\"\n  node_type_id = \"own\"\n  num_workers = 1\n}\npipeline p on c {\n  step s {\n    notebook \"/a\"\n  }\n}\n");
    files.insert("pipec.toml", bytes);
    let Ok(loaded) = load(&[PathBuf::from("main.pipe")], &files) else { return };
    let _ = check(&loaded, &files, &Options::default());
});
