//! `pipec schema`: shows the table of the Jobs API.

use serde_json::{Value, json};

use super::args::{Schema, SchemaFormat};
use super::{Failure, usage};
use crate::diag::closest_match;
use crate::schema::{Block, Field, JOB, PLACES, Vocabulary, all_blocks, all_paths, field_at};

/// Renders the requested part.
pub fn run(args: &Schema) -> Result<String, Failure> {
    let mut out = String::new();
    show(args, &mut out)?;
    Ok(out)
}

fn show(args: &Schema, out: &mut String) -> Result<(), Failure> {
    if args.format == SchemaFormat::Markdown {
        if args.path.is_some() {
            return Err(usage("`--format markdown` prints every field, and cannot be used with a path"));
        }
        out.push_str(&super::fields_page::fields_page());
        return Ok(());
    }
    if args.format == SchemaFormat::Json {
        let rows: Vec<Value> = all_paths()
            .iter()
            .filter(|(path, _)| {
                args.path.as_ref().is_none_or(|p| path.replace("[]", "").starts_with(&p.replace("[]", "")))
            })
            .map(|(path, field)| row(path, field))
            .collect();
        say(out, &format!("{:#}", Value::Array(rows)));
        return Ok(());
    }
    let Some(path) = args.path.as_deref() else {
        say(out, "Blocks of the language, and how many fields each has:\n");
        for (keyword, place) in PLACES {
            say(out, &format!("  {keyword:<12} {} fields", place.keys().count()));
        }
        say(
            out,
            "\nRun `pipec schema step` to list the fields of a block, `pipec schema tasks.notebook_task` for a part of",
        );
        say(out, "the API, and `pipec schema retry` to search.");
        return Ok(());
    };
    if let Some((keyword, place)) = PLACES.iter().find(|(k, _)| *k == path) {
        let doc = [place.extra.doc, place.block.doc].into_iter().find(|d| !d.is_empty()).unwrap_or_default();
        say(out, &format!("{keyword}: {doc}\n"));
        let mut fields: Vec<&Field> = place.keys().filter_map(|k| place.field(k)).collect();
        fields.sort_by_key(|f| f.key);
        fields.iter().for_each(|f| print_field(out, f));
        for (key, how) in place.replaced_by_syntax {
            say(out, &format!("  {key:<34} {how}"));
        }
        return Ok(());
    }
    if let Some(block) = all_blocks().into_iter().find(|b| b.name.eq_ignore_ascii_case(path)) {
        print_block(out, block);
        return Ok(());
    }
    let start = path.split('.').next().unwrap_or("");
    let from_place =
        PLACES.iter().find(|(k, _)| *k == start).and_then(|(_, p)| field_at(p.block, path.split_once('.')?.1));
    if let Some(field) = from_place.or_else(|| field_at(&JOB, path)) {
        print_field(out, field);
        details(out, field);
        if let Some(block) = field.ty.block() {
            out.push('\n');
            print_block(out, block);
        }
        return Ok(());
    }
    search(out, path)
}

fn search(out: &mut String, word: &str) -> Result<(), Failure> {
    let lower = word.to_lowercase();
    let all = all_paths();
    let found: Vec<&(String, &Field)> = all
        .iter()
        .filter(|(path, f)| path.to_lowercase().contains(&lower) || f.doc.to_lowercase().contains(&lower))
        .collect();
    if found.is_empty() {
        let near = closest_match(word, all.iter().map(|(_, f)| f.key));
        return Err(usage(match near {
            Some(near) => format!("no field matches `{word}`; did you mean `{near}`?"),
            None => format!("no field matches `{word}`"),
        }));
    }
    for (path, field) in found.iter().take(60) {
        say(out, &format!("{path}\n    {}", field.doc));
    }
    if found.len() > 60 {
        say(out, &format!("... and {} more", found.len() - 60));
    }
    Ok(())
}

fn print_block(out: &mut String, block: &'static Block) {
    say(out, &format!("{}: {}\n", block.name, block.doc));
    block.fields.iter().for_each(|f| print_field(out, f));
    for group in block.groups {
        say(out, &format!("  one of {}", crate::diag::list_names(group.keys.iter().copied(), 12)));
    }
}

fn say(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

fn print_field(out: &mut String, field: &Field) {
    let notes = field.notes();
    let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
    say(out, &format!("  {:<34} {}{notes}", field.key, field.doc));
}

fn details(out: &mut String, field: &Field) {
    for (name, value) in field.facts() {
        say(out, &format!("      {name:<8} {value}"));
    }
}

fn row(path: &str, field: &Field) -> Value {
    json!({
        "path": path,
        "type": field.facts().first().map(|(_, kind)| kind.clone()),
        "required": field.required,
        "unit": field.unit.name(),
        "min": field.min,
        "max": field.max,
        "or": field.or,
        "multiple_of": field.multiple_of,
        "max_bytes": field.max_len,
        "format": field.format.map(|f| json!({ "starts_with": f.starts_with, "ends_with": f.ends_with })),
        "known_values": field.vocabulary.map(Vocabulary::describe),
        "min_entries": field.min_items,
        "max_entries": field.max_items,
        "default": field.default,
        "references": field.eval.describe(),
        "status": format!("{:?}", field.status).to_lowercase(),
        "description": field.doc,
    })
}
