//! The graph of a pipeline: edges from `after`, values and branches; cycles; upstream steps.

use std::collections::{HashMap, HashSet};

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use smol_str::SmolStr;

use super::scope::Use;
use crate::check::budget::Budget;
use crate::model::{Dependency, Origin, Step};
use crate::schema::MAX_TASKS;
use crate::source::Span;

/// A step and the references in it.
pub struct StepDraft {
    pub step: Step,
    pub uses: Vec<Use>,
}

/// An edge to a step that this step depends on.
#[derive(Clone, Copy, Debug)]
pub struct StepEdge {
    /// The index of that step.
    pub to: usize,
    pub span: Span,
    /// The edge comes from a value.
    from_value: bool,
}

/// The dependencies of a pipeline. Steps are numbered in source order.
#[derive(Debug, Default)]
pub struct StepGraph {
    /// The index of each task key.
    pub index: HashMap<SmolStr, usize>,
    /// The edges of each step.
    pub edges: Vec<Vec<StepEdge>>,
    /// The references in each step.
    pub uses: Vec<Vec<Use>>,
    /// The steps of each dependency cycle, in ascending order. A step that depends on itself is a cycle.
    pub cycles: Vec<Vec<usize>>,
    /// The steps upstream of each step; empty if there is a cycle, or too many steps.
    upstream: Vec<Bits>,
}

impl StepGraph {
    /// Builds the graph, and adds the dependencies that values and branches imply to the steps.
    pub fn of(drafts: Vec<StepDraft>, budget: &Budget) -> (Vec<Step>, StepGraph) {
        let (mut steps, uses): (Vec<Step>, Vec<Vec<Use>>) = drafts.into_iter().map(|d| (d.step, d.uses)).unzip();
        let index: HashMap<SmolStr, usize> = steps.iter().enumerate().map(|(i, s)| (s.key.clone(), i)).collect();
        let mut edges: Vec<Vec<StepEdge>> =
            steps.iter().zip(&uses).map(|(step, uses)| edges_of(step, uses, &index)).collect();
        branch_edges(&mut steps, &index, &mut edges);
        let cycles = cycles(&edges);
        // This needs one bit per pair of steps. Too many steps are an error already.
        let upstream = match cycles.is_empty() && steps.len() <= MAX_TASKS && !budget.is_spent() {
            true => ancestors(&edges),
            false => Vec::new(),
        };
        if !upstream.is_empty() {
            value_edges(&mut steps, &index, &edges, &upstream);
        }
        (steps, StepGraph { index, edges, uses, cycles, upstream })
    }

    /// Whether a step is upstream of another; `None` if unknown.
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

/// Makes the first steps of each branch depend on the outcome of its condition.
fn branch_edges(steps: &mut [Step], index: &HashMap<SmolStr, usize>, edges: &mut [Vec<StepEdge>]) {
    for i in 0..steps.len() {
        let Some(branch) = steps.get(i).and_then(|s| s.branches.last().cloned()) else { continue };
        let depth = steps.get(i).map_or(0, |s| s.branches.len());
        let inside = |other: usize| {
            steps.get(other).is_some_and(|s| s.branches.len() >= depth && s.branches.get(depth - 1) == Some(&branch))
        };
        let has_peer = edges.get(i).is_some_and(|list| list.iter().any(|edge| edge.to != i && inside(edge.to)));
        let Some(condition) = index.get(&branch.condition).copied() else { continue };
        // An explicit dependency on the condition replaces that of the branch. A rule reports the wrong outcome.
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

/// Adds to `depends_on` the producers of the values a step uses, unless they are already upstream.
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

/// A set of small integers.
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

/// The steps upstream of each step, in a graph without cycles.
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
