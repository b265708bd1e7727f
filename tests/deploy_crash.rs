//! Interrupts a first deployment, an update and a destruction at every request: killed, interrupted, refused,
//! disconnected. The following `deploy` must repair everything.

use crate::support::workspace;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::stand::{Project, Ran, root, run, spawn};
use crate::support::workspace::{Fault, Job, Node, Trouble, When, Workspace};
use libtest_mimic::{Failed, Trial};
use serde_json::Value;

/// The content of a workspace, to start another one with.
#[derive(Clone, Default)]
struct World {
    nodes: BTreeMap<String, Node>,
    jobs: BTreeMap<i64, Job>,
}

impl World {
    fn of(workspace: &Workspace) -> World {
        let inner = workspace.inner();
        World { nodes: inner.nodes.clone(), jobs: inner.jobs.clone() }
    }

    fn start(&self) -> Workspace {
        let workspace = Workspace::start();
        if !self.nodes.is_empty() {
            let mut inner = workspace.inner();
            inner.nodes = self.nodes.clone();
            inner.jobs = self.jobs.clone();
            inner.next = 1000;
        }
        workspace
    }
}

struct Operation {
    name: &'static str,
    args: &'static [&'static str],
    project: Project,
    before: World,
    requests: usize,
}

const TROUBLES: &[(When, Trouble)] = &[
    (When::Before, Trouble::Kill),
    (When::After, Trouble::Kill),
    (When::Before, Trouble::Cut),
    (When::After, Trouble::Cut),
    (When::Before, Trouble::Status(429, None)),
    (When::Before, Trouble::Status(429, Some(0))),
    (When::Before, Trouble::Status(503, Some(0))),
    (When::Before, Trouble::Status(500, None)),
    (When::After, Trouble::Status(500, None)),
    (When::After, Trouble::Status(504, None)),
    (When::Before, Trouble::Status(403, None)),
    (When::Before, Trouble::Garbage),
    (When::After, Trouble::Garbage),
    (When::Before, Trouble::Interrupt),
    (When::Before, Trouble::Expire),
];

pub fn trials() -> Vec<Trial> {
    vec![Trial::test("deploy_crash::crash_matrix", crash_matrix)]
}

