//! Files as values of the language.

use std::path::Path;

use super::tree::{Tree, TreeKind};
use super::{csv, json, yaml};
use crate::diag::Diagnostic;
use crate::source::FileId;
use crate::syntax::ast::{Body, Entry, EntryValue, Ident, Item, Path as Reference, StrLit, Value, ValueKind};

/// The format of a file that becomes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataFormat {
    Json,
    Yaml,
    Csv,
}

impl DataFormat {
    /// The format of a file name; `None` if it is not that of a data file.
    pub fn of(path: &Path) -> Option<DataFormat> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "json" => Some(DataFormat::Json),
            "yaml" | "yml" => Some(DataFormat::Yaml),
            "csv" => Some(DataFormat::Csv),
            _ => None,
        }
    }
}

/// Reads a text as a value. Its spans are those in the file; the cells of CSV have the type that is needed.
///
/// # Errors
/// What the reader of the format rejects.
pub fn read_value(file: FileId, text: &str, format: DataFormat) -> Result<Value, Box<Diagnostic>> {
    Ok(match format {
        DataFormat::Json => {
            let mut values = json::read(file, text)?;
            match values.len() {
                1 => values.pop().map(|tree| value(tree, false)).unwrap_or_else(|| empty(file)),
                // A value per line.
                _ => Value {
                    kind: ValueKind::List(values.into_iter().map(|tree| value(tree, false)).collect()),
                    ..empty(file)
                },
            }
        }
        DataFormat::Yaml => value(yaml::read(file, text)?, false),
        DataFormat::Csv => value(csv::read(file, text)?, true),
    })
}

fn empty(file: FileId) -> Value {
    Value { span: crate::source::Span::new(file, 0, 0), kind: ValueKind::List(Vec::new()) }
}

fn value(tree: Tree, cells: bool) -> Value {
    let span = tree.span;
    let word = |text: &str| {
        let head = Ident { text: text.into(), span, quoted: false };
        ValueKind::Path(Box::new(Reference { head, rest: Vec::new() }))
    };
    let kind = match tree.kind {
        TreeKind::Null => word("none"),
        TreeKind::Bool(b) => word(if b { "true" } else { "false" }),
        TreeKind::Number(n) => ValueKind::Number(n),
        TreeKind::Text(text) if cells => ValueKind::Cell(text.into()),
        TreeKind::Text(text) => ValueKind::Str(StrLit::of_text(text.into(), span)),
        // Only importers make these.
        TreeKind::Mixed(_) => ValueKind::Bad,
        TreeKind::List(items) => ValueKind::List(items.into_iter().map(|item| value(item, cells)).collect()),
        TreeKind::Map(entries) => {
            let items = entries.into_iter().map(|(key, inner)| {
                let span = key.span.to(inner.span);
                let key = Ident { text: key.text, span: key.span, quoted: false };
                let value = EntryValue::Assign(value(inner, cells));
                Item::Entry(Box::new(Entry { span, key, is_string_key: true, value }))
            });
            ValueKind::Object(Body { span, items: items.collect() })
        }
    };
    Value { span, kind }
}
