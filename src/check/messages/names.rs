//! E01xx: names, and where each field and declaration belongs.

use std::path::Path;

use crate::diag::{Code, Diagnostic, article, closest_match, list_names};
use crate::model::{Argument, FileKind, Type, Unchecked};
use crate::package::Signature;
use crate::source::{Span, quote_name};
use crate::syntax::ast::{self, BindingKind, Ident, Item, Segment, TypeExpr, ValueKind};

pub fn constant_cycle(name: Span, word: &str, used_at: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::ConstantCycle, name, format!("`{word}` is defined by itself"));
    d.with_label(used_at, "through this use").help("give it a value that does not need it")
}

pub fn unknown_function(name: &Ident) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownFunction, name.span, format!("there is no function `{}`", name.text));
    match closest_match(&name.text, ["secret"]) {
        Some(near) => d.closest_match(name.span, Some(near)),
        None => d.help("the one function for values is `secret(\"scope\", \"key\")`"),
    }
}

pub fn key_twice(key: &Ident, first: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::GivenTwice, key.span, format!("`{}` is given twice", key.text));
    d.label("given again here").with_label(first, "given first here").help("remove one of them")
}

pub fn items_without_key(at: Span, key: &str, ty: &Type) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownName, at, format!("the items have no field `{key}`"));
    d.help(format!("an item is {}", article(&ty.to_string())))
}

pub fn unknown_step_in_braces(at: Span, task: &str, near: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownStep, at, format!("there is no step `{task}` in this pipeline"));
    match near {
        Some(near) => d.help(format!("did you mean `{near}`?")),
        None => d.help("references name steps by their keys"),
    }
}

pub fn there_already(unchecked: &Unchecked, elsewhere: Option<Span>) -> Diagnostic {
    let d = Diagnostic::new(Code::GivenTwice, unchecked.span, format!("`{}` is there already", unchecked.key));
    let d = match elsewhere {
        Some(span) => d.with_label(span, "set here"),
        None => d,
    };
    d.help("`unchecked` is for fields that pipec does not know; write this one as a field")
}

pub fn other_kind_of_compute(span: Span, name: &str, wanted: &str, declared: Span, found: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownCompute, span, format!("`{name}` is no {}", wanted));
    d.with_label(declared, format!("it is declared as a {}", found))
        .help(format!("write `on {name}` in the head of the step"))
}

pub fn not_a_compute_function(name: &Ident) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownFunction, name.span, format!("`{}` is no compute", name.text));
    d.closest_match(name.span, closest_match(&name.text, ["existing"])).maybe_help(Some(
        "write the name of a cluster or environment, `serverless`, `none` or `existing(\"id\")`".to_owned(),
    ))
}

pub fn argument_twice(span: Span, name: &str, first: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::GivenTwice, span, format!("the argument `{name}` is given twice"));
    d.with_label(first, "given first here").help("remove one of them")
}

pub fn unknown_pipeline(name: &Ident, near: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownPipeline, name.span, format!("there is no pipeline `{}` here", name.text));
    match near {
        Some(_) => d.closest_match(name.span, near),
        None => {
            d.help("import the file that declares it; a job made elsewhere runs with `run_job_task { job_id = ... }`")
        }
    }
}

pub fn unknown_param(argument: &Argument, pipeline: &str, near: Option<&str>, declared: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::UnknownArgument,
        argument.span,
        format!("pipeline `{}` has no param `{}`", pipeline, argument.name),
    );
    d.closest_match(argument.key, near).with_label(declared, "the pipeline")
}

pub fn field_after_steps(key: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::Misplaced, key, "fields of a condition stand before its first step");
    d.help("move it up, or into the step that it is for")
}

pub fn field_after_step(key: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::Misplaced, key, "fields of a loop stand before its step");
    d.help("move it up, or into the step")
}

pub fn after_in_loop(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::Misplaced, span, "the step inside a loop waits for nothing by itself");
    d.help("write `after` in the head of the loop")
}

pub fn output_without_type(name: &Ident) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownType, name.span, format!("the output `{}` has no type", name.text));
    d.help(format!("write `output {}: string`", name.text))
}

pub fn type_without_argument(expr: Span, name: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownType, expr, format!("`{name}` takes no argument"));
    d.help("only `list<T>` and `map<T>` do")
}

