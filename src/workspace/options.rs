//! How a client behaves.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// A line of the log: what was asked and how it went.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// How a client behaves.
#[derive(Clone)]
pub struct ClientOptions {
    /// Attempts for one request that is safe to repeat.
    pub attempts: u32,
    /// The first pause between two; the next are twice as long each, up to half a minute, and all are shortened by chance.
    pub first_pause: Duration,
    /// Time for one request, uploads of large files excepted.
    pub timeout: Duration,
    /// Time after which one request is not tried again.
    pub max_elapsed: Duration,
    /// Set when somebody wants to stop.
    pub stop: Arc<AtomicBool>,
    /// Where to tell of each request.
    pub log: Option<Log>,
    /// Where to tell that it takes longer.
    pub progress: Option<Log>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        ClientOptions {
            attempts: 6,
            first_pause: Duration::from_millis(500),
            timeout: Duration::from_secs(60),
            max_elapsed: Duration::from_secs(120),
            stop: Arc::default(),
            log: None,
            progress: None,
        }
    }
}
