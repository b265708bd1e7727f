//! Changes of source texts, as fixes and renames make them.

use super::Diagnostic;
use crate::source::Span;

/// A change of a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub text: String,
}

impl Edit {
    /// Whether both cannot be made at once, or their order would matter.
    fn clashes(&self, other: &Edit) -> bool {
        let (a, b) = (self.span, other.span);
        a.file == b.file && (a.start < b.end && b.start < a.end || a.start == b.start)
    }
}

/// The sure fixes in order of their places, and how many they are. A fix that touches one before it waits for the
/// next time.
pub fn sure_edits<'a>(diagnostics: impl IntoIterator<Item = &'a Diagnostic>) -> (Vec<Edit>, usize) {
    let mut edits: Vec<Edit> = Vec::new();
    let mut taken = 0;
    for fix in diagnostics.into_iter().filter_map(|d| d.fixes.iter().find(|f| f.safe)) {
        if !fix.edits.iter().any(|new| edits.iter().any(|e| e.clashes(new))) {
            edits.extend_from_slice(&fix.edits);
            taken += 1;
        }
    }
    edits.sort();
    (edits, taken)
}

/// Sorted changes, those of each file together.
pub fn by_file(edits: &[Edit]) -> impl Iterator<Item = &[Edit]> {
    edits.chunk_by(|a, b| a.span.file == b.span.file)
}

/// A text after changes that are in order and do not overlap.
pub fn applied(text: &str, edits: &[Edit]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        out.push_str(text.get(at..edit.span.start as usize).unwrap_or(""));
        out.push_str(&edit.text);
        at = edit.span.end as usize;
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}
