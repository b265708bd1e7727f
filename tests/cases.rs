//! Programs and their results. A case is a folder in `tests/cases` with `main.pipe` and other files it needs, and
//! `messages.txt` (the output of `check` for all targets), `<pipeline>.job.json` (the output of `compile`), or both.
//!
//! `UPDATE=1 cargo test --test fixtures cases::` writes them; read them before you commit.

use std::path::Path;

use crate::support::{self, check_memory, entries, memory};
use libtest_mimic::{Failed, Trial};
use pipec::diag::render::{Style, human};

pub fn trials() -> Vec<Trial> {
    support::trials("cases", entries("tests/cases").into_iter().filter(|p| p.is_dir()).collect(), case)
}

fn case(folder: &Path) -> Result<(), Failed> {
    let main = std::fs::read_to_string(folder.join("main.pipe"))?;
    let files = memory(folder, &main);
    let (loaded, checked) = check_memory(&files);
    let misleading = support::fixes::misleading(&files, &loaded, &checked.diagnostics);
    if !misleading.is_empty() {
        return Err(misleading.join("\n").into());
    }
    let style = Style { color: false, width: 100, unicode: true };
    let messages: Vec<String> = checked.diagnostics.iter().map(|d| human(d, &loaded.sources, style)).collect();
    compare(&folder.join("messages.txt"), &messages.join("\n"))?;
    let mut made = Vec::new();
    if let Some(Some(program)) = checked.programs.first() {
        let local = pipec::package::LocalFiles::read(&files, pipec::lower::local_paths(program))?;
        let bundle = pipec::lower::lower(program, &[], &local, Path::new(""), &Default::default());
        for job in bundle.jobs {
            let name = format!("{}.job.json", job.pipeline);
            compare(&folder.join(&name), &String::from_utf8(pipec::emit::json_bytes(&job.body)).unwrap())?;
            made.push(name);
        }
    }
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().into_string().unwrap();
        if name.ends_with(".job.json") && !made.contains(&name) {
            return Err(format!("{name} is no longer made").into());
        }
    }
    Ok(())
}

fn compare(path: &Path, got: &str) -> Result<(), Failed> {
    if std::env::var_os("UPDATE").is_some() {
        if got.is_empty() {
            let _ = std::fs::remove_file(path);
        } else {
            std::fs::write(path, got)?;
        }
        return Ok(());
    }
    let want = std::fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
    if want == got {
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(want.as_str(), got);
    Err(format!("{} differs:\n{}", path.display(), diff.unified_diff().context_radius(3)).into())
}
