//! The prose of messages and pages: no house words, no long sentences. It cannot make prose good; it keeps old habits out.

use std::path::Path;

use crate::support::root;

/// Terms that the project does not use, as they occur in lower case, and what it writes instead.
const REJECTED: &[(&str, &str)] = &[
    ("stands", "is, appears"),
    ("stand", "be, appear"),
    ("lies", "is"),
    ("beside", "next to"),
    ("is no", "is not a"),
    ("are no", "are not"),
    ("takes no", "does not have, does not support"),
    ("takes nothing", "does not have"),
    ("wants", "requires, expects"),
    ("may not", "cannot, must not"),
    ("has to", "must"),
    ("have to", "must"),
    ("by itself", "automatically"),
    ("at once", "immediately"),
    ("but for", "except"),
    ("dear", "expensive"),
    ("mend", "fix"),
    ("mends", "fixes"),
    ("circle", "cycle"),
    ("hands on", "returns, passes"),
    ("hand on", "return, pass"),
    ("put out", "return"),
    ("puts out", "returns"),
    ("put outs", "outputs"),
    ("lay over", "override"),
    ("given twice", "set twice"),
    ("in silence", "silently"),
    ("tells", "reports, shows"),
    ("told", "reported, shown"),
    ("says", "shows, sets, contains"),
    ("take away", "delete"),
    ("takes away", "deletes"),
    ("bring along", "upload, include"),
    ("house word", "term"),
    ("goes on", "continues"),
    ("looked for", "searched"),
    ("misspelt", "misspelled"),
    ("not understood", "invalid"),
];

/// The longest sentence, in words; code in backticks counts as one.
const LONGEST: usize = 30;

/// The longest line of a page, in characters; tables and addresses cannot be wrapped.
const WIDEST: usize = 100;

#[test]
fn pages_are_plain() {
    let mut wrong = Vec::new();
    for (name, text) in pages() {
        check(&name, &prose(&text), &mut wrong);
    }
    assert!(wrong.is_empty(), "{} findings:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn lines_of_pages_fit() {
    let mut wrong = Vec::new();
    for (name, text) in pages() {
        for (number, line) in text.lines().enumerate() {
            let fixed = line.starts_with(['|', '#', '!'])
                || line.contains("](")
                || line.split_whitespace().any(|word| word.len() > 60 || word.contains("://"));
            if !fixed && line.chars().count() > WIDEST {
                wrong.push(format!("{name}:{}: {line}", number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{} lines are over {WIDEST} columns:\n{}", wrong.len(), wrong.join("\n"));
}

/// The pages of the repository, with their paths.
fn pages() -> Vec<(String, String)> {
    let mut out = Vec::new();
    for folder in ["", "docs", "docs/errors", "docs/howto", "docs/tour", "editors/vscode"] {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "md") {
                out.push((shown(&path), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    out.sort();
    out
}

#[test]
fn messages_are_plain() {
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(root().join("tests/messages")).unwrap() {
        let path = entry.unwrap().path();
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            // The name of the message and its code come first; help may have a sentence on each side of a semicolon.
            let text = line.split_once(": ").map_or(line, |(_, text)| text).replace("; ", ". ");
            check(&shown(&path), &[text], &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{} findings:\n{}", wrong.len(), wrong.join("\n"));
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string()
}

fn check(name: &str, blocks: &[String], wrong: &mut Vec<String>) {
    for block in blocks {
        let plain = without_code(block);
        let lower = format!(" {} ", plain.to_lowercase().replace(|c: char| !c.is_alphanumeric() && c != '\'', " "));
        let lower = lower.split_whitespace().collect::<Vec<_>>().join(" ");
        let lower = format!(" {lower} ")
            .replace(" is no longer ", " ")
            .replace(" there is no ", " ")
            .replace(" there are no ", " ");
        for (term, instead) in REJECTED {
            if lower.contains(&format!(" {term} ")) {
                wrong.push(format!("{name}: `{term}` (write {instead}) in: {block}"));
            }
        }
        for sentence in plain.split_inclusive(". ").flat_map(|s| s.split(": ")) {
            let words = sentence.split_whitespace().count();
            if words > LONGEST {
                wrong.push(format!("{name}: {words} words in a sentence: {}", sentence.trim()));
            }
        }
    }
}

/// The text with each span of code as one word.
fn without_code(text: &str) -> String {
    text.split('`').enumerate().map(|(i, part)| if i % 2 == 0 { part } else { "CODE" }).collect()
}

/// Paragraphs, list items and headings of a page, without code and tables.
fn prose(page: &str) -> Vec<String> {
    let mut out: Vec<String> = vec![String::new()];
    let mut code = false;
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            code = !code;
            continue;
        }
        let starts = line.trim_start().starts_with(['-', '#', '|']) || line.trim().is_empty();
        if code || line.starts_with('|') {
            continue;
        }
        match out.last_mut() {
            Some(last) if !starts => {
                last.push(' ');
                last.push_str(line.trim());
            }
            _ => out.push(line.trim().to_owned()),
        }
    }
    out.retain(|block| !block.trim().is_empty());
    out
}
