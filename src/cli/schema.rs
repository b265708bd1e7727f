//! `pipec schema`: the table, to read.

use serde_json::{Value, json};

use super::Outcome;
use super::args::Schema;
use crate::diag::nearest;
use crate::schema::{Block, Eval, Field, JOB, PLACES, Status, Ty, Unit, all_blocks, all_paths, field_at};

pub fn run(args: &Schema) -> Outcome {
    if args.json {
        let rows: Vec<Value> = all_paths().iter().map(|(path, field)| row(path, field)).collect();
        println!("{:#}", Value::Array(rows));
        return Outcome::Done;
    }
    let Some(path) = args.path.as_deref() else {
        println!("Blocks of the language, each with the fields that may stand in it:\n");
        for (keyword, place) in PLACES {
            println!("  {keyword:<12} {} fields", place.keys().count());
        }
        println!("\n`pipec schema step` lists one of them, `pipec schema tasks.notebook_task` a part of the API,");
        println!("`pipec schema retry` searches.");
        return Outcome::Done;
    };
    if let Some((keyword, place)) = PLACES.iter().find(|(k, _)| *k == path) {
        println!("{keyword}: {}\n", place.block.doc);
        let mut fields: Vec<&Field> = place.keys().filter_map(|k| place.field(k)).collect();
        fields.sort_by_key(|f| f.key);
        fields.iter().for_each(|f| print_field(f));
        for (key, how) in place.spelled {
            println!("  {key:<34} {how}");
        }
        return Outcome::Done;
    }
    if let Some(block) = all_blocks().into_iter().find(|b| b.name.eq_ignore_ascii_case(path)) {
        print_block(block);
        return Outcome::Done;
    }
    let start = path.split('.').next().unwrap_or("");
    let from_place =
        PLACES.iter().find(|(k, _)| *k == start).and_then(|(_, p)| field_at(p.block, path.split_once('.')?.1));
    if let Some(field) = from_place.or_else(|| field_at(&JOB, path)) {
        print_field(field);
        details(field);
        if let Some(block) = field.ty.block() {
            println!();
            print_block(block);
        }
        return Outcome::Done;
    }
    search(path)
}

fn search(word: &str) -> Outcome {
    let lower = word.to_lowercase();
    let all = all_paths();
    let found: Vec<&(String, &Field)> = all
        .iter()
        .filter(|(path, f)| path.to_lowercase().contains(&lower) || f.doc.to_lowercase().contains(&lower))
        .collect();
    if found.is_empty() {
        let near = nearest(word, all.iter().map(|(_, f)| f.key));
        return super::usage(match near {
            Some(near) => format!("no field has to do with `{word}`; did you mean `{near}`?"),
            None => format!("no field has to do with `{word}`"),
        });
    }
    for (path, field) in found.iter().take(60) {
        println!("{path}\n    {}", field.doc);
    }
    if found.len() > 60 {
        println!("... and {} more", found.len() - 60);
    }
    Outcome::Done
}

fn print_block(block: &'static Block) {
    println!("{}: {}\n", block.name, block.doc);
    block.fields.iter().for_each(print_field);
    for group in block.groups {
        println!("  one of {}", crate::diag::one_of(group.keys.iter().copied(), 12));
    }
}

fn kind(field: &Field) -> String {
    match field.ty {
        Ty::Enum(e) => e.members.join(" | "),
        other => other.describe().replace('`', ""),
    }
}

fn print_field(field: &Field) {
    let mut notes = Vec::new();
    if field.required {
        notes.push("required".to_owned());
    }
    match field.status {
        Status::Beta => notes.push("beta".to_owned()),
        Status::Preview => notes.push("preview".to_owned()),
        Status::Deprecated => notes.push("deprecated".to_owned()),
        Status::Ga => {}
    }
    let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
    println!("  {:<34} {}{notes}", field.key, field.doc);
}

fn details(field: &Field) {
    println!("      type     {}", kind(field));
    if field.unit != Unit::None {
        println!("      unit     {}", field.unit.name());
    }
    match (field.min, field.max) {
        (Some(a), Some(b)) => println!("      range    {a} to {b}"),
        (Some(a), None) => println!("      range    {a} or more"),
        (None, Some(b)) => println!("      range    {b} or less"),
        (None, None) => {}
    }
    if let Some(n) = field.max_len {
        println!("      length   at most {n} bytes");
    }
    if let Some(n) = field.max_items {
        println!("      entries  at most {n}");
    }
    if let Some(d) = field.default {
        println!("      default  {d}");
    }
    println!("      {{{{...}}}}  {}", evaluation(field.eval));
}

fn evaluation(eval: Eval) -> &'static str {
    match eval {
        Eval::Constant => "not evaluated",
        Eval::Evaluated => "evaluated at run time",
        Eval::Unknown => "evaluation is not known",
        Eval::Secrets => "secrets only",
    }
}

fn row(path: &str, field: &Field) -> Value {
    json!({
        "path": path,
        "type": kind(field),
        "required": field.required,
        "unit": field.unit.name(),
        "min": field.min,
        "max": field.max,
        "max_bytes": field.max_len,
        "max_entries": field.max_items,
        "default": field.default,
        "references": evaluation(field.eval),
        "status": format!("{:?}", field.status).to_lowercase(),
        "description": field.doc,
    })
}
