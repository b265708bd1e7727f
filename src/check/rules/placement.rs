//! Compute of steps: whether their kind can run on it.

use super::PipelineFacts;
use crate::check::elaborate::on_warehouse;
use crate::check::messages;
use crate::diag::Diagnostics;
use crate::model::{Compute, Node, Step};
use crate::schema::{COMPUTE_FIELDS, RunsOn, key, kind_of};
use crate::syntax::ast::{Decl, DeclKind};

/// Checks that each step has compute that its kind supports.
pub fn check(facts: &PipelineFacts, out: &mut Diagnostics) {
    for step in facts.pipeline.pipeline.all_steps().filter(|s| s.compute != Compute::Bad) {
        let kind = step.kind.key().and_then(kind_of);
        if let (Some(declaration), Some(kind)) = (facts.pipeline.declaration(step), kind) {
            place(facts, step, declaration, kind.name, kind.runs_on, out);
        }
    }
}

/// `kind` describes what the step runs.
fn place(facts: &PipelineFacts, step: &Step, d: &Decl, kind: &str, runs_on: RunsOn, out: &mut Diagnostics) {
    let (settings, compute) = (&step.settings, &step.compute);
    let at = d.header.on.as_ref().map_or(d.name.span, |on| on.span);
    let on_cluster = matches!(compute, Compute::Cluster(_) | Compute::Existing(_))
        || (*compute == Compute::Raw && (settings.has(key::NEW_CLUSTER) || settings.has(key::EXISTING_CLUSTER_ID)));
    let serverless = matches!(compute, Compute::Environment(_) | Compute::Serverless)
        || (*compute == Compute::Unset && (settings.has(key::COMPUTE) || runs_on == RunsOn::ClusterOrServerless));
    match runs_on {
        RunsOn::ClusterOrEnvironment => match compute {
            // The header of the pipeline may have set one.
            Compute::Unset if settings.broken || d.header.broken || facts.pipeline.decl.header.broken => {}
            // An unchecked field may set the compute.
            Compute::Unset
                if settings
                    .unchecked
                    .iter()
                    .any(|u| u.key == key::COMPUTE.name() || COMPUTE_FIELDS.iter().any(|k| k.name() == u.key)) => {}
            Compute::Unset if !settings.has(key::COMPUTE) => {
                let names = computes_in_scope(facts, |_| true);
                out.push(messages::no_compute(d, facts.pipeline.decl, kind, &names));
            }
            Compute::Unset | Compute::Serverless => {
                let gpu = settings.has(key::COMPUTE).then(|| settings.key_span(key::COMPUTE));
                let names = computes_in_scope(facts, |kind| gpu.is_none() || kind == DeclKind::Environment);
                out.push(messages::needs_environment(d, facts.pipeline.decl, kind, gpu, &names));
            }
            _ => {}
        },
        RunsOn::NewCluster => {
            if !settings.broken && !settings.has(key::NEW_CLUSTER) {
                out.push(messages::spark_submit_compute(at));
            }
        }
        RunsOn::Nothing => {
            let of_its_own = matches!(step.kind.key(), Some("condition_task" | "for_each_task"));
            if *compute != Compute::Unset && !of_its_own {
                out.push(messages::takes_no_compute(at, kind));
            }
        }
        RunsOn::Environment => {
            if on_cluster {
                out.push(messages::takes_no_cluster(at, kind));
            }
        }
        RunsOn::ClusterOrServerless => {}
    }
    let libraries = settings.get(key::LIBRARIES).and_then(Node::as_list).is_some_and(|l| !l.is_empty());
    if serverless && libraries {
        out.push(messages::libraries_on_serverless(settings.key_span(key::LIBRARIES)));
    }
    if on_cluster && settings.has(key::COMPUTE) {
        out.push(messages::serverless_gpu_on_cluster(settings.key_span(key::COMPUTE), at));
    }
    if on_cluster && on_warehouse(&step.kind, settings) && step.kind.key() == Some("notebook_task") {
        out.push(messages::warehouse_and_cluster(at));
    }
    if let (Compute::Environment(name), true) = (compute, settings.has(key::COMPUTE)) {
        gpu_environment(facts, step, name, out);
    }
}

/// Checks that the environment of a step with serverless GPUs has a version that supports them.
fn gpu_environment(facts: &PipelineFacts, step: &Step, name: &str, out: &mut Diagnostics) {
    let Some(environment) = facts.pipeline.pipeline.environments.iter().find(|e| e.key == name) else { return };
    let version = environment.spec.str(key::ENVIRONMENT_VERSION).or(environment.spec.str(key::CLIENT));
    if let Some(known) = version.and_then(|v| facts.tables().environment(v))
        && !known.gpu
    {
        let with_gpu = facts.tables().environments().iter().filter(|e| e.gpu);
        out.push(messages::environment_without_gpu(
            step.settings.key_span(key::COMPUTE),
            &known.version,
            environment.span,
            with_gpu.map(|e| e.version.as_str()).collect(),
        ));
    }
}

/// The clusters and environments in scope, as far as they are of a wanted kind.
fn computes_in_scope<'f>(facts: &PipelineFacts<'f, '_>, wanted: impl Fn(DeclKind) -> bool) -> Vec<&'f str> {
    let own = facts.pipeline.scope.computes.iter().copied();
    let shared = facts.cx.symbols.computes(facts.pipeline.unit);
    own.chain(shared).filter(|d| wanted(d.kind)).map(|d| d.name.text.as_str()).collect()
}
