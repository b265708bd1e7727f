//! Finds functions by module and name, follows re-exports, and resolves annotations.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use super::layout::SourceLayout;
use super::modules::Modules;
use super::types::PyType;
use crate::python::{self, Annotation, Class, Function, Literal, Module, ModuleBinding, Name, Returned, SyntaxError};
use crate::source::{FileId, Files, SourceMap, Span, decoded};

/// The maximum number of steps from module to module, and of levels in a type.
const DEPTH: usize = 24;
/// Larger modules are not read, in bytes.
const LARGEST: usize = 1 << 20;
/// The maximum number of names to resolve for one function, because types can refer to each other without end.
const BUDGET: usize = 4000;

/// A parameter with its resolved type.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    pub written: python::PyParam,
    pub ty: PyType,
}

/// The signature of a function that can be relied on.
#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    /// The span of its name.
    pub span: Span,
    /// Its parameters, except `*args` and `**kwargs`.
    pub params: Vec<Parameter>,
    /// The type of `**kwargs`, if it has them.
    pub kwargs: Option<PyType>,
    /// The return type and its annotation.
    pub returns: Option<(PyType, Span)>,
    /// Each `return` with a value: its shape, and the type of a record.
    pub returned: Vec<(Returned, Option<PyType>)>,
    /// The first `yield`.
    pub yields: Option<Span>,
    /// Whether its body does not show what is returned.
    pub stub: bool,
}

/// Why a function was not found.
#[derive(Clone, Debug, PartialEq)]
pub enum Missing {
    /// The module does not exist.
    Module,
    /// The module does not contain the name, but these functions.
    Function {
        /// The last module of the search.
        module: String,
        /// Its functions.
        known: Vec<(String, Span)>,
        /// The span of the import, or the start of its file.
        at: Option<Span>,
    },
    /// The file of the module cannot be read, with the reason.
    Unreadable(String),
    /// The module is not valid Python.
    NotPython(SyntaxError),
    /// The name is not a function.
    NotFunction(Span),
}

/// The result of a lookup.
#[derive(Clone, Debug, PartialEq)]
pub enum Lookup {
    /// A function with a signature to check calls against.
    Signature(Box<Signature>),
    /// Something that may be callable, with the span of its binding.
    Unknown(Option<Span>),
    /// Nothing callable.
    Missing(Missing),
}

/// A module that opens files, or reads task values.
#[derive(Clone, Debug)]
pub struct Reached {
    pub path: PathBuf,
    /// The files it opens.
    pub opened: Vec<python::Opened>,
    /// Its text, if it reads task values.
    pub task_values: Option<String>,
}

/// The text of a module.
struct ModuleText {
    path: PathBuf,
    text: Arc<str>,
    package: bool,
    /// The first byte that is not UTF-8.
    bad: Option<u32>,
}

/// `None` if the module has no readable file, is too large, or declares another encoding.
fn text_of(files: &dyn Files, modules: &Modules<'_>, name: &str) -> Option<ModuleText> {
    let found = modules.resolve(name)?;
    let path = found.file?;
    let bytes = files.read(&path).ok()?;
    if bytes.len() > LARGEST {
        return None;
    }
    let head = bytes.split(|b| *b == b'\n').take(2).collect::<Vec<_>>().join(&b'\n');
    let coded = String::from_utf8_lossy(&head).contains("coding");
    let (text, bad) = decoded(bytes);
    // The file declares another encoding.
    if bad.is_some() && coded {
        return None;
    }
    Some(ModuleText { path, text: text.into(), package: found.package, bad: bad.map(|at| at as u32) })
}

/// The functions of a module, in order. Imported names are only those of a package's own modules by convention, so they
/// are not offered.
fn callable(module: &Module) -> Vec<(String, Span)> {
    let mut known: Vec<(String, Span)> = module
        .names
        .iter()
        .filter(|(_, n)| matches!(n.binding, ModuleBinding::Function(_)))
        .map(|(name, n)| (name.clone(), n.span))
        .collect();
    known.sort();
    known
}

fn parse(name: &str, text: &ModuleText, file: FileId) -> Result<Arc<Read>, SyntaxError> {
    if let Some(at) = text.bad {
        let span = Span::new(file, at, at + 1);
        return Err(SyntaxError { message: "it is not valid UTF-8".to_owned(), span });
    }
    let module = python::read(&text.text, file, name, text.package)?;
    Ok(Arc::new(Read { name: name.to_owned(), file, module }))
}

