//! Converts answers of [`crate::ide`] to types of the protocol.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use gen_lsp_types::*;

use super::documents::Documents;
use super::position::{Encoding, Lines};
use crate::diag::{self, Severity};
use crate::ide;
use crate::source::{FileId, SourceMap, Span};

/// The token types, in the order of their numbers.
pub(super) const TOKEN_TYPES: [&str; 13] = [
    "keyword",
    "namespace",
    "function",
    "class",
    "variable",
    "parameter",
    "property",
    "enumMember",
    "type",
    "string",
    "number",
    "comment",
    "operator",
];
/// The modifiers, in the order of their bits.
pub(super) const MODIFIERS: [&str; 3] = ["declaration", "readonly", "defaultLibrary"];

/// Converts spans to positions of the client.
pub(super) struct Conversions<'a> {
    sources: &'a SourceMap,
    documents: &'a Documents,
    encoding: Encoding,
    /// The lines of requested files.
    lines: RefCell<HashMap<FileId, Rc<Lines>>>,
}

impl<'a> Conversions<'a> {
    /// Creates a converter for these sources.
    pub fn new(sources: &'a SourceMap, documents: &'a Documents, encoding: Encoding) -> Conversions<'a> {
        Conversions { sources, documents, encoding, lines: RefCell::default() }
    }

    /// The range of a span in its file.
    pub fn range(&self, span: Span) -> Range {
        let text = self.sources.text(span.file);
        let known = self.lines.borrow().get(&span.file).cloned();
        let lines = known.unwrap_or_else(|| {
            let lines = Rc::new(Lines::new(text));
            self.lines.borrow_mut().insert(span.file, lines.clone());
            lines
        });
        lines.range(text, span.start, span.end, self.encoding)
    }

    /// The file and range of a span.
    pub fn location(&self, span: Span) -> Option<Location> {
        Some(Location { uri: self.documents.uri(self.sources.path(span.file))?, range: self.range(span) })
    }

    /// Groups edits by file.
    pub fn workspace_edit(&self, edits: &[crate::diag::Edit]) -> WorkspaceEdit {
        let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
        for edit in edits {
            if let Some(location) = self.location(edit.span) {
                let change = TextEdit { range: location.range, new_text: edit.text.clone() };
                changes.entry(location.uri).or_default().push(change);
            }
        }
        WorkspaceEdit { changes: Some(changes), ..Default::default() }
    }

    /// A diagnostic.
    pub fn diagnostic(&self, d: &diag::Diagnostic) -> Diagnostic {
        let mut message = d.labelled_message();
        if let Some(help) = &d.help {
            message.push_str(&format!("\nhelp: {help}"));
        }
        let related: Vec<DiagnosticRelatedInformation> = d
            .related
            .iter()
            .filter_map(|r| {
                Some(DiagnosticRelatedInformation { location: self.location(r.span)?, message: r.message.clone() })
            })
            .collect();
        let unused = matches!(d.code, diag::Code::Unused | diag::Code::UnusedImport);
        Diagnostic {
            range: self.range(d.span),
            severity: Some(match d.severity {
                Severity::Error => DiagnosticSeverity::Error,
                Severity::Warning => DiagnosticSeverity::Warning,
            }),
            code: Some(Code::String(d.code.id().to_owned())),
            source: Some("pipec".to_owned()),
            message: Message::String(message),
            tags: unused.then(|| vec![DiagnosticTag::Unnecessary]),
            related_information: (!related.is_empty()).then_some(related),
            ..Default::default()
        }
    }

    /// A symbol.
    pub fn symbol(&self, symbol: ide::Symbol) -> DocumentSymbol {
        #[expect(deprecated, reason = "a field of the type is, and has to be named")]
        DocumentSymbol {
            name: symbol.name,
            detail: Some(symbol.detail),
            kind: symbol_kind(symbol.kind),
            tags: None,
            deprecated: None,
            range: self.range(symbol.span),
            selection_range: self.range(symbol.name_span),
            children: Some(symbol.children.into_iter().map(|s| self.symbol(s)).collect()),
        }
    }

    /// A task of the call hierarchy.
    pub fn task(&self, task: &ide::TaskItem) -> Option<CallHierarchyItem> {
        let location = self.location(task.span)?;
        Some(CallHierarchyItem {
            name: task.key.clone(),
            kind: SymbolKind::Function,
            tags: None,
            detail: Some(task.pipeline.clone()),
            uri: location.uri,
            range: location.range,
            selection_range: location.range,
            data: Some(serde_json::json!({ "key": task.key, "pipeline": task.pipeline })),
        })
    }

    /// Tokens in the relative format of the protocol.
    pub fn tokens(&self, list: &[ide::Highlighted]) -> Vec<SemanticToken> {
        let (mut line, mut character) = (0, 0);
        list.iter()
            .map(|token| {
                let range = self.range(token.span);
                let delta_line = range.start.line - line;
                let delta_start =
                    if delta_line == 0 { range.start.character - character } else { range.start.character };
                (line, character) = (range.start.line, range.start.character);
                let flags = [token.declares, token.constant, token.platform];
                SemanticToken {
                    delta_line,
                    delta_start,
                    length: range.end.character - range.start.character,
                    token_type: token.kind as u32,
                    token_modifiers_bitset: flags.iter().enumerate().map(|(i, set)| u32::from(*set) << i).sum(),
                }
            })
            .collect()
    }
}

