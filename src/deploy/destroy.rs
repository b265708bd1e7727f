//! Taking everything away again.

use std::collections::BTreeSet;
use std::time::Duration;

use super::error::DeployError;
use super::identity::tag;
use super::journal::Journal;
use super::state::{Lease, Pending};
use super::survey::{in_parallel, tagged};
use crate::workspace::{Client, FaultKind};

/// What would go.
#[derive(Clone, Debug, Default)]
pub struct Doomed {
    /// Jobs by pipeline.
    pub jobs: Vec<(String, i64)>,
    /// Runs that go on, by pipeline.
    pub running: Vec<(String, usize)>,
    /// Files of all generations.
    pub files: Vec<String>,
}

/// Looks what would go.
///
/// # Errors
/// Whatever keeps something from being read.
pub fn doomed(client: &Client, journal: &Journal<'_>) -> Result<Doomed, DeployError> {
    let state = journal.head();
    let mut jobs: Vec<(String, i64)> = state.jobs.iter().map(|(p, d)| (p.clone(), d.job_id)).collect();
    // A deployment that broke off may have created jobs that the state does not know.
    for (pipeline, name) in state.pending.iter().flat_map(|p| &p.create) {
        let tag = tag(&state.project, &state.target, &state.root, pipeline);
        for id in tagged(client, &tag, [name.as_str()])?.into_iter().map(|j| j.id) {
            if !jobs.iter().any(|(_, known)| *known == id) {
                jobs.push((pipeline.clone(), id));
            }
        }
    }
    let mut running = Vec::new();
    for ((pipeline, _), runs) in jobs.iter().zip(in_parallel(&jobs, |(_, id)| client.runs_of(*id, 25, true))) {
        let n = runs?.len();
        if n > 0 {
            running.push((pipeline.clone(), n));
        }
    }
    let mut files: BTreeSet<String> = state.artifacts.iter().map(|a| a.path.clone()).collect();
    files.extend(state.generations.iter().flat_map(|g| g.paths.iter().cloned()));
    Ok(Doomed { jobs, running, files: files.into_iter().collect() })
}

/// Takes away the jobs, then the files, then the state.
///
/// # Errors
/// What kept something from going; the next `destroy` goes on from there, and a `deploy` puts everything back.
pub fn destroy(
    client: &Client,
    journal: &mut Journal<'_>,
    doomed: &Doomed,
    owner: &str,
    patience: Duration,
    waiting: &dyn Fn(&Lease),
    gone: &(dyn Fn(&str, i64) + Sync),
) -> Result<(), DeployError> {
    let serial = journal.head().serial;
    let root = journal.head().root.clone();
    let key = journal.lock(owner, serial, patience, waiting, &|state| {
        let create = state.pending.take().map(|p| p.create).unwrap_or_default();
        state.pending = Some(Pending { what: "destroy".to_owned(), create });
    })?;
    let deleted = in_parallel(&doomed.jobs, |(pipeline, id)| {
        client.delete_job(*id, pipeline)?;
        gone(pipeline, *id);
        Ok::<_, crate::workspace::Fault>(())
    });
    let mut state = journal.head().clone();
    let mut failed = None;
    for ((pipeline, _), result) in doomed.jobs.iter().zip(deleted) {
        match result {
            Ok(()) => drop(state.jobs.remove(pipeline)),
            Err(fault) => failed = Some(fault),
        }
    }
    if failed.is_none() {
        failed = in_parallel(&doomed.files, |path| client.remove(path, false)).into_iter().find_map(Result::err);
    }
    if let Some(fault) = failed {
        client.ignore_stop();
        state.lease = None;
        if journal.head().lease.as_ref().is_some_and(|l| l.key == key) {
            // If this fails as well, the lock ends by itself.
            let _ = journal.append(state);
        }
        return Err(fault.into());
    }
    // The folders are ours; a folder that somebody keeps something in stays.
    let mut folders: BTreeSet<String> =
        doomed.files.iter().flat_map(|f| parents(f, &root)).filter(|f| *f != root).collect();
    folders.retain(|f| f.len() > 1);
    for folder in folders.iter().rev() {
        leave(client.remove_empty(folder))?;
    }
    journal.remove()?;
    leave(client.remove_empty(&root))?;
    Ok(())
}

/// A folder that is not empty stays where it is.
fn leave(result: Result<(), crate::workspace::Fault>) -> Result<(), crate::workspace::Fault> {
    match result {
        Err(f) if matches!(f.kind, FaultKind::Refused | FaultKind::Exists | FaultKind::Denied) => Ok(()),
        other => other,
    }
}

/// The folders of a file below a root; for a file elsewhere its own folder.
fn parents(file: &str, root: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut folder = file;
    while let Some((above, _)) = folder.rsplit_once('/') {
        if !above.starts_with(&format!("{root}/")) {
            break;
        }
        out.push(above.to_owned());
        folder = above;
    }
    out
}
