//! The picture itself. Colours are classes: whoever shows it says what they look like.

use std::fmt::Write as _;

use super::layout::{HEIGHT, layout};
use super::{Edge, Graph};

/// Colours for a page that has none of its own: light, or dark where the reader prefers that.
const STYLE: &str = "svg{--ink:#24292f;--dim:#6e7781;--line:#8c959f;--box:#f6f8fa;--edge:#0969da;--yes:#1a7f37;--no:#cf222e}\
@media(prefers-color-scheme:dark){svg{--ink:#e6edf3;--dim:#8d96a0;--line:#6e7681;--box:#161b22;--edge:#58a6ff;--yes:#3fb950;--no:#f85149}}\
text{font:13px ui-monospace,Menlo,Consolas,monospace;fill:var(--ink);text-anchor:middle}.kind{font-size:10px;fill:var(--dim)}\
rect{fill:var(--box);stroke:var(--line)}path{fill:none;stroke:var(--line);stroke-width:1.4}.data{stroke:var(--edge)}\
.yes{stroke:var(--yes)}.no{stroke:var(--no)}.if rect,.for rect{stroke-dasharray:4 3}";

/// The graph as SVG. Each task is a group with its key in `data-key`; edges have the classes `data`, `yes` and `no`.
pub fn svg(graph: &Graph) -> String {
    let laid = layout(graph);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\">\n",
        laid.width, laid.height
    );
    let _ = writeln!(out, "<title>{}</title>", escaped(&graph.pipeline));
    let _ = writeln!(out, "<style>{STYLE}</style>");
    let _ = writeln!(
        out,
        "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\">\
         <path d=\"M0 0L8 4L0 8z\" style=\"fill:context-stroke;stroke:none\"/></marker></defs>"
    );
    for (edge, bends) in graph.edges.iter().zip(&laid.bends) {
        let (Some(from), Some(to)) = (laid.places.get(edge.from), laid.places.get(edge.to)) else { continue };
        let (mut x, mut y) = (from.x + from.width / 2, from.y + HEIGHT);
        let mut line = format!("M{x} {y}");
        for next in bends.iter().chain([to]) {
            let (x2, y2) = (next.x + next.width / 2, next.y);
            let bend = ((y2 - y) / 2).max(18);
            let _ = write!(line, "C{x} {} {x2} {} {x2} {y2}", y + bend, y2 - bend);
            (x, y) = (x2, y2 + HEIGHT);
            if next != to {
                let _ = write!(line, "V{y}");
            }
        }
        let _ = writeln!(out, "<path class=\"{}\" marker-end=\"url(#tip)\" d=\"{line}\"/>", class(edge));
    }
    for (node, place) in graph.nodes.iter().zip(&laid.places) {
        let middle = place.x + place.width / 2;
        let _ = writeln!(
            out,
            "<g class=\"task {}\" data-key=\"{}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{HEIGHT}\" rx=\"6\"/>\
             <text x=\"{middle}\" y=\"{}\">{}</text><text class=\"kind\" x=\"{middle}\" y=\"{}\">{}</text></g>",
            escaped(node.kind),
            escaped(&node.key),
            place.x,
            place.y,
            place.width,
            place.y + 19,
            escaped(&node.key),
            place.y + 34,
            escaped(node.kind),
        );
    }
    out.push_str("</svg>\n");
    out
}

fn class(edge: &Edge) -> &'static str {
    match (edge.outcome, edge.data) {
        (Some(true), _) => "yes",
        (Some(false), _) => "no",
        (None, true) => "data",
        (None, false) => "order",
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
