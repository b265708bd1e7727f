//! Splits a large file into chunks that are parsed independently: whole entries, and parts of pipelines.

use super::tokens::{Lexeme, Token, Tokens};

/// A part of a file that is parsed independently.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Chunk {
    /// Whole entries.
    Entries { start: usize, end: usize },
    /// A pipeline: `start..=open` is its header, and its body is split into parts of whole entries.
    Pipeline { start: usize, open: usize, close: usize, parts: Vec<(usize, usize)> },
}

#[derive(Clone, Copy)]
pub(super) enum Cut {
    /// The end of a line without open brackets, at depth 0 or in a block at depth 1.
    Line {
        depth: usize,
        at: usize,
    },
    Open(usize),
    Close(usize),
}

/// Smaller files and bodies are parsed as a whole; splitting them costs more than it saves.
const PIECE: usize = 16 << 10;

/// Splits the text at line ends between entries.
pub(super) fn chunks(bytes: &[u8], len: usize, cuts: &[Cut]) -> Vec<Chunk> {
    if len <= PIECE {
        return vec![Chunk::Entries { start: 0, end: len }];
    }
    let mut out = Vec::new();
    let mut start = 0;
    let mut last_line = 0;
    let mut i = 0;
    let mut next = NextWord::default();
    while let Some(cut) = cuts.get(i) {
        i += 1;
        match *cut {
            Cut::Line { depth: 0, at } if !next.is_else(bytes, at) => {
                last_line = at + 1;
                if at + 1 - start > PIECE {
                    out.push(Chunk::Entries { start, end: at + 1 });
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
                if close.saturating_sub(open) < PIECE || bytes.get(close) != Some(&b'}') {
                    continue;
                }
                let alone = !head.iter().any(|b| matches!(b, b'#' | b'{' | b'}'));
                if !alone || !head.get(word..).is_some_and(|h| h.starts_with(b"pipeline ")) {
                    continue;
                }
                if start < last_line {
                    out.push(Chunk::Entries { start, end: last_line });
                }
                let mut parts = Vec::new();
                let mut from = open + 1;
                while let Some(Cut::Line { depth: 1, at }) = cuts.get(i) {
                    i += 1;
                    if at + 1 - from > PIECE && !next.is_else(bytes, *at) {
                        parts.push((from, at + 1));
                        from = at + 1;
                    }
                }
                parts.push((from, close));
                out.push(Chunk::Pipeline { start: last_line, open, close, parts });
                start = close + 1;
                last_line = close + 1;
            }
            _ => {}
        }
    }
    if start < len {
        out.push(Chunk::Entries { start, end: len });
    }
    out
}

/// The next word after the end of a line, cached for all line ends before it.
#[derive(Default)]
struct NextWord {
    from: usize,
    at: usize,
    is_else: bool,
}

impl NextWord {
    /// Whether the next word after `from` is `else`, which continues the entry before it.
    fn is_else(&mut self, bytes: &[u8], from: usize) -> bool {
        if from < self.from || from >= self.at {
            let gap = |t: &Token| matches!(t.kind, Lexeme::Blank | Lexeme::LineEnd | Lexeme::Comment);
            let at = Tokens::from(bytes, from).find(|t| !gap(t)).map_or(bytes.len(), |t| t.start);
            *self = NextWord { from, at, is_else: bytes.get(at..).is_some_and(|b| b.starts_with(b"else")) };
        }
        self.is_else
    }
}
