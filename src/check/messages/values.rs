//! E0203 to E0215: values that are outside what their field allows.

use std::path::Path;

use crate::check::budget::MAX_TARGETS;
use crate::diag::{Candidate, Code, Diagnostic, closest_match, list_names};
use crate::model::{Argument, Object, Type};
use crate::package::Parameter;
use crate::package::PyType;
use crate::python::Literal;
use crate::schema::{Enum, Field, Format, MAX_TASKS, Measure};
use crate::source::Span;
use crate::syntax::ast::Ident;

pub fn constants_too_deep(used_at: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::TooDeep, used_at, "constants are nested too deeply");
    d.help("use a chain of at most 100 constants, and at most 20,000 constants for one value")
}

pub fn secret_arguments(value: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::MissingArgument, value, "`secret` requires a scope and a key");
    d.help("pass both, such as `secret(\"scope\", \"key\")`")
}

pub fn quoted_member(exact: &str, span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::QuotedMember, span, format!("enum value `{exact}` must not be quoted"));
    d.help("remove the quotes").safe_fix("remove the quotes", vec![(span, (*exact).to_owned())])
}

pub fn member_in_other_case(word: &str, same: &str, span: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::QuotedMember,
        span,
        format!("enum values are case-sensitive: `{word}` is spelled `{same}`"),
    );
    d.help(format!("use `{same}`")).safe_fix(format!("use `{same}`"), vec![(span, (*same).to_owned())])
}

/// `what` names the field, or the type.
pub fn unknown_member(what: &str, e: &Enum, word: &str, span: Span, near: Option<Candidate<'_>>) -> Diagnostic {
    let d = Diagnostic::new(Code::BadMember, span, format!("`{word}` is not a valid `{what}`"));
    match near {
        Some(_) => d.did_you_mean(word, span, near, true),
        None => d.help(format!("use {}", list_names(e.members.iter().copied(), 10))),
    }
}

pub fn too_long(field: &Field, value: Span, length: usize, max: u32) -> Diagnostic {
    let d = Diagnostic::new(Code::TooLong, value, format!("`{}` has {} bytes; the limit is {max}", field.key, length));
    d.help("shorten it")
}

pub fn out_of_range(field: &Field, value: Span, number: i64) -> Diagnostic {
    let unit = if field.unit == Measure::None { String::new() } else { format!(" {}", field.unit.name()) };
    let d = Diagnostic::new(Code::OutOfRange, value, format!("`{}` cannot be {number}", field.key));
    d.label(format!("must be {}", field.range(&unit).unwrap_or_default())).help(field.doc)
}

pub fn not_divisible(field: &Field, span: Span, written: &str, measure: Measure) -> Diagnostic {
    let d =
        Diagnostic::new(Code::NotDivisible, span, format!("`{written}` is not a whole number of {}", measure.name()));
    d.help(format!("round it: `{}` is set in {}", field.key, measure.name()))
}

pub fn time_too_long(span: Span, n: &str, unit: char) -> Diagnostic {
    let d = Diagnostic::new(Code::OutOfRange, span, format!("duration `{n}{unit}` is too long"));
    d.help("use a shorter duration")
}

pub fn wrong_number_of_entries(field: &Field, span: Span, count: usize) -> Diagnostic {
    let over = field.max_items.is_some_and(|max| count > max as usize);
    let entries = field.entries().unwrap_or_default();
    let message = format!("`{}` has {count} entries; the service requires {entries}", field.key);
    let d = Diagnostic::new(if over { Code::TooMany } else { Code::BadFormat }, span, message);
    d.help(if over { "remove some entries" } else { field.doc })
}

pub fn no_dbt_commands(call: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::MissingArgument, call, "dbt step without commands");
    d.help("pass its commands, such as `dbt \"./project\"(\"dbt deps\", \"dbt build\")`")
}

pub fn not_a_dbt_command(command: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadFormat, command, "not a dbt command");
    d.help("start each command with `dbt`, such as \"dbt build\"")
}

pub fn too_many_dbt_commands(over: Span, most: u32) -> Diagnostic {
    let d = Diagnostic::new(Code::TooMany, over, format!("dbt step has more than {most} commands"));
    d.help("move the rest to another step")
}

pub fn too_many_dbt_files(span: Span, dir: &Path, most: usize) -> Diagnostic {
    let d = Diagnostic::new(Code::TooMany, span, format!("`{}` contains more than {most} files", dir.display()));
    d.help("use a directory that contains only the dbt project")
}

