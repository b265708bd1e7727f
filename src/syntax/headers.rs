//! Habits of other languages in the headers of declarations.

use std::ops::Range;

use super::line::{Line, Proposal, on_disk, one_edit};
use super::messages;
use super::words;
use crate::diag::closest_match;

/// `step load (region in regions) {`, `step load [region in regions] {`, `step load for region in regions {`.
pub(super) fn family_brackets(line: &Line<'_>) -> Option<Proposal> {
    if line.first() != "step" {
        return None;
    }
    let name = line.word(line.skip("step".len()));
    let rest = line.from(name.end);
    let inside =
        rest.trim_start().strip_prefix("for ").or_else(|| rest.trim_start().strip_prefix(['[', '(', '<', '{']))?;
    let open = name.end + rest.len() - inside.len();
    let variable = line.word(line.skip(open));
    let keyword = line.word(line.skip(variable.end));
    if line.slice(keyword.clone()) != "in" {
        return None;
    }
    let list = line.skip(keyword.end);
    let tail = line.from(list);
    let mut depth = 0usize;
    let len = tail.find(|c| match c {
        '[' | '(' => {
            depth += 1;
            false
        }
        ')' | ']' if depth > 0 => {
            depth -= 1;
            false
        }
        _ => depth == 0 && matches!(c, ')' | ']' | '>' | '{'),
    })?;
    let closes = usize::from(!tail.get(len..)?.starts_with('{'));
    let at = name.end..list + len + closes;
    let meant = format!("[{} in {}]", line.slice(variable), tail.get(..len)?.trim_end());
    let message = messages::family_brackets(line.span(&at), &meant);
    Proposal::one(at, format!("{meant} "), message)
}

/// `cluster big(base) {`, `cluster big: base {`, `cluster big < base {`.
pub(super) fn base_in_other_form(line: &Line<'_>) -> Option<Proposal> {
    if !matches!(line.first(), "cluster" | "environment") {
        return None;
    }
    let name = line.word(line.skip(line.word(0).end));
    let mark = line.skip(name.end);
    let base = line.word(line.skip(mark + 1));
    if !line.slice(mark..mark + 1).starts_with(['(', ':', '<']) || base.is_empty() {
        return None;
    }
    let end = base.end + usize::from(line.slice(base.end..base.end + 1) == ")");
    let at = name.end..end;
    let meant = format!(" extends {}", line.slice(base));
    let message = messages::base_in_other_form(line.span(&at), meant.trim());
    Proposal::one(at, meant, message)
}

/// `after good.true`, `after good == true`.
pub(super) fn outcome_after_dot(line: &Line<'_>) -> Option<Proposal> {
    let after = line.find("after ", 0)?;
    let name = line.word(line.skip(after.end));
    let outcome = line.word(line.skip_while(name.end, |c| matches!(c, '.' | ' ' | '=')));
    let is_outcome = matches!(line.slice(outcome.clone()), "true" | "false");
    if !is_outcome || name.is_empty() || outcome.start == name.end {
        return None;
    }
    let at = name.end..outcome.end;
    let meant = format!(" is {}", line.slice(outcome));
    let message = messages::outcome_in_other_form(line.span(&at), &format!("{}{meant}", line.slice(name)), &meant);
    Proposal::one(at, meant, message)
}

/// `after [a, b]`, `after (a, b)`, `after a and b`.
pub(super) fn bracketed_steps(line: &Line<'_>) -> Option<Proposal> {
    let after = line.find("after ", 0)?;
    let start = line.skip(after.end);
    let rest = line.from(start);
    let len = rest.find([')', ']']).map(|at| at + 1).or_else(|| rest.find(['{', ':']))?;
    let written = rest.get(..len)?.trim_end();
    let names: Vec<&str> = written
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| !matches!(*word, "" | "and" | "or"))
        .collect();
    let is_list = written.starts_with(['[', '(']) || written.contains(" and ") || written.contains("&&");
    if !is_list || names.is_empty() {
        return None;
    }
    let at = start..start + written.len();
    let meant = names.join(", ");
    let message = messages::bracketed_steps(line.span(&at), &meant);
    Proposal::one(at, meant, message)
}

/// `parallel = 4`, `parallel(4)`.
pub(super) fn assigned_parallel(line: &Line<'_>) -> Option<Proposal> {
    let word = line.find("parallel", 0)?;
    let number = line.word(line.skip_while(word.end, |c| matches!(c, ' ' | '=' | ':' | '(')));
    let end = number.end + usize::from(line.slice(number.end..number.end + 1) == ")");
    let at = word.end..end;
    if number.is_empty() || line.slice(word.end..number.start).trim().is_empty() {
        return None;
    }
    let meant = format!(" {}", line.slice(number));
    let message = messages::assigned_parallel(line.span(&at), &meant);
    Proposal::one(at, meant, message)
}

