//! The formatter. The layout depends only on the tokens; comments and blank lines stay where they belong, and nothing
//! is reordered.

mod inline;
mod printer;

use crate::diag::Diagnostics;
use crate::source::literal::map_key;
use crate::source::{FileId, quote_name};
use crate::syntax;
use crate::syntax::ast::{Body, Item};
use crate::syntax::tokens::{Lexeme, Tokens};

/// The maximum line length for lists, arguments and blocks.
pub(crate) const WIDTH: usize = 100;

/// Formats a text, with `\n` line ends and exactly one at the end.
///
/// # Errors
/// The syntax errors of a text that does not parse.
pub fn format(file: FileId, text: &str) -> Result<String, Diagnostics> {
    let written = syntax::parse(file, text);
    if written.diagnostics.has_errors() {
        return Err(written.diagnostics);
    }
    let plain = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    if plain == text {
        return Ok(printer::print(text, &written.file));
    }
    Ok(printer::print(&plain, &syntax::parse(file, &plain).file))
}

/// Whether two texts have the same meaning: the same tokens except commas, comments and documentation.
///
/// A formatted text that differs must not be written.
pub fn same(a: &str, b: &str) -> bool {
    let (x, y) = (tokens(a), tokens(b));
    let sorted = |mut list: Vec<String>| {
        list.sort();
        list
    };
    x.0 == y.0 && sorted(x.1) == sorted(y.1) && docs(a) == docs(b)
}

/// The tokens of a text without commas, and its comments.
pub fn tokens(text: &str) -> (Vec<String>, Vec<String>) {
    let mut code: Vec<String> = Vec::new();
    let mut comments = Vec::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for token in Tokens::of(text) {
        let shown = text.get(token.start..token.end).unwrap_or_default();
        match token.kind {
            Lexeme::Comment => comments.push(shown.trim_end().to_owned()),
            Lexeme::Blank | Lexeme::LineEnd => {}
            Lexeme::Mark if shown == "," => {}
            _ => {
                if let ("=" | "{", Some(key)) = (shown, code.last_mut()) {
                    *key = canonical_key(key);
                }
                code.push(shown.replace("\r\n", "\n"));
            }
        }
    }
    (code, comments)
}

/// A token that may be the key of an entry, in the form that formatting gives it.
fn canonical_key(token: &str) -> String {
    let inside = |quote: char| token.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    match (inside('`'), inside('"')) {
        (Some(name), _) => map_key(name),
        (_, Some(text)) if quote_name(text) == text => text.to_owned(),
        _ => token.to_owned(),
    }
}

/// The documentation of every declaration, in order.
fn docs(text: &str) -> Vec<Option<String>> {
    fn walk(items: &[Item], out: &mut Vec<Option<String>>) {
        for item in items {
            let (doc, bodies): (_, Vec<&Body>) = match item {
                Item::Decl(d) => (Some(&d.doc), vec![&d.body]),
                Item::If(i) => (Some(&i.doc), std::iter::once(&i.then).chain(&i.otherwise).collect()),
                Item::For(f) => (Some(&f.doc), vec![&f.body]),
                Item::When(w) => (None, std::iter::once(&w.then).chain(&w.otherwise).collect()),
                _ => continue,
            };
            out.extend(doc.map(|doc| doc.as_ref().map(ToString::to_string)));
            bodies.iter().for_each(|b| walk(&b.items, out));
        }
    }
    let mut out = Vec::new();
    walk(&syntax::parse(FileId(0), text).file.items, &mut out);
    out
}
