//! Code lenses.

use super::view::FileContext;
use crate::source::Span;
use crate::syntax::ast::{DeclKind, Item};

/// The command of a lens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LensKind {
    Compile,
    RunLocally,
    Plan,
}

/// A lens above a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lens {
    /// The name of the declaration.
    pub span: Span,
    pub kind: LensKind,
    pub pipeline: Option<String>,
    pub target: Option<String>,
}

/// The lenses of a file, on pipelines and targets.
pub fn lenses(view: &FileContext<'_>) -> Vec<Lens> {
    let mut out = Vec::new();
    for item in &view.tree().items {
        let Item::Decl(d) = item else { continue };
        let (span, name) = (d.name.span, d.name.text.to_string());
        match d.kind {
            DeclKind::Pipeline => {
                for kind in [LensKind::Compile, LensKind::RunLocally, LensKind::Plan] {
                    let pipeline = (kind != LensKind::Plan).then(|| name.clone());
                    out.push(Lens { span, kind, pipeline, target: None });
                }
            }
            DeclKind::Target => {
                for kind in [LensKind::Compile, LensKind::Plan] {
                    out.push(Lens { span, kind, pipeline: None, target: Some(name.clone()) });
                }
            }
            _ => {}
        }
    }
    out
}
