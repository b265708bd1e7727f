//! Schedules and triggers.

use super::PipelineFacts;
use crate::check::constants::table_parts;
use crate::check::messages;
use crate::diag::{Diagnostics, closest_match};
use crate::model::{Node, Object};
use crate::schema::{FieldKey, key};
use crate::source::Span;
use crate::time::{Cron, CronError, cron_names, is_known_zone, macro_of_unix, zone_names};

/// Checks schedules and triggers, and that an automatically started job has a default for each parameter.
pub fn check(facts: &PipelineFacts, out: &mut Diagnostics) {
    let (job, params) = (&facts.pipeline.pipeline.settings, &facts.pipeline.pipeline.params);
    let ways: Vec<FieldKey> =
        [key::SCHEDULE, key::TRIGGER, key::CONTINUOUS, key::TRIGGERS].into_iter().filter(|k| job.has(*k)).collect();
    if let [first, second, ..] = ways.as_slice() {
        out.push(messages::two_triggers(job.key_span(*second), second.name(), job.key_span(*first), first.name()));
    }
    if let Some(first) = ways.first() {
        for param in params.iter().filter(|p| !p.has_default) {
            out.push(messages::param_without_default(param, job.key_span(*first)));
        }
    }
    if let Some(schedule) = job.get(key::SCHEDULE).and_then(Node::as_object) {
        check_schedule(facts, schedule, out);
    }
    let several = job.get(key::TRIGGERS).and_then(Node::as_list).unwrap_or_default();
    for trigger in job.get(key::TRIGGER).into_iter().chain(several).filter_map(Node::as_object) {
        tables(trigger, out);
        if let Some(schedule) = trigger.get(key::SCHEDULE).and_then(Node::as_object) {
            check_schedule(facts, schedule, out);
        }
    }
}

/// Checks the names of tables: the platform requires the full name.
fn tables(trigger: &Object, out: &mut Diagnostics) {
    let update = trigger.get(key::TABLE_UPDATE).and_then(Node::as_object);
    let names = update.and_then(|u| u.get(key::TABLE_NAMES)).and_then(Node::as_list).unwrap_or_default();
    for name in names {
        if let Some(text) = name.as_str().filter(|t| table_parts(t) != 3) {
            out.push(messages::not_a_full_table_name(name.span, text));
        }
    }
}

fn check_schedule(facts: &PipelineFacts, schedule: &Object, out: &mut Diagnostics) {
    if let Some(node) = schedule.get(key::QUARTZ_CRON_EXPRESSION)
        && let Some(text) = node.as_str()
    {
        cron(facts, text, node.span, out);
    }
    if let Some(node) = schedule.get(key::TIMEZONE_ID)
        && let Some(zone) = node.as_str()
        && !is_known_zone(zone)
    {
        let names = zone_names();
        let same_city = names.iter().find(|n| {
            n.rsplit('/').next().is_some_and(|c| c.eq_ignore_ascii_case(zone.rsplit('/').next().unwrap_or(zone)))
        });
        let near = closest_match(zone, names.iter().map(String::as_str)).or(same_city.map(String::as_str));
        out.push(messages::unknown_time_zone(node.span, zone, near));
    }
}

/// The expression that was probably meant.
fn meant(text: &str, error: &CronError) -> Option<String> {
    if let Some(quartz) = macro_of_unix(text) {
        return Some(quartz.to_owned());
    }
    let part = text.get(error.start..error.end)?;
    let words = part.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    let mut mended = text.to_owned();
    for word in words {
        if let Some(near) = closest_match(word, cron_names()) {
            mended = mended.replace(word, near);
        }
    }
    Cron::parse(&mended).is_ok().then_some(mended)
}

fn cron(facts: &PipelineFacts, text: &str, span: Span, out: &mut Diagnostics) {
    if text.split_whitespace().count() == 5 {
        out.push(messages::unix_cron(span, text));
        return;
    }
    match Cron::parse(text) {
        Ok(cron) if !cron.can_fire() => {
            out.push(messages::never_fires(span));
        }
        Ok(_) => {}
        Err(error) => {
            // The span inside the quotes, if the string has no escapes.
            let written = facts.cx.sources.slice(span);
            let place = match written.find(text) {
                Some(at) => {
                    let start = span.start + (at + error.start) as u32;
                    Span { start, end: start + (error.end - error.start) as u32, ..span }
                }
                None => span,
            };
            let meant = meant(text, &error);
            out.push(messages::bad_cron(place, error.message, span, meant.as_deref()));
        }
    }
}
