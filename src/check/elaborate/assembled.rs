//! Strings after interpolation, with the source of each part.

use crate::source::{SourceMap, Span};

/// A string with its interpolations replaced, and where each part of it is in the source.
#[derive(Default)]
pub struct AssembledString {
    text: String,
    pieces: Vec<StringPart>,
}

struct StringPart {
    start: usize,
    span: Span,
    is_literal: bool,
    /// Bytes of the source before the last reference that was located.
    searched: usize,
}

impl AssembledString {
    /// Adds a part that is written in the string.
    pub fn literal(&mut self, text: &str, span: Span) {
        self.push(text, span, true);
    }

    /// Adds the value of an interpolation.
    pub fn interpolated(&mut self, text: &str, span: Span) {
        self.push(text, span, false);
    }

    fn push(&mut self, text: &str, span: Span, is_literal: bool) {
        self.pieces.push(StringPart { start: self.text.len(), span, is_literal, searched: 0 });
        self.text.push_str(text);
    }

    /// Takes the text; [`AssembledString::locate`] does not need it.
    pub fn take_text(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// Whether a part contains braces, which may be a reference.
    pub fn has_braces(&self) -> bool {
        self.text.contains("{{") && self.pieces.iter().any(|p| p.is_literal)
    }

    /// The span of a part of the text; `None` if an interpolation contains it. Escapes and removed indentation
    /// shift offsets between text and source, so the part is searched for; references contain neither.
    pub fn locate(&mut self, sources: &SourceMap, part: &str, start: usize) -> Option<Span> {
        let end = start + part.len();
        let first = self.pieces.partition_point(|p| p.start <= start).checked_sub(1)?;
        let last = self.pieces.partition_point(|p| p.start < end).checked_sub(1)?;
        let to = self.pieces.get(last)?;
        let tail = part.get(to.start.max(start) - start..)?;
        let (to_span, is_tail_literal) = (to.span, to.is_literal);
        let from = self.pieces.get_mut(first)?;
        if first == last {
            if !from.is_literal {
                return None;
            }
            return Some(from.find(sources, part).unwrap_or(from.span));
        }
        let head_len = self.pieces.get(first + 1)?.start - start;
        let from = self.pieces.get_mut(first)?;
        let head = match from.is_literal {
            true => from.find(sources, part.get(..head_len)?).unwrap_or(from.span),
            false => from.span,
        };
        let end = match is_tail_literal {
            true => self.pieces.get_mut(last)?.find(sources, tail).unwrap_or(to_span),
            false => to_span,
        };
        Some(Span { start: head.start, end: end.end, ..head })
    }
}

impl StringPart {
    /// The next occurrence in the source.
    fn find(&mut self, sources: &SourceMap, part: &str) -> Option<Span> {
        let source = sources.slice(self.span);
        let Some(at) = source.get(self.searched..).and_then(|rest| rest.find(part)).map(|i| i + self.searched) else {
            // Escapes hide it. Do not search again, so that the time stays linear.
            self.searched = source.len();
            return None;
        };
        self.searched = at + part.len();
        let start = self.span.start + at as u32;
        Some(Span { start, end: start + part.len() as u32, ..self.span })
    }
}
