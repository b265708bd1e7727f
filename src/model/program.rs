//! Programs: pipelines with everything resolved and merged, ready for lowering.

use std::collections::BTreeSet;
use std::path::PathBuf;

use smol_str::SmolStr;

use super::{Hole, Node, Object, Text, Type};
use crate::schema::Cloud;
use crate::source::Span;

/// A project for one target.
#[derive(Clone, Debug)]
pub struct Program {
    /// The name for folders and tags: that of the first package, else of the first pipeline.
    pub name: SmolStr,
    pub target: Target,
    pub packages: Vec<Package>,
    pub pipelines: Vec<Pipeline>,
    /// Values that come neither from the files nor from the workspace: `git.branch`, `env("NAME")`.
    pub outside: BTreeSet<(SmolStr, SmolStr)>,
}

/// How a target modifies jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// As written.
    #[default]
    Plain,
    /// Names get a prefix, and schedules are paused.
    Development,
    /// Unchanged, with more checks.
    Production,
}

/// A target with its settings.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// Its name; `None` in a project without targets.
    pub name: Option<SmolStr>,
    /// The span of its name.
    pub span: Option<Span>,
    /// The URL of the workspace.
    pub host: Option<SmolStr>,
    /// The profile for credentials.
    pub profile: Option<SmolStr>,
    /// The folder in the workspace.
    pub root_path: Option<Text>,
    /// The folder or volume for wheels.
    pub artifact_path: Option<Text>,
    pub mode: Mode,
    /// The cloud, if known.
    pub cloud: Option<Cloud>,
}

/// A Python project that becomes a wheel.
#[derive(Clone, Debug, PartialEq)]
pub struct Package {
    pub name: SmolStr,
    /// The span of its name.
    pub span: Span,
    pub dir: PathBuf,
}

/// A job.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// Its name in source, which is the name of the output file.
    pub name: SmolStr,
    /// The name of its family and the index in it, if it is a member of one.
    pub member_of: Option<(SmolStr, SmolStr)>,
    /// The span of its name.
    pub span: Span,
    /// The fields of the job, merged with those of the target.
    pub settings: Object,
    pub params: Vec<Param>,
    /// The clusters of the job.
    pub clusters: Vec<Cluster>,
    /// The environments of the job.
    pub environments: Vec<Environment>,
    /// Its tasks, in source order.
    pub steps: Vec<Step>,
    /// What in it only a workspace knows.
    pub holes: Vec<Hole>,
}

impl Pipeline {
    /// Every step, including those in loops.
    pub fn all_steps(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().flat_map(|step| std::iter::once(step).chain(step.kind.step()))
    }

    /// The steps in loops.
    pub fn inner_steps(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter_map(|step| step.kind.step())
    }
}

/// A job parameter.
#[derive(Clone, Debug)]
pub struct Param {
    pub name: SmolStr,
    /// The span of its name.
    pub span: Span,
    pub ty: Type,
    /// Its default, as sent to the service.
    pub default: Option<Text>,
    /// Whether it has a default, even an invalid one.
    pub has_default: bool,
}

/// A job cluster, with everything merged and chosen.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// `job_cluster_key`.
    pub key: SmolStr,
    /// The span of its name.
    pub span: Span,
    /// `new_cluster`.
    pub settings: Object,
    /// Libraries of each task on it.
    pub libraries: Vec<Object>,
    /// Serverless compute instead of a cluster.
    pub serverless_compute_id: Option<Node>,
    /// What was chosen for it, for display.
    pub chosen: Option<String>,
}

/// A serverless environment.
#[derive(Clone, Debug)]
pub struct Environment {
    /// `environment_key`.
    pub key: SmolStr,
    /// The span of its name.
    pub span: Span,
    /// `spec`.
    pub spec: Object,
}

