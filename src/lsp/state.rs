//! One client of the server, and what it has open.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use gen_lsp_types::*;
use lsp_server::{ErrorCode, Message as Wire};

use super::capabilities::EditorCapabilities;
use super::documents::{Documents, path_of};
use crate::ide::EditorWorkspace;

/// A failure that the client is told.
pub(super) type RequestError = (ErrorCode, String);

/// What sends a message to the client.
pub(super) type Send = Arc<dyn Fn(Wire) + std::marker::Send + Sync>;

/// One client, what it has open, and what it was told.
pub(super) struct Server {
    pub send: Send,
    pub client: EditorCapabilities,
    pub workspace: EditorWorkspace,
    pub documents: Documents,
    /// What each file was last said to have, so that nothing is said twice.
    pub told: BTreeMap<PathBuf, Vec<Diagnostic>>,
    /// Something has changed since diagnostics were sent.
    pub stale: bool,
    /// The client has said that it leaves.
    pub leaving: bool,
}

impl Server {
    /// A server for a client that has said what it is.
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
