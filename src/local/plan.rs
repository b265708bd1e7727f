//! The payload of a job as tasks that run here, or do not.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

/// What a task runs.
#[derive(Clone, Debug)]
pub enum Kind {
    /// An entry point of a wheel.
    Wheel {
        /// The distribution.
        package: String,
        /// The name of the entry point.
        entry_point: String,
        /// Arguments, references not yet replaced.
        arguments: Vec<String>,
        /// Arguments with names; the platform adds the job parameters to them.
        named: Option<Vec<(String, String)>>,
    },
    /// A notebook in Python.
    Notebook {
        /// Its file.
        path: PathBuf,
        /// Its widgets.
        widgets: Vec<(String, String)>,
    },
    /// A Python script.
    Script {
        /// Its file.
        path: PathBuf,
        /// Its arguments.
        arguments: Vec<String>,
    },
    /// A file of SQL statements, for DuckDB.
    Sql {
        /// The file.
        path: PathBuf,
        /// Its named parameters.
        parameters: Vec<(String, String)>,
    },
    /// Commands of dbt, for DuckDB.
    Dbt {
        /// The directory of the project.
        project: PathBuf,
        /// The commands, each with the word `dbt`.
        commands: Vec<String>,
        /// The schema that models go to.
        schema: String,
    },
    /// A comparison.
    Condition {
        /// The operator of the API.
        op: String,
        /// The left side.
        left: String,
        /// The right side.
        right: String,
    },
    /// A loop around a task.
    ForEach {
        /// A JSON list, or a reference to one.
        inputs: String,
        /// How many at a time.
        parallel: usize,
        /// The task.
        task: Box<Task>,
    },
    /// Something that needs the platform, and what that is.
    Elsewhere(String),
}

/// A task.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its key.
    pub key: String,
    /// What it runs.
    pub kind: Kind,
    /// The tasks that it waits for, and the outcome that it asks for.
    pub depends_on: Vec<(String, Option<String>)>,
    /// `run_if`.
    pub run_if: String,
    /// How often it is tried again; `None` without end.
    pub retries: Option<u32>,
    /// The pause before it is tried again.
    pub pause: Duration,
    /// Whether it is tried again after a time-out.
    pub retry_on_timeout: bool,
    /// How long it may take.
    pub timeout: Option<Duration>,
    /// It is switched off.
    pub disabled: bool,
    /// Which of the plan's sets of requirements it runs with.
    pub requirements: usize,
    /// Environment variables of its cluster.
    pub variables: Vec<(String, String)>,
}

impl Task {
    /// What does the work: of a loop what is inside.
    pub fn work(&self) -> &Kind {
        match &self.kind {
            Kind::ForEach { task, .. } => &task.kind,
            kind => kind,
        }
    }
}

/// A job.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The name of the pipeline.
    pub pipeline: String,
    /// Its tasks in the order of the payload.
    pub tasks: Vec<Task>,
    /// Job parameters and their defaults.
    pub params: Vec<(String, String)>,
    /// Sets of packages that its clusters and environments install besides the wheels, in pip's form.
    pub requirements: Vec<Vec<String>>,
    /// What the job asks for and this machine does without, to be told.
    pub notes: Vec<String>,
    /// How long the whole may take.
    pub timeout: Option<Duration>,
}

/// What a plan is made from besides the payload.
pub struct Given<'a> {
    /// The name of the pipeline.
    pub pipeline: &'a str,
    /// The local file of each workspace path.
    pub files: &'a HashMap<String, PathBuf>,
    /// The distributions of the project's wheels.
    pub packages: &'a [String],
    /// Whether DuckDB stands for SQL warehouses.
    pub duckdb: bool,
    /// Reads a local file.
    pub read: &'a dyn Fn(&std::path::Path) -> Option<String>,
}

