//! Messages of the parser: one constructor per message, named after the mistake.

use super::limits::{MAX_DEPTH, MAX_FILE};
use crate::diag::{Code, Diagnostic};
use crate::source::literal::map_key;
use crate::source::{FileId, Span};

pub fn bad_escape(at: Span, escape: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::BadEscape, at, format!("unknown escape `{}`", escape));
    d.help(r#"use one of `\"`, `\\`, `\n`, `\t`, `\r`, `\$` and `\u{...}`; write `\\` for a backslash"#)
        .unsafe_fix("double the backslash", vec![(at.start_point(), "\\".to_owned())])
}

/// `end` is where the name after it ends.
pub fn unclosed_interpolation(at: Span, end: Option<Span>) -> Diagnostic {
    let d = Diagnostic::new(Code::BadEscape, at, "unclosed `${`");
    let d = d.help("close it with `}`, or write `\\${` for a literal `${`");
    match end {
        Some(end) => d.unsafe_fix("close it", vec![(end, "}".to_owned())]),
        None => d.unsafe_fix("escape the `$`", vec![(at.start_point(), "\\".to_owned())]),
    }
}

pub fn not_a_reference(span: Span, text: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::BadEscape, span, format!("`{}` is not a reference", text))
        .help("put a name or a path such as `ingest.rows` between `${` and `}`, or write `\\${` for a literal `${`");
    d.unsafe_fix("escape the `$`", vec![(span.start_point(), "\\".to_owned())])
}

pub fn closes_too_early(span: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::StrayBracket,
        span,
        "this `}` closes the block too early: the next lines are indented as part of it",
    );
    d.help("delete it, or move it to the end of the block").unsafe_fix("delete `}`", vec![(span, String::new())])
}

pub fn unclosed_backtick(at: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::UnclosedString, at, "unclosed backtick");
    d.help("add a backtick after the name")
}

pub fn second_brace(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::StrayBracket, span, "unexpected second `{`");
    d.help("delete it").unsafe_fix("delete `{`", vec![(span, String::new())])
}

pub fn closes_nothing(span: Span, shown: char) -> Diagnostic {
    let d = Diagnostic::new(Code::StrayBracket, span, format!("unmatched `{shown}`"));
    d.help("delete it, or add the opening bracket").unsafe_fix(format!("delete `{shown}`"), vec![(span, String::new())])
}

pub fn control_characters_in_string(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(Code::BadText, span, format!("{what} in a string"))
        .help("write control characters as escapes, such as `\\u{1b}`")
}

pub fn control_characters(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(Code::BadText, span, format!("{what} outside a string"))
        .help("delete the control characters; `.pipe` files are UTF-8 text")
        .safe_fix("delete the control characters", vec![(span, String::new())])
}

pub fn else_if(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::NotUnderstood, span, "`else if` is not supported");
    d.help("nest the second `if`: `else { if name: condition { ... } }`")
}

/// `between` is the text between the `}` of the `if` and the `else`.
pub fn separated_else(word: Span, between: Span) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, word, "`else` is separated from its `if`")
        .help("put it directly after the closing brace")
        .unsafe_fix("remove what is between them", vec![(between, " ".to_owned())])
}

pub fn else_without_if(first_span: Span) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, first_span, "`else` without `if`")
        .help("put `else { ... }` after the closing brace of an `if`")
}

/// `edits` add a name.
pub fn without_name(keyword: Span, word: &str, name: &str, edits: Vec<(Span, String)>) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, keyword, format!("`{word}` without a name"))
        .help(format!("put a name before it, such as `{name}:`"))
        .unsafe_fix(format!("name it `{name}`"), edits)
}

/// `edits` replace all such quotes of the line.
pub fn single_quotes(string: Span, content: &str, edits: Vec<(Span, String)>) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, string, "string in single quotes")
        .help(format!("write `\"{content}\"`"))
        .unsafe_fix("use double quotes", edits)
}

/// `edits` replace all such quotes of the line.
pub fn curly_quotes(mark: Span, written: &str, edits: Vec<(Span, String)>) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, mark, format!("`{written}` is not a quote"))
        .help("use straight double quotes")
        .unsafe_fix("use straight quotes", edits)
}

pub fn type_brackets(at: Span, written: &str, meant: &str) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, at, format!("`{written}` is not a type")).instead(at, meant)
}

pub fn family_brackets(at: Span, meant: &str) -> Diagnostic {
    Diagnostic::new(Code::BadHeader, at, "the elements of a step family are in brackets after its name")
        .help(format!("write `{meant}` directly after the name"))
        .unsafe_fix(format!("use `{meant}`"), vec![(at, format!("{meant} "))])
}

