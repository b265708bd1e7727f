//! What is in the workspace: the jobs as they are now, and the files that are there.

use std::collections::{BTreeMap, BTreeSet};

use super::desired::Desired;
use super::error::DeployError;
use super::identity::{TAG, is_tagged, tag};
use super::payload;
use super::state::DeploymentState;
use crate::workspace::{ApiError, Client, EntryKind, ListedJob, LiveJob, Principal};

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// By pipeline.
    pub jobs: BTreeMap<String, LiveState>,
    /// Jobs that a creation which broke off has made a second time: a request that got no answer made one, and was made
    /// again.
    pub twice: Vec<(String, i64)>,
    /// Jobs that carry our tag and were not made by what broke off, such as somebody's copy of a job with its tags.
    pub copies: Vec<(String, i64)>,
    /// Files that are there, with their sizes where the service says them.
    pub files: BTreeMap<String, Option<u64>>,
    /// Folders that are there.
    pub folders: BTreeSet<String>,
}

/// A job that was looked for.
#[derive(Clone, Debug)]
pub enum LiveState {
    /// There it is, and who may use it, if that matters.
    Live(Box<LiveJob>, Option<Vec<Principal>>),
    /// It was deployed, and is gone.
    Gone(i64),
}

/// Looks at everything that a deployment is about. Reads only.
///
/// # Errors
/// Whatever keeps something from being read.
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
                // The service may leave the first part of a path out.
                let name = entry.path.rsplit('/').next().unwrap_or_default();
                entry.path = format!("{folder}/{name}");
                match entry.kind {
                    // Folders of what was deployed once are nobody's business here.
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

/// What was found of one pipeline.
#[derive(Default)]
struct Looked {
    found: Option<LiveState>,
    /// Made a second time by what broke off.
    twice: Vec<i64>,
    /// Made by others.
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
    // What was begun may have made one that the state does not know; and so may a state that was lost.
    let begun = state.pending.as_ref().and_then(|p| p.jobs.get(pipeline));
    let mut out = Looked::default();
    if begun.is_some() || live.is_none() && wanted.is_some() {
        let tag = tag(&desired.project, &desired.target, &desired.root, pipeline);
        let names = wanted.map(|w| payload::name(&w.body)).into_iter().chain(begun.map(String::as_str));
        let is_ours = |job: &ListedJob| state.pending.as_ref().is_some_and(|p| p.made(pipeline, &tag, job));
        // What was begun comes first; of those the oldest is the one that somebody may have run.
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

/// The jobs of some names with a tag, the oldest first. They are looked for by name, since that is what the service can
/// look for.
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

/// Requests at a time: enough to hide the way there and back, few enough for the service's limits.
const AT_A_TIME: usize = 8;

/// Does something for each, several at a time; results are in the order of the list.
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
        // A panic is a bug of ours, and goes on to where bugs are reported.
        threads.into_iter().flat_map(|t| t.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, result)| result).collect()
}
