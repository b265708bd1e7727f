//! Runs the build backend of a project.

use std::path::Path;
use std::process::Command;

use super::archive::unzip;
use super::pyproject::{ProjectError, error};
use super::select::Contents;

/// A wheel from the backend.
pub(super) struct BackendWheel {
    pub file_name: String,
    pub files: Contents,
}

/// Commands, without the output directory.
const COMMANDS: &[(&str, &[&str])] = &[
    ("uv build", &["uv", "build", "--wheel", "--quiet", "--out-dir"]),
    ("python3 -m build", &["python3", "-m", "build", "--wheel", "--outdir"]),
    ("python -m build", &["python", "-m", "build", "--wheel", "--outdir"]),
];

/// Builds the wheel of `dir` with the first available command. `why` is the reason.
///
/// # Errors
/// No command, or one that fails, with its output.
pub(super) fn build(dir: &Path, why: &str) -> Result<BackendWheel, ProjectError> {
    let out = tempfile::tempdir()
        .map_err(|e| error(format!("cannot create a temporary directory: {e}"), "free some disk space"))?;
    let here = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    for (name, words) in COMMANDS {
        let Some((program, arguments)) = words.split_first() else { continue };
        if words.contains(&"-m") && !has_build(program) {
            continue;
        }
        let mut command = Command::new(program);
        super::tokens::without_tokens(command.args(arguments).arg(out.path()).arg(here));
        let output = match command.output() {
            Ok(output) => output,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
            Err(e) => return Err(error(format!("cannot run `{name}`: {e}"), "check the installation")),
        };
        if !output.status.success() {
            let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
            said.push_str(&String::from_utf8_lossy(&output.stderr));
            return Err(error(
                format!("`{name}` failed in `{}`:\n{}", super::pyproject::shown(dir), said.trim_end()),
                format!("fix `{name} {}`; pipec uses it because {why}", super::pyproject::shown(dir)),
            ));
        }
        return take(out.path(), name);
    }
    Err(error(
        format!(
            "building the package requires its build backend ({why}), and neither `uv` nor `python3 -m build` is installed"
        ),
        "install one of them with `pip install uv` or `pip install build`",
    ))
}

fn has_build(python: &str) -> bool {
    let mut command = Command::new(python);
    // A plain `import build` would also find a folder `build` of the project.
    super::tokens::without_tokens(command.args(["-c", "import build.__main__"]));
    command.output().is_ok_and(|o| o.status.success())
}

fn take(out: &Path, name: &str) -> Result<BackendWheel, ProjectError> {
    let failed = |what: String| {
        error(format!("`{name}` did not build a usable wheel: {what}"), "check the output of the command")
    };
    let list = std::fs::read_dir(out).map_err(|e| failed(e.to_string()))?;
    let wheels: Vec<_> =
        list.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "whl")).collect();
    let [wheel] = wheels.as_slice() else { return Err(failed(format!("it built {} wheels", wheels.len()))) };
    let bytes = std::fs::read(wheel).map_err(|e| failed(e.to_string()))?;
    let files = unzip(&bytes).map_err(|e| failed(e.to_string()))?;
    Ok(BackendWheel { file_name: wheel.file_name().unwrap_or_default().to_string_lossy().into_owned(), files })
}
