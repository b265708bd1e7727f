//! Quartz cron expressions with six fields, or seven with a year.
//!
//! The rules are those of Quartz's `CronExpression`. Exactly one of day-of-month and day-of-week is `?`. Days of the
//! week count from 1, Sunday. Ranges may wrap. `L`, `W`, `LW`, `L-3`, `6L` and `6#3` are allowed where Quartz allows
//! them.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

/// An error in an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CronError {
    /// What is wrong, and what is right.
    pub message: String,
    /// The start, in bytes of the expression.
    pub start: usize,
    /// The end, in bytes.
    pub end: usize,
}

/// A parsed expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    seconds: Vec<u16>,
    minutes: Vec<u16>,
    hours: Vec<u16>,
    days: Days,
    months: Vec<u16>,
    weekdays: Weekdays,
    years: Option<Vec<u16>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Days {
    Any,
    On(Vec<u16>),
    /// A number of days before the last of the month.
    FromLast(u16),
    /// The working day nearest to a day of the month.
    NearestWorkday(u16),
    LastWorkday,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Weekdays {
    Any,
    On(Vec<u16>),
    /// The last such weekday of the month.
    Last(u16),
    /// The n-th such weekday of the month.
    Nth(u16, u16),
}

struct FieldRule {
    name: &'static str,
    min: u16,
    max: u16,
    step: u16,
    names: &'static [&'static str],
}

const MONTHS: &[&str] = &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const RULES: [FieldRule; 7] = [
    FieldRule { name: "seconds", min: 0, max: 59, step: 59, names: &[] },
    FieldRule { name: "minutes", min: 0, max: 59, step: 59, names: &[] },
    FieldRule { name: "hours", min: 0, max: 23, step: 23, names: &[] },
    FieldRule { name: "day of month", min: 1, max: 31, step: 31, names: &[] },
    FieldRule { name: "month", min: 1, max: 12, step: 12, names: MONTHS },
    FieldRule { name: "day of week", min: 1, max: 7, step: 7, names: WEEKDAYS },
    FieldRule { name: "year", min: 1970, max: 2099, step: 129, names: &[] },
];

/// A field and its position.
#[derive(Clone, Copy)]
struct CronField<'a> {
    text: &'a str,
    at: usize,
}

impl CronField<'_> {
    fn error(&self, message: impl Into<String>) -> CronError {
        CronError { message: message.into(), start: self.at, end: self.at + self.text.len() }
    }
}

fn split(text: &str) -> Vec<CronField<'_>> {
    let base = text.as_ptr() as usize;
    text.split_whitespace().map(|word| CronField { text: word, at: word.as_ptr() as usize - base }).collect()
}

impl Cron {
    /// Parses an expression.
    ///
    /// # Errors
    /// The first error, with its position.
    pub fn parse(text: &str) -> Result<Cron, CronError> {
        let parts = split(text);
        let whole = CronField { text, at: 0 };
        let (seconds, minutes, hours, day, month, weekday, year) = match parts.as_slice() {
            [s, m, h, d, mo, w] => (s, m, h, d, mo, w, None),
            [s, m, h, d, mo, w, y] => (s, m, h, d, mo, w, Some(y)),
            other => {
                return Err(
                    whole.error(format!("cron expression has {} fields; Quartz requires 6 or 7 fields", other.len()))
                );
            }
        };
        let [s_rule, m_rule, h_rule, d_rule, mo_rule, w_rule, y_rule] = &RULES;
        let cron = Cron {
            seconds: list(seconds, s_rule)?,
            minutes: list(minutes, m_rule)?,
            hours: list(hours, h_rule)?,
            days: days(day, d_rule)?,
            months: list(month, mo_rule)?,
            weekdays: weekdays(weekday, w_rule)?,
            years: year.filter(|y| y.text != "*").map(|y| list(y, y_rule)).transpose()?,
        };
        let both = CronField { text: text.get(day.at..weekday.at + weekday.text.len()).unwrap_or(text), at: day.at };
        match (&cron.days, &cron.weekdays) {
            (Days::Any, Weekdays::Any) => {
                Err(both.error("either day of month or day of week must be set; use `*` and `?` for every day"))
            }
            (Days::Any, _) | (_, Weekdays::Any) => Ok(cron),
            _ => Err(both.error("exactly one of day of month and day of week must be `?`")),
        }
    }

