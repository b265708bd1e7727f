//! The graph of a pipeline: cycles, branches that exclude each other, values of steps that are not upstream.

use std::collections::{HashMap, HashSet, VecDeque};

use smol_str::SmolStr;

use super::PipelineFacts;
use crate::check::elaborate::{StepEdge, Use};
use crate::check::messages;
use crate::diag::Diagnostics;
use crate::model::{Dependency, Reference, Step};
use crate::source::{Span, quote_name};

/// How many steps of a cycle a message shows.
const SHOWN_OF_CYCLE: usize = 12;

/// Reports steps that can never run, cycles, and values of steps that are not upstream.
pub fn check(facts: &PipelineFacts, out: &mut Diagnostics) {
    let (steps, graph) = (&facts.pipeline.pipeline.steps, &facts.pipeline.graph);
    for (step, edges) in steps.iter().zip(&graph.edges) {
        both_outcomes(step, out);
        other_outcome(step, out);
        other_branch(step, edges, steps, out);
    }
    for step in facts.pipeline.pipeline.inner_steps() {
        both_outcomes(step, out);
    }
    for members in &graph.cycles {
        cycle(members, steps, &graph.edges, out);
    }
    let outputs: HashSet<(&str, &str)> =
        steps.iter().flat_map(|s| s.outputs.iter().map(|o| (s.key.as_str(), o.name.as_str()))).collect();
    for (i, (step, uses)) in steps.iter().zip(&graph.uses).enumerate() {
        for used in uses.iter().filter(|u| u.from_text) {
            let Some(task) = used.reference.task() else { continue };
            let Some(producer) = graph.index.get(task) else { continue };
            if graph.is_upstream(*producer, i) == Some(false) {
                not_upstream(facts, used, task, &step.key, &outputs, out);
            }
        }
    }
}

/// Reports a step that depends on both outcomes of a condition.
fn both_outcomes(step: &Step, out: &mut Diagnostics) {
    let mut seen: HashMap<&SmolStr, &Dependency> = HashMap::new();
    for b in step.depends_on.iter().filter(|d| d.outcome.is_some()) {
        let a = *seen.entry(&b.task).or_insert(b);
        if a.outcome != b.outcome {
            out.push(messages::both_outcomes(b, &step.key, a));
        }
    }
}

/// Reports a step in one branch that depends on the other outcome of its condition.
fn other_outcome(step: &Step, out: &mut Diagnostics) {
    let Some(branch) = step.branches.last() else { return };
    let written = step.depends_on.iter().find(|d| d.task == branch.condition);
    if let Some(dependency) = written.filter(|d| d.outcome == Some(!branch.outcome)) {
        out.push(messages::other_outcome(dependency.span, &step.key, branch));
    }
}

/// Reports a step in one branch that depends on a step of the other branch.
fn other_branch(step: &Step, edges: &[StepEdge], steps: &[Step], out: &mut Diagnostics) {
    for edge in edges {
        let Some(other) = steps.get(edge.to) else { continue };
        let excludes = |condition: &SmolStr, outcome: bool| {
            other.branches.iter().any(|o| o.condition == *condition && o.outcome != outcome)
        };
        if let Some(branch) = step.branches.iter().find(|b| excludes(&b.condition, b.outcome)) {
            out.push(messages::other_branch(edge.span, &step.key, &other.key, &branch.condition, other.span));
        }
    }
}

/// Reports a cycle as a path.
fn cycle(members: &[usize], steps: &[Step], edges: &[Vec<StepEdge>], out: &mut Diagnostics) {
    let key = |i: usize| steps.get(i).map_or("", |s| s.key.as_str());
    let edge = |from: usize, to: usize| edges.get(from).and_then(|list| list.iter().find(|e| e.to == to));
    let Some(start) = members.first().copied() else { return };
    if members.len() == 1 {
        if let Some(edge) = edge(start, start) {
            out.push(messages::self_dependency(edge.span, key(start)));
        }
        return;
    }
    let whole = shortest_cycle(start, members, edges);
    // The start of a long cycle is enough to break it.
    let hidden = whole.len().saturating_sub(SHOWN_OF_CYCLE);
    let path = whole.get(..whole.len() - hidden).unwrap_or_default();
    let mut shown: Vec<(Span, &str, &str)> = Vec::new();
    for (n, from) in path.iter().enumerate() {
        let to = whole.get(n + 1).or(whole.first()).copied().unwrap_or(start);
        if let Some(edge) = edge(*from, to) {
            shown.push((edge.span, key(*from), key(to)));
        }
    }
    if let Some(d) = messages::cycle(&shown, hidden) {
        out.push(d);
    }
}

/// The shortest cycle through `start`.
fn shortest_cycle(start: usize, members: &[usize], edges: &[Vec<StepEdge>]) -> Vec<usize> {
    let inside: HashSet<usize> = members.iter().copied().collect();
    let mut from: HashMap<usize, usize> = HashMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for StepEdge { to, .. } in edges.get(at).map(Vec::as_slice).unwrap_or_default() {
            if *to == start {
                let mut path = vec![at];
                let mut step = at;
                while step != start {
                    let Some(before) = from.get(&step) else { break };
                    path.push(*before);
                    step = *before;
                }
                path.reverse();
                return path;
            }
            if inside.contains(to) && !from.contains_key(to) {
                from.insert(*to, at);
                queue.push_back(*to);
            }
        }
    }
    members.to_vec()
}

/// Reports a value, in a string, of a step that is not upstream.
fn not_upstream(
    facts: &PipelineFacts,
    used: &Use,
    task: &str,
    user: &str,
    outputs: &HashSet<(&str, &str)>,
    out: &mut Diagnostics,
) {
    let written = match &used.reference {
        Reference::Value { name, .. } if outputs.contains(&(task, name.as_str())) => {
            Some(format!("{}.{}", quote_name(task), quote_name(name)))
        }
        _ => None,
    };
    let source = facts.cx.sources.text(used.span.file);
    let before = source.get(..used.span.start as usize).unwrap_or("");
    let after = source.get(used.span.end as usize..).unwrap_or("");
    let whole = facts.cx.sources.slice(used.span).starts_with("{{") && before.ends_with('"') && after.starts_with('"');
    out.push(messages::not_upstream(used.span, written, whole, task, user));
}
