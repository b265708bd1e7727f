//! Resolves `${...}` of bundles: known references become values or a `var`, others a `var` without a value.

use std::collections::{BTreeMap, HashSet};

use super::fields::raw;
use super::messages;
use super::names::{identifier, is_name, name};
use crate::data::MAX_NODES;
use crate::data::{TextPiece, Tree, TreeKey, TreeKind};
use crate::diag::Diagnostic;
use crate::source::Span;

/// A `var` of the project.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Variable {
    /// Its name in the input.
    key: String,
    /// Its name in source, which no parameter of a job may have.
    pub name: String,
    pub ty: &'static str,
    pub default: Option<Tree>,
    pub description: Option<String>,
    /// A list or object, which is expanded where it is used.
    pub complex: bool,
}

/// The variables of a bundle.
#[derive(Clone, Debug)]
pub(super) struct Variables {
    /// The name of the bundle. In other formats, `${...}` in strings is not a reference.
    bundle: Option<String>,
    list: Vec<Variable>,
    /// Values that targets set outside their `variables`.
    set: BTreeMap<String, Vec<(String, Tree)>>,
    /// Names that a var cannot have.
    pub taken: HashSet<String>,
    /// The number of values that were substituted.
    spent: usize,
    /// The pipeline of each job.
    pub jobs: BTreeMap<String, String>,
    /// Vars for places where targets differ.
    made: Vec<String>,
}

/// The maximum length of a setting of a target, in bytes.
const MAX_FIXED: usize = 64 << 10;
/// The maximum nesting of variables.
const MAX_ROUNDS: usize = 32;

impl Variables {
    pub fn new(bundle: Option<&str>) -> Variables {
        Variables {
            bundle: bundle.map(str::to_owned),
            list: Vec::new(),
            set: BTreeMap::new(),
            taken: HashSet::new(),
            spent: 0,
            jobs: BTreeMap::new(),
            made: Vec::new(),
        }
    }

    /// Declares a variable of the bundle.
    pub fn declare(&mut self, key: &TreeKey, declared: &Tree, diagnostics: &mut Vec<Diagnostic>) {
        let description = declared.text_of("description").map(str::to_owned);
        let default = if declared.is_map() { declared.get("default").cloned() } else { Some(declared.clone()) };
        let complex = declared.text_of("type") == Some("complex")
            || default.as_ref().is_some_and(|d| matches!(d.kind, TreeKind::Map(_) | TreeKind::List(_)));
        if let Some((lookup, _)) = declared.entry("lookup") {
            diagnostics.push(messages::lookup_variable(lookup.span, &key.text));
        }
        // The field determines the type, not the quotes.
        let default = default.map(|d| typed(&d));
        let ty = default.as_ref().map_or("string", |d| type_of(&d.kind));
        let name = self.free(&if is_name(&key.text) { key.text.to_string() } else { identifier(&key.text) });
        self.list.push(Variable { key: key.text.to_string(), name, ty, default, description, complex });
    }

    /// Resolves references in defaults, in as many rounds as they are nested.
    pub fn settle(&mut self, diagnostics: &mut Vec<Diagnostic>) {
        let written: Vec<Option<Tree>> = self.list.iter().map(|v| v.default.clone()).collect();
        for round in 0..=MAX_ROUNDS {
            let mut changed = false;
            for (i, default) in written.iter().enumerate() {
                let Some(default) = default.as_ref().filter(|_| self.list.get(i).is_some_and(|v| !v.complex)) else {
                    continue;
                };
                let settled = self.replaced(default, diagnostics, 0);
                let Some(variable) = self.list.get_mut(i) else { continue };
                if variable.default.as_ref() == Some(&settled) {
                    continue;
                }
                changed = true;
                if round == MAX_ROUNDS {
                    diagnostics.push(messages::default_of_itself(default.span, &variable.name));
                    variable.default = Some(Tree { kind: TreeKind::Text(String::new()), ..default.clone() });
                    return;
                }
                variable.default = Some(settled);
            }
            if !changed {
                return;
            }
        }
    }

    /// Sets another default for a declared variable.
    pub fn given(&mut self, key: &TreeKey, value: &Tree) {
        if let Some(variable) = self.list.iter_mut().find(|v| v.key == key.text.as_str()) {
            let value = typed(value);
            variable.ty = type_of(&value.kind);
            variable.complex = matches!(value.kind, TreeKind::Map(_) | TreeKind::List(_));
            variable.default = Some(value);
        }
    }

    /// Declares a name for a value that is expanded where it is used.
    pub fn local(&mut self, key: &TreeKey, value: &Tree) {
        let name = key.text.to_string();
        self.list.push(Variable {
            key: name.clone(),
            name,
            ty: "string",
            default: Some(value.clone()),
            description: None,
            complex: true,
        });
    }

