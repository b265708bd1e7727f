//! The declarations of a project by name, and what each file can see of them.

use std::collections::{HashMap, HashSet};

use smol_str::SmolStr;

use super::messages;
use crate::diag::{Candidate, Diagnostics};
use crate::project::Project;
use crate::source::{SourceMap, Span};
use crate::syntax::ast::{self, BindingKind, DeclKind, Item};

/// A declaration and its unit.
#[derive(Debug)]
pub struct InFile<'a, T> {
    pub unit: usize,
    pub decl: &'a T,
}

// `#[derive]` would require `T: Clone` and `T: Copy`.
impl<T> Clone for InFile<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for InFile<'_, T> {}

/// The names of one file.
#[derive(Debug, Default)]
pub struct Names<'a> {
    pub lets: HashMap<SmolStr, &'a ast::Binding>,
    pub computes: HashMap<SmolStr, &'a ast::Decl>,
    pub pipelines: HashMap<SmolStr, &'a ast::Decl>,
}

/// The names of a project.
#[derive(Debug)]
pub struct Symbols<'a> {
    pub project: &'a Project,
    names: Vec<Names<'a>>,
    pub vars: HashMap<SmolStr, InFile<'a, ast::Binding>>,
    pub targets: Vec<InFile<'a, ast::Decl>>,
    pub packages: Vec<InFile<'a, ast::PackageDecl>>,
    pub pipelines: Vec<InFile<'a, ast::Decl>>,
    /// Text that did not parse; it may declare any name.
    bad_text: String,
    /// The words of `bad_text`.
    bad_words: HashSet<SmolStr>,
    /// A file that could not be read may declare anything.
    unread: bool,
}

impl<'a> Symbols<'a> {
    pub fn collect(project: &'a Project, sources: &SourceMap, diagnostics: &mut Diagnostics) -> Symbols<'a> {
        let mut s = Symbols {
            project,
            names: Vec::new(),
            vars: HashMap::new(),
            targets: Vec::new(),
            packages: Vec::new(),
            pipelines: Vec::new(),
            bad_text: String::new(),
            bad_words: HashSet::new(),
            unread: false,
        };
        let mut by_lower_case: HashMap<SmolStr, Span> = HashMap::new();
        for (unit, file) in project.units.iter().enumerate() {
            let mut names = Names::default();
            for item in &file.ast.items {
                match item {
                    Item::Binding(b) if b.kind == BindingKind::Let => {
                        declare(&mut names.lets, &b.name, b, |b| b.name.span, diagnostics);
                    }
                    Item::Binding(b) if b.kind == BindingKind::Var => {
                        if let Some(first) = s.vars.get(&b.name.text) {
                            duplicate("var", &b.name, first.decl.name.span, diagnostics);
                        } else {
                            s.vars.insert(b.name.text.clone(), InFile { unit, decl: b });
                        }
                    }
                    Item::Decl(d) => match d.kind {
                        DeclKind::Cluster | DeclKind::Environment => {
                            declare(&mut names.computes, &d.name, d.as_ref(), |d| d.name.span, diagnostics);
                        }
                        DeclKind::Pipeline => {
                            // File systems may ignore case.
                            let lower = SmolStr::from(d.name.text.to_ascii_lowercase());
                            if let Some(first) = by_lower_case.get(&lower).copied() {
                                duplicate("pipeline", &d.name, first, diagnostics);
                            } else {
                                by_lower_case.insert(lower, d.name.span);
                                names.pipelines.insert(d.name.text.clone(), d);
                                s.pipelines.push(InFile { unit, decl: d });
                            }
                        }
                        DeclKind::Target => {
                            if let Some(first) = s.targets.iter().find(|p| p.decl.name.text == d.name.text) {
                                duplicate("target", &d.name, first.decl.name.span, diagnostics);
                            } else {
                                s.targets.push(InFile { unit, decl: d });
                            }
                        }
                        DeclKind::Step => {}
                    },
                    Item::Package(p) => {
                        if let Some(first) = s.packages.iter().find(|o| o.decl.name.text == p.name.text) {
                            duplicate("package", &p.name, first.decl.name.span, diagnostics);
                        } else {
                            s.packages.push(InFile { unit, decl: p });
                        }
                    }
                    _ => {}
                }
                collect_bad(std::slice::from_ref(item), sources, &mut s.bad_text);
            }
            s.names.push(names);
        }
        for (name, var) in &s.vars {
            for (unit, names) in s.names.iter().enumerate() {
                let Some(other) = names.lets.get(name) else { continue };
                match (var.unit, var.decl.span) < (unit, other.span) {
                    true => duplicate("value", &other.name, var.decl.name.span, diagnostics),
                    false => duplicate("value", &var.decl.name, other.name.span, diagnostics),
                }
            }
        }
        let words = s.bad_text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        s.bad_words = words.map(SmolStr::from).collect();
        s.unread = project.imports.iter().flatten().any(|(_, to)| to.is_none()) || s.bad_text.contains(".pipe\"");
        s
    }

    /// The units whose names are in scope in a file: itself, then its imports.
    pub fn visible_units(&self, unit: usize) -> impl Iterator<Item = usize> + '_ {
        let imports = self.project.imports.get(unit).map(Vec::as_slice).unwrap_or_default();
        std::iter::once(unit).chain(imports.iter().filter_map(|(_, to)| *to))
    }

