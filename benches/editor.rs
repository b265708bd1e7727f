//! The language server on a large file, and on a project of many files: `cargo bench --bench editor`.
//!
//! The server is a process with pipes. Times are from the last byte of a message to the last byte of the response.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

fn main() {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("editor");
    let _ = std::fs::remove_dir_all(&dir);
    large(&dir.join("large"), 1000);
    many(&dir.join("many"), 50, 20);
    for (what, folder, file) in
        [("one file, 1000 steps", "large", "main.pipe"), ("50 files, 1000 steps", "many", "p7.pipe")]
    {
        let mut editor = Editor::start(&dir.join(folder));
        let path = dir.join(folder).join(file);
        editor.open(&path);
        let last = editor.last_step(&path);
        let diagnostics = median(40, |i| editor.type_and_wait(&path, last, i));
        let complete = median(40, |i| editor.ask(&path, last, i, "textDocument/completion"));
        let hover = median(40, |_| editor.hover(&path, last));
        let tokens = median(20, |_| editor.whole(&path, "textDocument/semanticTokens/full"));
        println!("{what}");
        println!("  diagnostics after a key     {}", ms(diagnostics));
        println!("  completion after a key      {}", ms(complete));
        println!("  hover                       {}", ms(hover));
        println!("  semantic tokens, whole file {}", ms(tokens));
        if let Some(kib) = editor.memory() {
            println!("  memory                      {:>7.1} MB", kib as f64 / 1000.0);
        }
        editor.stop();
    }
}

fn step(text: &mut String, i: usize) {
    let value = if i > 1 && i.is_multiple_of(3) { format!(", rows = step_{}.rows", i - 2) } else { String::new() };
    let _ = write!(
        text,
        "  step step_{i} {{\n    notebook \"/Shared/steps/{i}\"(day, number = {i}{value})\n    timeout_seconds = 30m\n    max_retries     = 2\n    output rows: int\n  }}\n\n"
    );
}

const HEAD: &str = "cluster etl {\n  spark_version = \"15.4.x-scala2.12\"\n  node_type_id  = \"Standard_D8ds_v5\"\n  num_workers   = 4\n}\n\n";

fn large(dir: &Path, steps: usize) {
    std::fs::create_dir_all(dir).expect("the folder is ours");
    let mut text = format!("{HEAD}pipeline p on etl {{\n  param day: string = \"2026-01-01\"\n\n");
    (0..steps).for_each(|i| step(&mut text, i));
    text.push_str("}\n");
    std::fs::write(dir.join("main.pipe"), text).expect("the folder is ours");
}

fn many(dir: &Path, files: usize, steps: usize) {
    std::fs::create_dir_all(dir).expect("the folder is ours");
    std::fs::write(dir.join("clusters.pipe"), HEAD).expect("the folder is ours");
    let mut main = String::new();
    for file in 0..files {
        let mut text =
            format!("import \"clusters.pipe\"\n\npipeline p{file} on etl {{\n  param day: string = \"2026-01-01\"\n\n");
        (0..steps).for_each(|i| step(&mut text, i));
        text.push_str("}\n");
        std::fs::write(dir.join(format!("p{file}.pipe")), text).expect("the folder is ours");
        let _ = writeln!(main, "import \"p{file}.pipe\"");
    }
    std::fs::write(dir.join("main.pipe"), main).expect("the folder is ours");
}

/// A minimal client.
struct Editor {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    next: i64,
    version: i64,
    /// Whether diagnostics have arrived since the last key press.
    told: bool,
    folder: PathBuf,
}

impl Editor {
    fn start(folder: &Path) -> Editor {
        let mut child = Command::new(env!("CARGO_BIN_EXE_pipec"))
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("pipec starts");
        let (to, from) = (child.stdin.take().expect("a pipe"), BufReader::new(child.stdout.take().expect("a pipe")));
        let mut editor = Editor { child, to, from, next: 0, version: 1, told: false, folder: folder.to_owned() };
        let root = uri(folder);
        editor.request("initialize", json!({
            "processId": null, "rootUri": root, "capabilities": { "textDocument": { "completion": { "completionItem": { "snippetSupport": true } } } },
            "workspaceFolders": [{ "uri": root, "name": "bench" }],
        }));
        editor.notify("initialized", json!({}));
        editor
    }

