//! The DAG of a pipeline as a picture: what it holds, where each thing stands, and how it is written for a reader.
//!
//! [`graph`] takes it out of a checked pipeline, [`layout()`] finds the places, and [`svg()`], [`page()`], [`mermaid()`] and
//! [`dot()`] write it. A [`RunRecord`] of a run paints states and times into any of them.

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
    /// Its tasks, in order of writing.
    pub nodes: Vec<GraphNode>,
    /// Its dependencies.
    pub edges: Vec<Edge>,
    /// What holds tasks together; outer ones stand before those in them.
    pub groups: Vec<NodeGroup>,
    /// The compute that its tasks run on, in order of first use.
    pub computes: Vec<String>,
}

/// A task of the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphNode {
    /// Its key.
    pub key: String,
    /// What it is: `python`, `notebook`, `if` and so on.
    pub kind: &'static str,
    /// Its name in source.
    pub span: Span,
    /// The step that does the work: of a loop the one inside, else itself.
    pub inner: Inner,
    /// Its compute, by its place in [`Graph::computes`].
    pub compute: Option<usize>,
    /// The innermost group that it stands in, by its place in [`Graph::groups`].
    pub group: Option<usize>,
    /// The values of other tasks that it uses.
    pub takes: Vec<Taken>,
    /// The values that it hands on, each with its type.
    pub gives: Vec<(String, String)>,
}

/// What a node shows of the step that does the work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inner {
    /// Its key.
    pub key: String,
    /// What it is.
    pub kind: &'static str,
    /// What it runs, in a few words: a function, a path, a comparison.
    pub what: String,
}

/// A value of another task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The task that has it, by its place in [`Graph::nodes`].
    pub from: usize,
    /// Its name.
    pub name: String,
    /// Its type, where one is declared.
    pub ty: Option<String>,
}

/// A dependency, between tasks by their places in [`Graph::nodes`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The task that comes first.
    pub from: usize,
    /// The task that waits.
    pub to: usize,
    /// The outcome that is waited for.
    pub outcome: Option<bool>,
    /// It follows from data.
    pub data: bool,
    /// It is there for its values alone: the order follows from other edges.
    pub implied: bool,
    /// The values that go along it, each with its type.
    pub values: Vec<String>,
}

/// What a group stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKind {
    /// One side of a condition.
    Branch(bool),
    /// The iterations of a loop.
    Loop,
    /// One step for each element of a list.
    Family,
}

/// Tasks that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeGroup {
    /// What it stands for.
    pub kind: GroupKind,
    /// What it says of itself.
    pub label: String,
    /// The group around it.
    pub parent: Option<usize>,
}

impl Edge {
    /// What stands along it: the outcome that is waited for, then the values.
    fn words(&self) -> Vec<String> {
        self.outcome.map(|o| o.to_string()).into_iter().chain(self.values.iter().cloned()).collect()
    }
}

impl Graph {
    /// What stands in a task of a picture that others lay out, in lines.
    fn label(&self, node: &GraphNode, run: Option<&RunRecord>) -> String {
        let mut lines = vec![node.inner.key.clone(), format!("{} {}", node.inner.kind, node.inner.what)];
        lines.extend(node.compute.and_then(|c| self.computes.get(c)).cloned());
        lines.extend(run.and_then(|r| r.steps.get(&node.key)).map(StepRecord::shown));
        lines.join("\n").trim_end().to_owned()
    }
}

/// Text for XML and HTML.
fn escaped(text: &str) -> String {
    // Control characters cannot be written in XML, not even as references.
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

/// A text cut in its middle to so many columns: names that begin alike differ at the end.
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

/// How many columns a text takes.
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
