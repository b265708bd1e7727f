//! Arguments of `run`.

use std::collections::{HashMap, HashSet};

use super::PipelineFacts;
use crate::check::constants;
use crate::check::messages;
use crate::check::suggestions::Suggestions;
use crate::diag::{Candidate, Diagnostic, Diagnostics, closest_name};
use crate::model::{Argument, Param, RunCall, StepKind, Type};
use crate::source::Span;
use crate::syntax::ast::{Binding, Decl};

/// Compares the arguments of each `run` with the parameters of its pipeline.
pub fn check(facts: &PipelineFacts, out: &mut Diagnostics) {
    let mut suggestions = Suggestions::shared_by(facts.program.pipelines.len());
    for step in facts.pipeline.pipeline.all_steps() {
        let StepKind::Run(call) = &step.kind else { continue };
        let Some(other) = facts.program.pipelines.iter().find(|p| p.pipeline.name == call.pipeline) else { continue };
        let written = facts.pipeline.declaration(step).and_then(Decl::call);
        let at = written.map_or(call.span, |c| c.callee_span);
        arguments(call, other.decl, &other.pipeline.params, &mut suggestions, out);
        let whole = written.map_or(call.span, |c| c.span);
        left_out(facts, call, (at, whole), other.decl, out);
    }
}

fn arguments(call: &RunCall, other: &Decl, params: &[Param], suggestions: &mut Suggestions, out: &mut Diagnostics) {
    let by_name: HashMap<&str, &Param> = params.iter().map(|p| (p.name.as_str(), p)).collect();
    let given: HashSet<&str> = call.arguments.iter().map(|a| a.name.as_str()).collect();
    for argument in &call.arguments {
        match by_name.get(argument.name.as_str()) {
            Some(param) => {
                if let Some(d) = argument_type(argument, param) {
                    out.push(d);
                }
            }
            None => {
                let free = suggestions.among(|| {
                    params
                        .iter()
                        .filter(|p| !given.contains(p.name.as_str()))
                        .map(|p| Candidate::declared(&p.name, p.span))
                        .collect()
                });
                let near = closest_name(&argument.name, free);
                out.push(messages::unknown_param(argument, &call.pipeline, near, other.name.span));
            }
        }
    }
}

/// Compares the type of an argument with that of the parameter.
fn argument_type(argument: &Argument, param: &Param) -> Option<Diagnostic> {
    let text = argument.value.as_str().filter(|t| !t.contains("{{"));
    let fits = match text.and_then(|t| constants::of_wire(t, &argument.ty)) {
        Some(constant) => constants::adopts(&constant, &param.ty),
        None => argument.ty.fits(&param.ty),
    };
    match (fits, text) {
        (true, _) => None,
        (false, Some(text)) if argument.ty == Type::String && param.ty.is_text() && param.ty != Type::String => {
            Some(messages::wrong_form(argument.span, &argument.name, text, &param.ty, Some(param.span)))
        }
        _ => Some(messages::param_type(argument, &param.ty, param.span)),
    }
}

/// Reports parameters without an argument, at the name of the pipeline in the whole call: they take the value of a parameter of the same name, or the default.
fn left_out(facts: &PipelineFacts, call: &RunCall, (at, whole): (Span, Span), other: &Decl, out: &mut Diagnostics) {
    let own: HashMap<&str, &Binding> = facts.pipeline.decl.params().map(|p| (p.name.text.as_str(), p)).collect();
    let given: HashSet<&str> = call.arguments.iter().map(|a| a.name.as_str()).collect();
    for param in other.params().filter(|p| !given.contains(p.name.text.as_str())) {
        let same = own.get(param.name.text.as_str());
        match (&param.value, same) {
            (None, None) => out.push(messages::missing_param(at, whole, &call.pipeline, &param.name)),
            (Some(there), Some(Binding { value: Some(here), .. })) => {
                // The value of the caller silently overrides the default.
                let source = |span| facts.cx.sources.slice(span);
                if source(here.span) != source(there.span) {
                    out.push(messages::different_default(at, whole, &param.name.text, there.span, here.span));
                }
            }
            _ => {}
        }
    }
}