pub fn base_in_other_form(at: Span, meant: &str) -> Diagnostic {
    Diagnostic::new(Code::BadHeader, at, "what a declaration extends follows `extends`")
        .help(format!("write `{meant}`"))
        .unsafe_fix(format!("use `{meant}`"), vec![(at, format!(" {meant}"))])
}

pub fn outcome_in_other_form(at: Span, meant: &str, edit: &str) -> Diagnostic {
    Diagnostic::new(Code::BadHeader, at, "the outcome of a condition follows `is`")
        .help(format!("write `{meant}`"))
        .unsafe_fix(format!("use `{meant}`"), vec![(at, edit.to_owned())])
}

pub fn bracketed_steps(at: Span, meant: &str) -> Diagnostic {
    Diagnostic::new(Code::BadHeader, at, "the steps after `after` are separated by commas, without brackets")
        .instead(at, meant)
}

pub fn assigned_parallel(at: Span, meant: &str) -> Diagnostic {
    Diagnostic::new(Code::BadHeader, at, "`parallel` is followed by a number")
        .help(format!("write `parallel{meant}`"))
        .unsafe_fix(format!("use `parallel{meant}`"), vec![(at, meant.to_owned())])
}

pub fn number_in_other_form(at: Span, written: &str, meant: &str) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, at, format!("`{written}` is not a number or a duration")).instead(at, meant)
}

pub fn foreign_comment(mark: Span, written: &str) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, mark, format!("comments do not start with `{written}`"))
        .help("start them with `#`")
        .unsafe_fix("use `#`", vec![(mark, "#".to_owned())])
}

pub fn semicolon(mark: Span, is_last: bool) -> Diagnostic {
    let d = Diagnostic::new(Code::NotUnderstood, mark, "entries are not separated by `;`");
    match is_last {
        true => d.help("delete it").unsafe_fix("delete it", vec![(mark, String::new())]),
        false => d.help("use a comma or a line break").unsafe_fix("use a comma", vec![(mark, ",".to_owned())]),
    }
}

pub fn unknown_operator(operator: Span, written: &str, meant: &str) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, operator, format!("unexpected `{written}`")).instead(operator, meant)
}

pub fn second_comparison(word: Span, written: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::NotUnderstood, word, format!("`{written}` is not supported in a condition"));
    match written {
        "and" | "&&" => d.help("put the second comparison into an `if` inside this one"),
        _ => d.help("write one `if` for each comparison"),
    }
}

pub fn interpolation_outside_string(at: Span, name: &str) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, at, "`${` outside a string").instead(at, name)
}

pub fn foreign_unit(at: Span, written: &str, meant: &str) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, at, format!("unknown unit in `{written}`"))
        .help(format!("write `{meant}`; the units are `s`, `m`, `h` and `d`"))
        .unsafe_fix(format!("use `{meant}`"), vec![(at, meant.to_owned())])
}

pub fn dashed_range(at: Span, written: &str, meant: &str) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, at, format!("`{written}` is not a range")).instead(at, meant)
}

pub fn dash_list(dash: Span) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, dash, "lists are not written with `-`")
        .help("put the values in brackets, separated by commas")
}

pub fn module_without_colon(dot: Span, function: &str) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, dot, format!("missing `:` before the function `{function}`"))
        .help("separate the module and the function with `:`")
        .unsafe_fix("use `:`", vec![(dot, ":".to_owned())])
}

pub fn path_without_quotes(at: Span, meant: &str) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, at, "path without quotes")
        .help(format!("write `{meant}`"))
        .unsafe_fix("put it in quotes", vec![(at, meant.to_owned())])
}

pub fn text_without_quotes(at: Span, text: &str) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, at, "string without quotes")
        .help(format!("write `\"{text}\"`"))
        .unsafe_fix("put it in quotes", vec![(at, format!("\"{text}\""))])
}

/// `edits` put the call into a block.
pub fn assigned_step(equals: Span, call: &str, edits: Vec<(Span, String)>) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, equals, "a step has a block, not a value")
        .help(format!("write `{{ {call} }}`"))
        .unsafe_fix("use a block", edits)
}

pub fn field_beside_call(key: Span, name: &str) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, key, format!("field `{name}` next to a call"))
        .help("put it on a line of its own, or in braces if it belongs to the call")
}

/// `insert` at `place`, before what was found.
pub fn missing_mark(at: Span, found: &str, mark: &str, insert: &str, place: Span) -> Diagnostic {
    let before = if found.is_empty() { "the end of the line".to_owned() } else { format!("`{found}`") };
    Diagnostic::new(Code::NotUnderstood, at, format!("missing `{mark}` before {before}"))
        .help(format!("insert `{mark}`"))
        .unsafe_fix(format!("insert `{mark}`"), vec![(place, insert.to_owned())])
}

pub fn missing_comma(at: Span, found: &str, place: Span) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, at, format!("missing comma or line break before `{found}`"))
        .help("separate values with commas, and entries with commas or line breaks")
        .unsafe_fix("insert a comma", vec![(place, ",".to_owned())])
}

