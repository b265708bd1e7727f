//! Any text as a Quartz cron expression: all functions end in bounded time.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pipec::time::{Cron, fires, from_unix};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = from_unix(text);
    if let Ok(cron) = Cron::parse(text) {
        let _ = (cron.can_fire(), cron.per_month(), cron.shortest_gap());
        let _ = fires(&cron, "Europe/Berlin", 1_800_000_000, 3);
    }
});
