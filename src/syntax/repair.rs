//! Repairs brackets: indentation shows where a brace is missing, and the copy gets one there.

use super::balance::Balance;
use super::bytes::find;
use super::chunks::Cut;
use super::messages;
use super::scan::{OpenBracket, Scanner, closing};
use super::words;
use crate::diag::Diagnostics;

impl Scanner<'_> {
    /// At the first word of a line: if it is indented no deeper than the line of an open brace, and the remaining
    /// braces do not balance, the brace was not closed. The same applies to a list or call that is open when a
    /// declaration starts.
    pub(super) fn dedent(&mut self, line_start: usize, indent: usize, diagnostics: &mut Diagnostics) {
        let at = line_start + indent;
        // Most lines are indented deeper than the brace around them, and show nothing.
        if self.stack.last().is_none_or(|o| o.byte == b'{' && indent > o.indent) {
            return;
        }
        let closing_line = self.byte(at) == b'}';
        let word_end = (at..self.bytes.len()).find(|i| !self.byte(*i).is_ascii_lowercase()).unwrap_or(self.bytes.len());
        let word = self.bytes.get(at..word_end).unwrap_or(b"");
        let declaration = words::declares(word)
            && self.byte(word_end) == b' '
            && matches!(self.byte(word_end + 1), b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'`' | b'"')
            && !self.rest_is_assignment(word_end);
        let mut closed = Vec::new();
        while let Some(open) = self.stack.last().copied() {
            let brace = open.byte == b'{';
            // A list or call continues at any indentation, but cannot contain a declaration.
            let outside =
                if brace { indent < open.indent || (indent == open.indent && !closing_line) } else { declaration };
            let same_line = open.at >= line_start;
            if !outside || same_line || (brace && self.balanced_from(open.at)) {
                break;
            }
            self.stack.pop();
            closed.push(open);
            if self.stack.is_empty() && brace {
                self.cuts.push(Cut::Close(at.saturating_sub(1)));
            }
        }
        self.close_before(at, &closed, diagnostics);
    }

    /// Whether the next line with content is indented and not a closing brace.
    pub(super) fn goes_on_indented(&self, close: usize) -> bool {
        let mut at = find(b'\n', self.bytes, close) + 1;
        while at < self.bytes.len() {
            let end = find(b'\n', self.bytes, at);
            let line = self.bytes.get(at..end).unwrap_or(b"");
            let text = line.trim_ascii();
            if !text.is_empty() && !text.starts_with(b"#") {
                return line.first().is_some_and(|b| matches!(b, b' ' | b'\t')) && !text.starts_with(b"}");
            }
            at = end + 1;
        }
        false
    }

    /// At the end of a line: a header whose brace is missing, or on the next line. Returns where to continue.
    pub(super) fn head_without_brace(
        &mut self,
        line_start: usize,
        end: usize,
        indent: usize,
        diagnostics: &mut Diagnostics,
    ) -> Option<usize> {
        if self.stack.last().is_some_and(|o| o.byte != b'{') {
            return None;
        }
        let comment = self.comments.last().filter(|c| c.start as usize >= line_start).map(|c| c.start as usize);
        let stop = comment.unwrap_or(end);
        let line = self.bytes.get(line_start..stop)?.trim_ascii();
        let line = line.strip_prefix(b"}").unwrap_or(line).trim_ascii();
        let word_len = line.iter().position(|b| !b.is_ascii_lowercase()).unwrap_or(line.len());
        let (word, rest) = line.split_at_checked(word_len)?;
        let named = rest.first() == Some(&b' ')
            && rest.get(1).is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'`'));
        // A single word on a line is not an entry: if the next line is indented, it is a block.
        let bare = !line.is_empty() && line.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_');
        if !(bare || named && words::declares_block(word))
            || line.contains(&b'{')
            || line.contains(&b'=') && !matches!(word, b"if")
        {
            return None;
        }
        if matches!(line.last(), Some(b',' | b'(' | b'[')) {
            return None;
        }
        let mut at = end;
        while matches!(self.byte(at), b' ' | b'\t' | b'\r' | b'\n') && at < self.bytes.len() {
            at += 1;
        }
        let text_end = line_start + self.bytes.get(line_start..stop)?.trim_ascii_end().len();
        let place = self.span(text_end, text_end);
        if self.byte(at) == b'{' && comment.is_none() {
            diagnostics.push(messages::brace_on_next_line(self.span(at, at + 1), place, self.span(text_end, at)));
            self.blank(end, at);
            return Some(at);
        }
        let next_line = self.bytes.get(..at)?.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        if at >= self.bytes.len() || at - next_line <= indent || self.byte(at) == b'#' {
            return None;
        }
        diagnostics.push(messages::header_without_brace(place));
        if let Some(comment) = comment {
            self.blank(comment, end);
        }
        let brace = comment.unwrap_or(end);
        self.patches.push((brace, b'{'));
        if self.stack.is_empty() {
            self.cuts.push(Cut::Open(brace));
        }
        self.stack.push(OpenBracket { byte: b'{', at: brace, indent });
        Some(end + 1)
    }

    pub(super) fn rest_is_assignment(&self, from: usize) -> bool {
        let line = self.bytes.get(from..find(b'\n', self.bytes, from)).unwrap_or(b"");
        line.iter().find(|b| **b != b' ').is_some_and(|b| *b == b'=')
    }

    /// Whether the braces from `open` to the end of the file balance, so that unusual indentation is only style.
    pub(super) fn balanced_from(&mut self, open: usize) -> bool {
        let depth_before = self.stack.iter().take_while(|o| o.at < open).filter(|o| o.byte == b'{').count() as i64;
        let balance = self.balance.get_or_insert_with(|| Balance::of(self.bytes));
        balance.from(open) + depth_before <= 0
    }

    /// A brace that closed its block, although the next line is indented as if it were inside.
    pub(super) fn early_close(&mut self) -> Option<usize> {
        let mut line: Option<(usize, bool)> = None;
        while let Some(close) = self.closes.get(self.examined).copied() {
            self.examined += 1;
            // A brace that closes on the same line is followed by the same line.
            let indented = match line {
                Some((end, indented)) if close < end => indented,
                _ => {
                    let indented = self.goes_on_indented(close);
                    line = Some((find(b'\n', self.bytes, close), indented));
                    indented
                }
            };
            if indented {
                return Some(close);
            }
        }
        None
    }

    fn unclosed(&self, open: OpenBracket, diagnostics: &mut Diagnostics) {
        let (o, c) = (open.byte as char, closing(open.byte) as char);
        diagnostics.push(messages::unclosed_bracket(self.span(open.at, open.at + 1), o, c));
    }

    /// Reports unclosed brackets, innermost first, and closes them in the copy before `at`: in the spaces that end
    /// there, or after the last byte.
    ///
    /// If there are too few spaces, an inner block ends with the outer one, and a list or call is dropped.
    pub(super) fn close_before(&mut self, at: usize, unclosed: &[OpenBracket], diagnostics: &mut Diagnostics) {
        if unclosed.is_empty() {
            return;
        }
        for open in unclosed {
            self.unclosed(*open, diagnostics);
        }
        let mut unclosed = unclosed.to_vec();
        unclosed.retain(|open| !self.close_at_line_end(*open, at));
        if unclosed.is_empty() {
            return;
        }
        let len = self.bytes.len();
        let mut place = at;
        while place > 0 && matches!(self.byte(place - 1), b' ' | b'\t' | b'\r' | b'\n') && place <= len {
            place -= 1;
        }
        // A comment at the end of the last line is overwritten.
        if let Some(comment) = self.comments.last().copied()
            && (comment.start as usize) < place
            && place <= comment.end as usize
        {
            self.blank(comment.start as usize, place);
            place = comment.start as usize;
        }
        // Never inside a character, because positions in the copy are positions in the text.
        let recent: Vec<usize> =
            self.patches.iter().rev().take(64).filter(|(_, b)| *b != b' ').map(|(p, _)| *p).collect();
        let free: Vec<usize> = (place..at.min(len))
            .filter(|i| self.byte(*i).is_ascii() && !recent.contains(i))
            .take(unclosed.len() + 1)
            .collect();
        let mut to_close = unclosed;
        if at >= len {
            let missing = to_close.len().saturating_sub(free.len());
            self.appended += missing;
        } else if free.len() < to_close.len() + usize::from(to_close.iter().any(|o| o.byte != b'{')) {
            for open in to_close.extract_if(.., |o| o.byte != b'{') {
                self.patches.push((open.at, 1));
            }
            let inner = to_close.len().saturating_sub(free.len());
            for open in to_close.drain(..inner) {
                self.patches.push((open.at, 2));
            }
        }
        let appended = len..len + self.appended;
        let mut places = free.iter().copied().chain(appended);
        let mut last = None;
        for open in to_close {
            let Some(place) = places.next() else { break };
            self.patches.push((place, closing(open.byte)));
            last = Some(place);
        }
        // Keep the line break that ended the entry, if there is space for one after the brackets.
        if let (Some(last), Some(next)) = (last, places.next())
            && next == last + 1
            && next < at
        {
            self.patches.push((next, b'\n'));
        }
    }

    /// Closes a list or call at the end of its first line that the next line does not continue: one without a comma at
    /// its end, before a line that starts a field or a declaration. Returns whether there is one before `before`.
    fn close_at_line_end(&mut self, open: OpenBracket, before: usize) -> bool {
        if open.byte == b'{' {
            return false;
        }
        let mut start = open.at + 1;
        loop {
            let end = find(b'\n', self.bytes, start);
            let next = self.bytes.get(end + 1..).unwrap_or_default();
            let indent = next.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
            if end >= before || end + 1 + indent >= before || indent == 0 {
                return false;
            }
            let line = self.bytes.get(start..end).unwrap_or_default().trim_ascii_end();
            if !matches!(line.last(), None | Some(b',' | b'(' | b'[' | b'{')) && self.starts_entry(end + 1 + indent) {
                self.patches.push((end, closing(open.byte)));
                self.patches.push((end + 1, b'\n'));
                return true;
            }
            start = end + 1;
        }
    }

    /// Whether a field or a declaration starts at a byte.
    fn starts_entry(&self, at: usize) -> bool {
        let len =
            self.bytes.get(at..).unwrap_or_default().iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_');
        let word_end = at + len.count();
        let word = self.bytes.get(at..word_end).unwrap_or_default();
        let rest = self.bytes.get(word_end..).unwrap_or_default().trim_ascii_start();
        !word.is_empty()
            && (rest.starts_with(b"=") && !rest.starts_with(b"==") || rest.starts_with(b"{") || words::declares(word))
    }

    pub(super) fn blank(&mut self, start: usize, end: usize) {
        for i in start..end {
            self.patches.push((i, b' '));
        }
    }
}
