//! `pipec fmt`.

use std::io::Read;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::args::{Fmt, SharedArgs};
use super::terminal::say;
use super::{Ended, Outcome, failed, report, usage};
use crate::diag::Diagnostics;
use crate::emit::replace_file;
use crate::fmt::{format, same};
use crate::project::pipe_files;
use crate::source::{DiskFiles, Files, SourceMap, read_plain};

/// The result for one file.
enum FormatResult {
    Same,
    Changed { before: String, after: String },
    Wrong(SourceMap, Diagnostics),
    Failed(String),
}

pub fn run(args: &Fmt, shared: &SharedArgs) -> Ended {
    if args.paths.iter().any(|p| p == Path::new("-")) {
        return if args.paths.len() == 1 {
            stdin(args, shared)
        } else {
            Err(usage("`-` (stdin) cannot be combined with other paths"))
        };
    }
    let files = files(&super::paths(&args.paths)?).map_err(usage)?;
    let done: Vec<(PathBuf, FormatResult)> = files
        .into_par_iter()
        .map(|path| {
            let done = match read_plain(&path) {
                Ok(bytes) => one(&path, bytes),
                Err(e) => FormatResult::Failed(format!("cannot read `{}`: {e}", path.display())),
            };
            (path, done)
        })
        .collect();
    let (mut outcome, mut changed, mut same) = (Outcome::Done, 0, 0);
    for (path, done) in done {
        match done {
            FormatResult::Same => same += 1,
            FormatResult::Changed { .. } if args.check => {
                super::terminal::print(&format!("{}\n", path.display()));
                changed += 1;
            }
            FormatResult::Changed { .. } if std::fs::metadata(&path).is_ok_and(|m| m.permissions().readonly()) => {
                say!("pipec: `{}` is read-only", path.display());
                outcome = Outcome::Failed;
            }
            FormatResult::Changed { before, after } => match replace_file(&path, before.as_bytes(), after.as_bytes()) {
                Ok(()) => changed += 1,
                Err(e) => {
                    say!("pipec: {e}");
                    outcome = Outcome::Failed;
                }
            },
            FormatResult::Wrong(sources, diagnostics) => {
                report::print(&diagnostics.into_sorted(), &sources, shared);
                say!("pipec: `{}` has errors and is not formatted", path.display());
                outcome = if outcome == Outcome::Failed { outcome } else { Outcome::Errors };
            }
            FormatResult::Failed(why) => {
                say!("pipec: {why}");
                outcome = Outcome::Failed;
            }
        }
    }
    if !shared.quiet {
        let what = if args.check { "to format" } else { "formatted" };
        say!("{changed} {what}, {same} unchanged");
    }
    Ok(match outcome {
        Outcome::Done if args.check && changed > 0 => Outcome::Errors,
        outcome => outcome,
    })
}

fn stdin(args: &Fmt, shared: &SharedArgs) -> Ended {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes).map_err(|e| failed(format!("cannot read stdin: {e}")))?;
    let before = bytes.clone();
    Ok(match one(Path::new("<stdin>"), bytes) {
        FormatResult::Same => {
            if !args.check {
                super::terminal::print_exact(&String::from_utf8_lossy(&before));
            }
            Outcome::Done
        }
        FormatResult::Changed { .. } if args.check => Outcome::Errors,
        FormatResult::Changed { after, .. } => {
            super::terminal::print_exact(&after);
            Outcome::Done
        }
        FormatResult::Wrong(sources, diagnostics) => {
            report::print(&diagnostics.into_sorted(), &sources, shared);
            Outcome::Errors
        }
        FormatResult::Failed(why) => return Err(failed(why)),
    })
}

fn one(path: &Path, bytes: Vec<u8>) -> FormatResult {
    let Ok(text) = String::from_utf8(bytes) else {
        return FormatResult::Failed(format!("`{}` is not valid UTF-8", path.display()));
    };
    let mut sources = SourceMap::default();
    let file = sources.add(path, text.as_str());
    match format(file, &text) {
        Ok(new) if new == text => FormatResult::Same,
        // Never write a result that differs in more than layout.
        Ok(new) if !same(&new, &text) => FormatResult::Failed(format!(
            "formatting would change the meaning of `{}`; report this bug of pipec",
            path.display()
        )),
        Ok(new) => FormatResult::Changed { before: text, after: new },
        Err(diagnostics) => FormatResult::Wrong(sources, diagnostics),
    }
}

/// The `.pipe` files in the paths, including those in subdirectories.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut out = Vec::new();
    for path in paths {
        if path.is_file() {
            out.push(path.clone());
        } else if path.is_dir() {
            let before = out.len();
            // A link may lead out of the directory.
            let inside = |p: &PathBuf| !DiskFiles.is_link(p) || DiskFiles.is_inside(p, path);
            out.extend(pipe_files(path, &DiskFiles)?.into_iter().filter(inside));
            if out.len() == before {
                return Err(format!("no `.pipe` file in `{}`", path.display()));
            }
        } else {
            return Err(format!("`{}` does not exist", path.display()));
        }
    }
    out.sort();
    // The same file may be reached by two paths.
    let mut seen = std::collections::HashSet::new();
    out.retain(|p| seen.insert(std::fs::canonicalize(p).unwrap_or_else(|_| p.clone())));
    Ok(out)
}
