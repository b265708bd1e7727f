//! Converts a checked program to payloads of the Jobs API. Pure and total: everything that can fail was checked
//! before.

mod holes;
mod json;
mod paths;
mod task;

pub use holes::{Unresolved, user_as};
pub use json::object_json;
pub use paths::WorkspaceLayout;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use smol_str::SmolStr;

use crate::model::{Compute, Environment, FileKind, Mode, Pipeline, Program, Step, StepKind, Type, Valid};
use crate::package::{EntryPoint, LocalContent, LocalFiles, Wheel};
use crate::schema::{JOB, key};

/// Options of lowering.
#[derive(Clone, Debug, Default)]
pub struct LowerOptions {
    /// The user whose folder and name are used if the target sets none.
    pub user: Option<SmolStr>,
    /// Ignore development mode: names and schedules stay as written.
    pub as_written: bool,
}

/// Everything for one target.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// The name of the project.
    pub project: SmolStr,
    /// The name of the target; `default` without targets.
    pub target: SmolStr,
    /// The folders in the workspace.
    pub layout: WorkspaceLayout,
    pub jobs: Vec<Job>,
    /// Local files of the jobs.
    pub files: Vec<LocalFile>,
    /// Values that come neither from the files nor from the workspace, with their names.
    pub outside: BTreeSet<(SmolStr, SmolStr)>,
}

/// The payload of a job.
#[derive(Clone, Debug)]
pub struct Job {
    pub pipeline: SmolStr,
    /// The body of a create request.
    pub body: Value,
    /// Places that only a workspace can fill in.
    pub unresolved: Vec<Unresolved>,
    /// What was chosen for the user, for display.
    pub chosen: Vec<String>,
}

/// A local file of a job.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalFile {
    pub workspace_path: String,
    pub local: std::path::PathBuf,
    /// Its path in the project: relative, with slashes.
    pub source: String,
    /// `notebook`, `script` or `sql`; `module` for one that a notebook or script imports; `dbt` for one of a dbt
    /// project.
    pub kind: &'static str,
    pub content: LocalContent,
}

/// The entry points of the wheel of each package, in the order of the program's packages.
pub fn entry_points(program: &Program) -> Vec<Vec<EntryPoint>> {
    let mut out: Vec<Vec<EntryPoint>> = program.packages.iter().map(|_| Vec::new()).collect();
    for pipeline in &program.pipelines {
        for step in steps_of(pipeline) {
            let StepKind::Python(call) = &step.kind else { continue };
            if let Some(list) = out.get_mut(call.package) {
                list.push(EntryPoint {
                    name: call.entry_point.to_string(),
                    pipeline: pipeline.name.to_string(),
                    step: step.key.to_string(),
                    module: call.module.to_string(),
                    function: call.function.to_string(),
                    parameters: call.arguments.iter().map(|a| (a.name.to_string(), wire_type(&a.passed_as))).collect(),
                    by_name: call.by_name,
                    outputs: step.outputs.iter().map(|o| (o.name.to_string(), wire_type(&o.ty))).collect(),
                });
            }
        }
    }
    out
}

/// The name of a type in the module of entry points.
fn wire_type(ty: &Type) -> String {
    match ty {
        Type::Record(_) => "json".to_owned(),
        Type::PathObject => "pathlib.Path".to_owned(),
        Type::Any | Type::Enum(_) | Type::Compute => "string".to_owned(),
        Type::List(t) => format!("list<{}>", wire_type(t)),
        Type::Map(t) => format!("map<{}>", wire_type(t)),
        other => other.to_string(),
    }
}

/// Every step of a pipeline, including those in loops.
pub fn steps_of(pipeline: &Pipeline) -> impl Iterator<Item = &Step> {
    pipeline.steps.iter().flat_map(|s| {
        let inner = match &s.kind {
            StepKind::Loop(l) => Some(&l.step),
            _ => None,
        };
        std::iter::once(s).chain(inner)
    })
}

/// The local files of the jobs of a program, and the files they need.
pub fn local_paths(program: &Program) -> Vec<std::path::PathBuf> {
    let mut out = Vec::new();
    for step in program.pipelines.iter().flat_map(steps_of) {
        if let StepKind::File(call) = &step.kind
            && let Some(local) = &call.local
        {
            // A dbt project is a directory; its files are uploaded.
            out.extend((call.kind != FileKind::Dbt).then(|| local.clone()));
            out.extend(call.companions.iter().map(|(path, _)| path.clone()));
        }
    }
    out
}

