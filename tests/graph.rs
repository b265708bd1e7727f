//! Drawings of graphs. A case is a folder in `tests/graphs` with `main.pipe`, optionally a run in `run`, and its
//! drawings. `UPDATE=1 cargo test --test suite graph::` writes them; look at them before you commit.

use std::path::Path;
use std::process::{Command, Output};

use crate::support::{code_blocks, entries, root};

fn pipec(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pipec")).current_dir(dir).arg("graph").args(arguments).output().unwrap()
}

fn stdout(dir: &Path, arguments: &[&str]) -> String {
    let ran = pipec(dir, arguments);
    assert!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

fn refused(dir: &Path, arguments: &[&str]) -> String {
    let ran = pipec(dir, arguments);
    assert_eq!(ran.status.code(), Some(2), "{arguments:?}");
    assert!(ran.stdout.is_empty());
    String::from_utf8(ran.stderr).unwrap()
}

#[test]
fn each_case_is_drawn_as_it_is_kept() {
    for case in entries("tests/graphs") {
        for (format, file) in [("svg", "graph.svg"), ("mermaid", "graph.mmd"), ("dot", "graph.dot")] {
            let mut arguments = vec!["--format", format];
            if case.join("run").exists() {
                arguments.extend(["--run", "run"]);
            }
            let drawn = stdout(&case, &arguments);
            let kept = case.join(file);
            if std::env::var_os("UPDATE").is_some() {
                std::fs::write(&kept, &drawn).unwrap();
            }
            let kept_text = std::fs::read_to_string(&kept).unwrap_or_default();
            assert_eq!(drawn, kept_text, "{}", kept.display());
        }
    }
}

/// The picture in the README is the graph of the program in the README.
#[test]
fn the_readme_shows_its_own_program() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let (_, program) = code_blocks(&readme).into_iter().find(|(kind, _)| kind == "pipe").unwrap();
    let project = tempfile::tempdir().unwrap();
    let package = project.path().join("src/churn");
    std::fs::create_dir_all(&package).unwrap();
    for file in ["pyproject.toml", "src/churn/__init__.py", "src/churn/ingest.py", "src/churn/features.py"] {
        std::fs::copy(root().join("examples/churn").join(file), project.path().join(file)).unwrap();
    }
    std::fs::write(project.path().join("main.pipe"), program).unwrap();
    let drawn = stdout(project.path(), &["--format", "svg"]);
    let kept = root().join("docs/pictures/graph.svg");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&kept, &drawn).unwrap();
    }
    assert_eq!(drawn, std::fs::read_to_string(&kept).unwrap_or_default(), "{}", kept.display());
}

#[test]
fn a_page_holds_every_pipeline_and_loads_nothing() {
    let example = root().join("examples/gpu");
    let page = stdout(&example, &["--format", "html", "--link", "https://git.example.com/blob/main/{path}#L{line}"]);
    for name in ["train_single", "train_distributed", "train_serverless"] {
        assert!(page.contains(&format!("\"name\":\"{name}\"")), "{name}");
    }
    assert!(page.contains("https://git.example.com/blob/main/pipeline.pipe#L"));
    assert!(page.contains("default-src 'none'"));
    assert!(!page.contains("src=\"") && !page.contains("@import") && !page.contains("url(http"));
    // The text of a program cannot end the embedded data or a drawing, and is not interpreted by the page.
    let odd = tempfile::tempdir().unwrap();
    std::fs::write(
        odd.path().join("main.pipe"),
        "## </script><script>alert(1)</script> {{data}}\npipeline p {\n  step a {\n    notebook \"/<b>{{data}}\"\n  }\n}\n",
    )
    .unwrap();
    let page = stdout(odd.path(), &["--format", "html"]);
    assert_eq!(page.matches("</script>").count(), 2);
    assert_eq!(page.matches("\"task_key\\\"").count(), 1, "the data are there once");
    assert!(!page.contains("/<b>"));
}

#[test]
fn the_format_follows_from_the_name_of_the_file() {
    let (example, out) = (root().join("examples/churn"), tempfile::tempdir().unwrap());
    for (name, begins) in
        [("a.svg", "<svg"), ("a.html", "<!DOCTYPE html>"), ("a.mmd", "flowchart LR"), ("a.dot", "digraph")]
    {
        let file = out.path().join(name);
        assert_eq!(stdout(&example, &["--out", file.to_str().unwrap()]), "");
        assert!(std::fs::read_to_string(&file).unwrap().starts_with(begins), "{name}");
    }
    let odd = out.path().join("a.png");
    assert!(refused(&example, &["--out", odd.to_str().unwrap()]).contains("add `--format`"));
    assert!(!odd.exists());
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let (gpu, churn) = (root().join("examples/gpu"), root().join("examples/churn"));
    let said = refused(&gpu, &[]);
    assert!(said.contains("choose a pipeline with `--pipeline`") && said.contains("train_single"), "{said}");
    assert!(refused(&gpu, &["--pipeline", "train_singel"]).contains("did you mean `train_single`?"));
    assert!(stdout(&gpu, &["--pipeline", "train_single"]).contains("data-key=\"evaluate\""));
    let said = refused(&churn, &["--run", "nowhere"]);
    assert!(said.contains("cannot read `nowhere/run.json`"), "{said}");
    let other = root().join("tests/graphs/a_run_that_failed/run");
    let said = refused(&churn, &["--run", other.to_str().unwrap()]);
    assert!(said.contains("unknown pipeline `nightly`"), "{said}");
    let wrong = tempfile::tempdir().unwrap();
    std::fs::write(wrong.path().join("main.pipe"), "pipeline p {\n  step a after b {\n    notebook \"/a\"\n  }\n}\n")
        .unwrap();
    let ran = pipec(wrong.path(), &[]);
    assert_eq!(ran.status.code(), Some(1));
    assert!(ran.stdout.is_empty());
}

#[test]
fn a_record_that_is_none_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("main.pipe"), "pipeline load {\n  step a {\n    notebook \"/a\"\n  }\n}\n").unwrap();
    let run = |name: &str, record: &str| {
        let folder = dir.path().join(".pipec/local/runs").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("run.json"), record).unwrap();
        folder
    };
    for (record, word) in [
        ("[]", "has no pipeline"),
        ("{", "is not a run record"),
        (r#"{"pipeline": "load"}"#, "has no tasks"),
        (r#"{"pipeline": "load", "tasks": {"a": {"started": -9223372036854775808}}}"#, "is not a time"),
        (r#"{"pipeline": "load", "tasks": {"a": {"started": 5, "ended": 4}}}"#, "ends before it starts"),
    ] {
        let folder = run("odd", record);
        let said = refused(dir.path(), &["--run", folder.to_str().unwrap(), "--pipeline", "load"]);
        assert!(said.contains(word), "{record}: {said}");
    }
    // `last` is the last run of this pipeline.
    run("20260101-load", r#"{"pipeline": "load", "tasks": {"a": {"started": 1, "ended": 2, "state": "ok"}}}"#);
    run("20260102-my-load", r#"{"pipeline": "my-load", "tasks": {}}"#);
    assert!(stdout(dir.path(), &["--run", "last"]).contains("run 20260101-load"));
}
