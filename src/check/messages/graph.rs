//! E03xx: the graph of steps.

use crate::diag::{Code, Diagnostic, article};
use crate::model::{Branch, Dependency, Type};
use crate::source::Span;
use crate::syntax::ast::{After, Ident};

pub fn value_of_inner_step(at: Span, declared: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::HiddenOutput,
        at,
        "a step inside a loop runs many times: its values cannot be used outside",
    );
    d.with_label(declared, "the step is declared here")
}

pub fn never_sets(at: Span, task: &str, name: &str, declared: Span, near: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownOutput, at, format!("step `{task}` never sets `{name}`"));
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("declare it in the step: `output {name}: string`"),
    };
    d.with_label(declared, "the step is declared here").help(help)
}

/// `written` is the value as a path, where it is declared; `whole` says that it is all of its string.
pub fn not_upstream(used: Span, written: Option<String>, whole: bool, task: &str, user: &str) -> Diagnostic {
    let own = task == user;
    let message = if own {
        format!("step `{task}` uses its own value")
    } else {
        format!("step `{task}` is not upstream of `{user}`")
    };
    let d = Diagnostic::new(Code::NotUpstream, used, message);
    match written {
        Some(path) if !own && whole => {
            let outer = Span { start: used.start - 1, end: used.end + 1, ..used };
            d.help(format!("write `{path}` without quotes: using the value is the dependency"))
                .unsafe_fix(format!("use `{path}`"), vec![(outer, path)])
        }
        Some(path) if !own => {
            d.help(format!("write `${{{path}}}`: using the value is the dependency; or add `after {task}`"))
        }
        _ => d.help(format!("add `after {task}` to the step")),
    }
}

pub fn other_branch(span: Span, key: &str, needed: &str, condition: &str, other: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::NeverRuns,
        span,
        format!("`{key}` needs `{needed}`, which stands in the other branch of `{condition}`"),
    );
    d.with_label(other, "the other branch")
        .help("only one of the branches runs; take the value from a step before the condition")
}

pub fn other_outcome(span: Span, key: &str, branch: &Branch) -> Diagnostic {
    let d = Diagnostic::new(
        Code::NeverRuns,
        span,
        format!("step `{key}` stands in the branch where `{}` is {}", branch.condition, branch.outcome),
    );
    d.with_label(branch.span, "the condition").help("move the step to the other branch, or remove the outcome")
}

pub fn self_dependency(span: Span, step: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::SelfDependency, span, format!("step `{}` depends on itself", step));
    d.help("remove the dependency; a value of its own a step holds in a variable")
}

pub fn both_outcomes(b: &Dependency, step: &str, a: &Dependency) -> Diagnostic {
    let d =
        Diagnostic::new(Code::NeverRuns, b.span, format!("step `{}` waits for both outcomes of `{}`", step, a.task));
    d.with_label(a.span, "the other outcome")
        .help("only one of them comes true; wait for one, or for the condition without `is`")
}

pub fn nested_loop_of_tasks(at: Span, outer: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadForBody, at, "the platform knows no loop inside a loop");
    d.with_label(outer, "the outer loop").help("run another job in the inner task")
}

pub fn empty_condition(name: &Ident) -> Diagnostic {
    let d = Diagnostic::new(Code::EmptyBranch, name.span, format!("nothing depends on the condition `{}`", name.text));
    d.help("put steps into its braces, or write `after name is true` at a step")
}

pub fn kind_of_its_own(key: Span, what: &str, name: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::TwoKinds, key, format!("{what} runs nothing of its own"));
    d.with_label(name, format!("{what}, and so a kind of task itself")).help("put it into a step")
}

pub fn nested_loop(span: Span, outer: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadForBody, span, "the platform knows no loop inside a loop");
    d.with_label(outer, "the outer loop").help("run another pipeline in the inner step: `run other(item)`")
}

pub fn condition_in_loop(span: Span, outer: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadForBody, span, "a loop holds one step; a condition cannot stand in it");
    d.with_label(outer, "the loop").help("run another pipeline in the step: `run other(item)`")
}

pub fn two_steps_in_loop(second: Span, first: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadForBody, second, "a loop holds exactly one step");
    d.with_label(first, "the first step").help("make another loop for this step, or run another pipeline")
}

pub fn loop_without_step(name: &Ident) -> Diagnostic {
    let d = Diagnostic::new(Code::BadForBody, name.span, format!("the loop `{}` has no step", name.text));
    d.help("write one `step name { ... }` inside")
}

pub fn family_in_loop(family: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadForBody, family, "a family cannot stand in a loop");
    d.help("loop over the list, or make the family outside")
}

pub fn nested_raw_loop(at: Span, outer: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadForBody, at, "the platform knows no loop inside a loop");
    d.with_label(outer, "the outer loop").help("run another pipeline in the inner step")
}

pub fn loop_over_non_list(list: Span, other: &Type) -> Diagnostic {
    let d = Diagnostic::new(
        Code::BadItems,
        list,
        format!("a loop runs over a list; this is {}", article(&other.to_string())),
    );
    d.help("write a list, or an output or param of type `list<...>`")
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
        BadItems::Empty => "this list is empty: the loop would never run",
        BadItems::Mixed => "the items of a loop must be of one kind, objects with the same fields",
        BadItems::Nested => "an item of a loop cannot hold a list or an object",
    };
    Diagnostic::new(Code::BadItems, list, message)
        .help("the platform takes lists of texts, of numbers, of booleans, or of flat objects")
}