pub fn unknown_type(expr: &TypeExpr, name: &str, near: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownType, expr.span, format!("there is no type `{name}`"));
    match near {
        Some(_) => d.closest_match(expr.name.span, near),
        None => d.help("types are string, int, float, bool, date, datetime, json, path, table, list<T> and map<T>"),
    }
}

pub fn shadowed(name: &Ident, hidden: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::Shadowed, name.span, format!("`{}` hides a value of the file", name.text));
    d.with_label(hidden, "this one").help("rename one of them")
}

pub fn shadowed_param(name: &Ident, hidden: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::Shadowed, name.span, format!("`{}` hides a param", name.text));
    d.with_label(hidden, "this one").help("rename one of them")
}

pub fn field_of_field(span: Span, name: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownName, span, format!("only fields of `{}` itself can be used", name));
    d.help("the platform gives the first level of an item's fields")
}

pub fn element_without_field(name: &str, field: &Ident, near: Option<&str>, element: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownName, field.span, format!("`{}` has no field `{}`", name, field.text));
    d.closest_match(field.span, near).with_label(element, "this element")
}

pub fn items_without_field(field: &Ident, near: Option<&str>, names: Vec<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownName, field.span, format!("the items have no field `{}`", field.text));
    match near {
        Some(_) => d.closest_match(field.span, near),
        None => d.help(format!("they have {}", list_names(names, 8))),
    }
}

pub fn item_without_fields(field: Span, ty: &Type, name: &str) -> Diagnostic {
    let d =
        Diagnostic::new(Code::UnknownName, field, format!("an item is {} and has no fields", article(&ty.to_string())));
    d.help(format!("use `{}` alone", name))
}

pub fn part_of_constant(head: Span, name: &str, declared: Span) -> Diagnostic {
    let d =
        Diagnostic::new(Code::UnknownStep, head, format!("`{name}` is a constant, and its parts have no names here"));
    d.with_label(declared, "declared here").help("`x.y` is an output of a step; give the part a `let` of its own")
}

pub fn no_step_of_path(head: Span, name: &str, near: Option<&str>, in_pipeline: bool) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownStep, head, format!("there is no step `{name}` here"));
    match near {
        Some(near) => d.closest_match(head, Some(near)),
        None if !in_pipeline => d.help("outside a pipeline there are no steps; `x.y` is an output of a step"),
        None => d.help("`x.y` is the output `y` of a step `x`; a text is written in quotes"),
    }
}

pub fn not_a_family(index: Span, name: &str, declared: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownStep, index, format!("`{}` is one step, not a family", name));
    d.with_label(declared, "declared here").help("leave out the brackets")
}

pub fn no_such_element(index: Span, name: &str, wanted: &str, declared: Span, known: &[&str]) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownStep, index, format!("`{}` has no element `{wanted}`", name));
    let help = match closest_match(wanted, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it has {}", list_names(known.iter().copied(), 8)),
    };
    d.with_label(declared, "declared here").help(help)
}

/// A declaration where none of its kind can stand; nothing for text that was not understood.
pub fn misplaced(item: &Item, place: &str) -> Option<Diagnostic> {
    let (what, span, help) = match item {
        Item::Import(i) => ("import", i.span, "imports stand at the top of a file"),
        Item::Package(p) => ("package", p.span, "packages are declared outside pipelines"),
        Item::Binding(b) => (
            b.kind.keyword(),
            b.span,
            match b.kind {
                BindingKind::Let => "constants are declared outside pipelines",
                BindingKind::Var => "vars are declared outside pipelines",
                BindingKind::Param => "params stand directly in a pipeline",
                BindingKind::Output => "outputs stand directly in a step",
            },
        ),
        Item::Decl(d) => (
            d.kind.keyword(),
            Span { end: d.name.span.end, ..d.span },
            "is a `}` missing before it? declarations stand in a file or directly in a pipeline",
        ),
        Item::If(i) => (
            "if",
            Span { end: i.name.span.end, ..i.span },
            "conditions stand directly in a pipeline or in a branch of another",
        ),
        Item::For(f) => {
            ("for", Span { end: f.name.span.end, ..f.span }, "loops stand directly in a pipeline or in a branch")
        }
        Item::Call(c) => ("call", c.callee_span, "a call stands directly in a step"),
        Item::Entry(e) => ("field", e.key.span, "fields stand in a declaration"),
        Item::Bad(_) => return None,
    };
    let message = format!("{} cannot stand in {place}", article(&format!("`{what}`")));
    Some(Diagnostic::new(Code::Misplaced, span, message).help(help))
}

