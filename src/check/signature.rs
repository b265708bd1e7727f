//! A call held against the Python function that it calls: arguments, types, outputs.

use super::annotations::{accepts, handed_over, holds};
use super::job::Packaged;
use super::messages;
use super::scope::Checker;
use crate::diag::nearest;
use crate::model::{Argument, Output, Part, PythonCall, Reference, Type};
use crate::package::{Lookup, Missing, Parameter, PyType, Signature};
use crate::python::{Literal, ParamKind};
use crate::source::Span;

impl Checker<'_> {
    /// Checks a call, and notes on its arguments as what they are to be handed over.
    pub fn signature(&mut self, call: &mut PythonCall, outputs: &[Output], packages: &[Packaged<'_>]) {
        let Some(packaged) = packages.get(call.package) else { return };
        let key = (call.module.clone(), call.function.clone());
        let at = Span { start: call.span.end.saturating_sub(call.function.len() as u32), ..call.span };
        match packaged.source.functions.get(&key) {
            Some(Lookup::Unknown(Some(span))) => self.link(at, *span),
            None | Some(Lookup::Unknown(None) | Lookup::Missing(Missing::Module)) => {}
            Some(Lookup::Missing(missing)) => self.missing(call, missing, at),
            Some(Lookup::Signature(signature)) => {
                self.link(at, signature.span);
                for argument in &call.arguments {
                    if let Some(p) = signature.params.iter().find(|p| p.written.name == argument.name.as_str()) {
                        self.link(argument.key, p.written.span);
                    }
                }
                self.arguments(call, signature, at);
                self.outputs_of(call, signature, outputs, at);
            }
        }
    }

    fn missing(&mut self, call: &PythonCall, missing: &Missing, at: Span) {
        let module = &call.module;
        let function = &call.function;
        match missing {
            Missing::Module => {}
            Missing::Function { module: last, known, at: place } => {
                let near = nearest(function, known.iter().map(|(n, _)| n.as_str()));
                let near = near.and_then(|near| known.iter().find(|(n, _)| n == near));
                self.report(messages::function_not_found(call, at, last, near, *place, known));
            }
            Missing::Unreadable(why) => {
                self.report(messages::module_unreadable(call.span, module, why));
            }
            Missing::NotPython(error) => {
                self.report(messages::module_not_python(call.span, module, error));
            }
            Missing::NotFunction(span) => {
                self.report(messages::not_a_function(at, function, module, *span));
            }
        }
    }

    fn arguments(&mut self, call: &mut PythonCall, signature: &Signature, at: Span) {
        let function = call.function.clone();
        if let Some(span) = signature.yields {
            self.report(messages::generator(at, &function, span));
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
            self.report(messages::positional_only(at, &function, &p.written.name, p.written.span));
            return;
        }
        let mut offered: Vec<String> = Vec::new();
        for argument in &mut call.arguments {
            match signature.params.iter().find(|p| p.written.name == argument.name.as_str()) {
                Some(p) => self.argument(argument, &p.ty, p.written.span, &function),
                None => match &signature.kwargs {
                    Some(ty) => self.argument(argument, ty, signature.span, &function),
                    None => self.surplus(argument, signature, &function, &free, &mut offered),
                },
            }
        }
        let surplus = match signature.kwargs {
            Some(_) => 0,
            None => call.arguments.iter().filter(|a| !names(a)).count(),
        };
        self.left_out(call, signature, at, surplus);
    }

    /// An argument that the function does not take; `free` are the parameters that are not given.
    fn surplus(
        &mut self,
        argument: &Argument,
        signature: &Signature,
        function: &str,
        free: &[&str],
        offered: &mut Vec<String>,
    ) {
        let near = nearest(&argument.name, free.iter().copied().filter(|f| !offered.iter().any(|o| o == f)));
        offered.extend(near.map(str::to_owned));
        let bare = self.sources.slice(argument.span) == argument.name.as_str();
        self.report(messages::surplus_argument(argument, function, signature, near, bare));
    }

    /// Parameters that the call does not give; `surplus` arguments were likely meant for some of them.
    fn left_out(&mut self, call: &PythonCall, signature: &Signature, at: Span, surplus: usize) {
        let given = |p: &Parameter| call.arguments.iter().any(|a| a.name == p.written.name.as_str());
        let left_out: Vec<&Parameter> = signature.params.iter().filter(|p| !given(p)).collect();
        let needed: Vec<&Parameter> = left_out.iter().copied().filter(|p| !p.written.optional).collect();
        if let Some(first) = needed.first()
            && needed.len() > surplus
        {
            let names = needed.iter().map(|p| format!("`{}`", p.written.name)).collect::<Vec<_>>().join(" and ");
            self.report(messages::missing_arguments(at, &call.function, &names, &needed, first));
        }
        for p in left_out.iter().filter(|p| p.written.optional) {
            let Some(default) = &p.written.default else { continue };
            if !holds(&p.ty, default) {
                self.report(messages::bad_default(p, default, at));
            }
        }
    }

    fn argument(&mut self, argument: &mut Argument, ty: &PyType, declared: Span, function: &str) {
        // A reference that was typed as text has the type of whatever comes out of it.
        let typed_as_text =
            argument.value.parts.iter().any(|p| matches!(p, Part::Literal(text) if text.contains("{{")));
        let value = if typed_as_text { &Type::Any } else { &argument.ty };
        let constant = argument.value.as_str().filter(|_| !typed_as_text);
        // What the platform knows of a run is text on the wire, and ids are no numbers to count with.
        let fact = matches!(
            argument.value.parts.as_slice(),
            [Part::Reference(Reference::Fact(_) | Reference::TaskFact { .. })]
        );
        if fact && ty.members().contains(&&PyType::Str) {
            argument.ty = Type::String;
            return;
        }
        if let Some(member) = ty.members().into_iter().find(|t| accepts(t, value, constant)) {
            argument.ty = handed_over(member, value);
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
            self.report(messages::not_a_literal(argument, function, text, &members, declared));
            return;
        }
        self.report(messages::argument_type(argument, function, ty, value, declared, constant));
    }
}
