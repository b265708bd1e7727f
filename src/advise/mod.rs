//! Estimates the maximum cost of a job, and finds what makes it slow or expensive, from the payload and without a
//! workspace.
//!
//! Nothing is guessed: a step without a timeout has no limit, a node type without a price has no price, and both are
//! reported.

mod clusters;
mod cost;
mod prices;
mod shape;
mod tasks;

pub use cost::{ComputeCost, Cost, NOTHING, cost};
pub use prices::{BUILT_IN, CloudPrice, NodePrice, Prices};
pub use shape::{Suggestion, notes};
pub use tasks::{Assume, Tasks, TimedTask};

use crate::payload::Payload;

/// The average number of runs in a twelfth of a year, if the schedule defines it.
pub fn runs_per_month(job: Payload<'_>) -> Option<f64> {
    if let Some(cron) = job.cron() {
        return crate::time::Cron::parse(cron).ok().map(|c| c.per_month());
    }
    let (interval, unit) = job.periodic()?;
    let days = match unit {
        "HOURS" => interval / 24.0,
        "DAYS" => interval,
        "WEEKS" => interval * 7.0,
        _ => return None,
    };
    Some(365.25 / 12.0 / days)
}

/// The minimum hours between runs, if the schedule defines it.
pub fn shortest_gap(job: Payload<'_>) -> Option<f64> {
    match job.cron() {
        Some(cron) => crate::time::Cron::parse(cron).ok()?.shortest_gap(),
        None => runs_per_month(job).map(|n| 365.25 / 12.0 * 24.0 / n),
    }
}

/// Rounds to two significant digits; more would suggest false precision.
pub fn rounded(number: f64) -> String {
    with_two_digits(number, f64::round)
}

/// Rounds up to two significant digits.
pub fn rounded_up(number: f64) -> String {
    // Ignore floating-point noise.
    with_two_digits(number, |n| (n - 1e-9).ceil())
}

fn with_two_digits(number: f64, whole: impl Fn(f64) -> f64) -> String {
    if number == 0.0 || !number.is_finite() {
        return "0".to_owned();
    }
    let digits = number.abs().log10().floor() as i32;
    let unit = 10f64.powi(digits - 1);
    let value = whole(number / unit) * unit;
    let places = usize::try_from(1 - digits).unwrap_or(0);
    let text = format!("{value:.places$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn two_digits_count() {
        for (number, text) in
            [(0.0, "0"), (0.0123, "0.012"), (1.0, "1"), (9.96, "10"), (12.4, "12"), (1234.0, "1200"), (0.5, "0.5")]
        {
            assert_eq!(rounded(number), text);
        }
        for (number, text) in [(1.033, "1.1"), (12.01, "13"), (50.0, "50"), (0.1 + 0.2, "0.3"), (99.5, "100")] {
            assert_eq!(rounded_up(number), text);
        }
    }

    #[test]
    fn the_built_in_table_is_one() {
        let prices = Prices::parse(BUILT_IN).unwrap();
        let tables = crate::schema::ComputeTables::built_in();
        for name in prices.node.keys() {
            assert!(tables.node(name).is_some(), "{name} is a node type");
        }
        assert_eq!(prices.cloud.len(), 3);
    }

    #[test]
    fn schedules_have_runs_in_a_month() {
        let month = |schedule: Value| runs_per_month(Payload::of(&schedule)).map(|n| (n * 100.0).round() / 100.0);
        let cron = |text: &str| serde_json::json!({ "schedule": { "quartz_cron_expression": text } });
        assert_eq!(month(cron("0 0 2 * * ?")), Some(30.44));
        assert_eq!(month(cron("0 0 2 1 * ?")), Some(1.0));
        assert_eq!(month(cron("0 0/15 * * * ?")), Some(2922.0));
        assert_eq!(
            month(serde_json::json!({ "trigger": { "periodic": { "interval": 1, "unit": "WEEKS" } } })),
            Some(4.35)
        );
        assert_eq!(month(serde_json::json!({ "continuous": {} })), None);
    }
}
