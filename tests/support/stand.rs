//! A project, a workspace, and the program between them.

#![allow(dead_code, reason = "each test executable uses a part of it")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use super::workspace::{ANN, CLIENT, SECRET, Workspace};

/// A temporary folder.
pub struct Project {
    pub dir: tempfile::TempDir,
}

impl Project {
    /// A copy of `tests/deploy/shop`.
    pub fn shop() -> Project {
        let dir = tempfile::tempdir().unwrap();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/deploy/shop"), dir.path());
        Project { dir }
    }

    /// A project with one file.
    pub fn of(text: &str) -> Project {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("main.pipe"), text).unwrap();
        Project { dir }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Replaces text in a file, which must contain it.
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} holds no {from:?}");
        std::fs::write(path, text.replace(from, to)).unwrap();
    }

    pub fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// The second version of the shop: another line of Python, another time, one pipeline added, one removed.
    pub fn second(self) -> Project {
        self.edit("src/shop/load.py", "return day.day", "return day.day + 1");
        self.edit("pipeline.pipe", "0 0 6 * * ?", "0 0 7 * * ?");
        self.edit("pipeline.pipe", "pipeline old", "pipeline extra");
        self
    }
}

pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The program in a project, with its own environment.
pub fn pipec(project: &Path, args: &[&str], env: &[(&str, &str)]) -> Command {
    let mut command = Command::new(PathBuf::from(env!("CARGO_BIN_EXE_pipec")));
    command.current_dir(project).args(args).env_clear().stdin(Stdio::null());
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", project).env("HOSTNAME", "laptop");
    command.envs(env.iter().copied());
    command
}

/// An environment with a client id and secret.
pub fn client_env(workspace: &Workspace) -> Vec<(&str, &str)> {
    vec![
        ("DATABRICKS_HOST", workspace.url.as_str()),
        ("DATABRICKS_CLIENT_ID", CLIENT),
        ("DATABRICKS_CLIENT_SECRET", SECRET),
    ]
}

/// The result of running the program.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn of(output: Output) -> Ran {
        Ran {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    #[track_caller]
    pub fn ok(self) -> Ran {
        assert_eq!(self.code, Some(0), "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn fails(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn says(self, text: &str) -> Ran {
        assert!(
            self.err.contains(text) || self.out.contains(text),
            "no {text:?} in\nstdout:\n{}\nstderr:\n{}",
            self.out,
            self.err
        );
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.out))
    }
}

/// Runs the program until it ends.
pub fn run(workspace: &Workspace, project: &Path, args: &[&str]) -> Ran {
    Ran::of(pipec(project, args, &client_env(workspace)).output().unwrap())
}

/// Starts the program and passes its process id to the workspace, which may kill it.
pub fn spawn(workspace: &Workspace, project: &Path, args: &[&str]) -> Child {
    workspace.inner().pid = None;
    let child =
        pipec(project, args, &client_env(workspace)).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    workspace.inner().pid = Some(child.id());
    child
}

/// The folder of the shop in the workspace.
pub fn root() -> String {
    format!("/Workspace/Users/{CLIENT}/.pipec/shop/default")
}

/// The folder of another user.
pub fn ann_root() -> String {
    root().replace(CLIENT, ANN)
}
