//! Access-control lists of jobs.

use super::PipelineFacts;
use crate::check::messages;
use crate::diag::Diagnostics;
use crate::model::Node;
use crate::schema::key;

/// Reports a second owner, because a job has exactly one, and an owner that is a group.
pub fn check(facts: &PipelineFacts, out: &mut Diagnostics) {
    let settings = &facts.pipeline.pipeline.settings;
    let entries = settings.get(key::ACCESS_CONTROL_LIST).and_then(Node::as_list).unwrap_or_default();
    let mut owners =
        entries.iter().filter(|n| n.as_object().is_some_and(|o| o.str(key::PERMISSION_LEVEL) == Some("IS_OWNER")));
    for owner in owners.clone().filter_map(Node::as_object).filter(|o| o.has(key::GROUP_NAME)) {
        out.push(messages::group_as_owner(owner.key_span(key::GROUP_NAME)));
    }
    if let (Some(first), Some(second)) = (owners.next(), owners.next()) {
        out.push(messages::two_owners(first.span, second.span));
    }
}
