//! Writes a job, compiles the result, and rewrites in a plainer form what differs.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::compare::differences;
use super::jobs::{ImportedJob, JobsRead};
use super::messages;
use super::out::{Fallback, Mark, Out, Ways};
use super::pipeline::{beyond_declarations, pipeline};
use super::write::LocalContext;
use crate::check::{Options, check};
use crate::data::Tree;
use crate::diag::{Code, Diagnostic, Label, Severity};
use crate::lower::lower;
use crate::package::LocalFiles;
use crate::project::{Cache, Loaded, Unit, load, load_around};
use crate::source::{Buffers, FileId, MemoryFiles, Span};
use crate::syntax::ast::{DeclKind, EntryValue, Item, Value, ValueKind};

/// The maximum number of rounds. Each one rewrites at least one entry.
const ROUNDS: usize = 40;

/// An imported pipeline.
#[derive(Debug)]
pub struct Imported {
    pub pipeline: String,
    /// The formatted source.
    pub source: String,
    /// Diagnostics of the job, at spans of the input.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether the source compiles to the imported job.
    pub same: bool,
}

/// The result of compiling the source.
enum ProofAttempt {
    Errors(Vec<Diagnostic>),
    /// Entries that differ, and diagnostics of the checker.
    Different(Vec<Span>, Vec<Diagnostic>),
    Same,
}

/// Writes a job as a pipeline with this name.
pub fn import(job: &ImportedJob, called: &str) -> Imported {
    let mut ways = Ways::new();
    let mut reasons: HashMap<Span, Diagnostic> = HashMap::new();
    beyond_declarations(&job.tree, &mut ways);
    for entry in ways.keys() {
        reasons.insert(*entry, unlike(*entry));
    }
    let always = ways.clone();
    let mut plain = false;
    let mut left: Vec<Diagnostic> = Vec::new();
    let mut out = Out::default();
    let mut same = false;
    for _ in 0..ROUNDS {
        out = pipeline(&job.tree, called, &ways, plain, None);
        let before = ways.clone();
        let troubles: Vec<(Option<Mark>, Diagnostic)> = match attempt(job, &out) {
            ProofAttempt::Same => {
                same = true;
                left.clear();
                break;
            }
            ProofAttempt::Errors(list) => {
                list.into_iter().map(|d| translated(&out, job.tree.span.start_point(), d)).collect()
            }
            ProofAttempt::Different(entries, warnings) => {
                let whole = job.tree.span.start_point();
                let said: Vec<_> = warnings.into_iter().map(|d| translated(&out, whole, d)).collect();
                let about = |mark: &Option<Mark>, entry: Span| {
                    let same = |(m, _): &&(Option<Mark>, Diagnostic)| {
                        m.as_ref().zip(mark.as_ref()).is_some_and(|(a, b)| a.entry == b.entry)
                    };
                    said.iter().find(same).map_or_else(|| unlike(entry), |(_, d)| d.clone())
                };
                let found = entries.into_iter().map(|e| (marked(&job.tree, &out, e), e));
                found.map(|(mark, e)| (mark.clone(), about(&mark, e))).collect()
            }
        };
        left.clear();
        for (mark, d) in troubles {
            let Some(mark) = mark else {
                left.push(d);
                continue;
            };
            let way = match before.get(&mark.entry) {
                None if mark.sugar => Fallback::Plain,
                None | Some(Fallback::Plain) => Fallback::Unchecked,
                Some(Fallback::Unchecked) => {
                    left.push(d);
                    continue;
                }
            };
            if way == Fallback::Unchecked {
                reasons.entry(mark.entry).or_insert(d);
            }
            ways.insert(mark.entry, way);
        }
        if ways == before {
            if plain {
                break;
            }
            // The cause is unknown, so use no short forms at all.
            plain = true;
            ways = always.clone();
            reasons.retain(|e, _| always.contains_key(e));
        }
    }
    let mut diagnostics: Vec<Diagnostic> = reasons
        .into_iter()
        .filter(|(entry, _)| ways.get(entry) == Some(&Fallback::Unchecked))
        .map(|(_, d)| Diagnostic { severity: Severity::Warning, label: "kept in `unchecked`".to_owned(), ..d })
        .collect();
    diagnostics.append(&mut left);
    // Errors that remain in `unchecked` are reported as errors.
    diagnostics.sort_by_key(|d| (d.span, d.code, d.severity));
    diagnostics.dedup_by(|a, b| a.span == b.span && a.code == b.code && a.message == b.message);
    if same {
        beside(job, called, &ways, plain, &mut out, &mut diagnostics);
    }
    let source = crate::fmt::format(FileId(0), &out.text).unwrap_or(out.text);
    Imported { pipeline: called.to_owned(), source, diagnostics, same }
}

