//! Strings and keys of maps in source.

use std::fmt::Write;

use super::{plain, quote_name};

/// A key of a map of free text: bare if it is a word, else a string.
pub fn map_key(key: &str) -> String {
    let bare = quote_name(key);
    if !bare.starts_with('`') {
        return bare;
    }
    let mut out = "\"".to_owned();
    escape(key, &mut out);
    out.push('"');
    out
}

/// A string in quotes, or in triple quotes if it contains many.
pub fn string(text: &str) -> String {
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
pub fn escape(text: &str, out: &mut String) {
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
