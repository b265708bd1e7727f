//! The commands that speak to a workspace. Everything that can be checked without one has been checked before.

mod auth;
mod connect;
mod deploy;
mod destroy;
mod follow;
mod plan;
mod run;
mod show;
mod status;

pub use auth::auth;
pub use deploy::deploy;
pub use destroy::destroy;
pub use plan::plan;
pub use run::run;
pub use status::status;

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use super::Outcome;
use super::args::{Login, Shared};
use super::build::{Built, build_one};
use super::check::load_and_check;
use crate::check::Checked;
use crate::deploy::{DeployError, Desired, desired};
use crate::project::Loaded;
use crate::workspace::Fault;
use connect::{Connection, connect};

/// Loads and checks; a program with errors goes no further. Warnings are for those who are about to deploy.
fn checked(paths: &[PathBuf], shared: &Shared, deploys: bool) -> Result<(Loaded, Checked), Outcome> {
    let (loaded, checked) = load_and_check(paths, shared, false)?;
    if deploys || checked.has_errors() {
        super::report::print(&checked.diagnostics, &loaded.sources, shared);
    }
    if checked.has_errors() {
        return Err(Outcome::Errors);
    }
    Ok((loaded, checked))
}

/// Does something for each project, with its workspace; stops at the first that does not go well.
fn each(
    loaded: &Loaded,
    checked: &Checked,
    login: &Login,
    shared: &Shared,
    work: &mut dyn FnMut(&Connection, &Built<'_>, &Desired) -> Result<(), Outcome>,
) -> Outcome {
    for (project, program) in loaded.projects.iter().zip(&checked.programs) {
        let Some(program) = program else { continue };
        let result = connect(Some(&program.target), login, shared).and_then(|connection| {
            let user = shared.user.as_deref().unwrap_or(&connection.me.name);
            let built = build_one(project, program, shared, Some(user))?;
            let wanted = desired(&built.bundle, &built.wheels).map_err(|e| tell(&e))?;
            work(&connection, &built, &wanted)
        });
        if let Err(outcome) = result {
            return outcome;
        }
    }
    Outcome::Done
}

/// Tells why it did not go.
fn tell(error: &DeployError) -> Outcome {
    if error.is_interrupt() {
        eprintln!("pipec: interrupted");
        return Outcome::Interrupted;
    }
    eprintln!("pipec: {error}");
    if !error.help().is_empty() {
        eprintln!("  help: {}", error.help());
    }
    Outcome::Failed
}

fn tell_fault(fault: Fault) -> Outcome {
    tell(&DeployError::Fault(fault))
}

/// Asks on the terminal; without one the answer is no.
fn ask(question: &str) -> Option<bool> {
    if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        return None;
    }
    eprint!("{question} [y/N] ");
    // A terminal that takes no question takes no answer either.
    let _ = std::io::stderr().flush();
    // Ctrl-C ends the question, and reading a line does not notice it.
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        // Whoever asked may have gone.
        let _ = send.send(read.is_ok() && matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes"));
    });
    loop {
        match receive.recv_timeout(Duration::from_millis(100)) {
            Ok(answer) => return Some(answer),
            Err(_) if connect::stop().load(Ordering::Relaxed) => {
                eprintln!();
                return None;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

/// Who we are on this machine, for others who wait.
fn owner(connection: &Connection) -> String {
    let machine = std::env::var("HOSTNAME")
        .or_else(|_| std::env::var("COMPUTERNAME"))
        .ok()
        .or_else(|| std::fs::read_to_string("/etc/hostname").ok())
        .map(|m| m.trim().to_owned())
        .filter(|m| !m.is_empty());
    match machine {
        Some(machine) => format!("{} on {machine}", connection.me.name),
        None => connection.me.name.clone(),
    }
}
