//! From paths to parsed projects: which files there are, and which belong together.

mod cache;
mod find;
mod load;
mod messages;
mod paths;
mod pythons;
mod tables;

pub use cache::Cache;
pub use find::pipe_files;
pub use load::{LoadError, Loaded, load, load_around};
pub(crate) use messages::outside_project;
pub(crate) use paths::join;
pub use pythons::PackageSource;
pub use tables::LocalSettings;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use smol_str::SmolStr;

use crate::schema::ComputeTables;
use crate::source::{Boundary, FileId, Span};
use crate::syntax::{ast, walk};

/// One parsed file.
#[derive(Debug)]
pub struct Unit {
    /// Its id.
    pub id: FileId,
    /// Its path as reached.
    pub path: PathBuf,
    /// Its tree.
    pub ast: ast::File,
    /// Whether parsing found errors: names may be missing that were meant to be there.
    pub broken: bool,
}

impl Unit {
    /// The directory that paths in the file are relative to.
    pub fn dir(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// The whole of the declaration whose name stands at a place; the place itself if there is none.
    pub fn declaration(&self, name: Span) -> Span {
        walk::item(&walk::holding(&self.ast, name)).map_or(name, ast::Item::span)
    }
}

/// A root file and all that it loads.
#[derive(Debug)]
pub struct Project {
    /// The root file first, then the others in order of loading.
    pub units: Vec<Arc<Unit>>,
    /// For each unit the imports in it: where, and which unit, if it was found.
    pub imports: Vec<Vec<(Span, Option<usize>)>>,
    /// What is known of compute, the project's own table included.
    pub tables: Arc<ComputeTables>,
    /// What stands for the platform on this machine.
    pub local: Arc<LocalSettings>,
    /// What it may read.
    pub boundary: Boundary,
    /// The directories of its packages, with what was read there.
    pub packages: Vec<(PathBuf, Arc<PackageSource>)>,
}

impl Project {
    /// The root file.
    pub fn root(&self) -> Option<&Unit> {
        self.units.first().map(Arc::as_ref)
    }

    /// The directory of the root file.
    pub fn dir(&self) -> &Path {
        self.root().map_or(Path::new(""), Unit::dir)
    }

    /// What was read in the directory of a package.
    pub fn package(&self, dir: &Path) -> Option<&PackageSource> {
        self.packages.iter().find(|(d, _)| d == dir).map(|(_, p)| p.as_ref())
    }

    /// The names of its targets, in order of declaration.
    pub fn targets(&self) -> impl Iterator<Item = SmolStr> + '_ {
        self.units.iter().flat_map(|u| &u.ast.items).filter_map(|i| match i {
            ast::Item::Decl(d) if d.kind == ast::DeclKind::Target => Some(d.name.text.clone()),
            _ => None,
        })
    }

    /// The unit of a file.
    pub fn unit_of(&self, file: FileId) -> Option<&Unit> {
        self.units.iter().map(Arc::as_ref).find(|u| u.id == file)
    }
}
