//! E01xx: names, and where each field and declaration belongs.

use std::path::Path;

use crate::diag::{Candidate, Cause, Code, Diagnostic, Edit, article, closest_match, closest_name, list_names};
use crate::model::{Argument, FileKind, Type, Unchecked};
use crate::package::Signature;
use crate::source::{Span, quote_name};
use crate::syntax::ast::{self, Call, Decl, Entry, Ident, Segment, TypeExpr, ValueKind};

pub fn constant_cycle(name: Span, word: &str, used_at: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::ConstantCycle, name, format!("constant `{word}` depends on itself"));
    d.with_label(used_at, "used here").help("remove the reference from one of the definitions in the cycle")
}

pub fn unknown_function(name: &Ident) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownFunction, name.span, format!("unknown function `{}`", name.text));
    match closest_match(&name.text, ["secret", "file", "env"]) {
        Some(near) => d.closest_match(name.span, Some(near)),
        None => d.help("use a constant or a reference; the functions for values are `secret` and `file`"),
    }
}

pub fn items_without_key(at: Span, key: &str, ty: &Type) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownName, at, format!("loop items have no field `{key}`"));
    d.help(format!("use `{{{{input}}}}`: each item is {}", article(&ty.to_string())))
}

pub fn unknown_step_in_braces(at: Span, task: &str, near: Option<Candidate<'_>>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownStep, at, format!("unknown step `{task}` in this pipeline"));
    match near {
        Some(_) => d.did_you_mean(task, at, near, false),
        None => d.help("refer to a step by its task key"),
    }
}

pub fn there_already(unchecked: &Unchecked, elsewhere: Option<Span>) -> Diagnostic {
    let d = Diagnostic::new(
        Code::GivenTwice,
        unchecked.span,
        format!("`unchecked` sets `{}`, which is already set", unchecked.key),
    );
    let d = match elsewhere {
        Some(span) => d.with_label(span, "set here"),
        None => d,
    };
    d.help("remove it from `unchecked`, and set it as a field")
}

pub fn other_kind_of_compute(span: Span, name: &str, wanted: &str, declared: Span, found: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownCompute, span, format!("`{name}` is not {}", article(wanted)));
    d.with_label(declared, format!("declared as {}", article(found)))
        .help(format!("write `on {name}` in the header of the step"))
}

pub fn not_a_compute_function(name: &Ident) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownFunction, name.span, format!("unknown compute function `{}`", name.text));
    d.help("use the name of a cluster or environment, `serverless`, `none` or `existing`")
        .closest_match(name.span, closest_match(&name.text, ["existing"]))
}

pub fn argument_twice(span: Span, name: &str, first: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::GivenTwice, span, format!("argument `{name}` is passed twice"));
    d.with_label(first, "first passed here").help("remove one of them")
}

pub fn unknown_pipeline(name: &Ident, near: Option<Candidate<'_>>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownPipeline, name.span, format!("unknown pipeline `{}`", name.text));
    match near {
        Some(_) => d.did_you_mean(&name.text, name.span, near, true),
        None => d.help("import the file that declares it, or run an existing job with `run_job_task { job_id = ... }`"),
    }
}

pub fn unknown_param(argument: &Argument, pipeline: &str, near: Option<Candidate<'_>>, declared: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::UnknownArgument,
        argument.span,
        format!("pipeline `{}` has no parameter `{}`", pipeline, argument.name),
    );
    match near {
        Some(_) => d.did_you_mean(&argument.name, argument.key, near, true),
        None => d.with_label(declared, "pipeline declared here"),
    }
}

pub fn output_without_type(name: &Ident) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownType, name.span, format!("output `{}` has no type", name.text));
    d.help(format!("write `output {}: string`", name.text))
}

pub fn type_without_argument(expr: Span, name: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownType, expr, format!("type `{name}` does not take an argument"));
    d.help("remove the argument; only `list<T>` and `map<T>` have one")
}