impl Plan {
    /// Reads the payload of a job, as it goes to the platform.
    pub fn read(job: &Value, given: &Given<'_>) -> Plan {
        let text = |v: &Value, key: &str| v.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let list = |v: &Value, key: &str| v.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        let params = list(job, "parameters").iter().map(|p| (text(p, "name"), text(p, "default"))).collect();
        let mut notes: Vec<String> = Vec::new();
        let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for environment in list(job, "environments") {
            let lines =
                environment.pointer("/spec/dependencies").and_then(Value::as_array).cloned().unwrap_or_default();
            let place = places.entry(format!("environment {}", text(&environment, "environment_key"))).or_default();
            for line in lines.iter().filter_map(Value::as_str) {
                match line.starts_with('/') || line.starts_with("-r /") || line.starts_with("dbfs:") {
                    true if given.packages.iter().any(|p| is_wheel_of(line, p)) => {}
                    true => notes.push(format!("`{line}` lies in the workspace and is not installed here")),
                    false => drop(place.insert(line.to_owned())),
                }
            }
        }
        let raw = list(job, "tasks");
        for task in raw.iter().map(inner) {
            let place = places.entry(place_of(task)).or_default();
            for library in list(task, "libraries") {
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
                        if !given.packages.iter().any(|p| is_wheel_of(shown.trim_matches('"'), p)) {
                            notes.push(format!("the library {shown} is not installed here"));
                        }
                    }
                }
            }
        }
        notes.sort();
        notes.dedup();
        let clusters = list(job, "job_clusters");
        let variables = |task: &Value| -> Vec<(String, String)> {
            let key = text(task, "job_cluster_key");
            let cluster = clusters.iter().find(|c| text(c, "job_cluster_key") == key);
            let map = cluster.and_then(|c| c.pointer("/new_cluster/spark_env_vars")).and_then(Value::as_object);
            map.into_iter().flatten().map(|(k, v)| (k.clone(), super::text::wire(v))).collect()
        };
        let mut requirements: Vec<Vec<String>> = Vec::new();
        let mut tasks = Vec::new();
        for raw in &raw {
            let mut task = read_task(raw, given);
            if matches!(task.work(), Kind::Condition { .. } | Kind::Elsewhere(_)) {
                // It starts no process, and needs no environment.
                tasks.push(task);
                continue;
            }
            let mut wanted: Vec<String> = places.get(&place_of(inner(raw))).into_iter().flatten().cloned().collect();
            match task.work() {
                Kind::Sql { .. } => wanted = vec![DUCKDB.to_owned()],
                Kind::Dbt { .. } => {
                    // The adapter of the platform is what DuckDB's stands for.
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
            task.variables = variables(inner(raw));
            if let Kind::ForEach { task: within, .. } = &mut task.kind {
                within.requirements = set;
                within.variables = task.variables.clone();
            }
            tasks.push(task);
        }
        let timeout = job.get("timeout_seconds").and_then(Value::as_u64).filter(|n| *n > 0).map(Duration::from_secs);
        Plan { pipeline: given.pipeline.to_owned(), tasks, params, requirements, notes, timeout }
    }

    /// The task with this key.
    pub fn task(&self, key: &str) -> Option<&Task> {
        self.tasks.iter().find(|t| t.key == key)
    }

    /// Steps that cannot run here, with what they need.
    pub fn elsewhere(&self) -> BTreeMap<&str, &str> {
        self.tasks
            .iter()
            .filter_map(|t| match t.work() {
                Kind::Elsewhere(why) => Some((t.key.as_str(), why.as_str())),
                _ => None,
            })
            .collect()
    }

    /// A step and everything that comes after it.
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

/// What stands for a SQL warehouse, and for dbt with one.
const DUCKDB: &str = "duckdb>=1.1";
// From 1.12 on dbt-core fetches a part of itself from outside of the package index.
const DBT_DUCKDB: [&str; 2] = ["dbt-core>=1.9,<1.12", "dbt-duckdb>=1.9,<2"];

/// The task that does the work: of a loop the one inside.
fn inner(task: &Value) -> &Value {
    task.pointer("/for_each_task/task").unwrap_or(task)
}

/// Where a task runs: tasks of one cluster or environment share what is installed.
fn place_of(task: &Value) -> String {
    ["environment", "job_cluster"]
        .iter()
        .find_map(|kind| Some(format!("{kind} {}", task.get(format!("{kind}_key"))?.as_str()?)))
        .unwrap_or_else(|| "nothing said".to_owned())
}

/// Whether a path is that of a project's own wheel.
fn is_wheel_of(path: &str, distribution: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with(&format!("{}-", crate::package::normalize_name(distribution))) && name.ends_with(".whl")
}

fn read_task(task: &Value, given: &Given<'_>) -> Task {
    let text = |key: &str| task.get(key).and_then(Value::as_str).map(str::to_owned);
    let number = |key: &str| task.get(key).and_then(Value::as_i64);
    let depends_on = task
        .get("depends_on")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|d| {
            let outcome = d.get("outcome").and_then(Value::as_str).map(str::to_owned);
            Some((d.get("task_key")?.as_str()?.to_owned(), outcome))
        })
        .collect();
    Task {
        key: text("task_key").unwrap_or_default(),
        kind: kind(task, given),
        depends_on,
        run_if: text("run_if").unwrap_or_else(|| "ALL_SUCCESS".to_owned()),
        retries: match number("max_retries") {
            Some(n) if n < 0 => None,
            n => Some(n.and_then(|n| u32::try_from(n).ok()).unwrap_or(0)),
        },
        pause: Duration::from_millis(
            number("min_retry_interval_millis").and_then(|n| u64::try_from(n).ok()).unwrap_or(0),
        ),
        retry_on_timeout: task.get("retry_on_timeout").and_then(Value::as_bool).unwrap_or(false),
        timeout: number("timeout_seconds")
            .and_then(|n| u64::try_from(n).ok())
            .filter(|n| *n > 0)
            .map(Duration::from_secs),
        disabled: task.get("disabled").and_then(Value::as_bool).unwrap_or(false),
        requirements: 0,
        variables: Vec::new(),
    }
}

