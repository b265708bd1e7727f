//! Shows a workspace run: a live list on a terminal, otherwise a line per change.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::super::args::SharedArgs;
use super::super::terminal::say_painted;
use crate::source::plain;
use crate::workspace::{RunView, TaskView};

/// Shows a run.
pub struct Follow {
    quiet: bool,
    color: bool,
    live: Option<MultiProgress>,
    bars: HashMap<String, ProgressBar>,
    told: HashMap<String, String>,
    state: String,
}

impl Follow {
    /// Uses the style of the options and the terminal.
    pub fn new(shared: &SharedArgs) -> Follow {
        let live = std::io::stderr().is_terminal() && !shared.quiet;
        Follow {
            quiet: shared.quiet,
            color: super::super::report::style(shared).color,
            live: live.then(MultiProgress::new),
            bars: HashMap::new(),
            told: HashMap::new(),
            state: String::new(),
        }
    }

    /// Shows what has changed.
    pub fn show(&mut self, run: &RunView) {
        if self.quiet {
            return;
        }
        if run.tasks.is_empty() && run.state != self.state {
            self.state.clone_from(&run.state);
            self.print(&format!("  {}", plain::line(&run.state.to_lowercase())));
        }
        let width = run.tasks.iter().map(|t| t.key.chars().count()).max().unwrap_or(0).min(40);
        for task in &run.tasks {
            let word = word(task);
            if self.told.get(&task.key) == Some(&word) {
                continue;
            }
            let waiting = matches!(task.state.as_str(), "PENDING" | "BLOCKED" | "QUEUED" | "UNKNOWN");
            self.told.insert(task.key.clone(), word.clone());
            if task.has_ended() {
                if let Some(bar) = self.bars.remove(&task.key) {
                    bar.finish_and_clear();
                }
                let took = match (task.started, task.ended) {
                    (s, e) if s > 0 && e >= s => format!("{:>8.1} s", (e - s) as f64 / 1000.0),
                    _ => String::new(),
                };
                self.print(&format!("  {:<width$}  {} {took}", plain::line(&task.key), self.paint(&word, task)));
            } else if let Some(live) = &self.live {
                if waiting {
                    continue;
                }
                let bar = self.bars.entry(task.key.clone()).or_insert_with(|| {
                    let bar = live.add(ProgressBar::new_spinner());
                    // The template is a valid constant.
                    if let Ok(style) = ProgressStyle::with_template("  {msg} {elapsed} {spinner}") {
                        bar.set_style(style);
                    }
                    bar.enable_steady_tick(Duration::from_millis(120));
                    bar
                });
                bar.set_message(format!("{:<width$}  {word:<24}", plain::line(&task.key)));
            } else if !waiting {
                self.print(&format!("  {:<width$}  {word}", plain::line(&task.key)));
            }
        }
    }

    /// Ends the live list.
    pub fn close(&mut self) {
        self.bars.drain().for_each(|(_, bar)| bar.finish_and_clear());
    }

    fn paint(&self, word: &str, task: &TaskView) -> String {
        let padded = format!("{word:<24}");
        match (self.color, task.is_failure(), task.result.as_deref()) {
            (true, true, _) => format!("\u{1b}[31m{padded}\u{1b}[0m"),
            (true, _, Some("SUCCESS")) => format!("\u{1b}[32m{padded}\u{1b}[0m"),
            _ => padded,
        }
    }

    fn print(&self, line: &str) {
        let line = line.trim_end();
        match &self.live {
            // If the terminal is gone, so is the reader.
            Some(live) => drop(live.println(line)),
            None => say_painted(&format!("{line}\n")),
        }
    }
}

/// State, attempt and progress in a few words.
fn word(task: &TaskView) -> String {
    let state = task.result.as_deref().unwrap_or(&task.state).to_lowercase().replace('_', " ");
    let attempt = if task.attempt > 0 { format!(", attempt {}", task.attempt + 1) } else { String::new() };
    let iterations = match task.iterations {
        Some((done, failed, all)) if all > 0 => {
            let failed = if failed > 0 { format!(", {failed} failed") } else { String::new() };
            format!(" {done}/{all}{failed}")
        }
        _ => String::new(),
    };
    plain::line(&format!("{state}{attempt}{iterations}")).into_owned()
}