    fn open(&mut self, path: &Path) {
        let text = std::fs::read_to_string(path).expect("it was written");
        self.notify(
            "textDocument/didOpen",
            json!({ "textDocument": { "uri": uri(path), "languageId": "pipe", "version": 1, "text": text } }),
        );
        self.whole(path, "textDocument/documentSymbol");
    }

    /// The line of the last `max_retries`.
    fn last_step(&self, path: &Path) -> usize {
        let text = std::fs::read_to_string(path).expect("it was written");
        let lines: Vec<&str> = text.lines().collect();
        lines.iter().rposition(|l| l.contains("max_retries")).expect("there is a step")
    }

    /// Types or fixes a mistake, and waits for diagnostics.
    fn type_and_wait(&mut self, path: &Path, line: usize, i: usize) -> Duration {
        let text = if i.is_multiple_of(2) { "max_retriesx    = 2" } else { "max_retries     = 2" };
        let start = Instant::now();
        self.replace(path, line, text);
        self.news();
        start.elapsed()
    }

    /// Waits for diagnostics, unless they have arrived since the last key press.
    fn news(&mut self) {
        while !self.told {
            self.read();
        }
    }

    /// Types a word and requests completion.
    fn ask(&mut self, path: &Path, line: usize, i: usize, method: &str) -> Duration {
        let word = if i.is_multiple_of(2) { "ma" } else { "max" };
        let start = Instant::now();
        self.replace(path, line, word);
        let answer = self.request(
            method,
            json!({
                "textDocument": { "uri": uri(path) }, "position": { "line": line, "character": 4 + word.len() },
            }),
        );
        let took = start.elapsed();
        // The next key press comes when the server is idle.
        self.news();
        assert!(answer["result"].as_array().is_some_and(|l| l.iter().any(|o| o["label"] == "max_retries")));
        took
    }

    fn hover(&mut self, path: &Path, line: usize) -> Duration {
        let start = Instant::now();
        let at = json!({ "textDocument": { "uri": uri(path) }, "position": { "line": line - 1, "character": 6 } });
        let answer = self.request("textDocument/hover", at);
        let took = start.elapsed();
        assert!(
            answer["result"]["contents"]["value"].as_str().is_some_and(|t| t.contains("timeout_seconds")),
            "{answer}"
        );
        took
    }

    fn whole(&mut self, path: &Path, method: &str) -> Duration {
        let start = Instant::now();
        let answer = self.request(method, json!({ "textDocument": { "uri": uri(path) } }));
        assert!(!answer["result"].is_null(), "{answer}");
        start.elapsed()
    }

    fn replace(&mut self, path: &Path, line: usize, text: &str) {
        self.version += 1;
        self.told = false;
        self.notify("textDocument/didChange", json!({
            "textDocument": { "uri": uri(path), "version": self.version },
            "contentChanges": [{ "range": { "start": { "line": line, "character": 4 }, "end": { "line": line, "character": 999 } }, "text": text }],
        }));
    }

    fn request(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.write(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.read();
            if message["id"] == id && message.get("method").is_none() {
                return message;
            }
        }
    }

    fn notify(&mut self, method: &str, params: Value) {
        self.write(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn write(&mut self, message: &Value) {
        let body = message.to_string();
        write!(self.to, "Content-Length: {}\r\n\r\n{body}", body.len())
            .and_then(|()| self.to.flush())
            .expect("it listens");
    }

    fn read(&mut self) -> Value {
        let mut len = 0;
        loop {
            let mut line = String::new();
            self.from.read_line(&mut line).expect("it speaks");
            match line.trim_end() {
                "" => break,
                head => {
                    if let Some(n) = head.strip_prefix("Content-Length: ") {
                        len = n.parse().expect("a number");
                    }
                }
            }
        }
        let mut body = vec![0; len];
        self.from.read_exact(&mut body).expect("it speaks");
        let message: Value = serde_json::from_slice(&body).expect("it is JSON");
        self.told |= message["method"] == "textDocument/publishDiagnostics";
        message
    }

    /// The peak memory of the server, in KiB, if the system reports it.
    fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        status.lines().find_map(|l| l.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok())
    }

    fn stop(mut self) {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{} of {}", status, self.folder.display());
    }
}

fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

fn median(times: usize, mut f: impl FnMut(usize) -> Duration) -> Duration {
    let mut all: Vec<Duration> = (0..times).map(&mut f).collect();
    all.sort();
    all[times / 2]
}

fn ms(d: Duration) -> String {
    format!("{:>7.2} ms", d.as_secs_f64() * 1000.0)
}
