//! `pipec import`.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::args::{ImportArgs, SharedArgs};
use super::remote::Connected;
use super::terminal::say;
use super::{Ended, Failure, Outcome, report, usage};
use crate::data::MAX_TEXT;
use crate::diag::{Diagnostic, Severity};
use crate::emit::write_below;
use crate::import::{ImportNote, JobsRead, import_all, prove_project, read_input, texts};
use crate::source::{Boundary, Confined, DiskFiles, Files, SourceMap, Span};

pub fn run(args: &ImportArgs, shared: &SharedArgs) -> Ended {
    let mut sources = SourceMap::default();
    let mut inputs: Vec<(PathBuf, JobsRead)> = Vec::new();
    let mut paths: Vec<PathBuf> = Vec::new();
    for path in &args.files {
        match path.is_dir() {
            true => paths.extend(inside(path).map_err(usage)?),
            false => paths.push(path.clone()),
        }
    }
    for path in paths {
        inputs.push(input(&path, args.out.as_deref(), &mut sources)?);
    }
    if !args.job_id.is_empty() {
        live(args, shared, &mut sources, &mut inputs)?;
    }
    let mut imported = import_all(inputs.iter().flat_map(|(_, found)| &found.jobs));
    let total = imported.len();
    let mut diagnostics = Vec::new();
    let mut notes: Vec<&ImportNote> = Vec::new();
    let mut files: Vec<(String, String)> = Vec::new();
    for (path, found) in &inputs {
        let rest = imported.split_off(found.jobs.len());
        let own = std::mem::replace(&mut imported, rest);
        diagnostics.extend(found.diagnostics.iter().cloned());
        diagnostics.extend(own.iter().flat_map(|i| i.diagnostics.iter().cloned()));
        notes.extend(&found.notes);
        let made = texts(path, found, &own);
        // After an error, its consequences are not worth reading.
        let wrong = |d: &Diagnostic| d.severity == Severity::Error;
        let broken = found.diagnostics.iter().chain(own.iter().flat_map(|i| &i.diagnostics)).any(wrong);
        if let (false, [(_, text)]) = (broken || found.prelude.trim().is_empty(), made.as_slice()) {
            diagnostics.extend(prove_project(found, &own, text));
        }
        files.extend(made);
    }
    let written = match &args.out {
        Some(dir) => write(dir, &files, args.force, shared),
        None => {
            let all: Vec<&str> = files.iter().map(|(_, text)| text.as_str()).collect();
            super::terminal::print_exact(&all.join("\n"));
            Ok(())
        }
    };
    report::print(&diagnostics, &sources, shared);
    if !shared.quiet {
        for note in notes {
            let (path, line) = place(&sources, note.span);
            say!("skipped {path}:{line}: {}", note.text);
        }
        if written.is_ok() {
            say!("imported {total} job{}", if total == 1 { "" } else { "s" });
        }
    }
    written?;
    let wrong = diagnostics.iter().any(|d| d.severity == Severity::Error);
    Ok(if wrong { Outcome::Errors } else { Outcome::Done })
}

/// Reads jobs from a file or standard input, with their name for messages. `to` is the directory of the future
/// source.
pub fn input(path: &Path, to: Option<&Path>, sources: &mut SourceMap) -> Result<(PathBuf, JobsRead), Failure> {
    let text = read(path).map_err(usage)?;
    let shown = if path == Path::new("-") { PathBuf::from("<stdin>") } else { path.to_owned() };
    let file = sources.add(shown.clone(), text);
    let boundary = Boundary::around(&DiskFiles, path.parent().unwrap_or(Path::new("")));
    Ok((shown, read_input(file, to, &Confined::new(&DiskFiles, &boundary), sources)))
}

/// The files to read in a directory: the bundle, or Terraform files that define jobs.
pub fn inside(dir: &Path) -> Result<Vec<PathBuf>, String> {
    // Files that were found, not named, must be within the project.
    let boundary = Boundary::around(&DiskFiles, dir);
    let files = Confined::new(&DiskFiles, &boundary);
    let bundle = ["databricks.yml", "databricks.yaml"].map(|f| dir.join(f)).into_iter().find(|f| files.is_file(f));
    if let Some(bundle) = bundle {
        return Ok(vec![bundle]);
    }
    let list = files.list(dir).map_err(|e| format!("cannot read `{}`: {e}", dir.display()))?;
    let has_jobs = |p: &PathBuf| {
        p.extension().is_some_and(|e| e == "tf")
            && files.read(p).is_ok_and(|b| String::from_utf8_lossy(&b).contains("databricks_job"))
    };
    let found: Vec<PathBuf> = list.into_iter().filter(has_jobs).collect();
    match found.is_empty() {
        true => Err(format!(
            "`{}` contains neither `databricks.yml` nor a `.tf` file with a `databricks_job`",
            dir.display()
        )),
        false => Ok(found),
    }
}

/// Downloads jobs by id.
fn live(
    args: &ImportArgs,
    shared: &SharedArgs,
    sources: &mut SourceMap,
    inputs: &mut Vec<(PathBuf, JobsRead)>,
) -> Result<(), Failure> {
    let workspace = Connected::enter(None, &args.login, shared)?;
    for id in &args.job_id {
        let path = PathBuf::from(format!("job {id}"));
        let file = sources.add(path.clone(), format!("{:#}\n", workspace.job(*id)?));
        let mut found = read_input(file, None, &DiskFiles, sources);
        if let (true, Some(dir)) = (args.notebooks, &args.out) {
            found.jobs.iter_mut().try_for_each(|job| workspace.notebooks(job, dir, args.force))?;
        }
        inputs.push((path, found));
    }
    Ok(())
}

fn place(sources: &SourceMap, span: Span) -> (String, u32) {
    let line = sources.get(span.file).map_or(1, |f| f.lines().position(&f.text, span.start).line);
    (sources.path(span.file).display().to_string(), line)
}

/// Reads a file or standard input, up to the size limit.
fn read(path: &Path) -> Result<String, String> {
    let shown = path.display();
    let mut bytes = Vec::new();
    let limit = MAX_TEXT as u64 + 1;
    let read = match path == Path::new("-") {
        true => std::io::stdin().lock().take(limit).read_to_end(&mut bytes),
        // A pipe such as `<(..)` is read to its end.
        false => std::fs::File::open(path).and_then(|f| f.take(limit).read_to_end(&mut bytes)),
    };
    read.map_err(|e| format!("cannot read `{shown}`: {e}"))?;
    if bytes.len() > MAX_TEXT {
        return Err(format!("`{shown}` is larger than {MAX_TEXT} bytes; split it by job"));
    }
    let text = String::from_utf8(bytes)
        .map_err(|e| format!("`{shown}` is not valid UTF-8 at byte {}", e.utf8_error().valid_up_to()))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Writes files, and refuses to overwrite existing ones unless requested.
fn write(dir: &Path, files: &[(String, String)], force: bool, shared: &SharedArgs) -> Result<(), Failure> {
    let there = files.iter().map(|(name, _)| dir.join(name)).find(|path| !force && path.exists());
    if let Some(path) = there {
        return Err(usage(format!("`{}` already exists; pass `--force` to overwrite it", path.display())));
    }
    for (name, text) in files {
        let path = dir.join(name);
        write_below(dir, Path::new(name), text.as_bytes())?;
        if !shared.quiet {
            say!("wrote    {}", path.display());
        }
    }
    Ok(())
}
