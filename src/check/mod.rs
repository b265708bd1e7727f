//! Checks projects without a network.
//!
//! A project is checked per target, in two layers: `elaborate` builds the model, and `rules` check the finished
//! program. The result is a [`Valid`] program, or none.

mod budget;
mod causes;
mod constants;
mod elaborate;
mod index;
mod messages;
mod python_types;
mod rules;
mod suggestions;
mod symbols;

pub use elaborate::call_place;
pub use index::{Index, Link};

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use rayon::prelude::*;
use smol_str::SmolStr;

use crate::diag::{Code, Diagnostic, Diagnostics, list_names};
use crate::model::{Program, Valid};
use crate::project::{Loaded, Project};
use crate::schema::key;
use crate::source::{Confined, Files, SourceMap, Span};
use crate::syntax::ast::{BindingKind, Decl, EntryValue, Item, ValueKind};
use budget::{Budget, MAX_TARGETS};
use elaborate::Usage;
use symbols::{InFile, Symbols};

/// Options of a check.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The target; `None` for the default or all.
    pub target: Option<SmolStr>,
    /// Without a target: check every target, not only the default.
    pub all_targets: bool,
    /// Drop programs after checking, because only diagnostics are needed.
    pub diagnostics_only: bool,
    /// Build an index per project.
    pub index: bool,
    /// Names and values of `--var`.
    pub vars: Vec<(SmolStr, SmolStr)>,
    /// The user that deploys; without one, `user.name` is a placeholder.
    pub user: Option<SmolStr>,
    /// The environment variables that `env` reads.
    pub environment: HashMap<SmolStr, SmolStr>,
}

/// An error in the options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionsError(pub String);

impl std::fmt::Display for OptionsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OptionsError {}

#[derive(Debug, Default)]
pub struct Checked {
    /// The program per project and target, if it has no errors.
    pub programs: Vec<Option<Valid<Program>>>,
    /// The index per project, if requested.
    pub indexes: Vec<Index>,
    /// All diagnostics, including those of parsing, sorted and without duplicates.
    pub diagnostics: Vec<Diagnostic>,
}

impl Checked {
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity == crate::diag::Severity::Error)
    }
}

/// Checks everything that was loaded.
///
/// # Errors
/// An unknown target or var in the options, or no way to select a target.
pub fn check(loaded: &Loaded, files: &dyn Files, options: &Options) -> Result<Checked, OptionsError> {
    let one = |project: &Project| check_project(project, &loaded.sources, files, &loaded.diagnostics, options);
    let results: Vec<Result<ProjectResult, OptionsError>> = if loaded.projects.len() > 1 {
        loaded.projects.par_iter().map(one).collect()
    } else {
        loaded.projects.iter().map(one).collect()
    };
    let mut checked = Checked::default();
    let mut diagnostics = loaded.diagnostics.clone();
    let mut used = HashSet::new();
    let mut links = Vec::new();
    for result in results {
        let result = result?;
        diagnostics.extend(result.diagnostics);
        used.extend(result.used);
        links.extend(result.links);
        checked.programs.extend(result.programs);
        checked.indexes.extend(result.index);
    }
    for (name, _) in &options.vars {
        let known = loaded.projects.iter().flat_map(|p| &p.units).flat_map(|u| &u.ast.items);
        if !known
            .into_iter()
            .any(|i| matches!(i, Item::Binding(b) if b.kind == BindingKind::Var && b.name.text == *name))
        {
            return Err(OptionsError(format!("unknown var `{name}`")));
        }
    }
    checked.diagnostics = causes::one_per_mistake(diagnostics, used, &links, &loaded.sources);
    Ok(checked)
}

