//! Functions: parameters and return values.

use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt};
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Parameter, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::annotation::{Annotation, Literal, constant, dotted};
use crate::source::{FileId, Span};

/// How an argument can be passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    /// By position, before a `/`.
    PositionalOnly,
    /// By position or name.
    Plain,
    /// By name, after a `*`.
    KeywordOnly,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct PyParam {
    pub name: String,
    pub kind: ParamKind,
    pub ty: Annotation,
    /// Whether it has a default.
    pub optional: bool,
    /// Its default, if it is a constant.
    pub default: Option<Literal>,
    /// The parameter, including annotation and default.
    pub span: Span,
}

/// What the value of a `return` looks like.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Anything.
    Unknown,
    /// A constant.
    Constant(Literal),
    /// An f-string.
    Text,
    /// A dict with these keys; open if it may have more.
    Dict(Vec<String>, bool),
    /// A list.
    List,
    /// A set.
    Set,
    /// A tuple with a number of elements.
    Tuple(usize),
    /// A call of a name, which may be a record.
    Call(String),
}

/// A `return` with a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Returned {
    pub shape: Shape,
    pub span: Span,
}

/// A function.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// The span of its name.
    pub span: Span,
    /// Its parameters, except `*args` and `**kwargs`.
    pub params: Vec<PyParam>,
    /// The annotation of `**kwargs`, if it has them.
    pub kwargs: Option<Annotation>,
    /// The annotation of its return value.
    pub returns: Option<(Annotation, Span)>,
    /// Each `return` of its own.
    pub returned: Vec<Returned>,
    /// The first `yield`, which makes it a generator.
    pub yields: Option<Span>,
    /// Whether its body only raises, or is `...`, so that it does not show what is returned.
    pub stub: bool,
    /// Its decorators, dotted as written; empty for one that is not a name.
    pub decorators: Vec<String>,
}

impl Function {
    pub(super) fn read(def: &StmtFunctionDef, file: FileId) -> Function {
        let span = |node: &dyn Fn() -> ruff_text_size::TextRange| {
            let range = node();
            Span::new(file, range.start().to_u32(), range.end().to_u32())
        };
        let parameters = &def.parameters;
        let lists = [
            (ParamKind::PositionalOnly, &parameters.posonlyargs),
            (ParamKind::Plain, &parameters.args),
            (ParamKind::KeywordOnly, &parameters.kwonlyargs),
        ];
        let mut params = Vec::new();
        for (kind, list) in lists {
            for p in list {
                params.push(PyParam {
                    name: p.parameter.name.to_string(),
                    kind,
                    ty: annotation(&p.parameter),
                    optional: p.default.is_some(),
                    default: p.default.as_deref().and_then(constant),
                    span: span(&|| p.range()),
                });
            }
        }
        let mut body = FunctionBody { file, returned: Vec::new(), yields: None };
        body.visit_body(&def.body);
        let name = |e: &Expr| match e {
            Expr::Call(c) => dotted(&c.func).unwrap_or_default(),
            other => dotted(other).unwrap_or_default(),
        };
        Function {
            span: span(&|| def.name.range()),
            params,
            kwargs: parameters.kwarg.as_deref().map(annotation),
            returns: def.returns.as_deref().map(|r| (Annotation::of(r), span(&|| r.range()))),
            stub: stub(&def.body),
            returned: body.returned,
            yields: body.yields,
            decorators: def.decorator_list.iter().map(|d| name(&d.expression)).collect(),
        }
    }
}

fn annotation(p: &Parameter) -> Annotation {
    p.annotation.as_deref().map_or(Annotation::Any, Annotation::of)
}

fn stub(body: &[Stmt]) -> bool {
    body.iter().all(|s| match s {
        Stmt::Raise(_) => true,
        Stmt::Expr(e) => matches!(&*e.value, Expr::StringLiteral(_) | Expr::EllipsisLiteral(_)),
        _ => false,
    })
}

/// Collects what belongs to a function, and not to functions inside it.
struct FunctionBody {
    file: FileId,
    returned: Vec<Returned>,
    yields: Option<Span>,
}

impl<'a> StatementVisitor<'a> for FunctionBody {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            Stmt::Return(r) => {
                if let Some(value) = &r.value {
                    let span = Span::new(self.file, r.start().to_u32(), r.end().to_u32());
                    self.returned.push(Returned { shape: shape(value), span });
                }
            }
            _ => {}
        }
        let mut yields = Yields(None);
        for expr in own_expressions(stmt) {
            yields.visit_expr(expr);
        }
        if let (None, Some(range)) = (self.yields, yields.0) {
            self.yields = Some(Span::new(self.file, range.start().to_u32(), range.end().to_u32()));
        }
        walk_stmt(self, stmt);
    }
}

/// The expressions of a statement, without those of nested statements.
fn own_expressions(stmt: &Stmt) -> Vec<&Expr> {
    match stmt {
        Stmt::Expr(s) => vec![&s.value],
        Stmt::Assign(s) => vec![&s.value],
        Stmt::AugAssign(s) => vec![&s.value],
        Stmt::AnnAssign(s) => s.value.as_deref().into_iter().collect(),
        Stmt::Return(s) => s.value.as_deref().into_iter().collect(),
        Stmt::If(s) => vec![&s.test],
        Stmt::While(s) => vec![&s.test],
        Stmt::For(s) => vec![&s.iter],
        Stmt::With(s) => s.items.iter().map(|i| &i.context_expr).collect(),
        Stmt::Match(s) => vec![&s.subject],
        Stmt::Assert(s) => vec![&s.test],
        Stmt::Raise(s) => s.exc.as_deref().into_iter().collect(),
        _ => Vec::new(),
    }
}

struct Yields(Option<ruff_text_size::TextRange>);

impl<'a> Visitor<'a> for Yields {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            // A lambda or generator expression has its own `yield`.
            Expr::Lambda(_) | Expr::Generator(_) => {}
            Expr::Yield(_) | Expr::YieldFrom(_) => self.0 = self.0.or(Some(expr.range())),
            other => walk_expr(self, other),
        }
    }
}

fn shape(expr: &Expr) -> Shape {
    match expr {
        Expr::FString(_) => Shape::Text,
        Expr::List(_) | Expr::ListComp(_) => Shape::List,
        Expr::Set(_) | Expr::SetComp(_) => Shape::Set,
        Expr::Tuple(t) if !t.elts.iter().any(|e| matches!(e, Expr::Starred(_))) => Shape::Tuple(t.elts.len()),
        Expr::Dict(d) => {
            let mut open = false;
            let mut keys = Vec::new();
            for item in &d.items {
                match item.key.as_ref().map(constant) {
                    Some(Some(Literal::Str(key))) => keys.push(key),
                    _ => open = true,
                }
            }
            Shape::Dict(keys, open)
        }
        Expr::Call(c) => match dotted(&c.func) {
            Some(name) if name == "dict" => {
                let named: Option<Vec<String>> =
                    c.arguments.keywords.iter().map(|k| k.arg.as_ref().map(ToString::to_string)).collect();
                match named {
                    Some(keys) if c.arguments.args.is_empty() => Shape::Dict(keys, false),
                    _ => Shape::Dict(Vec::new(), true),
                }
            }
            Some(name) => Shape::Call(name),
            None => Shape::Unknown,
        },
        other => constant(other).map_or(Shape::Unknown, Shape::Constant),
    }
}
