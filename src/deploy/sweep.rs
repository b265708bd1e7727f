//! Deletes files that are no longer needed.

use std::collections::BTreeSet;

use super::observe::in_parallel;
use super::state::DeploymentState;
use crate::workspace::{ApiError, Client};

/// Drops all generations except the last `keep`, and returns the files that no other generation has. A generation is
/// kept while a run may use it.
///
/// # Errors
/// Runs that cannot be listed.
pub(super) fn drop_old(client: &Client, state: &mut DeploymentState, keep: usize) -> Result<Vec<String>, ApiError> {
    let most = keep.max(1);
    if state.generations.len() <= most {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = state.jobs.values().map(|d| d.job_id).collect();
    let mut oldest_run = i64::MAX;
    for runs in in_parallel(&ids, |id| client.runs_of(*id, 25, true)) {
        let runs = runs?;
        // There is more than one page, so the oldest run is unknown.
        let full = runs.len() == 25;
        oldest_run = runs.iter().map(|r| if full { 0 } else { r.started }).min().unwrap_or(i64::MAX).min(oldest_run);
    }
    let old = state.generations.len() - most;
    let mut dropped = Vec::new();
    let mut kept = Vec::new();
    for (i, generation) in state.generations.drain(..).enumerate() {
        let over = generation.until.is_some_and(|until| until < oldest_run);
        if i < old && over { dropped.push(generation) } else { kept.push(generation) }
    }
    let needed: BTreeSet<&String> = kept.iter().flat_map(|g| &g.paths).collect();
    // Files that a job needs, or that an interrupted deployment may use, are always kept.
    let used: BTreeSet<&String> =
        state.jobs.values().flat_map(|d| &d.uses).chain(state.pending.iter().flat_map(|p| &p.files)).collect();
    let out: BTreeSet<String> =
        dropped.iter().flat_map(|g| &g.paths).filter(|p| !needed.contains(p) && !used.contains(p)).cloned().collect();
    state.generations = kept;
    Ok(out.into_iter().collect())
}

/// Deletes files.
///
/// # Errors
/// The first file that cannot be deleted; it does no harm.
pub(super) fn remove(client: &Client, paths: &[String]) -> Result<(), ApiError> {
    in_parallel(paths, |path| client.remove(path, false)).into_iter().collect()
}
