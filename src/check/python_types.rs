//! Compatibility of the language's types with Python types, and how values are passed.

use super::elaborate::Packaged;
use crate::diag::closest_match;
use crate::model::{Argument, Output, Part, Pipeline, PythonCall, Reference, Step, StepKind, Type};
use crate::package::{Lookup, PyType, RecordKind, Signature};
use crate::python::Literal;
use crate::source::Span;
use crate::time::{is_date, is_datetime};

/// Whether a parameter of this type accepts the value; `constant` is its text, if known.
pub fn accepts(ty: &PyType, value: &Type, constant: Option<&str>) -> bool {
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

/// The type in which the entry point passes a value.
pub fn handed_over(ty: &PyType, value: &Type) -> Type {
    match (ty, value) {
        // JSON is passed unchanged, whatever the parameter expects.
        (_, Type::Json) => Type::Json,
        (PyType::Str, _) => Type::String,
        (PyType::Int, _) => Type::Int,
        (PyType::Float, _) => Type::Float,
        (PyType::Bool, _) => Type::Bool,
        // A datetime is also a date.
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

/// Whether a default fits its own annotation; `None` always does.
pub fn holds(ty: &PyType, default: &Literal) -> bool {
    let fits = |t: &PyType| match (t, default) {
        (PyType::Any, _) | (_, Literal::None) => true,
        (PyType::Str, Literal::Str(_)) => true,
        // People write a million as `1e6`.
        (PyType::Int, Literal::Int(_) | Literal::Bool(_) | Literal::Float) => true,
        (PyType::Float, Literal::Int(_) | Literal::Float | Literal::Bool(_)) => true,
        (PyType::Bool, Literal::Bool(_) | Literal::Int(_)) => true,
        (PyType::Literal(members), d) => members.contains(d),
        (PyType::Str | PyType::Int | PyType::Float | PyType::Bool | PyType::None, _) => false,
        (PyType::List(_) | PyType::Dict(_) | PyType::Tuple, _) => false,
        // Other classes may define equality with a constant.
        _ => true,
    };
    ty.members().into_iter().any(fits)
}

/// Whether a returned value fits an output of this type.
pub fn produces(ty: &PyType, output: &Type) -> bool {
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

/// The type of an argument, and its text if known. A reference in a string has the type of its value.
pub fn value_of(argument: &Argument) -> (&Type, Option<&str>) {
    let typed_as_text = argument.value.parts.iter().any(|p| matches!(p, Part::Literal(text) if text.contains("{{")));
    match typed_as_text {
        true => (&Type::Any, None),
        false => (&argument.ty, argument.value.as_str()),
    }
}

/// The type in which a value is passed to a parameter; `None` if the parameter does not accept it.
pub fn passed_as(argument: &Argument, ty: &PyType) -> Option<Type> {
    // The platform passes facts as strings, and ids are not numbers to calculate with.
    let fact =
        matches!(argument.value.parts.as_slice(), [Part::Reference(Reference::Fact(_) | Reference::TaskFact { .. })]);
    if fact && ty.members().contains(&&PyType::Str) {
        return Some(Type::String);
    }
    let (value, constant) = value_of(argument);
    let member = ty.members().into_iter().find(|t| accepts(t, value, constant))?;
    Some(handed_over(member, value))
}

/// A record whose fields are the outputs of a step.
pub struct PyRecord<'s> {
    pub name: &'s str,
    fields: &'s Option<Vec<(String, PyType, Span)>>,
    others: &'s [String],
}

impl<'s> PyRecord<'s> {
    /// The names of the fields.
    pub fn names(&self) -> Vec<&'s str> {
        self.fields.iter().flatten().map(|(f, ..)| f.as_str()).collect()
    }

    /// The type of a field, and its declaration.
    pub fn field(&self, name: &str) -> Option<(&'s PyType, Span)> {
        self.fields.iter().flatten().find(|(f, ..)| f == name).map(|(_, ty, span)| (ty, *span))
    }

    /// Whether it has a field or attribute of this name, or unknown fields.
    pub fn may_have(&self, name: &str) -> bool {
        self.fields.is_none() || self.has(name)
    }

    fn has(&self, name: &str) -> bool {
        self.field(name).is_some() || self.others.iter().any(|n| n == name)
    }
}

/// The record that a function returns, if the outputs of the step are its fields.
pub fn record_of_outputs<'s>(returns: &'s PyType, outputs: &[Output]) -> Option<PyRecord<'s>> {
    // A function that may return `None` returns the record if it succeeds.
    let mut members = returns.members().into_iter().filter(|t| **t != PyType::None);
    let (Some(PyType::Record { name, fields, others, .. }), None) = (members.next(), members.next()) else {
        return None;
    };
    let record = PyRecord { name, fields, others };
    match outputs {
        // An output is read from the field with its name, or nearly its name if the record as a whole does not fit.
        [one] => {
            let misspelled =
                || !produces(returns, &one.ty) && closest_match(&one.name, record.names().iter().copied()).is_some();
            (record.has(&one.name) || misspelled()).then_some(record)
        }
        _ => Some(record),
    }
}

/// Whether outputs are read by name from the returned value; `None` if that is only known at run time.
pub fn taken_by_name(signature: &Signature, outputs: &[Output]) -> Option<bool> {
    if outputs.is_empty() || signature.yields.is_some() {
        return None;
    }
    let several = (outputs.len() > 1).then_some(true);
    let Some((ty, _)) = signature.returns.as_ref().filter(|(ty, _)| *ty != PyType::Any) else { return several };
    if record_of_outputs(ty, outputs).is_some() {
        return Some(true);
    }
    let whole = ty.members().iter().all(|t| !matches!(t, PyType::Any | PyType::Record { .. }));
    several.or(whole.then_some(false))
}

/// The function of a call, if its package is known.
pub fn lookup<'p>(call: &PythonCall, packages: &'p [Packaged<'_>]) -> Option<&'p Lookup> {
    packages.get(call.package)?.source.functions.get(&(call.module.clone(), call.function.clone()))
}

/// Calls of Python functions in a pipeline, with their steps and functions.
pub fn python_calls<'p>(
    pipeline: &'p Pipeline,
    packages: &'p [Packaged<'_>],
) -> impl Iterator<Item = (&'p Step, &'p PythonCall, &'p Lookup)> {
    pipeline.all_steps().filter_map(|step| match &step.kind {
        StepKind::Python(call) => Some((step, call, lookup(call, packages)?)),
        _ => None,
    })
}

/// The span of the function's name in a call.
pub fn function_name(call: &PythonCall) -> Span {
    Span { start: call.span.end.saturating_sub(call.function.len() as u32), ..call.span }
}
