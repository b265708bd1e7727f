//! Edits of source text, for fixes and renames.

use std::collections::BTreeMap;

use super::Diagnostic;
use crate::source::{FileId, Span};

/// A replacement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// The range to replace.
    pub span: Span,
    /// The new text.
    pub text: String,
}

/// The edits of safe fixes in order, and the number of fixes. A fix that overlaps an earlier one is left for the next
/// round.
pub fn sure_edits<'a>(diagnostics: impl IntoIterator<Item = &'a Diagnostic>) -> (Vec<Edit>, usize) {
    // By file and first byte, which no two edits share.
    let mut edits: BTreeMap<(FileId, u32), &Edit> = BTreeMap::new();
    let mut taken = 0;
    for fix in diagnostics.into_iter().filter_map(|d| d.fixes.iter().find(|f| f.safe)) {
        let clashes = |new: &Edit| {
            let Span { file, start, end } = new.span;
            let before = edits.range(..=(file, start)).next_back().map(|(_, e)| e.span);
            let after = edits.range((file, start)..).next().map(|(_, e)| e.span);
            before.is_some_and(|b| b.file == file && (b.start == start || b.end > start))
                || after.is_some_and(|a| a.file == file && (a.start == start || a.start < end))
        };
        if !fix.edits.iter().any(clashes) {
            edits.extend(fix.edits.iter().map(|e| ((e.span.file, e.span.start), e)));
            taken += 1;
        }
    }
    (edits.into_values().cloned().collect(), taken)
}

/// Groups sorted edits by file.
pub fn by_file(edits: &[Edit]) -> impl Iterator<Item = &[Edit]> {
    edits.chunk_by(|a, b| a.span.file == b.span.file)
}

/// Applies sorted edits that do not overlap.
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
