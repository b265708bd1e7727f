//! Files that the code of a package opens, and that are missing in the wheel.

use super::ProgramFacts;
use crate::check::messages;
use crate::diag::Diagnostics;
use crate::package::{WheelBuilder, is_packed, never_packed};
use crate::python::PathRoot;

/// Compares the files that modules of called functions open with the contents of the wheel.
pub fn check(facts: &ProgramFacts, out: &mut Diagnostics) {
    for packaged in &facts.program.packages {
        let dir = &packaged.package.dir;
        // What another backend packs is unknown before it has run.
        if packaged.python.builder != WheelBuilder::InProcess {
            continue;
        }
        for module in &packaged.source.reached {
            for file in &module.opened {
                let (path, found) = match file.place {
                    PathRoot::WorkingDirectory => (crate::project::join(dir, &file.path), None),
                    PathRoot::BesideModule(up) => {
                        let Some(base) = module.path.ancestors().nth(up) else { continue };
                        let path = crate::project::join(base, &file.path);
                        if is_packed(facts.cx.files, dir, &packaged.python.layout, &path) {
                            continue;
                        }
                        let shown = path.strip_prefix(dir).unwrap_or(&path).to_owned();
                        (path, Some(shown))
                    }
                };
                // A directory may be created at run time, and credentials do not belong in a wheel.
                let secret = path.file_name().is_some_and(|n| never_packed(&n.to_string_lossy()));
                if !facts.cx.files.is_file(&path) || secret {
                    continue;
                }
                let package = packaged.package.span;
                out.push(match found {
                    Some(shown) => messages::not_in_the_wheel(file.span, &shown, package),
                    None => messages::opened_in_working_directory(file.span, &file.path, package),
                });
            }
        }
    }
}
