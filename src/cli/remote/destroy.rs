//! `pipec destroy`.

use std::time::Duration;

use super::super::args::{Destroy, SharedArgs};
use super::super::check::without_errors;
use super::super::terminal::{say, say_text};
use super::super::{Ended, Failure, Outcome, failed, usage};
use super::progress::Progress;
use super::project::{each, head, owner, same_project};
use super::say::ask;
use super::stop::stop;
use crate::deploy::{DeployError, DeployEvent, DestroyPlan, Journal, destroy as take_away, doomed};
use crate::session::Backends;
use crate::workspace::Client;

/// Deletes what was deployed.
pub fn destroy(args: &Destroy, shared: &SharedArgs) -> Ended {
    let session = without_errors(&args.paths, shared, false)?;
    each(&session, &args.login, shared, Backends::Without, &mut |connection, _, wanted| {
        let client = &connection.client;
        let patience = Duration::from_secs(args.lock_timeout);
        let view = Progress::new(shared);
        let mut journal = Journal::open(client, &wanted.root, &wanted.project, &wanted.target)?;
        journal.wait(patience, &|lease| view.show(&DeployEvent::Waiting(lease)))?;
        same_project(wanted, &journal)?;
        let plan = doomed(client, &journal, wanted)?;
        if journal.head().serial == 0 && plan.jobs.is_empty() {
            say!("{}nothing is deployed", head(connection, wanted));
            return Ok(());
        }
        say_text(&head(connection, wanted));
        for (pipeline, id) in &plan.jobs {
            let running = plan.running.iter().find(|(p, _)| p == pipeline).map(|(_, n)| *n);
            let running = running.map(|n| format!(", {n} running now")).unwrap_or_default();
            say!("  - delete  {pipeline}   {}/jobs/{id}{running}", client.host());
        }
        say!(
            "  - delete  {} file{} below {}",
            plan.files.len(),
            if plan.files.len() == 1 { "" } else { "s" },
            wanted.root
        );
        if !plan.running.is_empty() && !args.cancel_runs {
            let failure = failed("active runs block `destroy`");
            return Err(failure.help("wait for them, or pass `--cancel-runs`"));
        }
        if !args.yes {
            match ask("delete all of this?") {
                Some(true) => {}
                Some(false) => {
                    say!("nothing was changed");
                    return Err(Failure::Said(Outcome::Interrupted));
                }
                None if stop().load(std::sync::atomic::Ordering::Relaxed) => {
                    return Err(Failure::Said(Outcome::Interrupted));
                }
                None => return Err(usage("pass `--yes` to confirm without a terminal")),
            }
        }
        cancel(client, &plan)?;
        let tell_event = |event: &DeployEvent<'_>| view.show(event);
        take_away(client, &mut journal, &plan, wanted, &owner(connection), patience, &tell_event)?;
        Ok(())
    })?;
    Ok(Outcome::Done)
}

/// Cancels active runs, and waits until they have ended.
fn cancel(client: &Client, plan: &DestroyPlan) -> Result<(), DeployError> {
    let jobs = plan.jobs.iter().filter(|(p, _)| plan.running.iter().any(|(r, _)| r == p));
    for (pipeline, id) in jobs {
        for run in client.runs_of(*id, 25, true)? {
            client.cancel(run.id)?;
        }
        for attempt in 0.. {
            if client.runs_of(*id, 25, true)?.is_empty() {
                break;
            }
            if attempt == 60 {
                return Err(DeployError::Unfit {
                    message: format!("a run of `{pipeline}` is still active"),
                    help: "try again when it is finished".to_owned(),
                });
            }
            client.sleep(Duration::from_secs(1))?;
        }
    }
    Ok(())
}
