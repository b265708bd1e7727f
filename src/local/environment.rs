//! Python environments for steps: created once per set of requirements, and reused.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::error::LocalError;
use super::folders;
use super::interrupt::Interrupt;
use super::outcome::TaskState;
use super::{process, site};
use crate::package::{python_in, sha256_hex, without_tokens};

/// What environments must contain.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The interpreter: a path, or a name in PATH.
    pub python: String,
    /// `requires-python` of each package, with its name.
    pub requires_python: Vec<(String, String)>,
    /// The wheels of the project.
    pub wheels: Vec<PathBuf>,
}

/// Creates environments below a directory.
pub struct Environments<'a> {
    /// What they have in common.
    pub wanted: &'a Wanted,
    /// The directory.
    pub cache: &'a Path,
    /// Signals when the run must end.
    pub interrupt: &'a Interrupt,
    /// Receives messages about what takes long.
    pub tell: &'a dyn Fn(&str),
    installer: Installer,
    version: String,
    /// Held while anything is created, so that two runs create it once. Released when the file is closed.
    _lock: std::fs::File,
}

/// The program that installs packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Installer {
    Uv,
    Pip,
}

fn cannot(what: &str, path: &Path, e: &io::Error) -> String {
    format!("cannot {what} `{}`: {e}", path.display())
}

