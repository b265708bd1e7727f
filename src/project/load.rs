//! Finds roots, follows imports, parses each file once.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::{Project, Unit, tables};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::schema::ComputeTables;
use crate::source::{FileId, Files, SourceMap, Span};
use crate::syntax::{self, ast};

/// Everything that a command line named.
#[derive(Debug, Default)]
pub struct Loaded {
    /// All files read.
    pub sources: SourceMap,
    /// The projects in order of their roots.
    pub projects: Vec<Project>,
    /// What reading and parsing found.
    pub diagnostics: Diagnostics,
}

/// Why nothing could be loaded: a mistake in the call and not in a program.
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

impl std::fmt::Display for LoadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LoadError::NotFound(p) => write!(f, "`{}` does not exist", p.display()),
            LoadError::Empty(p) => write!(f, "there is no `.pipe` file in `{}`", p.display()),
            LoadError::Unreadable(p, why) => write!(f, "cannot read `{}`: {why}", p.display()),
            LoadError::Tables(p, why) => write!(f, "`{}`: {why}", p.display()),
        }
    }
}

impl std::error::Error for LoadError {}

/// Loads every project that the paths name.
///
/// A directory stands for the root files in it or, if it holds none, in the directories below it. A file stands for
/// itself or, if others of its directory import it, for the roots that do.
///
/// # Errors
/// A path that names no `.pipe` file, or a root file that cannot be read.
pub fn load(paths: &[PathBuf], files: &dyn Files) -> Result<Loaded, LoadError> {
    let mut loader = Loader { files, loaded: Loaded::default(), units: HashMap::new() };
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
    let mut seen = std::collections::HashSet::new();
    roots.retain(|r| seen.insert(r.clone()));
    let mut known_tables: HashMap<PathBuf, Arc<ComputeTables>> = HashMap::new();
    for root in roots {
        let tables = match known_tables.get(root.parent().unwrap_or(Path::new(""))) {
            Some(tables) => tables.clone(),
            None => {
                let tables = Arc::new(loader.tables(&root)?);
                known_tables.insert(root.parent().unwrap_or(Path::new("")).to_owned(), tables.clone());
                tables
            }
        };
        let project = loader.project(&root, tables)?;
        loader.loaded.projects.push(project);
    }
    let Loaded { projects, sources, .. } = &mut loader.loaded;
    super::pythons::read_packages(projects, sources, files);
    Ok(loader.loaded)
}

struct Loader<'a> {
    files: &'a dyn Files,
    loaded: Loaded,
    units: HashMap<PathBuf, Arc<Unit>>,
}

/// How deep directories are searched for projects.
const SEARCH_DEPTH: usize = 8;

