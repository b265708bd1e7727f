//! The compute of a step, from its header, its fields or its pipeline.

use smol_str::SmolStr;

use super::Elaborator;
use super::compute::ComputeDecl;
use super::eval::ValueSite;
use super::scope::{PipelineScope, Scope};
use super::steps::StepContext;
use crate::check::messages;
use crate::model::{Compute, FileKind, Node, Object, StepKind};
use crate::schema::{COMPUTE_FIELDS, Eval, FieldKey, RunsOn, key, kind_of};
use crate::source::Span;
use crate::syntax::ast::{self, Decl, DeclKind, Segment, Value, ValueKind};

impl<'a> Elaborator<'a> {
    /// Resolves the compute of a step, from its header, its fields or its pipeline.
    pub fn place(
        &mut self,
        d: &Decl,
        settings: &mut Object,
        kind: &StepKind,
        cx: &StepContext<'a, '_>,
        scope: Scope<'_>,
    ) -> Compute {
        self.raw_loop(settings, cx);
        let raw: Vec<(FieldKey, Span)> =
            COMPUTE_FIELDS.iter().copied().filter(|k| settings.has(*k)).map(|k| (k, settings.key_span(k))).collect();
        let own = d.header.on.as_ref().map(|on| (on, self.on(on, cx.names, scope)));
        if let (Some((on, found)), Some((key, at))) = (&own, raw.first())
            && found.is_some()
        {
            self.report(messages::two_computes_of_step(*at, key.name(), on.span));
            return Compute::Bad;
        }
        if let [(a, at), (b, second), ..] = raw.as_slice() {
            self.report(messages::two_compute_fields(a.name(), *at, b.name(), *second));
            return Compute::Bad;
        }
        if let Some((key, at)) = raw.first() {
            return self.raw_place(*key, *at, settings, cx);
        }
        if let Some((_, found)) = own {
            return found.unwrap_or(Compute::Bad);
        }
        let Some(compute) = &cx.compute else { return Compute::Unset };
        let takes = match kind.key().and_then(kind_of).map(|k| k.runs_on) {
            Some(RunsOn::ClusterOrEnvironment | RunsOn::ClusterOrServerless) => !on_warehouse(kind, settings),
            Some(RunsOn::Environment) => matches!(compute, Compute::Environment(_)),
            _ => false,
        };
        if !takes {
            return Compute::Unset;
        }
        cx.compute_reached.set(true);
        match compute {
            // A serverless accelerator uses the environment of the pipeline, but not its cluster.
            Compute::Cluster(_) | Compute::Existing(_) if settings.has(key::COMPUTE) => Compute::Unset,
            compute => compute.clone(),
        }
    }

    pub fn raw_place(&mut self, key: FieldKey, at: Span, settings: &Object, cx: &StepContext<'a, '_>) -> Compute {
        let text = settings.str(key).map(SmolStr::from);
        match (key, text) {
            (key::JOB_CLUSTER_KEY | key::ENVIRONMENT_KEY, Some(name)) => {
                let wanted = if key == key::JOB_CLUSTER_KEY { DeclKind::Cluster } else { DeclKind::Environment };
                let span = settings.get(key).map_or(at, |n| n.span);
                match self.find_compute(cx.names, cx.unit, &name) {
                    Some(found) if found.decl.kind == wanted => self.record_use(span, found.decl.name.span),
                    Some(found) => {
                        self.report(messages::other_kind_of_compute(
                            span,
                            &name,
                            wanted.keyword(),
                            found.decl.name.span,
                            found.decl.kind.keyword(),
                        ));
                    }
                    None => self.unknown_compute(Some(cx.names), cx.unit, &name, span),
                }
                if wanted == DeclKind::Cluster { Compute::Cluster(name) } else { Compute::Environment(name) }
            }
            _ => Compute::Raw,
        }
    }

