//! The record of a run: states and times of its tasks.

use std::collections::BTreeMap;

/// The meaning of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Succeeded.
    Good,
    /// Failed.
    Bad,
    /// Running.
    Busy,
    /// Did not run: excluded, waiting, or never reached.
    Idle,
}

impl Tone {
    /// The CSS class.
    pub(super) fn class(self) -> &'static str {
        match self {
            Tone::Good => "good",
            Tone::Bad => "bad",
            Tone::Busy => "busy",
            Tone::Idle => "idle",
        }
    }
}

/// The record of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRecord {
    /// The state, in a word or two.
    pub word: String,
    pub tone: Tone,
    /// Start, in milliseconds since 1970.
    pub started: Option<i64>,
    /// End, in milliseconds since 1970.
    pub ended: Option<i64>,
    /// Number of attempts; 0 if unknown.
    pub attempts: u32,
}

impl StepRecord {
    /// Duration, in milliseconds.
    pub fn took(&self) -> Option<i64> {
        Some(self.ended?.saturating_sub(self.started?).max(0))
    }

    /// State and duration for display.
    pub(super) fn shown(&self) -> String {
        match self.took() {
            Some(ms) if self.tone != Tone::Idle => format!("{} · {}", self.word, duration(ms)),
            _ => self.word.clone(),
        }
    }
}

/// The record of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRecord {
    /// The id of the run, or its directory.
    pub title: String,
    /// Its page in the workspace.
    pub url: Option<String>,
    /// Its tasks by key.
    pub steps: BTreeMap<String, StepRecord>,
}

impl RunRecord {
    /// The duration of a task until its end, or until the last event of the run, in milliseconds.
    pub fn took(&self, task: &str) -> i64 {
        let Some(step) = self.steps.get(task) else { return 0 };
        let until = step.ended.or_else(|| self.span().filter(|_| step.tone == Tone::Busy).map(|(_, end)| end));
        until.zip(step.started).map_or(0, |(end, start)| end.saturating_sub(start).max(0))
    }

    /// The first start and the last end, in milliseconds since 1970.
    pub(super) fn span(&self) -> Option<(i64, i64)> {
        let first = self.steps.values().filter_map(|s| s.started).min()?;
        let last = self.steps.values().filter_map(|s| s.ended.or(s.started)).max()?;
        Some((first, last.max(first)))
    }
}

/// A duration for display, without unnecessary digits.
pub(super) fn duration(ms: i64) -> String {
    let two = |large: i64, unit: &str, small: i64, rest: &str| match small {
        0 => format!("{large} {unit}"),
        _ => format!("{large} {unit} {small} {rest}"),
    };
    match ms {
        ..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        60_000..3_600_000 => two(ms / 60_000, "min", ms % 60_000 / 1_000, "s"),
        3_600_000..172_800_000 => two(ms / 3_600_000, "h", ms % 3_600_000 / 60_000, "min"),
        _ => two(ms / 86_400_000, "d", ms % 86_400_000 / 3_600_000, "h"),
    }
}
