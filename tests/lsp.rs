//! Requests to the language server. A case is a folder in `tests/lsp`: a project with a cursor `<|>` (or a range
//! between two of them), whose files extend `_common`. Each file such as `hover.txt`, `completion.txt` and
//! `definition.txt` contains the response to that request.
//!
//! `UPDATE=1 cargo test --test fixtures lsp::` writes the responses of existing files, including empty ones; read
//! them before you commit.

use std::path::{Path, PathBuf};

use crate::support::editor::{Editor, offset, uri};
use crate::support::{self, entries};
use libtest_mimic::{Failed, Trial};
use serde_json::{Value, json};

const MARK: &str = "<|>";

pub fn trials() -> Vec<Trial> {
    let cases = entries("tests/lsp").into_iter().filter(|p| p.is_dir() && !p.ends_with("_common")).collect();
    support::trials("lsp", cases, case)
}

/// A project on disk without cursors, and the positions of the cursors.
struct Case {
    dir: PathBuf,
    marked: PathBuf,
    marks: Vec<usize>,
    /// The text of the file with the cursor, without cursors.
    text: String,
}

fn case(folder: &Path) -> Result<(), Failed> {
    let name = folder.file_name().unwrap();
    // Both units of columns give the same responses.
    for utf8 in [true, false] {
        let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("lsp").join(if utf8 { "8" } else { "16" }).join(name);
        let case = unpack(folder, &dir)?;
        let mut editor = Editor::start(&dir, utf8);
        editor.open(&case.marked);
        let mut answers: Vec<PathBuf> = std::fs::read_dir(folder)?
            .map(|e| e.unwrap().path())
            .filter(|p| p.extension().is_some_and(|e| e == "txt"))
            .filter(|p| p.file_stem().is_some_and(|s| s != "requirements"))
            .collect();
        answers.sort();
        if answers.is_empty() {
            return Err("the case asks nothing: add an empty `hover.txt` or the like, and run with UPDATE=1".into());
        }
        for file in answers {
            let question = file.file_stem().unwrap().to_str().unwrap();
            let wanted = std::fs::read_to_string(&file)?;
            let got = ask(&mut editor, &case, question, wanted.lines().next().unwrap_or(""))?;
            if std::env::var_os("UPDATE").is_some() {
                std::fs::write(&file, got)?;
            } else if got != wanted {
                let diff =
                    similar::TextDiff::from_lines(&wanted, &got).unified_diff().header("wanted", "got").to_string();
                return Err(format!("{question}:\n{diff}").into());
            }
        }
        editor.stop();
    }
    Ok(())
}

fn unpack(folder: &Path, dir: &Path) -> Result<Case, Failed> {
    let _ = std::fs::remove_dir_all(dir);
    copy(&folder.with_file_name("_common"), dir)?;
    copy(folder, dir)?.ok_or_else(|| format!("no file of the case holds a `{MARK}`").into())
}

/// Copies a folder over another one, without responses and cursors.
fn copy(folder: &Path, dir: &Path) -> Result<Option<Case>, Failed> {
    let mut found = None;
    let mut stack = vec![PathBuf::new()];
    while let Some(at) = stack.pop() {
        std::fs::create_dir_all(dir.join(&at))?;
        for entry in std::fs::read_dir(folder.join(&at))? {
            let entry = entry?;
            let relative = at.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                stack.push(relative);
                continue;
            }
            if relative.extension().is_some_and(|e| e == "txt") && !relative.ends_with("requirements.txt") {
                continue;
            }
            let mut text = std::fs::read_to_string(entry.path())?;
            let mut marks = Vec::new();
            while let Some(mark) = text.find(MARK) {
                text.replace_range(mark..mark + MARK.len(), "");
                marks.push(mark);
            }
            std::fs::write(dir.join(&relative), &text)?;
            if !marks.is_empty() {
                found = Some(Case { dir: dir.to_owned(), marked: dir.join(relative), marks, text });
            }
        }
    }
    Ok(found)
}

