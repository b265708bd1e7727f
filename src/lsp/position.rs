//! Converts between bytes and the lines and columns of the protocol.

use gen_lsp_types::{Position, Range};

use crate::source::Units;

/// The unit of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// The default, which every client supports.
    Utf16,
}

/// The starts of lines. In the protocol, a lone `\r` ends a line, too, but not in the compiler.
#[derive(Debug)]
pub(super) struct Lines {
    starts: Vec<u32>,
    units: Units,
}

impl Lines {
    /// Finds the lines of a text.
    pub fn new(text: &str) -> Lines {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (i, b) in bytes.iter().enumerate() {
            if *b == b'\n' || (*b == b'\r' && bytes.get(i + 1) != Some(&b'\n')) {
                starts.push(i as u32 + 1);
            }
        }
        let units = Units::new(text, &starts);
        Lines { starts, units }
    }

    /// The byte of a position. A position after the end of a line is its end, and one after the last line the end of
    /// the text.
    pub fn offset(&self, text: &str, at: Position, encoding: Encoding) -> u32 {
        let Some(start) = self.starts.get(at.line as usize).copied() else { return text.len() as u32 };
        let end = self.starts.get(at.line as usize + 1).copied().unwrap_or(text.len() as u32);
        let line = text.get(start as usize..end as usize).unwrap_or("").trim_end_matches(['\n', '\r']);
        let mut units = 0;
        for (i, c) in line.char_indices() {
            // A column inside a character is rounded down.
            let width = match encoding {
                Encoding::Utf8 => c.len_utf8() as u32,
                Encoding::Utf16 => c.len_utf16() as u32,
            };
            if units + width > at.character {
                return start + i as u32;
            }
            units += width;
        }
        start + line.len() as u32
    }

    /// The position of a byte.
    pub fn position(&self, text: &str, offset: u32, encoding: Encoding) -> Position {
        let offset = offset.min(text.len() as u32);
        let line = self.starts.partition_point(|s| *s <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let character = match encoding {
            Encoding::Utf8 => offset - start,
            Encoding::Utf16 => self.units.between(text, start, offset).utf16,
        };
        Position { line: line as u32, character }
    }

    /// The range of bytes.
    pub fn range(&self, text: &str, start: u32, end: u32, encoding: Encoding) -> Range {
        Range { start: self.position(text, start, encoding), end: self.position(text, end, encoding) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn columns_count_in_the_unit_of_the_client() {
        let text = "ä𝒳b\r\nx";
        let lines = Lines::new(text);
        assert_eq!(lines.position(text, 6, Encoding::Utf8), at(0, 6));
        assert_eq!(lines.position(text, 6, Encoding::Utf16), at(0, 3));
        assert_eq!(lines.offset(text, at(0, 3), Encoding::Utf16), 6);
        assert_eq!(lines.offset(text, at(0, 2), Encoding::Utf16), 2);
        assert_eq!(lines.offset(text, at(0, 99), Encoding::Utf16), 7);
        assert_eq!(lines.offset(text, at(1, 1), Encoding::Utf8), 10);
        assert_eq!(lines.offset(text, at(7, 0), Encoding::Utf8), 10);
    }

    #[test]
    fn a_lone_carriage_return_ends_a_line() {
        let text = "a\rb";
        assert_eq!(Lines::new(text).position(text, 2, Encoding::Utf8), at(1, 0));
    }
}
