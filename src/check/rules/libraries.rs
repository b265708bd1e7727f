//! Requirements in libraries and in dependencies of environments.

use std::collections::HashSet;

use super::PipelineFacts;
use crate::check::messages;
use crate::diag::Diagnostics;
use crate::model::{Compute, FileKind, Node, Object};
use crate::package::{RequirementLine, requirement};
use crate::schema::key;
use crate::source::Span;

/// Reports texts that pip would reject, and dbt steps whose environment does not install dbt.
pub fn check(facts: &PipelineFacts, out: &mut Diagnostics) {
    let pipeline = &facts.pipeline.pipeline;
    // A cluster and the clusters that extend it share their libraries.
    let mut seen: HashSet<Span> = HashSet::new();
    let of_clusters = pipeline.clusters.iter().flat_map(|c| &c.libraries);
    let of_steps = pipeline.all_steps().flat_map(|s| s.settings.get(key::LIBRARIES).and_then(Node::as_list));
    let of_steps = of_steps.flatten().filter_map(Node::as_object);
    for library in of_clusters.chain(of_steps) {
        if let Some(package) = library.get(key::PYPI).and_then(Node::as_object).and_then(|pypi| pypi.get(key::PACKAGE))
        {
            line(package, &mut seen, out);
        }
    }
    for environment in &pipeline.environments {
        dependencies(&environment.spec).iter().for_each(|node| line(node, &mut seen, out));
    }
    for step in pipeline.all_steps().filter(|s| s.kind.key() == Some(FileKind::Dbt.task_key())) {
        let Compute::Environment(name) = &step.compute else { continue };
        let Some(environment) = pipeline.environments.iter().find(|e| e.key == *name) else { continue };
        if !may_have_dbt(&environment.spec) {
            out.push(messages::environment_without_dbt(step.span, &environment.key, environment.span));
        }
    }
}

fn dependencies(spec: &Object) -> &[Node] {
    spec.get(key::DEPENDENCIES).and_then(Node::as_list).unwrap_or_default()
}

fn line(node: &Node, seen: &mut HashSet<Span>, out: &mut Diagnostics) {
    let Some(text) = node.as_str().filter(|t| !t.contains("{{")) else { return };
    if names_a_file(text) {
        if seen.insert(node.span) {
            out.push(messages::requirement_names_a_file(node.span, text));
        }
        return;
    }
    if let RequirementLine::Wrong(why) = requirement(text)
        && !is_location(text)
        && seen.insert(node.span)
    {
        out.push(messages::bad_requirement(node.span, text, &why));
    }
}

/// Whether a text names a file of this machine, which the platform would take for a package, or would not find.
fn names_a_file(text: &str) -> bool {
    let is_found = |path: &str| path.starts_with('/') || path.contains(':');
    match requirement(text) {
        RequirementLine::File(path) => !is_found(&path),
        _ => {
            let ends = [".whl", ".jar", ".egg", ".txt", ".in", ".tar.gz", ".zip"];
            !text.contains(['/', ':', '@', ' ']) && ends.iter().any(|end| text.trim().ends_with(end))
        }
    }
}

/// Whether a text is a file or an address, which pip and the platform accept in place of a requirement.
fn is_location(text: &str) -> bool {
    text.contains([':', '/']) || [".whl", ".jar", ".txt", ".gz", ".zip"].iter().any(|end| text.trim().ends_with(end))
}

/// Whether a package of an environment may be dbt: its name contains it, or it is a file.
fn may_have_dbt(spec: &Object) -> bool {
    let elsewhere = [key::BASE_ENVIRONMENT, key::PROJECT_ENVIRONMENT].iter().any(|k| spec.has(*k));
    let installs = |node: &Node| {
        node.as_str().is_none_or(|text| {
            text.contains("dbt")
                || !matches!(requirement(text), RequirementLine::Package(_) | RequirementLine::Wrong(_))
        })
    };
    elsewhere || !spec.unchecked.is_empty() || spec.broken || dependencies(spec).iter().any(installs)
}
