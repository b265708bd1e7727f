//! Steps, conditions and loops: from the tree to the model.

use std::cell::Cell;
use std::collections::HashMap;

use smol_str::SmolStr;

use super::Elaborator;
use super::calls::{CallContext, call_place};
use super::families::AbsentKind;
use super::fields::BlockSchema;
use super::graph::StepDraft;
use super::merge::merge;
use super::packages::Packaged;
use super::scope::{Local, LocalKind, PipelineScope, Runs, Scope, StepSymbolKind};
use crate::check::budget::STEP;
use crate::check::messages;
use crate::diag::closest_name;
use crate::model::{Branch, Compute, Dependency, Object, Origin, Output, Step, StepKind, Type, Unusable};
use crate::schema::{COMPUTE_FIELDS, DEFAULTS_PLACE, KINDS, STEP_PLACE, TASK, key, kind_of, takes};
use crate::source::Span;
use crate::syntax::ast::{self, BindingKind, Decl, DeclKind, Header, Item};
use crate::syntax::words::is_reserved;

/// What the steps of a pipeline share.
pub struct StepContext<'a, 'p> {
    pub pipeline: SmolStr,
    pub unit: usize,
    pub names: &'p PipelineScope<'a>,
    pub packages: &'p [Packaged<'p>],
    /// The compute of the pipeline's header.
    pub compute: Option<Compute>,
    pub defaults: Object,
    pub git: bool,
    /// The number of values in the defaults.
    pub defaults_size: usize,
    /// Whether a step uses the compute of the pipeline.
    pub compute_reached: Cell<bool>,
}

impl<'a> Elaborator<'a> {
    /// Elaborates the steps in a list of entries, including branches.
    pub fn steps(
        &mut self,
        items: &'a [Item],
        branches: &[Branch],
        cx: &StepContext<'a, '_>,
        out: &mut Vec<StepDraft>,
    ) {
        for item in items {
            match item {
                Item::Decl(d) if d.kind == DeclKind::Step => self.declared_step(d, branches, cx, out),
                Item::If(i) => self.condition(i, branches, cx, out),
                Item::For(f) => self.for_each(f, branches, cx, out),
                _ => {}
            }
        }
    }

    fn declared_step(&mut self, d: &'a Decl, branches: &[Branch], cx: &StepContext<'a, '_>, out: &mut Vec<StepDraft>) {
        let Some(named) = cx.names.steps.get(&d.name.text).filter(|n| n.span == d.name.span) else { return };
        let Some(family) = &d.family else {
            let draft = self.step(d, &d.name.text, &[], branches, cx);
            out.push(draft);
            return;
        };
        let scope = Scope { unit: cx.unit, pipe: Some(cx.names), locals: &[] };
        for elements in &family.elements {
            self.local(&elements.name, LocalKind::Input(Type::Any), scope);
        }
        for task in &named.tasks {
            let Some(member) = &task.member else { continue };
            if self.budget.is_spent() {
                break;
            }
            let (draft, found) = self.deferring(|e| {
                let chosen = e.chosen(d, Scope { locals: &member.locals, ..scope });
                e.step(&chosen, &task.key, &member.locals, branches, cx)
            });
            let origin = member.origin(&d.name, named.tasks.len());
            self.findings.diagnostics.extend(found.found_in(&origin));
            out.push(draft);
        }
    }

    /// Elaborates one task of a step.
    pub fn step(
        &mut self,
        d: &Decl,
        key: &SmolStr,
        locals: &[Local],
        branches: &[Branch],
        cx: &StepContext<'a, '_>,
    ) -> StepDraft {
        let scope = Scope { unit: cx.unit, pipe: Some(cx.names), locals };
        let (step, uses) = self.recording(|e| e.step_in(d, key, branches, cx, scope));
        StepDraft { step, uses }
    }

