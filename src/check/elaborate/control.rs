//! Conditions and loops.

use smol_str::SmolStr;

use super::Elaborator;
use super::compute::set;
use super::eval::{Const, Evaluated, ValueSite};
use super::fields::BlockSchema;
use super::graph::StepDraft;
use super::scope::{LocalKind, Scope, Use};
use super::steps::StepContext;
use crate::check::messages::{self, BadItems, Incomparable};
use crate::model::{
    Branch, COMPARISONS, Compute, Condition, Loop, NodeKind, Object, Step, StepKind, Text, Type, Unusable,
};
use crate::schema::{Eval, FOR_EACH_TASK, STEP_PLACE, TASK, key};
use crate::source::Span;
use crate::syntax::ast::{Decl, DeclKind, For, Header, If, Item, Value};

impl<'a> Elaborator<'a> {
    pub fn condition(&mut self, i: &'a If, branches: &[Branch], cx: &StepContext<'a, '_>, out: &mut Vec<StepDraft>) {
        let scope = Scope { unit: cx.unit, pipe: Some(cx.names), locals: &[] };
        if cx.names.steps.get(&i.name.text).is_some_and(|n| n.span == i.name.span) {
            let draft = self.condition_task(i, branches, cx, scope);
            out.push(draft);
        }
        for (body, outcome) in [(Some(&i.then), true), (i.otherwise.as_ref(), false)] {
            let Some(body) = body else { continue };
            let mut inner = branches.to_vec();
            inner.push(Branch { condition: i.name.text.clone(), outcome, span: i.name.span });
            self.steps(&body.items, &inner, cx, out);
        }
    }

    fn condition_task(
        &mut self,
        i: &'a If,
        branches: &[Branch],
        cx: &StepContext<'a, '_>,
        scope: Scope<'_>,
    ) -> StepDraft {
        let (step, uses) = self.recording(|e| e.condition_in(i, branches, cx, scope));
        StepDraft { step, uses }
    }

    fn condition_in(&mut self, i: &'a If, branches: &[Branch], cx: &StepContext<'a, '_>, scope: Scope<'_>) -> Step {
        self.no_compute_in_head(&i.header, "a condition");
        let kind = self.comparison(i, scope);
        let mut own = Object::new(&TASK, i.then.span);
        let mut steps = 0;
        for item in i.then.items.iter().chain(i.otherwise.iter().flat_map(|b| &b.items)) {
            match item {
                Item::Entry(e) if steps == 0 => self.entry(e, BlockSchema::Place(&STEP_PLACE), scope, &mut own),
                Item::Entry(e) => {
                    self.report(messages::field_after_steps(e.key.span));
                }
                Item::Decl(d) if d.kind == DeclKind::Step => steps += 1,
                Item::If(_) | Item::For(_) => steps += 1,
                Item::Bad(_) => {
                    own.broken = true;
                    steps += 1;
                }
                other => self.misplaced(other, "an `if`"),
            }
        }
        if steps == 0 && !cx.names.steps.is_empty() && !self.waited_for(&i.name.text, cx) {
            self.report(messages::empty_condition(&i.name));
        }
        self.doc_description(&mut own, i.doc.as_ref(), i.name.span);
        let kind = kind.map_or(StepKind::Bad(Unusable::default()), StepKind::Condition);
        let mut settings = self.with_defaults(&own, &kind, false, cx);
        settings.fields.retain(|f| f.value.is_some());
        Step {
            key: i.name.text.clone(),
            span: i.name.span,
            settings,
            kind,
            depends_on: self.after(&i.header, &i.name, scope),
            outputs: Vec::new(),
            compute: Compute::Unset,
            branches: branches.to_vec(),
        }
    }

    pub fn waited_for(&self, name: &str, cx: &StepContext<'a, '_>) -> bool {
        fn any(items: &[Item], name: &str) -> bool {
            items.iter().any(|i| match i {
                Item::Decl(d) => d.header.after.iter().any(|a| a.name.text == name),
                Item::If(i) => {
                    i.header.after.iter().any(|a| a.name.text == name)
                        || any(&i.then.items, name)
                        || i.otherwise.as_ref().is_some_and(|b| any(&b.items, name))
                }
                Item::For(f) => f.header.after.iter().any(|a| a.name.text == name),
                _ => false,
            })
        }
        let Some(unit) = self.symbols.project.units.get(cx.unit) else { return false };
        unit.ast.items.iter().any(|i| matches!(i, Item::Decl(d) if d.kind == DeclKind::Pipeline && d.name.text == cx.pipeline && any(&d.body.items, name)))
    }

