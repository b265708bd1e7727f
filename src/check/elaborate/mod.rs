//! From source to the model: names resolved, values evaluated, declarations merged.
//!
//! What has no meaning is reported here, as there is nothing to put into the model. What a finished program must not be
//! is for the [rules](super::rules); no rule is called from here.

mod calls;
mod companions;
mod compute;
mod compute_of_step;
mod control;
mod dbt;
mod eval;
mod fields;
mod files;
mod graph;
mod merge;
mod names;
mod packages;
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

use std::collections::{HashMap, HashSet};

use smol_str::SmolStr;

use super::budget::Budget;
use super::index::Link;
use super::messages;
use super::suggestions::Suggestions;
use super::symbols::Symbols;
use crate::diag::{Diagnostic, Diagnostics};
use crate::source::{Files, SourceMap, Span};
use scope::VarValue;

pub use compute_of_step::on_warehouse;
pub use graph::StepEdge;
pub use packages::Packaged;
pub use pipeline::ElaboratedPipeline;
pub use program::{Elaborated, program};
pub use scope::{StepSymbolKind, Use};
pub use vars::{checked_vars, var_values};

/// What all parts of a program are elaborated from.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub symbols: &'a Symbols<'a>,
    pub sources: &'a SourceMap,
    pub files: &'a dyn Files,
    pub budget: &'a Budget,
    /// What names refer to is wanted.
    pub links: bool,
}

/// The declarations and fields that something uses, by the place of their names.
#[derive(Debug, Default)]
pub struct Usage {
    /// Constants, vars, params, clusters and environments.
    pub declarations: HashSet<Span>,
    /// Fields of `defaults`, and those that a target lays over pipelines.
    pub fields: HashSet<Span>,
}

impl Usage {
    /// Adds what another part uses.
    pub fn extend(&mut self, other: &Usage) {
        self.declarations.extend(&other.declarations);
        self.fields.extend(&other.fields);
    }
}

/// What elaborating a part came to, beside the part itself.
#[derive(Debug, Default)]
pub struct Findings {
    pub diagnostics: Diagnostics,
    pub usage: Usage,
    /// What each name refers to, where that is wanted.
    pub links: Vec<Link>,
}

/// Builds one part of a program: a pipeline, or what the files declare outside of pipelines.
struct Elaborator<'a> {
    cx: Context<'a>,
    symbols: &'a Symbols<'a>,
    sources: &'a SourceMap,
    files: &'a dyn Files,
    budget: &'a Budget,
    vars: &'a HashMap<SmolStr, VarValue>,
    suggestions: Suggestions,
    findings: Findings,
    /// References met since [`Elaborator::recording`] was last entered.
    uses: Vec<Use>,
    /// First words between braces that were warned of.
    literal_roots: HashSet<SmolStr>,
    /// Places from which constants are being read, outermost first.
    via: Vec<Span>,
    /// Constants being read, to stop at cycles.
    reading: Vec<Span>,
    /// How many constants were read for the value at hand.
    reads: usize,
    /// A value inside a string is being read.
    in_text: bool,
    /// Constants that are built on each other too deeply were reported.
    reported_too_deep: bool,
    /// That there is no package was reported: it is one mistake, however many steps call functions.
    reported_no_package: bool,
}

impl<'a> Elaborator<'a> {
    fn new(cx: Context<'a>, vars: &'a HashMap<SmolStr, VarValue>) -> Self {
        Elaborator {
            cx,
            symbols: cx.symbols,
            sources: cx.sources,
            files: cx.files,
            budget: cx.budget,
            vars,
            suggestions: Suggestions::shared_by(cx.symbols.pipelines.len()),
            findings: Findings::default(),
            uses: Vec::new(),
            literal_roots: HashSet::new(),
            via: Vec::new(),
            reading: Vec::new(),
            reads: 0,
            in_text: false,
            reported_too_deep: false,
            reported_no_package: false,
        }
    }

    /// The name at `at` means the declaration whose name stands at `to`.
    fn record_link(&mut self, at: Span, to: Span) {
        if self.cx.links {
            self.findings.links.push(Link { at, to });
        }
    }

    /// The name at `at` uses the declaration whose name stands at `declared`.
    fn record_use(&mut self, at: Span, declared: Span) {
        self.findings.usage.declarations.insert(declared);
        self.record_link(at, declared);
    }

    /// Gives, with the result of `read`, the references to steps and facts that were met in it.
    fn recording<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> (T, Vec<Use>) {
        let around = std::mem::take(&mut self.uses);
        let out = read(self);
        (out, std::mem::replace(&mut self.uses, around))
    }

    /// Gives, with the result of `read`, the messages about it in place of reporting them.
    fn deferring<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> (T, Diagnostics) {
        let around = std::mem::take(&mut self.findings.diagnostics);
        let out = read(self);
        (out, std::mem::replace(&mut self.findings.diagnostics, around))
    }

    /// Adds a message. What is wrong with the value of a constant goes where its code says, and offers no change of what
    /// others may use as well.
    fn report(&mut self, diagnostic: Diagnostic) {
        let diagnostic = match self.via.first() {
            Some(used_at) => messages::through_constant(diagnostic, *used_at),
            None => diagnostic,
        };
        self.findings.diagnostics.push(diagnostic);
    }
}