    fn matches(&self, date: Date) -> bool {
        if !self.months.contains(&(date.month() as u16))
            || self.years.as_ref().is_some_and(|y| !y.contains(&(date.year() as u16)))
        {
            return false;
        }
        let day = date.day() as u16;
        let last = date.days_in_month() as u16;
        let by_day = match &self.days {
            Days::Any => true,
            Days::On(days) => days.contains(&day),
            Days::FromLast(n) => last > *n && day == last - n,
            Days::LastWorkday => workday_near(date, last) == Some(day),
            Days::NearestWorkday(n) => workday_near(date, (*n).min(last)) == Some(day),
        };
        let weekday = sunday_one(date.weekday());
        let by_weekday = match &self.weekdays {
            Weekdays::Any => true,
            Weekdays::On(days) => days.contains(&weekday),
            Weekdays::Last(n) => weekday == *n && day + 7 > last,
            Weekdays::Nth(n, nth) => weekday == *n && (day - 1) / 7 + 1 == *nth,
        };
        by_day && by_weekday
    }

    /// Whether any day matches.
    pub fn can_fire(&self) -> bool {
        // The calendar repeats after 28 years, between 1972 and 2099.
        let years: Vec<i16> = match &self.years {
            Some(years) => years.iter().map(|y| *y as i16).collect(),
            None => (2000..2028).collect(),
        };
        years.iter().any(|year| {
            let Ok(first) = Date::new(*year, 1, 1) else { return false };
            first.series(1.day()).take(first.days_in_year() as usize).any(|d| self.matches(d))
        })
    }

    /// The average number of fire times in a twelfth of a year, ignoring the year field.
    pub fn per_month(&self) -> f64 {
        let any_year = Cron { years: None, ..self.clone() };
        // The calendar repeats after 28 years.
        let days = Date::new(2000, 1, 1).map_or(0, |first| {
            first.series(1.day()).take_while(|d| d.year() < 2028).filter(|d| any_year.matches(*d)).count()
        });
        let in_a_day = self.hours.len() * self.minutes.len() * self.seconds.len();
        days as f64 * in_a_day as f64 / (28.0 * 12.0)
    }

    /// The minimum hours between fire times, as far as several hundred of them show. Ignores the year field.
    pub fn shortest_gap(&self) -> Option<f64> {
        let any_year = Cron { years: None, ..self.clone() };
        let from = Date::new(2026, 1, 1).ok()?.to_zoned(TimeZone::UTC).ok()?;
        let times = any_year.next_after(&from, 400);
        let gaps = times.windows(2).filter_map(|w| match w {
            [a, b] => Some((b.timestamp().as_second() - a.timestamp().as_second()) as f64 / 3600.0),
            _ => None,
        });
        gaps.reduce(f64::min)
    }

    /// The next fire times after a moment, at most `count`, in its zone. A time that is skipped in spring fires at
    /// the later clock time.
    pub fn next_after(&self, after: &Zoned, count: usize) -> Vec<Zoned> {
        let mut out = Vec::new();
        let zone: TimeZone = after.time_zone().clone();
        for date in after.date().series(1.day()) {
            if date.year() > 2099 || out.len() >= count {
                break;
            }
            if !self.matches(date) {
                continue;
            }
            for hour in &self.hours {
                for minute in &self.minutes {
                    for second in &self.seconds {
                        let Ok(time) = jiff::civil::Time::new(*hour as i8, *minute as i8, *second as i8, 0) else {
                            continue;
                        };
                        if let Ok(at) = DateTime::from_parts(date, time).to_zoned(zone.clone())
                            && at > *after
                            && out.last() != Some(&at)
                        {
                            out.push(at);
                            if out.len() >= count {
                                return out;
                            }
                        }
                    }
                }
            }
        }
        out
    }
}

fn sunday_one(day: Weekday) -> u16 {
    day.to_sunday_one_offset() as u16
}

/// The working day of the month nearest to day `n`.
fn workday_near(date: Date, n: u16) -> Option<u16> {
    let last = date.days_in_month() as u16;
    let at = Date::new(date.year(), date.month(), n as i8).ok()?;
    Some(match at.weekday() {
        Weekday::Saturday if n == 1 => 3,
        Weekday::Saturday => n - 1,
        Weekday::Sunday if n == last => n - 2,
        Weekday::Sunday => n + 1,
        _ => n,
    })
}