/// Writes jobs as pipelines with unique names.
pub fn import_all<'j>(jobs: impl IntoIterator<Item = &'j ImportedJob>) -> Vec<Imported> {
    let mut taken: HashMap<String, usize> = HashMap::new();
    let named: Vec<(&ImportedJob, String)> = jobs
        .into_iter()
        .map(|job| {
            let base = job.identifier();
            let mut name = base.clone();
            while taken.contains_key(&name) {
                let n = taken.entry(base.clone()).or_insert(1);
                *n += 1;
                name = format!("{base}_{n}");
            }
            taken.insert(name.clone(), 1);
            (job, name)
        })
        .collect();
    named.par_iter().map(|(job, name)| import(job, name)).collect()
}

/// Compiles the source and compares it with the job.
fn attempt(job: &ImportedJob, out: &Out) -> ProofAttempt {
    let mut files = MemoryFiles::new();
    files.insert("main.pipe", format!("{}{}", out.text, job.context).into_bytes());
    let lost = || ProofAttempt::Different(vec![job.tree.span], Vec::new());
    let path = PathBuf::from("main.pipe");
    let Ok(loaded) = load(std::slice::from_ref(&path), &files) else { return lost() };
    if !is_one_pipeline(&loaded, &path, out) {
        return lost();
    }
    let Ok(checked) = check(&loaded, &files, &Options::default()) else { return lost() };
    let Some(Some(program)) = checked.programs.first() else {
        return ProofAttempt::Errors(
            checked.diagnostics.into_iter().filter(|d| d.severity == Severity::Error).collect(),
        );
    };
    let bundle = lower(program, &[], &LocalFiles::default(), Path::new(""), &Default::default());
    match bundle.jobs.first().map(|j| differences(&job.tree, &j.body)) {
        Some(list) if list.is_empty() => ProofAttempt::Same,
        Some(list) => ProofAttempt::Different(list, checked.diagnostics),
        None => lost(),
    }
}

/// Writes a job again with its local files and packages; what fails is left in its previous form.
fn beside(job: &ImportedJob, called: &str, ways: &Ways, plain: bool, out: &mut Out, diagnostics: &mut Vec<Diagnostic>) {
    let mut beside = LocalContext { local: job.local.clone(), calls: job.calls.clone() };
    while !(beside.local.is_empty() && beside.calls.is_empty()) {
        let tree = job.packaged.as_ref().filter(|_| !beside.calls.is_empty()).unwrap_or(&job.tree);
        let written = pipeline(tree, called, ways, plain, Some(&beside));
        let Some(errors) = refusals(job, &written) else {
            *out = written;
            return;
        };
        let mut refused: Vec<(Span, String)> = Vec::new();
        for (entry, why) in errors {
            if beside.calls.contains_key(&entry) {
                refused.push((entry, why));
                // If one task needs the wheel, all tasks keep it.
                beside.calls.clear();
                continue;
            }
            // The file of an entry is the first one after its key.
            let file = beside.local.keys().find(|s| s.file == entry.file && s.start > entry.start).copied();
            if let Some(span) = file.filter(|span| beside.local.remove(span).is_some()) {
                refused.push((span, why));
            }
        }
        // If the cause is unknown, give up all of them.
        if refused.is_empty() {
            return;
        }
        for (span, why) in refused {
            diagnostics.push(messages::not_named(span, &why));
        }
    }
}

/// The entries that the checker rejects, with diagnostics; `None` if there are no errors.
fn refusals(job: &ImportedJob, out: &Out) -> Option<Vec<(Span, String)>> {
    let mut files = Buffers::default();
    let path = job.folder.join("import.pipe");
    files.set(path.clone(), format!("{}{}{}", out.text, job.packages, job.context).into());
    let loaded = load_around(std::slice::from_ref(&path), &[], &files, &mut Cache::default()).0;
    if !is_one_pipeline(&loaded, &path, out) {
        let why = "generated source would declare more than this job".to_owned();
        return Some(job.calls.keys().map(|entry| (*entry, why.clone())).collect());
    }
    let checked = check(&loaded, &files, &Options::default()).ok()?;
    let errors: Vec<_> = checked.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
    let marked = |d: &&Diagnostic| {
        let mark = out.around(d.span.start as usize..d.span.end as usize)?;
        Some((mark.entry, d.message.clone()))
    };
    (!errors.is_empty()).then(|| errors.iter().filter_map(marked).collect())
}

fn unit_of<'l>(loaded: &'l Loaded, path: &Path) -> Option<&'l Unit> {
    loaded.projects.iter().flat_map(|p| &p.units).find(|u| u.path == path).map(AsRef::as_ref)
}

/// Whether the source of a job declares exactly one pipeline.
fn is_one_pipeline(loaded: &Loaded, path: &Path, out: &Out) -> bool {
    let Some(unit) = unit_of(loaded, path) else { return true };
    let own = |i: &&Item| matches!(i, Item::Decl(d) if (d.span.start as usize) < out.text.len());
    let declared: Vec<&Item> = unit.ast.items.iter().filter(own).collect();
    unit.broken || matches!(declared.as_slice(), [Item::Decl(d)] if d.kind == DeclKind::Pipeline)
}

