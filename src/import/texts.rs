//! Converts scalars to strings where the API expects strings, because other tools accept any scalar.

use super::jobs::every_task;
use super::messages;
use crate::data::{TextPiece, Tree, TreeKind};
use crate::diag::Diagnostic;
use crate::schema::{Block, Ty};

/// A value of an object type with strings where the API has strings: `true` and `3` are converted.
pub(super) fn as_text(tree: &Tree, block: &'static Block) -> Tree {
    let TreeKind::Map(entries) = &tree.kind else { return tree.clone() };
    let entries = entries.iter().map(|(key, value)| {
        let value = match block.field(&key.text).map(|f| f.ty) {
            Some(Ty::Str) => text(value),
            Some(Ty::Block(inner)) => as_text(value, inner),
            Some(Ty::BlockList(inner)) => each(value, &|v| as_text(v, inner)),
            Some(Ty::StrList) => each(value, &text),
            Some(Ty::Map) => match &value.kind {
                TreeKind::Map(entries) => {
                    let entries = entries.iter().map(|(k, v)| (k.clone(), text(v))).collect();
                    Tree { span: value.span, kind: TreeKind::Map(entries) }
                }
                _ => value.clone(),
            },
            _ => value.clone(),
        };
        (key.clone(), value)
    });
    Tree { span: tree.span, kind: TreeKind::Map(entries.collect()) }
}

fn each(tree: &Tree, f: &dyn Fn(&Tree) -> Tree) -> Tree {
    match &tree.kind {
        TreeKind::List(items) => Tree { span: tree.span, kind: TreeKind::List(items.iter().map(f).collect()) },
        _ => tree.clone(),
    }
}

fn text(tree: &Tree) -> Tree {
    let kind = match &tree.kind {
        TreeKind::Number(n) => TreeKind::Text(n.to_string()),
        TreeKind::Bool(b) => TreeKind::Text(b.to_string()),
        // A number in a string is part of it.
        TreeKind::Mixed(pieces) => match pieces.as_slice() {
            [TextPiece::Var { value, .. }] if matches!(**value, TreeKind::Number(_) | TreeKind::Bool(_)) => {
                TreeKind::Mixed(pieces.iter().cloned().chain([TextPiece::Text(String::new())]).collect())
            }
            _ => tree.kind.clone(),
        },
        other => other.clone(),
    };
    Tree { span: tree.span, kind }
}

/// Reports local libraries, because pipec uploads only the wheels it builds.
pub(super) fn local_libraries(job: &Tree, diagnostics: &mut Vec<Diagnostic>) {
    let libraries =
        every_task(job).flat_map(|t| t.items_of("libraries")).flat_map(Tree::entries).map(|(_, value)| value);
    let dependencies = job.items_of("environments").iter().filter_map(|e| e.get("spec"));
    let dependencies = dependencies.flat_map(|s| s.items_of("dependencies"));
    let mut told: Vec<&str> = Vec::new();
    for value in libraries.chain(dependencies) {
        let Some(path) = value.text().map(|t| t.trim_start_matches("-r ").trim()) else { continue };
        if (path.starts_with("./") || path.starts_with("../")) && !told.contains(&path) {
            told.push(path);
            diagnostics.push(messages::file_of_this_machine(value.span, path));
        }
    }
}

/// The text of a piece between the quotes of a string.
pub(super) fn in_text(piece: &TextPiece, out: &mut String) {
    match piece {
        TextPiece::Text(text) => crate::source::literal::escape(text, out),
        TextPiece::Var { name, .. } => {
            out.push_str("${");
            out.push_str(&super::names::name(name));
            out.push('}');
        }
        TextPiece::Fact { path, .. } => {
            out.push_str("${");
            out.push_str(path);
            out.push('}');
        }
        TextPiece::Job { .. } => out.push('0'),
        TextPiece::Reference(_) => crate::source::literal::escape(&piece.text(), out),
    }
}
