//! Finds root files, follows imports, and parses each file once.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use smol_str::SmolStr;

use super::cache::{Cache, Parsed, ParsedData};
use super::find::{is_passed_over, is_pipe};
use super::messages;
use super::near::nearest_path;
use super::paths::{join, normal};
use super::tables::{self, LocalSettings, ProjectTables};
use super::{Project, Unit};
use crate::data::{DataFormat, read_value};
use crate::diag::Diagnostics;
use crate::schema::ComputeTables;
use crate::source::{Boundary, Confined, FileId, Files, SourceMap, Span, decoded};
use crate::syntax::{self, ast, walk};

/// The projects of a command line.
#[derive(Debug, Default)]
pub struct Loaded {
    /// All files that were read.
    pub sources: SourceMap,
    /// The projects, in the order of their root files.
    pub projects: Vec<Project>,
    /// Diagnostics of reading and parsing.
    pub diagnostics: Diagnostics,
}

/// Why nothing could be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoadError {
    /// A path that does not exist.
    NotFound(PathBuf),
    /// A directory without `.pipe` files.
    Empty(PathBuf),
    /// A file that cannot be read.
    Unreadable(PathBuf, String),
    /// A `pipec.toml` with a mistake.
    Tables(PathBuf, String),
}

impl LoadError {
    /// The file or directory.
    pub fn path(&self) -> &Path {
        match self {
            LoadError::NotFound(p) | LoadError::Empty(p) | LoadError::Unreadable(p, _) | LoadError::Tables(p, _) => p,
        }
    }
}

impl std::fmt::Display for LoadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LoadError::NotFound(p) => write!(f, "`{}` does not exist", p.display()),
            LoadError::Empty(p) => write!(f, "no `.pipe` file in `{}`", p.display()),
            LoadError::Unreadable(p, why) => write!(f, "cannot read `{}`: {why}", p.display()),
            LoadError::Tables(p, why) => write!(f, "`{}`: {why}", p.display()),
        }
    }
}

impl std::error::Error for LoadError {}

/// Loads the projects of the paths.
///
/// A directory means its root files or, if it has none, those of its subdirectories. A file means itself or, if
/// others of its directory import it, their roots.
///
/// # Errors
/// A path without `.pipe` files, or a root file that cannot be read.
pub fn load(paths: &[PathBuf], files: &dyn Files) -> Result<Loaded, LoadError> {
    let mut cache = Cache::default();
    let mut loader = Loader::new(files, &mut cache);
    let mut roots: Vec<PathBuf> = Vec::new();
    for path in paths {
        let found = if files.is_dir(path) {
            let mut found = Vec::new();
            loader.roots_below(path, 0, &mut found)?;
            if found.is_empty() {
                return Err(LoadError::Empty(path.clone()));
            }
            found
        } else if files.is_file(path) {
            loader.roots_of(path)?
        } else {
            return Err(LoadError::NotFound(path.clone()));
        };
        roots.extend(found);
    }
    let mut seen = HashSet::new();
    roots.retain(|r| seen.insert(r.clone()));
    for root in roots {
        let tables = loader.tables(&root)?;
        let project = loader.project(&root, tables)?;
        loader.loaded.projects.push(project);
    }
    Ok(loader.finish())
}

/// Loads every project that contains one of the `open` files. Files that import them are searched among the `known`
/// files of any directory, so an imported file is not a root here. Files in `cache` are not parsed again.
///
/// Unreadable files are skipped, and returned with the reason.
pub fn load_around(
    open: &[PathBuf],
    known: &[PathBuf],
    files: &dyn Files,
    cache: &mut Cache,
) -> (Loaded, Vec<LoadError>) {
    let mut loader = Loader::new(files, cache);
    let mut errors = Vec::new();
    let mut all: Vec<PathBuf> = open.iter().chain(known).map(|p| normal(p)).collect();
    let mut seen = HashSet::new();
    all.retain(|p| seen.insert(p.clone()));
    all.retain(|path| match loader.read(path) {
        Ok(()) => true,
        Err(e) => {
            errors.push(e);
            false
        }
    });
    loader.parse_new();
    let mut importers: HashMap<PathBuf, Vec<PathBuf>> = HashMap::new();
    for path in &all {
        for imported in loader.imports_of(path) {
            importers.entry(imported).or_default().push(path.clone());
        }
    }
    let mut roots: Vec<PathBuf> = Vec::new();
    for path in open.iter().map(|p| normal(p)).filter(|p| all.contains(p)) {
        let (mut stack, mut met) = (vec![path.clone()], HashSet::from([path.clone()]));
        let before = roots.len();
        while let Some(at) = stack.pop() {
            let above = importers.get(&at).map(Vec::as_slice).unwrap_or_default();
            if above.iter().all(|p| *p == at) {
                roots.push(at.clone());
            }
            stack.extend(above.iter().filter(|p| met.insert((*p).clone())).cloned());
        }
        // A cycle has no root.
        if roots.len() == before {
            roots.push(path);
        }
    }
    roots.sort();
    roots.dedup();
    for root in roots {
        let tables = loader.tables(&root).unwrap_or_else(|e| {
            errors.push(e);
            (Arc::new(ComputeTables::built_in()), Arc::new(LocalSettings::default()))
        });
        match loader.project(&root, tables) {
            Ok(project) => loader.loaded.projects.push(project),
            Err(e) => errors.push(e),
        }
    }
    (loader.finish(), errors)
}

