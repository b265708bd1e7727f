//! Applies a plan.
//!
//! The order makes it safe: first record what will be changed, then upload files, then point jobs at them. Nothing
//! that a job may use is deleted. The state is written last, and records only what was done.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};

use super::desired::{Desired, DesiredFile, DesiredJob, Upload};
use super::diff::drift;
use super::error::DeployError;
use super::hold::{Hold, guard};
use super::journal::Journal;
use super::observe::{LiveState, Observed, in_parallel, tagged};
use super::payload;
use super::plan::{JobAction, JobPlan, Plan, filled};
use super::state::{Deployed, DeploymentState, Generation, Lease, Pending, Placed};
use super::sweep;
use crate::workspace::{ApiError, ApiErrorKind, Client, OWNER, Principal, PrincipalKind, User};

/// Progress events.
#[derive(Clone, Debug)]
pub enum DeployEvent<'e> {
    /// Another deployment has the lock.
    Waiting(&'e Lease),
    /// Uploads start: number of files and total bytes.
    Uploading(usize, u64),
    /// A file was uploaded.
    Uploaded(&'e str, u64),
    /// A job was created, changed or deleted.
    Job(&'e str, JobAction, i64),
    /// A message for the user.
    Note(String),
}

/// The input of [`apply`].
pub struct Apply<'a> {
    pub client: &'a Client,
    /// The current user.
    pub me: &'a User,
    /// The owner of the lock, for display.
    pub owner: String,
    pub desired: &'a Desired,
    pub survey: &'a Observed,
    pub plan: &'a Plan,
    /// How long to wait for another deployment.
    pub max_elapsed: Duration,
    /// Generations of files to keep.
    pub keep: usize,
    /// Receives events, from several threads.
    pub tell: &'a (dyn Fn(&DeployEvent<'_>) + Sync),
    /// Jobs whose creation was requested more than once, with their names. Initially empty.
    pub repeated: Mutex<BTreeMap<String, String>>,
}

impl Apply<'_> {
    fn again(&self) -> BTreeMap<String, String> {
        guard(&self.repeated).clone()
    }
}

/// The result of [`apply`].
#[derive(Clone, Debug, Default)]
pub struct Applied {
    /// The ids of all jobs by pipeline.
    pub jobs: BTreeMap<String, i64>,
}

/// Applies a plan.
///
/// # Errors
/// The first failure. Changes made before it are recorded, and the next deployment continues
/// from there.
pub fn apply(journal: &mut Journal<'_>, work: &Apply<'_>) -> Result<Applied, DeployError> {
    let touched: BTreeMap<String, String> = work
        .plan
        .jobs
        .iter()
        .filter(|j| !j.is_empty())
        .map(|j| {
            let wanted = work.desired.jobs.iter().find(|d| d.pipeline == j.pipeline).map(|d| &d.body);
            let known = journal.head().jobs.get(&j.pipeline).map(|d| &d.sent);
            (j.pipeline.clone(), wanted.or(known).map(payload::name).unwrap_or_default().to_owned())
        })
        .collect();
    // Identifies the result of a creation, even if the response is lost.
    let creations: BTreeMap<String, String> = work
        .plan
        .jobs
        .iter()
        .filter(|j| j.action == JobAction::Create)
        .map(|j| (j.pipeline.clone(), super::journal::nonce()))
        .collect();
    let key = journal.lock(
        &work.owner,
        work.plan.serial,
        work.max_elapsed,
        &|lease| (work.tell)(&DeployEvent::Waiting(lease)),
        &|state| {
            state.project = work.desired.project.clone();
            state.target = work.desired.target.clone();
            state.root = work.desired.root.clone();
            // An interrupted deployment stays pending until it is resolved.
            let before = state.pending.take().unwrap_or_default();
            let mut jobs = before.jobs;
            jobs.extend(touched.clone());
            let mut files = work.plan.uploads.clone();
            files.extend(before.files);
            let mut begun = before.creations;
            for (pipeline, nonce) in &creations {
                begun.entry(pipeline.clone()).or_default().push(nonce.clone());
            }
            state.pending = Some(Pending { what: "deploy".to_owned(), jobs, files, creations: begun });
        },
    )?;
    let mut state = journal.head().clone();
    let hold = Hold::new(journal, work.client, key);
    let outcome = hold.during(|| {
        let applied = steps(work, &creations, &mut state, &hold)?;
        hold.check()?;
        tidy(work, &mut state, &hold)?;
        Ok(applied)
    });
    // Write the state even after an interrupt; that simplifies the next deployment.
    work.client.ignore_stop();
    if !hold.is_ours() {
        return outcome.and(Err(DeployError::Moved { by: hold.journal().head().by.clone() }));
    }
    state.lease = None;
    let written = hold.journal().append(state);
    let applied = outcome?;
    written?;
    if let Err(fault) = hold.journal().prune() {
        (work.tell)(&DeployEvent::Note(format!("old states are not deleted: {fault}")));
    }
    Ok(applied)
}

