//! Converts the payload of a job to tasks for a local run.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use crate::payload::{Payload, PayloadTask, Placement, Work, wire};

/// What a task runs.
#[derive(Clone, Debug)]
pub enum LocalWork {
    /// An entry point of a wheel.
    Wheel {
        package: String,
        entry_point: String,
        /// Arguments with references.
        arguments: Vec<String>,
        /// Named arguments, to which the platform adds the job parameters.
        named: Option<Vec<(String, String)>>,
    },
    /// A Python notebook.
    Notebook { path: PathBuf, widgets: Vec<(String, String)> },
    /// A Python script.
    Script { path: PathBuf, arguments: Vec<String> },
    /// A file of SQL statements, for DuckDB.
    Sql {
        path: PathBuf,
        /// Named parameters.
        parameters: Vec<(String, String)>,
    },
    /// dbt commands, for DuckDB.
    Dbt {
        /// The directory of the project.
        project: PathBuf,
        /// The commands, each starting with `dbt`.
        commands: Vec<String>,
        /// The schema for models.
        schema: String,
    },
    /// A comparison.
    Condition {
        /// The operator of the API.
        op: String,
        left: String,
        right: String,
    },
    /// A loop around a task.
    ForEach {
        /// A JSON list, or a reference to one.
        inputs: String,
        /// The number of concurrent iterations.
        parallel: usize,
        task: Box<LocalTask>,
    },
    /// Something that requires the platform, with the reason.
    Elsewhere(String),
}

#[derive(Clone, Debug)]
pub struct LocalTask {
    pub key: String,
    pub kind: LocalWork,
    /// Its dependencies, with required outcomes.
    pub depends_on: Vec<(String, Option<String>)>,
    pub run_if: String,
    /// The maximum number of retries; `None` if unlimited.
    pub retries: Option<u32>,
    /// The pause before a retry.
    pub pause: Duration,
    /// Whether it is retried after a timeout.
    pub retry_on_timeout: bool,
    pub timeout: Option<Duration>,
    pub disabled: bool,
    /// Its set of requirements, as an index into the plan.
    pub requirements: usize,
    /// Environment variables of its cluster.
    pub variables: Vec<(String, String)>,
}

impl LocalTask {
    /// What does the work: for a loop, what is inside.
    pub fn work(&self) -> &LocalWork {
        match &self.kind {
            LocalWork::ForEach { task, .. } => &task.kind,
            kind => kind,
        }
    }
}

#[derive(Clone, Debug)]
pub struct LocalPlan {
    pub pipeline: String,
    /// Its tasks, in the order of the payload.
    pub tasks: Vec<LocalTask>,
    /// Job parameters with their defaults.
    pub params: Vec<(String, String)>,
    /// Sets of requirements of its clusters and environments, other than the wheels.
    pub requirements: Vec<Vec<String>>,
    /// What the job requires and a local run ignores, for display.
    pub notes: Vec<String>,
    /// The timeout of the run.
    pub timeout: Option<Duration>,
}

/// The input of a plan, other than the payload.
pub struct PlanInputs<'a> {
    pub pipeline: &'a str,
    /// The local file of each workspace path.
    pub files: &'a HashMap<String, PathBuf>,
    /// The distributions of the project's wheels.
    pub packages: &'a [String],
    /// Whether DuckDB replaces SQL warehouses.
    pub duckdb: bool,
    /// Reads a local file.
    pub read: &'a dyn Fn(&std::path::Path) -> Option<String>,
}

