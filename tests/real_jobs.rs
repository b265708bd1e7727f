//! Real jobs, written out as source field for field, compile back to what they were; real mistakes are found.

#[path = "support/render.rs"]
mod render;
mod support;

use std::collections::BTreeMap;

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use support::{check_text, shared};

/// Keyed lists have no order of their own.
fn sorted(mut value: Value) -> Value {
    fn key(v: &Value) -> String {
        ["task_key", "job_cluster_key", "environment_key", "name"]
            .iter()
            .find_map(|k| v.get(k)?.as_str())
            .unwrap_or("")
            .to_owned()
    }
    match &mut value {
        Value::Object(map) => {
            let entries: BTreeMap<String, Value> = std::mem::take(map)
                .into_iter()
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

fn lines(path: &std::path::Path) -> Vec<Value> {
    std::fs::read_to_string(path).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

fn main() {
    let (jobs, defects) = (shared("corpus/jobs.jsonl"), shared("corpus/defective.jsonl"));
    let trials = vec![
        Trial::test("real jobs come back as they were", {
            let jobs = jobs.clone();
            move || real_jobs_come_back_as_they_were(&jobs.unwrap_or_default())
        })
        .with_ignored_flag(jobs.is_none()),
        Trial::test("every defect of real jobs is found", {
            let defects = defects.clone();
            move || every_defect_of_real_jobs_is_found(&defects.unwrap_or_default())
        })
        .with_ignored_flag(defects.is_none()),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn real_jobs_come_back_as_they_were(path: &std::path::Path) -> Result<(), Failed> {
    // These run today and hold a mistake all the same: an argument that a job parameter replaces, two computes for one
    // task, two things to run in one task.
    let known: BTreeMap<&str, &str> = [
        ("wild-003", "E0607"),
        ("wild-082", "E0402"),
        ("wild-110", "E0607"),
        ("wild-136", "E0607"),
        ("wild-143", "E0607"),
        ("wild-147", "E0607"),
        ("wild-156", "E0309"),
        ("wild-185", "E0607"),
        ("wild-190", "E0607"),
        ("wild-193", "E0607"),
    ]
    .into();
    let (mut same, mut refused, mut different) = (0, Vec::new(), Vec::new());
    for line in lines(path) {
        let id = line["id"].as_str().unwrap().to_owned();
        let source = render::source("job", &line["job"]);
        let (loaded, checked) = check_text(&source);
        let Some(Some(program)) = checked.programs.first() else {
            let errors: Vec<String> = checked
                .diagnostics
                .iter()
                .filter(|d| d.code.id().starts_with('E'))
                .map(|d| pipec::diag::formats::one_line(d, &loaded.sources))
                .collect();
            let expected = known.get(id.as_str()).is_some_and(|code| errors.iter().all(|e| e.contains(code)));
            refused.push((expected, format!("{id}: {}", errors.join("; "))));
            continue;
        };
        let bundle =
            pipec::lower::lower(program, &[], &Default::default(), std::path::Path::new(""), &Default::default());
        let mut body = bundle.jobs[0].body.clone();
        if line["job"].get("name").is_none() {
            body.as_object_mut().unwrap().remove("name");
        }
        if sorted(body.clone()) == sorted(line["job"].clone()) {
            same += 1;
        } else {
            let (a, b) = (format!("{:#}", sorted(line["job"].clone())), format!("{:#}", sorted(body)));
            let diff: Vec<String> = similar::TextDiff::from_lines(&a, &b)
                .iter_all_changes()
                .filter(|c| c.tag() != similar::ChangeTag::Equal)
                .map(|c| format!("{}{}", c.tag(), c.value().trim()))
                .collect();
            different.push(format!("{id}: {}", diff.join(" ")));
        }
    }
    println!("{same} same, {} refused, {} different", refused.len(), different.len());
    refused.iter().map(|(_, l)| l).chain(&different).for_each(|l| println!("{l}"));
    assert!(different.is_empty(), "jobs came back changed");
    assert!(refused.iter().all(|(expected, _)| *expected), "right jobs are refused");
    assert_eq!(refused.len(), known.len(), "a known mistake is no longer found");
    Ok(())
}

fn every_defect_of_real_jobs_is_found(path: &std::path::Path) -> Result<(), Failed> {
    let mut missed = Vec::new();
    for line in lines(path) {
        let id = line["id"].as_str().unwrap();
        let source = render::source("job", &line["job"]);
        let (loaded, checked) = check_text(&source);
        for finding in line["findings"].as_array().unwrap() {
            let finding = finding.as_str().unwrap();
            // `after` takes names and nothing else, and one finding is about a field that the corpus has blanked out.
            if finding.contains("depends_on[].job_id") || finding.contains("marshall.carter") {
                continue;
            }
            let (code, word) = expected(finding);
            let found = checked.diagnostics.iter().any(|d| {
                code.contains(&d.code.id())
                    && (d.message.contains(&word) || loaded.sources.slice(d.span).contains(&word))
            });
            if !found {
                let list: Vec<String> =
                    checked.diagnostics.iter().map(|d| pipec::diag::formats::one_line(d, &loaded.sources)).collect();
                missed.push(format!("{id}: {finding}\n    {}", list.join("\n    ")));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    Ok(())
}

/// The codes that may tell of a finding, and a word that the message or its place must have.
fn expected(finding: &str) -> (&'static [&'static str], String) {
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
        "task with >1 task type" => (&["E0309"], "one thing".to_owned()),
        other => panic!("a finding of a new kind: {other}"),
    }
}
