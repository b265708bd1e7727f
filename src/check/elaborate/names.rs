//! The first pass over a pipeline: collects every name that its bodies may use.

use std::collections::HashMap;

use smol_str::SmolStr;

use super::Elaborator;
use super::scope::{Local, LocalKind, PipelineScope, Runs, Scope, StepSymbol, StepSymbolKind, TaskName};
use crate::check::messages;
use crate::check::symbols::duplicate;
use crate::diag::closest_match;
use crate::model::Type;
use crate::schema::{ACCELERATOR, MAX_TASKS, key};
use crate::source::Span;
use crate::syntax::ast::{self, BindingKind, Callee, Decl, DeclKind, Item, TypeExpr};

impl<'a> Elaborator<'a> {
    /// Collects the names in the body of a pipeline.
    pub fn names(&mut self, pipeline: &'a Decl, unit: usize) -> PipelineScope<'a> {
        let locals = self.families.locals(None, &pipeline.name).to_vec();
        let mut names = PipelineScope { name: pipeline.name.text.clone(), locals, ..PipelineScope::default() };
        let mut params: HashMap<&SmolStr, Span> = HashMap::new();
        let mut computes: HashMap<&SmolStr, Span> = HashMap::new();
        for item in &pipeline.body.items {
            match item {
                Item::Binding(b) if b.kind == BindingKind::Param => {
                    if let Some(first) = params.get(&b.name.text) {
                        duplicate("param", &b.name, *first, &mut self.findings.diagnostics);
                        continue;
                    }
                    params.insert(&b.name.text, b.name.span);
                    self.shadows(&b.name, unit);
                    if let Some(local) = names.locals.iter().find(|l| l.name == b.name.text) {
                        self.report(messages::shadowed_param(
                            &ast::Ident { text: local.name.clone(), span: local.span, quoted: false },
                            b.name.span,
                        ));
                    }
                    let ty = b.ty.as_ref().and_then(|t| self.type_of(t)).unwrap_or(Type::Any);
                    names.param_index.insert(b.name.text.clone(), names.params.len());
                    names.params.push((b.name.text.clone(), ty, b.name.span));
                }
                Item::Decl(d) if matches!(d.kind, DeclKind::Cluster | DeclKind::Environment) => {
                    if let Some(first) = computes.get(&d.name.text) {
                        duplicate("name", &d.name, *first, &mut self.findings.diagnostics);
                        continue;
                    }
                    computes.insert(&d.name.text, d.name.span);
                    names.computes.push(d);
                }
                _ => {}
            }
        }
        for local in &names.locals {
            self.shadows(&ast::Ident { text: local.name.clone(), span: local.span, quoted: false }, unit);
        }
        self.step_names(&pipeline.body.items, unit, &mut names);
        names.shadowing.retain(|name| names.param_index.contains_key(name));
        names
    }

    fn step_names(&mut self, items: &'a [Item], unit: usize, names: &mut PipelineScope<'a>) {
        for item in items {
            match item {
                Item::Decl(d) if d.kind == DeclKind::Step => {
                    let room = MAX_TASKS.saturating_sub(names.tasks);
                    names.shadowing.extend(d.family.iter().flat_map(|f| &f.elements).map(|e| e.name.text.clone()));
                    let locals = names.locals.clone();
                    let scope = Scope { unit, pipe: None, locals: &locals };
                    let (named, tasks) = self.step_name(d, StepSymbolKind::Step, None, scope, room);
                    names.tasks += tasks;
                    self.declare_step(&d.name, named, names);
                }
                Item::If(i) => {
                    let named = plain(StepSymbolKind::Condition, &i.name);
                    names.tasks += 1;
                    self.declare_step(&i.name, named, names);
                    self.step_names(&i.then.items, unit, names);
                    if let Some(otherwise) = &i.otherwise {
                        self.step_names(&otherwise.items, unit, names);
                    }
                }
                Item::For(f) => {
                    names.shadowing.insert(f.variable.text.clone());
                    self.declare_step(&f.name, plain(StepSymbolKind::Loop, &f.name), names);
                    names.tasks += 1;
                    for item in &f.body.items {
                        if let Item::Decl(d) = item
                            && d.kind == DeclKind::Step
                        {
                            let (named, _) = self.step_name(
                                d,
                                StepSymbolKind::Inner,
                                Some(f.name.text.clone()),
                                Scope::file(unit),
                                1,
                            );
                            self.key_characters(&d.name.text, d.name.span, "a step");
                            names.inner.entry(d.name.text.clone()).or_default().push(named);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn declare_step(&mut self, name: &ast::Ident, named: StepSymbol, names: &mut PipelineScope<'a>) {
        self.key_characters(&name.text, name.span, "a step");
        match names.steps.get(&name.text) {
            Some(first) => duplicate("step", name, first.span, &mut self.findings.diagnostics),
            None => {
                for TaskName { key, .. } in &named.tasks {
                    let Some(other) = names.keys.insert(key.clone(), name.text.clone()) else { continue };
                    let span = names.steps.get(&other).map_or(name.span, |n| n.span);
                    self.report(messages::two_tasks_of_one_key(name, &other, key, span));
                }
                names.steps.insert(name.text.clone(), named);
            }
        }
    }

    /// The symbol of a step's name, and its number of tasks. At most `room` elements of a family are read.
    fn step_name(
        &mut self,
        d: &'a Decl,
        kind: StepSymbolKind,
        within: Option<SmolStr>,
        scope: Scope<'_>,
        room: usize,
    ) -> (StepSymbol, usize) {
        let mut outputs: Vec<(SmolStr, Type, Span)> = Vec::new();
        let (mut runs, mut broken) = (Runs::Other, false);
        for item in &d.body.items {
            match item {
                Item::Binding(b) if b.kind == BindingKind::Output => {
                    if let Some((_, _, first)) = outputs.iter().find(|(n, ..)| *n == b.name.text) {
                        duplicate("output", &b.name, *first, &mut self.findings.diagnostics);
                        continue;
                    }
                    let ty = match &b.ty {
                        Some(t) => self.type_of(t).unwrap_or(Type::Any),
                        None => {
                            self.report(messages::output_without_type(&b.name));
                            Type::Any
                        }
                    };
                    outputs.push((b.name.text.clone(), ty, b.name.span));
                }
                Item::Call(call) => match call.callee {
                    Callee::Sql(_) => runs = Runs::Sql,
                    Callee::Python { .. } => runs = Runs::Python,
                    _ => {}
                },
                Item::Entry(e) if e.key.text == key::SQL_TASK.name() => runs = Runs::Sql,
                Item::Entry(e) if e.key.text == key::CONDITION_TASK.name() => runs = Runs::RawCondition,
                Item::Bad(_) => broken = true,
                _ => {}
            }
        }
        let mut tasks = 1;
        let mut truncated = false;
        let keys = match &d.family {
            None => vec![TaskName { member: None, key: d.name.text.clone() }],
            Some(family) => {
                let members = self.members(&d.name, family, scope, room.max(1));
                broken |= members.broken;
                tasks = members.count;
                truncated = members.count > room.max(1);
                let keys = members.list.into_iter().map(|m| TaskName { key: m.key.clone(), member: Some(m) });
                let keys: Vec<TaskName> = keys.collect();
                for task in &keys {
                    let at = task.member.as_ref().map_or(d.name.span, |m| m.at);
                    self.key_characters(&task.key, at, "a step");
                }
                keys
            }
        };
        (StepSymbol { kind, span: d.name.span, tasks: keys, outputs, runs, broken, truncated, within }, tasks)
    }

    /// Resolves a type expression.
    pub fn type_of(&mut self, expr: &TypeExpr) -> Option<Type> {
        let name = expr.name.text.as_str();
        if let Some(ty) = Type::from_name(name) {
            let arg = match &expr.arg {
                Some(arg) => Some(self.type_of(arg)?),
                None => None,
            };
            return match (ty, arg) {
                (Type::List(_), Some(arg)) => Some(Type::List(Box::new(arg))),
                (Type::Map(_), Some(arg)) => Some(Type::Map(Box::new(arg))),
                (ty, None) => Some(ty),
                (_, Some(_)) => {
                    self.report(messages::type_without_argument(expr.span, name));
                    None
                }
            };
        }
        if let Some(e) = crate::schema::find_enum(name) {
            return Some(Type::of_enum(e));
        }
        let alias = match name.to_ascii_lowercase().as_str() {
            "str" | "text" => Some("string"),
            "integer" | "long" | "bigint" | "number" => Some("int"),
            "double" | "decimal" => Some("float"),
            "boolean" => Some("bool"),
            "timestamp" => Some("datetime"),
            "array" => Some("list"),
            "dict" | "object" => Some("map"),
            _ => None,
        };
        let near = alias.or_else(|| closest_match(name, Type::NAMES.iter().copied().chain([ACCELERATOR.name])));
        self.report(messages::unknown_type(expr, name, near));
        None
    }

    /// Reports a name that shadows one of the file.
    pub fn shadows(&mut self, name: &ast::Ident, unit: usize) {
        let hidden = self
            .symbols
            .find_let(unit, &name.text)
            .map(|l| l.decl.name.span)
            .or_else(|| self.symbols.vars.get(&name.text).map(|v| v.decl.name.span));
        if let Some(hidden) = hidden {
            self.report(messages::shadowed(name, hidden));
            // It is unclear which of the two a use refers to, so neither is reported as unused.
            self.findings.usage.declarations.extend([name.span, hidden]);
        }
    }

    /// Builds the local of a loop or step family, and reports what its name shadows.
    pub fn local(&mut self, name: &ast::Ident, kind: LocalKind, scope: Scope<'_>) -> Local {
        self.shadows(name, scope.unit);
        if let Some(pipe) = scope.pipe
            && let Some((_, _, hidden)) = pipe.param(&name.text)
        {
            self.report(messages::shadowed_param(name, *hidden));
        }
        Local { name: name.text.clone(), span: name.span, kind }
    }
}

fn plain(kind: StepSymbolKind, name: &ast::Ident) -> StepSymbol {
    StepSymbol {
        kind,
        span: name.span,
        tasks: vec![TaskName { member: None, key: name.text.clone() }],
        outputs: Vec::new(),
        runs: Runs::Other,
        broken: false,
        truncated: false,
        within: None,
    }
}
