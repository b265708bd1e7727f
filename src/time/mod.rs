//! Quartz cron expressions and time zones, as the platform interprets them.

mod fires;
mod quartz;
mod zone;

pub use fires::fires;
pub use quartz::{Cron, CronError, cron_names, from_unix, macro_of_unix};
pub use zone::{is_known_zone, zone_names};

/// Whether a text is a date for Python's `date.fromisoformat`: `2026-11-22`.
pub fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

/// Whether a text is a datetime for Python's `datetime.fromisoformat`: `2026-11-22T10:00:00`, with an optional
/// offset.
pub fn is_datetime(text: &str) -> bool {
    text.parse::<jiff::civil::DateTime>().is_ok() || text.parse::<jiff::Timestamp>().is_ok()
}
