//! The program: pipelines with everything resolved and merged, ready to be lowered.

use std::path::PathBuf;

use smol_str::SmolStr;

use super::{Node, Object, Text, Type};
use crate::schema::Cloud;
use crate::source::Span;

/// A project for one target.
#[derive(Clone, Debug)]
pub struct Program {
    /// A name for folders and tags: that of the first package, else of the first pipeline.
    pub name: SmolStr,
    /// Where it goes.
    pub target: Target,
    /// The Python projects.
    pub packages: Vec<Package>,
    /// The jobs.
    pub pipelines: Vec<Pipeline>,
}

/// How a target treats jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// As written.
    #[default]
    Plain,
    /// Names prefixed, schedules paused.
    Development,
    /// As written, with more checks.
    Production,
}

/// A target with its values.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// Its name; `None` in a project without targets.
    pub name: Option<SmolStr>,
    /// Where it is declared.
    pub span: Option<Span>,
    /// The address of the workspace.
    pub host: Option<SmolStr>,
    /// The profile to log in with.
    pub profile: Option<SmolStr>,
    /// The folder in the workspace.
    pub root_path: Option<SmolStr>,
    /// The folder or volume for wheels.
    pub artifact_path: Option<SmolStr>,
    /// How jobs are treated.
    pub mode: Mode,
    /// The cloud, if known.
    pub cloud: Option<Cloud>,
}

/// A Python project that becomes a wheel.
#[derive(Clone, Debug, PartialEq)]
pub struct Package {
    /// Its name in source.
    pub name: SmolStr,
    /// Where it is declared.
    pub span: Span,
    /// Its directory.
    pub dir: PathBuf,
}

/// A job.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// Its name in source: the name of the output file.
    pub name: SmolStr,
    /// Where it is declared.
    pub span: Span,
    /// The fields of the job, those of the target merged in.
    pub settings: Object,
    /// Its parameters.
    pub params: Vec<Param>,
    /// The clusters that go out with it.
    pub clusters: Vec<Cluster>,
    /// The environments that go out with it.
    pub environments: Vec<Environment>,
    /// Its tasks, in order of writing.
    pub steps: Vec<Step>,
}

impl Pipeline {
    /// Every step, those inside loops included.
    pub fn all_steps(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().flat_map(|step| std::iter::once(step).chain(step.kind.step()))
    }

    /// The steps inside loops.
    pub fn inner_steps(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter_map(|step| step.kind.step())
    }
}

/// A job parameter.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its name.
    pub name: SmolStr,
    /// Where it is declared.
    pub span: Span,
    /// Its type.
    pub ty: Type,
    /// Its default, as text on the wire.
    pub default: Option<Text>,
}

/// A job cluster with everything merged and chosen.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// `job_cluster_key`.
    pub key: SmolStr,
    /// Where it is declared.
    pub span: Span,
    /// `new_cluster`.
    pub settings: Object,
    /// Libraries for each task on it.
    pub libraries: Vec<Object>,
    /// Serverless compute behind the key.
    pub serverless_compute_id: Option<Node>,
    /// What was chosen for it, to be told to the user.
    pub chosen: Option<String>,
}

/// A serverless environment.
#[derive(Clone, Debug)]
pub struct Environment {
    /// `environment_key`.
    pub key: SmolStr,
    /// Where it is declared.
    pub span: Span,
    /// `spec`.
    pub spec: Object,
}

/// A task.
#[derive(Clone, Debug)]
pub struct Step {
    /// `task_key`.
    pub key: SmolStr,
    /// Where its name is written.
    pub span: Span,
    /// The fields of the task, defaults merged in; raw kinds are among them.
    pub settings: Object,
    /// What it runs.
    pub kind: StepKind,
    /// What it waits for.
    pub depends_on: Vec<Dependency>,
    /// What it hands on.
    pub outputs: Vec<Output>,
    /// Where it runs.
    pub compute: Compute,
    /// The branches that it stands in, outermost first.
    pub branches: Vec<Branch>,
}

/// One side of an `if`.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// The key of the condition.
    pub condition: SmolStr,
    /// The side.
    pub outcome: bool,
    /// The name of the condition in source.
    pub span: Span,
}

impl Step {
    /// The step that does the work: of a loop the one inside.
    pub fn inner(&self) -> &Step {
        match &self.kind {
            StepKind::Loop(l) => &l.step,
            _ => self,
        }
    }
}

/// One task to wait for.
#[derive(Clone, Debug, PartialEq)]
pub struct Dependency {
    /// The key of the task.
    pub task: SmolStr,
    /// The outcome of a condition.
    pub outcome: Option<bool>,
    /// Where it is said or used.
    pub span: Span,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where an edge comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `after`.
    Written,
    /// A branch of an `if`.
    Branch,
    /// A value of the other step.
    Data,
}

/// What a step hands on.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its name.
    pub name: SmolStr,
    /// Where it is declared.
    pub span: Span,
    /// Its type.
    pub ty: Type,
}

