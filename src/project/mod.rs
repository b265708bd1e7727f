//! Finds and parses the files of a project.

mod cache;
mod find;
mod load;
mod messages;
mod near;
mod paths;
mod pythons;
mod tables;

pub use cache::Cache;
pub use find::pipe_files;
pub use load::{LoadError, Loaded, load, load_around};
pub(crate) use messages::outside_project;
pub use near::nearest_path;
pub(crate) use paths::join;
pub use pythons::PackageSource;
pub use tables::LocalSettings;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use smol_str::SmolStr;

use crate::schema::ComputeTables;
use crate::source::{Boundary, FileId, Span};
use crate::syntax::{ast, walk};

/// One parsed file.
#[derive(Debug)]
pub struct Unit {
    pub id: FileId,
    pub path: PathBuf,
    pub ast: ast::File,
    /// Whether parsing found errors, so that names may be missing.
    pub broken: bool,
    /// Whether it declares a `when`, or a family other than of steps.
    pub expands: bool,
    /// The paths of the data files that it reads, as written.
    pub reads: Vec<SmolStr>,
}

impl Unit {
    /// The directory that paths in the file are relative to.
    pub fn dir(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// The declaration whose name is at a span; the span itself if there is none.
    pub fn declaration(&self, name: Span) -> Span {
        walk::item(&walk::holding(&self.ast, name)).map_or(name, ast::Item::span)
    }
}

/// What `of` returns for an entry, or for the first in its branches.
fn first<T>(item: &ast::Item, of: &dyn Fn(&ast::Item) -> Option<T>) -> Option<T> {
    match item {
        ast::Item::When(when) => {
            when.then.items.iter().chain(when.otherwise.iter().flat_map(|b| &b.items)).find_map(|i| first(i, of))
        }
        other => of(other),
    }
}

/// A root file and everything that it imports.
#[derive(Clone, Debug)]
pub struct Project {
    /// The root file, then the others in loading order.
    pub units: Vec<Arc<Unit>>,
    /// The imports of each unit: the span, and the index of the imported unit, if found.
    pub imports: Vec<Vec<(Span, Option<usize>)>>,
    /// Tables of compute, including those of the project.
    pub tables: Arc<ComputeTables>,
    /// Settings for local runs.
    pub local: Arc<LocalSettings>,
    /// The files that it may read.
    pub boundary: Boundary,
    /// The values of files that it reads with `file`; `None` for one with errors.
    pub data: HashMap<PathBuf, Option<Arc<ast::Value>>>,
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

    /// The package in a directory.
    pub fn package(&self, dir: &Path) -> Option<&PackageSource> {
        self.packages.iter().find(|(d, _)| d == dir).map(|(_, p)| p.as_ref())
    }

    /// The names of its targets, in source order.
    pub fn targets(&self) -> impl Iterator<Item = SmolStr> + '_ {
        self.units.iter().flat_map(|u| &u.ast.items).filter_map(|i| match i {
            ast::Item::Decl(d) if d.kind == ast::DeclKind::Target => Some(d.name.text.clone()),
            _ => None,
        })
    }

    /// The name for folders and tags: that of the first package, else of the first pipeline.
    pub fn name(&self) -> SmolStr {
        let mut pipeline = None;
        for item in self.units.iter().flat_map(|u| &u.ast.items) {
            if let Some(package) = first(item, &|i| match i {
                ast::Item::Package(p) => Some(p.name.text.clone()),
                _ => None,
            }) {
                return package;
            }
            pipeline = pipeline.or_else(|| {
                first(item, &|i| match i {
                    ast::Item::Decl(d) if d.kind == ast::DeclKind::Pipeline => Some(d.name.text.clone()),
                    _ => None,
                })
            });
        }
        pipeline.unwrap_or_default()
    }

    /// The unit of a file.
    pub fn unit_of(&self, file: FileId) -> Option<&Unit> {
        self.units.iter().map(Arc::as_ref).find(|u| u.id == file)
    }
}
