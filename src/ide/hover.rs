//! Hover texts.

use smol_str::SmolStr;

use super::describe::{self, by_target, steps_at, target};
use super::view::{FileContext, word_at};
use super::within::Within;
use crate::package::Lookup;
use crate::schema::{Ty, facts, key};
use crate::source::Span;
use crate::syntax::ast::{BindingKind, Decl, DeclKind, EntryValue, Ident, Item, StrLit, ValueKind};
use crate::syntax::walk::{self, Role, SyntaxNode};
use crate::syntax::words;
use crate::time::{Cron, fires};

/// A hover text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// What it describes.
    pub span: Span,
    /// Markdown.
    pub text: String,
}

/// Describes what is at a byte. `now` is in seconds since 1970, for fire times.
pub fn hover(view: &FileContext<'_>, offset: u32, now: i64) -> Option<Hover> {
    let path = view.at(offset);
    let leaf = *path.last()?;
    let around = path.get(..path.len().saturating_sub(1)).unwrap_or_default();
    let found = match leaf {
        SyntaxNode::Name(name, Role::Key) => key(view, around, name, offset),
        SyntaxNode::Name(name, Role::Module) => super::names::module_file(view, &name.text)
            .map(|file| Hover { span: name.span, text: format!("module `{}`: `{}`", name.text, file.display()) }),
        SyntaxNode::Name(name, Role::Function) => function(view, around, name),
        SyntaxNode::Str(lit) => text(view, around, lit, now, offset),
        _ => None,
    };
    found
        .or_else(|| view.declaration(offset).and_then(|link| declared(view, link.at, link.to)))
        .or_else(|| word(view, leaf, offset))
}

/// A field, and what it resolves to if it is a short form.
fn key(view: &FileContext<'_>, around: &[SyntaxNode<'_>], name: &Ident, offset: u32) -> Option<Hover> {
    // The entry itself is the last node around its name.
    let outside = around.get(..around.len().saturating_sub(1)).unwrap_or_default();
    let field = match Within::of(outside) {
        Within::Vars => return None,
        within => within.field(&name.text),
    };
    let Some(field) = field else {
        let doc = match name.text.as_str() {
            "defaults" => {
                crate::schema::DEFAULTS_PLACE.name.to_owned()
                    + ": fields for every step that supports them, unless the step sets them"
            }
            "unchecked" => "Fields that are passed on without validation".to_owned(),
            _ => return None,
        };
        return Some(Hover { span: name.span, text: doc });
    };
    let mut text = describe::field(field);
    if matches!(name.text.as_str(), "gpu" | "single_node")
        && let Some(chosen) = cluster_around(view, offset)
    {
        text.push_str("\n\n---\n\n");
        text.push_str(&chosen);
    }
    Some(Hover { span: name.span, text })
}

/// What the cluster around a byte resolves to.
fn cluster_around(view: &FileContext<'_>, offset: u32) -> Option<String> {
    cluster(view, walk::declaration(&view.at(offset), DeclKind::Cluster)?.name.span)
}

fn cluster(view: &FileContext<'_>, declared: Span) -> Option<String> {
    let found = view
        .programs()
        .filter_map(|p| {
            let cluster = p.pipelines.iter().flat_map(|l| &l.clusters).find(|c| c.span == declared)?;
            Some((target(p), describe::cluster(cluster)))
        })
        .collect();
    by_target(found)
}

fn function(view: &FileContext<'_>, around: &[SyntaxNode<'_>], name: &Ident) -> Option<Hover> {
    let Some(SyntaxNode::Item(Item::Call(call))) = around.last() else { return None };
    let crate::syntax::ast::Callee::Python { module, .. } = &call.callee else { return None };
    let text = python(view, &module.text, &name.text)?;
    Some(Hover { span: name.span, text })
}

/// The signature of a Python function, as far as it is known.
pub(super) fn python(view: &FileContext<'_>, module: &str, function: &str) -> Option<String> {
    let key = (SmolStr::from(module), SmolStr::from(function));
    view.project.packages.iter().find_map(|(_, source)| match source.functions.get(&key)? {
        Lookup::Signature(signature) => {
            let file = view.snapshot.loaded.sources.path(signature.span.file);
            let head = describe::signature(function, signature, view);
            Some(format!("```python\n{head}\n```\n\n`{}`", file.display()))
        }
        Lookup::Unknown(Some(span)) => {
            let file = view.snapshot.loaded.sources.path(span.file);
            Some(format!("`{function}`: its signature is unknown\n\n`{}`", file.display()))
        }
        _ => None,
    })
}