/// A task.
#[derive(Clone, Debug)]
pub struct Step {
    /// `task_key`.
    pub key: SmolStr,
    /// The span of its name.
    pub span: Span,
    /// The fields of the task, merged with defaults; includes tasks written as blocks.
    pub settings: Object,
    pub kind: StepKind,
    pub depends_on: Vec<Dependency>,
    pub outputs: Vec<Output>,
    pub compute: Compute,
    /// The branches around it, outermost first.
    pub branches: Vec<Branch>,
}

/// A branch of an `if`.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// The key of the condition.
    pub condition: SmolStr,
    /// The outcome.
    pub outcome: bool,
    /// The span of the condition's name.
    pub span: Span,
}

impl Step {
    /// The step that does the work: for a loop the inner step, otherwise itself.
    pub fn inner(&self) -> &Step {
        match &self.kind {
            StepKind::Loop(l) => &l.step,
            _ => self,
        }
    }
}

/// A dependency.
#[derive(Clone, Debug, PartialEq)]
pub struct Dependency {
    /// The key of the other task.
    pub task: SmolStr,
    /// The required outcome of a condition.
    pub outcome: Option<bool>,
    /// Where it is declared or used.
    pub span: Span,
    pub origin: Origin,
}

/// The origin of a dependency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `after`.
    Written,
    /// A branch of an `if`.
    Branch,
    /// A value of the other step.
    Data,
}

/// An output of a step.
#[derive(Clone, Debug)]
pub struct Output {
    pub name: SmolStr,
    /// The span of its name.
    pub span: Span,
    pub ty: Type,
}

/// The compute of a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Compute {
    /// Not set.
    Unset,
    /// A job cluster, by key.
    Cluster(SmolStr),
    /// An environment, by key.
    Environment(SmolStr),
    /// A running cluster.
    Existing(Text),
    /// Serverless compute without an environment, set explicitly.
    Serverless,
    /// Set in fields of the task.
    Raw,
    /// Invalid; already reported.
    Bad,
}

/// What a step runs.
#[derive(Clone, Debug)]
pub enum StepKind {
    /// A task written as a block with this name.
    Raw(&'static str),
    /// A Python function.
    Python(PythonCall),
    /// A notebook, script or SQL file.
    File(FileCall),
    /// Another pipeline.
    Run(RunCall),
    /// A comparison.
    Condition(Condition),
    /// A loop around a step.
    Loop(Box<Loop>),
    /// Invalid; already reported.
    Bad(Unusable),
}

/// What was read of an invalid kind.
#[derive(Clone, Debug, Default)]
pub struct Unusable {
    /// The fields of its calls.
    pub calls: Vec<Object>,
    /// The step of a loop.
    pub step: Option<Box<Step>>,
}

impl StepKind {
    /// A call that cannot be used, with its fields.
    pub fn bad_call(rest: Object) -> StepKind {
        StepKind::Bad(Unusable { calls: vec![rest], step: None })
    }

    /// The step of a loop.
    pub fn step(&self) -> Option<&Step> {
        match self {
            StepKind::Loop(l) => Some(&l.step),
            StepKind::Bad(parts) => parts.step.as_deref(),
            _ => None,
        }
    }

    /// The fields of its calls, other than what the call itself sets.
    pub fn call_fields(&self) -> &[Object] {
        match self {
            StepKind::Python(call) => std::slice::from_ref(&call.rest),
            StepKind::File(call) => std::slice::from_ref(&call.rest),
            StepKind::Run(call) => std::slice::from_ref(&call.rest),
            StepKind::Bad(parts) => &parts.calls,
            StepKind::Raw(_) | StepKind::Condition(_) | StepKind::Loop(_) => &[],
        }
    }

    /// The field of the task for this kind.
    pub fn key(&self) -> Option<&'static str> {
        Some(match self {
            StepKind::Raw(key) => key,
            StepKind::Python(_) => "python_wheel_task",
            StepKind::File(call) => call.kind.task_key(),
            StepKind::Run(_) => "run_job_task",
            StepKind::Condition(_) => "condition_task",
            StepKind::Loop(_) => "for_each_task",
            StepKind::Bad(_) => return None,
        })
    }
}

