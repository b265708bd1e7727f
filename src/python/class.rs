//! Classes, as far as their fields are known from the source.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Stmt, StmtClassDef};

use super::Literal;
use super::annotation::{Annotation, constant, dotted};
use crate::source::{FileId, Span};

/// The kind of a class, for values that are passed between steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassKind {
    /// A dict with known keys.
    TypedDict,
    /// A named tuple.
    NamedTuple,
    /// A class with declared fields.
    Dataclass,
    /// Any other class, about which nothing is known.
    Other,
}

/// A field of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordField {
    pub name: String,
    pub ty: Annotation,
    pub span: Span,
}

/// A class.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    pub kind: ClassKind,
    /// Its own fields.
    pub fields: Vec<RecordField>,
    /// Other names of its objects: properties, methods, class attributes, attributes that methods assign.
    pub others: Vec<String>,
    /// Whether it may have names that the source does not show.
    pub open: bool,
    /// Its bases, dotted as written.
    pub bases: Vec<String>,
    /// The span of its name.
    pub span: Span,
}

fn span(file: FileId, node: &impl ruff_text_size::Ranged) -> Span {
    Span::new(file, node.start().to_u32(), node.end().to_u32())
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

impl Class {
    pub(super) fn read(def: &StmtClassDef, file: FileId) -> Class {
        let decorators: Vec<Option<String>> = def
            .decorator_list
            .iter()
            .map(|d| match &d.expression {
                Expr::Call(c) => dotted(&c.func),
                other => dotted(other),
            })
            .collect();
        let mut bases = Vec::new();
        let mut odd = false;
        if let Some(arguments) = &def.arguments {
            for base in &arguments.args {
                let base = match base {
                    // `Generic[T]` and other subscripted bases.
                    Expr::Subscript(s) => &s.value,
                    other => other,
                };
                match dotted(base) {
                    Some(name) => bases.push(name),
                    None => odd = true,
                }
            }
            odd |= arguments.keywords.iter().any(|k| k.arg.as_ref().is_none_or(|a| a.as_str() != "total"));
        }
        let base = |word: &str| bases.iter().any(|b| last(b) == word);
        let kind = match decorators.as_slice() {
            _ if odd => ClassKind::Other,
            [] if base("TypedDict") => ClassKind::TypedDict,
            [] if base("NamedTuple") => ClassKind::NamedTuple,
            [Some(d)] if last(d) == "dataclass" => ClassKind::Dataclass,
            _ => ClassKind::Other,
        };
        let mut fields = Vec::new();
        let mut members = Members::default();
        for stmt in &def.body {
            match stmt {
                Stmt::FunctionDef(f) => {
                    members.others.push(f.name.to_string());
                    members.open |= matches!(f.name.as_str(), "__getattr__" | "__getattribute__");
                    members.visit_body(&f.body);
                }
                Stmt::Assign(a) => {
                    members.others.extend(a.targets.iter().filter_map(|t| Some(t.as_name_expr()?.id.to_string())));
                }
                Stmt::AnnAssign(_) | Stmt::Expr(_) | Stmt::Pass(_) => {}
                _ => members.open = true,
            }
            let Stmt::AnnAssign(a) = stmt else { continue };
            let Expr::Name(name) = &*a.target else { continue };
            let ty = Annotation::of(&a.annotation);
            // `x: ClassVar[int]` is not a field.
            if matches!(&ty, Annotation::Name(n) | Annotation::Subscript(n, _) if last(n) == "ClassVar") {
                continue;
            }
            fields.push(RecordField { name: name.id.to_string(), ty, span: span(file, name) });
        }
        let Members { others, open } = members;
        Class { kind, fields, others, open, bases, span: span(file, &def.name) }
    }

    /// `TypedDict("X", {...})`, `NamedTuple("X", [...])`, `namedtuple("X", "a b")`.
    pub(super) fn from_call(expr: &Expr, file: FileId) -> Option<Class> {
        let Expr::Call(call) = expr else { return None };
        let name = dotted(&call.func)?;
        let second = call.arguments.args.get(1)?;
        let field = |name: String, ty: Annotation, at: &Expr| RecordField { name, ty, span: span(file, at) };
        let text = |e: &Expr| match constant(e) {
            Some(Literal::Str(s)) => Some(s),
            _ => None,
        };
        let (kind, fields) = match (last(&name), second) {
            ("TypedDict", Expr::Dict(d)) => {
                let fields: Option<Vec<RecordField>> = d
                    .items
                    .iter()
                    .map(|i| {
                        let key = i.key.as_ref()?;
                        Some(field(text(key)?, Annotation::of(&i.value), key))
                    })
                    .collect();
                (ClassKind::TypedDict, fields?)
            }
            ("NamedTuple", Expr::List(list)) => {
                let fields: Option<Vec<RecordField>> = list
                    .elts
                    .iter()
                    .map(|e| match e {
                        Expr::Tuple(t) => match t.elts.as_slice() {
                            [name, ty] => Some(field(text(name)?, Annotation::of(ty), name)),
                            _ => None,
                        },
                        _ => None,
                    })
                    .collect();
                (ClassKind::NamedTuple, fields?)
            }
            ("namedtuple", Expr::List(list)) => {
                let fields: Option<Vec<RecordField>> =
                    list.elts.iter().map(|e| Some(field(text(e)?, Annotation::Any, e))).collect();
                (ClassKind::NamedTuple, fields?)
            }
            ("namedtuple", Expr::StringLiteral(s)) => {
                let names = s.value.to_str().replace(',', " ");
                let fields = names.split_whitespace().map(|n| field(n.to_owned(), Annotation::Any, second)).collect();
                (ClassKind::NamedTuple, fields)
            }
            _ => return None,
        };
        let span = span(file, expr);
        Some(Class { kind, fields, others: Vec::new(), open: false, bases: Vec::new(), span })
    }
}

/// Attributes that methods assign to `self`.
#[derive(Default)]
struct Members {
    others: Vec<String>,
    open: bool,
}

impl<'a> Visitor<'a> for Members {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Attribute(a) if a.ctx.is_store() => self.others.push(a.attr.to_string()),
            Expr::Call(c) if dotted(&c.func).is_some_and(|n| n == "setattr" || n.ends_with("__setattr__")) => {
                match c.arguments.args.get(1).and_then(constant) {
                    Some(Literal::Str(name)) => self.others.push(name),
                    _ => self.open = true,
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}
