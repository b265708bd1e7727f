//! Finds jobs in a value: a create request, the response to `jobs get` or `jobs list`, or a list of these.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::messages;
use crate::data::{Tree, TreeKey, TreeKind};
use crate::diag::Diagnostic;
use crate::schema::{JOB, MAX_TASKS};
use crate::source::Span;

/// An imported job.
#[derive(Clone, Debug, Default)]
pub struct ImportedJob {
    /// The body of a create request.
    pub tree: Tree,
    /// A name for the pipeline, if the job's own is not suitable.
    pub hint: Option<String>,
    /// Declarations of its project that it uses, as source.
    pub context: String,
    /// Local files that it runs, as written in source, by the spans of their paths in the input.
    pub local: BTreeMap<Span, String>,
    /// The job without wheels that pipec builds, if its wheel tasks can be calls.
    pub packaged: Option<Tree>,
    /// The declarations of the packages for that, as source.
    pub packages: String,
    /// The functions that those tasks call, by the spans of the task types.
    pub calls: BTreeMap<Span, String>,
    /// The directory of those packages.
    pub folder: PathBuf,
}

impl ImportedJob {
    /// The name of its pipeline.
    pub fn identifier(&self) -> String {
        super::identifier(self.hint.as_deref().or(self.tree.text_of("name")).unwrap_or("job"))
    }

    /// The workspace notebooks of its tasks, with the spans of their paths.
    pub fn notebooks(&self) -> Vec<(Span, String)> {
        if self.tree.get("git_source").is_some() {
            return Vec::new();
        }
        let paths = every_task(&self.tree).filter_map(|t| t.get("notebook_task")?.get("notebook_path"));
        let absolute = |path: &Tree| path.text().filter(|p| p.starts_with('/') && !p.contains("{{")).map(str::to_owned);
        paths.filter_map(|p| Some((p.span, absolute(p)?))).collect()
    }
}

/// The tasks of a job, including those in loops.
pub(super) fn every_task(job: &Tree) -> impl Iterator<Item = &Tree> {
    let tasks = job.items_of("tasks").iter();
    tasks.flat_map(|t| [Some(t), t.get("for_each_task").and_then(|f| f.get("task"))]).flatten()
}

/// Something that was not converted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportNote {
    pub span: Span,
    /// What was not converted, and why.
    pub text: String,
}

/// A target of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportTarget {
    /// Its name in source.
    pub name: String,
    /// Its name in the input.
    pub span: Span,
    /// Its mode, as written.
    pub mode: Option<String>,
}

/// The result of reading an input.
#[derive(Clone, Debug, Default)]
pub struct JobsRead {
    pub jobs: Vec<ImportedJob>,
    /// The name of the project, if it is one.
    pub name: Option<String>,
    /// The declarations of the project, as source; empty for unrelated jobs.
    pub prelude: String,
    /// The targets in these declarations.
    pub targets: Vec<ImportTarget>,
    pub notes: Vec<ImportNote>,
    pub diagnostics: Vec<Diagnostic>,
}

impl JobsRead {
    /// Adds the result of another input.
    pub fn extend(&mut self, other: JobsRead) {
        self.jobs.extend(other.jobs);
        self.name = self.name.take().or(other.name);
        self.prelude.push_str(&other.prelude);
        self.targets.extend(other.targets);
        self.notes.extend(other.notes);
        self.diagnostics.extend(other.diagnostics);
    }
}

impl JobsRead {
    /// Drops jobs that are too large for the service, because their graph takes memory per pair of tasks.
    pub(super) fn without_giants(mut self) -> JobsRead {
        let diagnostics = &mut self.diagnostics;
        self.jobs.retain(|job| {
            let Some((key, tasks)) = job.tree.entry("tasks") else { return true };
            let count = tasks.items().len();
            if count > MAX_TASKS {
                diagnostics.push(messages::too_many_tasks(key.span, count));
            }
            count <= MAX_TASKS
        });
        self
    }
}

/// Finds the jobs in a value.
pub fn find(value: &Tree) -> JobsRead {
    let mut found = JobsRead::default();
    search(value, &mut found, 0);
    if found.jobs.is_empty() && found.diagnostics.is_empty() {
        found.diagnostics.push(no_job(value));
    }
    found
}

