//! Dynamic value references: what is allowed between `{{` and `}}`.
//!
//! Source: the platform's page on dynamic value references, and for the old forms its older page on parameter
//! variables.

/// A reference without variable parts.
#[derive(Debug)]
pub struct Fact {
    /// Such as `job.run_id`.
    pub path: &'static str,
    /// The name of its type in the language.
    pub ty: &'static str,
    pub doc: &'static str,
}

const fn fact(path: &'static str, ty: &'static str, doc: &'static str) -> Fact {
    Fact { path, ty, doc }
}

/// Parts of a time, such as `job.start_time.iso_date`.
pub const TIME_PARTS: &[(&str, &str)] = &[
    ("iso_weekday", "int"),
    ("is_weekday", "bool"),
    ("iso_date", "date"),
    ("iso_datetime", "datetime"),
    ("year", "int"),
    ("month", "int"),
    ("day", "int"),
    ("hour", "int"),
    ("minute", "int"),
    ("second", "int"),
    ("timestamp_ms", "int"),
];

/// Paths that end with one of [`TIME_PARTS`].
pub const TIMES: &[(&str, &str)] = &[
    ("job.start_time", "Start time of the run, in UTC"),
    ("job.trigger.time", "Scheduled time of the trigger, regardless of queueing"),
    ("backfill", "Time interval of a backfill run"),
];

/// Complete paths.
pub const FACTS: &[Fact] = &[
    fact("job.id", "int", "The id of the job"),
    fact("job.name", "string", "The name of the job at the start of the run"),
    fact("job.run_id", "int", "The id of the run"),
    fact("job.repair_count", "int", "Number of repairs of the run"),
    fact("job.trigger.type", "string", "Type of the trigger that started the run"),
    fact("job.trigger.file_arrival.location", "path", "Location at which files arrived"),
    fact("job.trigger.table_update.updated_tables", "json", "The tables that changed since the last run"),
    fact("job.trigger.model.updates", "json", "The model changes that started the run"),
    fact("task.name", "string", "The key of this task"),
    fact("task.run_id", "int", "The id of this task's run"),
    fact("task.execution_count", "int", "Number of attempts of this task, including retries"),
    fact("task.notebook_path", "path", "The notebook of this task"),
    fact("workspace.id", "int", "The id of the workspace"),
    fact("workspace.url", "string", "The URL of the workspace"),
];

/// Facts of an upstream task: `tasks.<key>.<fact>`.
pub const TASK_FACTS: &[Fact] = &[
    fact("run_id", "int", "The id of the task's run"),
    fact("result_state", "string", "Result state of the task, in lower case"),
    fact("error_code", "string", "Why the task failed"),
    fact("execution_count", "int", "Number of attempts of the task"),
    fact("notebook_path", "path", "The notebook of the task"),
    fact("output.rows", "json", "All rows of a SQL task's result"),
    fact("output.first_row", "json", "The first row of a SQL task's result"),
    fact("output.alert_state", "string", "State of a SQL alert"),
];

/// Old variables, which are still supported.
pub const LEGACY: &[&str] =
    &["job_id", "run_id", "start_date", "start_time", "task_key", "parent_run_id", "task_retry_count", "job_name"];

/// First words that the platform evaluates; other text between braces is unchanged.
pub const ROOTS: &[&str] = &["job", "task", "tasks", "workspace", "input", "backfill", "secrets"];

/// Facts that are known at compile time. What only a workspace knows is filled in by a deployment.
pub const COMPILE_TIME: &[Fact] = &[
    fact("target.name", "string", "The name of the target; `default` without one"),
    fact("target.mode", "string", "The mode of the target: `development`, `production` or `none`"),
    fact("project.name", "string", "The name of the project: of its first package, else of its first pipeline"),
    fact("project.root_path", "path", "The folder of the project in the workspace"),
    fact("project.files_path", "path", "The folder of uploaded files in the workspace"),
    fact("user.name", "string", "The user that deploys, from `--user` or the workspace"),
    fact("user.short_name", "string", "The name of the user before `@`, in lower case, with `_` for other characters"),
    fact("git.branch", "string", "The branch that is checked out"),
    fact("git.commit", "string", "The commit that is checked out"),
    fact("git.origin", "string", "The URL of the remote `origin`"),
];

/// First words of compile-time facts.
pub const COMPILE_TIME_ROOTS: &[&str] = &["target", "project", "user", "git"];

/// The type of a path such as `job.start_time.iso_date`; `None` if it is unknown.
pub fn fact_type(path: &str) -> Option<&'static str> {
    if let Some(fact) = FACTS.iter().find(|f| f.path == path) {
        return Some(fact.ty);
    }
    if let Some((root, part)) = path.rsplit_once('.')
        && TIMES.iter().any(|(t, _)| *t == root)
    {
        return TIME_PARTS.iter().find(|(p, _)| *p == part).map(|(_, ty)| *ty);
    }
    // The middle of `job.trigger.table_update.<catalog.schema.table>.version` is a name of the user.
    let rest = path.strip_prefix("job.trigger.table_update.")?;
    if rest.ends_with(".version") {
        return Some("int");
    }
    let (_, part) = rest.split_once(".commit_timestamp.")?;
    TIME_PARTS.iter().find(|(p, _)| *p == part).map(|(_, ty)| *ty)
}

/// All paths, for suggestions and completion.
pub fn all_paths() -> impl Iterator<Item = String> {
    let times = TIMES.iter().flat_map(|(root, _)| TIME_PARTS.iter().map(move |(part, _)| format!("{root}.{part}")));
    FACTS.iter().map(|f| f.path.to_owned()).chain(times)
}
