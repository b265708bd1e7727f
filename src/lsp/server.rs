//! The main loop: receives messages, sends answers, and publishes diagnostics when idle.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;

use gen_lsp_types::*;
use lsp_server::{Connection, ErrorCode, Message as Wire, RequestId, Response};
use serde_json::{Value, json};

use super::answers;
use super::convert::Conversions;
use super::documents::{Document, path_of};
use super::state::Server;

impl Server {
    /// Runs until the client exits.
    pub fn run(mut self, connection: &Connection) -> Result<(), String> {
        if self.client.watches {
            self.watch();
        }
        let mut queue: VecDeque<Wire> = VecDeque::new();
        loop {
            // Requests that are cancelled while waiting are not processed.
            queue.extend(connection.receiver.try_iter());
            let message = match queue.pop_front() {
                Some(message) => message,
                None if self.stale => {
                    self.publish();
                    continue;
                }
                None => match connection.receiver.recv() {
                    Ok(message) => message,
                    Err(_) => return Ok(()),
                },
            };
            match message {
                Wire::Request(request) => {
                    let cancelled = take_cancel(&mut queue, &request.id);
                    let result = match cancelled {
                        _ if self.leaving => Err((ErrorCode::InvalidRequest, "the server is shut down".to_owned())),
                        _ if request.method == "shutdown" => {
                            self.leaving = true;
                            Ok(Value::Null)
                        }
                        true => Err((ErrorCode::RequestCanceled, "cancelled".to_owned())),
                        false => answers::answer(&mut self, &request.method, request.params),
                    };
                    let response = match result {
                        Ok(value) => Response::new_ok(request.id, value),
                        Err((code, why)) => Response::new_err(request.id, code as i32, why),
                    };
                    (self.send)(response.into());
                }
                Wire::Notification(notification) => {
                    if notification.method == "exit" {
                        return match self.leaving {
                            true => Ok(()),
                            false => Err("the client exited without `shutdown`".to_owned()),
                        };
                    }
                    self.note(&notification.method, notification.params);
                }
                Wire::Response(_) => {}
            }
        }
    }

    /// Asks the client to watch files.
    fn watch(&self) {
        let globs = ["**/*.{pipe,py,ipynb,sql,toml,cfg,txt,yml,yaml,md}"];
        let options = json!({ "watchers": globs.map(|g| json!({ "globPattern": g })) });
        let params = json!({ "registrations": [
            { "id": "files", "method": "workspace/didChangeWatchedFiles", "registerOptions": options }
        ] });
        (self.send)(
            lsp_server::Request {
                id: RequestId::from("watch".to_owned()),
                method: "client/registerCapability".to_owned(),
                params,
            }
            .into(),
        );
    }

    /// Handles a notification; unknown ones are ignored, as the protocol requires.
    fn note(&mut self, method: &str, params: Value) {
        let understood = match method {
            "textDocument/didOpen" => serde_json::from_value(params).map(|p| self.opened(p)),
            "textDocument/didChange" => serde_json::from_value(params).map(|p| self.changed(p)),
            "textDocument/didClose" => serde_json::from_value(params).map(|p| self.closed(p)),
            "textDocument/didSave" => serde_json::from_value(params).map(|p: DidSaveTextDocumentParams| {
                self.workspace.changed_on_disk(&path_of(&p.text_document.uri));
                self.stale = true;
            }),
            "workspace/didChangeWatchedFiles" => {
                serde_json::from_value(params).map(|p: DidChangeWatchedFilesParams| {
                    p.changes.iter().for_each(|c| self.workspace.changed_on_disk(&path_of(&c.uri)));
                    self.stale = true;
                })
            }
            "workspace/didChangeWorkspaceFolders" => {
                serde_json::from_value(params).map(|p: DidChangeWorkspaceFoldersParams| {
                    let mut folders = self.workspace.folders().to_vec();
                    let removed: Vec<PathBuf> = p.event.removed.iter().map(|f| path_of(&f.uri)).collect();
                    folders.retain(|f| !removed.contains(f));
                    folders.extend(p.event.added.iter().map(|f| path_of(&f.uri)));
                    self.workspace.set_folders(folders);
                    self.stale = true;
                })
            }
            _ => Ok(()),
        };
        if let Err(e) = understood {
            let params = json!({ "type": 2, "message": format!("invalid parameters of {method}: {e}") });
            (self.send)(lsp_server::Notification { method: "window/logMessage".to_owned(), params }.into());
        }
    }