pub fn incomplete(span: Span, first: &str) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, span, format!("incomplete `{first}`")).help(shape(first))
}

/// A whole file of another format.
pub fn foreign_file(line: Span, format: &str) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, line, format!("this file looks like {format}"))
        .help("convert bundles, Terraform and job JSON with `pipec import`")
}

pub fn file_too_large(file: FileId, length: usize) -> Diagnostic {
    let message = format!("file of {} bytes is larger than the limit of {MAX_FILE} bytes", length);

    Diagnostic::new(Code::TooDeep, Span::new(file, 0, 0), message).help("split the file and `import` the parts")
}

pub fn lone_carriage_return(file: FileId, at: usize) -> Diagnostic {
    let d = Diagnostic::new(
        Code::BadText,
        Span::new(file, at as u32, at as u32 + 1),
        "carriage return without a line feed",
    );
    d.help("save the file with `\\n` or `\\r\\n` line endings")
}

pub fn brackets_too_deep(span: Span) -> Diagnostic {
    let message = format!("brackets are nested more than {MAX_DEPTH} levels deep");

    Diagnostic::new(Code::TooDeep, span, message).help("move the inner part to a `let` or to its own file")
}

pub fn hidden_text(span: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::HiddenText,
        span,
        "invisible character changes the order in which this text is displayed",
    );
    d.help("delete it, or write it as an escape such as `\\u{202e}` in a string")
        .unsafe_fix("delete the character", vec![(span, String::new())])
}

pub fn brace_on_next_line(brace: Span, place: Span, between: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadHeader, brace, "`{` must be on the same line as the header");
    d.with_label(place, "the header ends here")
        .help("move `{` to the end of the header")
        .safe_fix("move `{` up", vec![(between, " ".to_owned())])
}

pub fn header_without_brace(place: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadHeader, place, "missing `{` after the header");
    d.help("add `{` at the end of the line").unsafe_fix("add `{`", vec![(place, " {".to_owned())])
}

pub fn unclosed_bracket(open: Span, o: char, c: char) -> Diagnostic {
    let d = Diagnostic::new(Code::UnclosedBracket, open, format!("unclosed `{o}`"));
    d.label("opened here").help(format!("add `{c}` at the end of the block, list or call"))
}

pub fn body_too_deep(at: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::TooDeep, at, "this part of the file is nested too deeply");
    d.help("move the inner part to a `let` or to its own file")
}

pub fn not_in_header(junk: Span, text: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::BadHeader, junk, format!("unexpected `{text}` in the header"));
    d.help("a header is a keyword and a name, then `extends x`, `on x` and `after x, y` in this order, then `{`")
}

pub fn header_order(part: Span, text: &str, twice: bool) -> Diagnostic {
    let message = match twice {
        true => format!("duplicate `{text}` in the header"),
        false => format!("`{text}` is out of order in the header"),
    };
    let d = Diagnostic::new(Code::BadHeader, part, message);
    d.help("use the order `extends`, `on`, `after`, and separate the steps of one `after` with commas")
}

pub fn name_needs_backticks(span: Span, whole: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::NeedsBackticks, span, format!("name `{whole}` needs backticks"));
    d.help("put names with characters other than letters, digits and `_` in backticks")
        .safe_fix("put it in backticks", vec![(span, format!("`{}`", whole.replace('`', "")))])
}

pub fn key_needs_quotes(span: Span, key: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::NeedsBackticks, span, format!("key `{key}` needs quotes"));
    d.help("put keys with characters other than letters, digits and `_` in quotes")
        .safe_fix("put it in quotes", vec![(span, map_key(&key.replace('`', "")))])
}

pub fn reference_in_key(reference: Span) -> Diagnostic {
    Diagnostic::new(Code::NeedsBackticks, reference, "reference in a key")
        .help("write the key out; references work only in values")
}

pub fn unknown_keyword(word: &str, span: Span, near: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownKeyword, span, format!("unknown keyword `{word}`"));
    match near {
        Some(_) => d.closest_match(span, near),
        None => d.help(
            "start a declaration with `step`, `cluster`, `environment`, `pipeline`, `target`, `if` or `for`, \
             or write a field as `name = ...` or `name { ... }`",
        ),
    }
}

pub fn set_with_colon(at: Span, key: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::NotUnderstood, at, format!("field `{}` is set with `=`, not `:`", key));
    d.help("write `=`").safe_fix("replace `:` with `=`", vec![(at, " =".to_owned())])
}

pub fn missing_value(at: Span, key: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::MissingValue, at.end_point(), format!("missing value for `{}`", key));
    d.label("expected a value").help("add a value, or `none` to leave the field out")
}

