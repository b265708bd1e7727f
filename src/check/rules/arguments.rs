//! Arguments of notebooks, scripts, SQL and pipelines: whether they have an effect.

use std::path::Path;

use smol_str::SmolStr;

use super::PipelineFacts;
use crate::check::messages;
use crate::diag::{Diagnostics, closest_match};
use crate::model::{Argument, FileKind, Node, NodeKind, Part, Reference, Step, StepKind, Text};
use crate::schema::kind_of;
use crate::source::Span;

/// Reports arguments that a file never reads, and those that the platform replaces.
pub fn check(facts: &PipelineFacts, out: &mut Diagnostics) {
    for step in facts.pipeline.pipeline.all_steps() {
        if let StepKind::File(call) = &step.kind
            && matches!(call.kind, FileKind::Notebook | FileKind::Sql)
            && let Some(file) = &call.local
        {
            unread(facts, file, &call.arguments, out);
        }
        for (name, span, value) in pushed_down(step) {
            replaced(facts, name, span, value, out);
        }
    }
}

/// Reports arguments whose names do not occur in the file.
fn unread(facts: &PipelineFacts, file: &Path, arguments: &[Argument], out: &mut Diagnostics) {
    let Ok(bytes) = facts.cx.files.read(file) else { return };
    let text = String::from_utf8_lossy(&bytes);
    // A file that reads all parameters, or runs another file, may use any of them.
    if text.contains("getAll") || text.contains("%run") || text.contains("entry_point.getDbutils") {
        return;
    }
    for argument in arguments {
        let read = text.match_indices(argument.name.as_str()).any(|(at, word)| {
            let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
            edge(text.get(..at).and_then(|t| t.chars().next_back()))
                && edge(text.get(at + word.len()..).and_then(|t| t.chars().next()))
        });
        if !read {
            let free = names_in(&text).filter(|name| !arguments.iter().any(|a| a.name == *name));
            out.push(messages::unread_argument(argument, file, closest_match(&argument.name, free)));
        }
    }
}

/// The words of a file that look like names of parameters: in quotes, in braces, or after `:`.
fn names_in(text: &str) -> impl Iterator<Item = &str> {
    let marks = text.match_indices(['"', '\'', ':', '{']);
    marks.filter_map(|(at, mark)| {
        let rest = text.get(at + mark.len()..)?;
        let len = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        rest.get(..len).filter(|word| !word.is_empty())
    })
}

/// Parameters of a task that job parameters of the same name replace.
fn pushed_down(step: &Step) -> Vec<(&SmolStr, Span, &Text)> {
    let field = step.kind.key().and_then(kind_of).and_then(|k| k.pushed_down);
    fn of(arguments: &[Argument]) -> Vec<(&SmolStr, Span, &Text)> {
        arguments.iter().map(|a| (&a.name, a.span, &a.value)).collect()
    }
    match (&step.kind, field) {
        (StepKind::File(call), Some(_)) => of(&call.arguments),
        (StepKind::Run(call), _) => of(&call.arguments),
        (StepKind::Raw(key), Some(field)) => {
            let parameters = step.settings.get_named(key).and_then(Node::as_object).and_then(|o| o.get_named(field));
            let Some(NodeKind::Map(entries)) = parameters.map(|n| &n.kind) else { return Vec::new() };
            let texts = entries.iter().filter_map(|(key, span, node)| match &node.kind {
                NodeKind::Text(text) => Some((key, *span, text)),
                _ => None,
            });
            texts.collect()
        }
        _ => Vec::new(),
    }
}

/// Reports an argument with the name of a parameter and another value.
fn replaced(facts: &PipelineFacts, name: &SmolStr, span: Span, value: &Text, out: &mut Diagnostics) {
    let scope = &facts.pipeline.scope;
    let Some((_, _, declared)) = scope.param(name) else { return };
    // A loop variable that shadows a parameter is reported at its declaration.
    if scope.shadowing.contains(name) {
        return;
    }
    let same = matches!(value.parts.as_slice(), [Part::Reference(Reference::Param(p))] if p == name)
        || value.to_string() == Reference::Param(name.clone()).to_string();
    if !same && !value.parts.is_empty() {
        out.push(messages::pushed_down(span, name, *declared));
    }
}