pub fn unknown_type(expr: &TypeExpr, name: &str, near: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownType, expr.span, format!("unknown type `{name}`"));
    match near {
        Some(_) => d.closest_match(expr.name.span, near),
        None => d.help("use string, int, float, bool, date, datetime, json, path, table, list<T> or map<T>"),
    }
}

pub fn shadowed(name: &Ident, hidden: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::Shadowed,
        name.span,
        format!("`{}` shadows a constant or variable of the file", name.text),
    );
    d.with_label(hidden, "shadowed declaration").help("rename one of them")
}

pub fn shadowed_param(name: &Ident, hidden: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::Shadowed, name.span, format!("`{}` shadows a parameter", name.text));
    d.with_label(hidden, "shadowed declaration").help("rename one of them")
}

pub fn field_of_field(span: Span, name: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownName, span, format!("cannot access a nested field of `{}`", name));
    d.help("use a top-level field; the platform resolves only the first level of an item")
}

pub fn element_without_field(name: &str, field: &Ident, near: Option<Candidate<'_>>, element: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownName, field.span, format!("`{}` has no field `{}`", name, field.text));
    match near {
        Some(_) => d.did_you_mean(&field.text, field.span, near, true),
        None => d.with_label(element, "this object").help("add the field, or use another one"),
    }
}

pub fn items_without_field(field: &Ident, near: Option<&str>, names: Vec<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownName, field.span, format!("loop items have no field `{}`", field.text));
    match near {
        Some(_) => d.closest_match(field.span, near),
        None if names.is_empty() => d.help("use the item without a field"),
        None => d.help(format!("use {}", list_names(names, 8))),
    }
}

pub fn item_without_fields(field: Span, ty: &Type, name: &str) -> Diagnostic {
    let d = Diagnostic::new(
        Code::UnknownName,
        field,
        format!("loop item is {} and has no fields", article(&ty.to_string())),
    );
    d.help(format!("use `{}` without a field", name))
}

pub fn part_of_plain_constant(part: Span, name: &str, declared: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownName, part, format!("`{name}` is not an object"));
    d.with_label(declared, "declared here").help("use the value without a field")
}

pub fn no_step_of_path(head: Span, name: &str, near: Option<Candidate<'_>>, in_pipeline: bool) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownStep, head, format!("unknown step `{name}`"));
    match near {
        Some(_) => d.did_you_mean(name, head, near, true),
        None if !in_pipeline => d.help("move this into a pipeline; `x.y` means output `y` of step `x`"),
        None => d.help("declare the step, or put a string in quotes; `x.y` means output `y` of step `x`"),
    }
}

pub fn not_a_family(index: Span, name: &str, declared: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownStep, index, format!("`{}` is a single step, not a step family", name));
    d.with_label(declared, "declared here").help("remove the brackets")
}

pub fn no_such_element(index: Span, name: &str, wanted: &str, declared: Span, known: &[&str]) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownStep, index, format!("`{}` has no element `{wanted}`", name));
    let help = match closest_match(wanted, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("use {}", list_names(known.iter().copied(), 8)),
    };
    d.with_label(declared, "declared here").help(help)
}

pub fn has_declaration(key: &Ident, how: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::HasDeclaration, key.span, format!("`{}` cannot be set as a field", key.text));
    d.help(how)
}

pub fn field_twice(key: &Ident, first: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::GivenTwice, key.span, format!("`{}` is set twice", key.text));
    d.label("set again here").with_label(first, "first set here").help("remove one of them")
}

pub fn described_twice(field: Span, declaration: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::GivenTwice, field, "`description` is set here and by a `##` comment");
    d.with_label(declaration, "has a `##` comment").help("remove one of them")
}

pub fn call_as_field(key: &Ident) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownField, key.span, format!("`{}` is a call, not a field", key.text));
    d.help(format!("remove `=` and write `{} ...` in a step", key.text))
}

pub fn unchecked(key: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::Unchecked, key, "fields in `unchecked` are not validated");
    d.help("only the service validates them, when the job is created")
}

