//! From source to the model: resolves names, evaluates values, merges declarations.
//!
//! This layer reports what has no meaning and cannot be part of the model. The [rules](super::rules) report what is
//! wrong with a finished program; no rule is called from here.

mod calls;
mod choose;
mod companions;
mod compute;
mod compute_of_step;
mod control;
mod data_files;
mod dbt;
mod eval;
mod expand;
mod facts;
mod families;
mod fields;
mod files;
mod foreign;
mod graph;
mod members;
mod merge;
mod names;
mod origins;
mod packages;
mod parts;
mod pipeline;
mod program;
mod python;
mod references;
mod requirements;
mod resolve;
mod scope;
mod steps;
mod target;
mod values;
mod vars;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use smol_str::SmolStr;

use super::budget::Budget;
use super::index::Link;
use super::messages;
use super::suggestions::Suggestions;
use super::symbols::Symbols;
use crate::diag::{Diagnostic, Diagnostics};
use crate::model::{Hole, Part, Text};
use crate::schema::Measure;
use crate::source::{Files, SourceMap, Span};
use scope::VarValue;

pub use calls::call_place;
pub use compute_of_step::on_warehouse;
pub use expand::expanded;
pub use facts::TargetFacts;
pub use families::Families;
pub use graph::StepEdge;
pub use packages::Packaged;
pub use pipeline::ElaboratedPipeline;
pub use program::{Elaborated, program};
pub use scope::{StepSymbolKind, Use};
pub use vars::{checked_vars, var_values};

/// The input of elaboration.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub symbols: &'a Symbols<'a>,
    pub sources: &'a SourceMap,
    pub files: &'a dyn Files,
    pub budget: &'a Budget,
    pub facts: &'a TargetFacts,
    pub families: &'a Families,
}

/// The declarations and fields that are used, by the spans of their names.
#[derive(Debug, Default)]
pub struct Usage {
    /// Constants, vars, params, clusters and environments.
    pub declarations: HashSet<Span>,
    /// Fields of `defaults`, and fields of a target that override those of pipelines.
    pub fields: HashSet<Span>,
    /// The conditions of `when` that do not depend on a var, and whether each held.
    pub conditions: HashMap<Span, bool>,
    /// Values that come from outside of the files, by the names of facts.
    pub outside: BTreeSet<(SmolStr, SmolStr)>,
}

impl Usage {
    /// Adds the usage of another part.
    pub fn extend(&mut self, other: &Usage) {
        self.declarations.extend(&other.declarations);
        self.fields.extend(&other.fields);
        for (condition, held) in &other.conditions {
            *self.conditions.entry(*condition).or_default() |= held;
        }
        self.outside.extend(other.outside.iter().cloned());
    }
}

/// The results of elaborating a part, other than the part itself.
#[derive(Debug, Default)]
pub struct Findings {
    pub diagnostics: Diagnostics,
    pub usage: Usage,
    /// What names refer to.
    pub links: Vec<Link>,
    /// What only a workspace knows, and where it is used.
    pub holes: Vec<(Hole, Span)>,
}

/// Builds one part of a program: a pipeline, or the declarations of the files.
struct Elaborator<'a> {
    symbols: &'a Symbols<'a>,
    sources: &'a SourceMap,
    files: &'a dyn Files,
    budget: &'a Budget,
    vars: &'a HashMap<SmolStr, VarValue>,
    facts: &'a TargetFacts,
    families: &'a Families,
    suggestions: Suggestions,
    findings: Findings,
    /// References since the last call of [`Elaborator::recording`].
    uses: Vec<Use>,
    /// First words in `{{...}}` that are not references and were already reported.
    literal_roots: HashSet<SmolStr>,
    /// Places from which constants are read, outermost first.
    via: Vec<Span>,
    /// Constants that are being read, to detect cycles.
    reading: Vec<Span>,
    /// The number of constants that were read for the current value.
    reads: usize,
    /// Whether the value is inside a string.
    in_text: bool,
    /// Whether a string would fit, so that a word can be quoted.
    takes_text: bool,
    /// Whether the value is an argument without a name, whose value names it.
    in_short_argument: bool,
    /// The unit of fields whose unit another field of the current body determines.
    unit: Option<Measure>,
    /// Whether constants that are nested too deeply were reported.
    reported_too_deep: bool,
    /// Whether a missing package was reported; it is one mistake, however many steps call functions.
    reported_no_package: bool,
}

impl<'a> Elaborator<'a> {
    fn new(cx: Context<'a>, vars: &'a HashMap<SmolStr, VarValue>) -> Self {
        Elaborator {
            symbols: cx.symbols,
            sources: cx.sources,
            files: cx.files,
            budget: cx.budget,
            vars,
            facts: cx.facts,
            families: cx.families,
            suggestions: Suggestions::shared_by(cx.symbols.pipelines.len()),
            findings: Findings::default(),
            uses: Vec::new(),
            literal_roots: HashSet::new(),
            via: Vec::new(),
            reading: Vec::new(),
            reads: 0,
            in_text: false,
            takes_text: true,
            in_short_argument: false,
            unit: None,
            reported_too_deep: false,
            reported_no_package: false,
        }
    }

    /// The directory that paths in a file are relative to.
    fn dir(&self, unit: usize) -> &'a Path {
        self.symbols.project.units.get(unit).map_or(Path::new(""), |u| u.dir())
    }

    /// Records that the name at `at` refers to the declaration whose name is at `to`.
    fn record_link(&mut self, at: Span, to: Span) {
        self.findings.links.push(Link { at, to });
    }

    /// Records that the name at `at` uses the declaration whose name is at `declared`.
    fn record_use(&mut self, at: Span, declared: Span) {
        self.findings.usage.declarations.insert(declared);
        self.record_link(at, declared);
    }

    /// Records the holes of a text that is used at a place.
    fn record_holes(&mut self, text: &Text, at: Span) {
        let holes = text.parts.iter().filter_map(|part| match part {
            Part::Hole(hole) => Some((hole.clone(), at)),
            _ => None,
        });
        self.findings.holes.extend(holes);
    }

    /// Returns the result of `read` with the references to steps and facts in it.
    fn recording<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> (T, Vec<Use>) {
        let around = std::mem::take(&mut self.uses);
        let out = read(self);
        (out, std::mem::replace(&mut self.uses, around))
    }

    /// Returns the result of `read` with its diagnostics, instead of reporting them.
    fn deferring<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> (T, Diagnostics) {
        let around = std::mem::take(&mut self.findings.diagnostics);
        let out = read(self);
        (out, std::mem::replace(&mut self.findings.diagnostics, around))
    }

    /// Adds a diagnostic. Its code decides whether an error in a constant is reported at the constant or its use. A
    /// constant that others may use gets no fixes.
    fn report(&mut self, diagnostic: Diagnostic) {
        let is_data = || self.symbols.project.unit_of(diagnostic.span.file).is_none();
        let diagnostic = match self.via.first() {
            // The mistake is in a data file.
            Some(used_at) if is_data() => messages::in_data_file(diagnostic, *used_at),
            Some(used_at) => messages::through_constant(diagnostic, *used_at),
            None => diagnostic,
        };
        self.findings.diagnostics.push(diagnostic);
    }
}