/// Whether a file declares a `when`, or a family other than of steps.
fn expands(file: &ast::File, text: &str) -> bool {
    let is_family = |item: &ast::Item| match item {
        ast::Item::Decl(d) => d.family.is_some() && d.kind != ast::DeclKind::Step,
        _ => false,
    };
    let has_family = |item: &ast::Item| match item {
        ast::Item::Decl(d) if d.kind == ast::DeclKind::Pipeline => d.body.items.iter().any(is_family),
        _ => false,
    };
    // A word in a comment or string costs only time.
    text.contains("when") || file.items.iter().any(|i| is_family(i) || has_family(i))
}

/// The paths in calls of `file`.
fn reads(file: &ast::File, text: &str) -> Vec<SmolStr> {
    let mut out = Vec::new();
    // Walking the tree is only worthwhile for files that may have one.
    if text.contains("file(") {
        walk::walk(file, &mut |node| {
            let walk::SyntaxNode::Value(ast::Value { kind: ast::ValueKind::Function(name, arguments), .. }) = node
            else {
                return;
            };
            if let (true, [ast::CallArgument { value: ast::Value { kind: ast::ValueKind::Str(lit), .. }, .. }]) =
                (name.text == "file", arguments.as_slice())
            {
                out.extend(lit.plain());
            }
        });
    }
    out
}

struct Loader<'a> {
    files: &'a dyn Files,
    loaded: Loaded,
    units: HashMap<PathBuf, Arc<Unit>>,
    /// Files that are read, but not parsed yet.
    new: Vec<(FileId, PathBuf, Arc<str>)>,
    /// The paths of `new`.
    waiting: HashSet<PathBuf>,
    /// The boundary of each directory.
    boundaries: HashMap<PathBuf, Boundary>,
    cache: &'a mut Cache,
}

/// The maximum depth of directories with projects.
const SEARCH_DEPTH: usize = 8;

