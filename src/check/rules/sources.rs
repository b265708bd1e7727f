//! Where the files of steps come from: the workspace or a Git repository.

use super::PipelineFacts;
use crate::check::messages;
use crate::diag::Diagnostics;
use crate::model::{FileKind, Node, Object, StepKind};
use crate::schema::key;

/// Reports files of a Git repository that the job does not set, and notebooks at paths outside the workspace.
pub fn check(facts: &PipelineFacts, out: &mut Diagnostics) {
    let pipeline = &facts.pipeline.pipeline;
    let job = &pipeline.settings;
    let may_have_git = job.has(key::GIT_SOURCE) || job.broken || !job.unchecked.is_empty();
    for step in pipeline.all_steps() {
        let (task, notebook) = match &step.kind {
            StepKind::File(call) => {
                let in_workspace = matches!(call.kind, FileKind::Notebook | FileKind::Sql);
                (Some(&call.rest), call.path.as_str().filter(|_| in_workspace).map(|text| (text, call.span)))
            }
            StepKind::Raw(kind) => {
                let task = step.settings.get_named(kind).and_then(Node::as_object);
                let path = task.and_then(|t| t.get(key::NOTEBOOK_PATH));
                (task, path.and_then(|node| Some((node.as_str()?, node.span))))
            }
            _ => continue,
        };
        if let Some(source) = task.and_then(git_source).filter(|_| !may_have_git) {
            out.push(messages::git_without_repository(source.span));
        }
        if let Some((text, span)) = notebook
            && let Some(scheme) = scheme(text)
        {
            out.push(messages::not_in_the_workspace(span, text, scheme));
        }
    }
}

/// The `source = GIT` of a task, or of the SQL file in it.
fn git_source(task: &Object) -> Option<&Node> {
    let file = task.get(key::FILE).and_then(Node::as_object);
    [Some(task), file].into_iter().flatten().filter_map(|o| o.get(key::SOURCE)).find(|n| n.as_str() == Some("GIT"))
}

/// The scheme of a URL, such as `dbfs`.
fn scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once(':')?;
    let is_word = !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric());
    (is_word && rest.starts_with('/')).then_some(scheme)
}