pub fn has_declaration(key: &Ident, how: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::HasDeclaration, key.span, format!("`{}` is not written as a field", key.text));
    d.help(how)
}

pub fn field_twice(key: &Ident, first: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::GivenTwice, key.span, format!("`{}` is given twice", key.text));
    d.label("given again here").with_label(first, "given first here").help("remove one of them")
}

pub fn call_as_field(key: &Ident) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownField, key.span, format!("`{}` is a call, not a field", key.text));
    d.help(format!("write it without `=`, such as `{} ...`, in a step", key.text))
}

pub fn unchecked(key: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::Unchecked, key, "these fields are passed on unchecked");
    d.help("the service alone decides whether they are right")
}

pub fn unused(kind: &str, name: &Ident) -> Diagnostic {
    let d = Diagnostic::new(Code::Unused, name.span, format!("the {kind} `{}` is never used", name.text));
    d.help("remove it, or begin its name with `_` to keep it")
}

pub fn unused_import(import: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::UnusedImport, import, "nothing of this file is used");
    d.help("remove the import").safe_fix("remove the import", vec![(import, String::new())])
}

pub fn declared_twice(what: &str, name: &Ident, first: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::DeclaredTwice, name.span, format!("the {what} `{}` is declared twice", name.text));
    d.label("declared again here").with_label(first, "declared first here").help("rename or remove one of them")
}

pub fn unused_target_field(field: Span, key: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::ReachesNothing, field, format!("no pipeline has a `{key}` for this to change"));
    d.help(format!("write the whole of `{key}`, or set it in the pipelines first"))
}

pub fn field_in_file(key: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::Misplaced, key, "a field cannot stand in a file by itself");
    d.help("fields stand in a declaration such as `pipeline name { ... }`")
}

pub fn step_extends(extends: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadHeader, extends, "a step extends nothing");
    d.help("put what steps share into `defaults { ... }`")
}

pub fn waits_twice(after: Span, first: Span, task: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::GivenTwice, after, format!("`{task}` is waited for twice"));
    d.with_label(first, "named first here").help("remove one of them")
}

pub fn unknown_step(name: &Ident, near: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownStep, name.span, format!("there is no step `{}` in this pipeline", name.text));
    match near {
        Some(near) => d.closest_match(name.span, Some(near)),
        None => d.help("`after` names steps, conditions and loops of the same pipeline"),
    }
}

pub fn defaults_twice(key: Span, first: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::GivenTwice, key, "`defaults` is given twice");
    d.with_label(first, "given first here").help("put both into one block")
}

pub fn kind_in_defaults(key: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongBlock, key, "a default cannot say what a step runs");
    d.help("put it into the steps")
}

pub fn reserved_word(name: &Ident) -> Diagnostic {
    Diagnostic::new(Code::BadKey, name.span, format!("`{}` is a word of the language", name.text))
        .help("choose another name")
}

pub fn unknown_compute(span: Span, name: &str, near: Option<&str>, imported_elsewhere: Option<&Path>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownCompute, span, format!("there is no cluster or environment `{name}` here"));
    match (near, imported_elsewhere) {
        (_, Some(file)) => d.help(format!("it is declared in `{}`, which this file does not import", file.display())),
        (Some(_), None) => d.closest_match(span, near),
        (None, None) => {
            d.help("declare it with `cluster name { ... }` or `environment name { ... }`, or import the file that does")
        }
    }
}

pub fn extends_other_kind(base: &Ident, declared: Span, wanted: &str, found: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownCompute, base.span, format!("`{}` is no {}", base.text, wanted));
    d.with_label(declared, format!("it is {}", article(found)))
        .help("a cluster extends a cluster, an environment an environment")
}

pub fn extends_cycle(text: &str, base: Span, rest: &[(Span, Span)]) -> Diagnostic {
    let d = Diagnostic::new(Code::ExtendsCycle, base, format!("`{text}` extends itself in a cycle"));
    let mut d = d.help("remove one `extends` of the cycle");
    for (name, _) in rest {
        d = d.with_label(*name, "through this one");
    }
    d
}

