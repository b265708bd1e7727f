//! Wheels of hostile or large projects, and the messages of `compile --verify`.

use std::path::{Path, PathBuf};
use std::process::Command;

use pipec::package::{build, unzip};

/// A small project in its own folder.
struct Project(PathBuf);

impl Project {
    fn new(name: &str) -> Project {
        let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("wheels").join(name);
        let _ = std::fs::remove_dir_all(&dir);
        let project = Project(dir);
        project.write("pyproject.toml", b"[project]\nname = \"thing\"\nversion = \"1.0\"\n");
        project.write("src/thing/__init__.py", b"");
        project.write("src/thing/steps.py", b"def run() -> int:\n    return 1\n");
        project
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn packed(&self) -> Vec<String> {
        let wheel = build(&self.0, Vec::new()).unwrap();
        let unpacked = unzip(&wheel.bytes).unwrap();
        assert_eq!(unpacked.len(), wheel.files.len());
        unpacked.into_iter().map(|(path, _)| path).filter(|p| !p.contains(".dist-info/")).collect()
    }

    fn refusal(&self) -> String {
        build(&self.0, Vec::new()).unwrap_err().message
    }
}

const PLAIN: [&str; 2] = ["thing/__init__.py", "thing/steps.py"];

#[cfg(unix)]
#[test]
fn links_out_of_the_project_are_not_followed() {
    use std::os::unix::fs::symlink;
    let project = Project::new("links");
    symlink("/etc", project.0.join("src/thing/etc")).unwrap();
    symlink("/etc/hostname", project.0.join("src/thing/host.txt")).unwrap();
    symlink(".", project.0.join("src/thing/again")).unwrap();
    symlink("nowhere", project.0.join("src/thing/broken")).unwrap();
    project.write("src/thing/real.txt", b"real");
    symlink("real.txt", project.0.join("src/thing/link.txt")).unwrap();
    assert_eq!(project.packed(), ["thing/__init__.py", "thing/link.txt", "thing/real.txt", "thing/steps.py"]);
    let wheel = build(&project.0, Vec::new()).unwrap();
    assert_eq!(wheel.notes.len(), 4, "{:?}", wheel.notes);
}

#[cfg(unix)]
#[test]
fn names_that_no_wheel_can_hold_are_refused() {
    for name in ["a\nb.txt", "a\\b.txt", "tab\there.py"] {
        let project = Project::new("names");
        project.write(&format!("src/thing/{name}"), b"");
        let why = project.refusal();
        assert!(why.contains("is not allowed in a wheel") && !why.contains('\n'), "{why}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_left_out_and_told() {
    let project = Project::new("pipes");
    let made = Command::new("mkfifo").arg(project.0.join("src/thing/pipe")).status();
    assert!(made.unwrap().success());
    assert_eq!(project.packed(), PLAIN);
}

#[test]
fn a_file_that_no_workspace_takes_is_refused_before_it_is_read() {
    let project = Project::new("huge");
    let path = project.write("src/thing/model.bin", b"");
    std::fs::File::options().write(true).open(path).unwrap().set_len(1 << 30).unwrap();
    let started = std::time::Instant::now();
    let why = project.refusal();
    assert!(why.contains("model.bin") && why.contains("1073 MB"), "{why}");
    assert!(started.elapsed().as_secs() < 5, "it was read");
}

#[test]
fn ten_thousand_files_are_packed() {
    let project = Project::new("many");
    for i in 0..10_000 {
        project.write(&format!("src/thing/data/{}/{i}.txt", i % 100), i.to_string().as_bytes());
    }
    assert_eq!(project.packed().len(), 10_002);
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::new("unreadable");
    let path = project.write("src/thing/secret.txt", b"x");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o0)).unwrap();
    if std::fs::read(&path).is_ok() {
        eprintln!("SKIPPED: this user may read everything");
        return;
    }
    assert!(project.refusal().contains("secret.txt"));
}

#[test]
fn text_in_another_encoding_is_packed_as_it_is() {
    let project = Project::new("latin");
    project.write("src/thing/old.py", b"# -*- coding: latin-1 -*-\r\nname = '\xe4'\r\n");
    let wheel = build(&project.0, Vec::new()).unwrap();
    let files = unzip(&wheel.bytes).unwrap();
    let (_, bytes) = files.iter().find(|(p, _)| p == "thing/old.py").unwrap();
    assert!(bytes.contains(&0xe4));
}

#[test]
fn metadata_of_the_wrong_shape_is_refused_in_words() {
    for (toml, word) in [
        ("", "neither a `[project]` nor a `[build-system]`"),
        ("[project", "not valid TOML in line 1"),
        ("[project]\nversion = \"1\"", "no `name`"),
        ("[project]\nname = 3\nversion = \"1\"", "`name` in `[project]` must be a string"),
        ("[project]\nname = \"-a\"\nversion = \"1\"", "is not a valid name for a Python project"),
        ("[project]\nname = \"a\"\nversion = \"one\"", "`one` is not a valid version"),
        (
            "[project]\nname = \"a\"\nversion = \"1\"\ndependencies = \"x\"",
            "`dependencies` in `[project]` must be a list of strings",
        ),
        ("[project]\nname = \"a\"\nversion = \"1\"\ndependencies = [\"x y\"]", "invalid requirement `x y`"),
        ("[project]\nname = \"a\"\nversion = \"1\"\nrequires-python = \"3\"", "invalid `requires-python = \"3\"`"),
        ("[project]\nname = \"a\"\nversion = \"1\"\nreadme = \"../x\"", "readme `../x` not found"),
        ("[project]\nname = \"a\"\nversion = \"1\"\nscripts = { x = 1 }", "entry point `x`"),
        ("[project]\nname = \"a\"\nversion = \"1\"\noptional-dependencies = [1]", "must be a table"),
        ("[project]\nname = \"a\"\nversion = \"1\"\nvresion = \"1\"", "unknown field `vresion`"),
    ] {
        let project = Project::new("metadata");
        project.write("pyproject.toml", toml.as_bytes());
        let why = project.refusal();
        assert!(why.contains(word), "{toml}: {why}");
    }
}

#[test]
fn archives_that_lead_out_or_lie_are_refused() {
    fn archive(names: &[&str]) -> Vec<u8> {
        use std::io::Write;
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for name in names {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(b"x").unwrap();
        }
        writer.finish().unwrap().into_inner()
    }
    for bad in ["../x", "/etc/x", "a/../../x", "a//x", "a\\..\\x", "c:x", "./x"] {
        let why = unzip(&archive(&["fine", bad])).unwrap_err().to_string();
        assert!(why.contains("is outside the archive"), "{bad}: {why}");
    }
    assert!(unzip(b"no zip").is_err());
    let whole = archive(&["a", "b/c"]);
    assert_eq!(unzip(&whole).unwrap().len(), 2);
    for cut in 0..whole.len() {
        assert!(unzip(&whole[..cut]).is_err(), "{cut} bytes of it are no archive");
    }
}

fn pipec(project: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_pipec")).current_dir(project).args(arguments).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn verify_names_the_first_file_that_differs_and_why() {
    let project = Project::new("verify");
    project.write(
        "main.pipe",
        b"package thing = \".\"\nenvironment ml { environment_version = \"4\" }\npipeline p on ml {\n  param n: int = 1\n  step s {\n    python thing.steps:run()\n  }\n  step t after s {\n    notebook \"./n.py\"(n)\n  }\n}\n",
    );
    project
        .write("n.py", b"# Databricks notebook source\n# MAGIC %run ./more/helper\nprint(dbutils.widgets.get('n'))\n");
    project.write("more/helper.py", b"# Databricks notebook source\nimport beside\n");
    project.write("more/beside.py", b"X = 1\n");
    let verify = || pipec(&project.0, &["compile", "--verify", "."]);
    let (code, told) = verify();
    assert!(code == 1 && told.contains("cannot read the manifest"), "{told}");
    assert_eq!(pipec(&project.0, &["compile", "-q", "."]).0, 0);
    let (code, told) = verify();
    assert!(code == 0 && told.contains("same"), "{told}");

    let differs = |change: &dyn Fn(), back: &dyn Fn(), expected: &str| {
        change();
        let (code, told) = verify();
        assert!(code == 1 && told.contains(expected), "{expected}: {told}");
        back();
        assert_eq!(verify().0, 0, "{expected}: it should be as before");
    };
    let steps = b"def run() -> int:\n    return 1\n";
    differs(
        &|| drop(project.write("src/thing/steps.py", b"def run() -> int:\n    return 2\n")),
        &|| drop(project.write("src/thing/steps.py", steps)),
        "thing/steps.py: its content has changed",
    );
    differs(
        &|| drop(project.write("src/thing/more.txt", b"")),
        &|| std::fs::remove_file(project.0.join("src/thing/more.txt")).unwrap(),
        "thing/more.txt: it is new",
    );
    let notebook = std::fs::read(project.0.join("n.py")).unwrap();
    differs(
        &|| drop(project.write("n.py", &[&notebook[..], b"#\n"].concat())),
        &|| drop(project.write("n.py", &notebook)),
        "n.py: its content has changed",
    );
    // Notebooks that a notebook runs, and modules that those import, are included.
    differs(
        &|| drop(project.write("more/beside.py", b"X = 2\n")),
        &|| drop(project.write("more/beside.py", b"X = 1\n")),
        "more/beside.py: its content has changed",
    );
    let main = std::fs::read_to_string(project.0.join("main.pipe")).unwrap();
    differs(
        &|| drop(project.write("main.pipe", main.replace("int = 1", "int = 2").as_bytes())),
        &|| drop(project.write("main.pipe", main.as_bytes())),
        "p.job.json: `/parameters/0/default` was \"1\", and is \"2\"",
    );
    let wheels = project.0.join("build/default/wheels");
    let wheel = std::fs::read_dir(wheels).unwrap().next().unwrap().unwrap().path();
    let bytes = std::fs::read(&wheel).unwrap();
    differs(
        &|| std::fs::write(&wheel, b"changed").unwrap(),
        &|| std::fs::write(&wheel, &bytes).unwrap(),
        "the file was changed after it was built",
    );
}

#[cfg(unix)]
#[test]
fn no_secret_comes_in_by_another_name() {
    use std::os::unix::fs::symlink;
    let project = Project::new("secrets");
    let secret = b"TOKEN=tell-nobody";
    for name in [".env", ".env.production", ".databrickscfg", "server.key", "id_ecdsa", ".aws/credentials", ".netrc"] {
        project.write(&format!("src/thing/{name}"), secret);
    }
    project.write(".env", secret);
    project.write("src/thing/.env.example", b"TOKEN=");
    symlink("../../.env", project.0.join("src/thing/data.txt")).unwrap();
    symlink(".env", project.0.join("src/thing/beside.txt")).unwrap();
    project.write(
        "pyproject.toml",
        b"[project]\nname = \"thing\"\nversion = \"1.0\"\nlicense-files = [\"*\", \".env\"]\n",
    );
    let wheel = build(&project.0, Vec::new());
    let wheel = wheel.unwrap_or_else(|e| {
        assert!(e.message.contains("license file `.env` not found"), "{e}");
        project.write("pyproject.toml", b"[project]\nname = \"thing\"\nversion = \"1.0\"\nlicense-files = [\"*\"]\n");
        build(&project.0, Vec::new()).unwrap()
    });
    for (name, bytes) in unzip(&wheel.bytes).unwrap() {
        assert!(!bytes.windows(secret.len()).any(|w| w == secret), "{name} holds the secret");
    }
    assert!(wheel.files.iter().any(|f| f.path == "thing/.env.example"));
    assert!(wheel.notes.iter().any(|n| n.contains(".databrickscfg") && n.contains("looks like a secret")));

    let outside = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("wheels/outside.md");
    std::fs::write(&outside, secret).unwrap();
    symlink(&outside, project.0.join("README.md")).unwrap();
    project.write("pyproject.toml", b"[project]\nname = \"thing\"\nversion = \"1.0\"\nreadme = \"README.md\"\n");
    assert!(project.refusal().contains("readme `README.md` not found in the project"));
}

#[test]
fn no_text_begins_a_header_of_its_own() {
    let project = Project::new("headers");
    project.write(
        "pyproject.toml",
        "[project]\nname = \"thing\"\nversion = \"1.0\"\ndescription = \"a\\nRequires-Dist: evil\"\nkeywords = [\"k\\nRequires-Dist: evil\"]\nauthors = [{ name = \"Eve\\nRequires-Dist: evil\", email = \"e@example.org\" }]\n[project.urls]\n\"Home\\nRequires-Dist: evil\" = \"https://example.org\"\n".as_bytes(),
    );
    let wheel = build(&project.0, Vec::new()).unwrap();
    let files = unzip(&wheel.bytes).unwrap();
    let (_, bytes) = files.iter().find(|(p, _)| p.ends_with("/METADATA")).unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.lines().all(|l| !l.starts_with("Requires-Dist")), "{text}");
    for license in ["NOT-A license!!", "MIT\nFoo: bar", "MIT OR", "(MIT"] {
        let toml = format!("[project]\nname = \"thing\"\nversion = \"1.0\"\nlicense = {license:?}\n");
        project.write("pyproject.toml", toml.as_bytes());
        assert!(project.refusal().contains("not a license expression"), "{license}");
    }
    project.write(
        "pyproject.toml",
        b"[project]\nname = \"thing\"\nversion = \"1.0\"\nlicense = \"(MIT OR Apache-2.0) AND LicenseRef-Own\"\n",
    );
    assert_eq!(project.packed(), PLAIN);
}

