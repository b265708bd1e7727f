//! Open documents, and conversion between URIs and paths.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::{TextDocumentContentChangeEvent, Uri};

use super::position::{Encoding, Lines};

/// An open document.
#[derive(Debug)]
pub(super) struct Document {
    /// Its URI, as the client writes it.
    pub uri: Uri,
    /// The version of the text.
    pub version: i32,
    pub text: Arc<str>,
    pub lines: Lines,
}

impl Document {
    /// Creates a document.
    pub fn new(uri: Uri, version: i32, text: &str) -> Document {
        Document { uri, version, text: text.into(), lines: Lines::new(text) }
    }

    /// Applies changes in order.
    pub fn change(&mut self, version: i32, changes: Vec<TextDocumentContentChangeEvent>, encoding: Encoding) {
        self.version = version;
        for change in changes {
            match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => {
                    self.text = whole.text.into();
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                    let start = self.lines.offset(&self.text, part.range.start, encoding) as usize;
                    let end = self.lines.offset(&self.text, part.range.end, encoding) as usize;
                    let before = self.text.get(..start).unwrap_or("");
                    let after = self.text.get(end.max(start)..).unwrap_or("");
                    self.text = [before, &part.text, after].concat().into();
                }
            }
            self.lines = Lines::new(&self.text);
        }
    }
}

/// The open documents, by path.
#[derive(Debug, Default)]
pub(super) struct Documents {
    open: HashMap<PathBuf, Document>,
}

impl Documents {
    /// Adds or replaces a document.
    pub fn insert(&mut self, path: PathBuf, document: Document) {
        self.open.insert(path, document);
    }

    /// Removes a document.
    pub fn remove(&mut self, path: &Path) {
        self.open.remove(path);
    }

    /// The open document of a path.
    pub fn get(&self, path: &Path) -> Option<&Document> {
        self.open.get(path)
    }

    /// The open document of a path, mutable.
    pub fn get_mut(&mut self, path: &Path) -> Option<&mut Document> {
        self.open.get_mut(path)
    }

    /// The URI of a path, as the client writes it if known.
    pub fn uri(&self, path: &Path) -> Option<Uri> {
        match self.open.get(path) {
            Some(document) => Some(document.uri.clone()),
            None => Uri::from_file_path(path).ok(),
        }
    }
}

/// The path of a URI. A URI that is not a file, such as that of an unsaved document, gets a path that no file has.
pub(super) fn path_of(uri: &Uri) -> PathBuf {
    match uri.to_file_path() {
        Ok(path) if uri.scheme() == "file" => path,
        _ => PathBuf::from(format!("{}.pipe", uri.as_str().trim_end_matches(".pipe"))),
    }
}
