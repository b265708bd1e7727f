//! Final states of tasks, and their effect on dependent tasks.
//!
//! Source: the platform's page on task dependencies. Excluded tasks count as successful. A task whose dependencies
//! are all excluded is excluded, whatever its `run_if`. Tasks that handle failures are excluded if there is none.

use super::error::LocalError;

/// The final state of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// It ran, and all is well.
    Success,
    /// It ran, and failed.
    Failed,
    /// Its timeout expired.
    TimedOut,
    /// The run was interrupted.
    Canceled,
    /// Excluded by a condition or `run_if`.
    Excluded,
    /// A dependency failed.
    UpstreamFailed,
    /// Its result was reused: from a stub, an earlier run, or because it was skipped on request.
    Given,
}

impl TaskState {
    /// The word in the output.
    pub fn word(self) -> &'static str {
        match self {
            TaskState::Success => "ok",
            TaskState::Failed => "failed",
            TaskState::TimedOut => "timed out",
            TaskState::Canceled => "canceled",
            TaskState::Excluded => "excluded",
            TaskState::UpstreamFailed => "upstream failed",
            TaskState::Given => "reused",
        }
    }

    /// The value of `result_state` in references.
    pub fn result_state(self) -> &'static str {
        match self {
            TaskState::Success | TaskState::Given => "success",
            TaskState::Failed => "failed",
            TaskState::TimedOut => "timedout",
            TaskState::Canceled => "canceled",
            TaskState::Excluded => "excluded",
            TaskState::UpstreamFailed => "upstream_failed",
        }
    }

    /// Whether the run failed if this is the state of a final task.
    pub fn is_bad(self) -> bool {
        matches!(self, TaskState::Failed | TaskState::TimedOut | TaskState::Canceled | TaskState::UpstreamFailed)
    }
}

/// Whether a task runs once its dependencies have ended; `Err` is the state of one that does not. `unmet`: a
/// condition had another outcome than required.
pub(super) fn decide(run_if: &str, dependencies: &[TaskState], unmet: bool) -> Result<(), TaskState> {
    if unmet {
        return Err(TaskState::Excluded);
    }
    if dependencies.is_empty() {
        return Ok(());
    }
    if dependencies.iter().all(|s| *s == TaskState::Excluded) {
        return Err(TaskState::Excluded);
    }
    let ran_well = |s: &TaskState| matches!(s, TaskState::Success | TaskState::Given);
    let well = |s: &TaskState| ran_well(s) || *s == TaskState::Excluded;
    let any_bad = dependencies.iter().any(|s| s.is_bad());
    let (holds, otherwise) = match run_if {
        "ALL_DONE" => (true, TaskState::Excluded),
        "NONE_FAILED" => (!any_bad && dependencies.iter().any(ran_well), TaskState::UpstreamFailed),
        "AT_LEAST_ONE_SUCCESS" => (dependencies.iter().any(ran_well), TaskState::UpstreamFailed),
        "ALL_FAILED" => (dependencies.iter().all(|s| s.is_bad()), TaskState::Excluded),
        "AT_LEAST_ONE_FAILED" => (any_bad, TaskState::Excluded),
        _ => (dependencies.iter().all(well), TaskState::UpstreamFailed),
    };
    if holds { Ok(()) } else { Err(otherwise) }
}

/// Compares as the platform does: `==` and `!=` as strings, the others as numbers.
pub(super) fn compare(op: &str, left: &str, right: &str) -> Result<bool, LocalError> {
    match op {
        "EQUAL_TO" => return Ok(left == right),
        "NOT_EQUAL" => return Ok(left != right),
        _ => {}
    }
    let number = |text: &str| {
        text.trim().parse::<f64>().map_err(|_| format!("`{text}` is not a number, and `{op}` compares numbers"))
    };
    let (a, b) = (number(left)?, number(right)?);
    Ok(match op {
        "GREATER_THAN" => a > b,
        "GREATER_THAN_OR_EQUAL" => a >= b,
        "LESS_THAN" => a < b,
        "LESS_THAN_OR_EQUAL" => a <= b,
        other => return Err(format!("`{other}` is not a comparison").into()),
    })
}

#[cfg(test)]
mod tests {
    use super::TaskState::*;
    use super::*;

    #[test]
    fn run_if_in_its_six_forms() {
        let table: &[(&str, &[TaskState], Result<(), TaskState>)] = &[
            ("ALL_SUCCESS", &[Success, Success], Ok(())),
            ("ALL_SUCCESS", &[Success, Excluded], Ok(())),
            ("ALL_SUCCESS", &[Success, Failed], Err(UpstreamFailed)),
            ("ALL_SUCCESS", &[Excluded, Excluded], Err(Excluded)),
            ("ALL_SUCCESS", &[Given], Ok(())),
            ("AT_LEAST_ONE_SUCCESS", &[Failed, Success], Ok(())),
            ("AT_LEAST_ONE_SUCCESS", &[Failed, TimedOut], Err(UpstreamFailed)),
            ("NONE_FAILED", &[Success, Excluded], Ok(())),
            ("NONE_FAILED", &[Success, Canceled], Err(UpstreamFailed)),
            ("ALL_DONE", &[Failed, UpstreamFailed], Ok(())),
            ("ALL_DONE", &[Excluded], Err(Excluded)),
            ("AT_LEAST_ONE_FAILED", &[Success, Failed], Ok(())),
            ("AT_LEAST_ONE_FAILED", &[Success, Success], Err(Excluded)),
            ("ALL_FAILED", &[Failed, UpstreamFailed], Ok(())),
            ("ALL_FAILED", &[Failed, Success], Err(Excluded)),
            ("ALL_SUCCESS", &[], Ok(())),
        ];
        for (run_if, states, expected) in table {
            assert_eq!(decide(run_if, states, false), *expected, "{run_if} {states:?}");
        }
        assert_eq!(decide("ALL_DONE", &[Success], true), Err(Excluded));
    }

    #[test]
    fn comparisons_are_of_text_or_of_numbers() {
        assert_eq!(compare("EQUAL_TO", "12.0", "12"), Ok(false));
        assert_eq!(compare("GREATER_THAN_OR_EQUAL", "12.0", "12"), Ok(true));
        assert_eq!(compare("LESS_THAN", "9", "10"), Ok(true));
        assert!(compare("LESS_THAN", "x", "10").is_err());
    }
}
