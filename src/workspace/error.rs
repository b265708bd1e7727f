//! What can go wrong between us and a workspace.

use std::fmt;

/// A request that did not do what it was meant to.
#[derive(Clone, Debug)]
pub struct ApiError {
    /// What kind of trouble.
    pub kind: ApiErrorKind,
    /// What we were about to do, such as "create the job `nightly`".
    pub action: String,
    /// What the other side said, or why there was no answer. Holds no secret.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// Kinds of trouble that callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiErrorKind {
    /// It is not there.
    Missing,
    /// It is there already.
    Exists,
    /// We may not.
    Denied,
    /// We are nobody: the credentials are wrong.
    Unauthenticated,
    /// The request is wrong.
    Refused,
    /// There was no answer, or none to trust: it may have been done or not.
    UnknownOutcome,
    /// Nobody is there, or it is not working, and it was tried more than once.
    Unavailable,
    /// Somebody stopped us.
    Interrupted,
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}: {}", self.action, self.message)
    }
}

impl std::error::Error for ApiError {}

impl ApiError {
    /// Whether it is of a kind.
    pub fn is(&self, kind: ApiErrorKind) -> bool {
        self.kind == kind
    }
}
