//! Commands of dbt steps.

use super::PipelineFacts;
use crate::check::messages;
use crate::diag::Diagnostics;
use crate::model::{FileKind, Node, StepKind};
use crate::schema::{DBT_TASK, key};
use crate::syntax::ast::Decl;

/// Checks that there are one to ten commands, each starting with `dbt`.
pub fn check(facts: &PipelineFacts, out: &mut Diagnostics) {
    for step in facts.pipeline.pipeline.all_steps() {
        if let Some(task) = step.settings.get_named(FileKind::Dbt.task_key()).and_then(Node::as_object) {
            let commands = task.get(key::COMMANDS).and_then(Node::as_list).unwrap_or_default();
            for command in commands.iter().filter(|c| c.as_str().is_some_and(|t| !is_dbt_command(t))) {
                out.push(messages::not_a_dbt_command(command.span));
            }
        }
        let StepKind::File(call) = &step.kind else { continue };
        if call.kind != FileKind::Dbt {
            continue;
        }
        let written = facts.pipeline.declaration(step).and_then(Decl::call);
        if let Some(written) = written.filter(|c| c.arguments.is_empty()) {
            out.push(messages::no_dbt_commands(written.callee_span));
        }
        for command in &call.arguments {
            if command.value.as_str().is_some_and(|t| !is_dbt_command(t)) {
                out.push(messages::not_a_dbt_command(command.span));
            }
        }
        let most = DBT_TASK.row(key::COMMANDS).and_then(|f| f.max_items).unwrap_or(u32::MAX);
        if let Some(over) = call.arguments.get(most as usize) {
            out.push(messages::too_many_dbt_commands(over.span, most));
        }
    }
}

fn is_dbt_command(text: &str) -> bool {
    text.split_whitespace().next().unwrap_or_default() == "dbt"
}
