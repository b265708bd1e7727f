//! Ctrl-C.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// The flag that Ctrl-C sets. The third Ctrl-C ends the process without cleaning up.
pub fn stop() -> Arc<AtomicBool> {
    static STOP: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    STOP.get_or_init(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let set = flag.clone();
        let presses = AtomicUsize::new(0);
        // Without a handler, Ctrl-C ends the process immediately, which is also safe.
        let _ = ctrlc::set_handler(move || {
            set.store(true, Ordering::Relaxed);
            if presses.fetch_add(1, Ordering::Relaxed) >= 2 {
                std::process::exit(130);
            }
        });
        flag
    })
    .clone()
}
