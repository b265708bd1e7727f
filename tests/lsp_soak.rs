//! Makes 10,000 random edits. The server must not fail, its responses must equal those of a new server, and its
//! memory must not grow.

use std::path::{Path, PathBuf};

use crate::support::editor::{Editor, uri};
use crate::support::root;
use serde_json::{Value, json};

const EDITS: usize = 10_000;
/// Edits between two comparisons with a new server.
const COMPARE: usize = 250;

/// Reproducible random numbers.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }

    /// A random byte of a text, on a character boundary.
    fn place(&mut self, text: &str) -> usize {
        let mut at = self.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

/// What people type, and what they never would.
const PIECES: &[&str] = &[
    " ",
    "\n",
    "{",
    "}",
    "(",
    ")",
    "\"",
    "`",
    "#",
    "=",
    "[",
    "]",
    ",",
    ".",
    ":",
    "${",
    "{{",
    "}}",
    "\"\"\"",
    "\r\n",
    "\t",
    "é",
    "𝒳",
    "step s { notebook \"/x\" }\n",
    "  max_retries = 3\n",
    "after ",
    "on etl",
    "output n: int\n",
    "param q: string\n",
    "if c: a.b >= 1 {\n}\n",
    "for l: x in y {\n}\n",
    "let z = [1, 2]\n",
    "import \"clusters.pipe\"\n",
    "extends etl ",
    "${catalog}",
    "python churn.train:fit(",
    "rows = ",
    "job.",
    "else {\n}\n",
    "## doc\n",
    "run cleanup(",
    "timeout_seconds = 5m\n",
    "none",
    "-1",
    "2..8",
];

#[test]
fn a_long_day() {
    let dir = project();
    let names = ["main.pipe", "clusters.pipe", "more.pipe"];
    let paths: Vec<PathBuf> = names.iter().map(|n| dir.join(n)).collect();
    let whole: Vec<String> = paths.iter().map(|p| std::fs::read_to_string(p).unwrap()).collect();
    let mut texts = whole.clone();
    let mut dice = Dice(0x5eed_1234_5678_9abc);
    let mut editor = Editor::start_process(&dir);
    paths.iter().for_each(|p| editor.open(p));
    let mut warm = None;
    for edit in 1..=EDITS {
        let which = dice.below(texts.len());
        // From time to time, undo everything.
        if dice.below(60) == 0 {
            replace(&mut editor, &paths[which], &mut texts[which], edit, 0, usize::MAX, &whole[which]);
        } else {
            let start = dice.place(&texts[which]);
            let end = match dice.below(3) {
                0 => start,
                1 => (start + dice.below(4)).min(texts[which].len()),
                _ => (start + dice.below(60)).min(texts[which].len()),
            };
            let end = (start..=end).rev().find(|e| texts[which].is_char_boundary(*e)).unwrap();
            let piece = if dice.below(3) == 0 { "" } else { PIECES[dice.below(PIECES.len())] };
            replace(&mut editor, &paths[which], &mut texts[which], edit, start, end, piece);
        }
        if edit % 5 == 0 {
            let at = dice.place(&texts[which]);
            for method in ["completion", "hover", "definition", "prepareRename"] {
                let position = editor.position(&texts[which], at);
                let here = json!({ "textDocument": { "uri": uri(&paths[which]) }, "position": position });
                // A rejected rename is also a response.
                let _ = editor.request(&format!("textDocument/{method}"), here);
            }
        }
        if edit % COMPARE == 0 {
            let mut fresh = Editor::start(&dir, false);
            paths.iter().zip(&texts).for_each(|(p, t)| fresh.open_with(p, t));
            let at: Vec<usize> = texts.iter().map(|t| dice.place(t)).collect();
            let (old, new) = (answers(&mut editor, &paths, &texts, &at), answers(&mut fresh, &paths, &texts, &at));
            assert_eq!(old, new, "after {edit} edits; the texts are\n{}", texts.join("\n=====\n"));
            fresh.stop();
        }
        if edit == EDITS / 4 {
            warm = editor.memory();
        }
    }
    // The texts are those of the beginning, so a difference in memory is a leak.
    if let (Some(warm), Some(end)) = (warm, editor.memory()) {
        println!("memory after {} edits {warm} KiB, after {EDITS} {end} KiB", EDITS / 4);
        assert!(end * 10 <= warm * 12, "memory grows: {warm} KiB, then {end} KiB");
    }
    editor.stop();
}

/// Changes a text here and in the server.
fn replace(editor: &mut Editor, path: &Path, text: &mut String, version: usize, start: usize, end: usize, new: &str) {
    let end = end.min(text.len());
    // The protocol counts a lone carriage return as a line end, but the positions of this test do not.
    let new = if start == 0 && end == text.len() { new.to_owned() } else { new.replace('\r', "") };
    let range = json!({ "start": editor.position(text, start), "end": editor.position(text, end) });
    let document = json!({ "uri": uri(path), "version": version + 1 });
    let change = json!({ "range": range, "text": new });
    editor.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [change] }));
    text.replace_range(start..end, &new);
}

/// The diagnostics and symbols of all files.
fn answers(editor: &mut Editor, paths: &[PathBuf], texts: &[String], at: &[usize]) -> Vec<Value> {
    let mut out = Vec::new();
    for ((path, text), at) in paths.iter().zip(texts).zip(at) {
        let document = json!({ "uri": uri(path) });
        for method in ["documentSymbol", "semanticTokens/full", "foldingRange", "codeLens"] {
            out.push(editor.request(&format!("textDocument/{method}"), json!({ "textDocument": document })).unwrap());
        }
        let end = editor.position(text, text.len());
        let range = json!({ "start": { "line": 0, "character": 0 }, "end": end });
        out.push(
            editor.request("textDocument/inlayHint", json!({ "textDocument": document, "range": range })).unwrap(),
        );
        let here = json!({ "textDocument": document, "position": editor.position(text, *at) });
        for method in ["completion", "hover", "definition", "documentHighlight"] {
            out.push(editor.request(&format!("textDocument/{method}"), here.clone()).unwrap());
        }
    }
    let told: Vec<Value> = editor
        .diagnostics()
        .into_iter()
        // A file without diagnostics may have had some before, which a new server does not know.
        .filter(|(_, list)| !list.is_empty())
        .map(|(file, list)| json!([file, list]))
        .collect();
    out.extend(told);
    out
}

fn project() -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("lsp_soak");
    let _ = std::fs::remove_dir_all(&dir);
    for file in [
        "a_whole_program/main.pipe",
        "_common/clusters.pipe",
        "_common/pyproject.toml",
        "_common/src/churn/__init__.py",
        "_common/src/churn/train.py",
        "_common/notebooks/register.py",
    ] {
        let text = std::fs::read_to_string(root().join("tests/lsp").join(file)).unwrap().replace("<|>", "");
        let to = dir.join(file.split_once('/').unwrap().1);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::write(to, text).unwrap();
    }
    let more = "import \"clusters.pipe\"\n\npipeline other on etl {\n  param day: string = \"x\"\n\n  step only {\n    notebook \"/Shared/only\"(day)\n  }\n}\n";
    std::fs::write(dir.join("more.pipe"), more).unwrap();
    dir
}
