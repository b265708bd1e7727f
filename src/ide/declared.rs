//! The declarations of a pipeline from its tree, without checking it.

use super::view::FileContext;
use crate::syntax::ast::{Binding, BindingKind, Decl, DeclKind, Ident, Item};
use crate::syntax::walk::with_choices;

/// The parameters of a pipeline.
pub(super) fn params(pipeline: &Decl) -> impl Iterator<Item = &Binding> {
    with_choices(&pipeline.body.items).into_iter().filter_map(|i| match i {
        Item::Binding(b) if b.kind == BindingKind::Param => Some(b.as_ref()),
        _ => None,
    })
}

/// Calls `f` with each step, condition and loop: its name, kind and documentation.
pub(super) fn each_step<'a>(items: &'a [Item], f: &mut dyn FnMut(&'a Ident, &'static str, Option<&'a str>)) {
    for item in with_choices(items) {
        match item {
            Item::Decl(d) if d.kind == DeclKind::Step => f(&d.name, "step", d.doc.as_deref()),
            Item::If(i) => {
                f(&i.name, "condition", i.doc.as_deref());
                each_step(&i.then.items, f);
                i.otherwise.iter().for_each(|b| each_step(&b.items, f));
            }
            Item::For(l) => f(&l.name, "loop", l.doc.as_deref()),
            _ => {}
        }
    }
}

/// Whether a step, condition or loop has this name.
pub(super) fn has_step(items: &[Item], name: &str) -> bool {
    let mut found = false;
    each_step(items, &mut |n, _, _| found |= n.text == name);
    found
}

/// The declared outputs of a step, with their types as written.
pub(super) fn outputs_of<'a>(pipeline: &'a Decl, step: &str, view: &FileContext<'a>) -> Vec<(&'a str, &'a str)> {
    fn find<'a>(items: &'a [Item], step: &str) -> Option<&'a Decl> {
        with_choices(items).into_iter().find_map(|i| match i {
            Item::Decl(d) if d.kind == DeclKind::Step && d.name.text == step => Some(d.as_ref()),
            Item::If(c) => {
                find(&c.then.items, step).or_else(|| c.otherwise.as_ref().and_then(|b| find(&b.items, step)))
            }
            _ => None,
        })
    }
    let Some(step) = find(&pipeline.body.items, step) else { return Vec::new() };
    step.body
        .items
        .iter()
        .filter_map(|i| match i {
            Item::Binding(b) if b.kind == BindingKind::Output => {
                Some((b.name.text.as_str(), b.ty.as_ref().map_or("", |t| view.slice(t.span))))
            }
            _ => None,
        })
        .collect()
}