/// Maps a diagnostic about the source to the input, with the part of the source it belongs to.
fn translated(out: &Out, whole: Span, d: Diagnostic) -> (Option<Mark>, Diagnostic) {
    let mark = out.around(d.span.start as usize..d.span.end as usize).cloned();
    let Some(found) = &mark else {
        return (None, Diagnostic { span: whole, related: Vec::new(), fixes: Vec::new(), ..d });
    };
    let related: Vec<Label> = d
        .related
        .into_iter()
        .filter_map(|l| {
            let span = out.around(l.span.start as usize..l.span.end as usize)?.shown;
            (span != found.shown).then_some(Label { span, ..l })
        })
        .collect();
    let shown = found.shown;
    (mark, Diagnostic { span: shown, related, fixes: Vec::new(), label: String::new(), ..d })
}

/// The part of the source for an entry, or for its nearest parent.
fn marked(job: &Tree, out: &Out, entry: Span) -> Option<Mark> {
    let mut path: Vec<Span> = Vec::new();
    let mut tree = Some(job);
    while let Some(at) = tree.take() {
        let children = at.entries().iter().map(|(k, v)| (Some(k.span), v)).chain(at.items().iter().map(|v| (None, v)));
        for (key, value) in children {
            let whole = key.map_or(value.span, |k| k.to(value.span));
            if whole.contains(entry) {
                path.extend(key);
                tree = Some(value);
            }
        }
    }
    path.iter().rev().find_map(|key| out.marks.iter().find(|m| m.entry == *key).cloned())
}

/// The message about an entry that the language cannot express.
fn unlike(entry: Span) -> Diagnostic {
    messages::kept_as_it_is(entry)
}

/// Compiles the written project for each target, and reports errors of targets, variables, permissions and defaults
/// at their places in the input.
///
/// A project that declares more than its parts account for is rejected.
pub fn prove_project(found: &JobsRead, own: &[Imported], text: &str) -> Vec<Diagnostic> {
    let whole = found.jobs.first().map_or_else(|| Tree::default().span, |j| j.tree.span.start_point());
    let folder = found.jobs.first().map(|j| j.folder.clone()).unwrap_or_default();
    let path = folder.join("import.pipe");
    let mut files = Buffers::default();
    files.set(path.clone(), text.into());
    let loaded = load_around(std::slice::from_ref(&path), &[], &files, &mut Cache::default()).0;
    let Some(unit) = unit_of(&loaded, &path) else { return Vec::new() };
    // For each pipeline and target, the bytes of its declaration and its span in the input.
    let mut places: Vec<(Span, Span)> = Vec::new();
    let mut pipelines: Vec<&str> = Vec::new();
    let mut targets: Vec<&str> = Vec::new();
    for item in &unit.ast.items {
        let Item::Decl(decl) = item else { continue };
        let name = decl.name.text.as_str();
        let job = || own.iter().position(|i| i.pipeline == name).and_then(|i| found.jobs.get(i));
        match decl.kind {
            DeclKind::Pipeline => {
                pipelines.push(name);
                places.extend(job().map(|j| (decl.span, j.tree.span.start_point())));
            }
            DeclKind::Target => {
                targets.push(name);
                places.extend(found.targets.iter().find(|t| t.name == name).map(|t| (decl.span, t.span)));
            }
            _ => {}
        }
    }
    let accounted = pipelines.iter().copied().eq(own.iter().map(|i| i.pipeline.as_str()))
        && targets.iter().copied().eq(found.targets.iter().map(|t| t.name.as_str()));
    if !accounted && !unit.broken {
        return vec![messages::other_declarations(whole)];
    }
    let options = Options { all_targets: true, diagnostics_only: true, ..Options::default() };
    let Ok(checked) = check(&loaded, &files, &options) else { return Vec::new() };
    let mut out: Vec<Diagnostic> = Vec::new();
    // Values that a deployment or the user must provide are already reported where they are missing.
    let open = [Code::NoValueForVar, Code::ProductionPath];
    for d in checked.diagnostics.into_iter().filter(|d| d.severity == Severity::Error && !open.contains(&d.code)) {
        let span = places.iter().find(|(decl, _)| decl.contains(d.span)).map_or(whole, |(_, at)| *at);
        if !out.iter().any(|o| o.span == span && o.code == d.code && o.message == d.message) {
            out.push(Diagnostic { span, related: Vec::new(), fixes: Vec::new(), label: String::new(), ..d });
        }
    }
    out.extend(wrong_modes(found, unit));
    out
}

/// The targets whose mode differs from the input.
fn wrong_modes<'f>(found: &'f JobsRead, unit: &'f Unit) -> impl Iterator<Item = Diagnostic> + 'f {
    found.targets.iter().filter_map(|target| {
        let decl = unit.ast.items.iter().find_map(|i| match i {
            Item::Decl(d) if d.kind == DeclKind::Target && d.name.text == target.name.as_str() => Some(d),
            _ => None,
        })?;
        let mode = decl.body.items.iter().find_map(|i| match i {
            Item::Entry(e) if e.key.text == "mode" => match &e.value {
                EntryValue::Assign(Value { kind: ValueKind::Path(path), .. }) => path.word(),
                _ => None,
            },
            _ => None,
        });
        (mode != target.mode.as_deref()).then(|| messages::other_mode(target.span, &target.name))
    })
}
