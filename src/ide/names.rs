//! Definition, references and highlights.

use std::path::PathBuf;

use super::view::FileContext;
use crate::package::Modules;
use crate::project::join;
use crate::source::Span;
use crate::syntax::ast::{Callee, Item, StrLit};
use crate::syntax::walk::{self, Role, SyntaxNode};

/// A location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// In a file that was loaded.
    Span(Span),
    /// The start of another file, or a directory.
    File(PathBuf),
}

/// The definition of the name at a byte, and the name itself.
pub fn definition(view: &FileContext<'_>, offset: u32) -> Option<(Span, Destination)> {
    if let Some(link) = view.use_at(offset) {
        return Some((link.at, Destination::Span(link.to)));
    }
    let path = view.at(offset);
    let mut inward = path.iter().rev();
    let leaf = inward.next()?;
    let item = walk::item(&path)?;
    match (leaf, item) {
        (SyntaxNode::Name(module, Role::Module), _) => {
            module_file(view, &module.text).map(|p| (module.span, Destination::File(p)))
        }
        (SyntaxNode::Str(lit), Item::Import(_)) => {
            let at = view.project.units.iter().position(|u| u.id == view.unit.id)?;
            let (_, to) = view.project.imports.get(at)?.iter().find(|(span, _)| span.contains(lit.span))?;
            let unit = view.project.units.get((*to)?)?;
            Some((lit.span, Destination::Span(Span::new(unit.id, 0, 0))))
        }
        (SyntaxNode::Str(lit), Item::Package(_)) => {
            let toml = local(view, lit)?.join("pyproject.toml");
            view.files.is_file(&toml).then_some((lit.span, Destination::File(toml)))
        }
        (SyntaxNode::Str(lit), Item::Call(call)) => match &call.callee {
            Callee::Notebook(path) | Callee::Script(path) | Callee::Sql(path) if path.span == lit.span => {
                let file = local(view, lit)?;
                view.files.is_file(&file).then_some((lit.span, Destination::File(file)))
            }
            Callee::Dbt(path) if path.span == lit.span => {
                let file = local(view, lit)?.join("dbt_project.yml");
                view.files.is_file(&file).then_some((lit.span, Destination::File(file)))
            }
            _ => None,
        },
        // The name of a declaration is its own definition.
        _ => view.declaration(offset).map(|l| (l.at, Destination::Span(l.to))),
    }
}

fn local(view: &FileContext<'_>, lit: &StrLit) -> Option<PathBuf> {
    Some(join(view.unit.dir(), &lit.plain()?))
}

/// The file of a Python module of the project.
pub(super) fn module_file(view: &FileContext<'_>, module: &str) -> Option<PathBuf> {
    view.project.packages.iter().find_map(|(_, source)| {
        let python = source.project.as_ref().ok()?;
        Modules::new(view.files, python.layout.clone()).resolve(module)?.file
    })
}

/// Every use of the name at a byte, in all projects of the snapshot; optionally with its declaration.
pub fn references(view: &FileContext<'_>, offset: u32, declaration: bool) -> Vec<Span> {
    let Some(link) = view.declaration(offset) else { return Vec::new() };
    let mut out: Vec<Span> = view.snapshot.checked.indexes.iter().flat_map(|index| index.uses(link.to)).collect();
    out.sort();
    out.dedup();
    if declaration {
        out.insert(0, link.to);
    }
    out
}

/// Uses and declaration of the name at a byte in this file.
pub fn highlights(view: &FileContext<'_>, offset: u32) -> Vec<Span> {
    let mut out = references(view, offset, true);
    out.retain(|s| s.file == view.unit.id);
    out
}
