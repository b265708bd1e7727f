//! Differences between two jobs as lines.

use serde_json::Value;

use crate::deploy::Difference;

/// Longer values are shortened.
const LONGEST: usize = 60;

/// Renders a difference.
pub fn line(d: &Difference) -> String {
    let place = match (d.step(), d.below_step()) {
        (Some(step), "") => format!("step {step}"),
        (Some(step), below) => format!("step {step}: {below}"),
        (None, path) => path.to_owned(),
    };
    let whole = d.below_step().is_empty() && d.step().is_some();
    match (&d.was, &d.now) {
        (None, Some(_)) if whole => format!("+ {place}"),
        (Some(_), None) if whole => format!("- {place}"),
        (None, Some(now)) => format!("+ {place} = {}", value(now)),
        (Some(was), None) => format!("- {place} = {}", value(was)),
        (Some(was), Some(Value::Number(n))) if d.path.ends_with("run_job_task.job_id") && n.as_i64() == Some(0) => {
            format!("~ {place}: {} -> the new job", value(was))
        }
        (Some(was), Some(now)) => format!("~ {place}: {} -> {}", value(was), value(now)),
        (None, None) => place,
    }
}

fn value(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= LONGEST {
        return text;
    }
    format!("{}...", text.chars().take(LONGEST).collect::<String>())
}
