//! The state of the server for one client.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use gen_lsp_types::*;
use lsp_server::{ErrorCode, Message as Wire};

use super::capabilities::EditorCapabilities;
use super::documents::{Documents, path_of};
use crate::ide::EditorWorkspace;

/// An error of a request.
pub(super) type RequestError = (ErrorCode, String);

/// Sends a message to the client.
pub(super) type Send = Arc<dyn Fn(Wire) + std::marker::Send + Sync>;

/// The state of the server for one client.
pub(super) struct Server {
    pub send: Send,
    pub client: EditorCapabilities,
    pub workspace: EditorWorkspace,
    pub documents: Documents,
    /// The diagnostics that were last published for each file.
    pub told: BTreeMap<PathBuf, Vec<Diagnostic>>,
    /// Whether something has changed since diagnostics were published.
    pub stale: bool,
    /// Whether the client has announced its exit.
    pub leaving: bool,
}

impl Server {
    /// Creates the state for a client with these capabilities.
    pub fn new(send: Send, client: EditorCapabilities, params: &InitializeParams) -> Server {
        let mut workspace = EditorWorkspace::default();
        workspace.set_folders(folders(params));
        Server {
            send,
            client,
            workspace,
            documents: Documents::default(),
            told: BTreeMap::new(),
            stale: false,
            leaving: false,
        }
    }
}

#[expect(deprecated, reason = "older clients say only the root")]
fn folders(params: &InitializeParams) -> Vec<PathBuf> {
    let list = match &params.workspace_folders_initialize_params.workspace_folders {
        Some(WorkspaceFolders::WorkspaceFolderList(list)) => list.iter().map(|f| path_of(&f.uri)).collect(),
        _ => Vec::new(),
    };
    if list.is_empty() { params.root_uri.iter().map(path_of).collect() } else { list }
}
