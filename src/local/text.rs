//! Replaces references in strings with their values in a run.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Map, Value};

use super::error::LocalError;
use super::outcome::TaskState;
use crate::model::{Braces, Reference, braces};
use crate::payload::wire;

/// The values of a run.
#[derive(Clone, Debug, Default)]
pub(super) struct RunValues {
    /// Job parameters as strings.
    pub params: HashMap<String, String>,
    /// For each task that has ended, its state, values and number of attempts.
    pub tasks: HashMap<String, EndedTask>,
    /// Facts of the run, such as `job.run_id` and `job.start_time.iso_date`.
    pub facts: HashMap<String, String>,
}

/// A task that has ended.
#[derive(Clone, Debug)]
pub(super) struct EndedTask {
    pub state: TaskState,
    pub values: Map<String, Value>,
    pub attempts: u32,
}

/// The context of a string: its task, and the item of a loop.
#[derive(Clone, Copy, Debug)]
pub(super) struct RefContext<'a> {
    pub task: &'a str,
    pub attempt: u32,
    pub input: Option<&'a Value>,
}

impl RunValues {
    /// Replaces the references in a string.
    pub fn replace(&self, text: &str, here: RefContext<'_>) -> Result<String, LocalError> {
        let mut out = String::new();
        let mut from = 0;
        for (start, end, found) in braces(text) {
            out.push_str(text.get(from..start).unwrap_or(""));
            let written = text.get(start..end).unwrap_or("");
            match found {
                Braces::Known(reference) => out.push_str(&self.value(&reference, here)?),
                Braces::Legacy(name) => match self.facts.get(name) {
                    Some(value) => out.push_str(value),
                    None => out.push_str(written),
                },
                Braces::Literal(_) | Braces::Wrong(_) | Braces::NoSuchFact(_) => out.push_str(written),
            }
            from = end;
        }
        out.push_str(text.get(from..).unwrap_or(""));
        Ok(out)
    }

    fn value(&self, reference: &Reference, here: RefContext<'_>) -> Result<String, LocalError> {
        match reference {
            Reference::Param(name) => {
                self.params.get(name.as_str()).cloned().ok_or_else(|| format!("unknown job parameter `{name}`").into())
            }
            Reference::Value { task, name } => {
                let ended = self.tasks.get(task.as_str()).ok_or_else(|| format!("step `{task}` has not run"))?;
                match ended.values.get(name.as_str()) {
                    Some(value) => Ok(wire(value)),
                    None => Err(format!("step `{task}` did not set `{name}`").into()),
                }
            }
            Reference::TaskFact { task, fact } => {
                let ended = self.tasks.get(task.as_str()).ok_or_else(|| format!("step `{task}` has not run"))?;
                match fact.as_str() {
                    "result_state" => Ok(ended.state.result_state().to_owned()),
                    "execution_count" => Ok(ended.attempts.to_string()),
                    "run_id" => Ok(self.facts.get("job.run_id").cloned().unwrap_or_default()),
                    "error_code" => {
                        Ok(if ended.state.is_bad() { "RunExecutionError".to_owned() } else { String::new() })
                    }
                    // The result of a SQL step comes from its stub: the columns of the first row, or `output` as a
                    // whole.
                    path => {
                        let mut at = Value::Object(ended.values.clone());
                        if let Some(column) = path.strip_prefix("output.first_row.")
                            && let Some(value) = at.get(column)
                        {
                            return Ok(wire(value));
                        }
                        for part in path.split('.') {
                            at = at.get(part).cloned().unwrap_or_default();
                        }
                        match at {
                            Value::Null => Err(format!("`{path}` of step `{task}` is not available locally").into()),
                            found => Ok(wire(&found)),
                        }
                    }
                }
            }
            Reference::Input(field) => match (here.input, field) {
                (Some(item), None) => Ok(wire(item)),
                (Some(item), Some(field)) => item
                    .get(field.as_str())
                    .map(wire)
                    .ok_or_else(|| format!("item {item} has no field `{field}`").into()),
                (None, _) => Err("`{{input}}` is outside a loop".into()),
            },
            Reference::Fact(path) => Ok(match path.as_str() {
                "task.name" => here.task.to_owned(),
                "task.execution_count" => here.attempt.to_string(),
                path => match self.facts.get(path) {
                    Some(value) => value.clone(),
                    None => return Err(format!("`{path}` is not available locally").into()),
                },
            }),
            // Secrets are passed by name only: the process reads them from its environment.
            Reference::Secret { scope, key } => Err(format!("secret `{scope}/{key}` is not available locally").into()),
        }
    }
}

