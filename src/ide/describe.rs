//! Descriptions in Markdown, for hover and completion.

use std::fmt::Write as _;

use super::view::FileContext;
use crate::model::{Cluster, Compute, Origin, Pipeline, Program, Step, StepKind, sign};
use crate::package::Signature;
use crate::schema::{Cloud, ComputeTables, Field, NodeType, Runtime, RuntimeKey};
use crate::source::Span;

/// A field: its description, and every fact of its row.
pub(super) fn field(field: &Field) -> String {
    let notes = field.notes();
    let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
    let mut out = format!("**{}**{notes}\n\n{}.\n", field.key, field.doc.trim_end_matches('.'));
    for (name, value) in field.facts() {
        let _ = write!(out, "\n- {name}: {value}");
    }
    out
}

/// A node type on one line.
pub(super) fn node_type(node: &NodeType) -> String {
    let gpu = match node.gpu_count {
        0 => String::new(),
        n => format!(", {n} {} with {} GiB each", node.gpu, node.gpu_memory_gib),
    };
    let disk =
        if node.local_disk_gib > 0 { format!(", {} GiB local disk", node.local_disk_gib) } else { String::new() };
    let arm = if node.arm { ", ARM" } else { "" };
    format!("{}: {} vCPU, {} GiB{gpu}{disk}{arm}", node.cloud.name(), node.vcpus, node.memory_gib)
}

/// A runtime on one line.
pub(super) fn runtime(runtime: &Runtime) -> String {
    let lts = if runtime.lts { ", long-term support" } else { "" };
    let end = if runtime.end_of_support.is_empty() {
        String::new()
    } else {
        format!(", supported until {}", runtime.end_of_support)
    };
    format!("Databricks Runtime {}: Python {}, Scala {}{lts}{end}", runtime.version, runtime.python, runtime.scala)
}

/// What the tables know about the value of a field for node types or runtimes.
pub(super) fn compute_text(key: &str, text: &str, tables: &ComputeTables) -> Option<String> {
    match key {
        "node_type_id" | "driver_node_type_id" => tables.node(text).map(node_type),
        "spark_version" => tables.runtime(&RuntimeKey::parse(text)?).map(runtime),
        "environment_version" | "client" => {
            tables.environment(text).map(|e| format!("environment version {}: Python {}", e.version, e.python))
        }
        _ => None,
    }
}

/// The signature of a function, in Python syntax.
pub(super) fn signature(name: &str, signature: &Signature, view: &FileContext<'_>) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut by_name = false;
    for p in &signature.params {
        let only = p.written.kind == crate::python::ParamKind::KeywordOnly;
        if only && !by_name {
            parts.push("*".to_owned());
        }
        by_name |= only;
        parts.push(view.slice(p.written.span).split_whitespace().collect::<Vec<_>>().join(" "));
    }
    if signature.kwargs.is_some() {
        parts.push("**kwargs".to_owned());
    }
    let returns = match &signature.returns {
        Some((_, span)) => format!(" -> {}", view.slice(*span)),
        None => String::new(),
    };
    let line = format!("def {name}({}){returns}", parts.join(", "));
    if line.len() <= 90 { line } else { format!("def {name}(\n    {},\n){returns}", parts.join(",\n    ")) }
}

