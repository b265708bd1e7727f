//! Jobs that exist become source that compiles back to them.

#[path = "support/jobs.rs"]
mod jobs;
mod support;

use fastrand::Rng;
use jobs::{difference, expected, lines, random_job};
use pipec::diag::formats::one_line;
use pipec::import::{Imported, find, import_all, read_input, read_json, texts};
use pipec::source::{DiskFiles, FileId, SourceMap};
use serde_json::Value;
use support::{job_of, shared};

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

/// A folder of `tests/imports`: an input, the source that it becomes, and what is said about it.
///
/// `UPDATE=1 cargo test --test import` writes the last two; read what it wrote before you commit it.
#[test]
fn what_is_imported_is_what_a_person_would_have_written() {
    let mut wrong = Vec::new();
    let cases = support::entries("tests/imports");
    for case in &cases {
        let input =
            ["databricks.yml", "job.json", "main.tf"].map(|f| case.join(f)).into_iter().find(|p| p.is_file()).unwrap();
        let mut sources = SourceMap::default();
        let file = sources.add(input.clone(), std::fs::read_to_string(&input).unwrap());
        let found = read_input(file, None, &DiskFiles, &mut sources);
        let imported = import_all(&found.jobs);
        let diagnostics = found.diagnostics.iter().chain(imported.iter().flat_map(|i| &i.diagnostics));
        let base = format!("{}/", case.display());
        let mut said: Vec<String> = diagnostics.map(|d| one_line(d, &sources).replace(&base, "")).collect();
        said.extend(found.notes.iter().map(|n| format!("left out: {}", n.text)));
        let said = said.into_iter().map(|l| l + "\n").collect::<String>();
        let files = texts(&input, &found, &imported);
        let source: String = files.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n");
        for (name, text) in [("expected.pipe", &source), ("messages.txt", &said)] {
            let path = case.join(name);
            if std::env::var_os("UPDATE").is_some() {
                std::fs::write(&path, text).unwrap();
            } else if std::fs::read_to_string(&path).unwrap_or_default() != *text {
                wrong.push(format!("{} is another now:\n{text}", path.display()));
            }
        }
        // The whole of it is a project where it lies, for every target; only vars without value are left to a person.
        let loaded = pipec::project::load(&[case.join("expected.pipe")], &DiskFiles).unwrap();
        let options = pipec::check::Options { all_targets: true, ..Default::default() };
        let checked = pipec::check::check(&loaded, &DiskFiles, &options).unwrap();
        let errors = checked.diagnostics.iter().filter(|d| d.code.id().starts_with('E') && d.code.id() != "E0120");
        wrong.extend(errors.map(|d| one_line(d, &loaded.sources)));
        if let Some(i) = imported.iter().find(|i| !i.same) {
            wrong.push(format!("{}: `{}` does not come back", case.display(), i.pipeline));
        }
        // What was easy to read must not become longer.
        let yaml = match input.extension().unwrap().to_str().unwrap() {
            "json" => {
                let json: Value = serde_json::from_str(sources.text(file)).unwrap();
                serde_yaml_ng::to_string(json.get("settings").unwrap_or(&json)).unwrap()
            }
            _ => sources.iter().map(|(_, f)| f.text.to_string()).collect(),
        };
        let size = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
        if said.is_empty() && size(&source) >= size(&yaml) {
            wrong.push(format!("{}: {} letters, and {} as YAML", case.display(), size(&source), size(&yaml)));
        }
    }
    assert!(cases.len() >= 10);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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

#[test]
fn every_defect_is_told_at_its_place_and_the_job_is_written_all_the_same() {
    let Some(path) = shared("corpus/defective.jsonl") else { return };
    let mut missed = Vec::new();
    for line in lines(&path) {
        let id = line["id"].as_str().unwrap();
        let (imported, sources, wrong) = back(&line["job"]);
        missed.extend(wrong.into_iter().map(|w| format!("{id}: {w}")));
        for finding in line["findings"].as_array().unwrap() {
            let finding = finding.as_str().unwrap();
            // One message tells of a dependency whatever else is wrong with it; the corpus has blanked out a name.
            if finding.contains("depends_on[].job_id") || finding.contains("marshall.carter") {
                continue;
            }
            let (codes, word) = expected(finding);
            let told = imported.diagnostics.iter().any(|d| {
                let at = sources.slice(d.span);
                codes.contains(&d.code.id()) && !at.is_empty() && (d.message.contains(&word) || at.contains(&word))
            });
            if !told {
                let list: Vec<String> = imported.diagnostics.iter().map(|d| one_line(d, &sources)).collect();
                missed.push(format!("{id}: {finding}\n    {}", list.join("\n    ")));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn a_job_with_any_field_of_the_table_comes_back() {
    let mut failed = Vec::new();
    let mut plain = 0;
    let paths = pipec::schema::all_paths();
    for (seed, (path, field)) in paths.iter().enumerate() {
        let job = random_job(&mut Rng::with_seed(seed as u64), Some(field));
        let (imported, _, wrong) = back(&job);
        plain += usize::from(imported.source.contains("unchecked"));
        if !wrong.is_empty() {
            failed.push(format!("{path}: {}\n{job}\n{}", wrong.join("\n    "), imported.source));
        }
    }
    println!("{plain} of {} have something in `unchecked`", paths.len());
    assert!(failed.is_empty(), "{} of {}: {}", failed.len(), paths.len(), failed[..failed.len().min(3)].join("\n\n"));
}

/// What reading a text says, by codes; it must not take long.
fn said(name: &str, text: &str) -> Vec<&'static str> {
    let (_, found, imported) = support::imported(name, text);
    found.diagnostics.iter().chain(imported.iter().flat_map(|i| &i.diagnostics)).map(|d| d.code.id()).collect()
}

#[test]
fn hostile_inputs_get_one_clear_error() {
    let deep = |open: &str, close: &str, n: usize| format!("{}{}", open.repeat(n), close.repeat(n));
    assert_eq!(said("a.json", &deep("[", "]", 100_000)), ["E0802"]);
    assert_eq!(said("a.json", &format!("{{\"tasks\": {}}}", deep("[", "]", 60))), ["E0802"]);
    assert_eq!(said("a.json", &"x".repeat(pipec::import::MAX_TEXT + 1)), ["E0802"]);
    assert_eq!(said("a.json", "{\"a\": 1, \"a\": 2}"), ["E0803"]);
    assert_eq!(said("a.json", "{\"name\": \"x\""), ["E0801"]);
    assert_eq!(said("a.json", ""), ["E0801"]);
    assert_eq!(said("a.json", "{\"name\": \"a\"}\n{\"name\": }\n"), ["E0801"]);
    assert_eq!(said("a.yml", &deep("[", "]", 10_000)), ["E0802"]);
    let indented: String = (0..200).map(|i| format!("{}a:\n", " ".repeat(i))).collect();
    assert_eq!(said("a.yml", &indented), ["E0802"]);
    // Nine aliases of nine aliases of nine aliases ...
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for i in 1..12 {
        let list = vec![format!("*a{}", i - 1); 9].join(", ");
        bomb += &format!("a{i}: &a{i} [{list}]\n");
    }
    assert_eq!(said("a.yml", &bomb), ["E0802"]);
    assert_eq!(said("a.yml", "a: &a [*a]\n"), ["E0801"]);
    assert_eq!(said("a.yml", "a: 1\na: 2\n"), ["E0803"]);
    assert_eq!(said("a.yml", "a:\n\tb: 1\n"), ["E0801"]);
    assert_eq!(
        said(
            "a.yml",
            "bundle: {name: x}\nvariables: {a: {default: \"${var.b}\"}, b: {default: \"${var.a}\"}}\nresources: {jobs: {j: {name: \"${var.a}\"}}}\n"
        ),
        ["E0801"]
    );
    assert_eq!(said("a.tf", &format!("a = {}", deep("[", "]", 5_000))), ["E0802"]);
    assert_eq!(said("a.tf", "resource \"databricks_job\" {"), ["E0801"]);
    assert_eq!(said("a.tf", "x = 1\n"), ["E0804"]);
}