/// Finishes pending work, and deletes what is no longer needed, while the lock is held.
fn tidy(work: &Apply<'_>, state: &mut DeploymentState, hold: &Hold<'_, '_>) -> Result<(), DeployError> {
    let left = state.pending.take().unwrap_or_default();
    // If only some pipelines are deployed, pending work of others remains.
    let mut open: BTreeMap<String, String> =
        left.jobs.into_iter().filter(|(p, _)| !work.plan.only.is_empty() && !work.plan.only.contains(p)).collect();
    // Files of an interrupted deployment can be deleted once everything it touched is resolved.
    let (wait, over) = if open.is_empty() { (Vec::new(), left.files) } else { (left.files, Vec::new()) };
    generation(state, work, over);
    open.extend(work.again());
    if !open.is_empty() {
        let mut creations = left.creations;
        creations.retain(|pipeline, _| open.contains_key(pipeline));
        state.pending = Some(Pending { what: "deploy".to_owned(), jobs: open, files: wait, creations });
    }
    if work.plan.jobs.iter().any(|j| j.action == JobAction::Delete) {
        // Runs of deleted jobs cannot be listed: the next deployment deletes their files.
        return Ok(());
    }
    let mut after = state.clone();
    let dropped = match sweep::drop_old(work.client, &mut after, work.keep) {
        Ok(dropped) => dropped,
        Err(fault) if fault.is(ApiErrorKind::Interrupted) => return Err(fault.into()),
        Err(fault) => {
            (work.tell)(&DeployEvent::Note(format!("old files are not deleted: {fault}")));
            return Ok(());
        }
    };
    let wanted: BTreeSet<&String> = work.desired.artifacts.iter().map(|a| &a.placed.path).collect();
    after.garbage.extend(dropped);
    after.garbage.retain(|p| !wanted.contains(p));
    if after.garbage.is_empty() {
        *state = after;
        return Ok(());
    }
    // Record the deletion first, so that the next deployment does not rely on these files, and deletes what is left.
    let lease = hold.journal().head().lease.clone();
    hold.journal().append(DeploymentState { lease, ..after.clone() })?;
    *state = after;
    match sweep::remove(work.client, &state.garbage) {
        Ok(()) => state.garbage.clear(),
        Err(fault) => (work.tell)(&DeployEvent::Note(format!("old files are not deleted: {fault}"))),
    }
    Ok(())
}

fn generation(state: &mut DeploymentState, work: &Apply<'_>, left: Vec<String>) {
    let now = work.client.now();
    // What the jobs need, including those that are not deployed now.
    let needed: BTreeSet<String> = state.jobs.values().flat_map(|d| d.uses.iter().cloned()).collect();
    let mut artifacts: Vec<Placed> = Vec::new();
    for placed in work.desired.artifacts.iter().map(|a| &a.placed).chain(&state.artifacts) {
        if needed.contains(&placed.path) && !artifacts.iter().any(|a| a.path == placed.path) {
            artifacts.push(placed.clone());
        }
    }
    let paths: BTreeSet<String> = artifacts.iter().map(|a| a.path.clone()).collect();
    let left: Vec<String> = left.into_iter().filter(|p| !paths.contains(p)).collect();
    let paths: Vec<String> = paths.into_iter().collect();
    state.artifacts = artifacts;
    if !left.is_empty() {
        let serial = state.serial;
        let at = state.generations.len().saturating_sub(1);
        state.generations.insert(at, Generation { serial, until: Some(now), paths: left });
    }
    if state.generations.last().is_some_and(|g| g.paths == paths && g.until.is_none()) {
        return;
    }
    if let Some(last) = state.generations.last_mut() {
        last.until.get_or_insert(now);
    }
    state.generations.push(Generation { serial: state.serial + 1, until: None, paths });
}

