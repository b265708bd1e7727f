//! E02xx: values.

use std::path::Path;

use crate::check::budget::MAX_TARGETS;
use crate::diag::{Code, Diagnostic, article, closest_match, list_names};
use crate::model::{Argument, Object, Output, Type};
use crate::package::{Parameter, PyType};
use crate::python::Literal;
use crate::schema::{Enum, Field, Format, MAX_TASKS, Measure, Ty};
use crate::source::{Span, quote_name};
use crate::syntax::ast::{Entry, Ident, Value, ValueKind};

pub fn duration_here(value: Span, n: &str, unit: char) -> Diagnostic {
    let d =
        Diagnostic::new(Code::WrongType, value, format!("the duration `{n}{unit}` can stand only in a field of time"));
    d.help("write a number, or a text in quotes")
}

pub fn range_here(value: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, value, "a range can stand only in `autoscale`");
    d.help("write a list, such as `[1, 2, 3]`")
}

pub fn constants_too_deep(used_at: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::TooDeep, used_at, "constants are built on each other too deeply here");
    d.help("a chain may have 100 constants, and a value may be put together from 20,000")
}

pub fn not_part_of_a_text(value: Span, ty: &Type) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, value, format!("{} cannot be part of a text", article(&ty.to_string())));
    d.help("interpolate one of its elements, or pass the whole value without quotes")
}

pub fn secret_arguments(value: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::MissingArgument, value, "`secret` takes a scope and a key");
    d.help("write `secret(\"scope\", \"key\")`")
}

pub fn block_for_list(field: &Field, body: Span, example: &str, inner: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, body.start_point().to(body), format!("`{}` is a list", field.key));
    d.help(format!("write `{} = [{{ {example} = ... }}]`", field.key))
        .safe_fix("make it a list of one", vec![(body, format!("= [{inner}]"))])
}

pub fn not_a_block(field: &Field, body: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, body, format!("`{}` is {}, not a block", field.key, field.ty.describe()));
    d.help(format!("write `{} = ...`", field.key))
}

pub fn quoted_bool(field: &Field, ty: Ty, value: Span, word: String) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, value, format!("`{}` is {}, not text", field.key, ty.describe()));
    d.help("leave out the quotes").safe_fix("remove the quotes", vec![(value, word)])
}

pub fn bool_for(field: &Field, ty: Ty, b: bool, span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, span, format!("`{}` is {}, not `{b}`", field.key, ty.describe()));
    match ty {
        Ty::Str => d.help("put it in quotes").safe_fix("put it in quotes", vec![(span, format!("\"{b}\""))]),
        Ty::Enum(e) => d.help(format!("use {}", list_names(e.members.iter().copied(), 8))),
        _ => d.help(field.doc),
    }
}

pub fn quoted_member(exact: &str, span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::QuotedMember, span, format!("`{exact}` is a word, not a text"));
    d.help("leave out the quotes").safe_fix("remove the quotes", vec![(span, (*exact).to_owned())])
}

pub fn member_in_other_case(word: &str, same: &str, span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::QuotedMember, span, format!("`{word}` is written `{same}`"));
    d.help(format!("write `{same}`")).safe_fix(format!("use `{same}`"), vec![(span, (*same).to_owned())])
}

pub fn unknown_member(field: &Field, e: &Enum, word: &str, span: Span, near: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::BadMember, span, format!("`{}` cannot be `{word}`", field.key));
    match near {
        Some(near) => {
            d.help(format!("did you mean `{near}`?")).unsafe_fix(format!("use `{near}`"), vec![(span, near.to_owned())])
        }
        None => d.help(format!("use {}", list_names(e.members.iter().copied(), 10))),
    }
}

pub fn too_long(field: &Field, value: Span, length: usize, max: u32) -> Diagnostic {
    let d =
        Diagnostic::new(Code::TooLong, value, format!("`{}` has {} bytes; the service takes {max}", field.key, length));
    d.help("shorten it")
}

pub fn not_a_whole_number(field: &Field, value: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, value, format!("`{}` is a whole number", field.key));
    d.help("write it without point or exponent; it must fit 64 bits")
}

pub fn out_of_range(field: &Field, value: Span, number: i64) -> Diagnostic {
    let unit = if field.unit == Measure::None { String::new() } else { format!(" {}", field.unit.name()) };
    let d = Diagnostic::new(Code::OutOfRange, value, format!("`{}` cannot be {number}", field.key));
    d.label(format!("the service takes {}", field.range(&unit).unwrap_or_default())).help(field.doc)
}