/// A completion item.
pub(super) fn completion_item(offer: ide::Completion, range: Range, snippets: bool) -> CompletionItem {
    let (text, format) = match snippets {
        true => (offer.insert, InsertTextFormat::Snippet),
        false => (plain(&offer.insert), InsertTextFormat::PlainText),
    };
    CompletionItem {
        sort_text: Some(format!("{}{}", offer.rank, offer.label)),
        kind: Some(completion_kind(offer.kind)),
        detail: (!offer.detail.is_empty()).then_some(offer.detail),
        documentation: (!offer.doc.is_empty()).then(|| Documentation::MarkupContent(markdown(offer.doc))),
        tags: offer.deprecated.then(|| vec![CompletionItemTag::Deprecated]),
        insert_text_format: Some(format),
        text_edit: Some(CompletionItemTextEdit::TextEdit(TextEdit { range, new_text: text })),
        // Otherwise, clients filter by the label, which differs from what is typed in a string.
        filter_text: offer.label.starts_with('"').then(|| offer.label.trim_matches('"').to_owned()),
        label: offer.label,
        ..CompletionItem::default()
    }
}

/// Text in Markdown.
pub(super) fn markdown(value: String) -> MarkupContent {
    MarkupContent { kind: MarkupKind::Markdown, value }
}

/// A snippet as plain text, with defaults, for clients without snippets.
fn plain(shape: &str) -> String {
    let mut out = String::new();
    let mut chars = shape.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            '$' if chars.peek() == Some(&'{') => {
                // `${1:default}`
                let inner: String = chars.by_ref().take_while(|c| *c != '}').collect();
                out.push_str(inner.split_once(':').map_or("", |(_, default)| default));
            }
            '$' => while chars.next_if(char::is_ascii_digit).is_some() {},
            c => out.push(c),
        }
    }
    out
}

/// The kind of a symbol.
pub(super) fn symbol_kind(kind: ide::SymbolKind) -> SymbolKind {
    match kind {
        ide::SymbolKind::Pipeline => SymbolKind::Module,
        ide::SymbolKind::Step => SymbolKind::Function,
        ide::SymbolKind::Condition | ide::SymbolKind::Loop => SymbolKind::Operator,
        ide::SymbolKind::Compute => SymbolKind::Class,
        ide::SymbolKind::Target => SymbolKind::Namespace,
        ide::SymbolKind::Package => SymbolKind::Package,
        ide::SymbolKind::Value => SymbolKind::Constant,
        ide::SymbolKind::Param => SymbolKind::Variable,
        ide::SymbolKind::Output => SymbolKind::Property,
    }
}

fn completion_kind(kind: ide::CompletionKind) -> CompletionItemKind {
    use ide::CompletionKind as K;
    match kind {
        K::Keyword => CompletionItemKind::Keyword,
        K::Field => CompletionItemKind::Property,
        K::Member => CompletionItemKind::EnumMember,
        K::Step | K::Function => CompletionItemKind::Function,
        K::Compute => CompletionItemKind::Class,
        K::Value => CompletionItemKind::Constant,
        K::Param | K::Argument => CompletionItemKind::Variable,
        K::Output => CompletionItemKind::Field,
        K::Pipeline | K::Module => CompletionItemKind::Module,
        K::Type => CompletionItemKind::TypeParameter,
        K::File => CompletionItemKind::File,
        K::Directory => CompletionItemKind::Folder,
        K::Text => CompletionItemKind::Value,
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_client_without_snippets_gets_the_defaults() {
        assert_eq!(plain("step ${1:name} {\n  $0\n}"), "step name {\n  \n}");
        assert_eq!(plain("a = \\${x\\}"), "a = ${x}");
    }
}
