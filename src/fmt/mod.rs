//! The one canonical layout of a program. It follows from the tokens alone; comments and blank lines stay with what they
//! stand beside, and nothing is ever reordered.

mod inline;
mod printer;

use crate::diag::Diagnostics;
use crate::source::FileId;
use crate::syntax;

/// The longest line that lists, arguments and blocks are put on.
pub(crate) const WIDTH: usize = 100;

/// The text in its canonical layout, with `\n` line ends and one at the end.
///
/// # Errors
/// What is wrong with a text that is no program: it is not touched then.
pub fn format(file: FileId, text: &str) -> Result<String, Diagnostics> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let parsed = syntax::parse(file, &text);
    if parsed.diagnostics.has_errors() {
        return Err(parsed.diagnostics);
    }
    Ok(printer::print(&text, &parsed.file))
}

/// What a text says, without its layout: tokens without blanks and commas, and its comments.
///
/// Two texts with the same tokens and comments mean the same; a formatter that changes them has a bug.
pub fn tokens(text: &str) -> (String, Vec<String>) {
    let mut code = String::new();
    let mut comments = Vec::new();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    while let Some(c) = rest.chars().next() {
        let len = match c {
            '#' => {
                let len = rest.find('\n').unwrap_or(rest.len());
                comments.push(rest.get(..len).unwrap_or("").trim_end().to_owned());
                rest = rest.get(len..).unwrap_or("");
                continue;
            }
            '"' => inline::string_len(rest),
            '`' => rest.get(1..).and_then(|r| r.find('`')).map_or(rest.len(), |i| i + 2),
            c => c.len_utf8(),
        };
        let token = rest.get(..len).unwrap_or(rest);
        if !matches!(c, ' ' | '\t' | '\n' | '\r' | ',') {
            code.push_str(&token.replace("\r\n", "\n"));
        } else if !code.ends_with(' ') {
            // Words must not run together unseen.
            code.push(' ');
        }
        rest = rest.get(len..).unwrap_or("");
    }
    (separated(&code), comments)
}

/// One blank where it keeps two words apart, none elsewhere.
fn separated(code: &str) -> String {
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '`' | '"' | '-' | '.') || !c.is_ascii();
    let mut out = String::new();
    let chars: Vec<char> = code.chars().collect();
    for (i, c) in chars.iter().enumerate() {
        let around = (i.checked_sub(1).and_then(|j| chars.get(j)), chars.get(i + 1));
        match (c, around) {
            (' ', (Some(a), Some(b))) if word(*a) && word(*b) => out.push(' '),
            (' ', _) => {}
            _ => out.push(*c),
        }
    }
    out
}
