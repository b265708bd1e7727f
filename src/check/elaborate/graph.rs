//! The graph of a pipeline: edges from `after`, values and branches, cycles, and what is upstream of what.

use std::collections::{HashMap, HashSet};

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use smol_str::SmolStr;

use super::scope::Use;
use crate::check::budget::Budget;
use crate::model::{Dependency, Origin, Step};
use crate::schema::MAX_TASKS;
use crate::source::Span;

/// A step with the references that were met in it.
pub struct StepDraft {
    pub step: Step,
    pub uses: Vec<Use>,
}

/// That a step needs another one.
#[derive(Clone, Copy, Debug)]
pub struct StepEdge {
    /// The number of the other step.
    pub to: usize,
    pub span: Span,
    /// It comes from a value of the other step.
    from_value: bool,
}

/// What needs what in a pipeline; steps are numbered in order of writing.
#[derive(Debug, Default)]
pub struct StepGraph {
    /// The number of each task key.
    pub index: HashMap<SmolStr, usize>,
    /// For each step what it needs.
    pub edges: Vec<Vec<StepEdge>>,
    /// For each step the references that were met in it.
    pub uses: Vec<Vec<Use>>,
    /// The steps of each dependency cycle, in order of their numbers; one that needs itself is a cycle as well.
    pub cycles: Vec<Vec<usize>>,
    /// For each step all that is upstream of it; empty if there is a cycle, or too much to tell.
    upstream: Vec<Bits>,
}

impl StepGraph {
    /// The graph of the steps of a pipeline, and the steps with the dependencies that values and branches stand for.
    pub fn of(drafts: Vec<StepDraft>, budget: &Budget) -> (Vec<Step>, StepGraph) {
        let (mut steps, uses): (Vec<Step>, Vec<Vec<Use>>) = drafts.into_iter().map(|d| (d.step, d.uses)).unzip();
        let index: HashMap<SmolStr, usize> = steps.iter().enumerate().map(|(i, s)| (s.key.clone(), i)).collect();
        let mut edges: Vec<Vec<StepEdge>> =
            steps.iter().zip(&uses).map(|(step, uses)| edges_of(step, uses, &index)).collect();
        branch_edges(&mut steps, &index, &mut edges);
        let cycles = cycles(&edges);
        // What is upstream of what takes a bit for each pair of steps; too many steps are an error already.
        let upstream = match cycles.is_empty() && steps.len() <= MAX_TASKS && !budget.is_spent() {
            true => ancestors(&edges),
            false => Vec::new(),
        };
        if !upstream.is_empty() {
            value_edges(&mut steps, &index, &edges, &upstream);
        }
        (steps, StepGraph { index, edges, uses, cycles, upstream })
    }

    /// Whether a step is upstream of another; `None` if that cannot be told.
    pub fn is_upstream(&self, step: usize, of: usize) -> Option<bool> {
        self.upstream.get(of).map(|set| set.contains(step))
    }
}

fn edges_of(step: &Step, uses: &[Use], index: &HashMap<SmolStr, usize>) -> Vec<StepEdge> {
    let mut list: Vec<StepEdge> = Vec::new();
    for dependency in &step.depends_on {
        if let Some(to) = index.get(&dependency.task) {
            list.push(StepEdge { to: *to, span: dependency.span, from_value: false });
        }
    }
    for used in uses.iter().filter(|u| !u.from_text) {
        if let Some(to) = used.reference.task().and_then(|t| index.get(t))
            && !list.iter().any(|edge| edge.to == *to)
        {
            list.push(StepEdge { to: *to, span: used.span, from_value: true });
        }
    }
    list
}

/// The roots of each branch wait for the outcome of its condition.
fn branch_edges(steps: &mut [Step], index: &HashMap<SmolStr, usize>, edges: &mut [Vec<StepEdge>]) {
    for i in 0..steps.len() {
        let Some(branch) = steps.get(i).and_then(|s| s.branches.last().cloned()) else { continue };
        let depth = steps.get(i).map_or(0, |s| s.branches.len());
        let inside = |other: usize| {
            steps.get(other).is_some_and(|s| s.branches.len() >= depth && s.branches.get(depth - 1) == Some(&branch))
        };
        let has_peer = edges.get(i).is_some_and(|list| list.iter().any(|edge| edge.to != i && inside(edge.to)));
        let Some(condition) = index.get(&branch.condition).copied() else { continue };
        // An edge to the condition that is written is the one of the branch; that it cannot ask for the other outcome
        // is a rule.
        let written = steps.get_mut(i).and_then(|s| s.depends_on.iter_mut().find(|d| d.task == branch.condition));
        if let Some(dependency) = written {
            dependency.outcome.get_or_insert(branch.outcome);
            continue;
        }
        if has_peer {
            continue;
        }
        if let Some(step) = steps.get_mut(i) {
            step.depends_on.push(Dependency {
                task: branch.condition.clone(),
                outcome: Some(branch.outcome),
                span: branch.span,
                origin: Origin::Branch,
            });
        }
        if let Some(list) = edges.get_mut(i) {
            list.push(StepEdge { to: condition, span: branch.span, from_value: false });
        }
    }
}