/// Sends a request at the cursor, and renders the response. The first line of the expected file contains parameters
/// of the request: the new name, or the query.
fn ask(editor: &mut Editor, case: &Case, question: &str, first: &str) -> Result<String, Failed> {
    let at = editor.position(&case.text, case.marks[0]);
    let end = editor.position(&case.text, *case.marks.last().unwrap());
    let document = json!({ "uri": uri(&case.marked) });
    let here = json!({ "textDocument": document, "position": at });
    let range = json!({ "start": at, "end": end });
    Ok(match question {
        "diagnostics" => {
            editor.diagnostics().iter().map(|(path, list)| diagnostics(editor, case, path, list)).collect()
        }
        "hover" => {
            let answer = editor.request("textDocument/hover", here)?;
            match answer["contents"]["value"].as_str() {
                Some(text) => format!(
                    "{}\n---\n{}\n",
                    places(editor, case, &uri(&case.marked), &answer["range"]),
                    case.clean(text)
                ),
                None => "nothing\n".to_owned(),
            }
        }
        "completion" => {
            let answer = editor.request("textDocument/completion", here.clone())?;
            let whole = completion(answer.as_array().map(Vec::as_slice).unwrap_or_default());
            // The same while the word is being typed, when the server still has the text without it.
            let mark = case.marks[0];
            let before = &case.text[..mark];
            let word = before.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap();
            let start = editor.position(&case.text, mark - word.len());
            for (version, end, text) in [(2, at.clone(), ""), (3, start.clone(), word)] {
                let change = json!({ "range": { "start": start, "end": end }, "text": text });
                let document = json!({ "uri": uri(&case.marked), "version": version });
                let params = json!({ "textDocument": document, "contentChanges": [change] });
                editor.notify("textDocument/didChange", params);
                if version == 2 {
                    editor.request(
                        "textDocument/documentSymbol",
                        json!({ "textDocument": { "uri": uri(&case.marked) } }),
                    )?;
                }
            }
            let answer = editor.request("textDocument/completion", here)?;
            let typed = completion(answer.as_array().map(Vec::as_slice).unwrap_or_default());
            if typed != whole {
                return Err(format!("typed just now it is\n{typed}and of the whole text\n{whole}").into());
            }
            whole
        }
        "applied" => {
            let answer = editor.request("textDocument/completion", here)?;
            // What an editor shows first: the best items that continue the word.
            let before = &case.text[..case.marks[0]];
            let word = before.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap();
            let offers = answer.as_array().map(Vec::as_slice).unwrap_or_default();
            let first = offers
                .iter()
                .filter(|o| o["label"].as_str().unwrap().contains(word))
                .min_by_key(|o| o["sortText"].as_str().unwrap().to_owned());
            match first {
                Some(offer) => after(editor, case, &json!({ "changes": { uri(&case.marked): [offer["textEdit"]] } })),
                None => "nothing\n".to_owned(),
            }
        }
        "definition" => {
            let answer = editor.request("textDocument/definition", here)?;
            match answer.is_null() {
                true => "nothing\n".to_owned(),
                false => location(editor, case, &answer),
            }
        }
        "references" => {
            let mut params = here;
            params["context"] = json!({ "includeDeclaration": true });
            list(&editor.request("textDocument/references", params)?, |l| location(editor, case, l))
        }
        "highlights" => {
            let answer = editor.request("textDocument/documentHighlight", here)?;
            list(&answer, |h| places(editor, case, &uri(&case.marked), &h["range"]) + "\n")
        }
        "rename" => {
            let new = first.strip_prefix("to: ").ok_or("the first line of rename.txt is `to: name`")?;
            let prepared = editor.request("textDocument/prepareRename", here.clone());
            let mut params = here;
            params["newName"] = new.into();
            let answer = match prepared.and_then(|_| editor.request("textDocument/rename", params)) {
                Ok(edit) => after(editor, case, &edit),
                Err(why) => format!("refused: {why}\n"),
            };
            format!("to: {new}\n{answer}")
        }
        "symbols" => {
            let answer = editor.request("textDocument/documentSymbol", json!({ "textDocument": document }))?;
            let mut out = String::new();
            symbols(editor, case, &answer, 0, &mut out);
            out
        }
        "workspace_symbols" => {
            let query = first.strip_prefix("query: ").unwrap_or("");
            let answer = editor.request("workspace/symbol", json!({ "query": query }))?;
            let rows = list(&answer, |s| {
                let around = s["containerName"].as_str().map(|c| format!(" in {c}")).unwrap_or_default();
                format!("{}{around}  {}", s["name"].as_str().unwrap(), location(editor, case, &s["location"]))
            });
            format!("query: {query}\n{rows}")
        }
        "tokens" => {
            let answer = editor.request("textDocument/semanticTokens/full", json!({ "textDocument": document }))?;
            tokens(editor, case, &answer["data"])
        }
        "folds" => {
            let answer = editor.request("textDocument/foldingRange", json!({ "textDocument": document }))?;
            list(&answer, |f| {
                let kind = f["kind"].as_str().unwrap_or("block");
                format!("{} to {} {kind}\n", f["startLine"].as_u64().unwrap() + 1, f["endLine"].as_u64().unwrap() + 1)
            })
        }
        "selection" => {
            let params = json!({ "textDocument": document, "positions": [at] });
            let answer = editor.request("textDocument/selectionRange", params)?;
            let mut out = String::new();
            let mut range = &answer[0];
            while !range.is_null() {
                out += &format!("{}\n", places(editor, case, &uri(&case.marked), &range["range"]));
                range = &range["parent"];
            }
            out
        }
        "formatting" => {
            let options = json!({ "tabSize": 2, "insertSpaces": true });
            let params = json!({ "textDocument": document, "options": options });
            let answer = editor.request("textDocument/formatting", params)?;
            match answer.is_null() {
                true => "left as it is\n".to_owned(),
                false => after(editor, case, &json!({ "changes": { uri(&case.marked): answer } })),
            }
        }
        "hints" => {
            let end = editor.position(&case.text, case.text.len());
            let whole = json!({ "start": { "line": 0, "character": 0 }, "end": end });
            let answer =
                editor.request("textDocument/inlayHint", json!({ "textDocument": document, "range": whole }))?;
            with_hints(editor, case, &answer)
        }
        "lenses" => {
            let answer = editor.request("textDocument/codeLens", json!({ "textDocument": document }))?;
            list(&answer, |l| {
                let range = places(editor, case, &uri(&case.marked), &l["range"]);
                let argument = &l["command"]["arguments"][0];
                let of = |key: &str| argument[key].as_str().map(|v| format!(" {key}={v}")).unwrap_or_default();
                format!(
                    "{range}: {} {}{}{}\n",
                    l["command"]["title"].as_str().unwrap(),
                    l["command"]["command"].as_str().unwrap(),
                    of("pipeline"),
                    of("target")
                )
            })
        }
        "actions" => {
            let params = json!({ "textDocument": document, "range": range, "context": { "diagnostics": [] } });
            let answer = editor.request("textDocument/codeAction", params)?;
            list(&answer, |a| {
                let preferred = if a["isPreferred"] == true { ", preferred" } else { "" };
                format!(
                    "{} ({}{preferred})\n{}",
                    a["title"].as_str().unwrap(),
                    a["kind"].as_str().unwrap(),
                    after(editor, case, &a["edit"])
                )
            })
        }
        "hierarchy" => {
            let answer = editor.request("textDocument/prepareCallHierarchy", here)?;
            let mut out = String::new();
            for item in answer.as_array().map(Vec::as_slice).unwrap_or_default() {
                out += &format!("{} in {}\n", item["name"].as_str().unwrap(), item["detail"].as_str().unwrap());
                for (method, what, end) in [("incomingCalls", "before", "from"), ("outgoingCalls", "behind", "to")] {
                    let calls = editor.request(&format!("callHierarchy/{method}"), json!({ "item": item }))?;
                    for call in calls.as_array().unwrap() {
                        out += &format!("  {what}: {}\n", call[end]["name"].as_str().unwrap());
                    }
                }
            }
            if out.is_empty() { "nothing\n".to_owned() } else { out }
        }
        "graph" => {
            let answer = editor.request("pipec/graph", here)?;
            let mut out = format!("{}\n", answer["pipeline"].as_str().unwrap_or("nothing"));
            for n in answer["nodes"].as_array().map(Vec::as_slice).unwrap_or_default() {
                let range = places(editor, case, &uri(&case.marked), &n["range"]);
                out += &format!("  {} {} at {range}\n", n["kind"].as_str().unwrap(), n["key"].as_str().unwrap());
            }
            for e in answer["edges"].as_array().map(Vec::as_slice).unwrap_or_default() {
                let outcome = e["outcome"].as_bool().map(|o| format!(" is {o}")).unwrap_or_default();
                let data = if e["data"] == true { " by data" } else { "" };
                out += &format!("  {} -> {}{outcome}{data}\n", e["from"].as_str().unwrap(), e["to"].as_str().unwrap());
            }
            out
        }
        other => return Err(format!("no question is called `{other}`").into()),
    })
}

