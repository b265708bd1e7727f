//! Renders a graph as SVG. Colors are CSS variables, which the embedding page may set.

use std::fmt::Write as _;

use super::layout::{GROUP_LABEL, GraphLayout, Rect, Sizes, layout};
use super::{Critical, Edge, Graph, GraphNode, GroupKind, RunRecord, columns, escaped, shortened};

/// Colors and fonts for a page that sets none: light, or dark if the reader prefers that.
pub(super) const STYLE: &str = include_str!("picture.css");

/// The number of compute colors in `picture.css`.
pub(super) const COLORS: usize = 8;

/// The width of a character of a name and of smaller text, in pixels, for the widest common monospaced font.
const LETTER: f64 = 7.9;
const SMALL: f64 = 6.4;
const LINE: f64 = 14.0;
/// The maximum number of lines at an edge.
const MOST_VALUES: usize = 4;

/// Options of a drawing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look<'a> {
    /// The run to show.
    pub run: Option<&'a RunRecord>,
    /// The path to highlight.
    pub critical: Option<&'a Critical>,
    /// A prefix for ids, if a page has several drawings.
    pub id: &'a str,
}

/// Renders a graph. Each task is a group with its key in `data-key`; edges have the classes `data`, `order`, `yes`
/// and `no`.
pub fn svg(graph: &Graph, look: &Look<'_>) -> String {
    let mut out = String::new();
    let (dag, width, height) = picture(graph, look);
    let (legend, legend_width, legend_height) = legend(graph, width, height);
    let chart = look.run.map(|run| super::gantt::drawn(graph, run, height + legend_height));
    let (chart, chart_width, chart_height) = chart.unwrap_or_default();
    let width = width.max(legend_width).max(chart_width);
    let height = height + legend_height + chart_height;
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"pipec\" viewBox=\"0 0 {0:.0} {1:.0}\" width=\"{0:.0}\" height=\"{1:.0}\" role=\"img\">\n\
         <title>{2}</title>\n<style>{STYLE}</style>\n{dag}{legend}{chart}</svg>\n",
        width.ceil(),
        height.ceil(),
        escaped(&graph.pipeline)
    );
    out
}

/// The content of the drawing without its root element, and its size.
pub(super) fn picture(graph: &Graph, look: &Look<'_>) -> (String, f64, f64) {
    let faces: Vec<Face> = graph.nodes.iter().map(|n| Face::of(graph, n, look)).collect();
    let labels: Vec<Vec<String>> = graph.edges.iter().map(lines).collect();
    let sizes = Sizes {
        nodes: faces.iter().map(Face::size).collect(),
        labels: labels
            .iter()
            .map(|lines| match lines.iter().map(|l| columns(l)).max() {
                Some(longest) => (longest as f64 * SMALL + 8.0, lines.len() as f64 * LINE),
                None => (0.0, 0.0),
            })
            .collect(),
    };
    let laid = layout(graph, &sizes);
    let mut out = String::new();
    for class in ["data", "order", "yes", "no"] {
        let _ = writeln!(
            out,
            "<defs><marker id=\"{}tip-{class}\" class=\"{class}\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerUnits=\"userSpaceOnUse\" markerWidth=\"10\" markerHeight=\"10\" orient=\"auto\">\
             <path class=\"tip\" d=\"M0 0L8 4L0 8z\"/></marker></defs>",
            look.id
        );
    }
    groups(graph, &laid, &mut out);
    let critical = look.critical.map(|c| c.path.as_slice()).unwrap_or_default();
    for (edge, route) in graph.edges.iter().zip(&laid.edges) {
        let on_path = critical.windows(2).any(|w| matches!(w, [a, b] if *a == edge.from && *b == edge.to));
        let key = |i: usize| graph.nodes.get(i).map(|n| escaped(&n.key)).unwrap_or_default();
        let class = class(edge);
        let _ = writeln!(
            out,
            "<path class=\"edge {class}{}{}\" data-from=\"{}\" data-to=\"{}\" marker-end=\"url(#{}tip-{class})\" d=\"{}\"/>",
            if edge.implied { " implied" } else { "" },
            if on_path { " critical" } else { "" },
            key(edge.from),
            key(edge.to),
            look.id,
            way(&route.points),
        );
    }
    for (lines, route) in labels.iter().zip(&laid.edges) {
        if let Some(at) = &route.label {
            label(lines, at, &mut out);
        }
    }
    for (i, ((node, face), at)) in graph.nodes.iter().zip(&faces).zip(&laid.nodes).enumerate() {
        task(graph, node, face, at, critical.contains(&i), &mut out);
    }
    (out, laid.width, laid.height)
}

