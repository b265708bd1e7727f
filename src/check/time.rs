//! Schedules and triggers of a job.

use super::messages;
use super::scope::Checker;
use crate::diag::nearest;
use crate::model::{Node, Object, Param};
use crate::source::Span;
use crate::time::{Cron, is_known_zone, zone_names};

impl Checker<'_> {
    /// Everything about when a job runs.
    pub fn times(&mut self, job: &Object, params: &[Param]) {
        let ways: Vec<&str> =
            ["schedule", "trigger", "continuous", "triggers"].into_iter().filter(|k| job.has(k)).collect();
        if let [first, second, ..] = ways.as_slice() {
            self.report(messages::two_triggers(job.key_span(second), second, job.key_span(first), first));
        }
        if let Some(first) = ways.first() {
            for param in params.iter().filter(|p| p.default.is_none()) {
                self.report(messages::param_without_default(param, job.key_span(first)));
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
            let same_city = names.iter().find(|n| {
                n.rsplit('/').next().is_some_and(|c| c.eq_ignore_ascii_case(zone.rsplit('/').next().unwrap_or(zone)))
            });
            let near = nearest(zone, names.iter().map(String::as_str)).or(same_city.map(String::as_str));
            self.report(messages::unknown_time_zone(node.span, zone, near));
        }
    }

    fn cron(&mut self, text: &str, span: Span) {
        if text.split_whitespace().count() == 5 {
            self.report(messages::unix_cron(span, text));
            return;
        }
        match Cron::parse(text) {
            Ok(cron) if !cron.can_fire() => {
                self.report(messages::never_fires(span));
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
                self.report(messages::bad_cron(place, error.message));
            }
        }
    }
}
