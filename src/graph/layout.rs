//! The layout of a graph. Layers, order and edge routes come from Dagre's algorithm in the crate `dugong`.

use dugong::graphlib::{Graph as Dagre, GraphOptions};
use dugong::{EdgeLabel, GraphLabel, NodeLabel, RankDir};

use super::Graph;

/// A rectangle, in pixels from the top left.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Rect {
    fn around(x: f64, y: f64, width: f64, height: f64) -> Rect {
        Rect { x: x - width / 2.0, y: y - height / 2.0, width, height }
    }

    /// Whether two rectangles overlap.
    pub fn meets(&self, other: &Rect) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }
}

/// The route of an edge.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Route {
    /// Its points, from the first task to the second.
    pub points: Vec<(f64, f64)>,
    /// The rectangle of its label.
    pub label: Option<Rect>,
}

/// A graph with positions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GraphLayout {
    /// The rectangle of each task.
    pub nodes: Vec<Rect>,
    /// The rectangle of each group, including its label at the top.
    pub groups: Vec<Rect>,
    /// The route of each edge.
    pub edges: Vec<Route>,
    pub width: f64,
    pub height: f64,
}

/// Sizes of drawn elements, in pixels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sizes {
    /// Width and height of each task.
    pub nodes: Vec<(f64, f64)>,
    /// Width and height of each edge label; zero without one.
    pub labels: Vec<(f64, f64)>,
}

/// The height of a group's label.
pub(super) const GROUP_LABEL: f64 = 22.0;
const MARGIN: f64 = 16.0;
/// Groups whose tops are closer than this share their space for labels.
const NEAR: f64 = 12.0;

/// Lays out a graph from left to right.
pub fn layout(graph: &Graph, sizes: &Sizes) -> GraphLayout {
    // If groups cannot be kept apart, a drawing without groups is better than none.
    let mut laid = placed(graph, sizes, true).or_else(|| placed(graph, sizes, false)).unwrap_or_default();
    make_room(graph, &mut laid);
    for (edge, route) in graph.edges.iter().zip(&mut laid.edges) {
        let (Some(from), Some(to)) = (laid.nodes.get(edge.from), laid.nodes.get(edge.to)) else { continue };
        if let Some(first) = route.points.first_mut() {
            *first = (from.x + from.width, from.y + from.height / 2.0);
        }
        if let Some(last) = route.points.last_mut() {
            *last = (to.x, to.y + to.height / 2.0);
        }
    }
    in_frame(&mut laid);
    laid
}

/// Positions by Dagre.
fn placed(graph: &Graph, sizes: &Sizes, with_groups: bool) -> Option<GraphLayout> {
    let mut dagre: Dagre<NodeLabel, EdgeLabel, GraphLabel> =
        Dagre::new(GraphOptions { multigraph: true, compound: true, directed: true });
    dagre.set_graph(GraphLabel {
        rankdir: RankDir::LR,
        nodesep: 26.0,
        ranksep: 30.0,
        edgesep: 14.0,
        ranker: Some("network-simplex".to_owned()),
        ..GraphLabel::default()
    });
    let (node, group) = (|i: usize| format!("n{i}"), |i: usize| format!("g{i}"));
    let groups = if with_groups { graph.groups.as_slice() } else { &[] };
    for (i, (width, height)) in sizes.nodes.iter().enumerate() {
        dagre.set_node(node(i), NodeLabel { width: *width, height: *height, ..NodeLabel::default() });
    }
    for i in 0..groups.len() {
        dagre.set_node(group(i), NodeLabel::default());
    }
    let inside = groups.iter().enumerate().filter_map(|(i, g)| Some((group(i), g.parent?)));
    let tasks = graph.nodes.iter().enumerate().filter_map(|(i, n)| Some((node(i), n.group?)));
    for (child, parent) in inside.chain(tasks).filter(|(_, parent)| *parent < groups.len()) {
        dagre.set_parent(child, group(parent));
    }
    for (i, e) in graph.edges.iter().enumerate() {
        let (width, height) = sizes.labels.get(i).copied().unwrap_or_default();
        let weight = if e.implied { 0.5 } else { 1.0 };
        let label = EdgeLabel { width, height, weight, ..EdgeLabel::default() };
        dagre.set_edge_named(node(e.from), node(e.to), Some(format!("e{i}")), Some(label));
    }
    dugong::layout(&mut dagre).ok()?;
    let rect = |id: &str| -> Option<Rect> {
        let n = dagre.node(id)?;
        Some(Rect::around(n.x?, n.y?, n.width, n.height))
    };
    let mut out = GraphLayout::default();
    for i in 0..graph.nodes.len() {
        out.nodes.push(rect(&node(i))?);
    }
    for i in 0..groups.len() {
        out.groups.push(rect(&group(i))?);
    }
    for (i, e) in graph.edges.iter().enumerate() {
        let laid = dagre.edge(&node(e.from), &node(e.to), Some(&format!("e{i}")))?;
        let label = match (laid.x, laid.y, laid.width > 0.0) {
            (Some(x), Some(y), true) => Some(Rect::around(x, y, laid.width, laid.height)),
            _ => None,
        };
        out.edges.push(Route { points: laid.points.iter().map(|p| (p.x, p.y)).collect(), label });
    }
    Some(out)
}

