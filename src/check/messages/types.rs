//! E0201 and E0211: types that do not fit.

use crate::diag::{Code, Diagnostic, article, list_names};
use crate::model::{Argument, Output, Type};
use crate::package::PyType;
use crate::schema::{Field, Measure, Ty};
use crate::source::{Span, quote_name};
use crate::syntax::ast::{Entry, Value, ValueKind};

/// A type with its article.
fn a(ty: Ty) -> String {
    match ty {
        Ty::Enum(e) => list_names(e.members.iter().copied(), 6),
        Ty::Block(_) => "a block".to_owned(),
        Ty::BlockList(_) => "a list of blocks".to_owned(),
        _ => article(&ty.describe()),
    }
}

pub fn duration_here(value: Span, n: &str, unit: char) -> Diagnostic {
    let d = Diagnostic::new(
        Code::WrongType,
        value,
        format!("duration `{n}{unit}` is only allowed in a field that takes a time"),
    );
    d.help("use a number, or quote it to make it a string")
}

pub fn range_here(value: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, value, "ranges are only allowed in `autoscale`");
    d.help("use a list such as `[1, 2, 3]`")
}

pub fn not_part_of_a_text(value: Span, ty: &Type) -> Diagnostic {
    let d = Diagnostic::new(
        Code::WrongType,
        value,
        format!("{} cannot be interpolated into a string", article(&ty.to_string())),
    );
    d.help("interpolate one of its elements, or remove the quotes to pass the whole value")
}

/// `inner` is the block, with its braces.
pub fn block_for_list(field: &Field, body: Span, inner: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, body, format!("`{}` must be a list, not a block", field.key));
    d.help(format!("write `{} = [{inner}]`", field.key))
        .safe_fix("make it a list with one element", vec![(body, format!("= [{inner}]"))])
}

/// `written` is the block, or the list, that was probably meant.
pub fn string_for_block(field: &Field, value: Span, written: &str) -> Diagnostic {
    let message = format!("`{}` must be {}, not a string", field.key, block_of(field.ty));
    Diagnostic::new(Code::WrongType, value, message)
        .help(format!("write `{written}`"))
        .unsafe_fix("write it as a block", vec![(value, written.to_owned())])
}

fn block_of(ty: Ty) -> &'static str {
    match ty {
        Ty::BlockList(_) => "a list of blocks",
        _ => "a block",
    }
}

pub fn not_a_block(field: &Field, body: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, body, format!("`{}` must be {}, not a block", field.key, a(field.ty)));
    d.help(format!("write `{} = ...`", field.key))
}

pub fn quoted_bool(field: &Field, ty: Ty, value: Span, word: String) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, value, format!("`{}` must be {}, not a string", field.key, a(ty)));
    d.help("remove the quotes").safe_fix("remove the quotes", vec![(value, word)])
}

pub fn bool_for(field: &Field, ty: Ty, b: bool, span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, span, format!("`{}` must be {}, not `{b}`", field.key, a(ty)));
    match ty {
        Ty::Str => d.help("add quotes").safe_fix("add quotes", vec![(span, format!("\"{b}\""))]),
        Ty::Enum(e) => d.help(format!("use {}", list_names(e.members.iter().copied(), 8))),
        _ => d.help(field.doc),
    }
}

pub fn not_a_whole_number(field: &Field, value: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, value, format!("`{}` must be an int", field.key));
    d.help("use a 64-bit integer without a decimal point or exponent")
}

pub fn not_a_time(field: &Field, span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, span, format!("`{}` is not a duration", field.key));
    d.help(field.doc)
}

pub fn block_in_map(field: &Field, entry: &Entry) -> Diagnostic {
    let d = Diagnostic::new(
        Code::WrongType,
        entry.value.span(),
        format!("values of `{}` must be strings, not blocks", field.key),
    );
    d.help(format!("write `{} = \"...\"`", quote_name(&entry.key.text)))
}

pub fn map_value(field: &Field, value: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, value, format!("values of `{}` must be strings", field.key));
    d.help("add quotes")
}

pub fn map_value_type(field: &Field, value: Span, ty: &Type) -> Diagnostic {
    let d = Diagnostic::new(
        Code::WrongType,
        value,
        format!("values of `{}` must be strings, not {}", field.key, article(&ty.to_string())),
    );
    d.help("use one of its elements")
}

