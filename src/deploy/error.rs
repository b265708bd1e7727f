//! Errors of deployments.

use std::fmt;

use crate::workspace::{ApiError, ApiErrorKind};

/// Why a deployment failed.
#[derive(Clone, Debug)]
pub enum DeployError {
    /// A request failed.
    Fault(ApiError),
    /// Another deployment has written a state in the meantime.
    Moved { by: String },
    /// Another deployment did not finish in time.
    Locked {
        /// Its owner, and what it does.
        by: String,
    },
    /// The workspace and the project do not fit together.
    Unfit { message: String, help: String },
}

impl DeployError {
    /// Whether the user interrupted it.
    pub fn is_interrupt(&self) -> bool {
        matches!(self, DeployError::Fault(f) if f.is(ApiErrorKind::Interrupted))
    }

    /// How to fix it; may be empty.
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