impl<'a> Environments<'a> {
    /// Checks the interpreter, and takes the lock.
    ///
    /// # Errors
    /// No Python, an unsuitable one, or a directory that is not writable.
    pub fn new(
        wanted: &'a Wanted,
        cache: &'a Path,
        interrupt: &'a Interrupt,
        tell: &'a dyn Fn(&str),
    ) -> Result<Environments<'a>, LocalError> {
        let version = python_version(&wanted.python)?;
        for (package, spec) in &wanted.requires_python {
            if !python_in(spec, &version) {
                return Err(format!(
                    "package `{package}` requires Python {spec}, but `{}` is {version}; choose another with `--python`",
                    wanted.python
                )
                .into());
            }
        }
        std::fs::create_dir_all(cache).map_err(|e| cannot("write", cache, &e))?;
        let path = cache.join("lock");
        let lock = std::fs::File::create(&path).map_err(|e| cannot("write", &path, &e))?;
        lock.lock().map_err(|e| cannot("lock", &path, &e))?;
        let installer =
            if works(Command::new("uv").arg("--version").output()) { Installer::Uv } else { Installer::Pip };
        Ok(Environments { wanted, cache, interrupt, tell, installer, version, _lock: lock })
    }

    /// The interpreter of an environment with these requirements, reused or created.
    ///
    /// # Errors
    /// A failed installation, with its output.
    pub fn python(&self, requirements: &[String]) -> Result<PathBuf, LocalError> {
        let what =
            format!("{}\n{}\n{:?}\n{}", self.wanted.python, self.version, self.installer, requirements.join("\n"));
        let key = sha256_hex(what.as_bytes());
        let dir = self.cache.join(format!("env-{}", key.get(..12).unwrap_or(&key)));
        let inside = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
        // The interpreter it was created from may be gone.
        if dir.join("ready").is_file() && works(Command::new(dir.join(inside)).arg("--version").output()) {
            return Ok(dir.join(inside));
        }
        let new = self.new_folder("env", &dir)?;
        (self.tell)(&format!("creating a Python {} environment in {}", self.version, dir.display()));
        let mut command = match self.installer {
            Installer::Uv => {
                let mut c = Command::new("uv");
                c.args(["venv", "--quiet", "--allow-existing", "--python", &self.wanted.python]);
                c
            }
            Installer::Pip => {
                let mut c = Command::new(&self.wanted.python);
                c.args(["-m", "venv"]);
                c
            }
        };
        command.arg(&new);
        self.finish(command, "cannot create the environment")?;
        if !requirements.is_empty() {
            (self.tell)(&format!("installing {}", requirements.join(", ")));
            let list = new.join("requirements.txt");
            std::fs::write(&list, requirements.join("\n") + "\n").map_err(|e| cannot("write", &list, &e))?;
            let mut command = self.install(&new.join(inside));
            command.arg("-r").arg(&list);
            self.finish(command, "cannot install the requirements")?;
        }
        let ready = new.join("ready");
        std::fs::write(&ready, "").map_err(|e| cannot("write", &ready, &e))?;
        std::fs::rename(&new, &dir).map_err(|e| cannot("write", &dir, &e))?;
        Ok(dir.join(inside))
    }

    /// The directory where `python` has unpacked the wheels of the project. It is kept while the result lives.
    ///
    /// An existing one is compared with the wheels, and replaced if it differs.
    ///
    /// # Errors
    /// A failed installation, with its output.
    pub fn site(&self, python: &Path) -> Result<folders::InUse, LocalError> {
        let name = |w: &PathBuf| w.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let names: Vec<String> = self.wanted.wheels.iter().map(name).collect();
        let key = sha256_hex(names.join("\n").as_bytes());
        let name = format!("site-{}", key.get(..12).unwrap_or(&key));
        let wheels = &self.wanted.wheels;
        let intact = |path: &Path| wheels.is_empty() || path.join(".ready").is_file() && site::is_intact(path, wheels);
        let lock = |path: &Path| folders::share(path.to_owned()).map_err(|e| cannot("lock", path, &e));
        let mut path = self.cache.join(&name);
        for number in 2.. {
            if intact(&path) {
                return Ok(lock(&path)?);
            }
            // A directory that another run uses is not touched.
            if !folders::is_in_use(&path).map_err(|e| cannot("lock", &path, &e))? {
                break;
            }
            path = self.cache.join(format!("{name}-{number}"));
        }
        let new = self.new_folder("site", &path)?;
        let mut command = self.install(python);
        command.args(match self.installer {
            Installer::Uv => ["--no-deps", "--no-compile-bytecode"],
            Installer::Pip => ["--no-deps", "--no-compile"],
        });
        command.arg("--target").arg(&new).args(wheels);
        self.finish(command, "cannot install the wheel")?;
        std::fs::write(new.join(".ready"), "").map_err(|e| cannot("write", &new, &e))?;
        std::fs::rename(&new, &path).map_err(|e| cannot("write", &path, &e))?;
        Ok(lock(&path)?)
    }

    /// Removes `old`, and creates a directory that replaces it when it is complete.
    ///
    /// Its name is unique, because an installer of an earlier run may still write to another one.
    fn new_folder(&self, kind: &str, old: &Path) -> Result<PathBuf, LocalError> {
        if old.exists() || old.is_symlink() {
            folders::remove(old).map_err(|e| cannot("remove", old, &e))?;
        }
        let prefix = format!("new-{kind}-");
        for left in std::fs::read_dir(self.cache).into_iter().flatten().flatten() {
            let name = left.file_name();
            let name = name.to_string_lossy();
            if name.starts_with("new-") || name.starts_with(".old-") {
                // If it is still in use, a later run removes it.
                let _ = std::fs::remove_dir_all(left.path());
            }
        }
        let new = tempfile::Builder::new().prefix(&prefix).tempdir_in(self.cache);
        Ok(new.map(tempfile::TempDir::keep).map_err(|e| cannot("write", self.cache, &e))?)
    }

    fn install(&self, python: &Path) -> Command {
        let mut command = match self.installer {
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
        };
        without_tokens(&mut command);
        command
    }

    /// Runs a command that ends with this run; returns its output if it fails.
    fn finish(&self, command: Command, what: &str) -> Result<(), LocalError> {
        let log = self.cache.join("install.log");
        // Only the last installation is reported.
        let _ = std::fs::remove_file(&log);
        let limits = process::Limits { timeout: None, until: None, interrupt: self.interrupt };
        match process::run(command, &log, limits)?.state {
            TaskState::Success => Ok(()),
            TaskState::Canceled => Err("interrupted".into()),
            _ => {
                let said = std::fs::read(&log).unwrap_or_default();
                Err(format!("{what}:\n{}", String::from_utf8_lossy(&said).trim_end()).into())
            }
        }
    }

    /// Deletes leftovers of earlier runs.
    pub fn prune(&self) {
        folders::prune(self.cache);
    }
}

fn works(output: io::Result<Output>) -> bool {
    output.is_ok_and(|o| o.status.success())
}

fn python_version(python: &str) -> Result<String, LocalError> {
    let script = "import sys; print('.'.join(map(str, sys.version_info[:3])))";
    match Command::new(python).args(["-c", script]).output() {
        Ok(o) if o.status.success() => Ok(String::from_utf8_lossy(&o.stdout).trim().to_owned()),
        Ok(o) => Err(format!("`{python}` does not work: {}", String::from_utf8_lossy(&o.stderr).trim()).into()),
        Err(e) => Err(format!("cannot run `{python}` ({e}); choose another with `--python`").into()),
    }
}
