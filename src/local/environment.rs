//! The Python that steps run in: made once for a set of requirements, and found again.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::error::LocalError;
use super::folders;
use super::interrupt::Interrupt;
use super::outcome::TaskState;
use super::{process, site};
use crate::package::{python_in, sha256_hex, without_tokens};

/// What environments have to hold.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The interpreter: a path or a name on PATH.
    pub python: String,
    /// `requires-python` of each package, with its name.
    pub requires_python: Vec<(String, String)>,
    /// The wheels of the project.
    pub wheels: Vec<PathBuf>,
}

/// Makes environments below a directory.
pub struct Environments<'a> {
    /// What they have in common.
    pub wanted: &'a Wanted,
    /// Where they lie.
    pub cache: &'a Path,
    /// Says when the run is to end.
    pub interrupt: &'a Interrupt,
    /// Is told what takes long.
    pub tell: &'a dyn Fn(&str),
    installer: Installer,
    version: String,
    /// Held while anything is made: two runs at once make it once. The lock ends with the file.
    _lock: std::fs::File,
}

/// What installs packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Installer {
    Uv,
    Pip,
}

fn cannot(what: &str, path: &Path, e: &io::Error) -> String {
    format!("cannot {what} `{}`: {e}", path.display())
}

impl<'a> Environments<'a> {
    /// Looks at the interpreter and takes the lock.
    ///
    /// # Errors
    /// No Python, one that does not fit, or a directory that cannot be written.
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

    /// The interpreter of an environment with these requirements, found or made.
    ///
    /// # Errors
    /// An installation that fails, with what it said.
    pub fn python(&self, requirements: &[String]) -> Result<PathBuf, LocalError> {
        let what =
            format!("{}\n{}\n{:?}\n{}", self.wanted.python, self.version, self.installer, requirements.join("\n"));
        let key = sha256_hex(what.as_bytes());
        let dir = self.cache.join(format!("env-{}", key.get(..12).unwrap_or(&key)));
        let inside = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
        // The interpreter that it was made from may be gone.
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

    /// Where the wheels of the project are unpacked, by `python`. The folder is kept while the result lives.
    ///
    /// What is there already is compared with the wheels, and made anew if it differs.
    ///
    /// # Errors
    /// An installation that fails, with what it said.
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
            // One that a run uses is left to it, in whatever state.
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

    /// Removes `old`, and makes a folder that takes its place when it is complete.
    ///
    /// It has a name of its own: an installer that outlived the run that started it may still write into another.
    fn new_folder(&self, kind: &str, old: &Path) -> Result<PathBuf, LocalError> {
        if old.exists() || old.is_symlink() {
            folders::remove(old).map_err(|e| cannot("remove", old, &e))?;
        }
        let prefix = format!("new-{kind}-");
        for left in std::fs::read_dir(self.cache).into_iter().flatten().flatten() {
            let name = left.file_name();
            let name = name.to_string_lossy();
            if name.starts_with("new-") || name.starts_with(".old-") {
                // One that somebody still writes into is removed by a later run.
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

    /// Runs a command that ends with this run, and tells what it said if it fails.
    fn finish(&self, command: Command, what: &str) -> Result<(), LocalError> {
        let log = self.cache.join("install.log");
        // Only the last installation is told of.
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

    /// Removes what earlier runs have left.
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