pub fn missing_fields(object: &Object, missing: &[&str]) -> Diagnostic {
    let names = list_names(missing.iter().copied(), 6).replace(" or ", " and ");
    let docs: Vec<String> =
        missing.iter().filter_map(|k| object.block.field(k)).map(|f| format!("{}: {}", f.key, f.doc)).collect();
    let d = Diagnostic::new(
        Code::MissingField,
        object.span,
        format!("missing {} {names}", if missing.len() == 1 { "field" } else { "fields" }),
    );
    d.label("in this block").help(docs.join("\n"))
}

pub fn none_of(object: &Object, keys: &[&str]) -> Diagnostic {
    let d =
        Diagnostic::new(Code::NoneOf, object.span, format!("missing one of {}", list_names(keys.iter().copied(), 9)));
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
    let d = Diagnostic::new(Code::BadFormat, value, message).help(format!("use a value such as {}", format.example));
    if !starts || format.stranger(text).is_some() {
        return d;
    }
    let end = format.ends_with;
    d.safe_fix(format!("add `{end}`"), vec![(value, format!("\"{text}{end}\""))])
}

pub fn too_many_companions(span: Span, file: &Path, most: usize) -> Diagnostic {
    let d = Diagnostic::new(Code::TooMany, span, format!("`{}` needs more than {most} other files", file.display()));
    d.help("move the imported modules to a `package`, which is built into one wheel")
}

pub fn existing_without_id(on: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::MissingArgument, on, "`existing` requires a cluster id");
    d.help("pass the id of a cluster, such as `existing(\"0923-164208-meows279\")`")
}

/// `whole` is the call with its arguments.
pub fn missing_param(call: Span, whole: Span, pipeline: &str, param: &Ident) -> Diagnostic {
    let d = Diagnostic::new(
        Code::MissingArgument,
        call,
        format!("missing argument `{}` of pipeline `{}`", param.text, pipeline),
    );
    d.with_label(param.span, "parameter without a default")
        .help(format!("pass it: `run {}({} = ...)`", pipeline, param.text))
        .missing([param.text.as_str()], whole)
}

pub fn items_too_long(list: Span, length: usize, max: u32) -> Diagnostic {
    let d = Diagnostic::new(Code::TooLong, list, format!("list has {} characters as JSON; the limit is {max}", length));
    d.help("return the list from a step: a run-time list can have up to 48 KB")
}

pub fn deprecated(key: &Ident, doc: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::Deprecated, key.span, format!("`{}` is deprecated", key.text));
    d.help(doc)
}

pub fn exclusive(key: Span, name: &str, other: Span, other_name: &str, keys: &[&str]) -> Diagnostic {
    let d = Diagnostic::new(Code::Exclusive, key, format!("`{}` and `{}` cannot be used together", other_name, name));
    d.with_label(other, "first set here").help(format!(
        "keep one of {}; to remove the inherited `{}`, set it to `none`",
        list_names(keys.iter().copied(), 9),
        other_name
    ))
}

pub fn project_too_large(span: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::TooMany,
        span,
        "project is too large to check: families, defaults, clusters and targets multiply to millions of values",
    );
    d.help("split the project, or use `for` instead of a step family")
}

pub fn two_default_targets(first: Span, second: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::Exclusive, second, "more than one default target");
    d.with_label(first, "first default").help("keep it on one of them")
}

pub fn too_many_targets(over: Span, count: usize) -> Diagnostic {
    let message = format!("project has {count} targets; the limit is {MAX_TARGETS}");
    let d = Diagnostic::new(Code::TooMany, over, message);
    d.help("split the project, or pass the differences with `--var`")
}

pub fn missing_arguments(
    at: Span,
    function: &str,
    names: &str,
    needed: &[&Parameter],
    first: &Parameter,
) -> Diagnostic {
    let s = if needed.len() == 1 { "" } else { "s" };
    let mut d = Diagnostic::new(Code::MissingArgument, at, format!("missing argument{s} {names} of `{function}`"));
    for p in needed.iter().take(4) {
        d = d.with_label(p.written.span, "parameter without a default");
    }
    match first.ty.members().as_slice() {
        [PyType::Foreign(ty)] => d.help(format!(
            "remove the parameter, and create the {} in the function: only text, numbers, dates and JSON can be passed",
            ty.rsplit('.').next().unwrap_or(ty)
        )),
        _ => d.help(format!("add `{} = ...` to the arguments", first.written.name)),
    }
}

pub fn doc_too_long(span: Span, length: usize, max: u32) -> Diagnostic {
    let d = Diagnostic::new(Code::TooLong, span, format!("`##` comment has {length} bytes; the limit is {max}"));
    d.help("shorten it, or move part of it to a `#` comment")
}

