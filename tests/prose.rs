//! A linter for prose in messages, pages and comments: rejected terms, long sentences, long lines. It cannot make
//! prose good, but keeps old habits out.

use std::path::Path;

use crate::support::root;

/// Rejected terms in lower case, and what to write instead.
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
    ("may not be used", "cannot be used"),
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

/// The maximum length of a sentence, in words; code in backticks counts as one.
const LONGEST: usize = 30;

/// The maximum width of a line on a page, in characters; tables and URLs cannot be wrapped.
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

#[test]
fn comments_are_plain() {
    let mut wrong = Vec::new();
    let mut folders =
        vec![root().join("src"), root().join("tests"), root().join("benches"), root().join("editors/zed")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                check(&shown(&path), &comments(&std::fs::read_to_string(&path).unwrap()), &mut wrong);
            }
        }
    }
    assert!(wrong.is_empty(), "{} findings:\n{}", wrong.len(), wrong.join("\n"));
}

/// The paragraphs of comments in Rust source, without code blocks.
fn comments(source: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let (mut code, mut continues) = (false, false);
    for line in source.lines() {
        let line = line.trim_start();
        let text = ["//!", "///", "//"].iter().find_map(|mark| line.strip_prefix(mark)).map(str::trim);
        let Some(text) = text else {
            (code, continues) = (false, false);
            continue;
        };
        code ^= text.starts_with("```");
        if code || text.is_empty() || text.starts_with("```") {
            continues = false;
            continue;
        }
        match out.last_mut().filter(|_| continues) {
            Some(last) => *last = format!("{last} {text}"),
            None => out.push(text.to_owned()),
        }
        continues = true;
    }
    out
}

/// All pages, with their paths.
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
            // A line starts with the name of the message and its code; help may consist of two sentences separated by
            // a semicolon.
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
            .replace(" are no longer ", " ")
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

/// Replaces each code span by one word.
fn without_code(text: &str) -> String {
    text.split('`').enumerate().map(|(i, part)| if i % 2 == 0 { part } else { "CODE" }).collect()
}

/// The paragraphs, list items and headings of a page, without code and tables.
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
