//! Errors of requests to a workspace.

use std::fmt;

/// A failed request.
#[derive(Clone, Debug)]
pub struct ApiError {
    pub kind: ApiErrorKind,
    /// The action, such as "create the job `nightly`".
    pub action: String,
    /// The message of the server, or why there was no response. Contains no secret.
    pub message: String,
    /// How to fix it.
    pub help: String,
}

/// Kinds of failures that callers distinguish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiErrorKind {
    /// It does not exist.
    Missing,
    /// It already exists.
    Exists,
    /// A permission is missing.
    Denied,
    /// The credentials are not accepted.
    Unauthenticated,
    /// The request is invalid.
    Refused,
    /// There was no reliable response: it may have been done or not.
    UnknownOutcome,
    /// The server is unavailable, after retries.
    Unavailable,
    /// The user interrupted it.
    Interrupted,
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}: {}", self.action, self.message)
    }
}

impl std::error::Error for ApiError {}

impl ApiError {
    pub fn is(&self, kind: ApiErrorKind) -> bool {
        self.kind == kind
    }
}
