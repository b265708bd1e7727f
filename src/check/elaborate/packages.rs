//! Python projects that are declared as packages.

use super::Elaborator;
use crate::check::messages;
use crate::check::symbols::InFile;
use crate::model::Package;
use crate::package::{Modules, PythonProject};
use crate::project::PackageSource;
use crate::source::Span;

/// A package that could be read.
pub struct Packaged<'a> {
    pub package: Package,
    pub python: &'a PythonProject,
    pub source: &'a PackageSource,
    pub modules: Modules<'a>,
}

impl<'a> Elaborator<'a> {
    /// The packages of the project that have a readable `pyproject.toml`.
    pub fn packages(&mut self) -> Vec<Packaged<'a>> {
        let mut out = Vec::new();
        let mut seen: Vec<(String, Span)> = Vec::new();
        for InFile { unit, decl } in self.symbols.packages.clone() {
            let dir = self.dir(unit);
            let Some(path) = decl.path.plain() else {
                self.report(messages::package_path(decl.path.span));
                continue;
            };
            let dir = crate::project::join(dir, &path);
            let Some(source) = self.symbols.project.package(&dir) else { continue };
            let python = match &source.project {
                Ok(python) => python,
                Err(error) => {
                    self.report(messages::package_unreadable(decl.path.span, error));
                    continue;
                }
            };
            let name = crate::package::normalize_name(&python.metadata.name);
            let first = seen.iter().find(|(n, _)| *n == name && !name.is_empty());
            if let Some((_, first)) = first {
                self.report(messages::two_wheels_of_one_name(decl.path.span, *first, &name));
            }
            seen.push((name, decl.path.span));
            let modules = Modules::new(self.files, python.layout.clone());
            let package = Package { name: decl.name.text.clone(), span: decl.name.span, dir };
            out.push(Packaged { package, python, source, modules });
        }
        out
    }
}