    fn step_in(
        &mut self,
        d: &Decl,
        key: &SmolStr,
        branches: &[Branch],
        cx: &StepContext<'a, '_>,
        scope: Scope<'_>,
    ) -> Step {
        self.budget.charge(STEP);
        if let Some(extends) = &d.header.extends {
            self.report(messages::step_extends(extends.name.span));
        }
        let mut own = Object::new(&TASK, d.body.span);
        let mut calls: Vec<&ast::Call> = Vec::new();
        let mut of_call: Vec<Item> = Vec::new();
        for item in &d.body.items {
            match item {
                Item::Entry(e) if self.foreign_in_header(e, d, &STEP_PLACE) => own.broken = true,
                Item::Entry(e) => match self.belongs_to_call(e, d.call()) {
                    true => of_call.push(item.clone()),
                    false => self.entry(e, BlockSchema::Place(&STEP_PLACE), scope, &mut own),
                },
                Item::Call(c) => calls.push(c),
                Item::Binding(b) if b.kind == BindingKind::Output => {}
                Item::Bad(_) => own.broken = true,
                other => {
                    own.broken = true;
                    self.misplaced(other, "a step");
                }
            }
        }
        let completed = calls.first().filter(|_| !of_call.is_empty()).map(|call| {
            let mut call = (*call).clone();
            call.body.get_or_insert(ast::Body { span: call.callee_span, items: Vec::new() }).items.append(&mut of_call);
            call
        });
        if let Some(completed) = &completed {
            calls.splice(..1, [completed]);
        }
        let mut kind = self.kind(d, &calls, &own, key, scope, cx);
        let outputs = self.outputs(d, cx);
        if let StepKind::Python(call) = &mut kind {
            self.python_function(call, &outputs, cx.packages);
        }
        self.step_gpu(&mut own);
        self.doc_description(&mut own, d.doc.as_ref(), d.name.span);
        let mut settings = self.with_defaults(&own, &kind, d.header.on.is_some(), cx);
        let compute = self.place(d, &mut settings, &kind, cx, scope);
        let on_cluster =
            matches!(compute, Compute::Cluster(_) | Compute::Existing(_)) || settings.has(key::NEW_CLUSTER);
        self.step_requirements(&mut settings, on_cluster);
        // `libraries = none` must reach lowering, because it removes those of the cluster.
        settings.fields.retain(|f| f.value.is_some() || f.field.handle() == key::LIBRARIES);
        let mut step = Step {
            key: key.clone(),
            span: d.name.span,
            settings,
            kind,
            depends_on: self.after(&d.header, &d.name, scope),
            outputs,
            compute,
            branches: branches.to_vec(),
        };
        if matches!(step.kind, StepKind::Bad(_)) {
            step.settings.broken = true;
        }
        step
    }

    fn outputs(&self, d: &Decl, cx: &StepContext<'a, '_>) -> Vec<Output> {
        let named = cx.names.declared(&d.name);
        named
            .map(|n| {
                n.outputs
                    .iter()
                    .map(|(name, ty, span)| Output { name: name.clone(), span: *span, ty: ty.clone() })
                    .collect()
            })
            .unwrap_or_default()
    }