/// A string whose field defines its meaning.
fn text(view: &FileContext<'_>, around: &[SyntaxNode<'_>], lit: &StrLit, now: i64, offset: u32) -> Option<Hover> {
    let entry = around.iter().rev().find_map(|n| match n {
        SyntaxNode::Item(Item::Entry(e)) => Some(e.as_ref()),
        _ => None,
    })?;
    let key = entry.key.text.as_str();
    if key == "quartz_cron_expression" {
        let text = schedule(view, around, lit, now, offset)?;
        return Some(Hover { span: lit.span, text });
    }
    let text = describe::compute_text(key, &lit.plain()?, &view.project.tables)?;
    Some(Hover { span: lit.span, text })
}

/// The next fire times of the schedule around a string.
fn schedule(view: &FileContext<'_>, around: &[SyntaxNode<'_>], lit: &StrLit, now: i64, offset: u32) -> Option<String> {
    let sibling = around.iter().rev().find_map(|n| match n {
        SyntaxNode::Body(body) => body.items.iter().find_map(|i| match i {
            Item::Entry(e) if e.key.text == key::TIMEZONE_ID.name() => match &e.value {
                EntryValue::Assign(v) => match &v.kind {
                    ValueKind::Str(zone) => zone.plain(),
                    _ => None,
                },
                EntryValue::Block(_) => None,
            },
            _ => None,
        }),
        _ => None,
    });
    let shown = |text: &str, zone: &str| {
        let cron = Cron::parse(text).ok()?;
        let times = fires(&cron, zone, now, 5)?;
        Some(if times.is_empty() {
            "never fires again".to_owned()
        } else {
            format!("fires next at\n\n```text\n{}\n```", times.join("\n"))
        })
    };
    if let (Some(text), Some(zone)) = (lit.plain(), sibling) {
        return shown(&text, &zone);
    }
    // Values of vars differ between targets.
    let declared = view.pipeline_at(offset)?.name.span;
    let found = view
        .pipelines(declared)
        .filter_map(|(program, pipeline)| {
            let schedule = pipeline.settings.get(key::SCHEDULE)?.as_object()?;
            Some((target(program), shown(schedule.str(key::QUARTZ_CRON_EXPRESSION)?, schedule.str(key::TIMEZONE_ID)?)?))
        })
        .collect();
    by_target(found)
}

/// The hover of a use at `at` of the declaration at `to`.
fn declared(view: &FileContext<'_>, at: Span, to: Span) -> Option<Hover> {
    let mut text = declaration(view, to)?;
    if let Some(note) = wire(view, at) {
        text.push_str("\n\n");
        text.push_str(&note);
    }
    Some(Hover { span: at, text })
}

/// What a reference compiles to.
fn wire(view: &FileContext<'_>, at: Span) -> Option<String> {
    let path = view.at(at.start);
    let value = path.iter().rev().find_map(|n| match n {
        SyntaxNode::Value(v) if matches!(v.kind, ValueKind::Path(_)) => Some(*v),
        _ => None,
    })?;
    let written = view.slice(value.span);
    let ValueKind::Path(whole) = &value.kind else { return None };
    let sent = if whole.rest.is_empty() {
        let pipeline = view.pipeline_at(at.start)?;
        let is_param =
            pipeline.body.items.iter().any(
                |i| matches!(i, Item::Binding(b) if b.kind == BindingKind::Param && b.name.text == whole.head.text),
            );
        is_param.then(|| crate::model::Reference::Param(whole.head.text.clone()).to_string())
    } else {
        None
    };
    sent.map(|sent| format!("`{written}` is compiled to `{sent}`"))
}

