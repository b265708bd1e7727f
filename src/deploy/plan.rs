//! Plans: compares what is desired, what was deployed last and what exists. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::desired::{Desired, DesiredJob};
use super::diff::{Difference, diff, drift};
use super::identity::{TAG, created, nonce_of};
use super::observe::{LiveState, Observed};
use super::payload::{renamed, tag_of, texts, without_paths};
use super::state::{Deployed, DeploymentState, Placed};
use crate::package::sha256_hex;
use crate::workspace::Principal;

#[derive(Clone, Debug)]
pub struct Plan {
    /// The serial of the state on which it is based.
    pub serial: u64,
    /// The selected pipelines; empty for all.
    pub only: Vec<String>,
    /// By pipeline: those of the source in order, then those to delete.
    pub jobs: Vec<JobPlan>,
    /// Files that are new, changed or no longer needed.
    pub artifacts: Vec<ArtifactChange>,
    /// The paths of files to upload.
    pub uploads: Vec<String>,
    /// Uploads that the state lists: they were deleted or changed in the workspace.
    pub missing: Vec<String>,
    /// Jobs to delete because an interrupted deployment created them twice, with their pipelines.
    pub twice: Vec<(String, i64)>,
    /// Jobs of others with our tag, with their pipelines; they are not changed.
    pub copies: Vec<(String, i64)>,
    /// The state must be written even if there is nothing else to do: an interrupted deployment is pending, or the
    /// state is outdated.
    pub unfinished: bool,
}

/// What happens to a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobAction {
    Keep,
    Create,
    /// Its settings are replaced.
    Update,
    Delete,
    /// It no longer exists, and is removed from the state.
    Forget,
}

impl JobAction {
    /// The word in the output.
    pub fn word(self) -> &'static str {
        match self {
            JobAction::Keep => "keep",
            JobAction::Create => "create",
            JobAction::Update => "update",
            JobAction::Delete => "delete",
            JobAction::Forget => "forget",
        }
    }
}

/// The plan for one job.
#[derive(Clone, Debug)]
pub struct JobPlan {
    pub pipeline: String,
    pub action: JobAction,
    /// The id of the existing job.
    pub job_id: Option<i64>,
    /// The reason, if the changes do not show it.
    pub because: Option<String>,
    /// Renamed steps: old and new name.
    pub renamed: Vec<(String, String)>,
    /// Changes by the source.
    pub changes: Vec<Difference>,
    /// Changes by others since the last deployment, which this one reverts.
    pub drift: Vec<Difference>,
    /// A deployment of it was interrupted, so differences may be its changes or defaults of the service.
    pub broke_off: bool,
    /// Files that changed without other changes of settings, by their names in the project.
    pub files: Vec<String>,
    /// Change of permissions: from, to.
    pub grants: Option<(Vec<Principal>, Vec<Principal>)>,
    /// The number of steps afterwards.
    pub steps: usize,
    /// The nonce in the tag of an existing job.
    pub nonce: Option<String>,
}