pub fn only_extends(span: Span, what: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::BadHeader, span, format!("a {what} takes only `extends`"));
    d.help("`on` and `after` belong to steps")
}

pub fn bare_header(span: Span, what: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::BadHeader, span, format!("{what} takes nothing after its name"));
    d.help("remove it")
}

pub fn key_characters(span: Span, what: &str, c: char, fixed: &str, written: bool) -> Diagnostic {
    let d = Diagnostic::new(Code::BadKey, span, format!("the name of {what} cannot contain `{c}`"));
    let d = d.help("the service takes letters, digits, `_` and `-`");
    if written { d.unsafe_fix(format!("use `{fixed}`"), vec![(span, quote_name(fixed))]) } else { d }
}

pub fn empty_key(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(Code::BadKey, span, format!("the name of {what} is empty")).help("give it a name")
}

pub fn var_without_value(var: &Ident, target: Option<&Ident>) -> Diagnostic {
    let name = &var.text;
    let whose = target.map(|t| format!(" for target `{}`", t.text)).unwrap_or_default();
    let d = Diagnostic::new(Code::NoValueForVar, var.span, format!("the var `{name}` has no value{whose}"));
    match target {
        Some(t) => d
            .with_label(t.span, "this target does not set it")
            .help(format!("add `vars {{ {name} = ... }}` to the target, a default to the var, or `--var {name}=...`")),
        None => d.help(format!("give it a default, or `--var {name}=...`")),
    }
}

pub fn unknown_var(name: &Ident, near: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownVar, name.span, format!("the project has no var `{}`", name.text));
    match near {
        Some(_) => d.closest_match(name.span, near),
        None => d.help(format!("declare it: `var {}: string`", name.text)),
    }
}

pub fn var_set_twice(name: &Ident, first: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::GivenTwice, name.span, format!("`{}` is given twice", name.text));
    d.with_label(first, "given first here").help("remove one of them")
}

pub fn target_name(name: &Ident) -> Diagnostic {
    let message = format!("`{}` cannot be the name of a target", name.text.escape_debug());
    let d = Diagnostic::new(Code::BadKey, name.span, message);
    d.help("its output goes to a directory of this name; use letters, digits, `-` and `_`")
}

pub fn unused_default(key: Span, name: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::ReachesNothing, key, format!("no step takes the default `{}`", name));
    d.help("remove it; conditions, loops and some kinds take fewer fields")
}

pub fn declared_elsewhere(span: Span, key: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::GivenTwice, span, format!("`{key}` is empty here, but declarations fill it"));
    d.help("remove it")
}

pub fn pipeline_name_not_a_file_name(name: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadKey, name, "this cannot be the name of a file");
    d.help("the pipeline's output is named after it; a free text goes into `name = \"...\"`")
}

pub fn pipeline_header(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadHeader, span, "a pipeline takes only `on`");
    d.help("pipelines follow each other with a step that says `run other`")
}

pub fn family_of_pipelines(family: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadHeader, family, "only steps can be families");
    d.help("remove the brackets")
}

pub fn param_name(name: Span, c: char) -> Diagnostic {
    let d = Diagnostic::new(Code::BadKey, name, format!("the name of a param cannot contain `{c}`"));
    d.help("the service takes letters, digits, `_`, `-` and `.`")
}

pub fn unused_compute(name: &Ident, kind: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::Unused, name.span, format!("the {} `{}` is never used", kind, name.text));
    d.help(format!("write `on {}` at a step, or remove it", name.text))
}

pub fn unused_param(param: Span, name: &str, pipeline: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::Unused, param, format!("the param `{name}` of `{}` is never used", pipeline));
    d.help("pass it to a step, or remove it")
}

pub fn unused_output(output: Span, name: &str, step: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::UnusedOutput, output, format!("no step uses `{name}` of step `{step}`"));
    d.help("use it, or remove it; only what a last step puts out is taken for a result of the run")
}

/// `name` is the value that is not in scope, `span` the whole reference.
pub fn unknown_value(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(Code::UnknownName, span, format!("there is no value `{name}` here"))
}

