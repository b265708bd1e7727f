//! Where a step runs: by its head, its raw fields or its pipeline, and whether its kind can run there.

use smol_str::SmolStr;

use super::compute::Found;
use super::eval::Sink;
use super::scope::{Checker, Scope};
use super::steps::StepContext;
use crate::diag::{Code, Diagnostic, nearest};
use crate::model::{Compute, Node, Object, StepKind};
use crate::schema::{COMPUTE_FIELDS, Eval, RunsOn, kind_of};
use crate::source::Span;
use crate::syntax::ast::{self, Decl, DeclKind, Value, ValueKind};

impl<'a> Checker<'a> {
    /// Where a step runs, by its head, its raw fields or its pipeline.
    pub(super) fn place(
        &mut self,
        d: &Decl,
        settings: &mut Object,
        kind: &StepKind,
        cx: &StepContext<'a, '_>,
        scope: Scope<'_>,
    ) -> Compute {
        let runs_on = kind.key().and_then(kind_of).map(|k| k.runs_on);
        self.raw_loop(settings, cx);
        let raw: Vec<(&'static str, Span)> =
            COMPUTE_FIELDS.iter().copied().filter(|k| settings.has(k)).map(|k| (k, settings.key_span(k))).collect();
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
            let takes = !on_warehouse(kind, settings)
                && matches!(runs_on, Some(RunsOn::ClusterOrEnvironment | RunsOn::ClusterOrServerless));
            match cx.on.filter(|_| takes) {
                Some(on) => {
                    cx.on_reached.set(true);
                    let found = self.on(on, cx, Scope { locals: &[], ..scope });
                    match found {
                        // A serverless accelerator takes the pipeline's environment, but not its cluster.
                        Some(Compute::Cluster(_) | Compute::Existing(_)) if settings.has("compute") => Compute::Unset,
                        Some(compute) => compute,
                        None => return Compute::Unset,
                    }
                }
                None => Compute::Unset,
            }
        };
        self.compute_fits(d, settings, kind, &compute, runs_on, cx);
        compute
    }

    pub(super) fn raw_place(&mut self, key: &str, at: Span, settings: &Object, cx: &StepContext<'a, '_>) -> Compute {
        let text = settings.str(key).map(SmolStr::from);
        match (key, text) {
            ("job_cluster_key" | "environment_key", Some(name)) => {
                let wanted = if key == "job_cluster_key" { DeclKind::Cluster } else { DeclKind::Environment };
                let span = settings.get(key).map_or(at, |n| n.span);
                match self.find_compute(cx.names, cx.unit, &name) {
                    Some(found) if found.decl.kind == wanted => self.refer(span, found.decl.name.span),
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
    pub(super) fn on(&mut self, on: &ast::On, cx: &StepContext<'a, '_>, scope: Scope<'_>) -> Option<Compute> {
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

    pub(super) fn compute_name(
        &mut self,
        name: &str,
        span: Span,
        cx: &StepContext<'a, '_>,
        depth: usize,
    ) -> Option<Compute> {
        if let Some(Found { decl, .. }) = self.find_compute(cx.names, cx.unit, name) {
            self.refer(span, decl.name.span);
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
            self.refer(span, declared);
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

    pub(super) fn compute_fits(
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
            || (*compute == Compute::Unset && (settings.has("compute") || runs_on == RunsOn::ClusterOrServerless));
        match runs_on {
            RunsOn::ClusterOrEnvironment => match compute {
                Compute::Unset if settings.broken || d.header.broken || cx.head_broken => {}
                // What is passed on unchecked may well say where it runs.
                Compute::Unset
                    if settings
                        .unchecked
                        .iter()
                        .any(|u| u.key == "compute" || COMPUTE_FIELDS.contains(&u.key.as_str())) => {}
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
        let libraries = settings.get("libraries").and_then(Node::as_list).is_some_and(|l| !l.is_empty());
        if serverless && libraries {
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
        if on_cluster && on_warehouse(kind, settings) && kind.key() == Some("notebook_task") {
            let d = Diagnostic::new(
                Code::TwoComputes,
                at,
                "a notebook with a `warehouse_id` runs on that warehouse, and on no cluster",
            );
            self.report(d.help("remove one of them"));
        }
        if let (Compute::Environment(name), true) = (compute, settings.has("compute"))
            && let Some(found) = self.find_compute(cx.names, cx.unit, name)
        {
            self.gpu_environment(settings, found, cx);
        }
    }

    pub(super) fn gpu_environment(&mut self, settings: &Object, found: Found<'a>, cx: &StepContext<'a, '_>) {
        let mut quiet = Checker::new(self.symbols, self.sources, self.files, self.vars, self.budget);
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

    pub(super) fn no_compute(&mut self, code: Code, d: &Decl, kind_name: &str, cx: &StepContext<'a, '_>) {
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
                let help = format!("write `on` and the name of one: {}", crate::diag::one_of(names.iter().copied(), 6));
                let mut diagnostic = diagnostic.help(help);
                for name in names.iter().take(3) {
                    diagnostic = diagnostic.suggestion(format!("run it on `{name}`"), edit(name));
                }
                diagnostic
            }
        };
        self.report(diagnostic);
    }

    /// The task of a raw loop names its compute itself.
    fn raw_loop(&mut self, settings: &Object, cx: &StepContext<'a, '_>) {
        let task = settings
            .get("for_each_task")
            .and_then(Node::as_object)
            .and_then(|o| o.get("task"))
            .and_then(Node::as_object);
        let Some(task) = task.cloned() else { return };
        if task.has("for_each_task") {
            let d = Diagnostic::new(
                Code::BadForBody,
                task.key_span("for_each_task"),
                "the platform knows no loop inside a loop",
            );
            self.report(
                d.also(settings.key_span("for_each_task"), "the outer loop").help("run another job in the inner task"),
            );
        }
        for key in ["job_cluster_key", "environment_key", "new_cluster"] {
            if task.has(key) {
                self.raw_place(key, task.key_span(key), &task, cx);
            }
        }
    }
}

/// Whether the step runs its SQL on a warehouse.
fn on_warehouse(kind: &StepKind, settings: &Object) -> bool {
    match kind {
        StepKind::File(call) => call.rest.has("warehouse_id"),
        _ => settings.get("notebook_task").and_then(Node::as_object).is_some_and(|o| o.has("warehouse_id")),
    }
}
