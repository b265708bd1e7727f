//! `pipec new`.

use std::io::{BufRead, IsTerminal};
use std::path::Path;

use super::args::{New, SharedArgs};
use super::terminal::{say, say_text};
use super::{Ended, Outcome, no_such, usage};
use crate::emit::write_named;
use crate::fmt::format;
use crate::scaffold::{TEMPLATES, Template, project_name, template};
use crate::source::FileId;

pub fn run(args: &New, shared: &SharedArgs) -> Ended {
    let name = name(&args.dir).map_err(usage)?;
    is_free(&args.dir).map_err(usage)?;
    let template = chosen(args).map_err(usage)?;
    for (path, text) in template.files(&name) {
        // The length of the name affects line breaks.
        let source = path.extension().is_some_and(|e| e == "pipe");
        let text = if source { format(FileId(0), &text).unwrap_or(text) } else { text };
        write_named(&args.dir.join(&path), text.as_bytes())?;
        if !shared.quiet {
            say!("wrote   {}", args.dir.join(&path).display());
        }
    }
    if !shared.quiet {
        let shown = args.dir.display().to_string();
        let plain = shown.chars().all(|c| c.is_alphanumeric() || "-_./\\:~".contains(c));
        let shown = if plain { shown } else { format!("'{}'", shown.replace('\'', "'\\''")) };
        say!("next    cd {shown} && pipec run --local");
    }
    Ok(Outcome::Done)
}

/// The name of a project, from its directory.
fn name(dir: &Path) -> Result<String, String> {
    let whole = std::path::absolute(dir).map_err(|e| format!("cannot read `{}`: {e}", dir.display()))?;
    let last = whole.components().next_back().map(|c| c.as_os_str().to_string_lossy().into_owned());
    project_name(&last.unwrap_or_default())
}

/// Checks that the directory is new, or contains only a repository.
fn is_free(dir: &Path) -> Result<(), String> {
    match std::fs::read_dir(dir) {
        Ok(entries) => match entries.flatten().find(|e| e.file_name() != ".git") {
            None => Ok(()),
            Some(found) => Err(format!(
                "`{}` is not empty: it contains `{}`; choose a new directory",
                dir.display(),
                found.file_name().to_string_lossy()
            )),
        },
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => match std::fs::symlink_metadata(dir) {
            Ok(_) => Err(format!("`{}` is a broken link", dir.display())),
            Err(_) => Ok(()),
        },
        Err(e) => Err(format!("cannot read `{}`: {e}", dir.display())),
    }
}

/// The template of the option; otherwise asks on a terminal, or uses the first.
fn chosen(args: &New) -> Result<&'static Template, String> {
    if let Some(name) = &args.template {
        return template(name).ok_or_else(|| no_such("template", name, TEMPLATES.iter().map(|t| t.name)));
    }
    let first = TEMPLATES.first().ok_or("no template chosen")?;
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Ok(first);
    }
    say!("Template:");
    for (n, t) in TEMPLATES.iter().enumerate() {
        say!("  {}  {:<13} {}", n + 1, t.name, t.about);
    }
    loop {
        say_text(&format!("number from 1 to {}, or name [1]: ", TEMPLATES.len()));
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line).map_err(|e| format!("cannot read the answer: {e}"))?;
        let answer = line.trim();
        if read == 0 {
            return Err("no answer; pass `--template`".to_owned());
        }
        let numbered = answer.parse::<usize>().ok().and_then(|n| TEMPLATES.get(n.checked_sub(1)?));
        match (answer, numbered.or_else(|| template(answer))) {
            ("", _) => return Ok(first),
            (_, Some(found)) => return Ok(found),
            _ => say!("unknown template `{answer}`"),
        }
    }
}
