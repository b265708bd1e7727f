//! `pipec man`.

use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::args::{Args, ManFormat};
use super::{Ended, Outcome, reference};
use crate::emit::write_named;

/// Writes a man page for pipec and each of its commands, or `cli.md`, to `dir`.
pub fn run(format: ManFormat, dir: &Path) -> Ended {
    let mut command = Args::command();
    command.build();
    match format {
        ManFormat::Man => write(&command, "pipec", dir)?,
        ManFormat::Markdown => write_named(&dir.join("cli.md"), reference::markdown(&command).as_bytes())?,
    }
    Ok(Outcome::Done)
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
