//! Quartz cron expressions and time zones, with the meaning that the platform gives them.

mod fires;
mod quartz;
mod zone;

pub use fires::fires;
pub use quartz::{Cron, CronError, from_unix};
pub use zone::{is_known_zone, zone_names};

/// Whether a text is a day as Python's `date.fromisoformat` takes it: `2026-11-22`.
pub fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

/// Whether a text is a moment as Python's `datetime.fromisoformat` takes it: `2026-11-22T10:00:00`, perhaps with an offset.
pub fn is_datetime(text: &str) -> bool {
    text.parse::<jiff::civil::DateTime>().is_ok() || text.parse::<jiff::Timestamp>().is_ok()
}
