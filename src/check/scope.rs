//! What a name can mean at a place in the source.

use std::collections::{HashMap, HashSet};

use smol_str::SmolStr;

use super::budget::Budget;
use super::index::Link;
use super::messages;
use super::symbols::Symbols;
use crate::diag::{Diagnostic, Diagnostics};
use crate::model::{Reference, Type};
use crate::source::{Files, SourceMap, Span};
use crate::syntax::ast;

/// The value of a `var` for one target.
#[derive(Clone, Debug)]
pub(super) struct VarValue {
    pub value: ast::Value,
    /// The unit whose names the value sees.
    pub unit: usize,
    /// Given on the command line.
    pub from_flag: bool,
}

/// What a name in a pipeline's step name space is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NamedKind {
    Step,
    Condition,
    Loop,
    /// The step inside a loop, and the name of the loop.
    Inner,
}

/// A name of a step, condition or loop.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub kind: NamedKind,
    pub span: Span,
    /// The keys it stands for: one, or one for each element of a family.
    pub keys: Vec<(Option<SmolStr>, SmolStr)>,
    pub outputs: Vec<(SmolStr, Type, Span)>,
    /// A SQL step: outputs are columns of its first row.
    pub sql: bool,
    /// A Python step: it sets what it declares and nothing else.
    pub python: bool,
    /// A raw `condition_task`, which has outcomes as an `if` has.
    pub raw_condition: bool,
    /// Parts of it were not understood.
    pub broken: bool,
    /// A family of which only the first elements are here: there are more than a pipeline may have.
    pub truncated: bool,
    /// For an inner step: its loop's name.
    pub within: Option<SmolStr>,
}

impl Named {
    pub fn is_family(&self) -> bool {
        self.keys.first().is_some_and(|(index, _)| index.is_some())
    }
}

/// The names of a pipeline, found before its bodies are read.
#[derive(Debug, Default)]
pub(super) struct PipeNames<'a> {
    pub params: Vec<(SmolStr, Type, Span)>,
    /// Where each param is in `params`.
    pub param_index: HashMap<SmolStr, usize>,
    pub steps: HashMap<SmolStr, Named>,
    /// The step that each task key belongs to.
    pub keys: HashMap<SmolStr, SmolStr>,
    pub computes: Vec<&'a ast::Decl>,
    /// How many tasks the pipeline has, with those of truncated families.
    pub tasks: usize,
}

impl PipeNames<'_> {
    /// A param by its name.
    pub fn param(&self, name: &str) -> Option<&(SmolStr, Type, Span)> {
        self.params.get(*self.param_index.get(name)?)
    }
}

/// A name that holds inside a family or loop.
#[derive(Clone, Debug)]
pub(super) struct Local {
    pub name: SmolStr,
    /// Where the name is declared.
    pub span: Span,
    pub kind: LocalKind,
}

#[derive(Clone, Debug)]
pub(super) enum LocalKind {
    /// The element of a family: known at compile time.
    Element(ast::Value, usize),
    /// The item of a loop.
    Input(Type),
}

/// Where a value stands.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    pub unit: usize,
    pub pipe: Option<&'s PipeNames<'s>>,
    pub locals: &'s [Local],
}

impl Scope<'_> {
    /// The scope of declarations of a file.
    pub fn file(unit: usize) -> Scope<'static> {
        Scope { unit, pipe: None, locals: &[] }
    }

    pub fn in_loop(&self) -> bool {
        self.locals.iter().any(|l| matches!(l.kind, LocalKind::Input(_)))
    }
}

/// A reference used in a step, for the graph.
#[derive(Clone, Debug)]
pub(super) struct Use {
    pub reference: Reference,
    pub span: Span,
    /// Typed as text between braces: checked, but no edge.
    pub from_text: bool,
}

/// For how many unknown names of a project near ones are sought.
const SUGGESTIONS: usize = 100;

/// What the checks of one pipeline or target share.
pub(super) struct Checker<'a> {
    pub symbols: &'a Symbols<'a>,
    pub sources: &'a SourceMap,
    pub files: &'a dyn Files,
    pub vars: &'a HashMap<SmolStr, VarValue>,
    pub budget: &'a Budget,
    /// For how many more unknown names near ones are sought.
    pub suggestions: usize,
    pub diagnostics: Diagnostics,
    /// Names of declarations that something uses.
    pub used: HashSet<Span>,
    /// What each name that was read refers to, where that is asked for.
    pub links: Option<Vec<Link>>,
    /// References met since the list was last taken.
    pub uses: Vec<Use>,
    /// First words between braces that were warned of.
    pub literal_roots: HashSet<SmolStr>,
    /// Places from which constants are being read, outermost first.
    pub via: Vec<Span>,
    /// Constants being read, to stop at circles.
    pub reading: Vec<Span>,
    /// How many constants were read for the value at hand.
    pub reads: usize,
    /// A value inside a string is being read.
    pub in_text: bool,
    /// That constants are built on each other too deeply was told.
    pub told_too_deep: bool,
    /// That there is no package was told: it is one mistake, however many steps call functions.
    pub told_no_package: bool,
}

impl<'a> Checker<'a> {
    pub fn new(
        symbols: &'a Symbols<'a>,
        sources: &'a SourceMap,
        files: &'a dyn Files,
        vars: &'a HashMap<SmolStr, VarValue>,
        budget: &'a Budget,
    ) -> Self {
        Checker {
            symbols,
            sources,
            files,
            vars,
            budget,
            suggestions: (SUGGESTIONS / symbols.pipelines.len().max(1)).max(1),
            diagnostics: Diagnostics::new(),
            used: HashSet::new(),
            links: None,
            uses: Vec::new(),
            literal_roots: HashSet::new(),
            via: Vec::new(),
            reading: Vec::new(),
            reads: 0,
            in_text: false,
            told_too_deep: false,
            told_no_package: false,
        }
    }

    /// Notes what each name refers to from here on.
    pub fn linking(mut self, links: bool) -> Self {
        self.links = links.then(Vec::new);
        self
    }

    /// The names that an unknown one may have been meant to be; none after many unknown names, since each is compared
    /// with all.
    pub fn candidates<'n>(&mut self, names: impl FnOnce() -> Vec<&'n str>) -> Vec<&'n str> {
        match self.suggestions.checked_sub(1) {
            Some(left) => {
                self.suggestions = left;
                names()
            }
            None => Vec::new(),
        }
    }

    /// The name at `at` means the declaration whose name stands at `to`.
    pub fn link(&mut self, at: Span, to: Span) {
        if let Some(links) = &mut self.links {
            links.push(Link { at, to });
        }
    }

    /// The name at `at` uses the declaration whose name stands at `declared`.
    pub fn refer(&mut self, at: Span, declared: Span) {
        self.used.insert(declared);
        self.link(at, declared);
    }

    /// Adds a message. What is wrong with the value of a constant goes where its code says, and offers no change of what
    /// others may use as well.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        let diagnostic = match self.via.first() {
            Some(used_at) => messages::through_constant(diagnostic, *used_at),
            None => diagnostic,
        };
        self.diagnostics.push(diagnostic);
    }
}
