//! The DAG of a pipeline as a picture: what it holds, where each thing stands, and its SVG.

mod layout;
mod svg;

pub use layout::{Laid, Layout, layout};
pub use svg::svg;

use crate::model::{FileKind, Origin, Pipeline, StepKind};
use crate::source::Span;

/// A task of the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its key.
    pub key: String,
    /// What it is: `python`, `notebook`, `if` and so on.
    pub kind: &'static str,
    /// Its name in source.
    pub span: Span,
}

/// A dependency, between tasks by their places in [`Graph::nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The task that comes first.
    pub from: usize,
    /// The task that waits.
    pub to: usize,
    /// The outcome that is waited for.
    pub outcome: Option<bool>,
    /// It follows from data.
    pub data: bool,
}

/// A pipeline as a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    /// The name of the pipeline.
    pub pipeline: String,
    /// Its tasks, in order of writing.
    pub nodes: Vec<Node>,
    /// Its dependencies.
    pub edges: Vec<Edge>,
}

/// The graph of a pipeline, finished or not.
pub fn graph(pipeline: &Pipeline) -> Graph {
    let nodes: Vec<Node> =
        pipeline.steps.iter().map(|s| Node { key: s.key.to_string(), kind: kind(&s.kind), span: s.span }).collect();
    let place = |key: &str| pipeline.steps.iter().position(|s| s.key == key);
    let edges = pipeline
        .steps
        .iter()
        .enumerate()
        .flat_map(|(to, s)| {
            s.depends_on.iter().filter_map(move |d| {
                Some(Edge { from: place(&d.task)?, to, outcome: d.outcome, data: d.origin == Origin::Data })
            })
        })
        .collect();
    Graph { pipeline: pipeline.name.to_string(), nodes, edges }
}

fn kind(kind: &StepKind) -> &'static str {
    match kind {
        StepKind::Python(_) => "python",
        StepKind::File(call) => match call.kind {
            FileKind::Notebook => "notebook",
            FileKind::Script => "script",
            FileKind::Sql => "sql",
            FileKind::Dbt => "dbt",
        },
        StepKind::Run(_) => "run",
        StepKind::Condition(_) => "if",
        StepKind::Loop(_) => "for",
        StepKind::Raw(key) => key.strip_suffix("_task").unwrap_or(key),
        StepKind::Bad => "?",
    }
}
