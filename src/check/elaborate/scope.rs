//! Scopes: what a name refers to at a place in the source.

use std::collections::{HashMap, HashSet};

use smol_str::SmolStr;

use crate::diag::{Candidate, MemberOrigin};
use crate::model::{Reference, Type};
use crate::source::Span;
use crate::syntax::ast;

/// The value of a `var` for one target.
#[derive(Clone, Debug)]
pub struct VarValue {
    pub value: ast::Value,
    /// The unit that defines the scope of the value.
    pub unit: usize,
    /// Set on the command line.
    pub from_flag: bool,
    /// The environment variable that it comes from, if it does.
    pub from_environment: Option<SmolStr>,
}

impl VarValue {
    /// A value in a file.
    pub fn written(value: ast::Value, unit: usize) -> VarValue {
        VarValue { value, unit, from_flag: false, from_environment: None }
    }
}

/// What a name among the steps of a pipeline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepSymbolKind {
    Step,
    Condition,
    Loop,
    /// The step inside a loop, with the name of the loop.
    Inner,
}

/// What a step runs, as far as it matters for outputs and outcomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Runs {
    /// Anything else.
    #[default]
    Other,
    /// SQL: outputs are columns of its first row.
    Sql,
    /// A Python function: it sets exactly its declared outputs.
    Python,
    /// A `condition_task` block, which has outcomes like an `if`.
    RawCondition,
}

/// A task of a step.
#[derive(Clone, Debug)]
pub struct TaskName {
    /// The member of a family.
    pub member: Option<FamilyMember>,
    pub key: SmolStr,
}

/// A member of a family.
#[derive(Clone, Debug)]
pub struct FamilyMember {
    /// The text that selects it: `load["eu"]`.
    pub index: SmolStr,
    /// Its name: `load_eu`.
    pub key: SmolStr,
    /// The elements, one for each variable.
    pub locals: Vec<Local>,
    /// Where its last element is written.
    pub at: Span,
}

impl FamilyMember {
    /// Its name in messages, as one of `count` members of a family.
    pub fn origin(&self, family: &ast::Ident, count: usize) -> MemberOrigin {
        MemberOrigin { family: family.span, name: format!("{}[\"{}\"]", family.text, self.index), count }
    }
}

/// A name of a step, condition or loop.
#[derive(Clone, Debug)]
pub struct StepSymbol {
    pub kind: StepSymbolKind,
    pub span: Span,
    /// Its tasks: one, or one per element of a family.
    pub tasks: Vec<TaskName>,
    pub outputs: Vec<(SmolStr, Type, Span)>,
    /// What it runs.
    pub runs: Runs,
    /// Parts of it are invalid.
    pub broken: bool,
    /// Only the first elements of the family are included, because there are more than a pipeline may have.
    pub truncated: bool,
    /// The loop of an inner step.
    pub within: Option<SmolStr>,
}

impl StepSymbol {
    /// Whether it has elements, even if its list is invalid.
    pub fn is_family(&self) -> bool {
        self.tasks.first().is_none_or(|t| t.member.is_some())
    }
}

/// The names of a pipeline, collected before its bodies are checked.
#[derive(Debug, Default)]
pub struct PipelineScope<'a> {
    /// The name of the pipeline.
    pub name: SmolStr,
    pub params: Vec<(SmolStr, Type, Span)>,
    /// The index of each parameter in `params`.
    pub param_index: HashMap<SmolStr, usize>,
    pub steps: HashMap<SmolStr, StepSymbol>,
    /// Steps inside of loops by name, which have their own name space.
    pub inner: HashMap<SmolStr, Vec<StepSymbol>>,
    /// The step of each task key.
    pub keys: HashMap<SmolStr, SmolStr>,
    pub computes: Vec<&'a ast::Decl>,
    /// The number of tasks, including those of truncated families.
    pub tasks: usize,
    /// Variables of families and loops that shadow a parameter.
    pub shadowing: HashSet<SmolStr>,
    /// The variables of its family, if it is a member of one.
    pub locals: Vec<Local>,
}

