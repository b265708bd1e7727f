//! Emitted bundles and Terraform are imported again, and give the same jobs.

use crate::support;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::entries;
use crate::support::jobs::difference;
use pipec::check::{Options, check};
use pipec::data::read_yaml;
use pipec::import::{JobsRead, texts};
use pipec::lower::lower;
use pipec::project::load;
use pipec::source::{FileId, MemoryFiles};
use serde_json::Value;

fn emit(example: &Path, what: &str) -> PathBuf {
    let name = example.file_name().unwrap();
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("emit").join(what).join(name);
    let run = Command::new(env!("CARGO_BIN_EXE_pipec"))
        .args(["compile", "--emit", what, "-q", "--out"])
        .args([&out, &example.to_path_buf()])
        .output()
        .unwrap();
    assert!(run.status.success(), "{}: {}", example.display(), String::from_utf8_lossy(&run.stderr));
    out
}

/// Reads an input without its files, so that paths stay unchanged; returns the resulting source.
fn read(path: &Path) -> (JobsRead, String) {
    let name = path.file_name().unwrap().to_str().unwrap();
    let (_, found, jobs) = support::imported(name, &std::fs::read_to_string(path).unwrap());
    assert!(jobs.iter().all(|i| i.same), "{:?}", jobs.iter().map(|i| &i.diagnostics).collect::<Vec<_>>());
    let source = texts(Path::new("x"), &found, &jobs).into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("\n");
    (found, source)
}

/// The jobs of a source for a target, ignoring development mode.
fn compiled(source: &str, target: Option<&str>) -> Vec<(String, Value)> {
    let mut files = MemoryFiles::new();
    files.insert("main.pipe", source);
    let loaded = load(&[PathBuf::from("main.pipe")], &files).unwrap();
    let options = Options { target: target.map(Into::into), ..Options::default() };
    let checked = check(&loaded, &files, &options).unwrap();
    let said =
        || checked.diagnostics.iter().map(|d| pipec::diag::formats::one_line(d, &loaded.sources)).collect::<Vec<_>>();
    let program = checked.programs[0].as_ref().unwrap_or_else(|| panic!("{}\n{source}", said().join("\n")));
    let as_written = pipec::lower::LowerOptions { as_written: true, ..Default::default() };
    let bundle = lower(program, &[], &Default::default(), Path::new(""), &as_written);
    bundle.jobs.into_iter().map(|j| (j.pipeline.to_string(), j.body)).collect()
}

/// Converts the job of a bundle to the API.
fn as_job(job: &Value) -> Value {
    let mut job = job.clone();
    if let Some(Value::Array(rights)) = job.as_object_mut().unwrap().remove("permissions") {
        let list = rights.into_iter().map(|mut r| {
            let level = r.as_object_mut().unwrap().remove("level").unwrap();
            r["permission_level"] = level;
            r
        });
        job["access_control_list"] = list.collect();
    }
    for task in job["tasks"].as_array_mut().into_iter().flatten() {
        if let Some(id) = task.get_mut("run_job_task").and_then(|r| r.get_mut("job_id")) {
            assert!(id.as_str().is_some_and(|id| id.starts_with("${resources.jobs.")));
            *id = 0.into();
        }
    }
    job
}

#[test]
fn a_bundle_is_read_again_as_the_same_jobs_for_every_target() {
    let mut compared = 0;
    // Jobs that differ in structure between targets are not imported yet.
    for example in entries("examples").into_iter().filter(|e| !e.ends_with("customers")) {
        let out = emit(&example, "bundle");
        let path = out.join("databricks.yml");
        let yaml = read_yaml(FileId(0), &std::fs::read_to_string(&path).unwrap()).unwrap().json();
        let (found, source) = read(&path);
        // Its files do not exist here.
        let own = |m: &&str| !m.ends_with("is a file on this machine") && !m.ends_with("not found");
        let said: Vec<&str> = found.diagnostics.iter().map(|d| d.message.as_str()).filter(own).collect();
        assert!(said.is_empty(), "{}: {said:?}", example.display());
        for (target, body) in yaml["targets"].as_object().unwrap() {
            for (pipeline, job) in compiled(&source, Some(target)) {
                let emitted = as_job(&body["resources"]["jobs"][&pipeline]);
                let difference = difference(&emitted, &job);
                assert!(difference.is_empty(), "{}, {target}, {pipeline}: {difference}\n{source}", example.display());
                compared += 1;
            }
        }
        // All files of the jobs exist.
        let text = std::fs::read_to_string(&path).unwrap();
        for word in text.split(|c: char| c.is_whitespace() || c == '"').filter(|w| w.starts_with("./")) {
            assert!(out.join(word).exists(), "{}: there is no {word}", example.display());
        }
    }
    assert!(compared >= 8, "only {compared} jobs");
}

#[test]
fn terraform_is_read_again_as_the_same_jobs() {
    let mut compared = 0;
    for example in entries("examples") {
        let out = emit(&example, "terraform");
        for target in std::fs::read_dir(&out).unwrap().map(|e| e.unwrap().path()) {
            let (found, source) = read(&target.join("main.tf.json"));
            let said: Vec<&str> = found.diagnostics.iter().map(|d| d.message.as_str()).collect();
            assert!(said.is_empty(), "{}: {said:?}", example.display());
            let name = target.file_name().unwrap().to_string_lossy().into_owned();
            for (pipeline, job) in compiled(&source, None) {
                let own = example.join("expected").join(&name).join(format!("{pipeline}.job.json"));
                let Ok(text) = std::fs::read_to_string(&own) else { continue };
                let wanted: Value = serde_json::from_str(&text).unwrap();
                let difference = difference(&wanted, &job);
                assert!(difference.is_empty(), "{}, {pipeline}: {difference}", target.display());
                compared += 1;
            }
        }
    }
    assert!(compared >= 4, "only {compared} jobs");
}
