//! Fields of conditions and loops.

use super::PipelineFacts;
use crate::check::elaborate::StepSymbolKind;
use crate::check::messages;
use crate::diag::Diagnostics;
use crate::model::{Node, NodeKind, Step};
use crate::schema::{kind_of, refuses};

/// Reports fields that a condition or loop does not support.
pub fn check(facts: &PipelineFacts, out: &mut Diagnostics) {
    for step in facts.pipeline.pipeline.all_steps() {
        let declared = facts.pipeline.declaration(step).is_some();
        let symbol = facts.pipeline.scope.steps.get(&step.key).filter(|_| !declared);
        let (kind, what) = match (symbol.map(|s| s.kind), step.kind.key()) {
            (Some(StepSymbolKind::Condition), _) | (None, Some("condition_task")) => ("condition_task", "a condition"),
            (Some(StepSymbolKind::Loop), _) => ("for_each_task", "a loop"),
            (None, Some("for_each_task")) => ("for_each_task", "the outer task of a loop"),
            _ => continue,
        };
        for field in written(step) {
            if !declared && kind_of(field.field.key).is_some() {
                out.push(messages::kind_of_its_own(field.key, what, step.span));
            }
            if refuses(kind, field.field.key) && !field.value.as_ref().is_some_and(is_zero) {
                let what = if kind == "condition_task" { what } else { "the outer task of a loop" };
                out.push(messages::not_on_this_kind(what, field.key, field.field.key));
            }
        }
    }
}

/// Whether a value sets nothing. Exported jobs contain such values for every task.
fn is_zero(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Bool(b) => !b,
        NodeKind::Int(n) => *n == 0,
        NodeKind::List(items) => items.is_empty(),
        NodeKind::Map(entries) => entries.is_empty(),
        NodeKind::Object(object) => {
            object.unchecked.is_empty() && object.fields.iter().all(|f| f.value.as_ref().is_none_or(is_zero))
        }
        NodeKind::Num(_) | NodeKind::Text(_) | NodeKind::Hole(_) | NodeKind::Removed | NodeKind::Bad => false,
    }
}

/// The fields that the step itself sets, without `defaults`.
fn written(step: &Step) -> impl Iterator<Item = &crate::model::FieldValue> {
    step.settings.fields.iter().filter(|f| f.value.is_some() && step.settings.span.contains(f.key))
}
