//! The maximum duration of each task, and when it starts and ends if every task takes its maximum.

use std::collections::HashMap;
use std::time::Duration;

use petgraph::algo::toposort;
use petgraph::graph::DiGraph;

use crate::payload::{Payload, PayloadTask};

/// Assumptions for what a job does not define.
#[derive(Clone, Copy, Debug, Default)]
pub struct Assume {
    /// Hours of an attempt without a timeout.
    pub hours: Option<f64>,
    /// Items of a loop over a run-time list.
    pub items: Option<u64>,
}

/// A task.
#[derive(Clone, Debug)]
pub struct TimedTask<'j> {
    /// Its key.
    pub key: &'j str,
    /// What does the work: for a loop, the task inside.
    pub work: PayloadTask<'j>,
    /// Maximum hours, including retries; `None` if unlimited.
    pub longest: Option<f64>,
    /// Hours of all items together; without a loop, like `longest`.
    pub together: Option<f64>,
    /// The number of concurrent items.
    pub parallel: u64,
    /// Why it has no limit.
    pub unbounded: Option<&'static str>,
    /// The maximum number of attempts; `None` if unlimited.
    pub attempts: Option<u64>,
    /// Indices of the tasks that it depends on.
    pub after: Vec<usize>,
    /// Hours from the start of the run to its own start, if every task takes its maximum; unlimited tasks count as
    /// zero.
    pub starts: f64,
    /// The same for its end; `None` if unlimited.
    pub ends: Option<f64>,
}

/// The tasks of a job, in topological order.
#[derive(Clone, Debug)]
pub struct Tasks<'j> {
    /// All of them.
    pub list: Vec<TimedTask<'j>>,
    /// The maximum hours of the job, if set.
    pub limit: Option<f64>,
}

fn hours(duration: Duration) -> f64 {
    duration.as_secs_f64() / 3600.0
}

/// The lower of two limits; `None` is unlimited.
fn at_most(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    a.zip(b).map(|(a, b)| a.min(b)).or(a).or(b)
}

