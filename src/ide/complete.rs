//! Completion at a cursor.

use std::path::Path;

use super::completion_site::{self, Callable, CompletionContext, CompletionSite, HeadOf, PathOf};
use super::completions::{Completion, CompletionKind, Completions, escaped, keyword};
use super::declared::{each_step, has_step, outputs_of, params};
use super::describe;
use super::view::FileContext;
use super::vocabulary;
use super::within::Within;
use crate::model::Type;
use crate::package::{Functions, Lookup, Modules, ParsedModules, Signature};
use crate::project::join;
use crate::schema::{Eval, Field, Status, Ty, facts};
use crate::source::{Span, quote_name};
use crate::syntax::ast::{Binding, BindingKind, Decl, DeclKind, Item};
use crate::syntax::walk::{SyntaxNode, with_choices};
use crate::syntax::words;

/// Completes at a byte of a text. The view may be that of the text before the last key presses: names have the same
/// meaning, and completion need not wait for a check.
pub fn complete(view: &FileContext<'_>, text: &str, offset: u32) -> Vec<Completion> {
    let Some(found) = completion_site::find(view, text, offset) else { return Vec::new() };
    let mut offers = Completions { list: Vec::new(), replaces: found.replaces };
    let cx = Completer { view, found: &found };
    match &found.slot {
        CompletionContext::Entry => cx.entries(&mut offers),
        CompletionContext::Head(kind) => head_words(*kind).iter().for_each(|w| keyword(&mut offers, w)),
        CompletionContext::Extends(kind) => cx.computes(&mut offers, |d| d.kind == *kind),
        CompletionContext::On => {
            cx.computes(&mut offers, |_| true);
            for word in ["serverless", "none", "existing"] {
                keyword(&mut offers, word);
            }
        }
        CompletionContext::After(own) => cx.steps(&mut offers, |name| name != own),
        CompletionContext::Outcome => ["true", "false"].iter().for_each(|w| keyword(&mut offers, w)),
        CompletionContext::Type => Type::NAMES.iter().for_each(|name| {
            let offer = offers.add(CompletionKind::Type, *name, "type");
            if matches!(*name, "list" | "map") {
                offer.insert = format!("{name}<${{1:string}}>");
            }
        }),
        CompletionContext::Module => cx.modules(&mut offers),
        CompletionContext::Function(module) => cx.functions(&mut offers, module),
        CompletionContext::Run => cx.pipelines(&mut offers),
        CompletionContext::Argument(callable, given) => {
            cx.arguments(&mut offers, callable, given);
            cx.values(&mut offers, true);
        }
        CompletionContext::ArgumentValue(callable, name) => {
            cx.literals(&mut offers, callable, name);
            cx.values(&mut offers, true);
        }
        CompletionContext::Value(key) => cx.field_values(&mut offers, key),
        CompletionContext::Plain(ty) => {
            cx.members(&mut offers, ty);
            cx.values(&mut offers, true);
        }
        CompletionContext::Constant(ty) => {
            cx.members(&mut offers, ty);
            cx.values(&mut offers, false);
        }
        CompletionContext::Segment(path) => cx.segments(&mut offers, path),
        CompletionContext::Text(key, typed) => cx.texts(&mut offers, key, typed),
        CompletionContext::Path(of, typed) => cx.paths(&mut offers, *of, typed),
    }
    let mut list = offers.list;
    if found.goes_on {
        // The text that a snippet would insert after the word is already there.
        list.iter_mut().for_each(|c| c.insert = escaped(&quoted(&c.label, c.kind)));
    }
    list.sort_by(|a, b| (a.rank, &a.label).cmp(&(b.rank, &b.label)));
    list.dedup_by(|a, b| a.label == b.label && a.kind == b.kind);
    list
}

/// A label as it is inserted.
fn quoted(label: &str, kind: CompletionKind) -> String {
    match kind {
        CompletionKind::Argument | CompletionKind::Field | CompletionKind::Pipeline => quote_name(label),
        _ => label.to_owned(),
    }
}

