//! Prints diagnostics to the terminal.

use std::io::IsTerminal;

use terminal_size::{Height, Width, terminal_size_of};

use super::args::{ColorWhen, SharedArgs};
use super::terminal::{say, say_painted};
use crate::diag::render::{Style, human};
use crate::diag::{Diagnostic, Severity};
use crate::source::SourceMap;

/// The style for standard error.
pub fn style(shared: &SharedArgs) -> Style {
    let stream = std::io::stderr();
    style_of(stream.is_terminal(), terminal_size_of(&stream), shared)
}

/// The style for standard output.
pub fn page_style(shared: &SharedArgs) -> Style {
    let stream = std::io::stdout();
    style_of(stream.is_terminal(), terminal_size_of(&stream), shared)
}

/// The width is that of `COLUMNS`, else of the terminal, else 100.
fn style_of(terminal: bool, size: Option<(Width, Height)>, shared: &SharedArgs) -> Style {
    let color = match shared.color {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => terminal && std::env::var_os("NO_COLOR").is_none(),
    };
    let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    let width = columns.or(size.map(|(width, _)| usize::from(width.0))).filter(|c| *c > 0);
    Style { color, width: width.unwrap_or(100), unicode: true }
}

/// The maximum number of diagnostics that are printed in full.
const MOST: usize = 500;

/// Prints diagnostics and a summary.
pub fn print(diagnostics: &[Diagnostic], sources: &SourceMap, shared: &SharedArgs) {
    let style = style(shared);
    let wanted = |d: &&Diagnostic| !shared.quiet || d.severity == Severity::Error;
    for d in diagnostics.iter().filter(wanted).take(MOST) {
        say_painted(&(human(d, sources, style) + "\n"));
    }
    let left = diagnostics.iter().filter(wanted).skip(MOST).count();
    if left > 0 {
        say!("{left} more not shown; run `pipec check --format json` to see all\n");
    }
    let line = summary(diagnostics.iter().filter(wanted));
    if !line.is_empty() {
        say!("{line}");
    }
}

/// `2 errors, 1 warning`, and how to fix or explain them.
fn summary<'d>(shown: impl Iterator<Item = &'d Diagnostic>) -> String {
    let diagnostics: Vec<&Diagnostic> = shown.collect();
    let count = |s: Severity| diagnostics.iter().filter(|d| d.severity == s).count();
    let part = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let mut out = match (errors, warnings) {
        (0, 0) => return String::new(),
        (e, 0) => part(e, "error"),
        (0, w) => part(w, "warning"),
        (e, w) => format!("{}, {}", part(e, "error"), part(w, "warning")),
    };
    let fixable = diagnostics.iter().filter(|d| d.fixes.iter().any(|f| f.safe)).count();
    if fixable > 0 {
        out.push_str(&format!(" ({fixable} fixable with `pipec check --fix`)"));
    }
    if let Some(first) = diagnostics.iter().find(|d| d.severity == Severity::Error) {
        out.push_str(&format!("; see `pipec explain {}`", first.code.id()));
    }
    out
}
