//! Explains why a line does not parse: parses it again with the strict rule, and reports the furthest position.

use pest::Parser as _;
use pest::error::{ErrorVariant, InputLocation};

use super::context::ParseContext;
use super::messages;
use super::rules::{PipeParser, Rule, describe};
use super::words;
use crate::diag::{Diagnostic, closest_match};
use crate::source::Span;

/// The message for text that the grammar accepted as an invalid line.
pub(super) fn explain(cx: &ParseContext<'_>, span: Span) -> Diagnostic {
    let text = cx.text.get(span.start as usize..span.end as usize).unwrap_or("");
    let first_len = text.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
    let first = text.get(..first_len).unwrap_or("");
    let first_span = Span { end: span.start + first_len as u32, ..span };
    let rest = text.get(first_len..).unwrap_or("").trim_start();
    let is_keyword = words::openers().any(|w| w == first);
    if !first.is_empty() && !is_keyword && !rest.starts_with('=') && !rest.starts_with('{') {
        let near = closest_match(first, words::openers());
        if near.is_some() && !rest.is_empty() {
            return messages::unknown_word(first, first_span, near);
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
    let first_line = text.lines().next().unwrap_or("");
    if text.starts_with("else if") {
        return messages::else_if(Span { end: span.start + 7, ..span });
    }
    if text.starts_with("else") {
        return messages::else_without_if(first_span);
    }
    if matches!(first, "for" | "if") && is_keyword && !first_line.contains(':') {
        return messages::without_name(first_span, first);
    }
    if is_keyword && at == 0 {
        return messages::incomplete(span, first);
    }
    let keyword = is_keyword.then_some(first);
    messages::unexpected(place, word, &expected, keyword, at > 0 && first_line.len() >= at)
}

/// The word or character at `at`.
fn word_at(text: &str, at: usize) -> &str {
    let rest = text.get(at..).unwrap_or("");
    let len = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
    let end = if len > 0 { len } else { rest.chars().next().filter(|c| !c.is_whitespace()).map_or(0, char::len_utf8) };
    rest.get(..end).unwrap_or("")
}
