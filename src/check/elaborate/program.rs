//! A program for one target.

use std::collections::{BTreeSet, HashMap, HashSet};

use rayon::prelude::*;
use smol_str::SmolStr;

use super::compute::{ComputeId, Computes};
use super::packages::Packaged;
use super::pipeline::{ElaboratedPipeline, PipelineShared, pipeline};
use super::scope::VarValue;
use super::target::{TargetParts, target_parts};
use super::{Context, Elaborator, Findings, Usage};
use crate::check::index::Link;
use crate::check::symbols::InFile;
use crate::model::Program;
use crate::syntax::ast::Decl;

/// A program for one target, with what its rules read in addition to the model.
pub struct Elaborated<'a> {
    pub target: TargetParts<'a>,
    pub packages: Vec<Packaged<'a>>,
    pub pipelines: Vec<ElaboratedPipeline<'a>>,
    /// The name of the project.
    pub name: SmolStr,
    /// Values that come neither from the files nor from the workspace.
    pub outside: BTreeSet<(SmolStr, SmolStr)>,
    /// Findings of the files: constants, targets, packages, clusters and environments.
    pub findings: Findings,
}

impl Elaborated<'_> {
    /// The union of everything that is used.
    pub fn usage(&self) -> Usage {
        let mut all = Usage::default();
        all.extend(&self.findings.usage);
        self.pipelines.iter().for_each(|p| all.extend(&p.findings.usage));
        all
    }

    /// What names refer to.
    pub fn links(&self) -> impl Iterator<Item = Link> {
        let pipelines = self.pipelines.iter().flat_map(|p| &p.findings.links);
        self.findings.links.iter().chain(pipelines).copied()
    }

    /// Returns the model.
    pub fn into_program(self) -> Program {
        let mut outside = self.usage().outside;
        outside.extend(self.outside.iter().cloned());
        let mut pipelines: Vec<_> = self.pipelines.into_iter().map(|p| p.pipeline).collect();
        let name = self.name;
        for pipeline in &mut pipelines {
            // Clusters of files and fields of the target are part of every pipeline.
            pipeline.holes.extend(self.findings.holes.iter().map(|(hole, _)| hole.clone()));
            pipeline.holes.sort_unstable();
            pipeline.holes.dedup();
        }
        let packages = self.packages.into_iter().map(|p| p.package).collect();
        Program { name, target: self.target.target, packages, pipelines, outside }
    }
}

/// Elaborates a project for one target, with the values of its vars.
pub fn program<'a>(
    cx: Context<'a>,
    vars: &'a HashMap<SmolStr, VarValue>,
    target: Option<InFile<'a, Decl>>,
) -> Elaborated<'a> {
    let mut files = Elaborator::new(cx, vars);
    let target = target_parts(&mut files, target);
    files.constants();
    let packages = files.packages();
    let computes = files.shared_computes(&target.target);
    files.top_level();
    let mut findings = files.findings;
    let shared = PipelineShared { target: &target, packages: &packages, computes: &computes };
    let one = |found: &InFile<'a, Decl>| pipeline(cx, vars, *found, shared);
    let pipelines: Vec<ElaboratedPipeline<'a>> = if cx.symbols.pipelines.len() > 1 {
        cx.symbols.pipelines.par_iter().map(one).collect()
    } else {
        cx.symbols.pipelines.iter().map(one).collect()
    };
    report_computes(&computes, &pipelines, &mut findings);
    Elaborated { target, packages, pipelines, name: cx.facts.project_name(), outside: BTreeSet::new(), findings }
}

/// Reports errors of the clusters and environments of files that a pipeline uses, each once.
fn report_computes(computes: &Computes, pipelines: &[ElaboratedPipeline<'_>], findings: &mut Findings) {
    let mut used: HashSet<&ComputeId> = HashSet::new();
    let mut extended: HashSet<&ComputeId> = HashSet::new();
    for pipeline in pipelines {
        used.extend(&pipeline.used_computes);
        extended.extend(&pipeline.extended_computes);
    }
    for (name, compute) in computes.iter() {
        if used.contains(name) || extended.contains(name) {
            findings.diagnostics.extend(compute.on_extension.clone());
        }
        if used.contains(name) {
            findings.diagnostics.extend(compute.on_use.clone());
        }
    }
}