/// A value's edge is left out where its step is reached through any other edge.
fn value_edges(steps: &mut [Step], index: &HashMap<SmolStr, usize>, edges: &[Vec<StepEdge>], upstream: &[Bits]) {
    let keys: Vec<SmolStr> = steps.iter().map(|s| s.key.clone()).collect();
    for (step, list) in steps.iter_mut().zip(edges) {
        let written: HashSet<usize> = step.depends_on.iter().filter_map(|d| index.get(&d.task).copied()).collect();
        let mut implied = Bits::new(keys.len());
        for edge in list {
            if let Some(set) = upstream.get(edge.to) {
                implied.union(set);
            }
        }
        let needed = |edge: &&StepEdge| edge.from_value && !written.contains(&edge.to) && !implied.contains(edge.to);
        for edge in list.iter().filter(needed) {
            if let Some(key) = keys.get(edge.to) {
                let task = key.clone();
                step.depends_on.push(Dependency { task, outcome: None, span: edge.span, origin: Origin::Data });
            }
        }
    }
}

fn cycles(edges: &[Vec<StepEdge>]) -> Vec<Vec<usize>> {
    let mut graph: DiGraph<usize, ()> = DiGraph::with_capacity(edges.len(), edges.len());
    let nodes: Vec<NodeIndex> = (0..edges.len()).map(|i| graph.add_node(i)).collect();
    for (from, list) in edges.iter().enumerate() {
        for edge in list {
            if let (Some(a), Some(b)) = (nodes.get(from), nodes.get(edge.to)) {
                graph.add_edge(*a, *b, ());
            }
        }
    }
    let needs_itself = |i: usize| edges.get(i).is_some_and(|list| list.iter().any(|edge| edge.to == i));
    let mut out: Vec<Vec<usize>> = tarjan_scc(&graph)
        .into_iter()
        .map(|part| part.iter().map(|n| n.index()).collect::<Vec<usize>>())
        .filter(|part| part.len() > 1 || part.first().is_some_and(|i| needs_itself(*i)))
        .collect();
    out.iter_mut().for_each(|part| part.sort_unstable());
    out.sort_unstable();
    out
}

/// A set of small numbers.
#[derive(Clone, Debug)]
struct Bits(Vec<u64>);

impl Bits {
    fn new(len: usize) -> Bits {
        Bits(vec![0; len.div_ceil(64)])
    }
    fn insert(&mut self, i: usize) {
        if let Some(word) = self.0.get_mut(i / 64) {
            *word |= 1 << (i % 64);
        }
    }
    fn union(&mut self, other: &Bits) {
        for (a, b) in self.0.iter_mut().zip(&other.0) {
            *a |= b;
        }
    }
    fn contains(&self, i: usize) -> bool {
        self.0.get(i / 64).is_some_and(|w| w >> (i % 64) & 1 == 1)
    }
}

/// For each node of a graph without cycles, everything upstream of it.
fn ancestors(edges: &[Vec<StepEdge>]) -> Vec<Bits> {
    let n = edges.len();
    let mut done: Vec<Option<Bits>> = vec![None; n];
    for start in 0..n {
        let mut stack = vec![start];
        while let Some(at) = stack.last().copied() {
            if done.get(at).is_none_or(Option::is_some) {
                stack.pop();
                continue;
            }
            let list = edges.get(at).map(Vec::as_slice).unwrap_or_default();
            let waiting: Vec<usize> =
                list.iter().map(|edge| edge.to).filter(|to| done.get(*to).is_some_and(Option::is_none)).collect();
            if waiting.is_empty() {
                let mut set = Bits::new(n);
                for edge in list {
                    set.insert(edge.to);
                    if let Some(Some(below)) = done.get(edge.to) {
                        set.union(below);
                    }
                }
                if let Some(slot) = done.get_mut(at) {
                    *slot = Some(set);
                }
                stack.pop();
            } else {
                stack.extend(waiting);
            }
        }
    }
    done.into_iter().map(|s| s.unwrap_or_else(|| Bits::new(n))).collect()
}