impl Case {
    /// Replaces the temporary folder of the test.
    fn clean(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.dir.display()), "").replace(&*self.dir.to_string_lossy(), ".")
    }

    fn path(&self, uri: &str) -> String {
        self.clean(uri.strip_prefix("file://").unwrap())
    }

    fn read(&self, uri: &str) -> String {
        std::fs::read_to_string(uri.strip_prefix("file://").unwrap()).unwrap_or_default()
    }
}

fn list(answer: &Value, f: impl FnMut(&Value) -> String) -> String {
    let rows: String = answer.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(f).collect();
    if rows.is_empty() { "nothing\n".to_owned() } else { rows }
}

/// `main.pipe:3:5 to 3:10`, with the text at this range.
fn places(editor: &Editor, case: &Case, uri: &str, range: &Value) -> String {
    let text = case.read(uri);
    let (start, end) = (offset(&text, &range["start"], editor.utf8), offset(&text, &range["end"], editor.utf8));
    let at = |o: usize| {
        let line = text[..o].matches('\n').count();
        let column = text[..o].rsplit('\n').next().unwrap().chars().count();
        format!("{}:{}", line + 1, column + 1)
    };
    let shown: String = text[start..end].chars().take(40).collect::<String>().replace('\n', "\\n");
    format!("{}:{} `{shown}`", case.path(uri), at(start))
}

