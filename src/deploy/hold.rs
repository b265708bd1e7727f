//! Holds the lock during a deployment.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::error::DeployError;
use super::journal::Journal;
use crate::workspace::Client;

/// A lock that is renewed until the work is done.
pub(super) struct Hold<'h, 'j> {
    journal: Mutex<&'h mut Journal<'j>>,
    client: &'h Client,
    key: String,
    lost: Mutex<Option<DeployError>>,
}

/// The time that must remain on the lock before a write starts, in milliseconds; a write may take several requests.
const MARGIN: i64 = 10_000;

impl<'h, 'j> Hold<'h, 'j> {
    pub fn new(journal: &'h mut Journal<'j>, client: &'h Client, key: String) -> Self {
        Hold { journal: Mutex::new(journal), client, key, lost: Mutex::default() }
    }

    pub fn journal(&self) -> MutexGuard<'_, &'h mut Journal<'j>> {
        guard(&self.journal)
    }

    /// Makes sure that the lock is held long enough to write, renewing it if necessary.
    ///
    /// # Errors
    /// The lock was lost.
    pub fn check(&self) -> Result<(), DeployError> {
        if let Some(why) = guard(&self.lost).clone() {
            return Err(why);
        }
        let mut journal = self.journal();
        let left = journal.head().lease.as_ref().filter(|l| l.key == self.key).map(|l| l.until - self.client.now());
        match left {
            Some(left) if left > MARGIN => Ok(()),
            _ => journal.renew(&self.key),
        }?;
        self.limit(&journal);
        Ok(())
    }

    /// Limits retries to the time in which the lock is held.
    fn limit(&self, journal: &Journal<'_>) {
        self.client.write_until(journal.head().lease.as_ref().map_or(0, |l| l.until));
    }

    /// Whether the last written state holds the lock.
    pub fn is_ours(&self) -> bool {
        guard(&self.lost).is_none() && self.journal().head().lease.as_ref().is_some_and(|l| l.key == self.key)
    }

    /// Runs `work` while a second thread renews the lock.
    pub fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let keeper = scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    std::thread::park_timeout(Duration::from_millis(500));
                    if done.load(Ordering::Relaxed) || self.client.stop().load(Ordering::Relaxed) {
                        return;
                    }
                    let mut journal = self.journal();
                    match journal.renew(&self.key) {
                        Ok(()) => self.limit(&journal),
                        // A failure may be temporary, as long as there is time.
                        Err(DeployError::Fault(_))
                            if journal.head().lease.as_ref().is_some_and(|l| l.holds(self.client.now())) => {}
                        Err(why) => {
                            *guard(&self.lost) = Some(why);
                            return;
                        }
                    }
                }
            });
            // Also when the work panics, or the renewing thread would run forever.
            let _end = OnDrop(|| {
                done.store(true, Ordering::Relaxed);
                keeper.thread().unpark();
            });
            let result = work();
            self.client.write_until(0);
            result
        })
    }
}

struct OnDrop<F: Fn()>(F);

impl<F: Fn()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

pub(super) fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A thread that panicked has not written half a state, because a state is one request.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
