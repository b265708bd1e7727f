//! One function per request.

use std::path::Path;
use std::time::SystemTime;

use gen_lsp_types::*;
use lsp_server::ErrorCode;
use serde_json::{Value, json};

use super::commands;
use super::convert::{Conversions, completion_item, markdown, symbol_kind};
use super::documents::path_of;
use super::state::{RequestError, Server};
use crate::fmt::{format, same};
use crate::ide::{self, Destination, FileContext, LensKind, Snapshot};
use crate::source::{SourceMap, Span};

type Responder<T> = Result<T, RequestError>;

/// Answers a request.
///
/// # Errors
/// An unknown method, invalid parameters, or a failure, as a message.
pub(super) fn answer(server: &mut Server, method: &str, params: Value) -> Responder<Value> {
    use LspRequestMethod as M;
    let asked = M::from(method);
    // Diagnostics are sent before the answers that depend on them. Completion does not wait, because the text that is
    // being typed is incomplete.
    if asked != M::TextDocumentCompletion {
        server.tell_if_stale();
    }
    match asked {
        M::TextDocumentCompletion => with::<CompletionRequest>(server, params, completion),
        M::TextDocumentHover => with::<HoverRequest>(server, params, hover),
        M::TextDocumentDefinition => with::<DefinitionRequest>(server, params, definition),
        M::TextDocumentReferences => with::<ReferencesRequest>(server, params, references),
        M::TextDocumentDocumentHighlight => with::<DocumentHighlightRequest>(server, params, highlights),
        M::TextDocumentPrepareRename => with::<PrepareRenameRequest>(server, params, prepare_rename),
        M::TextDocumentRename => with::<RenameRequest>(server, params, rename),
        M::TextDocumentDocumentSymbol => with::<DocumentSymbolRequest>(server, params, symbols),
        M::WorkspaceSymbol => with::<WorkspaceSymbolRequest>(server, params, all_symbols),
        M::TextDocumentSemanticTokensFull => with::<SemanticTokensRequest>(server, params, tokens),
        M::TextDocumentFoldingRange => with::<FoldingRangeRequest>(server, params, folds),
        M::TextDocumentSelectionRange => with::<SelectionRangeRequest>(server, params, selections),
        M::TextDocumentFormatting => with::<DocumentFormattingRequest>(server, params, formatting),
        M::TextDocumentInlayHint => with::<InlayHintRequest>(server, params, hints),
        M::TextDocumentCodeLens => with::<CodeLensRequest>(server, params, lenses),
        M::TextDocumentCodeAction => with::<CodeActionRequest>(server, params, actions),
        M::TextDocumentPrepareCallHierarchy => with::<CallHierarchyPrepareRequest>(server, params, hierarchy),
        M::CallHierarchyIncomingCalls => with::<CallHierarchyIncomingCallsRequest>(server, params, incoming),
        M::CallHierarchyOutgoingCalls => with::<CallHierarchyOutgoingCallsRequest>(server, params, outgoing),
        M::WorkspaceExecuteCommand => with::<ExecuteCommandRequest>(server, params, execute),
        M::Custom("pipec/graph") => graph(server, params),
        _ => Err((ErrorCode::MethodNotFound, format!("`{method}` is not supported"))),
    }
}

fn with<R: Request>(
    server: &mut Server,
    params: Value,
    f: impl FnOnce(&mut Server, R::Params) -> Responder<R::Result>,
) -> Responder<Value> {
    let params = serde_json::from_value(params).map_err(|e| (ErrorCode::InvalidParams, e.to_string()))?;
    let result = f(server, params)?;
    serde_json::to_value(result).map_err(|e| (ErrorCode::InternalError, e.to_string()))
}

impl Server {
    fn places<'a>(&'a self, sources: &'a SourceMap) -> Conversions<'a> {
        Conversions::new(sources, &self.documents, self.client.encoding)
    }

    /// The context of a document; `None` if it is not a pipe file.
    fn view(&self, document: &TextDocumentIdentifier) -> Option<(FileContext<'_>, Conversions<'_>)> {
        let view = self.workspace.view(&path_of(&document.uri))?;
        Some((view, self.places(view.sources())))
    }

    /// The byte of a position in an open document.
    fn offset(&self, path: &Path, at: Position) -> Option<u32> {
        let document = self.documents.get(path)?;
        Some(document.lines.offset(&document.text, at, self.client.encoding))
    }

    /// The context of a document, and the byte of a position in it.
    fn at(&self, at: &TextDocumentPositionParams) -> Option<(FileContext<'_>, Conversions<'_>, u32)> {
        let (view, places) = self.view(&at.text_document)?;
        Some((view, places, self.offset(&path_of(&at.text_document.uri), at.position)?))
    }
}