struct ProjectResult {
    diagnostics: Diagnostics,
    programs: Vec<Option<Valid<Program>>>,
    index: Option<Index>,
    /// The declarations that are used.
    used: HashSet<Span>,
    links: Vec<Link>,
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
    let mut usage = Usage::default();
    let mut programs = Vec::new();
    let mut index = options.index.then(Index::default);
    let unread = loading
        .iter()
        .any(|d| d.severity == crate::diag::Severity::Error && project.units.iter().any(|u| u.id == d.span.file));
    let budget = Budget::new();
    let nothing = elaborate::Families::default();
    let mut links = Vec::new();
    let mut checked = 0;
    for target in targets(&symbols, options, &mut diagnostics)? {
        checked += 1;
        budget.next_target();
        let mut found = Diagnostics::new();
        let facts = elaborate::TargetFacts::of(target, project.name(), options.user.as_ref());
        let cx = elaborate::Context {
            symbols: &symbols,
            sources,
            files,
            budget: &budget,
            facts: &facts,
            families: &nothing,
        };
        let given = elaborate::var_values(&symbols, target, &options.vars, &options.environment, &mut found);
        let (vars, of_vars) = elaborate::checked_vars(cx, target, given);
        found.extend(of_vars.diagnostics);
        usage.extend(&of_vars.usage);
        let expanded = elaborate::expanded(cx, &vars);
        found.extend(expanded.findings.diagnostics);
        usage.extend(&expanded.findings.usage);
        links.extend(expanded.findings.links);
        let of_target = match &expanded.project {
            Cow::Borrowed(_) => None,
            Cow::Owned(project) => Some(Symbols::collect(project, sources, &mut found)),
        };
        let cx =
            elaborate::Context { symbols: of_target.as_ref().unwrap_or(&symbols), families: &expanded.families, ..cx };
        let mut program = elaborate::program(cx, &vars, target);
        found.extend(rules::check_program(cx, &mut program));
        if budget.is_spent() {
            return Ok(too_much(project, loading, index));
        }
        let ok = !unread && !found.has_errors() && !diagnostics.has_errors();
        diagnostics.extend(found);
        usage.extend(&program.usage());
        links.extend(of_vars.links);
        links.extend(program.links());
        program.outside.extend(of_vars.usage.outside);
        program.outside.extend(expanded.findings.usage.outside);
        if let Some(index) = &mut index {
            index.programs.push(program.into_program());
        } else if !options.diagnostics_only {
            programs.push(Valid::new(program.into_program(), ok));
        }
    }
    let all_targets = checked >= symbols.targets.len();
    diagnostics =
        rules::check_project(&rules::ProjectFacts { symbols: &symbols, usage: &usage, all_targets }, diagnostics);
    if diagnostics.has_errors() {
        programs.iter_mut().for_each(|p| *p = None);
    }
    links.sort_unstable();
    links.dedup();
    if let Some(index) = &mut index {
        index.links = links.clone();
        index.links.retain(|l| l.at != l.to);
    }
    Ok(ProjectResult { diagnostics, programs, index, used: usage.declarations, links })
}

/// Reports a project whose expansion exceeds the budget.
fn too_much(project: &Project, loading: &Diagnostics, index: Option<Index>) -> ProjectResult {
    let mut diagnostics = Diagnostics::new();
    // Syntax errors are part of `loading`.
    if let Some(root) =
        project.root().filter(|r| !loading.iter().any(|d| d.span.file == r.id && d.code == Code::TooMany))
    {
        let span = root.ast.items.first().map_or(Span::new(root.id, 0, 0), |i| i.span().start_point());
        diagnostics.push(messages::project_too_large(span));
    }
    ProjectResult { diagnostics, programs: Vec::new(), index, used: HashSet::new(), links: Vec::new() }
}

/// The targets to check; one `None` for a project without targets.
fn targets<'a>(
    symbols: &Symbols<'a>,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Option<InFile<'a, Decl>>>, OptionsError> {
    let all = &symbols.targets;
    let is_default = |d: &Decl| {
        d.body.items.iter().find_map(|i| match i {
            Item::Entry(e) if e.key.text == key::DEFAULT.name() => match &e.value {
                EntryValue::Assign(v) => match &v.kind {
                    ValueKind::Path(p) if p.word() == Some("true") => Some(e.key.span),
                    _ => None,
                },
                EntryValue::Block(_) => None,
            },
            _ => None,
        })
    };
    let defaults: Vec<(InFile<'a, Decl>, Span)> = all.iter().filter_map(|t| Some((*t, is_default(t.decl)?))).collect();
    if let [(_, first), (_, second), ..] = defaults.as_slice() {
        diagnostics.push(messages::two_default_targets(*first, *second));
    }
    let names: Vec<SmolStr> = all.iter().map(|t| t.decl.name.text.clone()).collect();
    if let Some(name) = &options.target {
        return match all.iter().find(|t| t.decl.name.text == *name) {
            Some(target) => Ok(vec![Some(*target)]),
            None if names.is_empty() => {
                Err(OptionsError(format!("unknown target `{name}`: the project declares no targets")))
            }
            None => Err(OptionsError(format!(
                "unknown target `{name}`; use {}",
                list_names(names.iter().map(SmolStr::as_str), 12)
            ))),
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
        _ => Err(OptionsError(format!(
            "no default target; choose one with `--target`: {}",
            list_names(names.iter().map(SmolStr::as_str), 12)
        ))),
    }
}
