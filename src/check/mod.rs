//! Is it a program that hangs together? Finds every mistake that can be found without a network.
//!
//! A project is checked for a target: vars get their values, bodies are held against the table, names are resolved,
//! clusters merged, the graph built. What comes out is a [`Valid`] program, or none.

mod annotations;
mod budget;
mod calls;
mod companions;
mod compute;
mod control;
mod data;
mod dbt;
mod eval;
mod fields;
mod fit;
mod graph;
mod index;
mod job;
mod merge;
mod messages;
mod names;
mod place;
mod references;
mod required;
mod requirements;
mod resolve;
mod returns;
mod scope;
mod signature;
mod steps;
mod symbols;
mod target;
mod time;
mod values;

pub use index::{Index, Link};

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;
use smol_str::SmolStr;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{Pipeline, Program, StepKind, Valid};
use crate::project::{Loaded, Project};
use crate::source::{Confined, Files, SourceMap, Span};
use crate::syntax::ast::{BindingKind, Decl, EntryValue, Item, ValueKind};
use budget::{Budget, MAX_TARGETS, STEP};
use scope::Checker;
use symbols::{In, Symbols};

/// What to check for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The target; `None` for the default one, or for all.
    pub target: Option<SmolStr>,
    /// Without a target named: check every target, not only the default one.
    pub all_targets: bool,
    /// Only the diagnostics are wanted: programs are dropped as soon as they are checked.
    pub diagnostics_only: bool,
    /// What names refer to is wanted, and the programs as far as they were understood.
    pub index: bool,
    /// `--var` names and values.
    pub vars: Vec<(SmolStr, SmolStr)>,
}

/// A mistake in the options and not in a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionsError(pub String);

impl std::fmt::Display for OptionsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OptionsError {}

/// What checking came to.
#[derive(Debug, Default)]
pub struct Checked {
    /// For each project and target that was checked: the program, if it has no errors.
    pub programs: Vec<Option<Valid<Program>>>,
    /// Where it was asked for: for each project what names refer to.
    pub indexes: Vec<Index>,
    /// Everything found, parsing included, in order and each once.
    pub diagnostics: Vec<Diagnostic>,
}

impl Checked {
    /// Whether there is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity == crate::diag::Severity::Error)
    }
}

/// Checks everything that was loaded.
///
/// # Errors
/// A target or var in the options that no project has, or no way to tell which target is meant.
pub fn check(loaded: &Loaded, files: &dyn Files, options: &Options) -> Result<Checked, OptionsError> {
    let one = |project: &Project| check_project(project, &loaded.sources, files, &loaded.diagnostics, options);
    let results: Vec<Result<ProjectResult, OptionsError>> = if loaded.projects.len() > 1 {
        loaded.projects.par_iter().map(one).collect()
    } else {
        loaded.projects.iter().map(one).collect()
    };
    let mut checked = Checked::default();
    let mut diagnostics = loaded.diagnostics.clone();
    for result in results {
        let result = result?;
        diagnostics.extend(result.diagnostics);
        checked.programs.extend(result.programs);
        checked.indexes.extend(result.index);
    }
    for (name, _) in &options.vars {
        let known = loaded.projects.iter().flat_map(|p| &p.units).flat_map(|u| &u.ast.items);
        if !known
            .into_iter()
            .any(|i| matches!(i, Item::Binding(b) if b.kind == BindingKind::Var && b.name.text == *name))
        {
            return Err(OptionsError(format!("there is no `var {name}` to set")));
        }
    }
    checked.diagnostics = diagnostics.into_sorted();
    Ok(checked)
}

struct ProjectResult {
    diagnostics: Diagnostics,
    programs: Vec<Option<Valid<Program>>>,
    index: Option<Index>,
}

