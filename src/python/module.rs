//! The names of a module.

use std::collections::HashMap;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Pattern, Stmt, StmtImport, StmtImportFrom};
use ruff_text_size::Ranged;

use super::annotation::{Annotation, Literal, constant, dotted};
use super::class::Class;
use super::data::{Opened, opened};
use super::depth::with_stack_for;
use super::function::Function;
use crate::source::{FileId, Span};

/// What a top-level name is bound to.
#[derive(Clone, Debug)]
pub enum ModuleBinding {
    /// A function.
    Function(Box<Function>),
    /// A class.
    Class(Box<Class>),
    /// A name of another module, or with `None` the module itself; dotted and absolute.
    Import(String, Option<String>),
    /// Data that is certainly not a function: a collection, or text and numbers that are computed.
    Data,
    /// A value: as an annotation (`Region = Literal["eu"]`), and its text if it is a string.
    Value(Annotation, Option<String>),
}

/// A top-level name.
#[derive(Clone, Debug)]
pub struct Name {
    /// The binding after the module has run.
    pub binding: ModuleBinding,
    /// Whether nothing else in the module may bind it.
    pub sure: bool,
    /// The span of the binding.
    pub span: Span,
}

/// A module.
#[derive(Clone, Debug, Default)]
pub struct Module {
    pub names: HashMap<String, Name>,
    /// Modules with `from x import *`, and the spans.
    pub stars: Vec<(String, Span)>,
    /// The value of `__all__`.
    pub all: Option<Vec<String>>,
    /// Whether it creates names in ways that the source does not show: `__getattr__`, `globals()`.
    pub dynamic: bool,
    /// Every imported module.
    pub imports: Vec<String>,
    /// Files that it opens.
    pub opened: Vec<Opened>,
    /// Its text, if it reads task values.
    pub task_values: Option<String>,
    /// Its docstring.
    pub docstring: Option<String>,
}

/// Why a module is not valid Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The message of the parser, without the position.
    pub message: String,
    pub span: Span,
}

/// Reads a module. `name` is its dotted name, `package` whether it is an `__init__.py`. If it is nested too deeply,
/// its names count as dynamic.
///
/// # Errors
/// Text that is not valid Python.
pub fn read(text: &str, file: FileId, name: &str, package: bool) -> Result<Module, SyntaxError> {
    with_stack_for(text, || read_here(text, file, name, package))
        .unwrap_or_else(|| Ok(Module { dynamic: true, ..Module::default() }))
}

fn read_here(text: &str, file: FileId, name: &str, package: bool) -> Result<Module, SyntaxError> {
    let parsed = ruff_python_parser::parse_module(text).map_err(|e| {
        let message = e.error.to_string();
        let (start, end) = (e.location.start().to_u32(), e.location.end().to_u32());
        SyntaxError { message, span: Span::new(file, start, end.max(start)) }
    })?;
    let body = parsed.suite();
    let mut reader = ModuleReader { file, name, package, module: Module::default() };
    reader.block(body, true);
    let mut anywhere = Anywhere { reader: &mut reader, inside: false };
    anywhere.visit_body(body);
    let mut module = reader.module;
    module.opened = opened(body, file);
    module.task_values = text.contains("taskValues").then(|| text.to_owned());
    module.docstring = match body.first() {
        Some(Stmt::Expr(e)) => match constant(&e.value) {
            Some(Literal::Str(text)) => Some(text),
            _ => None,
        },
        _ => None,
    };
    Ok(module)
}

struct ModuleReader<'t> {
    file: FileId,
    name: &'t str,
    package: bool,
    module: Module,
}

