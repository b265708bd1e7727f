//! The outputs of a step held against what its Python function returns.

use super::annotations::produces;
use super::scope::Checker;
use crate::diag::{Code, Diagnostic, nearest, one_of};
use crate::model::{Output, PythonCall};
use crate::package::{PyType, Signature};
use crate::python::Shape;
use crate::source::Span;

impl Checker<'_> {
    /// Checks the outputs of a call, and notes whether they are taken by name.
    pub fn outputs_of(&mut self, call: &mut PythonCall, signature: &Signature, outputs: &[Output], at: Span) {
        if outputs.is_empty() || signature.yields.is_some() {
            return;
        }
        let function = call.function.clone();
        let several = outputs.len() > 1;
        call.by_name = several.then_some(true);
        let Some((ty, span)) = signature.returns.as_ref().filter(|(ty, _)| *ty != PyType::Any) else {
            self.outputs_by_shape(&function, signature, outputs, at);
            return;
        };
        // A function that may return `None` returns the record when it does its work.
        let members: Vec<&PyType> = ty.members().into_iter().filter(|t| **t != PyType::None).collect();
        if let [PyType::Record { name, fields, others, .. }] = members.as_slice() {
            let known = |o: &Output| {
                fields.iter().flatten().any(|(f, ..)| f == o.name.as_str())
                    || others.iter().any(|n| n == o.name.as_str())
            };
            let field_names: Vec<&str> = fields.iter().flatten().map(|(f, ..)| f.as_str()).collect();
            let one = outputs.first().filter(|_| !several);
            // A field of that name is meant, unless the record as a whole fits; a misspelt one is meant as well.
            let misspelt = one.is_some_and(|o| {
                !known(o) && !produces(ty, &o.ty) && nearest(&o.name, field_names.iter().copied()).is_some()
            });
            if several || misspelt || one.is_some_and(known) {
                call.by_name = Some(true);
                for output in outputs {
                    match fields.iter().flatten().find(|(f, ..)| f == output.name.as_str()) {
                        Some((_, ty, span)) => self.output_type(&function, output, ty, *span),
                        None if known(output) || fields.is_none() => {}
                        None => {
                            let message = format!("`{function}` returns `{name}`, which has no `{}`", output.name);
                            let d = Diagnostic::new(Code::OutputNotReturned, output.span, message);
                            let free = field_names.iter().copied().filter(|f| !outputs.iter().any(|o| o.name == *f));
                            let d = d.also(*span, "what it returns");
                            self.report(match nearest(&output.name, free) {
                                Some(near) => d.nearest(output.span, Some(near)),
                                None => d.help(format!("it has {}", one_of(field_names.iter().copied(), 12))),
                            });
                        }
                    }
                }
                return;
            }
        }
        if let (false, Some(output)) = (several, outputs.first()) {
            let whole = ty.members().iter().all(|t| !matches!(t, PyType::Any | PyType::Record { .. }));
            call.by_name = whole.then_some(false);
            self.output_type(&function, output, ty, *span);
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
        if let [PyType::Dict(value)] = members.as_slice() {
            for output in outputs {
                self.output_type(&function, output, value, *span);
            }
        }
        self.outputs_by_shape(&function, signature, outputs, at);
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
                (_, PyType::Record { fields: Some(fields), others, .. }) => {
                    Some(fields.iter().map(|(f, ..)| f.as_str()).chain(others.iter().map(String::as_str)).collect())
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
                        let free = names.iter().copied().filter(|n| !outputs.iter().any(|o| o.name == *n));
                        let near = nearest(&output.name, free);
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
