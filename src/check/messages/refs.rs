//! E06xx: run-time values, references and secrets.

use crate::diag::{Code, Diagnostic, closest_match, list_names};
use crate::model::Reference;
use crate::schema::facts;
use crate::source::{Span, quote_name};

pub fn run_time_element(item: Span) -> Diagnostic {
    Diagnostic::new(Code::RunTimeInCompileTime, item, "a run-time value cannot be an element of a list")
        .help("pass it as an argument of its own, or let the producing step put out the whole list")
}

pub fn run_time_in_object(value: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::RunTimeInCompileTime, value, "a run-time value cannot stand in an object");
    d.help("pass it as an argument of its own")
}

pub fn not_constant(value: Span, what: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::RunTimeInCompileTime, value, format!("{what} must be known at compile time"));
    d.help("use a `let`, a `var`, or the value itself")
}

pub fn maybe_not_evaluated(span: Span, reference: &Reference, name: &str) -> Diagnostic {
    let d = Diagnostic::new(
        Code::MaybeNotEvaluated,
        span,
        format!("it is not known whether the platform evaluates `{reference}` in `{name}`"),
    );
    d.help("try it with one run, or use a compile-time value")
}

pub fn run_time_in_constant(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(Code::RunTimeInConstant, span, format!("`{name}` cannot hold a run-time value"))
        .label("known only when the job runs")
        .help(format!(
            "the platform does not evaluate references in `{name}`; use a `let`, or a `var` that each target sets"
        ))
}

pub fn literal_braces(at: Span, shown: &str, root: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::LiteralBraces, at, format!("the platform takes `{shown}` as plain text"));
    d.help(match closest_match(root, facts::ROOTS.iter().copied()) {
                            Some(near) => format!("did you mean `{near}`?"),
                            None => "references begin with `job`, `task`, `tasks`, `workspace` or `input`; this is right if the code itself replaces it".to_owned(),
                        })
}

pub fn bad_reference(at: Span, why: &str) -> Diagnostic {
    Diagnostic::new(Code::BadReference, at, why).help("write the reference without quotes, and pipec spells it")
}

pub fn unknown_fact_in_braces(at: Span, whole: &str, all: &[String]) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownFact, at, format!("the platform has no `{whole}`"));
    match closest_match(whole, all.iter().map(String::as_str)) {
        Some(near) => d
            .help(format!("did you mean `{near}`?"))
            .unsafe_fix(format!("use `{near}`"), vec![(at, format!("{{{{{near}}}}}"))]),
        None => d.help("see the list of dynamic value references in the platform's documentation"),
    }
}

pub fn input_outside_loop(at: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::InputOutsideLoop, at, "`{{input}}` means something only inside a `for`");
    d.help("put the step in a `for`, and use its variable")
}

pub fn different_default(call: Span, name: &str, there: Span, here: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::DifferentDefault,
        call,
        format!("`{}` has another default there, and this pipeline's value wins", name),
    );
    d.with_label(there, "the default there")
        .with_label(here, "the default here")
        .help(format!("job parameters are handed down to jobs that are run; pass it on purpose: `{0} = {0}`", name))
}

pub fn pushed_down(span: Span, name: &str, declared: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::PushedDown, span, format!("the job parameter `{name}` replaces this argument"));
    d.with_label(declared, "the param of the same name").help(
        "the platform hands every job parameter to this kind of task, and it wins; rename the argument or the param",
    )
}

pub fn unknown_fact(span: Span, whole: &str, all: &[String]) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownFact, span, format!("the platform has no `{whole}`"));
    match closest_match(whole, all.iter().map(String::as_str)) {
        Some(near) => {
            d.help(format!("did you mean `{near}`?")).unsafe_fix(format!("use `{near}`"), vec![(span, near.to_owned())])
        }
        None => {
            let root = whole.split('.').next().unwrap_or("");
            let same: Vec<&str> =
                all.iter().map(String::as_str).filter(|p| p.split('.').next() == Some(root)).collect();
            d.help(format!("there are {}", list_names(same, 6)))
        }
    }
}

pub fn undeclared_param(span: Span, param: &str, near: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::UndeclaredParam, span, format!("this pipeline has no param `{param}`"));
    match near {
        Some(near) => d.help(format!("did you mean `{near}`?")),
        None => d.help(format!("declare it: `param {}: string`", quote_name(param))),
    }
}

pub fn param_in_default(span: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::MaybeNotEvaluated,
        span,
        "it is not known whether one param may stand in the default of another",
    );
    d.help("use a `let` or `var` for what both share")
}

pub fn run_time_default(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::RunTimeInConstant, span, "no step has run when a param gets its default");
    d.help("use the value in the steps themselves")
}

/// `from_text` says that it is typed as `{{secrets/...}}`.
pub fn secret_here(span: Span, name: &str, from_text: bool) -> Diagnostic {
    let (code, how) = if from_text {
        (Code::SecretAsText, "is not replaced in")
    } else {
        (Code::SecretHere, "would be readable, or not be replaced, in")
    };
    Diagnostic::new(code, span, format!("a secret {how} `{name}`")).help(
        "secrets go in `spark_conf`, `spark_env_vars` and the login of a docker image; code reads them with dbutils.secrets",
    )
}