impl<'a> Loader<'a> {
    fn new(files: &'a dyn Files, cache: &'a mut Cache) -> Loader<'a> {
        let loaded = Loaded { sources: std::mem::take(&mut cache.sources), ..Loaded::default() };
        Loader {
            files,
            loaded,
            units: HashMap::new(),
            new: Vec::new(),
            waiting: HashSet::new(),
            boundaries: HashMap::new(),
            cache,
        }
    }

    /// Reads the packages, and returns the result.
    fn finish(mut self) -> Loaded {
        let Loaded { projects, sources, .. } = &mut self.loaded;
        super::pythons::read_packages(projects, sources, self.files, &mut self.cache.modules);
        self.cache.sources = self.loaded.sources.clone();
        self.loaded
    }

    fn roots_below(&mut self, dir: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), LoadError> {
        let entries = self.files.list(dir).map_err(|e| LoadError::Unreadable(dir.to_owned(), e.to_string()))?;
        // `./a.pipe` and `a.pipe` are the same file; imports use the second form.
        let entries: Vec<PathBuf> = entries.iter().map(|p| normal(p)).collect();
        let pipes: Vec<PathBuf> = entries.iter().filter(|p| is_pipe(p) && self.files.is_file(p)).cloned().collect();
        if !pipes.is_empty() {
            self.read_all(&pipes)?;
            found.extend(self.roots_among(&pipes));
            return Ok(());
        }
        if depth >= SEARCH_DEPTH {
            return Ok(());
        }
        for entry in entries {
            if !is_passed_over(&entry) && self.files.is_dir(&entry) {
                self.roots_below(&entry, depth + 1, found)?;
            }
        }
        Ok(())
    }

    /// The files that no other file of the list imports; the first file, if all are imported.
    fn roots_among(&self, pipes: &[PathBuf]) -> Vec<PathBuf> {
        let imported: HashSet<PathBuf> =
            pipes.iter().flat_map(|p| self.imports_of(p).into_iter().filter(move |i| i != p)).collect();
        let roots: Vec<PathBuf> = pipes.iter().filter(|p| !imported.contains(*p)).cloned().collect();
        if roots.is_empty() { pipes.iter().take(1).cloned().collect() } else { roots }
    }

    fn imports_of(&self, path: &Path) -> Vec<PathBuf> {
        let Some(unit) = self.units.get(path) else { return Vec::new() };
        unit.ast
            .items
            .iter()
            .filter_map(|i| match i {
                ast::Item::Import(import) => {
                    let written = import.path.plain()?;
                    Some(join(unit.dir(), self.nearest_import(unit, &written).as_deref().unwrap_or(&written)))
                }
                // A misspelled `import` counts as an import for finding roots.
                ast::Item::Bad(span) => {
                    let text = self.loaded.sources.slice(*span);
                    Some(join(unit.dir(), text.split('"').find(|part| part.ends_with(".pipe"))?))
                }
                _ => None,
            })
            .collect()
    }

    fn roots_of(&mut self, path: &Path) -> Result<Vec<PathBuf>, LoadError> {
        let path = normal(path);
        let dir = path.parent().unwrap_or(Path::new(""));
        let siblings: Vec<PathBuf> = self
            .files
            .list(dir)
            .unwrap_or_default()
            .iter()
            .map(|p| dir.join(p.file_name().unwrap_or_default()))
            .filter(|p| is_pipe(p) && self.files.is_file(p))
            .collect();
        // Only files that contain the name of this file can import it; do not parse the others.
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or("").as_bytes().to_vec();
        let mut candidates = vec![path.clone()];
        for sibling in siblings.iter().filter(|s| **s != path) {
            if self.files.read(sibling).is_ok_and(|bytes| bytes.windows(name.len().max(1)).any(|w| w == name)) {
                candidates.push(sibling.clone());
            }
        }
        self.read_all(&candidates)?;
        let importers: Vec<PathBuf> =
            candidates.iter().filter(|c| **c != path && self.imports_of(c).contains(&path)).cloned().collect();
        if importers.is_empty() {
            return Ok(vec![path]);
        }
        self.read_all(&siblings)?;
        let mut roots = self.roots_among(&siblings);
        roots.retain(|r| {
            let mut stack = vec![r.clone()];
            let mut seen = Vec::new();
            while let Some(at) = stack.pop() {
                if at == path {
                    return true;
                }
                if !seen.contains(&at) {
                    stack.extend(self.imports_of(&at));
                    seen.push(at);
                }
            }
            false
        });
        Ok(if roots.is_empty() { vec![path] } else { roots })
    }

    /// Reads and parses files, on all cores.
    fn read_all(&mut self, paths: &[PathBuf]) -> Result<(), LoadError> {
        for path in paths {
            self.read(path)?;
        }
        self.parse_new();
        Ok(())
    }

    /// Reads a file, unless it is already read.
    fn read(&mut self, path: &Path) -> Result<(), LoadError> {
        if self.units.contains_key(path) || self.waiting.contains(path) {
            return Ok(());
        }
        // In the project of a stranger, a link may lead anywhere.
        let boundary = self.boundary(path.parent().unwrap_or(Path::new("")));
        if !boundary.allows(self.files, path) {
            let why = format!("it is a link to a path outside {}", boundary.name());
            return Err(LoadError::Unreadable(path.to_owned(), why));
        }
        self.read_allowed(path)
    }

    /// Reads a file within the boundary of its project.
    fn read_allowed(&mut self, path: &Path) -> Result<(), LoadError> {
        let bytes = self.files.read(path).map_err(|e| LoadError::Unreadable(path.to_owned(), e.to_string()))?;
        if let Some(known) = self.cache.unit(&self.loaded.sources, path, &bytes) {
            self.loaded.diagnostics.extend(known.diagnostics.clone());
            self.units.insert(path.to_owned(), known.unit.clone());
            return Ok(());
        }
        let (text, bad) = decoded(bytes);
        let text: Arc<str> = text.into();
        let id = self.loaded.sources.add(path.to_owned(), text.clone());
        if let Some(at) = bad {
            let span = Span::new(id, at as u32, at as u32 + 1);
            self.loaded.diagnostics.push(messages::not_utf8(span));
        }
        self.waiting.insert(path.to_owned());
        self.new.push((id, path.to_owned(), text));
        Ok(())
    }

    /// Parses the files that were read, on all cores.
    fn parse_new(&mut self) {
        let new = std::mem::take(&mut self.new);
        self.waiting.clear();
        let known = &self.loaded.diagnostics;
        let parse = |(id, path, text): (FileId, PathBuf, Arc<str>)| {
            let mut parsed = syntax::parse(id, &text);
            let broken = parsed.diagnostics.has_errors();
            // Other errors of a file that is not text are consequences.
            if broken && known.has_error_in(Span::new(id, 0, text.len() as u32)) {
                parsed.diagnostics = Diagnostics::new();
            }
            let expands = expands(&parsed.file, &text);
            let reads = reads(&parsed.file, &text);
            (Unit { id, path, ast: parsed.file, broken, expands, reads }, parsed.diagnostics)
        };
        let parsed: Vec<(Unit, Diagnostics)> =
            if new.len() > 1 { new.into_par_iter().map(parse).collect() } else { new.into_iter().map(parse).collect() };
        for (unit, diagnostics) in parsed {
            let unit = Arc::new(unit);
            self.units.insert(unit.path.clone(), unit.clone());
            self.cache.units.insert(unit.path.clone(), Parsed { unit, diagnostics: diagnostics.clone() });
            self.loaded.diagnostics.extend(diagnostics);
        }
    }

    /// The boundary of a directory.
    fn boundary(&mut self, dir: &Path) -> Boundary {
        match self.boundaries.get(dir) {
            Some(boundary) => boundary.clone(),
            None => {
                let boundary = Boundary::around(self.files, dir);
                self.boundaries.insert(dir.to_owned(), boundary.clone());
                boundary
            }
        }
    }

    /// The tables and local settings next to a root file.
    fn tables(&mut self, root: &Path) -> Result<ProjectTables, LoadError> {
        let dir = root.parent().unwrap_or(Path::new(""));
        let boundary = self.boundary(dir);
        let files = Confined::new(self.files, &boundary);
        let path = dir.join("pipec.toml");
        let bytes = match files.is_file(&path) {
            true => files.read(&path).map_err(|e| LoadError::Unreadable(path.clone(), e.to_string()))?,
            false => Vec::new(),
        };
        if let Some((known, found)) = self.cache.tables.get(&path)
            && *known == bytes
        {
            return Ok(found.clone());
        }
        let mut tables = ComputeTables::built_in();
        let local = tables::extend(&mut tables, &String::from_utf8_lossy(&bytes))
            .map_err(|why| LoadError::Tables(path.clone(), why.to_string()))?;
        let known = (Arc::new(tables), Arc::new(local));
        self.cache.tables.insert(path, (bytes, known.clone()));
        Ok(known)
    }

    fn project(&mut self, root: &Path, (tables, local): ProjectTables) -> Result<Project, LoadError> {
        self.read_all(&[root.to_owned()])?;
        let boundary = self.boundary(root.parent().unwrap_or(Path::new("")));
        let mut project = Project {
            units: Vec::new(),
            imports: Vec::new(),
            tables,
            local,
            boundary,
            data: HashMap::new(),
            packages: Vec::new(),
        };
        let mut index: HashMap<PathBuf, usize> = HashMap::new();
        if let Some(unit) = self.units.get(root) {
            project.units.push(unit.clone());
            index.insert(root.to_owned(), 0);
        }
        let mut next = 0;
        while let Some(unit) = project.units.get(next).cloned() {
            let mut imports = Vec::new();
            for item in &unit.ast.items {
                let ast::Item::Import(import) = item else { continue };
                let errors = self.loaded.diagnostics.len();
                let found = self.import(&unit, import, &project.boundary).map(|path| match index.get(&path) {
                    Some(i) => *i,
                    None => {
                        let i = project.units.len();
                        if let Some(unit) = self.units.get(&path) {
                            project.units.push(unit.clone());
                        }
                        index.insert(path, i);
                        i
                    }
                });
                let is_right = self.loaded.diagnostics.len() == errors && !unit.broken;
                if let Some((first, _)) = imports.iter().find(|(_, to)| is_right && found.is_some() && *to == found) {
                    self.loaded.diagnostics.push(messages::imported_twice(import.span, *first));
                    continue;
                }
                imports.push((import.span, found));
            }
            project.imports.push(imports);
            next += 1;
        }
        self.report_cycles(&project);
        self.read_data(&mut project);
        Ok(project)
    }

    /// Reads the data files of a project. The checker reports those that do not exist.
    fn read_data(&mut self, project: &mut Project) {
        for unit in project.units.clone() {
            for written in &unit.reads {
                let path = join(unit.dir(), written);
                let Some(format) = DataFormat::of(&path) else { continue };
                if project.data.contains_key(&path) || !project.boundary.allows(self.files, &path) {
                    continue;
                }
                let Ok(bytes) = self.files.read(&path) else { continue };
                let value = match self.cache.data.get(&path).filter(|known| known.bytes == bytes).cloned() {
                    Some(known) => {
                        self.loaded.diagnostics.extend(known.diagnostics);
                        known.value
                    }
                    None => self.parse_data(&path, bytes, format),
                };
                project.data.insert(path, value);
            }
        }
    }

    fn parse_data(&mut self, path: &Path, bytes: Vec<u8>, format: DataFormat) -> Option<Arc<ast::Value>> {
        let (text, bad) = decoded(bytes.clone());
        let text: Arc<str> = text.into();
        let id = self.loaded.sources.add(path.to_owned(), text.clone());
        let mut diagnostics = Diagnostics::new();
        let value = match bad {
            Some(at) => {
                diagnostics.push(messages::not_utf8(Span::new(id, at as u32, at as u32 + 1)));
                None
            }
            None => match read_value(id, &text, format) {
                Ok(value) => Some(Arc::new(value)),
                Err(d) => {
                    diagnostics.push(*d);
                    None
                }
            },
        };
        self.loaded.diagnostics.extend(diagnostics.clone());
        self.cache.data.insert(path.to_owned(), ParsedData { bytes, value: value.clone(), diagnostics });
        value
    }

    /// Loads the file of an import and returns its path, or reports why it cannot.
    fn import(&mut self, unit: &Unit, import: &ast::Import, boundary: &Boundary) -> Option<PathBuf> {
        let span = import.path.span;
        let Some(written) = import.path.plain() else {
            self.loaded.diagnostics.push(messages::import_path(span));
            return None;
        };
        let path = join(unit.dir(), &written);
        if let Some(near) = self.nearest_import(unit, &written) {
            // Continue with the file that was meant, so that its names are known.
            self.loaded.diagnostics.push(messages::misspelled_import(span, &written, &near));
            return Some(join(unit.dir(), &near)).filter(|path| {
                boundary.allows(self.files, path)
                    && (self.units.contains_key(path)
                        || self.read_allowed(path).is_ok_and(|()| {
                            self.parse_new();
                            true
                        }))
            });
        }
        if !is_pipe(&path) {
            self.loaded.diagnostics.push(messages::not_a_pipe_file(span, &written));
            return None;
        }
        if !boundary.allows(self.files, &path) {
            self.loaded.diagnostics.push(messages::outside_project(span, &written, boundary.name()));
            return None;
        }
        if self.units.contains_key(&path) {
            return Some(path);
        }
        if self.files.is_file(&path) {
            match self.read_allowed(&path) {
                Ok(()) => {
                    self.parse_new();
                    return Some(path);
                }
                Err(e) => {
                    self.loaded.diagnostics.push(messages::import_unreadable(span, &e.to_string()));
                    return None;
                }
            }
        }
        self.loaded.diagnostics.push(messages::import_not_found(span, &written, &path));
        None
    }

    /// The path of another `.pipe` file that was meant by a path that does not exist.
    fn nearest_import(&self, unit: &Unit, written: &str) -> Option<String> {
        let path = join(unit.dir(), written);
        if self.units.contains_key(&path) || self.files.is_file(&path) {
            return None;
        }
        let near = nearest_path(self.files, unit.dir(), written)?;
        let found = join(unit.dir(), &near);
        (is_pipe(&found) && found != unit.path).then_some(near)
    }

    fn report_cycles(&mut self, project: &Project) {
        let edges = project
            .imports
            .iter()
            .enumerate()
            .flat_map(|(from, imports)| imports.iter().filter_map(move |(span, to)| Some((from, (*to)?, *span))));
        for cycle in crate::source::cycles(project.units.len(), edges) {
            let Some((first, rest)) = cycle.split_first() else { continue };
            let file = |span: &Span| self.loaded.sources.path(span.file).display().to_string();
            let files: Vec<String> = cycle.iter().map(file).collect();
            self.loaded.diagnostics.push(messages::import_cycle(*first, rest, &files));
        }
    }
}
