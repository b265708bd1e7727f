//! Required fields, exclusive groups, and the form of values, as the table defines them.

use super::PipelineFacts;
use crate::check::messages;
use crate::diag::Diagnostics;
use crate::model::{FieldValue, Node, NodeKind, Object};
use crate::schema::{CALL_PLACES, key, serverless_gpus};

/// Checks the fields of a pipeline, its steps and their calls.
pub fn check(facts: &PipelineFacts, out: &mut Diagnostics) {
    let pipeline = &facts.pipeline.pipeline;
    complete(&pipeline.settings, out);
    for step in pipeline.all_steps() {
        for fields in step.kind.call_fields() {
            let place = CALL_PLACES.iter().find(|p| p.block == fields.block);
            let said: Vec<&str> = place.iter().flat_map(|p| p.replaced_by_syntax).map(|(key, _)| *key).collect();
            clashes(fields, &said, out);
            complete_except(fields, &said, out);
        }
        if facts.pipeline.declaration(step).is_some() {
            clashes(&step.settings, &["task_key", step.kind.key().unwrap_or("task_key")], out);
        }
        complete_except(&step.settings, &["task_key"], out);
        let unchecked = step.settings.unchecked.iter().find(|u| u.key == key::DEPENDS_ON.name());
        if let (Some(unchecked), Some(first)) = (unchecked, step.depends_on.first()) {
            out.push(messages::there_already(unchecked, Some(first.span)));
        }
    }
}

/// Checks a merged object and everything below it.
pub fn complete(object: &Object, out: &mut Diagnostics) {
    complete_except(object, &[], out);
}

/// Like `complete`, without fields that the language adds.
fn complete_except(object: &Object, filled: &[&str], out: &mut Diagnostics) {
    for field in &object.fields {
        if let Some(node) = &field.value {
            complete_below(node, out);
        }
    }
    if filled.is_empty() {
        clashes(object, &[], out);
    }
    if object.is_part() {
        return;
    }
    let missing = object.missing(filled);
    if !missing.is_empty() {
        out.push(messages::missing_fields(object, &missing));
    }
    for group in object.missing_groups(filled) {
        out.push(messages::none_of(object, group.keys));
    }
    form(object, out);
}

/// Reports a field in `unchecked` that is also set or added.
fn clashes(object: &Object, filled: &[&str], out: &mut Diagnostics) {
    for unchecked in &object.unchecked {
        let written = object.entry_named(&unchecked.key).filter(|e| e.value.is_some());
        if written.is_some() || filled.contains(&unchecked.key.as_str()) {
            out.push(messages::there_already(unchecked, written.map(|e| e.key)));
        }
    }
}

pub fn complete_below(node: &Node, out: &mut Diagnostics) {
    match &node.kind {
        NodeKind::Object(o) => complete(o, out),
        NodeKind::List(l) => l.iter().for_each(|n| complete_below(n, out)),
        _ => {}
    }
}

/// Checks the form of the fields of one object: prefixes and suffixes of strings, minimum entries of lists,
/// multiples.
pub fn form(object: &Object, out: &mut Diagnostics) {
    for entry in &object.fields {
        let Some(node) = &entry.value else { continue };
        format(entry, node, out);
        entries(entry, node, out);
        multiple(object, entry, node, out);
    }
}

fn format(entry: &FieldValue, node: &Node, out: &mut Diagnostics) {
    if let (Some(format), Some(text)) = (&entry.field.format, node.as_str())
        && !format.matches(text)
    {
        out.push(messages::wrong_format(entry.field, format, node.span, text));
    }
}

/// The maximum number of entries is checked where the list is evaluated.
fn entries(entry: &FieldValue, node: &Node, out: &mut Diagnostics) {
    if let (Some(min), Some(list)) = (entry.field.min_items, node.as_list())
        && list.len() < min as usize
    {
        out.push(messages::wrong_number_of_entries(entry.field, node.span, list.len()));
    }
}

fn multiple(object: &Object, entry: &FieldValue, node: &Node, out: &mut Diagnostics) {
    if let (Some(member), Some(n)) =
        (entry.field.multiple_of.and_then(|key| object.get_named(key)).and_then(Node::as_str), node.as_int())
    {
        let count = serverless_gpus(member);
        if n <= 0 || n % i64::from(count) != 0 {
            out.push(messages::accelerator_count(node.span, member, count));
        }
    }
}
