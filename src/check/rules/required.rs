//! What must be there: required fields, and one of several.

use super::PipelineFacts;
use crate::check::messages;
use crate::diag::Diagnostics;
use crate::model::{Node, NodeKind, Object};
use crate::schema::CALL_PLACES;

/// The fields of a pipeline, of its steps and of their calls.
pub fn check(facts: &PipelineFacts, out: &mut Diagnostics) {
    let pipeline = &facts.pipeline.pipeline;
    complete(&pipeline.settings, out);
    for step in pipeline.all_steps() {
        for fields in step.kind.call_fields() {
            let place = CALL_PLACES.iter().find(|p| p.block == fields.block);
            let said: Vec<&str> = place.iter().flat_map(|p| p.spelled).map(|(key, _)| *key).collect();
            clashes(fields, &said, out);
            complete_except(fields, &said, out);
        }
        if facts.pipeline.declaration(step).is_some() {
            clashes(&step.settings, &["task_key", step.kind.key().unwrap_or("task_key")], out);
        }
        complete_except(&step.settings, &["task_key"], out);
        let unchecked = step.settings.unchecked.iter().find(|u| u.key == "depends_on");
        if let (Some(unchecked), Some(first)) = (unchecked, step.depends_on.first()) {
            out.push(messages::there_already(unchecked, Some(first.span)));
        }
    }
}

/// Checks a merged object and all below it.
pub fn complete(object: &Object, out: &mut Diagnostics) {
    complete_except(object, &[], out);
}

/// The same, without the fields that the language fills in.
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
    format(object, out);
}

/// Reports an unchecked field that is written, or filled in, as well.
fn clashes(object: &Object, filled: &[&str], out: &mut Diagnostics) {
    for unchecked in &object.unchecked {
        let key = unchecked.key.as_str();
        if object.has(key) || filled.contains(&key) {
            out.push(messages::there_already(unchecked, object.has(key).then(|| object.key_span(key))));
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

/// Texts whose form the service checks.
fn format(object: &Object, out: &mut Diagnostics) {
    if object.block.name == "FileArrivalTriggerConfiguration"
        && let Some(node) = object.get("url")
        && let Some(url) = node.as_str()
        && !url.ends_with('/')
    {
        out.push(messages::watch_a_folder(node.span, url));
    }
    if object.block.name == "AlertTask"
        && let Some(node) = object.get("workspace_path")
        && let Some(path) = node.as_str()
        && !path.starts_with("/Workspace")
    {
        out.push(messages::alert_path(node.span));
    }
    if object.block.name == "ComputeSpec"
        && let (Some(kind), Some(count)) = (object.str("accelerator_type"), object.get("accelerator_count"))
        && let Some(n) = count.as_int()
    {
        let per_node: i64 =
            kind.strip_prefix("GPU_").and_then(|k| k.split('x').next()).and_then(|n| n.parse().ok()).unwrap_or(1);
        if n <= 0 || n % per_node != 0 {
            out.push(messages::accelerator_count(count.span, kind, per_node));
        }
    }
    if object.block.name == "DbtTask"
        && let Some(node) = object.get("commands")
        && node.as_list().is_some_and(<[Node]>::is_empty)
    {
        out.push(messages::no_dbt_command(node.span));
    }
    if object.block.name == "AiRuntimeTask"
        && let Some(node) = object.get("deployments")
        && node.as_list().is_some_and(|l| l.len() != 1)
    {
        out.push(messages::one_deployment(node.span));
    }
}
