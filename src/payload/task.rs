//! A task of a payload.

use std::time::Duration;

use serde_json::Value;

use super::{list, seconds, text, wire};

/// One entry of `tasks`, or the task inside a loop.
#[derive(Clone, Copy, Debug)]
pub struct PayloadTask<'j> {
    json: &'j Value,
}

/// A dependency of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskDependency<'j> {
    /// The key of the other task.
    pub task: &'j str,
    /// The required outcome of a condition.
    pub outcome: Option<&'j str>,
}

/// The compute of a task.
#[derive(Clone, Copy, Debug)]
pub enum Placement<'j> {
    /// A cluster of its own.
    NewCluster(&'j Value),
    /// The key of a shared cluster.
    JobCluster(&'j str),
    /// The key of a serverless environment.
    Environment(&'j str),
    /// The id of a running cluster.
    Existing(&'j str),
}

/// A loop around a task.
#[derive(Clone, Copy, Debug)]
pub struct TaskLoop<'j> {
    /// A JSON list, or a reference to one.
    pub inputs: &'j str,
    /// Concurrent iterations, at least one.
    pub concurrency: u64,
    /// The task inside, if any.
    pub task: Option<PayloadTask<'j>>,
}

impl<'j> TaskLoop<'j> {
    /// The number of items, if the list is a literal.
    pub fn items(&self) -> Option<u64> {
        serde_json::from_str::<Vec<Value>>(self.inputs).ok().map(|l| l.len() as u64)
    }
}

/// What a task does, as far as pipec runs it itself.
#[derive(Clone, Debug)]
pub enum Work<'j> {
    /// An entry point of a wheel.
    Wheel {
        /// The distribution.
        package: &'j str,
        entry_point: &'j str,
        /// Positional arguments.
        arguments: Vec<String>,
        /// Named arguments; `None` if it has positional ones.
        named: Option<Vec<(String, String)>>,
    },
    /// A notebook.
    Notebook {
        /// Its path in the workspace or repository.
        path: &'j str,
        parameters: Vec<(String, String)>,
        /// Whether it runs on a SQL warehouse.
        on_warehouse: bool,
    },
    /// A Python script.
    Script { path: &'j str, arguments: Vec<String> },
    /// A SQL task.
    Sql {
        /// The path of the file; `None` for a query, dashboard or alert.
        file: Option<&'j str>,
        /// Named parameters.
        parameters: Vec<(String, String)>,
    },
    /// A dbt task.
    Dbt {
        /// The directory of the project.
        directory: &'j str,
        /// The commands, each starting with `dbt`.
        commands: Vec<String>,
        /// The schema for models.
        schema: Option<&'j str>,
    },
    /// A comparison.
    Condition {
        /// The operator of the API.
        op: &'j str,
        left: &'j str,
        right: &'j str,
    },
    /// A loop.
    Loop(TaskLoop<'j>),
    /// Another task type, by the name of its field; empty if there is none.
    Other(&'j str),
}

impl<'j> PayloadTask<'j> {
    pub(super) fn of(json: &'j Value) -> PayloadTask<'j> {
        PayloadTask { json }
    }

    /// The task as JSON.
    pub fn json(self) -> &'j Value {
        self.json
    }

    /// Its key; empty if it has none.
    pub fn key(self) -> &'j str {
        text(self.json, "task_key").unwrap_or_default()
    }

    /// The task that does the work: the inner task of a loop, otherwise itself.
    pub fn worker(self) -> PayloadTask<'j> {
        self.loop_().and_then(|l| l.task).unwrap_or(self)
    }

    /// Its dependencies.
    pub fn depends_on(self) -> impl Iterator<Item = TaskDependency<'j>> {
        list(self.json, "depends_on")
            .filter_map(|d| Some(TaskDependency { task: text(d, "task_key")?, outcome: text(d, "outcome") }))
    }

    /// The value of `run_if`.
    pub fn run_if(self) -> &'j str {
        text(self.json, "run_if").unwrap_or("ALL_SUCCESS")
    }

    /// The maximum number of retries; `None` if unlimited.
    pub fn retries(self) -> Option<u64> {
        match self.json.get("max_retries").and_then(Value::as_i64) {
            Some(n) if n < 0 => None,
            n => Some(n.and_then(|n| u64::try_from(n).ok()).unwrap_or(0)),
        }
    }

    /// The pause before a retry.
    pub fn retry_pause(self) -> Duration {
        Duration::from_millis(self.json.get("min_retry_interval_millis").and_then(Value::as_u64).unwrap_or(0))
    }

    /// Whether it is retried after a timeout.
    pub fn retry_on_timeout(self) -> bool {
        self.json.get("retry_on_timeout").and_then(Value::as_bool).unwrap_or(false)
    }

    /// The timeout of one attempt.
    pub fn timeout(self) -> Option<Duration> {
        seconds(self.json, "timeout_seconds")
    }

    /// Whether it is disabled.
    pub fn is_disabled(self) -> bool {
        self.json.get("disabled").and_then(Value::as_bool).unwrap_or(false)
    }

    /// Its compute.
    pub fn placement(self) -> Option<Placement<'j>> {
        let task = self.worker().json;
        if let Some(spec) = task.get("new_cluster") {
            return Some(Placement::NewCluster(spec));
        }
        text(task, "job_cluster_key")
            .map(Placement::JobCluster)
            .or_else(|| text(task, "environment_key").map(Placement::Environment))
            .or_else(|| text(task, "existing_cluster_id").map(Placement::Existing))
    }

    /// The accelerator of serverless compute.
    pub fn accelerator(self) -> Option<&'j str> {
        self.worker().json.pointer("/compute/hardware_accelerator").and_then(Value::as_str)
    }

    /// Whether it uses a SQL warehouse.
    pub fn on_warehouse(self) -> bool {
        let fields = self.worker().json.as_object().into_iter().flatten();
        fields.filter(|(key, _)| key.ends_with("_task")).any(|(_, block)| block.get("warehouse_id").is_some())
    }

    /// Its libraries.
    pub fn libraries(self) -> impl Iterator<Item = &'j Value> {
        list(self.worker().json, "libraries")
    }

    /// The loop, if it is one.
    pub fn loop_(self) -> Option<TaskLoop<'j>> {
        let each = self.json.get("for_each_task")?;
        Some(TaskLoop {
            inputs: text(each, "inputs").unwrap_or_default(),
            concurrency: each.get("concurrency").and_then(Value::as_u64).unwrap_or(1).max(1),
            task: each.get("task").map(PayloadTask::of),
        })
    }

    /// Whether it is a condition.
    pub fn is_condition(self) -> bool {
        self.json.get("condition_task").is_some()
    }

    /// What it does.
    pub fn work(self) -> Work<'j> {
        if let Some(each) = self.loop_() {
            return Work::Loop(each);
        }
        let fields = self.json.as_object().into_iter().flatten();
        let Some((kind, block)) = fields.into_iter().find(|(key, b)| key.ends_with("_task") && b.is_object()) else {
            return Work::Other("");
        };
        let string = |key: &str| text(block, key).unwrap_or_default();
        match kind.as_str() {
            "python_wheel_task" => Work::Wheel {
                package: string("package_name"),
                entry_point: string("entry_point"),
                arguments: texts(block, "parameters"),
                named: block.get("named_parameters").is_some().then(|| pairs(block, "named_parameters")),
            },
            "notebook_task" => Work::Notebook {
                path: string("notebook_path"),
                parameters: pairs(block, "base_parameters"),
                on_warehouse: block.get("warehouse_id").is_some(),
            },
            "spark_python_task" => Work::Script { path: string("python_file"), arguments: texts(block, "parameters") },
            "sql_task" => Work::Sql {
                file: block.pointer("/file/path").and_then(Value::as_str),
                parameters: pairs(block, "parameters"),
            },
            "dbt_task" => Work::Dbt {
                directory: string("project_directory"),
                commands: texts(block, "commands"),
                schema: text(block, "schema"),
            },
            "condition_task" => Work::Condition { op: string("op"), left: string("left"), right: string("right") },
            other => Work::Other(other),
        }
    }
}

fn texts(block: &Value, key: &str) -> Vec<String> {
    list(block, key).map(wire).collect()
}

fn pairs(block: &Value, key: &str) -> Vec<(String, String)> {
    let entries = block.get(key).and_then(Value::as_object).into_iter().flatten();
    entries.map(|(k, v)| (k.clone(), wire(v))).collect()
}
