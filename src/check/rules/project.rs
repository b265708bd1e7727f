//! Relations between the pipelines of a program.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::ProgramFacts;
use crate::check::messages;
use crate::diag::Diagnostics;
use crate::model::{FileKind, Hole, StepKind};
use crate::source::Span;

/// Reports notebooks that differ only in their extension, which the workspace removes.
pub fn notebooks_of_one_name(facts: &ProgramFacts, out: &mut Diagnostics) {
    let mut seen: HashMap<PathBuf, (&Path, Span)> = HashMap::new();
    for step in facts.program.pipelines.iter().flat_map(|p| &p.pipeline.steps) {
        let StepKind::File(call) = &step.inner().kind else { continue };
        let (Some(local), FileKind::Notebook) = (&call.local, call.kind) else { continue };
        match seen.get(&local.with_extension("")) {
            Some((other, span)) if other != local => out.push(messages::notebooks_of_one_name(call.span, *span)),
            Some(_) => {}
            None => {
                seen.insert(local.with_extension(""), (local, call.span));
            }
        }
    }
}

/// Reports pipelines that run each other in a cycle.
pub fn pipeline_cycles(facts: &ProgramFacts, out: &mut Diagnostics) {
    let numbers: HashMap<&str, usize> =
        facts.program.pipelines.iter().enumerate().map(|(i, p)| (p.pipeline.name.as_str(), i)).collect();
    let edges = facts.program.pipelines.iter().enumerate().flat_map(|(from, p)| {
        let numbers = &numbers;
        let runs = p.pipeline.steps.iter().filter_map(|step| match &step.inner().kind {
            StepKind::Run(call) => Some((&call.pipeline, call.span)),
            _ => None,
        });
        // A job id is known only after the other job has been created.
        let ids = p.findings.holes.iter().filter_map(|(hole, at)| match hole {
            Hole::JobId(pipeline) => Some((pipeline, *at)),
            _ => None,
        });
        runs.chain(ids).filter_map(move |(to, at)| Some((from, *numbers.get(to.as_str())?, at)))
    });
    for cycle in crate::source::cycles(facts.program.pipelines.len(), edges) {
        if let Some((first, rest)) = cycle.split_first() {
            let of = |run: &Span| facts.program.pipelines.iter().find(|p| p.decl.span.contains(*run));
            let names: Vec<&str> = cycle.iter().filter_map(of).map(|p| p.pipeline.name.as_str()).collect();
            out.push(messages::pipeline_cycle(*first, rest, &names));
        }
    }
}
