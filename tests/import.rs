//! Jobs that exist become source that compiles back to them.

mod support;

use std::collections::BTreeMap;

use pipec::diag::formats::one_line;
use pipec::import::{Imported, find, import_all, read_json};
use pipec::source::{FileId, SourceMap};
use serde_json::Value;
use support::{job_of, shared};

/// Keyed lists have no order of their own.
fn sorted(mut value: Value) -> Value {
    fn key(v: &Value) -> String {
        let name = ["task_key", "job_cluster_key", "environment_key", "name"].iter().find_map(|k| v.get(k)?.as_str());
        format!("{} {}", name.unwrap_or(""), v.get("outcome").and_then(Value::as_str).unwrap_or(""))
    }
    match &mut value {
        Value::Object(map) => {
            let entries: BTreeMap<String, Value> = std::mem::take(map)
                .into_iter()
                .filter(|(_, v)| !v.is_null())
                .map(|(k, v)| {
                    let mut v = sorted(v);
                    if let (true, Value::Array(list)) = (
                        ["tasks", "job_clusters", "environments", "parameters", "depends_on"].contains(&k.as_str()),
                        &mut v,
                    ) {
                        list.sort_by_key(key);
                    }
                    (k, v)
                })
                .collect();
            map.extend(entries);
        }
        Value::Array(list) => list.iter_mut().for_each(|v| *v = sorted(v.take())),
        _ => {}
    }
    value
}

/// Imports a job, and says in which ways it does not come back; an empty list is what is wanted.
fn back(job: &Value) -> (Imported, SourceMap, Vec<String>) {
    let text = format!("{job:#}");
    let mut sources = SourceMap::default();
    let file = sources.add("job.json", text.as_str());
    let values = read_json(file, &text).unwrap();
    let found = find(&values[0]);
    assert_eq!(found.jobs.len(), 1, "{:?}", found.diagnostics);
    let imported = import_all(&found.jobs).pop().unwrap();
    let mut wrong = Vec::new();
    match job_of(&imported.source) {
        Err(errors) => wrong.push(errors),
        Ok(mut compiled) => {
            if job.get("name").is_none() {
                compiled.as_object_mut().unwrap().remove("name");
            }
            let (a, b) = (format!("{:#}", sorted(job.clone())), format!("{:#}", sorted(compiled)));
            if a != b {
                let diff: Vec<String> = similar::TextDiff::from_lines(&a, &b)
                    .iter_all_changes()
                    .filter(|c| c.tag() != similar::ChangeTag::Equal)
                    .map(|c| format!("{}{}", c.tag(), c.value().trim()))
                    .collect();
                wrong.push(diff.join(" "));
            }
        }
    }
    if imported.same != wrong.is_empty() {
        wrong.push(format!("it says that it came back: {}", imported.same));
    }
    let formatted = pipec::fmt::format(FileId(0), &imported.source).unwrap_or_default();
    if formatted != imported.source {
        wrong.push("it is not formatted".to_owned());
    }
    (imported, sources, wrong)
}

fn lines(path: &std::path::Path) -> Vec<Value> {
    std::fs::read_to_string(path).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

#[test]
fn every_real_job_comes_back_as_it_was() {
    let Some(path) = shared("corpus/jobs.jsonl") else { return };
    let mut failed = Vec::new();
    let mut kept = Vec::new();
    let all = lines(&path);
    for line in &all {
        let id = line["id"].as_str().unwrap();
        let (imported, sources, wrong) = back(&line["job"]);
        if !wrong.is_empty() {
            failed.push(format!("{id}: {}", wrong.join("\n    ")));
        }
        if let Ok(dir) = std::env::var("IMPORT_DUMP") {
            std::fs::create_dir_all(&dir).unwrap();
            std::fs::write(format!("{dir}/{id}.pipe"), &imported.source).unwrap();
            std::fs::write(format!("{dir}/{id}.json"), format!("{:#}\n", line["job"])).unwrap();
        }
        let said: Vec<String> = imported.diagnostics.iter().map(|d| one_line(d, &sources)).collect();
        if !said.is_empty() {
            kept.push(format!("{id}: {}", said.join("\n    ")));
        }
    }
    println!("{} of {} come back; {} with something in `unchecked`", all.len() - failed.len(), all.len(), kept.len());
    println!("{}", kept.join("\n"));
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
