//! Reduces the messages about a project to one per mistake.
//!
//! A misspelled name is reported where it is written, and nothing else that follows from it. If every use of a
//! declaration has the same other spelling, the declaration is what is misspelled.

use std::collections::{BTreeMap, HashSet};

use super::messages;
use crate::diag::{Cause, Diagnostic, Diagnostics, Severity};
use crate::source::Span;

/// Removes messages that follow from others. `named` are the declarations that names refer to.
pub fn one_per_mistake(found: Diagnostics, named: &HashSet<Span>) -> Vec<Diagnostic> {
    let mut list = found.into_sorted();
    if list.iter().all(|d| d.cause.is_none() && !d.code.is_syntax()) {
        return list;
    }
    let broken: HashSet<Span> = list.iter().filter(|d| d.code.is_syntax()).map(|d| d.span).collect();
    list.retain(|d| d.code.is_syntax() || !broken.contains(&d.span));
    let declarations = misspelled_declarations(&list, named);
    let unknown: Vec<(Span, String, Option<Span>)> = list.iter().filter_map(meant).collect();
    let reported: HashSet<Span> = list.iter().filter(|d| is_error_of_declaration(d)).map(|d| d.span).collect();
    list.retain(|d| match d.cause.as_deref() {
        Some(Cause::Unknown { declared: Some(at), .. }) => {
            !declarations.contains_key(at) && (named.contains(at) || !reported.contains(at))
        }
        Some(Cause::Unused { declared }) => !unknown.iter().any(|(_, _, at)| *at == Some(*declared)),
        Some(Cause::Missing { names, within }) => {
            // A misspelled declaration is missing wherever it is needed.
            !unknown.iter().any(|(at, meant, declared)| {
                names.contains(meant) && (within.contains(*at) || declared.is_some_and(|at| d.related.iter().any(|l| l.span == at)))
            })
        }
        _ => true,
    });
    list.extend(declarations.into_values());
    list.sort_by(|a, b| (a.span, a.code, &a.message).cmp(&(b.span, b.code, &b.message)));
    list
}

/// Where a message suggests another name, that name, and its declaration.
fn meant(d: &Diagnostic) -> Option<(Span, String, Option<Span>)> {
    match d.cause.as_deref() {
        Some(Cause::Unknown { meant, declared, .. }) => Some((d.span, meant.clone(), *declared)),
        _ => None,
    }
}

/// Whether a message says what is wrong with the declaration at its span.
fn is_error_of_declaration(d: &Diagnostic) -> bool {
    d.severity == Severity::Error && d.cause.is_none()
}

/// The declarations that no name refers to, but which several names seem to mean, with one message for each.
fn misspelled_declarations(list: &[Diagnostic], named: &HashSet<Span>) -> BTreeMap<Span, Diagnostic> {
    let mut uses: BTreeMap<Span, Vec<(&Diagnostic, &str, &str)>> = BTreeMap::new();
    for d in list {
        if let Some(Cause::Unknown { written, meant, declared: Some(at) }) = d.cause.as_deref()
            && !named.contains(at)
        {
            uses.entry(*at).or_default().push((d, written, meant));
        }
    }
    let reported: HashSet<Span> = list.iter().filter(|d| is_error_of_declaration(d)).map(|d| d.span).collect();
    uses.into_iter()
        .filter(|(at, uses)| {
            let same = uses.windows(2).all(|pair| matches!(pair, [a, b] if a.1 == b.1));
            uses.len() > 1 && same && !reported.contains(at)
        })
        .filter_map(|(at, uses)| {
            let (first, written, declared) = uses.first()?;
            Some((at, messages::misspelled_declaration(at, declared, written, first, uses.len())))
        })
        .collect()
}
