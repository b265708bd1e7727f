//! Shows a local run: a live list on a terminal, otherwise plain lines.

use std::collections::HashMap;
use std::io::{IsTerminal, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::args::SharedArgs;
use super::terminal::say_painted;
use crate::local::{LocalPlan, RunEvent, TaskState};
use crate::source::plain;

/// Log lines to show for a failed step.
const TAIL: usize = 20;

/// Bytes of a log to read, because a step may write without limit.
const READ: u64 = 64 * 1024;

fn end_of(log: &Path) -> std::io::Result<Vec<u8>> {
    let mut file = std::fs::File::open(log)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(READ)))?;
    let mut bytes = Vec::new();
    file.take(READ).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Displays the events of a run.
pub struct LiveRun {
    width: usize,
    quiet: bool,
    verbose: bool,
    color: bool,
    live: Option<MultiProgress>,
    bars: Mutex<HashMap<String, ProgressBar>>,
}

impl LiveRun {
    /// Uses the style of the options and the terminal.
    pub fn new(plan: &LocalPlan, shared: &SharedArgs) -> LiveRun {
        let terminal = std::io::stderr().is_terminal();
        LiveRun {
            width: plan.tasks.iter().map(|t| t.key.chars().count()).max().unwrap_or(0).min(40),
            quiet: shared.quiet,
            verbose: shared.verbose > 0,
            color: super::report::style(shared).color,
            live: (terminal && !shared.quiet).then(MultiProgress::new),
            bars: Mutex::new(HashMap::new()),
        }
    }

    /// Shows an event; called from several threads.
    pub fn show(&self, event: &RunEvent) {
        match event {
            RunEvent::Started { task, attempt } => {
                let what = if *attempt == 1 { "started".to_owned() } else { format!("attempt {attempt}") };
                match &self.live {
                    Some(live) => {
                        let bar = live.add(ProgressBar::new_spinner());
                        // The template is a valid constant.
                        if let Ok(style) = ProgressStyle::with_template("  {msg} {elapsed} {spinner}") {
                            bar.set_style(style);
                        }
                        bar.set_message(format!("{:<width$}  {what:<15}", plain::line(task), width = self.width));
                        bar.enable_steady_tick(Duration::from_millis(120));
                        if let Some(old) = self.bars().insert(task.clone(), bar) {
                            old.finish_and_clear();
                        }
                    }
                    None => self.line(task, &what, TaskState::Given, ""),
                }
            }
            RunEvent::Retry { task, state } => self.line(task, &format!("{}, retrying", state.word()), *state, ""),
            RunEvent::Ended { state: TaskState::Given, .. } if !self.verbose => {}
            RunEvent::Ended { task, state, took, note, log } => {
                if let Some(bar) = self.bars().remove(task) {
                    bar.finish_and_clear();
                }
                let time = if took.is_zero() { String::new() } else { format!("{:.1} s", took.as_secs_f64()) };
                self.line(task, state.word(), *state, &format!("{time:>8}   {note}"));
                if let Some(log) = log {
                    let failed = matches!(state, TaskState::Failed | TaskState::TimedOut);
                    if failed || self.verbose {
                        self.log(log, failed);
                    }
                }
            }
        }
    }

    /// Ends the live list.
    pub fn close(&self) {
        self.bars().drain().for_each(|(_, bar)| bar.finish_and_clear());
    }

    fn bars(&self) -> std::sync::MutexGuard<'_, HashMap<String, ProgressBar>> {
        // A thread that panicked while drawing leaves no invalid state.
        self.bars.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn line(&self, task: &str, what: &str, state: TaskState, rest: &str) {
        if self.quiet && !state.is_bad() {
            return;
        }
        let padded = format!("{what:<15}");
        let painted = match (self.color, state) {
            (true, TaskState::Success) => format!("\u{1b}[32m{padded}\u{1b}[0m"),
            (true, s) if s.is_bad() => format!("\u{1b}[31m{padded}\u{1b}[0m"),
            _ => padded,
        };
        let (task, rest) = (plain::line(task), plain::lines(rest));
        self.print(&format!("  {task:<width$}  {painted} {rest}", width = self.width));
    }

    fn log(&self, log: &Path, failed: bool) {
        let text = end_of(log).map(|b| String::from_utf8_lossy(&b).into_owned()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let from = if failed { lines.len().saturating_sub(TAIL) } else { 0 };
        for line in lines.get(from..).unwrap_or_default() {
            self.print(&format!("      | {}", plain::log_line(line)));
        }
        if failed {
            self.print(&format!("      full log: {}", plain::line(&log.display().to_string())));
            let missing = lines.iter().rev().find_map(|l| l.split("No module named '").nth(1)?.split('\'').next());
            if let Some(module) = missing {
                let package = module.split('.').next().unwrap_or(module);
                let package = plain::line(package);
                self.print(&format!(
                    "      `{package}` is not installed: add it to the project, or pass `--with {package}` if it is part of the Databricks runtime"
                ));
            }
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
