//! A call held against the Python function that it calls: arguments, types, outputs.

use super::annotations::{accepts, handed_over, holds};
use super::job::Packaged;
use super::scope::Checker;
use crate::diag::{Code, Diagnostic, nearest, one_of};
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
                let message = if *last == **module {
                    format!("module `{module}` has no function `{function}`")
                } else {
                    format!("`{module}` takes `{function}` from `{last}`, which has none of that name")
                };
                let d = Diagnostic::new(Code::FunctionNotFound, at, message);
                let near = nearest(function, known.iter().map(|(n, _)| n.as_str()));
                let d = match near.and_then(|near| known.iter().find(|(n, _)| n == near)) {
                    Some((near, span)) => d
                        .also(*span, format!("`{near}` is here"))
                        .help(format!("did you mean `{near}`?"))
                        .suggestion(format!("use `{near}`"), vec![(at, near.clone())]),
                    None => {
                        let d = match place {
                            Some(place) => d.also(*place, "looked for here"),
                            None => d,
                        };
                        match known.is_empty() {
                            true => d.help("write the function, or call one of another module"),
                            false => d.help(format!("it has {}", one_of(known.iter().map(|(n, _)| n.as_str()), 8))),
                        }
                    }
                };
                self.report(d);
            }
            Missing::Unreadable(why) => {
                let d = Diagnostic::new(Code::BadPython, call.span, format!("module `{module}` cannot be read: {why}"));
                self.report(d.help("make the file readable; the wheel cannot be built without it"));
            }
            Missing::NotPython(error) => {
                let d = Diagnostic::new(Code::BadPython, call.span, format!("module `{module}` cannot be imported"));
                self.report(
                    d.also(error.span, error.message.clone())
                        .help("correct the Python file; the step would fail at its import"),
                );
            }
            Missing::NotFunction(span) => {
                let d = Diagnostic::new(Code::NotCallable, at, format!("`{function}` in `{module}` is no function"));
                self.report(d.also(*span, "this is what it stands for").help("call a function"));
            }
        }
    }

    fn arguments(&mut self, call: &mut PythonCall, signature: &Signature, at: Span) {
        let function = call.function.clone();
        if let Some(span) = signature.yields {
            let d =
                Diagnostic::new(Code::NotCallable, at, format!("`{function}` is a generator: to call it runs nothing"));
            self.report(
                d.also(span, "it yields here").help("call a function that does the work and returns the result"),
            );
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
            let d = Diagnostic::new(
                Code::NotCallable,
                at,
                format!("`{function}` takes `{}` by place alone, and a step gives arguments by name", p.written.name),
            );
            self.report(d.also(p.written.span, "before the `/`").help("remove the `/` from the function"));
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
        let name = Span { end: argument.span.start + argument.name.len() as u32, ..argument.span };
        let d =
            Diagnostic::new(Code::UnknownArgument, name, format!("`{function}` takes no argument `{}`", argument.name));
        let near = nearest(&argument.name, free.iter().copied().filter(|f| !offered.iter().any(|o| o == f)));
        offered.extend(near.map(str::to_owned));
        // A bare `b` is both name and value: the name has to be written before it.
        let bare = self.sources.slice(argument.span) == argument.name.as_str();
        let d = match near {
            Some(near) if bare => d
                .help(format!("did you mean `{near}`?"))
                .suggestion(format!("pass it as `{near}`"), vec![(argument.span.start_point(), format!("{near} = "))]),
            Some(near) => d.nearest(name, Some(near)),
            None if signature.params.is_empty() => d.help("it takes no arguments"),
            None => {
                let all = signature.params.iter().map(|p| p.written.name.as_str());
                d.help(format!("it takes {}", one_of(all, 12)))
            }
        };
        self.report(d.also(signature.span, "the function"));
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
            let mut d = Diagnostic::new(Code::MissingArgument, at, format!("`{}` needs {names}", call.function));
            for p in needed.iter().take(4) {
                d = d.also(p.written.span, "a parameter without default");
            }
            self.report(d.help(format!("write `{} = ...` among the arguments", first.written.name)));
        }
        for p in left_out.iter().filter(|p| p.written.optional) {
            let Some(default) = &p.written.default else { continue };
            if !holds(&p.ty, default) {
                let d = Diagnostic::new(
                    Code::BadDefault,
                    p.written.span,
                    format!("without an argument `{}` is {default}, which is no {}", p.written.name, p.ty),
                );
                self.report(d.also(at, "called here without it").help("give the argument, or correct the default"));
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
        let name = &argument.name;
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
            let shown: Vec<String> = members.iter().map(ToString::to_string).collect();
            let given = if *value == Type::String { format!("{text:?}") } else { text.to_owned() };
            let d = Diagnostic::new(
                Code::BadMember,
                argument.span,
                format!(
                    "`{name}` of `{function}` takes {}, not {given}",
                    one_of(shown.iter().map(String::as_str), 8).replace('`', "")
                ),
            );
            let near = nearest(
                text,
                members.iter().filter_map(|m| match m {
                    Literal::Str(s) => Some(s.as_str()),
                    _ => None,
                }),
            );
            let d = d.also(declared, "declared here");
            self.report(match near {
                Some(near) => d.help(format!("did you mean {near:?}?")),
                None => d.help("use one of them"),
            });
            return;
        }
        let d = Diagnostic::new(
            Code::WrongType,
            argument.span,
            format!("`{name}` of `{function}` takes {ty}, but this is {value}"),
        );
        let foreign = ty.members().into_iter().any(|t| matches!(t, PyType::Foreign(_)));
        self.report(d.also(declared, "declared here").help(if foreign {
            match ty.members().first() {
                Some(PyType::Foreign(name)) if name.contains('.') => {
                    "what crosses steps is text: pass a table or path, and load it in the function"
                }
                _ => "what crosses steps is JSON, which has no such value; take a list or text",
            }
        } else if *value == Type::Int && ty.members().contains(&&PyType::Str) {
            "nothing is converted but int to float; put it into a text: `\"${...}\"`"
        } else if *value == Type::String
            && constant.is_some()
            && matches!(ty, PyType::Int | PyType::Float | PyType::Bool)
        {
            "write the value without quotes"
        } else {
            "nothing is converted but int to float; change the value, or the function"
        }));
    }
}
