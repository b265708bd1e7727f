//! Why a step or a run cannot go on here.

/// Why something could not be done on this machine, for whoever runs it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LocalError(String);

impl<T: Into<String>> From<T> for LocalError {
    fn from(text: T) -> LocalError {
        LocalError(text.into())
    }
}