fn class(edge: &Edge) -> &'static str {
    match (edge.outcome, edge.data || !edge.values.is_empty()) {
        (Some(true), _) => "yes",
        (Some(false), _) => "no",
        (None, true) => "data",
        (None, false) => "order",
    }
}

/// The lines at an edge.
fn lines(edge: &Edge) -> Vec<String> {
    let mut out: Vec<String> = edge.outcome.map(|o| o.to_string()).into_iter().collect();
    let all = edge.values.len();
    let shown = if all > MOST_VALUES { MOST_VALUES - 1 } else { all };
    out.extend(edge.values.iter().take(shown).map(|v| shortened(v, 34)));
    if shown < all {
        out.push(format!("and {} more", all - shown));
    }
    out
}

/// The text of a task.
struct Face {
    name: String,
    detail: String,
    state: Option<(String, &'static str)>,
    /// Columns of small text that must also fit: a loop is as wide as its task, but its label is longer.
    around: usize,
}

impl Face {
    fn of(graph: &Graph, node: &GraphNode, look: &Look<'_>) -> Face {
        let inner = &node.inner;
        let detail =
            if inner.what.is_empty() { inner.kind.to_owned() } else { format!("{} {}", inner.kind, inner.what) };
        let state = look.run.map(|run| match run.steps.get(&node.key) {
            Some(step) => (step.shown(), step.tone.class()),
            None => ("not in this run".to_owned(), "idle"),
        });
        let group = node.group.and_then(|g| graph.groups.get(g)).filter(|g| g.kind == GroupKind::Loop);
        let around = group.map_or(0, |g| columns(&g.label).min(56));
        Face { name: shortened(&inner.key, 34), detail: shortened(&detail, 42), state, around }
    }

