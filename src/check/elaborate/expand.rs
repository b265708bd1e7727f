//! The files of a project as one target sees them: the branches of each `when` that hold, and a declaration for each
//! member of a family of pipelines, clusters or environments.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use smol_str::SmolStr;

use super::choose::{ChosenBranch, Unavailable};
use super::families::{Absent, AbsentKind, Families, FamilyDecl, PipelineMember};
use super::scope::{Local, Scope, VarValue};
use super::{Context, Elaborator, Findings};
use crate::check::messages;
use crate::project::{Project, Unit};
use crate::syntax::ast::{self, BindingKind, Body, Decl, DeclKind, EntryValue, Item, Value, ValueKind};
use crate::syntax::walk::{Role, SyntaxNode};

/// Members that the families of a file may have.
const MAX_MEMBERS: usize = 10_000;

/// A project for one target.
pub struct Expanded<'a> {
    pub project: Cow<'a, Project>,
    pub families: Families,
    pub findings: Findings,
}

/// Expands a project for one target, with the values of its vars.
pub fn expanded<'a>(cx: Context<'a>, vars: &'a HashMap<SmolStr, VarValue>) -> Expanded<'a> {
    let project = cx.symbols.project;
    if !project.units.iter().any(|u| u.expands) {
        return Expanded {
            project: Cow::Borrowed(project),
            families: Families::default(),
            findings: Findings::default(),
        };
    }
    let mut elaborator = Elaborator::new(cx, vars);
    let mut families = Families::default();
    let mut out = project.clone();
    for (unit, file) in out.units.iter_mut().enumerate().filter(|(_, file)| file.expands) {
        let mut expander = Expander { elaborator: &mut elaborator, families: &mut families };
        let place = ExpansionSite { unit, ..ExpansionSite::default() };
        let items = expander.items(file.ast.items.clone(), &place);
        let ast = ast::File { items, comments: Vec::new() };
        *file = Arc::new(Unit { ast, path: file.path.clone(), reads: file.reads.clone(), ..**file });
    }
    Expanded { project: Cow::Owned(out), families, findings: elaborator.findings }
}

impl<'a> Elaborator<'a> {
    /// A step for one member of its family: with the branches that depend on the member.
    pub fn chosen<'d>(&mut self, decl: &'d Decl, scope: Scope<'_>) -> Cow<'d, Decl> {
        if !decl.body.items.iter().any(has_choice) {
            return Cow::Borrowed(decl);
        }
        let mut families = Families::default();
        let mut expander = Expander { elaborator: self, families: &mut families };
        let place = ExpansionSite {
            unit: scope.unit,
            locals: scope.locals.to_vec(),
            scope: Some(scope),
            ..ExpansionSite::default()
        };
        let body = Body { items: expander.items(decl.body.items.clone(), &place), ..decl.body };
        Cow::Owned(Decl { body, ..decl.clone() })
    }
}

/// Where entries are.
#[derive(Clone, Default)]
struct ExpansionSite<'s> {
    unit: usize,
    /// The pipeline around them.
    within: Option<SmolStr>,
    /// Whether they are in a declaration.
    is_inner: bool,
    /// The variables of families around them.
    locals: Vec<Local>,
    /// The variables of step families around them.
    later: Vec<SmolStr>,
    /// Params, loop variables and steps of the pipeline.
    at_run_time: Vec<SmolStr>,
    /// The scope of the step, if its family has been resolved.
    scope: Option<Scope<'s>>,
}

struct Expander<'e, 'a> {
    elaborator: &'e mut Elaborator<'a>,
    families: &'e mut Families,
}

