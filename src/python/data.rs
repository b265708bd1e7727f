//! Files that Python code opens with a path that the source shows.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Operator, Stmt};
use ruff_text_size::Ranged;

use super::annotation::{Literal, constant, dotted};
use crate::source::{FileId, Span};

/// The start of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathRoot {
    /// The working directory of the process.
    WorkingDirectory,
    /// A number of directories above the module's file; 1 is its own directory.
    BesideModule(usize),
}

/// A path in the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    pub place: PathRoot,
    /// The rest of the path.
    pub path: String,
    pub span: Span,
}

/// Functions that read the path in their first argument.
const READERS: &[&str] = &[
    "open",
    "read_csv",
    "read_parquet",
    "read_json",
    "read_excel",
    "read_feather",
    "read_pickle",
    "loadtxt",
    "genfromtxt",
];
/// Methods of a `Path` that read it.
const PATH_READERS: &[&str] = &["open", "read_text", "read_bytes"];

pub(super) fn opened(body: &[Stmt], file: FileId) -> Vec<Opened> {
    let mut found = OpenedPaths { file, list: Vec::new() };
    found.visit_body(body);
    found.list
}

struct OpenedPaths {
    file: FileId,
    list: Vec<Opened>,
}

impl OpenedPaths {
    fn push(&mut self, place: PathRoot, path: &str, at: &Expr) {
        let span = Span::new(self.file, at.start().to_u32(), at.end().to_u32());
        self.list.push(Opened { place, path: path.replace('\\', "/"), span });
    }
}

impl<'a> Visitor<'a> for OpenedPaths {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if let Stmt::If(s) = stmt {
            // Code that only runs as a script, or only if the file exists, needs no file in the wheel.
            let mut asks = Asks(false);
            asks.visit_expr(&s.test);
            if asks.0 {
                return;
            }
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Some((up, parts)) = beside(expr)
            && !parts.is_empty()
        {
            self.push(PathRoot::BesideModule(up), &parts.join("/"), expr);
            return;
        }
        if let Expr::Call(call) = expr
            && let Some((path, at)) = read_by(call)
            && !path.is_empty()
            && !path.starts_with(['/', '~'])
            && !path.contains("://")
            && !path.contains(':')
        {
            self.push(PathRoot::WorkingDirectory, &path, at);
        }
        walk_expr(self, expr);
    }
}

/// Whether an expression tests for a file, or for being the main module.
struct Asks(bool);

impl<'a> Visitor<'a> for Asks {
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.0 |= match expr {
            Expr::Name(n) => n.id.as_str() == "__name__",
            Expr::Attribute(a) => matches!(a.attr.as_str(), "exists" | "is_file" | "isfile" | "is_dir" | "isdir"),
            _ => false,
        };
        walk_expr(self, expr);
    }
}

/// The path that a call reads.
fn read_by(call: &ExprCall) -> Option<(String, &Expr)> {
    if let Expr::Attribute(a) = &*call.func
        && PATH_READERS.contains(&a.attr.as_str())
        && let Expr::Call(inner) = &*a.value
        && dotted(&inner.func).is_some_and(|n| n == "Path" || n.ends_with(".Path"))
    {
        let first = inner.arguments.args.first()?;
        let [] = inner.arguments.args.get(1..)? else { return None };
        return writes(call, 0).then_some(()).map_or_else(|| text(first).map(|t| (t, first)), |()| None);
    }
    let name = dotted(&call.func)?;
    let last = name.rsplit('.').next().unwrap_or(&name);
    // `spark.read.json("x")` reads another file system, and `x.open("...")` may be anything.
    let known = READERS.contains(&last) && (last != "open" || matches!(name.as_str(), "open" | "io.open"));
    if !known || name.starts_with("spark.") || writes(call, 1) {
        return None;
    }
    let first = call.arguments.args.first()?;
    text(first).map(|t| (t, first))
}

/// Whether the mode of an `open` writes.
fn writes(call: &ExprCall, place: usize) -> bool {
    let named = call.arguments.keywords.iter().find(|k| k.arg.as_ref().is_some_and(|a| a.as_str() == "mode"));
    let mode = named.map(|k| &k.value).or_else(|| call.arguments.args.get(place));
    mode.and_then(text).is_some_and(|m| m.contains(['w', 'a', 'x', '+']) && m.len() <= 3)
}

fn text(expr: &Expr) -> Option<String> {
    match constant(expr) {
        Some(Literal::Str(s)) => Some(s),
        _ => None,
    }
}

/// A path based on `__file__`: the number of directories up, and the remaining parts.
fn beside(expr: &Expr) -> Option<(usize, Vec<String>)> {
    match expr {
        Expr::Name(n) if n.id.as_str() == "__file__" => Some((0, Vec::new())),
        Expr::Attribute(a) if a.attr.as_str() == "parent" => {
            let (up, parts) = beside(&a.value)?;
            parts.is_empty().then_some((up + 1, parts))
        }
        Expr::Subscript(s) => {
            // `Path(__file__).parents[1]`
            let Expr::Attribute(a) = &*s.value else { return None };
            let (up, parts) = beside(&a.value)?;
            match (a.attr.as_str(), constant(&s.slice), parts.is_empty()) {
                ("parents", Some(Literal::Int(Some(n))), true) => Some((up + 1 + usize::try_from(n).ok()?, parts)),
                _ => None,
            }
        }
        Expr::BinOp(b) if b.op == Operator::Div => {
            let (up, mut parts) = beside(&b.left)?;
            parts.push(text(&b.right)?);
            Some((up, parts))
        }
        Expr::Call(c) => {
            if let Expr::Attribute(a) = &*c.func
                && matches!(a.attr.as_str(), "resolve" | "absolute" | "joinpath")
                && let Some((up, mut parts)) = beside(&a.value)
            {
                for argument in &c.arguments.args {
                    parts.push(text(argument)?);
                }
                return Some((up, parts));
            }
            let name = dotted(&c.func)?;
            let first = c.arguments.args.first()?;
            match name.rsplit('.').next().unwrap_or(&name) {
                "Path" | "abspath" | "realpath" if c.arguments.args.len() == 1 => beside(first),
                "dirname" => beside(first).map(|(up, parts)| (up + 1, parts)),
                "join" => {
                    let (up, mut parts) = beside(first)?;
                    for argument in c.arguments.args.iter().skip(1) {
                        parts.push(text(argument)?);
                    }
                    Some((up, parts))
                }
                _ => None,
            }
        }
        _ => None,
    }
    .filter(|(up, parts)| parts.is_empty() || *up > 0)
}
