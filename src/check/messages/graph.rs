//! E03xx: the graph of steps.

use crate::diag::{Candidate, Code, Diagnostic, article};
use crate::model::{Branch, Dependency, Type};
use crate::source::Span;
use crate::syntax::ast::{After, Ident};

pub fn value_of_inner_step(at: Span, declared: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::HiddenOutput, at, "values of a step inside a loop cannot be used outside the loop");
    d.with_label(declared, "step declared here")
}

pub fn never_sets(at: Span, task: &str, name: &str, declared: Span, near: Option<Candidate<'_>>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownOutput, at, format!("step `{task}` never sets `{name}`"));
    match near {
        Some(_) => d.did_you_mean(name, at, near, false),
        None => d
            .with_label(declared, "step declared here")
            .help(format!("declare it in the step: `output {name}: string`")),
    }
}

/// `written` is the declared value as a path; `whole`: it is the only content of its string.
pub fn not_upstream(used: Span, written: Option<String>, whole: bool, task: &str, user: &str) -> Diagnostic {
    let own = task == user;
    let message = if own {
        format!("step `{task}` refers to its own value")
    } else {
        format!("step `{task}` is not upstream of `{user}`")
    };
    let d = Diagnostic::new(Code::NotUpstream, used, message);
    match written {
        Some(path) if !own && whole => {
            let outer = Span { start: used.start - 1, end: used.end + 1, ..used };
            d.help(format!("use `{path}` without quotes, which also adds the dependency"))
                .unsafe_fix(format!("use `{path}`"), vec![(outer, path)])
        }
        Some(path) if !own => {
            d.help(format!("use `${{{path}}}`, which also adds the dependency, or add `after {task}`"))
        }
        _ => d.help(format!("add `after {task}` to the step")),
    }
}

pub fn other_branch(span: Span, key: &str, needed: &str, condition: &str, other: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::NeverRuns,
        span,
        format!("`{key}` depends on `{needed}`, which is in the other branch of `{condition}`"),
    );
    d.with_label(other, "other branch").help("use a value from a step before the condition: only one branch runs")
}

pub fn other_outcome(span: Span, key: &str, branch: &Branch) -> Diagnostic {
    let d = Diagnostic::new(
        Code::NeverRuns,
        span,
        format!("step `{key}` is in the branch where `{}` is {}", branch.condition, branch.outcome),
    );
    d.with_label(branch.span, "condition").help("move the step to the other branch, or remove the outcome")
}

pub fn self_dependency(span: Span, step: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::SelfDependency, span, format!("step `{}` depends on itself", step));
    d.help("remove the dependency, and keep the value in a variable of the code")
}

pub fn both_outcomes(b: &Dependency, step: &str, a: &Dependency) -> Diagnostic {
    let d =
        Diagnostic::new(Code::NeverRuns, b.span, format!("step `{}` depends on both outcomes of `{}`", step, a.task));
    d.with_label(a.span, "other outcome").help("keep one outcome, or remove `is` to wait for the condition")
}

pub fn nested_loop_of_tasks(at: Span, outer: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadForBody, at, "loops cannot be nested");
    d.with_label(outer, "outer loop").help("run another job in the inner task")
}

pub fn empty_condition(name: &Ident) -> Diagnostic {
    let d = Diagnostic::new(Code::EmptyBranch, name.span, format!("no step depends on the condition `{}`", name.text));
    d.help("put steps into the condition, or add `after name is true` to a step")
}

pub fn kind_of_its_own(key: Span, what: &str, name: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::TwoKinds, key, format!("{what} cannot run a task"));
    d.with_label(name, format!("{what} is already a task")).help("move it to a step")
}

pub fn nested_loop(span: Span, outer: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadForBody, span, "loops cannot be nested");
    d.with_label(outer, "outer loop").help("start another pipeline in the inner step, with `run`")
}

pub fn condition_in_loop(span: Span, outer: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadForBody, span, "conditions are not allowed inside a loop");
    d.with_label(outer, "loop").help("start another pipeline in the step, with `run`")
}

