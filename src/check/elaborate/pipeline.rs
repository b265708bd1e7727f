//! A pipeline: job fields, parameters, compute and steps.

use std::collections::{HashMap, HashSet};

use smol_str::SmolStr;

use super::compute::{ComputeId, Computes, ResolvedCompute, set};
use super::eval::{Evaluated, ValueSite};
use super::fields::BlockSchema;
use super::graph::StepGraph;
use super::merge::merge;
use super::packages::Packaged;
use super::scope::{PipelineScope, Scope, VarValue};
use super::steps::StepContext;
use super::target::TargetParts;
use super::{Context, Elaborator, Findings};
use crate::check::budget::{STEP, size};
use crate::check::messages;
use crate::check::symbols::InFile;
use crate::model::{
    Cluster, Compute, Environment, Hole, Node, NodeKind, Object, Param, Pipeline, Step, StepKind, Text, Type,
};
use crate::schema::{Eval, JOB, JOB_PARAMETER_DEFINITION, PIPELINE_PLACE, key};
use crate::source::{MAX_FILE_NAME, Span, is_file_name};
use crate::syntax::ast::{self, BindingKind, Decl, DeclKind, Item};

/// A pipeline, with what its rules read in addition to the model.
pub struct ElaboratedPipeline<'a> {
    pub decl: &'a Decl,
    pub unit: usize,
    pub pipeline: Pipeline,
    pub scope: PipelineScope<'a>,
    pub graph: StepGraph,
    /// The fields of `defaults`.
    pub defaults: Object,
    /// The compute of the header, if it was resolved.
    pub compute: Option<Compute>,
    /// Whether a step uses it.
    pub compute_reached: bool,
    /// The declarations of steps, by the spans of their names.
    steps: HashMap<Span, &'a Decl>,
    /// Clusters and environments of files that the pipeline uses.
    pub used_computes: Vec<ComputeId>,
    /// Those that they extend.
    pub extended_computes: Vec<ComputeId>,
    pub findings: Findings,
}

impl<'a> ElaboratedPipeline<'a> {
    /// The declaration of a step; `None` for a condition or loop.
    pub fn declaration(&self, step: &Step) -> Option<&'a Decl> {
        self.steps.get(&step.span).copied()
    }

    /// Whether parts of a step are invalid.
    pub fn is_unclear(&self) -> bool {
        self.pipeline.steps.iter().any(|s| matches!(s.kind, StepKind::Bad(_)) || s.settings.broken)
    }
}

/// What the pipelines of a program share.
#[derive(Clone, Copy)]
pub struct PipelineShared<'s, 'a> {
    pub target: &'s TargetParts<'a>,
    pub packages: &'s [Packaged<'a>],
    pub computes: &'s Computes,
}

/// Elaborates one pipeline for one target.
pub fn pipeline<'a>(
    cx: Context<'a>,
    vars: &'a HashMap<SmolStr, VarValue>,
    found: InFile<'a, Decl>,
    shared: PipelineShared<'_, 'a>,
) -> ElaboratedPipeline<'a> {
    cx.budget.charge(STEP);
    let mut elaborator = Elaborator::new(cx, vars);
    let mut out = elaborator.pipeline(found, shared);
    out.findings = elaborator.findings;
    out.pipeline.holes = out.findings.holes.iter().map(|(hole, _)| hole.clone()).collect();
    let runs = out.pipeline.all_steps().filter_map(|step| match &step.kind {
        StepKind::Run(call) => Some(Hole::JobId(call.pipeline.clone())),
        _ => None,
    });
    let runs: Vec<Hole> = runs.collect();
    out.pipeline.holes.extend(runs);
    out
}

