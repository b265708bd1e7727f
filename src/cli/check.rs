//! `pipec check`.

use smol_str::SmolStr;

use super::args::{Check, Format, Shared};
use super::terminal::say;
use super::{Outcome, report, usage};
use crate::check::{Checked, Options, check};
use crate::diag::{Diagnostic, applied, by_file, formats, sure_edits};
use crate::emit::replace_file;
use crate::project::{Loaded, load};
use crate::source::DiskFiles;

/// `--var a=b` as pairs.
pub fn vars(shared: &Shared) -> Result<Vec<(SmolStr, SmolStr)>, String> {
    shared
        .vars
        .iter()
        .map(|v| match v.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok((name.trim().into(), value.into())),
            _ => Err(format!("`--var {v}` is not of the form NAME=VALUE")),
        })
        .collect()
}

/// Loads and checks.
pub fn load_and_check(
    paths: &[std::path::PathBuf],
    shared: &Shared,
    diagnostics_only: bool,
) -> Result<(Loaded, Checked), Outcome> {
    let paths = super::paths(paths).map_err(usage)?;
    let loaded = load(&paths, &DiskFiles).map_err(usage)?;
    if shared.verbose > 0 {
        loaded.sources.iter().for_each(|(_, f)| say!("read    {}", f.path.display()));
    }
    let options = Options {
        target: shared.target.as_deref().map(SmolStr::from),
        all_targets: diagnostics_only,
        diagnostics_only,
        index: false,
        vars: vars(shared).map_err(usage)?,
    };
    let checked = check(&loaded, &DiskFiles, &options).map_err(usage)?;
    Ok((loaded, checked))
}

/// Loads and checks; a program with errors goes no further. Warnings are told to those who want them.
pub fn without_errors(
    paths: &[std::path::PathBuf],
    shared: &Shared,
    warnings: bool,
) -> Result<(Loaded, Checked), Outcome> {
    let (loaded, checked) = load_and_check(paths, shared, false)?;
    if warnings || checked.has_errors() {
        report::print(&checked.diagnostics, &loaded.sources, shared);
    }
    if checked.has_errors() { Err(Outcome::Errors) } else { Ok((loaded, checked)) }
}

pub fn run(args: &Check, shared: &Shared) -> Outcome {
    let (mut loaded, mut checked) = match load_and_check(&args.paths, shared, true) {
        Ok(found) => found,
        Err(outcome) => return outcome,
    };
    if args.fix {
        let mut total = 0;
        // One fix may make room for another; a few rounds reach the end.
        for _ in 0..8 {
            let fixed = match apply(&loaded, &checked.diagnostics) {
                Ok(n) => n,
                Err(e) => {
                    say!("pipec: {e}");
                    return Outcome::Failed;
                }
            };
            if fixed == 0 {
                break;
            }
            total += fixed;
            (loaded, checked) = match load_and_check(&args.paths, shared, true) {
                Ok(found) => found,
                Err(outcome) => return outcome,
            };
        }
        if !shared.quiet {
            say!("{total} fixed");
        }
    }
    let list = &checked.diagnostics;
    match args.format {
        Format::Human => {
            report::print(list, &loaded.sources, shared);
            if list.is_empty() && !shared.quiet {
                let files =
                    loaded.sources.iter().filter(|(_, f)| f.path.extension().is_some_and(|e| e == "pipe")).count();
                say!("no mistakes in {files} file{}", if files == 1 { "" } else { "s" });
            }
        }
        Format::Json => super::terminal::print_json(&formats::json(list, &loaded.sources)),
        Format::Sarif => super::terminal::print_json(&formats::sarif(list, &loaded.sources)),
        Format::Github => super::terminal::print_exact(
            &list.iter().map(|d| formats::github(d, &loaded.sources) + "\n").collect::<String>(),
        ),
    }
    let outcome = if checked.has_errors() { Outcome::Errors } else { Outcome::Done };
    // The process ends here; taking large trees apart first would only take time.
    std::mem::forget((loaded, checked));
    outcome
}

/// Applies the sure fixes that do not touch each other; gives their number.
fn apply(loaded: &Loaded, diagnostics: &[Diagnostic]) -> std::io::Result<usize> {
    let (edits, taken) = sure_edits(diagnostics);
    for edits in by_file(&edits) {
        let Some(source) = edits.first().and_then(|e| loaded.sources.get(e.span.file)) else { continue };
        replace_file(&source.path, source.text.as_bytes(), applied(&source.text, edits).as_bytes())?;
    }
    Ok(taken)
}