pub fn two_tasks_of_one_key(name: &Ident, other: &str, key: &str, span: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::DuplicateKey,
        name.span,
        format!("`{}` and `{other}` both make a task `{key}`", name.text),
    );
    d.with_label(span, "the other step").help("rename one of them")
}

pub fn element_twice(value: Span, index: &str, family_at: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::DuplicateKey, value, format!("the element `{index}` stands twice in the list"));
    d.with_label(family_at, "the family").help("each element makes a step of its own")
}

pub fn empty_family(list: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadItems, list, "this list is empty: the family has no steps");
    d.help("give it elements, or remove the step")
}

pub fn family_without_list(list: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadItems, list, "a family needs a list that is known at compile time");
    d.help("use a `let` or `var` with a list; over a run-time list use `for`")
}

pub fn output_of_family(span: Span, name: &str, declared: Span, first: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::HiddenOutput, span, format!("`{}` is a family of steps; name one of them", name));
    d.with_label(declared, "declared here").help(format!("write `{}[\"{first}\"]`", name))
}

pub fn which_output(span: Span, name: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownOutput, span, format!("`{}` is a step; which of its outputs is meant?", name));
    d.help("write `step.output`")
}

/// An output that is declared inside a loop, or of the loop itself (`whole`), used outside of it.
pub fn hidden_output(span: Span, whole: bool, declared: Span) -> Diagnostic {
    hidden_value(span, whole, declared)
        .help("let the step write a table, and read it in a later step that comes `after` the loop")
}

/// The same for what is not declared.
pub fn hidden_value(span: Span, whole: bool, declared: Span) -> Diagnostic {
    let message = match whole {
        false => "a step inside a loop runs many times: its outputs cannot be used outside",
        true => "a loop has no outputs",
    };
    Diagnostic::new(Code::HiddenOutput, span, message).with_label(declared, "declared here")
}

pub fn unknown_output(at: Span, step: &str, whole: &str, declared: Span, near: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownOutput, at, format!("step `{}` has no output `{whole}`", step))
        .with_label(declared, "the step is declared here");
    match near {
        Some(near) => d.closest_match(at, Some(near)),
        None => d.help(format!("declare it in the step: `output {whole}: string`")),
    }
}

pub fn pipeline_cycle(first: Span, rest: &[Span]) -> Diagnostic {
    let mut d = Diagnostic::new(Code::PipelineCycle, first, "these pipelines run each other without end")
        .label("this run is part of the circle");
    for span in rest {
        d = d.with_label(*span, "and this one");
    }
    d.help("remove one of the runs")
}

pub fn two_kinds(first: Span, second: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::TwoKinds, second, "a step runs one thing");
    d.label("a second one").with_label(first, "the first one").help("make a step of its own for each")
}

pub fn no_kind(step: &Ident) -> Diagnostic {
    let d = Diagnostic::new(Code::NoKind, step.span, format!("step `{}` says nothing to run", step.text));
    d.help("add a call: `python pkg.mod:function(...)`, `notebook \"./x.py\"`, `script`, `sql`, `run`; or a task block such as `dbt_task { ... }`")
}

pub fn not_on_this_kind(what: &str, key: Span, name: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::NotOnThisKind, key, format!("{what} takes no `{}`", name));
    d.help(if what == "a condition" {
        "a condition is decided by the platform itself; remove the field"
    } else {
        "put it into the step inside the loop"
    })
}

pub fn waits_for_itself(after: Span, step: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::SelfDependency, after, format!("step `{}` waits for itself", step));
    d.help("remove it")
}

pub fn step_inside_loop(after: &After, declared: Span, within: &str) -> Diagnostic {
    let d = Diagnostic::new(
        Code::HiddenOutput,
        after.span,
        format!("`{}` runs inside the loop `{within}`", after.name.text),
    );
    d.with_label(declared, "declared here")
        .help(format!("wait for the loop: `after {within}`"))
        .unsafe_fix(format!("use `{within}`"), vec![(after.name.span, within.to_string())])
}

pub fn outcome_of_step(after: &After, declared: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::OutcomeOfStep,
        after.span,
        format!("`{}` is no condition and has no outcome", after.name.text),
    );
    d.with_label(declared, "declared here").help("remove `is ...`; only an `if` has outcomes")
}

/// The places of a cycle in its order, each with the step that waits and the step it waits for; `hidden` more are not
/// shown.
pub fn cycle(edges: &[(Span, &str, &str)], hidden: usize) -> Option<Diagnostic> {
    let ((span, start, to), rest) = edges.split_first()?;
    let mut names: Vec<String> = edges.iter().map(|(_, from, _)| format!("`{from}`")).collect();
    if hidden > 0 {
        names.push(format!("{hidden} more"));
    }
    names.push(format!("`{start}`"));
    let waits = |from: &str, to: &str| format!("`{from}` waits for `{to}`");
    let d = Diagnostic::new(Code::Cycle, *span, format!("these steps wait for each other: {}", names.join(" → ")));
    let d = rest.iter().fold(d.label(waits(start, to)), |d, (span, from, to)| d.with_label(*span, waits(from, to)));
    Some(d.help("break the circle at one of these places"))
}
