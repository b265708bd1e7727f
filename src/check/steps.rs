//! Steps, conditions and loops: from the tree to the model.

use smol_str::SmolStr;

use super::calls::CallContext;
use super::compute::Found;
use super::eval::{Const, Known, Sink, reserved};
use super::fields::Against;
use super::graph::{Branch, Draft};
use super::merge::merge;
use super::scope::{Checker, Local, LocalKind, NamedKind, PipeNames, Scope};
use crate::diag::{Code, Diagnostic, nearest};
use crate::model::{
    Compute, Condition, Dependency, Loop, Node, Object, Origin, Output, Package, Step, StepKind, Target, Text, Type,
};
use crate::schema::{DEFAULTS_PLACE, Eval, FOR_EACH_TASK, KINDS, RunsOn, STEP_PLACE, TASK, kind_of};
use crate::source::Span;
use crate::syntax::ast::{self, BindingKind, Decl, DeclKind, For, Header, If, Item, Value, ValueKind};

/// What all steps of a pipeline share.
pub(super) struct StepContext<'a, 'p> {
    pub pipeline: SmolStr,
    pub unit: usize,
    pub names: &'p PipeNames<'a>,
    pub target: &'p Target,
    pub packages: &'p [Package],
    /// `on` of the pipeline.
    pub on: Option<&'a ast::On>,
    pub defaults: Object,
    pub git: bool,
}

/// Fields of a task that a condition or the outer task of a loop does not take.
const NOT_ON_CONDITIONS: &[&str] = &[
    "max_retries",
    "min_retry_interval_millis",
    "retry_on_timeout",
    "libraries",
    "new_cluster",
    "job_cluster_key",
    "existing_cluster_id",
    "environment_key",
    "compute",
    "disable_auto_optimization",
    "email_notifications",
    "webhook_notifications",
    "notification_settings",
    "health",
];
const NOT_ON_LOOPS: &[&str] = &[
    "max_retries",
    "min_retry_interval_millis",
    "retry_on_timeout",
    "libraries",
    "new_cluster",
    "job_cluster_key",
    "existing_cluster_id",
    "environment_key",
    "compute",
    "disable_auto_optimization",
];

impl<'a> Checker<'a> {
    /// All steps of a list of entries, branches included.
    pub fn steps(&mut self, items: &'a [Item], branches: &[Branch], cx: &StepContext<'a, '_>, out: &mut Vec<Draft>) {
        for item in items {
            match item {
                Item::Decl(d) if d.kind == DeclKind::Step => self.declared_step(d, branches, cx, out),
                Item::If(i) => self.condition(i, branches, cx, out),
                Item::For(f) => self.a_loop(f, branches, cx, out),
                _ => {}
            }
        }
    }

    fn declared_step(&mut self, d: &'a Decl, branches: &[Branch], cx: &StepContext<'a, '_>, out: &mut Vec<Draft>) {
        let Some(named) = cx.names.steps.get(&d.name.text).filter(|n| n.span == d.name.span) else { return };
        let Some(family) = &d.family else {
            let draft = self.step(d, &d.name.text, &[], branches, cx);
            out.push(draft);
            return;
        };
        let elements = self.family_elements(&family.list, cx.unit);
        let scope = Scope { unit: cx.unit, pipe: Some(cx.names), locals: &[] };
        for (index, value) in elements {
            let Some((_, key)) = named.keys.iter().find(|(i, _)| i.as_deref() == Some(index.as_str())) else {
                continue;
            };
            let local = self.local(&family.name, LocalKind::Element(value, cx.unit), scope);
            let draft = self.step(d, key, &[local], branches, cx);
            out.push(draft);
        }
    }

