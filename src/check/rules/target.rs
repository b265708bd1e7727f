//! Targets: names, hosts and folders.

use super::{ProgramFacts, required};
use crate::check::messages;
use crate::diag::Diagnostics;
use crate::model::{Mode, Node, Object, Target};
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
        production(target, decl, fields, workspace, out);
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

/// Checks that a production target has a folder that does not belong to a user.
fn production(target: &Target, decl: &Decl, fields: &Object, workspace: Option<&Object>, out: &mut Diagnostics) {
    match target.root_path.as_deref() {
        None => out.push(messages::production_without_root_path(decl.name.span)),
        Some(path) if path.starts_with("/Workspace/Users/") || path.starts_with("/Users/") => {
            if !fields.has(key::RUN_AS) {
                let at = workspace.and_then(|w| w.get(key::ROOT_PATH)).map_or(decl.name.span, |n| n.span);
                out.push(messages::production_in_user_folder(at));
            }
        }
        Some(_) => {}
    }
}
