//! Where each task stands: a layer is as deep as the longest way to it, and in a layer tasks stand near those that they
//! wait for.

use super::Graph;

/// The place of a task, in pixels from the upper left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// Puts the tasks of a graph in place.
pub fn layout(graph: &Graph) -> Layout {
    let layers = layers(graph);
    let width_of = |i: usize| {
        let chars = graph.nodes.get(i).map_or(0, |n| n.key.chars().count().max(n.kind.len()));
        (chars as i64 * 8 + 32).max(96)
    };
    let row_width = |row: &[usize]| row.iter().map(|i| width_of(*i)).sum::<i64>() + GAP_X * (row.len() as i64 - 1);
    let widest = layers.iter().map(|row| row_width(row)).max().unwrap_or(0);
    let mut places = vec![Laid { x: 0, y: 0, width: 0 }; graph.nodes.len()];
    for (depth, row) in layers.iter().enumerate() {
        let mut x = MARGIN + (widest - row_width(row)) / 2;
        for i in row {
            let width = width_of(*i);
            if let Some(place) = places.get_mut(*i) {
                *place = Laid { x, y: MARGIN + depth as i64 * (HEIGHT + GAP_Y), width };
            }
            x += width + GAP_X;
        }
    }
    let rows = layers.len() as i64;
    Layout { places, width: widest + 2 * MARGIN, height: rows * HEIGHT + (rows - 1).max(0) * GAP_Y + 2 * MARGIN }
}

/// The tasks by layers, each layer in order from left to right.
fn layers(graph: &Graph) -> Vec<Vec<usize>> {
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
    let mut layers: Vec<Vec<usize>> = Vec::new();
    for (i, d) in depth.iter().enumerate() {
        if layers.len() <= *d {
            layers.resize(*d + 1, Vec::new());
        }
        if let Some(layer) = layers.get_mut(*d) {
            layer.push(i);
        }
    }
    layers.retain(|l| !l.is_empty());
    // Each task moves towards the middle of its neighbours in the layer before, then in the one behind.
    for round in 0..6 {
        let mut at = vec![0.0f64; count];
        for layer in &layers {
            for (n, i) in layer.iter().enumerate() {
                if let Some(slot) = at.get_mut(*i) {
                    *slot = (n as f64 + 0.5) / layer.len() as f64;
                }
            }
        }
        for layer in &mut layers {
            let mut keyed: Vec<(f64, usize)> = layer
                .iter()
                .map(|i| {
                    let near: Vec<f64> = graph
                        .edges
                        .iter()
                        .filter_map(|e| match round % 2 {
                            0 => (e.to == *i).then_some(e.from),
                            _ => (e.from == *i).then_some(e.to),
                        })
                        .filter_map(|n| at.get(n).copied())
                        .collect();
                    let own = at.get(*i).copied().unwrap_or(0.0);
                    let middle = if near.is_empty() { own } else { near.iter().sum::<f64>() / near.len() as f64 };
                    (middle, *i)
                })
                .collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
            *layer = keyed.into_iter().map(|(_, i)| i).collect();
        }
    }
    layers
}