    /// Sets `description` to the `##` comment of the declaration whose name is at `span`.
    pub fn doc_description(&mut self, own: &mut Object, doc: Option<&SmolStr>, span: Span) {
        let (Some(doc), Some(field)) = (doc, own.block.row(key::DESCRIPTION)) else { return };
        if let Some(written) = own.entry(key::DESCRIPTION) {
            self.report(messages::described_twice(written.key, span));
            return;
        }
        if own.sets(key::DESCRIPTION) {
            return;
        }
        if let Some(max) = field.max_len.filter(|max| doc.len() > *max as usize) {
            self.report(messages::doc_too_long(span, doc.len(), max));
        }
        set(own, key::DESCRIPTION, span, NodeKind::Text(Text::plain(doc.clone())));
    }

    pub fn no_compute_in_head(&mut self, header: &Header, what: &str) {
        let stray = header.on.as_ref().map(|o| o.span).or_else(|| header.extends.as_ref().map(|e| e.name.span));
        if let Some(span) = stray {
            self.report(messages::no_compute_of_its_own(span, what));
        }
    }

    /// Elaborates a comparison. The platform compares `==` and `!=` as strings, and the others as numbers.
    pub fn comparison(&mut self, i: &If, scope: Scope<'_>) -> Option<Condition> {
        let sink = ValueSite { name: "a condition", eval: Eval::Evaluated };
        let left = self.typed(&i.left, scope, sink);
        let Some((operator, right)) = &i.right else {
            let left = left?;
            if !matches!(left.ty, Type::Bool | Type::Any | Type::Json) {
                self.report(messages::not_a_condition(i.left.span, &left.ty));
                return None;
            }
            return Some(Condition { op: "EQUAL_TO", left: left.wire(), right: Text::plain("true") });
        };
        let right_value = self.typed(right, scope, sink);
        let (left, right_value) = (left?, right_value?);
        let (_, op) = COMPARISONS.iter().find(|(sign, _)| operator.text == *sign)?;
        let op = *op;
        let textual = matches!(op, "EQUAL_TO" | "NOT_EQUAL");
        for (typed, span) in [(&left, i.left.span), (&right_value, right.span)] {
            let list = matches!(typed.ty, Type::List(_) | Type::Map(_) | Type::Record(_));
            let problem = if list {
                Some(Incomparable::Collection)
            } else if textual && typed.ty == Type::Float {
                Some(Incomparable::FloatAsText)
            } else if !textual && (typed.ty.is_text() || typed.ty == Type::Bool) && !numeric_text(typed) {
                Some(Incomparable::TextAsNumber)
            } else {
                None
            };
            if let Some(problem) = problem {
                self.report(messages::not_comparable(span, problem, &typed.ty, operator.span, textual));
                return None;
            }
        }
        let both_text = left.ty.is_text() && right_value.ty.is_text();
        let comparable = both_text || left.ty.fits(&right_value.ty) || right_value.ty.fits(&left.ty);
        if !comparable {
            self.report(messages::different_types(right.span, &right_value.ty, i.left.span, &left.ty));
            return None;
        }
        Some(Condition { op, left: left.wire(), right: right_value.wire() })
    }

    pub fn for_each(&mut self, f: &'a For, branches: &[Branch], cx: &StepContext<'a, '_>, out: &mut Vec<StepDraft>) {
        if cx.names.steps.get(&f.name.text).is_none_or(|n| n.span != f.name.span) {
            return;
        }
        let scope = Scope { unit: cx.unit, pipe: Some(cx.names), locals: &[] };
        let (step, uses) = self.recording(|e| e.loop_in(f, branches, cx, scope));
        out.push(StepDraft { step, uses });
    }