pub fn not_a_time(field: &Field, span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, span, format!("`{}` is no time", field.key));
    d.help(field.doc)
}

pub fn not_divisible(field: &Field, span: Span, n: &str, unit: char) -> Diagnostic {
    let d =
        Diagnostic::new(Code::NotDivisible, span, format!("`{n}{unit}` is no whole number of {}", field.unit.name()));
    d.help(format!("`{}` is in {}", field.key, field.unit.name()))
}

pub fn time_too_long(span: Span, n: &str, unit: char) -> Diagnostic {
    let d = Diagnostic::new(Code::OutOfRange, span, format!("`{n}{unit}` is too long a time"));
    d.help("write a shorter one")
}

pub fn block_in_map(field: &Field, entry: &Entry) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, entry.value.span(), format!("`{}` maps text to text", field.key));
    d.help(format!("write `{} = \"...\"`", quote_name(&entry.key.text)))
}

pub fn map_value(field: &Field, value: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, value, format!("a value in `{}` is text", field.key));
    d.help("put it in quotes")
}

pub fn map_value_type(field: &Field, value: Span, ty: &Type) -> Diagnostic {
    let d = Diagnostic::new(
        Code::WrongType,
        value,
        format!("a value in `{}` is text, not {}", field.key, article(&ty.to_string())),
    );
    d.help("use one of its elements")
}

pub fn wrong_number_of_entries(field: &Field, span: Span, count: usize) -> Diagnostic {
    let over = field.max_items.is_some_and(|max| count > max as usize);
    let entries = field.entries().unwrap_or_default();
    let message = format!("`{}` has {count} entries; the service takes {entries}", field.key);
    let d = Diagnostic::new(if over { Code::TooMany } else { Code::BadFormat }, span, message);
    d.help(if over { "remove some of them" } else { field.doc })
}

pub fn single_for_list(field: &Field, ty: Ty, value: Span, text: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, value, format!("`{}` is {}", field.key, ty.describe()));
    let d = d.label("a single value").help("put it in brackets");
    d.safe_fix("make it a list of one", vec![(value, format!("[{text}]"))])
}

pub fn no_dbt_commands(call: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::MissingArgument, call, "there is nothing for dbt to do");
    d.help("write its commands: `dbt \"./project\"(\"dbt deps\", \"dbt build\")`")
}

pub fn not_a_dbt_command(command: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadFormat, command, "this is no command of dbt");
    d.help("each command begins with `dbt`, such as \"dbt build\"")
}

pub fn too_many_dbt_commands(over: Span, most: u32) -> Diagnostic {
    let d = Diagnostic::new(Code::TooMany, over, format!("a dbt step runs at most {most} commands"));
    d.help("put the rest into another step")
}

pub fn too_many_dbt_files(span: Span, dir: &Path, most: usize) -> Diagnostic {
    let d = Diagnostic::new(Code::TooMany, span, format!("`{}` holds more than {most} files", dir.display()));
    d.help("is it the directory of the dbt project alone?")
}

pub fn missing_fields(object: &Object, missing: &[&str]) -> Diagnostic {
    let names = list_names(missing.iter().copied(), 6).replace(" or ", " and ");
    let docs: Vec<String> =
        missing.iter().filter_map(|k| object.block.field(k)).map(|f| format!("{}: {}", f.key, f.doc)).collect();
    let d = Diagnostic::new(
        Code::MissingField,
        object.span,
        format!("{names} {} missing", if missing.len() == 1 { "is" } else { "are" }),
    );
    d.label("in this block").help(docs.join("\n"))
}

pub fn none_of(object: &Object, keys: &[&str]) -> Diagnostic {
    let d =
        Diagnostic::new(Code::NoneOf, object.span, format!("one of {} is needed", list_names(keys.iter().copied(), 9)));
    d.label("in this block").help(object.block.doc)
}

pub fn wrong_format(field: &Field, format: &Format, value: Span, text: &str) -> Diagnostic {
    let key = field.key;
    let starts = format.start_matches(text);
    let message = match (format.starts_with.first(), format.stranger(text)) {
        (Some(start), _) if !starts => format!("`{key}` must start with `{start}`"),
        (_, Some(c)) => format!("`{key}` cannot contain `{c}`"),
        _ => format!("`{key}` must end with `{}`", format.ends_with),
    };
    let d = Diagnostic::new(Code::BadFormat, value, message).help(format!("such as {}", format.example));
    if !starts || format.stranger(text).is_some() {
        return d;
    }
    let end = format.ends_with;
    d.safe_fix(format!("add the `{end}`"), vec![(value, format!("\"{text}{end}\""))])
}

