//! Names and strings in source.

use std::fmt::Write;

use crate::source::{plain, quote_name};
use crate::syntax::words::{self, WordPosition};

/// A readable name: `Nightly ETL (prod)` becomes `nightly_etl_prod`.
pub fn identifier(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            _ if out.ends_with('_') || out.is_empty() => {}
            _ => out.push('_'),
        }
    }
    // Names become file names.
    let out = out.get(..60).unwrap_or(&out).trim_matches('_');
    match out.chars().next() {
        None => "job".to_owned(),
        Some('0'..='9') => format!("job_{out}"),
        Some(_) if words::find(out).is_some_and(|w| w.slot == WordPosition::Value) => format!("{out}_job"),
        Some(_) => out.to_owned(),
    }
}

/// Whether a name can be written.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains('`') && !name.contains(plain::is_hidden)
}

/// A name in a declaration or as a value.
pub(super) fn name(name: &str) -> String {
    if words::find(name).is_some_and(|w| w.slot == WordPosition::Value) {
        format!("`{name}`")
    } else {
        quote_name(name)
    }
}

/// The key of an entry.
pub(super) fn key(key: &str) -> String {
    if is_name(key) { quote_name(key) } else { string(key) }
}

/// A string in quotes, or in triple quotes if it contains many.
pub(super) fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    let quotes = text.matches('"').count();
    let edges = text.starts_with([' ', '"']) || text.ends_with(['"', ' ']);
    if quotes > 2 && !edges && !text.contains("\"\"\"") && !text.chars().any(char::is_control) {
        let mut inner = String::new();
        escape(text, &mut inner);
        return format!("\"\"\"{}\"\"\"", inner.replace("\\\"", "\""));
    }
    out.push('"');
    escape(text, &mut out);
    out.push('"');
    out
}

/// Escapes the content of a string. Source is printed unescaped, so no string may be a command of a CI service.
pub(super) fn escape(text: &str, out: &mut String) {
    let from = out.len();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '$' if chars.peek() == Some(&'{') => out.push_str("\\$"),
            c if plain::is_hidden(c) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{{{:x}}}", c as u32);
            }
            c => out.push(c),
        }
    }
    if text.contains("##") {
        let safe = plain::with_hash(&out.split_off(from), "\\u{23}");
        out.push_str(&safe);
    }
}
