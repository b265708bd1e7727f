//! How a client behaves.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// A line of the log: what was asked and how it went.
pub type Tell = Arc<dyn Fn(&str) + Send + Sync>;

/// How a client behaves.
#[derive(Clone)]
pub struct Options {
    /// Attempts for one request that is safe to repeat.
    pub attempts: u32,
    /// The first pause between two; the next are twice as long each, up to half a minute, and all are shortened by chance.
    pub pause: Duration,
    /// Time for one request, uploads of large files excepted.
    pub timeout: Duration,
    /// Time after which one request is not tried again.
    pub patience: Duration,
    /// Set when somebody wants to stop.
    pub stop: Arc<AtomicBool>,
    /// Where to tell of each request.
    pub tell: Option<Tell>,
    /// Where to tell that it takes longer.
    pub notice: Option<Tell>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            attempts: 6,
            pause: Duration::from_millis(500),
            timeout: Duration::from_secs(60),
            patience: Duration::from_secs(120),
            stop: Arc::default(),
            tell: None,
            notice: None,
        }
    }
}