    fn opened(&mut self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        let path = path_of(&document.uri);
        let document = Document::new(document.uri, document.version, &document.text);
        // Other files may have changed meanwhile.
        self.workspace.look_again();
        self.workspace.set(path.clone(), document.text.clone());
        self.documents.insert(path, document);
        self.stale = true;
    }

    fn changed(&mut self, params: DidChangeTextDocumentParams) {
        let path = path_of(&params.text_document.text_document_identifier.uri);
        let encoding = self.client.encoding;
        let Some(document) = self.documents.get_mut(&path) else { return };
        document.change(params.text_document.version, params.content_changes, encoding);
        self.workspace.set(path, document.text.clone());
        self.stale = true;
    }

    fn closed(&mut self, params: DidCloseTextDocumentParams) {
        let path = path_of(&params.text_document.uri);
        self.documents.remove(&path);
        self.workspace.close(&path);
        self.stale = true;
    }

    /// Checks what has changed, and publishes diagnostics.
    pub fn tell_if_stale(&mut self) {
        if self.stale {
            self.publish();
        }
        self.workspace.refresh();
    }

    /// Publishes diagnostics that have changed.
    fn publish(&mut self) {
        self.stale = false;
        self.workspace.refresh();
        let Some(snapshot) = self.workspace.current() else { return };
        let sources = snapshot.sources();
        let places = Conversions::new(sources, &self.documents, self.client.encoding);
        let mut now: BTreeMap<PathBuf, Vec<Diagnostic>> = BTreeMap::new();
        for file in snapshot.files() {
            now.insert(sources.path(file).to_owned(), Vec::new());
        }
        for d in snapshot.all_diagnostics() {
            now.entry(sources.path(d.span.file).to_owned()).or_default().push(places.diagnostic(d));
        }
        for (path, why) in snapshot.unread() {
            now.entry(path.to_owned()).or_default().push(Diagnostic {
                severity: Some(DiagnosticSeverity::Error),
                source: Some("pipec".to_owned()),
                message: Message::String(why),
                ..Diagnostic::default()
            });
        }
        // A file that is no longer part of a project has no diagnostics.
        for path in self.told.keys() {
            now.entry(path.clone()).or_default();
        }
        for (path, list) in &now {
            let before = self.told.get(path);
            if before == Some(list) || before.is_none() && list.is_empty() {
                continue;
            }
            let Some(uri) = self.documents.uri(path) else { continue };
            let version = self.documents.get(path).map(|d| d.version);
            let params = PublishDiagnosticsParams { uri, version, diagnostics: list.clone() };
            let params = serde_json::to_value(params).unwrap_or(Value::Null);
            let method = "textDocument/publishDiagnostics".to_owned();
            (self.send)(lsp_server::Notification { method, params }.into());
        }
        now.retain(|_, list| !list.is_empty());
        self.told = now;
    }
}

/// Whether a waiting message cancels the request; it is removed then.
fn take_cancel(queue: &mut VecDeque<Wire>, id: &RequestId) -> bool {
    let wanted = serde_json::to_value(id).unwrap_or(Value::Null);
    let found = queue.iter().position(
        |m| matches!(m, Wire::Notification(n) if n.method == "$/cancelRequest" && n.params.get("id") == Some(&wanted)),
    );
    found.is_some_and(|at| queue.remove(at).is_some())
}
