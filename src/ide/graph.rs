//! The DAG of a pipeline, for a picture beside the source.

use super::view::View;
use crate::model::StepKind;
use crate::source::Span;

/// A task of the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphNode {
    /// Its key.
    pub key: String,
    /// What it is: `python`, `notebook`, `condition` and so on.
    pub kind: &'static str,
    /// Its name in source.
    pub span: Span,
    /// The whole of it in source.
    pub whole: Span,
}

/// An edge of the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The task that comes first.
    pub from: String,
    /// The task that waits.
    pub to: String,
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
    pub nodes: Vec<GraphNode>,
    /// Its dependencies.
    pub edges: Vec<Edge>,
}

/// The graph of the pipeline around a byte, else of the first one of the file.
pub fn graph(view: &View<'_>, offset: u32) -> Option<Graph> {
    use crate::syntax::ast::{DeclKind, Item};
    let decl = view.pipeline_at(offset).or_else(|| {
        view.tree().items.iter().find_map(|i| match i {
            Item::Decl(d) if d.kind == DeclKind::Pipeline => Some(d.as_ref()),
            _ => None,
        })
    })?;
    let (_, pipeline) = view.pipelines(decl.name.span).next()?;
    let whole = |name: Span| {
        crate::syntax::walk::holding(view.tree(), name)
            .into_iter()
            .rev()
            .find_map(|n| match n {
                crate::syntax::walk::Node::Item(item) => Some(item.span()),
                _ => None,
            })
            .unwrap_or(name)
    };
    let nodes = pipeline
        .steps
        .iter()
        .map(|s| GraphNode { key: s.key.to_string(), kind: kind(&s.kind), span: s.span, whole: whole(s.span) })
        .collect();
    let edges = pipeline
        .steps
        .iter()
        .flat_map(|s| {
            s.depends_on.iter().map(|d| Edge {
                from: d.task.to_string(),
                to: s.key.to_string(),
                outcome: d.outcome,
                data: d.origin == crate::model::Origin::Data,
            })
        })
        .collect();
    Some(Graph { pipeline: pipeline.name.to_string(), nodes, edges })
}

fn kind(kind: &StepKind) -> &'static str {
    match kind {
        StepKind::Python(_) => "python",
        StepKind::File(call) => match call.kind {
            crate::model::FileKind::Notebook => "notebook",
            crate::model::FileKind::Script => "script",
            crate::model::FileKind::Sql => "sql",
            crate::model::FileKind::Dbt => "dbt",
        },
        StepKind::Run(_) => "run",
        StepKind::Condition(_) => "if",
        StepKind::Loop(_) => "for",
        StepKind::Raw(key) => key.trim_end_matches("_task"),
        StepKind::Bad => "?",
    }
}
