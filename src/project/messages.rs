//! What loading a project says: one constructor for each message, named after the mistake.

use std::path::Path;

use crate::diag::{Code, Diagnostic, closest_match};
use crate::source::Span;

/// What to do about a path that leads out of the project.
pub(crate) const OUTSIDE_HELP: &str =
    "a project reads files of its repository, or without a repository those below its root file; copy the file there";

pub fn not_utf8(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadText, span, "the file is not valid UTF-8 from here on");
    d.help("save it as UTF-8")
}

pub fn imported_twice(import: Span, first: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::GivenTwice, import, "this file is imported twice");
    let d = d.with_label(first, "imported first here").help("remove one of them");
    d.safe_fix("remove the import", vec![(import, String::new())])
}

pub fn import_path(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::ImportNotFound, span, "an import takes a plain path");
    d.help("write the path without `${...}`")
}

pub fn not_a_pipe_file(span: Span, written: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::ImportNotFound, span, format!("`{written}` is not a `.pipe` file"));
    d.help("`import` reads `.pipe` files; use `file(\"..\")` for a requirements file")
}

/// `boundary` names the folder that the project may read.
pub fn outside_project(span: Span, written: &str, boundary: &str) -> Diagnostic {
    Diagnostic::new(Code::OutsideProject, span, format!("`{written}` is outside of {boundary}")).help(OUTSIDE_HELP)
}

pub fn import_unreadable(span: Span, why: &str) -> Diagnostic {
    Diagnostic::new(Code::ImportNotFound, span, why)
}

pub fn import_not_found(span: Span, written: &str, path: &Path, names: &[String]) -> Diagnostic {
    let d = Diagnostic::new(Code::ImportNotFound, span, format!("there is no file `{written}`"));
    let d = d.help(format!("the path is relative to this file: `{}` was looked for", path.display()));
    match closest_match(written, names.iter().map(String::as_str)) {
        Some(near) => d
            .help(format!("did you mean `{near}`?"))
            .unsafe_fix(format!("use `{near}`"), vec![(span, format!("\"{near}\""))]),
        None => d,
    }
}

pub fn import_cycle(first: Span, rest: &[Span]) -> Diagnostic {
    let mut d = Diagnostic::new(Code::ImportCycle, first, "these files import each other in a circle")
        .label("this import is part of the circle");
    for span in rest {
        d = d.with_label(*span, "and this one");
    }
    d.help("move what both need to a file that imports neither")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::samples::{called, compare, listing};

    #[test]
    fn every_message_is_read() {
        let called = called! {
            not_utf8 imported_twice import_path not_a_pipe_file outside_project import_unreadable import_not_found import_cycle
        };
        compare("project", &listing(&[include_str!("messages.rs")], called));
    }
}
