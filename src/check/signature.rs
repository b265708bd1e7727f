//! A call held against the Python function that it calls: arguments, types, outputs.

use super::job::Packaged;
use super::scope::Checker;
use crate::diag::{Code, Diagnostic, nearest, one_of};
use crate::model::{Argument, Output, Part, PythonCall, Type};
use crate::package::{Lookup, Missing, Parameter, PyType, RecordKind, Signature};
use crate::python::{Literal, ParamKind, Shape};
use crate::source::Span;

impl Checker<'_> {
    /// Checks a call, and notes on its arguments as what they are to be handed over.
    pub fn signature(&mut self, call: &mut PythonCall, outputs: &[Output], packages: &[Packaged<'_>]) {
        let Some(packaged) = packages.get(call.package) else { return };
        let key = (call.module.clone(), call.function.clone());
        let at = Span { start: call.span.end.saturating_sub(call.function.len() as u32), ..call.span };
        match packaged.source.functions.get(&key) {
            None | Some(Lookup::Unknown(_) | Lookup::Missing(Missing::Module)) => {}
            Some(Lookup::Missing(missing)) => self.missing(call, missing, at),
            Some(Lookup::Signature(signature)) => {
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
        let mut lost: Vec<&Parameter> = Vec::new();
        for argument in &mut call.arguments {
            let found = signature.params.iter().find(|p| p.written.name == argument.name.as_str());
            match found {
                Some(p) if p.written.kind == ParamKind::PositionalOnly => {
                    let d = Diagnostic::new(
                        Code::NotCallable,
                        argument.span,
                        format!("`{}` can be given by place alone, and a step gives it by name", argument.name),
                    );
                    self.report(d.also(p.written.span, "before the `/`").help("remove the `/` from the function"));
                }
                Some(p) => self.argument(argument, &p.ty, p.written.span, &function),
                None => match &signature.kwargs {
                    Some(ty) => self.argument(argument, ty, signature.span, &function),
                    None => {
                        let name = Span { end: argument.span.start + argument.name.len() as u32, ..argument.span };
                        let d = Diagnostic::new(
                            Code::UnknownArgument,
                            name,
                            format!("`{function}` takes no argument `{}`", argument.name),
                        );
                        lost.extend(signature.params.iter().filter(|p| !p.written.optional));
                        let free = signature.params.iter().map(|p| p.written.name.as_str());
                        let near = nearest(&argument.name, free).map(str::to_owned);
                        // A bare `b` is both name and value: the name has to be written before it.
                        let bare = self.sources.slice(argument.span) == argument.name.as_str();
                        let d = match near {
                            Some(near) if bare => d.help(format!("did you mean `{near}`?")).suggestion(
                                format!("pass it as `{near}`"),
                                vec![(argument.span.start_point(), format!("{near} = "))],
                            ),
                            Some(near) => d.nearest(name, Some(&near)),
                            None if signature.params.is_empty() => d.help("it takes no arguments"),
                            None => d.help(format!(
                                "it takes {}",
                                one_of(signature.params.iter().map(|p| p.written.name.as_str()), 12)
                            )),
                        };
                        self.report(d.also(signature.span, "the function"));
                    }
                },
            }
        }
        self.left_out(call, signature, at, &lost);
    }

    /// Parameters that the call does not give.
    fn left_out(&mut self, call: &PythonCall, signature: &Signature, at: Span, lost: &[&Parameter]) {
        let given = |p: &Parameter| call.arguments.iter().any(|a| a.name == p.written.name.as_str());
        let left_out: Vec<&Parameter> = signature.params.iter().filter(|p| !given(p)).collect();
        // A misspelt argument is likely the one that is missing: it was reported.
        let mut needed: Vec<&Parameter> = left_out.iter().copied().filter(|p| !p.written.optional).collect();
        let misspelt = call
            .arguments
            .iter()
            .filter(|a| {
                signature.kwargs.is_none() && !signature.params.iter().any(|p| p.written.name == a.name.as_str())
            })
            .filter_map(|a| nearest(&a.name, lost.iter().map(|p| p.written.name.as_str())))
            .collect::<Vec<_>>();
        needed.retain(|p| !misspelt.contains(&p.written.name.as_str()));
        if let Some(first) = needed.first() {
            let names = needed.iter().map(|p| format!("`{}`", p.written.name)).collect::<Vec<_>>().join(" and ");
            if needed.iter().any(|p| p.written.kind == ParamKind::PositionalOnly) {
                let d = Diagnostic::new(
                    Code::NotCallable,
                    at,
                    format!("`{}` takes {names} by place alone, and a step gives arguments by name", call.function),
                );
                self.report(d.also(first.written.span, "before the `/`").help("remove the `/` from the function"));
                return;
            }
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
                    Code::WrongType,
                    at,
                    format!("without an argument `{}` is {default}, which is no {}", p.written.name, p.ty),
                );
                self.report(d.also(p.written.span, "its default").help("give the argument, or correct the default"));
            }
        }
    }

    fn argument(&mut self, argument: &mut Argument, ty: &PyType, declared: Span, function: &str) {
        // A reference that was typed as text has the type of whatever comes out of it.
        let typed_as_text =
            argument.value.parts.iter().any(|p| matches!(p, Part::Literal(text) if text.contains("{{")));
        let value = if typed_as_text { &Type::Any } else { &argument.ty };
        let constant = argument.value.as_str().filter(|_| !typed_as_text);
        if let Some(member) = ty.members().into_iter().find(|t| accepts(t, value, constant)) {
            let (wire, as_path) = handed_over(member, value);
            argument.ty = wire;
            argument.as_path = as_path;
            return;
        }
        let name = &argument.name;
        if let PyType::Literal(members) = ty
            && let Some(text) = constant
        {
            let shown: Vec<String> = members.iter().map(ToString::to_string).collect();
            let d = Diagnostic::new(
                Code::BadMember,
                argument.span,
                format!(
                    "`{name}` of `{function}` takes {}, not {text:?}",
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
            "what crosses steps is text: pass a table or path, and load it in the function"
        } else if *value == Type::String
            && constant.is_some()
            && matches!(ty, PyType::Int | PyType::Float | PyType::Bool)
        {
            "write the value without quotes"
        } else {
            "nothing is converted but int to float; change the value, or the function"
        }));
    }

    fn outputs_of(&mut self, call: &PythonCall, signature: &Signature, outputs: &[Output], at: Span) {
        if outputs.is_empty() || signature.yields.is_some() {
            return;
        }
        let function = &call.function;
        let by_name = outputs.len() > 1;
        if let Some((ty, span)) = &signature.returns
            && *ty != PyType::Any
        {
            let members = ty.members();
            let record = members.iter().find_map(|t| match t {
                PyType::Record { fields: Some(fields), name, .. } => Some((name, fields)),
                _ => None,
            });
            if members.len() == 1
                && let Some((name, fields)) = record
                && (by_name || outputs.iter().any(|o| fields.iter().any(|(f, ..)| f == o.name.as_str())))
            {
                for output in outputs {
                    match fields.iter().find(|(f, ..)| f == output.name.as_str()) {
                        Some((_, ty, span)) => self.output_type(function, output, ty, *span),
                        None => {
                            let d = Diagnostic::new(
                                Code::OutputNotReturned,
                                output.span,
                                format!("`{function}` returns `{name}`, which has no `{}`", output.name),
                            );
                            let near = nearest(&output.name, fields.iter().map(|(f, ..)| f.as_str()));
                            let d = d.also(*span, "what it returns");
                            self.report(match near {
                                Some(near) => d.nearest(output.span, Some(near)),
                                None => {
                                    d.help(format!("it has {}", one_of(fields.iter().map(|(f, ..)| f.as_str()), 12)))
                                }
                            });
                        }
                    }
                }
                return;
            }
            if !by_name {
                if let Some(output) = outputs.first() {
                    self.output_type(function, output, ty, *span);
                }
                return;
            }
            let has_names = |t: &&PyType| matches!(t, PyType::Any | PyType::Dict(_) | PyType::Record { .. });
            if !members.iter().any(has_names) {
                let d = Diagnostic::new(
                    Code::OutputNotReturned,
                    outputs.first().map_or(at, |o| o.span),
                    format!("`{function}` returns {ty}, and several outputs are taken by name"),
                );
                self.report(
                    d.also(*span, "what it returns")
                        .help("return a dict, `TypedDict`, `NamedTuple` or dataclass with the outputs as names"),
                );
                return;
            }
        }
        self.outputs_by_shape(function, signature, outputs, at);
    }

    /// What the `return`s of a function look like, where no annotation says it.
    fn outputs_by_shape(&mut self, function: &str, signature: &Signature, outputs: &[Output], at: Span) {
        let Some(first) = outputs.first() else { return };
        if signature.returned.is_empty() {
            if !signature.stub {
                let d =
                    Diagnostic::new(Code::OutputNotReturned, first.span, format!("`{function}` never returns a value"));
                self.report(d.also(signature.span, "the function").help("return the output, or do not declare it"));
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
                (_, PyType::Record { fields: Some(fields), .. }) => {
                    Some(fields.iter().map(|(f, ..)| f.as_str()).collect())
                }
                _ => None,
            };
            if let [output] = outputs {
                // `return None` ends a function early more often than it gives a value.
                if guessed != PyType::None && !produces(&guessed, &output.ty) {
                    let named = names.is_some_and(|n| n.contains(&output.name.as_str()));
                    let d = Diagnostic::new(
                        Code::WrongType,
                        output.span,
                        format!("`{}` is {}, but `{function}` returns {}", output.name, output.ty, described(&guessed)),
                    );
                    self.report(d.also(returned.span, "returned here").help(if named {
                        "annotate the function with a `TypedDict`, `NamedTuple` or dataclass: then the output is taken from it by name"
                    } else {
                        "change the type of the output, or what is returned"
                    }));
                    return;
                }
                continue;
            }
            let open = matches!(&returned.shape, Shape::Dict(_, true))
                || matches!(&guessed, PyType::Record { fields: None, .. });
            match names {
                Some(names) => {
                    for output in outputs.iter().filter(|o| !names.contains(&o.name.as_str())) {
                        let d = Diagnostic::new(
                            Code::OutputNotReturned,
                            output.span,
                            format!("`{function}` returns no `{}`", output.name),
                        );
                        let near = nearest(&output.name, names.iter().copied());
                        let d = d.also(returned.span, "returned here");
                        self.report(match near {
                            Some(near) => d.nearest(output.span, Some(near)),
                            None if names.is_empty() => d.help("return it under its name"),
                            None => d.help(format!("it returns {}", one_of(names.iter().copied(), 12))),
                        });
                    }
                }
                None if open || guessed == PyType::None => {}
                None => {
                    let d = Diagnostic::new(
                        Code::OutputNotReturned,
                        outputs.first().map_or(at, |o| o.span),
                        format!("`{function}` returns {}, and several outputs are taken by name", described(&guessed)),
                    );
                    self.report(
                        d.also(returned.span, "returned here")
                            .help("return a dict, `TypedDict`, `NamedTuple` or dataclass with the outputs as names"),
                    );
                    return;
                }
            }
        }
    }

    fn output_type(&mut self, function: &str, output: &Output, ty: &PyType, span: Span) {
        if ty.members().into_iter().any(|t| produces(t, &output.ty)) {
            return;
        }
        if *ty == PyType::None {
            let d = Diagnostic::new(Code::OutputNotReturned, output.span, format!("`{function}` returns nothing"));
            self.report(d.also(span, "it says so here").help("return the output, or do not declare it"));
            return;
        }
        let d = Diagnostic::new(
            Code::WrongType,
            output.span,
            format!("`{}` is {}, but `{function}` returns {ty}", output.name, output.ty),
        );
        self.report(d.also(span, "declared here").help(match ty {
            PyType::Foreign(_) => {
                "what crosses steps is JSON: write the result to a table or file, and put out its name"
            }
            _ => "change the type of the output, or that of the function",
        }));
    }
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

/// Whether a parameter of this type takes a value of the language; `constant` is its text, if it is known.
fn accepts(ty: &PyType, value: &Type, constant: Option<&str>) -> bool {
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
        (PyType::Datetime, _) => *value == Type::Datetime || constant.is_some_and(|c| text && is_date(c)),
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

/// `2026-11-22`, with or without a time after it.
fn is_date(text: &str) -> bool {
    let mut parts = text.split(['T', ' ']).next().unwrap_or_default().split('-');
    let mut number =
        |digits: usize| parts.next().is_some_and(|p| p.len() == digits && p.bytes().all(|b| b.is_ascii_digit()));
    number(4) && number(2) && number(2)
}

/// As which type the entry point hands a value over, and whether as a `pathlib.Path`.
fn handed_over(ty: &PyType, value: &Type) -> (Type, bool) {
    let wire = match ty {
        PyType::Str => Type::String,
        PyType::Int => Type::Int,
        PyType::Float => Type::Float,
        PyType::Bool => Type::Bool,
        PyType::Date => Type::Date,
        PyType::Datetime => Type::Datetime,
        PyType::Path => return (Type::Path, true),
        PyType::Literal(members) => match members.first() {
            Some(Literal::Int(_)) => Type::Int,
            Some(Literal::Bool(_)) => Type::Bool,
            _ => Type::String,
        },
        PyType::List(t) => match value {
            Type::List(u) => Type::List(Box::new(handed_over(t, u).0)),
            _ => Type::Json,
        },
        PyType::Dict(t) => match value {
            Type::Map(u) => Type::Map(Box::new(handed_over(t, u).0)),
            _ => Type::Json,
        },
        PyType::Record { .. } | PyType::Tuple => Type::Json,
        PyType::Any | PyType::None | PyType::Union(_) | PyType::Foreign(_) => value.clone(),
    };
    match value {
        // JSON stays what it is, whatever the function would like.
        Type::Json => (Type::Json, false),
        _ => (wire, false),
    }
}

/// Whether a default is one of its own type; `None` is one everywhere, as the habit is.
fn holds(ty: &PyType, default: &Literal) -> bool {
    let fits = |t: &PyType| match (t, default) {
        (PyType::Any, _) | (_, Literal::None) => true,
        (PyType::Str, Literal::Str(_)) => true,
        (PyType::Int, Literal::Int(_) | Literal::Bool(_)) => true,
        (PyType::Float, Literal::Int(_) | Literal::Float | Literal::Bool(_)) => true,
        (PyType::Bool, Literal::Bool(_)) => true,
        (PyType::Literal(members), d) => members.contains(d),
        // Of other classes nothing is known: they may be made to equal a constant.
        (PyType::Str | PyType::Int | PyType::Float | PyType::Bool | PyType::None, _) => false,
        (PyType::List(_) | PyType::Dict(_) | PyType::Tuple | PyType::Date | PyType::Datetime, _) => false,
        _ => true,
    };
    ty.members().into_iter().any(fits)
}

/// Whether what a function returns can be put out as this type.
fn produces(ty: &PyType, output: &Type) -> bool {
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