#[derive(Debug)]
struct Read {
    name: String,
    file: FileId,
    module: Module,
}

/// Parsed modules, which are reused while their text is the same.
#[derive(Debug, Default)]
pub struct ParsedModules {
    by_name: HashMap<(FileId, String), ParsedModule>,
}

#[derive(Debug)]
struct ParsedModule {
    text: Arc<str>,
    read: Result<Arc<Read>, SyntaxError>,
}

impl ParsedModules {
    fn get(&self, name: &str, text: &ModuleText, file: FileId) -> Option<Result<Arc<Read>, SyntaxError>> {
        let known = self.by_name.get(&(file, name.to_owned()))?;
        (known.text == text.text && text.bad.is_none()).then(|| known.read.clone())
    }

    fn keep(&mut self, name: &str, text: ModuleText, file: FileId, read: &Result<Arc<Read>, SyntaxError>) {
        self.by_name.insert((file, name.to_owned()), ParsedModule { text: text.text, read: read.clone() });
    }
}

/// Reads modules on demand, each once.
pub struct Functions<'a> {
    files: &'a dyn Files,
    modules: Modules<'a>,
    sources: &'a mut SourceMap,
    read: HashMap<String, Result<Option<Arc<Read>>, SyntaxError>>,
    parsed: &'a mut ParsedModules,
    /// The names visited for one function, because modules may import from each other in cycles.
    searched: HashSet<(String, String)>,
    /// The number of records around the current one.
    records: usize,
    /// The number of names that may still be resolved for this function.
    budget: usize,
}

/// Decorators that preserve signature and result.
const TRANSPARENT: &[&str] = &[
    "functools.cache",
    "functools.lru_cache",
    "typing.final",
    "typing.override",
    "typing.no_type_check",
    "typing.deprecated",
    "warnings.deprecated",
];

