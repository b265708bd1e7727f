//! Holes in payloads: fills the known ones, and lists the others with their JSON pointers.

use serde_json::Value;
use smol_str::SmolStr;

use crate::model::{Hole, short_name};

/// Marks a placeholder in a field that is not text.
pub(super) const NOT_TEXT: char = '\u{1}';

/// A place in a payload that only a workspace can fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unresolved {
    /// A JSON pointer into the payload.
    pub pointer: String,
    pub hole: Hole,
}

impl Unresolved {
    /// The pipeline whose job id belongs there.
    pub fn job(&self) -> Option<&SmolStr> {
        match &self.hole {
            Hole::JobId(pipeline) => Some(pipeline),
            _ => None,
        }
    }

    /// Writes the value into the payload.
    pub fn fill(&self, body: &mut Value, value: &str) {
        match body.pointer_mut(&self.pointer) {
            Some(Value::String(text)) => *text = text.replace(&self.hole.placeholder(), value),
            // A whole number, which is 0 until then.
            Some(slot) => *slot = value.parse::<i64>().map_or_else(|_| value.into(), Value::from),
            None => {}
        }
    }
}

/// Fills in the user in a text, if it is known.
pub(super) fn with_user(text: &str, user: Option<&str>) -> String {
    let Some(user) = user else { return text.to_owned() };
    text.replace(&Hole::UserName.placeholder(), user).replace(&Hole::UserShortName.placeholder(), &short_name(user))
}

/// Replaces placeholders of the user by expressions of another tool; `None` if there are none.
pub fn user_as(text: &str, name: &str, short_name: &str) -> Option<String> {
    let holes = [(Hole::UserName.placeholder(), name), (Hole::UserShortName.placeholder(), short_name)];
    let is_open = holes.iter().any(|(placeholder, _)| text.contains(placeholder));
    is_open.then(|| holes.iter().fold(text.to_owned(), |text, (placeholder, by)| text.replace(placeholder, by)))
}

/// Fills in the user in a payload, and lists the holes that remain. `holes` are those that it may have.
pub(super) fn resolve(body: &mut Value, holes: &[Hole], user: Option<&str>) -> Vec<Unresolved> {
    let mut out = Vec::new();
    if !holes.is_empty() {
        walk(body, &mut String::new(), holes, user, &mut out);
    }
    out
}

fn walk(value: &mut Value, pointer: &mut String, holes: &[Hole], user: Option<&str>, out: &mut Vec<Unresolved>) {
    let len = pointer.len();
    match value {
        Value::String(text) if text.contains("<<") => {
            *text = with_user(text, user);
            let found = |text: &str| -> Vec<Unresolved> {
                let here = holes.iter().filter(|hole| text.contains(&hole.placeholder()));
                here.map(|hole| Unresolved { pointer: pointer.clone(), hole: hole.clone() }).collect()
            };
            out.extend(found(text));
            if text.starts_with(NOT_TEXT) {
                *value = 0.into();
            }
        }
        Value::Array(items) => {
            for (n, item) in items.iter_mut().enumerate() {
                pointer.push_str(&format!("/{n}"));
                walk(item, pointer, holes, user, out);
                pointer.truncate(len);
            }
        }
        Value::Object(map) => {
            for (key, item) in map.iter_mut() {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                walk(item, pointer, holes, user, out);
                pointer.truncate(len);
            }
        }
        _ => {}
    }
}
