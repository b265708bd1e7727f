//! E0119: names that the service or the file system does not accept.

use crate::diag::{Code, Diagnostic};
use crate::source::{Span, quote_name};
use crate::syntax::ast::Ident;

pub fn reserved_word(name: &Ident) -> Diagnostic {
    Diagnostic::new(Code::BadKey, name.span, format!("`{}` is a reserved word", name.text)).help("choose another name")
}

pub fn key_characters(span: Span, what: &str, c: char, fixed: &str, written: bool) -> Diagnostic {
    let d = Diagnostic::new(Code::BadKey, span, format!("name of {what} cannot contain `{c}`"));
    let d = d.help("use letters, digits, `_` and `-`");
    if written { d.unsafe_fix(format!("use `{fixed}`"), vec![(span, quote_name(fixed))]) } else { d }
}

pub fn empty_key(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(Code::BadKey, span, format!("name of {what} is empty")).help("give it a name")
}

pub fn target_name(name: &Ident) -> Diagnostic {
    let message = format!("`{}` is not a valid target name", name.text.escape_debug());
    let d = Diagnostic::new(Code::BadKey, name.span, message);
    d.help("use letters, digits, `-` and `_`; the output directory has the name of the target")
}

pub fn pipeline_name_not_a_file_name(name: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadKey, name, "pipeline name is not a valid file name");
    d.help("choose a name that can be used as a file name, and set the display name with `name = \"...\"`")
}

pub fn param_name(name: Span, c: char) -> Diagnostic {
    let d = Diagnostic::new(Code::BadKey, name, format!("parameter name cannot contain `{c}`"));
    d.help("use letters, digits, `_`, `-` and `.`")
}
