//! Machine-readable diagnostics: one line, JSON, SARIF 2.1.0 and GitHub annotations.

use serde_json::{Value, json};

use super::{Code, Diagnostic, Edit, Severity};
use crate::source::{SourceMap, Span, plain};

/// `a.pipe:3:5: error[E0102]: message`.
pub fn one_line(d: &Diagnostic, sources: &SourceMap) -> String {
    let place = place(d.span, sources);
    format!("{place}: {}[{}]: {}", d.severity.as_str(), d.code.id(), plain::line(&d.message))
}

fn place(span: Span, sources: &SourceMap) -> String {
    match sources.get(span.file) {
        Some(file) => {
            let at = file.lines().position(&file.text, span.start);
            format!("{}:{}:{}", plain::line(&file.path.display().to_string()), at.line, at.column)
        }
        None => String::new(),
    }
}

/// The document of `--format json`. Its form has a version number, and only grows.
pub fn json(diagnostics: &[Diagnostic], sources: &SourceMap) -> Value {
    let list: Vec<Value> = diagnostics
        .iter()
        .map(|d| {
            json!({
                "code": d.code.id(),
                "severity": d.severity.as_str(),
                "message": d.message,
                "label": d.label,
                "file": path(d.span, sources),
                "range": range(d.span, sources),
                "related": d.related.iter().map(|r| json!({
                    "message": r.message, "file": path(r.span, sources), "range": range(r.span, sources),
                })).collect::<Vec<_>>(),
                "help": d.help,
                "fixes": d.fixes.iter().map(|f| json!({
                    "title": f.title,
                    "safe": f.safe,
                    "edits": f.edits.iter().map(|Edit { span, text }| json!({
                        "file": path(*span, sources), "range": range(*span, sources), "text": text,
                    })).collect::<Vec<_>>(),
                })).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({ "version": 1, "diagnostics": list })
}

fn path(span: Span, sources: &SourceMap) -> String {
    sources.path(span.file).to_string_lossy().replace('\\', "/")
}

fn range(span: Span, sources: &SourceMap) -> Value {
    let Some(file) = sources.get(span.file) else { return Value::Null };
    let at = |offset| {
        let p = file.lines().position(&file.text, offset);
        json!({ "line": p.line, "column": p.column, "offset": p.offset })
    };
    json!({ "start": at(span.start), "end": at(span.end) })
}

/// The document of `--format sarif`, for code-scanning services.
pub fn sarif(diagnostics: &[Diagnostic], sources: &SourceMap) -> Value {
    let mut used: Vec<Code> = diagnostics.iter().map(|d| d.code).collect();
    used.sort();
    used.dedup();
    let rules: Vec<Value> = used
        .iter()
        .map(|c| {
            json!({
                "id": c.id(),
                "shortDescription": { "text": c.title() },
                "help": { "text": super::page(*c), "markdown": super::page(*c) },
                "defaultConfiguration": { "level": c.severity().as_str() },
            })
        })
        .collect();
    let results: Vec<Value> = diagnostics
        .iter()
        .map(|d| {
            json!({
                "ruleId": d.code.id(),
                "ruleIndex": used.binary_search(&d.code).unwrap_or(0),
                "level": d.severity.as_str(),
                "message": { "text": paragraph(d) },
                "locations": [location(d.span, sources, None)],
                "relatedLocations": d.related.iter().map(|r| location(r.span, sources, Some(&r.message))).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "pipec", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn location(span: Span, sources: &SourceMap, message: Option<&str>) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri(&path(span, sources)) } });
    if let (Some(file), Some(map)) = (sources.get(span.file), physical.as_object_mut()) {
        let start = file.lines().position(&file.text, span.start);
        let end = file.lines().position(&file.text, span.end);
        let region = json!({
            "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column,
            "byteOffset": span.start, "byteLength": span.end - span.start,
        });
        map.insert("region".to_owned(), region);
    }
    match message {
        Some(message) => json!({ "physicalLocation": physical, "message": { "text": message } }),
        None => json!({ "physicalLocation": physical }),
    }
}

/// A path as a relative URI reference, percent-encoded.
fn uri(path: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'-' | b'_' | b'~');
    path.bytes().map(|b| if plain(b) { (b as char).to_string() } else { format!("%{b:02X}") }).collect()
}

/// Everything except the places, for formats without labels.
fn paragraph(d: &Diagnostic) -> String {
    match &d.help {
        Some(help) => format!("{}\nhelp: {help}", d.labelled_message()),
        None => d.labelled_message(),
    }
}

/// A workflow command of GitHub Actions, shown next to the line in a pull request.
pub fn github(d: &Diagnostic, sources: &SourceMap) -> String {
    let data = |s: &str| plain::lines(s).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |s: &str| data(s).replace(':', "%3A").replace(',', "%2C");
    let kind = match d.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let message = paragraph(d);
    let (start, end) = match sources.get(d.span.file) {
        Some(f) => (f.lines().position(&f.text, d.span.start), f.lines().position(&f.text, d.span.end)),
        None => return format!("::{kind}::{}", data(&message)),
    };
    format!(
        "::{kind} file={},line={},endLine={},col={},endColumn={},title={}::{}",
        property(&path(d.span, sources)),
        start.line,
        end.line,
        start.column,
        end.column,
        property(d.code.id()),
        data(&message),
    )
}
