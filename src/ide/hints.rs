//! Inlay hints: dependencies from data, and node types from `gpu`.

use super::describe::{by_target, steps_at, target};
use super::view::FileContext;
use crate::model::Origin;
use crate::schema::key;
use crate::source::Span;
use crate::syntax::ast::{Body, Decl, DeclKind, Header, Ident, Item};
use crate::syntax::walk::{self, SyntaxNode};

/// A hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The byte before which it is shown.
    pub at: u32,
    pub label: String,
    /// The explanation, in Markdown.
    pub why: String,
}

/// The hints in a range.
pub fn hints(view: &FileContext<'_>, range: std::ops::Range<u32>) -> Vec<Hint> {
    let mut out = Vec::new();
    walk::walk(view.tree(), &mut |node| {
        let SyntaxNode::Item(item) = node else { return };
        let span = item.span();
        if span.end < range.start || range.end < span.start {
            return;
        }
        out.extend(match item {
            Item::Decl(d) if d.kind == DeclKind::Step => inferred(view, d.name.span, head_end(view, d.span, &d.body)),
            Item::If(i) => inferred(view, i.name.span, before_colon(&i.name, &i.header)),
            Item::For(f) => inferred(view, f.name.span, before_colon(&f.name, &f.header)),
            Item::Decl(d) if d.kind == DeclKind::Cluster => chosen(view, d),
            _ => None,
        });
    });
    out.retain(|h| range.start <= h.at && h.at <= range.end);
    out
}

/// The end of the last word before a body.
fn head_end(view: &FileContext<'_>, span: Span, body: &Body) -> u32 {
    let head = Span { end: body.span.start, ..span };
    head.start + view.slice(head).trim_end().len() as u32
}

/// The end of the last word before the colon of a condition or loop.
fn before_colon(name: &Ident, header: &Header) -> u32 {
    header.after.last().map_or(name.span.end, |a| a.span.end)
}

fn inferred(view: &FileContext<'_>, name: Span, at: u32) -> Option<Hint> {
    let found: Vec<(Option<&str>, String)> = view
        .programs()
        .map(|p| {
            let mut tasks: Vec<&str> = Vec::new();
            for (_, step) in steps_at(p, name) {
                for d in step.depends_on.iter().filter(|d| d.origin == Origin::Data) {
                    if !tasks.contains(&d.task.as_str()) {
                        tasks.push(&d.task);
                    }
                }
            }
            (target(p), tasks.join(", "))
        })
        .collect();
    let tasks = found.first().map(|(_, t)| t.clone()).filter(|t| !t.is_empty())?;
    Some(Hint {
        at,
        label: format!("after {tasks}"),
        why: format!("Uses values of {tasks}, which adds the dependency."),
    })
}

/// The node type and runtime that `gpu` resolves to.
fn chosen(view: &FileContext<'_>, d: &Decl) -> Option<Hint> {
    let entry = d.body.items.iter().find_map(|i| match i {
        Item::Entry(e) if e.key.text == key::GPU.name() => Some(e),
        _ => None,
    })?;
    let found: Vec<(Option<&str>, String)> = view
        .programs()
        .filter_map(|p| {
            let cluster = p.pipelines.iter().flat_map(|l| &l.clusters).find(|c| c.span == d.name.span)?;
            cluster.chosen.as_ref()?;
            let node = cluster.settings.str(key::NODE_TYPE_ID)?;
            Some((
                target(p),
                match cluster.settings.str(key::SPARK_VERSION) {
                    Some(runtime) => format!("{node}, {runtime}"),
                    None => node.to_owned(),
                },
            ))
        })
        .collect();
    let why = by_target(found.clone())?;
    let mut all: Vec<String> = found.into_iter().map(|(_, text)| text).collect();
    all.dedup();
    Some(Hint { at: entry.key.span.end, label: all.join(" | "), why })
}
