//! Finds what makes a job slow or expensive.

use std::collections::HashMap;

use serde_json::Value;

use super::cost::Cost;
use super::tasks::Tasks;
use super::{rounded, rounded_up, shortest_gap};
use crate::package::is_pinned;
use crate::payload::Payload;

/// A suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// Its steps; empty for the whole job.
    pub steps: Vec<String>,
    /// The observation.
    pub text: String,
    /// What to do.
    pub help: String,
}

/// The share of idle time above which a cluster is reported.
const IDLE: f64 = 0.25;

/// Collects all suggestions. `production` requires exact versions of requirements.
pub fn notes(job: Payload<'_>, tasks: &Tasks<'_>, cost: &Cost, production: bool) -> Vec<Suggestion> {
    let mut out = Vec::new();
    limits(tasks, &mut out);
    cold_starts(tasks, cost, &mut out);
    idle(tasks, cost, &mut out);
    overlap(job, tasks, &mut out);
    if production {
        unpinned(job, tasks, &mut out);
    }
    out
}

fn named(all: &[String]) -> String {
    match all.split_at_checked(8) {
        Some((first, rest)) if !rest.is_empty() => format!("{} and {} more", first.join(", "), rest.len()),
        _ => all.join(", "),
    }
}

/// Steps without a limit.
fn limits(tasks: &Tasks<'_>, out: &mut Vec<Suggestion>) {
    let without = |t: &&super::TimedTask<'_>| !t.work.is_condition() && t.work.timeout().is_none();
    let steps: Vec<String> = tasks.list.iter().filter(without).map(|t| t.key.to_owned()).collect();
    if !steps.is_empty() && tasks.limit.is_none() {
        out.push(Suggestion {
            text: format!("these steps have no timeout, and would not end if they hang: {}", named(&steps)),
            help: "set `timeout_seconds` on a step, in `defaults`, or on the pipeline for the whole run".to_owned(),
            steps,
        });
    }
    let endless: Vec<String> = tasks.list.iter().filter(|t| t.attempts.is_none()).map(|t| t.key.to_owned()).collect();
    if !endless.is_empty() {
        out.push(Suggestion {
            text: format!("these steps are retried without limit: {}", named(&endless)),
            help: "set `max_retries` to a number".to_owned(),
            steps: endless,
        });
    }
}

/// The compute of each step, as an index into the costs.
fn places(cost: &Cost) -> HashMap<&str, usize> {
    cost.computes.iter().enumerate().flat_map(|(i, c)| c.steps.iter().map(move |s| (s.as_str(), i))).collect()
}

/// Clusters on the critical path that start one after the other.
fn cold_starts(tasks: &Tasks<'_>, cost: &Cost, out: &mut Vec<Suggestion>) {
    let place = places(cost);
    let behind = |key: &str| tasks.list.iter().find(|t| t.key == key).is_some_and(|t| !t.after.is_empty());
    let mut met: Vec<(usize, &str)> = Vec::new();
    for key in tasks.critical() {
        let Some(at) = place.get(key).copied() else { continue };
        // A cluster that an early step has started is already running.
        let cold = cost.computes.get(at).is_some_and(|c| c.steps.iter().all(|s| behind(s)));
        if !met.iter().any(|(m, _)| *m == at)
            && (cold || met.is_empty())
            && cost.computes.get(at).is_some_and(|c| c.is_cluster)
        {
            met.push((at, key));
        }
    }
    if met.len() < 2 {
        return;
    }
    let names: Vec<String> =
        met.iter().filter_map(|(at, key)| Some(format!("{} (by `{key}`)", cost.computes.get(*at)?.name))).collect();
    out.push(Suggestion {
        steps: met.iter().map(|(_, key)| (*key).to_owned()).collect(),
        text: format!(
            "{} clusters start one after the other, and the run waits for each: {}",
            met.len(),
            names.join(", then ")
        ),
        help: "share a cluster between steps, use a pool with idle machines (`instance_pool_id`), or use serverless compute"
            .to_owned(),
    });
}

/// Clusters that are idle while steps run elsewhere.
fn idle(tasks: &Tasks<'_>, cost: &Cost, out: &mut Vec<Suggestion>) {
    for compute in &cost.computes {
        let Some(whole) = compute.hours.filter(|h| *h > 0.0 && compute.steps.len() > 1) else { continue };
        let mut busy: Vec<(f64, f64)> = tasks
            .list
            .iter()
            .filter(|t| compute.steps.iter().any(|s| s == t.key))
            .filter_map(|t| Some((t.starts, t.ends?)))
            .collect();
        busy.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut until, mut gaps) = (f64::MAX, 0.0);
        for (start, end) in busy {
            if until < start {
                gaps += start - until;
            }
            until = if until == f64::MAX { end } else { until.max(end) };
        }
        if gaps / whole > IDLE {
            out.push(Suggestion {
                steps: compute.steps.clone(),
                text: format!(
                    "{} runs for up to {} h, and is idle for {} h of them",
                    compute.name,
                    rounded_up(whole),
                    rounded(gaps)
                ),
                help: "use separate clusters before and after the gap, at the cost of another start".to_owned(),
            });
        }
    }
}

/// Runs that may overlap with the next one.
fn overlap(job: Payload<'_>, tasks: &Tasks<'_>, out: &mut Vec<Suggestion>) {
    let Some((between, longest)) = shortest_gap(job).zip(tasks.longest()) else { return };
    let at_once = job.concurrent_runs();
    if longest > between * at_once as f64 && !job.is_queued() {
        out.push(Suggestion {
            steps: Vec::new(),
            text: format!(
                "a run can take {} h, but the next one can start after {} h: with at most {at_once} concurrent, it is skipped",
                rounded_up(longest),
                rounded(between)
            ),
            help: "reduce timeouts, schedule fewer runs, increase `max_concurrent_runs`, or set `queue { enabled = true }`"
                .to_owned(),
        });
    }
}

/// Requirements without an exact version.
fn unpinned(job: Payload<'_>, tasks: &Tasks<'_>, out: &mut Vec<Suggestion>) {
    let mut found: Vec<String> = Vec::new();
    let mut add = |line: &str| {
        if is_pinned(line) == Some(false) && !found.iter().any(|f| f == line) {
            found.push(line.to_owned());
        }
    };
    job.requirements().for_each(|(_, line)| add(line));
    for library in tasks.list.iter().flat_map(|t| t.work.libraries()) {
        library.pointer("/pypi/package").and_then(Value::as_str).into_iter().for_each(&mut add);
    }
    if !found.is_empty() {
        out.push(Suggestion {
            steps: Vec::new(),
            text: format!("production installs the newest version of: {}", named(&found)),
            help: "pin exact versions (`==`)".to_owned(),
        });
    }
}
