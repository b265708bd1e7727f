//! One pass over the bytes before the grammar sees them: brackets, strings and comments.
//!
//! It finds the pieces that can be parsed apart, and mends what would make the grammar give up on the whole file: an
//! unclosed bracket or string, a stray closing bracket. Mending writes into a copy of the same length, so that every
//! offset stays true.

use crate::diag::Diagnostics;
use crate::source::{FileId, Span};

use super::balance::Balance;
use super::bytes::find;
use super::chunks::{Chunk, Cut, chunks};
use super::limits::MAX_DEPTH;
use super::messages;

/// What the pass found.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub comments: Vec<Span>,
    pub pieces: Vec<Chunk>,
    /// The text to parse, where it had to be mended.
    pub repaired: Option<String>,
    pub too_deep: Option<usize>,
}

#[derive(Clone, Copy)]
pub(super) struct OpenBracket {
    pub(super) byte: u8,
    pub(super) at: usize,
    pub(super) indent: usize,
}

pub(super) struct Scanner<'a> {
    pub(super) file: FileId,
    pub(super) bytes: &'a [u8],
    /// Brackets that are open.
    pub(super) stack: Vec<OpenBracket>,
    pub(super) comments: Vec<Span>,
    /// Bytes to overwrite in the copy.
    pub(super) patches: Vec<(usize, u8)>,
    /// Braces to add after the last byte.
    pub(super) appended: usize,
    /// Where entries begin: at depth 0, and inside a brace at depth 1.
    pub(super) cuts: Vec<Cut>,
    pub(super) max_depth_at: Option<usize>,
    /// Where braces closed that stand in no other.
    pub(super) closes: Vec<usize>,
    /// A brace that closed too early, as a later one without partner shows.
    pub(super) early: Option<usize>,
    /// A multi-line string ran to the end of the file: what is open then is open for that reason.
    pub(super) swallowed: bool,
    /// How the braces of the whole file balance, once a rule about indentation asks.
    pub(super) balance: Option<Balance>,
    /// The members of `closes` already examined by [`Scanner::early_close`].
    pub(super) examined: usize,
}

/// How often a scan begins anew with a brace taken out.
const RETRIES: usize = 8;