impl LocalPlan {
    /// Reads the payload of a job.
    pub fn read(job: Payload<'_>, inputs: &PlanInputs<'_>) -> LocalPlan {
        let params = job.params().map(|(name, default)| (name.to_owned(), default.to_owned())).collect();
        let mut notes: Vec<String> = Vec::new();
        let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (key, line) in job.requirements() {
            let place = places.entry(format!("environment {key}")).or_default();
            match line.starts_with('/') || line.starts_with("-r /") || line.starts_with("dbfs:") {
                true if inputs.packages.iter().any(|p| is_wheel_of(line, p)) => {}
                true => notes.push(format!("`{line}` is in the workspace and is not installed locally")),
                false => drop(place.insert(line.to_owned())),
            }
        }
        for task in job.tasks() {
            let place = places.entry(place_of(task)).or_default();
            for library in task.libraries() {
                match library.pointer("/pypi/package").and_then(Value::as_str) {
                    Some(package) => {
                        if let Some(repo) = library.pointer("/pypi/repo").and_then(Value::as_str) {
                            place.insert(format!("--index-url {repo}"));
                        }
                        place.insert(package.to_owned());
                    }
                    None => {
                        let shown = library.as_object().and_then(|l| l.iter().next()).map(|(k, v)| format!("{k} {v}"));
                        let shown = shown.unwrap_or_default();
                        if !inputs.packages.iter().any(|p| is_wheel_of(shown.trim_matches('"'), p)) {
                            notes.push(format!("library {shown} is not installed locally"));
                        }
                    }
                }
            }
        }
        notes.sort();
        notes.dedup();
        let variables = |task: PayloadTask<'_>| -> Vec<(String, String)> {
            let Some(Placement::JobCluster(key)) = task.placement() else { return Vec::new() };
            let map = job.cluster(key).and_then(|c| c.get("spark_env_vars")).and_then(Value::as_object);
            map.into_iter().flatten().map(|(k, v)| (k.clone(), wire(v))).collect()
        };
        let mut requirements: Vec<Vec<String>> = Vec::new();
        let mut tasks = Vec::new();
        for raw in job.tasks() {
            let mut task = read_task(raw, inputs);
            if matches!(task.work(), LocalWork::Condition { .. } | LocalWork::Elsewhere(_)) {
                // It needs no process and no environment.
                tasks.push(task);
                continue;
            }
            let mut wanted: Vec<String> = places.get(&place_of(raw)).into_iter().flatten().cloned().collect();
            match task.work() {
                LocalWork::Sql { .. } => wanted = vec![DUCKDB.to_owned()],
                LocalWork::Dbt { .. } => {
                    // The adapter for DuckDB replaces that for Databricks.
                    wanted.retain(|line| !line.trim_start().starts_with("dbt-"));
                    wanted.extend(DBT_DUCKDB.map(str::to_owned));
                }
                _ => {}
            }
            let set = requirements.iter().position(|r| *r == wanted).unwrap_or_else(|| {
                requirements.push(wanted);
                requirements.len() - 1
            });
            task.requirements = set;
            task.variables = variables(raw);
            if let LocalWork::ForEach { task: within, .. } = &mut task.kind {
                within.requirements = set;
                within.variables = task.variables.clone();
            }
            tasks.push(task);
        }
        LocalPlan { pipeline: inputs.pipeline.to_owned(), tasks, params, requirements, notes, timeout: job.timeout() }
    }

    /// The task with this key.
    pub fn task(&self, key: &str) -> Option<&LocalTask> {
        self.tasks.iter().find(|t| t.key == key)
    }

    /// Steps that cannot run locally, with the reason.
    pub fn elsewhere(&self) -> BTreeMap<&str, &str> {
        self.tasks
            .iter()
            .filter_map(|t| match t.work() {
                LocalWork::Elsewhere(why) => Some((t.key.as_str(), why.as_str())),
                _ => None,
            })
            .collect()
    }

    /// A step and everything after it.
    pub fn from(&self, key: &str) -> BTreeSet<String> {
        let mut out = BTreeSet::from([key.to_owned()]);
        loop {
            let before = out.len();
            for task in &self.tasks {
                if task.depends_on.iter().any(|(d, _)| out.contains(d)) {
                    out.insert(task.key.clone());
                }
            }
            if out.len() == before {
                return out;
            }
        }
    }
}

/// The package that replaces a SQL warehouse.
const DUCKDB: &str = "duckdb>=1.1";
// The packages that replace dbt on a SQL warehouse. Since 1.12, dbt-core downloads a part of itself from outside of
// the package index.
const DBT_DUCKDB: [&str; 2] = ["dbt-core>=1.9,<1.12", "dbt-duckdb>=1.9,<2"];

/// The compute of a task: tasks on the same one share their installed packages.
fn place_of(task: PayloadTask<'_>) -> String {
    match task.placement() {
        Some(Placement::Environment(key)) => format!("environment {key}"),
        Some(Placement::JobCluster(key)) => format!("job_cluster {key}"),
        _ => "no environment".to_owned(),
    }
}

/// Whether a path is a wheel of the project.
fn is_wheel_of(path: &str, distribution: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with(&format!("{}-", crate::package::normalize_name(distribution))) && name.ends_with(".whl")
}

fn read_task(task: PayloadTask<'_>, inputs: &PlanInputs<'_>) -> LocalTask {
    let depends_on = task.depends_on().map(|d| (d.task.to_owned(), d.outcome.map(str::to_owned))).collect();
    LocalTask {
        key: task.key().to_owned(),
        kind: kind(task, inputs),
        depends_on,
        run_if: task.run_if().to_owned(),
        retries: task.retries().map(|n| u32::try_from(n).unwrap_or(u32::MAX)),
        pause: task.retry_pause(),
        retry_on_timeout: task.retry_on_timeout(),
        timeout: task.timeout(),
        disabled: task.is_disabled(),
        requirements: 0,
        variables: Vec::new(),
    }
}

