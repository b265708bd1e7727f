//! The command line: exit status, standard output, standard error, files.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

struct Project {
    dir: PathBuf,
}

impl Project {
    fn new(name: &str, main: &str) -> Project {
        let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cli").join(name);
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).unwrap();
        let project = Project { dir };
        project.write("main.pipe", main);
        project
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.dir.join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.dir.join(name)).unwrap()
    }

    fn has(&self, name: &str) -> bool {
        self.dir.join(name).exists()
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        ran(Command::new(env!("CARGO_BIN_EXE_pipec")).current_dir(&self.dir).args(arguments).output().unwrap())
    }
}

struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

const GOOD: &str = "pipeline p {\n  step one {\n    notebook \"/x\"\n  }\n}\n";
const WRONG: &str =
    "pipeline p {\n  step one {\n    notebook \"/x\"\n    max_retires = 2\n    run_if = \"ALL_DONE\"\n  }\n}\n";

#[test]
fn check_tells_by_its_exit_code() {
    let good = Project::new("good", GOOD).run(&["check"]);
    assert_eq!((good.code, good.out.as_str()), (0, ""));
    assert!(good.err.contains("no errors in 1 file"));
    let wrong = Project::new("wrong", WRONG).run(&["check"]);
    assert_eq!((wrong.code, wrong.out.as_str()), (1, ""));
    assert!(wrong.err.contains("E0102") && wrong.err.contains("did you mean `max_retries`?"), "{}", wrong.err);
    assert!(wrong.err.contains("1 error, 1 warning"), "{}", wrong.err);
}

#[test]
fn a_wrong_call_is_2() {
    let project = Project::new("usage", GOOD);
    for arguments in [
        &["check", "nowhere"][..],
        &["check", "--target", "prod"],
        &["check", "--var", "x=1"],
        &["check", "--var", "x"],
        &["check", "--nonsense"],
        &["compile", "--pipeline", "q"],
        &["compile", "--stdout", "--out", "x"],
        &["compile", "--ids", "nowhere.json"],
        &["explain", "E9999"],
        &["schema", "zzzzzz"],
        &[],
    ] {
        let ran = project.run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.err);
        assert!(!ran.err.is_empty() && ran.out.is_empty(), "{arguments:?}");
    }
}

#[test]
fn json_has_the_published_shape() {
    let ran = Project::new("json", WRONG).run(&["check", "--format", "json"]);
    assert_eq!(ran.code, 1);
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["version"], 1);
    let first = &json["diagnostics"][0];
    assert_eq!(first["code"], "E0102");
    assert_eq!(first["severity"], "error");
    assert_eq!(first["file"], "main.pipe");
    assert_eq!(first["range"]["start"], serde_json::json!({"line": 4, "column": 5, "offset": 48}));
    assert_eq!(first["range"]["end"], serde_json::json!({"line": 4, "column": 16, "offset": 59}));
    assert_eq!(first["fixes"][0]["edits"][0]["text"], "max_retries");
    assert_eq!(first["fixes"][0]["safe"], false);
    assert_eq!(json["diagnostics"][1]["fixes"][0]["safe"], true);
}

#[test]
fn sarif_and_github_name_the_same_place() {
    let project = Project::new("formats", WRONG);
    let sarif: Value = serde_json::from_str(&project.run(&["check", "--format", "sarif"]).out).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(result["ruleId"], "E0102");
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!((region["startLine"].as_u64(), region["startColumn"].as_u64()), (Some(4), Some(5)));
    let rule = result["ruleIndex"].as_u64().unwrap() as usize;
    assert_eq!(sarif["runs"][0]["tool"]["driver"]["rules"][rule]["id"], "E0102");
    let github = project.run(&["check", "--format", "github"]).out;
    assert!(
        github
            .starts_with("::error file=main.pipe,line=4,endLine=4,col=5,endColumn=16,title=E0102::a step has no field"),
        "{github}"
    );
    assert!(github.contains("%0Ahelp: did you mean"), "{github}");
}

