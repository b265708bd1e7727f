//! The outputs of a step held against what its Python function returns.

use super::annotations::produces;
use super::messages;
use super::scope::Checker;
use crate::diag::nearest;
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
                            let free = field_names.iter().copied().filter(|f| !outputs.iter().any(|o| o.name == *f));
                            let near = nearest(&output.name, free);
                            self.report(messages::record_without_output(
                                output,
                                &function,
                                name,
                                *span,
                                near,
                                &field_names,
                            ));
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
            self.report(messages::outputs_not_named(
                outputs.first().map_or(at, |o| o.span),
                &function,
                ty.to_string(),
                *span,
                "what it returns",
            ));
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
                self.report(messages::never_returns(first.span, function, signature.span));
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
                    self.report(messages::output_type_guessed(
                        output,
                        function,
                        described(&guessed),
                        returned.span,
                        named,
                    ));
                    return;
                }
                continue;
            }
            let open = matches!(&returned.shape, Shape::Dict(_, true))
                || matches!(&guessed, PyType::Record { fields: None, .. });
            match names {
                Some(names) => {
                    for output in outputs.iter().filter(|o| !names.contains(&o.name.as_str())) {
                        let free = names.iter().copied().filter(|n| !outputs.iter().any(|o| o.name == *n));
                        let near = nearest(&output.name, free);
                        self.report(messages::output_not_returned(output, function, returned.span, near, &names));
                    }
                }
                None if open || guessed == PyType::None => {}
                None => {
                    self.report(messages::outputs_not_named(
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

    fn output_type(&mut self, function: &str, output: &Output, ty: &PyType, span: Span) {
        if ty.members().into_iter().any(|t| produces(t, &output.ty)) {
            return;
        }
        if *ty == PyType::None {
            self.report(messages::returns_nothing(output.span, function, span));
            return;
        }
        self.report(messages::output_type(output, function, ty, span));
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