    fn size(&self) -> (f64, f64) {
        let small = columns(&self.detail).max(self.state.as_ref().map_or(0, |(s, _)| columns(s))).max(self.around);
        let text = (columns(&self.name) as f64 * LETTER).max(small as f64 * SMALL);
        ((text + 30.0).max(104.0), if self.state.is_some() { 62.0 } else { 46.0 })
    }
}

fn task(graph: &Graph, node: &GraphNode, face: &Face, at: &Rect, critical: bool, out: &mut String) {
    let compute = node.compute.and_then(|c| graph.computes.get(c));
    let (state, class) = match &face.state {
        Some((state, class)) => (Some(state), format!(" {class}")),
        None => (None, String::new()),
    };
    let mut about = format!("{}: {} {}", node.inner.key, node.inner.kind, node.inner.what).trim_end().to_owned();
    about.extend(compute.map(|c| format!(", on {c}")));
    about.extend(state.map(|s| format!(", {s}")));
    let round = if node.kind == "if" { at.height / 2.0 } else { 6.0 };
    let _ = write!(
        out,
        "<g class=\"task {}{class}{}\" data-key=\"{}\"><title>{}</title><rect class=\"box\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"{round:.1}\"/>",
        escaped(node.kind),
        if critical { " critical" } else { "" },
        escaped(&node.key),
        escaped(&about),
        at.x,
        at.y,
        at.width,
        at.height,
    );
    if let Some(color) = node.compute {
        let _ = write!(
            out,
            "<rect class=\"stripe c{}\" x=\"{:.1}\" y=\"{:.1}\" width=\"5\" height=\"{:.1}\" rx=\"2.5\"/>",
            color % COLORS,
            at.x + 4.0,
            at.y + 6.0,
            at.height - 12.0,
        );
    }
    let middle = at.x + at.width / 2.0 + if node.compute.is_some() { 4.0 } else { 0.0 };
    let _ = write!(
        out,
        "<text class=\"name\" x=\"{middle:.1}\" y=\"{:.1}\">{}</text><text class=\"kind\" x=\"{middle:.1}\" y=\"{:.1}\">{}</text>",
        at.y + 19.0,
        escaped(&face.name),
        at.y + 35.0,
        escaped(&face.detail),
    );
    if let Some(state) = state {
        let _ =
            write!(out, "<text class=\"state\" x=\"{middle:.1}\" y=\"{:.1}\">{}</text>", at.y + 52.0, escaped(state));
    }
    out.push_str("</g>\n");
}

fn groups(graph: &Graph, laid: &GraphLayout, out: &mut String) {
    for (group, at) in graph.groups.iter().zip(&laid.groups) {
        let class = match group.kind {
            GroupKind::Branch(true) => "branch yes",
            GroupKind::Branch(false) => "branch no",
            GroupKind::Loop => "loop",
            GroupKind::Family => "family",
        };
        let room = ((at.width - 16.0) / SMALL).max(1.0) as usize;
        let _ = writeln!(
            out,
            "<g class=\"group {class}\"><title>{}</title><rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"8\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\">{}</text></g>",
            escaped(&group.label),
            at.x,
            at.y,
            at.width,
            at.height,
            at.x + 8.0,
            at.y + GROUP_LABEL - 7.0,
            escaped(&shortened(&group.label, room)),
        );
    }
}

fn label(lines: &[String], at: &Rect, out: &mut String) {
    let _ = write!(
        out,
        "<g class=\"label\"><rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"3\"/>",
        at.x, at.y, at.width, at.height
    );
    for (n, line) in lines.iter().enumerate() {
        let y = at.y + n as f64 * LINE + LINE - 3.5;
        let _ = write!(out, "<text x=\"{:.1}\" y=\"{y:.1}\">{}</text>", at.x + at.width / 2.0, escaped(line));
    }
    out.push_str("</g>\n");
}

/// A curve through points that is horizontal at each of them.
fn way(points: &[(f64, f64)]) -> String {
    let Some((first, rest)) = points.split_first() else { return String::new() };
    let mut out = format!("M{:.1} {:.1}", first.0, first.1);
    let mut last = *first;
    for next in rest {
        let middle = (last.0 + next.0) / 2.0;
        if (last.1 - next.1).abs() < 0.05 {
            let _ = write!(out, "H{:.1}", next.0);
        } else {
            let _ = write!(out, "C{middle:.1} {:.1} {middle:.1} {:.1} {:.1} {:.1}", last.1, next.1, next.0, next.1);
        }
        last = *next;
    }
    out
}

/// The kinds of lines in a drawing: their classes and meanings.
pub(super) fn lines_of(graph: &Graph) -> Vec<(&'static str, &'static str)> {
    let plain = [("data", "data"), ("order", "order"), ("yes", "if true"), ("no", "if false")];
    let mut out: Vec<_> =
        plain.into_iter().filter(|(name, _)| graph.edges.iter().any(|e| !e.implied && class(e) == *name)).collect();
    if graph.edges.iter().any(|e| e.implied) {
        out.push(("data implied", "data, with an order implied by other edges"));
    }
    out
}

/// The legend below the drawing, for colors of compute and kinds of lines, and its size.
fn legend(graph: &Graph, width: f64, top: f64) -> (String, f64, f64) {
    let mut entries: Vec<(String, String)> = graph
        .computes
        .iter()
        .enumerate()
        .map(|(i, name)| {
            (format!("<rect class=\"stripe c{}\" width=\"14\" height=\"10\" rx=\"2.5\"/>", i % COLORS), name.clone())
        })
        .collect();
    for (name, text) in lines_of(graph) {
        entries.push((format!("<path class=\"edge {name}\" d=\"M0 5H22\"/>"), text.to_owned()));
    }
    if entries.is_empty() {
        return (String::new(), 0.0, 0.0);
    }
    let room = width.max(640.0);
    let (mut x, mut y, mut widest) = (16.0, top + 4.0, 0.0f64);
    let mut out = String::from("<g class=\"legend\">");
    for (sign, text) in &entries {
        let text = shortened(text, 60);
        let step = 30.0 + columns(&text) as f64 * SMALL + 20.0;
        if x + step > room && x > 16.0 {
            (x, y) = (16.0, y + 20.0);
        }
        let _ = write!(
            out,
            "<g transform=\"translate({x:.1} {y:.1})\">{sign}<text x=\"28\" y=\"9\">{}</text></g>",
            escaped(&text)
        );
        x += step;
        widest = widest.max(x);
    }
    out.push_str("</g>\n");
    (out, widest, y - top + 30.0)
}