    /// Resolves the value of `on`.
    pub fn on(&mut self, on: &ast::On, names: &PipelineScope<'a>, scope: Scope<'_>) -> Option<Compute> {
        match &on.value.kind {
            ValueKind::Function(name, arguments) if name.text == "existing" => {
                let [argument] = arguments.as_slice() else {
                    self.report(messages::existing_without_id(on.value.span));
                    return None;
                };
                let typed = self.typed(
                    &argument.value,
                    scope,
                    ValueSite { name: "existing_cluster_id", eval: Eval::Constant },
                )?;
                Some(Compute::Existing(typed.wire()))
            }
            ValueKind::Function(name, _) => {
                self.report(messages::not_a_compute_function(name));
                None
            }
            ValueKind::Path(path) => match path.word() {
                Some("serverless") => Some(Compute::Serverless),
                Some("none") => Some(Compute::Unset),
                _ => {
                    let index = match path.rest.as_slice() {
                        [Segment::Index(index)] => Some(index.clone()),
                        _ => None,
                    };
                    let member = ast::Member { name: path.head.clone(), index };
                    let key = self.member_name(&member, Some(&names.name), scope)?;
                    self.compute_name(&key, path.head.span, names, scope.unit, 0)
                }
            },
            _ => None,
        }
    }

    pub fn compute_name(
        &mut self,
        name: &str,
        span: Span,
        names: &PipelineScope<'a>,
        unit: usize,
        depth: usize,
    ) -> Option<Compute> {
        if let Some(ComputeDecl { decl, .. }) = self.find_compute(names, unit, name) {
            self.record_use(span, decl.name.span);
            return Some(if decl.kind == DeclKind::Cluster {
                Compute::Cluster(name.into())
            } else {
                Compute::Environment(name.into())
            });
        }
        // A constant may contain the name of a cluster or environment.
        let value: Option<(Value, Span)> = match (self.symbols.find_let(unit, name), self.vars.get(name)) {
            (Some(l), _) => l.decl.value.clone().map(|v| (v, l.decl.name.span)),
            (None, Some(v)) => self.symbols.vars.get(name).map(|decl| (v.value.clone(), decl.decl.name.span)),
            (None, None) => None,
        };
        if let Some((value, declared)) = value {
            self.record_use(span, declared);
            if let (ValueKind::Path(path), true) = (&value.kind, depth < 16) {
                return match path.word() {
                    Some("serverless") => Some(Compute::Serverless),
                    Some("none") => Some(Compute::Unset),
                    _ => self.compute_name(&path.head.text, value.span, names, unit, depth + 1),
                };
            }
            self.report(messages::not_a_compute(span, name, declared));
            return None;
        }
        self.unknown_compute(Some(names), unit, name, span);
        None
    }

    /// Checks the compute that the task in a `for_each_task` block sets, and rejects a nested loop.
    fn raw_loop(&mut self, settings: &Object, cx: &StepContext<'a, '_>) {
        let task = settings
            .get(key::FOR_EACH_TASK)
            .and_then(Node::as_object)
            .and_then(|o| o.get(key::TASK))
            .and_then(Node::as_object);
        let Some(task) = task.cloned() else { return };
        if task.has(key::FOR_EACH_TASK) {
            self.report(messages::nested_loop_of_tasks(
                task.key_span(key::FOR_EACH_TASK),
                settings.key_span(key::FOR_EACH_TASK),
            ));
        }
        for key in [key::JOB_CLUSTER_KEY, key::ENVIRONMENT_KEY, key::NEW_CLUSTER] {
            if task.has(key) {
                self.raw_place(key, task.key_span(key), &task, cx);
            }
        }
    }
}

/// Whether a step needs no compute, because it runs on a warehouse. A warehouse runs the SQL of dbt, but not dbt itself.
pub fn on_warehouse(kind: &StepKind, settings: &Object) -> bool {
    match kind {
        StepKind::File(call) => call.kind != FileKind::Dbt && call.rest.has(key::WAREHOUSE_ID),
        _ => settings.get(key::NOTEBOOK_TASK).and_then(Node::as_object).is_some_and(|o| o.has(key::WAREHOUSE_ID)),
    }
}