impl<'a> Functions<'a> {
    /// The functions of a layout. Files that are read are added to `sources`; modules in `parsed` are reused.
    pub fn new(
        files: &'a dyn Files,
        layout: &SourceLayout,
        sources: &'a mut SourceMap,
        parsed: &'a mut ParsedModules,
    ) -> Functions<'a> {
        Functions {
            files,
            modules: Modules::new(files, layout.clone()),
            sources,
            read: HashMap::new(),
            parsed,
            searched: HashSet::new(),
            records: 0,
            budget: 0,
        }
    }

    /// The callable names of a module, with the spans of their bindings.
    pub fn names(&mut self, module: &str) -> Vec<(String, Span)> {
        match self.module(module) {
            Ok(Some(read)) => callable(&read.module),
            _ => Vec::new(),
        }
    }

    /// Finds a function.
    pub fn find(&mut self, module: &str, function: &str) -> Lookup {
        self.searched.clear();
        self.budget = BUDGET;
        self.follow(module, function, None, 0)
    }

    /// The modules that can be reached by imports, and that open files or read task values.
    pub fn reached(&mut self, from: &[String]) -> Vec<Reached> {
        let mut seen: HashSet<String> = from.iter().cloned().collect();
        let mut order: Vec<String> = from.to_vec();
        let mut out = Vec::new();
        let mut next = 0;
        while let Some(name) = order.get(next).cloned() {
            next += 1;
            let Ok(Some(read)) = self.module(&name) else { continue };
            let Module { opened, task_values, .. } = &read.module;
            if !opened.is_empty() || task_values.is_some() {
                let path = self.sources.path(read.file).to_owned();
                out.push(Reached { path, opened: opened.clone(), task_values: task_values.clone() });
            }
            for import in &read.module.imports {
                // An import with another first name is outside the project.
                if order.len() < 20_000 && !seen.contains(import) && self.modules.has_top(import) {
                    seen.insert(import.clone());
                    if self.modules.resolve(import).is_some() {
                        order.push(import.clone());
                    }
                }
            }
        }
        out
    }

    /// `Ok(None)`: it cannot be read.
    fn module(&mut self, name: &str) -> Result<Option<Arc<Read>>, SyntaxError> {
        if let Some(known) = self.read.get(name) {
            return known.clone();
        }
        let found = self.load(name);
        self.read.insert(name.to_owned(), found.clone());
        found
    }

    /// Reads modules ahead, on all cores.
    pub fn preload(&mut self, names: &[String]) {
        let (files, modules) = (self.files, &self.modules);
        let found: Vec<(String, Option<ModuleText>)> =
            names.par_iter().map(|name| (name.clone(), text_of(files, modules, name))).collect();
        let mut new: Vec<(String, ModuleText, FileId)> = Vec::new();
        for (name, text) in found {
            let Some(text) = text else {
                self.read.insert(name, Ok(None));
                continue;
            };
            let file = self.sources.add(text.path.clone(), text.text.clone());
            match self.parsed.get(&name, &text, file) {
                Some(read) => {
                    self.read.insert(name, read.map(Some));
                }
                None => new.push((name, text, file)),
            }
        }
        let parsed: Vec<_> = new
            .into_par_iter()
            .map(|(name, text, file)| {
                let read = parse(&name, &text, file);
                (name, text, file, read)
            })
            .collect();
        for (name, text, file, read) in parsed {
            self.parsed.keep(&name, text, file, &read);
            self.read.insert(name, read.map(Some));
        }
    }

    fn load(&mut self, name: &str) -> Result<Option<Arc<Read>>, SyntaxError> {
        let Some(text) = text_of(self.files, &self.modules, name) else { return Ok(None) };
        let file = self.sources.add(text.path.clone(), text.text.clone());
        if let Some(read) = self.parsed.get(name, &text, file) {
            return read.map(Some);
        }
        let read = parse(name, &text, file);
        self.parsed.keep(name, text, file, &read);
        read.map(Some)
    }

    fn follow(&mut self, module: &str, name: &str, at: Option<Span>, depth: usize) -> Lookup {
        if depth > DEPTH {
            return Lookup::Unknown(at);
        }
        let Some(place) = self.modules.resolve(module) else {
            return if depth == 0 { Lookup::Missing(Missing::Module) } else { Lookup::Unknown(at) };
        };
        let read = match self.module(module) {
            Ok(Some(read)) => read,
            Ok(None) if place.file.is_some() => {
                // Too large, or in another encoding; if it cannot be read, it cannot be packed either.
                let unreadable = place.file.as_ref().filter(|_| depth == 0).and_then(|f| self.files.read(f).err());
                return match unreadable {
                    Some(e) => Lookup::Missing(Missing::Unreadable(e.to_string())),
                    None => Lookup::Unknown(at),
                };
            }
            Ok(None) => {
                let missing = Missing::Function { module: module.to_owned(), known: Vec::new(), at };
                return Lookup::Missing(missing);
            }
            Err(e) => return Lookup::Missing(Missing::NotPython(e)),
        };
        let own = read.module.names.get(name).cloned();
        let mut unsure = read.module.dynamic && own.is_none();
        let mut taken: Vec<Lookup> = Vec::new();
        for (star, span) in &read.module.stars {
            // A name that is bound after the star import keeps its binding.
            if own.as_ref().is_some_and(|n| n.sure && n.span.start > span.start) {
                continue;
            }
            if self.modules.resolve(star).is_none() {
                unsure |= own.is_none();
                continue;
            }
            if !self.exports(star, name) || !self.searched.insert((star.clone(), name.to_owned())) {
                continue;
            }
            match self.follow(star, name, at, depth + 1) {
                Lookup::Missing(Missing::Function { .. }) => {}
                found => taken.push(found),
            }
        }
        match (own, taken.len()) {
            (Some(found), 0) => return self.bound(&read, found, depth),
            (None, 1) if !unsure => return taken.remove(0),
            (None, 0) if !unsure => {}
            // Several bindings: it is unknown which one applies.
            _ => return Lookup::Unknown(at),
        }
        let at = at.or(Some(Span::new(read.file, 0, 0)));
        if self.modules.resolve(&format!("{module}.{name}")).is_some() && place.package {
            return Lookup::Missing(Missing::NotFunction(Span::new(read.file, 0, 0)));
        }
        Lookup::Missing(Missing::Function { module: module.to_owned(), known: callable(&read.module), at })
    }

    fn bound(&mut self, read: &Arc<Read>, found: Name, depth: usize) -> Lookup {
        if !found.sure {
            return Lookup::Unknown(Some(found.span));
        }
        match found.binding {
            ModuleBinding::Function(function) if !self.transparent(read, &function) => {
                Lookup::Unknown(Some(function.span))
            }
            ModuleBinding::Function(function) => Lookup::Signature(Box::new(self.signature(read, &function))),
            ModuleBinding::Class(class) => Lookup::Unknown(Some(class.span)),
            ModuleBinding::Import(module, Some(name)) if self.modules.resolve(&module).is_some() => {
                if self.modules.resolve(&format!("{module}.{name}")).is_some()
                    && matches!(self.module(&module), Ok(None))
                {
                    return Lookup::Missing(Missing::NotFunction(found.span));
                }
                self.follow(&module, &name, Some(found.span), depth + 1)
            }
            ModuleBinding::Import(_, Some(_)) => Lookup::Unknown(Some(found.span)),
            ModuleBinding::Import(_, None) | ModuleBinding::Data => Lookup::Missing(Missing::NotFunction(found.span)),
            ModuleBinding::Value(Annotation::Constant(c), _) if c != Literal::None => {
                Lookup::Missing(Missing::NotFunction(found.span))
            }
            ModuleBinding::Value(..) => Lookup::Unknown(Some(found.span)),
        }
    }

    /// Whether every decorator preserves the function's signature.
    fn transparent(&mut self, read: &Arc<Read>, f: &Function) -> bool {
        f.decorators.iter().all(|name| match self.meaning(read, name, 0) {
            Meaning::Known(absolute) => TRANSPARENT.contains(&absolute.as_str()),
            _ => false,
        })
    }

    /// Whether `from module import *` imports a name.
    fn exports(&mut self, module: &str, name: &str) -> bool {
        match self.module(module) {
            Ok(Some(read)) => match &read.module.all {
                Some(all) => all.iter().any(|n| n == name),
                None => !name.starts_with('_') || read.module.names.contains_key("__all__"),
            },
            _ => true,
        }
    }

    fn signature(&mut self, read: &Arc<Read>, f: &Function) -> Signature {
        let params =
            f.params.iter().map(|p| Parameter { ty: self.resolve(read, &p.ty, 0), written: p.clone() }).collect();
        let returned = f
            .returned
            .iter()
            .map(|r| {
                let record = match &r.shape {
                    python::Shape::Call(name) => Some(self.resolve(read, &Annotation::Name(name.clone()), 0))
                        .filter(|t| matches!(t, PyType::Record { .. })),
                    _ => None,
                };
                (r.clone(), record)
            })
            .collect();
        Signature {
            span: f.span,
            params,
            kwargs: f.kwargs.as_ref().map(|t| self.resolve(read, t, 0)),
            returns: f.returns.as_ref().map(|(t, span)| (self.resolve(read, t, 0), *span)),
            returned,
            yields: f.yields,
            stub: f.stub,
        }
    }

    fn resolve(&mut self, read: &Arc<Read>, ty: &Annotation, depth: usize) -> PyType {
        if depth > DEPTH || self.budget == 0 {
            return PyType::Any;
        }
        self.budget -= 1;
        match ty {
            Annotation::Any | Annotation::List => PyType::Any,
            Annotation::Constant(Literal::None) => PyType::None,
            Annotation::Constant(_) => PyType::Any,
            Annotation::Union(list) => self.union(read, list, depth),
            Annotation::Name(name) => match self.meaning(read, name, depth) {
                Meaning::Known(absolute) => PyType::known(&absolute),
                Meaning::Class(at, class) => self.record(&at, &class, name, depth),
                Meaning::Alias(at, ty) => self.resolve(&at, &ty, depth + 1),
                Meaning::Unknown => PyType::Any,
            },
            Annotation::Subscript(name, arguments) => {
                let Meaning::Known(absolute) = self.meaning(read, name, depth) else { return PyType::Any };
                let base = absolute.rsplit('.').next().unwrap_or(&absolute);
                let first = |c: &mut Self| arguments.first().map_or(PyType::Any, |a| c.resolve(read, a, depth + 1));
                match base {
                    "Optional" => PyType::Union(vec![first(self), PyType::None]),
                    "Union" => self.union(read, arguments, depth),
                    "Annotated" | "Final" | "Required" | "NotRequired" | "ReadOnly" => first(self),
                    "Literal" => {
                        let list: Option<Vec<Literal>> = arguments
                            .iter()
                            .map(|a| match a {
                                Annotation::Constant(c) => Some(c.clone()),
                                _ => None,
                            })
                            .collect();
                        list.map_or(PyType::Any, PyType::Literal)
                    }
                    _ => match PyType::known(&absolute) {
                        PyType::List(_) => PyType::List(Box::new(first(self))),
                        PyType::Dict(_) => PyType::Dict(Box::new(
                            arguments.get(1).map_or(PyType::Any, |a| self.resolve(read, a, depth + 1)),
                        )),
                        other => other,
                    },
                }
            }
        }
    }

    fn union(&mut self, read: &Arc<Read>, list: &[Annotation], depth: usize) -> PyType {
        let members: Vec<PyType> = list.iter().map(|t| self.resolve(read, t, depth + 1)).collect();
        if members.contains(&PyType::Any) { PyType::Any } else { PyType::Union(members) }
    }

    fn record(&mut self, at: &Arc<Read>, class: &Class, name: &str, depth: usize) -> PyType {
        let mut others = class.others.clone();
        let mut kind = PyType::record_kind(class.kind);
        let mut fields: Option<Vec<(String, PyType, Span)>> = Some(Vec::new());
        for base in &class.bases {
            let last = base.rsplit('.').next().unwrap_or(base);
            if matches!(last, "TypedDict" | "NamedTuple" | "Generic" | "object") {
                continue;
            }
            let inherited = match self.meaning(at, base, depth) {
                Meaning::Class(there, class) => self.record(&there, &class, base, depth + 1),
                _ => PyType::Any,
            };
            match inherited {
                PyType::Record { kind: k, fields: more, others: inherited, .. } => {
                    others.extend(inherited);
                    kind = kind.or((k == super::types::RecordKind::TypedDict).then_some(k));
                    fields = fields.zip(more).map(|(mut a, b)| {
                        a.extend(b);
                        a
                    });
                }
                _ => fields = None,
            }
        }
        let Some(kind) = kind else { return PyType::Any };
        if depth > DEPTH {
            return PyType::Any;
        }
        if class.open || self.records >= 2 {
            // Deeply nested records: their fields do not matter.
            fields = None;
        }
        if let Some(list) = &mut fields {
            for field in &class.fields {
                self.records += 1;
                let ty = self.resolve(at, &field.ty, depth + 1);
                self.records -= 1;
                list.retain(|(n, ..)| *n != field.name);
                list.push((field.name.clone(), ty, field.span));
            }
        }
        PyType::Record { kind, name: name.to_owned(), fields, others }
    }

    /// Resolves a dotted name in a module.
    fn meaning(&mut self, read: &Arc<Read>, name: &str, depth: usize) -> Meaning {
        if depth > DEPTH {
            return Meaning::Unknown;
        }
        let (first, rest) = name.split_once('.').map_or((name, None), |(a, b)| (a, Some(b)));
        let Some(found) = read.module.names.get(first).cloned() else {
            let builtin = rest.is_none() && !read.module.dynamic && read.module.stars.is_empty();
            return if builtin { Meaning::Known(first.to_owned()) } else { Meaning::Unknown };
        };
        match (found.binding, rest) {
            (ModuleBinding::Import(module, None), Some(rest)) => self.absolute(&format!("{module}.{rest}"), depth + 1),
            (ModuleBinding::Import(module, Some(name)), None) => self.absolute(&format!("{module}.{name}"), depth + 1),
            (ModuleBinding::Import(module, Some(name)), Some(rest)) => {
                self.absolute(&format!("{module}.{name}.{rest}"), depth + 1)
            }
            _ if !found.sure => Meaning::Unknown,
            (ModuleBinding::Class(class), None) => Meaning::Class(read.clone(), class),
            // A value that is an annotation is an alias.
            (ModuleBinding::Value(ty, None), None) if ty != Annotation::Any => Meaning::Alias(read.clone(), ty),
            _ => Meaning::Unknown,
        }
    }

    /// Resolves an absolute name, in the project or outside it.
    fn absolute(&mut self, path: &str, depth: usize) -> Meaning {
        let Some((module, name)) = path.rsplit_once('.') else { return Meaning::Unknown };
        let first = path.split('.').next().unwrap_or(path);
        if self.modules.resolve(first).is_none() {
            let path = path.strip_prefix("typing_extensions.").map_or(path.to_owned(), |p| format!("typing.{p}"));
            return Meaning::Known(path);
        }
        match self.module(module) {
            Ok(Some(read)) if read.name == module => self.meaning(&read, name, depth + 1),
            _ => Meaning::Unknown,
        }
    }
}

enum Meaning {
    /// A builtin, or a name outside the project.
    Known(String),
    Class(Arc<Read>, Box<Class>),
    Alias(Arc<Read>, Annotation),
    Unknown,
}
