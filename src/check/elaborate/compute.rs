//! Clusters and environments: merging `extends`, choosing GPUs, completing single nodes.

use smol_str::SmolStr;

use std::collections::HashMap;

use super::Elaborator;
use super::families::AbsentKind;
use super::merge::merge;
use super::scope::{Local, PipelineScope, Scope};
use crate::check::budget::size;
use crate::check::messages;
use crate::check::symbols::InFile;
use crate::diag::{Candidate, Diagnostics, closest_name};
use crate::model::{Cluster, Environment, FieldValue, Node, NodeKind, Object, Target, Text};
use crate::schema::{
    CLUSTER_PLACE, CLUSTER_SPEC, COMPUTE, Cloud, ComputeTables, ENVIRONMENT_PLACE, FieldKey, RuntimeKey,
    SERVERLESS_GPUS, SINGLE_NODE, TASK, key,
};
use crate::source::Span;
use crate::syntax::ast::{Decl, DeclKind, Header, Item};

/// A cluster or environment that was found by name.
#[derive(Clone, Copy)]
pub struct ComputeDecl<'a> {
    pub decl: &'a Decl,
    pub unit: usize,
    /// Declared in the pipeline.
    pub own: bool,
}

/// A cluster or environment: the span of its name, and the name. Members of a family share the span.
pub type ComputeId = (Span, SmolStr);

impl ComputeDecl<'_> {
    fn id(&self) -> ComputeId {
        (self.decl.name.span, self.decl.name.text.clone())
    }
}

/// The length that a chain of `extends` may have.
const MAX_EXTENDS: usize = 64;

/// Clusters and environments.
#[derive(Debug, Default)]
pub struct Computes(HashMap<ComputeId, ElaboratedCompute>);

impl Computes {
    pub fn get(&self, id: &ComputeId) -> Option<&ElaboratedCompute> {
        self.0.get(id)
    }

    /// All of them, in source order.
    pub fn iter(&self) -> impl Iterator<Item = (&ComputeId, &ElaboratedCompute)> {
        let mut all: Vec<_> = self.0.iter().collect();
        all.sort_unstable_by_key(|(id, _)| *id);
        all.into_iter()
    }

    fn insert(&mut self, id: ComputeId, compute: ElaboratedCompute) {
        self.0.insert(id, compute);
    }
}

/// A cluster or environment, merged with what it extends.
#[derive(Debug, Default)]
pub struct ElaboratedCompute {
    /// The merged fields; `None` for a cycle or a chain that is too long.
    merged: Option<Object>,
    /// The names of what it extends, nearest first.
    pub bases: Vec<ComputeId>,
    /// The form to emit; `None` like `merged`.
    pub resolved: Option<ResolvedCompute>,
    /// Diagnostics for whatever uses or extends it.
    pub on_extension: Diagnostics,
    /// Diagnostics for whatever uses it.
    pub on_use: Diagnostics,
}

impl ElaboratedCompute {
    /// The number of values in it.
    pub fn size(&self) -> usize {
        self.merged.as_ref().map_or(0, size)
    }
}

/// A cluster or environment in the form to emit.
#[derive(Clone, Debug)]
pub enum ResolvedCompute {
    Cluster(Cluster),
    Environment(Environment),
}

/// The scope in which a cluster or environment is elaborated.
#[derive(Clone, Copy)]
struct ComputeScope<'s, 'a> {
    target: &'s Target,
    /// The pipeline that declares it, and the declarations of its files.
    within: Option<(&'s PipelineScope<'a>, &'s Computes)>,
}

impl<'s> ComputeScope<'s, '_> {
    fn shared(self) -> Option<&'s Computes> {
        self.within.map(|(_, shared)| shared)
    }
}

