//! Errors of local runs.

/// Why something failed, as a message.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LocalError(String);

impl<T: Into<String>> From<T> for LocalError {
    fn from(text: T) -> LocalError {
        LocalError(text.into())
    }
}