/// The keywords that may follow in the header of a declaration.
fn head_words(kind: HeadOf) -> &'static [&'static str] {
    match kind {
        HeadOf::Pipeline => &["on"],
        HeadOf::Step => &["on", "after"],
        HeadOf::Compute => &["extends"],
        HeadOf::Branch => &["after"],
        HeadOf::Target => &[],
    }
}

struct Completer<'v, 'a> {
    view: &'v FileContext<'a>,
    found: &'v CompletionSite<'a>,
}

impl<'a> Completer<'_, 'a> {
    fn pipeline(&self) -> Option<&'a Decl> {
        self.found.around.iter().find_map(|n| match n {
            SyntaxNode::Item(Item::Decl(d)) if d.kind == DeclKind::Pipeline => Some(d.as_ref()),
            _ => None,
        })
    }

    fn entries(&self, offers: &mut Completions) {
        let within = self.found.within;
        let here: Vec<&str> = self
            .found
            .beside
            .iter()
            .filter(|i| self.found.is_other(i))
            .filter_map(|i| match i {
                Item::Entry(e) => Some(e.key.text.as_str()),
                _ => None,
            })
            .collect();
        let calls = self.found.beside.iter().any(|i| matches!(i, Item::Call(_)));
        for word in within.keywords() {
            match words::find(word) {
                Some(found) => {
                    keyword(offers, word);
                    if let Some(offer) = offers.list.last_mut() {
                        offer.rank = if found.slot == words::WordPosition::Call && calls { 7 } else { 3 };
                    }
                }
                None if !here.contains(word) => {
                    let offer = offers.add(CompletionKind::Keyword, *word, "");
                    offer.insert = format!("{word} {{\n  $0\n}}");
                    offer.rank = if *word == "unchecked" { 9 } else { 6 };
                }
                None => {}
            }
        }
        let before = self.found.beside.iter().rfind(|i| i.span().end <= self.found.at);
        let takes_else = match before {
            Some(Item::If(i)) => i.otherwise.is_none(),
            Some(Item::When(w)) => w.otherwise.is_none(),
            _ => false,
        };
        if takes_else {
            keyword(offers, "else");
            if let Some(offer) = offers.list.last_mut() {
                offer.rank = 1;
            }
        }
        for field in within.fields() {
            if here.contains(&field.key) {
                continue;
            }
            // Fields of an exclusive group that is already set come last.
            let said = within.group_of(field.key).is_some_and(|g| g.keys.iter().any(|k| here.contains(k)));
            let offer = offers.add(CompletionKind::Field, field.key, kind_of(field));
            offer.insert = field_shape(field);
            offer.doc = describe::field(field);
            offer.deprecated = field.status == Status::Deprecated;
            offer.rank = match (field.required, offer.deprecated || said) {
                (_, true) => 8,
                // Calls are preferred, because they are checked.
                _ if crate::schema::kind_of(field.key).is_some() => 7,
                (true, false) => 4,
                (false, false) => 5,
            };
        }
        if let Within::Vars = within {
            for var in self.bindings(BindingKind::Var) {
                if !here.contains(&var.name.text.as_str()) {
                    let offer = offers.name(CompletionKind::Value, &var.name.text, self.view.slice(var.span));
                    offer.insert = format!("{} = $0", quote_name(&var.name.text));
                }
            }
        }
    }

    /// The members of an enum of the API that a value is declared as.
    fn members(&self, offers: &mut Completions, ty: &str) {
        if let Some(e) = crate::schema::find_enum(ty) {
            e.members.iter().for_each(|m| offers.add(CompletionKind::Member, *m, e.name).rank = 1);
        }
        if ty == "bool" {
            ["true", "false"].iter().for_each(|w| keyword(offers, w));
        }
    }

    /// Bindings of a kind in scope of the file: vars of the project, constants of the file and its imports.
    fn bindings(&self, kind: BindingKind) -> Vec<&'a Binding> {
        let of = |items: &'a [Item]| {
            with_choices(items).into_iter().filter_map(move |i| match i {
                Item::Binding(b) if b.kind == kind => Some(b.as_ref()),
                _ => None,
            })
        };
        match kind {
            BindingKind::Var => self.view.project.units.iter().flat_map(|u| of(&u.ast.items)).collect(),
            _ => self.view.seen().flat_map(|u| of(&u.ast.items)).collect(),
        }
    }

    fn computes(&self, offers: &mut Completions, fits: impl Fn(&Decl) -> bool) {
        let own = self.pipeline().map(|p| p.body.items.as_slice()).unwrap_or_default();
        let all = own.iter().chain(self.view.seen().flat_map(|u| &u.ast.items));
        for item in with_choices(all) {
            let Item::Decl(d) = item else { continue };
            let at = self.found.at;
            let itself = d.span.file == self.view.unit.id && d.span.start <= at && at <= d.body.span.start;
            if matches!(d.kind, DeclKind::Cluster | DeclKind::Environment) && fits(d) && !itself {
                let offer = offers.name(CompletionKind::Compute, &d.name.text, d.kind.keyword());
                offer.doc = super::hover::declaration(self.view, d.name.span).unwrap_or_default();
                offer.rank = 3;
            }
        }
    }

    fn steps(&self, offers: &mut Completions, fits: impl Fn(&str) -> bool) {
        let Some(pipeline) = self.pipeline() else { return };
        each_step(&pipeline.body.items, &mut |name, what, doc| {
            if fits(&name.text) {
                let offer = offers.name(CompletionKind::Step, &name.text, what);
                offer.doc = doc.unwrap_or_default().to_owned();
                offer.rank = 3;
            }
        });
    }

    fn pipelines(&self, offers: &mut Completions) {
        let own = self.pipeline().map(|p| p.name.text.as_str());
        for item in with_choices(self.view.seen().flat_map(|u| &u.ast.items)) {
            if let Item::Decl(d) = item
                && d.kind == DeclKind::Pipeline
                && own != Some(d.name.text.as_str())
            {
                let params: Vec<&str> = params(d).map(|p| p.name.text.as_str()).collect();
                let offer = offers.name(CompletionKind::Pipeline, &d.name.text, format!("({})", params.join(", ")));
                offer.doc = d.doc.as_ref().map(ToString::to_string).unwrap_or_default();
            }
        }
    }

    /// Values in scope; run-time values only where they are allowed.
    fn values(&self, offers: &mut Completions, run_time: bool) {
        for kind in [BindingKind::Let, BindingKind::Var] {
            let (file, at) = (self.view.unit.id, self.found.at);
            let itself = |b: &&Binding| b.span.file == file && b.span.start <= at && at <= b.span.end;
            for b in self.bindings(kind).into_iter().filter(|b| !itself(b)) {
                let offer = offers.name(CompletionKind::Value, &b.name.text, kind.keyword());
                offer.doc = format!("```pipe\n{}\n```", self.view.slice(b.span).trim_end());
            }
        }
        for root in facts::COMPILE_TIME_ROOTS {
            offers.add(CompletionKind::Value, *root, "facts that are known at compile time").rank = 8;
        }
        for node in &self.found.around {
            if let SyntaxNode::Item(Item::Decl(d)) = node
                && let Some(family) = &d.family
            {
                for elements in &family.elements {
                    offers.name(CompletionKind::Value, &elements.name.text, "element of the family").rank = 2;
                }
            }
        }
        if !run_time {
            return;
        }
        for node in &self.found.around {
            if let SyntaxNode::Item(Item::For(f)) = node {
                offers.name(CompletionKind::Value, &f.variable.text, "loop item").rank = 2;
            }
        }
        let Some(pipeline) = self.pipeline() else { return };
        for p in params(pipeline) {
            let offer = offers.name(CompletionKind::Param, &p.name.text, "param");
            offer.doc = format!("```pipe\n{}\n```", self.view.slice(p.span).trim_end());
            offer.rank = 3;
        }
        let own = self.own_step();
        each_step(&pipeline.body.items, &mut |name, _, _| {
            if own != Some(name.text.as_str()) {
                for (output, ty) in outputs_of(pipeline, &name.text, self.view) {
                    let label = format!("{}.{}", quote_name(&name.text), quote_name(output));
                    let offer = offers.add(CompletionKind::Output, label, ty);
                    offer.rank = 3;
                }
            }
        });
        for root in ["job", "task", "workspace"] {
            offers.add(CompletionKind::Value, root, "dynamic references").rank = 7;
        }
    }

    fn own_step(&self) -> Option<&'a str> {
        self.found.around.iter().rev().find_map(|n| match n {
            SyntaxNode::Item(Item::Decl(d)) if d.kind == DeclKind::Step => Some(d.name.text.as_str()),
            _ => None,
        })
    }

    fn field_values(&self, offers: &mut Completions, key: &str) {
        if let Within::Vars = self.found.within {
            let var = self.bindings(BindingKind::Var).into_iter().find(|b| b.name.text == key);
            self.members(offers, var.and_then(|b| b.ty.as_ref()).map_or("", |t| t.name.text.as_str()));
            self.values(offers, false);
            return;
        }
        let Some(field) = self.found.within.field(key) else {
            self.values(offers, false);
            return;
        };
        match field.ty {
            Ty::Enum(e) => {
                for member in e.members {
                    let is_default = field.default == Some(*member);
                    let offer =
                        offers.add(CompletionKind::Member, *member, if is_default { "default" } else { e.name });
                    offer.rank = 1;
                }
            }
            Ty::Bool => ["true", "false"].iter().for_each(|w| {
                keyword(offers, w);
            }),
            Ty::Str | Ty::StrList => {
                for (text, doc) in field.vocabulary.iter().flat_map(|v| vocabulary::texts(*v, self.view)) {
                    let offer = offers.add(CompletionKind::Text, format!("\"{text}\""), doc);
                    offer.rank = 4;
                }
            }
            _ => {}
        }
        if field.eval == Eval::Secrets {
            let offer = offers.add(CompletionKind::Function, "secret", "a secret in the workspace");
            offer.insert = "secret(\"${1:scope}\", \"${2:key}\")".to_owned();
        }
        keyword(offers, "none");
        self.values(offers, matches!(field.eval, Eval::Evaluated | Eval::Unknown));
    }

    fn texts(&self, offers: &mut Completions, key: &str, typed: &str) {
        if let Some(at) = typed.rfind("{{")
            && !typed.get(at..).is_some_and(|t| t.contains("}}"))
        {
            self.braces(offers, typed.len() - at - 2);
            return;
        }
        let Some(field) = self.found.within.field(key) else { return };
        if let Ty::Enum(e) = field.ty {
            e.members.iter().for_each(|m| offers.add(CompletionKind::Member, *m, e.name).rank = 1);
        }
        for (text, doc) in field.vocabulary.iter().flat_map(|v| vocabulary::texts(*v, self.view)) {
            offers.add(CompletionKind::Text, text, doc);
        }
    }

    /// Dynamic references in a string, of which `typed` bytes exist.
    fn braces(&self, offers: &mut Completions, typed: usize) {
        let replaces = Span { start: self.found.offset - typed as u32, ..offers.replaces };
        for path in facts::all_paths() {
            let ty = facts::fact_type(&path).unwrap_or_default();
            offers.add(CompletionKind::Value, path, ty).replaces = replaces;
        }
        let Some(pipeline) = self.pipeline() else { return };
        for p in params(pipeline) {
            let label = format!("job.parameters.{}", quote_name(&p.name.text));
            let offer = offers.add(CompletionKind::Param, label, "param");
            (offer.replaces, offer.rank) = (replaces, 3);
        }
        each_step(&pipeline.body.items, &mut |name, _, _| {
            for (output, ty) in outputs_of(pipeline, &name.text, self.view) {
                let label = format!("tasks.{}.values.{}", quote_name(&name.text), quote_name(output));
                let offer = offers.add(CompletionKind::Output, label, ty);
                (offer.replaces, offer.rank) = (replaces, 3);
            }
        });
    }

    fn segments(&self, offers: &mut Completions, path: &[String]) {
        let Some(head) = path.first() else { return };
        let step = self.pipeline().filter(|p| has_step(&p.body.items, head));
        if let (Some(pipeline), 1) = (step, path.len()) {
            for (output, ty) in outputs_of(pipeline, head, self.view) {
                offers.name(CompletionKind::Output, output, ty).rank = 1;
            }
            for fact in facts::TASK_FACTS {
                let offer = offers.add(CompletionKind::Value, fact.path, fact.ty);
                offer.doc = fact.doc.to_owned();
            }
            return;
        }
        let before = format!("{}.", path.join("."));
        if before == "job.parameters." {
            let all: Vec<&Binding> = self.pipeline().map(|p| params(p).collect()).unwrap_or_default();
            all.iter().for_each(|p| offers.name(CompletionKind::Param, &p.name.text, "param").rank = 1);
        }
        for fact in facts::COMPILE_TIME {
            if let Some(rest) = fact.path.strip_prefix(&before) {
                offers.add(CompletionKind::Value, rest, fact.ty).doc = fact.doc.to_owned();
            }
        }
        for whole in facts::all_paths() {
            if let Some(rest) = whole.strip_prefix(&before) {
                let doc = facts::FACTS.iter().find(|f| f.path == whole).map(|f| f.doc).unwrap_or_default();
                let offer = offers.add(CompletionKind::Value, rest, facts::fact_type(&whole).unwrap_or_default());
                offer.doc = doc.to_owned();
            }
        }
    }

    fn modules(&self, offers: &mut Completions) {
        for (_, source) in &self.view.project.packages {
            let Ok(python) = &source.project else { continue };
            for name in Modules::new(self.view.files, python.layout.clone()).names() {
                offers.add(CompletionKind::Module, name, python.metadata.name.clone());
            }
        }
    }

    /// Looks up a function in the packages as they are now, because the call may be incomplete.
    fn lookup<T>(&self, mut f: impl FnMut(&mut Functions<'_>) -> Option<T>) -> Option<T> {
        let mut sources = self.view.snapshot.loaded.sources.clone();
        let mut parsed = ParsedModules::default();
        self.view.project.packages.iter().find_map(|(_, source)| {
            let python = source.project.as_ref().ok()?;
            f(&mut Functions::new(self.view.files, &python.layout, &mut sources, &mut parsed))
        })
    }

    fn functions(&self, offers: &mut Completions, module: &str) {
        let found = self.lookup(|functions| {
            let names = functions.names(module);
            let list: Vec<(String, Box<Signature>)> = names
                .into_iter()
                .filter(|(name, _)| !name.starts_with('_'))
                .filter_map(|(name, _)| match functions.find(module, &name) {
                    Lookup::Signature(signature) => Some((name, signature)),
                    // A function that is imported from elsewhere is rarely meant to be a step.
                    Lookup::Unknown(_) | Lookup::Missing(_) => None,
                })
                .collect();
            (!list.is_empty()).then_some(list)
        });
        for (name, signature) in found.unwrap_or_default() {
            let params: Vec<String> = signature
                .params
                .iter()
                .map(|p| p.written.name.clone() + if p.written.optional { "?" } else { "" })
                .collect();
            let offer = offers.add(CompletionKind::Function, &name, format!("({})", params.join(", ")));
            offer.insert = format!("{name}($0)");
        }
    }

    fn arguments(&self, offers: &mut Completions, callable: &Callable, given: &[String]) {
        match callable {
            Callable::Python(module, function) => {
                let found = self.lookup(|functions| match functions.find(module, function) {
                    Lookup::Signature(signature) => Some(signature),
                    _ => None,
                });
                for p in found.iter().flat_map(|s| &s.params) {
                    if given.contains(&p.written.name) {
                        continue;
                    }
                    let what = if p.written.optional { "optional" } else { "required" };
                    let offer = offers.add(CompletionKind::Argument, &p.written.name, what);
                    offer.insert = format!("{} = $0", p.written.name);
                    offer.rank = if p.written.optional { 1 } else { 0 };
                }
            }
            Callable::Run(name) => {
                for p in self.pipeline_named(name).map(|d| params(d).collect::<Vec<_>>()).unwrap_or_default() {
                    if !given.contains(&p.name.text.to_string()) {
                        let what = if p.value.is_some() { "optional" } else { "required" };
                        let offer = offers.name(CompletionKind::Argument, &p.name.text, what);
                        offer.insert = format!("{} = $0", quote_name(&p.name.text));
                        offer.rank = if p.value.is_some() { 1 } else { 0 };
                    }
                }
            }
            Callable::File => {}
        }
    }

    /// The members of the `Literal` type of an argument.
    fn literals(&self, offers: &mut Completions, callable: &Callable, name: &str) {
        let Callable::Python(module, function) = callable else { return };
        let found = self.lookup(|functions| match functions.find(module, function) {
            Lookup::Signature(signature) => signature.params.into_iter().find(|p| p.written.name == name),
            _ => None,
        });
        let Some(parameter) = found else { return };
        for member in parameter.ty.members() {
            match member {
                crate::package::PyType::Literal(list) => {
                    for literal in list {
                        if let crate::python::Literal::Str(text) = literal {
                            offers.add(CompletionKind::Member, format!("\"{text}\""), "").rank = 1;
                        }
                    }
                }
                crate::package::PyType::Bool => ["true", "false"].iter().for_each(|w| keyword(offers, w)),
                _ => {}
            }
        }
    }

    fn pipeline_named(&self, name: &str) -> Option<&'a Decl> {
        self.view.seen().flat_map(|u| &u.ast.items).find_map(|i| match i {
            Item::Decl(d) if d.kind == DeclKind::Pipeline && d.name.text == name => Some(d.as_ref()),
            _ => None,
        })
    }

    fn paths(&self, offers: &mut Completions, of: PathOf, typed: &str) {
        let (dir, word) = match typed.rfind('/') {
            Some(at) => (typed.get(..=at).unwrap_or_default(), typed.len() - at - 1),
            None => ("", typed.len()),
        };
        let rest = self.found.text.get(self.found.offset as usize..offers.replaces.end as usize).unwrap_or("");
        let end = self.found.offset + rest.find('/').unwrap_or(rest.len()) as u32;
        offers.replaces = Span { start: self.found.offset - word as u32, end, ..offers.replaces };
        let listed = self.view.files.list(&join(self.view.unit.dir(), dir)).unwrap_or_default();
        // A path of a call is local only with a leading `./`.
        let dot = if dir.is_empty() && matches!(of, PathOf::File(_) | PathOf::Directory) { "./" } else { "" };
        for path in listed {
            let Some(name) = path.file_name().and_then(|n| n.to_str()) else { continue };
            if name.starts_with('.') || name == "__pycache__" {
                continue;
            }
            if self.view.files.is_dir(&path) {
                let offer = offers.add(CompletionKind::Directory, format!("{dot}{name}/"), "");
                // The directory of a project completes the path; others lead to it.
                let on = if matches!(of, PathOf::Package | PathOf::Directory) { "" } else { "/" };
                offer.insert = escaped(&format!("{dot}{name}{on}"));
            } else if fits(of, &path) && path != self.view.unit.path {
                offers.add(CompletionKind::File, format!("{dot}{name}"), "").rank = 3;
            }
        }
        if of == PathOf::Package && typed.is_empty() {
            offers.add(CompletionKind::Directory, ".", "the directory of this file").rank = 1;
        }
    }
}

fn fits(of: PathOf, path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("");
    match of {
        PathOf::Import => extension == "pipe",
        PathOf::File(extensions) => extensions.iter().any(|e| e.eq_ignore_ascii_case(extension)),
        PathOf::Package | PathOf::Directory => false,
    }
}

fn kind_of(field: &Field) -> String {
    match field.ty {
        Ty::Enum(e) => e.name.to_owned(),
        other => other.describe(),
    }
}

fn field_shape(field: &Field) -> String {
    match field.ty {
        Ty::Block(_) | Ty::Map => format!("{} {{\n  $0\n}}", field.key),
        Ty::BlockList(_) => format!("{} = [{{ $0 }}]", field.key),
        Ty::StrList => format!("{} = [\"$0\"]", field.key),
        Ty::Str => format!("{} = \"$0\"", field.key),
        Ty::Int | Ty::Num | Ty::Bool | Ty::Enum(_) => format!("{} = $0", field.key),
    }
}
