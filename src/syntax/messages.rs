//! What the parser says: one constructor for each message, named after the mistake.

use super::ast::Ident;
use super::limits::{MAX_DEPTH, MAX_FILE};
use crate::diag::{Code, Diagnostic, closest_match};
use crate::source::{FileId, Span};

pub fn bad_escape(at: Span, escape: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::BadEscape, at, format!("`{}` is no escape", escape));
    d.help(r#"the escapes are `\"`, `\\`, `\n`, `\t`, `\r`, `\$` and `\u{...}`; a backslash itself is `\\`"#)
        .unsafe_fix("double the backslash", vec![(at.start_point(), "\\".to_owned())])
}

pub fn unclosed_interpolation(at: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadEscape, at, "this `${` is never closed");
    d.help("close it with `}`; for a literal `${` write `\\${`")
        .unsafe_fix("make it literal text", vec![(at.start_point(), "\\".to_owned())])
}

pub fn not_a_reference(span: Span, text: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::BadEscape, span, format!("`{}` is not a reference", text)).help(
        "`${...}` takes a name or a path such as `ingest.rows` and nothing else; for a literal `${` write `\\${`",
    );
    d.unsafe_fix("make it literal text", vec![(span.start_point(), "\\".to_owned())])
}

pub fn closes_too_early(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::StrayBracket, span, "this `}` closes too early: what follows is indented as inside");
    d.help("delete it, or move it to the end of the block").unsafe_fix("delete `}`", vec![(span, String::new())])
}

pub fn unclosed_backtick(at: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::UnclosedString, at, "this backtick is never closed");
    d.help("put a second backtick after the name")
}

pub fn second_brace(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::StrayBracket, span, "a second `{` in a row opens nothing");
    d.help("delete it").unsafe_fix("delete `{`", vec![(span, String::new())])
}

pub fn closes_nothing(span: Span, shown: char) -> Diagnostic {
    let d = Diagnostic::new(Code::StrayBracket, span, format!("this `{shown}` closes nothing"));
    d.help("delete it, or open what it closes").unsafe_fix(format!("delete `{shown}`"), vec![(span, String::new())])
}

pub fn control_characters_in_string(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(Code::BadText, span, format!("{what} in a string"))
        .help("write control characters as escapes, such as `\\u{1b}`")
}

pub fn control_characters(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(Code::BadText, span, format!("{what} outside of a string"))
        .help("delete the control characters; a `.pipe` file is UTF-8 text")
        .safe_fix("delete what is not text", vec![(span, String::new())])
}

pub fn unknown_word(first: &str, first_span: Span, near: Option<&str>) -> Diagnostic {
    Diagnostic::new(Code::UnknownKeyword, first_span, format!("`{first}` is no keyword"))
        .closest_match(first_span, near)
}

pub fn else_if(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::NotUnderstood, span, "there is no `else if`");
    d.help("nest the second one: `else { if name: condition { ... } }`")
}

pub fn else_without_if(first_span: Span) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, first_span, "this `else` belongs to no `if`")
        .help("`else { ... }` follows the closing brace of an `if`")
}

pub fn without_name(first_span: Span, first: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::NotUnderstood, first_span, format!("this `{first}` has no name"));
    d.help(shape(first))
}

pub fn incomplete(span: Span, first: &str) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, span, format!("this `{first}` is not complete")).help(shape(first))
}

pub fn file_too_large(file: FileId, length: usize) -> Diagnostic {
    let message = format!("the file has {} bytes; pipec reads at most {MAX_FILE}", length);

    Diagnostic::new(Code::TooDeep, Span::new(file, 0, 0), message).help("split the file, and `import` the parts")
}

pub fn lone_carriage_return(file: FileId, at: usize) -> Diagnostic {
    let d = Diagnostic::new(
        Code::BadText,
        Span::new(file, at as u32, at as u32 + 1),
        "a carriage return alone ends no line",
    );
    d.help("save the file with `\\n` or `\\r\\n` line ends")
}

pub fn brackets_too_deep(span: Span) -> Diagnostic {
    let message = format!("brackets are nested more than {MAX_DEPTH} deep here");

    Diagnostic::new(Code::TooDeep, span, message).help("use `let` or a file of its own for the inner part")
}

pub fn hidden_text(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::HiddenText, span, "an invisible mark changes the order in which this text is shown");
    d.help("delete it; in a string, write it as an escape such as `\\u{202e}`")
        .unsafe_fix("delete the mark", vec![(span, String::new())])
}

pub fn brace_on_next_line(brace: Span, place: Span, between: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadHeader, brace, "this `{` belongs on the line above");
    d.with_label(place, "the head ends here")
        .help("a head and its `{` stand on one line")
        .safe_fix("move the `{` up", vec![(between, " ".to_owned())])
}

pub fn header_without_brace(place: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadHeader, place, "this head has no `{`");
    d.help("add it at the end of the line").unsafe_fix("add `{`", vec![(place, " {".to_owned())])
}

pub fn unclosed_bracket(open: Span, o: char, c: char) -> Diagnostic {
    let d = Diagnostic::new(Code::UnclosedBracket, open, format!("this `{o}` is never closed"));
    d.label("opened here").help(format!("add `{c}` where the block, list or call ends"))
}

