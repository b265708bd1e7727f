//! Strings: escapes, interpolations, and indentation of multi-line strings.

use pest::Parser as _;
use smol_str::SmolStr;

use super::ast::{StrLit, StrPart, Value, ValueKind};
use super::build::value;
use super::context::{Pair, ParseContext};
use super::messages;
use super::rules::{PipeParser, Rule};
use crate::diag::Diagnostics;
use crate::source::Span;

/// Parses a string or multi-line string.
pub(super) fn string(cx: &ParseContext<'_>, base: usize, pair: Pair<'_>, diagnostics: &mut Diagnostics) -> StrLit {
    let span = cx.span(base, &pair);
    let triple = pair.as_rule() == Rule::triple;
    let mut whole = String::new();
    let mut place: Option<Span> = None;
    let mut push = |text: &str, at: Span| {
        if !text.is_empty() {
            whole.push_str(text);
            place = Some(Span { end: at.end, ..place.unwrap_or(at) });
        }
    };
    let (start, written) = (pair.as_span().start(), pair.as_str());
    let mut references: Vec<Value> = Vec::new();
    let mut marks: Vec<Span> = Vec::new();
    for part in pair.into_inner() {
        let at = cx.span(base, &part);
        match part.as_rule() {
            // CRLF in a multi-line string is one line break, so that the value does not depend on the checkout.
            Rule::triple_text if part.as_str().contains('\r') => push(&part.as_str().replace("\r\n", "\n"), at),
            Rule::text | Rule::triple_text | Rule::dollar | Rule::triple_mark => push(part.as_str(), at),
            Rule::escape => match escape(part.as_str()) {
                Some(c) => push(c.encode_utf8(&mut [0; 4]), at),
                None => {
                    diagnostics.push(messages::bad_escape(at, part.as_str()));
                }
            },
            Rule::bad_interpolation => {
                let end = part.as_span().end();
                let rest = written.get(end - start..).unwrap_or("");
                let name =
                    rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '.')).unwrap_or(rest.len());
                let name_end = base + end + name;
                let close = (name > 0).then(|| cx.at(name_end, name_end));
                diagnostics.push(messages::unclosed_interpolation(at, close));
            }
            Rule::interpolation => {
                references.push(interpolation(cx, base, &part, diagnostics));
                // A character that no string can contain marks the place until the parts are assembled.
                marks.push(at);
                push("\u{0}", at);
            }
            _ => {}
        }
    }
    let mut references = references.into_iter();
    let mut marks = marks.into_iter();
    if triple {
        whole = dedent(whole);
    }
    let mut out = Vec::new();
    if let Some(at) = place.filter(|_| !whole.is_empty()) {
        let mut start = at.start;
        for piece in whole.split('\u{0}') {
            let mark = marks.next();
            if !piece.is_empty() {
                let end = mark.map_or(at.end, |m| m.start);
                out.push(StrPart::Text(SmolStr::from(piece), Span { start, end, ..at }));
            }
            if let (Some(mark), Some(reference)) = (mark, references.next()) {
                out.push(StrPart::Reference(Box::new(reference)));
                start = mark.end;
            }
        }
    }
    out.shrink_to_fit();
    StrLit { span, parts: out }
}

fn escape(text: &str) -> Option<char> {
    Some(match text.get(1..)? {
        "\"" => '"',
        "\\" => '\\',
        "n" => '\n',
        "t" => '\t',
        "r" => '\r',
        "$" => '$',
        other => {
            let hex = other.strip_prefix("u{")?.strip_suffix('}')?;
            char::from_u32(u32::from_str_radix(hex, 16).ok()?).filter(|c| *c != '\0')?
        }
    })
}

fn interpolation(cx: &ParseContext<'_>, base: usize, pair: &Pair<'_>, diagnostics: &mut Diagnostics) -> Value {
    let span = cx.span(base, pair);
    let inner = pair.as_str().strip_prefix("${").and_then(|s| s.strip_suffix('}')).unwrap_or("");
    let parsed = PipeParser::parse(Rule::strict_reference, inner);
    let from = base + pair.as_span().start() + 2;
    if let Some(reference) = parsed.ok().and_then(|mut p| p.next()).and_then(|p| p.into_inner().next()) {
        return value(cx, from, reference, diagnostics);
    }
    diagnostics.push(messages::not_a_reference(span, pair.as_str()));
    Value { span, kind: ValueKind::Bad }
}

/// Removes the line break after the opening quotes and the common indentation, including that of the closing quotes.
fn dedent(text: String) -> String {
    let Some(body) = text.strip_prefix('\n') else { return text };
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let last = body.rsplit('\n').next().map_or(0, indent);
    let filled = body.split('\n').filter(|l| !l.trim().is_empty()).map(indent);
    let indent = filled.chain([last]).min().unwrap_or(0);
    let mut out = String::with_capacity(body.len());
    for (i, line) in body.split('\n').enumerate() {
        if i > 0 {
            out.push('\n');
        }
        out.push_str(line.get(indent..).unwrap_or(""));
    }
    out
}