pub fn too_many_companions(span: Span, file: &Path, most: usize) -> Diagnostic {
    let d = Diagnostic::new(Code::TooMany, span, format!("more than {most} files go with `{}`", file.display()));
    d.help("put what it imports into a `package`, which becomes one wheel")
}

pub fn file_takes_a_path(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, span, "`file` takes one plain path");
    d.help("write `file(\"requirements.txt\")`")
}

pub fn existing_without_id(on: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::MissingArgument, on, "`existing` takes the id of a cluster");
    d.help("write `existing(\"0923-164208-meows279\")`")
}

pub fn not_a_compute(span: Span, name: &str, declared: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, span, format!("`{name}` is no compute"));
    d.with_label(declared, "declared here")
        .help("its value must be the name of a cluster or environment, without quotes")
}

pub fn argument_none(value: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, value, "an argument cannot be `none`");
    d.help("leave the argument out")
}

pub fn param_type(argument: &Argument, wanted: &Type, param: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::WrongType,
        argument.span,
        format!("`{}` takes {wanted}, but this is {}", argument.name, argument.ty),
    );
    d.with_label(param, "the param").help("change the value or the param's type")
}

pub fn missing_param(call: Span, pipeline: &str, param: &Ident) -> Diagnostic {
    let d = Diagnostic::new(Code::MissingArgument, call, format!("pipeline `{}` needs `{}`", pipeline, param.text));
    d.with_label(param.span, "a param without default").help(format!("write `run {}({} = ...)`", pipeline, param.text))
}

pub fn not_a_condition(left: Span, ty: &Type) -> Diagnostic {
    let d =
        Diagnostic::new(Code::BadComparison, left, format!("{} is no condition by itself", article(&ty.to_string())));
    d.help("compare it: `==`, `!=`, `<`, `<=`, `>` or `>=`")
}

/// Why the platform cannot compare a value as a condition does.
#[derive(Clone, Copy)]
pub enum Incomparable {
    Collection,
    FloatAsText,
    TextAsNumber,
}

/// `textual` says that the operator compares text.
pub fn not_comparable(span: Span, why: Incomparable, ty: &Type, operator: Span, textual: bool) -> Diagnostic {
    let message = match why {
        Incomparable::Collection => "a list or object cannot be compared",
        Incomparable::FloatAsText => "the platform compares with `==` and `!=` as text: `0.80` and `0.8` differ",
        Incomparable::TextAsNumber => "the platform compares with `<` and `>` as numbers, and this is not a number",
    };
    Diagnostic::new(Code::BadComparison, span, message)
        .label(article(&ty.to_string()))
        .with_label(operator, "this comparison")
        .help(if textual {
            "compare with `<=` or `>=`, or let the step put out a bool"
        } else {
            "let the step put out a number or a bool, and compare that"
        })
}

pub fn different_types(right: Span, right_ty: &Type, left: Span, left_ty: &Type) -> Diagnostic {
    let d = Diagnostic::new(
        Code::BadComparison,
        right,
        format!("{} is compared with {}", article(&left_ty.to_string()), article(&right_ty.to_string())),
    );
    d.with_label(left, article(&left_ty.to_string())).help("compare values of one type")
}

pub fn items_too_long(list: Span, length: usize, max: u32) -> Diagnostic {
    let d = Diagnostic::new(
        Code::TooLong,
        list,
        format!("the list has {} characters as JSON; the service takes {max}", length),
    );
    d.help("let a step put out the list: a run-time list may have 48 KB")
}

pub fn reserved_value(span: Span, word: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, span, format!("`{word}` cannot stand here"));
    d.help("`none` stands alone after `=`; `serverless`, `none` and `existing(\"id\")` after `on`")
}

pub fn deprecated(key: &Ident, doc: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::Deprecated, key.span, format!("`{}` is deprecated", key.text));
    d.help(doc)
}

pub fn exclusive(key: Span, name: &str, other: Span, other_name: &str, keys: &[&str]) -> Diagnostic {
    let d = Diagnostic::new(Code::Exclusive, key, format!("`{}` and `{}` exclude each other", other_name, name));
    d.with_label(other, "set here already").help(format!(
        "keep one of {}; to undo an inherited one write `{} = none`",
        list_names(keys.iter().copied(), 9),
        other_name
    ))
}

pub fn unchecked_not_a_block(value: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, value, "`unchecked` takes a block");
    d.help("write `unchecked { field = value }`")
}

pub fn project_too_large(span: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::TooMany,
        span,
        "the project is too large to check: families, defaults, clusters and targets multiply to millions of values",
    );
    d.help("split it into projects, or loop with `for` instead of a family")
}