    fn lookup<T>(&self, unit: usize, f: impl Fn(&Names<'a>) -> Option<&'a T>) -> Option<InFile<'a, T>> {
        self.visible_units(unit).find_map(|u| Some(InFile { unit: u, decl: f(self.names.get(u)?)? }))
    }

    pub fn find_let(&self, unit: usize, name: &str) -> Option<InFile<'a, ast::Binding>> {
        self.lookup(unit, |n| n.lets.get(name).copied())
    }

    pub fn find_compute(&self, unit: usize, name: &str) -> Option<InFile<'a, ast::Decl>> {
        self.lookup(unit, |n| n.computes.get(name).copied())
    }

    pub fn find_pipeline(&self, unit: usize, name: &str) -> Option<InFile<'a, ast::Decl>> {
        self.lookup(unit, |n| n.pipelines.get(name).copied())
    }

    /// A file other than `unit` that declares a cluster or environment of this name.
    pub fn compute_elsewhere(&self, unit: usize, name: &str) -> Option<&'a crate::project::Unit> {
        let (at, _) = self.names.iter().enumerate().find(|(i, n)| *i != unit && n.computes.contains_key(name))?;
        self.project.units.get(at).map(std::sync::Arc::as_ref)
    }

    /// The names of values in scope of a file, for suggestions.
    pub fn value_names(&self, unit: usize) -> Vec<Candidate<'a>> {
        let lets = self.visible_units(unit).filter_map(|u| self.names.get(u)).flat_map(|n| n.lets.values().copied());
        let all =
            lets.chain(self.vars.values().map(|v| v.decl)).map(|b| Candidate::declared(&b.name.text, b.name.span));
        sorted(all)
    }

    /// The clusters and environments in scope of a file, by name.
    pub fn computes(&self, unit: usize) -> impl Iterator<Item = &'a ast::Decl> {
        let names = self.visible_units(unit).filter_map(|u| self.names.get(u));
        let mut all: Vec<&'a ast::Decl> = names.flat_map(|n| n.computes.values().copied()).collect();
        all.sort_unstable_by_key(|d| d.name.text.as_str());
        all.into_iter()
    }

    /// Their names, for suggestions.
    pub fn compute_names(&self, unit: usize) -> Vec<Candidate<'a>> {
        self.computes(unit).map(|d| Candidate::declared(&d.name.text, d.name.span)).collect()
    }

    /// The pipelines in scope of a file.
    pub fn pipeline_names(&self, unit: usize) -> Vec<Candidate<'a>> {
        let all = self
            .visible_units(unit)
            .filter_map(|u| self.names.get(u))
            .flat_map(|n| n.pipelines.values())
            .map(|d| Candidate::declared(&d.name.text, d.name.span));
        sorted(all)
    }

    /// A pipeline with a parameter of this name, and the parameter.
    pub fn param_of_any(&self, name: &str) -> Option<(&'a str, Span)> {
        self.pipelines.iter().find_map(|p| {
            let param = p.decl.params().find(|param| param.name.text == name)?;
            Some((p.decl.name.text.as_str(), param.name.span))
        })
    }

    /// Whether a name may be declared in text that did not parse, or in a file that could not be read.
    pub fn maybe_declared(&self, name: &str) -> bool {
        let word = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        self.unread || if word { self.bad_words.contains(name) } else { self.bad_text.contains(name) }
    }

    /// What a file declares.
    pub fn declared_in(&self, unit: usize) -> Option<&Names<'a>> {
        self.names.get(unit)
    }
}

fn sorted<'a>(names: impl Iterator<Item = Candidate<'a>>) -> Vec<Candidate<'a>> {
    let mut names: Vec<Candidate<'a>> = names.collect();
    names.sort_unstable_by_key(|n| n.text);
    names
}

fn declare<'a, T>(
    map: &mut HashMap<SmolStr, &'a T>,
    name: &ast::Ident,
    decl: &'a T,
    span: impl Fn(&T) -> Span,
    diagnostics: &mut Diagnostics,
) {
    match map.get(&name.text) {
        Some(first) => duplicate("name", name, span(first), diagnostics),
        None => {
            map.insert(name.text.clone(), decl);
        }
    }
}

/// Reports a second declaration of `name`.
pub fn duplicate(what: &str, name: &ast::Ident, first: Span, diagnostics: &mut Diagnostics) {
    diagnostics.push(messages::declared_twice(what, name, first));
}

fn collect_bad(items: &[Item], sources: &SourceMap, out: &mut String) {
    for item in items {
        match item {
            Item::Bad(span) => {
                out.push_str(sources.slice(*span));
                out.push('\n');
            }
            Item::Decl(d) => {
                collect_bad(&d.body.items, sources, out);
            }
            Item::If(i) => {
                collect_bad(&i.then.items, sources, out);
                if let Some(otherwise) = &i.otherwise {
                    collect_bad(&otherwise.items, sources, out);
                }
            }
            Item::For(f) => collect_bad(&f.body.items, sources, out),
            Item::When(w) => {
                collect_bad(&w.then.items, sources, out);
                if let Some(otherwise) = &w.otherwise {
                    collect_bad(&otherwise.items, sources, out);
                }
            }
            _ => {}
        }
    }
}