pub fn string_as_name(span: Span, quoted: String) -> Diagnostic {
    let d = Diagnostic::new(Code::NeedsBackticks, span, "names are not quoted");
    d.help("remove the quotes, or use backticks for a name with special characters")
        .safe_fix(if quoted.starts_with('`') { "use backticks" } else { "remove the quotes" }, vec![(span, quoted)])
}

/// `triple`: it is opened by three quotes; `stop` is where a one-line string was probably meant to end.
pub fn unclosed_string(string: Span, triple: bool, stop: Span) -> Diagnostic {
    let quotes = if triple { "`\"\"\"`" } else { "`\"`" };
    let d = Diagnostic::new(Code::UnclosedString, string, "unclosed string")
        .label("opened here")
        .help(format!("close it with {quotes}; use `\"\"\"` for a string that spans several lines"));
    if triple { d } else { d.unsafe_fix("close the string", vec![(stop, "\"".to_owned())]) }
}

/// A word, or the end of the line, where the grammar expects something else. `keyword` is the first word of the text,
/// if it is one; `on_first_line`: the position is in the first line of the text.
pub fn unexpected(
    place: Span,
    word: &str,
    expected: &[&str],
    keyword: Option<&str>,
    on_first_line: bool,
) -> Diagnostic {
    let found = if word.is_empty() { "end of the line".to_owned() } else { format!("`{word}`") };
    let d = Diagnostic::new(Code::NotUnderstood, place, format!("unexpected {found}"));
    let d = if expected.is_empty() { d } else { d.label(format!("expected {}", expected.join(" or "))) };
    match keyword {
        Some(keyword) => d.help(shape(keyword)),
        None if !on_first_line => d.help(
            "write an entry as `name = ...` or `name { ... }`, a declaration such as `step x { ... }`, or a call",
        ),
        None => {
            d.help("write an entry as `name = ...` or `name { ... }`, and separate entries with line breaks or commas")
        }
    }
}

/// An example of a declaration or call.
fn shape(keyword: &str) -> &'static str {
    match keyword {
        "import" => "write it as `import \"clusters.pipe\"`",
        "package" => "write it as `package churn = \".\"`",
        "let" => "write it as `let regions = [\"eu\", \"us\"]`",
        "var" => "write it as `var catalog: string = \"dev\"`",
        "param" => "write it as `param country: string = \"DE\"`",
        "output" => "write it as `output rows: int`",
        "target" => "write it as `target prod { ... }`",
        "pipeline" => "write it as `pipeline train on cluster_name { ... }`",
        "cluster" => "write it as `cluster big extends base { ... }`",
        "environment" => "write it as `environment ml { ... }`",
        "step" => "write it as `step train on gpu after ingest { ... }`",
        "when" => "write it as `when target.name == \"prod\" { ... } else { ... }`",
        "if" => "write it as `if good: train.auc >= 0.8 { ... } else { ... }`",
        "for" => "write it as `for each: item in items parallel 4 { step one { ... } }`",
        "python" => "write it as `python pkg.module:function(a = x, b)`",
        "notebook" => "write it as `notebook \"./path.py\"(a = x)`",
        "script" => "write it as `script \"./path.py\"(\"--flag\", x)`",
        "sql" => "write it as `sql \"./query.sql\"(a = x) { warehouse_id = w }`",
        "dbt" => "write it as `dbt \"./project\"(\"dbt build\") { warehouse_id = w }`",
        "run" => "write it as `run other_pipeline(a = x)`",
        _ => "write an entry as `name = ...` or `name { ... }`",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::samples::{AT, called, compare, listing, samples};
    use crate::syntax::ast::Ident;

    samples! {
        &'static Ident: ident(), ident();
    }

    fn ident() -> &'static Ident {
        Box::leak(Box::new(Ident { text: "thing".into(), span: AT, quoted: false }))
    }

    #[test]
    fn every_message_is_read() {
        let called = called! {
            bad_escape unclosed_interpolation not_a_reference closes_too_early unclosed_backtick second_brace closes_nothing control_characters_in_string control_characters else_if separated_else else_without_if without_name single_quotes curly_quotes bracketed_steps assigned_parallel number_in_other_form type_brackets family_brackets base_in_other_form outcome_in_other_form foreign_comment semicolon unknown_operator second_comparison interpolation_outside_string foreign_unit dashed_range dash_list module_without_colon path_without_quotes text_without_quotes assigned_step field_beside_call missing_mark missing_comma incomplete foreign_file file_too_large lone_carriage_return brackets_too_deep hidden_text brace_on_next_line header_without_brace unclosed_bracket body_too_deep not_in_header header_order name_needs_backticks key_needs_quotes reference_in_key unknown_keyword set_with_colon missing_value string_as_name unclosed_string unexpected
        };
        compare("syntax", &listing(&[include_str!("messages.rs")], called));
    }
}