impl<'a> Elaborator<'a> {
    /// Finds a cluster or environment in scope of a pipeline.
    pub fn find_compute(&self, pipe: &PipelineScope<'a>, unit: usize, name: &str) -> Option<ComputeDecl<'a>> {
        if let Some(decl) = pipe.computes.iter().find(|d| d.name.text == name) {
            return Some(ComputeDecl { decl, unit, own: true });
        }
        let InFile { unit, decl } = self.symbols.find_compute(unit, name)?;
        Some(ComputeDecl { decl, unit, own: false })
    }

    /// Whether a name is that of a family of clusters or environments.
    fn is_family_in_scope(&self, pipe: Option<&PipelineScope<'a>>, unit: usize, name: &str) -> bool {
        pipe.is_some_and(|p| self.families.family(Some(&p.name), unit, name).is_some()) || self.is_family(unit, name)
    }

    /// Reports an unknown cluster or environment, unless it may be declared in text that did not parse.
    pub fn unknown_compute(&mut self, pipe: Option<&PipelineScope<'a>>, unit: usize, name: &str, span: Span) {
        if self.symbols.maybe_declared(name) || self.is_absent(AbsentKind::Compute, pipe.map(|p| &p.name), name, span) {
            return;
        }
        let symbols = self.symbols;
        let names = self.suggestions.among(|| {
            let own =
                pipe.iter().flat_map(|p| p.computes.iter().map(|d| Candidate::declared(&d.name.text, d.name.span)));
            own.chain(symbols.compute_names(unit)).chain(["serverless", "none"].map(Candidate::known)).collect()
        });
        let near = closest_name(name, names);
        let imported_elsewhere = self.symbols.compute_elsewhere(unit, name);
        self.report(messages::unknown_compute(span, name, near, imported_elsewhere.map(|f| f.path.as_path())));
    }

    /// Elaborates the clusters and environments of all files, each once.
    pub fn shared_computes(&mut self, target: &Target) -> Computes {
        let mut out = Computes::default();
        let symbols = self.symbols;
        for (unit, file) in symbols.project.units.iter().enumerate() {
            for item in &file.ast.items {
                if let Item::Decl(decl) = item
                    && matches!(decl.kind, DeclKind::Cluster | DeclKind::Environment)
                {
                    let found = ComputeDecl { decl, unit, own: false };
                    self.compute(found, ComputeScope { target, within: None }, &mut out, &mut Vec::new());
                }
            }
        }
        out
    }

    /// Elaborates the clusters and environments of a pipeline.
    pub fn own_computes(
        &mut self,
        names: &PipelineScope<'a>,
        unit: usize,
        target: &Target,
        shared: &Computes,
    ) -> Computes {
        let mut out = Computes::default();
        for decl in &names.computes {
            let found = ComputeDecl { decl, unit, own: true };
            self.compute(found, ComputeScope { target, within: Some((names, shared)) }, &mut out, &mut Vec::new());
        }
        out
    }

    /// Elaborates one declaration after what it extends. `path` is the chain that leads to it, for cycles.
    fn compute(
        &mut self,
        found: ComputeDecl<'a>,
        around: ComputeScope<'_, 'a>,
        done: &mut Computes,
        path: &mut Vec<(ComputeId, Span)>,
    ) {
        let decl = found.decl;
        let id = found.id();
        if done.get(&id).is_some() {
            return;
        }
        if let Some(start) = path.iter().position(|(n, _)| *n == id) {
            let members: Vec<(Span, Span)> =
                path.iter().skip(start).map(|((name, _), extends)| (*name, *extends)).collect();
            self.extends_cycle(&members);
            return;
        }
        let place = if decl.kind == DeclKind::Cluster { &CLUSTER_PLACE } else { &ENVIRONMENT_PLACE };
        let locals = self.locals_of(found, around);
        let scope = Scope { unit: found.unit, pipe: None, locals: &locals };
        let own = self.body_of_compute(decl, place, scope);
        let base = self.base_of(found, around, scope);
        if let (Some(base), Some(extends)) = (base, &decl.header.extends)
            && base.decl.kind == decl.kind
            && base.own == found.own
            && path.len() < MAX_EXTENDS
        {
            path.push((id.clone(), extends.name.span));
            self.compute(base, around, done, path);
            path.pop();
        }
        let below = base.and_then(|b| done.get(&b.id()).or_else(|| around.shared()?.get(&b.id())));
        let bases: Vec<ComputeId> =
            base.iter().map(ComputeDecl::id).chain(below.iter().flat_map(|b| b.bases.iter().cloned())).collect();
        let deep = path.len() >= MAX_EXTENDS;
        let elaborate = |e: &mut Self| e.over_base(found, own, base, below, around, deep);
        // Errors of a file's cluster, other than in its fields, matter only if a pipeline uses it.
        let (merged, on_extension) = match found.own {
            true => (elaborate(self), Diagnostics::new()),
            false => self.deferring(elaborate),
        };
        let mut out = ElaboratedCompute { bases, on_extension, ..ElaboratedCompute::default() };
        if let Some(merged) = merged {
            let resolve = |e: &mut Self| e.resolved(decl, merged.clone(), around.target);
            let (resolved, on_use) = match found.own {
                true => (resolve(self), Diagnostics::new()),
                false => self.deferring(resolve),
            };
            out = ElaboratedCompute { merged: Some(merged), resolved: Some(resolved), on_use, ..out };
        }
        done.insert(id, out);
    }

    /// The variables of the families around a declaration.
    fn locals_of(&self, found: ComputeDecl<'a>, around: ComputeScope<'_, 'a>) -> Vec<Local> {
        let pipeline = around.within.filter(|_| found.own).map(|(names, _)| names);
        let own = self.families.locals(pipeline.map(|p| &p.name), &found.decl.name);
        match (own, pipeline) {
            ([], Some(pipeline)) => pipeline.locals.clone(),
            (own, _) => own.to_vec(),
        }
    }

    /// What a declaration extends. A declaration of a pipeline may extend one of the file with the same name.
    fn base_of(
        &mut self,
        found: ComputeDecl<'a>,
        around: ComputeScope<'_, 'a>,
        scope: Scope<'_>,
    ) -> Option<ComputeDecl<'a>> {
        let base = found.decl.header.extends.as_ref()?;
        let pipeline = around.within.filter(|_| found.own).map(|(names, _)| names);
        let base = self.member_name(base, pipeline.map(|p| &p.name), scope)?;
        let own = pipeline.and_then(|names| names.computes.iter().find(|d| d.name.text == base));
        match own {
            Some(decl) if !std::ptr::eq(*decl, found.decl) => Some(ComputeDecl { decl, ..found }),
            _ => {
                let InFile { unit, decl } = self.symbols.find_compute(found.unit, &base)?;
                Some(ComputeDecl { decl, unit, own: false })
            }
        }
    }

