//! How a command ends: its exit status, and the one place that says why it could not.

use std::process::ExitCode;

use super::terminal::say;
use crate::deploy::DeployError;
use crate::session::{BuildError, SessionError};
use crate::workspace::{ApiError, SettingsError};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Done,
    /// The program has errors.
    Errors,
    /// The call was wrong.
    Usage,
    /// Files cannot be written, or something outside of pipec does not work.
    Failed,
    /// Somebody stopped it.
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

/// What a command gives: how it ended, or why it could not go on.
pub type Ended = Result<Outcome, Failure>;

/// Why a command could not go on.
#[derive(Debug)]
pub enum Failure {
    /// What there is to say has been said.
    Said(Outcome),
    /// A message, and what to do.
    Because {
        /// How the command ends.
        outcome: Outcome,
        /// Why.
        message: String,
        /// What to do; may be empty.
        help: String,
    },
}

impl Failure {
    /// Says why, and gives how the command ends.
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

    /// With a second line of its own.
    pub fn then(self, text: &str) -> Failure {
        match self {
            Failure::Because { outcome, message, help } => {
                Failure::Because { outcome, message: format!("{message}\n{text}"), help }
            }
            said => said,
        }
    }

    /// With what to do.
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

/// A mistake in the call.
pub fn usage(message: impl std::fmt::Display) -> Failure {
    because(Outcome::Usage, message)
}

/// Something outside of pipec does not work.
pub fn failed(message: impl std::fmt::Display) -> Failure {
    because(Outcome::Failed, message)
}

/// Something is wrong with the program.
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
