//! Renders a graph for Graphviz.

use std::fmt::Write as _;

use super::{Graph, GroupKind, RunRecord, Tone};
use crate::source::plain;

/// The graph in the DOT language.
pub fn dot(graph: &Graph, run: Option<&RunRecord>) -> String {
    let mut out = format!(
        "digraph {} {{\n  rankdir=LR\n  node [shape=box, style=\"rounded,filled\", fillcolor=\"#f6f8fa\", fontname=\"monospace\"]\n  edge [fontname=\"monospace\", fontsize=10]\n",
        quoted(&graph.pipeline)
    );
    inside(graph, run, None, 1, &mut out);
    for e in &graph.edges {
        let (Some(from), Some(to)) = (graph.nodes.get(e.from), graph.nodes.get(e.to)) else { continue };
        let words = e.words();
        let mut with = Vec::new();
        if !words.is_empty() {
            with.push(format!("label={}", quoted(&words.join("\n"))));
        }
        with.extend(match e.outcome {
            Some(true) => Some("color=\"#1a7f37\"".to_owned()),
            Some(false) => Some("color=\"#cf222e\"".to_owned()),
            None if e.data || !e.values.is_empty() => Some("color=\"#0969da\"".to_owned()),
            None => None,
        });
        if e.implied {
            with.push("style=dotted, constraint=false".to_owned());
        }
        let with = if with.is_empty() { String::new() } else { format!(" [{}]", with.join(", ")) };
        let _ = writeln!(out, "  {} -> {}{with}", quoted(&from.key), quoted(&to.key));
    }
    out.push_str("}\n");
    out
}

/// The direct tasks and groups of a group.
fn inside(graph: &Graph, run: Option<&RunRecord>, group: Option<usize>, level: usize, out: &mut String) {
    let pad = "  ".repeat(level);
    for node in graph.nodes.iter().filter(|n| n.group == group) {
        let step = run.and_then(|r| r.steps.get(&node.key));
        let color = match step.map(|s| s.tone) {
            Some(Tone::Good) => ", color=\"#1a7f37\"",
            Some(Tone::Bad) => ", color=\"#cf222e\", penwidth=2",
            Some(Tone::Busy) => ", color=\"#9a6700\"",
            Some(Tone::Idle) => ", style=\"rounded,dashed\"",
            None => "",
        };
        let shape = if node.kind == "if" { ", shape=hexagon, style=filled" } else { "" };
        let _ = writeln!(out, "{pad}{} [label={}{shape}{color}]", quoted(&node.key), quoted(&graph.label(node, run)));
    }
    for (i, g) in graph.groups.iter().enumerate().filter(|(_, g)| g.parent == group) {
        let style = if g.kind == GroupKind::Family { "rounded" } else { "\"rounded,dashed\"" };
        let _ = writeln!(out, "{pad}subgraph cluster_{i} {{\n{pad}  label={}\n{pad}  style={style}", quoted(&g.label));
        inside(graph, run, Some(i), level + 1, out);
        let _ = writeln!(out, "{pad}}}");
    }
}

/// A string of DOT, with escaped line breaks.
fn quoted(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{}\"", plain::with_hash(&text, "&#35;"))
}