/// Adds space for group labels, which Dagre does not support: everything below the top of a group moves down. What
/// did not overlap before does not overlap afterwards.
fn make_room(graph: &Graph, laid: &mut GraphLayout) {
    let mut depth: Vec<usize> = Vec::with_capacity(graph.groups.len());
    for g in &graph.groups {
        depth.push(g.parent.and_then(|p| depth.get(p)).map_or(0, |d| d + 1));
    }
    let deepest = if laid.groups.is_empty() { None } else { depth.iter().max().copied() };
    for level in 0..=deepest.unwrap_or(0) {
        let mut tops: Vec<f64> =
            laid.groups.iter().zip(&depth).filter(|(_, d)| **d == level).map(|(g, _)| g.y).collect();
        tops.sort_by(f64::total_cmp);
        let mut cuts: Vec<f64> = Vec::new();
        for top in tops {
            if cuts.last().is_none_or(|c| top - c > NEAR) {
                cuts.push(top);
            }
        }
        let above = |y: f64| cuts.partition_point(|c| *c <= y) as f64 * GROUP_LABEL;
        for r in &mut laid.nodes {
            r.y += above(r.y + r.height / 2.0);
        }
        for route in &mut laid.edges {
            for point in &mut route.points {
                point.1 += above(point.1);
            }
            if let Some(label) = &mut route.label {
                label.y += above(label.y + label.height / 2.0);
            }
        }
        for (r, d) in laid.groups.iter_mut().zip(&depth) {
            let (top, bottom) = (r.y, r.y + r.height);
            // A group of this level keeps its top, because the new space is inside it.
            let own = if *d == level { GROUP_LABEL } else { 0.0 };
            r.y = top + above(top) - own;
            r.height = bottom + above(bottom) - r.y;
        }
    }
}

