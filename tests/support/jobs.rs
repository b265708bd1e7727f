//! Jobs for tests: real ones, random ones, and comparisons.

#![allow(dead_code, reason = "each test executable uses a part of it")]

use std::collections::BTreeMap;

use fastrand::Rng;
use pipec::data::read_json;
use pipec::import::{Imported, find, import_all};
use pipec::schema::{Block, Choice, Field, JOB, TASK, Ty, kind_of, list_key};
use pipec::source::{FileId, SourceMap};
use serde_json::{Map, Value, json};

use super::job_of;

/// The values of a JSON lines file.
pub fn lines(path: &std::path::Path) -> Vec<Value> {
    std::fs::read_to_string(path).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

/// Sorts keyed lists, and removes nulls.
pub fn sorted(mut value: Value) -> Value {
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
                    if let (true, Value::Array(list)) = (list_key(&k).is_some() && k != "rules", &mut v) {
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

/// The differences between two jobs, by line; empty if there are none. An added name is allowed.
pub fn difference(wanted: &Value, found: &Value) -> String {
    let mut found = found.clone();
    if wanted.get("name").is_none() {
        found.as_object_mut().unwrap().remove("name");
    }
    let (a, b) = (format!("{:#}", sorted(wanted.clone())), format!("{:#}", sorted(found)));
    let lines = similar::TextDiff::from_lines(&a, &b);
    let changed = lines.iter_all_changes().filter(|c| c.tag() != similar::ChangeTag::Equal);
    changed.map(|c| format!("{}{}", c.tag(), c.value().trim())).collect::<Vec<_>>().join(" ")
}

/// The codes that may report a finding in a defective job, and a word that the message or its place must contain.
pub fn expected(finding: &str) -> (&'static [&'static str], String) {
    let last = |s: &str| s.rsplit([' ', '.']).next().unwrap_or("").trim_end_matches("[]").to_owned();
    match finding.split(':').next().unwrap_or("") {
        "undefined job_cluster_key" => (&["E0104"], last(finding)),
        "unknown field" if finding.contains("marshall.carter") => {
            (&["E0102", "E0115", "E0001", "E0009"], "marshall".to_owned())
        }
        "unknown field" => (&["E0102", "E0115"], last(finding)),
        "depends_on unknown task" => (&["E0103"], last(finding)),
        "wrong type" => {
            (&["E0201"], finding.split(": ").nth(1).map(|p| last(p.trim_end_matches("[]"))).unwrap_or_default())
        }
        "cluster + environment_key" => (&["E0402"], "environment_key".to_owned()),
        "task with >1 task type" => (&["E0309"], "more than one task".to_owned()),
        other => panic!("a finding of a new kind: {other}"),
    }
}

/// A random job with valid types, ranges, groups and references, which contains `must`.
pub fn random_job(rng: &mut Rng, must: Option<&Field>) -> Value {
    let mut job = object(&JOB, rng, must, 0);
    let map = job.as_object_mut().unwrap();
    let clusters = keyed(map, "job_clusters", "job_cluster_key", rng);
    let environments = keyed(map, "environments", "environment_key", rng);
    let params = keyed(map, "parameters", "name", rng);
    let tasks = keyed(map, "tasks", "task_key", rng);
    for (i, key) in tasks.iter().enumerate() {
        let task = &mut map["tasks"][i];
        let before = &tasks[..i];
        let loops = task.get("for_each_task").is_some();
        let task = task.as_object_mut().unwrap();
        task.remove("depends_on");
        if !before.is_empty() && rng.u8(..3) > 0 {
            let mut keys: Vec<&String> = before.iter().filter(|_| rng.bool()).collect();
            keys.dedup();
            if !keys.is_empty() {
                task.insert("depends_on".into(), keys.iter().map(|k| json!({ "task_key": k })).collect());
            }
        }
        place(task, &clusters, &environments, rng);
        if loops {
            let inner = task["for_each_task"]["task"].as_object_mut().unwrap();
            inner.remove("depends_on");
            inner.insert("task_key".into(), format!("{key}_each").into());
            place(inner, &clusters, &environments, rng);
        }
        let above: Vec<String> = before.to_vec();
        references(task, &params, &above, rng);
    }
    job
}

/// Adds strings with references where the platform evaluates them.
fn references(task: &mut Map<String, Value>, params: &[String], above: &[String], rng: &mut Rng) {
    let mut texts: Vec<String> = params.iter().map(|p| format!("{{{{job.parameters.{p}}}}}")).collect();
    texts.extend(above.iter().map(|t| format!("{{{{tasks.{t}.values.n}}}}")));
    texts.extend(["{{job.run_id}}", "a {{job.id}} b", "$ {{ \"q\" }} ${x}", "{{input}}"].map(str::to_owned));
    let mut text = || Value::from(texts[rng.usize(..texts.len())].clone());
    if let Some(notebook) = task.get_mut("notebook_task") {
        notebook["base_parameters"] = json!({ "a": text(), "b c": text() });
    }
    if let Some(script) = task.get_mut("spark_python_task") {
        script["parameters"] = json!([text(), "x", text()]);
    }
    if let Some(condition) = task.get_mut("condition_task") {
        condition["left"] = text();
    }
}

/// Makes the keys of a list unique.
fn keyed(map: &mut Map<String, Value>, list: &str, key: &str, rng: &mut Rng) -> Vec<String> {
    let Some(items) = map.get_mut(list).and_then(Value::as_array_mut) else { return Vec::new() };
    let forms = ["plain", "With-Hyphen", "1_digit", "step", "none", "UPPER"];
    items
        .iter_mut()
        .enumerate()
        .map(|(i, item)| {
            let name = format!("{}_{i}", forms[rng.usize(..forms.len())]);
            item[key] = name.clone().into();
            name
        })
        .collect()
}

/// Sets one compute for a task.
fn place(task: &mut Map<String, Value>, clusters: &[String], environments: &[String], rng: &mut Rng) {
    for key in ["job_cluster_key", "environment_key", "existing_cluster_id"] {
        task.remove(key);
    }
    if task.contains_key("new_cluster") || task.contains_key("compute") {
        return;
    }
    match rng.u8(..4) {
        0 if !clusters.is_empty() => {
            task.insert("job_cluster_key".into(), rng.choice(clusters).unwrap().clone().into())
        }
        1 if !environments.is_empty() => {
            task.insert("environment_key".into(), rng.choice(environments).unwrap().clone().into())
        }
        2 => task.insert("existing_cluster_id".into(), "0923-1".into()),
        _ => None,
    };
}

fn object(block: &'static Block, rng: &mut Rng, must: Option<&Field>, depth: usize) -> Value {
    let mut map = Map::new();
    let is_must = |f: &Field| must.is_some_and(|m| std::ptr::eq(m, f));
    let leads_to = |f: &'static Field| must.is_some_and(|m| f.ty.block().is_some_and(|b| holds(b, m, 0)));
    let kind = (*block == TASK).then(|| {
        let kinds: Vec<&Field> = block
            .fields
            .iter()
            .filter(|f| kind_of(f.key).is_some() && (depth < 4 || f.key != "for_each_task"))
            .collect();
        let wanted = kinds.iter().find(|f| is_must(f) || leads_to(f));
        wanted.map_or_else(|| rng.choice(&kinds).unwrap().key, |f| f.key)
    });
    for field in block.fields {
        let chance = if depth < 2 { 8 } else { 6 };
        let wanted = is_must(field) || leads_to(field);
        let taken = wanted || field.required || field.key == "tasks" || rng.u8(..chance) == 0;
        let other_kind = kind.is_some_and(|k| kind_of(field.key).is_some() && k != field.key);
        if (!taken || other_kind || depth > 8) && kind != Some(field.key) {
            continue;
        }
        let excluded = block.group_of(field.key).is_some_and(|g| g.keys.iter().any(|k| map.contains_key(*k)));
        if excluded && !wanted {
            continue;
        }
        if wanted && let Some(group) = block.group_of(field.key) {
            group.keys.iter().for_each(|k| {
                map.remove(*k);
            });
        }
        map.insert(field.key.to_owned(), value(field, rng, must, depth));
    }
    for group in block.groups.iter().filter(|g| g.choice == Choice::ExactlyOne) {
        if !group.keys.iter().any(|k| map.contains_key(*k)) {
            let field = block.field(group.keys[rng.usize(..group.keys.len())]).unwrap();
            map.insert(field.key.to_owned(), value(field, rng, must, depth));
        }
    }
    Value::Object(map)
}

fn holds(block: &'static Block, wanted: &Field, depth: usize) -> bool {
    depth < 8
        && block.fields.iter().any(|f| {
            std::ptr::eq(f, wanted)
                || f.key != "for_each_task" && f.ty.block().is_some_and(|b| holds(b, wanted, depth + 1))
        })
}

fn value(field: &'static Field, rng: &mut Rng, must: Option<&Field>, depth: usize) -> Value {
    match field.ty {
        Ty::Str => match field.key {
            "quartz_cron_expression" => "0 0 2 * * ?".into(),
            "timezone_id" => "Europe/Berlin".into(),
            "inputs" => ["[\"eu\",\"us\"]", "[1, 2]", "{{job.parameters.list}}"][rng.usize(..3)].into(),
            "spark_version" => "15.4.x-scala2.12".into(),
            "node_type_id" | "driver_node_type_id" => "i3.xlarge".into(),
            "environment_version" => "4".into(),
            _ => ["", "plain", "with \"quotes\" and \\", "${not} {{a}} ref", "é\n\t\u{1}", "2"][rng.usize(..6)].into(),
        },
        Ty::Int => {
            let (low, high) = (field.min.unwrap_or(0), field.max.unwrap_or(100_000));
            [low, high.min(low + 3600), low + rng.i64(0..=high - low)][rng.usize(..3)].into()
        }
        Ty::Num => json!(0.5),
        Ty::Bool => rng.bool().into(),
        Ty::Enum(e) => e.members[rng.usize(..e.members.len())].into(),
        Ty::Map => (0..rng.usize(..3)).map(|i| (format!("spark.key {i}"), json!("v"))).collect::<Map<_, _>>().into(),
        Ty::Block(b) => object(b, rng, must, depth + 1),
        Ty::StrList => (0..rng.usize(..3)).map(|i| json!(format!("entry {i}"))).collect(),
        Ty::BlockList(b) => {
            let wanted = must.is_some_and(|m| holds(b, m, 0)) || field.key == "tasks";
            let most = (field.max_items.unwrap_or(5) as usize).min(if field.key == "tasks" { 6 } else { 2 });
            let n = rng.usize(usize::from(wanted)..=most.max(1));
            (0..n).map(|i| object(b, rng, must.filter(|_| i == 0), depth + 1)).collect()
        }
    }
}

/// Imports a job, and returns differences after compiling it; the list should be empty.
pub fn back(job: &Value) -> (Imported, SourceMap, Vec<String>) {
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
        Ok(compiled) => wrong.extend(Some(difference(job, &compiled)).filter(|d| !d.is_empty())),
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