    fn loop_in(&mut self, f: &'a For, branches: &[Branch], cx: &StepContext<'a, '_>, scope: Scope<'_>) -> Step {
        self.no_compute_in_head(&f.header, "a loop");
        let (inputs, item) = self.inputs(&f.list, scope);
        let parallel = f.parallel.as_ref().and_then(|v| {
            let field = FOR_EACH_TASK.row(key::CONCURRENCY)?;
            self.value(field, field.ty, v, scope).as_int()
        });
        let mut own = Object::new(&TASK, f.body.span);
        let mut inner: Vec<&'a Decl> = Vec::new();
        for entry in &f.body.items {
            match entry {
                Item::Entry(e) if inner.is_empty() => self.entry(e, BlockSchema::Place(&STEP_PLACE), scope, &mut own),
                Item::Entry(e) => {
                    self.report(messages::field_after_step(e.key.span));
                }
                Item::Decl(d) if d.kind == DeclKind::Step => inner.push(d),
                Item::For(nested) => {
                    own.broken = true;
                    let span = Span { end: nested.name.span.end, ..nested.span };
                    self.report(messages::nested_loop(span, f.name.span));
                }
                Item::If(nested) => {
                    own.broken = true;
                    let span = Span { end: nested.name.span.end, ..nested.span };
                    self.report(messages::condition_in_loop(span, f.name.span));
                }
                Item::Bad(_) => own.broken = true,
                other => {
                    own.broken = true;
                    self.misplaced(other, "a `for`");
                }
            }
        }
        if let [first, second, ..] = inner.as_slice() {
            self.report(messages::two_steps_in_loop(second.name.span, first.name.span));
        }
        if inner.is_empty() && !own.broken {
            self.report(messages::loop_without_step(&f.name));
        }
        let local = self.local(&f.variable, LocalKind::Input(item), scope);
        let mut inner_uses: Vec<Use> = Vec::new();
        let step = inner.first().map(|d| {
            if let Some(family) = &d.family {
                self.report(messages::family_in_loop(family.span));
            }
            let stray = d.header.after.first().map(|a| a.span);
            if let Some(span) = stray {
                self.report(messages::after_in_loop(span));
            }
            let quiet = Decl { header: Header { after: Vec::new(), ..d.header.clone() }, ..(*d).clone() };
            let draft = self.step(&quiet, &d.name.text, &[local], &[], cx);
            if matches!(draft.step.kind, StepKind::Raw("for_each_task")) {
                let at = draft.step.settings.key_span(key::FOR_EACH_TASK);
                self.report(messages::nested_raw_loop(at, f.name.span));
            }
            inner_uses.extend(draft.uses);
            draft.step
        });
        self.doc_description(&mut own, f.doc.as_ref(), f.name.span);
        let outer = StepKind::Raw("for_each_task");
        let mut settings = self.with_defaults(&own, &outer, false, cx);
        settings.fields.retain(|f| f.value.is_some());
        let kind = match (step, inputs) {
            (Some(step), Some(inputs)) => StepKind::Loop(Box::new(Loop { inputs, parallel, step })),
            (step, _) => StepKind::Bad(Unusable { calls: Vec::new(), step: step.map(Box::new) }),
        };
        let step = Step {
            key: f.name.text.clone(),
            span: f.name.span,
            settings,
            kind,
            depends_on: self.after(&f.header, &f.name, scope),
            outputs: Vec::new(),
            compute: Compute::Unset,
            branches: branches.to_vec(),
        };
        self.uses.extend(inner_uses);
        step
    }

    /// Elaborates the list of a loop; returns its JSON and the type of its items.
    pub fn inputs(&mut self, list: &Value, scope: Scope<'_>) -> (Option<Text>, Type) {
        let Some(typed) = self.typed(list, scope, ValueSite { name: "inputs", eval: Eval::Evaluated }) else {
            return (None, Type::Any);
        };
        let item = match &typed.ty {
            Type::List(item) => (**item).clone(),
            Type::Any | Type::Json => Type::Any,
            // A reference in a string may be a list.
            Type::String if matches!(&typed.value, Evaluated::Dynamic(t) if t.references().next().is_none()) => {
                Type::Any
            }
            other => {
                self.report(messages::loop_over_non_list(list.span, other));
                return (None, Type::Any);
            }
        };
        if let Evaluated::Constant(Const::List(items)) = &typed.value {
            let shape = |c: &Const| match c {
                Const::Text(_) => 1,
                Const::Number(_) => 2,
                Const::Bool(_) => 3,
                Const::Map(_) => 4,
                Const::List(_) => 5,
            };
            let first = items.first().map(shape);
            let keys = |c: &Const| match c {
                Const::Map(m) => {
                    m.iter().map(|(k, v)| (k.clone(), shape(v) > 3)).collect::<std::collections::BTreeMap<_, _>>()
                }
                _ => Default::default(),
            };
            let nested = items.iter().any(|i| keys(i).values().any(|deep| *deep));
            let first_keys = items.first().map(keys).unwrap_or_default();
            let mixed = items.iter().any(|i| Some(shape(i)) != first)
                || (!nested && items.iter().any(|i| keys(i) != first_keys));
            if items.is_empty() || mixed || nested || first == Some(5) {
                self.report(messages::bad_items(
                    list.span,
                    match (items.is_empty(), mixed) {
                        (true, _) => BadItems::Empty,
                        (_, true) => BadItems::Mixed,
                        _ => BadItems::Nested,
                    },
                ));
                return (None, item);
            }
        }
        let text = typed.wire();
        let max = FOR_EACH_TASK.row(key::INPUTS).and_then(|f| f.max_len).unwrap_or(u32::MAX);
        if let Some(plain) = text.as_str()
            && plain.len() > max as usize
        {
            self.report(messages::items_too_long(list.span, plain.len(), max));
            return (None, item);
        }
        (Some(text), item)
    }
}

/// A string that contains a number, such as `"5"`.
fn numeric_text(typed: &super::eval::Typed) -> bool {
    matches!(&typed.value, Evaluated::Constant(Const::Text(t)) if t.parse::<f64>().is_ok())
}
