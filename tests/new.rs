//! `pipec new`: every template gives a project without errors, whatever its name. `.ci/run` also runs the projects.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use pipec::scaffold::TEMPLATES;

fn pipec(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pipec")).current_dir(dir).args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn every_template_checks_compiles_and_is_formatted() {
    for template in TEMPLATES {
        let dir = tempfile::tempdir().unwrap();
        let made = pipec(dir.path(), &["new", "Night-Shift", "--template", template.name]);
        assert!(made.status.success(), "{}", text(&made.stderr));
        let project = dir.path().join("Night-Shift");
        for arguments in
            [&["check", "--format", "json"][..], &["fmt", "--check"], &["compile"], &["compile", "--target", "prod"]]
        {
            let ran = pipec(&project, arguments);
            assert!(ran.status.success(), "{} {arguments:?}: {}", template.name, text(&ran.stderr));
            if arguments[0] == "check" {
                let found: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
                assert_eq!(found["diagnostics"], serde_json::json!([]), "{}: not even a warning", template.name);
            }
        }
        let job = std::fs::read_to_string(project.join("build/prod/night_shift.job.json")).unwrap();
        assert!(job.contains("\"name\": \"night_shift\""));
        for file in [".gitignore", ".github/workflows/ci.yml", "README.md", "pipeline.pipe", "tests"] {
            assert!(project.join(file).exists(), "{}: {file}", template.name);
        }
        let mut stack = vec![project];
        while let Some(path) = stack.pop() {
            if path.is_dir() {
                stack.extend(std::fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
            } else if !path.components().any(|c| c.as_os_str() == "build") {
                let content = std::fs::read_to_string(&path).unwrap();
                assert!(!content.contains("starter") && !path.ends_with("starter"), "{}", path.display());
            }
        }
    }
}

#[test]
fn nothing_that_is_there_is_touched() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("mine.txt"), "mine").unwrap();
    let refused = |arguments: &[&str], word: &str| {
        let ran = pipec(dir.path(), arguments);
        assert_eq!(ran.status.code(), Some(2), "{arguments:?}");
        assert!(text(&ran.stderr).contains(word), "{arguments:?}: {}", text(&ran.stderr));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    };
    let here = dir.path().to_str().unwrap();
    refused(&["new", here], "");
    refused(&["new", "x", "--template", "pyton"], "a similar value exists: 'python'");
    refused(&["new", "x/1st"], "invalid project name");
    refused(&["new", "import"], "is the name of a Python module");
    let project = dir.path().join("taken");
    std::fs::create_dir_all(&project).unwrap();
    std::fs::create_dir(project.join(".git")).unwrap();
    assert!(pipec(dir.path(), &["new", "taken"]).status.success(), "a repository alone is no reason");
    let again = pipec(dir.path(), &["new", "taken"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("is not empty"));
}
