//! Schedules and triggers of a job.

use super::scope::Checker;
use crate::diag::{Code, Diagnostic, nearest};
use crate::model::{Node, Object, Param};
use crate::source::Span;
use crate::time::{Cron, from_unix, is_known_zone, zone_names};

impl Checker<'_> {
    /// Everything about when a job runs.
    pub fn times(&mut self, job: &Object, params: &[Param]) {
        let ways: Vec<&str> =
            ["schedule", "trigger", "continuous", "triggers"].into_iter().filter(|k| job.has(k)).collect();
        if let [first, second, ..] = ways.as_slice() {
            let d = Diagnostic::new(
                Code::TwoTriggers,
                job.key_span(second),
                format!("`{first}` and `{second}` exclude each other"),
            );
            self.report(
                d.also(job.key_span(first), "the other way to start the job")
                    .help("keep one; several triggers together stand in `triggers`"),
            );
        }
        if let Some(first) = ways.first() {
            for param in params.iter().filter(|p| p.default.is_none()) {
                let d = Diagnostic::new(
                    Code::ParamWithoutDefault,
                    param.span,
                    format!("the param `{}` has no default", param.name),
                );
                let d = d.also(job.key_span(first), "nobody is there to give it when this starts the job");
                self.report(d.help(format!("add one: `param {}: {} = ...`", param.name, param.ty)));
            }
        }
        if let Some(schedule) = job.get("schedule").and_then(Node::as_object) {
            self.schedule(schedule);
        }
        for trigger in job.get("triggers").and_then(Node::as_list).unwrap_or_default() {
            if let Some(schedule) = trigger.as_object().and_then(|t| t.get("schedule")).and_then(Node::as_object) {
                self.schedule(schedule);
            }
        }
    }

    fn schedule(&mut self, schedule: &Object) {
        if let Some(node) = schedule.get("quartz_cron_expression")
            && let Some(text) = node.as_str()
        {
            self.cron(text, node.span);
        }
        if let Some(node) = schedule.get("timezone_id")
            && let Some(zone) = node.as_str()
            && !is_known_zone(zone)
        {
            let names = zone_names();
            let d = Diagnostic::new(Code::UnknownTimeZone, node.span, format!("there is no time zone `{zone}`"));
            let same_city = names.iter().find(|n| {
                n.rsplit('/').next().is_some_and(|c| c.eq_ignore_ascii_case(zone.rsplit('/').next().unwrap_or(zone)))
            });
            let near = nearest(zone, names.iter().map(String::as_str)).or(same_city.map(String::as_str));
            self.report(match near {
                Some(near) => d
                    .help(format!("did you mean `{near}`?"))
                    .suggestion(format!("use `{near}`"), vec![(node.span, format!("\"{near}\""))]),
                None => d.help("use an IANA name such as `Europe/Berlin` or `UTC`"),
            });
        }
    }

    fn cron(&mut self, text: &str, span: Span) {
        if text.split_whitespace().count() == 5 {
            let d = Diagnostic::new(
                Code::UnixCron,
                span,
                "this is a Unix cron expression with five fields; Quartz has six or seven",
            );
            self.report(match from_unix(text) {
                Some(quartz) => d
                    .help(format!("the same in Quartz is `{quartz}`"))
                    .suggestion("write it for Quartz", vec![(span, format!("\"{quartz}\""))]),
                None => d.help("Quartz begins with seconds, and one of the two day fields is `?`"),
            });
            return;
        }
        match Cron::parse(text) {
            Ok(cron) if !cron.can_fire() => {
                let d = Diagnostic::new(Code::NeverFires, span, "no day of the calendar matches this expression");
                self.report(d.help("look at day of month, month and year together"));
            }
            Ok(_) => {}
            Err(error) => {
                // The place inside the quotes, where the text is written as it is.
                let written = self.sources.slice(span);
                let place = match written.find(text) {
                    Some(at) => {
                        let start = span.start + (at + error.start) as u32;
                        Span { start, end: start + (error.end - error.start) as u32, ..span }
                    }
                    None => span,
                };
                let d = Diagnostic::new(Code::BadCron, place, error.message);
                self.report(d.help("the fields are: seconds minutes hours day-of-month month day-of-week [year]; such as `0 0 2 * * ?`"));
            }
        }
    }
}
