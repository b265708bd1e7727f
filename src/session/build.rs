//! From a checked program to wheels and payloads.

use smol_str::SmolStr;

use crate::lower::{Bundle, LowerOptions, entry_points, local_paths, lower};
use crate::model::{Program, Valid};
use crate::package::{LocalFiles, ProjectError, PythonProject, Wheel, WheelBuilder, pack, unbuilt};
use crate::project::Project;
use crate::source::Files;

/// A project for one target.
pub struct Built<'a> {
    /// The project.
    pub project: &'a Project,
    /// Its payloads.
    pub bundle: Bundle,
    /// Its wheels, in the order of the program's packages.
    pub wheels: Vec<Wheel>,
}

/// How to build.
#[derive(Clone, Copy, Debug, Default)]
pub struct BuildOptions<'o> {
    /// Whose folder and name are used where a target says nothing.
    pub user: Option<&'o str>,
    /// What to do about packages that only their own backends build.
    pub backends: Backends,
    /// Development mode is left to whoever deploys.
    pub as_written: bool,
}

/// What to do about a package that only its own build backend can build: code of the project that would run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backends {
    /// Announce it, and run it.
    Run,
    /// Needing it is an error (`--no-build`).
    #[default]
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

/// What happens while a program is built.
#[derive(Clone, Copy, Debug)]
pub enum BuildEvent<'e> {
    /// The build backend of a package is about to run.
    Backend {
        /// The package.
        package: &'e str,
        /// Why pipec does not pack it itself.
        why: &'e str,
    },
    /// Something to know about the wheel of a package.
    Note {
        /// The package.
        package: &'e str,
        /// What.
        text: &'e str,
    },
}

/// Why a program could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A package.
    #[error("package `{package}`: {error}")]
    Package {
        /// Its name.
        package: SmolStr,
        /// What is wrong with it.
        error: ProjectError,
    },
    /// A local file.
    #[error(transparent)]
    Files(#[from] std::io::Error),
}

/// Builds the wheels of a program and lowers it.
pub(super) fn build<'a>(
    project: &'a Project,
    program: &'a Valid<Program>,
    files: &dyn Files,
    options: &BuildOptions<'_>,
    tell: &dyn Fn(BuildEvent<'_>),
) -> Result<Built<'a>, BuildError> {
    let mut wheels = Vec::new();
    for (package, entries) in program.packages.iter().zip(entry_points(program)) {
        // What was checked is what is packed.
        let made = match project.package(&package.dir).map(|p| p.project.clone()) {
            Some(Ok(python)) => Ok(python),
            _ => PythonProject::read(files, &package.dir),
        };
        let made = made.and_then(|python| {
            let WheelBuilder::Backend(why) = &python.builder else { return pack(&python, entries) };
            match options.backends {
                Backends::Run => {
                    tell(BuildEvent::Backend { package: &package.name, why });
                    pack(&python, entries)
                }
                Backends::Refuse => Err(ProjectError {
                    message: format!(
                        "building the package requires its build backend ({why}), which `--no-build` forbids"
                    ),
                    help: "remove `--no-build`, or make the metadata static".to_owned(),
                }),
                Backends::Without => Ok(unbuilt(&python, entries)),
            }
        });
        let wheel = made.map_err(|error| BuildError::Package { package: package.name.clone(), error })?;
        wheel.notes.iter().for_each(|text| tell(BuildEvent::Note { package: &package.name, text }));
        wheels.push(wheel);
    }
    let local = LocalFiles::read(files, local_paths(program))?;
    let lowering = LowerOptions { user: options.user.map(SmolStr::from), as_written: options.as_written };
    let bundle = lower(program, &wheels, &local, project.dir(), &lowering);
    Ok(Built { project, bundle, wheels })
}
