//! Messages about what is decided per target: `when`, facts and families.

use crate::diag::{Code, Diagnostic, list_names};
use crate::source::Span;

pub fn no_such_target(span: Span, name: &str, near: Option<&str>, targets: &[&str]) -> Diagnostic {
    let d = Diagnostic::new(Code::NeverHolds, span, format!("the project has no target `{name}`"));
    match (near, targets) {
        (Some(near), _) => d
            .help(format!("did you mean `{near}`?"))
            .unsafe_fix(format!("use `{near}`"), vec![(span, format!("\"{near}\""))]),
        (None, []) => d.help("declare the target; without one, `target.name` is `default`"),
        (None, targets) => d.help(format!("use {}", list_names(targets.iter().copied(), 12))),
    }
}

pub fn never_holds(condition: Span, targets: usize) -> Diagnostic {
    let d = Diagnostic::new(Code::NeverHolds, condition, "this condition holds in no target");
    match targets {
        0 => d.help("declare targets; without one, `target.name` is `default`"),
        _ => d.help("change it, or remove the `when`"),
    }
}

pub fn not_in_target(span: Span, name: &str, target: &str, declared: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::NotInTarget, span, format!("`{name}` does not exist in the target `{target}`"));
    d.with_label(declared, "declared in a `when` that does not hold there")
        .help("put this into the same `when`, or declare it for all targets")
}

pub fn known_at_deployment(span: Span, what: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::KnownAtDeployment, span, format!("{what} must be known at compile time"));
    d.label("only the workspace knows this").help("pass the user with `--user`, or use a constant")
}

pub fn no_repository(span: Span, path: &str, why: &str) -> Diagnostic {
    Diagnostic::new(Code::NoRepository, span, format!("no value for `{path}`: {why}"))
        .help("use a `var` that CI sets with `--var`, or compile in a clone of the repository")
}

pub fn environment_not_set(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(Code::NoRepository, span, format!("environment variable `{name}` is not set"))
        .help("set it, give the var a constant, or pass the value with `--var`")
}

pub fn environment_here(span: Span) -> Diagnostic {
    Diagnostic::new(Code::EnvironmentHere, span, "`env` is allowed only as the value of a var")
        .help("declare a var such as `var x: string = env(\"NAME\")`, and use the var here")
}

pub fn environment_takes_a_name(span: Span) -> Diagnostic {
    Diagnostic::new(Code::EnvironmentHere, span, "`env` requires the name of one environment variable")
        .help("pass the name as a string, such as `env(\"NAME\")`")
}

pub fn environment_as_secret(span: Span, declared: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::EnvironmentHere, span, "value of the environment in a field for secrets");
    d.with_label(declared, "declared here")
        .help("keep it in a secret scope, and use `secret` with the scope and the key")
}

pub fn whole_family(span: Span, name: &str, declared: Span, first: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::WholeFamily, span, format!("`{name}` is a family"));
    let d = d.with_label(declared, "declared here");
    match first {
        Some(index) => d.help(format!("choose a member, such as `{name}[\"{index}\"]`")),
        None => d.help("its list is empty, so it has no members"),
    }
}
