//! Where the parts of an interpolated string are in the source.

use crate::source::{SourceMap, Span};
use crate::syntax::ast::{StrLit, StrPart};

/// The parts of a string, in order.
#[derive(Default)]
pub struct Origins {
    parts: Vec<OriginOfPart>,
    /// The length of the parts, in bytes.
    len: usize,
}

struct OriginOfPart {
    /// Bytes of the string before it.
    start: usize,
    span: Span,
    is_literal: bool,
    /// Bytes of the source before the last reference that was located.
    searched: usize,
}

impl Origins {
    /// Returns `None` if a string cannot contain references between braces.
    pub fn of(lit: &StrLit) -> Option<Origins> {
        let braces = |part: &StrPart| matches!(part, StrPart::Text(text, _) if text.contains("{{"));
        (lit.parts.len() > 1 || lit.parts.iter().any(braces)).then(Origins::default)
    }

    /// Adds a part that is written in the string; `len` is in bytes.
    pub fn literal(&mut self, len: usize, span: Span) {
        self.push(len, span, true);
    }

    /// Adds the value of an interpolation; `len` is in bytes.
    pub fn interpolated(&mut self, len: usize, span: Span) {
        self.push(len, span, false);
    }

    fn push(&mut self, len: usize, span: Span, is_literal: bool) {
        self.parts.push(OriginOfPart { start: self.len, span, is_literal, searched: 0 });
        self.len += len;
    }

    /// The span of `part`, which begins at `start` in the string; `None` if an interpolation contains it. Later calls
    /// must be for later parts. Escapes and removed indentation shift offsets between string and source, so the part is
    /// searched for; references contain neither.
    pub fn locate(&mut self, sources: &SourceMap, part: &str, start: usize) -> Option<Span> {
        let first = self.parts.partition_point(|p| p.start <= start).checked_sub(1)?;
        let last = self.parts.partition_point(|p| p.start < start + part.len()).checked_sub(1)?;
        if first == last {
            let origin = self.parts.get_mut(first)?;
            return origin.is_literal.then(|| origin.find(sources, part));
        }
        let head = part.get(..self.parts.get(first + 1)?.start - start)?;
        let tail = part.get(self.parts.get(last)?.start - start..)?;
        let head = self.parts.get_mut(first)?.find(sources, head);
        let tail = self.parts.get_mut(last)?.find(sources, tail);
        Some(Span { end: tail.end, ..head })
    }
}

impl OriginOfPart {
    /// The next occurrence of a text; the whole span if it is not written literally.
    fn find(&mut self, sources: &SourceMap, text: &str) -> Span {
        if !self.is_literal {
            return self.span;
        }
        let source = sources.slice(self.span);
        let Some(at) = source.get(self.searched..).and_then(|rest| rest.find(text)).map(|i| i + self.searched) else {
            // Escapes hide it. Do not search again, so that the time stays linear.
            self.searched = source.len();
            return self.span;
        };
        self.searched = at + text.len();
        let start = self.span.start + at as u32;
        Span { start, end: start + text.len() as u32, ..self.span }
    }
}
