//! What comes over the line: bodies within limits, pauses that are asked for, and errors without addresses.

use std::io::Read;
use std::time::{Duration, Instant};

use reqwest::blocking::Response;
use reqwest::header::RETRY_AFTER;

/// Why an answer has no body to use.
#[derive(Debug, thiserror::Error)]
pub(super) enum BodyError {
    /// It took longer than allowed.
    #[error("timed out")]
    Slow,
    /// It is larger than this many bytes.
    #[error("response is larger than {} MiB", .0 >> 20)]
    Large(u64),
    /// The connection ended early; the text says why and holds no address.
    #[error("{0}")]
    Broken(String),
}

/// What `Retry-After` asks for: seconds, or a moment; `now` in milliseconds since 1970.
pub(super) fn retry_after(response: &Response, now: i64) -> Option<Duration> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp().as_millisecond();
    Some(Duration::from_millis(u64::try_from(at - now).unwrap_or(0)))
}

/// The body of an answer, if it is not larger than `most` bytes and does not take longer than `limit`: a server that
/// sends a little now and then would never exceed the limit of one read.
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

/// A message with its detail, unless that names an address: it may hold a query.
fn with_detail(what: &str, detail: &str) -> String {
    if detail.contains("://") { what.to_owned() } else { format!("{what}: {detail}") }
}

/// What an error comes from, without the address, which may hold a query.
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
