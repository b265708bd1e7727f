//! Builds wheels and payloads of a checked program.

use smol_str::SmolStr;

use crate::lower::{Bundle, LowerOptions, entry_points, local_paths, lower};
use crate::model::{Program, Valid};
use crate::package::{LocalFiles, ProjectError, PythonProject, Wheel, WheelBuilder, pack, unbuilt};
use crate::project::Project;
use crate::source::Files;

/// A project that was built for one target.
pub struct Built<'a> {
    pub project: &'a Project,
    /// Its payloads.
    pub bundle: Bundle,
    /// Its wheels, in the order of the program's packages.
    pub wheels: Vec<Wheel>,
}

/// Options of a build.
#[derive(Clone, Copy, Debug, Default)]
pub struct BuildOptions<'o> {
    /// The user whose folder and name are used if a target sets none.
    pub user: Option<&'o str>,
    /// What to do about packages that only their own backends can build.
    pub backends: Backends,
    /// Ignore development mode.
    pub as_written: bool,
}

/// What to do about a package that only its own build backend can build, which runs code of the project.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backends {
    /// Announce and run it.
    Run,
    /// Fail (`--no-build`).
    #[default]
    Refuse,
    /// Continue with a placeholder for the wheel, for commands that only read.
    Without,
}

impl Backends {
    /// The value for `--no-build`.
    pub fn unless(no_build: bool) -> Backends {
        if no_build { Backends::Refuse } else { Backends::Run }
    }
}

/// An event of a build.
#[derive(Clone, Copy, Debug)]
pub enum BuildEvent<'e> {
    /// The build backend of a package is about to run.
    Backend {
        package: &'e str,
        /// Why pipec cannot build it.
        why: &'e str,
    },
    /// A note about the wheel of a package.
    Note { package: &'e str, text: &'e str },
}

/// Why a build failed.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A package cannot be built.
    #[error("package `{package}`: {error}")]
    Package { package: SmolStr, error: ProjectError },
    /// A local file cannot be read.
    #[error(transparent)]
    Files(#[from] std::io::Error),
}

/// Builds the wheels of a program, and lowers it.
pub(super) fn build<'a>(
    project: &'a Project,
    program: &'a Valid<Program>,
    files: &dyn Files,
    options: &BuildOptions<'_>,
    tell: &dyn Fn(BuildEvent<'_>),
) -> Result<Built<'a>, BuildError> {
    let mut wheels = Vec::new();
    for (package, entries) in program.packages.iter().zip(entry_points(program)) {
        // Pack the project that was checked.
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