    fn step(
        &mut self,
        d: &Decl,
        key: &SmolStr,
        locals: &[Local],
        branches: &[Branch],
        cx: &StepContext<'a, '_>,
    ) -> Draft {
        let scope = Scope { unit: cx.unit, pipe: Some(cx.names), locals };
        let from = self.uses.len();
        if let Some(extends) = &d.header.extends {
            let d = Diagnostic::new(Code::BadHeader, extends.span, "a step extends nothing");
            self.report(d.help("put what steps share into `defaults { ... }`"));
        }
        let mut own = Object::new(&TASK, d.body.span);
        let mut calls: Vec<&ast::Call> = Vec::new();
        for item in &d.body.items {
            match item {
                Item::Entry(e) => self.entry(e, Against::Place(&STEP_PLACE), scope, &mut own),
                Item::Call(c) => calls.push(c),
                Item::Binding(b) if b.kind == BindingKind::Output => {}
                Item::Bad(_) => own.broken = true,
                other => {
                    own.broken = true;
                    self.misplaced(other, "a step");
                }
            }
        }
        let kind = self.kind(d, &calls, &own, key, scope, cx);
        self.step_gpu(&mut own);
        if let Some(doc) = &d.doc
            && !own.fields.iter().any(|f| f.field.key == "description")
            && let Some(field) = TASK.field("description")
        {
            let span = d.name.span;
            if field.max_len.is_some_and(|max| doc.len() > max as usize) {
                let d = Diagnostic::new(
                    Code::TooLong,
                    span,
                    format!("the `##` text before this step has {} bytes", doc.len()),
                );
                self.report(d.help("shorten it; a longer text belongs in a plain comment"));
            }
            own.fields.push(crate::model::FieldValue { field, key: span, value: Some(Node::text(span, doc.clone())) });
        }
        let mut settings = self.with_defaults(&own, &kind, cx);
        self.not_on_this_kind(&own, &kind);
        let compute = self.place(d, &mut settings, &kind, cx, scope);
        settings.fields.retain(|f| f.value.is_some());
        self.required_except(&settings, &["task_key"]);
        self.parameters(&settings, &kind, scope);
        let mut step = Step {
            key: key.clone(),
            span: d.name.span,
            settings,
            kind,
            depends_on: self.after(&d.header, &d.name, scope),
            outputs: self.outputs(d, cx),
            compute,
        };
        if matches!(step.kind, StepKind::Bad) {
            step.settings.broken = true;
        }
        self.both_outcomes(&step);
        let uses = self.uses.split_off(from);
        Draft { step, uses, branches: branches.to_vec() }
    }

    fn outputs(&self, d: &Decl, cx: &StepContext<'a, '_>) -> Vec<Output> {
        let named = cx.names.steps.get(&d.name.text);
        named
            .map(|n| {
                n.outputs
                    .iter()
                    .map(|(name, ty, span)| Output { name: name.clone(), span: *span, ty: ty.clone() })
                    .collect()
            })
            .unwrap_or_default()
    }