    /// Creates a var for a place where targets differ.
    pub fn made(&mut self, path: &[String], value: TreeKind) -> String {
        let name = self.free(&identifier(&path.join("_")));
        self.made.push(name.clone());
        let default = Tree { kind: value, ..Tree::default() };
        self.list.push(Variable {
            key: String::new(),
            name: name.clone(),
            ty: type_of(&default.kind),
            default: Some(default),
            description: None,
            complex: false,
        });
        name
    }

    /// A free name for a var, similar to the wanted one.
    fn free(&self, wanted: &str) -> String {
        let is_taken = |name: &str| self.taken.contains(name) || self.list.iter().any(|v| v.name == name);
        let mut name = wanted.to_owned();
        if is_taken(&name) {
            name.push_str("_var");
        }
        while is_taken(&name) {
            name.push('_');
        }
        name
    }

    /// Whether a var was created for one place.
    pub fn is_made(&self, name: &str) -> bool {
        self.made.iter().any(|m| m == name)
    }

    /// Sets a var in a target.
    pub fn set(&mut self, target: &str, name: String, value: Tree) {
        self.set.entry(target.to_owned()).or_default().push((name, value));
    }

    /// The declarations of all vars that are not expanded in place, as source.
    pub fn source(&self) -> String {
        let simple = self.list.iter().filter(|v| !v.complex);
        simple.map(Variable::declaration).collect()
    }

    /// The same with a value for every var.
    pub fn context(&self) -> String {
        let mut all = self.clone();
        for variable in &mut all.list {
            variable.default.get_or_insert(Tree { kind: TreeKind::Text(String::new()), ..Tree::default() });
        }
        all.source()
    }

    /// The vars that a target sets.
    pub fn of_target(&mut self, target: &str, own: Option<&Tree>, diagnostics: &mut Vec<Diagnostic>) -> String {
        let mut out = String::new();
        for (key, value) in own.map(Tree::entries).unwrap_or_default() {
            let value = if value.is_map() { value.get("default") } else { Some(value) };
            let known = self.list.iter().find(|v| v.key == key.text.as_str()).cloned();
            match (value, known) {
                (Some(value), Some(variable)) if !variable.complex => {
                    out.push_str(&format!(
                        "{} = {}\n",
                        name(&variable.name),
                        raw(&of_type(&self.interpolated(value, diagnostics), variable.ty))
                    ));
                }
                _ => {
                    diagnostics.push(messages::variable_of_target(key, target));
                }
            }
        }
        for (var, value) in self.set.get(target).into_iter().flatten() {
            out.push_str(&format!("{} = {}\n", name(var), raw(value)));
        }
        out
    }

