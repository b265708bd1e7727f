//! Compares calls with the Python functions they call: arguments and types.

use super::PipelineFacts;
use crate::check::messages;
use crate::check::python_types::{function_name, holds, passed_as, python_calls, value_of};
use crate::diag::{Diagnostics, closest_match};
use crate::model::{Argument, PythonCall, Type};
use crate::package::{Lookup, Missing, Parameter, PyType, Signature};
use crate::python::{Literal, ParamKind};
use crate::source::Span;

/// Checks each call of a Python function.
pub fn check(facts: &PipelineFacts, out: &mut Diagnostics) {
    for (_, call, lookup) in python_calls(&facts.pipeline.pipeline, &facts.program.packages) {
        let at = function_name(call);
        match lookup {
            Lookup::Unknown(_) | Lookup::Missing(Missing::Module) => {}
            Lookup::Missing(why) => missing(call, why, at, out),
            Lookup::Signature(signature) => arguments(facts, call, signature, at, out),
        }
    }
}

fn missing(call: &PythonCall, missing: &Missing, at: Span, out: &mut Diagnostics) {
    let module = &call.module;
    let function = &call.function;
    match missing {
        Missing::Module => {}
        Missing::Function { module: last, known, at: place } => {
            let near = closest_match(function, known.iter().map(|(n, _)| n.as_str()));
            let near = near.and_then(|near| known.iter().find(|(n, _)| n == near));
            out.push(messages::function_not_found(call, at, last, near, *place, known));
        }
        Missing::Unreadable(why) => {
            out.push(messages::module_unreadable(call.span, module, why));
        }
        Missing::NotPython(error) => {
            out.push(messages::module_not_python(call.span, module, error));
        }
        Missing::NotFunction(span) => {
            out.push(messages::not_a_function(at, function, module, *span));
        }
    }
}

fn arguments(facts: &PipelineFacts, call: &PythonCall, signature: &Signature, at: Span, out: &mut Diagnostics) {
    let function = call.function.clone();
    if let Some(span) = signature.yields {
        out.push(messages::generator(at, &function, span));
        return;
    }
    let names = |a: &Argument| signature.params.iter().any(|p| p.written.name == a.name.as_str());
    let free: Vec<&str> = signature
        .params
        .iter()
        .map(|p| p.written.name.as_str())
        .filter(|n| !call.arguments.iter().any(|a| a.name == *n))
        .collect();
    let by_place = signature.params.iter().find(|p| {
        let given = call.arguments.iter().any(|a| a.name == p.written.name.as_str());
        p.written.kind == ParamKind::PositionalOnly && (given || !p.written.optional)
    });
    if let Some(p) = by_place {
        out.push(messages::positional_only(at, &function, &p.written.name, p.written.span));
        return;
    }
    let mut offered: Vec<String> = Vec::new();
    for argument in &call.arguments {
        match signature.params.iter().find(|p| p.written.name == argument.name.as_str()) {
            Some(p) => check_argument(argument, &p.ty, p.written.span, &function, out),
            None => match &signature.kwargs {
                Some(ty) => check_argument(argument, ty, signature.span, &function, out),
                None => surplus(facts, argument, signature, &function, &free, &mut offered, out),
            },
        }
    }
    let surplus = match signature.kwargs {
        Some(_) => 0,
        None => call.arguments.iter().filter(|a| !names(a)).count(),
    };
    left_out(call, signature, at, surplus, out);
}

/// Reports an argument without a parameter; `free` are the parameters without an argument.
fn surplus(
    facts: &PipelineFacts,
    argument: &Argument,
    signature: &Signature,
    function: &str,
    free: &[&str],
    offered: &mut Vec<String>,
    out: &mut Diagnostics,
) {
    let near = closest_match(&argument.name, free.iter().copied().filter(|f| !offered.iter().any(|o| o == f)));
    offered.extend(near.map(str::to_owned));
    let bare = facts.cx.sources.slice(argument.span) == argument.name.as_str();
    out.push(messages::surplus_argument(argument, function, signature, near, bare));
}

/// Reports missing arguments; `surplus` arguments were probably meant for some of them.
fn left_out(call: &PythonCall, signature: &Signature, at: Span, surplus: usize, out: &mut Diagnostics) {
    let given = |p: &Parameter| call.arguments.iter().any(|a| a.name == p.written.name.as_str());
    let left_out: Vec<&Parameter> = signature.params.iter().filter(|p| !given(p)).collect();
    let needed: Vec<&Parameter> = left_out.iter().copied().filter(|p| !p.written.optional).collect();
    if let Some(first) = needed.first()
        && needed.len() > surplus
    {
        let names = needed.iter().map(|p| format!("`{}`", p.written.name)).collect::<Vec<_>>().join(" and ");
        out.push(messages::missing_arguments(at, &call.function, &names, &needed, first));
    }
    for p in left_out.iter().filter(|p| p.written.optional) {
        let Some(default) = &p.written.default else { continue };
        if !holds(&p.ty, default) {
            out.push(messages::bad_default(p, default, at));
        }
    }
}

fn check_argument(argument: &Argument, ty: &PyType, declared: Span, function: &str, out: &mut Diagnostics) {
    let (value, constant) = value_of(argument);
    if passed_as(argument, ty).is_some() {
        return;
    }
    let members: Vec<&Literal> = ty
        .members()
        .into_iter()
        .filter_map(|t| match t {
            PyType::Literal(members) => Some(members),
            _ => None,
        })
        .flatten()
        .collect();
    let alike = |m: &&Literal| matches!((m, value), (Literal::Str(_), Type::String) | (Literal::Int(_), Type::Int));
    if let Some(text) = constant
        && members.iter().any(alike)
    {
        out.push(messages::not_a_literal(argument, function, text, &members, declared));
        return;
    }
    out.push(messages::argument_type(argument, function, ty, value, declared, constant));
}
