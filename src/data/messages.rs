//! Messages about JSON, YAML and CSV: one constructor per message, named after the mistake.

use super::limits::{MAX_DEPTH, MAX_JSON_VALUES, MAX_NODES, MAX_TEXT};
use super::tree::TreeKey;
use crate::diag::{Code, Diagnostic};
use crate::source::{FileId, Span};

/// `deep`: it is nested too deeply to parse.
pub fn not_yaml(span: Span, why: &str, deep: bool) -> Diagnostic {
    let code = if deep { Code::InputTooLarge } else { Code::BadInput };
    let d = Diagnostic::new(code, span, format!("invalid YAML: {}", why));
    d.help("check the indentation; YAML does not allow tabs")
}

pub fn empty_yaml(file: FileId) -> Diagnostic {
    let d = Diagnostic::new(Code::BadInput, Span::new(file, 0, 0), "empty file");
    d.help("add at least `bundle` with a `name`")
}

pub fn alias_of_itself(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadInput, span, "alias refers to a value that contains it");
    d.help("remove the alias from the anchored value")
}

pub fn second_document(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadInput, span, "file contains more than one YAML document");
    d.help("move the second document to its own file, and `include` that file")
}

pub fn nested_too_deep(span: Span) -> Diagnostic {
    let message = format!("values are nested more than {MAX_DEPTH} levels deep");

    Diagnostic::new(Code::InputTooLarge, span, message).help("reduce the nesting")
}

pub fn key_not_a_text(name: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadInput, name, "keys must be strings");
    d.help("use a string as the key")
}

pub fn too_many_unfolded_values(span: Span) -> Diagnostic {
    let message = format!("file has more than {MAX_NODES} values after its aliases are expanded");
    let d = Diagnostic::new(Code::InputTooLarge, span, message);
    d.help("replace nested aliases with their values")
}

pub fn too_many_json_values(span: Span) -> Diagnostic {
    let message = format!("input has more than {MAX_JSON_VALUES} values");
    let d = Diagnostic::new(Code::InputTooLarge, span, message);
    d.help("split the input by job")
}

pub fn input_too_large(file: FileId, length: usize) -> Diagnostic {
    let message = format!("input of {} bytes is larger than the limit of {MAX_TEXT} bytes", length);
    let d = Diagnostic::new(Code::InputTooLarge, Span::new(file, 0, 0), message);
    d.help("split the input by job")
}

/// `deep`: it is nested too deeply to parse.
pub fn not_json(span: Span, why: &str, deep: bool) -> Diagnostic {
    let (code, help) = match deep {
        true => (Code::InputTooLarge, "reduce the nesting"),
        false => (Code::BadInput, "use valid JSON, or the extension of another format: .yml, .tf"),
    };
    Diagnostic::new(code, span, format!("invalid JSON: {why}")).help(help)
}

pub fn empty_json(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadInput, span, "empty input");
    d.help("add a job as JSON")
}

pub fn number_too_long(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadInput, span, "number has too many digits");
    d.help("use a shorter number, or quote it to make it a string")
}

pub fn key_twice(second: &TreeKey, first: &TreeKey) -> Diagnostic {
    let d = Diagnostic::new(Code::KeyTwice, second.span, format!("`{}` is set twice", second.text));
    d.label("set again here").with_label(first.span, "first set here").help("remove one of them")
}

pub fn column_without_name(span: Span) -> Diagnostic {
    Diagnostic::new(Code::BadInput, span, "column without a name")
        .help("the first row contains the names of the columns")
}

pub fn wrong_number_of_cells(span: Span, cells: usize, columns: usize) -> Diagnostic {
    Diagnostic::new(Code::BadInput, span, format!("row of {cells} cells in a table of {columns} columns"))
        .help("add empty cells, or put cells that contain a comma in quotes")
}

pub fn unclosed_quotes(span: Span) -> Diagnostic {
    Diagnostic::new(Code::BadInput, span, "quoted cell is not closed").help("add the closing `\"`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::samples::{AT, called, compare, listing, samples};

    samples! {
        &'static TreeKey: key(), key();
    }

    fn key() -> &'static TreeKey {
        Box::leak(Box::new(TreeKey { text: "thing".into(), span: AT }))
    }

    #[test]
    fn every_message_is_read() {
        let called = called! {
            not_yaml empty_yaml alias_of_itself second_document nested_too_deep key_not_a_text too_many_unfolded_values too_many_json_values input_too_large not_json empty_json number_too_long key_twice column_without_name wrong_number_of_cells unclosed_quotes
        };
        compare("data", &listing(&[include_str!("messages.rs")], called));
    }
}