    /// Merges a declaration with what it extends; `None` for a cycle.
    fn over_base(
        &mut self,
        found: ComputeDecl<'a>,
        own: Object,
        base: Option<ComputeDecl<'a>>,
        below: Option<&ElaboratedCompute>,
        around: ComputeScope<'_, 'a>,
        deep: bool,
    ) -> Option<Object> {
        let decl = found.decl;
        self.only_extends(&decl.header, decl.kind.keyword());
        let Some(member) = &decl.header.extends else { return Some(own) };
        let name = &member.name;
        let Some(base) = base else {
            // A wrong member of a family is reported.
            if member.index.is_none()
                && !self.is_family_in_scope(around.within.map(|(names, _)| names), found.unit, &name.text)
            {
                self.unknown_compute(around.within.map(|(names, _)| names), found.unit, &name.text, name.span);
            }
            return Some(Object { broken: true, ..own });
        };
        if base.decl.kind != decl.kind {
            let (wanted, is) = (decl.kind.keyword(), base.decl.kind.keyword());
            self.report(messages::extends_other_kind(name, base.decl.name.span, wanted, is));
            return Some(Object { broken: true, ..own });
        }
        self.record_link(name.span, base.decl.name.span);
        let Some(below) = below else {
            // Otherwise it is part of a cycle, which is reported.
            if deep {
                self.report(messages::extends_too_deep(name.span));
            }
            return None;
        };
        if below.bases.len() >= MAX_EXTENDS {
            self.report(messages::extends_too_deep(name.span));
            return None;
        }
        let fields = below.merged.as_ref()?;
        if !self.budget.charge(size(fields)) {
            return None;
        }
        let place = if decl.kind == DeclKind::Cluster { &CLUSTER_PLACE } else { &ENVIRONMENT_PLACE };
        Some(merge(fields, &own, Some(place)))
    }

    fn resolved(&mut self, decl: &Decl, settings: Object, target: &Target) -> ResolvedCompute {
        match decl.kind {
            DeclKind::Cluster => ResolvedCompute::Cluster(self.cluster(decl, settings, target)),
            _ => ResolvedCompute::Environment(self.environment(decl, settings)),
        }
    }

    /// Reports a cycle of `extends` at its first member, independent of where the search started.
    fn extends_cycle(&mut self, members: &[(Span, Span)]) {
        let Some(first) = members.iter().enumerate().min_by_key(|(_, m)| **m).map(|(i, _)| i) else { return };
        let mut members = members.to_vec();
        members.rotate_left(first);
        let Some(((name, base), rest)) = members.split_first() else { return };
        let text = self.sources.slice(*name).trim_matches('`');
        self.report(messages::extends_cycle(text, *base, rest));
    }

    fn only_extends(&mut self, header: &Header, what: &str) {
        let stray = header.on.as_ref().map(|o| o.span).or_else(|| header.after.first().map(|a| a.span));
        if let Some(span) = stray {
            self.report(messages::only_extends(span, what));
        }
    }