fn steps(
    work: &Apply<'_>,
    creations: &BTreeMap<String, String>,
    state: &mut DeploymentState,
    hold: &Hold<'_, '_>,
) -> Result<Applied, DeployError> {
    upload(work, hold)?;
    for (pipeline, id) in &work.plan.twice {
        hold.check()?;
        work.client.delete_job(*id, pipeline)?;
        (work.tell)(&DeployEvent::Note(format!("deleted the job {id}, a duplicate of `{pipeline}`")));
    }
    let mut waiting: Vec<(&JobPlan, &DesiredJob)> = work
        .plan
        .jobs
        .iter()
        .filter_map(|p| Some((p, work.desired.jobs.iter().find(|d| d.pipeline == p.pipeline)?)))
        .collect();
    // Jobs that are kept or updated exist already, and others may refer to them.
    let mut ids: BTreeMap<String, i64> =
        waiting.iter().filter_map(|(p, _)| Some((p.pipeline.clone(), p.job_id?))).collect();
    ids.retain(|p, _| !work.plan.jobs.iter().any(|j| j.pipeline == *p && j.action == JobAction::Create));
    // Jobs that are not deployed now, if they exist.
    ids.extend(work.survey.jobs.iter().filter_map(|(p, found)| match found {
        LiveState::Live(live, _) if !work.plan.jobs.iter().any(|j| j.pipeline == *p) => Some((p.clone(), live.id)),
        _ => None,
    }));
    let mut changed: Vec<String> = Vec::new();
    while !waiting.is_empty() {
        hold.check()?;
        // A job that runs another one needs its id. The checker has rejected cycles.
        let (ready, rest): (Vec<_>, Vec<_>) =
            waiting.iter().copied().partition(|(_, d)| d.needs().all(|pipeline| ids.contains_key(pipeline)));
        if ready.is_empty() {
            let names: Vec<&str> = rest.iter().map(|(p, _)| p.pipeline.as_str()).collect();
            // The plan was checked against this, but somebody may have deleted the job since.
            return DeployError::unfit(format!("{} run a deleted pipeline", names.join(", ")), "deploy again");
        }
        waiting = rest;
        let known: BTreeMap<&str, i64> = ids.iter().map(|(p, id)| (p.as_str(), *id)).collect();
        let results = in_parallel(&ready, |(plan, job)| {
            one_job(work, plan, job, JobProgress { ids: &known, creation: creations.get(&job.pipeline) }, state, hold)
        });
        let mut failed = None;
        for ((plan, job), result) in ready.iter().zip(results) {
            let (deployed, error) = result;
            if let Some(deployed) = deployed {
                ids.insert(job.pipeline.clone(), deployed.job_id);
                if !plan.is_empty() {
                    changed.push(job.pipeline.clone());
                }
                state.jobs.insert(job.pipeline.clone(), deployed);
            }
            failed = failed.or(error);
        }
        if let Some(error) = failed {
            // Read changed jobs back, or the next deployment would report their defaults as changes by others.
            let _ = read_back(work, state, &changed);
            return Err(error);
        }
    }
    for job in &work.plan.jobs {
        let (JobAction::Delete | JobAction::Forget, Some(id)) = (job.action, job.job_id) else { continue };
        hold.check()?;
        if job.action == JobAction::Delete {
            work.client.delete_job(id, &job.pipeline)?;
            (work.tell)(&DeployEvent::Job(&job.pipeline, JobAction::Delete, id));
        }
        state.jobs.remove(&job.pipeline);
    }
    read_back(work, state, &changed)?;
    Ok(Applied { jobs: state.ids() })
}

/// What is known while one job is deployed.
#[derive(Clone, Copy)]
struct JobProgress<'k> {
    /// The ids of other jobs.
    ids: &'k BTreeMap<&'k str, i64>,
    /// The nonce of its creation.
    creation: Option<&'k String>,
}