/// Lowers a program. `wheels` are those of its packages, in order, and `local` is the content of [`local_paths`].
pub fn lower(
    program: &Valid<Program>,
    wheels: &[Wheel],
    local: &LocalFiles,
    project_dir: &std::path::Path,
    options: &LowerOptions,
) -> Bundle {
    let layout = WorkspaceLayout::new(program, options);
    let mut files = Vec::new();
    let jobs = program
        .pipelines
        .iter()
        .map(|p| {
            let mut lowering =
                task::Lowering { program, pipeline: p, wheels, local, layout: &layout, project_dir, files: Vec::new() };
            let mut body = job(&mut lowering, options);
            files.append(&mut lowering.files);
            let mut holes = p.holes.clone();
            holes.extend(layout.holes.iter().cloned());
            holes.sort_unstable();
            holes.dedup();
            let unresolved = holes::resolve(&mut body, &holes, options.user.as_deref());
            Job {
                pipeline: p.name.clone(),
                body,
                unresolved,
                chosen: p.clusters.iter().filter_map(|c| c.chosen.clone()).collect(),
            }
        })
        .collect();
    files.sort();
    files.dedup();
    Bundle {
        project: program.name.clone(),
        target: program.target.name.clone().unwrap_or_else(|| "default".into()),
        layout,
        jobs,
        files,
        outside: program.outside.clone(),
    }
}

fn job(lowering: &mut task::Lowering<'_>, options: &LowerOptions) -> Value {
    let pipeline = lowering.pipeline;
    let mut out = Map::new();
    for field in JOB.fields {
        let value = match field.handle() {
            key::PARAMETERS if !pipeline.params.is_empty() => Some(
                pipeline
                    .params
                    .iter()
                    .map(|p| json!({ "name": p.name.as_str(), "default": p.default.as_ref().map(ToString::to_string).unwrap_or_default() }))
                    .collect(),
            ),
            key::JOB_CLUSTERS if !pipeline.clusters.is_empty() => Some(pipeline.clusters.iter().map(cluster).collect()),
            key::ENVIRONMENTS if !pipeline.environments.is_empty() => {
                Some(pipeline.environments.iter().map(|e| environment(e, lowering)).collect())
            }
            key::TASKS if !pipeline.steps.is_empty() => {
                let tasks = pipeline.steps.iter().map(|s| lowering.task(s, true)).collect();
                Some(Value::Array(tasks))
            }
            other => pipeline.settings.get(other).map(json::node_json),
        };
        if let Some(value) = value {
            out.insert(field.key.to_owned(), value);
        }
    }
    for u in &pipeline.settings.unchecked {
        out.insert(u.key.to_string(), u.value.clone());
    }
    if lowering.program.target.mode == Mode::Development && !options.as_written {
        develop(&mut out, options);
    }
    Value::Object(out)
}

/// Development mode: adds a name prefix, and pauses schedules and triggers.
fn develop(job: &mut Map<String, Value>, options: &LowerOptions) {
    if let Some(Value::String(name)) = job.get_mut("name") {
        let prefix = match &options.user {
            Some(user) => format!("[dev {}] ", user.split('@').next().unwrap_or(user)),
            None => "[dev] ".to_owned(),
        };
        name.insert_str(0, &prefix);
    }
    let pause = |value: &mut Value| {
        if let Value::Object(map) = value {
            map.insert("pause_status".to_owned(), "PAUSED".into());
        }
    };
    for key in ["schedule", "trigger", "continuous"] {
        if let Some(value) = job.get_mut(key) {
            pause(value);
        }
    }
    if let Some(Value::Array(list)) = job.get_mut("triggers") {
        list.iter_mut().for_each(pause);
    }
    if let Some(n) = job.get_mut("max_concurrent_runs")
        && n.as_i64().is_some_and(|n| n > 4)
    {
        *n = 4.into();
    }
}

fn cluster(cluster: &crate::model::Cluster) -> Value {
    let mut out = Map::new();
    out.insert("job_cluster_key".to_owned(), cluster.key.as_str().into());
    let settings = object_json(&cluster.settings);
    let empty = settings.as_object().is_some_and(Map::is_empty);
    if !(empty && cluster.serverless_compute_id.is_some()) {
        out.insert("new_cluster".to_owned(), settings);
    }
    if let Some(id) = &cluster.serverless_compute_id {
        out.insert("serverless_compute_id".to_owned(), json::node_json(id));
    }
    Value::Object(out)
}

/// An environment with the wheels of its Python steps.
fn environment(environment: &Environment, lowering: &task::Lowering<'_>) -> Value {
    let mut wheels: Vec<String> = Vec::new();
    for step in steps_of(lowering.pipeline) {
        if let (StepKind::Python(call), Compute::Environment(key)) = (&step.kind, &step.compute)
            && *key == environment.key
            && let Some(path) = lowering.wheel_path(call.package)
            && !wheels.contains(&path)
        {
            wheels.push(path);
        }
    }
    let mut spec = object_json(&environment.spec);
    if !wheels.is_empty()
        && let Value::Object(map) = &mut spec
    {
        let list = map.entry("dependencies").or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.extend(wheels.into_iter().map(Value::String));
        }
    }
    let mut out = Map::new();
    out.insert("environment_key".to_owned(), environment.key.as_str().into());
    if spec.as_object().is_none_or(|m| !m.is_empty()) {
        out.insert("spec".to_owned(), spec);
    }
    Value::Object(out)
}