    /// Reports `extends`, `on` or `after` in a header that allows none of them.
    pub fn bare_header(&mut self, header: &Header, what: &str) {
        let stray = header
            .extends
            .as_ref()
            .map(|e| e.name.span)
            .or_else(|| header.on.as_ref().map(|o| o.span))
            .or_else(|| header.after.first().map(|a| a.span));
        if let Some(span) = stray {
            self.report(messages::bare_header(span, what));
        }
    }

    /// Converts an environment to the form to emit.
    fn environment(&mut self, decl: &Decl, mut spec: Object) -> Environment {
        self.environment_requirements(&mut spec);
        self.key_characters(&decl.name.text, decl.name.span, "an environment");
        Environment { key: decl.name.text.clone(), span: decl.name.span, spec }
    }

    /// Converts a cluster to the form to emit.
    fn cluster(&mut self, decl: &Decl, mut settings: Object, target: &Target) -> Cluster {
        self.key_characters(&decl.name.text, decl.name.span, "a cluster");
        let mut libraries = self.cluster_requirements(&mut settings);
        if let Some(NodeKind::List(items)) = settings.remove(key::LIBRARIES).and_then(|f| f.value).map(|n| n.kind) {
            libraries.extend(items.iter().filter_map(|n| n.as_object().cloned()));
        }
        let serverless_compute_id = settings.remove(key::SERVERLESS_COMPUTE_ID).and_then(|f| f.value);
        self.single_node(&mut settings);
        let chosen = self.gpu(&mut settings, target, &decl.name.text);
        settings.fields.retain(|f| f.value.is_some());
        Cluster {
            key: decl.name.text.clone(),
            span: decl.name.span,
            settings,
            libraries,
            serverless_compute_id,
            chosen,
        }
    }

    /// Adds the Spark configuration and the tag that a single node requires, unless they are set.
    fn single_node(&mut self, settings: &mut Object) {
        let Some(entry) = settings.remove(key::SINGLE_NODE) else { return };
        let Some(node) = entry.value else { return };
        if node.as_bool() != Some(true) {
            return;
        }
        let span = node.span;
        set(settings, key::NUM_WORKERS, span, NodeKind::Int(0));
        for (field, key, value) in SINGLE_NODE.iter().copied() {
            let mut entries = match settings.entry(field) {
                // `none` removes what would be added.
                Some(FieldValue { value: None, .. }) => continue,
                Some(FieldValue { value: Some(Node { kind: NodeKind::Map(entries), .. }), .. }) => entries.clone(),
                _ => Vec::new(),
            };
            if !entries.iter().any(|(k, ..)| *k == key) {
                entries.push((SmolStr::new_static(key), span, Node::text(span, value)));
            }
            set(settings, field, span, NodeKind::Map(entries));
        }
    }

    /// Chooses node type and runtime for `gpu`, and records the choice.
    fn gpu(&mut self, settings: &mut Object, target: &Target, name: &str) -> Option<String> {
        let entry = settings.remove(key::GPU)?;
        let node = entry.value.clone()?;
        let valid = node.as_object().filter(|gpu| !gpu.broken);
        let Some((gpu, accelerator)) = valid.and_then(|g| Some((g, g.str(key::ACCELERATOR)?.to_owned()))) else {
            // Missing and invalid fields are reported elsewhere; without them, nothing can be chosen.
            settings.fields.push(FieldValue { value: Some(node), ..entry });
            settings.broken = true;
            return None;
        };
        let accelerator_span = gpu.get(key::ACCELERATOR).map_or(node.span, |n| n.span);
        let count = u32::try_from(gpu.get(key::COUNT).and_then(Node::as_int).unwrap_or(1)).ok()?;
        let tables = self.symbols.project.tables.clone();
        let unclear = target.span.is_some_and(|s| self.symbols.project.unit_of(s.file).is_some_and(|u| u.broken));
        let Some(cloud) = target.cloud.or_else(|| cloud_of(settings, &tables)) else {
            settings.broken = true;
            if unclear {
                return None;
            }
            let declared = self.symbols.targets.iter().find(|t| Some(t.decl.name.span) == target.span);
            self.report(messages::unknown_cloud(entry.key, declared.map(|t| t.decl)));
            return None;
        };
        let Some(found) = tables.gpu_node(cloud, &accelerator, count).cloned() else {
            let mut counts: Vec<u32> = tables
                .nodes()
                .iter()
                .filter(|n| n.cloud == cloud && n.gpu == accelerator && n.selectable)
                .map(|n| n.gpu_count)
                .collect();
            counts.sort_unstable();
            counts.dedup();
            let mut kinds: Vec<&str> = tables
                .nodes()
                .iter()
                .filter(|n| n.cloud == cloud && n.has_gpu() && n.selectable)
                .map(|n| n.gpu.as_str())
                .collect();
            kinds.sort_unstable();
            kinds.dedup();
            self.report(messages::no_such_gpu(accelerator_span, &accelerator, count, cloud, &counts, &kinds));
            settings.broken = true;
            return None;
        };
        set(settings, key::NODE_TYPE_ID, node.span, NodeKind::Text(Text::plain(found.id.clone())));
        let mut chosen = format!("{name}: {count} {accelerator} on {} is {}", cloud.name(), found.id);
        let by_kind = settings.get(key::USE_ML_RUNTIME).and_then(Node::as_bool) == Some(true);
        if !settings.has(key::DOCKER_IMAGE)
            && !by_kind
            && let Some(version) = settings.get(key::SPARK_VERSION)
            && let Some(key) = version.as_str().and_then(RuntimeKey::parse)
            && !key.is_photon()
        {
            let runtime = key.gpu_ml();
            if !key.is_gpu() {
                chosen.push_str(&format!(", runtime {runtime}"));
            }
            let span = version.span;
            set(settings, key::SPARK_VERSION, span, NodeKind::Text(Text::plain(runtime)));
        }
        if settings.entry(key::DATA_SECURITY_MODE).is_none() {
            set(settings, key::DATA_SECURITY_MODE, node.span, NodeKind::Text(Text::plain("SINGLE_USER")));
        }
        Some(chosen)
    }