    /// A setting of a target, with everything resolved; `None` if only a deployment knows it.
    pub fn fixed(&self, text: &str, target: &str) -> Option<String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, path, after)) = reference(rest) {
            out.push_str(before);
            match path {
                "bundle.name" => out.push_str(self.bundle.as_deref().unwrap_or_default()),
                "bundle.target" | "bundle.environment" => out.push_str(target),
                _ => {
                    let variable = self.list.iter().find(|v| Some(v.key.as_str()) == path.strip_prefix("var."))?;
                    out.push_str(variable.default.as_ref()?.text()?);
                }
            }
            if out.len() > MAX_FIXED {
                return None;
            }
            rest = after;
        }
        out.push_str(rest);
        // `~` is a home directory, which is only known at deployment.
        (!out.starts_with('~')).then_some(out)
    }

    /// A value with references as names or values.
    pub fn interpolated(&mut self, tree: &Tree, diagnostics: &mut Vec<Diagnostic>) -> Tree {
        self.replaced(tree, diagnostics, 0)
    }

    /// Charges the size of substituted values; returns false, and reports it once, if the limit is exceeded.
    fn charge(&mut self, size: usize, span: Span, diagnostics: &mut Vec<Diagnostic>) -> bool {
        self.spent = self.spent.saturating_add(size);
        if self.spent <= MAX_NODES {
            return true;
        }
        if self.spent < usize::MAX / 2 {
            diagnostics.push(messages::too_many_values_of_variables(span));
            self.spent = usize::MAX / 2;
        }
        false
    }

    fn replaced(&mut self, tree: &Tree, diagnostics: &mut Vec<Diagnostic>, round: usize) -> Tree {
        if !self.charge(1 + tree.text().map_or(0, str::len) / 64, tree.span, diagnostics) {
            return Tree { span: tree.span, kind: TreeKind::Null };
        }
        let kind = match &tree.kind {
            TreeKind::Text(text) if text.contains("${") && self.bundle.is_some() => {
                self.pieces(references(text), tree.span, diagnostics, round)
            }
            TreeKind::Mixed(pieces) => self.pieces(pieces.clone(), tree.span, diagnostics, round),
            TreeKind::List(items) => {
                TreeKind::List(items.iter().map(|i| self.replaced(i, diagnostics, round)).collect())
            }
            TreeKind::Map(entries) => {
                TreeKind::Map(entries.iter().map(|(k, v)| (k.clone(), self.replaced(v, diagnostics, round))).collect())
            }
            other => other.clone(),
        };
        Tree { span: tree.span, kind }
    }

    fn pieces(
        &mut self,
        given: Vec<TextPiece>,
        span: Span,
        diagnostics: &mut Vec<Diagnostic>,
        round: usize,
    ) -> TreeKind {
        if round > MAX_ROUNDS {
            diagnostics.push(messages::variable_cycle(span));
            self.spent = usize::MAX / 2;
            return TreeKind::Text(String::new());
        }
        if self.spent > MAX_NODES {
            return TreeKind::Text(String::new());
        }
        let alone = given.len() == 1;
        let mut pieces: Vec<TextPiece> = Vec::new();
        for piece in given {
            let TextPiece::Reference(path) = &piece else {
                joined(&mut pieces, piece);
                continue;
            };
            match self.value(path, span, diagnostics) {
                Resolved::Tree(tree) if alone => return self.replaced(&tree, diagnostics, round + 1).kind,
                Resolved::Tree(tree) => match self.replaced(&tree, diagnostics, round + 1).kind {
                    TreeKind::Mixed(inner) => inner.into_iter().for_each(|p| joined(&mut pieces, p)),
                    TreeKind::Text(inner) => joined(&mut pieces, TextPiece::Text(inner)),
                    TreeKind::Number(n) => joined(&mut pieces, TextPiece::Text(n.to_string())),
                    TreeKind::Bool(b) => joined(&mut pieces, TextPiece::Text(b.to_string())),
                    // The exceeded limit is already reported.
                    _ if self.spent > MAX_NODES => {}
                    _ => {
                        diagnostics.push(messages::not_a_text(span, path));
                    }
                },
                Resolved::Piece(piece) => joined(&mut pieces, piece),
            }
        }
        // Nested strings grow in length, even if there are few.
        let size = pieces.iter().map(TextPiece::size).sum();
        if !self.charge(size, span, diagnostics) {
            return TreeKind::Text(String::new());
        }
        match pieces.as_slice() {
            [] => TreeKind::Text(String::new()),
            [TextPiece::Text(text)] => TreeKind::Text(text.clone()),
            _ => TreeKind::Mixed(pieces),
        }
    }

    /// The value of a path.
    fn value(&mut self, path: &str, span: Span, diagnostics: &mut Vec<Diagnostic>) -> Resolved {
        let variable = path
            .strip_prefix("var.")
            .or_else(|| path.strip_prefix("variables."))
            .or_else(|| path.strip_prefix("bundle.variables."))
            .or_else(|| path.strip_prefix("local."))
            .map(|v| v.trim_end_matches(".value"));
        if let Some(path) = variable {
            let (first, below) = path.split_once('.').unwrap_or((path, ""));
            let found = self.list.iter().find(|v| v.key == first);
            let size = found.and_then(|v| v.default.as_ref()).map_or(0, |d| d.size());
            let found = found.cloned().filter(|_| self.charge(size, span, diagnostics));
            if let Some(variable) = found {
                return match (variable.complex, variable.default) {
                    (true, Some(tree)) => {
                        let inner = below.split('.').filter(|p| !p.is_empty()).try_fold(&tree, |t, part| t.get(part));
                        match inner {
                            Some(inner) => Resolved::Tree(inner.clone()),
                            None => self.unknown(path, span, diagnostics),
                        }
                    }
                    (_, default) => {
                        let value = default.map_or(TreeKind::Text(String::new()), |d| d.kind);
                        Resolved::Piece(TextPiece::Var { name: variable.name, value: Box::new(value) })
                    }
                };
            }
        }
        match path {
            "bundle.name" => Resolved::Piece(TextPiece::Text(self.bundle.clone().unwrap_or_default())),
            "bundle.target" | "bundle.environment" => {
                Resolved::Piece(TextPiece::Fact { path: "target.name", value: "default" })
            }
            "workspace.current_user.userName" | "workspace.current_user.user_name" => Resolved::Piece(USER_NAME),
            "workspace.current_user.short_name" => {
                Resolved::Piece(TextPiece::Fact { path: "user.short_name", value: "<<user.short_name>>" })
            }
            _ if is_current_user(path) => Resolved::Piece(USER_NAME),
            _ => {
                let job = path.strip_prefix("resources.jobs.").or_else(|| path.strip_prefix("databricks_job."));
                let job = job.and_then(|p| p.strip_suffix(".id"));
                match job.and_then(|j| self.jobs.get(j)) {
                    Some(pipeline) => Resolved::Piece(TextPiece::Job { pipeline: pipeline.clone() }),
                    None => self.unknown(path, span, diagnostics),
                }
            }
        }
    }

    /// Declares a var without a value, which the user must set.
    fn unknown(&mut self, path: &str, span: Span, diagnostics: &mut Vec<Diagnostic>) -> Resolved {
        let value = TreeKind::Text(String::new());
        if let Some(known) = self.list.iter().find(|v| v.key == path && v.default.is_none()) {
            return Resolved::Piece(TextPiece::Var { name: known.name.clone(), value: Box::new(value) });
        }
        let simple = path.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
        let name = match simple {
            true => self.free(&identifier(path)),
            false => self.free(&format!("expression_{}", self.list.len() + 1)),
        };
        diagnostics.push(messages::unknown_expression(span, path, &name, simple));
        let (key, name_of) = (path.to_owned(), name.clone());
        let variable = Variable { key, name: name_of, ty: "string", default: None, description: None, complex: false };
        self.list.push(variable);
        Resolved::Piece(TextPiece::Var { name, value: Box::new(value) })
    }
}

