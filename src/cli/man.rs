//! `pipec man`.

use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::Outcome;
use super::args::Args;
use super::terminal::say;
use crate::emit::write_named;

/// Writes a page for pipec and for each of its commands.
pub fn run(dir: &Path) -> Outcome {
    let mut command = Args::command();
    command.build();
    match write(&command, "pipec", dir) {
        Ok(()) => Outcome::Done,
        Err(e) => {
            say!("pipec: {e}");
            Outcome::Failed
        }
    }
}

fn write(command: &Command, name: &str, dir: &Path) -> std::io::Result<()> {
    let mut page = Vec::new();
    Man::new(command.clone()).title(name).render(&mut page)?;
    write_named(&dir.join(format!("{name}.1")), &page)?;
    for sub in command.get_subcommands().filter(|s| s.get_name() != "help") {
        write(sub, &format!("{name}-{}", sub.get_name()), dir)?;
    }
    Ok(())
}
