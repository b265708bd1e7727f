//! Finds cycles among files or pipelines that refer to each other.

use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;
use petgraph::visit::EdgeRef;

use super::Span;

/// The references of each cycle in a graph with `nodes` nodes, in order.
pub(crate) fn cycles(nodes: usize, edges: impl IntoIterator<Item = (usize, usize, Span)>) -> Vec<Vec<Span>> {
    let mut graph: DiGraph<(), Span> = DiGraph::new();
    let ids: Vec<_> = (0..nodes).map(|_| graph.add_node(())).collect();
    for (from, to, span) in edges {
        if let (Some(from), Some(to)) = (ids.get(from), ids.get(to)) {
            graph.add_edge(*from, *to, span);
        }
    }
    let mut out = Vec::new();
    let parts = tarjan_scc(&graph);
    let mut part_of = vec![0; graph.node_count()];
    for (i, node) in parts.iter().enumerate().flat_map(|(i, part)| part.iter().map(move |n| (i, n))) {
        if let Some(slot) = part_of.get_mut(node.index()) {
            *slot = i;
        }
    }
    let mut spans: Vec<Vec<Span>> = vec![Vec::new(); parts.len()];
    for edge in graph.edge_references() {
        let (from, to) = (part_of.get(edge.source().index()), part_of.get(edge.target().index()));
        if let (Some(from), true) = (from, from == to)
            && let Some(list) = spans.get_mut(*from)
        {
            list.push(*edge.weight());
        }
    }
    for mut list in spans.into_iter().filter(|l| !l.is_empty()) {
        list.sort();
        out.push(list);
    }
    out
}
