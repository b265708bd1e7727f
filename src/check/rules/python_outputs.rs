//! Compares the outputs of a step with what its Python function returns.

use super::PipelineFacts;
use crate::check::messages;
use crate::check::python_types::{function_name, produces, python_calls, record_of_outputs};
use crate::diag::{Diagnostics, closest_match};
use crate::model::{Output, PythonCall};
use crate::package::{Lookup, PyType, Signature};
use crate::python::Shape;
use crate::source::Span;

/// Checks the outputs of each step that calls a Python function.
pub fn check(facts: &PipelineFacts, out: &mut Diagnostics) {
    for (step, call, lookup) in python_calls(&facts.pipeline.pipeline, &facts.program.packages) {
        if let Lookup::Signature(signature) = lookup
            && !step.outputs.is_empty()
            && !step.settings.broken
            && signature.yields.is_none()
        {
            outputs_of(call, signature, &step.outputs, function_name(call), out);
        }
    }
}

fn outputs_of(call: &PythonCall, signature: &Signature, outputs: &[Output], at: Span, out: &mut Diagnostics) {
    let function = &call.function;
    let several = outputs.len() > 1;
    let Some((ty, span)) = signature.returns.as_ref().filter(|(ty, _)| *ty != PyType::Any) else {
        outputs_by_shape(function, signature, outputs, at, out);
        return;
    };
    if let Some(record) = record_of_outputs(ty, outputs) {
        let names = record.names();
        for output in outputs {
            match record.field(&output.name) {
                Some((ty, span)) => output_type(function, output, ty, span, out),
                None if record.may_have(&output.name) => {}
                None => {
                    let free = names.iter().copied().filter(|f| !outputs.iter().any(|o| o.name == *f));
                    let near = closest_match(&output.name, free);
                    out.push(messages::record_without_output(output, function, record.name, *span, near, &names));
                }
            }
        }
        return;
    }
    let members: Vec<&PyType> = ty.members().into_iter().filter(|t| **t != PyType::None).collect();
    if let (false, Some(output)) = (several, outputs.first()) {
        output_type(function, output, ty, *span, out);
        return;
    }
    let has_names = |t: &&PyType| matches!(t, PyType::Any | PyType::Dict(_) | PyType::Record { .. });
    if !members.iter().any(has_names) {
        out.push(messages::outputs_not_named(
            outputs.first().map_or(at, |o| o.span),
            function,
            ty.to_string(),
            *span,
            "return type",
        ));
        return;
    }
    if let [PyType::Dict(value)] = members.as_slice() {
        for output in outputs {
            output_type(function, output, value, *span, out);
        }
    }
    outputs_by_shape(function, signature, outputs, at, out);
}

/// Checks outputs against the `return` statements of a function without an annotation.
fn outputs_by_shape(function: &str, signature: &Signature, outputs: &[Output], at: Span, out: &mut Diagnostics) {
    let Some(first) = outputs.first() else { return };
    if signature.returned.is_empty() {
        if !signature.stub {
            out.push(messages::never_returns(first.span, function, signature.span));
        }
        return;
    }
    for (returned, record) in &signature.returned {
        let guessed = match (&returned.shape, record) {
            (Shape::Call(_), Some(record)) => record.clone(),
            (Shape::Constant(c), _) => PyType::of(c),
            (Shape::Text, _) => PyType::Str,
            (Shape::List, _) => PyType::List(Box::new(PyType::Any)),
            (Shape::Set, _) => PyType::Foreign("set".to_owned()),
            (Shape::Tuple(_), _) => PyType::Tuple,
            (Shape::Dict(..), _) => PyType::Dict(Box::new(PyType::Any)),
            _ => continue,
        };
        let names: Option<Vec<&str>> = match (&returned.shape, &guessed) {
            (Shape::Dict(keys, false), _) => Some(keys.iter().map(String::as_str).collect()),
            (_, PyType::Record { fields: Some(fields), others, .. }) => {
                Some(fields.iter().map(|(f, ..)| f.as_str()).chain(others.iter().map(String::as_str)).collect())
            }
            _ => None,
        };
        if let [output] = outputs {
            // `return None` usually ends a function early.
            if guessed != PyType::None && !produces(&guessed, &output.ty) {
                let named = names.is_some_and(|n| n.contains(&output.name.as_str()));
                out.push(messages::output_type_guessed(output, function, described(&guessed), returned.span, named));
                return;
            }
            continue;
        }
        let open =
            matches!(&returned.shape, Shape::Dict(_, true)) || matches!(&guessed, PyType::Record { fields: None, .. });
        match names {
            Some(names) => {
                for output in outputs.iter().filter(|o| !names.contains(&o.name.as_str())) {
                    let free = names.iter().copied().filter(|n| !outputs.iter().any(|o| o.name == *n));
                    let near = closest_match(&output.name, free);
                    out.push(messages::output_not_returned(output, function, returned.span, near, &names));
                }
            }
            None if open || guessed == PyType::None => {}
            None => {
                out.push(messages::outputs_not_named(
                    outputs.first().map_or(at, |o| o.span),
                    function,
                    described(&guessed),
                    returned.span,
                    "returned here",
                ));
                return;
            }
        }
    }
}

fn output_type(function: &str, output: &Output, ty: &PyType, span: Span, out: &mut Diagnostics) {
    if ty.members().into_iter().any(|t| produces(t, &output.ty)) {
        return;
    }
    if *ty == PyType::None {
        out.push(messages::returns_nothing(output.span, function, span));
        return;
    }
    out.push(messages::output_type(output, function, ty, span));
}

fn described(ty: &PyType) -> String {
    match ty {
        PyType::Dict(_) => "a dict".to_owned(),
        PyType::List(_) => "a list".to_owned(),
        PyType::Tuple => "a tuple".to_owned(),
        PyType::None => "nothing".to_owned(),
        other => other.to_string(),
    }
}
