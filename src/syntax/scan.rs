//! One pass over the bytes before the grammar sees them: brackets, strings and comments.
//!
//! It finds the pieces that can be parsed apart, and mends what would make the grammar give up on the whole file: an
//! unclosed bracket or string, a stray closing bracket. Mending writes into a copy of the same length, so that every
//! offset stays true.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, Span};

use super::MAX_DEPTH;

/// A stretch of a file that is parsed by itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Whole entries.
    Entries { start: usize, end: usize },
    /// A pipeline: `start..=open` is its head; its body is cut into parts of whole entries.
    Pipeline { start: usize, open: usize, close: usize, parts: Vec<(usize, usize)> },
}

/// What the pass found.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub comments: Vec<Span>,
    pub pieces: Vec<Piece>,
    /// The text to parse, where it had to be mended.
    pub repaired: Option<String>,
    pub too_deep: Option<usize>,
}

/// Smaller files and bodies are parsed in one go; below this, cutting costs more than it wins.
const PIECE: usize = 16 << 10;

#[derive(Clone, Copy)]
struct Open {
    byte: u8,
    at: usize,
    indent: usize,
}

struct Scanner<'a> {
    file: FileId,
    bytes: &'a [u8],
    /// Brackets that are open.
    stack: Vec<Open>,
    comments: Vec<Span>,
    /// Bytes to overwrite in the copy.
    patches: Vec<(usize, u8)>,
    /// Braces to add after the last byte.
    appended: usize,
    /// Where entries begin: at depth 0, and inside a brace at depth 1.
    cuts: Vec<Cut>,
    max_depth_at: Option<usize>,
    /// Where braces closed that stand in no other.
    closes: Vec<usize>,
    /// A brace that closed too early, as a later one without partner shows.
    early: Option<usize>,
    /// A multi-line string ran to the end of the file: what is open then is open for that reason.
    swallowed: bool,
    /// How often the rest of the file was looked through.
    looks: usize,
}

/// How often a scan begins anew with a brace taken out.
const RETRIES: usize = 8;

#[derive(Clone, Copy)]
enum Cut {
    /// The end of a line on which no bracket is open, at depth 0 or in a block at depth 1.
    Line {
        depth: usize,
        at: usize,
    },
    Open(usize),
    Close(usize),
}

pub(super) fn scan(file: FileId, text: &str, diagnostics: &mut Diagnostics) -> Scan {
    let mut text = std::borrow::Cow::Borrowed(text);
    let mut without_brace = false;
    for round in 0.. {
        let mut found = Diagnostics::new();
        let (mut scan, early) = scan_once(file, &text, &mut found);
        match early.filter(|_| round < RETRIES) {
            Some(at) => {
                let span = Span::new(file, at as u32, at as u32 + 1);
                let d = Diagnostic::new(
                    Code::StrayBracket,
                    span,
                    "this `}` closes too early: what follows is indented as inside",
                );
                diagnostics.push(
                    d.help("delete it, or move it to the end of the block")
                        .suggestion("delete `}`", vec![(span, String::new())]),
                );
                text.to_mut().replace_range(at..at + 1, " ");
                without_brace = true;
            }
            None => {
                diagnostics.extend(found);
                if without_brace && scan.repaired.is_none() {
                    scan.repaired = Some(text.into_owned());
                }
                return scan;
            }
        }
    }
    Scan::default()
}

fn scan_once(file: FileId, text: &str, diagnostics: &mut Diagnostics) -> (Scan, Option<usize>) {
    let mut s = Scanner {
        file,
        bytes: text.as_bytes(),
        stack: Vec::new(),
        comments: Vec::new(),
        patches: Vec::new(),
        appended: 0,
        cuts: Vec::new(),
        max_depth_at: None,
        closes: Vec::new(),
        early: None,
        swallowed: false,
        looks: 0,
    };
    s.run(diagnostics);
    if s.max_depth_at.is_some() {
        return (Scan { comments: s.comments, too_deep: s.max_depth_at, ..Scan::default() }, None);
    }
    let repaired = s.repaired();
    let len = text.len() + s.appended;
    let pieces = pieces(repaired.as_deref().unwrap_or(text).as_bytes(), len, &s.cuts);
    (Scan { comments: s.comments, pieces, repaired, too_deep: None }, s.early)
}

