//! What names refer to, and the program as far as it is valid, for editors.

use crate::model::Program;
use crate::source::{FileId, Span};

/// A name that refers to a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// The use. For a reference in a string, it is the whole `{{...}}`.
    pub at: Span,
    /// The declaration, in a `.pipe` file or in the Python source of a called function.
    pub to: Span,
}

/// The index of one project.
#[derive(Debug, Default)]
pub struct Index {
    /// All uses of declared names, sorted, without duplicates.
    pub links: Vec<Link>,
    /// The program of each target that was checked. It may contain errors, so it cannot be compiled.
    pub programs: Vec<Program>,
}

impl Index {
    /// What the name at a byte offset refers to. There may be several: step and output for a reference in a string,
    /// value and parameter for a short argument.
    pub fn declarations(&self, file: FileId, offset: u32) -> impl Iterator<Item = Link> + '_ {
        let behind = self.links.partition_point(|l| (l.at.file, l.at.start) <= (file, offset));
        // Uses do not overlap, except for these pairs.
        let near = self.links.get(behind.saturating_sub(4)..behind).unwrap_or_default();
        near.iter().filter(move |l| l.at.file == file && offset <= l.at.end).copied()
    }

    /// The uses of a declaration.
    pub fn uses(&self, declared: Span) -> impl Iterator<Item = Span> + '_ {
        self.links.iter().filter(move |l| l.to == declared).map(|l| l.at)
    }
}