/// An argument, with its value as sent to the service.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Its name; empty for a positional one.
    pub name: SmolStr,
    /// The span of its name; for a positional one, of the value.
    pub key: Span,
    pub span: Span,
    pub value: Text,
    pub ty: Type,
    /// For a Python function, the type in which the value is passed.
    pub passed_as: Type,
}

/// A call of a Python function.
#[derive(Clone, Debug)]
pub struct PythonCall {
    /// The index of the package.
    pub package: usize,
    /// The dotted module.
    pub module: SmolStr,
    pub function: SmolStr,
    /// The span of both.
    pub span: Span,
    pub arguments: Vec<Argument>,
    /// The name of the generated entry point.
    pub entry_point: SmolStr,
    /// Whether outputs are read by name from the returned value; `None` if that is only known at run time.
    pub by_name: Option<bool>,
    /// The other fields of the task.
    pub rest: Object,
}

/// The kind of file or directory that a step runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// `notebook`.
    Notebook,
    /// `script`.
    Script,
    /// `sql`.
    Sql,
    /// `dbt`: a directory with all its files.
    Dbt,
}

impl FileKind {
    /// The field of the task.
    pub fn task_key(self) -> &'static str {
        match self {
            FileKind::Notebook => "notebook_task",
            FileKind::Script => "spark_python_task",
            FileKind::Sql => "sql_task",
            FileKind::Dbt => "dbt_task",
        }
    }
}

/// A call of a file.
#[derive(Clone, Debug)]
pub struct FileCall {
    pub kind: FileKind,
    /// The path, as written.
    pub path: Text,
    pub span: Span,
    /// The local file, for a local path.
    pub local: Option<PathBuf>,
    /// Local files it needs: notebooks it runs, modules of its directory, all files of a dbt project.
    pub companions: Vec<(PathBuf, FileKind)>,
    pub arguments: Vec<Argument>,
    /// The other fields of the task.
    pub rest: Object,
}

/// A run of another pipeline.
#[derive(Clone, Debug)]
pub struct RunCall {
    pub pipeline: SmolStr,
    /// The span of its name.
    pub span: Span,
    pub arguments: Vec<Argument>,
    /// The other fields of the task.
    pub rest: Object,
}

/// A comparison.
#[derive(Clone, Debug)]
pub struct Condition {
    /// A member of `ConditionTaskOp`.
    pub op: &'static str,
    pub left: Text,
    pub right: Text,
}

/// The operators of conditions: in source, and as a member of `ConditionTaskOp`.
pub const COMPARISONS: &[(&str, &str)] = &[
    ("==", "EQUAL_TO"),
    ("!=", "NOT_EQUAL"),
    ("<", "LESS_THAN"),
    ("<=", "LESS_THAN_OR_EQUAL"),
    (">", "GREATER_THAN"),
    (">=", "GREATER_THAN_OR_EQUAL"),
];

/// The operator of a member of `ConditionTaskOp`; unknown members are unchanged.
pub fn sign(op: &str) -> &str {
    COMPARISONS.iter().find(|(_, member)| *member == op).map_or(op, |(sign, _)| sign)
}

/// A loop.
#[derive(Clone, Debug)]
pub struct Loop {
    /// A JSON list, or a reference to one.
    pub inputs: Text,
    /// The maximum number of concurrent iterations.
    pub parallel: Option<i64>,
    /// The inner step.
    pub step: Step,
}

/// A program without errors.
///
/// Only [`crate::check`] creates one, so that a program with errors cannot be lowered.
#[derive(Clone, Debug)]
pub struct Valid<T>(T);

impl<T> Valid<T> {
    /// For the checker only: `ok` is whether there are no errors.
    pub(crate) fn new(value: T, ok: bool) -> Option<Valid<T>> {
        ok.then_some(Valid(value))
    }
}

impl<T> std::ops::Deref for Valid<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}
