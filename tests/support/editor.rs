//! An editor, as far as the language server sees one: over pipes in memory, with the server in a thread.

use std::collections::BTreeMap;
use std::path::Path;
use std::thread::JoinHandle;

use lsp_server::{Connection, Message, Notification, Request, RequestId};
use serde_json::{Value, json};

pub struct Editor {
    connection: Connection,
    server: JoinHandle<Result<(), String>>,
    next: i32,
    pub utf8: bool,
    pub capabilities: Value,
    /// What was last told of each file.
    told: BTreeMap<String, Vec<Value>>,
}

impl Editor {
    /// An editor with one folder open, that counts columns in bytes or in UTF-16.
    pub fn start(folder: &Path, utf8: bool) -> Editor {
        let (connection, other) = Connection::memory();
        let server = std::thread::spawn(move || pipec::lsp::serve(&other));
        let mut editor = Editor { connection, server, next: 0, utf8, capabilities: Value::Null, told: BTreeMap::new() };
        let encodings = if utf8 { json!(["utf-8", "utf-16"]) } else { json!(["utf-16"]) };
        let answer = editor
            .request(
                "initialize",
                json!({
                    "processId": null,
                    "rootUri": uri(folder),
                    "workspaceFolders": [{ "uri": uri(folder), "name": "test" }],
                    "capabilities": {
                        "general": { "positionEncodings": encodings },
                        "textDocument": { "completion": { "completionItem": { "snippetSupport": true } } },
                    },
                }),
            )
            .unwrap();
        editor.capabilities = answer["capabilities"].clone();
        editor.notify("initialized", json!({}));
        editor
    }

    /// Opens a file as it is on disk.
    pub fn open(&mut self, path: &Path) {
        let text = std::fs::read_to_string(path).unwrap();
        self.notify(
            "textDocument/didOpen",
            json!({ "textDocument": { "uri": uri(path), "languageId": "pipe", "version": 1, "text": text } }),
        );
        // A person looks at a file before typing into it.
        self.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri(path) } })).unwrap();
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// What the server refuses, in its words.
    pub fn request(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.next += 1;
        let id = RequestId::from(self.next);
        self.connection.sender.send(Request { id: id.clone(), method: method.to_owned(), params }.into()).unwrap();
        loop {
            match self.connection.receiver.recv().expect("the server is there") {
                Message::Response(response) if response.id == id => {
                    return response.response_result.map_err(|e| e.message);
                }
                Message::Notification(n) if n.method == "textDocument/publishDiagnostics" => {
                    let file = n.params["uri"].as_str().unwrap().to_owned();
                    self.told.insert(file, n.params["diagnostics"].as_array().unwrap().clone());
                }
                _ => {}
            }
        }
    }

    /// Tells the server something.
    pub fn notify(&mut self, method: &str, params: Value) {
        self.connection.sender.send(Notification { method: method.to_owned(), params }.into()).unwrap();
    }

    /// What is wrong in each file. The server says it before it answers what rests on it.
    pub fn diagnostics(&mut self) -> BTreeMap<String, Vec<Value>> {
        self.request("workspace/symbol", json!({ "query": "" })).unwrap();
        self.told.clone()
    }

    /// The position of a byte.
    pub fn position(&self, text: &str, offset: usize) -> Value {
        let before = &text[..offset];
        let line = before.rsplit('\n').next().unwrap();
        let character = if self.utf8 { line.len() } else { line.encode_utf16().count() };
        json!({ "line": before.matches('\n').count(), "character": character })
    }

    /// A text after changes.
    pub fn applied(&self, text: &str, edits: &[Value]) -> String {
        let mut list: Vec<(usize, usize, &str)> = edits
            .iter()
            .map(|e| {
                let at = |end: &str| offset(text, &e["range"][end], self.utf8);
                (at("start"), at("end"), e["newText"].as_str().unwrap())
            })
            .collect();
        list.sort();
        let mut out = text.to_owned();
        for (start, end, new) in list.iter().rev() {
            out.replace_range(*start..*end, new);
        }
        out
    }

    /// Leaves as the protocol asks for.
    pub fn stop(mut self) {
        self.next += 1;
        let id = RequestId::from(self.next);
        self.connection.sender.send(Request { id, method: "shutdown".to_owned(), params: Value::Null }.into()).unwrap();
        self.notify("exit", Value::Null);
        self.server.join().unwrap().unwrap();
    }
}

pub fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// The byte of a position.
pub fn offset(text: &str, at: &Value, utf8: bool) -> usize {
    let line = at["line"].as_u64().unwrap() as usize;
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let mut units = at["character"].as_u64().unwrap() as usize;
    let mut end = start;
    for c in text[start..].chars() {
        if units == 0 {
            break;
        }
        units -= if utf8 { c.len_utf8() } else { c.len_utf16() };
        end += c.len_utf8();
    }
    end
}
