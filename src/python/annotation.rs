//! Annotations as written; names are not resolved yet.

use ruff_python_ast::{Expr, Number, Operator, UnaryOp};

/// How deeply strings in annotations are parsed as annotations.
const DEPTH: usize = 32;

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// Text.
    Str(String),
    /// An int; `None` if it is larger than 64 bits.
    Int(Option<i64>),
    /// A float.
    Float,
    /// `True` or `False`.
    Bool(bool),
    /// `None`.
    None,
}

impl std::fmt::Display for Literal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Literal::Str(s) => write!(f, "\"{s}\""),
            Literal::Int(Some(i)) => write!(f, "{i}"),
            Literal::Int(None) => f.write_str("int"),
            Literal::Float => f.write_str("float"),
            Literal::Bool(true) => f.write_str("True"),
            Literal::Bool(false) => f.write_str("False"),
            Literal::None => f.write_str("None"),
        }
    }
}

/// An annotation.
#[derive(Clone, Debug, PartialEq)]
pub enum Annotation {
    /// Missing or not supported.
    Any,
    /// A name, dotted as written: `dt.date`.
    Name(String),
    /// A name with arguments, such as `list[int]`.
    Subscript(String, Vec<Annotation>),
    /// `a | b`.
    Union(Vec<Annotation>),
    /// A list of annotations, as in `Callable[[int], str]`.
    List,
    /// A constant: `None`, and members of `Literal[...]`.
    Constant(Literal),
}

impl Annotation {
    /// Converts an expression to an annotation.
    pub(super) fn of(expr: &Expr) -> Annotation {
        Self::read(expr, 0, false)
    }

    fn read(expr: &Expr, depth: usize, literal: bool) -> Annotation {
        if depth > DEPTH {
            return Annotation::Any;
        }
        let inner = |e: &Expr| Self::read(e, depth + 1, literal);
        match expr {
            Expr::Name(_) | Expr::Attribute(_) => dotted(expr).map_or(Annotation::Any, Annotation::Name),
            Expr::Subscript(s) => {
                let Some(base) = dotted(&s.value) else { return Annotation::Any };
                // The members of `Literal` are strings, not annotations.
                let last = base.rsplit('.').next().unwrap_or(&base);
                let literal = literal || last == "Literal";
                let list = match &*s.slice {
                    Expr::Tuple(t) => t.elts.iter().map(|e| Self::read(e, depth + 1, literal)).collect(),
                    one => vec![Self::read(one, depth + 1, literal)],
                };
                Annotation::Subscript(base, list)
            }
            Expr::BinOp(b) if b.op == Operator::BitOr => {
                let mut out = Vec::new();
                for side in [inner(&b.left), inner(&b.right)] {
                    match side {
                        Annotation::Union(list) => out.extend(list),
                        one => out.push(one),
                    }
                }
                Annotation::Union(out)
            }
            // A quoted annotation is short; a longer string is not an annotation.
            Expr::StringLiteral(s) if !literal && s.value.len() < 1000 => {
                match ruff_python_parser::parse_expression(s.value.to_str().trim()) {
                    Ok(parsed) => Self::read(parsed.expr(), depth + 1, false),
                    Err(_) => Annotation::Any,
                }
            }
            Expr::List(_) => Annotation::List,
            other => constant(other).map_or(Annotation::Any, Annotation::Constant),
        }
    }
}

/// The constant of an expression.
pub(super) fn constant(expr: &Expr) -> Option<Literal> {
    Some(match expr {
        Expr::StringLiteral(s) => Literal::Str(s.value.to_str().to_owned()),
        Expr::BooleanLiteral(b) => Literal::Bool(b.value),
        Expr::NoneLiteral(_) => Literal::None,
        Expr::NumberLiteral(n) => match &n.value {
            Number::Int(i) => Literal::Int(i.as_i64()),
            Number::Float(_) => Literal::Float,
            Number::Complex { .. } => return None,
        },
        Expr::UnaryOp(u) if matches!(u.op, UnaryOp::USub | UnaryOp::UAdd) => match constant(&u.operand)? {
            Literal::Int(i) if u.op == UnaryOp::USub => Literal::Int(i.and_then(i64::checked_neg)),
            number @ (Literal::Int(_) | Literal::Float) => number,
            _ => return None,
        },
        _ => return None,
    })
}

/// `a.b.c` as a string, if an expression consists of names and dots.
pub(super) fn dotted(expr: &Expr) -> Option<String> {
    let mut parts = Vec::new();
    let mut at = expr;
    loop {
        match at {
            Expr::Name(n) => {
                parts.push(n.id.as_str());
                parts.reverse();
                return Some(parts.join("."));
            }
            Expr::Attribute(a) => {
                parts.push(a.attr.as_str());
                at = &a.value;
            }
            _ => return None,
        }
    }
}