impl Expander<'_, '_> {
    fn items(&mut self, items: Vec<Item>, place: &ExpansionSite<'_>) -> Vec<Item> {
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            self.item(item, place, &mut out);
        }
        out
    }

    fn item(&mut self, item: Item, place: &ExpansionSite<'_>, out: &mut Vec<Item>) {
        match item {
            Item::When(when) => {
                let scope = match place.scope {
                    Some(scope) => scope,
                    None => Scope { unit: place.unit, pipe: None, locals: &place.locals },
                };
                let unavailable = Unavailable { later: &place.later, at_run_time: &place.at_run_time };
                let choice = self.elaborator.choose(&when, scope, unavailable);
                for item in when.then.items.iter().chain(when.otherwise.iter().flat_map(|b| &b.items)) {
                    self.not_in_choice(item);
                }
                let is_unclear = choice == ChosenBranch::Unclear;
                let (chosen, other) = match choice {
                    ChosenBranch::Later => {
                        out.push(Item::When(when));
                        return;
                    }
                    ChosenBranch::Then | ChosenBranch::Unclear => (Some(when.then), when.otherwise),
                    ChosenBranch::Else => (when.otherwise, Some(when.then)),
                };
                for item in other.iter().flat_map(|body| &body.items) {
                    self.leave_out(item, place, is_unclear);
                }
                let chosen = chosen.map(|body| body.items).unwrap_or_default();
                let stays = |i: &Item| place.is_inner || !is_of_project(i);
                for item in chosen.into_iter().filter(stays) {
                    self.item(item, place, out);
                }
            }
            Item::Decl(decl) => self.declaration(*decl, place, out),
            Item::If(mut i) if has_choice_in(&i.then) || i.otherwise.as_ref().is_some_and(has_choice_in) => {
                i.then.items = self.items(std::mem::take(&mut i.then.items), place);
                if let Some(body) = &mut i.otherwise {
                    body.items = self.items(std::mem::take(&mut body.items), place);
                }
                out.push(Item::If(i));
            }
            Item::For(mut f) if has_choice_in(&f.body) => {
                f.body.items = self.items(std::mem::take(&mut f.body.items), place);
                out.push(Item::For(f));
            }
            Item::Call(mut call) if call.body.as_ref().is_some_and(has_choice_in) => {
                if let Some(body) = &mut call.body {
                    body.items = self.items(std::mem::take(&mut body.items), place);
                }
                out.push(Item::Call(call));
            }
            Item::Entry(mut entry) if has_choice_in_entry(&entry.value) => {
                match &mut entry.value {
                    EntryValue::Block(body) => body.items = self.items(std::mem::take(&mut body.items), place),
                    EntryValue::Assign(value) => self.value(value, place),
                }
                out.push(Item::Entry(entry));
            }
            other => out.push(other),
        }
    }

    fn value(&mut self, value: &mut Value, place: &ExpansionSite<'_>) {
        match &mut value.kind {
            ValueKind::Object(body) => body.items = self.items(std::mem::take(&mut body.items), place),
            ValueKind::List(items) => items.iter_mut().for_each(|item| self.value(item, place)),
            _ => {}
        }
    }

    fn declaration(&mut self, mut decl: Decl, place: &ExpansionSite<'_>, out: &mut Vec<Item>) {
        let family = match decl.kind {
            DeclKind::Step | DeclKind::Target => None,
            _ => decl.family.take(),
        };
        let Some(family) = family else {
            let mut inner = self.inside(&decl, place, &place.locals);
            if decl.kind == DeclKind::Step
                && let Some(family) = &decl.family
            {
                inner.later.extend(family.elements.iter().map(|e| e.name.text.clone()));
            }
            if self.must_expand(&decl) {
                decl.body.items = self.items(std::mem::take(&mut decl.body.items), &inner);
            }
            out.push(Item::Decl(Box::new(decl)));
            return;
        };
        let scope = Scope { unit: place.unit, pipe: None, locals: &place.locals };
        let members = self.elaborator.members(&decl.name, &family, scope, MAX_MEMBERS);
        if members.count > MAX_MEMBERS {
            self.elaborator.report(messages::too_many_members(family.span, members.count, MAX_MEMBERS));
        }
        let info = FamilyDecl {
            span: decl.name.span,
            members: members.list.iter().map(|m| (m.index.clone(), m.key.clone())).collect(),
            broken: members.broken || members.count > MAX_MEMBERS,
        };
        if info.broken {
            // Names that only missing members use are used.
            self.leave_out(&Item::Decl(Box::new(decl.clone())), place, true);
        }
        self.families.by_name.insert((place.within.clone(), place.unit, decl.name.text.clone()), info);
        let must_expand = self.must_expand(&decl);
        for member in members.list {
            // Copying a declaration costs about as much as checking it.
            if !self.elaborator.budget.charge(16 + (decl.span.end - decl.span.start) as usize / 16) {
                break;
            }
            let mut one = decl.clone();
            one.name.text = member.key.clone();
            let origin = member.origin(&decl.name, members.count);
            let mut locals = place.locals.clone();
            locals.extend(member.locals);
            if must_expand {
                let inner = self.inside(&one, place, &locals);
                one.body.items = self.items(std::mem::take(&mut one.body.items), &inner);
            }
            if one.kind == DeclKind::Pipeline {
                let of = PipelineMember { family: decl.name.text.clone(), index: member.index, origin };
                self.families.pipelines.insert(member.key.clone(), of);
            }
            self.families.locals.insert((place.within.clone(), decl.name.span, member.key), locals);
            out.push(Item::Decl(Box::new(one)));
        }
    }

    /// Whether the body of a declaration has anything to expand.
    fn must_expand(&self, decl: &Decl) -> bool {
        let has_family = |i: &Item| matches!(i, Item::Decl(d) if d.kind != DeclKind::Step && d.family.is_some());
        has_choice_in(&decl.body) || decl.body.items.iter().any(has_family)
    }

    /// The body of a declaration.
    fn inside<'s>(&self, decl: &Decl, place: &ExpansionSite<'s>, locals: &[Local]) -> ExpansionSite<'s> {
        let is_pipeline = decl.kind == DeclKind::Pipeline;
        let mut at_run_time = place.at_run_time.clone();
        if is_pipeline {
            run_time_names(&decl.body.items, &mut at_run_time);
        }
        ExpansionSite {
            unit: place.unit,
            within: if is_pipeline { Some(decl.name.text.clone()) } else { place.within.clone() },
            is_inner: true,
            locals: locals.to_vec(),
            later: place.later.clone(),
            at_run_time,
            scope: place.scope,
        }
    }

    /// Reports a declaration of the project, which cannot depend on the target.
    fn not_in_choice(&mut self, item: &Item) {
        if is_of_project(item) {
            self.elaborator.report(messages::not_in_choice(item));
        }
    }

    /// Records what an entry declares and mentions that is left out.
    fn leave_out(&mut self, item: &Item, place: &ExpansionSite<'_>, is_unclear: bool) {
        let within = place.within.clone();
        SyntaxNode::Item(item).walk(&mut |node| {
            let SyntaxNode::Name(name, role) = node else { return };
            let kind = match role {
                Role::Declared(DeclKind::Step) | Role::Condition | Role::Loop => AbsentKind::Step,
                Role::Declared(DeclKind::Cluster | DeclKind::Environment) => AbsentKind::Compute,
                Role::Declared(DeclKind::Pipeline) => AbsentKind::Pipeline,
                Role::Bound(BindingKind::Let | BindingKind::Param) => AbsentKind::Value,
                _ => {
                    self.families.mentioned.entry(within.clone()).or_default().insert(name.text.clone());
                    return;
                }
            };
            let (name, span) = (name.text.clone(), name.span);
            self.families.absent.push(Absent { name, span, kind, within: within.clone(), is_unclear });
        });
        let scope = Scope { unit: place.unit, pipe: place.scope.and_then(|s| s.pipe), locals: &[] };
        self.elaborator.mention(SyntaxNode::Item(item), scope);
    }
}

