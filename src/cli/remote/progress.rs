//! A deployment as it goes on.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

use super::super::args::Shared;
use super::super::terminal::say;
use crate::deploy::{Action, Event};

/// What goes on: a bar on a terminal, lines elsewhere.
pub(super) struct View {
    quiet: bool,
    live: bool,
    bar: std::sync::Mutex<Option<ProgressBar>>,
}

impl View {
    pub(super) fn new(shared: &Shared) -> View {
        View {
            quiet: shared.quiet,
            live: std::io::stderr().is_terminal() && !shared.quiet,
            bar: std::sync::Mutex::default(),
        }
    }

    pub(super) fn show(&self, event: &Event<'_>) {
        match event {
            Event::Waiting(lease) => {
                self.line(&format!(
                    "waiting for {}, who is at work here ({}); a lock that nobody renews ends within a minute",
                    lease.owner, lease.what
                ));
            }
            Event::Uploading(files, bytes) if self.live => {
                let bar = ProgressBar::new(*bytes);
                // The template is a constant that is right.
                if let Ok(style) = ProgressStyle::with_template("  upload  {bar:30} {bytes}/{total_bytes}  {msg}") {
                    bar.set_style(style);
                }
                bar.set_message(format!("{files} file{}", if *files == 1 { "" } else { "s" }));
                *self.slot() = Some(bar);
            }
            Event::Uploading(..) => {}
            Event::Uploaded(name, bytes) => match &*self.slot() {
                Some(bar) => bar.inc(*bytes),
                None => self.line(&format!("  uploaded {name}")),
            },
            Event::Job(pipeline, action, id) => {
                self.close();
                let word = match action {
                    Action::Create => "created",
                    Action::Update => "updated",
                    _ => "deleted",
                };
                self.line(&format!("  {word} {pipeline} (job {id})"));
            }
            Event::Note(text) => self.line(&format!("note    {text}")),
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
        // A thread that panicked while drawing has left nothing that matters.
        self.bar.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