impl ModuleReader<'_> {
    fn bind(&mut self, name: &str, binding: ModuleBinding, at: &impl Ranged, always: bool) {
        let span = Span::new(self.file, at.start().to_u32(), at.end().to_u32());
        self.module.dynamic |= name == "__getattr__";
        // A statement that always runs replaces earlier bindings; for one that may run, both are possible.
        let sure = always || !self.module.names.contains_key(name);
        self.module.names.insert(name.to_owned(), Name { binding, sure, span });
    }

    fn block(&mut self, body: &[Stmt], always: bool) {
        for stmt in body {
            self.stmt(stmt, always);
        }
    }

    fn stmt(&mut self, stmt: &Stmt, always: bool) {
        match stmt {
            Stmt::FunctionDef(def) => {
                self.bind(
                    &def.name,
                    ModuleBinding::Function(Box::new(Function::read(def, self.file))),
                    &def.name,
                    always,
                );
            }
            Stmt::ClassDef(def) => {
                self.bind(&def.name, ModuleBinding::Class(Box::new(Class::read(def, self.file))), &def.name, always);
            }
            Stmt::Import(import) => self.import(import, always),
            Stmt::ImportFrom(import) => self.import_from(import, always),
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.assign(target, Some(&assign.value), always);
                }
            }
            // An annotation without a value binds nothing.
            Stmt::AnnAssign(assign) if assign.value.is_some() => {
                self.assign(&assign.target, assign.value.as_deref(), always);
            }
            Stmt::TypeAlias(alias) => self.assign(&alias.name, Some(&alias.value), always),
            Stmt::AugAssign(assign) => self.assign(&assign.target, None, false),
            Stmt::If(s) => {
                self.block(&s.body, false);
                s.elif_else_clauses.iter().for_each(|c| self.block(&c.body, false));
            }
            Stmt::Try(s) => {
                self.block(&s.body, false);
                for handler in &s.handlers {
                    let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
                    self.block(&handler.body, false);
                }
                self.block(&s.orelse, false);
                self.block(&s.finalbody, false);
            }
            Stmt::For(s) => {
                self.assign(&s.target, None, false);
                self.block(&s.body, false);
                self.block(&s.orelse, false);
            }
            Stmt::While(s) => {
                self.block(&s.body, false);
                self.block(&s.orelse, false);
            }
            Stmt::With(s) => {
                for item in &s.items {
                    if let Some(target) = &item.optional_vars {
                        self.assign(target, None, always);
                    }
                }
                self.block(&s.body, always);
            }
            Stmt::Match(s) => {
                for case in &s.cases {
                    self.pattern(&case.pattern);
                    self.block(&case.body, false);
                }
            }
            Stmt::Delete(s) => {
                for target in &s.targets {
                    self.assign(target, None, false);
                }
            }
            _ => {}
        }
    }

    fn assign(&mut self, target: &Expr, value: Option<&Expr>, always: bool) {
        match target {
            Expr::Name(name) => {
                if name.id.as_str() == "__all__" {
                    self.module.all = if always { value.and_then(names_in) } else { None };
                }
                let class = value.and_then(|v| Class::from_call(v, self.file));
                let binding = match (class, value) {
                    (Some(class), _) => ModuleBinding::Class(Box::new(class)),
                    (None, Some(value)) if is_data(value) => ModuleBinding::Data,
                    (None, Some(value)) => {
                        let text = match constant(value) {
                            Some(Literal::Str(text)) => Some(text),
                            _ => None,
                        };
                        ModuleBinding::Value(new_type(value).unwrap_or_else(|| Annotation::of(value)), text)
                    }
                    (None, None) => ModuleBinding::Value(Annotation::Any, None),
                };
                self.bind(&name.id, binding, name, always);
            }
            Expr::Tuple(t) => t.elts.iter().for_each(|e| self.assign(e, None, always)),
            Expr::List(t) => t.elts.iter().for_each(|e| self.assign(e, None, always)),
            Expr::Starred(s) => self.assign(&s.value, None, always),
            Expr::Subscript(s) if is_globals(&s.value) || dotted(&s.value).is_some_and(|n| n == "sys.modules") => {
                self.module.dynamic = true;
            }
            _ => {}
        }
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::MatchAs(p) => {
                if let Some(name) = &p.name {
                    self.bind(name, ModuleBinding::Value(Annotation::Any, None), name, false);
                }
                if let Some(inner) = &p.pattern {
                    self.pattern(inner);
                }
            }
            Pattern::MatchStar(p) => {
                if let Some(name) = &p.name {
                    self.bind(name, ModuleBinding::Value(Annotation::Any, None), name, false);
                }
            }
            Pattern::MatchSequence(p) => p.patterns.iter().for_each(|p| self.pattern(p)),
            Pattern::MatchOr(p) => p.patterns.iter().for_each(|p| self.pattern(p)),
            Pattern::MatchMapping(p) => p.patterns.iter().for_each(|p| self.pattern(p)),
            Pattern::MatchClass(p) => {
                p.arguments.patterns.iter().for_each(|p| self.pattern(p));
                p.arguments.keywords.iter().for_each(|k| self.pattern(&k.pattern));
            }
            Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => {}
        }
    }

    fn import(&mut self, import: &StmtImport, always: bool) {
        for alias in &import.names {
            let name = alias.name.as_str();
            match &alias.asname {
                Some(short) => self.bind(short, ModuleBinding::Import(name.to_owned(), None), alias, always),
                None => {
                    let first = name.split('.').next().unwrap_or(name);
                    self.bind(first, ModuleBinding::Import(first.to_owned(), None), alias, always);
                }
            }
        }
    }

    fn import_from(&mut self, import: &StmtImportFrom, always: bool) {
        let Some(module) = self.absolute(import) else {
            self.module.dynamic |= import.names.iter().any(|n| n.name.as_str() == "*");
            return;
        };
        for alias in &import.names {
            if alias.name.as_str() == "*" {
                let span = Span::new(self.file, alias.start().to_u32(), alias.end().to_u32());
                self.module.stars.push((module.clone(), span));
                continue;
            }
            let name = alias.asname.as_ref().unwrap_or(&alias.name);
            self.bind(name, ModuleBinding::Import(module.clone(), Some(alias.name.to_string())), alias, always);
        }
    }

    /// The absolute name of the module of an import.
    fn absolute(&self, import: &StmtImportFrom) -> Option<String> {
        let named = import.module.as_ref().map(|m| m.as_str());
        if import.level == 0 {
            return named.map(str::to_owned);
        }
        let mut parts: Vec<&str> = self.name.split('.').collect();
        let up = import.level as usize - usize::from(self.package);
        if up > parts.len() {
            return None;
        }
        parts.truncate(parts.len() - up);
        parts.extend(named);
        Some(parts.join("."))
    }
}