    /// `gpu` on a step: a serverless accelerator.
    pub fn step_gpu(&mut self, settings: &mut Object) {
        let Some(entry) = settings.remove(key::GPU) else { return };
        let Some(node) = entry.value.clone() else { return };
        let Some((gpu, accelerator)) = node.as_object().and_then(|g| Some((g, g.str(key::ACCELERATOR)?))) else {
            // A missing field is reported with those of other blocks.
            settings.fields.push(entry);
            settings.broken = true;
            return;
        };
        let count = gpu.get(key::COUNT).and_then(Node::as_int).unwrap_or(1);
        match SERVERLESS_GPUS.iter().find(|(a, n, _)| *a == accelerator && i64::from(*n) == count) {
            Some((_, _, member)) => {
                let mut compute = Object::new(&COMPUTE, node.span);
                set(&mut compute, key::HARDWARE_ACCELERATOR, node.span, NodeKind::Text(Text::plain(*member)));
                set(settings, key::COMPUTE, entry.key, NodeKind::Object(compute));
            }
            None => {
                let all: Vec<String> = SERVERLESS_GPUS.iter().map(|(a, n, _)| format!("{n} {a}")).collect();
                self.report(messages::no_such_serverless_gpu(node.span, count, accelerator, &all));
                settings.broken = true;
            }
        }
    }

    /// Checks a name that becomes a key. Keys of clusters and environments have the same form as task keys.
    pub fn key_characters(&mut self, key: &str, span: Span, what: &str) {
        let row = TASK.row(key::TASK_KEY);
        if let Some(most) = row.and_then(|f| f.max_len).filter(|most| key.len() > *most as usize) {
            self.report(messages::key_too_long(span, key.len(), most));
        }
        if let Some(c) = row.and_then(|f| f.format).and_then(|f| f.stranger(key)) {
            let fixed: String =
                key.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
            self.report(messages::key_characters(span, what, c, &fixed, self.sources.slice(span).contains(key)));
        } else if key.is_empty() {
            self.report(messages::empty_key(span, what));
        }
    }
}

/// Sets a field of a block.
pub fn set(object: &mut Object, key: FieldKey, span: Span, kind: NodeKind) {
    if let Some(field) = object.block.row(key) {
        object.set(field, span, Some(Node { span, kind }));
    }
}

/// The cloud that other settings of a cluster imply.
fn cloud_of(settings: &Object, tables: &ComputeTables) -> Option<Cloud> {
    debug_assert!(*settings.block == CLUSTER_SPEC);
    for (key, cloud) in
        [(key::AZURE_ATTRIBUTES, Cloud::Azure), (key::AWS_ATTRIBUTES, Cloud::Aws), (key::GCP_ATTRIBUTES, Cloud::Gcp)]
    {
        if settings.has(key) {
            return Some(cloud);
        }
    }
    settings.str(key::DRIVER_NODE_TYPE_ID).and_then(|id| tables.node(id)).map(|n| n.cloud)
}