fn check_project(
    project: &Project,
    sources: &SourceMap,
    files: &dyn Files,
    loading: &Diagnostics,
    options: &Options,
) -> Result<ProjectResult, OptionsError> {
    let files = &Confined::new(files, &project.boundary);
    let mut diagnostics = Diagnostics::new();
    let symbols = Symbols::collect(project, sources, &mut diagnostics);
    let mut used: HashSet<Span> = HashSet::new();
    let mut programs = Vec::new();
    let mut index = options.index.then(Index::default);
    let unread = loading
        .iter()
        .any(|d| d.severity == crate::diag::Severity::Error && project.units.iter().any(|u| u.id == d.span.file));
    let budget = Budget::new();
    for target in targets(&symbols, options, &mut diagnostics)? {
        budget.next_target();
        let mut found = Diagnostics::new();
        let vars = target::var_values(&symbols, target, &options.vars, &mut found);
        let names = Names { used: &mut used, links: index.as_mut().map(|i| &mut i.links) };
        let (program, more) = program(&symbols, sources, files, &vars, target, &budget, names);
        found.extend(more);
        if budget.is_spent() {
            return Ok(too_much(project, loading, index));
        }
        let ok = !unread && !found.has_errors() && !diagnostics.has_errors();
        diagnostics.extend(found);
        if let Some(index) = &mut index {
            index.programs.push(program);
        } else if !options.diagnostics_only {
            programs.push(Valid::new(program, ok));
        }
    }
    symbols.unused(&|span| used.contains(&span), &mut diagnostics);
    if diagnostics.has_errors() {
        programs.iter_mut().for_each(|p| *p = None);
    }
    if let Some(index) = &mut index {
        index.links.sort_unstable();
        index.links.dedup();
        index.links.retain(|l| l.at != l.to);
    }
    Ok(ProjectResult { diagnostics, programs, index })
}

/// What comes of a project that multiplies what is written beyond reason: one message, and no program.
fn too_much(project: &Project, loading: &Diagnostics, index: Option<Index>) -> ProjectResult {
    let mut diagnostics = Diagnostics::new();
    // What is wrong with the text itself is a part of `loading`.
    if let Some(root) =
        project.root().filter(|r| !loading.iter().any(|d| d.span.file == r.id && d.code == Code::TooMany))
    {
        let span = root.ast.items.first().map_or(Span::new(root.id, 0, 0), |i| i.span().start_point());
        diagnostics.push(messages::project_too_large(span));
    }
    ProjectResult { diagnostics, programs: Vec::new(), index }
}

/// A pipeline that was checked by itself.
struct Read {
    pipeline: Pipeline,
    diagnostics: Diagnostics,
    used: HashSet<Span>,
    links: Option<Vec<Link>>,
}

/// What is noted of names while a program is checked.
struct Names<'a> {
    used: &'a mut HashSet<Span>,
    links: Option<&'a mut Vec<Link>>,
}

impl Names<'_> {
    fn add(&mut self, used: HashSet<Span>, links: Option<Vec<Link>>) {
        self.used.extend(used);
        if let (Some(all), Some(links)) = (&mut self.links, links) {
            all.extend(links);
        }
    }
}

