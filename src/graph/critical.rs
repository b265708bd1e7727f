//! The critical path: the chain of tasks that determines the duration of a run.

use petgraph::algo::toposort;
use petgraph::graph::DiGraph;

use super::{Graph, RunRecord};

/// The longest chain of a graph.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Critical {
    /// Its tasks in order, as indices into [`Graph::nodes`].
    pub path: Vec<usize>,
    /// The sum of their weights.
    pub total: f64,
}

/// The chain that determined the duration of a run, in milliseconds.
pub fn decisive(graph: &Graph, run: &RunRecord) -> Critical {
    critical(graph, &|i| graph.nodes.get(i).map_or(0.0, |n| run.took(&n.key) as f64))
}

/// The chain with the largest sum of weights; the first of several. Empty for a graph with a cycle.
pub fn critical(graph: &Graph, weight: &dyn Fn(usize) -> f64) -> Critical {
    let mut order = DiGraph::<(), ()>::with_capacity(graph.nodes.len(), graph.edges.len());
    let ids: Vec<_> = graph.nodes.iter().map(|_| order.add_node(())).collect();
    for e in graph.edges.iter().filter(|e| !e.implied) {
        if let (Some(from), Some(to)) = (ids.get(e.from), ids.get(e.to)) {
            order.add_edge(*from, *to, ());
        }
    }
    let Ok(sorted) = toposort(&order, None) else { return Critical::default() };
    // For each task, the best chain that ends with it, and the task before it in that chain.
    let mut best: Vec<(f64, Option<usize>)> = vec![(0.0, None); graph.nodes.len()];
    for id in sorted {
        let at = id.index();
        let before = order
            .neighbors_directed(id, petgraph::Direction::Incoming)
            .filter_map(|n| Some((best.get(n.index())?.0, n.index())))
            .reduce(|a, b| if b.0 > a.0 || (b.0 == a.0 && b.1 < a.1) { b } else { a });
        if let Some(slot) = best.get_mut(at) {
            *slot = (before.map_or(0.0, |b| b.0) + weight(at), before.map(|b| b.1));
        }
    }
    let last = best.iter().enumerate().reduce(|a, b| if b.1.0 > a.1.0 { b } else { a });
    let Some((mut at, (total, _))) = last else { return Critical::default() };
    let mut path = vec![at];
    while let Some((_, Some(before))) = best.get(at) {
        path.push(*before);
        at = *before;
    }
    path.reverse();
    Critical { path, total: *total }
}