/// Where a step runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Compute {
    /// Nothing is said.
    Unset,
    /// A job cluster, by key.
    Cluster(SmolStr),
    /// An environment, by key.
    Environment(SmolStr),
    /// A running cluster.
    Existing(Text),
    /// Serverless without environment, said on purpose.
    Serverless,
    /// In fields of the task itself.
    Raw,
    /// What is said cannot be used; the reason is reported.
    Bad,
}

/// What a step runs.
#[derive(Clone, Debug)]
pub enum StepKind {
    /// The block of the task's settings with this name, as it is.
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
    /// Nothing usable; the reason is reported.
    Bad(Unusable),
}

/// What was read of a kind that cannot be used.
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

    /// The fields of its calls, beside what the call itself says.
    pub fn call_fields(&self) -> &[Object] {
        match self {
            StepKind::Python(call) => std::slice::from_ref(&call.rest),
            StepKind::File(call) => std::slice::from_ref(&call.rest),
            StepKind::Run(call) => std::slice::from_ref(&call.rest),
            StepKind::Bad(parts) => &parts.calls,
            StepKind::Raw(_) | StepKind::Condition(_) | StepKind::Loop(_) => &[],
        }
    }

    /// The field of the task that this kind becomes.
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

/// An argument with its value as text on the wire.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Its name; empty for a positional one.
    pub name: SmolStr,
    /// Where its name is written; for a positional one, the value.
    pub key: Span,
    /// Where it is written.
    pub span: Span,
    /// The value.
    pub value: Text,
    /// The type of the value.
    pub ty: Type,
    /// In a call of a Python function, the type that the value is handed over as.
    pub passed_as: Type,
}

/// A call of a Python function.
#[derive(Clone, Debug)]
pub struct PythonCall {
    /// Which of the program's packages.
    pub package: usize,
    /// The dotted module.
    pub module: SmolStr,
    /// The function in it.
    pub function: SmolStr,
    /// Where both are written.
    pub span: Span,
    /// The arguments.
    pub arguments: Vec<Argument>,
    /// The name of the generated entry point.
    pub entry_point: SmolStr,
    /// Whether outputs are taken from what it returns by name; `None` if that shows only when it has returned.
    pub by_name: Option<bool>,
    /// The remaining fields of the kind.
    pub rest: Object,
}

/// Which kind of file or directory a step runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// `notebook`.
    Notebook,
    /// `script`.
    Script,
    /// `sql`.
    Sql,
    /// `dbt`: a directory with all that is in it.
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
    /// What kind of file.
    pub kind: FileKind,
    /// The path as written.
    pub path: Text,
    /// Where it is written.
    pub span: Span,
    /// The file on this machine, for a local path.
    pub local: Option<PathBuf>,
    /// Local files that it needs: notebooks that it runs, modules beside it, all files of a dbt project.
    pub companions: Vec<(PathBuf, FileKind)>,
    /// The arguments.
    pub arguments: Vec<Argument>,
    /// The remaining fields of the kind.
    pub rest: Object,
}

/// A run of another pipeline.
#[derive(Clone, Debug)]
pub struct RunCall {
    /// The name of the other pipeline.
    pub pipeline: SmolStr,
    /// Where it is written.
    pub span: Span,
    /// The arguments.
    pub arguments: Vec<Argument>,
    /// The remaining fields of the kind.
    pub rest: Object,
}

/// A comparison.
#[derive(Clone, Debug)]
pub struct Condition {
    /// A member of `ConditionTaskOp`.
    pub op: &'static str,
    /// The left side.
    pub left: Text,
    /// The right side.
    pub right: Text,
}

/// The comparisons of a condition: the sign in source, and the member of `ConditionTaskOp`.
pub const COMPARISONS: &[(&str, &str)] = &[
    ("==", "EQUAL_TO"),
    ("!=", "NOT_EQUAL"),
    ("<", "LESS_THAN"),
    ("<=", "LESS_THAN_OR_EQUAL"),
    (">", "GREATER_THAN"),
    (">=", "GREATER_THAN_OR_EQUAL"),
];

/// The sign of a member of `ConditionTaskOp`; what is none stays as it is.
pub fn sign(op: &str) -> &str {
    COMPARISONS.iter().find(|(_, member)| *member == op).map_or(op, |(sign, _)| sign)
}

/// A loop.
#[derive(Clone, Debug)]
pub struct Loop {
    /// A JSON list, or a reference to one.
    pub inputs: Text,
    /// How many at a time.
    pub parallel: Option<i64>,
    /// The one step.
    pub step: Step,
}

/// A program without errors.
///
/// Only [`crate::check`] makes one, so that a program with errors cannot be lowered.
#[derive(Clone, Debug)]
pub struct Valid<T>(T);

impl<T> Valid<T> {
    /// For the checker alone: `ok` is its verdict.
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
