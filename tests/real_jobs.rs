//! Real jobs: those of `tests/jobs`, written for this repository, and a larger collection in `../shared`, without
//! which its tests are ignored.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};
use pipec::diag::formats::one_line;
use pipec::{BuildOptions, DiskFiles, Options, Session};
use serde_json::Value;

use crate::support::formatting::holds;
use crate::support::jobs::{back, difference, expected, lines};
use crate::support::{check_text, render, root, shared};

type Test = fn(&Path) -> Result<(), Failed>;

pub fn trials() -> Vec<Trial> {
    let of_jobs: [(&str, Test); 4] = [
        ("come back as they were", come_back_as_they_were),
        ("are imported as they were", are_imported_as_they_were),
        ("keep their meaning when they are formatted", keep_their_meaning),
        ("are read alike by editors", crate::tree_sitter::read_alike),
    ];
    let of_defects: [(&str, Test); 2] =
        [("has each defect found", has_each_defect_found), ("is imported with each defect", is_imported_with_defects)];
    let here = |file: &str| Some(root().join("tests/jobs").join(file));
    let mut out = Vec::new();
    for (jobs, defective, which) in [
        (here("jobs.jsonl"), here("defective.jsonl"), "jobs"),
        (shared("corpus/jobs.jsonl"), shared("corpus/defective.jsonl"), "collected jobs"),
    ] {
        out.extend(of_jobs.iter().map(|(name, test)| trial(&format!("{which} {name}"), jobs.clone(), *test)));
        let which = format!("defective {which}");
        out.extend(of_defects.iter().map(|(name, test)| trial(&format!("{which}: {name}"), defective.clone(), *test)));
    }
    out.push(trial("a project of 68 jobs is written with families", shared("field/families/jobs.jsonl"), families));
    out
}

/// `tests/projects/data_mesh` compiles to the jobs that a script of their owner wrote out.
fn families(path: &Path) -> Result<(), Failed> {
    let project = root().join("tests/projects/data_mesh");
    let text = std::fs::read_to_string(project.join("pipeline.pipe")).unwrap();
    assert!(text.lines().count() <= 250, "{} lines", text.lines().count());
    let options = Options { target: Some("dev".into()), ..Options::default() };
    let session = Session::open(&[project], &DiskFiles, &options)?;
    let built = session.build(&BuildOptions::default(), &|_| ())?;
    let mut jobs: BTreeMap<String, &Value> =
        built.iter().flat_map(|b| &b.bundle.jobs).map(|j| (j.pipeline.to_string(), &j.body)).collect();
    let mut wrong = Vec::new();
    for line in lines(path) {
        let name = line["pipeline"].as_str().unwrap();
        match jobs.remove(name) {
            Some(job) if *job == line["job"] => {}
            Some(job) => wrong.push(format!("{name}: {}", difference(&line["job"], job))),
            None => wrong.push(format!("{name} is missing")),
        }
    }
    wrong.extend(jobs.keys().map(|name| format!("{name} is not one of the jobs")));
    all_fine(wrong)
}

/// A test about a file, ignored if the file does not exist.
fn trial(name: &str, file: Option<PathBuf>, test: Test) -> Trial {
    let ignored = file.is_none();
    Trial::test(format!("real_jobs::{name}"), move || test(&file.unwrap_or_default())).with_ignored_flag(ignored)
}

fn job(line: &Value) -> (&str, &Value) {
    (line["id"].as_str().unwrap(), &line["job"])
}

fn all_fine(wrong: Vec<String>) -> Result<(), Failed> {
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

fn come_back_as_they_were(path: &Path) -> Result<(), Failed> {
    // These run today, and contain a mistake nevertheless: an argument that a job parameter replaces, two computes
    // for one task, or two task types in one task.
    let known: BTreeMap<&str, &str> = [
        ("wild-003", "E0607"),
        ("wild-082", "E0402"),
        ("wild-110", "E0607"),
        ("wild-136", "E0607"),
        ("wild-143", "E0607"),
        ("wild-147", "E0607"),
        // A requirements file of the machine that wrote the job.
        ("wild-152", "E0712"),
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
                .map(|d| one_line(d, &loaded.sources))
                .collect();
            let expected = known.get(id.as_str()).is_some_and(|code| errors.iter().all(|e| e.contains(code)));
            refused.push((expected, format!("{id}: {}", errors.join("; "))));
            continue;
        };
        let bundle = pipec::lower::lower(program, &[], &Default::default(), Path::new(""), &Default::default());
        match difference(&line["job"], &bundle.jobs[0].body) {
            none if none.is_empty() => same += 1,
            some => different.push(format!("{id}: {some}")),
        }
    }
    println!("{same} same, {} refused, {} different", refused.len(), different.len());
    refused.iter().map(|(_, l)| l).chain(&different).for_each(|l| println!("{l}"));
    assert!(different.is_empty(), "jobs came back changed");
    assert!(refused.iter().all(|(expected, _)| *expected), "right jobs are refused");
    let of_shared = path.starts_with(root().join("../shared"));
    assert!(!of_shared || refused.len() == known.len(), "a known mistake is no longer found");
    Ok(())
}

fn has_each_defect_found(path: &Path) -> Result<(), Failed> {
    let mut missed = Vec::new();
    for line in lines(path) {
        let id = line["id"].as_str().unwrap();
        let source = render::source("job", &line["job"]);
        let (loaded, checked) = check_text(&source);
        for finding in line["findings"].as_array().unwrap() {
            let finding = finding.as_str().unwrap();
            // `after` only contains names, and one finding is about a field that the corpus has blanked out.
            if finding.contains("depends_on[].job_id") || finding.contains("marshall.carter") {
                continue;
            }
            let (code, word) = expected(finding);
            let found = checked.diagnostics.iter().any(|d| {
                code.contains(&d.code.id())
                    && (d.message.contains(&word) || loaded.sources.slice(d.span).contains(&word))
            });
            if !found {
                let list: Vec<String> = checked.diagnostics.iter().map(|d| one_line(d, &loaded.sources)).collect();
                missed.push(format!("{id}: {finding}\n    {}", list.join("\n    ")));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    Ok(())
}

fn are_imported_as_they_were(path: &Path) -> Result<(), Failed> {
    let mut failed = Vec::new();
    for line in lines(path) {
        let (id, job) = job(&line);
        let (imported, _, wrong) = back(job);
        if let Ok(dir) = std::env::var("IMPORT_DUMP") {
            std::fs::create_dir_all(&dir)?;
            std::fs::write(format!("{dir}/{id}.pipe"), &imported.source)?;
            std::fs::write(format!("{dir}/{id}.json"), format!("{job:#}\n"))?;
        }
        failed.extend(wrong.into_iter().map(|w| format!("{id}: {w}")));
    }
    all_fine(failed)
}

/// Each defect is reported at its place, and the job is imported nevertheless.
fn is_imported_with_defects(path: &Path) -> Result<(), Failed> {
    let mut missed = Vec::new();
    for line in lines(path) {
        let (id, job) = job(&line);
        let (imported, sources, wrong) = back(job);
        missed.extend(wrong.into_iter().map(|w| format!("{id}: {w}")));
        for finding in line["findings"].as_array().unwrap() {
            let finding = finding.as_str().unwrap();
            // One message reports a dependency, whatever else is wrong with it; the corpus has blanked out a name.
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
    all_fine(missed)
}

/// Jobs written out field by field keep their meaning.
fn keep_their_meaning(path: &Path) -> Result<(), Failed> {
    for line in lines(path) {
        let (id, job) = job(&line);
        holds(&render::source("p", job), id);
    }
    Ok(())
}