/// The context of a document among all projects of the workspace.
fn among<'a>(server: &'a Server, all: &'a Snapshot, uri: &Uri) -> Option<FileContext<'a>> {
    FileContext::of(all, server.workspace.files(), all.sources().find(&path_of(uri))?)
}

fn now() -> i64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.as_secs() as i64)
}

fn completion(server: &mut Server, params: CompletionParams) -> Responder<Option<CompletionResponse>> {
    // A typed brace opens a block; only `{{` and `${` trigger completion.
    let typed = params.context.as_ref().and_then(|c| c.trigger_character.as_deref());
    let at = &params.text_document_position_params;
    let path = path_of(&at.text_document.uri);
    if server.workspace.view(&path).is_none() {
        server.tell_if_stale();
    }
    let (Some(view), Some(document)) = (server.workspace.view(&path), server.documents.get(&path)) else {
        return Ok(None);
    };
    let encoding = server.client.encoding;
    let offset = document.lines.offset(&document.text, at.position, encoding);
    let before = document.text.get(..offset as usize).unwrap_or("");
    if typed == Some("{") && !before.ends_with("${") && !before.ends_with("{{")
        || typed == Some(" ") && !asks_after_blank(before)
    {
        return Ok(None);
    }
    let snippets = server.client.snippets;
    let items = ide::complete(&view, &document.text, offset)
        .into_iter()
        .map(|c| {
            let range = document.lines.range(&document.text, c.replaces.start, c.replaces.end, encoding);
            completion_item(c, range, snippets)
        })
        .collect();
    Ok(Some(CompletionResponse::CompletionItemList(items)))
}

/// Whether a space follows something that a name completes, such as `on ` or `= `.
fn asks_after_blank(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or("").trim_end();
    line.ends_with('=')
        || line.ends_with(',') && line.contains(" after ")
        || ["on", "after", "extends", "is", "in", "run", "python"]
            .iter()
            .any(|w| line.strip_suffix(w).is_some_and(|rest| rest.is_empty() || rest.ends_with(' ')))
}

fn hover(server: &mut Server, params: HoverParams) -> Responder<Option<Hover>> {
    let Some((view, places, offset)) = server.at(&params.text_document_position_params) else { return Ok(None) };
    Ok(ide::hover(&view, offset, now())
        .map(|h| Hover { contents: Contents::MarkupContent(markdown(h.text)), range: Some(places.range(h.span)) }))
}

fn definition(server: &mut Server, params: DefinitionParams) -> Responder<Option<DefinitionResponse>> {
    let Some((view, places, offset)) = server.at(&params.text_document_position_params) else { return Ok(None) };
    let location = ide::definition(&view, offset).and_then(|(_, place)| match place {
        Destination::Span(span) => places.location(span),
        Destination::File(path) => Some(Location { uri: server.documents.uri(&path)?, range: Range::default() }),
    });
    Ok(location.map(|l| DefinitionResponse::Definition(Definition::Location(l))))
}

fn references(server: &mut Server, params: ReferenceParams) -> Responder<Option<Vec<Location>>> {
    let all = server.workspace.load_all();
    let at = &params.text_document_position_params;
    let Some(view) = among(server, &all, &at.text_document.uri) else { return Ok(None) };
    let Some(offset) = server.offset(&path_of(&at.text_document.uri), at.position) else { return Ok(None) };
    let places = server.places(all.sources());
    let found = ide::references(&view, offset, params.context.include_declaration);
    Ok(Some(found.into_iter().filter_map(|s| places.location(s)).collect()))
}

fn highlights(server: &mut Server, params: DocumentHighlightParams) -> Responder<Option<Vec<DocumentHighlight>>> {
    let Some((view, places, offset)) = server.at(&params.text_document_position_params) else { return Ok(None) };
    let found = ide::highlights(&view, offset);
    Ok(Some(found.into_iter().map(|s| DocumentHighlight { range: places.range(s), kind: None }).collect()))
}

fn prepare_rename(server: &mut Server, params: PrepareRenameParams) -> Responder<Option<PrepareRenameResult>> {
    let Some((view, places, offset)) = server.at(&params.text_document_position_params) else { return Ok(None) };
    let (span, placeholder) = ide::renamable(&view, offset).map_err(|e| (ErrorCode::RequestFailed, e.to_string()))?;
    let range = places.range(span);
    Ok(Some(PrepareRenameResult::PrepareRenamePlaceholder(PrepareRenamePlaceholder { range, placeholder })))
}

