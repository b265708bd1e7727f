//! Limits of the service.

use super::PipelineFacts;
use crate::check::messages;
use crate::diag::Diagnostics;
use crate::model::Param;
use crate::schema::{JOB, MAX_TASKS, key};
use crate::syntax::ast::DeclKind;

/// Checks sizes and counts, and reports list fields that declarations also fill.
pub fn check(facts: &PipelineFacts, out: &mut Diagnostics) {
    let (pipeline, scope) = (&facts.pipeline.pipeline, &facts.pipeline.scope);
    for (key, declared) in [
        (key::TASKS, !pipeline.steps.is_empty()),
        (key::PARAMETERS, !pipeline.params.is_empty()),
        (key::JOB_CLUSTERS, scope.computes.iter().any(|d| d.kind == DeclKind::Cluster)),
        (key::ENVIRONMENTS, scope.computes.iter().any(|d| d.kind == DeclKind::Environment)),
    ] {
        if pipeline.settings.has(key) && declared {
            out.push(messages::declared_elsewhere(pipeline.settings.key_span(key), key.name()));
        }
    }
    if scope.tasks > MAX_TASKS {
        out.push(messages::too_many_tasks(pipeline.span, scope.tasks));
    }
    let most = JOB.row(key::ENVIRONMENTS).and_then(|f| f.max_items);
    if let Some(most) = most.filter(|most| pipeline.environments.len() > *most as usize) {
        out.push(messages::too_many_environments(pipeline.span, pipeline.environments.len(), most));
    }
    // The size as JSON, including quotes, braces and field names.
    let size = |p: &Param| p.name.len() + p.default.as_ref().map_or(0, |d| d.to_string().len()) + 24;
    let params = 2 + pipeline.params.iter().map(size).sum::<usize>();
    let most = JOB.row(key::PARAMETERS).and_then(|f| f.max_len);
    if let Some(most) = most.filter(|most| params > *most as usize) {
        out.push(messages::params_too_long(pipeline.span, params, most));
    }
}