pub fn two_steps_in_loop(second: Span, first: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadForBody, second, "more than one step in a loop");
    d.with_label(first, "first step").help("add a loop for this step, or start another pipeline with `run`")
}

pub fn loop_without_step(name: &Ident) -> Diagnostic {
    let d = Diagnostic::new(Code::BadForBody, name.span, format!("loop `{}` has no step", name.text));
    d.help("add a `step name { ... }` inside")
}

pub fn family_in_loop(family: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadForBody, family, "step families are not allowed inside a loop");
    d.help("loop over the list, or move the family out of the loop")
}

pub fn nested_raw_loop(at: Span, outer: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadForBody, at, "loops cannot be nested");
    d.with_label(outer, "outer loop").help("start another pipeline in the inner step")
}

pub fn loop_over_non_list(list: Span, other: &Type) -> Diagnostic {
    let d = Diagnostic::new(Code::BadItems, list, format!("cannot loop over {}", article(&other.to_string())));
    d.help("use a list, or an output or parameter of type `list<...>`")
}

/// Why a list cannot be looped over.
#[derive(Clone, Copy)]
pub enum BadItems {
    Empty,
    Mixed,
    Nested,
}

pub fn bad_items(list: Span, why: BadItems) -> Diagnostic {
    let message = match why {
        BadItems::Empty => "empty list: the loop never runs",
        BadItems::Mixed => "loop items must have the same type, and objects the same fields",
        BadItems::Nested => "loop items cannot contain a list or an object",
    };
    Diagnostic::new(Code::BadItems, list, message).help("use a list of strings, numbers, booleans or flat objects")
}

pub fn two_tasks_of_one_key(name: &Ident, other: &str, key: &str, span: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::DuplicateKey,
        name.span,
        format!("`{}` and `{other}` both create the task `{key}`", name.text),
    );
    d.with_label(span, "other step").help("rename one of them")
}

pub fn element_twice(value: Span, index: &str, family_at: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::DuplicateKey, value, format!("duplicate element `{index}`"));
    d.with_label(family_at, "step family").help("remove one of them: each element creates a step")
}

pub fn family_without_list(list: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadItems, list, "a step family requires a compile-time constant list");
    d.help("use a `let` or `var` with a list, or `for` to loop over a run-time list")
}

pub fn output_of_family(span: Span, name: &str, declared: Span, first: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::HiddenOutput, span, format!("`{}` is a step family; select one of its steps", name));
    let index = format!("[\"{first}\"]");
    let end = Span { end: span.start + name.len() as u32, ..span }.end_point();
    d.with_label(declared, "declared here")
        .help(format!("select one by its element: `{name}{index}`"))
        .unsafe_fix(format!("use `{name}{index}`"), vec![(end, index)])
}

pub fn which_output(span: Span, name: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownOutput, span, format!("`{}` is a step, not a value", name));
    d.help("use one of its outputs: `step.output`")
}

/// An output of a step inside a loop, or of the loop itself (`whole`), used outside the loop.
pub fn hidden_output(span: Span, whole: bool, declared: Span) -> Diagnostic {
    hidden_value(span, whole, declared).help("write a table in the step, and read it in a step `after` the loop")
}

/// The same for an undeclared output.
pub fn hidden_value(span: Span, whole: bool, declared: Span) -> Diagnostic {
    let message = match whole {
        false => "outputs of a step inside a loop cannot be used outside the loop",
        true => "loops have no outputs",
    };
    Diagnostic::new(Code::HiddenOutput, span, message).with_label(declared, "declared here")
}

pub fn output_of_condition(span: Span, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::new(Code::UnknownOutput, span, "conditions have no outputs")
        .with_label(declared, "condition declared here")
        .help(format!("use an output of a step, or wait for the condition with `after {name} is true`"))
}

