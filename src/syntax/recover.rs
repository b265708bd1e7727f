//! Explains why a line does not parse and cannot be corrected: parses it again with the strict rule, and reports the
//! furthest position.

use pest::Parser as _;
use pest::error::ErrorVariant;

use super::context::ParseContext;
use super::line::furthest;
use super::messages;
use super::rules::{PipeParser, Rule, describe};
use super::words;
use crate::diag::Diagnostic;

/// The message for text that the grammar accepted as an invalid line; it begins at `start`.
pub(super) fn explain(cx: &ParseContext<'_>, start: usize, text: &str) -> Diagnostic {
    let first_len = text.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
    let first = text.get(..first_len).unwrap_or("");
    let first_span = cx.at(start, start + first_len);
    let rest = text.get(first_len..).unwrap_or("").trim_start();
    let is_keyword = words::openers().any(|w| w == first);
    let (at, expected) = match PipeParser::parse(Rule::strict, text) {
        Ok(_) => (0, Vec::new()),
        Err(error) => {
            let mut words: Vec<&str> = match &error.variant {
                ErrorVariant::ParsingError { positives, .. } => positives.iter().filter_map(|r| describe(*r)).collect(),
                ErrorVariant::CustomError { .. } => Vec::new(),
            };
            words.sort_unstable();
            words.dedup();
            (furthest(&error), words)
        }
    };
    let at = at.min(text.len());
    let word = word_at(text, at);
    let place = cx.at(start + at, start + at + word.len());
    let first_line = text.lines().next().unwrap_or("");
    if text.starts_with("else if") {
        return messages::else_if(cx.at(start, start + "else if".len()));
    }
    if text.starts_with("else") {
        return messages::else_without_if(first_span);
    }
    if first.is_empty() && text.starts_with("- ") {
        return messages::dash_list(cx.at(start, start + 1));
    }
    if is_keyword && at == 0 {
        return messages::incomplete(cx.at(start, start + text.len()), first);
    }
    let is_name = rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '`'));
    if !is_keyword && is_name && first_line.ends_with('{') {
        return messages::unknown_keyword(first, first_span, None);
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