impl<'j> Tasks<'j> {
    /// Reads a payload.
    pub fn of(job: Payload<'j>, assume: &Assume) -> Tasks<'j> {
        let place: HashMap<&str, usize> = job.tasks().enumerate().map(|(i, t)| (t.key(), i)).collect();
        let mut list: Vec<TimedTask<'j>> = job
            .tasks()
            .map(|task| {
                let LongestTime { longest, together, parallel, attempts, unbounded } = longest(task, assume);
                TimedTask {
                    key: task.key(),
                    work: task.worker(),
                    longest,
                    together,
                    parallel,
                    unbounded,
                    attempts,
                    after: task.depends_on().filter_map(|d| place.get(d.task).copied()).collect(),
                    starts: 0.0,
                    ends: None,
                }
            })
            .collect();
        let limit = job.timeout().map(hours);
        for at in in_order(&list) {
            let Some(task) = list.get(at) else { continue };
            let mut starts = Some(0.0f64);
            for before in &task.after {
                let ends = list.get(*before).and_then(|t| t.ends);
                starts = starts.zip(ends).map(|(a, b)| a.max(b));
            }
            let known: f64 =
                task.after.iter().filter_map(|b| list.get(*b)).map(|t| t.ends.unwrap_or(t.starts)).fold(0.0, f64::max);
            let ends = starts.zip(task.longest).map(|(s, l)| s + l);
            let capped = at_most(ends, limit);
            if let Some(task) = list.get_mut(at) {
                task.starts = starts.unwrap_or(known);
                task.ends = capped;
            }
        }
        Tasks { list, limit }
    }

    /// Maximum hours from the start of the first of some tasks to the end of the last, whatever the timing. Common
    /// dependencies of all of them are over by then and do not count.
    pub fn span(&self, members: &[usize]) -> Option<f64> {
        let mut shared: Option<Vec<bool>> = None;
        for member in members {
            let above = self.above(*member);
            shared = Some(match shared {
                None => above,
                Some(before) => before.iter().zip(&above).map(|(a, b)| *a && *b).collect(),
            });
        }
        let shared = shared.unwrap_or_default();
        let mut ends: Vec<Option<f64>> = vec![None; self.list.len()];
        for at in in_order(&self.list) {
            let Some(task) = self.list.get(at) else { continue };
            let own = if shared.get(at) == Some(&true) { Some(0.0) } else { task.longest };
            let start = task.after.iter().try_fold(0.0f64, |most, b| Some(most.max(ends.get(*b).copied().flatten()?)));
            if let Some(slot) = ends.get_mut(at) {
                *slot = start.zip(own).map(|(s, o)| s + o);
            }
        }
        let last = members.iter().try_fold(0.0f64, |most, m| Some(most.max(ends.get(*m).copied().flatten()?)));
        at_most(last, self.limit)
    }

    /// For each task, whether the task at `of` depends on it, directly or indirectly.
    fn above(&self, of: usize) -> Vec<bool> {
        let mut out = vec![false; self.list.len()];
        let mut stack = vec![of];
        while let Some(at) = stack.pop() {
            for before in self.list.get(at).map(|t| t.after.as_slice()).unwrap_or_default() {
                if let Some(slot) = out.get_mut(*before)
                    && !*slot
                {
                    *slot = true;
                    stack.push(*before);
                }
            }
        }
        out
    }

    /// Hours of all items of a task, limited by the timeout of the job.
    pub fn together(&self, task: &TimedTask<'_>) -> Option<f64> {
        at_most(task.together, self.limit.map(|l| l * task.parallel as f64))
    }

    /// Hours of the run if every task takes its maximum; `None` if unlimited.
    pub fn longest(&self) -> Option<f64> {
        self.list.iter().try_fold(0.0f64, |most, t| Some(most.max(t.ends?)))
    }

    /// The chain of tasks that determines the maximum duration; without a limit, the chain with the most tasks, as
    /// `graph` shows. Of several, the first.
    pub fn critical(&self) -> Vec<&str> {
        let mut depths = vec![0usize; self.list.len()];
        for at in in_order(&self.list) {
            let before = self.list.get(at).map(|t| t.after.as_slice()).unwrap_or_default();
            let depth = before.iter().filter_map(|b| depths.get(*b)).max().map_or(0, |most| most + 1);
            if let Some(slot) = depths.get_mut(at) {
                *slot = depth;
            }
        }
        let is_limited = self.longest().is_some();
        let weight = |at: usize| match self.list.get(at).and_then(|t| t.ends).filter(|_| is_limited) {
            Some(ends) => ends,
            None => depths.get(at).map_or(0.0, |depth| *depth as f64),
        };
        let last = |tasks: &mut dyn Iterator<Item = usize>| {
            tasks.reduce(|a, b| if weight(b) > weight(a) || weight(b) == weight(a) && b < a { b } else { a })
        };
        let mut path = Vec::new();
        let mut at = last(&mut (0..self.list.len()));
        while let Some(task) = at.and_then(|at| self.list.get(at)) {
            path.push(task.key);
            at = last(&mut task.after.iter().copied());
        }
        path.reverse();
        path
    }
}

/// The maximum duration of a task.
#[derive(Default)]
struct LongestTime {
    longest: Option<f64>,
    together: Option<f64>,
    parallel: u64,
    attempts: Option<u64>,
    unbounded: Option<&'static str>,
}

fn longest(task: PayloadTask<'_>, assume: &Assume) -> LongestTime {
    let attempts = task.retries().map(|n| n + 1);
    let pause = hours(task.retry_pause());
    let tries = |one: Option<f64>| one.zip(attempts).map(|(h, n)| h * n as f64 + pause * (n - 1) as f64);
    if let Some(each) = task.loop_() {
        let inner = each.task.map_or_else(LongestTime::default, |inner| longest(inner, assume));
        let items = each.items().or(assume.items);
        let parallel = each.concurrency;
        let rounds = items.map(|n| n.div_ceil(parallel) as f64);
        let all = inner.longest.zip(rounds).map(|(hours, rounds)| hours * rounds);
        let together = inner.longest.zip(items).map(|(hours, n)| hours * n as f64);
        let limit = task.timeout().map(hours);
        let parallel = items.map_or(parallel, |n| n.min(parallel).max(1));
        let longest = tries(at_most(all, limit));
        let unbounded = match (longest, inner.unbounded) {
            (Some(_), _) => None,
            (None, Some(why)) => Some(why),
            (None, None) => Some("a loop on it has a run-time list (`--assume-items`)"),
        };
        let together = tries(at_most(together, limit.map(|l| l * parallel as f64)));
        return LongestTime { longest, together, parallel, attempts: attempts.and(inner.attempts), unbounded };
    }
    if task.is_condition() {
        let nothing = Some(0.0);
        return LongestTime { longest: nothing, together: nothing, parallel: 1, attempts: Some(1), unbounded: None };
    }
    let one = task.timeout().map(hours).or(assume.hours);
    let unbounded = match (one, attempts) {
        (None, _) => Some("a step on it has no timeout"),
        (_, None) => Some("a step on it is retried without limit"),
        _ => None,
    };
    LongestTime { longest: tries(one), together: tries(one), parallel: 1, attempts, unbounded }
}

/// The indices of tasks in topological order; empty for a cycle, which a checked job does not have.
fn in_order(list: &[TimedTask<'_>]) -> Vec<usize> {
    let edges = list.iter().enumerate().flat_map(|(at, t)| t.after.iter().map(move |b| (*b as u32, at as u32)));
    let mut order = DiGraph::<(), ()>::from_edges(edges);
    while order.node_count() < list.len() {
        order.add_node(());
    }
    toposort(&order, None).unwrap_or_default().into_iter().map(|n| n.index()).collect()
}
