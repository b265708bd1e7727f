//! Responses: size and time limits, `Retry-After`, and error messages without URLs.

use std::io::Read;
use std::time::{Duration, Instant};

use reqwest::blocking::Response;
use reqwest::header::RETRY_AFTER;

/// Why a response has no usable body.
#[derive(Debug, thiserror::Error)]
pub(super) enum BodyError {
    /// It took too long.
    #[error("timed out")]
    Slow,
    /// It is larger than this many bytes.
    #[error("response is larger than {} MiB", .0 >> 20)]
    Large(u64),
    /// The connection ended early; the text contains the reason and no URL.
    #[error("{0}")]
    Broken(String),
}

/// The pause that `Retry-After` requests: seconds, or a time; `now` is in milliseconds since 1970.
pub(super) fn retry_after(response: &Response, now: i64) -> Option<Duration> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp().as_millisecond();
    Some(Duration::from_millis(u64::try_from(at - now).unwrap_or(0)))
}

/// Reads the body of a response, up to `most` bytes and within `limit`. A server that sends a little at a time would
/// never exceed the timeout of a single read.
pub(super) fn whole(response: Response, most: u64, limit: Duration) -> Result<Vec<u8>, BodyError> {
    let until = Instant::now() + limit;
    let mut body = Vec::new();
    let mut response = response.take(most + 1);
    let mut chunk = vec![0; 64 << 10];
    let ended = loop {
        match response.read(&mut chunk) {
            Ok(0) => break Ok(()),
            Ok(count) => body.extend_from_slice(chunk.get(..count).unwrap_or_default()),
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => break Err(e),
        }
        if Instant::now() > until {
            return Err(BodyError::Slow);
        }
    };
    match ended {
        Ok(()) if body.len() as u64 > most => Err(BodyError::Large(most)),
        Ok(()) => Ok(body),
        Err(e) if e.kind() == std::io::ErrorKind::TimedOut => Err(BodyError::Slow),
        Err(e) => Err(BodyError::Broken(with_detail("connection closed", &e.to_string()))),
    }
}

/// A message with its detail, unless that contains a URL, which may include a query.
fn with_detail(what: &str, detail: &str) -> String {
    if detail.contains("://") { what.to_owned() } else { format!("{what}: {detail}") }
}

/// The cause of an error, without the URL, which may include a query.
pub(super) fn because(error: &reqwest::Error) -> String {
    let mut last: &dyn std::error::Error = error;
    while let Some(source) = last.source() {
        last = source;
    }
    let what = if error.is_timeout() {
        "timed out"
    } else if error.is_connect() {
        "cannot connect"
    } else {
        "connection closed"
    };
    if error.is_timeout() { what.to_owned() } else { with_detail(what, &last.to_string()) }
}
