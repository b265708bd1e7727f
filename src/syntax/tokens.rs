//! The tokens of a text. Only this module knows where strings, quoted names and comments end; everything outside of
//! the grammar uses it.

use super::bytes::find;

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lexeme {
    /// Letters, digits, `_`, and non-ASCII characters.
    Word,
    /// A string, including quotes.
    Str {
        /// Multi-line, in three quotes.
        triple: bool,
        /// Whether it is closed.
        closed: bool,
    },
    /// A name in backticks.
    Quoted {
        /// Whether it is closed; if not, the token is only the backtick.
        closed: bool,
    },
    /// `#` up to the end of the line.
    Comment,
    /// `\n`.
    LineEnd,
    /// Spaces, tabs and carriage returns.
    Blank,
    /// `{`, `[` or `(`.
    Open,
    /// `}`, `]` or `)`.
    Close,
    /// A control character.
    Control,
    /// Any other character.
    Mark,
}

/// A token, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: Lexeme,
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// The tokens of a text from a byte on, without gaps.
#[derive(Debug)]
pub struct Tokens<'t> {
    bytes: &'t [u8],
    at: usize,
    /// Control characters in the last string or quoted name.
    pub(super) controls: Vec<usize>,
}

impl<'t> Tokens<'t> {
    /// All tokens of a text.
    pub fn of(text: &'t str) -> Tokens<'t> {
        Tokens::from(text.as_bytes(), 0)
    }

    pub(super) fn from(bytes: &'t [u8], at: usize) -> Tokens<'t> {
        Tokens { bytes, at, controls: Vec::new() }
    }

    /// Continues at another byte.
    pub(super) fn go_to(&mut self, at: usize) {
        self.at = at;
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b'\n')
    }

    /// The end of a run of bytes of one class.
    fn run(&self, class: ByteClass) -> usize {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at + rest.iter().position(|b| class_of(*b) != class).unwrap_or(rest.len())
    }

    /// The end of the string at `start`, and whether it is closed. An unclosed string ends with its line or the text.
    fn string(&mut self, start: usize, triple: bool) -> (usize, bool) {
        let mut at = start + if triple { 3 } else { 1 };
        while at < self.bytes.len() {
            match self.byte(at) {
                b'\\' => at += 2,
                b'$' => at = self.interpolation_end(at),
                b'"' if !triple => return (at + 1, true),
                b'"' if self.bytes.get(at..).is_some_and(|b| b.starts_with(b"\"\"\"")) => return (at + 3, true),
                b'\n' if !triple => break,
                byte => {
                    if class_of(byte) == ByteClass::Control {
                        self.controls.push(at);
                    }
                    at += 1;
                }
            }
        }
        (at.min(self.bytes.len()), false)
    }

    /// The position after `${...}`, which may contain a quoted element of a family; after the `$` if it is not an
    /// interpolation.
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
                // No reference contains `${`; returning here makes the scan linear.
                b'$' if self.byte(at + 1) == b'{' => return start + 1,
                _ => at += 1,
            }
        }
    }

    /// The end of the quoted name at `start`, and whether it is closed on its line.
    fn quoted(&mut self, start: usize) -> (usize, bool) {
        let line = find(b'\n', self.bytes, start + 1);
        let inside = self.bytes.get(start + 1..line).unwrap_or_default();
        let Some(close) = inside.iter().position(|b| *b == b'`') else { return (start + 1, false) };
        let name = inside.iter().take(close).enumerate();
        self.controls.extend(name.filter(|(_, b)| class_of(**b) == ByteClass::Control).map(|(i, _)| start + 1 + i));
        (start + close + 2, true)
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    #[inline]
    fn next(&mut self) -> Option<Token> {
        let start = self.at;
        let byte = *self.bytes.get(start)?;
        self.controls.clear();
        let (kind, end) = match class_of(byte) {
            ByteClass::Word => (Lexeme::Word, self.run(ByteClass::Word)),
            ByteClass::Blank => (Lexeme::Blank, self.run(ByteClass::Blank)),
            ByteClass::LineEnd => (Lexeme::LineEnd, start + 1),
            ByteClass::Hash => (Lexeme::Comment, find(b'\n', self.bytes, start)),
            ByteClass::Quote => {
                let triple = self.bytes.get(start..).is_some_and(|b| b.starts_with(b"\"\"\""));
                let (end, closed) = self.string(start, triple);
                (Lexeme::Str { triple, closed }, end)
            }
            ByteClass::Backtick => {
                let (end, closed) = self.quoted(start);
                (Lexeme::Quoted { closed }, end)
            }
            ByteClass::Open => (Lexeme::Open, start + 1),
            ByteClass::Close => (Lexeme::Close, start + 1),
            ByteClass::Control => (Lexeme::Control, start + 1),
            ByteClass::Mark => (Lexeme::Mark, start + 1),
        };
        self.at = end;
        Some(Token { kind, start, end })
    }
}

