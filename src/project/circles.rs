//! Circles among files or pipelines that refer to each other.

use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;

use crate::source::Span;

/// For each circle of a graph with `nodes` nodes, the places of the references in it, in order.
pub(crate) fn circles(nodes: usize, edges: impl IntoIterator<Item = (usize, usize, Span)>) -> Vec<Vec<Span>> {
    let mut graph: DiGraph<(), Span> = DiGraph::new();
    let ids: Vec<_> = (0..nodes).map(|_| graph.add_node(())).collect();
    for (from, to, span) in edges {
        if let (Some(from), Some(to)) = (ids.get(from), ids.get(to)) {
            graph.add_edge(*from, *to, span);
        }
    }
    let mut out = Vec::new();
    for part in tarjan_scc(&graph) {
        let inside = graph
            .edge_indices()
            .filter(|e| graph.edge_endpoints(*e).is_some_and(|(a, b)| part.contains(&a) && part.contains(&b)));
        let mut spans: Vec<Span> = inside.filter_map(|e| graph.edge_weight(e).copied()).collect();
        spans.sort();
        if !spans.is_empty() {
            out.push(spans);
        }
    }
    out
}
