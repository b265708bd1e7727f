//! Compares payloads, ignoring order where the service does, and empty values.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::schema::{Block, Field, JOB, is_unordered, list_key};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The path, such as `tasks[train].timeout_seconds`.
    pub path: String,
    /// The value on the left, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Value>,
    /// The value on the right, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Value>,
}

impl Difference {
    /// The key of the task that contains it.
    pub fn step(&self) -> Option<&str> {
        let rest = self.path.strip_prefix("tasks[")?;
        rest.find(']').and_then(|end| rest.get(..end))
    }

    /// The path without the task.
    pub fn below_step(&self) -> &str {
        match self.step() {
            Some(key) => self.path.get("tasks[]".len() + key.len()..).unwrap_or_default().trim_start_matches('.'),
            None => &self.path,
        }
    }
}

/// Compares the settings of two jobs. Null and empty values equal missing ones.
pub fn diff(left: &Value, right: &Value) -> Vec<Difference> {
    let mut out = Vec::new();
    objects(left.as_object(), right.as_object(), Some(&JOB), "", &mut out);
    out
}

/// Compares the settings that were read with those that were sent, ignoring defaults of the service.
pub(super) fn drift(sent: &Value, live: &Value) -> Vec<Difference> {
    let mut out = diff(sent, live);
    out.retain(|d| !(d.was.is_none() && is_default(d)));
    out
}

/// Whether a value that was not sent is the default of the service.
fn is_default(d: &Difference) -> bool {
    let mut block = Some(&JOB);
    let mut field = None;
    let mut rest = d.path.as_str();
    while !rest.is_empty() {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        field = block.and_then(|b| b.field(name));
        block = field.and_then(|f| f.ty.block());
        // A key in brackets may contain anything except a closing bracket.
        let after = match after.strip_prefix('[') {
            Some(key) => key.split_once(']').map_or("", |(_, rest)| rest),
            None => after,
        };
        rest = after.strip_prefix('.').unwrap_or(after);
    }
    let default = field.and_then(|f| f.default);
    match &d.now {
        Some(Value::String(text)) => text.is_empty() || default == Some(text),
        Some(Value::Bool(b)) => default == Some(if *b { "true" } else { "false" }),
        Some(Value::Number(n)) => default == Some(&n.to_string()),
        _ => false,
    }
}

fn objects(
    left: Option<&Map<String, Value>>,
    right: Option<&Map<String, Value>>,
    block: Option<&'static Block>,
    path: &str,
    out: &mut Vec<Difference>,
) {
    let (empty, other) = (Map::new(), Map::new());
    let (left, right) = (left.unwrap_or(&empty), right.unwrap_or(&other));
    let more = right.keys().filter(|k| !left.contains_key(*k));
    for key in left.keys().chain(more) {
        let field = block.and_then(|b| b.field(key));
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        values(left.get(key), right.get(key), field, key, &path, out);
    }
}

fn values(
    left: Option<&Value>,
    right: Option<&Value>,
    field: Option<&'static Field>,
    key: &str,
    path: &str,
    out: &mut Vec<Difference>,
) {
    if left == right || is_nothing(key, left) && is_nothing(key, right) {
        return;
    }
    let block = field.and_then(|f| f.ty.block());
    match (left, right) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => objects(Some(a), Some(b), block, path, out),
        (Some(Value::Array(a)), Some(Value::Array(b))) => lists(a, b, block, key, path, out),
        // A keyed list that was added or removed is compared by element.
        (Some(Value::Array(a)), None) if list_key(key).is_some() => lists(a, &[], block, key, path, out),
        (None, Some(Value::Array(b))) if list_key(key).is_some() => lists(&[], b, block, key, path, out),
        _ => out.push(Difference { path: path.to_owned(), was: left.cloned(), now: right.cloned() }),
    }
}

fn lists(a: &[Value], b: &[Value], block: Option<&'static Block>, key: &str, path: &str, out: &mut Vec<Difference>) {
    if let Some(name) = list_key(key)
        && let (Some(left), Some(right)) = (keys(a, name), keys(b, name))
    {
        for (k, value) in a.iter().enumerate().filter_map(|(i, v)| Some((left.get(i)?, v))) {
            let path = format!("{path}[{k}]");
            match right.iter().position(|r| r == k).and_then(|i| b.get(i)) {
                Some(other) => objects(value.as_object(), other.as_object(), block, &path, out),
                None => out.push(Difference { path, was: Some(value.clone()), now: None }),
            }
        }
        for (k, value) in b.iter().enumerate().filter_map(|(i, v)| Some((right.get(i)?, v))) {
            if !left.contains(k) {
                out.push(Difference { path: format!("{path}[{k}]"), was: None, now: Some(value.clone()) });
            }
        }
        return;
    }
    if is_unordered(key) {
        let sorted = |list: &[Value]| {
            let mut texts: Vec<String> = list.iter().map(|v| plain(v).to_string()).collect();
            texts.sort();
            texts
        };
        if sorted(a) == sorted(b) {
            return;
        }
    } else if a.len() == b.len() && a.iter().all(Value::is_object) && b.iter().all(Value::is_object) {
        for (i, (x, y)) in a.iter().zip(b).enumerate() {
            objects(x.as_object(), y.as_object(), block, &format!("{path}[{i}]"), out);
        }
        return;
    }
    out.push(Difference { path: path.to_owned(), was: Some(a.to_vec().into()), now: Some(b.to_vec().into()) });
}

