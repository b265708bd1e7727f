//! Existing jobs become source that compiles to the same jobs.

use crate::support;
use crate::support::jobs::{back, random_job};
use fastrand::Rng;
use pipec::diag::formats::one_line;
use pipec::import::{import_all, read_input, texts};
use pipec::source::{DiskFiles, SourceMap};
use serde_json::Value;

/// A folder of `tests/imports`: an input, the resulting source, and messages.
///
/// `UPDATE=1 cargo test --test suite import::` writes the last two; read them before you commit.
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
        // The result is a project that checks for every target; only vars without a value are left to the user.
        let loaded = pipec::project::load(&[case.join("expected.pipe")], &DiskFiles).unwrap();
        let options = pipec::check::Options { all_targets: true, ..Default::default() };
        let checked = pipec::check::check(&loaded, &DiskFiles, &options).unwrap();
        let errors = checked.diagnostics.iter().filter(|d| d.code.id().starts_with('E') && d.code.id() != "E0120");
        wrong.extend(errors.map(|d| one_line(d, &loaded.sources)));
        if let Some(i) = imported.iter().find(|i| !i.same) {
            wrong.push(format!("{}: `{}` does not come back", case.display(), i.pipeline));
        }
        // The result must not be longer than the input.
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

/// The codes of reading a text, which must not take long.
fn said(name: &str, text: &str) -> Vec<&'static str> {
    let (_, found, imported) = support::imported(name, text);
    found.diagnostics.iter().chain(imported.iter().flat_map(|i| &i.diagnostics)).map(|d| d.code.id()).collect()
}

#[test]
fn hostile_inputs_get_one_clear_error() {
    let deep = |open: &str, close: &str, n: usize| format!("{}{}", open.repeat(n), close.repeat(n));
    assert_eq!(said("a.json", &deep("[", "]", 100_000)), ["E0802"]);
    assert_eq!(said("a.json", &format!("{{\"tasks\": {}}}", deep("[", "]", 60))), ["E0802"]);
    assert_eq!(said("a.json", &"x".repeat(pipec::data::MAX_TEXT + 1)), ["E0802"]);
    assert_eq!(said("a.json", "{\"a\": 1, \"a\": 2}"), ["E0803"]);
    assert_eq!(said("a.json", "{\"name\": \"x\""), ["E0801"]);
    assert_eq!(said("a.json", ""), ["E0801"]);
    assert_eq!(said("a.json", "{\"name\": \"a\"}\n{\"name\": }\n"), ["E0801"]);
    assert_eq!(said("a.yml", &deep("[", "]", 10_000)), ["E0802"]);
    let indented: String = (0..200).map(|i| format!("{}a:\n", " ".repeat(i))).collect();
    assert_eq!(said("a.yml", &indented), ["E0802"]);
    // Nested aliases that expand exponentially.
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