impl PipelineScope<'_> {
    pub fn param(&self, name: &str) -> Option<&(SmolStr, Type, Span)> {
        self.params.get(*self.param_index.get(name)?)
    }

    /// The names of steps, conditions and loops, for suggestions.
    pub fn step_names(&self) -> impl Iterator<Item = Candidate<'_>> {
        let mut all: Vec<Candidate<'_>> =
            self.steps.iter().map(|(name, step)| Candidate::declared(name, step.span)).collect();
        all.sort_unstable_by_key(|n| n.text);
        all.into_iter()
    }

    /// The names of steps inside of loops, for suggestions.
    pub fn inner_names(&self) -> impl Iterator<Item = Candidate<'_>> {
        let mut all: Vec<Candidate<'_>> = self
            .inner
            .iter()
            .flat_map(|(name, steps)| steps.iter().map(move |step| Candidate::declared(name, step.span)))
            .collect();
        all.sort_unstable_by_key(|n| n.text);
        all.into_iter()
    }

    /// The names of parameters, for suggestions.
    pub fn param_names(&self) -> impl Iterator<Item = Candidate<'_>> {
        self.params.iter().map(|(name, _, at)| Candidate::declared(name, *at))
    }

    /// Finds a step, condition or loop; if there is none, a step inside of a loop, for messages about it.
    pub fn step(&self, name: &str) -> Option<&StepSymbol> {
        self.steps.get(name).or_else(|| self.inner.get(name)?.first())
    }

    /// The symbol of a declaration, also of a step inside of a loop; `None` for a duplicate.
    pub fn declared(&self, name: &ast::Ident) -> Option<&StepSymbol> {
        let inner = || self.inner.get(&name.text)?.iter().find(|s| s.span == name.span);
        self.steps.get(&name.text).filter(|s| s.span == name.span).or_else(inner)
    }

    /// Finds the step of a task key, as [`PipelineScope::step`] does.
    pub fn step_of_key(&self, key: &str) -> Option<&StepSymbol> {
        self.step(self.keys.get(key).map_or(key, SmolStr::as_str))
    }
}

/// A name inside a family or loop.
#[derive(Clone, Debug)]
pub struct Local {
    pub name: SmolStr,
    /// The span of its declaration.
    pub span: Span,
    pub kind: LocalKind,
}

#[derive(Clone, Debug)]
pub enum LocalKind {
    /// The element of a family, which is a compile-time constant.
    Element(ast::Value, usize),
    /// The item of a loop.
    Input(Type),
}

/// The scope of a value.
#[derive(Clone, Copy)]
pub struct Scope<'s> {
    pub unit: usize,
    pub pipe: Option<&'s PipelineScope<'s>>,
    pub locals: &'s [Local],
}

impl<'s> Scope<'s> {
    /// The scope of a file.
    pub fn file(unit: usize) -> Scope<'static> {
        Scope { unit, pipe: None, locals: &[] }
    }

    /// The innermost local of a name.
    pub fn local(&self, name: &str) -> Option<&'s Local> {
        self.all_locals().find(|l| l.name == name)
    }

    /// The variables of families and loops in scope, innermost first.
    pub fn all_locals(&self) -> impl Iterator<Item = &'s Local> + use<'s> {
        let of_pipeline = self.pipe.map(|p| p.locals.as_slice()).unwrap_or_default();
        self.locals.iter().rev().chain(of_pipeline.iter().rev())
    }

    pub fn in_loop(&self) -> bool {
        self.locals.iter().any(|l| matches!(l.kind, LocalKind::Input(_)))
    }
}

/// A reference in a step, for the graph.
#[derive(Clone, Debug)]
pub struct Use {
    pub reference: Reference,
    pub span: Span,
    /// A reference in a string: checked, but not an edge.
    pub from_text: bool,
}
