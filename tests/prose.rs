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

/// Pages that were written before these rules and are rewritten one by one.
const NOT_YET: &[&str] = &[
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "docs/architecture.md",
    "docs/compare.md",
    "docs/deploy.md",
    "docs/editors.md",
    "docs/migrate.md",
    "docs/python.md",
];

#[test]
fn pages_are_plain() {
    let mut wrong = Vec::new();
    for folder in ["", "docs", "docs/errors", "docs/howto"] {
        let mut pages: Vec<_> =
            std::fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
        pages.retain(|p| p.extension().is_some_and(|e| e == "md"));
        pages.sort();
        for page in pages {
            let name = page.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
            if !NOT_YET.contains(&name.as_str()) {
                check(&name, &prose(&std::fs::read_to_string(&page).unwrap()), &mut wrong);
            }
        }
    }
    assert!(wrong.is_empty(), "{} findings:\n{}", wrong.len(), wrong.join("\n"));
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

#[test]
fn pages_not_yet_rewritten_are_there() {
    for page in NOT_YET {
        assert!(root().join(page).exists(), "{page} is gone: take it from the list");
    }
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
