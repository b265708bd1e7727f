//! Renders a graph for Mermaid, which many sites draw in Markdown.

use std::fmt::Write as _;

use super::{Graph, GroupKind, RunRecord};

/// The graph as a Mermaid flowchart.
pub fn mermaid(graph: &Graph, run: Option<&RunRecord>) -> String {
    let mut out = "flowchart LR\n".to_owned();
    inside(graph, run, None, 1, &mut out);
    for e in &graph.edges {
        let words = e.words();
        let arrow = if e.implied { "-.->" } else { "-->" };
        let label = if words.is_empty() { String::new() } else { format!("|{}|", text(&words.join("\n"))) };
        let _ = writeln!(out, "  n{} {arrow}{label} n{}", e.from, e.to);
    }
    if run.is_some() {
        out.push_str(
            "  classDef good stroke:#1a7f37,stroke-width:2px\n  classDef bad stroke:#cf222e,stroke-width:3px\n",
        );
        out.push_str("  classDef busy stroke:#9a6700,stroke-width:2px\n  classDef idle stroke-dasharray:3 3\n");
    }
    for (i, node) in graph.nodes.iter().enumerate() {
        if let Some(step) = run.and_then(|r| r.steps.get(&node.key)) {
            let _ = writeln!(out, "  class n{i} {}", step.tone.class());
        }
    }
    out
}

/// The direct tasks and groups of a group.
fn inside(graph: &Graph, run: Option<&RunRecord>, group: Option<usize>, level: usize, out: &mut String) {
    let pad = "  ".repeat(level);
    for (i, node) in graph.nodes.iter().enumerate().filter(|(_, n)| n.group == group) {
        let label = text(&graph.label(node, run));
        let _ = match node.kind {
            "if" => writeln!(out, "{pad}n{i}{{{{{label}}}}}"),
            _ => writeln!(out, "{pad}n{i}[{label}]"),
        };
    }
    for (i, g) in graph.groups.iter().enumerate().filter(|(_, g)| g.parent == group) {
        let kind = if g.kind == GroupKind::Family { "f" } else { "g" };
        let _ = writeln!(out, "{pad}subgraph {kind}{i} [{}]", text(&g.label));
        inside(graph, run, Some(i), level + 1, out);
        let _ = writeln!(out, "{pad}end");
    }
}

/// A quoted text, with special characters of Mermaid as character references.
fn text(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '\n' => out.push_str("<br>"),
            '"' => out.push_str("#quot;"),
            '#' => out.push_str("#35;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '&' => out.push_str("#amp;"),
            '`' => out.push_str("#96;"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