/// A step: what it runs and where, inputs, outputs, and dependencies in both directions.
pub(super) fn step(program: &Program, pipeline: &Pipeline, step: &Step) -> String {
    let mut out = String::new();
    let what = match &step.kind {
        StepKind::Python(call) => format!("calls `{}:{}`", call.module, call.function),
        StepKind::File(call) => format!("runs `{}`", call.path),
        StepKind::Run(call) => format!("runs the pipeline `{}`", call.pipeline),
        StepKind::Condition(c) => format!("true if `{}` {} `{}`", c.left, sign(c.op), c.right),
        StepKind::Loop(l) => format!("loops over `{}`", l.inputs),
        StepKind::Raw(key) => format!("`{key}`"),
        StepKind::Bad(_) => "is invalid".to_owned(),
    };
    let _ = write!(out, "**{}** {what}", step.key);
    if let Some(place) = place(step) {
        let _ = write!(out, " {place}");
    }
    let inner = step.inner();
    let arguments = match &inner.kind {
        StepKind::Python(call) => call.arguments.as_slice(),
        StepKind::File(call) => &call.arguments,
        StepKind::Run(call) => &call.arguments,
        _ => &[],
    };
    if !arguments.is_empty() {
        out.push_str("\n\nInputs\n");
        for a in arguments {
            let name = if a.name.is_empty() { String::new() } else { format!("`{}` = ", a.name) };
            let _ = write!(out, "\n- {name}`{}` ({})", a.value, a.ty);
        }
    }
    if !inner.outputs.is_empty() {
        out.push_str("\n\nOutputs\n");
        inner.outputs.iter().for_each(|o| {
            let _ = write!(out, "\n- `{}: {}`", o.name, o.ty);
        });
    }
    if !step.depends_on.is_empty() {
        out.push_str("\n\nDepends on\n");
        for d in &step.depends_on {
            let why = match d.origin {
                Origin::Written => "",
                Origin::Branch => " (branch)",
                Origin::Data => " (data)",
            };
            let outcome = d.outcome.map(|o| format!(" is {o}")).unwrap_or_default();
            let _ = write!(out, "\n- `{}`{outcome}{why}", d.task);
        }
    }
    let later: Vec<String> = pipeline
        .steps
        .iter()
        .filter(|s| s.depends_on.iter().any(|d| d.task == step.key))
        .map(|s| format!("`{}`", s.key))
        .collect();
    if !later.is_empty() {
        let _ = write!(out, "\n\nRequired by {}", later.join(", "));
    }
    if let Some(name) = &program.target.name
        && inner.settings.broken
    {
        let _ = write!(out, "\n\nIt has errors for target `{name}`.");
    }
    out
}

/// The compute of a step, in words.
pub(super) fn place(step: &Step) -> Option<String> {
    match &step.inner().compute {
        Compute::Cluster(key) => Some(format!("on cluster `{key}`")),
        Compute::Environment(key) => Some(format!("on environment `{key}`")),
        Compute::Existing(id) => Some(format!("on the running cluster `{id}`")),
        Compute::Serverless => Some("on serverless".to_owned()),
        Compute::Unset | Compute::Raw | Compute::Bad => None,
    }
}

/// A cluster as it is emitted, with what was chosen for it.
pub(super) fn cluster(cluster: &Cluster) -> String {
    let mut out = String::new();
    if let Some(chosen) = &cluster.chosen {
        let _ = writeln!(out, "{chosen}\n");
    }
    let json = crate::lower::object_json(&cluster.settings);
    let _ = write!(out, "```json\n{json:#}\n```");
    out
}

/// Combines the values of all targets; equal values are shown once.
pub(super) fn by_target(found: Vec<(Option<&str>, String)>) -> Option<String> {
    let (_, first) = found.first()?;
    if found.iter().all(|(_, text)| text == first) {
        return Some(first.clone());
    }
    let lines: Vec<String> =
        found.iter().map(|(target, text)| format!("Target `{}`\n\n{text}", target.unwrap_or("default"))).collect();
    Some(lines.join("\n\n"))
}

/// The name of a target, for [`by_target`].
pub(super) fn target(program: &Program) -> Option<&str> {
    program.target.name.as_deref()
}

/// The steps of a program whose name is at a span: several for a family.
pub(super) fn steps_at<'a>(
    program: &'a Program,
    declared: Span,
) -> impl Iterator<Item = (&'a Pipeline, &'a Step)> + use<'a> {
    program.pipelines.iter().flat_map(move |p| {
        p.steps
            .iter()
            .flat_map(|s| std::iter::once(s).chain(inside(s)))
            .filter(move |s| s.span == declared)
            .map(move |s| (p, s))
    })
}

/// The step inside a loop.
fn inside(step: &Step) -> Option<&Step> {
    match &step.kind {
        StepKind::Loop(l) => Some(&l.step),
        _ => None,
    }
}

/// The cloud of a program, if known.
pub(super) fn cloud(program: &Program) -> Option<Cloud> {
    program.target.cloud
}
