//! A request to a workspace, and what an answer must be to be one to it.

use std::sync::Arc;

use serde_json::Value;

/// What a request carries.
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
    /// The last part of the path, which may hold anything.
    pub rest: Option<&'a str>,
    pub query: Vec<(&'a str, String)>,
    pub body: RequestBody,
    /// Whether doing it twice is as good as doing it once.
    pub idempotent: bool,
    /// "create the job `nightly`".
    pub action: String,
    /// The right that it takes.
    pub required_permission: String,
}

/// An answer that is a success: JSON, nothing, or a file that was asked for.
pub(super) struct Answer(pub Vec<u8>);

impl Answer {
    /// The body as JSON; null if it is empty.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.0).unwrap_or_default()
    }
}

impl Request<'_> {
    /// Whether an answer can be one to this request.
    pub fn fits(&self, body: &[u8]) -> bool {
        let file = self.method == "GET" && matches!(self.path, "/api/2.0/workspace/export" | "/api/2.0/fs/files");
        // Of a file only this much is known: ours do not begin as a page does.
        if file { !body.trim_ascii_start().starts_with(b"<") } else { body.is_empty() || is_json(body) }
    }
}

fn is_json(body: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()
}
