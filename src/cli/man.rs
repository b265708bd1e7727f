//! `pipec man`.

use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::args::Args;
use super::{Ended, Outcome};
use crate::emit::write_named;

/// Writes a page for pipec and for each of its commands.
pub fn run(dir: &Path) -> Ended {
    let mut command = Args::command();
    command.build();
    write(&command, "pipec", dir)?;
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