impl<'a> Elaborator<'a> {
    fn pipeline(&mut self, found: InFile<'a, Decl>, shared: PipelineShared<'_, 'a>) -> ElaboratedPipeline<'a> {
        let InFile { unit, decl } = found;
        let target = &shared.target.target;
        let names = self.names(decl, unit);
        let scope = Scope { unit, pipe: Some(&names), locals: &[] };
        self.file_name(&decl.name);
        self.pipeline_head(decl);
        let settings = self.settings(decl, scope, shared.target);
        let params = self.params(decl, scope);
        for d in &names.computes {
            self.refuse_reserved(&d.name);
        }
        let own = self.own_computes(&names, unit, target, shared.computes);
        let defaults = self.defaults(decl, &names, unit);
        let on = decl.header.on.as_ref();
        let compute = on.map(|on| self.on(on, &names, scope).unwrap_or(Compute::Bad));
        let cx = StepContext {
            pipeline: decl.name.text.clone(),
            unit,
            names: &names,
            packages: shared.packages,
            compute,
            defaults_size: size(&defaults),
            defaults,
            git: settings.has(key::GIT_SOURCE),
            compute_reached: std::cell::Cell::new(false),
        };
        let mut drafts = Vec::new();
        self.steps(&decl.body.items, &[], &cx, &mut drafts);
        self.stray_items(decl);
        let StepContext { compute, compute_reached, defaults, .. } = cx;
        let (steps, graph) = StepGraph::of(drafts, self.budget);
        let computes = self.computes(&own, shared.computes, &names, unit, &steps);
        let pipeline = Pipeline {
            name: decl.name.text.clone(),
            member_of: self.families.of_pipeline(&decl.name.text).map(|m| (m.family.clone(), m.index.clone())),
            span: decl.name.span,
            settings,
            params,
            clusters: computes.clusters,
            environments: computes.environments,
            steps,
            holes: Vec::new(),
        };
        ElaboratedPipeline {
            decl,
            unit,
            pipeline,
            graph,
            defaults,
            compute: compute.filter(|c| *c != Compute::Bad),
            compute_reached: compute_reached.get(),
            steps: declared_steps(&decl.body.items),
            used_computes: computes.used,
            extended_computes: computes.extended,
            scope: names,
            findings: Findings::default(),
        }
    }

    /// Checks the name of a pipeline, which becomes a file name.
    fn file_name(&mut self, name: &ast::Ident) {
        if !is_file_name(&name.text) {
            self.report(messages::pipeline_name_not_a_file_name(name.span));
        }
        if name.text.len() > MAX_FILE_NAME {
            self.report(messages::pipeline_name_too_long(name.span));
        }
    }

    fn pipeline_head(&mut self, decl: &Decl) {
        let stray =
            decl.header.extends.as_ref().map(|e| e.name.span).or_else(|| decl.header.after.first().map(|a| a.span));
        if let Some(span) = stray {
            self.report(messages::pipeline_header(span));
        }
    }

    fn settings(&mut self, decl: &'a Decl, scope: Scope<'_>, parts: &TargetParts) -> Object {
        let mut own = Object::new(&JOB, decl.body.span);
        for item in &decl.body.items {
            match item {
                Item::Entry(entry) if self.foreign_in_header(entry, decl, &PIPELINE_PLACE) => own.broken = true,
                Item::Entry(entry) if entry.key.text != "defaults" => {
                    self.entry(entry, BlockSchema::Place(&PIPELINE_PLACE), scope, &mut own)
                }
                Item::Bad(_) => own.broken = true,
                _ => {}
            }
        }
        if !own.sets(key::NAME) {
            set(&mut own, key::NAME, decl.name.span, NodeKind::Text(Text::plain(decl.name.text.clone())));
        }
        self.doc_description(&mut own, decl.doc.as_ref(), decl.name.span);
        // A field of a target applies if it is complete, or if the pipeline sets it, too.
        let mut over = parts.job.clone();
        over.fields.retain(|f| {
            let there = own.has(f.field.handle());
            let whole = f.value.as_ref().is_some_and(Node::is_complete);
            if there || whole {
                self.findings.usage.fields.insert(f.key);
            }
            there || whole
        });
        let mut merged = merge(&own, &over, Some(&PIPELINE_PLACE));
        merged.span = own.span;
        merged.fields.retain(|f| f.value.is_some());
        merged
    }

    fn params(&mut self, decl: &'a Decl, scope: Scope<'_>) -> Vec<Param> {
        let mut out: Vec<Param> = Vec::new();
        for item in &decl.body.items {
            let Item::Binding(b) = item else { continue };
            if b.kind != BindingKind::Param || out.iter().any(|p| p.name == b.name.text) {
                continue;
            }
            let format = JOB_PARAMETER_DEFINITION.row(key::NAME).and_then(|f| f.format);
            if let Some(c) = format.and_then(|f| f.stranger(&b.name.text)) {
                self.report(messages::param_name(b.name.span, c));
            }
            self.refuse_reserved(&b.name);
            let ty = scope.pipe.and_then(|p| p.param(&b.name.text)).map_or(Type::Any, |(_, ty, _)| ty.clone());
            let default = b.value.as_ref().and_then(|value| {
                let site = ValueSite { name: "a default", eval: Eval::Evaluated };
                // A default may only contain facts of the run; other parameters and outputs do not exist yet.
                let (typed, uses) = self.recording(|e| e.typed(value, scope, site));
                for used in uses {
                    match used.reference {
                        crate::model::Reference::Param(_) => {
                            self.report(messages::param_in_default(used.span));
                        }
                        crate::model::Reference::Fact(_) => {}
                        _ => {
                            self.report(messages::run_time_default(used.span));
                        }
                    }
                }
                let typed = typed?;
                if matches!(typed.value, Evaluated::Constant(_)) {
                    let locals = scope.pipe.map(|p| p.locals.as_slice()).unwrap_or_default();
                    let scope = Scope { unit: scope.unit, pipe: None, locals };
                    self.check_type(value, scope, &ty, &b.name, b.ty.as_ref().map(|t| t.span));
                }
                let fits = typed.ty.fits(&ty) || ty.is_text() && !matches!(ty, Type::Date | Type::Datetime);
                if let (Evaluated::Dynamic(_), false) = (&typed.value, fits) {
                    let declared = b.ty.as_ref().map(|t| t.span);
                    self.report(messages::declared_type(value.span, &b.name.text, &ty, &typed.ty, declared, None));
                }
                let text = typed.wire();
                let json = text
                    .as_str()
                    .is_none_or(|t| t.contains("{{") || serde_json::from_str::<serde_json::Value>(t).is_ok());
                if ty == Type::Json && !json {
                    self.report(messages::default_not_json(value.span, &b.name.text));
                }
                let most = JOB_PARAMETER_DEFINITION.row(key::DEFAULT).and_then(|f| f.max_len);
                if let Some(most) = most.filter(|most| text.as_str().is_some_and(|t| t.len() > *most as usize)) {
                    self.report(messages::default_too_long(value.span, most));
                }
                Some(text)
            });
            out.push(Param {
                name: b.name.text.clone(),
                span: b.name.span,
                ty,
                default,
                has_default: b.value.is_some(),
            });
        }
        out
    }

    /// Reports declarations that are not allowed directly in a pipeline.
    fn stray_items(&mut self, decl: &'a Decl) {
        for item in &decl.body.items {
            match item {
                Item::Decl(d) if matches!(d.kind, DeclKind::Pipeline | DeclKind::Target) => {
                    self.misplaced(item, "a pipeline")
                }
                Item::Import(_) | Item::Package(_) | Item::Call(_) => self.misplaced(item, "a pipeline"),
                Item::Binding(b) if b.kind != BindingKind::Param => self.misplaced(item, "a pipeline"),
                _ => {}
            }
        }
    }

    /// The compute of the job: everything declared in the pipeline, and what it uses of the files.
    fn computes(
        &mut self,
        own: &Computes,
        shared: &Computes,
        names: &PipelineScope<'a>,
        unit: usize,
        steps: &[Step],
    ) -> ComputesOfPipeline {
        let mut out = ComputesOfPipeline::default();
        for decl in &names.computes {
            self.findings.usage.declarations.insert(decl.name.span);
            if let Some(compute) = own.get(&(decl.name.span, decl.name.text.clone())) {
                out.add(compute.resolved.as_ref());
                let bases = compute.bases.iter().filter(|b| own.get(b).is_none());
                out.extended.extend(bases.cloned());
            }
        }
        let mut seen: HashSet<&SmolStr> = HashSet::new();
        for step in steps {
            let inner = match &step.kind {
                StepKind::Loop(l) => Some(&l.step),
                _ => None,
            };
            for compute in [Some(&step.compute), inner.map(|s| &s.compute)].into_iter().flatten() {
                let (Compute::Cluster(name) | Compute::Environment(name)) = compute else { continue };
                if !seen.insert(name) || names.computes.iter().any(|d| d.name.text == *name) {
                    continue;
                }
                let Some(found) = self.symbols.find_compute(unit, name) else { continue };
                let id = (found.decl.name.span, found.decl.name.text.clone());
                let Some(compute) = shared.get(&id) else { continue };
                self.budget.charge(compute.size());
                out.add(compute.resolved.as_ref());
                out.used.push(id);
                out.extended.extend(compute.bases.iter().cloned());
            }
        }
        self.findings.usage.declarations.extend(out.used.iter().chain(&out.extended).map(|(name, _)| *name));
        out
    }
}

/// The clusters and environments of a pipeline, and those of files that it uses or extends.
#[derive(Default)]
struct ComputesOfPipeline {
    clusters: Vec<Cluster>,
    environments: Vec<Environment>,
    used: Vec<ComputeId>,
    extended: Vec<ComputeId>,
}

impl ComputesOfPipeline {
    fn add(&mut self, compute: Option<&ResolvedCompute>) {
        match compute {
            Some(ResolvedCompute::Cluster(cluster)) => self.clusters.push(cluster.clone()),
            Some(ResolvedCompute::Environment(environment)) => self.environments.push(environment.clone()),
            None => {}
        }
    }
}

/// The steps declared in a list of entries, including branches and loops, by the spans of their names.
fn declared_steps(items: &[Item]) -> HashMap<Span, &Decl> {
    fn add<'a>(items: &'a [Item], out: &mut HashMap<Span, &'a Decl>) {
        for item in items {
            match item {
                Item::Decl(d) if d.kind == DeclKind::Step => {
                    out.insert(d.name.span, d);
                }
                Item::If(i) => {
                    add(&i.then.items, out);
                    add(i.otherwise.as_ref().map_or(&[], |b| &b.items), out);
                }
                Item::For(f) => add(&f.body.items, out),
                _ => {}
            }
        }
    }
    let mut out = HashMap::new();
    add(items, &mut out);
    out
}