pub fn declared_twice(what: &str, name: &Ident, first: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::DeclaredTwice, name.span, format!("{what} `{}` is declared twice", name.text));
    d.label("declared again here").with_label(first, "first declared here").help("rename or remove one of them")
}

pub fn step_extends(extends: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadHeader, extends, "steps cannot use `extends`");
    d.help("put shared fields into `defaults { ... }`")
}

pub fn waits_twice(after: Span, first: Span, task: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::GivenTwice, after, format!("dependency on `{task}` is declared twice"));
    d.with_label(first, "first declared here").help("remove one of them")
}

pub fn unknown_step(name: &Ident, near: Option<Candidate<'_>>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownStep, name.span, format!("unknown step `{}` in this pipeline", name.text));
    match near {
        Some(_) => d.did_you_mean(&name.text, name.span, near, true),
        None => d.help("name a step, condition or loop of this pipeline"),
    }
}

pub fn defaults_twice(key: Span, first: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::GivenTwice, key, "`defaults` is set twice");
    d.with_label(first, "first set here").help("merge them into one block")
}

pub fn kind_in_defaults(key: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongBlock, key, "a task cannot be set in `defaults`");
    d.help("set it in the steps")
}

pub fn unknown_compute(
    span: Span,
    name: &str,
    near: Option<Candidate<'_>>,
    imported_elsewhere: Option<&Path>,
) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownCompute, span, format!("unknown cluster or environment `{name}`"));
    match (near, imported_elsewhere) {
        (_, Some(file)) => d.help(format!("import `{}`, which declares it", file.display())),
        (Some(_), None) => d.did_you_mean(name, span, near, true),
        (None, None) => d.help(
            "declare it with `cluster name { ... }` or `environment name { ... }`, or import the file that declares it",
        ),
    }
}

pub fn extends_other_kind(base: &Ident, declared: Span, wanted: &str, found: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownCompute, base.span, format!("`{}` is not {}", base.text, article(wanted)));
    d.with_label(declared, format!("declared as {}", article(found))).help("extend a declaration of the same kind")
}

pub fn extends_cycle(text: &str, base: Span, rest: &[(Span, Span)]) -> Diagnostic {
    let d = Diagnostic::new(Code::ExtendsCycle, base, format!("`{text}` extends itself"));
    let mut d = d.help("remove one `extends` from the cycle");
    for (name, _) in rest {
        d = d.with_label(*name, "extended here");
    }
    d
}

pub fn only_extends(span: Span, what: &str) -> Diagnostic {
    let d =
        Diagnostic::new(Code::BadHeader, span, format!("only `extends` is allowed in the header of {}", article(what)));
    d.help("remove it; `on` and `after` are for steps")
}

pub fn bare_header(span: Span, what: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::BadHeader, span, format!("unexpected text after the name of {what}"));
    d.help("remove it")
}

/// `target` is the declaration of the target, if there is one.
pub fn var_without_value(var: &Ident, target: Option<&Decl>) -> Diagnostic {
    let name = &var.text;
    let whose = target.map(|t| format!(" for target `{}`", t.name.text)).unwrap_or_default();
    let d = Diagnostic::new(Code::NoValueForVar, var.span, format!("var `{name}` has no value{whose}"));
    match target {
        Some(t) => d
            .with_label(t.name.span, "not set in this target")
            .help(format!(
                "add `vars {{ {name} = ... }}` to the target, give the var a default, or pass `--var {name}=...`"
            ))
            .missing([name.as_str(), "vars"], t.span),
        None => d.help(format!("give it a default, or pass `--var {name}=...`")),
    }
}

/// A declaration that `uses` names spell differently, as in `first`.
pub fn misspelled_declaration(declared: Span, name: &str, used: &str, first: &Diagnostic, uses: usize) -> Diagnostic {
    let d = Diagnostic::new(first.code, declared, format!("`{name}` is never used, but `{used}` is, {uses} times"));
    d.with_label(first.span, format!("`{used}` is used here")).closest_match(declared, Some(used))
}