/// Whether an entry may only be declared once in a project, whatever the target.
fn is_of_project(item: &Item) -> bool {
    match item {
        Item::Import(_) => true,
        Item::Binding(b) => b.kind == BindingKind::Var,
        Item::Decl(d) => d.kind == DeclKind::Target,
        _ => false,
    }
}

/// The names of params, loop variables and steps.
fn run_time_names(items: &[Item], out: &mut Vec<SmolStr>) {
    for item in items {
        match item {
            Item::Binding(b) if b.kind == BindingKind::Param => out.push(b.name.text.clone()),
            Item::Decl(d) if d.kind == DeclKind::Step => out.push(d.name.text.clone()),
            Item::If(i) => {
                out.push(i.name.text.clone());
                run_time_names(&i.then.items, out);
                run_time_names(i.otherwise.as_ref().map_or(&[], |b| &b.items), out);
            }
            Item::For(f) => {
                out.extend([f.name.text.clone(), f.variable.text.clone()]);
                run_time_names(&f.body.items, out);
            }
            Item::When(w) => {
                run_time_names(&w.then.items, out);
                run_time_names(w.otherwise.as_ref().map_or(&[], |b| &b.items), out);
            }
            _ => {}
        }
    }
}

fn has_choice_in(body: &Body) -> bool {
    body.items.iter().any(has_choice)
}

/// Whether there is a `when` in an entry.
fn has_choice(item: &Item) -> bool {
    match item {
        Item::When(_) => true,
        Item::Decl(d) => has_choice_in(&d.body),
        Item::If(i) => has_choice_in(&i.then) || i.otherwise.as_ref().is_some_and(has_choice_in),
        Item::For(f) => has_choice_in(&f.body),
        Item::Call(c) => c.body.as_ref().is_some_and(has_choice_in),
        Item::Entry(e) => has_choice_in_entry(&e.value),
        _ => false,
    }
}

fn has_choice_in_entry(value: &EntryValue) -> bool {
    match value {
        EntryValue::Block(body) => has_choice_in(body),
        EntryValue::Assign(value) => has_choice_in_value(value),
    }
}

fn has_choice_in_value(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Object(body) => has_choice_in(body),
        ValueKind::List(items) => items.iter().any(has_choice_in_value),
        _ => false,
    }
}
