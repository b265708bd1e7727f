//! Pipelines with parameters only, to check runs of other jobs of the project.

use super::fields::raw;
use super::names::{identifier, is_name, name};
use crate::data::{TextPiece, Tree, TreeKey, TreeKind};

/// The stubs of the jobs of a project, by pipeline.
pub(super) struct Stubs(Vec<(String, String)>);

impl Stubs {
    pub fn new(jobs: &[(TreeKey, Tree)]) -> Stubs {
        let stub = |(key, job): &(TreeKey, Tree)| {
            let called = identifier(&key.text);
            let text = stub(&called, job);
            (called, text)
        };
        Stubs(jobs.iter().map(stub).collect())
    }

    /// The stubs of the pipelines that a job runs.
    pub fn of(&self, job: &Tree, own: &str) -> String {
        let mut called = Vec::new();
        pipelines(job, &mut called);
        self.0
            .iter()
            .filter(|(name, _)| name != own && called.contains(&name.as_str()))
            .map(|(_, s)| s.as_str())
            .collect()
    }
}

fn stub(called: &str, job: &Tree) -> String {
    let params: String = job
        .items_of("parameters")
        .iter()
        .filter_map(|p| {
            let default = p.get("default").map_or_else(|| "\"\"".to_owned(), raw);
            Some(format!("param {}: string = {default}\n", name(p.text_of("name").filter(|n| is_name(n))?)))
        })
        .collect();
    format!("pipeline {} {{\n{params}}}\n", name(called))
}

/// The pipelines whose ids occur in a value.
fn pipelines<'t>(tree: &'t Tree, out: &mut Vec<&'t str>) {
    if let TreeKind::Mixed(pieces) = &tree.kind {
        out.extend(pieces.iter().filter_map(|p| match p {
            TextPiece::Job { pipeline } => Some(pipeline.as_str()),
            _ => None,
        }));
    }
    tree.entries().iter().map(|(_, v)| v).chain(tree.items()).for_each(|t| pipelines(t, out));
}