    /// What the step runs.
    fn kind(
        &mut self,
        d: &Decl,
        calls: &[&ast::Call],
        own: &Object,
        key: &SmolStr,
        scope: Scope<'_>,
        cx: &StepContext<'a, '_>,
    ) -> StepKind {
        let raw: Vec<(&'static str, Span)> = own
            .fields
            .iter()
            .filter(|f| f.value.is_some())
            .filter_map(|f| kind_of(f.field.key).map(|k| (k.key, f.key)))
            .collect();
        let mut places: Vec<Span> = calls.iter().map(|c| c.callee_span).chain(raw.iter().map(|(_, s)| *s)).collect();
        places.sort();
        if let [first, second, ..] = places.as_slice() {
            self.report(messages::two_kinds(*first, *second));
            let mut parts = Unusable::default();
            for call in calls {
                let kind = self.call(call, &self.call_context(key, scope, cx));
                parts.calls.extend_from_slice(kind.call_fields());
            }
            return StepKind::Bad(parts);
        }
        if let Some(call) = calls.first() {
            return self.call(call, &self.call_context(key, scope, cx));
        }
        if let Some((kind, _)) = raw.first() {
            return StepKind::Raw(kind);
        }
        if !own.broken && own.unchecked.is_empty() {
            self.report(messages::no_kind(&d.name));
        }
        StepKind::Bad(Unusable::default())
    }

    fn call_context<'c>(&self, key: &'c SmolStr, scope: Scope<'c>, cx: &'c StepContext<'a, '_>) -> CallContext<'c> {
        CallContext { scope, pipeline: &cx.pipeline, key, packages: cx.packages, git: cx.git }
    }

    /// Merges the fields of a step with the `defaults` that its kind supports.
    pub fn with_defaults(&mut self, own: &Object, kind: &StepKind, placed: bool, cx: &StepContext<'a, '_>) -> Object {
        if cx.defaults.fields.is_empty() && cx.defaults.unchecked.is_empty() {
            return own.clone();
        }
        if !self.budget.charge(cx.defaults_size) {
            return own.clone();
        }
        let mut base = cx.defaults.clone();
        base.fields.retain(|f| kind.key().is_none_or(|kind| takes(kind, f.field.key)));
        for field in &base.fields {
            self.findings.usage.fields.insert(field.key);
        }
        if placed || COMPUTE_FIELDS.iter().any(|k| own.entry(*k).is_some()) {
            base.fields.retain(|f| !COMPUTE_FIELDS.contains(&f.field.handle()));
        }
        merge(&base, own, Some(&STEP_PLACE))
    }

    /// Resolves `after`, with outcomes.
    pub fn after(&mut self, header: &Header, own: &ast::Ident, scope: Scope<'_>) -> Vec<Dependency> {
        let mut out: Vec<Dependency> = Vec::new();
        // At most one entry per outcome, and one without.
        let mut first_of: HashMap<SmolStr, Vec<(Option<bool>, Span)>> = HashMap::new();
        let Some(pipe) = scope.pipe else { return out };
        for after in &header.after {
            let Some(named) = pipe.step(&after.name.text) else {
                self.unknown_step(&after.name, pipe);
                continue;
            };
            self.record_link(after.name.span, named.span);
            if named.span == own.span && after.index.is_none() {
                self.report(messages::waits_for_itself(after.span, &own.text));
                continue;
            }
            if let (StepSymbolKind::Inner, Some(within)) = (named.kind, &named.within) {
                self.report(messages::step_inside_loop(after, named.span, within));
                continue;
            }
            let outcome = match &after.outcome {
                None => None,
                Some(word) => match (named.kind, word.text.as_str()) {
                    (StepSymbolKind::Condition, "true") => Some(true),
                    (StepSymbolKind::Condition, "false") => Some(false),
                    (StepSymbolKind::Condition, other) => {
                        self.report(messages::unknown_outcome(word.span, other));
                        continue;
                    }
                    _ if named.runs == Runs::RawCondition => Some(word.text == "true"),
                    _ => {
                        self.report(messages::outcome_of_step(after, named.span));
                        continue;
                    }
                },
            };
            let keys: Vec<SmolStr> = match &after.index {
                Some(index) => self.element(named, &after.name, index, scope).into_iter().collect(),
                None => named.tasks.iter().map(|t| t.key.clone()).collect(),
            };
            if !self.budget.charge(keys.len()) {
                break;
            }
            for task in keys {
                let same = first_of.entry(task.clone()).or_default();
                if let Some((_, first)) = same.iter().find(|(o, _)| *o == outcome || outcome.is_none()) {
                    self.report(messages::waits_twice(after.span, *first, &task));
                    continue;
                }
                same.push((outcome, after.span));
                out.push(Dependency { task, outcome, span: after.span, origin: Origin::Written });
            }
        }
        out
    }

    fn unknown_step(&mut self, name: &ast::Ident, pipe: &PipelineScope<'_>) {
        if self.symbols.maybe_declared(&name.text)
            || self.is_absent(AbsentKind::Step, Some(&pipe.name), &name.text, name.span)
        {
            return;
        }
        let names = self.suggestions.among(|| pipe.step_names().chain(pipe.inner_names()).collect());
        let near = closest_name(&name.text, names);
        // Only the loop can be awaited, not the step inside of it.
        let inner = near.and_then(|near| pipe.inner.get(near.text)?.iter().find(|s| Some(s.span) == near.declared));
        self.report(match inner.and_then(|s| Some((s, s.within.as_ref()?))) {
            Some((inner, within)) => messages::misspelled_step_inside_loop(name, inner.span, within),
            None => messages::unknown_step(name, near),
        });
    }

    /// Reports a field of a step that belongs to the block of its call.
    fn belongs_to_call(&mut self, entry: &ast::Entry, call: Option<&ast::Call>) -> bool {
        let Some(call) = call else { return false };
        let key = entry.key.text.as_str();
        if STEP_PLACE.field(key).is_some() || call_place(&call.callee).field(key).is_none() {
            return false;
        }
        self.report(messages::field_of_call(entry, call, self.sources.slice(entry.span)));
        true
    }

    /// Reports a keyword that is used as a name.
    pub fn refuse_reserved(&mut self, name: &ast::Ident) {
        if is_reserved(&name.text) && !name.quoted {
            self.report(messages::reserved_word(name));
        }
    }

    /// The fields of `defaults`.
    pub fn defaults(&mut self, pipeline: &'a Decl, names: &PipelineScope<'a>, unit: usize) -> Object {
        let mut out: Option<Object> = None;
        for item in &pipeline.body.items {
            let Item::Entry(entry) = item else { continue };
            if entry.key.text != "defaults" {
                continue;
            }
            match &entry.value {
                ast::EntryValue::Block(body) => {
                    if let Some(first) = &out {
                        self.report(messages::defaults_twice(entry.key.span, first.span));
                        continue;
                    }
                    let object = self.body(
                        body,
                        BlockSchema::Place(&DEFAULTS_PLACE),
                        Scope { unit, pipe: Some(names), locals: &[] },
                    );
                    for kind in KINDS {
                        if let Some(entry) = object.entry_named(kind.key).filter(|e| e.value.is_some()) {
                            self.report(messages::kind_in_defaults(entry.key));
                        }
                    }
                    out = Some(object);
                }
                ast::EntryValue::Assign(v) => {
                    self.report(messages::defaults_not_a_block(v.span));
                }
            }
        }
        out.unwrap_or_else(|| Object::new(&TASK, pipeline.body.span))
    }
}
