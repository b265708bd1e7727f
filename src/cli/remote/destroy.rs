//! `pipec destroy`.

use std::time::Duration;

use super::super::args::{Destroy, Shared};
use super::super::{Outcome, usage};
use super::plan::head;
use super::{ask, checked, each, owner, tell};
use crate::deploy::{Journal, destroy as take_away, doomed};

/// Takes away what was deployed.
pub fn destroy(args: &Destroy, shared: &Shared) -> Outcome {
    let (loaded, found) = match checked(&args.paths, shared) {
        Ok(found) => found,
        Err(outcome) => return outcome,
    };
    each(&loaded, &found, &args.login, shared, &mut |connection, _, wanted| {
        let client = &connection.client;
        let patience = Duration::from_secs(args.lock_timeout);
        let waiting = |lease: &crate::deploy::Lease| {
            if !shared.quiet {
                eprintln!("waiting for {}, who is at work here ({})", lease.owner, lease.what);
            }
        };
        let mut journal = Journal::open(client, &wanted.root, &wanted.project, &wanted.target).map_err(|e| tell(&e))?;
        journal.wait(patience, &waiting).map_err(|e| tell(&e))?;
        if journal.head().serial == 0 {
            eprintln!("{}nothing is deployed there", head(connection, wanted));
            return Ok(());
        }
        let plan = doomed(client, &journal).map_err(|e| tell(&e))?;
        eprint!("{}", head(connection, wanted));
        for (pipeline, id) in &plan.jobs {
            let running = plan.running.iter().find(|(p, _)| p == pipeline).map(|(_, n)| *n);
            let running = running.map(|n| format!(", {n} running now")).unwrap_or_default();
            eprintln!("  - delete  {pipeline}   {}/jobs/{id}{running}", client.host());
        }
        eprintln!(
            "  - delete  {} file{} below {}",
            plan.files.len(),
            if plan.files.len() == 1 { "" } else { "s" },
            wanted.root
        );
        if !args.yes {
            match ask("take all of this away?") {
                Some(true) => {}
                Some(false) => {
                    eprintln!("nothing was done");
                    return Err(Outcome::Interrupted);
                }
                None => return Err(usage("there is nobody to ask; say `--yes`")),
            }
        }
        let gone = |pipeline: &str, id: i64| {
            if !shared.quiet {
                eprintln!("  deleted {pipeline} (job {id})");
            }
        };
        take_away(client, &mut journal, &plan, &owner(connection), patience, &waiting, &gone).map_err(|e| tell(&e))
    })
}
