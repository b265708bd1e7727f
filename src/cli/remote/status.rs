//! `pipec status`.

use jiff::{Timestamp, Zoned};
use serde_json::{Value, json};

use super::super::args::{OutputFormat, SharedArgs, StatusArgs};
use super::super::check::without_errors;
use super::super::{Ended, Outcome};
use super::project::{each, head};
use super::say::time;
use crate::deploy::{DeploymentState, Journal};
use crate::session::Backends;
use crate::time::Cron;
use crate::workspace::RunView;

/// Shows what is deployed.
pub fn status(args: &StatusArgs, shared: &SharedArgs) -> Ended {
    let session = without_errors(&args.paths, shared, false)?;
    let mut all: Vec<Value> = Vec::new();
    let mut text = String::new();
    each(&session, &args.login, shared, Backends::Without, &mut |connection, _, wanted| {
        let client = &connection.client;
        let journal = Journal::open(client, &wanted.root, &wanted.project, &wanted.target)?;
        let state = journal.head();
        text.push_str(&head(connection, wanted));
        if state.serial == 0 {
            text.push_str("  nothing is deployed\n");
        } else {
            text.push_str(&format!("  deployed by {} at {}\n", state.by, time(state.at)));
        }
        if let Some(lease) = state.lease.as_ref().filter(|l| l.holds(client.now())) {
            text.push_str(&format!("  {} is deploying ({})\n", lease.owner, lease.what));
        } else if let Some(pending) = &state.pending {
            text.push_str(&format!("  a {} was interrupted; continue with `pipec deploy`\n", pending.what));
        }
        let mut pipelines: Vec<Value> = Vec::new();
        for (pipeline, deployed) in &state.jobs {
            let runs = client.runs_of(deployed.job_id, usize::from(args.runs), false)?;
            let (when, next) = next(&deployed.sent);
            text.push_str(&format!("  {pipeline}   {}/jobs/{}\n", client.host(), deployed.job_id));
            let there = client.has_job(deployed.job_id)?;
            if there {
                text.push_str(&format!("      next   {when}\n"));
            } else {
                text.push_str("      deleted in the workspace; create it again with `pipec deploy --refresh`\n");
            }
            for run in &runs {
                text.push_str(&format!("      {}\n", line(run)));
            }
            if runs.is_empty() && there {
                text.push_str("      never ran\n");
            }
            pipelines.push(json!({
                "pipeline": pipeline,
                "job_id": deployed.job_id,
                "url": format!("{}/jobs/{}", client.host(), deployed.job_id),
                "gone": !there,
                "next": next.map(|t| t.timestamp().to_string()),
                "when": when,
                "runs": runs.iter().map(|r| json!({
                    "run_id": r.id, "state": r.state, "result": r.result, "started": r.started, "ended": r.ended,
                    "trigger": r.trigger, "url": r.url,
                })).collect::<Vec<_>>(),
            }));
        }
        all.push(described(connection.client.host(), state, wanted, pipelines));
        Ok(())
    })?;
    match args.format {
        OutputFormat::Text => super::super::terminal::print(&text),
        OutputFormat::Json => super::super::terminal::print_json(&json!({ "version": 1, "projects": all })),
    }
    Ok(Outcome::Done)
}

fn described(host: &str, state: &DeploymentState, wanted: &crate::deploy::Desired, pipelines: Vec<Value>) -> Value {
    json!({
        "project": wanted.project,
        "target": wanted.target,
        "host": host,
        "root_path": wanted.root,
        "serial": state.serial,
        "deployed_by": (state.serial > 0).then_some(&state.by),
        "deployed_at": (state.serial > 0).then_some(state.at),
        "unfinished": state.pending.as_ref().map(|p| p.what.as_str()),
        "pipelines": pipelines,
    })
}

fn line(run: &RunView) -> String {
    let result = run.result.as_deref().unwrap_or(&run.state).to_lowercase();
    let took = match (run.started, run.ended) {
        (s, e) if s > 0 && e > s => format!("{:.0} s", (e - s) as f64 / 1000.0),
        _ => String::new(),
    };
    let line = format!("{:<10} {}  {took:>8}  {}", result, time(run.started), run.url.as_deref().unwrap_or_default());
    line.trim_end().to_owned()
}

/// When a job runs next, as text and as a time.
fn next(settings: &Value) -> (String, Option<Zoned>) {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let paused = |value: &Value| text(value, "pause_status") == "PAUSED";
    if let Some(schedule) = settings.get("schedule") {
        let (cron, zone) = (text(schedule, "quartz_cron_expression"), text(schedule, "timezone_id"));
        let now = Timestamp::now().in_tz(&zone).ok();
        let next = Cron::parse(&cron).ok().zip(now).and_then(|(c, now)| c.next_after(&now, 1).into_iter().next());
        return match next {
            _ if paused(schedule) => (format!("paused: {cron} in {zone}"), None),
            Some(at) => (at.strftime("%a %Y-%m-%d %H:%M:%S %Z").to_string(), Some(at)),
            None => (format!("never again: {cron} in {zone}"), None),
        };
    }
    for (key, word) in [("trigger", "when its trigger fires"), ("continuous", "continuously")] {
        if let Some(value) = settings.get(key) {
            return (if paused(value) { "paused".to_owned() } else { word.to_owned() }, None);
        }
    }
    match settings.get("triggers").and_then(Value::as_array) {
        Some(list) if !list.is_empty() && list.iter().all(paused) => ("paused".to_owned(), None),
        Some(list) if !list.is_empty() => ("when a trigger fires".to_owned(), None),
        _ => ("when started manually".to_owned(), None),
    }
}
