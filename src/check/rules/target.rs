//! Targets: names, hosts and folders.

use super::{ProgramFacts, required};
use crate::check::messages;
use crate::diag::Diagnostics;
use crate::model::{Mode, Node, Object};
use crate::schema::key;
use crate::source::{MAX_FILE_NAME, is_file_name};
use crate::syntax::ast::Decl;

/// Checks the target of a program.
pub fn check(facts: &ProgramFacts, out: &mut Diagnostics) {
    let Some((decl, fields)) = &facts.program.target.declared else { return };
    if !is_file_name(&decl.name.text) || decl.name.text.len() > MAX_FILE_NAME {
        out.push(messages::target_name(&decl.name));
    }
    let workspace = fields.get(key::WORKSPACE).and_then(Node::as_object);
    if let Some(workspace) = workspace {
        addresses(workspace, out);
    }
    let target = &facts.program.target.target;
    if target.mode == Mode::Production && !fields.broken {
        production(facts, decl, out);
    }
}

fn addresses(workspace: &Object, out: &mut Diagnostics) {
    required::form(workspace, out);
    if let Some(node) = workspace.get(key::ROOT_PATH)
        && node.as_str().is_some_and(|p| p.starts_with("/Volumes/"))
    {
        out.push(messages::root_path_in_a_volume(node.span));
    }
}

/// Checks that a production target is deployed to one folder, whoever deploys it.
fn production(facts: &ProgramFacts, decl: &Decl, out: &mut Diagnostics) {
    let program = facts.program;
    if program.target.target.root_path.is_some() {
        return;
    }
    // The fields of the target are merged into the pipelines.
    let run_as =
        !program.pipelines.is_empty() && program.pipelines.iter().all(|p| p.pipeline.settings.has(key::RUN_AS));
    out.push(match run_as {
        true => messages::production_with_run_as_only(decl),
        false => messages::production_without_root_path(decl),
    });
}
