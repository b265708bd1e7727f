//! `file("...")`: the content of a data file as a value, or of any file as text.

use std::path::PathBuf;

use smol_str::SmolStr;

use super::Elaborator;
use super::scope::Scope;
use crate::check::messages;
use crate::data::DataFormat;
use crate::source::Span;
use crate::syntax::ast::{CallArgument, Value, ValueKind};

/// The maximum size of a file that becomes a text, in bytes.
const MAX_TEXT: usize = 1 << 20;

/// The arguments of `file`, if a value calls it.
pub fn file_call(value: &Value) -> Option<&[CallArgument]> {
    match &value.kind {
        ValueKind::Function(name, arguments) if name.text == "file" => Some(arguments),
        _ => None,
    }
}

impl<'a> Elaborator<'a> {
    /// The value in a file of JSON, YAML or CSV.
    pub fn data_file(&mut self, arguments: &[CallArgument], span: Span, scope: Scope<'_>) -> Option<&'a Value> {
        let (path, text) = self.path_of_file(arguments, span, scope)?;
        let project = self.symbols.project;
        if let Some(value) = project.data.get(&path) {
            return value.as_deref();
        }
        let d = match self.files.is_file(&path) && DataFormat::of(&path).is_none() {
            true => messages::not_a_data_file(span, &text),
            false => self.missing_file(&path, &text, span, scope),
        };
        self.report(d);
        None
    }

    /// The text in a file.
    pub fn text_file(&mut self, arguments: &[CallArgument], span: Span, scope: Scope<'_>) -> Option<String> {
        let (path, text) = self.path_of_file(arguments, span, scope)?;
        let Ok(bytes) = self.files.read(&path) else {
            let d = self.missing_file(&path, &text, span, scope);
            self.report(d);
            return None;
        };
        // A file that is not text may contain anything, so it is never quoted.
        match String::from_utf8(bytes).ok().filter(|content| content.len() <= MAX_TEXT && !content.contains('\0')) {
            Some(content) if self.budget.charge(content.len() / 64) => Some(content.replace("\r\n", "\n")),
            Some(_) => None,
            None => {
                self.report(messages::not_a_text_file(span, &text, MAX_TEXT));
                None
            }
        }
    }

    /// The one argument of `file`, as it is written.
    pub fn written_path(&mut self, arguments: &[CallArgument], span: Span) -> Option<SmolStr> {
        let text = match arguments {
            [CallArgument { name: None, value: Value { kind: ValueKind::Str(lit), .. }, .. }] => lit.plain(),
            _ => None,
        };
        if text.is_none() {
            self.report(messages::file_takes_a_path(span));
        }
        text
    }

    fn path_of_file(&mut self, arguments: &[CallArgument], span: Span, scope: Scope<'_>) -> Option<(PathBuf, SmolStr)> {
        let text = self.written_path(arguments, span)?;
        let dir = self.dir(scope.unit);
        let path = crate::project::join(dir, &text);
        (!self.leads_out(&path, &text, span)).then_some((path, text))
    }

    fn missing_file(
        &self,
        path: &std::path::Path,
        text: &str,
        span: Span,
        scope: Scope<'_>,
    ) -> crate::diag::Diagnostic {
        let dir = self.dir(scope.unit);
        let near = crate::project::nearest_path(self.files, dir, text);
        messages::file_not_found(span, text, near.as_deref(), path)
    }
}
