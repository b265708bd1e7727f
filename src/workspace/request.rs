//! Requests, and checks whether a response can belong to one.

use std::sync::Arc;

use serde_json::Value;

#[derive(Clone, Debug)]
pub(super) enum RequestBody {
    Nothing,
    Json(Value),
    Bytes(Arc<Vec<u8>>),
}

/// A request.
#[derive(Clone, Debug)]
pub(super) struct Request<'a> {
    pub method: &'static str,
    pub path: &'a str,
    /// The last segment of the path, which may contain any characters.
    pub rest: Option<&'a str>,
    pub query: Vec<(&'a str, String)>,
    pub body: RequestBody,
    /// Whether it is safe to repeat.
    pub idempotent: bool,
    /// Such as "create the job `nightly`".
    pub action: String,
    /// The required permission.
    pub required_permission: String,
}

/// A successful response: JSON, empty, or a requested file.
pub(super) struct Answer(pub Vec<u8>);

impl Answer {
    /// The body as JSON; null if it is empty.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.0).unwrap_or_default()
    }
}

impl Request<'_> {
    /// Whether a response can belong to this request.
    pub fn fits(&self, body: &[u8]) -> bool {
        let file = self.method == "GET" && matches!(self.path, "/api/2.0/workspace/export" | "/api/2.0/fs/files");
        // A file can only be distinguished from an HTML page by its first characters.
        if file { !body.trim_ascii_start().starts_with(b"<") } else { body.is_empty() || is_json(body) }
    }
}

fn is_json(body: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()
}