/// The description of a declaration.
pub(super) fn declaration(view: &FileContext<'_>, to: Span) -> Option<String> {
    let Some(unit) = view.project.unit_of(to.file) else { return python_at(view, to) };
    let path = walk::holding(&unit.ast, to);
    let (name, role) = walk::name(&path).filter(|(name, _)| name.span == to)?;
    let item = walk::item(&path)?;
    let from = if unit.id == view.unit.id { String::new() } else { format!("\n\n`{}`", unit.path.display()) };
    let text = match (role, item) {
        (Role::Bound(kind), Item::Binding(b)) => {
            let mut text = format!("```pipe\n{}\n```", view.slice(b.span).trim_end());
            match kind {
                BindingKind::Var => text.push_str(&var_values(view, &name.text)),
                BindingKind::Output => {
                    let owner = path.iter().rev().find_map(|n| match n {
                        SyntaxNode::Item(Item::Decl(d)) => Some(d.name.text.clone()),
                        _ => None,
                    });
                    if let Some(owner) = owner {
                        text.push_str(&format!("\n\nan output of step `{owner}`"));
                    }
                }
                BindingKind::Param => {
                    text.push_str("\n\na job parameter: its value is known at run time");
                }
                BindingKind::Let => {}
            }
            text
        }
        (Role::Declared(DeclKind::Step) | Role::Condition | Role::Loop, _) => {
            let doc = doc_of(item);
            let found = view
                .programs()
                .filter_map(|p| {
                    let steps: Vec<(&crate::model::Pipeline, &crate::model::Step)> = steps_at(p, to).collect();
                    let (pipeline, step) = steps.first()?;
                    let mut text = describe::step(p, pipeline, step);
                    if steps.len() > 1 {
                        let keys: Vec<String> = steps.iter().map(|(_, s)| format!("`{}`", s.key)).collect();
                        text.push_str(&format!("\n\nStep of a family: {}", keys.join(", ")));
                    }
                    Some((target(p), text))
                })
                .collect();
            format!("{doc}{}", by_target(found).unwrap_or_else(|| format!("**{}**", name.text)))
        }
        (Role::Declared(DeclKind::Cluster), Item::Decl(d)) => {
            let head = head(view, d);
            match cluster(view, to) {
                Some(settings) => format!("{head}\n\n{settings}"),
                None => head,
            }
        }
        (Role::Declared(DeclKind::Environment), Item::Decl(d)) => {
            let found = view
                .programs()
                .filter_map(|p| {
                    let spec = &p.pipelines.iter().flat_map(|l| &l.environments).find(|e| e.span == to)?.spec;
                    Some((target(p), format!("```json\n{:#}\n```", crate::lower::object_json(spec))))
                })
                .collect();
            format!("{}\n\n{}", head(view, d), by_target(found).unwrap_or_default())
        }
        (Role::Declared(DeclKind::Pipeline), Item::Decl(d)) => {
            let steps = view.pipelines(to).next().map(|(_, p)| p.steps.len());
            let steps = steps.map(|n| format!("\n\n{n} step{}", if n == 1 { "" } else { "s" })).unwrap_or_default();
            format!("{}{}{steps}", doc_of(item), head(view, d))
        }
        (Role::Declared(DeclKind::Target), Item::Decl(d)) => head(view, d),
        (Role::Package, Item::Package(p)) => format!("```pipe\n{}\n```", view.slice(p.span).trim_end()),
        (Role::Variable, Item::For(f)) => {
            format!("`{}` loops over `{}`; compiled to `{{{{input}}}}`", name.text, view.slice(f.list.span))
        }
        (Role::Variable, Item::Decl(d)) => {
            let elements = d.family.as_ref().and_then(|f| f.elements.iter().find(|e| e.name.span == name.span));
            let list = elements.map(|e| view.slice(e.list.span)).unwrap_or_default();
            format!("`{}` iterates over `{list}` at compile time: one {} per element", name.text, d.kind.keyword())
        }
        _ => return None,
    };
    Some(text + &from)
}

fn head(view: &FileContext<'_>, d: &Decl) -> String {
    let span = Span { end: d.body.span.start, ..d.span };
    format!("```pipe\n{}\n```", view.slice(span).trim_end())
}

fn doc_of(item: &Item) -> String {
    let doc = match item {
        Item::Decl(d) => &d.doc,
        Item::If(i) => &i.doc,
        Item::For(f) => &f.doc,
        _ => &None,
    };
    doc.as_ref().map(|d| format!("{d}\n\n")).unwrap_or_default()
}