pub fn body_too_deep(at: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::TooDeep, at, "this part of the file is too deeply nested to read");
    d.help("use `let` or a file of its own for the inner part")
}

pub fn not_in_header(junk: Span, text: &str, word: Span, first: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::BadHeader, junk, format!("`{text}` does not belong in this head"));
    let near = closest_match(first, ["extends", "on", "after", "parallel", "in"]);
    match near {
        Some(_) => d.closest_match(word, near),
        None => d.help("a head is: keyword, name, then `extends x`, `on x`, `after x, y` in this order, then `{`"),
    }
}

pub fn header_order(part: Span, text: &str, twice: bool) -> Diagnostic {
    let what = if twice { "stands twice" } else { "stands too late" };
    let d = Diagnostic::new(Code::BadHeader, part, format!("`{text}` {what} in this head"));
    d.help("the order is `extends`, `on`, `after`; several steps after one `after` stand between commas")
}

pub fn name_needs_backticks(span: Span, whole: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::NeedsBackticks, span, format!("the name `{whole}` needs backticks"));
    d.help("a name that is more than letters, digits and `_` stands between two backticks")
        .safe_fix("put it in backticks", vec![(span, format!("`{}`", whole.replace('`', "")))])
}

pub fn unknown_keyword(word: &Ident, near: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownKeyword, word.span, format!("`{}` is no keyword", word.text));
    match near {
        Some(_) => d.closest_match(word.span, near),
        None => d.help(
            "a block with a name begins with `step`, `cluster`, `environment`, `pipeline`, `target`, `if` or `for`; \
             a field is `name = value` or `name { ... }`",
        ),
    }
}

pub fn set_with_colon(at: Span, key: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::NotUnderstood, at, format!("`{}` is set with `=`, not `:`", key));
    d.help("write `=`").safe_fix("replace `:` by `=`", vec![(at, " =".to_owned())])
}

pub fn missing_value(at: Span, key: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::MissingValue, at.end_point(), format!("`{}` has no value", key));
    d.label("a value is missing here").help("write one, or `none` to leave the field out on purpose")
}

pub fn string_as_name(span: Span, quoted: String) -> Diagnostic {
    let d = Diagnostic::new(Code::NeedsBackticks, span, "a name is not a string");
    d.help("names stand in backticks, texts in quotes").safe_fix("use backticks", vec![(span, quoted)])
}

/// `triple` says which quotes open it; `stop` is where a string of one line was probably meant to end.
pub fn unclosed_string(string: Span, triple: bool, stop: Span) -> Diagnostic {
    let quotes = if triple { "`\"\"\"`" } else { "`\"`" };
    let d = Diagnostic::new(Code::UnclosedString, string, "this string is never closed")
        .label("opened here")
        .help(format!("close it with {quotes}; a string of several lines stands between `\"\"\"` and `\"\"\"`"));
    if triple { d } else { d.unsafe_fix("close the string", vec![(stop, "\"".to_owned())]) }
}

/// A word, or the end of the line, where the grammar expects something else. `keyword` is the one that the text begins
/// with, if any; `on_first_line` that the place is within the first line of the text.
pub fn unexpected(
    place: Span,
    word: &str,
    expected: &[&str],
    keyword: Option<&str>,
    on_first_line: bool,
) -> Diagnostic {
    let found = if word.is_empty() { "the end of the line".to_owned() } else { format!("`{word}`") };
    let d = Diagnostic::new(Code::NotUnderstood, place, format!("{found} is not expected here"));
    let d = if expected.is_empty() { d } else { d.label(format!("expected {}", expected.join(" or "))) };
    let d = if expected.contains(&"`=`") && keyword.is_none() && !word.is_empty() {
        d.unsafe_fix("put `=` before it", vec![(place.start_point(), "= ".to_owned())])
    } else {
        d
    };
    match keyword {
        Some(keyword) => d.help(shape(keyword)),
        None if !on_first_line => {
            d.help("an entry is `name = value`, `name { ... }`, a declaration such as `step x { ... }`, or a call")
        }
        None => d.help(
            "an entry is `name = value` or `name { ... }`; entries stand on lines of their own or between commas",
        ),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::samples::{AT, called, compare, listing, samples};

    samples! {
        &'static Ident: ident(), ident();
    }

    fn ident() -> &'static Ident {
        Box::leak(Box::new(Ident { text: "thing".into(), span: AT, quoted: false }))
    }

    #[test]
    fn every_message_is_read() {
        let called = called! {
            bad_escape unclosed_interpolation not_a_reference closes_too_early unclosed_backtick second_brace closes_nothing control_characters_in_string control_characters unknown_word else_if else_without_if without_name incomplete file_too_large lone_carriage_return brackets_too_deep hidden_text brace_on_next_line header_without_brace unclosed_bracket body_too_deep not_in_header header_order name_needs_backticks unknown_keyword set_with_colon missing_value string_as_name unclosed_string unexpected
        };
        compare("syntax", &listing(&[include_str!("messages.rs")], called));
    }
}
