//! From checked programs to payloads and wheels: what `compile` and `run` share.

use smol_str::SmolStr;

use super::Outcome;
use super::args::Shared;
use super::terminal::say;
use crate::check::Checked;
use crate::lower::{Bundle, Options, entry_points, local_paths, lower};
use crate::model::{Program, Valid};
use crate::package::{Builder, LocalFiles, ProjectError, PythonProject, Wheel, pack, unbuilt};
use crate::project::{Loaded, Project};
use crate::source::DiskFiles;

/// A project for one target.
pub struct Built<'a> {
    /// The project.
    pub project: &'a Project,
    /// Its payloads.
    pub bundle: Bundle,
    /// Its wheels, in the order of the program's packages.
    pub wheels: Vec<Wheel>,
}

/// Each project with its program: without errors there is one for each.
pub fn programs<'a>(
    loaded: &'a Loaded,
    checked: &'a Checked,
) -> impl Iterator<Item = (&'a Project, &'a Valid<Program>)> {
    let pairs = loaded.projects.iter().zip(&checked.programs);
    pairs.filter_map(|(project, program)| Some((project, program.as_ref()?)))
}

/// What to do about a package that only its own build backend can build: code of the project that would run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backends {
    /// Announce it, and run it.
    Run,
    /// Needing it is an error (`--no-build`).
    Refuse,
    /// Go on without the wheel, with a placeholder for its name: for commands that only look.
    Without,
}

impl Backends {
    /// As a command's `--no-build` says.
    pub fn unless(no_build: bool) -> Backends {
        if no_build { Backends::Refuse } else { Backends::Run }
    }
}

/// Builds every program; tells why it cannot.
pub fn build_all<'a>(
    loaded: &'a Loaded,
    checked: &'a Checked,
    shared: &Shared,
    backends: Backends,
) -> Result<Vec<Built<'a>>, Outcome> {
    programs(loaded, checked)
        .map(|(project, program)| build_one(project, program, shared, shared.user.as_deref(), backends))
        .collect()
}

/// Builds the wheels of a program and lowers it, for a user; tells why it cannot.
pub fn build_one<'a>(
    project: &'a Project,
    program: &'a Valid<Program>,
    shared: &Shared,
    user: Option<&str>,
    backends: Backends,
) -> Result<Built<'a>, Outcome> {
    build_for(project, program, shared, user, backends, false)
}

/// The same; `as_written` leaves development mode to whoever deploys.
pub fn build_for<'a>(
    project: &'a Project,
    program: &'a Valid<Program>,
    shared: &Shared,
    user: Option<&str>,
    backends: Backends,
    as_written: bool,
) -> Result<Built<'a>, Outcome> {
    let mut wheels = Vec::new();
    for (package, entries) in program.packages.iter().zip(entry_points(program)) {
        // What was checked is what is packed.
        let made = match project.package(&package.dir).map(|p| p.project.clone()) {
            Some(Ok(python)) => Ok(python),
            _ => PythonProject::read(&DiskFiles, &package.dir),
        };
        let made = made.and_then(|python| {
            let Builder::Backend(why) = &python.builder else { return pack(&python, entries) };
            match backends {
                Backends::Run => {
                    if !shared.quiet {
                        say!("build   {}: running its build backend, because {why}", package.name);
                    }
                    pack(&python, entries)
                }
                Backends::Refuse => Err(ProjectError {
                    message: format!("it needs its own build backend ({why}), which `--no-build` forbids"),
                    help: "drop `--no-build`, or make the metadata static".to_owned(),
                }),
                Backends::Without => Ok(unbuilt(&python, entries)),
            }
        });
        match made {
            Ok(wheel) => {
                if !shared.quiet {
                    wheel.notes.iter().for_each(|n| say!("note    {}: {n}", package.name));
                }
                wheels.push(wheel);
            }
            Err(e) => {
                say!("pipec: package `{}`: {e}\n  help: {}", package.name, e.help);
                return Err(Outcome::Errors);
            }
        }
    }
    let local = LocalFiles::read(&DiskFiles, local_paths(program)).map_err(|e| {
        say!("pipec: {e}");
        Outcome::Failed
    })?;
    let options = Options { user: user.map(SmolStr::from), as_written };
    let bundle = lower(program, &wheels, &local, project.dir(), &options);
    Ok(Built { project, bundle, wheels })
}
