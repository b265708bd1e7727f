//! Habits of other languages, and misspelled keywords: where the grammar stops, each proposes an edit.

use std::ops::Range;

use pest::Parser as _;

use super::headers::{
    assigned_parallel, assigned_step, base_in_other_form, bracketed_steps, family_brackets,
    loop_or_condition_without_name, missing_colon_after_name, misspelled_slot, misspelled_slot_before,
    outcome_after_dot,
};
use super::line::{Line, Proposal, applied, is_understood, on_disk, one_edit};
use super::messages;
use super::rules::{PipeParser, Rule};
use super::words;
use crate::diag::closest_match;

pub(super) type Habit = fn(&Line<'_>) -> Option<Proposal>;

/// The habits, most specific first.
pub(super) const HABITS: &[Habit] = &[
    misspelled_keyword,
    curly_quotes,
    single_quotes,
    slash_comment,
    semicolon,
    operator,
    second_comparison,
    dollar_braces,
    foreign_unit,
    dashed_range,
    module_without_colon,
    import_without_quotes,
    type_brackets,
    family_brackets,
    base_in_other_form,
    outcome_after_dot,
    bracketed_steps,
    assigned_parallel,
    number_in_other_form,
    loop_or_condition_without_name,
    missing_colon_after_name,
    quoted_name,
    unquoted_text,
    name_without_backticks,
    misspelled_slot,
    misspelled_slot_before,
    assigned_step,
    field_beside_call,
    missing_equals,
    missing_colon,
    missing_comma,
];

/// Keywords of other tools, and ours for the same.
const FOREIGN_KEYWORDS: &[(&str, &str)] = &[
    ("task", "step"),
    ("stage", "step"),
    ("node", "step"),
    ("job", "pipeline"),
    ("workflow", "pipeline"),
    ("dag", "pipeline"),
    ("flow", "pipeline"),
    ("job_cluster", "cluster"),
    ("compute", "cluster"),
    ("env", "environment"),
    ("variable", "var"),
    ("const", "let"),
    ("local", "let"),
    ("locals", "let"),
    ("def", "let"),
    ("parameter", "param"),
    ("input", "param"),
    ("include", "import"),
    ("from", "import"),
    ("use", "import"),
    ("returns", "output"),
    ("python_wheel", "python"),
    ("python_wheel_task", "python"),
    ("function", "python"),
    ("py", "python"),
    ("spark_python", "script"),
    ("call", "run"),
    ("run_job", "run"),
    ("trigger_job", "run"),
    ("foreach", "for"),
    ("for_each", "for"),
    ("wheel", "package"),
];

/// `stpe train {`, `task train {`, `i good: a > b {`.
fn misspelled_keyword(line: &Line<'_>) -> Option<Proposal> {
    let word = line.word(0);
    let text = line.slice(word.clone());
    if text.is_empty() || words::openers().any(|w| w == text) {
        return None;
    }
    let foreign = FOREIGN_KEYWORDS.iter().find(|(theirs, _)| *theirs == text).map(|(_, ours)| *ours);
    let short = ["if", "for", "let", "var", "run", "sql", "dbt"].into_iter().find(|w| one_edit(text, w));
    let near = foreign.or_else(|| closest_match(text, words::openers())).or(short)?;
    let message = messages::unknown_keyword(text, line.span(&word), Some(near));
    Proposal::one(word, near, message)
}

/// `“x”`, as word processors write quotes.
fn curly_quotes(line: &Line<'_>) -> Option<Proposal> {
    let is_curly = |c: char| matches!(c, '“' | '”' | '„' | '‘' | '’');
    let end = line.line_end(0);
    let edits: Vec<(Range<usize>, String)> =
        line.slice(0..end).match_indices(is_curly).map(|(at, mark)| (at..at + mark.len(), "\"".to_owned())).collect();
    let first = edits.first().filter(|(at, _)| at.start <= line.at)?.0.clone();
    let message = messages::curly_quotes(line.span(&first), line.slice(first.clone()), on_disk(line, &edits));
    Some(Proposal { edits, message })
}

/// `'x'`.
fn single_quotes(line: &Line<'_>) -> Option<Proposal> {
    let open = line.find("'", 0).filter(|open| open.start <= line.at)?;
    let close = line.find("'", open.end).filter(|close| !line.slice(open.end..close.start).contains('\n'))?;
    let content = line.slice(open.end..close.start);
    let string = line.span(&(open.start..close.end));
    // Others on the same line are the same mistake.
    let (mut from, end) = (close.end, line.line_end(close.end));
    let mut edits = vec![(open, "\"".to_owned()), (close, "\"".to_owned())];
    while let Some(mark) = line.find("'", from).filter(|mark| mark.end <= end) {
        from = mark.end;
        edits.push((mark, "\"".to_owned()));
    }
    let message = messages::single_quotes(string, content, on_disk(line, &edits));
    Some(Proposal { edits, message })
}

/// `num_workers = 2 // comment`.
fn slash_comment(line: &Line<'_>) -> Option<Proposal> {
    let mark = line.at..line.at + 2;
    let open = line.slice(0..line.at).matches('(').count() > line.slice(0..line.at).matches(')').count();
    let is_flag = line.slice(mark.end..mark.end + 1).starts_with(|c: char| !c.is_whitespace());
    if open || !matches!(line.slice(mark.clone()), "//" | "--") || line.slice(mark.clone()) == "--" && is_flag {
        return None;
    }
    let message = messages::foreign_comment(line.span(&mark), line.slice(mark.clone()));
    Proposal::one(mark, "#", message)
}

/// `num_workers = 2;`.
fn semicolon(line: &Line<'_>) -> Option<Proposal> {
    let mark = line.find(";", 0)?;
    let is_last = line.from(mark.end).trim().is_empty();
    let message = messages::semicolon(line.span(&mark), is_last);
    Proposal::one(mark, if is_last { " " } else { "," }, message)
}

/// `=<`, `=` in a condition, `==` in an entry.
fn operator(line: &Line<'_>) -> Option<Proposal> {
    let at = line.around(|c| matches!(c, '=' | '<' | '>' | '!' | ':'));
    let written = line.slice(at.clone());
    let meant = match (written, line.first()) {
        ("=<", _) => "<=",
        ("=>", _) => ">=",
        ("<>" | "=!" | "!==", _) => "!=",
        ("=" | "===", "if") => "==",
        ("==" | ":=", _) => "=",
        _ => return None,
    };
    let message = messages::unknown_operator(line.span(&at), written, meant);
    Proposal::one(at, meant, message)
}

/// `if good: a > 1 and b > 2 {`.
fn second_comparison(line: &Line<'_>) -> Option<Proposal> {
    if line.first() != "if" {
        return None;
    }
    let word = line.word(line.at);
    let len = if line.rest().starts_with("&&") || line.rest().starts_with("||") { 2 } else { word.len() };
    let at = line.at..line.at + len;
    let written = line.slice(at.clone());
    if !matches!(written, "and" | "or" | "&&" | "||") {
        return None;
    }
    let message = messages::second_comparison(line.span(&at), written);
    let end = line.find("{", at.end)?.start;
    Proposal::one(at.start..end, "", message)
}

/// `value = ${x}` outside of a string, `value = $x`.
fn dollar_braces(line: &Line<'_>) -> Option<Proposal> {
    if line.rest().starts_with('$') && !line.rest().starts_with("${") {
        let name = line.word(line.at + 1);
        let at = line.at..name.end;
        let inner = line.slice(name);
        let message = messages::interpolation_outside_string(line.span(&at), inner);
        return Proposal::one(at, inner, message);
    }
    let open = line.find("${", line.at.saturating_sub(1))?;
    let close = line.find("}", open.end)?;
    let inner = line.slice(open.end..close.start).trim().to_owned();
    let inner = inner.strip_prefix("var.").or_else(|| inner.strip_prefix("local.")).unwrap_or(&inner).to_owned();
    let at = open.start..close.end;
    let message = messages::interpolation_outside_string(line.span(&at), &inner);
    Proposal::one(at, inner, message)
}

/// `6hr`, `10min`, `30sec`.
fn foreign_unit(line: &Line<'_>) -> Option<Proposal> {
    let is_numeric = |at: &Range<usize>| line.slice(at.clone()).starts_with(|c: char| c.is_ascii_digit());
    let here = Some(line.word(line.at)).filter(is_numeric);
    let number = here.unwrap_or_else(|| line.word_before(line.end_before(line.at)));
    let written = line.slice(number.clone());
    let digits = written.bytes().take_while(u8::is_ascii_digit).count();
    let (amount, mut unit) = written.split_at_checked(digits).filter(|(a, _)| !a.is_empty())?;
    let mut end = number.end;
    if unit.is_empty() {
        // `10 min`
        let next = line.word(line.skip(end));
        (unit, end) = (line.slice(next.clone()), next.end);
    }
    let ours = match unit.to_ascii_lowercase().as_str() {
        "s" | "sec" | "secs" | "second" | "seconds" => 's',
        "m" | "min" | "mins" | "minute" | "minutes" => 'm',
        "h" | "hr" | "hrs" | "hour" | "hours" => 'h',
        "d" | "day" | "days" => 'd',
        _ => return None,
    };
    let at = number.start..end;
    let meant = format!("{amount}{ours}");
    let message = messages::foreign_unit(line.span(&at), line.slice(at.clone()), &meant);
    Proposal::one(at, meant, message)
}

/// `autoscale = 2-8`, `autoscale = 2...8`.
fn dashed_range(line: &Line<'_>) -> Option<Proposal> {
    let is_mark = |c: char| matches!(c, '-' | '.' | ' ' | ':');
    let before = line.slice(0..line.at).trim_end_matches(is_mark).len();
    let left = line.word_before(before);
    let right = line.word(line.skip_while(before, is_mark));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (low, high) = (line.slice(left.clone()), line.slice(right.clone()));
    if !is_number(low) || !is_number(high) || left.end == right.start {
        return None;
    }
    let at = left.start..right.end;
    let meant = format!("{low}..{high}");
    let message = messages::dashed_range(line.span(&at), line.slice(at.clone()), &meant);
    Proposal::one(at, meant, message)
}

/// `python churn.train.fit(a)`, `python churn..train:fit(a)`.
fn module_without_colon(line: &Line<'_>) -> Option<Proposal> {
    if line.first() != "python" {
        return None;
    }
    let start = line.skip("python".len());
    let rest = line.from(start);
    let len = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.')).count();
    let module = rest.get(..len)?;
    if let Some(dots) = module.find("..") {
        let at = start + dots..start + dots + 2;
        let message = messages::unknown_operator(line.span(&at), "..", ".");
        return Proposal::one(at, ".", message);
    }
    let dot = start + module.rfind('.')?;
    let function = line.slice(dot + 1..start + len);
    if function.is_empty() {
        return None;
    }
    let message = messages::module_without_colon(line.span(&(dot..dot + 1)), function);
    Proposal::one(dot..dot + 1, ":", message)
}

/// `import clusters.pipe`.
fn import_without_quotes(line: &Line<'_>) -> Option<Proposal> {
    if line.first() != "import" {
        return None;
    }
    let start = line.skip("import".len());
    let at = start..line.line_end(start);
    let path = line.slice(at.clone());
    if path.is_empty() || path.contains(['"', ' ', '`']) {
        return None;
    }
    let file = match path.strip_suffix(".pipe") {
        Some(_) => path.to_owned(),
        None => format!("{}.pipe", path.replace('.', "/")),
    };
    let meant = format!("\"{file}\"");
    let message = messages::path_without_quotes(line.span(&at), &meant);
    Proposal::one(at, meant, message)
}

/// `output files: list[string]`, `string[]`, `list<string`.
fn type_brackets(line: &Line<'_>) -> Option<Proposal> {
    if !matches!(line.first(), "let" | "var" | "param" | "output") {
        return None;
    }
    let start = line.skip(line.find(":", 0)?.end);
    let rest = line.slice(start..line.line_end(start));
    let written = rest.split('=').next().unwrap_or(rest).trim_end();
    let words: Vec<&str> = written.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let meant = match words.as_slice() {
        ["list" | "List" | "array", item] => format!("list<{item}>"),
        ["map" | "dict" | "Dict", item] | ["map" | "dict" | "Dict", _, item] => format!("map<{item}>"),
        [item] if written.contains(['[', '(']) => format!("list<{item}>"),
        _ => return None,
    };
    let at = start..start + written.len();
    let message = messages::type_brackets(line.span(&at), written, &meant);
    Proposal::one(at, meant, message)
}

/// `1.5h`, `1h30m`, `7_200`.
fn number_in_other_form(line: &Line<'_>) -> Option<Proposal> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
    let at = line.around(is_part);
    let written = line.slice(at.clone());
    if !written.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let plain = written.replace('_', "");
    let meant = if plain.bytes().all(|b| b.is_ascii_digit()) { plain } else { whole_duration(written)? };
    let message = messages::number_in_other_form(line.span(&at), written, &meant);
    Proposal::one(at, meant, message)
}

/// A duration in its largest whole unit: `90m` for `1.5h` and for `1h30m`.
fn whole_duration(written: &str) -> Option<String> {
    const UNITS: [(char, f64); 4] = [('d', 86_400.0), ('h', 3_600.0), ('m', 60.0), ('s', 1.0)];
    let mut seconds = 0.0;
    for part in written.split_inclusive(|c: char| c.is_ascii_alphabetic()) {
        let unit = part.chars().next_back()?;
        let amount: f64 = part.strip_suffix(unit)?.parse().ok()?;
        seconds += amount * UNITS.iter().find(|(name, _)| *name == unit)?.1;
    }
    let (unit, size) = UNITS.iter().find(|(_, size)| seconds % size == 0.0)?;
    (seconds > 0.0 && seconds < 1e9).then(|| format!("{}{unit}", (seconds / size) as u64))
}

/// `step "load" {`.
fn quoted_name(line: &Line<'_>) -> Option<Proposal> {
    let open = line.find("\"", 0).filter(|open| open.start <= line.at)?;
    let close = line.find("\"", open.end)?;
    let name = line.slice(open.end..close.start);
    if words::find(line.first()).is_none() || name.is_empty() || name.contains(['`', '\n', '\\', '$']) {
        return None;
    }
    let at = open.start..close.end;
    let meant = crate::source::quote_name(name);
    let message = messages::string_as_name(line.span(&at), meant.clone());
    Proposal::one(at, meant, message)
}

/// `step load-raw {`, `let größe = 1`.
fn name_without_backticks(line: &Line<'_>) -> Option<Proposal> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    let at = line.around(is_part);
    let name = line.slice(at.clone());
    let is_plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if is_plain || name.starts_with(['-', '.', '/']) || is_call(line.first()) {
        return None;
    }
    if line.slice(0..at.start).contains('=') {
        return None;
    }
    let is_reference = name.contains('.') && line.slice(0..at.start).contains(" after ");
    if is_reference {
        return None;
    }
    let message = messages::name_needs_backticks(line.span(&at), name);
    Proposal::one(at, format!("`{name}`"), message)
}

/// `sql "./a.sql" warehouse_id = w`.
fn field_beside_call(line: &Line<'_>) -> Option<Proposal> {
    let word = line.word(line.at);
    let call = line.slice(0..line.at).trim_end();
    let is_field = line.slice(line.skip(word.end)..line.text.len()).starts_with(['=', '{']);
    if word.is_empty() || !is_field || !is_call(line.first()) || !is_understood(call) {
        return None;
    }
    let end = line.line_end(line.at);
    // Whether it belongs to the step or to the call is unknown here.
    let edits = vec![(line.at..line.at, "{ ".to_owned()), (end..end, " }".to_owned())];
    let message = messages::field_beside_call(line.span(&word), line.slice(word.clone()));
    Some(Proposal { edits, message })
}

/// `num_workers 2`.
fn missing_equals(line: &Line<'_>) -> Option<Proposal> {
    if words::find(line.first()).is_some() || line.token(line.at).is_empty() {
        return None;
    }
    missing_mark(line, "=", "= ", line.at)
}

/// `output rows int`.
fn missing_colon(line: &Line<'_>) -> Option<Proposal> {
    if !matches!(line.first(), "let" | "var" | "param" | "output") {
        return None;
    }
    match line.rest().starts_with(|c: char| c.is_ascii_alphabetic()) {
        true => missing_mark(line, ":", ":", line.end_before(line.at)),
        false => missing_mark(line, "=", "= ", line.at),
    }
}

fn missing_mark(line: &Line<'_>, mark: &str, text: &str, place: usize) -> Option<Proposal> {
    let found = line.token(line.at);
    let at = place..place;
    let message = messages::missing_mark(line.span(&found), line.slice(found.clone()), mark, text, line.span(&at));
    Proposal::one(at, text, message)
}

/// `spark_version = 15.4.x-scala2.12`.
fn unquoted_text(line: &Line<'_>) -> Option<Proposal> {
    let equals = line.find("=", 0).filter(|equals| equals.end <= line.at)?;
    let start = line.skip(equals.end);
    let rest = line.slice(start..line.line_end(start));
    let len = rest.find([',', ' ', '}', ']', ')']).unwrap_or(rest.len());
    let at = start..start + len;
    let text = line.slice(at.clone());
    // A number in an unknown form would not fit in quotes.
    let is_text = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        || text.contains('-') && text.starts_with(|c: char| c.is_ascii_digit()) && text.contains(char::is_alphabetic);
    if !is_text || text.contains(['"', '`', '{', '[', '(']) || line.at > at.end {
        return None;
    }
    let message = messages::text_without_quotes(line.span(&at), text);
    Proposal::one(at, format!("\"{text}\""), message)
}

/// Two entries on one line; two values without a comma.
fn missing_comma(line: &Line<'_>) -> Option<Proposal> {
    let end = line.end_before(line.at);
    let next = line.token(line.at);
    let rest = line.rest();
    let is_value = rest.starts_with(['"', '{', '[']) || rest.starts_with(|c: char| c.is_ascii_alphanumeric());
    // A second entry must parse on its own; inside brackets, the whole is parsed.
    if !is_value || is_word(line.slice(0..end).chars().next_back()) && end == line.at {
        return None;
    }
    let corrected = applied(line.text, &[(end..end, ",".to_owned())]);
    let file = PipeParser::parse(Rule::file, &corrected).ok()?.next()?;
    if file.into_inner().any(|pair| pair.as_rule() == Rule::bad_line) {
        return None;
    }
    let message = messages::missing_comma(line.span(&next), line.slice(next.clone()), line.span(&(end..end)));
    Proposal::one(end..end, ",", message)
}

fn is_word(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn is_call(word: &str) -> bool {
    words::find(word).is_some_and(|w| w.slot == words::WordPosition::Call)
}