impl Scanner<'_> {
    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start as u32, end as u32)
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b'\n')
    }

    fn run(&mut self, diagnostics: &mut Diagnostics) {
        let len = self.bytes.len();
        let mut at = if self.bytes.starts_with(b"\xEF\xBB\xBF") {
            self.blank(0, 3);
            3
        } else {
            0
        };
        let mut indent = 0;
        let mut at_line_start = true;
        let mut line_start = at;
        let mut angles = 0;
        while at < len {
            let byte = self.byte(at);
            if at_line_start && !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                at_line_start = false;
                indent = at - line_start;
                if byte != b'#' {
                    self.dedent(at, indent, diagnostics);
                }
            }
            match byte {
                b'\n' => {
                    angles = 0;
                    if let Some(next) = self.head_without_brace(line_start, at, indent, diagnostics) {
                        at = next;
                        at_line_start = next > 0 && self.byte(next - 1) == b'\n';
                        line_start = next;
                        continue;
                    }
                    if self.stack.len() <= 1 && self.stack.iter().all(|o| o.byte == b'{') {
                        self.cuts.push(Cut::Line { depth: self.stack.len(), at });
                    }
                    at += 1;
                    at_line_start = true;
                    line_start = at;
                    continue;
                }
                b'#' => {
                    let end = memchr(b'\n', self.bytes, at);
                    let trimmed = if end > at && self.byte(end - 1) == b'\r' { end - 1 } else { end };
                    self.comments.push(self.span(at, trimmed));
                    at = end;
                    continue;
                }
                b'"' => {
                    at = self.string(at, diagnostics);
                    continue;
                }
                b'`' => {
                    let end = memchr(b'\n', self.bytes, at + 1);
                    match self.bytes.get(at + 1..end).and_then(|rest| rest.iter().position(|b| *b == b'`')) {
                        Some(close) => at += close + 2,
                        None => {
                            let d = Diagnostic::new(
                                Code::UnclosedString,
                                self.span(at, at + 1),
                                "this backtick is never closed",
                            );
                            diagnostics.push(d.help("put a second backtick after the name"));
                            self.patches.push((at, b' '));
                            at += 1;
                        }
                    }
                    continue;
                }
                b'{' if self.follows_brace(at) => {
                    let span = self.span(at, at + 1);
                    let d = Diagnostic::new(Code::StrayBracket, span, "a second `{` in a row opens nothing");
                    diagnostics.push(d.help("delete it").suggestion("delete `{`", vec![(span, String::new())]));
                    self.patches.push((at, b' '));
                }
                b'{' | b'[' | b'(' => {
                    if self.stack.is_empty() && byte == b'{' {
                        self.cuts.push(Cut::Open(at));
                    }
                    self.stack.push(Open { byte, at, indent });
                    if self.stack.len() > MAX_DEPTH {
                        self.max_depth_at = Some(at);
                        return;
                    }
                }
                b'}' | b']' | b')' => self.close(at, byte, diagnostics),
                b'<' => {
                    angles += 1;
                    if angles > MAX_DEPTH {
                        self.max_depth_at = Some(at);
                        return;
                    }
                }
                0..=8 | 11 | 12 | 14..=31 | 127 => {
                    let d =
                        Diagnostic::new(Code::BadText, self.span(at, at + 1), "a control character that is no text");
                    diagnostics.push(
                        d.help("delete it").fix("delete the character", vec![(self.span(at, at + 1), String::new())]),
                    );
                    self.patches.push((at, b' '));
                }
                _ => {}
            }
            at += 1;
        }
        while let Some(open) = self.stack.pop() {
            if !self.swallowed {
                self.unclosed(open, diagnostics);
            }
            self.close_before(len, closing(open.byte));
        }
    }

    /// Whether nothing but blanks stands between the brace that was opened last and this place.
    fn follows_brace(&self, at: usize) -> bool {
        let between = self.stack.last().filter(|o| o.byte == b'{').and_then(|o| self.bytes.get(o.at + 1..at));
        between.is_some_and(|b| b.iter().all(|b| matches!(b, b' ' | b'\t')))
    }

    /// Skips a string; gives the place after it.
    fn string(&mut self, start: usize, diagnostics: &mut Diagnostics) -> usize {
        let triple = self.bytes.get(start..).is_some_and(|b| b.starts_with(b"\"\"\""));
        let mut at = start + if triple { 3 } else { 1 };
        while at < self.bytes.len() {
            match self.byte(at) {
                b'\\' => at += 2,
                b'"' if !triple => return at + 1,
                b'"' if self.bytes.get(at..).is_some_and(|b| b.starts_with(b"\"\"\"")) => return at + 3,
                b'\n' if !triple => break,
                0..=8 | 11 | 12 | 14..=31 | 127 => {
                    let d = Diagnostic::new(Code::BadText, self.span(at, at + 1), "a control character in a string");
                    diagnostics.push(d.help("write it as an escape, such as `\\u{1b}`"));
                    self.patches.push((at, b' '));
                    at += 1;
                }
                _ => at += 1,
            }
        }
        let mut end = at.min(self.bytes.len());
        if !triple {
            // A backslash before the end of the line must not hide the end.
            end = end.min(memchr(b'\n', self.bytes, start));
            while end > start + 1 && matches!(self.byte(end - 1), b'\r' | b' ' | b'\t') {
                end -= 1;
            }
        }
        let quotes = if triple { "`\"\"\"`" } else { "`\"`" };
        let d = Diagnostic::new(Code::UnclosedString, self.span(start, end), "this string is never closed")
            .label("opened here")
            .help(format!("close it with {quotes}; a string of several lines stands between `\"\"\"` and `\"\"\"`"));
        self.swallowed |= triple;
        diagnostics.push(if triple {
            d
        } else {
            let stop = self.closers_start(start + 1, end);
            d.suggestion("close the string", vec![(self.span(stop, stop), "\"".to_owned())])
        });
        // Closing brackets that end the line were probably meant as such; the rest becomes a value that is known bad.
        let stop = if triple { end } else { self.closers_start(start + 1, end) };
        for i in start..stop.max(start + 1) {
            self.patches.push((i, 1));
        }
        stop.max(start + 1)
    }

    /// Where the run of closing brackets, commas and blanks begins that ends at `end`, as far as they close open brackets.
    fn closers_start(&self, from: usize, end: usize) -> usize {
        let mut wanted = self.stack.iter().rev().map(|o| closing(o.byte));
        let mut closers: Vec<u8> = Vec::new();
        let mut at = end;
        while at > from && matches!(self.byte(at - 1), b')' | b']' | b'}' | b',' | b' ' | b'\t') {
            at -= 1;
            if matches!(self.byte(at), b')' | b']' | b'}') {
                closers.push(self.byte(at));
            }
        }
        let fits = closers.iter().rev().all(|c| wanted.next() == Some(*c));
        if fits { at } else { end }
    }

    fn close(&mut self, at: usize, byte: u8, diagnostics: &mut Diagnostics) {
        let matching = self.stack.iter().rposition(|o| closing(o.byte) == byte);
        match matching {
            // A `)` or `]` must not close over a brace: the brace is the stronger sign.
            Some(i) if byte == b'}' || self.stack.iter().skip(i).all(|o| o.byte != b'{') => {
                while self.stack.len() > i + 1 {
                    if let Some(open) = self.stack.pop() {
                        self.unclosed(open, diagnostics);
                        self.close_before(at, closing(open.byte));
                    }
                }
                self.stack.pop();
                if self.stack.is_empty() && byte == b'}' {
                    self.cuts.push(Cut::Close(at));
                    self.closes.push(at);
                }
            }
            _ => {
                if byte == b'}' && self.stack.is_empty() && self.early.is_none() {
                    self.early = self.closes.iter().copied().find(|close| self.goes_on_indented(*close));
                }
                let shown = byte as char;
                let span = self.span(at, at + 1);
                let d = Diagnostic::new(Code::StrayBracket, span, format!("this `{shown}` closes nothing"));
                diagnostics.push(
                    d.help("delete it, or open what it closes")
                        .suggestion(format!("delete `{shown}`"), vec![(span, String::new())]),
                );
                self.patches.push((at, b' '));
            }
        }
    }

    /// At the first word of a line: what stands no deeper than the line that opened a brace shows that the brace was not
    /// closed, if the braces of the rest do not balance; a list or call that is still open when a declaration begins was
    /// not closed either.
    fn dedent(&mut self, at: usize, indent: usize, diagnostics: &mut Diagnostics) {
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
    fn goes_on_indented(&self, close: usize) -> bool {
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
    fn head_without_brace(
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

    fn rest_is_assignment(&self, from: usize) -> bool {
        let line = self.bytes.get(from..memchr(b'\n', self.bytes, from)).unwrap_or(b"");
        line.iter().find(|b| **b != b' ').is_some_and(|b| *b == b'=')
    }

    /// Whether the braces of the rest of the file balance, counted from an opening one: then odd indentation is style.
    fn balanced_from(&mut self, open: usize) -> bool {
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

    fn unclosed(&self, open: Open, diagnostics: &mut Diagnostics) {
        let (o, c) = (open.byte as char, closing(open.byte) as char);
        let d = Diagnostic::new(
            Code::UnclosedBracket,
            self.span(open.at, open.at + 1),
            format!("this `{o}` is never closed"),
        );
        diagnostics.push(d.label("opened here").help(format!("add `{c}` where the block, list or call ends")));
    }

    /// Closes a bracket in the copy, before `at`: in place of the blank space that ends there, or after the last byte.
    fn close_before(&mut self, at: usize, byte: u8) {
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
        let free = (place..at.min(self.bytes.len()))
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
            None => self.patches.push((at.saturating_sub(1), byte)),
        }
    }

    fn blank(&mut self, start: usize, end: usize) {
        for i in start..end {
            self.patches.push((i, b' '));
        }
    }

    fn repaired(&self) -> Option<String> {
        if self.patches.is_empty() {
            return None;
        }
        let mut bytes = self.bytes.to_vec();
        bytes.resize(self.bytes.len() + self.appended, b' ');
        for (at, byte) in &self.patches {
            if let Some(slot) = bytes.get_mut(*at) {
                *slot = *byte;
            }
        }
        // Patches cover whole characters, but for the last resort of `close_before`.
        Some(match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(e) => e.into_bytes().into_iter().map(|b| if b.is_ascii() { b as char } else { ' ' }).collect(),
        })
    }
}

fn closing(open: u8) -> u8 {
    match open {
        b'{' => b'}',
        b'[' => b']',
        _ => b')',
    }
}

/// The next `needle` at or after `from`, or the end.
fn memchr(needle: u8, bytes: &[u8], from: usize) -> usize {
    bytes.get(from..).and_then(|rest| rest.iter().position(|b| *b == needle)).map_or(bytes.len(), |i| from + i)
}

/// Cuts the text at line ends between entries, pipelines apart.
fn pieces(bytes: &[u8], len: usize, cuts: &[Cut]) -> Vec<Piece> {
    if len <= PIECE {
        return vec![Piece::Entries { start: 0, end: len }];
    }
    let mut out = Vec::new();
    let mut start = 0;
    let mut last_line = 0;
    let mut i = 0;
    while let Some(cut) = cuts.get(i) {
        i += 1;
        match *cut {
            Cut::Line { depth: 0, at } if !else_follows(bytes, at) => {
                last_line = at + 1;
                if at + 1 - start > PIECE {
                    out.push(Piece::Entries { start, end: at + 1 });
                    start = at + 1;
                }
            }
            Cut::Open(open) => {
                let Some(close) = cuts.get(i..).and_then(|rest| {
                    rest.iter().find_map(|c| match c {
                        Cut::Close(at) => Some(*at),
                        _ => None,
                    })
                }) else {
                    continue;
                };
                let head = bytes.get(last_line..open).unwrap_or(b"");
                let word = head.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\r' | b'\n')).unwrap_or(0);
                let is_pipeline =
                    head.get(word..).is_some_and(|h| h.starts_with(b"pipeline ")) && !head.contains(&b'#');
                if !is_pipeline || close - open < PIECE || bytes.get(close) != Some(&b'}') {
                    continue;
                }
                if start < last_line {
                    out.push(Piece::Entries { start, end: last_line });
                }
                let mut parts = Vec::new();
                let mut from = open + 1;
                while let Some(Cut::Line { depth: 1, at }) = cuts.get(i) {
                    i += 1;
                    if at + 1 - from > PIECE && !else_follows(bytes, *at) {
                        parts.push((from, at + 1));
                        from = at + 1;
                    }
                }
                parts.push((from, close));
                out.push(Piece::Pipeline { start: last_line, open, close, parts });
                start = close + 1;
                last_line = close + 1;
            }
            _ => {}
        }
    }
    if start < len {
        out.push(Piece::Entries { start, end: len });
    }
    out
}

/// Whether the next word after `at` is `else`, which belongs to what came before.
fn else_follows(bytes: &[u8], at: usize) -> bool {
    let mut at = at;
    loop {
        match bytes.get(at) {
            Some(b' ' | b'\t' | b'\r' | b'\n') => at += 1,
            Some(b'#') => at = memchr(b'\n', bytes, at),
            _ => return bytes.get(at..).is_some_and(|b| b.starts_with(b"else")),
        }
    }
}
