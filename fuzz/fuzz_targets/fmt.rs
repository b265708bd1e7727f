//! Any text: formatting ends, and formatted text does not change.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pipec::fmt::format;
use pipec::source::FileId;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(once) = format(FileId(0), text) {
        assert_eq!(format(FileId(0), &once).ok().as_deref(), Some(once.as_str()), "{text:?}");
    }
});
