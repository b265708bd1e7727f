//! Local runs of the pipelines in `tests/local`.
//!
//! These tests need a `python3` that can create environments; without one, they print so and do nothing.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A copy of the project that all tests share, so that its environment is created once.
fn project() -> Option<&'static Path> {
    static PROJECT: OnceLock<Option<PathBuf>> = OnceLock::new();
    PROJECT
        .get_or_init(|| {
            let works = Command::new("python3").args(["-c", "import ensurepip, venv"]).output();
            if !works.is_ok_and(|o| o.status.success()) {
                eprintln!("SKIPPED: there is no python3 here that makes environments");
                return None;
            }
            let to = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("local");
            let _ = std::fs::remove_dir_all(&to);
            copy(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/local"), &to);
            Some(to)
        })
        .as_deref()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

fn command(project: &Path, pipeline: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pipec"));
    command.current_dir(project).args(["run", "--local", pipeline]).args(arguments);
    command
}

/// The exit status, the output, and the results of a run.
fn run(project: &Path, pipeline: &str, arguments: &[&str]) -> (i32, String, Value) {
    let output = command(project, pipeline, arguments).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    let folder = told.lines().find_map(|l| Some(l.strip_prefix("run     ")?.split_once(" in ")?.1.to_owned()));
    let results = folder
        .and_then(|f| std::fs::read(project.join(f).join("results.json")).ok())
        .and_then(|b| serde_json::from_slice(&b).ok())
        .unwrap_or_default();
    (output.status.code().unwrap(), told, results)
}

fn states(results: &Value) -> Vec<(&str, &str)> {
    results.as_object().unwrap().iter().map(|(k, v)| (k.as_str(), v["state"].as_str().unwrap())).collect()
}

#[test]
fn values_cross_steps_of_every_kind() {
    let Some(project) = project() else { return };
    let (code, told, results) = run(project, "everything", &[]);
    assert_eq!(code, 0, "{told}");
    let all: Vec<(&str, &str)> = ["make", "take", "read", "enough", "tell", "other", "loop"]
        .map(|key| (key, if key == "other" { "excluded" } else { "success" }))
        .to_vec();
    assert_eq!(states(&results), all, "{told}");
    assert_eq!(results["make"]["values"]["day"], json!("2026-11-22"));
    assert_eq!(results["read"]["values"], json!({ "twice": 6 }));

    let (code, told, results) = run(project, "everything", &["--param", "least=4"]);
    assert_eq!(code, 0, "{told}");
    assert_eq!(states(&results)[4..6], [("tell", "excluded"), ("other", "success")]);

    // Run one step again, with the values of the previous run.
    let (code, told, results) = run(project, "everything", &["--only", "take"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("1 ok, 6 reused"), "{told}");
    assert_eq!(results["make"]["values"]["count"], json!(3), "what was reused stays known");
    let (code, told, _) = run(project, "everything", &["--from", "read"]);
    assert!(code == 0 && told.contains("reused"), "{told}");
}

#[test]
fn params_are_typed() {
    let Some(project) = project() else { return };
    for (arguments, message) in [
        (&["--param", "least=many"][..], "`least` must be an int, not `many`"),
        (&["--param", "leest=3"], "did you mean `least`?"),
        (&["--param", "least"], "use NAME=VALUE"),
        (&["--only", "tak"], "did you mean `take`?"),
        (&["--stub", "make=nowhere.json"], "cannot read `nowhere.json`"),
    ] {
        let (code, told, _) = run(project, "everything", arguments);
        assert!(code == 2 && told.contains(message), "{arguments:?}: {told}");
    }
    let (code, told, _) = run(project, "needs_the_platform", &["--skip", "load"]);
    assert!(code == 2 && told.contains("requires a value for `rows`"), "{told}");
}

#[test]
fn run_if_decides_what_a_failure_takes_with_it() {
    let Some(project) = project() else { return };
    let (code, told, results) = run(project, "failing", &[]);
    assert_eq!(code, 1, "{told}");
    assert_eq!(
        states(&results),
        [
            ("wrong", "failed"),
            ("right", "success"),
            ("needs_both", "upstream_failed"),
            ("needs_one", "success"),
            ("cleans_up", "success"),
            ("mends", "success"),
            ("all_lost", "excluded"),
            ("none_lost", "upstream_failed"),
        ]
    );
    assert!(told.contains("RuntimeError: it was meant to fail"), "the error of the step is shown: {told}");
    // The final steps decide.
    let (code, told, _) = run(project, "mended", &[]);
    assert!(code == 0 && told.contains("1 ok, 1 failed"), "{told}");
}

#[test]
fn tries_time_limits_and_items() {
    let Some(project) = project() else { return };
    let _ = std::fs::remove_dir_all(project.join(".pipec/local/volumes/Volumes/main/things/marks"));
    let (code, told, results) = run(project, "retried", &[]);
    assert_eq!(code, 0, "{told}");
    assert_eq!(results["third"]["values"], json!({ "tries": 3 }));
    assert!(told.contains("attempt 3"), "{told}");

    let (code, told, results) = run(project, "slow", &[]);
    assert_eq!((code, results["sleeps"]["state"].as_str()), (1, Some("timedout")), "{told}");
    assert!(told.contains("longer than 1 s"), "{told}");

    let (code, told, results) = run(project, "loops", &[]);
    assert_eq!((code, results["loop"]["state"].as_str()), (1, Some("failed")), "{told}");
    assert!(told.contains("1 of 3 items failed") && told.contains("this item is bad"), "{told}");

    let (code, told, _) = run(project, "lacking", &[]);
    assert!(code == 1 && told.contains("pass `--with a_package_that_nobody_has`"), "{told}");

    let (code, told, _) = run(project, "too_large", &[]);
    assert_eq!(code, 1);
    assert!(told.contains("output 'text' has 50002 bytes; the limit is 49152"), "{told}");
}

#[test]
fn what_needs_the_platform_is_named_beforehand_and_can_be_stubbed() {
    let Some(project) = project() else { return };
    let (code, told, _) = run(project, "needs_the_platform", &["--param", "rows=1"]);
    assert!(code == 2 && told.contains("load requires a SQL warehouse") && !told.contains("started"), "{told}");
    std::fs::write(project.join("load.json"), "{\"total\": 5}").unwrap();
    let (code, told, results) = run(project, "needs_the_platform", &["--param", "rows=1", "--stub", "load=load.json"]);
    assert_eq!(code, 0, "{told}");
    assert_eq!(states(&results), [("load", "success"), ("any", "success"), ("done", "success")]);
}

#[test]
fn what_the_job_says_of_time_and_of_being_switched_off_holds() {
    let Some(project) = project() else { return };
    let (code, told, results) = run(project, "limited", &[]);
    assert_eq!(code, 1, "{told}");
    assert_eq!(states(&results), [("sleeps", "timedout"), ("off", "success"), ("after_that", "timedout")], "{told}");
    assert!(!told.contains("meant to fail"), "what is switched off does not run: {told}");
}

#[test]
fn an_outcome_that_nobody_knows_is_asked_for() {
    let Some(project) = project() else { return };
    let (code, told, _) = run(project, "branches", &["--only", "yes"]);
    assert!(code == 2 && told.contains("step `yes` depends on the outcome true of `enough`"), "{told}");
    let (code, told, _) = run(project, "branches", &["--skip", "enough"]);
    assert!(code == 2 && told.contains("has no saved outcome"), "{told}");
    std::fs::write(project.join("outcome.json"), "{\"outcome\": \"true\"}").unwrap();
    let (code, told, results) = run(project, "branches", &["--stub", "enough=outcome.json"]);
    assert_eq!((code, states(&results)[1]), (0, ("yes", "success")), "{told}");
}

#[test]
fn values_that_no_json_can_hold_fail_the_step_that_makes_them() {
    let Some(project) = project() else { return };
    let (code, told, results) = run(project, "unspeakable", &[]);
    assert_eq!(code, 1, "{told}");
    assert!(results.as_object().unwrap().values().all(|r| r["state"] == "failed"), "{results}");
    assert!(
        told.contains("output 'value' cannot be converted to JSON") && told.contains("does not fit into 64 bits"),
        "{told}"
    );
}

/// Starts a run, and waits until its step has reported a process id.
#[cfg(unix)]
fn started(project: &Path, pipeline: &str, step: &str) -> (std::process::Child, i32) {
    // The environment may need to be created first.
    run(project, "mended", &[]);
    let child = command(project, pipeline, &[]).stderr(Stdio::piped()).spawn().unwrap();
    let started = Instant::now();
    loop {
        assert!(started.elapsed() < Duration::from_secs(60), "the step never began");
        let runs = std::fs::read_dir(project.join(".pipec/local/runs")).unwrap().flatten();
        let found = runs
            .filter(|r| r.file_name().to_string_lossy().ends_with(&format!("-{pipeline}")))
            .find_map(|r| std::fs::read_to_string(r.path().join(step).join("child.pid")).ok())
            .and_then(|text| text.parse::<i32>().ok());
        match found {
            Some(pid) => return (child, pid),
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

#[cfg(unix)]
fn interrupt(child: &std::process::Child) {
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
}

/// An interrupt ends child processes and their children.
#[cfg(unix)]
#[test]
fn an_interrupt_leaves_nothing_behind() {
    let Some(project) = project() else { return };
    let (mut child, pid) = started(project, "endless", "sleeps");
    // A zombie process counts as dead.
    let buried = || std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|s| s.contains(") Z"));
    let signal =
        || Command::new("kill").args(["-0", &pid.to_string()]).stderr(Stdio::null()).status().unwrap().success();
    let alive = || !buried() && signal();
    assert!(alive());
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let since = Instant::now();
    while alive() {
        assert!(since.elapsed() < Duration::from_secs(10), "a grandchild goes on");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A step that ignores the first interrupt is killed by the second one, long before its time is over.
#[cfg(unix)]
#[test]
fn a_second_interrupt_does_not_wait() {
    let Some(project) = project() else { return };
    let (mut child, _) = started(project, "stubborn", "ignores");
    interrupt(&child);
    std::thread::sleep(Duration::from_millis(300));
    assert!(child.try_wait().unwrap().is_none(), "the first interrupt leaves the step time to end");
    let since = Instant::now();
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(since.elapsed() < Duration::from_secs(4), "it was waited for: {:?}", since.elapsed());
}

#[cfg(unix)]
#[test]
fn a_step_that_dies_reports_how() {
    let Some(project) = project() else { return };
    let (code, told, _) = run(project, "dying", &[]);
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("killed by signal 9 (SIGKILL); out of memory?"), "{told}");
    assert!(told.contains("exit status 7"), "{told}");
}

#[test]
fn steps_get_no_tokens_unless_asked() {
    let Some(project) = project() else { return };
    let names = |arguments: &[&str]| -> Vec<String> {
        let output = command(project, "variables", arguments)
            .env("DATABRICKS_TOKEN", "dapi-not-yours")
            .env("AWS_SECRET_ACCESS_KEY", "nor-this")
            .env("PIPEC_SECRET_SHOP_TOKEN", "meant-for-steps")
            .output()
            .unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        let folder = told.lines().find_map(|l| Some(l.strip_prefix("run     ")?.split_once(" in ")?.1)).unwrap();
        let results: Value =
            serde_json::from_slice(&std::fs::read(project.join(folder).join("results.json")).unwrap()).unwrap();
        results["shows"]["values"]["names"].as_array().unwrap().iter().map(|n| n.as_str().unwrap().to_owned()).collect()
    };
    let has = |names: &[String], name: &str| names.iter().any(|n| n == name);
    let plain = names(&[]);
    assert!(has(&plain, "PATH") && has(&plain, "PIPEC_SECRET_SHOP_TOKEN"), "{plain:?}");
    assert!(!has(&plain, "DATABRICKS_TOKEN") && !has(&plain, "AWS_SECRET_ACCESS_KEY"), "{plain:?}");
    let asked = names(&["--env", "DATABRICKS_TOKEN", "--env", "MODE=quick"]);
    assert!(
        has(&asked, "DATABRICKS_TOKEN") && has(&asked, "MODE") && !has(&asked, "AWS_SECRET_ACCESS_KEY"),
        "{asked:?}"
    );
    let wrong = command(project, "variables", &["--env", "=x"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
}

#[test]
fn damaged_packages_are_unpacked_again() {
    let Some(project) = project() else { return };
    // A copy of its own, because others run at the same time.
    let own = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("local-damaged");
    let _ = std::fs::remove_dir_all(&own);
    copy(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/local"), &own);
    let _ = project;
    let (code, told, _) = run(&own, "mended", &[]);
    assert_eq!(code, 0, "{told}");
    let cache = own.join(".pipec/local");
    let site = || {
        let mut all = std::fs::read_dir(&cache).unwrap().map(|e| e.unwrap().path());
        all.find(|p| p.file_name().unwrap().to_string_lossy().starts_with("site-")).unwrap()
    };
    let module = site().join("things/steps.py");
    let text = std::fs::read_to_string(&module).unwrap();
    std::fs::write(&module, "raise SystemExit('tampered')\n").unwrap();
    std::fs::write(site().join("json.py"), "raise SystemExit('added')\n").unwrap();
    // The leftovers of a killed installation.
    std::fs::create_dir_all(cache.join("new-env-left/bin")).unwrap();
    let (code, told, _) = run(&own, "mended", &[]);
    assert_eq!(code, 0, "{told}");
    assert_eq!(std::fs::read_to_string(&module).unwrap(), text);
    assert!(!site().join("json.py").exists() && !cache.join("new-env-left").exists());
}

#[test]
fn runs_at_the_same_time_keep_their_parameters() {
    let Some(project) = project() else { return };
    run(project, "everything", &[]);
    let children: Vec<_> = (0..12)
        .map(|i| {
            let arguments = ["--param".to_owned(), format!("least={i}")];
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            command(project, "branches", &arguments).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for (i, child) in children.into_iter().enumerate() {
        let output = child.wait_with_output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        let folder = told.lines().find_map(|l| Some(l.strip_prefix("run     ")?.split_once(" in ")?.1)).unwrap();
        let results: Value =
            serde_json::from_slice(&std::fs::read(project.join(folder).join("results.json")).unwrap()).unwrap();
        assert_eq!(results["enough"]["values"]["outcome"], json!((i > 2).to_string()), "{told}");
    }
}