/// A hostile backend: its output never becomes a path.
#[test]
fn what_a_backend_says_is_held_against_the_rules() {
    let uv = Command::new("uv").arg("--version").output().is_ok_and(|o| o.status.success());
    let module =
        Command::new("python3").args(["-c", "import build.__main__"]).output().is_ok_and(|o| o.status.success());
    if !uv && !module {
        eprintln!("SKIPPED: neither uv nor python3 -m build is here");
        return;
    }
    for (name, tag) in [("../../evil", "py3-none-any"), ("fine", "../../../zz-none-any")] {
        let project = Project::new("backend");
        project.write(
            "pyproject.toml",
            b"[project]\nname = \"fine\"\nversion = \"1.0\"\n[build-system]\nrequires = []\nbuild-backend = \"own\"\nbackend-path = [\".\"]\n",
        );
        project.write(
            "own.py",
            format!(
                "import zipfile\ndef build_wheel(folder, config_settings=None, metadata_directory=None):\n    with zipfile.ZipFile(folder + '/fine-1.0-py3-none-any.whl', 'w') as z:\n        z.writestr('fine-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n')\n        z.writestr('fine-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nTag: {tag}\\n')\n        z.writestr('thing/__init__.py', '')\n        z.writestr('fine-1.0.dist-info/RECORD', '')\n    return 'fine-1.0-py3-none-any.whl'\n"
            )
            .as_bytes(),
        );
        let why = project.refusal();
        assert!(
            why.contains("are no name and version") || why.contains("no valid tags") || why.contains("failed"),
            "{why}"
        );
    }
}
