//! Compares `requires-python` of packages with the Python of runtimes and environments.

use std::collections::HashSet;

use smol_str::SmolStr;

use super::PipelineFacts;
use crate::check::messages;
use crate::diag::Diagnostics;
use crate::model::{Compute, StepKind};
use crate::schema::{RuntimeKey, key};
use crate::source::Span;

/// Checks each pair of package and compute once.
pub fn check(facts: &PipelineFacts, out: &mut Diagnostics) {
    let mut reported: HashSet<(usize, Span)> = HashSet::new();
    for step in &facts.pipeline.pipeline.steps {
        let step = step.inner();
        let StepKind::Python(call) = &step.kind else { continue };
        let Some((python, at)) = python_of(facts, &step.compute) else { continue };
        let Some(packaged) = facts.program.packages.get(call.package) else { continue };
        let metadata = &packaged.python.metadata;
        if reported.insert((call.package, at)) && !metadata.takes_python(&python) {
            let wants = metadata.requires_python.clone().unwrap_or_default();
            out.push(messages::python_version(at, &python, &packaged.package, call.span, &wants));
        }
    }
}

/// The Python of a compute, and the span that sets it.
fn python_of(facts: &PipelineFacts, compute: &Compute) -> Option<(SmolStr, Span)> {
    let pipeline = &facts.pipeline.pipeline;
    match compute {
        Compute::Cluster(key) => {
            let cluster = pipeline.clusters.iter().find(|c| c.key == *key)?;
            let node = cluster.settings.get(key::SPARK_VERSION)?;
            let runtime = facts.tables().runtime(&RuntimeKey::parse(node.as_str()?)?)?;
            Some((runtime.python.clone(), node.span))
        }
        Compute::Environment(key) => {
            let environment = pipeline.environments.iter().find(|e| e.key == *key)?;
            let node = environment.spec.get(key::ENVIRONMENT_VERSION).or(environment.spec.get(key::CLIENT))?;
            let version = facts.tables().environment(node.as_str()?)?;
            Some((version.python.clone(), node.span))
        }
        _ => None,
    }
}
