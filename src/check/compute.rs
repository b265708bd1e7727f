//! Clusters and environments: merged through `extends`, GPUs chosen, single nodes filled in.

use smol_str::{SmolStr, format_smolstr};

use std::collections::{HashMap, HashSet};

use super::budget::size;
use super::fields::Against;
use super::merge::merge;
use super::messages;
use super::scope::{Checker, PipeNames, Scope};
use super::symbols::In;
use crate::diag::nearest;
use crate::model::{Cluster, Environment, FieldValue, Node, NodeKind, Object, Target, Text};
use crate::schema::{
    CLUSTER_PLACE, CLUSTER_SPEC, COMPUTE, Cloud, ComputeTables, ENVIRONMENT_PLACE, RuntimeKey, SERVERLESS_GPUS,
    SINGLE_NODE,
};
use crate::source::Span;
use crate::syntax::ast::{Decl, DeclKind, Header, Item};

/// A cluster or environment, found by name.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub decl: &'a Decl,
    pub unit: usize,
    /// Declared in the pipeline itself.
    pub own: bool,
}

impl<'a> Checker<'a> {
    /// The cluster or environment of this name that a pipeline sees.
    pub fn find_compute(&self, pipe: &PipeNames<'a>, unit: usize, name: &str) -> Option<Found<'a>> {
        if let Some(decl) = pipe.computes.iter().find(|d| d.name.text == name) {
            return Some(Found { decl, unit, own: true });
        }
        let In { unit, decl } = self.symbols.find_compute(unit, name)?;
        Some(Found { decl, unit, own: false })
    }

    /// Reports a name that is no compute.
    pub fn unknown_compute(&mut self, pipe: &PipeNames<'a>, unit: usize, name: &str, span: Span) {
        if self.symbols.maybe_declared(name) {
            return;
        }
        let symbols = self.symbols;
        let names = self.candidates(|| {
            let own = pipe.computes.iter().map(|d| d.name.text.as_str());
            own.chain(symbols.compute_names(unit)).chain(["serverless", "none"]).collect()
        });
        let near = nearest(name, names.iter().copied());
        let imported_elsewhere = self.symbols.compute_elsewhere(unit, name);
        self.report(messages::unknown_compute(span, name, near, imported_elsewhere.map(|f| f.path.as_path())));
    }

    /// The body of a declaration with what it extends below it.
    fn merged(&mut self, pipe: &PipeNames<'a>, found: Found<'a>, path: &mut Vec<(Span, Span)>) -> Option<Object> {
        let decl = found.decl;
        self.used.insert(decl.name.span);
        let place = if decl.kind == DeclKind::Cluster { &CLUSTER_PLACE } else { &ENVIRONMENT_PLACE };
        let scope =
            if found.own { Scope { unit: found.unit, pipe: None, locals: &[] } } else { Scope::file(found.unit) };
        let own = self.body(&decl.body, Against::Place(place), scope);
        self.only_extends(&decl.header, decl.kind.keyword());
        let Some(base_name) = &decl.header.extends else { return Some(own) };
        if let Some(start) = path.iter().position(|(name, _)| *name == decl.name.span) {
            self.extends_cycle(path.get(start..).unwrap_or_default());
            return None;
        }
        if path.len() >= 64 {
            self.report(messages::extends_too_deep(base_name.span));
            return None;
        }
        path.push((decl.name.span, base_name.span));
        // A cluster may extend one of the file that has its own name.
        let base = self
            .find_compute(pipe, found.unit, &base_name.text)
            .filter(|b| !std::ptr::eq(b.decl, decl))
            .or_else(|| {
                let In { unit, decl: d } = self.symbols.find_compute(found.unit, &base_name.text)?;
                Some(Found { decl: d, unit, own: false })
            });
        let Some(base) = base else {
            self.unknown_compute(pipe, found.unit, &base_name.text, base_name.span);
            return Some(Object { broken: true, ..own });
        };
        if base.decl.kind != decl.kind {
            self.report(messages::extends_other_kind(
                base_name,
                base.decl.name.span,
                decl.kind.keyword(),
                base.decl.kind.keyword(),
            ));
            return Some(Object { broken: true, ..own });
        }
        self.link(base_name.span, base.decl.name.span);
        let below = self.merged(pipe, base, path)?;
        if !self.budget.charge(size(&below)) {
            return None;
        }
        Some(merge(&below, &own, Some(place)))
    }

    /// Reports declarations that extend each other, each with the place of what it extends: at the first of them, however
    /// the cycle was met.
    fn extends_cycle(&mut self, members: &[(Span, Span)]) {
        let Some(first) = members.iter().enumerate().min_by_key(|(_, m)| **m).map(|(i, _)| i) else { return };
        let mut members = members.to_vec();
        members.rotate_left(first);
        let Some(((name, base), rest)) = members.split_first() else { return };
        let text = self.sources.slice(*name).trim_matches('`');
        self.report(messages::extends_cycle(text, *base, rest));
    }

    /// Reports clusters and environments of the files that extend each other, used or not.
    pub fn extends_cycles(&mut self) {
        let symbols = self.symbols;
        // What lies on no cycle, or on one that is reported.
        let mut done: HashSet<Span> = HashSet::new();
        let declared =
            symbols.project.units.iter().enumerate().flat_map(|(i, u)| u.ast.items.iter().map(move |d| (i, d)));
        for (unit, item) in declared {
            let Item::Decl(decl) = item else { continue };
            if !matches!(decl.kind, DeclKind::Cluster | DeclKind::Environment) {
                continue;
            }
            let mut path: Vec<(Span, Span)> = Vec::new();
            let mut met: HashMap<Span, usize> = HashMap::new();
            let mut next = Some(In { unit, decl: decl.as_ref() });
            while let Some(In { unit, decl }) = next {
                let name = decl.name.span;
                if let Some(start) = met.get(&name) {
                    self.extends_cycle(path.get(*start..).unwrap_or_default());
                    break;
                }
                let Some(base) = decl.header.extends.as_ref().filter(|_| !done.contains(&name)) else { break };
                met.insert(name, path.len());
                path.push((name, base.span));
                next = symbols.find_compute(unit, &base.text);
            }
            done.extend(path.into_iter().map(|(name, _)| name));
        }
    }

    fn only_extends(&mut self, header: &Header, what: &str) {
        let stray = header.on.as_ref().map(|o| o.span).or_else(|| header.after.first().map(|a| a.span));
        if let Some(span) = stray {
            self.report(messages::only_extends(span, what));
        }
    }

    /// A header that may hold nothing.
    pub fn bare_header(&mut self, header: &Header, what: &str) {
        let stray = header
            .extends
            .as_ref()
            .map(|e| e.span)
            .or_else(|| header.on.as_ref().map(|o| o.span))
            .or_else(|| header.after.first().map(|a| a.span));
        if let Some(span) = stray {
            self.report(messages::bare_header(span, what));
        }
    }

    /// An environment, ready to go out.
    pub fn environment(&mut self, pipe: &PipeNames<'a>, found: Found<'a>) -> Option<Environment> {
        let mut spec = self.merged(pipe, found, &mut Vec::new())?;
        self.environment_requirements(&mut spec);
        let decl = found.decl;
        self.key_characters(&decl.name.text, decl.name.span, "an environment");
        let sources = ["environment_version", "client", "base_environment", "project_environment"];
        if !spec.broken && !sources.iter().any(|k| spec.has(k)) && spec.unchecked.is_empty() {
            let newest = self
                .symbols
                .project
                .tables
                .environments()
                .iter()
                .filter_map(|e| e.version.parse::<u32>().ok())
                .max()
                .unwrap_or(4);
            self.report(messages::environment_without_version(&decl.name, newest));
        }
        for key in ["environment_version", "client"] {
            if let Some(node) = spec.get(key)
                && let Some(version) = node.as_str()
                && self.symbols.project.tables.environment(version).is_none()
            {
                let known: Vec<&str> =
                    self.symbols.project.tables.environments().iter().map(|e| e.version.as_str()).collect();
                self.report(messages::unknown_environment(node.span, version, known));
            }
        }
        Some(Environment { key: decl.name.text.clone(), span: decl.name.span, spec })
    }

    /// A cluster with its sugar resolved, ready to go out.
    pub fn cluster(&mut self, pipe: &PipeNames<'a>, found: Found<'a>, target: &Target) -> Option<Cluster> {
        let mut settings = self.merged(pipe, found, &mut Vec::new())?;
        let decl = found.decl;
        self.key_characters(&decl.name.text, decl.name.span, "a cluster");
        let mut libraries = self.cluster_requirements(&mut settings);
        if let Some(NodeKind::List(items)) = settings.remove("libraries").and_then(|f| f.value).map(|n| n.kind) {
            libraries.extend(items.iter().filter_map(|n| n.as_object().cloned()));
        }
        let serverless_compute_id = settings.remove("serverless_compute_id").and_then(|f| f.value);
        self.single_node(&mut settings);
        let chosen = self.gpu(&mut settings, target, &decl.name.text);
        settings.fields.retain(|f| f.value.is_some());
        let named = format_smolstr!("`{}`", decl.name.text);
        if !(settings.fields.is_empty() && serverless_compute_id.is_some()) {
            self.fit(&settings, decl.name.span, &named, target, true);
        }
        Some(Cluster {
            key: decl.name.text.clone(),
            span: decl.name.span,
            settings,
            libraries,
            serverless_compute_id,
            chosen,
        })
    }

    /// The conf and the tag that a single node needs, where they are absent.
    fn single_node(&mut self, settings: &mut Object) {
        let Some(entry) = settings.remove("single_node") else { return };
        let Some(node) = entry.value else { return };
        if node.as_bool() != Some(true) {
            return;
        }
        let span = node.span;
        set(settings, "num_workers", span, NodeKind::Int(0));
        for (field, key, value) in SINGLE_NODE.iter().copied() {
            let mut entries = match settings.entry(field) {
                // `none` takes back what would be filled in.
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

    /// Node type and runtime for `gpu`; says what was chosen.
    fn gpu(&mut self, settings: &mut Object, target: &Target, name: &str) -> Option<String> {
        let entry = settings.remove("gpu")?;
        let node = entry.value?;
        let Some((gpu, accelerator)) = node.as_object().and_then(|g| Some((g, g.str("accelerator")?.to_owned())))
        else {
            // What is wrong with it is told already; that nothing was chosen follows from it.
            self.required_below(&node);
            settings.broken = true;
            return None;
        };
        let accelerator_span = gpu.get("accelerator").map_or(node.span, |n| n.span);
        let count = u32::try_from(gpu.get("count").and_then(Node::as_int).unwrap_or(1)).ok()?;
        let tables = self.symbols.project.tables.clone();
        let unclear = target.span.is_some_and(|s| self.symbols.project.unit_of(s.file).is_some_and(|u| u.broken));
        let Some(cloud) = target.cloud.or_else(|| cloud_of(settings, &tables)) else {
            settings.broken = true;
            if unclear {
                return None;
            }
            self.report(messages::unknown_cloud(entry.key, target.span));
            settings.broken = true;
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
        set(settings, "node_type_id", node.span, NodeKind::Text(Text::plain(found.id.clone())));
        let mut chosen = format!("{name}: {count} {accelerator} on {} is {}", cloud.name(), found.id);
        let by_kind = settings.get("use_ml_runtime").and_then(Node::as_bool) == Some(true);
        if !settings.has("docker_image")
            && !by_kind
            && let Some(version) = settings.get("spark_version")
            && let Some(key) = version.as_str().and_then(RuntimeKey::parse)
            && !key.is_photon()
        {
            let runtime = key.gpu_ml();
            if !key.is_gpu() {
                chosen.push_str(&format!(", runtime {runtime}"));
            }
            let span = version.span;
            set(settings, "spark_version", span, NodeKind::Text(Text::plain(runtime)));
        }
        if settings.entry("data_security_mode").is_none() {
            set(settings, "data_security_mode", node.span, NodeKind::Text(Text::plain("SINGLE_USER")));
        }
        Some(chosen)
    }

    /// `gpu` on a step: the serverless accelerator.
    pub fn step_gpu(&mut self, settings: &mut Object) {
        let Some(entry) = settings.remove("gpu") else { return };
        let Some(node) = entry.value else { return };
        let Some(gpu) = node.as_object() else { return };
        let Some(accelerator) = gpu.str("accelerator") else { return };
        let count = gpu.get("count").and_then(Node::as_int).unwrap_or(1);
        match SERVERLESS_GPUS.iter().find(|(a, n, _)| *a == accelerator && i64::from(*n) == count) {
            Some((_, _, member)) => {
                let mut compute = Object::new(&COMPUTE, node.span);
                set(&mut compute, "hardware_accelerator", node.span, NodeKind::Text(Text::plain(*member)));
                set(settings, "compute", entry.key, NodeKind::Object(compute));
            }
            None => {
                let all: Vec<String> = SERVERLESS_GPUS.iter().map(|(a, n, _)| format!("{n} {a}")).collect();
                self.report(messages::no_such_serverless_gpu(node.span, count, accelerator, &all));
                settings.broken = true;
            }
        }
    }

    /// Letters, digits, `_` and `-`, at most 100: what the service takes as a key.
    pub fn key_characters(&mut self, key: &str, span: Span, what: &str) {
        if key.len() > 100 {
            self.report(messages::key_too_long(span, key.len()));
        }
        if let Some(c) = key.chars().find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-')) {
            let fixed: String =
                key.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
            self.report(messages::key_characters(span, what, c, &fixed, self.sources.slice(span).contains(key)));
        } else if key.is_empty() {
            self.report(messages::empty_key(span, what));
        }
    }
}

/// Sets a field of an object's own block.
pub(super) fn set(object: &mut Object, key: &str, span: Span, kind: NodeKind) {
    if let Some(field) = object.block.field(key) {
        object.set(field, span, Some(Node { span, kind }));
    }
}

/// The cloud that a cluster's other settings show.
fn cloud_of(settings: &Object, tables: &ComputeTables) -> Option<Cloud> {
    debug_assert!(*settings.block == CLUSTER_SPEC);
    for (key, cloud) in
        [("azure_attributes", Cloud::Azure), ("aws_attributes", Cloud::Aws), ("gcp_attributes", Cloud::Gcp)]
    {
        if settings.has(key) {
            return Some(cloud);
        }
    }
    settings.str("driver_node_type_id").and_then(|id| tables.node(id)).map(|n| n.cloud)
}