fn kind(task: PayloadTask<'_>, inputs: &PlanInputs<'_>) -> LocalWork {
    match task.work() {
        Work::Wheel { package, .. } if !inputs.packages.iter().any(|p| p == package) => {
            LocalWork::Elsewhere(format!("the package `{package}`, which is not part of this project"))
        }
        Work::Wheel { package, entry_point, arguments, named } => {
            LocalWork::Wheel { package: package.to_owned(), entry_point: entry_point.to_owned(), arguments, named }
        }
        Work::Notebook { path, parameters, on_warehouse } => match inputs.files.get(path) {
            None => LocalWork::Elsewhere(format!("the notebook `{path}`, which is in the workspace")),
            Some(_) if on_warehouse => LocalWork::Elsewhere("a SQL warehouse".to_owned()),
            Some(file) => match notebook_needs(file, inputs) {
                Some(what) => LocalWork::Elsewhere(what),
                None => LocalWork::Notebook { path: file.clone(), widgets: parameters },
            },
        },
        Work::Script { path, arguments } => match inputs.files.get(path) {
            Some(file) => LocalWork::Script { path: file.clone(), arguments },
            None => LocalWork::Elsewhere(format!("the script `{path}`, which is in the workspace")),
        },
        Work::Sql { file: Some(path), parameters } if inputs.duckdb => match inputs.files.get(path) {
            Some(file) => LocalWork::Sql { path: file.clone(), parameters },
            None => LocalWork::Elsewhere(format!("the SQL file `{path}`, which is in the workspace")),
        },
        Work::Sql { .. } => LocalWork::Elsewhere("a SQL warehouse".to_owned()),
        Work::Dbt { directory, commands, schema } if inputs.duckdb => {
            let project = inputs.files.get(&format!("{directory}/dbt_project.yml"));
            match project.and_then(|p| p.parent()) {
                Some(project) => LocalWork::Dbt {
                    project: project.to_owned(),
                    commands,
                    schema: schema.unwrap_or("default").to_owned(),
                },
                None => LocalWork::Elsewhere(format!("the dbt project `{directory}`, which is in the workspace")),
            }
        }
        Work::Dbt { .. } => LocalWork::Elsewhere("dbt and a SQL warehouse".to_owned()),
        Work::Condition { op, left, right } => {
            LocalWork::Condition { op: op.to_owned(), left: left.to_owned(), right: right.to_owned() }
        }
        Work::Loop(each) => match each.task.map(|t| read_task(t, inputs)) {
            Some(task) => LocalWork::ForEach {
                inputs: each.inputs.to_owned(),
                parallel: each.concurrency.min(100) as usize,
                task: Box::new(task),
            },
            None => LocalWork::Elsewhere("a loop without a task".to_owned()),
        },
        Work::Other(kind) => LocalWork::Elsewhere(
            match kind {
                "pipeline_task" => "a pipeline of the workspace",
                "run_job_task" => "another job",
                "spark_jar_task" | "spark_submit_task" => "Spark and the JVM",
                _ => "the platform",
            }
            .to_owned(),
        ),
    }
}

/// Why a notebook cannot run locally, if it cannot.
fn notebook_needs(file: &std::path::Path, inputs: &PlanInputs<'_>) -> Option<String> {
    let extension = file.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    if extension != "py" {
        return Some(format!("a notebook in `.{extension}`; only `.py` notebooks run locally"));
    }
    cells_elsewhere(file, inputs, 0)
}

/// The first cell in another language, in a notebook or one that it includes.
fn cells_elsewhere(file: &std::path::Path, inputs: &PlanInputs<'_>, depth: usize) -> Option<String> {
    let text = (inputs.read)(file).filter(|_| depth < 16)?;
    for line in text.lines().filter_map(|l| l.strip_prefix("# MAGIC %")) {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match word {
            "md" | "python" | "pip" => {}
            "run" => {
                let target = rest.split_whitespace().next().unwrap_or_default().trim_matches(['"', '\'']);
                let other = file.parent().unwrap_or(std::path::Path::new("")).join(target);
                let other = if target.ends_with(".py") { other } else { other.with_added_extension("py") };
                if let Some(what) = cells_elsewhere(&other, inputs, depth + 1) {
                    return Some(what);
                }
            }
            _ => return Some(format!("the workspace, for a cell with `%{word}` in `{}`", file.display())),
        }
    }
    None
}
