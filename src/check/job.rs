//! A pipeline as a whole: job fields, params, compute, steps, limits.

use std::collections::HashSet;

use smol_str::SmolStr;

use super::budget::size;
use super::compute::Found;
use super::eval::{Known, Sink};
use super::fields::Against;
use super::graph::Draft;
use super::merge::merge;
use super::messages;
use super::scope::{Checker, PipeNames, Scope};
use super::steps::{StepContext, refuse_reserved};
use super::symbols::In;
use super::target::{TargetParts, check_type};
use crate::diag::{Diagnostic, one_of};
use crate::model::{
    Cluster, Compute, Environment, FieldValue, FileKind, Node, Object, Package, Param, Pipeline, Reference, Step,
    StepKind, Type,
};
use crate::package::{Modules, PythonProject};
use crate::project::PackageSource;
use crate::schema::{Eval, JOB, MAX_TASKS, PIPELINE_PLACE, RuntimeKey, kind_of};
use crate::source::{MAX_FILE_NAME, Span, is_file_name};
use crate::syntax::ast::{self, BindingKind, Decl, DeclKind, Item};

/// A package that could be read.
pub(super) struct Packaged<'a> {
    pub package: Package,
    pub python: &'a PythonProject,
    pub source: &'a PackageSource,
    pub modules: Modules<'a>,
}

