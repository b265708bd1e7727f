//! A session of the language server: a document is opened, edited as the input determines, and queried.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lsp_server::{Connection, Message, Notification, Request, RequestId};
use serde_json::{Value, json};

const URI: &str = "file:///nowhere/main.pipe";
const START: &str = "cluster small {\n  num_workers = 1\n}\n\npipeline p on small {\n  step a {\n    notebook \"/a\"\n  }\n}\n";
const ASKED: &[&str] = &[
    "textDocument/completion", "textDocument/hover", "textDocument/definition", "textDocument/references",
    "textDocument/documentSymbol", "textDocument/semanticTokens/full", "textDocument/foldingRange",
    "textDocument/inlayHint", "textDocument/codeLens", "textDocument/formatting", "textDocument/documentHighlight",
];

fuzz_target!(|bytes: &[u8]| {
    let (server, client) = Connection::memory();
    let thread = std::thread::spawn(move || pipec::lsp::serve(&server));
    let tell = |method: &str, params: Value| client.sender.send(Message::Notification(Notification::new(method.to_owned(), params))).is_ok();
    let mut id = 0;
    let mut ask = |method: &str, params: Value| {
        id += 1;
        client.sender.send(Message::Request(Request::new(RequestId::from(id), method.to_owned(), params))).is_ok() && loop {
            match client.receiver.recv() {
                Ok(Message::Response(r)) if r.id == RequestId::from(id) => break true,
                Ok(_) => {}
                Err(_) => break false,
            }
        }
    };
    ask("initialize", json!({ "capabilities": {}, "processId": null, "rootUri": null }));
    tell("initialized", json!({}));
    tell("textDocument/didOpen", json!({ "textDocument": { "uri": URI, "languageId": "pipe", "version": 1, "text": START } }));
    // Each edit: a line, a column, the number of lines and columns to replace, and the text up to the next zero byte.
    let mut rest = bytes;
    let mut version = 1;
    while let [line, column, lines, columns, question, tail @ ..] = rest {
        let end = tail.iter().position(|b| *b == 0).unwrap_or(tail.len());
        let text = String::from_utf8_lossy(tail.get(..end).unwrap_or_default()).into_owned();
        rest = tail.get(end + 1..).unwrap_or_default();
        version += 1;
        let at = json!({ "line": line, "character": column });
        let to = json!({ "line": u16::from(*line) + u16::from(lines % 4), "character": u16::from(*column) + u16::from(*columns) });
        tell("textDocument/didChange", json!({ "textDocument": { "uri": URI, "version": version }, "contentChanges": [{ "range": { "start": at, "end": to }, "text": text }] }));
        let method = ASKED.get(usize::from(*question) % ASKED.len()).copied().unwrap_or("textDocument/hover");
        let range = json!({ "start": { "line": 0, "character": 0 }, "end": at });
        ask(method, json!({ "textDocument": { "uri": URI }, "position": at, "range": range, "context": { "includeDeclaration": true }, "options": { "tabSize": 2, "insertSpaces": true } }));
    }
    ask("shutdown", Value::Null);
    tell("exit", Value::Null);
    drop(client);
    assert!(thread.join().is_ok(), "the server panicked");
});
