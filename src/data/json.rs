//! Reads JSON and JSON lines.

use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use smol_str::SmolStr;

use super::limits::{MAX_DEPTH, MAX_JSON_VALUES, MAX_TEXT};
use super::messages;
use super::tree::{Tree, TreeKey, TreeKind};
use crate::diag::Diagnostic;
use crate::source::{FileId, Span};

const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Reads the values of a text: one, or one per line.
///
/// # Errors
/// Invalid JSON, a text that is too large or nested too deeply, or a duplicate key.
pub fn read(file: FileId, text: &str) -> Result<Vec<Tree>, Box<Diagnostic>> {
    too_large(file, text)?;
    too_many(file, text)?;
    let whole = value(file, text, 0, text);
    let lines = text.lines().filter(|l| !l.trim().is_empty()).count();
    let first = text.lines().find(|l| !l.trim().is_empty()).unwrap_or("");
    if whole.is_ok() || lines < 2 || value(file, text, 0, first).is_err() {
        return whole.map(|v| vec![v]);
    }
    let mut out = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if !line.trim().is_empty() {
            out.push(value(file, text, at, line)?);
        }
        at += line.len();
    }
    Ok(out)
}

/// Rejects a text with too many values before a tree is built.
fn too_many(file: FileId, text: &str) -> Result<(), Box<Diagnostic>> {
    let (mut values, mut in_string, mut escaped) = (0usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b',' | b':' | b'[' | b'{' if !in_string => values += 1,
            _ => {}
        }
        if values > MAX_JSON_VALUES {
            return Err(messages::too_many_json_values(char_span(file, text, at, at)).into());
        }
    }
    Ok(())
}

/// Rejects a text that is too large.
///
/// # Errors
/// A text larger than [`MAX_TEXT`].
pub fn too_large(file: FileId, text: &str) -> Result<(), Box<Diagnostic>> {
    if text.len() <= MAX_TEXT {
        return Ok(());
    }
    Err(messages::input_too_large(file, text.len()).into())
}

/// Reads one value that starts at a byte of the text.
fn value(file: FileId, text: &str, at: usize, part: &str) -> Result<Tree, Box<Diagnostic>> {
    let parsed = parse_to_ast(part, &CollectOptions::default(), &STRICT).map_err(|e| {
        let span = char_span(file, text, at + e.range().start, at + e.range().end);
        let why = e.kind().to_string();
        let deep = matches!(e.kind(), jsonc_parser::errors::ParseErrorKind::NestingDepthExceeded);
        Box::new(messages::not_json(span, &lower_first(&why), deep))
    })?;
    let Some(value) = parsed.value else {
        let span = Span::new(file, at as u32, at as u32);
        return Err(messages::empty_json(span).into());
    };
    tree(file, at, &value, 0)
}

fn tree(file: FileId, at: usize, value: &Value<'_>, depth: usize) -> Result<Tree, Box<Diagnostic>> {
    let place = |r: jsonc_parser::common::Range| Span::new(file, (at + r.start) as u32, (at + r.end) as u32);
    let span = place(value.range());
    if depth > MAX_DEPTH {
        return Err(messages::nested_too_deep(span.start_point()).into());
    }
    let kind = match value {
        Value::StringLit(s) => TreeKind::Text(s.value.to_string()),
        Value::NumberLit(n) if !is_kept(n.value) => {
            return Err(messages::number_too_long(span).into());
        }
        Value::NumberLit(n) => TreeKind::Number(SmolStr::new(n.value)),
        Value::BooleanLit(b) => TreeKind::Bool(b.value),
        Value::NullKeyword(_) => TreeKind::Null,
        Value::Array(array) => {
            TreeKind::List(array.elements.iter().map(|v| tree(file, at, v, depth + 1)).collect::<Result<_, _>>()?)
        }
        Value::Object(object) => {
            let mut entries: Vec<(TreeKey, Tree)> = Vec::with_capacity(object.properties.len());
            for property in &object.properties {
                let (text, range) = match &property.name {
                    ObjectPropName::String(s) => (SmolStr::new(&s.value), s.range),
                    ObjectPropName::Word(w) => (SmolStr::new(w.value), w.range),
                };
                entries.push((TreeKey { text, span: place(range) }, tree(file, at, &property.value, depth + 1)?));
            }
            duplicates(&entries)?;
            TreeKind::Map(entries)
        }
    };
    Ok(Tree { span, kind })
}

/// Whether a number is emitted as it was read.
fn is_kept(text: &str) -> bool {
    let whole = !text.contains(['.', 'e', 'E']);
    match whole {
        true => text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok(),
        false => text.parse::<f64>().is_ok_and(f64::is_finite),
    }
}

/// Rejects duplicate keys, because it is unclear which one is meant.
pub(crate) fn duplicates(entries: &[(TreeKey, Tree)]) -> Result<(), Box<Diagnostic>> {
    let mut sorted: Vec<&TreeKey> = entries.iter().map(|(k, _)| k).collect();
    sorted.sort_by(|a, b| a.text.cmp(&b.text).then(a.span.cmp(&b.span)));
    let pair = sorted.windows(2).find_map(|w| match w {
        [a, b] if a.text == b.text => Some((*a, *b)),
        _ => None,
    });
    match pair {
        None => Ok(()),
        Some((first, second)) => Err(messages::key_twice(second, first).into()),
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(c) => c.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// Rounds a span to character boundaries.
pub(crate) fn char_span(file: FileId, text: &str, start: usize, end: usize) -> Span {
    let edge = |mut i: usize| {
        i = i.min(text.len());
        while !text.is_char_boundary(i) {
            i -= 1;
        }
        i as u32
    };
    Span::new(file, edge(start), edge(end.max(start)))
}
