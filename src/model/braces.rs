//! Dynamic references in strings, as the platform reads them.

use super::Reference;
use crate::schema::facts;

/// The content of one pair of braces.
#[derive(Debug, PartialEq)]
pub enum Braces<'t> {
    /// A reference.
    Known(Reference),
    /// An old form such as `{{job_id}}`.
    Legacy(&'t str),
    /// An unknown first word: plain text for the platform.
    Literal(&'t str),
    /// A known first word, followed by something that the platform rejects.
    Wrong(String),
    /// A known first word and an unknown path.
    NoSuchFact(String),
}

/// Every `{{...}}` of a string, with its bytes.
pub fn braces(text: &str) -> Vec<(usize, usize, Braces<'_>)> {
    let mut out = Vec::new();
    let mut from = 0;
    while let Some(open) = text.get(from..).and_then(|rest| rest.find("{{")).map(|i| from + i) {
        let Some(len) = text.get(open + 2..).and_then(|rest| rest.find("}}")) else {
            let rest = text.get(open + 2..).unwrap_or("").trim_start();
            if facts::ROOTS.iter().any(|r| rest.strip_prefix(r).is_some_and(|t| t.starts_with(['.', '/', '}']))) {
                out.push((open, text.len(), Braces::Wrong("unclosed `{{`".to_owned())));
            }
            break;
        };
        let close = open + 2 + len + 2;
        let inner = text.get(open + 2..close - 2).unwrap_or("");
        out.push((open, close, read(inner)));
        from = close;
    }
    out
}

fn read(inner: &str) -> Braces<'_> {
    let trimmed = inner.trim();
    if let Some(rest) = trimmed.strip_prefix("secrets/") {
        return match rest.split_once('/') {
            Some((scope, key)) if !scope.is_empty() && !key.is_empty() => {
                Braces::Known(Reference::Secret { scope: scope.into(), key: key.into() })
            }
            _ => Braces::Wrong("secret references have the form `{{secrets/scope/key}}`".to_owned()),
        };
    }
    if facts::LEGACY.contains(&trimmed) {
        return Braces::Legacy(trimmed);
    }
    let root_len = trimmed.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
    let root = trimmed.get(..root_len).unwrap_or("");
    if !facts::ROOTS.contains(&root) {
        return Braces::Literal(if root.is_empty() { trimmed } else { root });
    }
    let Some(parts) = parts(trimmed) else {
        return Braces::Wrong(format!(
            "invalid path `{trimmed}`; names with characters other than letters, digits and `_` need backticks or brackets"
        ));
    };
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["input"] => Braces::Known(Reference::Input(None)),
        ["input", key] => Braces::Known(Reference::Input(Some((*key).into()))),
        ["input", ..] => Braces::Wrong("nested fields of an item are not supported".to_owned()),
        ["job", "parameters", name] => Braces::Known(Reference::Param((*name).into())),
        ["tasks", task, "values", name] => {
            Braces::Known(Reference::Value { task: (*task).into(), name: (*name).into() })
        }
        ["tasks", task, "output", "first_row", column] => Braces::Known(Reference::TaskFact {
            task: (*task).into(),
            fact: format!("output.first_row.{column}").into(),
        }),
        ["tasks", task, rest @ ..] if facts::TASK_FACTS.iter().any(|f| f.path == rest.join(".")) => {
            Braces::Known(Reference::TaskFact { task: (*task).into(), fact: rest.join(".").into() })
        }
        _ => {
            let whole = parts.join(".");
            match facts::fact_type(&whole) {
                Some(_) => Braces::Known(Reference::Fact(whole.into())),
                None => Braces::NoSuchFact(whole),
            }
        }
    }
}

/// The parts of a path: words between dots, or text in backticks or brackets.
fn parts(text: &str) -> Option<Vec<String>> {
    let mut out = Vec::new();
    let mut rest = text;
    loop {
        let (part, tail) = match (rest.strip_prefix('`'), rest.strip_prefix('[')) {
            (Some(quoted), _) => quoted.split_once('`')?,
            (_, Some(key)) => key.split_once(']')?,
            _ => {
                let len = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
                (rest.get(..len)?, rest.get(len..)?)
            }
        };
        if part.is_empty() {
            return None;
        }
        out.push(part.to_owned());
        match tail.strip_prefix('.') {
            Some(more) => rest = more,
            None if tail.is_empty() => return Some(out),
            None if tail.starts_with('[') => rest = tail,
            None => return None,
        }
    }
}
