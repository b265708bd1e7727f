//! Where each task stands: a layer is as deep as the longest way to it, in a layer tasks stand near those that they
//! wait for, and an edge over several layers has a place of its own in each that it passes.

use super::Graph;

/// The place of a task, in pixels from the upper left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Laid {
    /// The left side.
    pub x: i64,
    /// The upper side.
    pub y: i64,
    /// How wide it is.
    pub width: i64,
}

/// A graph with all its tasks in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// For each task of the graph its place.
    pub places: Vec<Laid>,
    /// For each edge the places that it passes between layers, from the first task to the second.
    pub bends: Vec<Vec<Laid>>,
    /// How wide the picture is.
    pub width: i64,
    /// How high the picture is.
    pub height: i64,
}

/// The height of a task.
pub(super) const HEIGHT: i64 = 44;
const GAP_X: i64 = 28;
const GAP_Y: i64 = 46;
const MARGIN: i64 = 16;
/// The width that an edge takes where it passes a layer.
const LANE: i64 = 6;
/// More places than this are not given to edges: a picture of so many is not read by its edges.
const MOST_LANES: usize = 20_000;

/// Puts the tasks of a graph in place.
pub fn layout(graph: &Graph) -> Layout {
    let count = graph.nodes.len();
    let depth = depths(graph);
    let deep = |i: usize| depth.get(i).copied().unwrap_or(0);
    // Behind the tasks come the lanes of edges, each in one layer.
    let mut row_of = depth.clone();
    let mut chains: Vec<Vec<usize>> = Vec::new();
    for e in &graph.edges {
        let passed = (deep(e.from) + 1)..deep(e.to);
        let mut chain = vec![e.from];
        if row_of.len() + passed.len() <= count + MOST_LANES {
            for row in passed {
                chain.push(row_of.len());
                row_of.push(row);
            }
        }
        chain.push(e.to);
        chains.push(chain);
    }
    let rows = ordered(&row_of, &chains);
    let width_of = |i: usize| match graph.nodes.get(i) {
        Some(n) => (n.key.chars().count().max(n.kind.len()) as i64 * 8 + 32).max(96),
        None => LANE,
    };
    let row_width = |row: &[usize]| row.iter().map(|i| width_of(*i)).sum::<i64>() + GAP_X * (row.len() as i64 - 1);
    let widest = rows.iter().map(|row| row_width(row)).max().unwrap_or(0);
    let mut all = vec![Laid::default(); row_of.len()];
    for (number, row) in rows.iter().enumerate() {
        let mut x = MARGIN + (widest - row_width(row)) / 2;
        for i in row {
            let width = width_of(*i);
            if let Some(place) = all.get_mut(*i) {
                *place = Laid { x, y: MARGIN + number as i64 * (HEIGHT + GAP_Y), width };
            }
            x += width + GAP_X;
        }
    }
    let bends = chains
        .iter()
        .map(|chain| chain.iter().filter(|i| **i >= count).filter_map(|i| all.get(*i).copied()).collect())
        .collect();
    all.truncate(count);
    let high = rows.len() as i64;
    let height = high * HEIGHT + (high - 1).max(0) * GAP_Y + 2 * MARGIN;
    Layout { places: all, bends, width: widest + 2 * MARGIN, height }
}

/// For each task the length of the longest way to it.
fn depths(graph: &Graph) -> Vec<usize> {
    let count = graph.nodes.len();
    let mut depth = vec![0usize; count];
    // As many rounds as there are tasks reach the end of the longest way; a circle is cut off there.
    for _ in 0..count {
        let mut changed = false;
        for e in &graph.edges {
            let wanted = depth.get(e.from).map_or(0, |d| d + 1).min(count.saturating_sub(1));
            if let Some(d) = depth.get_mut(e.to)
                && *d < wanted
            {
                *d = wanted;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    depth
}

/// The rows from left to right: everything moves towards the middle of its neighbours in the row before, then in the
/// one behind, and so on.
fn ordered(row_of: &[usize], chains: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); row_of.iter().max().map_or(0, |m| m + 1)];
    for (i, row) in row_of.iter().enumerate() {
        if let Some(row) = rows.get_mut(*row) {
            row.push(i);
        }
    }
    rows.retain(|r| !r.is_empty());
    let (mut before, mut behind) = (vec![Vec::new(); row_of.len()], vec![Vec::new(); row_of.len()]);
    for pair in chains.iter().flat_map(|c| c.windows(2)) {
        let [from, to] = pair else { continue };
        if let (Some(before), Some(behind)) = (before.get_mut(*to), behind.get_mut(*from)) {
            before.push(*from);
            behind.push(*to);
        }
    }
    for round in 0..8 {
        let near = if round % 2 == 0 { &before } else { &behind };
        let mut at = vec![0.0f64; row_of.len()];
        let order: Vec<usize> =
            if round % 2 == 0 { (0..rows.len()).collect() } else { (0..rows.len()).rev().collect() };
        for number in order {
            let Some(row) = rows.get_mut(number) else { continue };
            let len = row.len() as f64;
            let mut keyed: Vec<(f64, usize)> = row
                .iter()
                .enumerate()
                .map(|(n, i)| {
                    let near: Vec<f64> =
                        near.get(*i).into_iter().flatten().filter_map(|n| at.get(*n).copied()).collect();
                    let own = (n as f64 + 0.5) / len;
                    (if near.is_empty() { own } else { near.iter().sum::<f64>() / near.len() as f64 }, *i)
                })
                .collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
            *row = keyed.into_iter().map(|(_, i)| i).collect();
            for (n, i) in row.iter().enumerate() {
                if let Some(slot) = at.get_mut(*i) {
                    *slot = (n as f64 + 0.5) / len;
                }
            }
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Edge, Node};
    use crate::source::{FileId, Span};

    fn graph(nodes: usize, edges: &[(usize, usize)]) -> Graph {
        Graph {
            pipeline: "p".to_owned(),
            nodes: (0..nodes)
                .map(|i| Node { key: format!("step_{i}"), kind: "python", span: Span::new(FileId(0), 0, 0) })
                .collect(),
            edges: edges.iter().map(|(from, to)| Edge { from: *from, to: *to, outcome: None, data: true }).collect(),
        }
    }

    #[test]
    fn nothing_stands_on_anything_else_and_long_edges_pass_beside() {
        let laid = layout(&graph(6, &[(0, 1), (1, 2), (2, 3), (0, 3), (0, 4), (4, 3), (5, 3)]));
        let overlap = |a: &Laid, b: &Laid| a.y == b.y && a.x < b.x + b.width && b.x < a.x + a.width;
        let everything: Vec<&Laid> = laid.places.iter().chain(laid.bends.iter().flatten()).collect();
        for (i, a) in everything.iter().enumerate() {
            assert!(a.x >= 0 && a.x + a.width <= laid.width && a.y + HEIGHT <= laid.height);
            assert!(everything.iter().skip(i + 1).all(|b| !overlap(a, b)), "{laid:?}");
        }
        assert_eq!(laid.bends[3].len(), 2);
    }

    #[test]
    fn a_circle_and_nothing_at_all_have_a_picture() {
        assert_eq!(layout(&graph(2, &[(0, 1), (1, 0)])).places.len(), 2);
        assert_eq!(layout(&graph(0, &[])).places, []);
    }
}