fn crash_matrix() -> Result<(), Failed> {
    let first = Project::shop();
    let fresh = Workspace::start();
    run(&fresh, first.path(), &["deploy"]).ok();
    let first_requests = fresh.take_log().len();
    let deployed = World::of(&fresh);
    let second = Project::shop().second();
    run(&fresh, second.path(), &["deploy", "--yes"]).ok();
    let update_requests = fresh.take_log().len();
    let reference = settings(&fresh);
    let gone = deployed.start();
    run(&gone, second.path(), &["destroy", "--yes"]).ok();
    let destroy_requests = gone.take_log().len();
    let operations = [
        Operation {
            name: "first deploy",
            args: &["deploy"],
            project: first,
            before: World::default(),
            requests: first_requests,
        },
        Operation {
            name: "update",
            args: &["deploy", "--yes"],
            project: Project::shop().second(),
            before: deployed.clone(),
            requests: update_requests,
        },
        Operation {
            name: "destroy",
            args: &["destroy", "--yes"],
            project: Project::shop(),
            before: deployed,
            requests: destroy_requests,
        },
    ];
    let mut cases = Vec::new();
    for operation in &operations {
        // One more than there were, because an interruption may add requests.
        for at in 0..=operation.requests {
            cases.extend(
                TROUBLES.iter().map(|(when, trouble)| (operation, Fault { at, when: *when, trouble: *trouble })),
            );
        }
    }
    let failed: Mutex<Vec<String>> = Mutex::default();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                while let Some((operation, fault)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(why) = case(operation, *fault, second.path(), &reference) {
                        failed.lock().unwrap().push(format!("{}, {fault:?}: {why}", operation.name));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    println!(
        "crash matrix: {} cases ({}), {} failed",
        cases.len(),
        operations.iter().map(|o| format!("{}: {} requests", o.name, o.requests)).collect::<Vec<_>>().join(", "),
        failed.len()
    );
    match failed.is_empty() {
        true => Ok(()),
        false => Err(failed.iter().take(10).cloned().collect::<Vec<_>>().join("\n\n").into()),
    }
}

fn case(
    operation: &Operation,
    fault: Fault,
    then: &std::path::Path,
    reference: &BTreeMap<String, Value>,
) -> Result<(), String> {
    let workspace = operation.before.start();
    workspace.trouble(&[fault]);
    let child = spawn(&workspace, operation.project.path(), operation.args);
    let hurt = Ran::of(child.wait_with_output().unwrap());
    if hurt.err.contains("bug in pipec") {
        return Err(format!("it panicked: {}", hurt.err));
    }
    workspace.trouble(&[]);
    workspace.inner().pid = None;
    // A killed process leaves a lock that expires.
    workspace.later(120);
    let mended = run(&workspace, then, &["deploy", "--yes"]);
    if mended.code != Some(0) {
        return Err(format!("the next deploy fails:\n{}\nafter:\n{}", mended.err, hurt.err));
    }
    let is = |what: &str, ok: bool| {
        if ok { Ok(()) } else { Err(format!("{what}\nafter:\n{}\nthen:\n{}", hurt.err, mended.err)) }
    };
    let twice: Vec<_> = workspace.jobs_by_tag().into_iter().filter(|(_, ids)| ids.len() != 1).collect();
    is(&format!("not one job for each pipeline: {twice:?}"), twice.is_empty())?;
    let now = settings(&workspace);
    is(&format!("other settings:\n{now:#?}"), now == *reference)?;
    is(&format!("{:?}", workspace.inner().wrong), workspace.inner().wrong.is_empty())?;
    let state = head(&workspace);
    is(&format!("an open state: {state:#}"), state["pending"].is_null() && state["lease"].is_null())?;
    {
        let inner = workspace.inner();
        let jobs = state["jobs"].as_object().unwrap();
        is(
            "the state names other jobs",
            jobs.len() == inner.jobs.len()
                && jobs.values().all(|j| inner.jobs.contains_key(&j["job_id"].as_i64().unwrap())),
        )?;
        let missing: Vec<&Value> = state["artifacts"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|a| !inner.nodes.contains_key(a["path"].as_str().unwrap()))
            .collect();
        is(&format!("files are missing: {missing:?}"), missing.is_empty())?;
    }
    workspace.take_log();
    run(&workspace, then, &["deploy", "--refresh"]).ok();
    let writes: Vec<_> = workspace.take_log().into_iter().filter(workspace::Logged::is_write).map(|l| l.path).collect();
    is(&format!("and once more it writes {writes:?}"), writes.is_empty())
}

/// The settings and permissions of all jobs by name, with names instead of job ids.
fn settings(workspace: &Workspace) -> BTreeMap<String, Value> {
    let inner = workspace.inner();
    let name = |id: i64| inner.jobs.get(&id).map_or("gone", |j| j.settings["name"].as_str().unwrap()).to_owned();
    inner
        .jobs
        .values()
        .map(|job| {
            let mut settings = job.settings.clone();
            let tag = settings["tags"]["pipec"].as_str().map(|t| workspace::without_nonce(t).to_owned());
            settings["tags"]["pipec"] = tag.into();
            for task in settings["tasks"].as_array_mut().unwrap() {
                if let Some(id) = task.pointer_mut("/run_job_task/job_id") {
                    *id = name(id.as_i64().unwrap()).into();
                }
            }
            let mut grants = job.grants.clone();
            grants.sort_by_key(Value::to_string);
            settings["grants"] = grants.into();
            (settings["name"].as_str().unwrap().to_owned(), settings)
        })
        .collect()
}

/// The current state.
fn head(workspace: &Workspace) -> Value {
    let inner = workspace.inner();
    let prefix = format!("{}/state/", root());
    let last = inner.nodes.iter().rfind(|(p, _)| p.starts_with(&prefix)).map(|(_, n)| n.clone());
    match last {
        Some(Node::File(bytes)) => serde_json::from_slice(&bytes).unwrap(),
        other => panic!("no state: {other:?}"),
    }
}