fn no_job(value: &Tree) -> Diagnostic {
    messages::no_job(value.span.start_point())
}

fn search(value: &Tree, found: &mut JobsRead, depth: usize) {
    if let TreeKind::List(items) = &value.kind
        && depth < 2
    {
        items.iter().for_each(|item| search(item, found, depth + 1));
        return;
    }
    let settings = ["settings", "new_settings"].iter().find_map(|k| value.entry(k)).filter(|(_, s)| s.is_map());
    // A job may have an unknown field with that name.
    let is_job = |k: &TreeKey| JOB.field(&k.text).is_some() && !ANSWER.contains(&k.text.as_str());
    let settings = settings.filter(|_| !value.entries().iter().any(|(k, _)| is_job(k)));
    if let Some((key, settings)) = settings {
        let left = value.entries().iter().map(|(k, _)| k).filter(|k| k.text != key.text);
        let (known, other): (Vec<&TreeKey>, Vec<&TreeKey>) = left.partition(|k| ANSWER.contains(&k.text.as_str()));
        leave_out(&known, "it is set by the service, and not part of a create request", found);
        leave_out(&other, "it is next to the settings of the job, not part of them", found);
        take(settings, found);
        return;
    }
    if let Some((key, jobs)) = value.entry("jobs").filter(|(_, j)| matches!(j.kind, TreeKind::List(_))) {
        if let Some((more, _)) = value.entry("has_more").filter(|(_, v)| v.kind == TreeKind::Bool(true)) {
            found.diagnostics.push(messages::more_jobs(more.span));
        }
        let left: Vec<&TreeKey> = value.entries().iter().map(|(k, _)| k).filter(|k| k.text != key.text).collect();
        leave_out(&left, "it describes the response, not a job", found);
        jobs.items().iter().for_each(|job| search(job, found, 2));
        return;
    }
    if value.entries().iter().any(|(k, _)| JOB.field(&k.text).is_some()) {
        take(value, found);
        return;
    }
    found.diagnostics.push(no_job(value));
}

/// Fields of the responses to `jobs get` and `jobs list` other than the settings.
const ANSWER: &[&str] = &[
    "job_id",
    "creator_user_name",
    "run_as_user_name",
    "run_as",
    "run_as_owner",
    "created_time",
    "trigger_state",
    "path",
    "effective_budget_policy_id",
    "effective_usage_policy_id",
    "has_more",
    "next_page_token",
];

/// The paths of null values.
fn nulls(tree: &Tree, path: &str, out: &mut Vec<(Span, String)>) {
    for (key, value) in tree.entries() {
        let path = if path.is_empty() { key.text.to_string() } else { format!("{path}.{}", key.text) };
        match &value.kind {
            TreeKind::Null => out.push((key.span, path)),
            _ => nulls(value, &path, out),
        }
    }
    tree.items().iter().for_each(|item| nulls(item, &format!("{path}[]"), out));
}

fn take(settings: &Tree, found: &mut JobsRead) {
    let mut empty = Vec::new();
    nulls(settings, "", &mut empty);
    if let Some((span, _)) = empty.first() {
        let shown: Vec<&str> = empty.iter().take(5).map(|(_, path)| path.as_str()).collect();
        let more = if empty.len() > 5 { " and more" } else { "" };
        found.notes.push(ImportNote { span: *span, text: format!("{}{more}: null means unset", shown.join(", ")) });
    }
    if let Some((more, _)) = settings.entry("has_more").filter(|(_, v)| v.kind == TreeKind::Bool(true)) {
        found.diagnostics.push(messages::more_tasks(more.span));
    }
    found.jobs.push(ImportedJob { tree: settings.clone(), ..ImportedJob::default() });
}

fn leave_out(keys: &[&TreeKey], why: &str, found: &mut JobsRead) {
    let (Some(first), false) = (keys.first(), keys.is_empty()) else { return };
    let names: Vec<&str> = keys.iter().map(|k| k.text.as_str()).collect();
    found.notes.push(ImportNote { span: first.span, text: format!("{}: {why}", names.join(", ")) });
}