pub fn single_for_list(field: &Field, ty: Ty, value: Span, text: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, value, format!("`{}` must be {}", field.key, a(ty)));
    let d = d.label("single value").help("put it in brackets");
    d.safe_fix("make it a list with one element", vec![(value, format!("[{text}]"))])
}

pub fn file_as_requirements(value: Span, text: &str) -> Diagnostic {
    let meant = format!("file({text})");
    Diagnostic::new(Code::WrongType, value, "`requirements` must be a list or a file")
        .help(format!("write `{meant}`"))
        .unsafe_fix("read the file", vec![(value, meant)])
}

pub fn file_takes_a_path(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, span, "`file` requires one path without interpolation");
    d.help("pass one path, such as `file(\"requirements.txt\")`")
}

pub fn not_a_compute(span: Span, name: &str, declared: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, span, format!("`{name}` is not a cluster or environment"));
    d.with_label(declared, "declared here").help("set it to the name of a cluster or environment, without quotes")
}

pub fn argument_none(value: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, value, "arguments cannot be `none`");
    d.help("remove the argument")
}

pub fn reserved_value(span: Span, word: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, span, format!("`{word}` is not allowed here"));
    d.help("use `none` as the whole value of a field, or `serverless`, `none` and `existing` after `on`")
}

pub fn unchecked_not_a_block(value: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, value, "`unchecked` must be a block");
    d.help("write a block, such as `unchecked { field = 1 }`")
}

pub fn defaults_not_a_block(value: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, value, "`defaults` must be a block");
    d.help("write a block, such as `defaults { max_retries = 2 }`")
}

pub fn default_not_json(value: Span, name: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, value, format!("default of `{}` is not valid JSON", name));
    d.help("use a JSON string such as \"[1, 2]\" or \"{}\"")
}

/// `text` is the value as written.
pub fn wrong_kind(field: &Field, ty: Ty, value: &Value, text: &str) -> Diagnostic {
    let found = match &value.kind {
        ValueKind::Str(_) => "a string",
        ValueKind::Number(_) => "a number",
        ValueKind::Duration(..) => "a duration",
        ValueKind::Range(..) => "a range",
        ValueKind::List(_) => "a list",
        ValueKind::Object(_) => "an object",
        _ => "this value",
    };
    let unit = field.unit.name();
    let unit = if unit.is_empty() || !matches!(ty, Ty::Int | Ty::Num) { String::new() } else { format!(" ({unit})") };
    let wanted = format!("{}{unit}", a(ty));
    let d = Diagnostic::new(Code::WrongType, value.span, format!("`{}` must be {wanted}, not {found}", field.key));
    match (ty, &value.kind) {
        (Ty::Str, ValueKind::Number(_) | ValueKind::Duration(..)) => {
            d.help("add quotes").safe_fix("add quotes", vec![(value.span, format!("\"{text}\""))])
        }
        (Ty::Int | Ty::Num, ValueKind::Str(lit)) => {
            let plain = lit.plain().unwrap_or_default();
            match plain.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '.')) && plain.parse::<f64>().is_ok() {
                true => d.help("remove the quotes").safe_fix("remove the quotes", vec![(value.span, plain.into())]),
                false if field.unit != Measure::None && is_duration(&plain) => {
                    d.help("remove the quotes").unsafe_fix("remove the quotes", vec![(value.span, plain.into())])
                }
                false => d.help("use a number, without quotes"),
            }
        }
        (Ty::Block(block), _) if block.name == "AutoScale" && range_in(text).is_some() => {
            let range = range_in(text).unwrap_or_default();
            d.help(format!("write `{range}`")).unsafe_fix(format!("use `{range}`"), vec![(value.span, range)])
        }
        (Ty::Map | Ty::Block(_), _) => d.help(format!("write `{} {{ ... }}`", field.key)),
        _ => d.help(field.doc),
    }
}

/// The range of two numbers in brackets or quotes: `[2, 8]`, `"2..8"`.
fn range_in(text: &str) -> Option<String> {
    let numbers: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    match numbers.as_slice() {
        [low, high] => Some(format!("{low}..{high}")),
        _ => None,
    }
}

