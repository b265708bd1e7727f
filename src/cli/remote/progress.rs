//! Progress of a deployment.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

use super::super::args::SharedArgs;
use super::super::terminal::say;
use crate::deploy::{DeployEvent, JobAction};

/// A bar on a terminal, otherwise lines.
pub(super) struct Progress {
    quiet: bool,
    live: bool,
    bar: std::sync::Mutex<Option<ProgressBar>>,
}

impl Progress {
    pub(super) fn new(shared: &SharedArgs) -> Progress {
        Progress {
            quiet: shared.quiet,
            live: std::io::stderr().is_terminal() && !shared.quiet,
            bar: std::sync::Mutex::default(),
        }
    }

    pub(super) fn show(&self, event: &DeployEvent<'_>) {
        match event {
            DeployEvent::Waiting(lease) => {
                self.line(&format!(
                    "waiting for {}, who is deploying ({}); an abandoned lock expires within a minute",
                    lease.owner, lease.what
                ));
            }
            DeployEvent::Uploading(files, bytes) if self.live => {
                let bar = ProgressBar::new(*bytes);
                // The template is a valid constant.
                if let Ok(style) = ProgressStyle::with_template("  upload  {bar:30} {bytes}/{total_bytes}  {msg}") {
                    bar.set_style(style);
                }
                bar.set_message(format!("{files} file{}", if *files == 1 { "" } else { "s" }));
                *self.slot() = Some(bar);
            }
            DeployEvent::Uploading(..) => {}
            DeployEvent::Uploaded(name, bytes) => match &*self.slot() {
                Some(bar) => bar.inc(*bytes),
                None => self.line(&format!("  uploaded {name}")),
            },
            DeployEvent::Job(pipeline, action, id) => {
                self.close();
                let word = match action {
                    JobAction::Create => "created",
                    JobAction::Update => "updated",
                    _ => "deleted",
                };
                self.line(&format!("  {word} {pipeline} (job {id})"));
            }
            DeployEvent::Note(text) => self.line(&format!("note    {text}")),
        }
    }

    fn line(&self, text: &str) {
        if !self.quiet {
            say!("{text}");
        }
    }

    pub(super) fn close(&self) {
        if let Some(bar) = self.slot().take() {
            bar.finish_and_clear();
        }
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<ProgressBar>> {
        // A thread that panicked while drawing leaves no invalid state.
        self.bar.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