/// What closes the string and the reference that are open at the end of a text; empty if there is none.
pub(super) fn closing_quotes(text: &str) -> &'static str {
    let Some(Token { kind: Lexeme::Str { triple, closed: false }, start, .. }) = Tokens::of(text).last() else {
        return "";
    };
    let inside = text.get(start..).unwrap_or_default();
    let open = inside.rfind("${").is_some_and(|at| !inside.get(at..).is_some_and(|rest| rest.contains('}')));
    match (triple, open) {
        (false, false) => "\"",
        (false, true) => "}\"",
        (true, false) => "\"\"\"",
        (true, true) => "}\"\"\"",
    }
}

/// The class of a byte.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ByteClass {
    Word,
    Blank,
    LineEnd,
    Hash,
    Quote,
    Backtick,
    Open,
    Close,
    Control,
    Mark,
}

/// The class of every byte, as a table for speed.
#[expect(clippy::indexing_slicing, reason = "the loop ends with the array")]
static CLASSES: [ByteClass; 256] = {
    let mut classes = [ByteClass::Mark; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = classify(byte as u8);
        byte += 1;
    }
    classes
};

const fn classify(byte: u8) -> ByteClass {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | 128.. => ByteClass::Word,
        b' ' | b'\t' | b'\r' => ByteClass::Blank,
        b'\n' => ByteClass::LineEnd,
        b'#' => ByteClass::Hash,
        b'"' => ByteClass::Quote,
        b'`' => ByteClass::Backtick,
        b'{' | b'[' | b'(' => ByteClass::Open,
        b'}' | b']' | b')' => ByteClass::Close,
        0..=8 | 11 | 12 | 14..=31 | 127 => ByteClass::Control,
        _ => ByteClass::Mark,
    }
}

#[expect(clippy::indexing_slicing, reason = "there is an entry for each byte")]
fn class_of(byte: u8) -> ByteClass {
    CLASSES[usize::from(byte)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> Vec<(Lexeme, &str)> {
        Tokens::of(text).map(|t| (t.kind, &text[t.start..t.end])).filter(|(k, _)| *k != Lexeme::Blank).collect()
    }

    #[test]
    fn strings_end_where_they_are_closed() {
        let (open, whole) = (Lexeme::Str { triple: false, closed: false }, Lexeme::Str { triple: false, closed: true });
        assert_eq!(shown(r#""a \" b" c"#), [(whole, r#""a \" b""#), (Lexeme::Word, "c")]);
        assert_eq!(shown(r#""${load["eu"].rows}""#), [(whole, r#""${load["eu"].rows}""#)]);
        assert_eq!(shown("\"a\nb"), [(open, "\"a"), (Lexeme::LineEnd, "\n"), (Lexeme::Word, "b")]);
        let triple = Lexeme::Str { triple: true, closed: true };
        assert_eq!(shown("\"\"\"a\n\"b\"\n\"\"\"}"), [(triple, "\"\"\"a\n\"b\"\n\"\"\""), (Lexeme::Close, "}")]);
    }

    #[test]
    fn names_and_comments_end_with_their_line() {
        assert_eq!(
            shown("`a b` `c\n# d"),
            [
                (Lexeme::Quoted { closed: true }, "`a b`"),
                (Lexeme::Quoted { closed: false }, "`"),
                (Lexeme::Word, "c"),
                (Lexeme::LineEnd, "\n"),
                (Lexeme::Comment, "# d")
            ]
        );
    }

    proptest! {
        #[test]
        fn tokens_have_no_gaps(text in "[a-z0-9\"`#${}\\[\\]()\\\\ \n\r\té\u{1}=]{0,60}") {
            let mut at = 0;
            for token in Tokens::of(&text) {
                prop_assert_eq!(token.start, at);
                prop_assert!(token.end > at);
                prop_assert!(text.is_char_boundary(token.end));
                at = token.end;
            }
            prop_assert_eq!(at, text.len());
        }
    }
}
