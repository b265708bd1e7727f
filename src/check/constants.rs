//! Constants adopt the type they are used at: the string `"2026-01-31"` is also a date.

use serde_json::Value;

use crate::model::Type;
use crate::schema::find_enum;
use crate::time::{is_date, is_datetime};

/// Whether a compile-time constant can be used as a value of the type.
pub fn adopts(value: &Value, wanted: &Type) -> bool {
    match wanted {
        Type::Any | Type::Json => true,
        Type::String | Type::Path | Type::PathObject => value.is_string(),
        Type::Table => value.as_str().is_some_and(is_table),
        Type::Date => value.as_str().is_some_and(is_date),
        Type::Datetime => value.as_str().is_some_and(|t| is_date(t) || is_datetime(t)),
        Type::Int => value.is_i64() || value.is_u64(),
        Type::Float => value.is_number(),
        Type::Bool => value.is_boolean(),
        Type::List(item) => value.as_array().is_some_and(|l| l.iter().all(|v| adopts(v, item))),
        Type::Map(item) => value.as_object().is_some_and(|m| m.values().all(|v| adopts(v, item))),
        Type::Record(fields) => value
            .as_object()
            .is_some_and(|m| fields.iter().all(|(name, ty)| m.get(name.as_str()).is_some_and(|v| adopts(v, ty)))),
        Type::Enum(name) => value.as_str().is_some_and(|t| find_enum(name).is_none_or(|e| e.members.contains(&t))),
        Type::Compute => false,
    }
}

/// The constant of an argument, if its text is one: text that was evaluated as `ty`.
pub fn of_wire(text: &str, ty: &Type) -> Option<Value> {
    match ty {
        Type::String => Some(Value::from(text)),
        _ => serde_json::from_str(text).ok(),
    }
}

/// Whether a text names a table: `schema.table` or `catalog.schema.table`, each part possibly in backticks.
pub fn is_table(text: &str) -> bool {
    (2..=3).contains(&table_parts(text))
}

/// The number of parts in the name of a table; 0 if it is not one.
pub fn table_parts(text: &str) -> usize {
    let (mut parts, mut rest) = (0, text);
    loop {
        let tail = match rest.strip_prefix('`') {
            Some(quoted) => match quoted.split_once('`') {
                Some((name, tail)) if !name.is_empty() => tail,
                _ => return 0,
            },
            None => {
                let end = rest.find('.').unwrap_or(rest.len());
                let (name, tail) = rest.split_at(end);
                if name.is_empty() || name.contains([' ', '/', '`']) {
                    return 0;
                }
                tail
            }
        };
        parts += 1;
        match tail.strip_prefix('.') {
            Some(more) => rest = more,
            None if tail.is_empty() => return parts,
            None => return 0,
        }
    }
}
