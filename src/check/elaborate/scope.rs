//! What a name can mean at a place in the source.

use std::collections::{HashMap, HashSet};

use smol_str::SmolStr;

use crate::model::{Reference, Type};
use crate::source::Span;
use crate::syntax::ast;

/// The value of a `var` for one target.
#[derive(Clone, Debug)]
pub struct VarValue {
    pub value: ast::Value,
    /// The unit whose names the value sees.
    pub unit: usize,
    /// Given on the command line.
    pub from_flag: bool,
}

/// What a name in a pipeline's step name space is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepSymbolKind {
    Step,
    Condition,
    Loop,
    /// The step inside a loop, and the name of the loop.
    Inner,
}

/// What a step runs, as far as it matters for its outputs and outcomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Runs {
    /// Nothing of those below.
    #[default]
    Other,
    /// SQL: outputs are columns of its first row.
    Sql,
    /// A Python function: it sets what it declares and nothing else.
    Python,
    /// A raw `condition_task`, which has outcomes as an `if` has.
    RawCondition,
}

/// A task that a step makes.
#[derive(Clone, Debug)]
pub struct TaskName {
    /// The element of a family.
    pub element: Option<Element>,
    pub key: SmolStr,
}

/// An element of a family.
#[derive(Clone, Debug)]
pub struct Element {
    /// The text that names it.
    pub index: SmolStr,
    pub value: ast::Value,
    /// The unit that it is written in.
    pub unit: usize,
}

/// A name of a step, condition or loop.
#[derive(Clone, Debug)]
pub struct StepSymbol {
    pub kind: StepSymbolKind,
    pub span: Span,
    /// The tasks it stands for: one, or one for each element of a family.
    pub tasks: Vec<TaskName>,
    pub outputs: Vec<(SmolStr, Type, Span)>,
    /// What it runs, as far as it matters for its outputs and outcomes.
    pub runs: Runs,
    /// Parts of it were not understood.
    pub broken: bool,
    /// A family of which only the first elements are here: there are more than a pipeline may have.
    pub truncated: bool,
    /// For an inner step: its loop's name.
    pub within: Option<SmolStr>,
}

impl StepSymbol {
    pub fn is_family(&self) -> bool {
        self.tasks.first().is_some_and(|t| t.element.is_some())
    }
}

/// The names of a pipeline, found before its bodies are read.
#[derive(Debug, Default)]
pub struct PipelineScope<'a> {
    pub params: Vec<(SmolStr, Type, Span)>,
    /// Where each param is in `params`.
    pub param_index: HashMap<SmolStr, usize>,
    pub steps: HashMap<SmolStr, StepSymbol>,
    /// The step that each task key belongs to.
    pub keys: HashMap<SmolStr, SmolStr>,
    pub computes: Vec<&'a ast::Decl>,
    /// How many tasks the pipeline has, with those of truncated families.
    pub tasks: usize,
    /// Variables of families and loops that have the name of a param.
    pub shadowing: HashSet<SmolStr>,
}

impl PipelineScope<'_> {
    /// A param by its name.
    pub fn param(&self, name: &str) -> Option<&(SmolStr, Type, Span)> {
        self.params.get(*self.param_index.get(name)?)
    }
}

/// A name that holds inside a family or loop.
#[derive(Clone, Debug)]
pub struct Local {
    pub name: SmolStr,
    /// Where the name is declared.
    pub span: Span,
    pub kind: LocalKind,
}

#[derive(Clone, Debug)]
pub enum LocalKind {
    /// The element of a family: known at compile time.
    Element(ast::Value, usize),
    /// The item of a loop.
    Input(Type),
}

/// Where a value stands.
#[derive(Clone, Copy)]
pub struct Scope<'s> {
    pub unit: usize,
    pub pipe: Option<&'s PipelineScope<'s>>,
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
pub struct Use {
    pub reference: Reference,
    pub span: Span,
    /// Typed as text between braces: checked, but no edge.
    pub from_text: bool,
}
