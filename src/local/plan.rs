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
    /// Packages that the job installs besides its wheels, in pip's form.
    pub requirements: Vec<String>,
}

/// What a plan is made from besides the payload.
pub struct Given<'a> {
    /// The name of the pipeline.
    pub pipeline: &'a str,
    /// The local file of each workspace path.
    pub files: &'a HashMap<String, PathBuf>,
    /// The distributions of the project's wheels.
    pub packages: &'a [String],
    /// Reads a local file.
    pub read: &'a dyn Fn(&std::path::Path) -> Option<String>,
}

impl Plan {
    /// Reads the payload of a job, as it goes to the platform.
    pub fn read(job: &Value, given: &Given<'_>) -> Plan {
        let text = |v: &Value, key: &str| v.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let list = |v: &Value, key: &str| v.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        let tasks = list(job, "tasks").iter().map(|t| read_task(t, given)).collect();
        let params = list(job, "parameters").iter().map(|p| (text(p, "name"), text(p, "default"))).collect();
        let mut requirements: BTreeSet<String> = BTreeSet::new();
        for environment in list(job, "environments") {
            let lines =
                environment.pointer("/spec/dependencies").and_then(Value::as_array).cloned().unwrap_or_default();
            requirements
                .extend(lines.iter().filter_map(|l| l.as_str()).filter(|l| installs_here(l)).map(str::to_owned));
        }
        let mut libraries = list(job, "tasks").iter().flat_map(|t| list(t, "libraries")).collect::<Vec<_>>();
        libraries.extend(
            list(job, "tasks")
                .iter()
                .filter_map(|t| t.pointer("/for_each_task/task"))
                .flat_map(|t| list(t, "libraries")),
        );
        for library in libraries {
            if let Some(package) = library.pointer("/pypi/package").and_then(Value::as_str) {
                requirements.insert(package.to_owned());
            }
        }
        Plan { pipeline: given.pipeline.to_owned(), tasks, params, requirements: requirements.into_iter().collect() }
    }

    /// The task with this key.
    pub fn task(&self, key: &str) -> Option<&Task> {
        self.tasks.iter().find(|t| t.key == key)
    }

    /// Steps that cannot run here, with what they need.
    pub fn elsewhere(&self) -> BTreeMap<&str, &str> {
        self.tasks
            .iter()
            .filter_map(|t| {
                let kind = match &t.kind {
                    Kind::ForEach { task, .. } => &task.kind,
                    kind => kind,
                };
                match kind {
                    Kind::Elsewhere(why) => Some((t.key.as_str(), why.as_str())),
                    _ => None,
                }
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

/// Wheels of the project and files of the workspace are no packages to fetch.
fn installs_here(line: &str) -> bool {
    !line.starts_with('/') && !line.starts_with("-r /") && !line.starts_with("dbfs:")
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
        let mut arguments = texts(b, "parameters");
        arguments.extend(pairs(b, "named_parameters").iter().map(|(k, v)| format!("--{k}={v}")));
        return Kind::Wheel { package, entry_point: text(b, "entry_point"), arguments };
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
    let text = (given.read)(file)?;
    let magic = |line: &str| -> Option<String> {
        let word = line.strip_prefix("# MAGIC %")?.split_whitespace().next()?.to_owned();
        (!matches!(word.as_str(), "md" | "python" | "pip" | "run")).then_some(word)
    };
    text.lines().find_map(magic).map(|word| format!("a cell with `%{word}`"))
}