/// The strings of a list or tuple.
fn names_in(value: &Expr) -> Option<Vec<String>> {
    let elements = match value {
        Expr::List(l) => &l.elts,
        Expr::Tuple(t) => &t.elts,
        _ => return None,
    };
    elements
        .iter()
        .map(|e| match constant(e) {
            Some(Literal::Str(name)) => Some(name),
            _ => None,
        })
        .collect()
}

/// `NewType("Name", str)` counts as its base type.
fn new_type(value: &Expr) -> Option<Annotation> {
    let Expr::Call(call) = value else { return None };
    let name = dotted(&call.func)?;
    (name.rsplit('.').next() == Some("NewType")).then(|| call.arguments.args.get(1).map(Annotation::of)).flatten()
}

fn is_globals(expr: &Expr) -> bool {
    matches!(expr, Expr::Call(c) if dotted(&c.func).is_some_and(|n| n == "globals" || n == "vars"))
}

/// Collects what matters anywhere: imports in functions, `global`, `exec`.
struct Anywhere<'r, 't> {
    reader: &'r mut ModuleReader<'t>,
    inside: bool,
}

impl<'a> Visitor<'a> for Anywhere<'_, '_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Import(import) => {
                self.reader.module.imports.extend(import.names.iter().map(|n| n.name.to_string()));
            }
            Stmt::ImportFrom(import) => {
                if let Some(module) = self.reader.absolute(import) {
                    let imports = &mut self.reader.module.imports;
                    imports.extend(import.names.iter().map(|n| format!("{module}.{}", n.name)));
                    imports.push(module);
                }
            }
            Stmt::Global(global) => {
                for name in &global.names {
                    self.reader.bind(name, ModuleBinding::Value(Annotation::Any, None), name, false);
                }
            }
            _ => {}
        }
        let before = self.inside;
        self.inside |= matches!(stmt, Stmt::FunctionDef(_) | Stmt::ClassDef(_));
        walk_stmt(self, stmt);
        self.inside = before;
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => {
                let name = dotted(&call.func);
                let makes_names = match name.as_deref() {
                    Some("exec" | "globals") => true,
                    Some("setattr" | "vars" | "locals") => !self.inside,
                    _ => false,
                };
                self.reader.module.dynamic |= makes_names;
            }
            Expr::Named(named) if !self.inside => {
                if let Expr::Name(name) = &*named.target {
                    self.reader.bind(&name.id, ModuleBinding::Value(Annotation::Any, None), name, false);
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}
/// Whether an expression is a collection, or text and numbers that are computed.
fn is_data(value: &Expr) -> bool {
    match value {
        Expr::List(_) | Expr::Tuple(_) | Expr::Dict(_) | Expr::Set(_) => true,
        Expr::ListComp(_) | Expr::DictComp(_) | Expr::SetComp(_) | Expr::Generator(_) => true,
        Expr::FString(_) | Expr::Compare(_) => true,
        Expr::UnaryOp(e) => is_plain(&e.operand),
        Expr::BinOp(e) => is_plain(&e.left) || is_plain(&e.right),
        _ => false,
    }
}

/// Whether an operand is text or a number, so that the result is, too.
fn is_plain(value: &Expr) -> bool {
    matches!(value, Expr::StringLiteral(_) | Expr::NumberLiteral(_) | Expr::FString(_)) || is_data(value)
}