/// Creates or updates one job and sets its permissions. Returns what was done even if a later step fails.
fn one_job(
    work: &Apply<'_>,
    plan: &JobPlan,
    job: &DesiredJob,
    known: JobProgress<'_>,
    state: &DeploymentState,
    hold: &Hold<'_, '_>,
) -> (Option<Deployed>, Option<DeployError>) {
    let nonce = if plan.action == JobAction::Create { known.creation } else { plan.nonce.as_ref() };
    let body = filled(job, known.ids, nonce.map(String::as_str));
    let before = state.jobs.get(&job.pipeline);
    if !plan.is_empty()
        && let Err(e) = hold.check()
    {
        return (before.cloned(), Some(e));
    }
    let id = match (plan.action, plan.job_id) {
        (JobAction::Create, _) => match create(work, job, &body) {
            Ok(id) => {
                (work.tell)(&DeployEvent::Job(&job.pipeline, JobAction::Create, id));
                id
            }
            Err(e) => return (None, Some(e.into())),
        },
        (JobAction::Update, Some(id)) => {
            match work.client.reset_job(id, resetting(&body, before, plan, work.me), &job.pipeline) {
                Ok(()) => {
                    (work.tell)(&DeployEvent::Job(&job.pipeline, JobAction::Update, id));
                    id
                }
                Err(e) => return (before.cloned(), Some(e.into())),
            }
        }
        (_, Some(id)) => id,
        (_, None) => return (before.cloned(), None),
    };
    let mut deployed = match (plan.action, before) {
        (JobAction::Keep, Some(before)) => before.clone(),
        // A new job has no other permissions.
        (JobAction::Create, _) => Deployed {
            job_id: id,
            sent: body,
            grants: None,
            uses: job.uses.clone(),
            nonce: nonce.cloned(),
            filled: Vec::new(),
        },
        _ => Deployed {
            job_id: id,
            sent: body,
            grants: before.and_then(|b| b.grants.clone()),
            uses: job.uses.clone(),
            nonce: nonce.cloned(),
            filled: Vec::new(),
        },
    };
    if let Some((live, wanted)) = &plan.grants
        && let Err(e) = work.client.set_permissions(id, &with_owner(wanted, live, work.me), &job.pipeline)
    {
        return (Some(deployed), Some(e.into()));
    }
    deployed.grants.clone_from(&job.grants);
    (Some(deployed), None)
}

/// The settings for a reset. The service keeps `run_as` if it is omitted. A job without one runs as its owner, so
/// removing it from the source means the current user.
fn resetting(body: &Value, before: Option<&Deployed>, plan: &JobPlan, me: &User) -> Value {
    let mut out = body.clone();
    // The same applies to reverting a `run_as` that somebody else has set.
    let had = before.is_some_and(|b| b.sent.get("run_as").is_some_and(|r| !r.is_null()))
        || plan.drift.iter().any(|d| d.path.starts_with("run_as"));
    if let (true, None, Some(map)) = (had, body.get("run_as"), out.as_object_mut()) {
        let field = if me.is_service_principal() { "service_principal_name" } else { "user_name" };
        map.insert("run_as".to_owned(), json!({ field: me.name.as_str() }));
    }
    out
}

/// The access-control list to send. The service requires exactly one owner; without one in the source, the owner is
/// kept.
fn with_owner(wanted: &[Principal], live: &[Principal], me: &User) -> Vec<Principal> {
    let mut out = wanted.to_vec();
    if !out.iter().any(Principal::is_owner) {
        let kind =
            if me.is_service_principal() { PrincipalKind::ServicePrincipalName } else { PrincipalKind::UserName };
        let ours = || Principal { kind, name: me.name.clone(), level: OWNER.to_owned() };
        let owner = live.iter().find(|p| p.is_owner()).cloned().unwrap_or_else(ours);
        // The owner has all permissions, and the service rejects duplicates.
        out.retain(|p| p.kind != owner.kind || !p.name.eq_ignore_ascii_case(&owner.name));
        out.push(owner);
    }
    out
}

