//! The graph as a call hierarchy: the steps before and after a step.

use super::describe::steps_at;
use super::view::FileContext;
use crate::model::{Pipeline, Step};
use crate::source::Span;

/// A task in the hierarchy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskItem {
    pub key: String,
    pub pipeline: String,
    /// The span of its name.
    pub span: Span,
}

/// The task whose name is at a byte.
pub fn task_at(view: &FileContext<'_>, offset: u32) -> Option<TaskItem> {
    let link = view.declaration(offset)?;
    view.programs().find_map(|p| steps_at(p, link.to).next().map(|(pipeline, step)| task(pipeline, step)))
}

fn task(pipeline: &Pipeline, step: &Step) -> TaskItem {
    TaskItem { key: step.key.to_string(), pipeline: pipeline.name.to_string(), span: step.span }
}

/// The tasks that `of` depends on.
pub fn callers(view: &FileContext<'_>, of: &TaskItem) -> Vec<TaskItem> {
    let Some((pipeline, step)) = find(view, of) else { return Vec::new() };
    let waits_for = |other: &&Step| step.depends_on.iter().any(|d| d.task == other.key);
    pipeline.steps.iter().filter(waits_for).map(|s| task(pipeline, s)).collect()
}

/// The tasks that depend on `of`.
pub fn callees(view: &FileContext<'_>, of: &TaskItem) -> Vec<TaskItem> {
    let Some((pipeline, step)) = find(view, of) else { return Vec::new() };
    let waits = |other: &&Step| other.depends_on.iter().any(|d| d.task == step.key);
    pipeline.steps.iter().filter(waits).map(|s| task(pipeline, s)).collect()
}

fn find<'a>(view: &FileContext<'a>, of: &TaskItem) -> Option<(&'a Pipeline, &'a Step)> {
    view.programs().find_map(|p| {
        let pipeline = p.pipelines.iter().find(|l| *l.name == *of.pipeline)?;
        Some((pipeline, pipeline.steps.iter().find(|s| *s.key == *of.key)?))
    })
}
