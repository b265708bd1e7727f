//! Drawings of a pipeline's graph.
//!
//! [`graph`] builds it from a checked pipeline, [`layout()`] computes positions, and [`svg()`], [`page()`],
//! [`mermaid()`] and [`dot()`] render it. A [`RunRecord`] adds states and times of a run.

mod build;
mod critical;
mod dot;
mod gantt;
mod layout;
mod mermaid;
mod page;
mod record;
mod svg;

pub use build::graph;
pub use critical::{Critical, critical, decisive};
pub use dot::dot;
pub use layout::{GraphLayout, Rect, Route, layout};
pub use mermaid::mermaid;
pub use page::{PageEntry, PagePart, page};
pub use record::{RunRecord, StepRecord, Tone};
pub use svg::{Look, svg};

use crate::source::{Span, plain};

/// A pipeline as a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    /// The name of the pipeline.
    pub pipeline: String,
    /// Its tasks, in source order.
    pub nodes: Vec<GraphNode>,
    /// Its dependencies.
    pub edges: Vec<Edge>,
    /// Groups of tasks; outer groups come before inner ones.
    pub groups: Vec<NodeGroup>,
    /// The compute of its tasks, in order of first use.
    pub computes: Vec<String>,
}

/// A task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphNode {
    pub key: String,
    /// Its kind, such as `python`, `notebook` or `if`.
    pub kind: &'static str,
    /// The span of its name.
    pub span: Span,
    /// The step that does the work: for a loop the inner step, otherwise itself.
    pub inner: Inner,
    /// Its compute, as an index into [`Graph::computes`].
    pub compute: Option<usize>,
    /// Its innermost group, as an index into [`Graph::groups`].
    pub group: Option<usize>,
    /// The values of other tasks that it uses.
    pub takes: Vec<Taken>,
    /// Its outputs, with their types.
    pub gives: Vec<(String, String)>,
}

/// What a node shows of the step that does the work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inner {
    pub key: String,
    pub kind: &'static str,
    /// What it runs, in a few words: a function, a path, a comparison.
    pub what: String,
}

/// A value of another task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The other task, as an index into [`Graph::nodes`].
    pub from: usize,
    pub name: String,
    /// Its declared type.
    pub ty: Option<String>,
}

/// A dependency between tasks, as indices into [`Graph::nodes`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The earlier task.
    pub from: usize,
    /// The later task.
    pub to: usize,
    /// The outcome that the later task depends on.
    pub outcome: Option<bool>,
    /// Whether it carries data.
    pub data: bool,
    /// Whether other edges already imply its order.
    pub implied: bool,
    /// Its values, with their types.
    pub values: Vec<String>,
}

/// The kind of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKind {
    /// One branch of a condition.
    Branch(bool),
    /// The iterations of a loop.
    Loop,
    /// The steps of a family.
    Family,
}

/// A group of tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeGroup {
    pub kind: GroupKind,
    pub label: String,
    /// The surrounding group.
    pub parent: Option<usize>,
}

impl Edge {
    /// The lines of an edge's label: the outcome, then the values.
    fn words(&self) -> Vec<String> {
        self.outcome.map(|o| o.to_string()).into_iter().chain(self.values.iter().cloned()).collect()
    }
}

impl Graph {
    /// The lines of a task's label, for renderers that lay out the graph themselves.
    fn label(&self, node: &GraphNode, run: Option<&RunRecord>) -> String {
        let mut lines = vec![node.inner.key.clone(), format!("{} {}", node.inner.kind, node.inner.what)];
        lines.extend(node.compute.and_then(|c| self.computes.get(c)).cloned());
        lines.extend(run.and_then(|r| r.steps.get(&node.key)).map(StepRecord::shown));
        lines.join("\n").trim_end().to_owned()
    }
}

/// Escapes text for XML and HTML.
fn escaped(text: &str) -> String {
    // XML cannot contain control characters, not even as references.
    let text: String = text
        .chars()
        .map(|c| {
            if c.is_control() && !matches!(c, '\n' | '\t') || matches!(c, '\u{fffe}' | '\u{ffff}') {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect();
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    plain::with_hash(&text, "&#35;")
}

/// Shortens a text in the middle, because names with a common prefix differ at the end.
fn shortened(text: &str, columns: usize) -> String {
    use unicode_width::UnicodeWidthChar;
    let width = |c: char| c.width().unwrap_or(0);
    if text.chars().map(width).sum::<usize>() <= columns {
        return text.to_owned();
    }
    let (mut head, mut tail) = (String::new(), Vec::new());
    let (mut left, half) = (columns.saturating_sub(1), columns.saturating_sub(1).div_ceil(2));
    for c in text.chars() {
        if width(c) + half > left {
            break;
        }
        left -= width(c);
        head.push(c);
    }
    for c in text.chars().rev() {
        if width(c) > left {
            break;
        }
        left -= width(c);
        tail.push(c);
    }
    head.push('…');
    head.extend(tail.into_iter().rev());
    head
}

/// The width of a text in columns.
fn columns(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_both_ends() {
        assert_eq!(shortened("short", 10), "short");
        assert_eq!(shortened("load_the_orders_of_eu", 11), "load_…of_eu");
        for n in 1..30 {
            assert!(columns(&shortened("ein_Überraschend_langer_名前_step", n)) <= n, "{n}");
        }
    }
}
