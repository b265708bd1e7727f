//! Writes a job's JSON as source field by field, without short forms, to compare the compiler with real jobs.

use std::fmt::Write;

use pipec::schema::{Block, CLUSTER_SPEC, ENVIRONMENT, JOB, TASK, Ty};
use serde_json::{Map, Value};

/// The source of a pipeline `name` that compiles to `job`.
pub fn source(name: &str, job: &Value) -> String {
    let mut out = String::new();
    let job = job.as_object().unwrap();
    writeln!(out, "pipeline {} {{", quote(name)).unwrap();
    for (key, value) in job {
        match key.as_str() {
            "parameters" => {
                for p in list(value) {
                    writeln!(out, "param {}: string = {}", quote(text(p, "name")), string(text(p, "default"))).unwrap();
                }
            }
            "job_clusters" => {
                for c in list(value) {
                    writeln!(out, "cluster {} {{", quote(text(c, "job_cluster_key"))).unwrap();
                    if let Some(spec) = c.get("new_cluster").and_then(Value::as_object) {
                        fields(&mut out, spec, &CLUSTER_SPEC);
                    }
                    out.push_str("}\n");
                }
            }
            "environments" => {
                for e in list(value) {
                    writeln!(out, "environment {} {{", quote(text(e, "environment_key"))).unwrap();
                    if let Some(spec) = e.get("spec").and_then(Value::as_object) {
                        fields(&mut out, spec, &ENVIRONMENT);
                    }
                    out.push_str("}\n");
                }
            }
            "tasks" => {
                for t in list(value) {
                    task(&mut out, t);
                }
            }
            _ => field(&mut out, key, value, &JOB),
        }
    }
    out.push_str("}\n");
    out
}

fn task(out: &mut String, task: &Value) {
    write!(out, "step {}", quote(text(task, "task_key"))).unwrap();
    let deps: Vec<String> = list(task.get("depends_on").unwrap_or(&Value::Null))
        .iter()
        .map(|d| {
            let is = d.get("outcome").map(|o| format!(" is {}", o.as_str().unwrap())).unwrap_or_default();
            format!("{}{is}", quote(text(d, "task_key")))
        })
        .collect();
    if !deps.is_empty() {
        write!(out, " after {}", deps.join(", ")).unwrap();
    }
    out.push_str(" {\n");
    for (key, value) in task.as_object().unwrap() {
        if key != "task_key" && key != "depends_on" {
            field(out, key, value, &TASK);
        }
    }
    out.push_str("}\n");
}

fn fields(out: &mut String, map: &Map<String, Value>, block: &'static Block) {
    for (key, value) in map {
        field(out, key, value, block);
    }
}

fn field(out: &mut String, key: &str, value: &Value, block: &'static Block) {
    let ty = block.field(key).map(|f| f.ty);
    match (ty, value) {
        (Some(Ty::Block(inner)), Value::Object(map)) => {
            writeln!(out, "{} {{", quote(key)).unwrap();
            fields(out, map, inner);
            out.push_str("}\n");
        }
        (Some(Ty::Map), Value::Object(map)) => {
            writeln!(out, "{} {{", quote(key)).unwrap();
            for (k, v) in map {
                writeln!(out, "{} = {}", quote(k), plain(v)).unwrap();
            }
            out.push_str("}\n");
        }
        (Some(Ty::BlockList(inner)), Value::Array(items)) => {
            writeln!(out, "{} = [", quote(key)).unwrap();
            for item in items {
                out.push_str("{\n");
                match item {
                    Value::Object(map) => fields(out, map, inner),
                    other => writeln!(out, "x = {}", plain(other)).unwrap(),
                }
                out.push_str("},\n");
            }
            out.push_str("]\n");
        }
        (Some(Ty::Enum(_)), Value::String(word)) => writeln!(out, "{} = {word}", quote(key)).unwrap(),
        _ => writeln!(out, "{} = {}", quote(key), plain(value)).unwrap(),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(s) => string(s),
        Value::Array(items) => format!("[{}]", items.iter().map(plain).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => format!(
            "{{ {} }}",
            map.iter().map(|(k, v)| format!("{} = {}", quote(k), plain(v))).collect::<Vec<_>>().join(", ")
        ),
        Value::Null => "none".to_owned(),
        other => other.to_string(),
    }
}

fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '$' => out.push_str("\\$"),
            c if c.is_control() => write!(out, "\\u{{{:x}}}", c as u32).unwrap(),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn quote(name: &str) -> String {
    format!("`{name}`")
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or("")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}
