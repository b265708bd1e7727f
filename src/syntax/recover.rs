//! Why a line is not understood: it is parsed again by the strict rule, and the furthest place tells.

use pest::Parser as _;
use pest::error::{ErrorVariant, InputLocation};

use super::build::Context;
use super::rules::{PipeParser, Rule, describe};
use super::words;
use crate::diag::{Code, Diagnostic, nearest};
use crate::source::Span;

/// The message for text that the grammar took as a bad line.
pub(super) fn explain(cx: &Context<'_>, span: Span) -> Diagnostic {
    let text = cx.text.get(span.start as usize..span.end as usize).unwrap_or("");
    let first_len = text.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
    let first = text.get(..first_len).unwrap_or("");
    let first_span = Span { end: span.start + first_len as u32, ..span };
    let rest = text.get(first_len..).unwrap_or("").trim_start();
    let is_keyword = words::openers().any(|w| w == first);
    if !first.is_empty() && !is_keyword && !rest.starts_with('=') && !rest.starts_with('{') {
        let near = nearest(first, words::openers());
        if near.is_some() && !rest.is_empty() {
            return Diagnostic::new(Code::UnknownKeyword, first_span, format!("`{first}` is no keyword"))
                .nearest(first_span, near);
        }
    }
    let (at, expected) = match PipeParser::parse(Rule::strict, text) {
        Ok(_) => (0, Vec::new()),
        Err(error) => {
            let at = match error.location {
                InputLocation::Pos(p) | InputLocation::Span((p, _)) => p,
            };
            let mut words: Vec<&str> = match &error.variant {
                ErrorVariant::ParsingError { positives, .. } => positives.iter().filter_map(|r| describe(*r)).collect(),
                ErrorVariant::CustomError { .. } => Vec::new(),
            };
            words.sort_unstable();
            words.dedup();
            (at, words)
        }
    };
    let at = at.min(text.len());
    let word = word_at(text, at);
    let place = Span::new(span.file, span.start + at as u32, span.start + (at + word.len()) as u32);
    let found = if word.is_empty() { "the end of the line".to_owned() } else { format!("`{word}`") };
    let first_line = text.lines().next().unwrap_or("");
    if text.starts_with("else if") {
        let d = Diagnostic::new(Code::NotUnderstood, Span { end: span.start + 7, ..span }, "there is no `else if`");
        return d.help("nest the second one: `else { if name: condition { ... } }`");
    }
    if text.starts_with("else") {
        return Diagnostic::new(Code::NotUnderstood, first_span, "this `else` belongs to no `if`")
            .help("`else { ... }` follows the closing brace of an `if`");
    }
    if matches!(first, "for" | "if") && is_keyword && !first_line.contains(':') {
        let d = Diagnostic::new(Code::NotUnderstood, first_span, format!("this `{first}` has no name"));
        return d.help(shape(first));
    }
    if is_keyword && at == 0 {
        return Diagnostic::new(Code::NotUnderstood, span, format!("this `{first}` is not complete"))
            .help(shape(first));
    }
    let d = Diagnostic::new(Code::NotUnderstood, place, format!("{found} is not expected here"));
    let d = if expected.is_empty() { d } else { d.label(format!("expected {}", expected.join(" or "))) };
    let d = if expected.contains(&"`=`") && !is_keyword && !word.is_empty() {
        d.suggestion("put `=` before it", vec![(place.start_point(), "= ".to_owned())])
    } else {
        d
    };
    if is_keyword {
        d.help(shape(first))
    } else if at == 0 || first_line.len() < at {
        d.help("an entry is `name = value`, `name { ... }`, a declaration such as `step x { ... }`, or a call")
    } else {
        d.help("an entry is `name = value` or `name { ... }`; entries stand on lines of their own or between commas")
    }
}

/// The word, or the one character, at `at`.
fn word_at(text: &str, at: usize) -> &str {
    let rest = text.get(at..).unwrap_or("");
    let len = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
    let end = if len > 0 { len } else { rest.chars().next().filter(|c| !c.is_whitespace()).map_or(0, char::len_utf8) };
    rest.get(..end).unwrap_or("")
}

/// What a declaration or call looks like.
fn shape(keyword: &str) -> &'static str {
    match keyword {
        "import" => "it looks like this: `import \"clusters.pipe\"`",
        "package" => "it looks like this: `package churn = \".\"`",
        "let" => "it looks like this: `let regions = [\"eu\", \"us\"]`",
        "var" => "it looks like this: `var catalog: string = \"dev\"`",
        "param" => "it looks like this: `param country: string = \"DE\"`",
        "output" => "it looks like this: `output rows: int`",
        "target" => "it looks like this: `target prod { ... }`",
        "pipeline" => "it looks like this: `pipeline train on cluster_name { ... }`",
        "cluster" => "it looks like this: `cluster big extends base { ... }`",
        "environment" => "it looks like this: `environment ml { ... }`",
        "step" => "it looks like this: `step train on gpu after ingest { ... }`",
        "if" => "it looks like this: `if good: train.auc >= 0.8 { ... } else { ... }`",
        "for" => "it looks like this: `for each: item in items parallel 4 { step one { ... } }`",
        "python" => "it looks like this: `python pkg.module:function(a = x, b)`",
        "notebook" => "it looks like this: `notebook \"./path.py\"(a = x)`",
        "script" => "it looks like this: `script \"./path.py\"(\"--flag\", x)`",
        "sql" => "it looks like this: `sql \"./query.sql\"(a = x) { warehouse_id = w }`",
        "dbt" => "it looks like this: `dbt \"./project\"(\"dbt build\") { warehouse_id = w }`",
        "run" => "it looks like this: `run other_pipeline(a = x)`",
        _ => "an entry is `name = value` or `name { ... }`",
    }
}