pub fn unknown_var(name: &Ident, near: Option<Candidate<'_>>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownVar, name.span, format!("unknown var `{}`", name.text));
    match near {
        Some(_) => d.did_you_mean(&name.text, name.span, near, true),
        None => d.help(format!("declare it: `var {}: string`", name.text)),
    }
}

pub fn var_set_twice(name: &Ident, first: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::GivenTwice, name.span, format!("`{}` is set twice", name.text));
    d.with_label(first, "first set here").help("remove one of them")
}

pub fn declared_elsewhere(span: Span, key: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::GivenTwice, span, format!("empty `{key}` conflicts with declarations that fill it"));
    d.help("remove it")
}

pub fn pipeline_header(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadHeader, span, "only `on` is allowed in the header of a pipeline");
    d.help("remove it; to start a pipeline after another, add a step with `run other`")
}

/// `name` is not in scope; `span` is the whole reference.
pub fn unknown_value(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(Code::UnknownName, span, format!("unknown value `{name}`"))
}

/// `name` is what another language calls `word`.
pub fn word_of_another_language(span: Span, name: &str, word: &str) -> Diagnostic {
    unknown_value(span, name).instead(span, word)
}

/// A step where a value is needed; `output` is one of its outputs.
pub fn step_as_value(span: Span, name: &str, step: Span, output: Option<&str>) -> Diagnostic {
    let help = match output {
        Some(first) => format!("use one of the step's outputs, such as `{name}.{first}`"),
        None => format!("use `after {name}` to wait for the step; it has no outputs"),
    };
    Diagnostic::new(Code::UnknownName, span, format!("`{name}` is a step, not a value"))
        .help(help)
        .with_label(step, "step declared here")
}

/// `in_text`: the reference is inside a string, so that quotes do not help.
pub fn undeclared_value(span: Span, name: &str, near: Option<Candidate<'_>>, in_text: bool) -> Diagnostic {
    let d = unknown_value(span, name);
    match near {
        Some(_) => d.did_you_mean(name, span, near, true),
        None if in_text => d.help("declare it with `let`, `var` or `param`, or write `\\${` for a literal `${`"),
        None => d
            .help(format!("declare it with `let`, `var` or `param`, or quote it to use the string \"{name}\""))
            .unsafe_fix("put it in quotes", vec![(span, format!("\"{name}\""))]),
    }
}

/// A field of a step that belongs to its call; `written` is the whole entry.
pub fn field_of_call(entry: &Entry, call: &Call, written: &str) -> Diagnostic {
    let d = no_field(Code::WrongBlock, &entry.key, "a step");
    let insert = match &call.body {
        Some(body) => {
            let end = Span { start: body.span.end.saturating_sub(1), ..body.span };
            (end.start_point(), format!(", {written} "))
        }
        None => (call.span.end_point(), format!(" {{ {written} }}")),
    };
    d.with_label(call.callee_span, "the call has this field")
        .help("move it into the block of the call")
        .unsafe_fix("move it into the block of the call", vec![insert, (entry.span, String::new())])
}

/// A field in the block of a call that belongs to the step; `written` is the whole entry.
pub fn field_of_step(entry: &Entry, call: &Call, place: &str, written: &str) -> Diagnostic {
    let d = no_field(Code::WrongBlock, &entry.key, place);
    let d = d.help("move it out of the block, into the step");
    match &call.body {
        Some(body) if body.items.len() == 1 => {
            d.unsafe_fix("move it into the step", vec![(body.span, format!(", {written}"))])
        }
        _ => d.unsafe_fix(
            "move it into the step",
            vec![(entry.span, String::new()), (call.span.end_point(), format!(", {written}"))],
        ),
    }
}

/// A name that is unknown where a string would not fit.
pub fn undeclared_name(span: Span, name: &str, near: Option<Candidate<'_>>) -> Diagnostic {
    unknown_value(span, name).help("declare it with `let`, `var` or `param`").did_you_mean(name, span, near, true)
}

