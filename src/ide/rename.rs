//! Renames a declaration and its uses across files, unless that would change the meaning of the program.

use super::names::references;
use super::snapshot::Snapshot;
use super::view::{FileContext, names_something};
use crate::diag::{Edit, Severity};
use crate::source::{Span, quote_name};
use crate::syntax::ast::{Call, CallArgument, Callee, DeclKind, Item, ValueKind};
use crate::syntax::walk::{self, Role, SyntaxNode};
use crate::syntax::words;

/// Why a name cannot be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenameError(pub String);

impl std::fmt::Display for RenameError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name at a byte, if it can be renamed.
///
/// # Errors
/// Not a name, or a name that is not declared in a `.pipe` file.
pub fn renamable(view: &FileContext<'_>, offset: u32) -> Result<(Span, String), RenameError> {
    let Some(link) = view.declaration(offset) else {
        return Err(RenameError("nothing to rename here".to_owned()));
    };
    let Some((name, _)) = declared(view, link.to) else {
        return Err(RenameError("this is declared in Python; rename it there".to_owned()));
    };
    let text = view.slice(link.at);
    let at = match text.find(name.as_str()) {
        Some(i) => Span { start: link.at.start + i as u32, end: link.at.start + (i + name.len()) as u32, ..link.at },
        None => link.at,
    };
    Ok((if text.starts_with('`') { link.at } else { at }, name))
}

/// The edits that rename the declaration of the name at a byte. `check` checks the projects after the edits.
///
/// # Errors
/// A name that cannot be changed, an invalid new name, or a conflict with another name.
pub fn rename(
    view: &FileContext<'_>,
    offset: u32,
    new: &str,
    check: impl FnOnce(&[Edit]) -> Snapshot,
) -> Result<Vec<Edit>, RenameError> {
    let (_, old) = renamable(view, offset)?;
    let Some(link) = view.declaration(offset) else { return Ok(Vec::new()) };
    let new = new.strip_prefix('`').and_then(|n| n.strip_suffix('`')).unwrap_or(new);
    if new.is_empty() || new.contains(['`', '\n', '\r']) {
        return Err(RenameError("invalid name: it must not be empty or contain backticks or line breaks".to_owned()));
    }
    if words::find(new).is_some_and(|w| w.slot == words::WordPosition::Value) {
        return Err(RenameError(format!("`{new}` is a reserved word")));
    }
    if new == old {
        return Ok(Vec::new());
    }
    let mut edits = vec![Edit { span: link.to, text: quote_name(new) }];
    for at in references(view, offset, false) {
        edits.push(one_use(view, at, link.to, &old, new));
    }
    edits.sort();
    edits.dedup();
    let after = check(&edits);
    let errors = |s: &Snapshot| {
        let mut list: Vec<_> =
            s.checked.diagnostics.iter().filter(|d| d.severity == Severity::Error).map(|d| d.code).collect();
        list.sort();
        list
    };
    let before = errors(view.snapshot);
    let mut rest = before.clone();
    for d in after.checked.diagnostics.iter().filter(|d| d.severity == Severity::Error) {
        match rest.iter().position(|c| *c == d.code) {
            Some(i) => {
                rest.swap_remove(i);
            }
            None => return Err(RenameError(format!("renaming would cause an error: {}", d.message))),
        }
    }
    Ok(edits)
}

/// The name that is declared at a span.
fn declared(view: &FileContext<'_>, to: Span) -> Option<(String, Role)> {
    let unit = view.snapshot.loaded.projects.iter().find_map(|p| p.unit_of(to.file))?;
    let (name, role) = walk::name(&walk::holding(&unit.ast, to))?;
    (name.span == to && names_something(role)).then(|| (name.text.to_string(), role))
}