fn kind(task: &Value, given: &Given<'_>) -> Kind {
    let block = |key: &str| task.get(key).filter(|b| b.is_object());
    let text = |b: &Value, key: &str| b.get(key).map(super::text::wire).unwrap_or_default();
    let texts = |b: &Value, key: &str| -> Vec<String> {
        b.get(key).and_then(Value::as_array).into_iter().flatten().map(super::text::wire).collect()
    };
    let pairs = |b: &Value, key: &str| -> Vec<(String, String)> {
        b.get(key)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(k, v)| (k.clone(), super::text::wire(v)))
            .collect()
    };
    if let Some(b) = block("python_wheel_task") {
        let package = text(b, "package_name");
        if !given.packages.contains(&package) {
            return Kind::Elsewhere(format!("the package `{package}`, which is not of this project"));
        }
        let named = b.get("named_parameters").is_some().then(|| pairs(b, "named_parameters"));
        return Kind::Wheel { package, entry_point: text(b, "entry_point"), arguments: texts(b, "parameters"), named };
    }
    if let Some(b) = block("notebook_task") {
        let path = text(b, "notebook_path");
        return match given.files.get(&path) {
            None => Kind::Elsewhere(format!("the notebook `{path}`, which lies in the workspace")),
            Some(_) if b.get("warehouse_id").is_some() => Kind::Elsewhere("a SQL warehouse".to_owned()),
            Some(file) => match notebook_needs(file, given) {
                Some(what) => Kind::Elsewhere(what),
                None => Kind::Notebook { path: file.clone(), widgets: pairs(b, "base_parameters") },
            },
        };
    }
    if let Some(b) = block("spark_python_task") {
        let path = text(b, "python_file");
        return match given.files.get(&path) {
            Some(file) => Kind::Script { path: file.clone(), arguments: texts(b, "parameters") },
            None => Kind::Elsewhere(format!("the script `{path}`, which lies in the workspace")),
        };
    }
    if let Some(b) = block("sql_task").filter(|_| given.duckdb)
        && let Some(path) = b.pointer("/file/path").and_then(Value::as_str)
    {
        return match given.files.get(path) {
            Some(file) => Kind::Sql { path: file.clone(), parameters: pairs(b, "parameters") },
            None => Kind::Elsewhere(format!("the SQL file `{path}`, which lies in the workspace")),
        };
    }
    if let Some(b) = block("dbt_task").filter(|_| given.duckdb) {
        let directory = text(b, "project_directory");
        let project = given.files.get(&format!("{directory}/dbt_project.yml"));
        return match project.and_then(|p| p.parent()) {
            Some(project) => Kind::Dbt {
                project: project.to_owned(),
                commands: texts(b, "commands"),
                schema: b.get("schema").map_or_else(|| "default".to_owned(), super::text::wire),
            },
            None => Kind::Elsewhere(format!("the dbt project `{directory}`, which lies in the workspace")),
        };
    }
    if let Some(b) = block("condition_task") {
        return Kind::Condition { op: text(b, "op"), left: text(b, "left"), right: text(b, "right") };
    }
    if let Some(b) = block("for_each_task") {
        let inner = b.get("task").map(|t| read_task(t, given));
        return match inner {
            Some(task) => Kind::ForEach {
                inputs: text(b, "inputs"),
                parallel: b.get("concurrency").and_then(Value::as_u64).map_or(1, |n| n.clamp(1, 100) as usize),
                task: Box::new(task),
            },
            None => Kind::Elsewhere("a loop without a task".to_owned()),
        };
    }
    let what = [
        ("sql_task", "a SQL warehouse"),
        ("dbt_task", "dbt and a SQL warehouse"),
        ("pipeline_task", "a pipeline of the workspace"),
        ("run_job_task", "another job"),
        ("spark_jar_task", "Spark and the JVM"),
        ("spark_submit_task", "Spark and the JVM"),
    ];
    let found = what.iter().find(|(key, _)| task.get(*key).is_some());
    Kind::Elsewhere(found.map_or("the platform", |(_, what)| what).to_owned())
}

/// What a notebook needs that is not here.
fn notebook_needs(file: &std::path::Path, given: &Given<'_>) -> Option<String> {
    let extension = file.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    if extension != "py" {
        return Some(format!("a notebook in `.{extension}`; only `.py` notebooks run here"));
    }
    cells_elsewhere(file, given, 0)
}

/// The first cell of a notebook, or of one that it brings in, that is in another language.
fn cells_elsewhere(file: &std::path::Path, given: &Given<'_>, depth: usize) -> Option<String> {
    let text = (given.read)(file).filter(|_| depth < 16)?;
    for line in text.lines().filter_map(|l| l.strip_prefix("# MAGIC %")) {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match word {
            "md" | "python" | "pip" => {}
            "run" => {
                let target = rest.split_whitespace().next().unwrap_or_default().trim_matches(['"', '\'']);
                let other = file.parent().unwrap_or(std::path::Path::new("")).join(target);
                let other = if target.ends_with(".py") { other } else { other.with_added_extension("py") };
                if let Some(what) = cells_elsewhere(&other, given, depth + 1) {
                    return Some(what);
                }
            }
            _ => return Some(format!("a cell with `%{word}` in `{}`", file.display())),
        }
    }
    None
}
