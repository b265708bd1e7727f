//! Unused declarations, defaults, outputs and fields of targets.

use std::collections::HashSet;

use smol_str::SmolStr;

use super::{PipelineFacts, ProgramFacts, ProjectFacts};
use crate::check::messages;
use crate::diag::{Code, Diagnostics};
use crate::model::{Compute, FileKind, Origin, Reference, Step, StepKind};
use crate::schema::kind_of;
use crate::source::Span;
use crate::syntax::ast::Ident;

/// Reports fields of `defaults`, and the compute of the pipeline, that no step uses.
pub fn defaults(facts: &PipelineFacts, out: &mut Diagnostics) {
    let pipeline = facts.pipeline;
    // Steps of other targets may use them.
    if pipeline.pipeline.steps.is_empty() || facts.lacks_any() {
        return;
    }
    let used = &pipeline.findings.usage.fields;
    for field in pipeline.defaults.fields.iter().filter(|f| !pipeline.defaults.broken && !used.contains(&f.key)) {
        out.push(messages::unused_default(field.key, field.field.key));
    }
    if let (Some(on), Some(_)) = (&pipeline.decl.header.on, &pipeline.compute)
        && !pipeline.compute_reached
        && !pipeline.is_unclear()
    {
        out.push(messages::unused_pipeline_compute(on.span));
    }
}

/// Reports outputs that no step and no string uses. Outputs of final steps are results of the run. After an error, an
/// unused output may just be misspelled elsewhere, so nothing is reported.
pub fn outputs(facts: &PipelineFacts, out: &mut Diagnostics) {
    let unclear = facts.pipeline.is_unclear() || facts.cx.symbols.project.units.iter().any(|u| u.broken);
    if unclear || out.has_errors() {
        return;
    }
    let steps = &facts.pipeline.pipeline.steps;
    let unchecked = |s: &Step| !s.settings.unchecked.is_empty() || !s.inner().settings.unchecked.is_empty();
    let Some(readers) = readers(facts).filter(|_| !steps.iter().any(unchecked)) else { return };
    let mut taken: HashSet<(&str, &str)> = HashSet::new();
    let mut awaited: HashSet<&str> = steps
        .iter()
        .flat_map(|s| &s.depends_on)
        .filter(|d| d.origin == Origin::Written)
        .map(|d| d.task.as_str())
        .collect();
    for used in facts.pipeline.graph.uses.iter().flatten() {
        awaited.extend(used.reference.task().map(SmolStr::as_str));
        match &used.reference {
            Reference::Value { task, name } => taken.insert((task, name)),
            Reference::TaskFact { task, fact } if matches!(fact.as_str(), "output.rows" | "output.first_row") => {
                taken.insert((task, "*"))
            }
            Reference::TaskFact { task, fact } => taken.insert((task, fact.rsplit('.').next().unwrap_or(fact))),
            _ => continue,
        };
    }
    // The output of a family is declared once for all elements.
    let mut used: HashSet<Span> = HashSet::new();
    let mut unused: Vec<(Span, &SmolStr, &SmolStr)> = Vec::new();
    for step in steps.iter().map(Step::inner) {
        for output in &step.outputs {
            let last = !awaited.contains(step.key.as_str());
            let read = readers.iter().any(|text| text.contains(output.name.as_str()));
            if last || read || taken.contains(&(&step.key, &output.name)) || taken.contains(&(&step.key, "*")) {
                used.insert(output.span);
            } else {
                unused.push((output.span, &output.name, &step.key));
            }
        }
    }
    let elsewhere = |name: &str| facts.cx.families.mentions(Some(&facts.pipeline.pipeline.name), name);
    for (span, name, step) in unused.into_iter().filter(|(span, name, _)| !elsewhere(name) && used.insert(*span)) {
        out.push(messages::unused_output(span, name, step));
    }
}

/// The text of notebooks, scripts and modules that may read task values; `None` if a step runs code that is not
/// available.
fn readers(facts: &PipelineFacts) -> Option<Vec<String>> {
    let modules = facts.program.packages.iter().flat_map(|p| &p.source.reached).filter_map(|r| r.task_values.clone());
    let mut out: Vec<String> = modules.collect();
    for step in facts.pipeline.pipeline.steps.iter().map(Step::inner) {
        match &step.kind {
            StepKind::File(call) if matches!(call.kind, FileKind::Sql | FileKind::Dbt) => {}
            StepKind::File(call) => {
                let bytes = facts.cx.files.read(call.local.as_ref()?).ok()?;
                let text = String::from_utf8_lossy(&bytes).into_owned();
                if text.contains("taskValues") || text.contains("%run") {
                    out.push(text);
                }
            }
            StepKind::Raw("notebook_task" | "spark_python_task" | "python_wheel_task" | "spark_jar_task") => {
                return None;
            }
            _ => {}
        }
    }
    Some(out)
}

