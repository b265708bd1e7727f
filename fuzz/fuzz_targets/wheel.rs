//! Any bytes as a wheel from a build backend: reading them ends, and no name leads out.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(files) = pipec::package::unzip(bytes) {
        for (name, _) in files {
            assert!(!name.starts_with('/') && name.split('/').all(|p| !matches!(p, "" | "." | "..")), "{name:?}");
        }
    }
});