fn rename(server: &mut Server, params: RenameParams) -> Responder<Option<WorkspaceEdit>> {
    let all = server.workspace.load_all();
    let at = &params.text_document_position_params;
    let Some(view) = among(server, &all, &at.text_document.uri) else { return Ok(None) };
    let Some(offset) = server.offset(&path_of(&at.text_document.uri), at.position) else { return Ok(None) };
    let sources = all.sources();
    let edits = ide::rename(&view, offset, &params.new_name, |edits| server.workspace.after(sources, edits))
        .map_err(|e| (ErrorCode::RequestFailed, e.to_string()))?;
    Ok(Some(server.places(sources).workspace_edit(&edits)))
}

fn symbols(server: &mut Server, params: DocumentSymbolParams) -> Responder<Option<DocumentSymbolResponse>> {
    let Some((view, places)) = server.view(&params.text_document) else { return Ok(None) };
    let list = ide::symbols(&view).into_iter().map(|s| places.symbol(s)).collect();
    Ok(Some(DocumentSymbolResponse::DocumentSymbolList(list)))
}

fn all_symbols(server: &mut Server, params: WorkspaceSymbolParams) -> Responder<Option<WorkspaceSymbolResponse>> {
    let all = server.workspace.load_all();
    let places = server.places(all.sources());
    let query = params.query.to_lowercase();
    // Clients filter and sort: it is enough that the letters occur in order.
    let fits = |name: &str| {
        let mut name = name.chars().flat_map(char::to_lowercase);
        query.chars().all(|q| name.any(|c| c == q))
    };
    let list = ide::all_symbols(&all)
        .into_iter()
        .filter(|(s, _)| fits(&s.name))
        .filter_map(|(symbol, around)| {
            Some(WorkspaceSymbol {
                location: WorkspaceSymbolLocation::Location(places.location(symbol.name_span)?),
                data: None,
                base_symbol_information: BaseSymbolInformation {
                    name: symbol.name,
                    kind: symbol_kind(symbol.kind),
                    tags: None,
                    container_name: (!around.is_empty()).then(|| around.join(".")),
                },
            })
        })
        .collect();
    Ok(Some(WorkspaceSymbolResponse::WorkspaceSymbolList(list)))
}

fn tokens(server: &mut Server, params: SemanticTokensParams) -> Responder<Option<SemanticTokens>> {
    let Some((view, places)) = server.view(&params.text_document) else { return Ok(None) };
    Ok(Some(SemanticTokens { result_id: None, data: places.tokens(&ide::tokens(&view)) }))
}

fn folds(server: &mut Server, params: FoldingRangeParams) -> Responder<Option<Vec<FoldingRange>>> {
    let Some((view, places)) = server.view(&params.text_document) else { return Ok(None) };
    let list = ide::folds(&view)
        .into_iter()
        .map(|(span, kind)| {
            let range = places.range(span);
            // The closing bracket stays visible.
            let end = if kind == ide::FoldKind::Region { range.end.line - 1 } else { range.end.line };
            FoldingRange {
                start_line: range.start.line,
                end_line: end,
                kind: match kind {
                    ide::FoldKind::Region => None,
                    ide::FoldKind::Comment => Some(FoldingRangeKind::Comment),
                    ide::FoldKind::Imports => Some(FoldingRangeKind::Imports),
                },
                ..FoldingRange::default()
            }
        })
        .filter(|f| f.start_line < f.end_line)
        .collect();
    Ok(Some(list))
}

fn selections(server: &mut Server, params: SelectionRangeParams) -> Responder<Option<Vec<SelectionRange>>> {
    let Some((view, places)) = server.view(&params.text_document) else { return Ok(None) };
    let path = path_of(&params.text_document.uri);
    let one = |at: Position| {
        let spans = ide::selections(&view, server.offset(&path, at)?);
        spans
            .into_iter()
            .rev()
            .fold(None, |parent, span| Some(SelectionRange { range: places.range(span), parent: parent.map(Box::new) }))
    };
    let nothing = |at: Position| SelectionRange { range: Range { start: at, end: at }, parent: None };
    Ok(Some(params.positions.into_iter().map(|at| one(at).unwrap_or_else(|| nothing(at))).collect()))
}

fn formatting(server: &mut Server, params: DocumentFormattingParams) -> Responder<Option<Vec<TextEdit>>> {
    let Some((view, places)) = server.view(&params.text_document) else { return Ok(None) };
    let text = view.text();
    let file = view.file();
    // A file with syntax errors is not formatted; its diagnostics show why.
    let Ok(new) = format(file, text) else { return Ok(None) };
    if !same(&new, text) {
        return Err((ErrorCode::InternalError, "formatting would change the meaning of the file".to_owned()));
    }
    let edits = by_lines(text, &new);
    let edit = |(start, end, new_text): (u32, u32, String)| TextEdit {
        range: places.range(Span::new(file, start, end)),
        new_text,
    };
    Ok(Some(edits.into_iter().map(edit).collect()))
}

