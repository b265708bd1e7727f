//! Quartz cron expressions and time zones, with the meaning that the platform gives them.

mod quartz;
mod zone;

pub use quartz::{Cron, CronError, from_unix};
pub use zone::{is_known_zone, zone_names};
