//! The graph of the pipeline at the cursor, with the selected task.

use super::view::FileContext;
use crate::graph::{self, Graph};
use crate::syntax::ast::{DeclKind, Item};

/// The graph of the pipeline around a byte, else of the first pipeline of the file.
pub fn graph(view: &FileContext<'_>, offset: u32) -> Option<Graph> {
    let decl = view.pipeline_at(offset).or_else(|| {
        view.tree().items.iter().find_map(|i| match i {
            Item::Decl(d) if d.kind == DeclKind::Pipeline => Some(d.as_ref()),
            _ => None,
        })
    })?;
    let (_, pipeline) = view.pipelines(decl.name.span).next()?;
    Some(graph::graph(pipeline))
}
