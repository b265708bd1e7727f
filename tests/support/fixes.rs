//! Applies the edits that messages offer.

use std::path::PathBuf;

use super::check_memory;
use pipec::diag::{Diagnostic, Severity, applied, by_file};
use pipec::project::Loaded;
use pipec::source::MemoryFiles;

/// The fixes after which the message is still there, or another error is.
pub fn misleading(files: &MemoryFiles, loaded: &Loaded, found: &[Diagnostic]) -> Vec<String> {
    let mut out = Vec::new();
    for d in found {
        for fix in &d.fixes {
            let mut edits = fix.edits.clone();
            edits.sort_by_key(|e| e.span);
            let mut changed = files.clone();
            for edits in by_file(&edits) {
                let file = loaded.sources.get(edits[0].span.file).unwrap();
                changed.insert(PathBuf::from(&file.path), applied(&file.text, edits));
            }
            let (_, checked) = check_memory(&changed);
            let mut known: Vec<(&str, &str)> = found.iter().map(|d| (d.code.id(), d.message.as_str())).collect();
            known.remove(found.iter().position(|other| std::ptr::eq(other, d)).unwrap());
            for after in checked.diagnostics.iter().filter(|d| d.severity == Severity::Error) {
                match known.iter().position(|k| *k == (after.code.id(), after.message.as_str())) {
                    Some(at) => _ = known.remove(at),
                    None => out.push(format!(
                        "{}: \"{}\" leads to {}: {}",
                        d.message,
                        fix.title,
                        after.code.id(),
                        after.message
                    )),
                }
            }
        }
    }
    out
}