/// Which targets to check a project for; one `None` for a project without targets.
fn targets<'a>(
    symbols: &Symbols<'a>,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Option<In<'a, Decl>>>, OptionsError> {
    let all = &symbols.targets;
    let is_default = |d: &Decl| {
        d.body.items.iter().find_map(|i| match i {
            Item::Entry(e) if e.key.text == "default" => match &e.value {
                EntryValue::Assign(v) => match &v.kind {
                    ValueKind::Path(p) if p.word() == Some("true") => Some(e.key.span),
                    _ => None,
                },
                EntryValue::Block(_) => None,
            },
            _ => None,
        })
    };
    let defaults: Vec<(In<'a, Decl>, Span)> = all.iter().filter_map(|t| Some((*t, is_default(t.decl)?))).collect();
    if let [(_, first), (_, second), ..] = defaults.as_slice() {
        diagnostics.push(messages::two_default_targets(*first, *second));
    }
    let names: Vec<SmolStr> = all.iter().map(|t| t.decl.name.text.clone()).collect();
    if let Some(name) = &options.target {
        return match all.iter().find(|t| t.decl.name.text == *name) {
            Some(target) => Ok(vec![Some(*target)]),
            None if names.is_empty() => {
                Err(OptionsError(format!("there is no target `{name}`: the project declares none")))
            }
            None => Err(OptionsError(format!("there is no target `{name}`; there is {}", job::target_names(&names)))),
        };
    }
    if all.is_empty() {
        return Ok(vec![None]);
    }
    if let Some(over) = all.get(MAX_TARGETS) {
        diagnostics.push(messages::too_many_targets(over.decl.name.span, all.len()));
        return Ok(Vec::new());
    }
    if options.all_targets {
        return Ok(all.iter().copied().map(Some).collect());
    }
    match (defaults.first(), all.as_slice()) {
        (Some((target, _)), _) => Ok(vec![Some(*target)]),
        (None, [one]) => Ok(vec![Some(*one)]),
        _ => Err(OptionsError(format!("which target? name one with `--target`: {}", job::target_names(&names)))),
    }
}

fn program(
    symbols: &Symbols<'_>,
    sources: &SourceMap,
    files: &dyn Files,
    vars: &HashMap<SmolStr, scope::VarValue>,
    target: Option<In<'_, Decl>>,
    budget: &Budget,
    mut names: Names<'_>,
) -> (Program, Diagnostics) {
    let linking = names.links.is_some();
    let mut checker = Checker::new(symbols, sources, files, vars, budget).linking(linking);
    if let Some(target) = target {
        target::link_vars(&mut checker, target);
    }
    let unfit = target::check_vars(&mut checker);
    // A value that does not fit its var is reported; what uses it must not be reported again.
    let fitting: HashMap<SmolStr, scope::VarValue> =
        vars.iter().filter(|(n, _)| !unfit.contains(n)).map(|(n, v)| (n.clone(), v.clone())).collect();
    let vars = &fitting;
    let mut checker = Checker { vars, ..checker };
    let parts = target::read(&mut checker, target);
    checker.constants();
    let packages = checker.packages();
    checker.opened_files(&packages);
    checker.top_level();
    let mut diagnostics = checker.diagnostics;
    names.add(checker.used, checker.links);
    let one = |pipeline: &In<'_, Decl>| {
        budget.charge(STEP);
        let mut checker = Checker::new(symbols, sources, files, vars, budget).linking(linking);
        let pipeline = checker.pipeline(*pipeline, &parts, &packages);
        Read { pipeline, diagnostics: checker.diagnostics, used: checker.used, links: checker.links }
    };
    let results: Vec<Read> = if symbols.pipelines.len() > 1 {
        symbols.pipelines.par_iter().map(one).collect()
    } else {
        symbols.pipelines.iter().map(one).collect()
    };
    let mut pipelines = Vec::new();
    for read in results {
        pipelines.push(read.pipeline);
        diagnostics.extend(read.diagnostics);
        names.add(read.used, read.links);
    }
    circles_of_pipelines(&pipelines, &mut diagnostics);
    notebooks_of_one_name(&pipelines, &mut diagnostics);
    for field in parts.job.fields.iter().filter(|f| !pipelines.is_empty() && !names.used.contains(&f.key)) {
        let key = field.field.key;
        diagnostics.push(messages::unused_target_field(field.key, key));
    }
    let name = packages
        .first()
        .map(|p| p.package.name.clone())
        .or_else(|| pipelines.first().map(|p| p.name.clone()))
        .unwrap_or_default();
    let packages = packages.into_iter().map(|p| p.package).collect();
    (Program { name, target: parts.target, packages, pipelines }, diagnostics)
}

/// Notebooks lose their extension in the workspace: two that differ only in it would be one.
fn notebooks_of_one_name(pipelines: &[Pipeline], diagnostics: &mut Diagnostics) {
    let mut seen: HashMap<std::path::PathBuf, (&std::path::Path, Span)> = HashMap::new();
    for step in pipelines.iter().flat_map(|p| &p.steps) {
        let step = step.inner();
        let StepKind::File(call) = &step.kind else { continue };
        let (Some(local), crate::model::FileKind::Notebook) = (&call.local, call.kind) else { continue };
        match seen.get(&local.with_extension("")) {
            Some((other, span)) if other != local => {
                diagnostics.push(messages::notebooks_of_one_name(call.span, *span));
            }
            Some(_) => {}
            None => {
                seen.insert(local.with_extension(""), (local, call.span));
            }
        }
    }
}

