//! Next fire times, for display.

use jiff::Timestamp;

use super::Cron;

/// The next fire times in a zone, at most `count`, such as `Mon 2026-11-23 02:00:00 CET`. `now` is in seconds since
/// 1970.
///
/// `None` for an unknown zone.
pub fn fires(cron: &Cron, zone: &str, now: i64, count: usize) -> Option<Vec<String>> {
    let now = Timestamp::from_second(now).ok()?.in_tz(zone).ok()?;
    Some(cron.next_after(&now, count).iter().map(|at| at.strftime("%a %Y-%m-%d %H:%M:%S %Z").to_string()).collect())
}