/// An argument without a name whose value is unknown. Its second fix keeps the name, which may be right.
pub fn undeclared_short_argument(span: Span, name: &str, near: Candidate<'_>) -> Diagnostic {
    let kept = format!("{name} = {}", quote_name(near.text));
    undeclared_value(span, name, Some(near), false).unsafe_fix(format!("pass `{kept}`"), vec![(span, kept)])
}

fn no_field(code: Code, key: &Ident, place: &str) -> Diagnostic {
    Diagnostic::new(code, key.span, format!("{place} has no field `{}`", key.text))
}

/// `workspace.host = ..`: a field of a block.
pub fn field_in_dotted_name(entry: &Entry, outer: &str, inner: &str, value: &str) -> Diagnostic {
    let key = &entry.key;
    let meant = format!("{outer} {{ {inner} = {value} }}");
    Diagnostic::new(Code::UnknownField, key.span, format!("`{}` is not a field", key.text))
        .help(format!("write `{meant}`"))
        .unsafe_fix("write it as a block", vec![(entry.span, meant)])
}

/// A field that other tools have, where the header of the declaration has `slot`; `written` is what to add to it.
pub fn belongs_to_header(
    entry: &Entry,
    place: &str,
    slot: &str,
    written: Option<&str>,
    edits: Option<Vec<(Span, String)>>,
) -> Diagnostic {
    let key = &entry.key;
    let d = no_field(Code::UnknownField, key, place);
    let d = match written {
        Some(written) => d.help(format!("write `{written}` in the header, before `{{`")),
        None => d.help(format!("use `{slot}` in the header, before `{{`")),
    };
    match edits {
        Some(edits) => d.unsafe_fix("move it to the header", edits),
        None => d,
    }
}

/// A field that other tools have, and that is called `ours` here; `edits` rename it and what it contains.
pub fn foreign_field(key: &Ident, place: &str, ours: &str, edits: Vec<Edit>) -> Diagnostic {
    let (written, meant) = (key.text.to_string(), ours.to_owned());
    no_field(Code::UnknownField, key, place)
        .help(format!("use `{ours}`"))
        .unsafe_fix(format!("use `{ours}`"), edits.into_iter().map(|e| (e.span, e.text)).collect())
        .caused_by(Cause::Unknown { written, meant, declared: None })
}

/// A field that other tools have.
pub fn foreign_word(key: &Ident, place: &str, how: &str) -> Diagnostic {
    no_field(Code::UnknownField, key, place).help(how)
}

pub fn worker_bounds(min: &Entry, max: &Entry, range: &str) -> Diagnostic {
    Diagnostic::new(Code::UnknownField, min.key.span, "a cluster has no field `min_workers`")
        .with_label(max.key.span, "belongs to the same range")
        .help(format!("write `autoscale = {range}`"))
        .unsafe_fix(
            format!("use `autoscale = {range}`"),
            vec![(min.span, format!("autoscale = {range}")), (max.span, String::new())],
        )
}

/// A path as other tools write it; `ours` is the same here. `undeclared` is the output, if its step must declare it.
pub fn foreign_path(span: Span, written: &str, ours: &str, undeclared: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownName, span, format!("`{written}` is called `{ours}` here"));
    match undeclared {
        Some(output) => d.help(format!("write `{ours}`, and declare the output `{output}` in its step")),
        None => d.instead(span, ours),
    }
}

/// A parameter of a pipeline where only constants exist.
pub fn param_elsewhere(span: Span, name: &str, pipeline: &str, declared: Span) -> Diagnostic {
    Diagnostic::new(Code::UnknownName, span, format!("parameter `{name}` cannot be used here"))
        .with_label(declared, format!("parameter of pipeline `{pipeline}`, known only at run time"))
        .help("use a `var`, which each target can set")
}

/// `after` with a misspelled step that is inside the loop `within`.
pub fn misspelled_step_inside_loop(name: &Ident, inner: Span, within: &str) -> Diagnostic {
    Diagnostic::new(Code::UnknownStep, name.span, format!("unknown step `{}` in this pipeline", name.text))
        .with_label(inner, "this step runs inside a loop")
        .help(format!("use `after {within}` to wait for the loop"))
        .unsafe_fix(format!("use `{within}`"), vec![(name.span, quote_name(within))])
}

