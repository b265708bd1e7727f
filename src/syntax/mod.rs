//! Parses text to a syntax tree. Never fails: text that does not parse becomes a diagnostic and an
//! [`ast::Item::Bad`].

pub mod ast;
mod balance;
mod build;
mod bytes;
mod chunks;
mod context;
mod correct;
mod foreign;
mod habits;
mod headers;
mod limits;
mod line;
mod messages;
mod recover;
mod repair;
mod rules;
mod scan;
mod strings;
pub mod tokens;
pub mod walk;
pub mod words;

pub use limits::{MAX_DEPTH, MAX_FILE};
pub(crate) use messages::string_as_name;

use rayon::prelude::*;

use crate::diag::Diagnostics;
use crate::source::{FileId, Span, plain};

/// The result of parsing a file.
#[derive(Debug, Default)]
pub struct Parse {
    pub file: ast::File,
    pub diagnostics: Diagnostics,
}

/// Parses a file.
///
/// Any text is accepted; a file that is too large or nested too deeply gives one error and an empty tree.
pub fn parse(file: FileId, text: &str) -> Parse {
    let mut diagnostics = Diagnostics::new();
    if text.len() > MAX_FILE {
        diagnostics.push(messages::file_too_large(file, text.len()));
        return Parse { file: ast::File::default(), diagnostics };
    }
    let unified;
    let text = match lone_return(text) {
        None => text,
        Some(at) => {
            diagnostics.push(messages::lone_carriage_return(file, at));
            unified = text.replace("\r\n", "\n\n").replace('\r', "\n");
            unified.as_str()
        }
    };
    reordered(file, text, &mut diagnostics);
    let scan = scan::scan(file, text, &mut diagnostics);
    if let Some(at) = scan.too_deep {
        let span = Span::new(file, at as u32, at as u32 + 1);
        diagnostics.push(messages::brackets_too_deep(span));
        return Parse { file: ast::File::default(), diagnostics };
    }
    let source = scan.repaired.as_deref().unwrap_or(text);
    let cx = context::ParseContext {
        file,
        text: source,
        len: text.len() as u32,
        comments: &scan.comments,
        is_unfinished: false,
        shifts: Vec::new(),
    };
    let items = parse_pieces(&cx, &scan.pieces, &mut diagnostics);
    if diagnostics.len() >= 3
        && let Some((line, format)) = foreign::of_another_format(text)
    {
        // Each line of such a file would be a message.
        diagnostics = Diagnostics::new();
        let span = Span::new(file, line.start as u32, line.end as u32);
        diagnostics.push(messages::foreign_file(span, format));
        return Parse {
            file: ast::File {
                items: vec![ast::Item::Bad(Span::new(file, 0, text.len() as u32))],
                comments: scan.comments,
            },
            diagnostics,
        };
    }
    Parse { file: ast::File { items, comments: scan.comments }, diagnostics }
}

/// Parses an entry that is being typed and ends with the text: open brackets, quotes and references are closed, and
/// nodes may be partial.
pub fn parse_unfinished(file: FileId, text: &str) -> ast::File {
    let closed = format!("{}{}", text.trim_end(), tokens::closing_quotes(text));
    let scan = scan::scan(file, &closed, &mut Diagnostics::new());
    if closed.len() > MAX_FILE || scan.too_deep.is_some() {
        return ast::File::default();
    }
    // The text is followed by the closing brackets; something may be missing before or after each of them.
    let end = closed.len();
    let source = scan.repaired.unwrap_or(closed);
    let (inside, brackets) = source.split_at_checked(end).unwrap_or((&source, ""));
    let source = format!("{inside}\u{03}{brackets}\u{03}");
    let cx = context::ParseContext {
        file,
        text: &source,
        len: text.len() as u32,
        comments: &scan.comments,
        is_unfinished: true,
        shifts: Vec::new(),
    };
    ast::File { items: build::unfinished(&cx), comments: scan.comments }
}

/// Warns about invisible characters that reorder text (Trojan Source, CVE-2021-42574).
fn reordered(file: FileId, text: &str, diagnostics: &mut Diagnostics) {
    if text.is_ascii() {
        return;
    }
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| plain::is_bidirectional(*c)) {
        match runs.last_mut() {
            Some((_, end)) if *end == at => *end += c.len_utf8(),
            _ => runs.push((at, at + c.len_utf8())),
        }
    }
    for (start, end) in runs {
        let span = Span::new(file, start as u32, end as u32);
        diagnostics.push(messages::hidden_text(span));
    }
}

/// The first `\r` that is not followed by `\n`.
fn lone_return(text: &str) -> Option<usize> {
    let text = text.as_bytes();
    bytes::all(b'\r', text).find(|i| text.get(i + 1) != Some(&b'\n'))
}

/// Chunks are independent, so large files are parsed on all cores.
fn parse_pieces(
    cx: &context::ParseContext<'_>,
    pieces: &[chunks::Chunk],
    diagnostics: &mut Diagnostics,
) -> Vec<ast::Item> {
    let mut flat: Vec<(usize, usize, bool)> = Vec::new();
    for piece in pieces {
        match piece {
            chunks::Chunk::Entries { start, end } => flat.push((*start, *end, false)),
            chunks::Chunk::Pipeline { start, open, parts, .. } => {
                flat.push((*start, *open + 1, true));
                flat.extend(parts.iter().map(|(s, e)| (*s, *e, false)));
            }
        }
    }
    let one = |&(start, end, head): &(usize, usize, bool)| {
        let mut found = Diagnostics::new();
        let items = build::piece(cx, start, end, head, &mut found);
        (items, found)
    };
    let parsed: Vec<(Vec<ast::Item>, Diagnostics)> =
        if flat.len() > 1 { flat.par_iter().map(one).collect() } else { flat.iter().map(one).collect() };
    let mut parsed = parsed.into_iter();
    let mut items = Vec::new();
    for piece in pieces {
        let Some((mut head, found)) = parsed.next() else { break };
        diagnostics.extend(found);
        if let chunks::Chunk::Pipeline { close, parts, .. } = piece {
            let mut inner = Vec::new();
            for (more, found) in parsed.by_ref().take(parts.len()) {
                inner.extend(more);
                diagnostics.extend(found);
            }
            match head.last_mut() {
                Some(ast::Item::Decl(decl)) => {
                    let end = (*close as u32 + 1).min(cx.len);
                    decl.body.items = inner;
                    decl.body.span.end = end;
                    decl.span.end = end;
                }
                _ => items.append(&mut inner),
            }
        }
        items.append(&mut head);
    }
    items
}