pub fn two_default_targets(first: Span, second: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::Exclusive, second, "two targets are the default");
    d.with_label(first, "the other one").help("keep `default = true` at one of them")
}

pub fn too_many_targets(over: Span, count: usize) -> Diagnostic {
    let message = format!("the project has {count} targets; pipec checks at most {MAX_TARGETS}");
    let d = Diagnostic::new(Code::TooMany, over, message);
    d.help("split the project, or pass what differs with `--var`")
}

pub fn output_type_guessed(output: &Output, function: &str, found: String, returned: Span, named: bool) -> Diagnostic {
    let d = Diagnostic::new(
        Code::WrongType,
        output.span,
        format!("`{}` is {}, but `{function}` returns {}", output.name, output.ty, found),
    );
    d.with_label(returned, "returned here").help(if named {
        "annotate the function with a `TypedDict`, `NamedTuple` or dataclass: then the output is taken from it by name"
    } else {
        "change the type of the output, or what is returned"
    })
}

pub fn output_type(output: &Output, function: &str, ty: &PyType, span: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::WrongType,
        output.span,
        format!("`{}` is {}, but `{function}` returns {ty}", output.name, output.ty),
    );
    d.with_label(span, "declared here").help(match ty {
        PyType::Foreign(_) => "what crosses steps is JSON: write the result to a table or file, and put out its name",
        _ => "change the type of the output, or that of the function",
    })
}

pub fn missing_arguments(
    at: Span,
    function: &str,
    names: &str,
    needed: &[&Parameter],
    first: &Parameter,
) -> Diagnostic {
    let mut d = Diagnostic::new(Code::MissingArgument, at, format!("`{}` needs {names}", function));
    for p in needed.iter().take(4) {
        d = d.with_label(p.written.span, "a parameter without default");
    }
    d.help(format!("write `{} = ...` among the arguments", first.written.name))
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
        format!("`{}` of `{function}` takes {ty}, but this is {value}", argument.name),
    );
    d.with_label(declared, "declared here").help(if ty.members().into_iter().any(|t| matches!(t, PyType::Foreign(_))) {
        match ty.members().first() {
            Some(PyType::Foreign(name)) if name.contains('.') => {
                "what crosses steps is text: pass a table or path, and load it in the function"
            }
            _ => "what crosses steps is JSON, which has no such value; take a list or text",
        }
    } else if *value == Type::Int && ty.members().contains(&&PyType::Str) {
        "nothing is converted but int to float; put it into a text: `\"${...}\"`"
    } else if *value == Type::String && constant.is_some() && matches!(ty, PyType::Int | PyType::Float | PyType::Bool) {
        "write the value without quotes"
    } else {
        "nothing is converted but int to float; change the value, or the function"
    })
}

pub fn doc_too_long(span: Span, length: usize) -> Diagnostic {
    let d = Diagnostic::new(Code::TooLong, span, format!("the `##` text before this step has {} bytes", length));
    d.help("shorten it; a longer text belongs in a plain comment")
}

pub fn unknown_outcome(word: Span, other: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::BadMember, word, format!("an outcome is `true` or `false`, not `{other}`"));
    d.help("write `is true` or `is false`")
}

pub fn defaults_not_a_block(value: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, value, "`defaults` takes a block");
    d.help("write `defaults { max_retries = 2 }`")
}

pub fn key_too_long(span: Span, length: usize, max: u32) -> Diagnostic {
    let d = Diagnostic::new(Code::TooLong, span, format!("the name has {length} characters; the service takes {max}"));
    d.help("shorten it")
}

pub fn root_path_in_a_volume(value: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadFormat, value, "`root_path` must be a folder of the workspace");
    d.help("notebooks cannot lie in a volume; for wheels there is `artifact_path`")
}

pub fn flag_of_wrong_type(var: Span, name: &str, wanted: &Type) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, var, format!("the value that `--var {name}=...` gives is no {wanted}"));
    d.help(format!("`{name}` is declared as {wanted}"))
}

pub fn declared_type(value: Span, name: &str, wanted: &Type, found: &Type, declared: Option<Span>) -> Diagnostic {
    let d =
        Diagnostic::new(Code::WrongType, value, format!("`{}` is declared as {wanted}, but this is {}", name, found));
    let d = match declared {
        Some(span) if span != value => d.with_label(span, "declared here"),
        _ => d,
    };
    d.help("change the value or the type")
}