impl<'a> Checker<'a> {
    /// Checks one pipeline for one target.
    pub fn pipeline(&mut self, found: In<'a, Decl>, parts: &TargetParts, packages: &[Packaged<'_>]) -> Pipeline {
        let In { unit, decl } = found;
        let names = self.names(decl, unit);
        let scope = Scope { unit, pipe: Some(&names), locals: &[] };
        self.file_name(&decl.name);
        self.pipeline_head(decl);
        let settings = self.settings(decl, scope, parts);
        let params = self.params(decl, scope);
        self.times(&settings, &params);
        self.required(&settings);
        self.owners(&settings);
        for d in &names.computes {
            if let Some(d) = refuse_reserved(&d.name) {
                self.report(d);
            }
        }
        let defaults = self.defaults(decl, &names, unit);
        let cx = StepContext {
            pipeline: decl.name.text.clone(),
            unit,
            names: &names,
            target: &parts.target,
            packages,
            on: decl.header.on.as_deref(),
            defaults_size: size(&defaults),
            defaults,
            git: settings.has("git_source"),
            head_broken: decl.header.broken,
            on_reached: std::cell::Cell::new(false),
        };
        let on = decl.header.on.as_ref().and_then(|on| self.on(on, &cx, scope));
        let mut drafts = Vec::new();
        self.steps(&decl.body.items, &[], &cx, &mut drafts);
        self.stray_items(decl);
        let defaults = cx.defaults.clone();
        if !drafts.is_empty() && !defaults.broken {
            for field in defaults.fields.iter().filter(|f| !self.used.contains(&f.key)).cloned().collect::<Vec<_>>() {
                self.report(messages::unused_default(field.key, field.field.key));
            }
        }
        for (key, declared) in [
            ("tasks", !drafts.is_empty()),
            ("parameters", !params.is_empty()),
            ("job_clusters", names.computes.iter().any(|d| d.kind == DeclKind::Cluster)),
            ("environments", names.computes.iter().any(|d| d.kind == DeclKind::Environment)),
        ] {
            if settings.has(key) && declared {
                self.report(messages::declared_elsewhere(settings.key_span(key), key));
            }
        }
        let unclear = drafts.iter().any(|d| matches!(d.step.kind, StepKind::Bad) || d.step.settings.broken);
        if let (Some(on), Some(_), false, false, false) =
            (&decl.header.on, &on, cx.on_reached.get(), unclear, drafts.is_empty())
        {
            self.report(messages::unused_pipeline_compute(on.span));
        }
        if names.tasks > MAX_TASKS {
            self.report(messages::too_many_tasks(decl.name.span, names.tasks));
        }
        let broken = unclear || self.symbols.project.units.iter().any(|u| u.broken);
        let unused = if broken { Vec::new() } else { unused_outputs(&drafts, &self.readers(&drafts, packages)) };
        let steps = self.graph(drafts);
        // An output that nobody uses may be one that somebody misspelt.
        if !self.diagnostics.has_errors() {
            unused.into_iter().for_each(|d| self.report(d));
        }
        let (clusters, environments) = self.computes(decl, unit, &names, &steps, parts);
        self.pythons(&steps, &clusters, &environments, packages);
        self.unused_in(decl, &names, &steps);
        Pipeline { name: decl.name.text.clone(), span: decl.name.span, settings, params, clusters, environments, steps }
    }

    /// The name of a pipeline becomes that of a file.
    fn file_name(&mut self, name: &ast::Ident) {
        if !is_file_name(&name.text) {
            self.report(messages::pipeline_name_not_a_file_name(name.span));
        }
        if name.text.len() > MAX_FILE_NAME {
            self.report(messages::pipeline_name_too_long(name.span));
        }
    }

    fn pipeline_head(&mut self, decl: &Decl) {
        let stray = decl.header.extends.as_ref().map(|e| e.span).or_else(|| decl.header.after.first().map(|a| a.span));
        if let Some(span) = stray {
            self.report(messages::pipeline_header(span));
        }
        if let Some(family) = &decl.family {
            self.report(messages::family_of_pipelines(family.span));
        }
    }

    fn settings(&mut self, decl: &'a Decl, scope: Scope<'_>, parts: &TargetParts) -> Object {
        let mut own = Object::new(&JOB, decl.body.span);
        for item in &decl.body.items {
            match item {
                Item::Entry(entry) if entry.key.text != "defaults" => {
                    self.entry(entry, Against::Place(&PIPELINE_PLACE), scope, &mut own)
                }
                Item::Bad(_) => own.broken = true,
                _ => {}
            }
        }
        let mut fill = |key: &str, text: &SmolStr| {
            // What `unchecked` says takes the place of what would be filled in.
            if own.entry(key).is_none()
                && !own.unchecked.iter().any(|u| u.key == key)
                && let Some(field) = JOB.field(key)
            {
                let node = Node::text(decl.name.span, text.clone());
                own.fields.push(FieldValue { field, key: decl.name.span, value: Some(node) });
            }
        };
        fill("name", &decl.name.text);
        if let Some(doc) = &decl.doc {
            fill("description", doc);
        }
        // What a target lays over a pipeline is whole, or changes what is there.
        let mut over = parts.job.clone();
        over.fields.retain(|f| {
            let there = own.has(f.field.key);
            let whole = match &f.value {
                None => false,
                Some(node) => {
                    let mut quiet = Checker::new(self.symbols, self.sources, self.files, self.vars, self.budget);
                    quiet.required_below(node);
                    quiet.diagnostics.is_empty()
                }
            };
            if there || whole {
                self.used.insert(f.key);
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
        let mut size = 2;
        for item in &decl.body.items {
            let Item::Binding(b) = item else { continue };
            if b.kind != BindingKind::Param || out.iter().any(|p| p.name == b.name.text) {
                continue;
            }
            if let Some(c) = b.name.text.chars().find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-' | '.')) {
                self.report(messages::param_name(b.name.span, c));
            }
            if let Some(d) = refuse_reserved(&b.name) {
                self.report(d);
            }
            let ty = scope.pipe.and_then(|p| p.param(&b.name.text)).map_or(Type::Any, |(_, ty, _)| ty.clone());
            let default = b.value.as_ref().and_then(|value| {
                let from = self.uses.len();
                let sink = Sink { name: "a default", eval: Eval::Evaluated };
                // Only facts of the run may stand in a default: other params and outputs are not there yet.
                let typed = self.typed(value, scope, sink);
                for used in self.uses.split_off(from) {
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
                if matches!(typed.value, Known::AtCompileTime(_)) {
                    check_type(self, value, Scope::file(scope.unit), &ty, &b.name, b.ty.as_ref().map(|t| t.span));
                }
                let text = typed.wire();
                let json = text
                    .as_str()
                    .is_none_or(|t| t.contains("{{") || serde_json::from_str::<serde_json::Value>(t).is_ok());
                if ty == Type::Json && !json {
                    self.report(messages::default_not_json(value.span, &b.name.text));
                }
                if text.as_str().is_some_and(|t| t.len() > 4096) {
                    self.report(messages::default_too_long(value.span));
                }
                Some(text)
            });
            size += b.name.text.len() + default.as_ref().map_or(0, |d| d.to_string().len()) + 24;
            out.push(Param { name: b.name.text.clone(), span: b.name.span, ty, default });
        }
        if size > 10_000 {
            self.report(messages::params_too_long(decl.name.span, size));
        }
        out
    }

    fn owners(&mut self, settings: &Object) {
        let Some(list) = settings.get("access_control_list").and_then(Node::as_list) else { return };
        let owners: Vec<&Node> = list
            .iter()
            .filter(|n| n.as_object().is_some_and(|o| o.str("permission_level") == Some("IS_OWNER")))
            .collect();
        if let [first, second, ..] = owners.as_slice() {
            self.report(messages::two_owners(first.span, second.span));
        }
    }

    /// Declarations that have no place directly in a pipeline.
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

    /// What goes out with the job: everything declared in the pipeline, and what it uses of the file's.
    fn computes(
        &mut self,
        decl: &'a Decl,
        unit: usize,
        names: &PipeNames<'a>,
        steps: &[Step],
        parts: &TargetParts,
    ) -> (Vec<Cluster>, Vec<Environment>) {
        let mut wanted: Vec<Found<'a>> = names.computes.iter().map(|d| Found { decl: d, unit, own: true }).collect();
        let mut used: HashSet<SmolStr> = HashSet::new();
        for step in steps {
            let inner = match &step.kind {
                StepKind::Loop(l) => Some(&l.step),
                _ => None,
            };
            for compute in [Some(&step.compute), inner.map(|s| &s.compute)].into_iter().flatten() {
                if let Compute::Cluster(name) | Compute::Environment(name) = compute
                    && used.insert(name.clone())
                    && !wanted.iter().any(|f| f.decl.name.text == *name)
                    && let Some(found) = self.find_compute(names, unit, name)
                {
                    wanted.push(found);
                }
            }
        }
        let extended: HashSet<SmolStr> =
            names.computes.iter().filter_map(|d| d.header.extends.as_ref()).map(|e| e.text.clone()).collect();
        let mut clusters = Vec::new();
        let mut environments = Vec::new();
        for found in wanted {
            let name = &found.decl.name;
            if found.own
                && !used.contains(&name.text)
                && !extended.contains(&name.text)
                && !self.symbols.maybe_declared(&name.text)
                && !steps.iter().any(|s| s.settings.broken)
            {
                self.report(messages::unused_compute(name, found.decl.kind.keyword()));
            }
            match found.decl.kind {
                DeclKind::Cluster => clusters.extend(self.cluster(names, found, &parts.target)),
                _ => environments.extend(self.environment(names, found)),
            }
        }
        if environments.len() > 10 {
            self.report(messages::too_many_environments(decl.name.span, environments.len()));
        }
        (clusters, environments)
    }

    /// The Python of the runtime against the one that the package asks for.
    fn pythons(
        &mut self,
        steps: &[Step],
        clusters: &[Cluster],
        environments: &[Environment],
        packages: &[Packaged<'_>],
    ) {
        let tables = self.symbols.project.tables.clone();
        let mut told: HashSet<(usize, Span)> = HashSet::new();
        for step in steps {
            let step = step.inner();
            let StepKind::Python(call) = &step.kind else { continue };
            let (python, at) = match &step.compute {
                Compute::Cluster(key) => {
                    let Some(cluster) = clusters.iter().find(|c| c.key == *key) else { continue };
                    let Some(node) = cluster.settings.get("spark_version") else { continue };
                    let Some(runtime) =
                        node.as_str().and_then(RuntimeKey::parse).and_then(|k| tables.runtime(&k).cloned())
                    else {
                        continue;
                    };
                    (runtime.python, node.span)
                }
                Compute::Environment(key) => {
                    let Some(environment) = environments.iter().find(|e| e.key == *key) else { continue };
                    let node = environment.spec.get("environment_version").or(environment.spec.get("client"));
                    let Some(node) = node else { continue };
                    let Some(version) = node.as_str().and_then(|v| tables.environment(v).cloned()) else { continue };
                    (version.python, node.span)
                }
                _ => continue,
            };
            let Some(Packaged { package, python: project, .. }) = packages.get(call.package) else { continue };
            let metadata = &project.metadata;
            if !told.insert((call.package, at)) {
                continue;
            }
            if !metadata.takes_python(&python) {
                let wants = metadata.requires_python.clone().unwrap_or_default();
                self.report(messages::python_version(at, &python, package, call.span, &wants));
            }
        }
    }

    fn unused_in(&mut self, decl: &'a Decl, names: &PipeNames<'a>, steps: &[Step]) {
        // Kinds with key-value parameters are handed every param, named or not.
        let handed_down = steps.iter().any(|s| {
            let kind = &s.inner().kind;
            !matches!(kind, StepKind::Python(_))
                && kind.key().and_then(kind_of).is_some_and(|k| k.pushed_down.is_some())
        });
        let unclear = steps
            .iter()
            .any(|s| matches!(s.kind, StepKind::Bad) || s.settings.broken || !s.settings.unchecked.is_empty());
        if handed_down || unclear || steps.is_empty() {
            return;
        }
        for (name, _, span) in &names.params {
            if !self.used.contains(span) && !name.starts_with('_') && !self.symbols.maybe_declared(name) {
                self.report(messages::unused_param(*span, name, &decl.name.text));
            }
        }
    }

    /// The texts of notebooks, scripts and modules that read task values by themselves; `None` if a step runs code that is not
    /// here to be read.
    fn readers(&self, drafts: &[Draft], packages: &[Packaged<'_>]) -> Option<Vec<String>> {
        let modules = packages.iter().flat_map(|p| &p.source.reached).filter_map(|r| r.task_values.clone());
        let mut out: Vec<String> = modules.collect();
        for step in drafts.iter().map(|d| d.step.inner()) {
            match &step.kind {
                StepKind::File(call) if matches!(call.kind, FileKind::Sql | FileKind::Dbt) => {}
                StepKind::File(call) => {
                    let bytes = self.files.read(call.local.as_ref()?).ok()?;
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    if text.contains("taskValues") || text.contains("%run") {
                        out.push(text);
                    }
                }
                StepKind::Raw("notebook_task" | "spark_python_task" | "python_wheel_task" | "spark_jar_task") => {
                    return None;
                }
                _ => {}
            }
        }
        Some(out)
    }

    /// The packages of the project, each with a readable `pyproject.toml`.
    pub fn packages(&mut self) -> Vec<Packaged<'a>> {
        let mut out = Vec::new();
        let mut seen: Vec<(String, Span)> = Vec::new();
        for In { unit, decl } in self.symbols.packages.clone() {
            let dir = self.symbols.project.units.get(unit).map(|u| u.dir().to_owned()).unwrap_or_default();
            let Some(path) = decl.path.plain() else {
                self.report(messages::package_path(decl.path.span));
                continue;
            };
            let dir = crate::project::join(&dir, &path);
            let Some(source) = self.symbols.project.package(&dir) else { continue };
            let python = match &source.project {
                Ok(python) => python,
                Err(error) => {
                    self.report(messages::package_unreadable(decl.path.span, error));
                    continue;
                }
            };
            let name = crate::package::normalize_name(&python.metadata.name);
            let first = seen.iter().find(|(n, _)| *n == name && !name.is_empty());
            if let Some((_, first)) = first {
                self.report(messages::two_wheels_of_one_name(decl.path.span, *first, &name));
            }
            seen.push((name, decl.path.span));
            let modules = Modules::new(self.files, python.layout.clone());
            let package = Package { name: decl.name.text.clone(), span: decl.name.span, dir };
            out.push(Packaged { package, python, source, modules });
        }
        out
    }
}

/// Outputs that no other step takes and no text names, of steps that others wait for. Those of a last step are results of the
/// run.
fn unused_outputs(drafts: &[Draft], readers: &Option<Vec<String>>) -> Vec<Diagnostic> {
    let unchecked = |s: &Step| !s.settings.unchecked.is_empty() || !s.inner().settings.unchecked.is_empty();
    let Some(readers) = readers.as_ref().filter(|_| !drafts.iter().any(|d| unchecked(&d.step))) else {
        return Vec::new();
    };
    let mut taken: HashSet<(&str, &str)> = HashSet::new();
    let mut awaited: HashSet<&str> = drafts.iter().flat_map(|d| &d.step.depends_on).map(|d| d.task.as_str()).collect();
    for used in drafts.iter().flat_map(|d| &d.uses) {
        awaited.extend(used.reference.task().map(SmolStr::as_str));
        match &used.reference {
            Reference::Value { task, name } => taken.insert((task, name)),
            Reference::TaskFact { task, fact } if matches!(fact.as_str(), "output.rows" | "output.first_row") => {
                taken.insert((task, "*"))
            }
            Reference::TaskFact { task, fact } => taken.insert((task, fact.rsplit('.').next().unwrap_or(fact))),
            _ => continue,
        };
    }
    // One output of a family's step is declared once for all elements.
    let mut used: HashSet<Span> = HashSet::new();
    let mut unused: Vec<(Span, &SmolStr, &SmolStr)> = Vec::new();
    for step in drafts.iter().map(|d| d.step.inner()) {
        for output in &step.outputs {
            let last = !awaited.contains(step.key.as_str());
            let read = readers.iter().any(|text| text.contains(output.name.as_str()));
            if last || read || taken.contains(&(&step.key, &output.name)) || taken.contains(&(&step.key, "*")) {
                used.insert(output.span);
            } else {
                unused.push((output.span, &output.name, &step.key));
            }
        }
    }
    unused.retain(|(span, ..)| used.insert(*span));
    let tell = |(span, name, step): (Span, &SmolStr, &SmolStr)| messages::unused_output(span, name, step);
    unused.into_iter().map(tell).collect()
}

/// For a message: the names of targets.
pub(super) fn target_names(names: &[SmolStr]) -> String {
    one_of(names.iter().map(SmolStr::as_str), 12)
}