fn number(part: &CronField<'_>, text: &str, rule: &FieldRule) -> Result<u16, CronError> {
    if let Some(i) = rule.names.iter().position(|n| n.eq_ignore_ascii_case(text)) {
        return Ok(i as u16 + 1);
    }
    match text.parse::<u16>() {
        Ok(n) if (rule.min..=rule.max).contains(&n) => Ok(n),
        Ok(n) => Err(part.error(format!("{n} is out of range: {} must be {} to {}", rule.name, rule.min, rule.max))),
        Err(_) if text == "?" => {
            Err(part.error(format!("`?` is not allowed in {}, only in one of the two day fields", rule.name)))
        }
        Err(_) => Err(part.error(format!("invalid {} `{text}`", rule.name))),
    }
}

/// Lists, ranges and steps of one field.
fn list(part: &CronField<'_>, rule: &FieldRule) -> Result<Vec<u16>, CronError> {
    let mut out = Vec::new();
    for item in part.text.split(',') {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => {
                let n: u16 = step.parse().map_err(|_| part.error(format!("invalid step `{step}`")))?;
                if n == 0 || n > rule.step {
                    return Err(part.error(format!("step of {} must be 1 to {}", rule.name, rule.step)));
                }
                (range, Some(n))
            }
            None => (item, None),
        };
        let (low, high) = match range.split_once('-') {
            Some((a, b)) => (number(part, a, rule)?, number(part, b, rule)?),
            None if range == "*" || (range.is_empty() && step.is_some()) => (rule.min, rule.max),
            None => {
                let n = number(part, range, rule)?;
                (n, if step.is_some() { rule.max } else { n })
            }
        };
        if high < low && rule.min == 1970 {
            return Err(part.error("range of years must be ascending"));
        }
        let span = if high >= low { high - low } else { high + (rule.max - rule.min + 1) - low };
        let mut at = 0;
        while at <= span {
            out.push((low - rule.min + at) % (rule.max - rule.min + 1) + rule.min);
            at += step.unwrap_or(1);
        }
    }
    out.sort_unstable();
    out.dedup();
    Ok(out)
}

fn days(part: &CronField<'_>, rule: &FieldRule) -> Result<Days, CronError> {
    let text = part.text.to_ascii_uppercase();
    if text == "?" {
        return Ok(Days::Any);
    }
    if text == "L" {
        return Ok(Days::FromLast(0));
    }
    if text == "LW" {
        return Ok(Days::LastWorkday);
    }
    if let Some(n) = text.strip_prefix("L-") {
        let n: u16 = n.parse().map_err(|_| part.error(format!("invalid number of days `{n}`")))?;
        if n > 30 {
            return Err(part.error("offset from the last day must be at most 30"));
        }
        return Ok(Days::FromLast(n));
    }
    if let Some(n) = text.strip_suffix('W') {
        return Ok(Days::NearestWorkday(number(part, n, rule)?));
    }
    if text.contains('L') || text.contains('W') {
        return Err(part.error("`L` and `W` cannot be combined with other values; use `L`, `LW`, `L-3` or `15W`"));
    }
    Ok(Days::On(list(part, rule)?))
}

fn weekdays(part: &CronField<'_>, rule: &FieldRule) -> Result<Weekdays, CronError> {
    let text = part.text.to_ascii_uppercase();
    if text == "?" {
        return Ok(Weekdays::Any);
    }
    if text == "L" {
        return Ok(Weekdays::On(vec![7]));
    }
    if let Some((day, nth)) = text.split_once('#') {
        let nth: u16 = nth
            .parse()
            .ok()
            .filter(|n| (1..=5).contains(n))
            .ok_or_else(|| part.error("occurrence in the month must be 1 to 5"))?;
        return Ok(Weekdays::Nth(number(part, day, rule)?, nth));
    }
    if let Some(day) = text.strip_suffix('L').filter(|d| !d.contains(',')) {
        return Ok(Weekdays::Last(number(part, day, rule)?));
    }
    if text == "0" {
        return Err(part.error("day of week must be 1 (Sunday) to 7 (Saturday), or a name such as MON"));
    }
    Ok(Weekdays::On(list(part, rule)?))
}

/// The names of months and weekdays.
pub fn cron_names() -> impl Iterator<Item = &'static str> {
    MONTHS.iter().chain(WEEKDAYS).copied()
}

/// The Quartz form of a word that Unix has instead of an expression, such as `@daily`.
pub fn macro_of_unix(text: &str) -> Option<&'static str> {
    Some(match text.trim_start_matches('@').to_ascii_lowercase().as_str() {
        "hourly" => "0 0 * * * ?",
        "daily" | "midnight" => "0 0 0 * * ?",
        "weekly" => "0 0 0 ? * SUN",
        "monthly" => "0 0 0 1 * ?",
        "yearly" | "annually" => "0 0 0 1 1 ?",
        _ => return None,
    })
}

