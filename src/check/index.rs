//! What names refer to, and the program as far as it was understood: for editors, which work on what is not finished.

use crate::model::Program;
use crate::source::{FileId, Span};

/// A name that refers to a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// Where the name is used. InFile a reference that is typed as text it is the whole of `{{...}}`.
    pub at: Span,
    /// Where the name is declared: in a `.pipe` file, or in the Python source of a function that is called.
    pub to: Span,
}

/// One project, as far as it was understood.
#[derive(Debug, Default)]
pub struct Index {
    /// Every use of a name that has a declaration, by place and each once.
    pub links: Vec<Link>,
    /// The program for each target that was checked. It may have errors: nothing is to be made from it.
    pub programs: Vec<Program>,
}

impl Index {
    /// What the name at a byte of a file refers to: several for a reference that is typed as text (the step and its
    /// value), and for the short form of an argument (the value and the parameter).
    pub fn declarations(&self, file: FileId, offset: u32) -> impl Iterator<Item = Link> + '_ {
        let behind = self.links.partition_point(|l| (l.at.file, l.at.start) <= (file, offset));
        // Uses do not lie inside of each other, but for such pairs.
        let near = self.links.get(behind.saturating_sub(4)..behind).unwrap_or_default();
        near.iter().filter(move |l| l.at.file == file && offset <= l.at.end).copied()
    }

    /// The places where a declaration is used.
    pub fn uses(&self, declared: Span) -> impl Iterator<Item = Span> + '_ {
        self.links.iter().filter(move |l| l.to == declared).map(|l| l.at)
    }
}
