//! The Python that steps run in: made once for a set of requirements, and found again.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::package::sha256_hex;

/// What an environment has to hold.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The interpreter: a path or a name on PATH.
    pub python: String,
    /// `requires-python` of each package, with its name.
    pub requires_python: Vec<(String, String)>,
    /// Packages in pip's form.
    pub requirements: Vec<String>,
    /// The wheels of the project.
    pub wheels: Vec<PathBuf>,
}

/// An environment that is ready.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its interpreter.
    pub python: PathBuf,
    /// Where the wheels of the project are unpacked.
    pub site: PathBuf,
    /// It was made now and not found.
    pub made: bool,
}

/// What installs packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Installer {
    Uv,
    Pip,
}

impl Environment {
    /// Finds or makes an environment below `cache`. `tell` is told what takes long.
    ///
    /// # Errors
    /// No Python, one that does not fit, or an installation that fails, with what it said.
    pub fn prepare(wanted: &Wanted, cache: &Path, tell: &mut dyn FnMut(&str)) -> Result<Environment, String> {
        let version = python_version(&wanted.python)?;
        for (package, spec) in &wanted.requires_python {
            if !takes(spec, &version) {
                return Err(format!(
                    "package `{package}` requires Python {spec}, and `{}` is {version}; name another with `--python`",
                    wanted.python
                ));
            }
        }
        std::fs::create_dir_all(cache).map_err(|e| format!("cannot write `{}`: {e}", cache.display()))?;
        // Two runs at once make it once; the lock ends with the file.
        let lock = std::fs::File::create(cache.join("lock"))
            .map_err(|e| format!("cannot write `{}`: {e}", cache.display()))?;
        lock.lock().map_err(|e| format!("cannot lock `{}`: {e}", cache.display()))?;
        let mut requirements = wanted.requirements.clone();
        requirements.sort();
        requirements.dedup();
        let key = sha256_hex(format!("{}\n{version}\n{}", wanted.python, requirements.join("\n")).as_bytes());
        let dir = cache.join(format!("env-{}", key.get(..12).unwrap_or(&key)));
        let python = if cfg!(windows) { dir.join("Scripts/python.exe") } else { dir.join("bin/python") };
        let installer =
            if works(Command::new("uv").arg("--version").output()) { Installer::Uv } else { Installer::Pip };
        let ready = dir.join("ready");
        let made = !ready.is_file();
        if made {
            // A half-made one is made anew.
            let _ = std::fs::remove_dir_all(&dir);
            tell(&format!("making a Python {version} environment in {}", dir.display()));
            let mut command = match installer {
                Installer::Uv => {
                    let mut c = Command::new("uv");
                    c.args(["venv", "--quiet", "--python", &wanted.python]).arg(&dir);
                    c
                }
                Installer::Pip => {
                    let mut c = Command::new(&wanted.python);
                    c.args(["-m", "venv"]).arg(&dir);
                    c
                }
            };
            finish(command.output(), "the environment cannot be made")?;
            if !requirements.is_empty() {
                tell(&format!("installing {}", requirements.join(", ")));
                let list = dir.join("requirements.txt");
                std::fs::write(&list, requirements.join("\n") + "\n").map_err(|e| e.to_string())?;
                let mut command = install(installer, &python);
                command.arg("-r").arg(&list);
                finish(command.output(), "the requirements cannot be installed")?;
            }
            std::fs::write(&ready, "").map_err(|e| format!("cannot write `{}`: {e}", ready.display()))?;
        }
        let names: Vec<String> =
            wanted.wheels.iter().map(|w| w.file_name().unwrap_or_default().to_string_lossy().into_owned()).collect();
        let key = sha256_hex(names.join("\n").as_bytes());
        let site = cache.join(format!("site-{}", key.get(..12).unwrap_or(&key)));
        if !site.join(".ready").is_file() && !wanted.wheels.is_empty() {
            let _ = std::fs::remove_dir_all(&site);
            let mut command = install(installer, &python);
            command.args(["--no-deps", "--target"]).arg(&site).args(&wanted.wheels);
            finish(command.output(), "the wheel cannot be installed")?;
            std::fs::write(site.join(".ready"), "").map_err(|e| e.to_string())?;
        }
        Ok(Environment { python, site, made })
    }
}

fn install(installer: Installer, python: &Path) -> Command {
    match installer {
        Installer::Uv => {
            let mut c = Command::new("uv");
            c.args(["pip", "install", "--quiet", "--python"]).arg(python);
            c
        }
        Installer::Pip => {
            let mut c = Command::new(python);
            c.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
            c
        }
    }
}

fn works(output: io::Result<Output>) -> bool {
    output.is_ok_and(|o| o.status.success())
}

fn finish(output: io::Result<Output>, what: &str) -> Result<(), String> {
    match output {
        Ok(o) if o.status.success() => Ok(()),
        Ok(o) => {
            let said = format!("{}{}", String::from_utf8_lossy(&o.stdout), String::from_utf8_lossy(&o.stderr));
            Err(format!("{what}:\n{}", said.trim_end()))
        }
        Err(e) => Err(format!("{what}: {e}")),
    }
}

fn python_version(python: &str) -> Result<String, String> {
    let script = "import sys; print('.'.join(map(str, sys.version_info[:3])))";
    match Command::new(python).args(["-c", script]).output() {
        Ok(o) if o.status.success() => Ok(String::from_utf8_lossy(&o.stdout).trim().to_owned()),
        Ok(o) => Err(format!("`{python}` does not work: {}", String::from_utf8_lossy(&o.stderr).trim())),
        Err(e) => Err(format!("there is no `{python}` to run steps with ({e}); name one with `--python`")),
    }
}

fn takes(spec: &str, version: &str) -> bool {
    crate::package::python_in(spec, version)
}