/// Creates a job. If the response is lost, looks for the job and repeats the request only if it does not exist. The
/// lost job may still appear later, so the repetition is recorded for the next deployment.
fn create(work: &Apply<'_>, job: &DesiredJob, body: &Value) -> Result<i64, ApiError> {
    let mut attempt = 1;
    loop {
        match work.client.create_job(body.clone(), &job.pipeline) {
            Err(fault) if fault.is(ApiErrorKind::UnknownOutcome) => {
                // The service may still be creating it.
                for nap in [200, 800, 2_000] {
                    work.client.sleep(Duration::from_millis(nap))?;
                    // A copy of an older job is not the result of this creation.
                    let own = payload::tag_of(body);
                    let found = tagged(work.client, &job.tag, [payload::name(body)])?;
                    if let Some(found) = found.iter().find(|f| f.tag() == own) {
                        return Ok(found.id);
                    }
                }
                attempt += 1;
                if attempt > 3 {
                    return Err(fault);
                }
                // It may still appear: the next deployment looks again.
                guard(&work.repeated).insert(job.pipeline.clone(), payload::name(body).to_owned());
            }
            other => return other,
        }
    }
}

/// Uploads missing files.
fn upload(work: &Apply<'_>, hold: &Hold<'_, '_>) -> Result<(), DeployError> {
    let list: Vec<&DesiredFile> = work
        .plan
        .uploads
        .iter()
        .filter_map(|path| work.desired.artifacts.iter().find(|a| a.placed.path == *path))
        .collect();
    if list.is_empty() {
        return Ok(());
    }
    let bytes = list.iter().map(|a| a.bytes.len() as u64).sum();
    (work.tell)(&DeployEvent::Uploading(list.len(), bytes));
    let folders: BTreeSet<&str> = list
        .iter()
        .filter_map(|a| Some(a.placed.path.rsplit_once('/')?.0))
        .filter(|f| !work.survey.folders.contains(*f))
        .collect();
    // Creating a folder creates its parents.
    let leaves: Vec<&str> = folders
        .iter()
        .filter(|f| !folders.iter().any(|o| o.strip_prefix(**f).is_some_and(|rest| rest.starts_with('/'))))
        .copied()
        .collect();
    in_parallel(&leaves, |folder| work.client.make_folder(folder)).into_iter().collect::<Result<(), ApiError>>()?;
    let results = in_parallel(&list, |artifact| {
        hold.check()?;
        let path = &artifact.placed.path;
        match artifact.upload {
            Upload::File => work.client.write_file(path, artifact.bytes.clone())?,
            Upload::Notebook(language) => work.client.write_notebook(path, language, &artifact.bytes)?,
        }
        (work.tell)(&DeployEvent::Uploaded(&artifact.placed.source, artifact.bytes.len() as u64));
        Ok(())
    });
    results.into_iter().collect()
}

/// Reads changed jobs back. Records the defaults of the service, so that the next plan does not report them as
/// changes by others, and reports values that the service has changed.
fn read_back(work: &Apply<'_>, state: &mut DeploymentState, changed: &[String]) -> Result<(), DeployError> {
    let ids: Vec<(String, i64)> = changed.iter().filter_map(|p| Some((p.clone(), state.jobs.get(p)?.job_id))).collect();
    for ((pipeline, id), live) in ids.iter().zip(in_parallel(&ids, |(_, id)| work.client.job(*id))) {
        let Some(deployed) = state.jobs.get_mut(pipeline) else { continue };
        let Some(live) = live? else {
            return DeployError::unfit(
                format!("job {id} of `{pipeline}` was deleted right after its deployment"),
                "deploy again; someone else changes the same jobs",
            );
        };
        let plan = work.plan.jobs.iter().find(|j| j.pipeline == *pipeline);
        deployed.filled = drift(&deployed.sent, &live.settings);
        deployed.filled.retain(|d| {
            let was_drift = plan.is_some_and(|p| !p.broke_off && p.drift.contains(d));
            let was_ours = plan.is_some_and(|p| p.changes.iter().any(|c| c.path == d.path && c.now.is_none()));
            if was_drift || was_ours && d.path != "run_as" {
                (work.tell)(&DeployEvent::Note(format!(
                    "workspace keeps `{}` in the job {id} of `{pipeline}`",
                    d.path
                )));
            }
            // Changes by others are not defaults of the service.
            !was_drift
        });
        for d in deployed.filled.iter().filter(|d| d.was.is_some()) {
            let shown = |v: &Option<Value>| v.as_ref().map_or("nothing".to_owned(), ToString::to_string);
            (work.tell)(&DeployEvent::Note(format!(
                "workspace changed `{}` in `{pipeline}`: {} instead of {}",
                d.path,
                shown(&d.now),
                shown(&d.was)
            )));
        }
    }
    Ok(())
}
