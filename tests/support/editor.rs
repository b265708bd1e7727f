//! A client of the language server: in memory with the server in a thread, or over pipes with a process.

use std::collections::BTreeMap;
use std::io::BufReader;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::JoinHandle;

use lsp_server::{Connection, Message, Notification, Request, RequestId};
use serde_json::{Value, json};

/// The connection to the server.
enum Server {
    Thread(Connection, JoinHandle<Result<(), String>>),
    Process(Child, ChildStdin, BufReader<ChildStdout>),
}

impl Server {
    fn send(&mut self, message: Message) {
        match self {
            Server::Thread(connection, _) => connection.sender.send(message).unwrap(),
            Server::Process(_, to, _) => message.write(to).unwrap(),
        }
    }

    fn receive(&mut self) -> Message {
        match self {
            Server::Thread(connection, _) => connection.receiver.recv().expect("the server is there"),
            Server::Process(_, _, from) => Message::read(from).unwrap().expect("the server is there"),
        }
    }
}

pub struct Editor {
    server: Server,
    next: i32,
    pub utf8: bool,
    pub capabilities: Value,
    /// The last diagnostics of each file.
    told: BTreeMap<String, Vec<Value>>,
}

impl Editor {
    /// An editor with one open folder, that counts columns in bytes or UTF-16.
    pub fn start(folder: &Path, utf8: bool) -> Editor {
        let (connection, other) = Connection::memory();
        let server = std::thread::spawn(move || pipec::lsp::serve(&other));
        Editor::over(Server::Thread(connection, server), folder, utf8)
    }

    /// The same with the server as a process.
    pub fn start_process(folder: &Path) -> Editor {
        let mut child = Command::new(env!("CARGO_BIN_EXE_pipec"))
            .args(["lsp", "--stdio"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (to, from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Editor::over(Server::Process(child, to, from), folder, false)
    }

    fn over(server: Server, folder: &Path, utf8: bool) -> Editor {
        let mut editor = Editor { server, next: 0, utf8, capabilities: Value::Null, told: BTreeMap::new() };
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
        self.open_with(path, &text);
    }

    /// Opens a file with another text.
    pub fn open_with(&mut self, path: &Path, text: &str) {
        self.notify(
            "textDocument/didOpen",
            json!({ "textDocument": { "uri": uri(path), "languageId": "pipe", "version": 1, "text": text } }),
        );
        // An editor requests symbols before a person types.
        self.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri(path) } })).unwrap();
    }

    /// Sends a request, and waits for the response.
    ///
    /// # Errors
    /// The error of the server.
    pub fn request(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.next += 1;
        let id = RequestId::from(self.next);
        self.server.send(Request { id: id.clone(), method: method.to_owned(), params }.into());
        loop {
            match self.server.receive() {
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

    /// Sends a notification.
    pub fn notify(&mut self, method: &str, params: Value) {
        self.server.send(Notification { method: method.to_owned(), params }.into());
    }

    /// The diagnostics of each file, which the server publishes before responses that depend on them.
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

    /// Applies edits to a text.
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

    /// Shuts the server down.
    pub fn stop(mut self) {
        self.next += 1;
        let id = RequestId::from(self.next);
        self.server.send(Request { id, method: "shutdown".to_owned(), params: Value::Null }.into());
        self.notify("exit", Value::Null);
        match self.server {
            Server::Thread(_, thread) => thread.join().unwrap().unwrap(),
            Server::Process(mut child, to, mut from) => {
                drop(to);
                while let Ok(Some(_)) = Message::read(&mut from) {}
                assert!(child.wait().unwrap().success());
            }
        }
    }

    /// The memory of the server process, in KiB, if the system reports it.
    pub fn memory(&self) -> Option<u64> {
        let Server::Process(child, ..) = &self.server else { return None };
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
        status.lines().find_map(|l| l.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok())
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
