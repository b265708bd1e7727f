//! Notifications that the platform never sends.

use super::PipelineFacts;
use crate::check::messages;
use crate::diag::Diagnostics;
use crate::model::{Node, Object};
use crate::schema::key;

/// Reports notifications about the duration of a run without a health rule that limits it.
pub fn check(facts: &PipelineFacts, out: &mut Diagnostics) {
    let pipeline = &facts.pipeline.pipeline;
    let steps = pipeline.all_steps().map(|s| &s.settings);
    for settings in std::iter::once(&pipeline.settings).chain(steps) {
        if settings.broken || !settings.unchecked.is_empty() || has_duration_rule(settings) {
            continue;
        }
        for block in [key::EMAIL_NOTIFICATIONS, key::WEBHOOK_NOTIFICATIONS] {
            let Some(block) = settings.get(block).and_then(Node::as_object) else { continue };
            let Some(entry) = block.entry(key::ON_DURATION_WARNING_THRESHOLD_EXCEEDED) else { continue };
            if entry.value.as_ref().and_then(Node::as_list).is_some_and(|receivers| !receivers.is_empty()) {
                out.push(messages::duration_without_rule(entry.key));
            }
        }
    }
}

fn has_duration_rule(settings: &Object) -> bool {
    let rules = settings.get(key::HEALTH).and_then(Node::as_object).and_then(|h| h.get(key::RULES));
    rules
        .and_then(Node::as_list)
        .unwrap_or_default()
        .iter()
        .any(|rule| rule.as_object().is_none_or(|r| r.str(key::METRIC).is_none_or(|m| m == "RUN_DURATION_SECONDS")))
}