pub fn unknown_outcome(word: Span, other: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::BadMember, word, format!("outcome must be `true` or `false`, not `{other}`"));
    d.help("write `is true` or `is false`")
}

pub fn key_too_long(span: Span, length: usize, max: u32) -> Diagnostic {
    let d = Diagnostic::new(Code::TooLong, span, format!("name has {length} characters; the limit is {max}"));
    d.help("shorten it")
}

pub fn root_path_in_a_volume(value: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadFormat, value, "`root_path` must be a workspace directory");
    d.help("use a path below `/Workspace`, and set `artifact_path` to upload wheels to a volume")
}

pub fn too_many_tasks(pipeline: Span, tasks: usize) -> Diagnostic {
    let d = Diagnostic::new(Code::TooMany, pipeline, format!("pipeline has {} tasks; the limit is {MAX_TASKS}", tasks));
    d.help("split it into pipelines that one pipeline starts with `run`, or use `for`")
}

pub fn default_too_long(value: Span, max: u32) -> Diagnostic {
    let d = Diagnostic::new(Code::TooLong, value, format!("default is longer than the limit of {max} bytes"));
    d.help("store it in a file or table")
}

pub fn params_too_long(pipeline: Span, size: usize, max: u32) -> Diagnostic {
    let d = Diagnostic::new(
        Code::TooLong,
        pipeline,
        format!("parameters have about {size} characters in total; the limit is {max}"),
    );
    d.help("store large values in a file or table")
}

pub fn two_owners(first: Span, second: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::Exclusive, second, "more than one owner");
    d.with_label(first, "first owner").help("give the others `CAN_MANAGE`")
}

pub fn group_as_owner(group: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::Exclusive, group, "a group cannot own a job");
    d.help("make a user or service principal the owner, and give the group `CAN_MANAGE`")
}

pub fn needs_kind(key: Span, name: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::MissingField, key, format!("`{name}` requires `kind = CLASSIC_PREVIEW`"));
    d.help("the platform ignores it on clusters without a `kind`")
        .unsafe_fix("add `kind`", vec![(Span { end: key.start, ..key }, "kind = CLASSIC_PREVIEW\n".to_owned())])
}

pub fn git_without_repository(source: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::MissingField, source, "`source = GIT` requires a `git_source` in the pipeline");
    d.help("add `git_source` with the URL and branch of the repository, or remove `source`")
}

pub fn not_in_the_workspace(path: Span, text: &str, scheme: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::BadFormat, path, format!("`{text}` is not a path in the workspace"));
    d.help(format!("move the file from `{scheme}:` to the workspace, and use a path such as `/Shared/load`"))
}

pub fn not_a_full_table_name(name: Span, text: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::BadFormat, name, format!("`{text}` is not the full name of a table"));
    d.help("use the form `catalog.schema.table`")
}

pub fn duration_without_rule(key: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::NeverSent, key, "the duration that triggers this notification is not set");
    d.help(
        "add a `health` block with a rule for `RUN_DURATION_SECONDS`; the platform compares the duration with its `value`",
    )
}

pub fn too_many_environments(pipeline: Span, count: usize, max: u32) -> Diagnostic {
    let d = Diagnostic::new(Code::TooMany, pipeline, format!("pipeline has {count} environments; the limit is {max}"));
    d.help("use one environment for several steps")
}

pub fn environment_without_version(name: &str, declared: Span, newest: u32) -> Diagnostic {
    Diagnostic::new(Code::NoneOf, declared, format!("environment `{name}` has no version"))
        .help(format!("add an `environment_version`, the newest is {newest}, or a `base_environment`"))
}

pub fn extends_too_deep(base: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::TooDeep, base, "chain of `extends` is longer than 64");
    d.help("extend a common cluster instead")
}

pub fn pipeline_name_too_long(name: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::TooLong, name, "pipeline name is too long for a file name");
    d.help("shorten it, and set the display name with `name = \"...\"`")
}

/// A value that the `Literal` type of a parameter does not list.
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
            "`{}` of `{function}` must be {}, not {given}",
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
        None => d.help("use one of these values"),
    }
}

pub fn too_many_members(family: Span, count: usize, most: usize) -> Diagnostic {
    Diagnostic::new(Code::TooMany, family, format!("family of {count} members; the limit is {most}"))
        .help("split the list over several projects")
}

pub fn unknown_mode(span: Span, word: &str, near: Option<&str>, modes: &[&str]) -> Diagnostic {
    let d = Diagnostic::new(Code::BadMember, span, format!("unknown mode `{word}`"));
    match near {
        Some(_) => d.closest_match(span, near),
        None => d.help(format!("use {}, or `none`", list_names(modes.iter().copied(), 8))),
    }
}