fn location(editor: &Editor, case: &Case, l: &Value) -> String {
    places(editor, case, l["uri"].as_str().unwrap(), &l["range"]) + "\n"
}

fn diagnostics(editor: &Editor, case: &Case, file: &str, items: &[Value]) -> String {
    let mut out = String::new();
    for d in items {
        let severity = if d["severity"] == 1 { "error" } else { "warning" };
        let tags = if d["tags"].is_null() { "" } else { " (faded)" };
        out += &format!(
            "{}\n  {severity}[{}]{tags}: {}\n",
            places(editor, case, file, &d["range"]),
            d["code"].as_str().unwrap_or("-"),
            case.clean(&d["message"].as_str().unwrap().replace('\n', "\n  "))
        );
        for r in d["relatedInformation"].as_array().map(Vec::as_slice).unwrap_or_default() {
            out += &format!("  see {}", location(editor, case, &r["location"]).replace('\n', ""));
            out += &format!(": {}\n", r["message"].as_str().unwrap());
        }
    }
    if items.is_empty() { format!("{}: nothing\n", case.path(file)) } else { out }
}

fn completion(items: &[Value]) -> String {
    let mut rows: Vec<&Value> = items.iter().collect();
    rows.sort_by_key(|i| i["sortText"].as_str().unwrap().to_owned());
    let shown = rows.len().min(40);
    let mut out: String = rows[..shown]
        .iter()
        .map(|i| {
            let detail = i["detail"].as_str().map(|d| format!("  ({d})")).unwrap_or_default();
            let text = i["textEdit"]["newText"].as_str().unwrap();
            let label = i["label"].as_str().unwrap();
            let insert = if text == label { String::new() } else { format!("  => {}", text.replace('\n', "\\n")) };
            format!("{label}{detail}{insert}\n")
        })
        .collect();
    if rows.len() > shown {
        out += &format!("... and {} more\n", rows.len() - shown);
    }
    if out.is_empty() { "nothing\n".to_owned() } else { out }
}