pub fn too_many_tasks(pipeline: Span, tasks: usize) -> Diagnostic {
    let d = Diagnostic::new(
        Code::TooMany,
        pipeline,
        format!("the pipeline has {} tasks; the service takes {MAX_TASKS}", tasks),
    );
    d.help("split it, and let one pipeline `run` the others; or loop with `for`")
}

pub fn default_not_json(value: Span, name: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongType, value, format!("the default of `{}` is no JSON", name));
    d.help("write JSON text, such as \"[1, 2]\" or \"{}\"")
}

pub fn default_too_long(value: Span, max: u32) -> Diagnostic {
    let d = Diagnostic::new(Code::TooLong, value, format!("a default may have {max} bytes"));
    d.help("put it into a file or table")
}

pub fn params_too_long(pipeline: Span, size: usize, max: u32) -> Diagnostic {
    let d = Diagnostic::new(
        Code::TooLong,
        pipeline,
        format!("the params have about {size} characters together; the service takes {max}"),
    );
    d.help("put large values into a file or table")
}

pub fn two_owners(first: Span, second: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::Exclusive, second, "a job has one owner");
    d.with_label(first, "the first owner").help("give the others `CAN_MANAGE`")
}

pub fn too_many_environments(pipeline: Span, count: usize, max: u32) -> Diagnostic {
    let d = Diagnostic::new(
        Code::TooMany,
        pipeline,
        format!("the pipeline has {count} environments; the service takes {max}"),
    );
    d.help("let steps share environments")
}

/// A value of another kind than the field's; `text` is what is written.
pub fn wrong_kind(field: &Field, ty: Ty, value: &Value, text: &str) -> Diagnostic {
    let found = match &value.kind {
        ValueKind::Str(_) => "text",
        ValueKind::Number(_) => "a number",
        ValueKind::Duration(..) => "a duration",
        ValueKind::Range(..) => "a range",
        ValueKind::List(_) => "a list",
        ValueKind::Object(_) => "an object",
        _ => "this",
    };
    let unit = field.unit.name();
    let unit = if unit.is_empty() || !matches!(ty, Ty::Int | Ty::Num) { String::new() } else { format!(" of {unit}") };
    let wanted = format!("{}{unit}", ty.describe());
    let d = Diagnostic::new(Code::WrongType, value.span, format!("`{}` is {wanted}, not {found}", field.key));
    match (ty, &value.kind) {
        (Ty::Str, ValueKind::Number(_) | ValueKind::Duration(..)) => {
            d.help("put it in quotes").safe_fix("put it in quotes", vec![(value.span, format!("\"{text}\""))])
        }
        (Ty::Int | Ty::Num, ValueKind::Str(lit)) => {
            let plain = lit.plain().unwrap_or_default();
            match plain.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '.')) && plain.parse::<f64>().is_ok() {
                true => d.help("leave out the quotes").safe_fix("remove the quotes", vec![(value.span, plain.into())]),
                false => d.help("write a number, without quotes"),
            }
        }
        (Ty::Map | Ty::Block(_), _) => d.help(format!("write `{} {{ ... }}`", field.key)),
        _ => d.help(field.doc),
    }
}

/// A literal that is none of those a function's parameter takes.
pub fn not_a_literal(
    argument: &Argument,
    function: &str,
    text: &str,
    members: &[&Literal],
    declared: Span,
) -> Diagnostic {
    let shown: Vec<String> = members.iter().map(ToString::to_string).collect();
    let given = if argument.ty == Type::String { format!("{text:?}") } else { text.to_owned() };
    let d = Diagnostic::new(
        Code::BadMember,
        argument.span,
        format!(
            "`{}` of `{function}` takes {}, not {given}",
            argument.name,
            list_names(shown.iter().map(String::as_str), 8).replace('`', "")
        ),
    );
    let words = members.iter().filter_map(|m| match m {
        Literal::Str(s) => Some(s.as_str()),
        _ => None,
    });
    let d = d.with_label(declared, "declared here");
    match closest_match(text, words) {
        Some(near) => d.help(format!("did you mean {near:?}?")),
        None => d.help("use one of them"),
    }
}

pub fn environment_without_version(name: &str, declared: Span, newest: u32) -> Diagnostic {
    Diagnostic::new(Code::NoneOf, declared, format!("environment `{name}` says no version"))
        .help(format!("add `environment_version = \"{newest}\"`, or a `base_environment`"))
}

pub fn extends_too_deep(base: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::TooDeep, base, "this chain of `extends` is more than 64 long");
    d.help("let the clusters extend a common one")
}

pub fn pipeline_name_too_long(name: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::TooLong, name, "the name is too long for a file");
    d.help("shorten it; a free text goes into `name = \"...\"`")
}
