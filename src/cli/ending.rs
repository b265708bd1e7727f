//! How commands end: the exit status, and the one place that prints why a command failed.

use std::process::ExitCode;

use super::terminal::say;
use crate::deploy::DeployError;
use crate::session::{BuildError, SessionError};
use crate::workspace::{ApiError, SettingsError};

/// The exit status of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Success.
    Done,
    /// The program has errors.
    Errors,
    /// Wrong usage.
    Usage,
    /// A file, the environment or the workspace failed.
    Failed,
    /// Interrupted by the user.
    Interrupted,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        ExitCode::from(match outcome {
            Outcome::Done => 0,
            Outcome::Errors => 1,
            Outcome::Usage => 2,
            Outcome::Failed => 3,
            Outcome::Interrupted => 130,
        })
    }
}

/// The result of a command.
pub type Ended = Result<Outcome, Failure>;

/// Why a command failed.
#[derive(Debug)]
pub enum Failure {
    /// The reason was already printed.
    Said(Outcome),
    /// A message with optional help.
    Because {
        /// The exit status.
        outcome: Outcome,
        /// The reason.
        message: String,
        /// What to do; may be empty.
        help: String,
    },
}

impl Failure {
    /// Prints the failure, and returns the exit status.
    pub fn tell(self) -> Outcome {
        match self {
            Failure::Said(outcome) => outcome,
            Failure::Because { outcome, message, help } => {
                say!("pipec: {message}");
                if !help.is_empty() {
                    say!("  help: {help}");
                }
                outcome
            }
        }
    }

    /// Adds a second line.
    pub fn then(self, text: &str) -> Failure {
        match self {
            Failure::Because { outcome, message, help } => {
                Failure::Because { outcome, message: format!("{message}\n{text}"), help }
            }
            said => said,
        }
    }

    /// Adds help.
    pub fn help(self, text: impl Into<String>) -> Failure {
        match self {
            Failure::Because { outcome, message, .. } => Failure::Because { outcome, message, help: text.into() },
            said => said,
        }
    }
}

fn because(outcome: Outcome, message: impl std::fmt::Display) -> Failure {
    Failure::Because { outcome, message: message.to_string(), help: String::new() }
}

/// Wrong usage.
pub fn usage(message: impl std::fmt::Display) -> Failure {
    because(Outcome::Usage, message)
}

/// Something outside pipec failed.
pub fn failed(message: impl std::fmt::Display) -> Failure {
    because(Outcome::Failed, message)
}

/// An error in the program.
pub fn errors(message: impl std::fmt::Display) -> Failure {
    because(Outcome::Errors, message)
}

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        usage(error)
    }
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        match &error {
            BuildError::Package { error: why, .. } => errors(&error).help(why.help.clone()),
            BuildError::Files(_) => failed(error),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        failed(error)
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        usage(error.message).help(error.help)
    }
}

impl From<DeployError> for Failure {
    fn from(error: DeployError) -> Self {
        if error.is_interrupt() {
            return because(Outcome::Interrupted, "interrupted");
        }
        failed(&error).help(error.help())
    }
}

impl From<ApiError> for Failure {
    fn from(fault: ApiError) -> Self {
        DeployError::Fault(fault).into()
    }
}
