//! Source text: files, spans, positions.

mod buffers;
mod confined;
mod cycles;
mod files;
mod head;
mod line_index;
pub mod literal;
pub mod plain;

pub use buffers::Buffers;
pub use confined::{Boundary, Confined};
pub(crate) use cycles::cycles;
pub use files::{DiskFiles, Files, MemoryFiles, VERSION_CONTROL, read_plain};
pub use head::FilesHead;
pub use line_index::{LineIndex, Position, Units};

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// A file of a [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A range of bytes `start..end` in a file, on character boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub file: FileId,
    /// First byte, from 0.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// Hashes in one write: tables of the checker are keyed by spans, and hashing field by field takes three times as
/// long.
impl Hash for Span {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(u128::from(self.file.0) << 64 | u128::from(self.start) << 32 | u128::from(self.end));
    }
}

impl Span {
    /// A span in `file`.
    pub fn new(file: FileId, start: u32, end: u32) -> Self {
        Span { file, start, end }
    }

    /// The smallest span that contains both, which must be in the same file.
    pub fn to(self, other: Span) -> Span {
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty span at its start.
    pub fn start_point(self) -> Span {
        Span { end: self.start, ..self }
    }

    /// The empty span at its end.
    pub fn end_point(self) -> Span {
        Span { start: self.end, ..self }
    }

    /// Whether it contains `other`.
    pub fn contains(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }
}

/// One loaded file.
#[derive(Debug)]
pub struct SourceFile {
    /// The path, as it was reached and as messages print it.
    pub path: PathBuf,
    /// The text in UTF-8, as on disk.
    pub text: Arc<str>,
    lines: OnceLock<LineIndex>,
    shown: OnceLock<Option<Vec<u8>>>,
}

impl SourceFile {
    fn new(path: PathBuf, text: Arc<str>) -> Arc<SourceFile> {
        Arc::new(SourceFile { path, text, lines: OnceLock::new(), shown: OnceLock::new() })
    }

    /// The text for drawing: hidden characters are replaced by others of the same length.
    pub fn shown(&self) -> &[u8] {
        let replaced = self.shown.get_or_init(|| match plain::same_length(self.text.as_bytes()) {
            std::borrow::Cow::Borrowed(_) => None,
            std::borrow::Cow::Owned(bytes) => Some(bytes),
        });
        replaced.as_deref().unwrap_or(self.text.as_bytes())
    }

    /// The line index, built on first use.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }
}

/// All files of one run.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<Arc<SourceFile>>,
    ids: HashMap<PathBuf, FileId>,
}

impl SourceMap {
    /// Adds a file and returns its id. A path has one id: if added again, the file gets the new text.
    pub fn add(&mut self, path: impl Into<PathBuf>, text: impl Into<Arc<str>>) -> FileId {
        let (path, text) = (path.into(), text.into());
        match self.ids.get(&path).copied() {
            Some(id) => {
                if let Some(file) = self.files.get_mut(id.0 as usize)
                    && file.text != text
                {
                    *file = SourceFile::new(path, text);
                }
                id
            }
            None => {
                let id = FileId(self.files.len() as u32);
                self.ids.insert(path.clone(), id);
                self.files.push(SourceFile::new(path, text));
                id
            }
        }
    }

    /// The file of a path.
    pub fn find(&self, path: &Path) -> Option<FileId> {
        self.ids.get(path).copied()
    }

    /// The file with an id; `None` for an id of another map.
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize).map(Arc::as_ref)
    }

    /// The path of a file, or an empty path.
    pub fn path(&self, id: FileId) -> &Path {
        self.get(id).map_or(Path::new(""), |f| f.path.as_path())
    }

    /// The text of a file, or an empty string.
    pub fn text(&self, id: FileId) -> &str {
        self.get(id).map_or("", |f| &f.text)
    }

    /// The text of a span.
    pub fn slice(&self, span: Span) -> &str {
        self.text(span.file).get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// All files with their ids, in loading order.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(i, f)| (FileId(i as u32), f.as_ref()))
    }
}

/// Decodes bytes; also returns the first byte that is not UTF-8. Each invalid byte becomes a `?`, so that offsets
/// stay the same.
pub fn decoded(bytes: Vec<u8>) -> (String, Option<usize>) {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return (text, None),
        Err(e) => e,
    };
    let bad = bytes.utf8_error().valid_up_to();
    let mut text = String::with_capacity(bytes.as_bytes().len());
    for chunk in bytes.as_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(std::iter::repeat_n('?', chunk.invalid().len()));
    }
    (text, Some(bad))
}

/// A name in source: bare if it is a word, else in backticks.
pub fn quote_name(name: &str) -> String {
    let word =
        name.chars().enumerate().all(|(i, c)| c == '_' || c.is_ascii_alphabetic() || (i > 0 && c.is_ascii_digit()));
    if word && !name.is_empty() { name.to_owned() } else { format!("`{name}`") }
}

/// The maximum length of a name that becomes a file name, in bytes: file systems allow 255, and an extension follows.
pub const MAX_FILE_NAME: usize = 200;

/// Whether a name is a valid file name on every system: no path separators, and no device names of Windows.
pub fn is_file_name(name: &str) -> bool {
    let special = |c: char| matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|') || c.is_control();
    let stem = name.split('.').next().unwrap_or(name).to_ascii_uppercase();
    let device = matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || stem.len() == 4
            && (stem.starts_with("COM") || stem.starts_with("LPT"))
            && stem.ends_with(|c: char| c.is_ascii_digit());
    !name.is_empty() && !name.starts_with('.') && !name.ends_with(['.', ' ']) && !name.contains(special) && !device
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_is_not_utf_8_keeps_its_length() {
        assert_eq!(decoded(b"a\xff\xfeb\xe4\xb8c".to_vec()), ("a??b??c".to_owned(), Some(1)));
        assert_eq!(decoded("ä".into()), ("ä".to_owned(), None));
    }

    #[test]
    fn names_of_files_lead_nowhere() {
        for name in
            ["", ".", "..", "../x", "/abs/x", "a/b", "a\\b", "C:", "a\n", "nul", "com1.x", "a.", "a ", ".hidden", "a\0"]
        {
            assert!(!is_file_name(name), "{name:?}");
        }
        for name in ["dev", "prod-eu", "a b", "täglich", "v1.2", "console", "..a".trim_start_matches('.')] {
            assert!(is_file_name(name), "{name:?}");
        }
    }
}
