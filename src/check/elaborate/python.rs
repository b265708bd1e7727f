//! Calls of Python functions: what they refer to, and how values are passed.

use super::Elaborator;
use super::packages::Packaged;
use crate::check::python_types::{function_name, lookup, passed_as, taken_by_name};
use crate::model::{Output, PythonCall};
use crate::package::Lookup;

impl Elaborator<'_> {
    /// Records the function of a call, the types in which its arguments are passed, and how outputs are read.
    pub fn python_function(&mut self, call: &mut PythonCall, outputs: &[Output], packages: &[Packaged<'_>]) {
        match lookup(call, packages) {
            Some(Lookup::Unknown(Some(span))) => self.record_link(function_name(call), *span),
            Some(Lookup::Signature(signature)) => {
                self.record_link(function_name(call), signature.span);
                for argument in &mut call.arguments {
                    let param = signature.params.iter().find(|p| p.written.name == argument.name.as_str());
                    if let Some(p) = param {
                        self.record_link(argument.key, p.written.span);
                    }
                    let ty = param.map(|p| &p.ty).or(signature.kwargs.as_ref());
                    if let Some(ty) = ty.and_then(|ty| passed_as(argument, ty)) {
                        argument.passed_as = ty;
                    }
                }
                call.by_name = taken_by_name(signature, outputs);
            }
            None | Some(Lookup::Unknown(None) | Lookup::Missing(_)) => {}
        }
    }
}