/// The value of a var in each target.
fn var_values(view: &FileContext<'_>, name: &str) -> String {
    let mut out = String::new();
    for unit in &view.project.units {
        for item in &unit.ast.items {
            let Item::Decl(d) = item else { continue };
            let vars = d.body.items.iter().find_map(|i| match i {
                Item::Entry(e) if e.key.text == key::VARS.name() && d.kind == DeclKind::Target => match &e.value {
                    EntryValue::Block(body) => Some(body),
                    EntryValue::Assign(_) => None,
                },
                _ => None,
            });
            for item in vars.map(|b| b.items.as_slice()).unwrap_or_default() {
                if let Item::Entry(e) = item
                    && e.key.text == name
                {
                    out.push_str(&format!("\n- target `{}`: `{}`", d.name.text, view.slice(e.value.span())));
                }
            }
        }
    }
    if out.is_empty() { out } else { format!("\n{out}") }
}

/// A parameter or function of Python, as written.
fn python_at(view: &FileContext<'_>, to: Span) -> Option<String> {
    let sources = &view.snapshot.loaded.sources;
    let found = view.project.packages.iter().flat_map(|(_, s)| &s.functions).find_map(|((_, name), lookup)| {
        let Lookup::Signature(signature) = lookup else { return None };
        let here = signature.span == to || signature.params.iter().any(|p| p.written.span == to);
        here.then(|| describe::signature(name, signature, view))
    });
    Some(format!("```python\n{}\n```\n\n`{}`", found?, sources.path(to.file).display()))
}

/// Keywords, enum values, facts of the platform.
fn word(view: &FileContext<'_>, leaf: SyntaxNode<'_>, offset: u32) -> Option<Hover> {
    if let SyntaxNode::Name(name, role) = leaf {
        if role == Role::Type {
            return Some(Hover { span: name.span, text: format!("the type `{}`", name.text) });
        }
        if let Some(found) = fact(view, offset).or_else(|| member(view, name, offset)) {
            return Some(found);
        }
        if role == Role::Head
            && let Some(word) = words::find(&name.text)
        {
            return Some(Hover { span: name.span, text: format!("**{}**: {}", word.text, word.doc) });
        }
        return None;
    }
    let span = word_at(view, offset)?;
    let word = words::find(view.slice(span))?;
    let starts = view.at(offset).iter().any(|n| match n {
        SyntaxNode::Item(item) => item.span().start == span.start,
        SyntaxNode::On(on) => on.span.start == span.start,
        _ => false,
    });
    (starts || word.slot == words::WordPosition::Head || word.text == "else")
        .then(|| Hover { span, text: format!("**{}**: {}", word.text, word.doc) })
}

/// A bare word that is a member of the enum of its field.
fn member(view: &FileContext<'_>, name: &Ident, offset: u32) -> Option<Hover> {
    let path = view.at(offset);
    let at = path.iter().rposition(|n| matches!(n, SyntaxNode::Item(Item::Entry(_))))?;
    let Some(SyntaxNode::Item(Item::Entry(entry))) = path.get(at) else { return None };
    let field = Within::of(path.get(..at)?).field(&entry.key.text)?;
    let Ty::Enum(e) = field.ty else { return None };
    e.members.contains(&name.text.as_str()).then(|| Hover {
        span: name.span,
        text: format!("`{}`, a member of {}\n\n{}", name.text, e.name, describe::field(field)),
    })
}

/// A fact of the platform, such as `job.run_id`.
fn fact(view: &FileContext<'_>, offset: u32) -> Option<Hover> {
    let value = view.at(offset).into_iter().rev().find_map(|n| match n {
        SyntaxNode::Value(v) if matches!(v.kind, ValueKind::Path(_)) => Some(v),
        _ => None,
    })?;
    let written = view.slice(value.span);
    if let Some(fact) = facts::COMPILE_TIME.iter().find(|f| f.path == written) {
        let text = format!("`{written}: {}`\n\n{}. Known at compile time.", fact.ty, fact.doc);
        return Some(Hover { span: value.span, text });
    }
    let ty = facts::fact_type(written)?;
    let doc = facts::FACTS
        .iter()
        .find(|f| f.path == written)
        .map(|f| f.doc)
        .or_else(|| facts::TIMES.iter().find(|(root, _)| written.starts_with(root)).map(|(_, doc)| *doc))
        .unwrap_or_default();
    Some(Hover { span: value.span, text: format!("`{written}: {ty}`\n\n{doc}. Compiled to `{{{{{written}}}}}`.") })
}
