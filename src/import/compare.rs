//! Compares compiled jobs with imported ones.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::data::{Tree, TreeKind};
use crate::schema::list_key;
use crate::source::Span;

/// The keys of entries in which a compiled job differs from the imported one.
///
/// Object keys and keyed lists have no order, null equals a missing value, and a missing name may be added.
pub(super) fn differences(job: &Tree, compiled: &Value) -> Vec<Span> {
    let mut out = Vec::new();
    let nameless = job.get("name").is_none();
    object(job, compiled, job.span, &mut out, &|key| nameless && key == "name");
    out
}

fn object(tree: &Tree, value: &Value, at: Span, out: &mut Vec<Span>, extra: &dyn Fn(&str) -> bool) {
    let Value::Object(map) = value else {
        out.push(at);
        return;
    };
    for (key, inner) in tree.entries().iter().filter(|(_, v)| v.kind != TreeKind::Null) {
        match map.get(key.text.as_str()) {
            Some(other) => same(inner, other, key.span, &key.text, out),
            None => out.push(key.span),
        }
    }
    // An entry that was added is an error of its parent.
    let known: HashSet<&str> =
        tree.entries().iter().filter(|(_, v)| v.kind != TreeKind::Null).map(|(k, _)| k.text.as_str()).collect();
    if map.iter().any(|(k, v)| !v.is_null() && !known.contains(k.as_str()) && !extra(k)) {
        out.push(at);
    }
}

fn same(tree: &Tree, value: &Value, at: Span, key: &str, out: &mut Vec<Span>) {
    match (&tree.kind, value) {
        (TreeKind::Map(_), _) => object(tree, value, at, out, &|_| false),
        (TreeKind::List(items), Value::Array(list)) => list_of(items, list, at, key, out),
        _ => {
            if tree.json() != *value {
                out.push(at);
            }
        }
    }
}

fn list_of(items: &[Tree], list: &[Value], at: Span, key: &str, out: &mut Vec<Span>) {
    if items.len() != list.len() {
        out.push(at);
        return;
    }
    // Rules with the same metric are distinguished only by order.
    let keyed = list_key(key).filter(|_| key != "rules").and_then(|id| {
        let ids: Option<Vec<&Tree>> = items.iter().map(|i| i.get(id).filter(|v| v.text().is_some())).collect();
        Some((id, ids?))
    });
    let Some((id, ids)) = keyed else {
        for (item, other) in items.iter().zip(list) {
            same(item, other, at, "", out);
        }
        return;
    };
    fn text<'v>(value: &'v Value, key: &str) -> &'v str {
        value.get(key).and_then(Value::as_str).unwrap_or_default()
    }
    // A task may depend on both outcomes of a condition.
    let by_key: HashMap<(&str, &str), &Value> = list.iter().map(|v| ((text(v, id), text(v, "outcome")), v)).collect();
    for (item, name) in items.iter().zip(ids) {
        let wanted = (name.text().unwrap_or_default(), item.text_of("outcome").unwrap_or_default());
        match by_key.get(&wanted) {
            Some(other) => object(item, other, item.entry(id).map_or(at, |(k, _)| k.span), out, &|_| false),
            None => out.push(at),
        }
    }
}
