//! Messages of loading: one constructor per message, named after the mistake.

use std::path::Path;

use crate::diag::{Code, Diagnostic};
use crate::source::Span;

/// Help for a path outside the project.
pub(crate) const OUTSIDE_HELP: &str =
    "copy the file into the repository, or below the project's root file if there is no repository";

pub fn not_utf8(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadText, span, "invalid UTF-8");
    d.help("save the file as UTF-8")
}

pub fn imported_twice(import: Span, first: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::GivenTwice, import, "file is imported twice");
    let d = d.with_label(first, "first imported here").help("remove one of them");
    d.safe_fix("remove the import", vec![(import, String::new())])
}

pub fn import_path(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::ImportNotFound, span, "import path contains an interpolation");
    d.help("write the path as a plain string")
}

pub fn not_a_pipe_file(span: Span, written: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::ImportNotFound, span, format!("`{written}` is not a `.pipe` file"));
    d.help("import a `.pipe` file, or use `file(\"..\")` for a requirements file")
}

/// `boundary` is the directory that the project may read.
pub fn outside_project(span: Span, written: &str, boundary: &str) -> Diagnostic {
    Diagnostic::new(Code::OutsideProject, span, format!("`{written}` is outside {boundary}")).help(OUTSIDE_HELP)
}

pub fn import_unreadable(span: Span, why: &str) -> Diagnostic {
    Diagnostic::new(Code::ImportNotFound, span, why)
}

pub fn import_not_found(span: Span, written: &str, path: &Path) -> Diagnostic {
    let d = Diagnostic::new(Code::ImportNotFound, span, format!("file `{written}` not found"));
    d.help(format!("create `{}`; the path is relative to this file", path.display()))
}

pub fn misspelled_import(span: Span, written: &str, near: &str) -> Diagnostic {
    Diagnostic::new(Code::ImportNotFound, span, format!("file `{written}` not found"))
        .help(format!("did you mean `{near}`?"))
        .unsafe_fix(format!("use `{near}`"), vec![(span, format!("\"{near}\""))])
}

/// `files` are the files of the cycle, in order.
pub fn import_cycle(first: Span, rest: &[Span], files: &[String]) -> Diagnostic {
    let message = match files {
        [one] => format!("`{one}` imports itself"),
        _ => {
            let path: Vec<String> = files.iter().chain(files.first()).map(|file| format!("`{file}`")).collect();
            format!("files import each other: {}", path.join(" → "))
        }
    };
    if rest.is_empty() {
        return Diagnostic::new(Code::ImportCycle, first, message).help("remove the import");
    }
    let mut d = Diagnostic::new(Code::ImportCycle, first, message).label("this import is part of the cycle");
    for span in rest {
        d = d.with_label(*span, "and this one");
    }
    d.help("move the shared declarations to a file that imports neither")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::samples::{called, compare, listing};

    #[test]
    fn every_message_is_read() {
        let called = called! {
            not_utf8 imported_twice import_path not_a_pipe_file outside_project import_unreadable import_not_found misspelled_import import_cycle
        };
        compare("project", &listing(&[include_str!("messages.rs")], called));
    }
}