/// Edits of whole lines: one per changed line if both have the same number, else one from the first to the last
/// difference.
fn by_lines(old: &str, new: &str) -> Vec<(u32, u32, String)> {
    let (a, b): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    if a.len() == b.len() {
        let mut at = 0;
        let mut out = Vec::new();
        for (a, b) in a.iter().zip(&b) {
            let end = at + a.len() as u32;
            if a != b {
                out.push((at, end, (*b).to_owned()));
            }
            at = end;
        }
        return out;
    }
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let most = a.len().min(b.len()) - same;
    let tail = a.iter().rev().zip(b.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let bytes = |lines: &[&str]| lines.iter().map(|l| l.len()).sum::<usize>();
    let start = bytes(a.get(..same).unwrap_or_default());
    let end = old.len() - bytes(a.get(a.len() - tail..).unwrap_or_default());
    let text = b.get(same..b.len() - tail).unwrap_or_default().concat();
    vec![(start as u32, end as u32, text)]
}

fn hints(server: &mut Server, params: InlayHintParams) -> Responder<Option<Vec<InlayHint>>> {
    let Some((view, places)) = server.view(&params.text_document) else { return Ok(None) };
    let path = path_of(&params.text_document.uri);
    let (Some(start), Some(end)) = (server.offset(&path, params.range.start), server.offset(&path, params.range.end))
    else {
        return Ok(None);
    };
    let file = view.file();
    let list = ide::hints(&view, start..end)
        .into_iter()
        .map(|h| InlayHint {
            position: places.range(Span::new(file, h.at, h.at)).start,
            label: Label::String(h.label),
            kind: None,
            text_edits: None,
            tooltip: Some(Tooltip::MarkupContent(markdown(h.why))),
            padding_left: Some(true),
            padding_right: Some(false),
            data: None,
        })
        .collect();
    Ok(Some(list))
}

fn lenses(server: &mut Server, params: CodeLensParams) -> Responder<Option<Vec<CodeLens>>> {
    let Some((view, places)) = server.view(&params.text_document) else { return Ok(None) };
    // Commands need a file on disk.
    if params.text_document.uri.scheme() != "file" {
        return Ok(None);
    }
    let file = view.path().to_string_lossy().into_owned();
    let list = ide::lenses(&view)
        .into_iter()
        .map(|lens| {
            let (title, command) = match lens.kind {
                LensKind::Compile => ("compile", "pipec.compile"),
                LensKind::RunLocally => ("run locally", "pipec.runLocal"),
                LensKind::Plan => ("plan", "pipec.plan"),
            };
            let argument = json!({ "file": file, "pipeline": lens.pipeline, "target": lens.target });
            CodeLens {
                range: places.range(lens.span),
                command: Some(Command {
                    title: title.to_owned(),
                    command: command.to_owned(),
                    arguments: Some(vec![argument]),
                    tooltip: None,
                }),
                data: None,
            }
        })
        .collect();
    Ok(Some(list))
}

fn actions(server: &mut Server, params: CodeActionParams) -> Responder<Option<Vec<CodeActionResponse>>> {
    let Some((view, places)) = server.view(&params.text_document) else { return Ok(None) };
    let path = path_of(&params.text_document.uri);
    let (Some(start), Some(end)) = (server.offset(&path, params.range.start), server.offset(&path, params.range.end))
    else {
        return Ok(None);
    };
    let wanted = |kind: &CodeActionKind| {
        params.context.only.as_ref().is_none_or(|only| {
            let name = String::from(kind.clone());
            only.iter().any(|o| name.starts_with(&String::from(o.clone())))
        })
    };
    let mut list: Vec<CodeAction> = Vec::new();
    if wanted(&CodeActionKind::QuickFix) {
        for action in ide::actions(&view, Span::new(view.file(), start, end)) {
            list.push(CodeAction {
                title: action.title,
                kind: Some(CodeActionKind::QuickFix),
                diagnostics: action.mends.map(|d| vec![places.diagnostic(&d)]),
                is_preferred: Some(action.safe),
                edit: Some(places.workspace_edit(&action.edits)),
                ..CodeAction::default()
            });
        }
    }
    if wanted(&CodeActionKind::SourceFixAll)
        && let Some(action) = ide::fix_all(&view)
    {
        list.push(CodeAction {
            title: action.title,
            kind: Some(CodeActionKind::SourceFixAll),
            edit: Some(places.workspace_edit(&action.edits)),
            ..CodeAction::default()
        });
    }
    Ok(Some(list.into_iter().map(CodeActionResponse::CodeAction).collect()))
}

fn hierarchy(server: &mut Server, params: CallHierarchyPrepareParams) -> Responder<Option<Vec<CallHierarchyItem>>> {
    let Some((view, places, offset)) = server.at(&params.text_document_position_params) else { return Ok(None) };
    Ok(ide::task_at(&view, offset).and_then(|t| places.task(&t)).map(|item| vec![item]))
}

/// The task of an item of an earlier answer, with the context of its file.
fn task_of<'a>(
    server: &'a Server,
    item: &CallHierarchyItem,
) -> Option<(FileContext<'a>, Conversions<'a>, ide::TaskItem)> {
    let (view, places) = server.view(&TextDocumentIdentifier { uri: item.uri.clone() })?;
    let text = |key: &str| item.data.as_ref()?.get(key)?.as_str().map(str::to_owned);
    let span = Span::new(view.file(), 0, 0);
    Some((view, places, ide::TaskItem { key: text("key")?, pipeline: text("pipeline")?, span }))
}