/// A value without nulls, with sorted keys.
fn plain(value: &Value) -> Value {
    match value {
        Value::Array(list) => list.iter().map(plain).collect(),
        Value::Object(map) => {
            let mut entries: Vec<_> =
                map.iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k.clone(), plain(v))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            entries.into_iter().collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

/// The keys of all elements; `None` if one is missing or duplicated, so that only the order distinguishes them.
fn keys(list: &[Value], name: &str) -> Option<Vec<String>> {
    let mut out: Vec<String> = Vec::new();
    for value in list {
        let mut key = value.get(name)?.as_str()?.to_owned();
        // A task may depend on both outcomes of a condition.
        if let Some(outcome) = value.get("outcome").and_then(Value::as_str) {
            key = format!("{key}:{outcome}");
        }
        out.push(key);
    }
    let mut sorted: Vec<&String> = out.iter().collect();
    sorted.sort();
    sorted.dedup();
    (sorted.len() == out.len()).then_some(out)
}

/// Whether a value is missing, null, an empty list, or an object with only nulls. An empty
/// `continuous` is a trigger, so it counts as something.
fn is_nothing(key: &str, value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::Object(map)) => key != "continuous" && map.values().all(|v| v.is_null()),
        Some(Value::Array(list)) => list.is_empty(),
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{diff, drift};

    fn paths(left: serde_json::Value, right: serde_json::Value) -> Vec<String> {
        diff(&left, &right).into_iter().map(|d| d.path).collect()
    }

    #[test]
    fn an_empty_continuous_is_a_trigger() {
        assert_eq!(paths(json!({ "continuous": {} }), json!({})), ["continuous"]);
        assert_eq!(paths(json!({ "continuous": null }), json!({})), [""; 0]);
    }

    #[test]
    fn what_the_service_fills_in_is_no_difference() {
        let sent = json!({ "name": "a", "tasks": [{ "task_key": "x", "notebook_task": { "notebook_path": "/n" } }] });
        let read = json!({
            "name": "a", "format": "MULTI_TASK", "max_concurrent_runs": 1, "timeout_seconds": 0,
            "email_notifications": {}, "webhook_notifications": {}, "tags": null,
            "tasks": [{ "task_key": "x", "run_if": "ALL_SUCCESS", "timeout_seconds": 0, "email_notifications": {},
                        "notebook_task": { "notebook_path": "/n", "source": "WORKSPACE" } }],
        });
        let differences: Vec<_> = drift(&sent, &read).into_iter().map(|d| d.path).collect();
        assert_eq!(differences, ["tasks[x].notebook_task.source"], "what it filled in without a documented default");
    }

    #[test]
    fn a_block_of_defaults_is_something() {
        let with = json!({ "name": "a", "continuous": { "pause_status": "UNPAUSED" } });
        assert_eq!(paths(json!({ "name": "a" }), with.clone()), ["continuous"]);
        assert_eq!(drift(&json!({ "name": "a" }), &with).len(), 1);
        let mode = |m: &str| json!({ "job_clusters": [{ "job_cluster_key": "c", "new_cluster": { "data_security_mode": m } }] });
        assert_eq!(
            paths(mode("SINGLE_USER"), json!({ "job_clusters": [{ "job_cluster_key": "c", "new_cluster": {} }] }))
                .len(),
            1
        );
    }

    #[test]
    fn order_means_nothing_where_the_service_gives_it_none() {
        let task = |key: &str, after: &[&str]| {
            let after: Vec<_> = after.iter().map(|k| json!({ "task_key": k })).collect();
            json!({ "task_key": key, "depends_on": after })
        };
        let left = json!({ "tasks": [task("a", &[]), task("b", &["a", "c"]), task("c", &[])] });
        let right = json!({ "tasks": [task("c", &[]), task("b", &["c", "a"]), task("a", &[])] });
        assert_eq!(paths(left, right), Vec::<String>::new());
        let parameters =
            |list: &[&str]| json!({ "tasks": [{ "task_key": "a", "spark_python_task": { "parameters": list } }] });
        assert_eq!(paths(parameters(&["1", "2"]), parameters(&["2", "1"])), ["tasks[a].spark_python_task.parameters"]);
    }

    #[test]
    fn a_difference_says_where() {
        let left = json!({ "schedule": { "pause_status": "PAUSED" }, "tasks": [{ "task_key": "a", "max_retries": 1 }, { "task_key": "b" }] });
        let right = json!({ "schedule": { "pause_status": "UNPAUSED" }, "tasks": [{ "task_key": "a", "max_retries": 2 }, { "task_key": "c" }] });
        assert_eq!(paths(left, right), ["schedule.pause_status", "tasks[a].max_retries", "tasks[b]", "tasks[c]"]);
    }
}
