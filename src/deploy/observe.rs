//! Reads the workspace: current jobs and existing files.

use std::collections::{BTreeMap, BTreeSet};

use super::desired::Desired;
use super::error::DeployError;
use super::identity::{TAG, is_tagged, tag};
use super::payload;
use super::state::DeploymentState;
use crate::workspace::{ApiError, Client, EntryKind, ListedJob, LiveJob, Principal};

/// What exists.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// By pipeline.
    pub jobs: BTreeMap<String, LiveState>,
    /// Jobs that an interrupted creation made twice, because the response to the first request was lost.
    pub twice: Vec<(String, i64)>,
    /// Jobs with our tag that no interrupted creation made, such as copies with tags.
    pub copies: Vec<(String, i64)>,
    /// Existing files, with their sizes if the service reports them.
    pub files: BTreeMap<String, Option<u64>>,
    /// Existing folders.
    pub folders: BTreeSet<String>,
}

/// The current state of a job.
#[derive(Clone, Debug)]
pub enum LiveState {
    /// It exists, with its permissions if they matter.
    Live(Box<LiveJob>, Option<Vec<Principal>>),
    /// It was deployed, and no longer exists.
    Gone(i64),
}

/// Reads everything that a deployment needs. Only reads.
///
/// # Errors
/// Anything that cannot be read.
pub fn observe(client: &Client, desired: &Desired, state: &DeploymentState) -> Result<Observed, DeployError> {
    let mut out = Observed::default();
    let begun = state.pending.iter().flat_map(|p| p.jobs.keys());
    let pipelines: BTreeSet<&str> = desired
        .jobs
        .iter()
        .map(|j| j.pipeline.as_str())
        .chain(state.jobs.keys().chain(begun).map(String::as_str))
        .collect();
    let looks: Vec<&str> = pipelines.into_iter().collect();
    for (pipeline, look) in looks.iter().zip(in_parallel(&looks, |p| lookup(client, desired, state, p))) {
        let Looked { found, twice, copies } = look?;
        let of = |ids: Vec<i64>| ids.into_iter().map(|id| ((*pipeline).to_owned(), id));
        out.jobs.extend(found.map(|f| ((*pipeline).to_owned(), f)));
        out.twice.extend(of(twice));
        out.copies.extend(of(copies));
    }
    let wanted: Vec<&str> = desired.artifacts.iter().map(|a| a.placed.path.as_str()).collect();
    let mut folders: Vec<String> =
        desired.folders.iter().filter(|f| wanted.iter().any(|w| is_below(w, f))).cloned().collect();
    while !folders.is_empty() {
        let mut next = Vec::new();
        for (folder, list) in folders.iter().zip(in_parallel(&folders, |f| client.list(f))) {
            let Some(entries) = list? else { continue };
            out.folders.insert(folder.clone());
            for mut entry in entries {
                // The service may omit the first part of a path.
                let name = entry.path.rsplit('/').next().unwrap_or_default();
                entry.path = format!("{folder}/{name}");
                match entry.kind {
                    // Folders of older deployments do not matter here.
                    EntryKind::Directory if wanted.iter().any(|w| is_below(w, &entry.path)) => next.push(entry.path),
                    EntryKind::Directory => {}
                    _ => {
                        out.files.insert(entry.path, entry.size);
                    }
                }
            }
        }
        folders = next;
    }
    Ok(out)
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// What was found for one pipeline.
#[derive(Default)]
struct Looked {
    found: Option<LiveState>,
    /// Created twice by an interrupted deployment.
    twice: Vec<i64>,
    /// Created by others.
    copies: Vec<i64>,
}

fn lookup(client: &Client, desired: &Desired, state: &DeploymentState, pipeline: &str) -> Result<Looked, ApiError> {
    let wanted = desired.jobs.iter().find(|j| j.pipeline == pipeline);
    let known = state.jobs.get(pipeline);
    let gone = known.map(|d| LiveState::Gone(d.job_id));
    let mut live = match known {
        Some(deployed) => client.job(deployed.job_id)?,
        None => None,
    };
    // An interrupted or lost deployment may have created a job that the state does not contain.
    let begun = state.pending.as_ref().and_then(|p| p.jobs.get(pipeline));
    let mut out = Looked::default();
    if begun.is_some() || live.is_none() && wanted.is_some() {
        let tag = tag(&desired.project, &desired.target, &desired.root, pipeline);
        let names = wanted.map(|w| payload::name(&w.body)).into_iter().chain(begun.map(String::as_str));
        let is_ours = |job: &ListedJob| state.pending.as_ref().is_some_and(|p| p.made(pipeline, &tag, job));
        // Jobs of an interrupted creation come first, and of those the oldest, which may have been run.
        let (ours, others): (Vec<_>, Vec<_>) = tagged(client, &tag, names)?.into_iter().partition(is_ours);
        let both = ours.iter().map(|job| (job, true)).chain(others.iter().map(|job| (job, false)));
        for (job, ours) in both {
            match &live {
                Some(live) if live.id == job.id => {}
                None if wanted.is_some() && (ours || known.is_none()) => live = client.job(job.id)?,
                _ if ours => out.twice.push(job.id),
                _ => out.copies.push(job.id),
            }
        }
    }
    let Some(live) = live else { return Ok(Looked { found: gone, ..out }) };
    let matter = wanted.is_some_and(|w| w.grants.is_some() || known.is_some_and(|d| d.grants.is_some()));
    let grants = if matter { Some(client.permissions(live.id)?) } else { None };
    Ok(Looked { found: Some(LiveState::Live(Box::new(live), grants)), ..out })
}

/// The jobs with certain names and a tag, oldest first. The service can only search by name.
pub(super) fn tagged<'n>(
    client: &Client,
    tag: &str,
    names: impl IntoIterator<Item = &'n str>,
) -> Result<Vec<ListedJob>, ApiError> {
    let mut found = Vec::new();
    let names: BTreeSet<&str> = names.into_iter().collect();
    for name in names {
        found.extend(client.jobs_named(name)?);
    }
    found.retain(|j| j.tag().is_some_and(|value| is_tagged(value, tag)));
    found.sort_by_key(|j| (j.created, j.id));
    found.dedup_by_key(|j| j.id);
    Ok(found)
}

impl ListedJob {
    /// The value of our tag.
    pub(super) fn tag(&self) -> Option<&str> {
        self.tags.get(TAG)?.as_str()
    }
}

/// Concurrent requests: enough to hide latency, few enough for the limits of the service.
const AT_A_TIME: usize = 8;

/// Calls a function for each element, several at a time. Results have the order of the list.
pub(super) fn in_parallel<T: Sync, R: Send>(list: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            match list.get(at) {
                Some(item) => done.push((at, work(item))),
                None => return done,
            }
        }
    };
    let mut all: Vec<(usize, R)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_A_TIME.min(list.len())).map(|_| scope.spawn(worker)).collect();
        // A panic is a bug in pipec, and is reported as such.
        threads.into_iter().flat_map(|t| t.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, result)| result).collect()
}
