//! Converts byte offsets to lines and columns.

/// A position, for people and the JSON format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// From 1, in Unicode scalar values.
    pub column: u32,
    /// In bytes, from 0.
    pub offset: u32,
}

/// The starts of the lines of a text.
#[derive(Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
    units: Units,
}

impl LineIndex {
    /// Finds the lines of a text. A line ends with `\n`; a `\r` before it belongs to the line.
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i as u32 + 1));
        let units = Units::new(text, &starts);
        LineIndex { starts, units }
    }

    /// The line of a byte, from 0.
    pub fn line(&self, offset: u32) -> usize {
        self.starts.partition_point(|s| *s <= offset).saturating_sub(1)
    }

    /// The number of lines.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The first byte of a line (from 0), or of the last one.
    pub fn line_start(&self, line: usize) -> u32 {
        self.starts.get(line).or(self.starts.last()).copied().unwrap_or(0)
    }

    /// The position of a byte offset in `text`, from which the index was built.
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let offset = offset.min(text.len() as u32);
        let line = self.line(offset);
        let column = self.units.between(text, self.line_start(line), offset).scalars;
        Position { line: line as u32 + 1, column: column + 1, offset }
    }
}

/// A length of text in the units of columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextLength {
    /// Unicode scalar values.
    pub scalars: u32,
    /// UTF-16 code units.
    pub utf16: u32,
}

impl TextLength {
    fn of(bytes: &[u8]) -> TextLength {
        // Each scalar value has one byte that is not a continuation byte; those outside the basic plane start with
        // 0xF0 or more.
        let scalars = bytes.iter().filter(|b| **b & 0xC0 != 0x80).count() as u32;
        let astral = bytes.iter().filter(|b| **b >= 0xF0).count() as u32;
        TextLength { scalars, utf16: scalars + astral }
    }
}

/// Lengths up to every 1024th byte of a text with long lines, so that a column takes constant time.
#[derive(Debug, Default)]
pub struct Units {
    marks: Vec<TextLength>,
}

impl Units {
    const EVERY: usize = 1024;

    /// Builds the table if one of the lines, which begin at `starts`, is long.
    pub fn new(text: &str, starts: &[u32]) -> Units {
        let ends = starts.iter().skip(1).copied().chain([text.len() as u32]);
        if starts.iter().zip(ends).all(|(start, end)| end - start <= 4 * Units::EVERY as u32) {
            return Units::default();
        }
        let mut sum = TextLength::default();
        let mut marks = vec![sum];
        for chunk in text.as_bytes().chunks(Units::EVERY) {
            let more = TextLength::of(chunk);
            sum = TextLength { scalars: sum.scalars + more.scalars, utf16: sum.utf16 + more.utf16 };
            marks.push(sum);
        }
        Units { marks }
    }

    /// The length of the text between two bytes.
    pub fn between(&self, text: &str, start: u32, end: u32) -> TextLength {
        if self.marks.is_empty() {
            return TextLength::of(text.as_bytes().get(start as usize..end as usize).unwrap_or(&[]));
        }
        let (from, to) = (self.before(text, start), self.before(text, end));
        TextLength { scalars: to.scalars.saturating_sub(from.scalars), utf16: to.utf16.saturating_sub(from.utf16) }
    }

    fn before(&self, text: &str, at: u32) -> TextLength {
        let mark = at as usize / Units::EVERY;
        let sum = self.marks.get(mark).copied().unwrap_or_default();
        let rest = TextLength::of(text.as_bytes().get(mark * Units::EVERY..at as usize).unwrap_or(&[]));
        TextLength { scalars: sum.scalars + rest.scalars, utf16: sum.utf16 + rest.utf16 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_offsets_count_bytes() {
        let text = "ab\nüx\r\n";
        let index = LineIndex::new(text);
        assert_eq!(index.position(text, 5), Position { line: 2, column: 2, offset: 5 });
        assert_eq!(index.position(text, 0), Position { line: 1, column: 1, offset: 0 });
        assert_eq!(index.position(text, 99).line, 3);
    }

    #[test]
    fn columns_of_a_long_line_are_counted_from_the_nearest_mark() {
        let text = format!("x\n{}", "aü𝒳".repeat(3000));
        let index = LineIndex::new(&text);
        for (at, _) in text.char_indices().skip(2).step_by(997) {
            let walked = text.get(2..at).unwrap_or("");
            let length = index.units.between(&text, 2, at as u32);
            assert_eq!(length.scalars as usize, walked.chars().count());
            assert_eq!(length.utf16 as usize, walked.encode_utf16().count());
        }
    }
}
