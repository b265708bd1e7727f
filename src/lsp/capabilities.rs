//! Capabilities of client and server.

use gen_lsp_types::*;

use super::commands::COMMANDS;
use super::convert::{MODIFIERS, TOKEN_TYPES};
use super::position::Encoding;

/// The relevant capabilities of a client.
#[derive(Clone, Copy, Debug)]
pub(super) struct EditorCapabilities {
    /// The unit of columns.
    pub encoding: Encoding,
    /// Supports snippets.
    pub snippets: bool,
    /// Supports registering file watchers.
    pub watches: bool,
    /// Runs the commands of code lenses itself.
    pub runs_commands: bool,
}

impl EditorCapabilities {
    /// Reads the capabilities of a client.
    pub fn of(params: &InitializeParams) -> EditorCapabilities {
        let c = &params.capabilities;
        let encodings = c.general.as_ref().and_then(|g| g.position_encodings.as_deref()).unwrap_or_default();
        let completion = c.text_document.as_ref().and_then(|t| t.completion.as_ref());
        let watched = c.workspace.as_ref().and_then(|w| w.did_change_watched_files.as_ref());
        let option = |name: &str| {
            params.initialization_options.as_ref().and_then(|o| o.get(name)).and_then(serde_json::Value::as_bool)
        };
        EditorCapabilities {
            encoding: if encodings.contains(&PositionEncodingKind::UTF8) { Encoding::Utf8 } else { Encoding::Utf16 },
            snippets: completion
                .and_then(|c| c.completion_item.as_ref())
                .and_then(|i| i.snippet_support)
                .unwrap_or(false),
            watches: watched.and_then(|w| w.dynamic_registration).unwrap_or(false),
            runs_commands: option("clientCommands").unwrap_or(false),
        }
    }
}

/// The capabilities of the server for this client.
pub(super) fn server(client: &EditorCapabilities) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(match client.encoding {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
        }),
        text_document_sync: Some(TextDocumentSync::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::Incremental),
            save: Some(Save::Bool(true)),
            ..Default::default()
        })),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some([".", "\"", "/", ":", "(", " ", "{"].map(str::to_owned).into()),
            ..Default::default()
        }),
        hover_provider: Some(HoverProvider::Bool(true)),
        definition_provider: Some(DefinitionProvider::Bool(true)),
        references_provider: Some(ReferencesProvider::Bool(true)),
        document_highlight_provider: Some(DocumentHighlightProvider::Bool(true)),
        document_symbol_provider: Some(DocumentSymbolProvider::Bool(true)),
        workspace_symbol_provider: Some(WorkspaceSymbolProvider::Bool(true)),
        rename_provider: Some(RenameProvider::RenameOptions(RenameOptions {
            prepare_provider: Some(true),
            ..Default::default()
        })),
        code_action_provider: Some(CodeActionProvider::CodeActionOptions(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QuickFix, CodeActionKind::SourceFixAll]),
            ..Default::default()
        })),
        code_lens_provider: Some(CodeLensOptions::default()),
        document_formatting_provider: Some(DocumentFormattingProvider::Bool(true)),
        folding_range_provider: Some(FoldingRangeProvider::Bool(true)),
        selection_range_provider: Some(SelectionRangeProvider::Bool(true)),
        inlay_hint_provider: Some(InlayHintProvider::Bool(true)),
        call_hierarchy_provider: Some(CallHierarchyProvider::Bool(true)),
        semantic_tokens_provider: Some(SemanticTokensProvider::SemanticTokensOptions(SemanticTokensOptions {
            legend: SemanticTokensLegend {
                token_types: TOKEN_TYPES.map(str::to_owned).into(),
                token_modifiers: MODIFIERS.map(str::to_owned).into(),
            },
            full: Some(Full::Bool(true)),
            ..Default::default()
        })),
        execute_command_provider: (!client.runs_commands).then(|| ExecuteCommandOptions {
            commands: COMMANDS.iter().map(|(name, _)| (*name).to_owned()).collect(),
            ..Default::default()
        }),
        workspace: Some(WorkspaceOptions {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(ChangeNotifications::Bool(true)),
            }),
            ..Default::default()
        }),
        ..Default::default()
    }
}