/// A word of another language for `word`.
pub fn word_of_another_language(span: Span, name: &str, word: &str) -> Diagnostic {
    unknown_value(span, name)
        .help(format!("write `{word}`"))
        .unsafe_fix(format!("use `{word}`"), vec![(span, word.to_owned())])
}

/// A step where a value is needed; `output` is one of its outputs.
pub fn step_as_value(span: Span, name: &str, step: Span, output: Option<&str>) -> Diagnostic {
    let help = match output {
        Some(first) => format!("`{name}` is a step; use one of its outputs, such as `{name}.{first}`"),
        None => format!("`{name}` is a step without outputs; to wait for it write `after {name}`"),
    };
    unknown_value(span, name).help(help).with_label(step, "the step is declared here")
}

/// `in_text` says that it is inside a string, where quotes are no way out.
pub fn undeclared_value(span: Span, name: &str, near: Option<&str>, in_text: bool) -> Diagnostic {
    let d = unknown_value(span, name);
    match near {
        Some(_) => d.closest_match(span, near),
        None if in_text => d.help("declare it with `let`, `var` or `param`; for literal text write `\\${`"),
        None => d
            .help(format!("declare it with `let`, `var` or `param`; if text is meant, write \"{name}\""))
            .unsafe_fix("put it in quotes", vec![(span, format!("\"{name}\""))]),
    }
}

/// `block` is what has no such field, `elsewhere` where there is one, `keys` the fields of the block.
pub fn unknown_field(key: &Ident, block: &str, keys: &[&str], elsewhere: &[String]) -> Diagnostic {
    let near = closest_match(&key.text, keys.iter().copied());
    if near.is_none() && !elsewhere.is_empty() {
        return Diagnostic::new(Code::WrongBlock, key.span, format!("`{}` does not belong in {block}", key.text)).help(
            format!("it is a field of {}", list_names(elsewhere.iter().map(String::as_str), 4).replace('`', "")),
        );
    }
    let d = Diagnostic::new(Code::UnknownField, key.span, format!("{block} has no field `{}`", key.text));
    match near {
        Some(_) => d.closest_match(key.span, near),
        None if keys.len() <= 12 => {
            d.help(format!("it has {}", list_names(keys.iter().copied(), 12).replace(" or ", " and ")))
        }
        None => d.help("`pipec schema` lists every field; `unchecked { ... }` passes on what pipec does not know"),
    }
}

/// A named argument of a script or of dbt, which take theirs in order.
pub fn named_argument(name: &Ident, kind: FileKind) -> Diagnostic {
    match kind {
        FileKind::Dbt => Diagnostic::new(Code::UnknownArgument, name.span, "dbt takes commands, without names")
            .help("write whole commands, such as \"dbt build --select marts\""),
        _ => Diagnostic::new(Code::UnknownArgument, name.span, "a script takes its arguments in order, without names")
            .help(format!("write \"--{}\", and the value after it", name.text)),
    }
}

/// An argument that a function does not take; `bare` says that its name is its value as well.
pub fn surplus_argument(
    argument: &Argument,
    function: &str,
    signature: &Signature,
    near: Option<&str>,
    bare: bool,
) -> Diagnostic {
    let name = Span { end: argument.span.start + argument.name.len() as u32, ..argument.span };
    let message = format!("`{function}` takes no argument `{}`", argument.name);
    let d = Diagnostic::new(Code::UnknownArgument, name, message);
    let d = match near {
        // The name has to be written before the value.
        Some(near) if bare => d
            .help(format!("did you mean `{near}`?"))
            .unsafe_fix(format!("pass it as `{near}`"), vec![(argument.span.start_point(), format!("{near} = "))]),
        Some(_) => d.closest_match(name, near),
        None if signature.params.is_empty() => d.help("it takes no arguments"),
        None => {
            d.help(format!("it takes {}", list_names(signature.params.iter().map(|p| p.written.name.as_str()), 12)))
        }
    };
    d.with_label(signature.span, "the function")
}

pub fn unused_pipeline_compute(on: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::ReachesNothing, on, "no step takes the compute of the pipeline");
    d.help("every step says where it runs, or brings its own compute; remove `on`")
}

pub fn argument_without_name(argument: &ast::CallArgument) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownArgument, argument.span, "this argument has no name");
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
    d.help("write `name = value`; only a bare name may stand for itself")
}