fn circles_of_pipelines(pipelines: &[Pipeline], diagnostics: &mut Diagnostics) {
    let edges = pipelines.iter().enumerate().flat_map(|(from, pipeline)| {
        pipeline.steps.iter().filter_map(move |step| {
            let step = step.inner();
            let StepKind::Run(call) = &step.kind else { return None };
            let to = pipelines.iter().position(|p| p.name == call.pipeline)?;
            Some((from, to, call.span))
        })
    });
    for circle in crate::project::circles(pipelines.len(), edges) {
        let Some((first, rest)) = circle.split_first() else { continue };
        diagnostics.push(messages::pipeline_cycle(*first, rest));
    }
}

impl Checker<'_> {
    /// The constants of every file, whether used or not.
    fn constants(&mut self) {
        let symbols = self.symbols;
        for (unit, file) in symbols.project.units.iter().enumerate() {
            for item in &file.ast.items {
                let Item::Binding(b) = item else { continue };
                let scope = scope::Scope::file(unit);
                if let Some(d) = steps::refuse_reserved(&b.name) {
                    self.report(d);
                }
                let wanted = match &b.ty {
                    Some(ty) => self.type_of(ty).unwrap_or(crate::model::Type::Any),
                    None => crate::model::Type::Any,
                };
                if let (BindingKind::Let, Some(value)) = (b.kind, &b.value) {
                    // A name of a compute, and blocks for fields, are read where they are used.
                    let deferred = match &value.kind {
                        ValueKind::Path(p) => {
                            p.word().is_some_and(|w| {
                                symbols.find_compute(unit, w).is_some()
                                    || eval::reserved(w) && !matches!(w, "true" | "false")
                            }) || matches!(wanted, crate::model::Type::Compute | crate::model::Type::Enum(_))
                        }
                        ValueKind::Object(_) | ValueKind::Duration(..) | ValueKind::Range(..) => true,
                        _ => false,
                    };
                    if !deferred {
                        let name = b.name.span;
                        self.reading.push(name);
                        target::check_type(self, value, scope, &wanted, &b.name, b.ty.as_ref().map(|t| t.span));
                        self.reading.pop();
                    }
                }
            }
        }
    }

    /// Entries that have no place at the top of a file.
    fn top_level(&mut self) {
        self.extends_cycles();
        let symbols = self.symbols;
        for (unit, file) in symbols.project.units.iter().enumerate() {
            for item in &file.ast.items {
                match item {
                    Item::Binding(b) if matches!(b.kind, BindingKind::Param | BindingKind::Output) => {
                        self.misplaced(item, "a file")
                    }
                    Item::Decl(d) if d.kind == crate::syntax::ast::DeclKind::Step => self.misplaced(item, "a file"),
                    Item::If(_) | Item::For(_) | Item::Call(_) => self.misplaced(item, "a file"),
                    Item::Entry(e) => {
                        self.report(messages::field_in_file(e.key.span));
                    }
                    Item::Decl(d)
                        if matches!(
                            d.kind,
                            crate::syntax::ast::DeclKind::Cluster | crate::syntax::ast::DeclKind::Environment
                        ) =>
                    {
                        if let Some(d) = steps::refuse_reserved(&d.name) {
                            self.report(d);
                        }
                        self.unused_compute_body(d, unit);
                    }
                    _ => {}
                }
            }
        }
    }

    /// A file's cluster or environment is checked even where no pipeline uses it.
    fn unused_compute_body(&mut self, d: &Decl, unit: usize) {
        let place = match d.kind {
            crate::syntax::ast::DeclKind::Cluster => &crate::schema::CLUSTER_PLACE,
            _ => &crate::schema::ENVIRONMENT_PLACE,
        };
        self.body(&d.body, fields::Against::Place(place), scope::Scope::file(unit));
    }
}
