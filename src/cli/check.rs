//! `pipec check`.

use std::collections::HashMap;
use std::path::PathBuf;

use smol_str::SmolStr;

use super::args::{Check, CheckFormat, SharedArgs};
use super::terminal::say;
use super::{Ended, Failure, Outcome, report, usage};
use crate::check::Options;
use crate::diag::{applied, by_file, formats, sure_edits};
use crate::emit::replace_file;
use crate::session::{Backends, BuildEvent, BuildOptions, Session};
use crate::source::DiskFiles;

/// Parses `--var a=b`.
pub fn vars(shared: &SharedArgs) -> Result<Vec<(SmolStr, SmolStr)>, String> {
    shared
        .vars
        .iter()
        .map(|v| match v.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok((name.trim().into(), value.into())),
            _ => Err(format!("invalid `--var {v}`; use NAME=VALUE")),
        })
        .collect()
}

/// The environment variables, as far as they are UTF-8.
pub fn environment() -> HashMap<SmolStr, SmolStr> {
    let all = std::env::vars_os();
    all.filter_map(|(name, value)| Some((name.to_str()?.into(), value.to_str()?.into()))).collect()
}

/// Loads and checks.
pub fn open(paths: &[PathBuf], shared: &SharedArgs, diagnostics_only: bool) -> Result<Session<'static>, Failure> {
    let options = Options {
        target: shared.target.as_deref().map(SmolStr::from),
        all_targets: diagnostics_only,
        diagnostics_only,
        index: false,
        vars: vars(shared).map_err(usage)?,
        user: shared.user.as_deref().map(SmolStr::from),
        environment: environment(),
    };
    let session = Session::open(&super::paths(paths)?, &DiskFiles, &options)?;
    if shared.verbose > 0 {
        session.sources().iter().for_each(|(_, f)| say!("read    {}", f.path.display()));
    }
    Ok(session)
}

/// Loads and checks; fails if there are errors. Prints warnings unless `--quiet`.
pub fn without_errors(paths: &[PathBuf], shared: &SharedArgs, warnings: bool) -> Result<Session<'static>, Failure> {
    let session = open(paths, shared, false)?;
    if warnings || session.has_errors() {
        report::print(session.diagnostics(), session.sources(), shared);
    }
    if session.has_errors() { Err(Failure::Said(Outcome::Errors)) } else { Ok(session) }
}

/// Options for building, with the user of the command line or another one.
pub fn build_options<'o>(shared: &'o SharedArgs, user: Option<&'o str>, backends: Backends) -> BuildOptions<'o> {
    BuildOptions { user: shared.user.as_deref().or(user), backends, as_written: false }
}

/// Prints what happens during a build.
pub fn tell_build(shared: &SharedArgs) -> impl Fn(BuildEvent<'_>) + use<> {
    let quiet = shared.quiet;
    move |event| match event {
        _ if quiet => {}
        BuildEvent::Backend { package, why } => say!("build   {package}: running its build backend, because {why}"),
        BuildEvent::Note { package, text } => say!("note    {package}: {text}"),
    }
}

pub fn run(args: &Check, shared: &SharedArgs) -> Ended {
    let mut session = open(&args.paths, shared, true)?;
    if args.fix {
        let mut total = 0;
        // One fix may enable another; a few rounds find all of them.
        for _ in 0..8 {
            let fixed = apply(&session)?;
            if fixed == 0 {
                break;
            }
            total += fixed;
            session = open(&args.paths, shared, true)?;
        }
        if !shared.quiet {
            say!("{total} fixed");
        }
    }
    if args.paths.is_empty() && args.format == CheckFormat::Text && !shared.quiet {
        let roots = session.projects().iter().filter_map(|p| p.root());
        roots.for_each(|root| say!("project {}", root.path.display()));
    }
    let (list, sources) = (session.diagnostics(), session.sources());
    match args.format {
        CheckFormat::Text => {
            report::print(list, sources, shared);
            if list.is_empty() && !shared.quiet {
                let files = sources.iter().filter(|(_, f)| f.path.extension().is_some_and(|e| e == "pipe")).count();
                say!("no errors in {files} file{}", if files == 1 { "" } else { "s" });
            }
        }
        CheckFormat::Json => super::terminal::print_json(&formats::json(list, sources)),
        CheckFormat::Sarif => super::terminal::print_json(&formats::sarif(list, sources)),
        CheckFormat::Github => {
            super::terminal::print_exact(&list.iter().map(|d| formats::github(d, sources) + "\n").collect::<String>())
        }
    }
    let outcome = if session.has_errors() { Outcome::Errors } else { Outcome::Done };
    // The process ends here, so freeing large trees would be a waste of time.
    std::mem::forget(session);
    Ok(outcome)
}

/// Applies safe fixes that do not overlap; returns their number.
fn apply(session: &Session<'_>) -> std::io::Result<usize> {
    let (edits, taken) = sure_edits(session.diagnostics());
    for edits in by_file(&edits) {
        let Some(source) = edits.first().and_then(|e| session.sources().get(e.span.file)) else { continue };
        replace_file(&source.path, source.text.as_bytes(), applied(&source.text, edits).as_bytes())?;
    }
    Ok(taken)
}
