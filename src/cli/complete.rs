//! Completion in shells: names of the project in the current directory, codes and time zones.
//!
//! The script of `pipec completions` runs `COMPLETE=SHELL pipec -- WORDS` for each completion.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap_complete::engine::CompletionCandidate;
use clap_complete::env::Shells;

use super::{Ended, Outcome, usage};
use crate::diag::Code;
use crate::session::Session;
use crate::source::DiskFiles;
use crate::syntax::ast::{BindingKind, DeclKind, Item};
use crate::syntax::walk::{SyntaxNode, walk};
use crate::time::zone_names;

/// Supported shells.
pub const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// Prints the completion script of a shell.
pub fn script(shell: &str) -> Ended {
    let shells = Shells::builtins();
    let Some(completer) = shells.completer(shell) else { return Err(usage(format!("unknown shell `{shell}`"))) };
    let mut script = Vec::new();
    completer.write_registration("COMPLETE", "pipec", "pipec", "pipec", &mut script)?;
    super::terminal::print_exact(&String::from_utf8_lossy(&script));
    Ok(Outcome::Done)
}

pub fn targets(typed: &OsStr) -> Vec<CompletionCandidate> {
    declared(typed, |item| match item {
        Item::Decl(d) if d.kind == DeclKind::Target => Some((d.name.text.to_string(), d.doc.as_deref())),
        _ => None,
    })
}

pub fn pipelines(typed: &OsStr) -> Vec<CompletionCandidate> {
    // Several names are separated by commas.
    after_comma(typed, |typed| {
        declared(typed, |item| match item {
            Item::Decl(d) if d.kind == DeclKind::Pipeline => Some((d.name.text.to_string(), d.doc.as_deref())),
            _ => None,
        })
    })
}

pub fn steps(typed: &OsStr) -> Vec<CompletionCandidate> {
    after_comma(typed, |typed| declared(typed, |item| step(item).map(|(name, doc)| (name.to_owned(), doc))))
}

/// `STEP=FILE`, up to the file.
pub fn step_files(typed: &OsStr) -> Vec<CompletionCandidate> {
    declared(typed, |item| step(item).map(|(name, doc)| (format!("{name}="), doc)))
}

pub fn vars(typed: &OsStr) -> Vec<CompletionCandidate> {
    declared(typed, |item| binding(item, BindingKind::Var))
}

pub fn params(typed: &OsStr) -> Vec<CompletionCandidate> {
    declared(typed, |item| binding(item, BindingKind::Param))
}

pub fn codes(typed: &OsStr) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy().to_uppercase();
    let known = Code::ALL.iter().filter(|c| c.id().starts_with(&typed));
    known.map(|c| CompletionCandidate::new(c.id()).help(Some(c.title().into()))).collect()
}

pub fn zones(typed: &OsStr) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    zone_names().into_iter().filter(|z| z.starts_with(&*typed)).map(CompletionCandidate::new).collect()
}

fn step(item: &Item) -> Option<(&str, Option<&str>)> {
    match item {
        Item::Decl(d) if d.kind == DeclKind::Step => Some((d.name.text.as_str(), d.doc.as_deref())),
        Item::If(i) => Some((i.name.text.as_str(), i.doc.as_deref())),
        Item::For(f) => Some((f.name.text.as_str(), f.doc.as_deref())),
        _ => None,
    }
}

fn binding(item: &Item, kind: BindingKind) -> Option<(String, Option<&str>)> {
    match item {
        Item::Binding(b) if b.kind == kind => Some((format!("{}=", b.name.text), None)),
        _ => None,
    }
}

/// The declared names that start with the typed text. Nothing is checked, so a project with errors works, too.
fn declared(typed: &OsStr, name: impl Fn(&Item) -> Option<(String, Option<&str>)>) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    let Ok(session) = super::paths(&named()).map_err(drop).and_then(|p| Session::load(&p, &DiskFiles).map_err(drop))
    else {
        return Vec::new();
    };
    let mut found: Vec<CompletionCandidate> = Vec::new();
    for unit in session.projects().iter().flat_map(|p| &p.units) {
        walk(&unit.ast, &mut |node| {
            if let SyntaxNode::Item(item) = node
                && let Some((name, doc)) = name(item)
                && name.starts_with(&*typed)
                && !found.iter().any(|c| c.get_value() == name.as_str())
            {
                let help = doc.and_then(|d| d.lines().next()).map(|line| line.to_owned().into());
                found.push(CompletionCandidate::new(name).help(help));
            }
        });
    }
    found
}

/// The source paths among the words of the command line.
fn named() -> Vec<PathBuf> {
    let words = std::env::args_os().skip_while(|w| w != "--").skip(3).map(PathBuf::from);
    words.filter(|p| p.is_dir() || p.extension().is_some_and(|e| e == "pipe") && p.is_file()).collect()
}

/// Completes the last of several values that commas separate.
fn after_comma(typed: &OsStr, complete: impl Fn(&OsStr) -> Vec<CompletionCandidate>) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    match typed.rsplit_once(',') {
        Some((before, last)) => {
            let prefix = format!("{before},");
            complete(OsStr::new(last)).into_iter().map(|c| c.add_prefix(&prefix)).collect()
        }
        None => complete(OsStr::new(&*typed)),
    }
}