/// A change of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct ArtifactChange {
    /// `wheel`, `notebook` and so on.
    pub kind: String,
    /// Its name in the project.
    pub source: String,
    /// The previous version of a wheel, or prefix of a hash.
    pub was: Option<String>,
    /// The new one.
    pub now: Option<String>,
    /// For a wheel: its new (`+`), changed (`~`) and deleted (`-`) files.
    pub files: Vec<(char, String)>,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.jobs.iter().all(JobPlan::is_empty) && self.uploads.is_empty() && self.twice.is_empty()
    }

    /// The jobs to delete.
    pub fn deletions(&self) -> impl Iterator<Item = &JobPlan> {
        self.jobs.iter().filter(|j| j.action == JobAction::Delete)
    }

    /// The plan as JSON; deterministic.
    pub fn json(&self) -> Value {
        let pair = |d: &Difference| json!({ "path": d.path, "was": d.was, "now": d.now });
        json!({
            "version": 1,
            "serial": self.serial,
            "empty": self.is_empty(),
            "jobs": self.jobs.iter().map(|j| json!({
                "pipeline": j.pipeline,
                "action": if j.is_empty() { "keep" } else { j.action.word() },
                "job_id": j.job_id,
                "because": j.because,
                "steps": j.steps,
                "renamed_steps": j.renamed.iter().map(|(from, to)| json!({ "was": from, "now": to })).collect::<Vec<_>>(),
                "changes": j.changes.iter().map(pair).collect::<Vec<_>>(),
                "drift": j.drift.iter().map(pair).collect::<Vec<_>>(),
                "files": j.files,
                "permissions": j.grants.as_ref().map(|(was, now)| json!({ "was": was, "now": now })),
            })).collect::<Vec<_>>(),
            "artifacts": self.artifacts.iter().map(|a| json!({
                "kind": a.kind,
                "source": a.source,
                "was": a.was,
                "now": a.now,
                "files": a.files.iter().map(|(c, f)| json!({ "change": match c { '+' => "new", '-' => "gone", _ => "changed" }, "path": f })).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "uploads": self.uploads,
            "copies": self.copies.iter().map(|(p, id)| json!({ "pipeline": p, "job_id": id })).collect::<Vec<_>>(),
            "duplicates": self.twice.iter().map(|(p, id)| json!({ "pipeline": p, "job_id": id })).collect::<Vec<_>>(),
        })
    }

    /// A hash of the plan, everything it would send, and the workspace: plans with the same hash do the same.
    pub fn fingerprint(&self, desired: &Desired, host: &str) -> String {
        let mut text = self.json().to_string();
        text.push_str(host);
        text.push_str(&desired.root);
        for job in &desired.jobs {
            text.push_str(&job.body.to_string());
            text.push_str(&json!(job.grants).to_string());
        }
        for artifact in &desired.artifacts {
            text.push_str(&artifact.placed.path);
            text.push_str(&artifact.placed.sha256);
        }
        sha256_hex(text.as_bytes())
    }
}

impl JobPlan {
    fn keep(pipeline: &str) -> JobPlan {
        JobPlan {
            pipeline: pipeline.to_owned(),
            action: JobAction::Keep,
            job_id: None,
            because: None,
            renamed: Vec::new(),
            changes: Vec::new(),
            drift: Vec::new(),
            broke_off: false,
            files: Vec::new(),
            grants: None,
            steps: 0,
            nonce: None,
        }
    }

    /// Whether nothing happens to it.
    pub fn is_empty(&self) -> bool {
        self.action == JobAction::Keep && self.grants.is_none()
    }
}

/// Whether everything is as it was deployed last, according to the state. Does not look at the jobs.
pub fn is_unchanged(desired: &Desired, state: &DeploymentState) -> bool {
    let ids: BTreeMap<&str, i64> = state.jobs.iter().map(|(p, d)| (p.as_str(), d.job_id)).collect();
    let same_settings = |job: &DesiredJob| {
        let deployed = state.jobs.get(&job.pipeline);
        deployed.is_some_and(|d| diff(&d.sent, &filled(job, &ids, d.nonce.as_deref())).is_empty())
    };
    state.serial > 0
        && state.pending.is_none()
        && state.jobs.len() == desired.jobs.len()
        && !is_behind(desired, state, &[])
        && desired.jobs.iter().all(same_settings)
}

/// The settings with known job ids, and the nonce of the creation in the tag.
pub(super) fn filled(job: &DesiredJob, ids: &BTreeMap<&str, i64>, nonce: Option<&str>) -> Value {
    let mut body = job.body.clone();
    if let (Some(nonce), Some(slot)) = (nonce, body.pointer_mut(&format!("/tags/{TAG}"))) {
        *slot = created(&job.tag, nonce).into();
    }
    for place in &job.unresolved {
        if let Some(id) = place.job().and_then(|pipeline| ids.get(pipeline.as_str())) {
            place.fill(&mut body, &id.to_string());
        }
    }
    body
}

/// Makes a plan. With `only`, other pipelines are not changed.
pub fn plan(desired: &Desired, state: &DeploymentState, survey: &Observed, only: &[String]) -> Plan {
    let chosen = |pipeline: &str| only.is_empty() || only.iter().any(|o| o == pipeline);
    let mut known: BTreeMap<&str, i64> = BTreeMap::new();
    for (pipeline, found) in &survey.jobs {
        if let LiveState::Live(live, _) = found {
            known.insert(pipeline, live.id);
        }
    }
    let words = words(&state.artifacts, desired);
    let mut jobs: Vec<JobPlan> = Vec::new();
    for job in desired.jobs.iter().filter(|j| chosen(&j.pipeline)) {
        jobs.push(job_plan(
            job,
            state.jobs.get(&job.pipeline),
            survey.jobs.get(&job.pipeline),
            &known,
            &words,
            state.pending.as_ref().is_some_and(|p| p.jobs.contains_key(&job.pipeline)),
        ));
    }
    for (pipeline, deployed) in &state.jobs {
        if chosen(pipeline) && !desired.jobs.iter().any(|j| j.pipeline == *pipeline) {
            let gone = matches!(survey.jobs.get(pipeline), Some(LiveState::Gone(_)) | None);
            jobs.push(JobPlan {
                action: if gone { JobAction::Forget } else { JobAction::Delete },
                job_id: Some(deployed.job_id),
                because: Some("no longer in the source".to_owned()),
                ..JobPlan::keep(pipeline)
            });
        }
    }
    let needed: BTreeSet<&String> = desired.jobs.iter().filter(|j| chosen(&j.pipeline)).flat_map(|j| &j.uses).collect();
    let uploads: Vec<String> = desired
        .artifacts
        .iter()
        .filter(|a| needed.contains(&a.placed.path))
        .filter(|a| {
            // A different size means that somebody has overwritten the file.
            let there = survey.files.get(&a.placed.path);
            there.is_none_or(|size| a.placed.kind != "notebook" && size.is_some_and(|s| s != a.bytes.len() as u64))
        })
        .map(|a| a.placed.path.clone())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    Plan {
        serial: state.serial,
        only: only.to_vec(),
        jobs,
        artifacts: artifact_changes(&state.artifacts, desired),
        missing: uploads.iter().filter(|u| state.artifacts.iter().any(|a| a.path == **u)).cloned().collect(),
        uploads,
        twice: survey.twice.iter().filter(|(p, _)| chosen(p)).cloned().collect(),
        copies: survey.copies.iter().filter(|(p, _)| chosen(p)).cloned().collect(),
        unfinished: state.pending.is_some() || is_behind(desired, state, only),
    }
}

/// The first pipeline of the plan that runs one that is neither planned nor deployed: caller and callee.
pub fn not_deployed(desired: &Desired, plan: &Plan, survey: &Observed) -> Option<(String, String)> {
    let about = |pipeline: &str| plan.jobs.iter().any(|j| j.pipeline == pipeline);
    desired.jobs.iter().filter(|j| about(&j.pipeline)).find_map(|job| {
        let there = |p: &str| about(p) || matches!(survey.jobs.get(p), Some(LiveState::Live(..)));
        let missing = job.needs().find(|pipeline| !there(pipeline))?;
        Some((job.pipeline.clone(), missing.to_owned()))
    })
}

/// Whether something unrelated is deployed there: no pipeline and no file in common.
pub fn is_another_project(desired: &Desired, state: &DeploymentState) -> bool {
    let begun = |pipeline: &String| state.pending.as_ref().is_some_and(|p| p.jobs.contains_key(pipeline));
    let pipelines = desired.jobs.iter().any(|j| state.jobs.contains_key(&j.pipeline) || begun(&j.pipeline));
    let files = desired.artifacts.iter().any(|a| {
        state.artifacts.iter().any(|s| {
            // Files that every wheel has do not count.
            let own = |files: &BTreeMap<String, String>| -> BTreeSet<String> {
                files.iter().filter(|(path, _)| !path.contains(".dist-info/")).map(|(_, sha)| sha.clone()).collect()
            };
            s.sha256 == a.placed.sha256 || !own(&s.files).is_disjoint(&own(&a.placed.files))
        })
    });
    !state.jobs.is_empty() && !desired.jobs.is_empty() && !pipelines && !files
}

/// Whether the state lists other files or permissions than desired.
fn is_behind(desired: &Desired, state: &DeploymentState, only: &[String]) -> bool {
    if state.serial == 0 || !only.is_empty() {
        return false;
    }
    let wanted: BTreeSet<&str> = desired.artifacts.iter().map(|a| a.placed.path.as_str()).collect();
    let known: BTreeSet<&str> = state.artifacts.iter().map(|a| a.path.as_str()).collect();
    wanted != known || desired.jobs.iter().any(|j| state.jobs.get(&j.pipeline).is_some_and(|d| d.grants != j.grants))
}

/// Maps the paths of a file, old and new, to the same word.
fn words(before: &[Placed], desired: &Desired) -> BTreeMap<String, String> {
    before
        .iter()
        .chain(desired.artifacts.iter().map(|a| &a.placed))
        .map(|p| (p.path.clone(), format!("<{} {}>", p.kind, p.source)))
        .collect()
}

fn job_plan(
    job: &DesiredJob,
    deployed: Option<&Deployed>,
    found: Option<&LiveState>,
    known: &BTreeMap<&str, i64>,
    words: &BTreeMap<String, String>,
    unfinished: bool,
) -> JobPlan {
    let live_nonce = match found {
        Some(LiveState::Live(live, _)) => tag_of(&live.settings).and_then(|value| nonce_of(value, &job.tag)),
        _ => None,
    };
    // For a job that the state does not contain, the nonce of its tag.
    let nonce = deployed.map_or(live_nonce, |d| d.nonce.as_deref());
    let body = filled(job, known, nonce);
    let mut out = JobPlan { broke_off: unfinished, steps: job.steps(), ..JobPlan::keep(&job.pipeline) };
    let Some(LiveState::Live(live, grants)) = found else {
        out.action = JobAction::Create;
        out.grants = job.grants.clone().map(|now| (Vec::new(), now));
        if let Some(LiveState::Gone(id)) = found {
            out.because = Some(format!("job {id} no longer exists"));
        }
        return out;
    };
    out.job_id = Some(live.id);
    out.nonce = nonce.map(str::to_owned);
    let base = match deployed {
        Some(deployed) => &deployed.sent,
        None => {
            out.because = Some(format!("job {} has its tag, but is not in the state", live.id));
            &live.settings
        }
    };
    let mut was = without_paths(base, words);
    let now = without_paths(&body, words);
    out.renamed = renames(&was, &now);
    for (from, to) in &out.renamed {
        was = renamed(&was, from, to);
    }
    out.changes = diff(&was, &now);
    out.files = moved(base, &body, words);
    if let Some(deployed) = deployed {
        out.drift =
            drift(&deployed.sent, &live.settings).into_iter().filter(|d| !deployed.filled.contains(d)).collect();
    }
    if unfinished && !out.drift.is_empty() {
        // It is unknown whether that deployment or somebody else did this.
        out.because = Some("a previous deployment was interrupted; the differences may come from it".to_owned());
    }
    let same = out.changes.is_empty() && out.renamed.is_empty() && out.files.is_empty() && out.drift.is_empty();
    // A job that was found by its tag is replaced as a whole, because its history is unknown.
    if !same || deployed.is_none() {
        out.action = JobAction::Update;
    }
    out.grants = grant_change(job.grants.as_ref(), deployed.and_then(|d| d.grants.as_ref()), grants.as_ref());
    out
}

/// Files to which the job is newly pointed; their content is part of the path.
fn moved(base: &Value, body: &Value, words: &BTreeMap<String, String>) -> Vec<String> {
    let (before, after) = (texts(base), texts(body));
    let mut out: Vec<String> = after
        .difference(&before)
        .filter_map(|path| words.get(*path))
        .map(|word| word.trim_matches(['<', '>']).to_owned())
        .collect();
    out.sort();
    out.dedup();
    out
}

/// Deleted and added steps with the same content: they were renamed.
fn renames(was: &Value, now: &Value) -> Vec<(String, String)> {
    let tasks = |v: &Value| -> Vec<(String, Value)> {
        let list = v.get("tasks").and_then(Value::as_array).cloned().unwrap_or_default();
        list.into_iter().filter_map(|t| Some((t.get("task_key")?.as_str()?.to_owned(), t))).collect()
    };
    let (before, after) = (tasks(was), tasks(now));
    let has = |list: &[(String, Value)], key: &str| list.iter().any(|(k, _)| k == key);
    let gone: Vec<_> = before.iter().filter(|(k, _)| !has(&after, k)).collect();
    let mut new: Vec<_> = after.iter().filter(|(k, _)| !has(&before, k)).collect();
    let mut out: Vec<(String, String)> = Vec::new();
    // So many changes are a new pipeline, not renamed steps.
    if gone.len() > 50 || new.len() > 50 {
        return out;
    }
    let wrap = |task: &Value| json!({ "tasks": [task] });
    for (from, task) in gone {
        let best = new
            .iter()
            .enumerate()
            .map(|(i, (to, other))| (diff(&wrap(&renamed(task, from, to)), &wrap(other)).len(), i))
            .min();
        // One more field may have changed at the same time.
        if let Some((differences, i)) = best
            && differences <= 1
        {
            out.push((from.clone(), new.remove(i).0.clone()));
        }
    }
    out
}

/// The change of permissions, if any.
fn grant_change(
    wanted: Option<&Vec<Principal>>,
    deployed: Option<&Vec<Principal>>,
    live: Option<&Vec<Principal>>,
) -> Option<(Vec<Principal>, Vec<Principal>)> {
    let live = live.cloned().unwrap_or_default();
    let wanted = match (wanted, deployed) {
        (Some(wanted), _) => wanted.clone(),
        // Permissions that were removed from the source are revoked.
        (None, Some(_)) => Vec::new(),
        (None, None) => return None,
    };
    // The owner stays unless the source sets one, and has all permissions.
    let names_owner = wanted.iter().any(Principal::is_owner);
    let owner = live.iter().find(|p| p.is_owner()).filter(|_| !names_owner);
    // The service returns user names in lower case.
    let plain = |p: &Principal| Principal { name: p.name.to_lowercase(), ..p.clone() };
    let owner = owner.map(plain);
    let of_us = |list: &[Principal]| -> BTreeSet<Principal> {
        let list = list.iter().map(plain);
        list.filter(|p| owner.as_ref().is_none_or(|o| (p.kind, &p.name) != (o.kind, &o.name))).collect()
    };
    (of_us(&live) != of_us(&wanted)).then_some((live, wanted))
}

fn artifact_changes(before: &[Placed], desired: &Desired) -> Vec<ArtifactChange> {
    let mut out: Vec<ArtifactChange> = Vec::new();
    let short = |p: &Placed| p.version.clone().unwrap_or_else(|| p.sha256.chars().take(12).collect());
    for artifact in &desired.artifacts {
        let now = &artifact.placed;
        let was = before.iter().find(|p| p.kind == now.kind && p.source == now.source);
        if was.is_some_and(|w| w.sha256 == now.sha256)
            || out.iter().any(|c| c.kind == now.kind && c.source == now.source)
        {
            continue;
        }
        let mut files = Vec::new();
        if let Some(was) = was {
            let is_told = |path: &str| !path.contains(".dist-info/");
            for (path, digest) in now.files.iter().filter(|(p, _)| is_told(p)) {
                match was.files.get(path) {
                    None => files.push(('+', path.clone())),
                    Some(old) if old != digest => files.push(('~', path.clone())),
                    Some(_) => {}
                }
            }
            files.extend(
                was.files.keys().filter(|p| is_told(p) && !now.files.contains_key(*p)).map(|p| ('-', p.clone())),
            );
        }
        out.push(ArtifactChange {
            kind: now.kind.clone(),
            source: now.source.clone(),
            was: was.map(short),
            now: Some(short(now)),
            files,
        });
    }
    for was in before {
        let kept = desired.artifacts.iter().any(|a| a.placed.kind == was.kind && a.placed.source == was.source);
        if !kept {
            out.push(ArtifactChange {
                kind: was.kind.clone(),
                source: was.source.clone(),
                was: Some(short(was)),
                now: None,
                files: Vec::new(),
            });
        }
    }
    out
}