/// `block` lacks the field and has `keys`; the blocks `elsewhere` have it.
pub fn unknown_field(key: &Ident, block: &str, keys: &[&str], elsewhere: &[String]) -> Diagnostic {
    let near = closest_name(&key.text, keys.iter().copied().map(Candidate::known));
    if near.is_none() && !elsewhere.is_empty() {
        return no_field(Code::WrongBlock, key, block)
            .help(format!("move it to {}", list_names(elsewhere.iter().map(String::as_str), 4).replace('`', "")));
    }
    let d = no_field(Code::UnknownField, key, block);
    match near {
        Some(_) => d.did_you_mean(&key.text, key.span, near, true),
        None if keys.is_empty() => d.help("remove it; this block has no fields"),
        None if keys.len() <= 12 => d.help(format!("use {}", list_names(keys.iter().copied(), 12))),
        None => d.help("run `pipec schema` to list every field"),
    }
}

/// A named argument of a script or of dbt, which have only positional arguments.
pub fn named_argument(name: &Ident, kind: FileKind) -> Diagnostic {
    match kind {
        FileKind::Dbt => Diagnostic::new(Code::UnknownArgument, name.span, "dbt arguments cannot be named")
            .help("pass whole commands, such as \"dbt build --select marts\""),
        _ => Diagnostic::new(Code::UnknownArgument, name.span, "script arguments cannot be named")
            .help(format!("pass \"--{}\" and then the value", name.text)),
    }
}

/// An argument without a parameter of that name; `bare`: the name is the value as well.
pub fn surplus_argument(
    argument: &Argument,
    function: &str,
    signature: &Signature,
    near: Option<&str>,
    bare: bool,
) -> Diagnostic {
    let name = Span { end: argument.span.start + argument.name.len() as u32, ..argument.span };
    let message = format!("`{function}` has no parameter `{}`", argument.name);
    let d = Diagnostic::new(Code::UnknownArgument, name, message);
    let d = match near {
        // The name must be added before the value.
        Some(near) if bare => d
            .help(format!("did you mean `{near}`?"))
            .unsafe_fix(format!("pass it as `{near}`"), vec![(argument.span.start_point(), format!("{near} = "))]),
        Some(_) => d.closest_match(name, near),
        None if signature.params.is_empty() => d.help("remove it; the function has no parameters"),
        None => d.help(format!("use {}", list_names(signature.params.iter().map(|p| p.written.name.as_str()), 12))),
    };
    d.with_label(signature.span, "function defined here")
}

pub fn argument_without_name(argument: &ast::CallArgument) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownArgument, argument.span, "argument without a name");
    let d = match &argument.value.kind {
        ValueKind::Path(path) => match path.rest.last() {
            Some(Segment::Name(last)) => d.unsafe_fix(
                format!("name it `{}`", last.text),
                vec![(argument.span.start_point(), format!("{} = ", last.text))],
            ),
            _ => d,
        },
        _ => d,
    };
    d.help("give it a name; only a single name can be passed without one")
}

pub fn named_argument_of_secret(name: &Ident) -> Diagnostic {
    Diagnostic::new(Code::UnknownArgument, name.span, "arguments of `secret` have no names")
        .help("pass the scope and then the key, such as `secret(\"scope\", \"key\")`")
}

pub fn unknown_compile_time_fact(span: Span, path: &str, near: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownName, span, format!("unknown fact `{path}`"));
    match near {
        Some(near) => d.instead(span, near),
        None => d.help(format!("use {}", list_names(crate::schema::facts::COMPILE_TIME.iter().map(|f| f.path), 12))),
    }
}

pub fn no_such_item(index: Span, name: &str, wanted: &str, count: usize, declared: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownName, index, format!("`{name}` has no element `{wanted}`"));
    let range = match count {
        0 => "the list is empty".to_owned(),
        n => format!("the elements have the numbers 0 to {}", n - 1),
    };
    d.with_label(declared, "declared here").help(range)
}
