//! Converts field values to JSON, in the order of the table.

use serde_json::{Map, Value};

use super::holes::NOT_TEXT;
use crate::model::{Node, NodeKind, Object};

/// An object with its fields in the order of the table, then unchecked ones.
pub fn object_json(object: &Object) -> Value {
    let mut out = Map::new();
    for field in object.block.fields {
        if let Some(node) = object.get(field.handle()) {
            out.insert(field.key.to_owned(), node_json(node));
        }
    }
    for u in &object.unchecked {
        out.insert(u.key.to_string(), u.value.clone());
    }
    Value::Object(out)
}

/// Converts one value.
pub(super) fn node_json(node: &Node) -> Value {
    match &node.kind {
        NodeKind::Bool(b) => (*b).into(),
        NodeKind::Int(n) => (*n).into(),
        NodeKind::Num(text) => crate::model::number_json(text),
        NodeKind::Text(text) => text.to_string().into(),
        NodeKind::Hole(hole) => format!("{NOT_TEXT}{hole}").into(),
        NodeKind::List(items) => items.iter().map(node_json).collect(),
        NodeKind::Map(entries) => entries
            .iter()
            .filter(|(.., v)| !matches!(v.kind, NodeKind::Removed))
            .map(|(k, _, v)| (k.to_string(), node_json(v)))
            .collect::<Map<_, _>>()
            .into(),
        NodeKind::Object(object) => object_json(object),
        // A valid program contains neither.
        NodeKind::Removed | NodeKind::Bad => Value::Null,
    }
}
