//! Hostile projects, inputs and environments: what pipec must not read, write, run, print or lose. `docs/security.md`
//! names these tests.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A directory with its own repository, and a place outside it.
struct Project {
    outside: PathBuf,
    dir: PathBuf,
}

impl Project {
    fn new(name: &str, main: &str) -> Project {
        let outside = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("hostile").join(name);
        let _ = std::fs::remove_dir_all(&outside);
        let dir = outside.join("project");
        std::fs::create_dir_all(dir.join(".git")).unwrap();
        let project = Project { outside, dir };
        project.write("main.pipe", main);
        project
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> &Project {
        let path = self.dir.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pipec"));
        command.current_dir(&self.dir).args(arguments).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = self.command(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
    }

    fn check(&self) -> (i32, String) {
        let (code, _, said) = self.run(&["check"]);
        (code, said)
    }
}

const STEP: &str = "pipeline p {\n  step a {\n    notebook \"/a\"\n  }\n}\n";

// ---- what is read ----

#[test]
fn nothing_outside_of_the_repository_is_read() {
    let p = Project::new("read", STEP);
    std::fs::write(p.outside.join("secret.pipe"), "SECRET = 1\n").unwrap();
    std::fs::write(p.outside.join("secret.txt"), "SECRET==1 2\n").unwrap();
    std::fs::write(p.outside.join("secret.py"), "SECRET(\n").unwrap();
    std::fs::write(p.outside.join("nb.py"), "# Databricks notebook source\n").unwrap();
    std::fs::create_dir_all(p.outside.join("pkg")).unwrap();
    std::fs::write(p.outside.join("pkg/pyproject.toml"), "SECRET = [\n").unwrap();
    p.write(".git/config", "[remote]\nurl = https://SECRET@example.org\n");
    let environment = |requirements: &str| {
        format!(
            "environment e {{\n  environment_version = \"4\"\n  requirements = {requirements}\n}}\npipeline p on e {{\n  step a {{\n    script \"/a.py\"\n  }}\n}}\n"
        )
    };
    for (main, code) in [
        ("import \"../secret.pipe\"\n".to_owned() + STEP, "E0713"),
        (format!("import \"{}\"\n{STEP}", p.outside.join("secret.pipe").display()), "E0713"),
        ("import \"/etc/passwd\"\n".to_owned() + STEP, "E0113"),
        (environment("file(\"/proc/self/environ\")"), "E0713"),
        (environment("file(\"../secret.txt\")"), "E0713"),
        (environment("file(\".git/config\")"), "E0713"),
        ("pipeline p {\n  step a {\n    notebook \"../nb.py\"\n  }\n}\n".to_owned(), "E0713"),
        ("package x = \"../pkg\"\n".to_owned() + STEP, "E0702"),
    ] {
        p.write("main.pipe", &main);
        let (exit, said) = p.check();
        assert!(exit == 1 && said.contains(code), "{main}\n{said}");
        assert!(!said.contains("SECRET") && !said.contains("root:"), "{said}");
        let (_, said, _) = p.run(&["check", "--format", "github"]);
        assert!(!said.contains("SECRET"), "{said}");
    }
}

#[test]
fn a_project_without_repository_reads_what_is_below_its_root_file() {
    let p = Project::new("no_repository", STEP);
    // The directory of the tests is in a repository, so use another one.
    let bare = std::env::temp_dir().join(format!("pipec-bare-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&bare);
    std::fs::create_dir_all(bare.join("inner/parts")).unwrap();
    std::fs::write(bare.join("other.pipe"), "let x = 1\n").unwrap();
    std::fs::write(bare.join("inner/parts/fine.pipe"), "let y = \"/a\"\n").unwrap();
    std::fs::write(
        bare.join("inner/main.pipe"),
        "import \"parts/fine.pipe\"\npipeline p {\n  step a {\n    notebook \"/a\"(y)\n  }\n}\n",
    )
    .unwrap();
    let check = || p.command(&["check", bare.join("inner").to_str().unwrap()]).output().unwrap();
    assert!(check().status.success(), "{}", String::from_utf8_lossy(&check().stderr));
    // A link inside the project is followed.
    #[cfg(unix)]
    {
        std::fs::rename(bare.join("inner/parts/fine.pipe"), bare.join("inner/fine.pipe")).unwrap();
        std::os::unix::fs::symlink("../fine.pipe", bare.join("inner/parts/fine.pipe")).unwrap();
        assert!(check().status.success(), "{}", String::from_utf8_lossy(&check().stderr));
    }
    std::fs::write(bare.join("inner/main.pipe"), "import \"../other.pipe\"\n".to_owned() + STEP).unwrap();
    let said = String::from_utf8(check().stderr).unwrap();
    assert!(said.contains("E0713") && said.contains("the directory of the root file"), "{said}");
    std::fs::remove_dir_all(&bare).unwrap();
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere() {
    use std::os::unix::fs::symlink;
    let p = Project::new("links", STEP);
    std::fs::write(p.outside.join("secret"), "SECRET line\n").unwrap();
    symlink(p.outside.join("secret"), p.dir.join("evil.pipe")).unwrap();
    let (exit, said) = p.check();
    assert!(exit == 2 && said.contains("is a link to a path outside") && !said.contains("SECRET"), "{said}");
    std::fs::remove_file(p.dir.join("evil.pipe")).unwrap();
    symlink(p.outside.join("secret"), p.dir.join("requirements.txt")).unwrap();
    symlink(p.outside.join("secret"), p.dir.join("pipec.toml")).unwrap();
    p.write("main.pipe", "environment e {\n  environment_version = \"4\"\n  requirements = file(\"requirements.txt\")\n}\npipeline p on e {\n  step a {\n    script \"/a.py\"\n  }\n}\n");
    let (exit, said) = p.check();
    assert!(exit == 1 && said.contains("E0713") && !said.contains("SECRET"), "{said}");
    // Links inside the repository are allowed.
    std::fs::remove_file(p.dir.join("requirements.txt")).unwrap();
    p.write("real.txt", "pandas>=2\n");
    symlink("real.txt", p.dir.join("requirements.txt")).unwrap();
    assert_eq!(p.check().0, 0, "{}", p.check().1);
}

#[test]
fn what_is_no_requirements_file_is_not_quoted() {
    let p = Project::new(
        "quoted",
        "environment e {\n  environment_version = \"4\"\n  requirements = file(\".env\")\n}\npipeline p on e {\n  step a {\n    script \"/a.py\"\n  }\n}\n",
    );
    p.write(".env", "TOKEN = SECRET\n").write("binary.txt", b"SECRET\0\xff").write("prod.env", "SECRET\n");
    for name in [".env", "binary.txt", "prod.env", "main.pipe"] {
        let main = std::fs::read_to_string(p.dir.join("main.pipe")).unwrap();
        let from = main.split('"').nth(3).unwrap().to_owned();
        p.write("main.pipe", main.replacen(&format!("file(\"{from}\")"), &format!("file(\"{name}\")"), 1));
        let (exit, said) = p.check();
        assert!(exit == 1 && said.contains("E0705") && !said.contains("SECRET"), "{name}: {said}");
    }
}

#[cfg(unix)]
#[test]
fn fix_changes_nothing_outside_and_nothing_saved_meanwhile() {
    let p = Project::new(
        "fix",
        "import \"../victim.pipe\"\npipeline p {\n  step a {\n    notebook \"/a\"\n    run_if = \"ALL_DONE\"\n  }\n}\n",
    );
    let victim = "pipeline v {\n  step a {\n    notebook \"/a\"\n    run_if = \"ALL_DONE\"\n  }\n}\n";
    std::fs::write(p.outside.join("victim.pipe"), victim).unwrap();
    p.run(&["check", "--fix"]);
    assert_eq!(std::fs::read_to_string(p.outside.join("victim.pipe")).unwrap(), victim);
    // A link in the formatted directory leads out, too.
    std::os::unix::fs::symlink(p.outside.join("victim.pipe"), p.dir.join("linked.pipe")).unwrap();
    std::fs::write(p.outside.join("victim.pipe"), victim.replace("  ", "      ")).unwrap();
    p.run(&["fmt", "."]);
    assert_eq!(std::fs::read_to_string(p.outside.join("victim.pipe")).unwrap(), victim.replace("  ", "      "));
    let path = p.dir.join("saved.pipe");
    std::fs::write(&path, "as the editor has it").unwrap();
    assert!(pipec::emit::replace_file(&path, b"as it was read", b"formatted").is_err());
    assert_eq!(std::fs::read(&path).unwrap(), b"as the editor has it");
}

// ---- what is written ----

#[test]
fn names_of_targets_are_no_paths() {
    for name in ["..", "../x", "/tmp/x", "a/b", "a\\b", "con", ".hidden", "x."] {
        let p = Project::new("targets", &format!("target `{name}` {{\n  default = true\n}}\n{STEP}"));
        p.write("manifest.json", "mine");
        let (exit, _, said) = p.run(&["compile"]);
        assert!(exit == 1 && said.contains("E0119"), "{name}: {said}");
        assert_eq!(std::fs::read_to_string(p.dir.join("manifest.json")).unwrap(), "mine");
    }
}

#[cfg(unix)]
#[test]
fn artifacts_go_through_no_link() {
    use std::os::unix::fs::symlink;
    for (link, to) in [("build", "victim"), ("build/default", "victim"), ("build/default/p.job.json", "victim/file")] {
        let p = Project::new("artifacts", STEP);
        std::fs::create_dir_all(p.outside.join("victim")).unwrap();
        std::fs::write(p.outside.join("victim/file"), "mine").unwrap();
        std::fs::create_dir_all(p.dir.join(link).parent().unwrap()).unwrap();
        symlink(p.outside.join(to), p.dir.join(link)).unwrap();
        let (exit, _, said) = p.run(&["compile"]);
        assert!(exit == 3 && said.contains("it is a link"), "{link}: {said}");
        assert_eq!(std::fs::read_to_string(p.outside.join("victim/file")).unwrap(), "mine");
        assert_eq!(std::fs::read_dir(p.outside.join("victim")).unwrap().count(), 1);
    }
    // A directory that the user names may be a link.
    let p = Project::new("artifacts", STEP);
    std::fs::create_dir_all(p.outside.join("real")).unwrap();
    symlink(p.outside.join("real"), p.outside.join("named")).unwrap();
    let (exit, _, said) = p.run(&["compile", "--out", "../named"]);
    assert!(exit == 0 && p.outside.join("real/default/p.job.json").is_file(), "{said}");
}

#[test]
fn a_bundle_injects_nothing() {
    let p = Project::new("bundle", STEP);
    p.write(
        "databricks.yml",
        "bundle: { name: x }\nvariables:\n  \"a`b\": { default: x, description: \"line\\rpipeline evil {}\\nlet y = 1\" }\ntargets:\n  \"..\": { mode: \"development\\n}\\npipeline evil {\\n step x { notebook \\\"/x\\\" }\\n}\\ntarget z {\" }\n  /abs/x: { mode: production }\n  fine: { mode: development }\nresources:\n  jobs:\n    a: { name: a, tasks: [ { task_key: t, notebook_task: { notebook_path: /x } } ] }\n",
    );
    let (_, source, said) = p.run(&["import", "databricks.yml"]);
    assert!(!source.contains("pipeline evil {\n") && !source.contains("target z"), "{source}");
    let declared = source.lines().filter(|l| l.starts_with("pipeline ") || l.starts_with("target ")).count();
    assert_eq!(declared, 4, "{source}");
    assert!(said.contains("is not `development` or `production`") && said.contains("target `..` is"), "{said}");
    p.write("imported/main.pipe", &source);
    let (exit, _, said) = p.run(&["compile", "imported", "--target", "fine"]);
    assert_eq!(exit, 0, "{said}");
}

#[test]
fn an_entry_point_injects_nothing() {
    let p = Project::new("entry", STEP);
    p.write("app/__init__.py", "").write("app/m.py", "def f() -> None: ...\n");
    p.write(
        "databricks.yml",
        "bundle: { name: x }\nartifacts:\n  a:\n    type: whl\n    path: .\nresources:\n  jobs:\n    a:\n      name: a\n      tasks:\n        - task_key: t\n          python_wheel_task: { package_name: app, entry_point: main }\n          libraries: [ { whl: ./dist/*.whl } ]\n          new_cluster: { spark_version: \"15.4.x-scala2.12\", node_type_id: m, num_workers: 1 }\n",
    );
    let import = |object: &str| {
        p.write(
            "pyproject.toml",
            format!("[project]\nname = \"app\"\nversion = \"1\"\n[project.scripts]\nmain = '{object}'\n"),
        );
        p.run(&["import", "databricks.yml"]).1
    };
    assert!(import("app.m:f").contains("python app.m:f()"));
    for object in [
        "app.m:f(),max_retries=99#",
        "app.m:f(),new_cluster{num_workers=1}}}pipeline`evil`{step`x`{notebook\"/evil\"}}pipeline`z`{step`t`{notebook\"/q\"#",
        "app.m}:f",
        "app.`m`:f",
    ] {
        let source = import(object);
        assert!(source.contains("python_wheel_task") && !source.contains("evil"), "{object}: {source}");
        assert!(!source.contains("max_retries") && source.matches("pipeline ").count() == 1, "{object}: {source}");
    }
}

// ---- what is printed ----

/// Whether a text contains nothing that a terminal or a CI service would execute.
fn is_clean(text: &str) -> bool {
    let hidden = |c: char| pipec::source::plain::is_hidden(c) && !matches!(c, '\n' | '\t');
    !text.contains(hidden)
        && !text.lines().any(|l| l.trim_start().starts_with("::") || l.contains("##[") || l.contains("##vso["))
}

#[test]
fn nothing_is_printed_that_a_terminal_or_a_ci_service_obeys() {
    let evil = "x\u{1b}]0;title\u{7}\u{1b}[2J\u{9b}31m\u{202e}";
    let p = Project::new("printed", STEP);
    for main in [
        format!("pipeline p {{\n  step a {{\n    notebook \"{evil}\"\n  }}\n}}\n"),
        format!("pipeline `{evil}` {{\n  step a {{\n    notebok \"/a\"\n  }}\n}}\n"),
        format!("# {evil}\n# ##[error]x\npipeline p {{\n  step a {{\n    notebok \"/a\"\n  }}\n}}\n"),
        "pipeline p {\n  step a {\n    notebook \"/a\"\n    run_if = \"x\\n::error::fake\"\n  }\n}\n".to_owned(),
        "pipeline p {\n  step a {\n    run_if = \"\\u{1b}[31m\"\n  }\n}\n".to_owned(),
        "pipeline p {\n  step a {\n    notebok \"##vso[task.x]y\"\n    run_if = \"##[error]x\"\n  }\n}\n".to_owned(),
        "pipeline p {\n  name = \"##vso[x] ##[error]\"\n  step a {\n    notebook \"/##vso[x] ##[y]\"\n  }\n}\n"
            .to_owned(),
    ] {
        p.write("main.pipe", &main);
        for arguments in [
            &["check", "--color", "never"][..],
            &["check", "--format", "json"],
            &["check", "--format", "sarif"],
            &["advise"],
            &["graph", "--format", "dot"],
            &["graph", "--format", "svg"],
            &["graph", "--format", "html"],
            &["graph", "--format", "mermaid"],
            &["compile", "--stdout"],
        ] {
            let (_, out, said) = p.run(arguments);
            assert!(is_clean(&said), "{arguments:?}: {said:?}");
            // Drawings may contain bidirectional characters in labels, but no commands.
            let commands = ["\u{1b}", "##[", "##vso["].iter().any(|c| out.contains(c));
            assert!(if arguments[0] == "graph" { !commands } else { is_clean(&out) }, "{arguments:?}: {out:?}");
        }
        let (_, out, _) = p.run(&["check", "--format", "github"]);
        assert!(out.lines().all(|l| l.starts_with("::error file=") || l.starts_with("::warning file=")), "{out:?}");
    }
    let (_, _, said) = p.run(&["check", &format!("no{evil}.pipe")]);
    assert!(is_clean(&said), "{said:?}");
    // Keys and strings of imported files.
    p.write(
        "job.json",
        "{\"name\": \"##vso[x] ###[y]\", \"tasks\": [{\"task_key\": \"t\", \"notebook_task\": {\"notebook_path\": \"/##[x]\"}}]}",
    );
    let (exit, out, said) = p.run(&["import", "job.json"]);
    assert!(exit == 0 && is_clean(&said) && is_clean(&out), "{said:?} {out:?}");
    p.write("job.json", format!("{{\"name\": \"a\", \"x{}\": 1, \"tasks\": 3}}", "\\u001b]0;t\\u0007\\n::error::x"));
    let (_, out, said) = p.run(&["import", "job.json"]);
    assert!(is_clean(&said) && is_clean(&out), "{said:?} {out:?}");
}

#[test]
fn keys_of_imported_maps_are_escaped() {
    let p = Project::new("keys", STEP);
    for key in ["k\\u001b]0;t\\u0007", "a`b", "a\\nb", "a\\u2028b", "a\\u202eb"] {
        p.write(
            "job.json",
            format!("{{\"name\": \"x\", \"tags\": {{\"{key}\": \"v\\u202e\"}}, \"tasks\": [{{\"task_key\": \"t\", \"notebook_task\": {{\"notebook_path\": \"/x\"}}}}]}}"),
        );
        let (exit, out, said) = p.run(&["import", "job.json"]);
        assert!(exit == 0 && is_clean(&out) && is_clean(&said), "{key}: {said}\n{out}");
    }
}

#[cfg(unix)]
#[test]
fn what_was_not_named_is_read_within_the_repository() {
    let p = Project::new("found", STEP);
    let link = |to: &Path, name: &str| {
        let path = p.dir.join(name);
        let _ = std::fs::remove_file(&path);
        std::os::unix::fs::symlink(to, path).unwrap();
    };
    let secret = p.outside.join("secret");
    std::fs::write(&secret, "SECRET=hunter2 databricks_job\nfoo: [bar").unwrap();
    link(&secret, "prices.toml");
    let (exit, out, said) = p.run(&["advise"]);
    assert!(exit == 2 && said.contains("outside the repository") && !(out + &said).contains("hunter2"), "{said}");
    std::fs::remove_file(p.dir.join("prices.toml")).unwrap();
    for name in ["databricks.yml", "x.tf"] {
        link(&secret, name);
        let (exit, out, said) = p.run(&["import", "."]);
        assert!(exit == 2 && !(out + &said).contains("hunter2"), "{name}: {said}");
        std::fs::remove_file(p.dir.join(name)).unwrap();
    }
    // Pipes and devices have no end.
    Command::new("mkfifo").arg(p.dir.join("x.tf")).status().unwrap();
    let (exit, _, said) = p.run(&["import", "."]);
    assert!(exit == 2 && said.contains("nor a `.tf` file"), "{said}");
    std::fs::remove_file(p.dir.join("x.tf")).unwrap();
    std::fs::create_dir_all(p.dir.join("build/default")).unwrap();
    link(Path::new("/dev/zero"), "build/default/manifest.json");
    let (exit, _, said) = p.run(&["compile", "--verify"]);
    assert!(exit != 0 && said.contains("not a regular file"), "{said}");
    let (exit, _, said) = p.run(&["compile"]);
    assert!(exit == 3 && said.contains("it is a link"), "{said}");
}

#[cfg(unix)]
#[test]
fn links_lead_neither_to_version_control_nor_round_and_round() {
    let p = Project::new("links_within", "");
    let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, p.dir.join(name)).unwrap();
    std::fs::create_dir_all(p.dir.join(".git")).unwrap();
    p.write(".git/config", "[core] hunter2\n");
    link(".git/config", "requirements.txt");
    link(".git/config", "notebook.py");
    p.write("main.pipe", "environment ml {\n  environment_version = \"4\"\n  requirements = file(\"requirements.txt\")\n}\npipeline p on ml {\n  step a {\n    notebook \"./notebook.py\"\n  }\n}\n");
    let (exit, said) = p.check();
    assert!(exit == 1 && !said.contains("hunter2") && said.matches("is outside the repository").count() == 2, "{said}");
    // A dbt project with links to itself.
    p.write("dbt/dbt_project.yml", "name: x\n");
    std::fs::create_dir_all(p.dir.join("dbt/sub")).unwrap();
    link(".", "dbt/sub/a");
    link(".", "dbt/sub/b");
    p.write("main.pipe", "pipeline p {\n  step a {\n    dbt \"./dbt\" {\n      commands = [\"dbt build\"]\n      warehouse_id = \"1\"\n    }\n  }\n}\n");
    let (_, said) = p.check();
    assert!(!said.contains("bug"), "{said}");
}

#[cfg(unix)]
#[test]
fn results_go_through_no_link_out_of_the_repository() {
    let p = Project::new("results", STEP);
    let victim = p.outside.join("victim");
    std::fs::write(&victim, "mine").unwrap();
    std::os::unix::fs::symlink(&victim, p.dir.join("x.svg")).unwrap();
    std::os::unix::fs::symlink(&p.outside, p.dir.join("docs")).unwrap();
    for out in ["x.svg", "docs/new.svg"] {
        let (exit, _, said) = p.run(&["graph", "--out", out]);
        assert!(exit == 3 && said.contains("a link points outside the repository"), "{out}: {said}");
    }
    let (exit, _, said) = p.run(&["new", "docs/made"]);
    assert!(exit == 3 && said.contains("a link points outside"), "{said}");
    assert_eq!(std::fs::read_to_string(&victim).unwrap(), "mine");
    assert!(!p.outside.join("new.svg").exists() && !p.outside.join("made").exists());
    // A path that the user names explicitly is allowed.
    let own = p.outside.join("own.svg");
    let (exit, _, said) = p.run(&["graph", "--out", own.to_str().unwrap()]);
    assert!(exit == 0 && own.exists(), "{said}");
}

#[test]
fn marks_that_reorder_text_are_reported() {
    let p = Project::new(
        "bidirectional",
        "# \u{202e}note\npipeline p {\n  step a {\n    notebook \"/a\u{2066}b\"\n  }\n}\n",
    );
    let (exit, said) = p.check();
    assert!(exit == 0 && said.matches("W0050").count() == 2, "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_a_failure_and_a_closed_pipe_is_none() {
    let p = Project::new("output", STEP);
    p.write(
        "job.json",
        "{\"name\": \"a\", \"tasks\": [{\"task_key\": \"t\", \"notebook_task\": {\"notebook_path\": \"/x\"}}]}",
    );
    for arguments in [
        &["check", "--format", "json"][..],
        &["check", "--format", "sarif"],
        &["compile", "--stdout"],
        &["import", "job.json"],
        &["diff", "main.pipe", "job.json"],
        &["explain", "E0001"],
        &["explain", "0 0 2 * * ?"],
        &["schema"],
        &["advise"],
        &["graph", "--format", "mermaid"],
        &["completions", "bash"],
        &["--help"],
        &["--version"],
    ] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let status = p.command(arguments).stdout(full).stderr(Stdio::null()).status().unwrap();
        assert_eq!(status.code(), Some(3), "{arguments:?} to a full disk");
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let status = p.command(arguments).stdout(writer).stderr(Stdio::null()).status().unwrap();
        assert!(matches!(status.code(), Some(0 | 1)), "{arguments:?} to a closed pipe: {status}");
    }
}

// ---- what is run ----

#[cfg(unix)]
#[test]
fn build_backends_run_only_where_something_is_built() {
    use std::os::unix::fs::PermissionsExt;
    let p = Project::new(
        "backend",
        "package app = \".\"\nenvironment ml {\n  environment_version = \"4\"\n}\npipeline p on ml {\n  step a {\n    python app.steps:run()\n  }\n}\n",
    );
    p.write("pyproject.toml", "[project]\nname = \"app\"\ndynamic = [\"version\"]\n\n[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"own\"\n");
    p.write("app/__init__.py", "").write("app/steps.py", "def run() -> None: ...\n");
    // Every build command is replaced by this program, which leaves a trace.
    for tool in ["uv", "python3", "python"] {
        p.write(&format!("bin/{tool}"), "#!/bin/sh\necho \"ran $DATABRICKS_TOKEN\" >> \"$TRACE\"\nexit 1\n");
        std::fs::set_permissions(p.dir.join("bin").join(tool), std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let trace = p.outside.join("trace");
    let run = |arguments: &[&str]| {
        let _ = std::fs::remove_file(&trace);
        let mut command = p.command(arguments);
        command.env("PATH", p.dir.join("bin")).env("TRACE", &trace).env("DATABRICKS_TOKEN", "dapi-not-yours");
        let output = command.output().unwrap();
        let traced = std::fs::read_to_string(&trace).unwrap_or_default();
        assert!(!traced.lines().any(|l| l.ends_with("dapi-not-yours")), "{arguments:?}: {traced}");
        (output.status.code(), trace.exists(), String::from_utf8(output.stderr).unwrap())
    };
    p.write(
        "job.json",
        "{\"name\": \"a\", \"tasks\": [{\"task_key\": \"t\", \"notebook_task\": {\"notebook_path\": \"/x\"}}]}",
    );
    for arguments in [
        &["check"][..],
        &["advise"],
        &["graph", "--format", "svg"],
        &["graph", "--format", "html"],
        &["diff", "main.pipe", "job.json"],
        &["fmt", "--check"],
    ] {
        let (code, ran, said) = run(arguments);
        assert!(!ran && code != Some(3), "{arguments:?}: {said}");
    }
    for arguments in
        [&["compile"][..], &["compile", "--stdout"], &["compile", "--verify"], &["compile", "--emit", "bundle"]]
    {
        let (_, ran, said) = run(arguments);
        assert!(ran && said.contains("running its build backend"), "{arguments:?}: {said}");
        let refused: Vec<&str> = arguments.iter().copied().chain(["--no-build"]).collect();
        let (code, ran, said) = run(&refused);
        assert!(!ran && code == Some(1) && said.contains("package `app`"), "{refused:?}: {said}");
    }
}

// ---- what is not lost ----

#[test]
fn every_companion_of_a_notebook_goes_along() {
    let p = Project::new("companions", "pipeline p {\n  step a {\n    notebook \"./main.py\"\n  }\n}\n");
    let mut main = String::from("# Databricks notebook source\n");
    for i in 0..450 {
        main.push_str(&format!("import module_{i}\n"));
        p.write(&format!("module_{i}.py"), "x = 1\n");
    }
    p.write("main.py", &main);
    let (exit, _, said) = p.run(&["compile"]);
    assert_eq!(exit, 0, "{said}");
    let manifest = std::fs::read_to_string(p.dir.join("build/default/manifest.json")).unwrap();
    assert!((0..450).all(|i| manifest.contains(&format!("module_{i}.py"))), "some are missing");
}

#[test]
fn files_of_the_wrong_kind_are_reported() {
    let p = Project::new("kinds", "pipeline p {\n  step a {\n    notebook \"./a.ipynb\"\n  }\n}\n");
    for text in ["not json", "[1]", ""] {
        p.write("a.ipynb", text);
        let (exit, said) = p.check();
        assert!(exit == 1 && said.contains("E0705"), "{said}");
    }
    p.write("a.ipynb", "{\"cells\": []}");
    assert_eq!(p.check().0, 0);
    let p = Project::new(
        "kinds",
        "package app = \".\"\nenvironment ml {\n  environment_version = \"4\"\n}\npipeline p on ml {\n  step a {\n    python app.steps:run()\n  }\n}\n",
    );
    p.write("pyproject.toml", "[project]\nname = \"app\"\nversion = \"1\"\n");
    p.write("app/__init__.py", "");
    // A directory instead of a module cannot be read, even by root.
    std::fs::create_dir_all(p.dir.join("app/steps.py")).unwrap();
    assert_eq!(p.check().0, 1);
    // A script name with several lines would add an entry point.
    p.write("app/steps.py.md", "").write(
        "pyproject.toml",
        "[project]\nname = \"app\"\nversion = \"1\"\n[project.scripts]\n\"a = x:y\\n[evil]\\nb\" = \"app.steps:run\"\n",
    );
    let (exit, said) = p.check();
    assert!(exit == 1 && said.contains("spans several lines"), "{said}");
}

#[test]
fn a_module_of_the_name_that_pipec_generates_is_named() {
    let p = Project::new(
        "generated",
        "package app = \".\"\nenvironment ml {\n  environment_version = \"4\"\n}\npipeline p on ml {\n  step a {\n    python app.steps:run()\n  }\n}\n",
    );
    p.write("pyproject.toml", "[project]\nname = \"app\"\nversion = \"1\"\n[tool.setuptools]\npy-modules = [\"_pipec_app\"]\npackages = [\"app\"]\n");
    p.write("app/__init__.py", "").write("app/steps.py", "def run() -> None: ...\n").write("_pipec_app.py", "x = 1\n");
    let (exit, _, said) = p.run(&["compile"]);
    assert!(
        exit == 1
            && said.contains("`_pipec_app.py` conflicts with a module that pipec generates")
            && !said.contains("bug"),
        "{said}"
    );
}

#[test]
fn secrets_are_named_and_stay_out_of_wheels() {
    let p = Project::new(
        "secrets",
        "package app = \".\"\nenvironment ml {\n  environment_version = \"4\"\n}\npipeline p on ml {\n  step a {\n    python app.steps:run()\n  }\n}\n",
    );
    p.write("pyproject.toml", "[project]\nname = \"app\"\nversion = \"1\"\n")
        .write("app/__init__.py", "")
        .write("app/steps.py", "def run() -> None: ...\n");
    let secret = [
        ".envrc",
        "prod.env",
        "a.tfvars",
        "terraform.tfstate.backup",
        "service-account.json",
        "kubeconfig",
        "kaggle.json",
        "secrets.toml",
        "k.p8",
        "id_rsa.bak",
    ];
    for name in secret {
        p.write(&format!("app/{name}"), "x");
    }
    for folder in [".terraform", ".tox", ".mypy_cache", ".ipynb_checkpoints"] {
        p.write(&format!("app/{folder}/x.txt"), "x");
    }
    // A Python package may have this name.
    p.write("app/credentials/__init__.py", "");
    p.write("app/config.py", format!("TOKEN = 'dapi{}'\n", "0123456789abcdef".repeat(2)));
    let (exit, _, said) = p.run(&["compile"]);
    assert_eq!(exit, 0, "{said}");
    let manifest = std::fs::read_to_string(p.dir.join("build/default/manifest.json")).unwrap();
    for name in secret {
        assert!(said.contains(name) && !manifest.contains(name), "{name}: {said}");
    }
    assert!(
        ![".terraform", ".tox", ".mypy_cache", ".ipynb_checkpoints"].iter().any(|f| manifest.contains(f)),
        "{manifest}"
    );
    assert!(said.contains("config.py:1` looks like a Databricks token"), "{said}");
    let wheel = std::fs::read_dir(p.dir.join("build/default/wheels")).unwrap().next().unwrap().unwrap();
    let packed = pipec::package::unzip(&std::fs::read(wheel.path()).unwrap()).unwrap();
    assert!(packed.iter().any(|(name, _)| name == "app/credentials/__init__.py"));
}

#[cfg(unix)]
#[test]
fn rules_in_a_pipe_are_an_error_and_no_wait() {
    let p = Project::new(
        "fifo",
        "package app = \"inner\"\nenvironment ml {\n  environment_version = \"4\"\n}\npipeline p on ml {\n  step a {\n    python app.steps:run()\n  }\n}\n",
    );
    p.write("inner/pyproject.toml", "[project]\nname = \"app\"\nversion = \"1\"\n")
        .write("inner/app/__init__.py", "")
        .write("inner/app/steps.py", "def run() -> None: ...\n");
    assert!(Command::new("mkfifo").arg(p.dir.join(".gitignore")).status().unwrap().success());
    let (exit, _, said) = p.run(&["compile"]);
    assert!(exit == 1 && said.contains("is not a regular file"), "{said}");
}

#[test]
fn offsets_stay_inside_of_files_that_are_no_text() {
    let p = Project::new("offsets", "");
    p.write("main.pipe", b"pipeline p {\n  step a {\n    notebook \"\xff\xfe\xff\"\n  }\n}\n\xff");
    let length = std::fs::metadata(p.dir.join("main.pipe")).unwrap().len();
    let (exit, out, _) = p.run(&["check", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    let all = json["diagnostics"].as_array().unwrap();
    assert!(exit == 1 && !all.is_empty());
    assert!(all.iter().all(|d| d["range"]["end"]["offset"].as_u64().unwrap() <= length), "{out}");
}

#[test]
fn a_module_that_is_no_text_is_shown_where_it_stops_to_be() {
    let p = Project::new(
        "module",
        "package app = \".\"\nenvironment ml {\n  environment_version = \"4\"\n}\npipeline p on ml {\n  step a {\n    python app.steps:run()\n  }\n}\n",
    );
    p.write("pyproject.toml", "[project]\nname = \"app\"\nversion = \"1\"\n")
        .write("app/__init__.py", "")
        .write("app/steps.py", b"def run():\n  x = \"\x90\x8f\xd1\"\n");
    let (exit, said) = p.check();
    assert!(exit == 1 && said.contains("E0709"), "{said}");
}

#[test]
fn a_backticked_name_may_hold_what_opens_and_quotes() {
    let p = Project::new(
        "backticks",
        "pipeline `a { b` {\nstep s {\nnotebook \"/a\"\n}\n}\npipeline `c \"\"\" d` {\nstep s {\nnotebook \"/a\"\n}\n}\n",
    );
    let (_, said) = p.check();
    assert!(!said.contains("E0003") && !said.contains("E0002"), "{said}");
}

#[test]
fn clusters_that_extend_each_other_are_an_error_unused() {
    let p = Project::new(
        "extends",
        &format!(
            "cluster a extends b {{\n  num_workers = 1\n}}\ncluster b extends a {{\n  num_workers = 1\n}}\n{STEP}"
        ),
    );
    let (exit, said) = p.check();
    assert!(exit == 1 && said.matches("E0118").count() == 2, "one message, and the line that counts: {said}");
}

#[test]
fn names_of_jobs_may_hold_double_braces() {
    let p = Project::new("braces", STEP);
    p.write("job.json", "{\"name\": \"nightly {{job.id}} {{x}}\", \"tasks\": [{\"task_key\": \"t\", \"notebook_task\": {\"notebook_path\": \"/x\"}}]}");
    let (exit, source, said) = p.run(&["import", "job.json"]);
    assert_eq!(exit, 0, "{said}");
    p.write("imported/main.pipe", source);
    let (exit, job, said) = p.run(&["compile", "imported", "--stdout"]);
    assert!(exit == 0 && job.contains("\"name\": \"nightly {{job.id}} {{x}}\""), "{said}{job}");
}

#[test]
fn what_multiplies_is_refused_before_it_is_made() {
    let items: Vec<String> = (0..1000).map(|i| format!("\"{i}\"")).collect();
    let families: String = (0..100).map(|i| format!("  step f{i}[x in xs] {{\n    notebook \"/a\"\n  }}\n")).collect();
    let p = Project::new("families", &format!("let xs = [{}]\npipeline p {{\n{families}}}\n", items.join(", ")));
    let (exit, said) = p.check();
    assert!(exit == 1 && said.contains("pipeline has 100000 tasks"), "{said}");
    p.write("values.json", format!("[{}1]", "1,".repeat(2_100_000)));
    let (exit, _, said) = p.run(&["import", "values.json"]);
    assert!(exit == 1 && said.contains("E0802"), "{said}");
    // Nested strings: a kilobyte that would expand to gigabytes.
    let variables: String =
        (1..12).map(|i| format!("  v{i}: {{ default: \"{}\" }}\n", format!("${{var.v{}}}", i - 1).repeat(8))).collect();
    p.write("databricks.yml", format!("bundle: {{ name: x }}\nvariables:\n  v0: {{ default: {} }}\n{variables}resources:\n  jobs:\n    a: {{ name: \"${{var.v11}}\" }}\n", "x".repeat(50)));
    let (exit, _, said) = p.run(&["import", "databricks.yml"]);
    assert!(exit == 1 && said.contains("E0802"), "{said}");
}

#[test]
fn paths_of_projects_are_found_by_nobody_else() {
    // The search does not go above the repository of the current directory.
    let p = Project::new("climbing", STEP);
    std::fs::create_dir_all(p.dir.join("inner/.git")).unwrap();
    let output = p.command(&["check"]).current_dir(p.dir.join("inner")).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && said.contains("no `.pipe` file"), "{said}");
    let output = p.command(&["check"]).current_dir(Path::new(&p.dir)).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
}

// ---- servers ----

/// A server that returns the same response to every request, and counts them.
struct Server {
    address: String,
    asked: std::sync::Arc<std::sync::Mutex<Vec<String>>>,
}

impl Server {
    /// `answer` returns the body for a path.
    fn start(answer: impl Fn(&str, &str) -> Vec<u8> + Send + 'static) -> Server {
        use std::io::{BufRead, BufReader, Read, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let (log, own) = (asked.clone(), address.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let (mut head, mut length) = (String::new(), 0);
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
                        break;
                    }
                    if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap_or(0);
                    }
                    head.push_str(&line);
                }
                let mut body = vec![0; length];
                let _ = reader.read_exact(&mut body);
                let path = head.split(' ').nth(1).unwrap_or("").to_owned();
                let answer = answer(&path, &own);
                log.lock().unwrap().push(path);
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    answer.len()
                );
                let _ = stream.write_all(&answer);
            }
        });
        Server { address, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Project {
    /// Runs a command against a server, with an empty environment.
    fn against(&self, server: &Server, arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String) {
        let mut command = self.command(arguments);
        command
            .env("DATABRICKS_HOST", &server.address)
            .env("HOME", &self.outside)
            .env("DATABRICKS_CONFIG_FILE", "/nowhere");
        for name in ["DATABRICKS_TOKEN", "DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET"] {
            command.env_remove(name);
        }
        let output = command.envs(variables.iter().copied()).output().unwrap();
        (output.status.code().unwrap_or(-1), String::from_utf8(output.stderr).unwrap())
    }
}

#[test]
fn lists_without_end_and_answers_without_end_are_errors() {
    let p = Project::new("endless", STEP);
    let token = [("DATABRICKS_TOKEN", "dapi-x")];
    let server = Server::start(|_, _| {
        br#"{"userName": "a@example.org", "next_page_token": "again", "objects": [], "jobs": []}"#.to_vec()
    });
    let (exit, said) = p.against(&server, &["plan"], &token);
    assert!(exit == 3 && said.contains("repeats a page"), "{said}");
    assert!(server.asked().len() < 20, "{:?}", server.asked());
    let server = Server::start(|path, _| match path.contains("scim") {
        true => br#"{"userName": "a@example.org"}"#.to_vec(),
        false => [b"{\"objects\": [] , \"x\": \"", vec![b'x'; 80 << 20].as_slice(), b"\"}"].concat(),
    });
    let (exit, said) = p.against(&server, &["plan"], &token);
    assert!(exit == 3 && said.contains("larger than 64 MiB"), "{said}");
}

#[test]
fn credentials_go_to_no_other_site() {
    let p = Project::new("sites", STEP);
    let client = [("DATABRICKS_CLIENT_ID", "id"), ("DATABRICKS_CLIENT_SECRET", "SECRET")];
    for named in ["https://evil.example/token", "https://azuredatabricks.net.evil.example/token"] {
        let server = Server::start(move |path, _| match path.contains(".well-known") {
            true => format!("{{\"token_endpoint\": \"{named}\"}}").into_bytes(),
            false => b"{}".to_vec(),
        });
        let (exit, said) = p.against(&server, &["auth"], &client);
        assert!(exit != 0 && said.contains("is not on the site of") && !said.contains("SECRET"), "{said}");
        assert!(server.asked().iter().all(|path| path.contains(".well-known")), "{:?}", server.asked());
    }
    // Its own host is allowed.
    let server = Server::start(|path, own| match path {
        p if p.contains(".well-known") => format!("{{\"token_endpoint\": \"{own}/oidc/v1/token\"}}").into_bytes(),
        "/oidc/v1/token" => br#"{"access_token": "t", "expires_in": 3600}"#.to_vec(),
        _ => br#"{"userName": "a@example.org"}"#.to_vec(),
    });
    let (exit, said) = p.against(&server, &["auth"], &client);
    assert!(exit == 0 && server.asked().iter().any(|path| path == "/oidc/v1/token"), "{said}");
}

/// A file of another user in a parent directory could set the host to which a token is sent.
#[cfg(target_os = "linux")]
#[test]
fn files_of_other_users_above_are_refused() {
    let p = Project::new(
        "owners",
        &format!(
            "target t {{\n  default = true\n  workspace {{\n    host = \"https://evil.example\"\n  }}\n}}\n{STEP}"
        ),
    );
    std::fs::create_dir_all(p.dir.join("below")).unwrap();
    // Only root can change the owner of files; otherwise there is nothing to test.
    if std::os::unix::fs::chown(p.dir.join("main.pipe"), Some(12345), None).is_err() {
        return;
    }
    for arguments in [&["auth"][..], &["check"], &["deploy"]] {
        let output =
            p.command(arguments).current_dir(p.dir.join("below")).env("DATABRICKS_TOKEN", "dapi-x").output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        // `auth` continues without a project.
        let refused = said.contains("belongs to another user") || arguments == ["auth"];
        let out = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.code() == Some(2) && refused, "{arguments:?}: {said}");
        assert!(!said.contains("evil.example") && !out.contains("evil.example"), "{arguments:?}: {said}{out}");
    }
    // A path that the user names is trusted.
    let output = p.command(&["check", ".."]).current_dir(p.dir.join("below")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}