/// The Quartz form of a five-field Unix expression, if it has one.
///
/// `None` if both day fields are restricted: Unix combines them with "or", which Quartz cannot express.
pub fn from_unix(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [minute, hour, day, month, weekday] = words.as_slice() else { return None };
    let (day, weekday) = match (*day, *weekday) {
        (day, "*" | "?") => (day.to_owned(), "?".to_owned()),
        ("*" | "?", weekday) => ("?".to_owned(), unix_weekday(weekday)?),
        _ => return None,
    };
    let quartz = format!("0 {minute} {hour} {day} {month} {weekday}");
    Cron::parse(&quartz).ok().map(|_| quartz)
}

/// Converts weekdays that count from 0, Sunday, to those that count from 1.
fn unix_weekday(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut digits = String::new();
    let mut step = false;
    for c in text.chars().chain(std::iter::once('\0')) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if !digits.is_empty() {
            let n: u16 = digits.parse().ok()?;
            out.push_str(&if step { n } else { n % 7 + 1 }.to_string());
            digits.clear();
        }
        step = c == '/';
        if c != '\0' {
            out.push(c);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(text: &str, from: &str, n: usize) -> Vec<String> {
        let from: Zoned = from.parse().unwrap();
        Cron::parse(text)
            .unwrap()
            .next_after(&from, n)
            .iter()
            .map(|z| z.strftime("%Y-%m-%d %H:%M:%S").to_string())
            .collect()
    }

    #[test]
    fn fire_times_are_those_of_quartz() {
        let from = "2026-11-22T12:00:00[UTC]";
        assert_eq!(next("0 0 2 * * ?", from, 2), ["2026-11-23 02:00:00", "2026-11-24 02:00:00"]);
        assert_eq!(next("0 15 10 ? * 6L", from, 1), ["2026-11-27 10:15:00"]);
        assert_eq!(next("0 15 10 ? * 6#3", from, 1), ["2026-12-18 10:15:00"]);
        assert_eq!(next("0 0 12 L * ?", from, 2), ["2026-11-30 12:00:00", "2026-12-31 12:00:00"]);
        assert_eq!(next("0 0 12 15W * ?", from, 2), ["2026-12-15 12:00:00", "2027-01-15 12:00:00"]);
        assert_eq!(
            next("0 0 22-2/2 ? * MON-FRI", from, 3),
            ["2026-11-23 00:00:00", "2026-11-23 02:00:00", "2026-11-23 22:00:00"]
        );
        assert_eq!(next("0 0/20 * * * ?", from, 2), ["2026-11-22 12:20:00", "2026-11-22 12:40:00"]);
    }

    #[test]
    fn a_time_left_out_in_spring_fires_later() {
        assert_eq!(next("0 30 2 29 3 ?", "2026-03-28T12:00:00[Europe/Berlin]", 1), ["2026-03-29 03:30:00"]);
    }

    #[test]
    fn mistakes_have_a_place() {
        let error = |t: &str| Cron::parse(t).unwrap_err();
        assert_eq!((error("0 61 2 * * ?").start, error("0 61 2 * * ?").end), (2, 4));
        assert!(error("*/5 * * * *").message.contains("6 or 7 fields"));
        assert!(error("0 0 2 * * *").message.contains("must be `?`"));
        assert!(error("0 0 2 ? * ?").message.contains("must be set"));
        assert!(error("0 0 2 ? * 0").message.contains("1 (Sunday)"));
        assert!(error("0 0 2 ? * MON#6").message.contains("1 to 5"));
    }

    #[test]
    fn unix_expressions_have_a_quartz_form() {
        assert_eq!(from_unix("*/5 * * * *").as_deref(), Some("0 */5 * * * ?"));
        assert_eq!(from_unix("0 6 * * 1-5").as_deref(), Some("0 0 6 ? * 2-6"));
        assert_eq!(from_unix("0 6 * * 0,6").as_deref(), Some("0 0 6 ? * 1,7"));
        assert_eq!(from_unix("0 6 1 * 1"), None);
    }

    #[test]
    fn impossible_days_never_fire() {
        assert!(!Cron::parse("0 0 0 30 2 ?").unwrap().can_fire());
        assert!(Cron::parse("0 0 0 29 2 ?").unwrap().can_fire());
        assert!(!Cron::parse("0 0 0 29 2 ? 2026").unwrap().can_fire());
    }
}