/// The value of `--name=value`, or the string itself.
fn value_of(text: &str) -> &str {
    text.split_once('=').filter(|(name, _)| name.starts_with("--")).map_or(text, |(_, value)| value)
}

/// Replaces the path of a volume in a parameter with one below `root`.
pub(super) fn in_volumes(text: &str, root: &Path) -> String {
    let path = value_of(text);
    let before = text.strip_suffix(path).unwrap_or_default();
    if path.starts_with(['[', '{']) && path.contains("\"/Volumes/") {
        // A list or map of paths.
        return match serde_json::from_str(path) {
            Ok(value) => format!("{before}{}", each_text(value, &|t| in_volumes(t, root))),
            Err(_) => text.to_owned(),
        };
    }
    match path.strip_prefix("/Volumes/") {
        Some(rest) if !rest.split('/').any(|p| p == "..") => {
            format!("{before}{}", root.join("Volumes").join(rest).display())
        }
        _ => text.to_owned(),
    }
}

/// Replaces paths below `root` in a value with those of the platform.
pub(super) fn out_of_volumes(value: Value, root: &Path) -> Value {
    let here = format!("{}/", root.join("Volumes").display());
    each_text(value, &|text| match text.strip_prefix(&here) {
        Some(rest) => format!("/Volumes/{rest}"),
        None => text.to_owned(),
    })
}

fn each_text(value: Value, f: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => f(&text).into(),
        Value::Array(list) => list.into_iter().map(|v| each_text(v, f)).collect(),
        Value::Object(map) => Value::Object(map.into_iter().map(|(k, v)| (k, each_text(v, f))).collect()),
        other => other,
    }
}

/// The volume of a path such as `/Volumes/catalog/schema/volume/...`, below `root`.
pub(super) fn volume_of(text: &str, root: &Path) -> Option<std::path::PathBuf> {
    let mut parts = value_of(text).strip_prefix("/Volumes/")?.split('/').filter(|p| !p.is_empty());
    let volume = [parts.next()?, parts.next()?, parts.next()?];
    (!volume.contains(&"..")).then(|| root.join("Volumes").join(volume.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_become_what_they_stand_for() {
        let mut known = RunValues::default();
        known.params.insert("country".to_owned(), "DE".to_owned());
        known.facts.insert("job.run_id".to_owned(), "7".to_owned());
        let values = serde_json::json!({ "rows": 3, "name": "x", "list": [1, 2], "a b": true });
        let values = values.as_object().cloned().unwrap_or_default();
        known.tasks.insert("load-it".to_owned(), EndedTask { state: TaskState::Success, values, attempts: 2 });
        let item = serde_json::json!({ "key": "k" });
        let here = RefContext { task: "t", attempt: 1, input: Some(&item) };
        let replace = |text: &str| known.replace(text, here);
        assert_eq!(replace("{{job.parameters.country}}-{{job.run_id}}"), Ok("DE-7".to_owned()));
        assert_eq!(
            replace("{{tasks.`load-it`.values.rows}} {{tasks.`load-it`.values.list}}"),
            Ok("3 [1,2]".to_owned())
        );
        assert_eq!(
            replace("{{tasks.`load-it`.result_state}} {{input.key}} {{task.name}}"),
            Ok("success k t".to_owned())
        );
        assert_eq!(replace("{{my_folder}}/x"), Ok("{{my_folder}}/x".to_owned()));
        assert!(replace("{{tasks.`load-it`.values.nothing}}").is_err());
        assert!(replace("{{input.nothing}}").is_err());
    }

    #[test]
    fn volumes_lie_below_a_directory_of_this_machine() {
        let root = Path::new("/r");
        assert_eq!(in_volumes("--folder=/Volumes/a/b/c/d", root), "--folder=/r/Volumes/a/b/c/d");
        assert_eq!(in_volumes("/Volumes/a", root), "/r/Volumes/a");
        assert_eq!(in_volumes("/tmp/Volumes/a", root), "/tmp/Volumes/a");
        assert_eq!(in_volumes("/Volumes/../etc", root), "/Volumes/../etc");
        assert_eq!(in_volumes("--f=[\"/Volumes/a/b\",1]", root), "--f=[\"/r/Volumes/a/b\",1]");
        assert_eq!(
            out_of_volumes(serde_json::json!(["/r/Volumes/a", "/x"]), root),
            serde_json::json!(["/Volumes/a", "/x"])
        );
        assert_eq!(volume_of("--f=/Volumes/a/b/c/d", root), Some(root.join("Volumes/a/b/c")));
        assert_eq!(volume_of("/Volumes/a/b", root), None);
    }
}