/// `90s`, `2h`.
fn is_duration(text: &str) -> bool {
    let digits = text.trim_end_matches(['s', 'm', 'h', 'd']);
    digits.len() + 1 == text.len() && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

pub fn param_type(argument: &Argument, wanted: &Type, param: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::WrongType,
        argument.span,
        format!("`{}` expects {wanted}, but the value is {}", argument.name, article(&argument.ty.to_string())),
    );
    d.with_label(param, "parameter declared here").help("change the value, or the type of the parameter")
}

pub fn not_a_condition(left: Span, ty: &Type) -> Diagnostic {
    let d = Diagnostic::new(
        Code::BadComparison,
        left,
        format!("condition must be a bool or a comparison, not {}", article(&ty.to_string())),
    );
    d.help("compare it with `==`, `!=`, `<`, `<=`, `>` or `>=`")
}

/// Why the platform cannot compare a value as a condition does.
#[derive(Clone, Copy)]
pub enum Incomparable {
    Collection,
    FloatAsText,
    TextAsNumber,
}

/// `textual`: the operator compares strings.
pub fn not_comparable(span: Span, why: Incomparable, ty: &Type, operator: Span, textual: bool) -> Diagnostic {
    let message = match why {
        Incomparable::Collection => "lists and objects cannot be compared",
        Incomparable::FloatAsText => "the platform compares strings with `==` and `!=`: `0.80` and `0.8` differ",
        Incomparable::TextAsNumber => "the platform compares numbers with `<` and `>`, and this is not a number",
    };
    Diagnostic::new(Code::BadComparison, span, message)
        .label(article(&ty.to_string()))
        .with_label(operator, "compared here")
        .help(if textual {
            "use `<=` or `>=`, or return a bool from the step"
        } else {
            "return a number or a bool from the step, and compare that"
        })
}

pub fn different_types(right: Span, right_ty: &Type, left: Span, left_ty: &Type) -> Diagnostic {
    let d = Diagnostic::new(
        Code::BadComparison,
        right,
        format!("cannot compare {} with {}", article(&left_ty.to_string()), article(&right_ty.to_string())),
    );
    d.with_label(left, article(&left_ty.to_string())).help("compare values of the same type")
}

pub fn output_type_guessed(output: &Output, function: &str, found: String, returned: Span, named: bool) -> Diagnostic {
    let d = Diagnostic::new(
        Code::WrongType,
        output.span,
        format!("output `{}` is declared as {}, but `{function}` returns {}", output.name, output.ty, found),
    );
    d.with_label(returned, "returned here").help(if named {
        "annotate the function with a `TypedDict`, `NamedTuple` or dataclass that has the output as a field"
    } else {
        "change the type of the output, or the returned value"
    })
}

pub fn output_type(output: &Output, function: &str, ty: &PyType, span: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::WrongType,
        output.span,
        format!("output `{}` is declared as {}, but `{function}` returns {ty}", output.name, output.ty),
    );
    d.with_label(span, "declared here").help(match ty {
        PyType::Foreign(_) => "write the result to a table or file, and return its name: outputs are passed as JSON",
        _ => "change the type of the output, or the return type of the function",
    })
}

pub fn argument_type(
    argument: &Argument,
    function: &str,
    ty: &PyType,
    value: &Type,
    declared: Span,
    constant: Option<&str>,
) -> Diagnostic {
    let d = Diagnostic::new(
        Code::WrongType,
        argument.span,
        format!("`{}` of `{function}` expects {ty}, but the value is {}", argument.name, article(&value.to_string())),
    );
    d.with_label(declared, "declared here").help(if ty.members().into_iter().any(|t| matches!(t, PyType::Foreign(_))) {
        match ty.members().first() {
            Some(PyType::Foreign(name)) if name.contains('.') => {
                "pass a table or path, and load it in the function: arguments are passed as strings"
            }
            _ => "use a list or a string: arguments are passed as JSON, which has no such type",
        }
    } else if *value == Type::Int && ty.members().contains(&&PyType::Str) {
        "interpolate it into a string: `\"${...}\"`"
    } else if *value == Type::String && constant.is_some() && matches!(ty, PyType::Int | PyType::Float | PyType::Bool) {
        "remove the quotes"
    } else {
        "change the value, or the type of the parameter; only int converts to float"
    })
}

