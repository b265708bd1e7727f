//! Projects to deploy: checked, built, and compared with the workspace.

use super::super::args::{LoginArgs, SharedArgs};
use super::super::check::{build_options, tell_build};
use super::super::select::selected;
use super::super::{Failure, no_such, usage};
use super::connect::{Connection, connect};
use crate::deploy::{DeployError, Desired, Journal, desired, is_another_project};
use crate::session::{Backends, Built, Session};

/// Calls a function per project with its connection; stops at the first failure.
pub(super) fn each(
    session: &Session<'_>,
    login: &LoginArgs,
    shared: &SharedArgs,
    backends: Backends,
    work: &mut dyn FnMut(&Connection, &Built<'_>, &Desired) -> Result<(), Failure>,
) -> Result<(), Failure> {
    for (project, program) in session.programs() {
        let connection = connect(Some(&program.target), login, shared)?;
        let options = build_options(shared, Some(&connection.me.name), backends);
        let built = session.build_one(project, program, &options, &tell_build(shared))?;
        let wanted = desired(&built.bundle, &built.wheels)?;
        work(&connection, &built, &wanted)?;
    }
    Ok(())
}

/// The names of selected pipelines; a family means all its members.
pub(super) fn known(wanted: &[String], session: &Session<'_>) -> Result<Vec<String>, Failure> {
    let all: Vec<_> = session.programs().flat_map(|(_, p)| &p.pipelines).collect();
    let mut out: Vec<String> = Vec::new();
    for name in wanted {
        let chosen = selected(name, &all);
        if chosen.is_empty() {
            return Err(usage(no_such("pipeline", name, all.iter().map(|p| p.name.as_str()))));
        }
        out.extend(chosen.iter().map(|p| p.name.to_string()));
    }
    Ok(out)
}

/// Two projects with the same folder would delete each other's jobs.
pub(super) fn same_project(wanted: &Desired, journal: &Journal<'_>) -> Result<(), DeployError> {
    if !is_another_project(wanted, journal.head()) {
        return Ok(());
    }
    let theirs: Vec<&str> = journal.head().jobs.keys().map(String::as_str).take(5).collect();
    Err(DeployError::Unfit {
        message: format!("the deployment in `{}` has no pipelines in common with this project: {}", wanted.root, theirs.join(", ")),
        help: "another project may have the same name; set a different `root_path` or package name, or run `pipec destroy` on the existing deployment".to_owned(),
    })
}

/// The first line of a plan.
pub(super) fn head(connection: &Connection, wanted: &Desired) -> String {
    format!("{}, target {}, on {} as {}\n", wanted.project, wanted.target, connection.client.host(), connection.me.name)
}

/// The name of this deployer, for others who wait.
pub(super) fn owner(connection: &Connection) -> String {
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
