//! A typed view of a job payload, for everything that works on compiled jobs: cost estimates, local runs and graphs.
//!
//! The payload comes from `lower` or from the service. A field with another type than in the table counts as missing.

mod task;

use std::time::Duration;

use serde_json::Value;

pub use task::{PayloadTask, Placement, TaskDependency, TaskLoop, Work};

/// The body of a create request.
#[derive(Clone, Copy, Debug)]
pub struct Payload<'j> {
    json: &'j Value,
}

impl<'j> Payload<'j> {
    /// Wraps a JSON object.
    pub fn of(json: &'j Value) -> Payload<'j> {
        Payload { json }
    }

    /// Its tasks in order; the task inside a loop belongs to the loop.
    pub fn tasks(self) -> impl Iterator<Item = PayloadTask<'j>> {
        list(self.json, "tasks").map(PayloadTask::of)
    }

    /// The task with this key.
    pub fn task(self, key: &str) -> Option<PayloadTask<'j>> {
        self.tasks().find(|t| t.key() == key)
    }

    /// Its parameters with their defaults.
    pub fn params(self) -> impl Iterator<Item = (&'j str, &'j str)> {
        list(self.json, "parameters")
            .map(|p| (text(p, "name").unwrap_or_default(), text(p, "default").unwrap_or_default()))
    }

    /// Its shared clusters: keys and whole entries.
    pub fn clusters(self) -> impl Iterator<Item = (&'j str, &'j Value)> {
        keyed(self.json, "job_clusters", "job_cluster_key")
    }

    /// The settings of a shared cluster.
    pub fn cluster(self, key: &str) -> Option<&'j Value> {
        self.clusters().find(|(k, _)| *k == key)?.1.get("new_cluster")
    }

    /// Its serverless environments: keys and whole entries.
    pub fn environments(self) -> impl Iterator<Item = (&'j str, &'j Value)> {
        keyed(self.json, "environments", "environment_key")
    }

    /// The requirements of all environments, each with the key of its environment.
    pub fn requirements(self) -> impl Iterator<Item = (&'j str, &'j str)> {
        self.environments().flat_map(|(key, e)| {
            let lines = e.pointer("/spec/dependencies").and_then(Value::as_array).into_iter().flatten();
            lines.filter_map(Value::as_str).map(move |line| (key, line))
        })
    }

    /// The entry that describes the compute of a task, if the payload has one.
    pub fn compute_of(self, task: PayloadTask<'j>) -> Option<&'j Value> {
        match task.placement()? {
            Placement::NewCluster(spec) => Some(spec),
            Placement::JobCluster(key) => self.clusters().find(|(k, _)| *k == key).map(|(_, e)| e),
            Placement::Environment(key) => self.environments().find(|(k, _)| *k == key).map(|(_, e)| e),
            Placement::Existing(_) => None,
        }
    }

    /// The timeout of a run.
    pub fn timeout(self) -> Option<Duration> {
        seconds(self.json, "timeout_seconds")
    }

    /// The Quartz expression of its schedule.
    pub fn cron(self) -> Option<&'j str> {
        self.json.pointer("/schedule/quartz_cron_expression").and_then(Value::as_str)
    }

    /// The interval of its periodic trigger: number and unit.
    pub fn periodic(self) -> Option<(f64, &'j str)> {
        let periodic = self.json.pointer("/trigger/periodic")?;
        Some((periodic.get("interval")?.as_f64().filter(|n| *n > 0.0)?, text(periodic, "unit")?))
    }

    /// Whether runs wait for each other instead of being skipped.
    pub fn is_queued(self) -> bool {
        self.json.pointer("/queue/enabled").and_then(Value::as_bool) == Some(true)
    }

    /// The maximum number of concurrent runs.
    pub fn concurrent_runs(self) -> u64 {
        self.json.get("max_concurrent_runs").and_then(Value::as_u64).unwrap_or(1).max(1)
    }
}

/// A value as the service passes it to code: strings unchanged, everything else as JSON.
pub fn wire(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        other => other.to_string(),
    }
}

fn list<'j>(object: &'j Value, key: &str) -> impl Iterator<Item = &'j Value> {
    object.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn keyed<'j>(object: &'j Value, key: &str, name: &'static str) -> impl Iterator<Item = (&'j str, &'j Value)> {
    list(object, key).filter_map(move |e| Some((text(e, name)?, e)))
}

fn text<'j>(object: &'j Value, key: &str) -> Option<&'j str> {
    object.get(key).and_then(Value::as_str)
}

/// A timeout; zero means none.
fn seconds(object: &Value, key: &str) -> Option<Duration> {
    object.get(key).and_then(Value::as_u64).filter(|n| *n > 0).map(Duration::from_secs)
}