fn incoming(
    server: &mut Server,
    params: CallHierarchyIncomingCallsParams,
) -> Responder<Option<Vec<CallHierarchyIncomingCall>>> {
    let Some((view, places, task)) = task_of(server, &params.item) else { return Ok(None) };
    let list = ide::callers(&view, &task)
        .into_iter()
        .filter_map(|t| {
            // The edge is written at the dependent step, but the protocol requires a range in the other one: its
            // name.
            Some(CallHierarchyIncomingCall { from: places.task(&t)?, from_ranges: vec![places.range(t.span)] })
        })
        .collect();
    Ok(Some(list))
}

fn outgoing(
    server: &mut Server,
    params: CallHierarchyOutgoingCallsParams,
) -> Responder<Option<Vec<CallHierarchyOutgoingCall>>> {
    let Some((view, places, task)) = task_of(server, &params.item) else { return Ok(None) };
    let list = ide::callees(&view, &task)
        .into_iter()
        .filter_map(|t| {
            Some(CallHierarchyOutgoingCall { to: places.task(&t)?, from_ranges: vec![params.item.selection_range] })
        })
        .collect();
    Ok(Some(list))
}

fn execute(server: &mut Server, params: ExecuteCommandParams) -> Responder<Option<LspAny>> {
    let send = server.send.clone();
    commands::start(&params.command, &params.arguments.unwrap_or_default(), move |m| send(m))
        .map_err(|why| (ErrorCode::InvalidParams, why))?;
    Ok(None)
}

/// `pipec/graph`: the graph of the pipeline at a position, as nodes and edges with their spans, and as a drawing.
fn graph(server: &mut Server, params: Value) -> Responder<Value> {
    let at: TextDocumentPositionParams =
        serde_json::from_value(params).map_err(|e| (ErrorCode::InvalidParams, e.to_string()))?;
    let Some((view, places, offset)) = server.at(&at) else { return Ok(Value::Null) };
    let Some(graph) = ide::graph(&view, offset) else { return Ok(Value::Null) };
    let nodes: Vec<Value> = graph
        .nodes
        .iter()
        .map(|n| {
            let whole = places.range(view.declaration_of(n.span));
            json!({ "key": n.key, "kind": n.kind, "range": places.range(n.span), "whole": whole })
        })
        .collect();
    let key = |i: usize| graph.nodes.get(i).map(|n| n.key.as_str());
    let edges: Vec<Value> = graph
        .edges
        .iter()
        .map(|e| json!({ "from": key(e.from), "to": key(e.to), "outcome": e.outcome, "data": e.data }))
        .collect();
    let svg = crate::graph::svg(&graph, &crate::graph::Look::default());
    Ok(json!({ "pipeline": graph.pipeline, "nodes": nodes, "edges": edges, "svg": svg }))
}

#[cfg(test)]
mod tests {
    use super::by_lines;

    #[test]
    fn only_lines_that_differ_are_changed() {
        assert_eq!(by_lines("a\nb\nc\n", "a\nB\nc\n"), [(2, 4, "B\n".to_owned())]);
        assert_eq!(by_lines("a\n\n\nc\n", "a\n\nc\n"), [(3, 4, String::new())]);
        assert_eq!(by_lines("a", "a\n"), [(0, 1, "a\n".to_owned())]);
        assert!(by_lines("a\n", "a\n").is_empty());
    }
}