pub(super) fn scan(file: FileId, text: &str, diagnostics: &mut Diagnostics) -> Scan {
    let mut text = std::borrow::Cow::Borrowed(text);
    let mut without_brace = false;
    for round in 0.. {
        let mut found = Diagnostics::new();
        let (mut scan, early) = scan_once(file, &text, &mut found);
        match early.filter(|_| round < RETRIES) {
            Some(at) => {
                let span = Span::new(file, at as u32, at as u32 + 1);
                diagnostics.push(messages::closes_too_early(span));
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
        balance: None,
        examined: 0,
    };
    s.run(diagnostics);
    if s.max_depth_at.is_some() {
        return (Scan { comments: s.comments, too_deep: s.max_depth_at, ..Scan::default() }, None);
    }
    let repaired = s.repaired();
    let len = text.len() + s.appended;
    let pieces = chunks(repaired.as_deref().unwrap_or(text).as_bytes(), len, &s.cuts);
    (Scan { comments: s.comments, pieces, repaired, too_deep: None }, s.early)
}

impl Scanner<'_> {
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start as u32, end as u32)
    }

    pub(super) fn byte(&self, at: usize) -> u8 {
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
        // The last byte before `at` other than a blank, and the control characters reported so far.
        let mut previous = None;
        let mut controls = Controls::default();
        while at < len {
            let byte = self.byte(at);
            let before = previous;
            if !matches!(byte, b' ' | b'\t') {
                previous = Some(at);
            }
            if at_line_start && !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                at_line_start = false;
                indent = at - line_start;
                if byte != b'#' {
                    self.dedent(line_start, indent, diagnostics);
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
                    let end = find(b'\n', self.bytes, at);
                    let trimmed = if end > at && self.byte(end - 1) == b'\r' { end - 1 } else { end };
                    self.comments.push(self.span(at, trimmed));
                    at = end;
                    continue;
                }
                b'"' => {
                    at = self.string(at, &mut controls, diagnostics);
                    continue;
                }
                b'`' => {
                    let end = find(b'\n', self.bytes, at + 1);
                    match self.bytes.get(at + 1..end).and_then(|rest| rest.iter().position(|b| *b == b'`')) {
                        Some(close) => {
                            for i in at + 1..at + 1 + close {
                                if matches!(self.byte(i), 0..=8 | 11 | 12 | 14..=31 | 127) {
                                    controls.outside(i);
                                    self.patches.push((i, b' '));
                                }
                            }
                            at += close + 2;
                        }
                        None => {
                            diagnostics.push(messages::unclosed_backtick(self.span(at, at + 1)));
                            self.patches.push((at, b' '));
                            at += 1;
                        }
                    }
                    continue;
                }
                b'{' if before.is_some()
                    && self.stack.last().is_some_and(|o| Some(o.at) == before && o.byte == b'{') =>
                {
                    let span = self.span(at, at + 1);
                    diagnostics.push(messages::second_brace(span));
                    self.patches.push((at, b' '));
                }
                b'{' | b'[' | b'(' => {
                    if self.stack.is_empty() && byte == b'{' {
                        self.cuts.push(Cut::Open(at));
                    }
                    self.stack.push(OpenBracket { byte, at, indent });
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
                    controls.outside(at);
                    self.patches.push((at, b' '));
                }
                _ => {}
            }
            at += 1;
        }
        controls.report(self.file, diagnostics);
        let unclosed: Vec<OpenBracket> = self.stack.drain(..).rev().collect();
        if self.swallowed {
            self.close_before(len, &unclosed, &mut Diagnostics::new());
        } else {
            self.close_before(len, &unclosed, diagnostics);
        }
    }

    /// Skips a string; gives the place after it.
    fn string(&mut self, start: usize, controls: &mut Controls, diagnostics: &mut Diagnostics) -> usize {
        let triple = self.bytes.get(start..).is_some_and(|b| b.starts_with(b"\"\"\""));
        let mut at = start + if triple { 3 } else { 1 };
        while at < self.bytes.len() {
            match self.byte(at) {
                b'\\' => at += 2,
                b'$' => at = self.interpolation_end(at),
                b'"' if !triple => return at + 1,
                b'"' if self.bytes.get(at..).is_some_and(|b| b.starts_with(b"\"\"\"")) => return at + 3,
                b'\n' if !triple => break,
                0..=8 | 11 | 12 | 14..=31 | 127 => {
                    controls.in_string(at);
                    self.patches.push((at, b' '));
                    at += 1;
                }
                _ => at += 1,
            }
        }
        let mut end = at.min(self.bytes.len());
        if !triple {
            // A backslash before the end of the line must not hide the end.
            end = end.min(find(b'\n', self.bytes, start));
            while end > start + 1 && matches!(self.byte(end - 1), b'\r' | b' ' | b'\t') {
                end -= 1;
            }
        }
        self.swallowed |= triple;
        let stop = if triple { end } else { self.closers_start(start + 1, end) };
        diagnostics.push(messages::unclosed_string(self.span(start, end), triple, self.span(stop, stop)));
        // Closing brackets that end the line were probably meant as such; the rest becomes a value that is known bad.
        for i in start..stop.max(start + 1) {
            self.patches.push((i, 1));
        }
        stop.max(start + 1)
    }

    /// The place after `${...}`, in which an element of a family may stand in quotes; after the `$` where it is none.
    fn interpolation_end(&self, start: usize) -> usize {
        if self.byte(start + 1) != b'{' {
            return start + 1;
        }
        let mut at = start + 2;
        loop {
            match self.byte(at) {
                b'}' => return at + 1,
                b'[' if self.byte(at + 1) == b'"' => {
                    let line = find(b'\n', self.bytes, at);
                    let close = self.bytes.get(at + 2..line).and_then(|b| b.iter().position(|b| *b == b'"'));
                    match close {
                        Some(i) if self.byte(at + 3 + i) == b']' => at += i + 4,
                        _ => return start + 1,
                    }
                }
                b'"' | b'\n' => return start + 1,
                // Another one begins: no reference holds `${`, and each text is looked through once.
                b'$' if self.byte(at + 1) == b'{' => return start + 1,
                _ => at += 1,
            }
        }
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
                let unclosed: Vec<OpenBracket> = self.stack.drain(i + 1..).rev().collect();
                self.close_before(at, &unclosed, diagnostics);
                self.stack.pop();
                if self.stack.is_empty() && byte == b'}' {
                    self.cuts.push(Cut::Close(at));
                    self.closes.push(at);
                }
            }
            _ => {
                if byte == b'}' && self.stack.is_empty() && self.early.is_none() {
                    self.early = self.early_close();
                }
                let shown = byte as char;
                let span = self.span(at, at + 1);
                diagnostics.push(messages::closes_nothing(span, shown));
                self.patches.push((at, b' '));
            }
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

pub(super) fn closing(open: u8) -> u8 {
    match open {
        b'{' => b'}',
        b'[' => b']',
        _ => b')',
    }
}

/// Runs of control characters, so that a binary file gives a few messages rather than one for each byte.
#[derive(Default)]
struct Controls {
    runs: Vec<(usize, usize, bool)>,
}

impl Controls {
    fn outside(&mut self, at: usize) {
        self.add(at, false);
    }

    fn in_string(&mut self, at: usize) {
        self.add(at, true);
    }

    fn add(&mut self, at: usize, in_string: bool) {
        match self.runs.last_mut() {
            Some((_, end, kind)) if *end == at && *kind == in_string => *end = at + 1,
            _ => self.runs.push((at, at + 1, in_string)),
        }
    }

    fn report(self, file: FileId, diagnostics: &mut Diagnostics) {
        for (start, end, in_string) in self.runs {
            let span = Span::new(file, start as u32, end as u32);
            let what = if end - start == 1 {
                "a control character".to_owned()
            } else {
                format!("{} control characters", end - start)
            };
            diagnostics.push(if in_string {
                messages::control_characters_in_string(span, &what)
            } else {
                messages::control_characters(span, &what)
            });
        }
    }
}
