//! Mending brackets: what indentation tells of a brace that is missing, and where the missing one goes in the copy.

use super::pieces::Cut;
use super::scan::{Open, Scanner, closing, memchr};
use crate::diag::{Code, Diagnostic, Diagnostics};

impl Scanner<'_> {
    /// At the first word of a line: what stands no deeper than the line that opened a brace shows that the brace was not
    /// closed, if the braces of the rest do not balance; a list or call that is still open when a declaration begins was
    /// not closed either.
    pub(super) fn dedent(&mut self, at: usize, indent: usize, diagnostics: &mut Diagnostics) {
        if self.stack.is_empty() {
            return;
        }
        let closing_line = self.byte(at) == b'}';
        let word_end = (at..self.bytes.len()).find(|i| !self.byte(*i).is_ascii_lowercase()).unwrap_or(self.bytes.len());
        let word = self.bytes.get(at..word_end).unwrap_or(b"");
        let declaration = matches!(
            word,
            b"step"
                | b"pipeline"
                | b"cluster"
                | b"environment"
                | b"target"
                | b"import"
                | b"package"
                | b"let"
                | b"var"
                | b"param"
                | b"output"
                | b"if"
                | b"for"
        ) && self.byte(word_end) == b' '
            && matches!(self.byte(word_end + 1), b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'`' | b'"')
            && !self.rest_is_assignment(word_end);
        while let Some(open) = self.stack.last().copied() {
            let brace = open.byte == b'{';
            // A list or call goes on at any depth; only a declaration cannot stand in it.
            let outside =
                if brace { indent < open.indent || (indent == open.indent && !closing_line) } else { declaration };
            let same_line = memchr(b'\n', self.bytes, open.at) > at;
            if !outside || same_line || (brace && self.balanced_from(open.at)) {
                break;
            }
            self.stack.pop();
            self.unclosed(open, diagnostics);
            self.close_before(at, closing(open.byte));
            if self.stack.is_empty() && brace {
                self.cuts.push(Cut::Close(at.saturating_sub(1)));
            }
        }
    }

    /// Whether the next line with anything on it is indented and no closing brace.
    pub(super) fn goes_on_indented(&self, close: usize) -> bool {
        let mut at = memchr(b'\n', self.bytes, close) + 1;
        while at < self.bytes.len() {
            let end = memchr(b'\n', self.bytes, at);
            let line = self.bytes.get(at..end).unwrap_or(b"");
            let text = line.trim_ascii();
            if !text.is_empty() && !text.starts_with(b"#") {
                return line.first().is_some_and(|b| matches!(b, b' ' | b'\t')) && !text.starts_with(b"}");
            }
            at = end + 1;
        }
        false
    }

    /// At the end of a line: a head whose brace is missing, or stands on the next line. Gives the place to go on from.
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
        let block = matches!(word, b"step" | b"pipeline" | b"cluster" | b"environment" | b"target" | b"if" | b"for");
        let named = rest.first() == Some(&b' ')
            && rest.get(1).is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'`'));
        // A word alone on a line is no entry: with something indented below it, it is a block.
        let bare = !line.is_empty() && line.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_');
        if !(block && named || bare) || line.contains(&b'{') || line.contains(&b'=') && !matches!(word, b"if") {
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
            let d = Diagnostic::new(Code::BadHeader, self.span(at, at + 1), "this `{` belongs on the line above");
            diagnostics.push(
                d.also(place, "the head ends here")
                    .help("a head and its `{` stand on one line")
                    .fix("move the `{` up", vec![(self.span(text_end, at), " ".to_owned())]),
            );
            self.blank(end, at);
            return Some(at);
        }
        let next_line = self.bytes.get(..at)?.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        if at >= self.bytes.len() || at - next_line <= indent || self.byte(at) == b'#' {
            return None;
        }
        let d = Diagnostic::new(Code::BadHeader, place, "this head has no `{`");
        diagnostics.push(d.help("add it at the end of the line").suggestion("add `{`", vec![(place, " {".to_owned())]));
        if let Some(comment) = comment {
            self.blank(comment, end);
        }
        let brace = comment.unwrap_or(end);
        self.patches.push((brace, b'{'));
        if self.stack.is_empty() {
            self.cuts.push(Cut::Open(brace));
        }
        self.stack.push(Open { byte: b'{', at: brace, indent });
        Some(end + 1)
    }

    pub(super) fn rest_is_assignment(&self, from: usize) -> bool {
        let line = self.bytes.get(from..memchr(b'\n', self.bytes, from)).unwrap_or(b"");
        line.iter().find(|b| **b != b' ').is_some_and(|b| *b == b'=')
    }

    /// Whether the braces of the rest of the file balance, counted from an opening one: then odd indentation is style.
    pub(super) fn balanced_from(&mut self, open: usize) -> bool {
        // Each look goes to the end of the file: after some hundred the file is beyond help by indentation.
        self.looks += 1;
        if self.looks > 500 {
            return true;
        }
        let depth_before = self.stack.iter().take_while(|o| o.at < open).filter(|o| o.byte == b'{').count() as i64;
        let mut depth = 0i64;
        let mut at = open;
        while at < self.bytes.len() {
            match self.byte(at) {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                b'#' => at = memchr(b'\n', self.bytes, at),
                b'"' => {
                    let triple = self.bytes.get(at..).is_some_and(|b| b.starts_with(b"\"\"\""));
                    at += if triple { 3 } else { 1 };
                    while at < self.bytes.len() {
                        match self.byte(at) {
                            b'\\' => at += 1,
                            b'"' if !triple => break,
                            b'"' if self.bytes.get(at..).is_some_and(|b| b.starts_with(b"\"\"\"")) => {
                                at += 2;
                                break;
                            }
                            b'\n' if !triple => break,
                            _ => {}
                        }
                        at += 1;
                    }
                }
                _ => {}
            }
            at += 1;
        }
        depth + depth_before <= 0
    }

    pub(super) fn unclosed(&self, open: Open, diagnostics: &mut Diagnostics) {
        let (o, c) = (open.byte as char, closing(open.byte) as char);
        let d = Diagnostic::new(
            Code::UnclosedBracket,
            self.span(open.at, open.at + 1),
            format!("this `{o}` is never closed"),
        );
        diagnostics.push(d.label("opened here").help(format!("add `{c}` where the block, list or call ends")));
    }

    /// Closes a bracket in the copy, before `at`: in place of the blank space that ends there, or after the last byte.
    pub(super) fn close_before(&mut self, at: usize, byte: u8) {
        let mut place = at;
        while place > 0 && matches!(self.byte(place - 1), b' ' | b'\t' | b'\r' | b'\n') && place <= self.bytes.len() {
            place -= 1;
        }
        // A comment that ends the last line gives way.
        if let Some(comment) = self.comments.last().copied()
            && comment.end as usize == place
            && comment.start < comment.end
        {
            self.blank(comment.start as usize, place);
            place = comment.start as usize;
        }
        // Never inside a character: places in the copy are places in the text.
        let free = (place..at.min(self.bytes.len()))
            .filter(|i| self.byte(*i).is_ascii())
            .find(|i| !self.patches.iter().rev().take(64).any(|(p, b)| p == i && *b != b' '));
        match free {
            Some(i) => {
                self.patches.push((i, byte));
                // Keep the line break that ended the entry, if there is room for one after the bracket.
                if i + 1 < at && self.byte(i) == b'\n' {
                    self.patches.push((i + 1, if self.byte(i + 1) == b'\n' { b'\n' } else { b' ' }));
                }
            }
            None if at >= self.bytes.len() => {
                self.appended += 1;
                self.patches.push((self.bytes.len() + self.appended - 1, byte));
            }
            // No room: the bracket takes the place of the byte before; the piece is reported already.
            None => {
                let before = (0..at).rev().find(|i| self.byte(*i).is_ascii());
                self.patches.push((before.unwrap_or(0), byte));
            }
        }
    }

    pub(super) fn blank(&mut self, start: usize, end: usize) {
        for i in start..end {
            self.patches.push((i, b' '));
        }
    }
}