/// The files after an edit; new and changed lines are marked with `+`, and removed lines with `-`.
fn after(editor: &Editor, case: &Case, edit: &Value) -> String {
    let Some(changes) = edit["changes"].as_object() else { return "no change\n".to_owned() };
    let mut files: Vec<(&String, &Value)> = changes.iter().collect();
    files.sort_by_key(|(uri, _)| (*uri).clone());
    let mut out = String::new();
    for (uri, edits) in files {
        let old = case.read(uri);
        let new = editor.applied(&old, edits.as_array().unwrap());
        out += &format!("{}\n", case.path(uri));
        let diff = similar::TextDiff::from_lines(&old, &new);
        for change in diff.iter_all_changes() {
            match change.tag() {
                similar::ChangeTag::Equal => {}
                similar::ChangeTag::Delete => out += &format!("  - {}\n", change.value().trim_end_matches('\n')),
                similar::ChangeTag::Insert => out += &format!("  + {}\n", change.value().trim_end_matches('\n')),
            }
        }
    }
    out
}

fn symbols(editor: &Editor, case: &Case, list: &Value, depth: usize, out: &mut String) {
    for s in list.as_array().map(Vec::as_slice).unwrap_or_default() {
        let range = places(editor, case, &uri(&case.marked), &s["selectionRange"]);
        *out += &format!(
            "{}{}  {}  at {range}\n",
            "  ".repeat(depth),
            s["name"].as_str().unwrap(),
            s["detail"].as_str().unwrap()
        );
        symbols(editor, case, &s["children"], depth + 1, out);
    }
}

fn tokens(editor: &Editor, case: &Case, data: &Value) -> String {
    let legend = &editor.capabilities["semanticTokensProvider"]["legend"];
    let (mut line, mut start) = (0, 0);
    let mut out = String::new();
    for token in data.as_array().unwrap().chunks(5) {
        let n: Vec<u64> = token.iter().map(|v| v.as_u64().unwrap()).collect();
        line += n[0];
        start = if n[0] == 0 { start + n[1] } else { n[1] };
        let at = |character: u64| offset(&case.text, &json!({ "line": line, "character": character }), editor.utf8);
        let text = &case.text[at(start)..at(start + n[2])];
        let kind = legend["tokenTypes"][n[3] as usize].as_str().unwrap();
        let modifiers: String = (0..3)
            .filter(|bit| n[4] & (1 << bit) != 0)
            .map(|bit| format!(" {}", legend["tokenModifiers"][bit].as_str().unwrap()))
            .collect();
        out += &format!(
            "{:>3}  {kind:<10} {text}{}\n",
            line + 1,
            if modifiers.is_empty() { String::new() } else { format!("  [{}]", modifiers.trim()) }
        );
    }
    out
}

/// The text with its hints between `«` and `»`.
fn with_hints(editor: &Editor, case: &Case, hints: &Value) -> String {
    let mut places: Vec<(usize, &str)> = hints
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .map(|h| (offset(&case.text, &h["position"], editor.utf8), h["label"].as_str().unwrap()))
        .collect();
    places.sort();
    let mut out = case.text.clone();
    for (at, label) in places.iter().rev() {
        out.insert_str(*at, &format!(" «{label}»"));
    }
    out.lines().filter(|l| l.contains('«')).map(|l| format!("{l}\n")).collect()
}