/// Reports unused parameters, clusters and environments of a pipeline.
pub fn declarations(facts: &PipelineFacts, out: &mut Diagnostics) {
    computes(facts, out);
    let pipeline = &facts.pipeline.pipeline;
    // The platform passes all parameters to kinds with key-value parameters.
    let handed_down = |s: &Step| {
        let kind = &s.inner().kind;
        !matches!(kind, StepKind::Python(_)) && kind.key().and_then(kind_of).is_some_and(|k| k.pushed_down.is_some())
    };
    let unclear = facts.pipeline.is_unclear() || pipeline.steps.iter().any(|s| !s.settings.unchecked.is_empty());
    if unclear || pipeline.steps.is_empty() || pipeline.steps.iter().any(handed_down) {
        return;
    }
    for (name, _, span) in &facts.pipeline.scope.params {
        let used = facts.pipeline.findings.usage.declarations.contains(span);
        let elsewhere = facts.cx.families.mentions(Some(&pipeline.name), name);
        if !used && !elsewhere && !name.starts_with('_') && !facts.cx.symbols.maybe_declared(name) {
            out.push(messages::unused_param(*span, name, &pipeline.name));
        }
    }
}

fn computes(facts: &PipelineFacts, out: &mut Diagnostics) {
    let pipeline = &facts.pipeline.pipeline;
    let own = &facts.pipeline.scope.computes;
    let mut used: HashSet<&str> =
        own.iter().filter_map(|d| d.header.extends.as_ref()).map(|e| e.name.text.as_str()).collect();
    for step in &pipeline.steps {
        for compute in [&step.compute, &step.inner().compute] {
            if let Compute::Cluster(name) | Compute::Environment(name) = compute {
                used.insert(name);
            }
        }
    }
    for decl in own {
        let name = &decl.name;
        let unclear = facts.cx.symbols.maybe_declared(&name.text) || pipeline.steps.iter().any(|s| s.settings.broken);
        let elsewhere = facts.cx.families.mentions(Some(&pipeline.name), &name.text);
        if !used.contains(name.text.as_str()) && !unclear && !elsewhere {
            out.push(messages::unused_compute(name, decl.kind.keyword()));
        }
    }
}

/// Reports fields of a target that have no effect.
pub fn target(facts: &ProgramFacts, out: &mut Diagnostics) {
    let pipelines = &facts.program.pipelines;
    let used = |key: &Span| pipelines.iter().any(|p| p.findings.usage.fields.contains(key));
    let is_whole = !pipelines.is_empty() && !facts.cx.families.lacks_any(None);
    for field in facts.program.target.job.fields.iter().filter(|f| is_whole && !used(&f.key)) {
        out.push(messages::unused_target_field(field.key, field.field.key));
    }
}

/// Reports conditions that hold in no target.
pub fn conditions(facts: &ProjectFacts, out: &mut Diagnostics) {
    if !facts.all_targets {
        return;
    }
    let targets = facts.symbols.targets.len();
    for (condition, _) in facts.usage.conditions.iter().filter(|(_, held)| !**held) {
        // A misspelled target is reported at its name.
        if !out.iter().any(|d| d.code == Code::NeverHolds && condition.contains(d.span)) {
            out.push(messages::never_holds(*condition, targets));
        }
    }
}

/// Reports unused declarations of the root file, and unused imports.
pub fn project(facts: &ProjectFacts, out: &mut Diagnostics) {
    let symbols = facts.symbols;
    if !facts.all_targets {
        return;
    }
    let used = |span: Span| facts.usage.declarations.contains(&span);
    let mut unused = |kind: &str, name: &Ident| {
        if !used(name.span) && !name.text.starts_with('_') && !symbols.maybe_declared(&name.text) {
            out.push(messages::unused(kind, name));
        }
    };
    let Some(root) = symbols.declared_in(0) else { return };
    root.lets.values().for_each(|b| unused("constant", &b.name));
    root.computes.values().for_each(|d| unused(d.kind.keyword(), &d.name));
    symbols.vars.values().filter(|v| v.unit == 0).for_each(|v| unused("var", &v.decl.name));
    for (unit, imports) in symbols.project.imports.iter().enumerate() {
        let broken = symbols.project.units.get(unit).is_some_and(|u| u.broken);
        for (span, to) in imports.iter().filter(|_| !broken) {
            let Some(to) = *to else { continue };
            let Some(names) = symbols.declared_in(to) else { continue };
            let useful = !names.pipelines.is_empty()
                || symbols.vars.values().any(|v| v.unit == to)
                || symbols.targets.iter().any(|t| t.unit == to)
                || symbols.packages.iter().any(|p| p.unit == to)
                || symbols.project.imports.get(to).is_some_and(|i| !i.is_empty())
                || symbols.project.units.get(to).is_some_and(|u| u.broken)
                || names.lets.values().any(|b| used(b.name.span))
                || names.computes.values().any(|d| used(d.name.span));
            if !useful {
                out.push(messages::unused_import(*span));
            }
        }
    }
}