/// `if good train.auc > 0.8 {`, `for each region in regions {`.
pub(super) fn missing_colon_after_name(line: &Line<'_>) -> Option<Proposal> {
    if !matches!(line.first(), "if" | "for") {
        return None;
    }
    let name = line.word(line.skip(line.word(0).end));
    let next = line.token(line.skip(name.end));
    if name.is_empty() || line.slice(next.clone()).starts_with(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
        return None;
    }
    let at = name.end..name.end;
    let message = messages::missing_mark(line.span(&next), line.slice(next.clone()), ":", ":", line.span(&at));
    Proposal::one(at, ":", message)
}

/// `if train.auc > 0.8 {`, `for region in regions {`.
pub(super) fn loop_or_condition_without_name(line: &Line<'_>) -> Option<Proposal> {
    let word = line.word(0);
    let name = match line.first() {
        "if" => "check",
        "for" => "each",
        _ => return None,
    };
    let start = line.skip(word.end);
    // Parentheses around a condition are another habit.
    let close = line.text.rfind(')').filter(|_| line.slice(start..start + 1) == "(");
    let edits = match close {
        Some(close) => vec![(start..start + 1, format!("{name}: ")), (close..close + 1, String::new())],
        None => vec![(start..start, format!("{name}: "))],
    };
    let keyword = line.span(&word);
    let message = messages::without_name(keyword, line.slice(word), name, on_disk(line, &edits));
    Some(Proposal { edits, message })
}

/// `cluster a exteds b {`, `for x: a i xs {`: the word where the grammar stops.
pub(super) fn misspelled_slot(line: &Line<'_>) -> Option<Proposal> {
    slot(line, line.word(line.at))
}

/// As before, if the grammar stops after the word.
pub(super) fn misspelled_slot_before(line: &Line<'_>) -> Option<Proposal> {
    slot(line, line.word_before(line.end_before(line.at)))
}

fn slot(line: &Line<'_>, at: Range<usize>) -> Option<Proposal> {
    const SLOTS: [&str; 7] = ["extends", "on", "after", "parallel", "in", "is", "else"];
    let text = line.slice(at.clone());
    let near = match text.len() {
        0 => None,
        1..=3 => SLOTS.into_iter().find(|w| w.len() <= 3 && one_edit(text, w)),
        _ => closest_match(text, SLOTS),
    };
    let near = foreign_slot(text).or(near)?;
    let message = messages::unknown_keyword(text, line.span(&at), Some(near));
    Proposal::one(at, near, message)
}

/// What other tools call a word of a header.
fn foreign_slot(word: &str) -> Option<&'static str> {
    match word {
        "depends_on" | "needs" | "requires" | "then" => Some("after"),
        "using" | "with" | "uses" | "at" => Some("on"),
        "inherits" | "from" | "of" => Some("extends"),
        "concurrency" => Some("parallel"),
        _ => None,
    }
}

/// Anything else before the `{` of a declaration.
pub(super) fn junk_in_header(line: &Line<'_>) -> Option<Proposal> {
    words::openers().find(|w| *w == line.first() && *w != "else")?;
    let open = line.text.rfind('{').filter(|open| line.at < *open)?;
    let at = line.at..line.end_before(open);
    let message = messages::not_in_header(line.span(&at), line.slice(at.clone()));
    Proposal::one(at, "", message)
}

/// `step a = python m:f()`.
pub(super) fn assigned_step(line: &Line<'_>) -> Option<Proposal> {
    if line.first() != "step" || !line.rest().starts_with('=') {
        return None;
    }
    let end = line.line_end(line.at);
    let call = line.slice(line.skip(line.at + 1)..end).to_owned();
    let mark = line.at..line.at + 1;
    let name = line.word(line.skip("step".len()));
    if line.skip(name.end) != line.at {
        return None;
    }
    let has_block = call.starts_with('{');
    let edits = match has_block {
        true => vec![(mark.clone(), String::new())],
        false => vec![(mark.clone(), "{".to_owned()), (end..end, " }".to_owned())],
    };
    let call = if has_block { "...".to_owned() } else { call };
    let message = messages::assigned_step(line.span(&mark), &call, on_disk(line, &edits));
    Some(Proposal { edits, message })
}