/// Moves everything to the margin, and measures the drawing.
fn in_frame(laid: &mut GraphLayout) {
    let (mut left, mut top, mut right, mut bottom) = (f64::MAX, f64::MAX, f64::MIN, f64::MIN);
    let mut see = |x: f64, y: f64, width: f64, height: f64| {
        (left, top) = (left.min(x), top.min(y));
        (right, bottom) = (right.max(x + width), bottom.max(y + height));
    };
    let labels = laid.edges.iter().filter_map(|e| e.label.as_ref());
    laid.nodes.iter().chain(&laid.groups).chain(labels).for_each(|r| see(r.x, r.y, r.width, r.height));
    laid.edges.iter().flat_map(|e| &e.points).for_each(|(x, y)| see(*x, *y, 0.0, 0.0));
    if left > right {
        return;
    }
    let (dx, dy) = (MARGIN - left, MARGIN - top);
    let move_rect = |r: &mut Rect| {
        r.x += dx;
        r.y += dy;
    };
    laid.nodes.iter_mut().chain(&mut laid.groups).for_each(move_rect);
    for route in &mut laid.edges {
        route.label.iter_mut().for_each(move_rect);
        for point in &mut route.points {
            *point = (point.0 + dx, point.1 + dy);
        }
    }
    laid.width = right - left + 2.0 * MARGIN;
    laid.height = bottom - top + 2.0 * MARGIN;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Edge, GraphNode, GroupKind, Inner, NodeGroup};
    use crate::source::{FileId, Span};
    use proptest::prelude::*;

    fn made(nodes: usize, edges: &[(usize, usize)], groups: &[Option<usize>], within: &[Option<usize>]) -> Graph {
        let node = |i: usize| GraphNode {
            key: format!("step_{i}"),
            kind: "python",
            span: Span::new(FileId(0), 0, 0),
            inner: Inner { key: format!("step_{i}"), kind: "python", what: String::new() },
            compute: None,
            group: within.get(i).copied().flatten(),
            takes: Vec::new(),
            gives: Vec::new(),
        };
        let edge = |&(from, to): &(usize, usize)| Edge {
            from,
            to,
            outcome: None,
            data: true,
            implied: false,
            values: vec!["rows: int".to_owned()],
        };
        Graph {
            pipeline: "p".to_owned(),
            nodes: (0..nodes).map(node).collect(),
            edges: edges.iter().map(edge).collect(),
            groups: groups
                .iter()
                .map(|parent| NodeGroup { kind: GroupKind::Family, label: "load".to_owned(), parent: *parent })
                .collect(),
            computes: Vec::new(),
        }
    }

    fn sizes(graph: &Graph) -> Sizes {
        Sizes { nodes: vec![(120.0, 46.0); graph.nodes.len()], labels: vec![(60.0, 14.0); graph.edges.len()] }
    }

    /// Everything with text: tasks, edge labels, group labels.
    fn read(laid: &GraphLayout) -> Vec<Rect> {
        let labels = laid.edges.iter().filter_map(|e| e.label);
        let groups = laid.groups.iter().map(|g| Rect { height: GROUP_LABEL, ..*g });
        laid.nodes.iter().copied().chain(labels).chain(groups).collect()
    }

    #[test]
    fn a_circle_and_nothing_at_all_have_a_picture() {
        let circle = made(2, &[(0, 1), (1, 0)], &[], &[]);
        assert_eq!(layout(&circle, &sizes(&circle)).nodes.len(), 2);
        let nothing = made(0, &[], &[], &[]);
        assert_eq!(layout(&nothing, &sizes(&nothing)).nodes, []);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

        #[test]
        fn nothing_that_is_read_stands_on_anything_else(
            nodes in 1usize..24,
            pairs in prop::collection::vec((0usize..24, 0usize..24), 0..40),
            parents in prop::collection::vec(prop::option::of(0usize..6), 0..6),
            within in prop::collection::vec(prop::option::of(0usize..6), 24),
        ) {
            let mut edges: Vec<(usize, usize)> = pairs.iter().map(|(a, b)| (a % nodes, b % nodes)).filter(|(a, b)| a < b).collect();
            edges.sort_unstable();
            edges.dedup();
            // Outer groups come first, and each contains a task.
            let parents: Vec<Option<usize>> = parents.iter().enumerate().map(|(i, p)| p.filter(|p| *p < i)).collect();
            let nodes = nodes.max(parents.len());
            let within: Vec<Option<usize>> = (0..nodes)
                .map(|i| if i < parents.len() { Some(i) } else { within[i].filter(|g| *g < parents.len()) })
                .collect();
            let graph = made(nodes, &edges, &parents, &within);
            let laid = layout(&graph, &sizes(&graph));
            prop_assert_eq!(laid.nodes.len(), nodes);
            prop_assert_eq!(laid.groups.len(), parents.len(), "groups are drawn");
            let all = read(&laid);
            for (i, a) in all.iter().enumerate() {
                prop_assert!(a.x >= 0.0 && a.y >= 0.0 && a.x + a.width <= laid.width && a.y + a.height <= laid.height);
                for b in all.iter().skip(i + 1) {
                    prop_assert!(!a.meets(b), "{a:?} and {b:?}");
                }
            }
        }
    }
}