const USER_NAME: TextPiece = TextPiece::Fact { path: "user.name", value: "<<user.name>>" };

/// Whether a reference of Terraform is the name of the user: `data.databricks_current_user.me.user_name`.
fn is_current_user(path: &str) -> bool {
    let label = path.strip_prefix("data.databricks_current_user.").and_then(|rest| rest.strip_suffix(".user_name"));
    label.is_some_and(|label| !label.contains('.'))
}

/// What a reference resolves to.
enum Resolved {
    Tree(Tree),
    Piece(TextPiece),
}

/// Converts a string that contains a number or bool to that type.
fn typed(value: &Tree) -> Tree {
    let kind = match value.text() {
        Some("true") => TreeKind::Bool(true),
        Some("false") => TreeKind::Bool(false),
        Some(text) if text.parse::<i64>().is_ok_and(|n| *n.to_string() == *text) => TreeKind::Number(text.into()),
        _ => value.kind.clone(),
    };
    Tree { span: value.span, kind }
}

/// Converts a value to the type of a var: bundles do not distinguish `12` and `"12"`.
fn of_type(value: &Tree, ty: &str) -> Tree {
    let kind = match (&value.kind, ty) {
        (TreeKind::Text(text), "int") if text.parse::<i64>().is_ok() => TreeKind::Number(text.as_str().into()),
        (TreeKind::Text(text), "float") if text.parse::<f64>().is_ok_and(f64::is_finite) => {
            TreeKind::Number(text.as_str().into())
        }
        (TreeKind::Text(text), "bool") if text == "true" || text == "false" => TreeKind::Bool(text == "true"),
        (TreeKind::Number(n), "string") => TreeKind::Text(n.to_string()),
        (TreeKind::Bool(b), "string") => TreeKind::Text(b.to_string()),
        (other, _) => other.clone(),
    };
    Tree { span: value.span, kind }
}

/// Adds a piece, joining adjacent strings.
fn joined(pieces: &mut Vec<TextPiece>, piece: TextPiece) {
    match (pieces.last_mut(), piece) {
        (_, TextPiece::Text(new)) if new.is_empty() => {}
        (Some(TextPiece::Text(last)), TextPiece::Text(new)) => last.push_str(&new),
        (_, piece) => pieces.push(piece),
    }
}

/// Splits a string of a bundle into pieces.
fn references(text: &str) -> Vec<TextPiece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, path, after)) = reference(rest) {
        joined(&mut pieces, TextPiece::Text(before.to_owned()));
        pieces.push(TextPiece::Reference(path.to_owned()));
        rest = after;
    }
    joined(&mut pieces, TextPiece::Text(rest.to_owned()));
    pieces
}

/// The first reference in a string: the text before it, its path, and the text after it.
fn reference(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(open) = text.get(from..)?.find("${").map(|i| i + from) {
        let inner = text.get(open + 2..)?;
        let len = inner.find('}')?;
        let path = inner.get(..len)?;
        let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | ']');
        if !path.is_empty() && path.starts_with(|c: char| c.is_ascii_alphabetic()) && path.chars().all(word) {
            return Some((text.get(..open)?, path, inner.get(len + 1..)?));
        }
        from = open + 2;
    }
    None
}

fn type_of(value: &TreeKind) -> &'static str {
    match value {
        TreeKind::Bool(_) => "bool",
        TreeKind::Number(n) if n.parse::<i64>().is_ok() => "int",
        TreeKind::Number(_) => "float",
        _ => "string",
    }
}
