//! What people write who come from other tools, and what it is called here.
//!
//! Sources: Databricks Asset Bundles, the Terraform provider, Airflow, dbx, ZenML.

use super::field::{Block, Ty};

/// What replaces a word of another tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ours {
    /// A field with the same value.
    Field(&'static str),
    /// A word in the header of the declaration, followed by the value as a name.
    Header(&'static str),
    /// Something else, described in a few words.
    Other(&'static str),
}

/// A word of another tool.
#[derive(Debug)]
pub struct Foreign {
    pub word: &'static str,
    /// The place or block that it is written in, as [`super::Place::name`] or [`Block::name`].
    pub within: &'static str,
    pub ours: Ours,
}

const fn row(within: &'static str, word: &'static str, ours: Ours) -> Foreign {
    Foreign { word, within, ours }
}

const STEP: &str = "a step";
const PIPELINE: &str = "a pipeline";
const CLUSTER: &str = "a cluster";
const ENVIRONMENT: &str = "an environment";
const TARGET: &str = "a target";
const ACCESS: &str = "JobAccessControlRequest";

static WORDS: &[Foreign] = &[
    row(STEP, "on", Ours::Header("on")),
    row(STEP, "cluster", Ours::Header("on")),
    row(STEP, "job_cluster", Ours::Header("on")),
    row(STEP, "compute_name", Ours::Header("on")),
    row(STEP, "environment", Ours::Header("on")),
    row(STEP, "env", Ours::Header("on")),
    row(STEP, "after", Ours::Header("after")),
    row(STEP, "needs", Ours::Header("after")),
    row(STEP, "requires", Ours::Header("after")),
    row(STEP, "dependencies", Ours::Header("after")),
    row(STEP, "upstream", Ours::Header("after")),
    row(STEP, "timeout", Ours::Field("timeout_seconds")),
    row(STEP, "execution_timeout", Ours::Field("timeout_seconds")),
    row(STEP, "retries", Ours::Field("max_retries")),
    row(STEP, "retry", Ours::Field("max_retries")),
    row(STEP, "retry_count", Ours::Field("max_retries")),
    row(STEP, "retry_delay", Ours::Field("min_retry_interval_millis")),
    row(STEP, "trigger_rule", Ours::Field("run_if")),
    row(STEP, "condition", Ours::Other("put the step into an `if`")),
    row(STEP, "when", Ours::Other("put the step into an `if`")),
    row(STEP, "outputs", Ours::Other("declare each output of the step, with its type")),
    row(STEP, "inputs", Ours::Other("pass values in the parentheses of the call")),
    row(STEP, "args", Ours::Other("pass values in the parentheses of the call")),
    row(STEP, "arguments", Ours::Other("pass values in the parentheses of the call")),
    row(STEP, "parameters", Ours::Other("pass values in the parentheses of the call")),
    row(STEP, "params", Ours::Other("pass values in the parentheses of the call")),
    row(STEP, "base_parameters", Ours::Other("pass values in the parentheses of the call")),
    row(STEP, "task", Ours::Other("put the call directly into the step")),
    row(STEP, "name", Ours::Other("a step has no other name than the one after `step`")),
    row(STEP, "email", Ours::Other("set `on_failure` in `email_notifications`")),
    row(STEP, "notify", Ours::Other("set `on_failure` in `email_notifications`")),
    row(STEP, "packages", Ours::Other("add `libraries` to the cluster, or `dependencies` to the environment")),
    row(PIPELINE, "timeout", Ours::Field("timeout_seconds")),
    row(PIPELINE, "permissions", Ours::Field("access_control_list")),
    row(PIPELINE, "access_control", Ours::Field("access_control_list")),
    row(PIPELINE, "concurrency", Ours::Field("max_concurrent_runs")),
    row(PIPELINE, "max_active_runs", Ours::Field("max_concurrent_runs")),
    row(PIPELINE, "labels", Ours::Field("tags")),
    row(PIPELINE, "email", Ours::Other("set `on_failure` in `email_notifications`")),
    row(PIPELINE, "notify", Ours::Other("set `on_failure` in `email_notifications`")),
    row(PIPELINE, "notifications", Ours::Other("set `email_notifications` or `webhook_notifications`")),
    row(PIPELINE, "cron", Ours::Other("set `quartz_cron_expression` and `timezone_id` in `schedule`")),
    row(PIPELINE, "job", Ours::Other("put its fields directly into the pipeline")),
    row(PIPELINE, "retries", Ours::Other("set `max_retries` in `defaults`")),
    row(PIPELINE, "max_retries", Ours::Other("set `max_retries` in `defaults`")),
    row(PIPELINE, "on", Ours::Header("on")),
    row(PIPELINE, "cluster", Ours::Header("on")),
    row(PIPELINE, "job_cluster", Ours::Header("on")),
    row(PIPELINE, "environment", Ours::Header("on")),
    row(CLUSTER, "workers", Ours::Field("num_workers")),
    row(CLUSTER, "node_count", Ours::Field("num_workers")),
    row(CLUSTER, "size", Ours::Field("num_workers")),
    row(CLUSTER, "node_type", Ours::Field("node_type_id")),
    row(CLUSTER, "instance_type", Ours::Field("node_type_id")),
    row(CLUSTER, "machine_type", Ours::Field("node_type_id")),
    row(CLUSTER, "vm_size", Ours::Field("node_type_id")),
    row(CLUSTER, "driver_node_type", Ours::Field("driver_node_type_id")),
    row(CLUSTER, "runtime", Ours::Field("spark_version")),
    row(CLUSTER, "runtime_version", Ours::Field("spark_version")),
    row(CLUSTER, "dbr", Ours::Field("spark_version")),
    row(CLUSTER, "dbr_version", Ours::Field("spark_version")),
    row(CLUSTER, "env_vars", Ours::Field("spark_env_vars")),
    row(CLUSTER, "environment", Ours::Field("spark_env_vars")),
    row(CLUSTER, "environment_variables", Ours::Field("spark_env_vars")),
    row(CLUSTER, "conf", Ours::Field("spark_conf")),
    row(CLUSTER, "tags", Ours::Field("custom_tags")),
    row(CLUSTER, "labels", Ours::Field("custom_tags")),
    row(CLUSTER, "policy", Ours::Field("policy_id")),
    row(CLUSTER, "access_mode", Ours::Field("data_security_mode")),
    row(CLUSTER, "min_workers", Ours::Other("set both ends of `autoscale`")),
    row(CLUSTER, "max_workers", Ours::Other("set both ends of `autoscale`")),
    row(CLUSTER, "extends", Ours::Header("extends")),
    row(CLUSTER, "base", Ours::Header("extends")),
    row(ENVIRONMENT, "packages", Ours::Field("dependencies")),
    row(ENVIRONMENT, "libraries", Ours::Field("dependencies")),
    row(ENVIRONMENT, "version", Ours::Field("environment_version")),
    row(ENVIRONMENT, "spec", Ours::Other("put its fields directly into the environment")),
    row(TARGET, "variables", Ours::Field("vars")),
    row(TARGET, "permissions", Ours::Field("access_control_list")),
    row(TARGET, "resources", Ours::Other("set the fields of pipelines directly in the target")),
    row(ACCESS, "level", Ours::Field("permission_level")),
    row(ACCESS, "group", Ours::Field("group_name")),
    row(ACCESS, "user", Ours::Field("user_name")),
    row("CronSchedule", "cron", Ours::Field("quartz_cron_expression")),
    row("CronSchedule", "expression", Ours::Field("quartz_cron_expression")),
    row("CronSchedule", "timezone", Ours::Field("timezone_id")),
    row("CronSchedule", "time_zone", Ours::Field("timezone_id")),
    row("CronSchedule", "enabled", Ours::Other("set `pause_status` to `PAUSED` or `UNPAUSED`")),
    row("CronSchedule", "paused", Ours::Other("set `pause_status` to `PAUSED` or `UNPAUSED`")),
    row(PIPELINE, "default", Ours::Other("use `defaults`")),
    row(PIPELINE, "depends_on", Ours::Other("start the other pipeline in a step, with `run`")),
    row(PIPELINE, "after", Ours::Other("start the other pipeline in a step, with `run`")),
    row("workspace", "url", Ours::Field("host")),
    row("gpu", "model", Ours::Field("accelerator")),
    row("gpu", "type", Ours::Field("accelerator")),
    row("gpu", "name", Ours::Field("accelerator")),
    row("gpu", "gpus", Ours::Field("count")),
    row("JobRunAs", "service_principal", Ours::Field("service_principal_name")),
    row("JobRunAs", "user", Ours::Field("user_name")),
    row("GitSource", "branch", Ours::Field("git_branch")),
    row("GitSource", "tag", Ours::Field("git_tag")),
    row("GitSource", "commit", Ours::Field("git_commit")),
    row("GitSource", "url", Ours::Field("git_url")),
    row("GitSource", "provider", Ours::Field("git_provider")),
    row("SqlTaskFile", "file", Ours::Field("path")),
    row("NotebookTask", "path", Ours::Field("notebook_path")),
    row("NotebookTask", "parameters", Ours::Field("base_parameters")),
    row("PythonPyPiLibrary", "name", Ours::Field("package")),
];

/// Members of enums by what other tools call them: Airflow's trigger rules, abbreviations.
static MEMBERS: &[(&str, &str)] = &[
    ("ONE_FAILED", "AT_LEAST_ONE_FAILED"),
    ("ANY_FAILED", "AT_LEAST_ONE_FAILED"),
    ("ONE_SUCCESS", "AT_LEAST_ONE_SUCCESS"),
    ("ANY_SUCCESS", "AT_LEAST_ONE_SUCCESS"),
    ("ALL_FINISHED", "ALL_DONE"),
    ("ALL_COMPLETED", "ALL_DONE"),
    ("ALWAYS", "ALL_DONE"),
    ("ONE_DONE", "ALL_DONE"),
    ("NONE_FAILED_MIN_ONE_SUCCESS", "NONE_FAILED"),
    ("ALL_SUCCEEDED", "ALL_SUCCESS"),
    ("DEV", "development"),
    ("PROD", "production"),
    ("SHARED", "USER_ISOLATION"),
    ("STANDARD_MODE", "USER_ISOLATION"),
    ("DEDICATED", "SINGLE_USER"),
];

/// The member that replaces a word of another tool.
pub fn foreign_member(word: &str) -> Option<&'static str> {
    MEMBERS.iter().find(|(theirs, _)| theirs.eq_ignore_ascii_case(word)).map(|(_, ours)| *ours)
}

/// What replaces a word of another tool in a place or block.
pub fn foreign(within: &str, word: &str) -> Option<Ours> {
    let find = |place: &str| WORDS.iter().find(|row| row.word == word && row.within == place).map(|row| row.ours);
    // `defaults` has the fields of a step, but no header and no call.
    let of_step = || find(STEP).filter(|ours| within == "defaults" && matches!(ours, Ours::Field(_)));
    find(within).or_else(of_step)
}

/// The content of a block that a string was meant to be, such as `package = "pandas"`; `quoted` is the string with its
/// quotes, and `text` its content.
pub fn written_out(block: &Block, text: &str, quoted: &str) -> Option<String> {
    let by_form = match block.name {
        "Library" => Some(match text {
            t if t.ends_with(".whl") => format!("whl = {quoted}"),
            t if t.ends_with(".jar") => format!("jar = {quoted}"),
            t if t.ends_with(".egg") => format!("egg = {quoted}"),
            t if t.ends_with(".txt") => format!("requirements = {quoted}"),
            _ => format!("pypi {{ package = {quoted} }}"),
        }),
        "InitScriptInfo" => {
            let stores = [
                ("/Volumes/", "volumes"),
                ("dbfs:/", "dbfs"),
                ("s3://", "s3"),
                ("abfss://", "abfss"),
                ("gs://", "gcs"),
                ("file:/", "file"),
            ];
            let store =
                stores.iter().find(|(start, _)| text.starts_with(start)).map_or("workspace", |(_, store)| store);
            Some(format!("{store} {{ destination = {quoted} }}"))
        }
        _ => None,
    };
    by_form.or_else(|| {
        let mut required = block.fields.iter().filter(|f| f.required);
        match (required.next(), required.next()) {
            (Some(only), None) if matches!(only.ty, Ty::Str) => Some(format!("{} = {quoted}", only.key)),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{PLACES, all_blocks};

    #[test]
    fn every_word_is_foreign_and_its_field_exists() {
        for Foreign { word, within, ours } in WORDS {
            let place = PLACES.iter().map(|(_, p)| *p).find(|p| p.name == *within);
            let block = all_blocks().into_iter().find(|b| b.name == *within);
            assert!(place.is_some() || block.is_some(), "unknown place `{within}`");
            let has = |key: &str| {
                place.is_some_and(|p| p.field(key).is_some()) || block.is_some_and(|b| b.field(key).is_some())
            };
            assert!(!has(word), "{within} has a field `{word}`");
            if let Ours::Field(field) = ours {
                assert!(has(field), "{within} has no field `{field}`");
            }
        }
    }
}
