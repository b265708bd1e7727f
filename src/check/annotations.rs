//! Types of the language beside types of Python: what takes what, and as what it is handed over.

use crate::model::Type;
use crate::package::{PyType, RecordKind};
use crate::python::Literal;
use crate::time::{is_date, is_datetime};

/// Whether a parameter of this type takes a value of the language; `constant` is its text, if it is known.
pub(super) fn accepts(ty: &PyType, value: &Type, constant: Option<&str>) -> bool {
    let text = value.is_text();
    match (ty, value) {
        (PyType::Foreign(_), _) => false,
        (PyType::Any, _) | (_, Type::Any) => true,
        (PyType::None, _) => false,
        (_, Type::Json) => true,
        (PyType::Str, _) => text,
        (PyType::Int, _) => *value == Type::Int,
        (PyType::Float, _) => matches!(value, Type::Int | Type::Float),
        (PyType::Bool, _) => *value == Type::Bool,
        (PyType::Date, _) => {
            matches!(value, Type::Date | Type::Datetime) || constant.is_some_and(|c| text && is_date(c))
        }
        (PyType::Datetime, _) => {
            matches!(value, Type::Date | Type::Datetime)
                || constant.is_some_and(|c| text && (is_date(c) || is_datetime(c)))
        }
        (PyType::Path, _) => matches!(value, Type::String | Type::Path),
        (PyType::List(t), Type::List(u)) => accepts(t, u, None),
        (PyType::Tuple, Type::List(_)) => true,
        (PyType::Dict(t), Type::Map(u)) => accepts(t, u, None),
        (PyType::Dict(t), Type::Record(fields)) => fields.iter().all(|(_, u)| accepts(t, u, None)),
        (PyType::Record { .. }, Type::Map(_) | Type::Record(_)) => true,
        (PyType::Literal(members), _) => members.iter().any(|m| match (m, value) {
            (Literal::Str(s), _) => text && constant.is_none_or(|c| c == s),
            (Literal::Int(Some(i)), Type::Int) => constant.is_none_or(|c| c == i.to_string()),
            (Literal::Bool(b), Type::Bool) => constant.is_none_or(|c| c == b.to_string()),
            _ => false,
        }),
        _ => false,
    }
}

/// As which type the entry point hands a value over.
pub(super) fn handed_over(ty: &PyType, value: &Type) -> Type {
    match (ty, value) {
        // JSON stays what it is, whatever the function would like.
        (_, Type::Json) => Type::Json,
        (PyType::Str, _) => Type::String,
        (PyType::Int, _) => Type::Int,
        (PyType::Float, _) => Type::Float,
        (PyType::Bool, _) => Type::Bool,
        // A datetime is a date as well.
        (PyType::Date, Type::Datetime) | (PyType::Datetime, _) => Type::Datetime,
        (PyType::Date, _) => Type::Date,
        (PyType::Path, _) => Type::PathObject,
        (PyType::Literal(members), _) => match members.first() {
            Some(Literal::Int(_)) => Type::Int,
            Some(Literal::Bool(_)) => Type::Bool,
            _ => Type::String,
        },
        (PyType::List(t), Type::List(u)) => Type::List(Box::new(handed_over(t, u))),
        (PyType::Dict(t), Type::Map(u)) => Type::Map(Box::new(handed_over(t, u))),
        (PyType::List(_) | PyType::Dict(_) | PyType::Record { .. } | PyType::Tuple, _) => Type::Json,
        (PyType::Any | PyType::None | PyType::Union(_) | PyType::Foreign(_), _) => value.clone(),
    }
}

/// Whether a default is one of its own type; `None` is one everywhere, as the habit is.
pub(super) fn holds(ty: &PyType, default: &Literal) -> bool {
    let fits = |t: &PyType| match (t, default) {
        (PyType::Any, _) | (_, Literal::None) => true,
        (PyType::Str, Literal::Str(_)) => true,
        // `1e6` is how a million is written.
        (PyType::Int, Literal::Int(_) | Literal::Bool(_) | Literal::Float) => true,
        (PyType::Float, Literal::Int(_) | Literal::Float | Literal::Bool(_)) => true,
        (PyType::Bool, Literal::Bool(_) | Literal::Int(_)) => true,
        (PyType::Literal(members), d) => members.contains(d),
        // Of other classes nothing is known: they may be made to equal a constant.
        (PyType::Str | PyType::Int | PyType::Float | PyType::Bool | PyType::None, _) => false,
        (PyType::List(_) | PyType::Dict(_) | PyType::Tuple, _) => false,
        _ => true,
    };
    ty.members().into_iter().any(fits)
}

/// Whether what a function returns can be put out as this type.
pub(super) fn produces(ty: &PyType, output: &Type) -> bool {
    match (ty, output) {
        (PyType::Foreign(_), _) => false,
        (PyType::Any, _) => true,
        (PyType::None, _) => false,
        (_, Type::Any | Type::Json) => true,
        (PyType::Str, _) => output.is_text(),
        (PyType::Int, _) => matches!(output, Type::Int | Type::Float),
        (PyType::Float, _) => *output == Type::Float,
        (PyType::Bool, _) => *output == Type::Bool,
        (PyType::Date, _) => matches!(output, Type::Date | Type::String),
        (PyType::Datetime, _) => matches!(output, Type::Datetime | Type::String),
        (PyType::Path, _) => matches!(output, Type::Path | Type::String),
        (PyType::List(t), Type::List(u)) => produces(t, u),
        (PyType::Tuple, Type::List(_)) => true,
        (PyType::Dict(t), Type::Map(u)) => produces(t, u),
        (PyType::Dict(_), Type::Record(_)) => true,
        (PyType::Record { fields, .. }, Type::Map(u)) => {
            fields.as_ref().is_none_or(|f| f.iter().all(|(_, t, _)| produces(t, u)))
        }
        (PyType::Record { kind: RecordKind::TypedDict | RecordKind::Object, .. }, Type::Record(_)) => true,
        (PyType::Literal(members), _) => members.iter().all(|m| produces(&PyType::of(m), output)),
        (PyType::Union(list), _) => list.iter().any(|t| produces(t, output)),
        _ => false,
    }
}