#[test]
fn fix_applies_what_is_sure_and_nothing_else() {
    let project = Project::new(
        "fix",
        "pipeline p {\n  email_notifications { on_failure = \"a@example.com\" }\n  step one {\n    notebook \"/x\"\n    run_if: \"all_done\"\n    max_retires = 2\n    timeout_seconds = \"60\"\n  }\n}\n",
    );
    let ran = project.run(&["check", "--fix"]);
    assert_eq!(ran.code, 1, "the misspelled field is left to a person: {}", ran.err);
    let fixed = "pipeline p {\n  email_notifications { on_failure = [\"a@example.com\"] }\n  step one {\n    notebook \"/x\"\n    run_if = ALL_DONE\n    max_retires = 2\n    timeout_seconds = 60\n  }\n}\n";
    assert_eq!(project.read("main.pipe"), fixed);
    project.run(&["check", "--fix"]);
    assert_eq!(project.read("main.pipe"), fixed, "a second time changes nothing");
}

#[test]
fn compile_writes_what_it_says_and_takes_stale_files_away() {
    let project = Project::new("compile", GOOD);
    let ran = project.run(&["compile"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert!(ran.err.contains("build/default/p.job.json"));
    assert!(project.has("build/default/p.job.json") && project.has("build/default/manifest.json"));
    project.write("build/default/notes.txt", "mine");
    project.write("main.pipe", &GOOD.replace("pipeline p", "pipeline q"));
    project.run(&["compile"]);
    assert!(project.has("build/default/q.job.json") && !project.has("build/default/p.job.json"));
    assert!(project.has("build/default/notes.txt"), "files of others stay");
}

#[test]
fn errors_write_nothing() {
    let project = Project::new("nothing", WRONG);
    assert_eq!(project.run(&["compile"]).code, 1);
    assert!(!project.has("build"));
}

#[test]
fn stdout_prints_one_job_and_writes_nothing() {
    let project = Project::new("stdout", GOOD);
    let ran = project.run(&["compile", "--stdout"]);
    assert_eq!(ran.code, 0);
    let job: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(job["tasks"][0]["task_key"], "one");
    assert!(!project.has("build"));
    project.write("main.pipe", &format!("{GOOD}{}", GOOD.replace("pipeline p", "pipeline q")));
    assert_eq!(project.run(&["compile", "--stdout"]).code, 2, "two jobs: one must be named");
    let ran = project.run(&["compile", "--stdout", "--pipeline", "q"]);
    assert_eq!(serde_json::from_str::<Value>(&ran.out).unwrap()["name"], "q");
}

#[test]
fn ids_fill_in_what_only_a_workspace_knows() {
    let project = Project::new("ids", &format!("{GOOD}pipeline q {{\n  step two {{\n    run p\n  }}\n}}\n"));
    project.run(&["compile"]);
    let manifest: Value = serde_json::from_str(&project.read("build/default/manifest.json")).unwrap();
    let late = &manifest["jobs"][1]["late"][0];
    assert_eq!(
        (late["pointer"].as_str(), late["pipeline"].as_str()),
        (Some("/tasks/0/run_job_task/job_id"), Some("p"))
    );
    project.write("ids.json", "{\"p\": 4711}");
    let ran = project.run(&["compile", "--stdout", "--pipeline", "q", "--ids", "ids.json"]);
    assert_eq!(serde_json::from_str::<Value>(&ran.out).unwrap()["tasks"][0]["run_job_task"]["job_id"], 4711);
}

#[test]
fn targets_and_vars_choose() {
    let project = Project::new(
        "targets",
        "var n: int = 1\ntarget a {\n  vars { n = 2 }\n}\ntarget b {}\npipeline p {\n  max_concurrent_runs = n\n  step one {\n    notebook \"/x\"\n  }\n}\n",
    );
    let value = |arguments: &[&str]| {
        let ran = project.run(&[&["compile", "--stdout"], arguments].concat());
        serde_json::from_str::<Value>(&ran.out).map(|j| j["max_concurrent_runs"].clone()).unwrap_or(ran.code.into())
    };
    assert_eq!(value(&["--target", "a"]), 2);
    assert_eq!(value(&["--target", "b"]), 1);
    assert_eq!(value(&["--target", "a", "--var", "n=7"]), 7);
    assert_eq!(value(&["--target", "a", "--var", "n=many"]), 1, "the value is no int: an error");
    assert_eq!(value(&[]), 2, "two targets and no default: which one?");
}

#[test]
fn the_nearest_project_upwards_is_taken() {
    let project = Project::new("upwards", GOOD);
    std::fs::create_dir_all(project.dir.join("a/b")).unwrap();
    let inner = Project { dir: project.dir.join("a/b") };
    let ran = inner.run(&["check"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("project ../../main.pipe\nno errors in 1 file"), "{}", ran.err);
    assert!(!inner.run(&["check", "-q"]).err.contains("project"), "quiet is quiet");
}

#[test]
fn projects_below_are_listed() {
    let project = Project::new("below", "");
    std::fs::remove_file(project.dir.join("main.pipe")).unwrap();
    std::fs::create_dir_all(project.dir.join(".git")).unwrap();
    assert!(project.run(&["check"]).err.contains("create one with `pipec new`"));
    std::fs::create_dir_all(project.dir.join("jobs/.hidden")).unwrap();
    project.write("jobs/a.pipe", GOOD);
    project.write("jobs/.hidden/b.pipe", GOOD);
    let ran = project.run(&["check"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("pass one of the files below this directory: jobs/a.pipe\n"), "{}", ran.err);
}

#[test]
fn quiet_counts_what_it_shows() {
    let project = Project::new("quiet", WRONG);
    let ran = project.run(&["check", "-q"]);
    assert!(ran.err.contains("1 error") && !ran.err.contains("warning"), "{}", ran.err);
}

#[test]
fn old_options_name_the_new_ones() {
    let project = Project::new("renamed", GOOD);
    for (arguments, tip) in [
        (&["plan", "-o", "json"][..], "`-o` is now `--format`"),
        (&["plan", "--save=plan.json"], "`--save` is now `--out`"),
        (&["plan", "--detailed-exitcode"], "`--detailed-exitcode` is now `--exit-code`"),
        (&["schema", "--json"], "`--json` is now `--format json`"),
        (&["check", "--format", "human"], "`human` is now `text`"),
    ] {
        let ran = project.run(arguments);
        assert!(ran.code == 2 && ran.err.contains(tip), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn commands_that_read_a_project_share_its_options() {
    let project = Project::new("shared_options", GOOD);
    for command in ["check", "compile", "graph", "advise"] {
        let ran = project.run(&[command, "--user", "me@example.com", "-q"]);
        assert_eq!(ran.code, 0, "{command}: {}", ran.err);
    }
}

#[test]
fn every_command_has_help_with_examples() {
    let project = Project::new("help", GOOD);
    let commands = project.run(&["help"]).out;
    let commands = commands.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names: Vec<&str> = commands.lines().filter_map(|l| l.split_whitespace().next()).collect();
    assert!(names.len() > 15, "{names:?}");
    for name in names.into_iter().filter(|n| *n != "help") {
        let help = project.run(&[name, "--help"]).out;
        let examples = help.split("Examples:\n").nth(1).unwrap_or_else(|| panic!("{name} has no examples"));
        assert!(examples.lines().count() >= 2, "{name} has two examples");
        for example in examples.lines() {
            assert!(example.contains(&format!("pipec {name}")), "{example}");
        }
        assert!(help.lines().all(|l| l.chars().count() <= 100), "{name}: {help}");
    }
}

#[test]
fn shells_complete_names_of_the_project() {
    let project = Project::new("complete", GOOD);
    project.write(
        "main.pipe",
        "var catalog: string = \"dev\"\ntarget prod {\n}\npipeline load {\n  param day: date\n  ## Reads.\n  step fetch {\n    notebook \"/x\"\n  }\n  step broken {{\n}\n",
    );
    let complete = |words: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_pipec"))
            .current_dir(&project.dir)
            .env("COMPLETE", "fish")
            .args(["--", "pipec"])
            .args(words)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(complete(&["check", "--target", ""]).trim(), "prod");
    assert_eq!(complete(&["compile", "--pipeline", "l"]).trim(), "load");
    assert_eq!(complete(&["run", "--only", "f"]).trim(), "fetch\tReads.");
    assert_eq!(complete(&["run", "--only", "fetch,b"]).trim(), "fetch,broken");
    assert_eq!(complete(&["run", "--param", ""]).trim(), "day=");
    assert_eq!(complete(&["check", "--var", ""]).trim(), "catalog=");
    assert!(complete(&["explain", "w02"]).contains("W0250\tenum value"));
    assert!(complete(&["new", "x", "--template", ""]).contains("sql-dbt"));
    assert!(complete(&["explain", "x", "--zone", "Europe/Ber"]).contains("Europe/Berlin"));
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(project.run(&["completions", shell]).out.contains("COMPLETE"), "{shell}");
    }
}

#[test]
fn every_way_to_name_a_project_means_the_same() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (dir, path) in [
        ("examples/churn", "."),
        ("examples/churn", "./"),
        ("examples/churn", "pipeline.pipe"),
        ("examples/churn", "clusters.pipe"),
        ("examples", "churn"),
        ("examples/churn/notebooks", ".."),
    ] {
        let ran = ran(Command::new(env!("CARGO_BIN_EXE_pipec"))
            .current_dir(root.join(dir))
            .args(["check", path])
            .output()
            .unwrap());
        assert_eq!(ran.code, 0, "check {path} in {dir}: {}", ran.err);
    }
}

#[test]
#[cfg(unix)]
fn a_link_stays_a_link() {
    let project = Project::new("link", GOOD);
    project.write("real.txt", &GOOD.replace("\"/x\"", "\"/x\"\n    run_if = \"ALL_DONE\""));
    std::fs::remove_file(project.dir.join("main.pipe")).unwrap();
    std::os::unix::fs::symlink("real.txt", project.dir.join("main.pipe")).unwrap();
    project.run(&["check", "--fix"]);
    assert!(project.dir.join("main.pipe").is_symlink());
    assert!(project.read("real.txt").contains("run_if = ALL_DONE"));
}

#[test]
fn pages_tables_and_scripts_go_to_stdout() {
    let project = Project::new("texts", GOOD);
    assert!(project.run(&["explain", "e0102"]).out.starts_with("E0102: "));
    assert!(project.run(&["explain", "0 0 2 * * ?", "--zone", "Europe/Berlin"]).out.contains("02:00:00 CE"));
    assert!(project.run(&["schema", "tasks.notebook_task.source"]).out.contains("WORKSPACE | GIT"));
    assert!(project.run(&["schema", "retries"]).out.contains("tasks[].max_retries"));
    assert!(project.run(&["completions", "bash"]).out.contains("_pipec"));
    let table: Value = serde_json::from_str(&project.run(&["schema", "--format", "json"]).out).unwrap();
    assert!(table.as_array().unwrap().len() > 600);
}

#[test]
fn secrets_and_links_stay_out_of_wheels() {
    let project = Project::new(
        "wheel",
        "package w = \".\"\nenvironment e { environment_version = \"4\" }\npipeline p on e {\n  step one {\n    python w.m:f()\n  }\n}\n",
    );
    project.write("pyproject.toml", "[project]\nname = \"w\"\nversion = \"1.0\"\n");
    project.write("LICENSE", "as you like\n");
    let package = project.dir.join("src/w");
    std::fs::create_dir_all(package.join("data/__pycache__")).unwrap();
    std::fs::create_dir_all(package.join("venv/lib")).unwrap();
    for (name, text) in [
        ("__init__.py", ""),
        ("m.py", "def f(): pass\n"),
        ("py.typed", ""),
        ("data/a.csv", "a,b\r\n"),
        (".env", "TOKEN=1"),
        ("key.pem", "x"),
        ("data/__pycache__/m.pyc", "x"),
        ("venv/pyvenv.cfg", "home = /"),
        ("venv/lib/x.py", "x"),
    ] {
        std::fs::write(package.join(name), text).unwrap();
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/hostname", package.join("data/linked")).unwrap();
    for arguments in [&["compile"][..], &["compile", "."]] {
        let ran = project.run(arguments);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let manifest: Value = serde_json::from_str(&project.read("build/default/manifest.json")).unwrap();
        let paths: Vec<&str> =
            manifest["wheels"][0]["files"].as_array().unwrap().iter().map(|f| f["path"].as_str().unwrap()).collect();
        let of_package: Vec<&str> =
            paths.iter().copied().filter(|p| p.starts_with("w/") || p.starts_with("_pipec")).collect();
        assert_eq!(of_package, ["_pipec_w.py", "w/__init__.py", "w/data/a.csv", "w/m.py", "w/py.typed"]);
        assert!(paths.iter().any(|p| p.ends_with("licenses/LICENSE")), "{paths:?}");
    }
}

#[test]
fn flat_projects_and_namespace_packages_become_wheels() {
    let project = Project::new(
        "flat",
        "package w = \".\"\nenvironment e { environment_version = \"4\" }\npipeline p on e {\n  step one {\n    python flat_w.m:f()\n  }\n  step two {\n    python flat_w.deep.inner.n:g()\n  }\n}\n",
    );
    project.write(
        "pyproject.toml",
        "[project]\nname = \"flat.W\"\nversion = \"1.0\"\n[project.scripts]\nw = \"flat_w.m:f\"\n",
    );
    std::fs::create_dir_all(project.dir.join("flat_w/deep/inner")).unwrap();
    std::fs::create_dir_all(project.dir.join("tests")).unwrap();
    for (name, text) in [
        ("flat_w/__init__.py", ""),
        ("flat_w/m.py", "def f(): pass\n"),
        ("flat_w/deep/inner/n.py", "def g(): pass\n"),
        ("flat_w/deep/q.sql", "select 1\n"),
        ("tests/test_m.py", ""),
        ("setup.py", ""),
    ] {
        project.write(name, text);
    }
    let ran = project.run(&["compile"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let manifest: Value = serde_json::from_str(&project.read("build/default/manifest.json")).unwrap();
    let wheel = &manifest["wheels"][0];
    assert!(wheel["file"].as_str().unwrap().starts_with("wheels/flat_w-1.0+p"), "{}", wheel["file"]);
    let paths: Vec<&str> = wheel["files"].as_array().unwrap().iter().map(|f| f["path"].as_str().unwrap()).collect();
    let own: Vec<&str> = paths.into_iter().filter(|p| !p.contains(".dist-info/")).collect();
    assert_eq!(
        own,
        ["_pipec_flat_w.py", "flat_w/__init__.py", "flat_w/deep/inner/n.py", "flat_w/deep/q.sql", "flat_w/m.py"]
    );
    assert_eq!(wheel["entry_points"][1]["calls"], "flat_w.deep.inner.n:g");
}

#[test]
fn fmt_writes_what_is_right_and_leaves_what_is_wrong() {
    let crooked = "pipeline p {step one{notebook \"/x\"(a=1)   # here\n}}";
    let straight = "pipeline p {\n  step one {\n    notebook \"/x\"(a = 1)  # here\n  }\n}\n";
    let project = Project::new("fmt", crooked);
    std::fs::create_dir_all(project.dir.join("below")).unwrap();
    project.write("below/good.pipe", straight);
    project.write("below/broken.pipe", "pipeline p {{\n");

    let check = project.run(&["fmt", "--check", "main.pipe", "below/good.pipe"]);
    assert_eq!((check.code, check.out.as_str()), (1, "main.pipe\n"), "{}", check.err);
    assert_eq!(project.read("main.pipe"), crooked, "--check writes nothing");

    let all = project.run(&["fmt", "."]);
    assert_eq!(all.code, 1, "one of them is broken");
    assert!(all.err.contains("broken.pipe` has errors and is not formatted"), "{}", all.err);
    assert_eq!(project.read("main.pipe"), straight);
    assert_eq!(project.read("below/broken.pipe"), "pipeline p {{\n");

    let again = project.run(&["fmt", "main.pipe", "below/good.pipe"]);
    assert_eq!(again.code, 0);
    assert!(again.err.contains("0 formatted, 2 unchanged"), "{}", again.err);
    assert_eq!(project.run(&["fmt", "nowhere.pipe"]).code, 2);

    let mut child = Command::new(env!("CARGO_BIN_EXE_pipec"))
        .args(["fmt", "-"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), crooked.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), straight);
}

#[test]
fn a_reader_that_closes_the_pipe_changes_nothing() {
    let p = Project::new("unread", "pipeline p {\n  step a {\n    notebok \"/a\"\n  }\n}\n");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_pipec"))
        .args(["check", p.dir.to_str().unwrap()])
        .stderr(writer)
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(1));
}
