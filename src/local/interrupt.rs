//! Interrupts of a run: the first one asks processes to end, the second one kills them.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The number of interrupts.
#[derive(Debug, Default)]
pub struct Interrupt {
    times: AtomicUsize,
}

impl Interrupt {
    /// Adds an interrupt.
    pub fn ask(&self) {
        self.times.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether processes must end; they have some seconds for it.
    pub fn asked(&self) -> bool {
        self.times.load(Ordering::Relaxed) > 0
    }

    /// Whether processes must be killed now.
    pub fn insists(&self) -> bool {
        self.times.load(Ordering::Relaxed) > 1
    }
}
