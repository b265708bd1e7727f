//! Deletes a deployment.

use std::collections::BTreeSet;
use std::time::Duration;

use super::apply::DeployEvent;
use super::desired::Desired;
use super::error::DeployError;
use super::hold::Hold;
use super::identity::tag;
use super::journal::Journal;
use super::observe::{in_parallel, tagged};
use super::payload;
use super::plan::JobAction;
use super::state::DeploymentState;
use crate::workspace::{ApiErrorKind, Client};

/// What would be deleted.
#[derive(Clone, Debug, Default)]
pub struct DestroyPlan {
    /// Jobs by pipeline.
    pub jobs: Vec<(String, i64)>,
    /// The number of active runs by pipeline.
    pub running: Vec<(String, usize)>,
    /// Files of all generations.
    pub files: Vec<String>,
    /// Their folders.
    pub folders: Vec<String>,
}

/// Determines what would be deleted. If the state was lost, jobs are found by their tags.
///
/// # Errors
/// Anything that cannot be read.
pub fn doomed(client: &Client, journal: &Journal<'_>, desired: &Desired) -> Result<DestroyPlan, DeployError> {
    let state = journal.head();
    let mut jobs: Vec<(String, i64)> = state.jobs.iter().map(|(p, d)| (p.clone(), d.job_id)).collect();
    // An interrupted deployment may have created jobs that the state does not contain.
    for (pending, (pipeline, name)) in state.pending.iter().flat_map(|p| p.jobs.iter().map(move |job| (p, job))) {
        let tag = tag(&state.project, &state.target, &state.root, pipeline);
        let found = tagged(client, &tag, [name.as_str()])?;
        for id in found.iter().filter(|job| pending.made(pipeline, &tag, job)).map(|job| job.id) {
            if !jobs.iter().any(|(_, known)| *known == id) {
                jobs.push((pipeline.clone(), id));
            }
        }
    }
    if state.serial == 0 {
        for (job, found) in
            desired.jobs.iter().zip(in_parallel(&desired.jobs, |j| tagged(client, &j.tag, [payload::name(&j.body)])))
        {
            jobs.extend(found?.into_iter().map(|f| (job.pipeline.clone(), f.id)));
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
    files.extend(state.pending.iter().flat_map(|p| p.files.iter().cloned()));
    files.extend(state.garbage.iter().cloned());
    if state.serial == 0 && !jobs.is_empty() {
        files.extend(desired.artifacts.iter().map(|a| a.placed.path.clone()));
    }
    let folders = desired.folders.clone();
    Ok(DestroyPlan { jobs, running, files: files.into_iter().collect(), folders })
}

/// Deletes the jobs, then the files, then the state.
///
/// # Errors
/// What could not be deleted. The next `destroy` continues, and a `deploy` restores everything.
pub fn destroy(
    client: &Client,
    journal: &mut Journal<'_>,
    doomed: &DestroyPlan,
    desired: &Desired,
    owner: &str,
    patience: Duration,
    tell: &(dyn Fn(&DeployEvent<'_>) + Sync),
) -> Result<(), DeployError> {
    let serial = journal.head().serial;
    let root = desired.root.clone();
    let key = journal.lock(owner, serial, patience, &|lease| tell(&DeployEvent::Waiting(lease)), &|state| {
        state.project.clone_from(&desired.project);
        state.target.clone_from(&desired.target);
        state.root.clone_from(&desired.root);
        let mut pending = state.pending.take().unwrap_or_default();
        pending.what = "destroy".to_owned();
        pending.jobs.extend(state.jobs.iter().map(|(p, d)| (p.clone(), payload::name(&d.sent).to_owned())));
        state.pending = Some(pending);
    })?;
    let mut state = journal.head().clone();
    let hold = Hold::new(journal, client, key);
    let outcome = hold.during(|| take_away(client, &hold, &mut state, doomed, &root, tell));
    client.ignore_stop();
    if !hold.is_ours() {
        return outcome.and(Err(DeployError::Moved { by: hold.journal().head().by.clone() }));
    }
    if let Err(why) = outcome {
        state.lease = None;
        // If this fails too, the lock expires.
        let _ = hold.journal().append(state);
        return Err(why);
    }
    hold.journal().remove()?;
    leave(client.remove_empty(&root))?;
    Ok(())
}

fn take_away(
    client: &Client,
    hold: &Hold<'_, '_>,
    state: &mut DeploymentState,
    doomed: &DestroyPlan,
    root: &str,
    tell: &(dyn Fn(&DeployEvent<'_>) + Sync),
) -> Result<(), DeployError> {
    let deleted = in_parallel(&doomed.jobs, |(pipeline, id)| {
        hold.check()?;
        client.delete_job(*id, pipeline)?;
        tell(&DeployEvent::Job(pipeline, JobAction::Delete, *id));
        Ok(())
    });
    for ((pipeline, _), result) in doomed.jobs.iter().zip(&deleted) {
        if result.is_ok() {
            state.jobs.remove(pipeline);
        }
    }
    deleted.into_iter().collect::<Result<(), DeployError>>()?;
    let removed = in_parallel(&doomed.files, |path| {
        hold.check()?;
        Ok(client.remove(path, false)?)
    });
    removed.into_iter().collect::<Result<(), DeployError>>()?;
    // Delete only empty folders; others may contain files of somebody else.
    let folders: BTreeSet<String> =
        doomed.files.iter().flat_map(|f| parents(f, root)).chain(doomed.folders.iter().cloned()).collect();
    for folder in folders.iter().rev() {
        leave(client.remove_empty(folder))?;
    }
    hold.check()
}

/// Ignores a missing permission: a folder that cannot be deleted stays.
fn leave(result: Result<(), crate::workspace::ApiError>) -> Result<(), crate::workspace::ApiError> {
    match result {
        Err(f) if f.is(ApiErrorKind::Denied) => Ok(()),
        other => other,
    }
}

/// The folders between `root` and a file, innermost first; none for a file elsewhere.
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
