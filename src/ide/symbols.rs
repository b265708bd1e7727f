//! The outline of a file.

use super::snapshot::Snapshot;
use super::view::FileContext;
use crate::source::{FileId, Span};
use crate::syntax::ast::{BindingKind, Body, Callee, DeclKind, Ident, Item};
use crate::syntax::walk::with_choices;

/// The kind of a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymbolKind {
    /// A job.
    Pipeline,
    /// A task.
    Step,
    /// A condition.
    Condition,
    /// A loop.
    Loop,
    /// A cluster or environment.
    Compute,
    /// A target.
    Target,
    /// A Python project.
    Package,
    /// A constant or var.
    Value,
    /// A param.
    Param,
    /// An output.
    Output,
}

/// A declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    pub name: String,
    /// A few words next to the name.
    pub detail: String,
    pub kind: SymbolKind,
    /// The whole declaration.
    pub span: Span,
    /// The span of its name.
    pub name_span: Span,
    pub children: Vec<Symbol>,
}

/// The declarations of a file.
pub fn symbols(view: &FileContext<'_>) -> Vec<Symbol> {
    let text = view.text();
    of_items(&view.tree().items, text)
}

/// The declarations of all files as a flat list, with the names of their parents.
pub fn all_symbols(snapshot: &Snapshot) -> Vec<(Symbol, Vec<String>)> {
    fn flat(list: Vec<Symbol>, around: &[String], out: &mut Vec<(Symbol, Vec<String>)>) {
        for mut symbol in list {
            let children = std::mem::take(&mut symbol.children);
            let mut inner = around.to_vec();
            inner.push(symbol.name.clone());
            out.push((symbol, around.to_vec()));
            flat(children, &inner, out);
        }
    }
    let mut out = Vec::new();
    let mut seen: Vec<FileId> = Vec::new();
    for unit in snapshot.loaded.projects.iter().flat_map(|p| &p.units) {
        if !seen.contains(&unit.id) {
            seen.push(unit.id);
            flat(of_items(&unit.ast.items, snapshot.loaded.sources.text(unit.id)), &[], &mut out);
        }
    }
    out
}

fn of_items(items: &[Item], text: &str) -> Vec<Symbol> {
    with_choices(items).into_iter().filter_map(|item| of_item(item, text)).collect()
}

fn of_item(item: &Item, text: &str) -> Option<Symbol> {
    let slice = |span: Span| text.get(span.start as usize..span.end as usize).unwrap_or("").to_owned();
    let inside = |body: &Body| of_items(&body.items, text);
    let symbol = |name: &Ident, kind, span: Span, detail: String, children| {
        // The protocol does not allow an empty name.
        let shown = if name.text.is_empty() { "``".to_owned() } else { name.text.to_string() };
        Some(Symbol { name: shown, detail, kind, span, name_span: name.span, children })
    };
    match item {
        Item::Package(p) => symbol(&p.name, SymbolKind::Package, p.span, slice(p.path.span), Vec::new()),
        Item::Binding(b) => {
            let kind = match b.kind {
                BindingKind::Let | BindingKind::Var => SymbolKind::Value,
                BindingKind::Param => SymbolKind::Param,
                BindingKind::Output => SymbolKind::Output,
            };
            let detail = b.ty.as_ref().map(|t| slice(t.span)).unwrap_or_else(|| b.kind.keyword().to_owned());
            symbol(&b.name, kind, b.span, detail, Vec::new())
        }
        Item::Decl(d) => {
            let kind = match d.kind {
                DeclKind::Target => SymbolKind::Target,
                DeclKind::Pipeline => SymbolKind::Pipeline,
                DeclKind::Cluster | DeclKind::Environment => SymbolKind::Compute,
                DeclKind::Step => SymbolKind::Step,
            };
            let call = d.body.items.iter().find_map(|i| match i {
                Item::Call(c) => Some(match &c.callee {
                    Callee::Python { module, function } => format!("{}:{}", module.text, function.text),
                    _ => slice(c.callee_span),
                }),
                _ => None,
            });
            let detail = call.unwrap_or_else(|| d.kind.keyword().to_owned());
            symbol(&d.name, kind, d.span, detail, inside(&d.body))
        }
        Item::If(i) => {
            let mut children = inside(&i.then);
            children.extend(i.otherwise.iter().flat_map(inside));
            let mut detail = slice(i.left.span);
            if let Some((op, right)) = &i.right {
                detail = format!("{detail} {} {}", op.text, slice(right.span));
            }
            symbol(&i.name, SymbolKind::Condition, i.span, detail, children)
        }
        Item::For(f) => {
            let detail = format!("{} in {}", f.variable.text, slice(f.list.span));
            symbol(&f.name, SymbolKind::Loop, f.span, detail, inside(&f.body))
        }
        Item::Import(_) | Item::Call(_) | Item::Entry(_) | Item::When(_) | Item::Spread(_) | Item::Bad(_) => None,
    }
}