    /// The one thing that a step runs.
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
            let d = Diagnostic::new(Code::TwoKinds, *second, "a step runs one thing");
            self.report(d.label("a second one").also(*first, "the first one").help("make a step of its own for each"));
            for call in calls {
                self.call(call, &self.call_context(key, scope, cx));
            }
            return StepKind::Bad;
        }
        if let Some(call) = calls.first() {
            return self.call(call, &self.call_context(key, scope, cx));
        }
        if let Some((kind, _)) = raw.first() {
            return StepKind::Raw(kind);
        }
        if !own.broken && own.unchecked.is_empty() {
            let d = Diagnostic::new(Code::NoKind, d.name.span, format!("step `{}` says nothing to run", d.name.text));
            self.report(d.help("add a call: `python pkg.mod:function(...)`, `notebook \"./x.py\"`, `script`, `sql`, `run`; or a task block such as `dbt_task { ... }`"));
        }
        StepKind::Bad
    }

    fn call_context<'c>(&self, key: &'c SmolStr, scope: Scope<'c>, cx: &'c StepContext<'a, '_>) -> CallContext<'c> {
        CallContext { scope, pipeline: &cx.pipeline, key, packages: cx.packages, git: cx.git }
    }

    /// The step's fields over those of `defaults` that its kind takes.
    fn with_defaults(&mut self, own: &Object, kind: &StepKind, cx: &StepContext<'a, '_>) -> Object {
        if cx.defaults.fields.is_empty() && cx.defaults.unchecked.is_empty() {
            return own.clone();
        }
        let mut base = cx.defaults.clone();
        base.fields.retain(|f| takes(kind, f.field.key));
        for field in &base.fields {
            self.used.insert(field.key);
        }
        let compute = ["job_cluster_key", "environment_key", "existing_cluster_id", "new_cluster"];
        if compute.iter().any(|k| own.has(k)) {
            base.fields.retain(|f| !compute.contains(&f.field.key));
        }
        let mut out = merge(&base, own, Some(&STEP_PLACE));
        // Written fields come first, so that messages about the step point into it.
        out.span = own.span;
        out
    }

    fn not_on_this_kind(&mut self, own: &Object, kind: &StepKind) {
        let (list, what) = match kind.key() {
            Some("condition_task") => (NOT_ON_CONDITIONS, "a condition"),
            Some("for_each_task") => (NOT_ON_LOOPS, "the outer task of a loop"),
            _ => return,
        };
        for field in own.fields.iter().filter(|f| f.value.is_some() && list.contains(&f.field.key)) {
            let zero = field.value.as_ref().is_some_and(|v| v.as_int() == Some(0) || v.as_bool() == Some(false));
            if zero {
                continue;
            }
            let d = Diagnostic::new(Code::NotOnThisKind, field.key, format!("{what} takes no `{}`", field.field.key));
            self.report(d.help(if what == "a condition" {
                "a condition is decided by the platform itself; remove the field"
            } else {
                "put it into the step inside the loop"
            }));
        }
    }

    /// Where a step runs, by its head, its raw fields or its pipeline.
    fn place(
        &mut self,
        d: &Decl,
        settings: &mut Object,
        kind: &StepKind,
        cx: &StepContext<'a, '_>,
        scope: Scope<'_>,
    ) -> Compute {
        let runs_on = kind.key().and_then(kind_of).map(|k| k.runs_on);
        let raw: Vec<(&'static str, Span)> =
            ["new_cluster", "job_cluster_key", "environment_key", "existing_cluster_id"]
                .into_iter()
                .filter(|k| settings.has(k))
                .map(|k| (k, settings.key_span(k)))
                .collect();
        let own = d.header.on.as_ref().map(|on| (on, self.on(on, cx, scope)));
        if let (Some((on, found)), Some((key, at))) = (&own, raw.first())
            && found.is_some()
        {
            let d = Diagnostic::new(
                Code::TwoComputes,
                *at,
                format!("the step says where it runs twice: with `on`, and with `{key}`"),
            );
            self.report(d.also(on.span, "said here already").help("keep one of them"));
            return Compute::Unset;
        }
        if let [(a, at), (b, second), ..] = raw.as_slice() {
            let d = Diagnostic::new(Code::TwoComputes, *second, format!("`{a}` and `{b}` exclude each other"));
            self.report(d.also(*at, "set here already").help("a step runs on one compute; keep one of them"));
            return Compute::Unset;
        }
        let compute = if let Some((key, at)) = raw.first() {
            self.raw_place(key, *at, settings, cx)
        } else if let Some((_, found)) = own {
            match found {
                Some(compute) => compute,
                None => return Compute::Unset,
            }
        } else {
            let takes = matches!(runs_on, Some(RunsOn::ClusterOrEnvironment | RunsOn::ClusterOrServerless))
                && !settings.has("compute");
            match cx.on.filter(|_| takes) {
                Some(on) => match self.on(on, cx, Scope { locals: &[], ..scope }) {
                    Some(compute) => compute,
                    None => return Compute::Unset,
                },
                None => Compute::Unset,
            }
        };
        self.compute_fits(d, settings, kind, &compute, runs_on, cx);
        compute
    }

    fn raw_place(&mut self, key: &str, at: Span, settings: &Object, cx: &StepContext<'a, '_>) -> Compute {
        let text = settings.str(key).map(SmolStr::from);
        match (key, text) {
            ("job_cluster_key" | "environment_key", Some(name)) => {
                let wanted = if key == "job_cluster_key" { DeclKind::Cluster } else { DeclKind::Environment };
                let span = settings.get(key).map_or(at, |n| n.span);
                match self.find_compute(cx.names, cx.unit, &name) {
                    Some(found) if found.decl.kind == wanted => {
                        self.used.insert(found.decl.name.span);
                    }
                    Some(found) => {
                        let d =
                            Diagnostic::new(Code::UnknownCompute, span, format!("`{name}` is no {}", wanted.keyword()));
                        self.report(
                            d.also(found.decl.name.span, format!("it is declared as a {}", found.decl.kind.keyword()))
                                .help(format!("write `on {name}` in the head of the step")),
                        );
                    }
                    None => self.unknown_compute(cx.names, cx.unit, &name, span),
                }
                if wanted == DeclKind::Cluster { Compute::Cluster(name) } else { Compute::Environment(name) }
            }
            ("new_cluster", _) => {
                if let Some(cluster) = settings.get("new_cluster").and_then(Node::as_object) {
                    let cluster = cluster.clone();
                    self.fit(&cluster, cluster.span, "of this step", cx.target, true);
                }
                Compute::Raw
            }
            _ => Compute::Raw,
        }
    }

    /// What stands after `on`.
    fn on(&mut self, on: &ast::On, cx: &StepContext<'a, '_>, scope: Scope<'_>) -> Option<Compute> {
        match &on.value.kind {
            ValueKind::Function(name, arguments) if name.text == "existing" => {
                let [argument] = arguments.as_slice() else {
                    let d =
                        Diagnostic::new(Code::MissingArgument, on.value.span, "`existing` takes the id of a cluster");
                    self.report(d.help("write `existing(\"0923-164208-meows279\")`"));
                    return None;
                };
                let typed =
                    self.typed(&argument.value, scope, Sink { name: "existing_cluster_id", eval: Eval::Constant })?;
                Some(Compute::Existing(typed.wire()))
            }
            ValueKind::Function(name, _) => {
                let d = Diagnostic::new(Code::UnknownFunction, name.span, format!("`{}` is no compute", name.text));
                self.report(d.nearest(name.span, nearest(&name.text, ["existing"])).maybe_help(Some(
                    "write the name of a cluster or environment, `serverless`, `none` or `existing(\"id\")`".to_owned(),
                )));
                None
            }
            ValueKind::Path(path) => match path.word() {
                Some("serverless") => Some(Compute::Serverless),
                Some("none") => Some(Compute::Unset),
                _ => self.compute_name(&path.head.text.clone(), on.value.span, cx, 0),
            },
            _ => None,
        }
    }

    fn compute_name(&mut self, name: &str, span: Span, cx: &StepContext<'a, '_>, depth: usize) -> Option<Compute> {
        if let Some(Found { decl, .. }) = self.find_compute(cx.names, cx.unit, name) {
            self.used.insert(decl.name.span);
            return Some(if decl.kind == DeclKind::Cluster {
                Compute::Cluster(name.into())
            } else {
                Compute::Environment(name.into())
            });
        }
        // A constant whose value is the name of a compute.
        let value: Option<(Value, Span)> = match (self.symbols.find_let(cx.unit, name), self.vars.get(name)) {
            (Some(l), _) => l.decl.value.clone().map(|v| (v, l.decl.name.span)),
            (None, Some(v)) => self.symbols.vars.get(name).map(|decl| (v.value.clone(), decl.decl.name.span)),
            (None, None) => None,
        };
        if let Some((value, declared)) = value {
            self.used.insert(declared);
            if let (ValueKind::Path(path), true) = (&value.kind, depth < 16) {
                return match path.word() {
                    Some("serverless") => Some(Compute::Serverless),
                    Some("none") => Some(Compute::Unset),
                    _ => self.compute_name(&path.head.text.clone(), value.span, cx, depth + 1),
                };
            }
            let d = Diagnostic::new(Code::WrongType, span, format!("`{name}` is no compute"));
            self.report(
                d.also(declared, "declared here")
                    .help("its value must be the name of a cluster or environment, without quotes"),
            );
            return None;
        }
        self.unknown_compute(cx.names, cx.unit, name, span);
        None
    }

    fn compute_fits(
        &mut self,
        d: &Decl,
        settings: &Object,
        kind: &StepKind,
        compute: &Compute,
        runs_on: Option<RunsOn>,
        cx: &StepContext<'a, '_>,
    ) {
        let Some(runs_on) = runs_on else { return };
        let kind_name = kind.key().and_then(kind_of).map_or("this", |k| k.name);
        let at = d.header.on.as_ref().map_or(d.name.span, |on| on.span);
        let on_cluster = matches!(compute, Compute::Cluster(_) | Compute::Existing(_))
            || (*compute == Compute::Raw && (settings.has("new_cluster") || settings.has("existing_cluster_id")));
        let serverless = matches!(compute, Compute::Environment(_) | Compute::Serverless)
            || (*compute == Compute::Unset && settings.has("compute"));
        match runs_on {
            RunsOn::ClusterOrEnvironment => match compute {
                Compute::Unset if settings.broken => {}
                Compute::Unset => {
                    let code = if settings.has("compute") { Code::NeedsEnvironment } else { Code::NoCompute };
                    self.no_compute(code, d, kind_name, cx);
                }
                Compute::Serverless => self.no_compute(Code::NeedsEnvironment, d, kind_name, cx),
                _ => {}
            },
            RunsOn::NewCluster => {
                if !settings.broken && !settings.has("new_cluster") {
                    let d = Diagnostic::new(Code::WrongCompute, at, "spark-submit runs only on a cluster made for it");
                    self.report(
                        d.help("write `new_cluster { ... }` in the step; better, use `spark_jar_task` or `script`"),
                    );
                }
            }
            RunsOn::Nothing => {
                if *compute != Compute::Unset
                    && kind.key() != Some("condition_task")
                    && kind.key() != Some("for_each_task")
                {
                    let d =
                        Diagnostic::new(Code::WrongCompute, at, format!("{kind_name} takes no compute of this kind"));
                    self.report(d.help("it brings its own, such as a `warehouse_id`; remove `on`"));
                }
            }
            RunsOn::ClusterOrServerless => {}
        }
        if serverless && settings.has("libraries") {
            let d = Diagnostic::new(
                Code::LibrariesOnServerless,
                settings.key_span("libraries"),
                "libraries are for clusters; this step runs on serverless",
            );
            self.report(d.help("put the packages into `dependencies` of an `environment`, and run the step on it"));
        }
        if on_cluster && settings.has("compute") {
            let d = Diagnostic::new(
                Code::WrongCompute,
                settings.key_span("compute"),
                "a serverless GPU on a step that runs on a cluster",
            );
            self.report(
                d.also(at, "the cluster").help("give the cluster a `gpu` block, or run the step on an environment"),
            );
        }
        if let (Compute::Environment(name), true) = (compute, settings.has("compute"))
            && let Some(found) = self.find_compute(cx.names, cx.unit, name)
        {
            self.gpu_environment(settings, found, cx);
        }
    }

    fn gpu_environment(&mut self, settings: &Object, found: Found<'a>, cx: &StepContext<'a, '_>) {
        let mut quiet = Checker::new(self.symbols, self.sources, self.files, self.vars);
        let Some(environment) = quiet.environment(cx.names, found) else { return };
        let version = environment.spec.str("environment_version").or(environment.spec.str("client"));
        if let Some(known) = version.and_then(|v| self.symbols.project.tables.environment(v))
            && !known.gpu
        {
            let d = Diagnostic::new(
                Code::WrongCompute,
                settings.key_span("compute"),
                format!("environment version {} has no GPU form", known.version),
            );
            let newer: Vec<&str> = self
                .symbols
                .project
                .tables
                .environments()
                .iter()
                .filter(|e| e.gpu)
                .map(|e| e.version.as_str())
                .collect();
            self.report(
                d.also(environment.span, "the environment")
                    .help(format!("use version {}", crate::diag::one_of(newer, 6))),
            );
        }
    }

    fn no_compute(&mut self, code: Code, d: &Decl, kind_name: &str, cx: &StepContext<'a, '_>) {
        let message = match code {
            Code::NoCompute => {
                format!("step `{}` has no compute: {kind_name} needs a cluster or an environment", d.name.text)
            }
            _ => format!("step `{}` runs {kind_name} on serverless, which needs an environment", d.name.text),
        };
        let mut names: Vec<&str> = cx.names.computes.iter().map(|d| d.name.text.as_str()).collect();
        names.extend(self.symbols.compute_names(cx.unit));
        let at = match (&d.header.on, code) {
            (Some(on), Code::NeedsEnvironment) => on.value.span,
            _ => d.name.span,
        };
        let diagnostic = Diagnostic::new(code, at, message);
        let edit = |name: &str| match &d.header.on {
            Some(on) => vec![(on.value.span, name.to_owned())],
            None => vec![(d.family.as_ref().map_or(d.name.span, |f| f.span).end_point(), format!(" on {name}"))],
        };
        let diagnostic = match names.as_slice() {
            [] => diagnostic.help(
                "declare `environment default { environment_version = \"4\" }` and write `on default`, or a `cluster`",
            ),
            names => {
                let help = format!("write `on {}`", crate::diag::one_of(names.iter().copied(), 6).replace('`', ""));
                let mut diagnostic = diagnostic.help(help);
                for name in names.iter().take(3) {
                    diagnostic = diagnostic.suggestion(format!("run it on `{name}`"), edit(name));
                }
                diagnostic
            }
        };
        self.report(diagnostic);
    }

    /// `after` with its outcomes.
    fn after(&mut self, header: &Header, own: &ast::Ident, scope: Scope<'_>) -> Vec<Dependency> {
        let mut out: Vec<Dependency> = Vec::new();
        let Some(pipe) = scope.pipe else { return out };
        for after in &header.after {
            let Some(named) = pipe.steps.get(&after.name.text) else {
                self.unknown_step(&after.name, pipe);
                continue;
            };
            let named = named.clone();
            if after.name.text == own.text && after.index.is_none() {
                let d =
                    Diagnostic::new(Code::SelfDependency, after.span, format!("step `{}` waits for itself", own.text));
                self.report(d.help("remove it"));
                continue;
            }
            if let (NamedKind::Inner, Some(within)) = (named.kind, &named.within) {
                let d = Diagnostic::new(
                    Code::HiddenOutput,
                    after.span,
                    format!("`{}` runs inside the loop `{within}`", after.name.text),
                );
                self.report(
                    d.also(named.span, "declared here")
                        .help(format!("wait for the loop: `after {within}`"))
                        .suggestion(format!("use `{within}`"), vec![(after.name.span, within.to_string())]),
                );
                continue;
            }
            let outcome = match &after.outcome {
                None => None,
                Some(word) => match (named.kind, word.text.as_str()) {
                    (NamedKind::Condition, "true") => Some(true),
                    (NamedKind::Condition, "false") => Some(false),
                    (NamedKind::Condition, other) => {
                        let d = Diagnostic::new(
                            Code::BadMember,
                            word.span,
                            format!("an outcome is `true` or `false`, not `{other}`"),
                        );
                        self.report(d.help("write `is true` or `is false`"));
                        continue;
                    }
                    _ if named.raw_condition => Some(word.text == "true"),
                    _ => {
                        let d = Diagnostic::new(
                            Code::OutcomeOfStep,
                            after.span,
                            format!("`{}` is no condition and has no outcome", after.name.text),
                        );
                        self.report(
                            d.also(named.span, "declared here").help("remove `is ...`; only an `if` has outcomes"),
                        );
                        continue;
                    }
                },
            };
            let keys: Vec<SmolStr> = match &after.index {
                Some(index) => self.element(&named, &after.name, index, scope).into_iter().collect(),
                None => named.keys.iter().map(|(_, k)| k.clone()).collect(),
            };
            for task in keys {
                if let Some(first) = out.iter().find(|d| d.task == task && (d.outcome == outcome || outcome.is_none()))
                {
                    let d = Diagnostic::new(Code::GivenTwice, after.span, format!("`{task}` is waited for twice"));
                    self.report(d.also(first.span, "named first here").help("remove one of them"));
                    continue;
                }
                out.push(Dependency { task, outcome, span: after.span, origin: Origin::Written });
            }
        }
        out
    }

    fn unknown_step(&mut self, name: &ast::Ident, pipe: &PipeNames<'_>) {
        if self.symbols.maybe_declared(&name.text) {
            return;
        }
        let d =
            Diagnostic::new(Code::UnknownStep, name.span, format!("there is no step `{}` in this pipeline", name.text));
        let near = nearest(&name.text, pipe.steps.keys().map(SmolStr::as_str)).map(str::to_owned);
        self.report(match near {
            Some(near) => d.nearest(name.span, Some(&near)),
            None => d.help("`after` names steps, conditions and loops of the same pipeline"),
        });
    }

    fn condition(&mut self, i: &'a If, branches: &[Branch], cx: &StepContext<'a, '_>, out: &mut Vec<Draft>) {
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

    fn condition_task(&mut self, i: &'a If, branches: &[Branch], cx: &StepContext<'a, '_>, scope: Scope<'_>) -> Draft {
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
        self.doc_description(&mut own, i.doc.as_ref(), i.name.span);
        let kind = kind.map_or(StepKind::Bad, StepKind::Condition);
        let mut settings = self.with_defaults(&own, &kind, cx);
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
        };
        self.both_outcomes(&step);
        Draft { step, uses: self.uses.split_off(from), branches: branches.to_vec() }
    }

    fn waited_for(&self, name: &str, cx: &StepContext<'a, '_>) -> bool {
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

    fn doc_description(&self, own: &mut Object, doc: Option<&SmolStr>, span: Span) {
        if let (Some(doc), None, Some(field)) = (doc, own.entry("description"), TASK.field("description")) {
            own.fields.push(crate::model::FieldValue { field, key: span, value: Some(Node::text(span, doc.clone())) });
        }
    }

    fn no_compute_in_head(&mut self, header: &Header, what: &str) {
        let stray = header.on.as_ref().map(|o| o.span).or_else(|| header.extends.as_ref().map(|e| e.span));
        if let Some(span) = stray {
            let d = Diagnostic::new(Code::WrongCompute, span, format!("{what} runs on no compute of its own"));
            self.report(d.help("remove it; the steps inside say where they run"));
        }
    }

    /// What the platform can compare: `==` and `!=` as text, the rest as numbers.
    fn comparison(&mut self, i: &If, scope: Scope<'_>) -> Option<Condition> {
        let sink = Sink { name: "a condition", eval: Eval::Evaluated };
        let left = self.typed(&i.left, scope, sink);
        let Some((operator, right)) = &i.right else {
            let left = left?;
            if !matches!(left.ty, Type::Bool | Type::Any | Type::Json) {
                let d = Diagnostic::new(
                    Code::BadComparison,
                    i.left.span,
                    format!("a {} is no condition by itself", left.ty),
                );
                self.report(d.help("compare it: `==`, `!=`, `<`, `<=`, `>` or `>=`"));
                return None;
            }
            return Some(Condition { op: "EQUAL_TO", left: left.wire(), right: Text::plain("true") });
        };
        let right_value = self.typed(right, scope, sink);
        let (left, right_value) = (left?, right_value?);
        let op = match operator.text.as_str() {
            "==" => "EQUAL_TO",
            "!=" => "NOT_EQUAL",
            "<" => "LESS_THAN",
            "<=" => "LESS_THAN_OR_EQUAL",
            ">" => "GREATER_THAN",
            _ => "GREATER_THAN_OR_EQUAL",
        };
        let textual = matches!(op, "EQUAL_TO" | "NOT_EQUAL");
        for (typed, span) in [(&left, i.left.span), (&right_value, right.span)] {
            let list = matches!(typed.ty, Type::List(_) | Type::Map(_) | Type::Record(_));
            let problem = if list {
                Some("a list or object cannot be compared")
            } else if textual && typed.ty == Type::Float {
                Some("the platform compares with `==` and `!=` as text: `0.80` and `0.8` differ")
            } else if !textual && (typed.ty.is_text() || typed.ty == Type::Bool) && !numeric_text(typed) {
                Some("the platform compares with `<` and `>` as numbers; this is none")
            } else {
                None
            };
            if let Some(problem) = problem {
                let d = Diagnostic::new(Code::BadComparison, span, problem)
                    .label(format!("a {}", typed.ty))
                    .also(operator.span, "this comparison");
                self.report(d.help(if textual {
                    "compare with `<=` or `>=`, or let the step put out a bool"
                } else {
                    "let the step put out a number or a bool, and compare that"
                }));
                return None;
            }
        }
        if !left.ty.fits(&right_value.ty)
            && !right_value.ty.fits(&left.ty)
            && !(left.ty.is_text() && right_value.ty.is_text())
        {
            let d = Diagnostic::new(
                Code::BadComparison,
                right.span,
                format!("a {} is compared with a {}", left.ty, right_value.ty),
            );
            self.report(d.also(i.left.span, format!("a {}", left.ty)).help("compare values of one type"));
            return None;
        }
        Some(Condition { op, left: left.wire(), right: right_value.wire() })
    }

    fn a_loop(&mut self, f: &'a For, branches: &[Branch], cx: &StepContext<'a, '_>, out: &mut Vec<Draft>) {
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
            depends.extend(draft.uses);
            draft.step
        });
        self.doc_description(&mut own, f.doc.as_ref(), f.name.span);
        let outer = StepKind::Raw("for_each_task");
        let mut settings = self.with_defaults(&own, &outer, cx);
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
        };
        self.both_outcomes(&step);
        let mut uses = self.uses.split_off(from);
        uses.extend(depends);
        out.push(Draft { step, uses, branches: branches.to_vec() });
    }

    /// The list of a loop as text on the wire, and the type of its items.
    fn inputs(&mut self, list: &Value, scope: Scope<'_>) -> (Option<Text>, Type) {
        let Some(typed) = self.typed(list, scope, Sink { name: "inputs", eval: Eval::Evaluated }) else {
            return (None, Type::Any);
        };
        let item = match &typed.ty {
            Type::List(item) => (**item).clone(),
            Type::Any | Type::Json => Type::Any,
            Type::String if matches!(typed.value, Known::AtRunTime(_)) => Type::Any,
            other => {
                let d =
                    Diagnostic::new(Code::BadItems, list.span, format!("a loop runs over a list; this is a {other}"));
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
            let mixed = items.iter().any(|i| Some(shape(i)) != first);
            if items.is_empty() || mixed || first == Some(5) {
                let why = match (items.is_empty(), mixed) {
                    (true, _) => "this list is empty: the loop would never run",
                    (_, true) => "the items of a loop must be of one kind",
                    _ => "an item of a loop cannot be a list",
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

    /// Limits and push-down of the parameters of a task.
    fn parameters(&mut self, settings: &Object, kind: &StepKind, scope: Scope<'_>) {
        let pushed = kind.key().and_then(kind_of).and_then(|k| k.pushed_down);
        match kind {
            StepKind::File(call) if pushed.is_some() => {
                let list: Vec<(SmolStr, Span, &Text)> =
                    call.arguments.iter().map(|a| (a.name.clone(), a.span, &a.value)).collect();
                self.pushed_down(&list, scope);
            }
            StepKind::Run(call) => {
                let list: Vec<(SmolStr, Span, &Text)> =
                    call.arguments.iter().map(|a| (a.name.clone(), a.span, &a.value)).collect();
                self.pushed_down(&list, scope);
            }
            StepKind::Raw(key) => {
                let Some(field) = pushed else { return };
                let Some(node) = settings.get(key).and_then(Node::as_object).and_then(|o| o.get(field)) else { return };
                if let crate::model::NodeKind::Map(entries) = &node.kind {
                    let list: Vec<(SmolStr, Span, &Text)> = entries
                        .iter()
                        .filter_map(|(k, span, n)| match &n.kind {
                            crate::model::NodeKind::Text(t) => Some((k.clone(), *span, t)),
                            _ => None,
                        })
                        .collect();
                    self.pushed_down(&list, scope);
                }
            }
            _ => {}
        }
    }

    /// The fields of `defaults`.
    pub fn defaults(&mut self, pipeline: &'a Decl, names: &PipeNames<'a>, unit: usize) -> Object {
        let mut out: Option<Object> = None;
        for item in &pipeline.body.items {
            let Item::Entry(entry) = item else { continue };
            if entry.key.text != "defaults" {
                continue;
            }
            match &entry.value {
                ast::EntryValue::Block(body) => {
                    if let Some(first) = &out {
                        let d = Diagnostic::new(Code::GivenTwice, entry.key.span, "`defaults` is given twice");
                        self.report(d.also(first.span, "given first here").help("put both into one block"));
                        continue;
                    }
                    let object = self.body(
                        body,
                        Against::Place(&DEFAULTS_PLACE),
                        Scope { unit, pipe: Some(names), locals: &[] },
                    );
                    for kind in KINDS {
                        if object.has(kind.key) {
                            let d = Diagnostic::new(
                                Code::WrongBlock,
                                object.key_span(kind.key),
                                "a default cannot say what a step runs",
                            );
                            self.report(d.help("put it into the steps"));
                        }
                    }
                    out = Some(object);
                }
                ast::EntryValue::Assign(v) => {
                    let d = Diagnostic::new(Code::WrongType, v.span, "`defaults` takes a block");
                    self.report(d.help("write `defaults { max_retries = 2 }`"));
                }
            }
        }
        out.unwrap_or_else(|| Object::new(&TASK, pipeline.body.span))
    }
}

/// Whether the kind of a step takes a default for this field.
fn takes(kind: &StepKind, field: &str) -> bool {
    let Some(key) = kind.key() else { return true };
    match key {
        "condition_task" => !NOT_ON_CONDITIONS.contains(&field),
        "for_each_task" => !NOT_ON_LOOPS.contains(&field),
        _ => {
            let runs_on = kind_of(key).map(|k| k.runs_on);
            match field {
                "libraries"
                | "new_cluster"
                | "job_cluster_key"
                | "existing_cluster_id"
                | "environment_key"
                | "compute" => runs_on != Some(RunsOn::Nothing),
                _ => true,
            }
        }
    }
}

/// A text that is a number: `"5"`.
fn numeric_text(typed: &super::eval::Typed) -> bool {
    matches!(&typed.value, Known::AtCompileTime(Const::Text(t)) if t.parse::<f64>().is_ok())
}

/// Reserved words cannot be names of computes or values.
pub(super) fn refuse_reserved(name: &ast::Ident) -> Option<Diagnostic> {
    (reserved(&name.text) && !name.quoted).then(|| {
        Diagnostic::new(Code::BadKey, name.span, format!("`{}` is a word of the language", name.text))
            .help("choose another name")
    })
}