/// The edit at one use.
fn one_use(view: &FileContext<'_>, at: Span, to: Span, old: &str, new: &str) -> Edit {
    let written = view.slice(at);
    let quoted = quote_name(new);
    // In a reference in a string, only the part that is the name.
    if written.starts_with("{{") {
        return Edit { span: at, text: in_braces(written, old, new) };
    }
    if written.starts_with('"') {
        return Edit { span: at, text: format!("\"{new}\"") };
    }
    let Some(unit) = view.snapshot.loaded.projects.iter().find_map(|p| p.unit_of(at.file)) else {
        return Edit { span: at, text: quoted };
    };
    let path = walk::holding(&unit.ast, at);
    let call = match walk::item(&path) {
        Some(Item::Call(call)) => Some(call.as_ref()),
        _ => None,
    };
    let short = path.iter().rev().find_map(|n| match n {
        SyntaxNode::Argument(CallArgument { name: None, value, .. }) if value.span == at => Some(value),
        _ => None,
    });
    match (short, call) {
        (Some(value), Some(call))
            if takes_names(call) && matches!(&value.kind, ValueKind::Path(p) if p.rest.is_empty()) =>
        {
            // `f(x)` is short for `f(x = x)`: only one of the two gets the new name.
            let own = walk::declaration(&path, DeclKind::Pipeline).map(|d| d.span);
            let of_callee = matches!(&call.callee, Callee::Run(_)) && is_param_elsewhere(view, to, own);
            let text = if of_callee { format!("{quoted} = {written}") } else { format!("{written} = {quoted}") };
            Edit { span: at, text }
        }
        _ => Edit { span: at, text: quoted },
    }
}

/// Whether a declaration is a parameter of another pipeline than the one at `own`.
fn is_param_elsewhere(view: &FileContext<'_>, to: Span, own: Option<Span>) -> bool {
    matches!(declared(view, to), Some((_, Role::Bound(crate::syntax::ast::BindingKind::Param))))
        && !own.is_some_and(|own| own.contains(to))
}

fn takes_names(call: &Call) -> bool {
    !matches!(call.callee, Callee::Script(_) | Callee::Dbt(_))
}

/// Renames a part of `{{tasks.old.values.rows}}`.
fn in_braces(written: &str, old: &str, new: &str) -> String {
    let part = |name: &str| {
        if name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') { name.to_owned() } else { format!("`{name}`") }
    };
    let inner = written.trim_start_matches('{').trim_end_matches('}').trim();
    let mut parts: Vec<String> = Vec::new();
    let mut rest = inner;
    while !rest.is_empty() {
        let len = match rest.bytes().next() {
            Some(b'`') => rest.get(1..).and_then(|tail| tail.find('`')).map_or(rest.len(), |i| i + 2),
            Some(b'[') => rest.find(']').map_or(rest.len(), |i| i + 1),
            _ => rest.find(['.', '[']).unwrap_or(rest.len()),
        };
        parts.push(rest.get(..len).unwrap_or(rest).to_owned());
        rest = rest.get(len..).unwrap_or("").trim_start_matches('.');
    }
    let bare = |p: &str| p.trim_matches(['`', '[', ']']).to_owned();
    let last = parts.len().saturating_sub(1);
    // The key of a task is the second part; a value or parameter is the last.
    let at = match parts.first().map(String::as_str) {
        Some("tasks")
            if parts.get(1).is_some_and(|p| bare(p) == old || bare(p).starts_with(&format!("{old}_")))
                && parts.get(last).is_none_or(|p| bare(p) != old || last == 1) =>
        {
            1
        }
        _ => last,
    };
    if let Some(found) = parts.get_mut(at) {
        let name = bare(found);
        *found = match name.strip_prefix(old) {
            Some("") => part(new),
            Some(element) if at == 1 && element.starts_with('_') => part(&format!("{new}{element}")),
            _ => found.clone(),
        };
    }
    format!("{{{{{}}}}}", parts.join("."))
}

#[cfg(test)]
mod tests {
    use super::in_braces;

    #[test]
    fn names_are_changed_inside_of_references_that_are_typed_as_text() {
        assert_eq!(in_braces("{{tasks.a.values.rows}}", "a", "b-c"), "{{tasks.`b-c`.values.rows}}");
        assert_eq!(in_braces("{{ tasks.a.values.rows }}", "rows", "n"), "{{tasks.a.values.n}}");
        assert_eq!(in_braces("{{tasks.load_eu.values.rows}}", "load", "read"), "{{tasks.read_eu.values.rows}}");
        assert_eq!(in_braces("{{job.parameters.[a b]}}", "a b", "c"), "{{job.parameters.c}}");
        assert_eq!(in_braces("{{job.parameters.`a.b`}}", "a.b", "c"), "{{job.parameters.c}}");
    }
}