pub fn unknown_output(at: Span, step: &str, whole: &str, declared: Span, near: Option<Candidate<'_>>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownOutput, at, format!("step `{}` has no output `{whole}`", step));
    match near {
        Some(_) => d.did_you_mean(whole, at, near, true),
        None => d
            .with_label(declared, "step declared here")
            .help(format!("declare it in the step: `output {whole}: string`")),
    }
}

/// `names` are the pipelines of the cycle, in order.
pub fn pipeline_cycle(first: Span, rest: &[Span], names: &[&str]) -> Diagnostic {
    let message = match names {
        [one] => format!("pipeline `{one}` runs itself"),
        _ => format!("pipelines run each other: {}", path(names)),
    };
    let mut d = Diagnostic::new(Code::PipelineCycle, first, message).label("this `run` is part of the cycle");
    for span in rest {
        d = d.with_label(*span, "and this one");
    }
    d.help("remove one `run` from the cycle")
}

/// `a → b → a`
fn path(names: &[&str]) -> String {
    let again = names.first().into_iter();
    names.iter().chain(again).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" → ")
}

pub fn two_kinds(first: Span, second: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::TwoKinds, second, "more than one task in a step");
    d.label("second task").with_label(first, "first task").help("split it into one step per task")
}

pub fn no_kind(step: &Ident) -> Diagnostic {
    let d = Diagnostic::new(Code::NoKind, step.span, format!("step `{}` has nothing to run", step.text));
    d.help("add a call such as `python pkg.mod:function(...)`, `notebook \"./x.py\"`, `script`, `sql` or `run`, or a task block such as `dbt_task { ... }`")
}

pub fn not_on_this_kind(what: &str, key: Span, name: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::NotOnThisKind, key, format!("{what} cannot have `{}`", name));
    d.help(if what == "a condition" {
        "remove the field; the platform evaluates conditions without compute"
    } else {
        "move it to the step inside the loop"
    })
}

pub fn waits_for_itself(after: Span, step: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::SelfDependency, after, format!("step `{}` depends on itself", step));
    d.help("remove the dependency")
}

pub fn step_inside_loop(after: &After, declared: Span, within: &str) -> Diagnostic {
    let d = Diagnostic::new(
        Code::HiddenOutput,
        after.span,
        format!("`{}` runs inside the loop `{within}`", after.name.text),
    );
    d.with_label(declared, "declared here")
        .help(format!("use `after {within}` to wait for the loop"))
        .unsafe_fix(format!("use `{within}`"), vec![(after.name.span, within.to_string())])
}

pub fn outcome_of_step(after: &After, declared: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::OutcomeOfStep,
        after.span,
        format!("`{}` is not a condition and has no outcome", after.name.text),
    );
    d.with_label(declared, "declared here").help("remove `is ...`; only conditions have outcomes")
}

/// The dependencies of a cycle in order, each with the step that waits and the step it waits for; `hidden` more are
/// omitted.
pub fn cycle(edges: &[(Span, &str, &str)], hidden: usize) -> Option<Diagnostic> {
    let ((span, start, to), rest) = edges.split_first()?;
    let mut names: Vec<String> = edges.iter().map(|(_, from, _)| format!("`{from}`")).collect();
    if hidden > 0 {
        names.push(format!("{hidden} more"));
    }
    names.push(format!("`{start}`"));
    let waits = |from: &str, to: &str| format!("`{from}` waits for `{to}`");
    let d = Diagnostic::new(Code::Cycle, *span, format!("dependency cycle: {}", names.join(" → ")));
    let d = rest.iter().fold(d.label(waits(start, to)), |d, (span, from, to)| d.with_label(*span, waits(from, to)));
    Some(d.help("remove one of these dependencies"))
}

pub fn not_a_field_after_by(by: Span) -> Diagnostic {
    Diagnostic::new(Code::BadItems, by, "`by` requires the name of a field, or a string")
        .help("name a field of the elements, such as `id`, or write the whole name of each member as a string")
}

pub fn by_of_plain_element(by: Span, element: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadItems, by, "the elements have no fields");
    d.with_label(element, "an element").help("remove `by`, or use a list of objects")
}
