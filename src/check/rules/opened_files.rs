//! Files that the code of a package opens, and that will not be where it looks for them.

use super::ProgramFacts;
use crate::check::messages;
use crate::diag::Diagnostics;
use crate::package::{WheelBuilder, is_packed, never_packed};
use crate::python::PathRoot;

/// Holds the files that the modules of called functions open against what the wheels will hold.
pub fn check(facts: &ProgramFacts, out: &mut Diagnostics) {
    for packaged in &facts.program.packages {
        let dir = &packaged.package.dir;
        // What another backend packs is not known before it has done so.
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
                // A directory may be one that is written to; a secret has no place in a wheel.
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
