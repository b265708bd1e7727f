//! Task types, and the compute they can run on.
//!
//! Source: the platform's pages on configuring compute for jobs, and the descriptions of task types in the SDK.

use super::key::{self, FieldKey};

/// The compute of a task type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunsOn {
    /// Requires a cluster or a serverless environment.
    ClusterOrEnvironment,
    /// A cluster, or serverless compute without an environment.
    ClusterOrServerless,
    /// A serverless environment, or nothing.
    Environment,
    /// Requires a new cluster.
    NewCluster,
    /// Has its own compute, or needs none.
    Nothing,
}

/// A task type.
#[derive(Debug)]
pub struct Kind {
    /// Its field in a task.
    pub key: &'static str,
    /// A description with article.
    pub name: &'static str,
    pub runs_on: RunsOn,
    /// The field of its key-value arguments, to which job parameters are added.
    pub pushed_down: Option<&'static str>,
    /// Whether it can be retried.
    pub retries: bool,
}

const fn kind(key: &'static str, name: &'static str, runs_on: RunsOn) -> Kind {
    Kind { key, name, runs_on, pushed_down: None, retries: true }
}

/// All task types.
pub static KINDS: &[Kind] = &[
    Kind { pushed_down: Some("base_parameters"), ..kind("notebook_task", "a notebook", RunsOn::ClusterOrServerless) },
    Kind {
        pushed_down: Some("named_parameters"),
        ..kind("python_wheel_task", "a Python wheel", RunsOn::ClusterOrEnvironment)
    },
    kind("spark_python_task", "a Python script", RunsOn::ClusterOrEnvironment),
    kind("spark_jar_task", "a JAR", RunsOn::ClusterOrEnvironment),
    kind("spark_submit_task", "spark-submit", RunsOn::NewCluster),
    kind("dbt_task", "dbt", RunsOn::ClusterOrEnvironment),
    Kind { pushed_down: Some("parameters"), ..kind("sql_task", "SQL", RunsOn::Nothing) },
    Kind { pushed_down: Some("job_parameters"), ..kind("run_job_task", "another job", RunsOn::Nothing) },
    Kind { retries: false, ..kind("condition_task", "a condition", RunsOn::Nothing) },
    Kind { retries: false, ..kind("for_each_task", "a loop", RunsOn::Nothing) },
    kind("pipeline_task", "a declarative pipeline", RunsOn::Nothing),
    kind("python_operator_task", "a Python operator", RunsOn::ClusterOrEnvironment),
    kind("dashboard_task", "a dashboard", RunsOn::Nothing),
    kind("power_bi_task", "a Power BI refresh", RunsOn::Nothing),
    kind("alert_task", "an alert", RunsOn::Nothing),
    kind("ai_runtime_task", "an AI Runtime workload", RunsOn::Environment),
    kind("gen_ai_compute_task", "GenAI compute", RunsOn::Environment),
    kind("clean_rooms_notebook_task", "a clean-room notebook", RunsOn::Nothing),
    kind("dbt_cloud_task", "a dbt Cloud job", RunsOn::Nothing),
    kind("dbt_platform_task", "a dbt platform job", RunsOn::Nothing),
];

/// The task type of a field.
pub fn kind_of(key: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|k| k.key == key)
}

/// The fields of a task that set its compute.
pub const COMPUTE_FIELDS: &[FieldKey] =
    &[key::NEW_CLUSTER, key::JOB_CLUSTER_KEY, key::ENVIRONMENT_KEY, key::EXISTING_CLUSTER_ID];

/// Fields that belong to the inner step of a loop.
const NOT_ON_LOOPS: &[&str] = &[
    "max_retries",
    "min_retry_interval_millis",
    "retry_on_timeout",
    "libraries",
    "new_cluster",
    "job_cluster_key",
    "existing_cluster_id",
    "environment_key",
    "compute",
];
/// Fields that a condition does not support either.
const NOT_ON_CONDITIONS: &[&str] = &["email_notifications", "webhook_notifications", "notification_settings", "health"];

/// Whether a task type does not support a field.
pub fn refuses(kind: &str, field: &str) -> bool {
    match kind {
        "for_each_task" => NOT_ON_LOOPS.contains(&field),
        "condition_task" => NOT_ON_LOOPS.contains(&field) || NOT_ON_CONDITIONS.contains(&field),
        _ => false,
    }
}

/// Whether a field that applies to all tasks of a pipeline applies to a task type.
pub fn takes(kind: &str, field: &str) -> bool {
    let placed = COMPUTE_FIELDS.iter().any(|k| k.name() == field) || matches!(field, "libraries" | "compute");
    let reaches = !placed || kind_of(kind).is_none_or(|k| k.runs_on != RunsOn::Nothing);
    reaches && !refuses(kind, field)
}