pub fn flag_of_wrong_type(var: Span, name: &str, wanted: &Type) -> Diagnostic {
    let d = Diagnostic::new(
        Code::WrongType,
        var,
        format!("value of `--var {name}=...` is not {}", article(&wanted.to_string())),
    );
    d.help(format!("pass {}: the var is declared with this type", article(&wanted.to_string())))
}

/// Adds the place of a declaration.
fn declared_at(d: Diagnostic, declared: Option<Span>) -> Diagnostic {
    match declared {
        Some(span) => d.with_label(span, "declared here"),
        None => d,
    }
}

/// `unquoted` is the content of a string that would fit without its quotes.
pub fn declared_type(
    value: Span,
    name: &str,
    wanted: &Type,
    found: &Type,
    declared: Option<Span>,
    unquoted: Option<&str>,
) -> Diagnostic {
    let d = Diagnostic::new(
        Code::WrongType,
        value,
        format!("`{}` is declared as {wanted}, but the value is {}", name, article(&found.to_string())),
    );
    let d = declared_at(d, declared.filter(|span| *span != value));
    match unquoted {
        Some(text) => d.help("remove the quotes").unsafe_fix("remove the quotes", vec![(value, text.to_owned())]),
        None => d.help("change the value or the type"),
    }
}

/// An element of a list or map that does not fit the declared element type.
pub fn element_type(element: Span, name: &str, wanted: &Type, found: &Type, declared: Option<Span>) -> Diagnostic {
    let d = Diagnostic::new(
        Code::WrongType,
        element,
        format!("elements of `{name}` are declared as {wanted}, but this one is {}", article(&found.to_string())),
    );
    declared_at(d, declared).help("change the element, or the declared type")
}

/// A string that is not a table, date or datetime, although it is used as one.
pub fn wrong_form(value: Span, name: &str, text: &str, wanted: &Type, declared: Option<Span>) -> Diagnostic {
    let day = |t: &str| {
        t.len() == 10
            && t.bytes().enumerate().all(|(i, b)| if matches!(i, 4 | 7) { b == b'-' } else { b.is_ascii_digit() })
    };
    let message = match wanted {
        Type::Date | Type::Datetime if text.get(..10).is_some_and(day) => {
            format!("`{text}` is not {} of the calendar", if text.len() == 10 { "a day" } else { "a time" })
        }
        _ if text.is_empty() => format!("`{name}` must be {}, but the value is empty", article(&wanted.to_string())),
        _ => format!("`{name}` must be {}, but the value is `{text}`", article(&wanted.to_string())),
    };
    let d = Diagnostic::new(Code::WrongType, value, message);
    declared_at(d, declared.filter(|span| *span != value)).help(match wanted {
        Type::Table => "use the form `catalog.schema.table`",
        Type::Date if text.get(..10).is_some_and(day) => "use a day that exists",
        Type::Date => "use the form `2026-01-31`",
        _ => "use the form `2026-01-31T10:00:00`",
    })
}

pub fn spread_of_non_object(value: Span) -> Diagnostic {
    Diagnostic::new(Code::WrongType, value, "`..` requires an object")
        .help("use the name of a constant that is an object: `{ ..base, num_workers = 8 }`")
}

pub fn choice_without_bool(left: Span, ty: &Type) -> Diagnostic {
    Diagnostic::new(Code::BadComparison, left, format!("condition of type {ty}"))
        .help("use a bool, or compare the value with `==`, `!=` or `in`")
}

pub fn in_without_list(right: Span, ty: &Type) -> Diagnostic {
    Diagnostic::new(Code::BadComparison, right, format!("`in` requires a list, but this is of type {ty}"))
        .help("put the values in brackets, or use `==` for a single value")
}

pub fn operator_of_choice(operator: Span, written: &str) -> Diagnostic {
    Diagnostic::new(Code::BadComparison, operator, format!("`when` does not support `{written}`"))
        .help("use `==`, `!=` or `in`; for numbers, declare a bool var that each target sets")
}
