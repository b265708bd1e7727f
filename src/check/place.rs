//! Where a step runs: by its head, its raw fields or its pipeline, and whether its kind can run there.

use smol_str::SmolStr;

use super::compute::Found;
use super::eval::Sink;
use super::messages;
use super::scope::{Checker, Scope};
use super::steps::StepContext;
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
            self.report(messages::two_computes_of_step(*at, key, on.span));
            return Compute::Unset;
        }
        if let [(a, at), (b, second), ..] = raw.as_slice() {
            self.report(messages::two_compute_fields(a, *at, b, *second));
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
                        self.report(messages::other_kind_of_compute(
                            span,
                            &name,
                            wanted.keyword(),
                            found.decl.name.span,
                            found.decl.kind.keyword(),
                        ));
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
                    self.report(messages::existing_without_id(on.value.span));
                    return None;
                };
                let typed =
                    self.typed(&argument.value, scope, Sink { name: "existing_cluster_id", eval: Eval::Constant })?;
                Some(Compute::Existing(typed.wire()))
            }
            ValueKind::Function(name, _) => {
                self.report(messages::not_a_compute_function(name));
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
            self.report(messages::not_a_compute(span, name, declared));
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
                    let names = self.computes_in_scope(cx);
                    self.report(match settings.has("compute") {
                        true => messages::needs_environment(d, kind_name, &names),
                        false => messages::no_compute(d, kind_name, &names),
                    });
                }
                Compute::Serverless => {
                    let names = self.computes_in_scope(cx);
                    self.report(messages::needs_environment(d, kind_name, &names));
                }
                _ => {}
            },
            RunsOn::NewCluster => {
                if !settings.broken && !settings.has("new_cluster") {
                    self.report(messages::spark_submit_compute(at));
                }
            }
            RunsOn::Nothing => {
                if *compute != Compute::Unset
                    && kind.key() != Some("condition_task")
                    && kind.key() != Some("for_each_task")
                {
                    self.report(messages::takes_no_compute(at, kind_name));
                }
            }
            RunsOn::ClusterOrServerless => {}
        }
        let libraries = settings.get("libraries").and_then(Node::as_list).is_some_and(|l| !l.is_empty());
        if serverless && libraries {
            self.report(messages::libraries_on_serverless(settings.key_span("libraries")));
        }
        if on_cluster && settings.has("compute") {
            self.report(messages::serverless_gpu_on_cluster(settings.key_span("compute"), at));
        }
        if on_cluster && on_warehouse(kind, settings) && kind.key() == Some("notebook_task") {
            self.report(messages::warehouse_and_cluster(at));
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
            let newer: Vec<&str> = self
                .symbols
                .project
                .tables
                .environments()
                .iter()
                .filter(|e| e.gpu)
                .map(|e| e.version.as_str())
                .collect();
            self.report(messages::environment_without_gpu(
                settings.key_span("compute"),
                &known.version,
                environment.span,
                newer,
            ));
        }
    }

    fn computes_in_scope<'c>(&self, cx: &'c StepContext<'a, '_>) -> Vec<&'c str>
    where
        'a: 'c,
    {
        let mut names: Vec<&str> = cx.names.computes.iter().map(|d| d.name.text.as_str()).collect();
        names.extend(self.symbols.compute_names(cx.unit));
        names
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
            self.report(messages::nested_loop_of_tasks(
                task.key_span("for_each_task"),
                settings.key_span("for_each_task"),
            ));
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
