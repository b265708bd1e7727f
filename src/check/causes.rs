//! Reduces the messages about a project to one per mistake.
//!
//! A misspelled name is reported where it is written, and nothing else that follows from it. If every use of a
//! declaration has the same other spelling, the declaration is what is misspelled.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::index::Link;
use super::messages;
use crate::diag::{Cause, Code, Diagnostic, Diagnostics, Severity};
use crate::source::{FileId, SourceMap, Span};

/// Removes messages that follow from others. `used` are the declarations that are used, and `links` what names refer
/// to, as far as a rename could replace them.
pub fn one_per_mistake(
    found: Diagnostics,
    used: HashSet<Span>,
    links: &[Link],
    sources: &SourceMap,
) -> Vec<Diagnostic> {
    let mut list = found.into_sorted();
    if list.is_empty() {
        return list;
    }
    let mut named = used;
    named.extend(links.iter().map(|link| link.to));
    let spans = |list: &[Diagnostic], of: fn(&Diagnostic) -> bool| -> HashSet<Span> {
        list.iter().filter(|d| of(d)).map(|d| d.span).collect()
    };
    // Text that does not parse has no other mistakes.
    let dotted = spans(&list, |d| d.code == Code::UnknownField);
    list.retain(|d| d.code != Code::NeedsBackticks || !dotted.contains(&d.span));
    let broken = spans(&list, |d| d.code.is_syntax());
    list.retain(|d| d.code.is_syntax() || !broken.contains(&d.span));
    // An argument without a name is a name and a value: if the value is unknown, nothing is known about the name.
    let values = spans(&list, |d| d.code == Code::UnknownName);
    let names = spans(&list, |d| matches!(d.code, Code::UnknownArgument | Code::UnreadArgument));
    list.retain(|d| d.code == Code::UnknownName || !values.contains(&d.span));
    for d in list.iter_mut().filter(|d| d.code == Code::UnknownName && d.fixes.len() > 1) {
        d.fixes.remove(usize::from(names.contains(&d.span)));
    }

    let reported = spans(&list, is_error_of_declaration);
    let declarations = misspelled_declarations(&list, &named, &reported);
    let typed = uses_of_wrong_types(&list, links);
    let meant = Meant::of(&list);
    let mentioned = words_near_errors(&list, sources);
    list.retain(|d| match d.cause.as_deref() {
        Some(Cause::Unknown { declared: Some(at), .. }) => {
            !declarations.contains_key(at) && (named.contains(at) || !reported.contains(at))
        }
        Some(Cause::Unused { declared }) => {
            !meant.declarations.contains(declared) && !mentioned.contains(sources.slice(*declared).trim_matches('`'))
        }
        // Errors may hide the uses of what a file declares.
        Some(Cause::UnusedImport) => reported.is_empty() && meant.declarations.is_empty(),
        Some(Cause::Missing { names, within }) => !names.iter().any(|name| meant.is_missing(name, *within, d)),
        _ => !(is_about_a_type(d) && typed.range(starts_in(d.span)).next().is_some()),
    });
    list.extend(declarations.into_values());
    list.sort_by(|a, b| (a.span, a.code, &a.message).cmp(&(b.span, b.code, &b.message)));
    list
}

fn is_about_a_type(d: &Diagnostic) -> bool {
    matches!(d.code, Code::WrongType | Code::BadComparison)
}

/// Where declarations are used whose type is wrong, except at the declarations.
fn uses_of_wrong_types(list: &[Diagnostic], links: &[Link]) -> BTreeSet<(FileId, u32)> {
    let declared: HashSet<Span> = list.iter().filter(|d| is_about_a_type(d)).map(|d| d.span).collect();
    links.iter().filter(|link| declared.contains(&link.to)).map(|link| (link.at.file, link.at.start)).collect()
}

fn starts_in(span: Span) -> std::ops::Range<(FileId, u32)> {
    (span.file, span.start)..(span.file, span.end)
}

/// The words of the lines that have errors: a name there may be a use that is invalid.
fn words_near_errors<'s>(list: &[Diagnostic], sources: &'s SourceMap) -> HashSet<&'s str> {
    let mut lines: BTreeSet<(FileId, u32)> = BTreeSet::new();
    let mut words = HashSet::new();
    for d in list.iter().filter(|d| d.severity == Severity::Error) {
        let Some(file) = sources.get(d.span.file) else { continue };
        let line = file.lines().line(d.span.start);
        if !lines.insert((d.span.file, line as u32)) {
            continue;
        }
        let start = file.lines().line_start(line) as usize;
        let text = file.text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        words.extend(text.split(|c: char| !c.is_alphanumeric() && c != '_'));
    }
    words
}

/// The names that were probably meant by unknown ones.
#[derive(Default)]
struct Meant {
    declarations: HashSet<Span>,
    /// Where each name was meant, and its declaration.
    places: HashMap<String, Vec<(Span, Option<Span>)>>,
}

impl Meant {
    fn of(list: &[Diagnostic]) -> Meant {
        let mut out = Meant::default();
        for d in list {
            let Some(Cause::Unknown { meant, declared, .. }) = d.cause.as_deref() else { continue };
            out.declarations.extend(*declared);
            out.places.entry(meant.clone()).or_default().push((d.span, *declared));
        }
        out
    }

    /// Whether `name`, which is missing in a part of the program, is misspelled there or where it is declared.
    fn is_missing(&self, name: &str, within: Span, missing: &Diagnostic) -> bool {
        let declared = |at: Option<Span>| at.is_some_and(|at| missing.related.iter().any(|label| label.span == at));
        let places = self.places.get(name).map(Vec::as_slice).unwrap_or_default();
        places.iter().any(|(at, declaration)| within.contains(*at) || declared(*declaration))
    }
}

/// Whether a message reports what is wrong with the declaration at its span.
fn is_error_of_declaration(d: &Diagnostic) -> bool {
    d.severity == Severity::Error && d.cause.is_none()
}

/// The declarations that no name refers to, but which several names seem to mean, with one message for each.
fn misspelled_declarations(
    list: &[Diagnostic],
    named: &HashSet<Span>,
    reported: &HashSet<Span>,
) -> BTreeMap<Span, Diagnostic> {
    let mut uses: BTreeMap<Span, Vec<(&Diagnostic, &str, &str)>> = BTreeMap::new();
    for d in list {
        if let Some(Cause::Unknown { written, meant, declared: Some(at) }) = d.cause.as_deref()
            && !named.contains(at)
        {
            uses.entry(*at).or_default().push((d, written, meant));
        }
    }
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
