//! Properties of formatted text.

use pipec::fmt::{format, same, tokens};
use pipec::source::FileId;
use pipec::syntax;

pub fn formatted(text: &str) -> Option<String> {
    format(FileId(0), text).ok()
}

/// The tree without spans and quotes of keys.
fn tree(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let debug = format!("{:?}", syntax::parse(FileId(0), &text).file.items);
    let mut out = String::new();
    let mut rest = debug.as_str();
    while let Some(at) = rest.find("Span {") {
        out.push_str(&rest[..at]);
        let end = rest[at..].find('}').unwrap();
        rest = &rest[at + end + 1..];
    }
    out.push_str(rest);
    let forms = ["quoted: true", "quoted: false", "is_string_key: true", "is_string_key: false"];
    forms.iter().fold(out, |out, form| out.replace(form, ""))
}

/// Checks what must hold for any program without syntax errors.
pub fn holds(text: &str, what: &str) {
    let Some(new) = formatted(text) else { return };
    assert_eq!(formatted(&new).as_deref(), Some(new.as_str()), "{what}: it is not the same when formatted again");
    let (before, after) = (tokens(text), tokens(&new));
    assert_eq!(before.0, after.0, "{what}: other tokens");
    assert!(same(text, &new), "{what}: not the same");
    let sorted = |mut list: Vec<String>| {
        list.sort();
        list
    };
    assert_eq!(sorted(before.1), sorted(after.1), "{what}: other comments");
    assert_eq!(tree(text), tree(&new), "{what}: another tree");
    assert!(new.is_empty() || new.ends_with('\n') && !new.ends_with("\n\n"), "{what}: the end");
    assert!(
        new.lines().all(|l| l.contains("\"\"\"") || l.trim_end() == l || new.contains("\"\"\"")),
        "{what}: blanks at the end of a line"
    );
}
