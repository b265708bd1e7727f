//! A program for one target.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;
use smol_str::SmolStr;

use super::compute::Computes;
use super::packages::Packaged;
use super::pipeline::{ElaboratedPipeline, PipelineShared, pipeline};
use super::scope::VarValue;
use super::target::{TargetParts, target_parts};
use super::{Context, Elaborator, Findings, Usage};
use crate::check::index::Link;
use crate::check::symbols::InFile;
use crate::model::Program;
use crate::source::Span;
use crate::syntax::ast::Decl;

/// A program for one target, with what its rules read in addition to the model.
pub struct Elaborated<'a> {
    pub target: TargetParts<'a>,
    pub packages: Vec<Packaged<'a>>,
    pub pipelines: Vec<ElaboratedPipeline<'a>>,
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
        let pipelines: Vec<_> = self.pipelines.into_iter().map(|p| p.pipeline).collect();
        let name = self
            .packages
            .first()
            .map(|p| p.package.name.clone())
            .or_else(|| pipelines.first().map(|p| p.name.clone()))
            .unwrap_or_default();
        let packages = self.packages.into_iter().map(|p| p.package).collect();
        Program { name, target: self.target.target, packages, pipelines }
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
    Elaborated { target, packages, pipelines, findings }
}

/// Reports errors of the clusters and environments of files that a pipeline uses, each once.
fn report_computes(computes: &Computes, pipelines: &[ElaboratedPipeline<'_>], findings: &mut Findings) {
    let mut used: HashSet<Span> = HashSet::new();
    let mut extended: HashSet<Span> = HashSet::new();
    for pipeline in pipelines {
        used.extend(&pipeline.used_computes);
        extended.extend(&pipeline.extended_computes);
    }
    for (name, compute) in computes.iter() {
        if used.contains(&name) || extended.contains(&name) {
            findings.diagnostics.extend(compute.on_extension.clone());
        }
        if used.contains(&name) {
            findings.diagnostics.extend(compute.on_use.clone());
        }
    }
}