impl Loader<'_> {
    fn roots_below(&mut self, dir: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), LoadError> {
        let entries = self.files.list(dir).map_err(|e| LoadError::Unreadable(dir.to_owned(), e.to_string()))?;
        // `./a.pipe` and `a.pipe` are one file: imports name it the second way.
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
            let name = entry.file_name().and_then(|n| n.to_str()).unwrap_or("");
            let skip =
                name.starts_with('.') || matches!(name, "build" | "target" | "node_modules" | "__pycache__" | "venv");
            if !skip && self.files.is_dir(&entry) {
                self.roots_below(&entry, depth + 1, found)?;
            }
        }
        Ok(())
    }

    /// The files that no other one of the list imports; all of a circle where nothing else would remain.
    fn roots_among(&self, pipes: &[PathBuf]) -> Vec<PathBuf> {
        let imported: Vec<PathBuf> =
            pipes.iter().flat_map(|p| self.imports_of(p).into_iter().filter(move |i| i != p)).collect();
        let roots: Vec<PathBuf> = pipes.iter().filter(|p| !imported.contains(p)).cloned().collect();
        if roots.is_empty() { pipes.iter().take(1).cloned().collect() } else { roots }
    }

    fn imports_of(&self, path: &Path) -> Vec<PathBuf> {
        let Some(unit) = self.units.get(path) else { return Vec::new() };
        unit.ast
            .items
            .iter()
            .filter_map(|i| match i {
                ast::Item::Import(import) => Some(join(unit.dir(), &import.path.plain()?)),
                // A misspelt `import` imports all the same, as far as the question is which files are roots.
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
        // Only a sibling that names this file can import it: do not parse the others.
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

    /// Reads and parses what is not parsed yet, on all cores.
    fn read_all(&mut self, paths: &[PathBuf]) -> Result<(), LoadError> {
        let mut new: Vec<(FileId, PathBuf, Arc<str>)> = Vec::new();
        for path in paths {
            if self.units.contains_key(path) || new.iter().any(|(_, p, _)| p == path) && paths.len() < 64 {
                continue;
            }
            let bytes = self.files.read(path).map_err(|e| LoadError::Unreadable(path.clone(), e.to_string()))?;
            let (text, bad) = match String::from_utf8(bytes) {
                Ok(text) => (text, None),
                Err(e) => {
                    let at = e.utf8_error().valid_up_to();
                    (String::from_utf8_lossy(e.as_bytes()).into_owned(), Some(at))
                }
            };
            let text: Arc<str> = text.into();
            let id = self.loaded.sources.add(path.clone(), text.clone());
            if let Some(at) = bad {
                let span = Span::new(id, at as u32, (at + '\u{fffd}'.len_utf8()) as u32);
                let d = Diagnostic::new(Code::BadText, span, "the file is not valid UTF-8 from here on");
                self.loaded.diagnostics.push(d.help("save it as UTF-8"));
            }
            new.push((id, path.clone(), text));
        }
        let known = &self.loaded.diagnostics;
        let parse = |(id, path, text): (FileId, PathBuf, Arc<str>)| {
            let mut parsed = syntax::parse(id, &text);
            let broken = parsed.diagnostics.has_errors();
            // What is wrong with a file that is no text follows from that.
            if text.contains('\u{fffd}') && broken && known.has_error_in(Span::new(id, 0, text.len() as u32)) {
                parsed.diagnostics = Diagnostics::new();
            }
            (Unit { id, path, ast: parsed.file, broken }, parsed.diagnostics)
        };
        let parsed: Vec<(Unit, Diagnostics)> =
            if new.len() > 1 { new.into_par_iter().map(parse).collect() } else { new.into_iter().map(parse).collect() };
        for (unit, diagnostics) in parsed {
            self.loaded.diagnostics.extend(diagnostics);
            self.units.insert(unit.path.clone(), Arc::new(unit));
        }
        Ok(())
    }

    fn tables(&self, root: &Path) -> Result<ComputeTables, LoadError> {
        let mut tables = ComputeTables::built_in();
        let path = root.parent().unwrap_or(Path::new("")).join("pipec.toml");
        if self.files.is_file(&path) {
            let bytes = self.files.read(&path).map_err(|e| LoadError::Unreadable(path.clone(), e.to_string()))?;
            tables::extend(&mut tables, &String::from_utf8_lossy(&bytes))
                .map_err(|why| LoadError::Tables(path, why))?;
        }
        Ok(tables)
    }

    fn project(&mut self, root: &Path, tables: Arc<ComputeTables>) -> Result<Project, LoadError> {
        self.read_all(&[root.to_owned()])?;
        let mut project = Project { units: Vec::new(), imports: Vec::new(), tables, packages: Vec::new() };
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
                let found = self.import(&unit, import).map(|path| match index.get(&path) {
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
                if let Some((first, _)) = imports.iter().find(|(_, to)| found.is_some() && *to == found) {
                    let d = Diagnostic::new(Code::GivenTwice, import.span, "this file is imported twice");
                    let d = d.also(*first, "imported first here").help("remove one of them");
                    self.loaded.diagnostics.push(d.fix("remove the import", vec![(import.span, String::new())]));
                    continue;
                }
                imports.push((import.span, found));
            }
            project.imports.push(imports);
            next += 1;
        }
        self.report_circles(&project);
        Ok(project)
    }

    /// The path of an import, loaded.
    fn import(&mut self, unit: &Unit, import: &ast::Import) -> Option<PathBuf> {
        let span = import.path.span;
        let Some(written) = import.path.plain() else {
            let d = Diagnostic::new(Code::ImportNotFound, span, "an import takes a plain path");
            self.loaded.diagnostics.push(d.help("write the path without `${...}`"));
            return None;
        };
        let path = join(unit.dir(), &written);
        if self.units.contains_key(&path) {
            return Some(path);
        }
        if self.files.is_file(&path) {
            match self.read_all(std::slice::from_ref(&path)) {
                Ok(()) => return Some(path),
                Err(e) => {
                    self.loaded.diagnostics.push(Diagnostic::new(Code::ImportNotFound, span, e.to_string()));
                    return None;
                }
            }
        }
        let siblings = self.files.list(unit.dir());
        let names: Vec<String> = siblings
            .unwrap_or_default()
            .iter()
            .filter(|p| is_pipe(p))
            .filter(|p| p.file_name() != unit.path.file_name())
            .filter_map(|p| p.file_name().and_then(|n| n.to_str()).map(str::to_owned))
            .collect();
        let d = Diagnostic::new(Code::ImportNotFound, span, format!("there is no file `{written}`"));
        let d = d.help(format!("the path is relative to this file: `{}` was looked for", path.display()));
        self.loaded.diagnostics.push(match crate::diag::nearest(&written, names.iter().map(String::as_str)) {
            Some(near) => d
                .help(format!("did you mean `{near}`?"))
                .suggestion(format!("use `{near}`"), vec![(span, format!("\"{near}\""))]),
            None => d,
        });
        None
    }

    fn report_circles(&mut self, project: &Project) {
        let edges = project
            .imports
            .iter()
            .enumerate()
            .flat_map(|(from, imports)| imports.iter().filter_map(move |(span, to)| Some((from, (*to)?, *span))));
        for circle in super::circles(project.units.len(), edges) {
            let Some((first, rest)) = circle.split_first() else { continue };
            let mut d = Diagnostic::new(Code::ImportCycle, *first, "these files import each other in a circle")
                .label("this import is part of the circle");
            for span in rest {
                d = d.also(*span, "and this one");
            }
            self.loaded.diagnostics.push(d.help("move what both need to a file that imports neither"));
        }
    }
}

fn is_pipe(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "pipe")
}

/// A path relative to a directory, without `.` and resolvable `..`.
pub(crate) fn join(dir: &Path, relative: &str) -> PathBuf {
    normal(&dir.join(relative))
}

fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}
