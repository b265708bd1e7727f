//! Conditions and loops.

use smol_str::SmolStr;

use super::eval::{Const, Known, Sink};
use super::fields::Against;
use super::graph::Draft;
use super::scope::{Checker, LocalKind, Scope};
use super::steps::StepContext;
use crate::diag::{Code, Diagnostic, article};
use crate::model::{Branch, COMPARISONS, Compute, Condition, Loop, Node, Object, Step, StepKind, Text, Type};
use crate::schema::{Eval, FOR_EACH_TASK, STEP_PLACE, TASK, kind_of};
use crate::source::Span;
use crate::syntax::ast::{Decl, DeclKind, For, Header, If, Item, Value};

impl<'a> Checker<'a> {
    pub(super) fn condition(&mut self, i: &'a If, branches: &[Branch], cx: &StepContext<'a, '_>, out: &mut Vec<Draft>) {
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

    pub(super) fn condition_task(
        &mut self,
        i: &'a If,
        branches: &[Branch],
        cx: &StepContext<'a, '_>,
        scope: Scope<'_>,
    ) -> Draft {
        let from = self.uses.len();
        self.no_compute_in_head(&i.header, "a condition");
        let kind = self.comparison(i, scope);
        let mut own = Object::new(&TASK, i.then.span);
        let mut steps = 0;
        for item in i.then.items.iter().chain(i.otherwise.iter().flat_map(|b| &b.items)) {
            match item {
                Item::Entry(e) if steps == 0 => self.entry(e, Against::Place(&STEP_PLACE), scope, &mut own),
                Item::Entry(e) => {
                    let d = Diagnostic::new(
                        Code::Misplaced,
                        e.key.span,
                        "fields of a condition stand before its first step",
                    );
                    self.report(d.help("move it up, or into the step that it is for"));
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
        if steps == 0 {
            let d = Diagnostic::new(
                Code::EmptyBranch,
                i.name.span,
                format!("nothing depends on the condition `{}`", i.name.text),
            );
            if !cx.names.steps.is_empty() && !self.waited_for(&i.name.text, cx) {
                self.report(d.help("put steps into its braces, or write `after name is true` at a step"));
            }
        }
        self.runs_itself(&own, i.name.span, "a condition");
        self.doc_description(&mut own, i.doc.as_ref(), i.name.span);
        let kind = kind.map_or(StepKind::Bad, StepKind::Condition);
        let mut settings = self.with_defaults(&own, &kind, false, cx);
        self.not_on_this_kind(&own, &StepKind::Raw("condition_task"));
        settings.fields.retain(|f| f.value.is_some());
        self.required_except(&settings, &["task_key"]);
        let step = Step {
            key: i.name.text.clone(),
            span: i.name.span,
            settings,
            kind,
            depends_on: self.after(&i.header, &i.name, scope),
            outputs: Vec::new(),
            compute: Compute::Unset,
            branches: branches.to_vec(),
        };
        self.both_outcomes(&step);
        Draft { step, uses: self.uses.split_off(from) }
    }

    pub(super) fn waited_for(&self, name: &str, cx: &StepContext<'a, '_>) -> bool {
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

    pub(super) fn doc_description(&self, own: &mut Object, doc: Option<&SmolStr>, span: Span) {
        if let (Some(doc), None, Some(field)) = (doc, own.entry("description"), TASK.field("description")) {
            own.fields.push(crate::model::FieldValue { field, key: span, value: Some(Node::text(span, doc.clone())) });
        }
    }

    /// Reports a kind of task among the fields of a condition or loop, which are kinds themselves.
    fn runs_itself(&mut self, own: &Object, name: Span, what: &str) {
        for field in own.fields.iter().filter(|f| f.value.is_some() && kind_of(f.field.key).is_some()) {
            let d = Diagnostic::new(Code::TwoKinds, field.key, format!("{what} runs nothing of its own"));
            self.report(d.also(name, format!("{what}, and so a kind of task itself")).help("put it into a step"));
        }
    }

    pub(super) fn no_compute_in_head(&mut self, header: &Header, what: &str) {
        let stray = header.on.as_ref().map(|o| o.span).or_else(|| header.extends.as_ref().map(|e| e.span));
        if let Some(span) = stray {
            let d = Diagnostic::new(Code::WrongCompute, span, format!("{what} runs on no compute of its own"));
            self.report(d.help("remove it; the steps inside say where they run"));
        }
    }

    /// What the platform can compare: `==` and `!=` as text, the rest as numbers.
    pub(super) fn comparison(&mut self, i: &If, scope: Scope<'_>) -> Option<Condition> {
        let sink = Sink { name: "a condition", eval: Eval::Evaluated };
        let left = self.typed(&i.left, scope, sink);
        let Some((operator, right)) = &i.right else {
            let left = left?;
            if !matches!(left.ty, Type::Bool | Type::Any | Type::Json) {
                let d = Diagnostic::new(
                    Code::BadComparison,
                    i.left.span,
                    format!("{} is no condition by itself", article(&left.ty.to_string())),
                );
                self.report(d.help("compare it: `==`, `!=`, `<`, `<=`, `>` or `>=`"));
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
                Some("a list or object cannot be compared")
            } else if textual && typed.ty == Type::Float {
                Some("the platform compares with `==` and `!=` as text: `0.80` and `0.8` differ")
            } else if !textual && (typed.ty.is_text() || typed.ty == Type::Bool) && !numeric_text(typed) {
                Some("the platform compares with `<` and `>` as numbers, and this is not a number")
            } else {
                None
            };
            if let Some(problem) = problem {
                let d = Diagnostic::new(Code::BadComparison, span, problem)
                    .label(article(&typed.ty.to_string()))
                    .also(operator.span, "this comparison");
                self.report(d.help(if textual {
                    "compare with `<=` or `>=`, or let the step put out a bool"
                } else {
                    "let the step put out a number or a bool, and compare that"
                }));
                return None;
            }
        }
        let both_text = left.ty.is_text() && right_value.ty.is_text();
        let comparable = both_text || left.ty.fits(&right_value.ty) || right_value.ty.fits(&left.ty);
        if !comparable {
            let d = Diagnostic::new(
                Code::BadComparison,
                right.span,
                format!("{} is compared with {}", article(&left.ty.to_string()), article(&right_value.ty.to_string())),
            );
            self.report(d.also(i.left.span, article(&left.ty.to_string())).help("compare values of one type"));
            return None;
        }
        Some(Condition { op, left: left.wire(), right: right_value.wire() })
    }

    pub(super) fn a_loop(&mut self, f: &'a For, branches: &[Branch], cx: &StepContext<'a, '_>, out: &mut Vec<Draft>) {
        if cx.names.steps.get(&f.name.text).is_none_or(|n| n.span != f.name.span) {
            return;
        }
        let scope = Scope { unit: cx.unit, pipe: Some(cx.names), locals: &[] };
        let from = self.uses.len();
        self.no_compute_in_head(&f.header, "a loop");
        let (inputs, item) = self.inputs(&f.list, scope);
        let parallel = f.parallel.as_ref().and_then(|v| {
            let field = FOR_EACH_TASK.field("concurrency")?;
            self.value(field, field.ty, v, scope).as_int()
        });
        let mut own = Object::new(&TASK, f.body.span);
        let mut inner: Vec<&'a Decl> = Vec::new();
        for entry in &f.body.items {
            match entry {
                Item::Entry(e) if inner.is_empty() => self.entry(e, Against::Place(&STEP_PLACE), scope, &mut own),
                Item::Entry(e) => {
                    let d = Diagnostic::new(Code::Misplaced, e.key.span, "fields of a loop stand before its step");
                    self.report(d.help("move it up, or into the step"));
                }
                Item::Decl(d) if d.kind == DeclKind::Step => inner.push(d),
                Item::For(nested) => {
                    own.broken = true;
                    let span = Span { end: nested.name.span.end, ..nested.span };
                    let d = Diagnostic::new(Code::BadForBody, span, "the platform knows no loop inside a loop");
                    self.report(
                        d.also(f.name.span, "the outer loop")
                            .help("run another pipeline in the inner step: `run other(item)`"),
                    );
                }
                Item::If(nested) => {
                    own.broken = true;
                    let span = Span { end: nested.name.span.end, ..nested.span };
                    let d = Diagnostic::new(
                        Code::BadForBody,
                        span,
                        "a loop holds one step; a condition cannot stand in it",
                    );
                    self.report(
                        d.also(f.name.span, "the loop").help("run another pipeline in the step: `run other(item)`"),
                    );
                }
                Item::Bad(_) => own.broken = true,
                other => {
                    own.broken = true;
                    self.misplaced(other, "a `for`");
                }
            }
        }
        if let [first, second, ..] = inner.as_slice() {
            let d = Diagnostic::new(Code::BadForBody, second.name.span, "a loop holds exactly one step");
            self.report(
                d.also(first.name.span, "the first step")
                    .help("make another loop for this step, or run another pipeline"),
            );
        }
        if inner.is_empty() && !own.broken {
            let d = Diagnostic::new(Code::BadForBody, f.name.span, format!("the loop `{}` has no step", f.name.text));
            self.report(d.help("write one `step name { ... }` inside"));
        }
        let local = self.local(&f.variable, LocalKind::Input(item), scope);
        let mut depends: Vec<super::scope::Use> = Vec::new();
        let step = inner.first().map(|d| {
            if let Some(family) = &d.family {
                let d = Diagnostic::new(Code::BadForBody, family.span, "a family cannot stand in a loop");
                self.report(d.help("loop over the list, or make the family outside"));
            }
            let stray = d.header.after.first().map(|a| a.span);
            if let Some(span) = stray {
                let d = Diagnostic::new(Code::Misplaced, span, "the step inside a loop waits for nothing by itself");
                self.report(d.help("write `after` in the head of the loop"));
            }
            let quiet = Decl { header: Header { after: Vec::new(), ..d.header.clone() }, ..(*d).clone() };
            let draft = self.step(&quiet, &d.name.text, &[local], &[], cx);
            if matches!(draft.step.kind, StepKind::Raw("for_each_task")) {
                let at = draft.step.settings.key_span("for_each_task");
                let d = Diagnostic::new(Code::BadForBody, at, "the platform knows no loop inside a loop");
                self.report(d.also(f.name.span, "the outer loop").help("run another pipeline in the inner step"));
            }
            depends.extend(draft.uses);
            draft.step
        });
        self.runs_itself(&own, f.name.span, "a loop");
        self.doc_description(&mut own, f.doc.as_ref(), f.name.span);
        let outer = StepKind::Raw("for_each_task");
        let mut settings = self.with_defaults(&own, &outer, false, cx);
        self.not_on_this_kind(&own, &outer);
        settings.fields.retain(|f| f.value.is_some());
        self.required_except(&settings, &["task_key"]);
        let kind = match (step, inputs) {
            (Some(step), Some(inputs)) => StepKind::Loop(Box::new(Loop { inputs, parallel, step })),
            _ => StepKind::Bad,
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
        self.both_outcomes(&step);
        let mut uses = self.uses.split_off(from);
        uses.extend(depends);
        out.push(Draft { step, uses });
    }

    /// The list of a loop as text on the wire, and the type of its items.
    pub(super) fn inputs(&mut self, list: &Value, scope: Scope<'_>) -> (Option<Text>, Type) {
        let Some(typed) = self.typed(list, scope, Sink { name: "inputs", eval: Eval::Evaluated }) else {
            return (None, Type::Any);
        };
        let item = match &typed.ty {
            Type::List(item) => (**item).clone(),
            Type::Any | Type::Json => Type::Any,
            // A reference typed as text may well be a list.
            Type::String if matches!(&typed.value, Known::AtRunTime(t) if t.references().next().is_none()) => Type::Any,
            other => {
                let d = Diagnostic::new(
                    Code::BadItems,
                    list.span,
                    format!("a loop runs over a list; this is {}", article(&other.to_string())),
                );
                self.report(d.help("write a list, or an output or param of type `list<...>`"));
                return (None, Type::Any);
            }
        };
        if let Known::AtCompileTime(Const::List(items)) = &typed.value {
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
                let why = match (items.is_empty(), mixed) {
                    (true, _) => "this list is empty: the loop would never run",
                    (_, true) => "the items of a loop must be of one kind, objects with the same fields",
                    _ => "an item of a loop cannot hold a list or an object",
                };
                self.report(
                    Diagnostic::new(Code::BadItems, list.span, why)
                        .help("the platform takes lists of texts, of numbers, of booleans, or of flat objects"),
                );
                return (None, item);
            }
        }
        let text = typed.wire();
        let max = FOR_EACH_TASK.field("inputs").and_then(|f| f.max_len).unwrap_or(u32::MAX);
        if let Some(plain) = text.as_str()
            && plain.len() > max as usize
        {
            let d = Diagnostic::new(
                Code::TooLong,
                list.span,
                format!("the list has {} characters as JSON; the service takes {max}", plain.len()),
            );
            self.report(d.help("let a step put out the list: a run-time list may have 48 KB"));
            return (None, item);
        }
        (Some(text), item)
    }
}

/// A text that is a number: `"5"`.
fn numeric_text(typed: &super::eval::Typed) -> bool {
    matches!(&typed.value, Known::AtCompileTime(Const::Text(t)) if t.parse::<f64>().is_ok())
}
