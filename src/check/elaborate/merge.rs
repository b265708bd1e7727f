//! Merging: `extends`, target over pipeline, step over `defaults`.
//!
//! Strings, numbers and lists replace; maps and blocks merge by key; `none` removes; a field of an exclusive group
//! replaces its group.

use std::collections::HashMap;

use smol_str::SmolStr;

use crate::model::{FieldValue, Node, NodeKind, Object};
use crate::schema::{Group, Place};

/// Merges `over` into `base`.
pub fn merge(base: &Object, over: &Object, place: Option<&'static Place>) -> Object {
    let mut out = base.clone();
    out.span = over.span;
    out.broken |= over.broken;
    for field in &over.fields {
        if field.value.is_some() {
            let groups: Vec<&Group> = match place {
                Some(place) => place.extra.groups.iter().chain(place.block.groups).collect(),
                None => over.block.groups.iter().collect(),
            };
            for group in groups.iter().filter(|g| g.keys.contains(&field.field.key)) {
                out.fields.retain(|f| f.field.key == field.field.key || !group.keys.contains(&f.field.key));
            }
        }
        match out.fields.iter_mut().find(|f| f.field.key == field.field.key) {
            Some(existing) => {
                *existing =
                    FieldValue { value: merge_values(existing.value.as_ref(), field.value.as_ref()), ..field.clone() }
            }
            None => out.fields.push(field.clone()),
        }
    }
    if !over.unchecked.is_empty() {
        let mut places: HashMap<&SmolStr, usize> =
            base.unchecked.iter().enumerate().map(|(i, u)| (&u.key, i)).collect();
        for entry in &over.unchecked {
            let place = *places.entry(&entry.key).or_insert(out.unchecked.len());
            match out.unchecked.get_mut(place) {
                Some(slot) => *slot = entry.clone(),
                None => out.unchecked.push(entry.clone()),
            }
        }
    }
    out
}

fn merge_values(base: Option<&Node>, over: Option<&Node>) -> Option<Node> {
    let (Some(base), Some(over)) = (base, over) else { return over.cloned() };
    let kind = match (&base.kind, &over.kind) {
        (NodeKind::Object(a), NodeKind::Object(b)) => NodeKind::Object(merge(a, b, None)),
        (NodeKind::Map(a), NodeKind::Map(b)) => {
            let mut out = a.clone();
            let mut places: HashMap<&SmolStr, usize> = a.iter().enumerate().map(|(i, (key, ..))| (key, i)).collect();
            for entry in b {
                let place = *places.entry(&entry.0).or_insert(out.len());
                match out.get_mut(place) {
                    Some(slot) => *slot = entry.clone(),
                    None => out.push(entry.clone()),
                }
            }
            NodeKind::Map(out)
        }
        (_, kind) => kind.clone(),
    };
    Some(Node { span: over.span, kind })
}
