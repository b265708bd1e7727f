//! `pipec import`.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::args::{Import, Shared};
use super::{Outcome, report, usage};
use crate::diag::Severity;
use crate::emit::write_file;
use crate::import::{Found, Imported, MAX_TEXT, find, read_json};
use crate::source::{FileId, SourceMap};

pub fn run(args: &Import, shared: &Shared) -> Outcome {
    let mut sources = SourceMap::default();
    let mut found = Found::default();
    for path in &args.files {
        let text = match read(path) {
            Ok(text) => text,
            Err(e) => return usage(e),
        };
        let shown = if path == Path::new("-") { PathBuf::from("<stdin>") } else { path.clone() };
        let file = sources.add(shown, text);
        let new = jobs(file, sources.text(file));
        found.jobs.extend(new.jobs);
        found.notes.extend(new.notes);
        found.diagnostics.extend(new.diagnostics);
    }
    let imported = crate::import::import_all(&found.jobs);
    let mut diagnostics = found.diagnostics;
    diagnostics.extend(imported.iter().flat_map(|i| i.diagnostics.iter().cloned()));
    let outcome = match &args.out {
        Some(dir) => write(dir, &imported, args.force, shared),
        None => {
            let all: Vec<&str> = imported.iter().map(|i| i.source.as_str()).collect();
            super::print(&all.join("\n"));
            Outcome::Done
        }
    };
    report::print(&diagnostics, &sources, shared);
    if !shared.quiet {
        for note in &found.notes {
            let (path, line) = place(&sources, note.span);
            eprintln!("left out  {path}:{line}: {}", note.text);
        }
        let kept = imported.iter().filter(|i| !i.diagnostics.is_empty()).count();
        let n = imported.len();
        eprintln!("{n} job{} imported, {kept} of them with something to look at", if n == 1 { "" } else { "s" });
    }
    match outcome {
        Outcome::Done if diagnostics.iter().any(|d| d.severity == Severity::Error) => Outcome::Errors,
        other => other,
    }
}

fn jobs(file: FileId, text: &str) -> Found {
    match read_json(file, text) {
        Ok(values) => {
            let mut found = Found::default();
            for value in &values {
                let new = find(value);
                found.jobs.extend(new.jobs);
                found.notes.extend(new.notes);
                found.diagnostics.extend(new.diagnostics);
            }
            found
        }
        Err(d) => Found { diagnostics: vec![*d], ..Found::default() },
    }
}

fn place(sources: &SourceMap, span: crate::source::Span) -> (String, u32) {
    let line = sources.get(span.file).map_or(1, |f| f.lines().position(&f.text, span.start).line);
    (sources.path(span.file).display().to_string(), line)
}

/// The text of a file or of stdin; no more than can be read is taken into memory.
fn read(path: &Path) -> Result<String, String> {
    let shown = path.display();
    let mut bytes = Vec::new();
    let limit = MAX_TEXT as u64 + 1;
    let read = match path == Path::new("-") {
        true => std::io::stdin().lock().take(limit).read_to_end(&mut bytes),
        false => std::fs::File::open(path).and_then(|f| f.take(limit).read_to_end(&mut bytes)),
    };
    read.map_err(|e| format!("cannot read `{shown}`: {e}"))?;
    if bytes.len() > MAX_TEXT {
        return Err(format!("`{shown}` has more than {MAX_TEXT} bytes; split it: jobs are independent of each other"));
    }
    let text = String::from_utf8(bytes)
        .map_err(|e| format!("`{shown}` is not UTF-8: byte {} begins no character", e.utf8_error().valid_up_to()))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// One file for each pipeline. A file that is there is not replaced unless that is asked for.
fn write(dir: &Path, imported: &[Imported], force: bool, shared: &Shared) -> Outcome {
    let files: Vec<(PathBuf, &Imported)> =
        imported.iter().map(|i| (dir.join(format!("{}.pipe", i.pipeline)), i)).collect();
    if let Some((path, _)) = files.iter().find(|(path, _)| !force && path.exists()) {
        return usage(format!("`{}` is there already; `--force` replaces it", path.display()));
    }
    for (path, imported) in &files {
        if let Err(e) = write_file(path, imported.source.as_bytes()) {
            eprintln!("pipec: {e}");
            return Outcome::Failed;
        }
        if !shared.quiet {
            eprintln!("wrote   {}", path.display());
        }
    }
    Outcome::Done
}
