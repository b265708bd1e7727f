//! Why a deployment did not go through.

use std::fmt;

use crate::workspace::{ApiError, ApiErrorKind};

/// What kept us from deploying.
#[derive(Clone, Debug)]
pub enum DeployError {
    /// The workspace refused, or was not there.
    Fault(ApiError),
    /// Somebody else has written a state meanwhile.
    Moved {
        /// Who.
        by: String,
    },
    /// Somebody else is deploying, and went on for longer than we were to wait.
    Locked {
        /// Who, and what they do.
        by: String,
    },
    /// Something in the workspace or in the project does not fit.
    Unfit {
        /// What.
        message: String,
        /// What to do.
        help: String,
    },
}

impl DeployError {
    /// Whether somebody stopped us.
    pub fn is_interrupt(&self) -> bool {
        matches!(self, DeployError::Fault(f) if f.is(ApiErrorKind::Interrupted))
    }

    /// What to do about it; empty if there is nothing to say.
    pub fn help(&self) -> &str {
        match self {
            DeployError::Fault(f) => &f.help,
            DeployError::Moved { .. } => "deploy again; nothing was overwritten",
            DeployError::Locked { .. } => {
                "wait for it, or increase `--lock-timeout`; an abandoned lock expires within a minute"
            }
            DeployError::Unfit { help, .. } => help,
        }
    }

    pub(super) fn unfit<T>(message: impl Into<String>, help: impl Into<String>) -> Result<T, DeployError> {
        Err(DeployError::Unfit { message: message.into(), help: help.into() })
    }
}

impl From<ApiError> for DeployError {
    fn from(fault: ApiError) -> Self {
        DeployError::Fault(fault)
    }
}

impl fmt::Display for DeployError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DeployError::Fault(fault) => fault.fmt(f),
            DeployError::Moved { by } => write!(f, "{by} has deployed this project in the meantime"),
            DeployError::Locked { by } => write!(f, "{by} is deploying this project"),
            DeployError::Unfit { message, .. } => f.write_str(message),
        }
    }
}
