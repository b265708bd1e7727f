//! Targets: their names, addresses and folders.

use super::ProgramFacts;
use crate::check::messages;
use crate::diag::Diagnostics;
use crate::model::{Mode, Node, Object, Target};
use crate::source::{MAX_FILE_NAME, is_file_name};
use crate::syntax::ast::Decl;

/// The target of a program.
pub fn check(facts: &ProgramFacts, out: &mut Diagnostics) {
    let Some((decl, fields)) = &facts.program.target.declared else { return };
    if !is_file_name(&decl.name.text) || decl.name.text.len() > MAX_FILE_NAME {
        out.push(messages::target_name(&decl.name));
    }
    let workspace = fields.get("workspace").and_then(Node::as_object);
    if let Some(workspace) = workspace {
        addresses(workspace, out);
    }
    let target = &facts.program.target.target;
    if target.mode == Mode::Production && !fields.broken {
        production(target, decl, fields, workspace, out);
    }
}

fn addresses(workspace: &Object, out: &mut Diagnostics) {
    for key in ["root_path", "artifact_path"] {
        if let Some(node) = workspace.get(key)
            && node.as_str().is_some_and(|p| !p.starts_with('/'))
        {
            out.push(messages::target_path_not_absolute(node.span, key));
        }
    }
    if let Some(node) = workspace.get("root_path")
        && node.as_str().is_some_and(|p| p.starts_with("/Volumes/"))
    {
        out.push(messages::root_path_in_a_volume(node.span));
    }
    let local = ["https://", "http://127.0.0.1", "http://localhost"];
    if let Some(node) = workspace.get("host")
        && node.as_str().is_some_and(|host| !local.iter().any(|start| host.starts_with(start)))
    {
        out.push(messages::host_without_https(node.span));
    }
}

/// A production target has a folder that does not belong to whoever deploys it.
fn production(target: &Target, decl: &Decl, fields: &Object, workspace: Option<&Object>, out: &mut Diagnostics) {
    match target.root_path.as_deref() {
        None => out.push(messages::production_without_root_path(decl.name.span)),
        Some(path) if path.starts_with("/Workspace/Users/") || path.starts_with("/Users/") => {
            if !fields.has("run_as") {
                let at = workspace.and_then(|w| w.get("root_path")).map_or(decl.name.span, |n| n.span);
                out.push(messages::production_in_user_folder(at));
            }
        }
        Some(_) => {}
    }
}
