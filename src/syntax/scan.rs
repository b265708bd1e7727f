//! One pass over the bytes before parsing: brackets, strings and comments.
//!
//! It splits the text into chunks, and repairs what would make the grammar reject the whole file: unclosed brackets
//! and strings, and stray closing brackets. Repairs overwrite bytes of a copy or append to it, so that all offsets
//! stay valid.

use crate::diag::Diagnostics;
use crate::source::{FileId, Span};

use super::balance::Balance;
use super::bytes::find;
use super::chunks::{Chunk, Cut, chunks};
use super::limits::MAX_DEPTH;
use super::messages;
use super::tokens::{Lexeme, Token, Tokens};

/// The result of the pass.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub comments: Vec<Span>,
    pub pieces: Vec<Chunk>,
    /// The repaired text, if repairs were necessary.
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
    /// Open brackets.
    pub(super) stack: Vec<OpenBracket>,
    pub(super) comments: Vec<Span>,
    /// Bytes to overwrite in the copy.
    pub(super) patches: Vec<(usize, u8)>,
    /// The number of closing brackets to append after the last byte.
    pub(super) appended: usize,
    /// Where the text may be split into chunks: line ends at depth 0 and 1, and braces that open or close at depth 0.
    pub(super) cuts: Vec<Cut>,
    pub(super) max_depth_at: Option<usize>,
    /// Closing braces at depth 0.
    pub(super) closes: Vec<usize>,
    /// A brace that closed too early, as a later unmatched one shows.
    pub(super) early: Option<usize>,
    /// Whether a multi-line string extends to the end of the file, which explains open brackets.
    pub(super) swallowed: bool,
    /// The balance of braces in the file, computed when indentation rules need it.
    pub(super) balance: Option<Balance>,
    /// The number of `closes` that [`Scanner::early_close`] has examined.
    pub(super) examined: usize,
}

/// How often a scan restarts without a brace.
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
        // The bracket directly before the token, ignoring spaces.
        let mut opened: Option<usize> = None;
        let mut controls = Controls::default();
        let mut tokens = Tokens::from(self.bytes, at);
        while let Some(token) = tokens.next() {
            if token.kind == Lexeme::Blank {
                continue;
            }
            at = token.start;
            let before = opened.take();
            if at_line_start && token.kind != Lexeme::LineEnd {
                at_line_start = false;
                indent = at - line_start;
                if token.kind != Lexeme::Comment {
                    self.dedent(line_start, indent, diagnostics);
                }
            }
            match token.kind {
                Lexeme::LineEnd => {
                    angles = 0;
                    if let Some(next) = self.head_without_brace(line_start, at, indent, diagnostics) {
                        tokens.go_to(next);
                        at_line_start = next > 0 && self.byte(next - 1) == b'\n';
                        line_start = next;
                        continue;
                    }
                    if self.stack.len() <= 1 && self.stack.iter().all(|o| o.byte == b'{') {
                        self.cuts.push(Cut::Line { depth: self.stack.len(), at });
                    }
                    at_line_start = true;
                    line_start = token.end;
                }
                Lexeme::Comment => {
                    let returns = usize::from(self.byte(token.end - 1) == b'\r');
                    self.comments.push(self.span(at, token.end - returns));
                }
                Lexeme::Str { triple, closed } => {
                    for at in tokens.controls.iter().copied() {
                        controls.in_string(at);
                        self.patches.push((at, b' '));
                    }
                    if !closed {
                        tokens.go_to(self.unclosed_string(token, triple, diagnostics));
                    }
                }
                Lexeme::Quoted { closed: true } => {
                    for at in tokens.controls.iter().copied() {
                        controls.outside(at);
                        self.patches.push((at, b' '));
                    }
                }
                Lexeme::Quoted { closed: false } => {
                    diagnostics.push(messages::unclosed_backtick(self.span(at, at + 1)));
                    self.patches.push((at, b' '));
                }
                Lexeme::Open => {
                    opened = Some(at);
                    let byte = self.byte(at);
                    if byte == b'{' && self.stack.last().is_some_and(|o| Some(o.at) == before && o.byte == b'{') {
                        diagnostics.push(messages::second_brace(self.span(at, at + 1)));
                        self.patches.push((at, b' '));
                        continue;
                    }
                    if self.stack.is_empty() && byte == b'{' {
                        self.cuts.push(Cut::Open(at));
                    }
                    self.stack.push(OpenBracket { byte, at, indent });
                    if self.stack.len() > MAX_DEPTH {
                        self.max_depth_at = Some(at);
                        return;
                    }
                }
                Lexeme::Close => self.close(at, self.byte(at), diagnostics),
                Lexeme::Mark if self.byte(at) == b'<' => {
                    angles += 1;
                    if angles > MAX_DEPTH {
                        self.max_depth_at = Some(at);
                        return;
                    }
                }
                Lexeme::Control => {
                    controls.outside(at);
                    self.patches.push((at, b' '));
                }
                Lexeme::Word | Lexeme::Blank | Lexeme::Mark => {}
            }
        }
        controls.report(self.file, diagnostics);
        let unclosed: Vec<OpenBracket> = self.stack.drain(..).rev().collect();
        let len = self.bytes.len();
        if self.swallowed {
            self.close_before(len, &unclosed, &mut Diagnostics::new());
        } else {
            self.close_before(len, &unclosed, diagnostics);
        }
    }

    /// Reports an unclosed string; returns where to continue.
    fn unclosed_string(&mut self, token: Token, triple: bool, diagnostics: &mut Diagnostics) -> usize {
        let Token { start, mut end, .. } = token;
        if !triple {
            // A backslash before the end of the line must not hide it.
            end = end.min(find(b'\n', self.bytes, start));
            while end > start + 1 && matches!(self.byte(end - 1), b'\r' | b' ' | b'\t') {
                end -= 1;
            }
        }
        self.swallowed |= triple;
        let stop = if triple { end } else { self.closers_start(start + 1, end) };
        diagnostics.push(messages::unclosed_string(self.span(start, end), triple, self.span(stop, stop)));
        // Closing brackets at the end of the line were probably meant as such; the rest becomes an invalid value.
        for i in start..stop.max(start + 1) {
            self.patches.push((i, 1));
        }
        stop.max(start + 1)
    }

    /// The start of the closing brackets, commas and spaces before `end`, as far as they close open brackets.
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
            // A `)` or `]` must not close a brace, which is the stronger sign.
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
        // Patches cover whole characters, except for the last resort of `close_before`.
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

/// Runs of control characters, so that a binary file gives a few messages instead of one per byte.
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
