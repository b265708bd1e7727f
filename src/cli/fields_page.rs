//! The page of fields, in Markdown, from the table of the Jobs API.

use std::fmt::Write as _;

use crate::schema::{Block, Field, PLACES, Ty, all_blocks};

/// Renders the page.
pub fn fields_page() -> String {
    let mut out = String::from(
        "# Every field\n\n\
         `pipec schema --format markdown` prints this page from the table that the checker, completion and\n\
         the importer use. Fields have the names of the Jobs API. `{{...}}` shows whether the platform\n\
         evaluates dynamic references in the field. A block has its own section.\n\n",
    );
    for (keyword, place) in PLACES {
        let _ = writeln!(out, "## `{keyword}`\n\n{}\n", sentence(place.block.doc));
        let mut fields: Vec<&Field> = place.keys().filter_map(|k| place.field(k)).collect();
        fields.sort_by_key(|f| f.key);
        table(&mut out, &fields);
        if !place.replaced_by_syntax.is_empty() {
            out.push_str("\nSet in another way:\n\n");
            for (key, how) in place.replaced_by_syntax {
                let _ = writeln!(out, "- `{key}`: {how}");
            }
        }
        out.push('\n');
    }
    let mut blocks = all_blocks();
    blocks.sort_by_key(|b| b.name);
    for block in blocks {
        let _ = writeln!(out, "## {}\n\n{}\n", block.name, sentence(block.doc));
        table(&mut out, &block.fields.iter().collect::<Vec<_>>());
        for group in block.groups {
            let _ = writeln!(out, "\nOne of {}.", crate::diag::list_names(group.keys.iter().copied(), 12));
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn sentence(text: &str) -> String {
    if text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}

fn table(out: &mut String, fields: &[&Field]) {
    if fields.is_empty() {
        out.push_str("No fields.\n");
        return;
    }
    out.push_str("| field | type | meaning |\n|---|---|---|\n");
    for field in fields {
        let mut meaning = sentence(&cell(field.doc));
        let notes = field.notes();
        if !notes.is_empty() {
            let _ = write!(meaning, " *{}.*", notes.join(", "));
        }
        for (name, value) in field.facts().iter().skip(1).filter(|(_, v)| v != "not evaluated") {
            let _ = write!(meaning, " {}: {}.", name.replace("{{...}}", "`{{...}}`"), cell(value));
        }
        let _ = writeln!(out, "| `{}` | {} | {meaning} |", field.key, kind(field.ty));
    }
}

/// A type, with a link to its block.
fn kind(ty: Ty) -> String {
    match (ty, ty.block()) {
        (Ty::Enum(e), _) => e.members.iter().map(|m| format!("`{m}`")).collect::<Vec<_>>().join(" "),
        (_, Some(block)) => linked(&cell(&ty.describe()), block),
        (other, None) => cell(&other.describe()),
    }
}

fn linked(text: &str, block: &Block) -> String {
    text.replace(block.name, &format!("[{}](#{})", block.name, block.name.to_lowercase()))
}

/// Escapes text for a table cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace('\n', " ")
}
