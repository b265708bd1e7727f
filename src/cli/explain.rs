//! `pipec explain`.

use jiff::Timestamp;

use super::args::{Explain, SharedArgs};
use super::markdown::render;
use super::report::page_style;
use super::terminal::say;
use super::{Ended, Outcome, usage};
use crate::diag::{Code, closest_match, page};
use crate::time::{Cron, fires, from_unix, is_known_zone};

pub fn run(args: &Explain, shared: &SharedArgs) -> Ended {
    let what = args.what.trim();
    if let Some(code) = Code::from_id(what) {
        // Pages are built in, so they need no escaping.
        super::terminal::print_exact(&render(page(code), page_style(shared)));
        return Ok(Outcome::Done);
    }
    if what.split_whitespace().count() >= 5 {
        return cron(what, &args.zone);
    }
    let ids: Vec<&str> = Code::ALL.iter().map(|c| c.id()).collect();
    match closest_match(&what.to_uppercase(), ids) {
        Some(near) => Err(usage(format!("unknown code `{what}`; did you mean `{near}`?"))),
        None => Err(usage(format!("unknown code `{what}`; use a code such as E0102 or W0150"))),
    }
}

fn cron(text: &str, zone: &str) -> Ended {
    if !is_known_zone(zone) {
        return Err(usage(format!("unknown time zone `{zone}`")));
    }
    let parsed = match Cron::parse(text) {
        Ok(cron) => cron,
        Err(e) => {
            say!("pipec: {}", e.message);
            if let Some(quartz) = from_unix(text) {
                say!("use the Quartz expression `{quartz}`");
            }
            return Ok(Outcome::Errors);
        }
    };
    let Some(times) = fires(&parsed, zone, Timestamp::now().as_second(), 5) else {
        return Err(usage(format!("time zone `{zone}` is not supported; use an IANA name")));
    };
    if times.is_empty() {
        super::terminal::print(&format!("{text} in {zone} never fires again\n"));
        return Ok(Outcome::Done);
    }
    let lines: String = times.iter().map(|at| format!("  {at}\n")).collect();
    super::terminal::print(&format!("{text} in {zone} fires next at\n{lines}"));
    Ok(Outcome::Done)
}
