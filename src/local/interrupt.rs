//! Requests to end a run: the first asks politely, the second does not wait.

use std::sync::atomic::{AtomicUsize, Ordering};

/// How often somebody has asked for the end of the run.
#[derive(Debug, Default)]
pub struct Interrupt {
    times: AtomicUsize,
}

impl Interrupt {
    /// Asks once more.
    pub fn ask(&self) {
        self.times.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether the run is to end: processes are asked to, and have some seconds for it.
    pub fn asked(&self) -> bool {
        self.times.load(Ordering::Relaxed) > 0
    }

    /// Whether processes are to be killed now.
    pub fn insists(&self) -> bool {
        self.times.load(Ordering::Relaxed) > 1
    }
}
