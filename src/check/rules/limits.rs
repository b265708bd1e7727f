//! How much a job may have.

use super::PipelineFacts;
use crate::check::messages;
use crate::diag::Diagnostics;
use crate::model::Param;
use crate::schema::MAX_TASKS;
use crate::syntax::ast::DeclKind;

/// Environments that a job may have.
const MAX_ENVIRONMENTS: usize = 10;
/// Characters that the params of a job may have together.
const MAX_PARAMS: usize = 10_000;

/// The limits of the service, and lists that declarations fill.
pub fn check(facts: &PipelineFacts, out: &mut Diagnostics) {
    let (pipeline, scope) = (&facts.pipeline.pipeline, &facts.pipeline.scope);
    for (key, declared) in [
        ("tasks", !pipeline.steps.is_empty()),
        ("parameters", !pipeline.params.is_empty()),
        ("job_clusters", scope.computes.iter().any(|d| d.kind == DeclKind::Cluster)),
        ("environments", scope.computes.iter().any(|d| d.kind == DeclKind::Environment)),
    ] {
        if pipeline.settings.has(key) && declared {
            out.push(messages::declared_elsewhere(pipeline.settings.key_span(key), key));
        }
    }
    if scope.tasks > MAX_TASKS {
        out.push(messages::too_many_tasks(pipeline.span, scope.tasks));
    }
    if pipeline.environments.len() > MAX_ENVIRONMENTS {
        out.push(messages::too_many_environments(pipeline.span, pipeline.environments.len()));
    }
    // As JSON, with quotes, braces and the names of two fields for each.
    let size = |p: &Param| p.name.len() + p.default.as_ref().map_or(0, |d| d.to_string().len()) + 24;
    let params = 2 + pipeline.params.iter().map(size).sum::<usize>();
    if params > MAX_PARAMS {
        out.push(messages::params_too_long(pipeline.span, params));
    }
}
