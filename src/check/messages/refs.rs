//! E06xx: run-time values, references and secrets.

use crate::diag::{Candidate, Code, Diagnostic, closest_match, list_names};
use crate::model::Reference;
use crate::schema::facts;
use crate::source::{Span, quote_name};

pub fn run_time_element(item: Span) -> Diagnostic {
    Diagnostic::new(Code::RunTimeInCompileTime, item, "run-time values are not allowed in a list")
        .help("pass it as a separate argument, or return the whole list from a step")
}

pub fn run_time_in_object(value: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::RunTimeInCompileTime, value, "run-time values are not allowed in an object");
    d.help("pass it as a separate argument")
}

pub fn not_constant(value: Span, what: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::RunTimeInCompileTime, value, format!("{what} must be a compile-time constant"));
    d.help("use a `let`, a `var` or a literal")
}

pub fn maybe_not_evaluated(span: Span, reference: &Reference, name: &str) -> Diagnostic {
    let d = Diagnostic::new(
        Code::MaybeNotEvaluated,
        span,
        format!("`{reference}` might not be evaluated in `{name}`: the platform does not document it"),
    );
    d.help("use a compile-time constant, or try it in a run")
}

pub fn run_time_in_constant(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(Code::RunTimeInConstant, span, format!("`{name}` cannot have a run-time value"))
        .label("run-time value")
        .help(format!(
            "use a `let`, or a `var` that each target sets; the platform does not evaluate references in `{name}`"
        ))
}

pub fn literal_braces(at: Span, shown: &str, root: &str) -> Diagnostic {
    let d = Diagnostic::new(
        Code::LiteralBraces,
        at,
        format!("`{shown}` is not a dynamic reference, and is passed on as literal text"),
    );
    d.help(match closest_match(root, facts::ROOTS.iter().copied()) {
                            Some(near) => format!("did you mean `{near}`?"),
                            None => "start references with `job`, `task`, `tasks`, `workspace` or `input`, or ignore this if your code replaces the braces".to_owned(),
                        })
}

pub fn bad_reference(at: Span, why: &str) -> Diagnostic {
    Diagnostic::new(Code::BadReference, at, why).help("use an unquoted reference, which pipec converts to this syntax")
}

pub fn unknown_fact_in_braces(at: Span, whole: &str, all: &[String]) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownFact, at, format!("unknown dynamic reference `{whole}`"));
    match closest_match(whole, all.iter().map(String::as_str)) {
        // The producer of a value in braces must be upstream, which an edit of the braces does not achieve.
        Some(near) if near.starts_with("tasks.") => d.help(format!("did you mean `{near}`?")),
        Some(near) => d
            .help(format!("did you mean `{near}`?"))
            .unsafe_fix(format!("use `{near}`"), vec![(at, format!("{{{{{near}}}}}"))]),
        None => d.help("use one of the dynamic value references in the Databricks documentation"),
    }
}

pub fn input_outside_loop(at: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::InputOutsideLoop, at, "`{{input}}` is only available inside `for`");
    d.help("move the step into a `for`, and use its loop variable")
}

/// `whole` is the call with its arguments.
pub fn different_default(call: Span, whole: Span, name: &str, there: Span, here: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::DifferentDefault,
        call,
        format!("parameter `{}` has a different default in the other pipeline, which this pipeline overrides", name),
    );
    d.with_label(there, "default that is overridden")
        .with_label(here, "default that is used")
        .help(format!("pass `{0}` explicitly; the platform passes job parameters on to jobs that a job runs", name))
        .missing([name], whole)
}

pub fn pushed_down(span: Span, name: &str, declared: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::PushedDown, span, format!("job parameter `{name}` overrides this argument"));
    d.with_label(declared, "parameter with the same name")
        .help("rename the argument or the parameter; the platform passes every job parameter to this type of task")
}

pub fn unknown_fact(span: Span, whole: &str, all: &[String]) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownFact, span, format!("unknown dynamic reference `{whole}`"));
    let parts: Vec<&str> = all
        .iter()
        .filter(|path| path.strip_prefix(whole).is_some_and(|part| part.starts_with('.')))
        .map(String::as_str)
        .collect();
    if !parts.is_empty() {
        return d.help(format!("use one of its parts: {}", list_names(parts, 4)));
    }
    match closest_match(whole, all.iter().map(String::as_str)) {
        Some(near) => {
            d.help(format!("did you mean `{near}`?")).unsafe_fix(format!("use `{near}`"), vec![(span, near.to_owned())])
        }
        None => {
            let root = whole.split('.').next().unwrap_or("");
            let same: Vec<&str> =
                all.iter().map(String::as_str).filter(|p| p.split('.').next() == Some(root)).collect();
            match same.is_empty() {
                true => d.help("use a dynamic reference such as `job.run_id`, or an output of a step"),
                false => d.help(format!("use {}", list_names(same, 6))),
            }
        }
    }
}

pub fn undeclared_param(span: Span, param: &str, near: Option<Candidate<'_>>) -> Diagnostic {
    let d = Diagnostic::new(Code::UndeclaredParam, span, format!("unknown parameter `{param}` in this pipeline"));
    match near {
        Some(_) => d.did_you_mean(param, span, near, false),
        None => d.help(format!("declare it with `param {}: string`", quote_name(param))),
    }
}

pub fn param_in_default(span: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::MaybeNotEvaluated,
        span,
        "parameter in the default of another parameter might not be evaluated",
    );
    d.help("use a `let` or `var` for the shared value")
}

pub fn run_time_default(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::RunTimeInConstant, span, "default of a parameter cannot have a run-time value");
    d.help("use the value in the steps")
}

/// `from_text`: it is written as `{{secrets/...}}`.
pub fn secret_here(span: Span, name: &str, from_text: bool) -> Diagnostic {
    let (code, how) = if from_text {
        (Code::SecretAsText, "secret reference is not replaced in")
    } else {
        (Code::SecretHere, "secret would be exposed or not replaced in")
    };
    Diagnostic::new(code, span, format!("{how} `{name}`")).help(
        "use secrets in `spark_conf`, `spark_env_vars` or the login of a Docker image, or read them with `dbutils.secrets`",
    )
}

pub fn run_time_choice(head: Span, source: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::RunTimeInCompileTime, head, format!("`{source}` is known only at run time"));
    d.label("`when` is decided at compile time").help("use an `if`, which the platform decides during the run")
}
