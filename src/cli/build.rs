//! From checked programs to payloads and wheels: what `compile` and `run` share.

use smol_str::SmolStr;

use super::Outcome;
use super::args::Shared;
use crate::check::Checked;
use crate::lower::{Bundle, Options, entry_points, local_paths, lower};
use crate::package::{LocalFiles, Wheel, build, pack};
use crate::project::{Loaded, Project};
use crate::source::DiskFiles;

/// A project for one target.
pub struct Built<'a> {
    /// The project.
    pub project: &'a Project,
    /// Which of the checked programs it is.
    pub program: &'a crate::model::Program,
    /// Its payloads.
    pub bundle: Bundle,
    /// Its wheels, in the order of the program's packages.
    pub wheels: Vec<Wheel>,
}

/// Builds the wheels of every program and lowers it; tells why it cannot.
pub fn build_all<'a>(loaded: &'a Loaded, checked: &'a Checked, shared: &Shared) -> Result<Vec<Built<'a>>, Outcome> {
    let options = Options { user: shared.user.as_deref().map(SmolStr::from) };
    let mut out = Vec::new();
    for (project, program) in loaded.projects.iter().zip(&checked.programs) {
        // Without errors there is a program for each project.
        let Some(program) = program else { continue };
        let mut wheels = Vec::new();
        for (package, entries) in program.packages.iter().zip(entry_points(program)) {
            // What was checked is what is packed.
            let made = match project.package(&package.dir).map(|p| &p.project) {
                Some(Ok(python)) => pack(python, entries),
                _ => build(&package.dir, entries),
            };
            match made {
                Ok(wheel) => {
                    if !shared.quiet {
                        wheel.notes.iter().for_each(|n| eprintln!("note    {}: {n}", package.name));
                    }
                    wheels.push(wheel);
                }
                Err(e) => {
                    eprintln!("pipec: package `{}`: {e}\n  help: {}", package.name, e.help);
                    return Err(Outcome::Errors);
                }
            }
        }
        let local = LocalFiles::read(&DiskFiles, local_paths(program)).map_err(|e| {
            eprintln!("pipec: {e}");
            Outcome::Failed
        })?;
        let bundle = lower(program, &wheels, &local, project.dir(), &options);
        out.push(Built { project, program, bundle, wheels });
    }
    Ok(out)
}
