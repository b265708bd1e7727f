use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// Receives a line per request.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// Options of a client.
#[derive(Clone)]
pub struct ClientOptions {
    /// The number of attempts for a request that is safe to repeat.
    pub attempts: u32,
    /// The first pause between attempts. Each following one is twice as long, up to half a minute, and all are
    /// shortened randomly.
    pub first_pause: Duration,
    /// The timeout of a request, except for uploads of large files.
    pub timeout: Duration,
    /// The time after which a request is not repeated.
    pub max_elapsed: Duration,
    /// Set to interrupt.
    pub stop: Arc<AtomicBool>,
    /// Receives each request.
    pub log: Option<Log>,
    /// Receives messages about delays.
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
