//! The graph of a pipeline: edges from values, branches, circles, and what is upstream of what.

use std::collections::{HashMap, HashSet};

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use smol_str::SmolStr;

use super::messages;
use super::scope::{Checker, Use};
use crate::model::{Dependency, Origin, Reference, Step};
use crate::schema::MAX_TASKS;
use crate::source::Span;

/// How many steps of a cycle a message names.
const SHOWN_OF_CYCLE: usize = 12;

/// A step with what was found while it was read.
pub(super) struct Draft {
    pub step: Step,
    pub uses: Vec<Use>,
}

impl Checker<'_> {
    /// Adds the edges that values and branches stand for, and checks the whole.
    pub fn graph(&mut self, drafts: Vec<Draft>) -> Vec<Step> {
        let mut drafts = drafts;
        let index: HashMap<SmolStr, usize> = drafts.iter().enumerate().map(|(i, d)| (d.step.key.clone(), i)).collect();
        let keys: Vec<SmolStr> = drafts.iter().map(|d| d.step.key.clone()).collect();
        let mut edges: Vec<Vec<(usize, Span, bool)>> = Vec::with_capacity(drafts.len());
        for draft in &drafts {
            let mut list: Vec<(usize, Span, bool)> = Vec::new();
            for dep in &draft.step.depends_on {
                if let Some(i) = index.get(&dep.task) {
                    list.push((*i, dep.span, false));
                }
            }
            for used in draft.uses.iter().filter(|u| !u.from_text) {
                if let Some(i) = used.reference.task().and_then(|t| index.get(t))
                    && !list.iter().any(|(other, ..)| other == i)
                {
                    list.push((*i, used.span, true));
                }
            }
            edges.push(list);
        }
        self.other_branch(&drafts, &edges);
        self.branch_edges(&mut drafts, &index, &mut edges);
        // What is upstream of what takes a bit for each pair of steps; too many steps are an error already.
        if self.circles(&drafts, &edges) || drafts.len() > MAX_TASKS || self.budget.is_spent() {
            return drafts.into_iter().map(|d| d.step).collect();
        }
        let above = ancestors(&edges);
        let declared: HashSet<(SmolStr, SmolStr)> =
            drafts.iter().flat_map(|d| d.step.outputs.iter().map(|o| (d.step.key.clone(), o.name.clone()))).collect();
        let drafts_len = drafts.len();
        for (i, draft) in drafts.iter_mut().enumerate() {
            let Some(list) = edges.get(i) else { continue };
            let written: HashSet<usize> =
                draft.step.depends_on.iter().filter_map(|d| index.get(&d.task).copied()).collect();
            // A value's edge is left out where the producer is reached through any other edge.
            let mut implied = Bits::new(drafts_len);
            for (to, ..) in list {
                if let Some(set) = above.get(*to) {
                    implied.union(set);
                }
            }
            for (to, span, _) in
                list.iter().filter(|(to, _, data)| *data && !written.contains(to) && !implied.contains(*to))
            {
                if let Some(key) = keys.get(*to) {
                    draft.step.depends_on.push(Dependency {
                        task: key.clone(),
                        outcome: None,
                        span: *span,
                        origin: Origin::Data,
                    });
                }
            }
            for used in draft.uses.iter().filter(|u| u.from_text) {
                let Some(task) = used.reference.task() else { continue };
                let Some(producer) = index.get(task) else { continue };
                if above.get(i).is_some_and(|set| set.contains(*producer)) {
                    continue;
                }
                self.not_upstream(used, task, &draft.step.key, &declared);
            }
        }
        let steps: Vec<Step> = drafts.into_iter().map(|d| d.step).collect();
        for step in &steps {
            let unchecked = step.settings.unchecked.iter().find(|u| u.key == "depends_on");
            if let (Some(unchecked), Some(first)) = (unchecked, step.depends_on.first()) {
                self.is_there_already(unchecked, Some(first.span));
            }
        }
        steps
    }

    fn not_upstream(&mut self, used: &Use, task: &str, user: &str, declared: &HashSet<(SmolStr, SmolStr)>) {
        let written = match &used.reference {
            Reference::Value { name, .. } if declared.contains(&(task.into(), name.clone())) => {
                Some(format!("{}.{}", crate::source::quote_name(task), crate::source::quote_name(name)))
            }
            _ => None,
        };
        let text = self.sources.slice(used.span);
        let before = self.sources.text(used.span.file).get(..used.span.start as usize).unwrap_or("");
        let after = self.sources.text(used.span.file).get(used.span.end as usize..).unwrap_or("");
        let whole = text.starts_with("{{") && before.ends_with('"') && after.starts_with('"');
        self.report(messages::not_upstream(used.span, written, whole, task, user));
    }

    /// A step of one branch that needs a step of the other branch of the same condition.
    fn other_branch(&mut self, drafts: &[Draft], edges: &[Vec<(usize, Span, bool)>]) {
        for (draft, list) in drafts.iter().zip(edges) {
            for (to, span, _) in list {
                let Some(other) = drafts.get(*to) else { continue };
                let opposite =
                    draft.step.branches.iter().find(|b| {
                        other.step.branches.iter().any(|o| o.condition == b.condition && o.outcome != b.outcome)
                    });
                if let Some(branch) = opposite {
                    let (key, needed, condition) = (&draft.step.key, &other.step.key, &branch.condition);
                    self.report(messages::other_branch(*span, key, needed, condition, other.step.span));
                }
            }
        }
    }

    /// The roots of each branch wait for the outcome of its condition.
    fn branch_edges(
        &mut self,
        drafts: &mut [Draft],
        index: &HashMap<SmolStr, usize>,
        edges: &mut [Vec<(usize, Span, bool)>],
    ) {
        for i in 0..drafts.len() {
            let Some(branch) = drafts.get(i).and_then(|d| d.step.branches.last().cloned()) else { continue };
            let depth = drafts.get(i).map_or(0, |d| d.step.branches.len());
            let inside = |other: usize| {
                drafts
                    .get(other)
                    .is_some_and(|d| d.step.branches.len() >= depth && d.step.branches.get(depth - 1) == Some(&branch))
            };
            let has_peer = edges.get(i).is_some_and(|list| list.iter().any(|(to, ..)| *to != i && inside(*to)));
            let Some(condition) = index.get(&branch.condition).copied() else { continue };
            // An edge to the condition that is written is the one of the branch; it cannot ask for the other outcome.
            let written = drafts.get_mut(i).and_then(|d| {
                let key = d.step.key.clone();
                d.step.depends_on.iter_mut().find(|dep| dep.task == branch.condition).map(|dep| (key, dep))
            });
            if let Some((key, dependency)) = written {
                let (span, outcome) = (dependency.span, dependency.outcome);
                dependency.outcome = Some(branch.outcome);
                if outcome == Some(!branch.outcome) {
                    self.report(messages::other_outcome(span, &key, &branch));
                }
                continue;
            }
            if has_peer {
                continue;
            }
            if let Some(draft) = drafts.get_mut(i) {
                draft.step.depends_on.push(Dependency {
                    task: branch.condition.clone(),
                    outcome: Some(branch.outcome),
                    span: branch.span,
                    origin: Origin::Branch,
                });
            }
            if let Some(list) = edges.get_mut(i) {
                list.push((condition, branch.span, false));
            }
        }
    }

    /// Reports every circle as a path; true if there is one.
    fn circles(&mut self, drafts: &[Draft], edges: &[Vec<(usize, Span, bool)>]) -> bool {
        let mut graph: DiGraph<usize, Span> = DiGraph::with_capacity(drafts.len(), drafts.len());
        let nodes: Vec<NodeIndex> = (0..drafts.len()).map(|i| graph.add_node(i)).collect();
        for (from, list) in edges.iter().enumerate() {
            for (to, span, _) in list {
                if let (Some(a), Some(b)) = (nodes.get(from), nodes.get(*to)) {
                    graph.add_edge(*a, *b, *span);
                }
            }
        }
        let key = |i: usize| drafts.get(i).map_or("", |d| d.step.key.as_str());
        let mut found = false;
        let mut parts = tarjan_scc(&graph);
        parts.sort_by_key(|p| p.iter().map(|n| n.index()).min());
        for part in parts {
            let members: Vec<usize> = part.iter().map(|n| n.index()).collect();
            let Some(start) = members.iter().copied().min() else { continue };
            let self_edge = edges.get(start).and_then(|l| l.iter().find(|(to, ..)| *to == start));
            if members.len() == 1 {
                if let Some((_, span, _)) = self_edge {
                    found = true;
                    self.report(messages::self_dependency(*span, key(start)));
                }
                continue;
            }
            found = true;
            let whole = shortest_circle(start, &members, edges);
            // Of a long one the beginning shows where it can be broken.
            let left = whole.len().saturating_sub(SHOWN_OF_CYCLE);
            let path = whole.get(..whole.len() - left).unwrap_or_default();
            let mut shown: Vec<(Span, &str, &str)> = Vec::new();
            for (n, from) in path.iter().enumerate() {
                let to = whole.get(n + 1).or(whole.first()).copied().unwrap_or(start);
                if let Some((_, span, _)) = edges.get(*from).and_then(|l| l.iter().find(|(t, ..)| *t == to)) {
                    shown.push((*span, key(*from), key(to)));
                }
            }
            if let Some(d) = messages::cycle(&shown, left) {
                self.report(d);
            }
        }
        found
    }

    /// Both outcomes of one condition in one step.
    pub fn both_outcomes(&mut self, step: &Step) {
        let mut seen: HashMap<&SmolStr, &Dependency> = HashMap::new();
        for b in step.depends_on.iter().filter(|d| d.outcome.is_some()) {
            let a = *seen.entry(&b.task).or_insert(b);
            if a.outcome != b.outcome {
                self.report(messages::both_outcomes(b, &step.key, a));
            }
        }
    }
}

/// The members of a circle from `start` back to it, by the fewest steps.
fn shortest_circle(start: usize, members: &[usize], edges: &[Vec<(usize, Span, bool)>]) -> Vec<usize> {
    let inside: HashSet<usize> = members.iter().copied().collect();
    let mut from: HashMap<usize, usize> = HashMap::new();
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for (to, ..) in edges.get(at).map(Vec::as_slice).unwrap_or_default() {
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

/// A set of small numbers.
#[derive(Clone, Debug)]
pub(super) struct Bits(Vec<u64>);

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
    pub fn contains(&self, i: usize) -> bool {
        self.0.get(i / 64).is_some_and(|w| w >> (i % 64) & 1 == 1)
    }
}

/// For each node of a graph without circles, everything upstream of it.
fn ancestors(edges: &[Vec<(usize, Span, bool)>]) -> Vec<Bits> {
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
                list.iter().map(|(to, ..)| *to).filter(|to| done.get(*to).is_some_and(Option::is_none)).collect();
            if waiting.is_empty() {
                let mut set = Bits::new(n);
                for (to, ..) in list {
                    set.insert(*to);
                    if let Some(Some(below)) = done.get(*to) {
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
