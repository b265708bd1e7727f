//! Transforms payloads: splits off permissions, adds the tag, and makes payloads comparable despite renamed steps and
//! moved files.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::identity::TAG;
use crate::schema::key;
use crate::workspace::Principal;

/// Removes the permissions from a payload, because they are not part of a job's settings.
pub(super) fn take_grants(body: &mut Value) -> Option<Vec<Principal>> {
    let list = body.as_object_mut()?.shift_remove("access_control_list")?;
    let mut grants: Vec<Principal> = list.as_array()?.iter().filter_map(Principal::of).collect();
    grants.sort();
    Some(grants)
}

/// Adds the tag to a payload; `false` if the limit on tags is reached.
pub(super) fn put_tag(body: &mut Value, value: String) -> bool {
    let Some(map) = body.as_object_mut() else { return true };
    let tags = map.entry("tags").or_insert_with(|| Value::Object(Map::new()));
    if !tags.is_object() {
        *tags = Value::Object(Map::new());
    }
    let Some(tags) = tags.as_object_mut() else { return true };
    tags.insert(TAG.to_owned(), value.into());
    let most = crate::schema::JOB.row(key::TAGS).and_then(|f| f.max_items).unwrap_or(25);
    tags.len() <= most as usize
}

/// The value of the tag in a payload.
pub(super) fn tag_of(body: &Value) -> Option<&str> {
    body.get("tags")?.get(TAG)?.as_str()
}

/// The name of a job in lists.
pub(super) fn name(body: &Value) -> &str {
    body.get("name").and_then(Value::as_str).unwrap_or("Untitled")
}

/// All strings in a payload.
pub(super) fn texts(value: &Value) -> BTreeSet<&str> {
    fn walk<'v>(value: &'v Value, out: &mut BTreeSet<&'v str>) {
        match value {
            Value::String(text) => {
                out.insert(text);
            }
            Value::Array(list) => list.iter().for_each(|v| walk(v, out)),
            Value::Object(map) => map.values().for_each(|v| walk(v, out)),
            _ => {}
        }
    }
    let mut out = BTreeSet::new();
    walk(value, &mut out);
    out
}

/// Replaces the paths of uploaded files, which contain a hash, by a word. So a changed file is reported once, and not
/// at every step that uses it.
pub(super) fn without_paths(value: &Value, words: &BTreeMap<String, String>) -> Value {
    match value {
        Value::String(text) => words.get(text).unwrap_or(text).as_str().into(),
        Value::Array(list) => list.iter().map(|v| without_paths(v, words)).collect(),
        Value::Object(map) => {
            map.iter().map(|(k, v)| (k.clone(), without_paths(v, words))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

/// Renames a task in a payload, including all references.
pub(super) fn renamed(value: &Value, from: &str, to: &str) -> Value {
    match value {
        Value::String(text) => text
            .replace(&format!("{{{{tasks.{from}."), &format!("{{{{tasks.{to}."))
            .replace(&format!("{{{{tasks.`{from}`."), &format!("{{{{tasks.`{to}`."))
            .into(),
        Value::Array(list) => list.iter().map(|v| renamed(v, from, to)).collect(),
        Value::Object(map) => {
            let own = |key: &str, value: &Value| match (key, value.as_str()) {
                ("task_key", Some(text)) if text == from => Some(Value::from(to)),
                ("entry_point", Some(text)) => {
                    let (pipeline, step) = text.rsplit_once('.')?;
                    (step == from).then(|| format!("{pipeline}.{to}").into())
                }
                _ => None,
            };
            map.iter()
                .map(|(k, v)| (k.clone(), own(k, v).unwrap_or_else(|| renamed(v, from, to))))
                .collect::<Map<_, _>>()
                .into()
        }
        other => other.clone(),
    }
}
