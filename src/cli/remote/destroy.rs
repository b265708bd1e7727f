//! `pipec destroy`.

use std::time::Duration;

use super::super::args::{Destroy, Shared};
use super::super::{Outcome, usage};
use super::connect::stop;
use super::deploy::View;
use super::plan::head;
use super::{ask, checked, each, owner, tell};
use crate::deploy::{Event, Journal, destroy as take_away, doomed};

/// Takes away what was deployed.
pub fn destroy(args: &Destroy, shared: &Shared) -> Outcome {
    let (loaded, found) = match checked(&args.paths, shared, false) {
        Ok(found) => found,
        Err(outcome) => return outcome,
    };
    each(&loaded, &found, &args.login, shared, &mut |connection, _, wanted| {
        let client = &connection.client;
        let patience = Duration::from_secs(args.lock_timeout);
        let view = View::new(shared);
        let mut journal = Journal::open(client, &wanted.root, &wanted.project, &wanted.target).map_err(|e| tell(&e))?;
        journal.wait(patience, &|lease| view.show(&Event::Waiting(lease))).map_err(|e| tell(&e))?;
        let plan = doomed(client, &journal, wanted).map_err(|e| tell(&e))?;
        if journal.head().serial == 0 && plan.jobs.is_empty() {
            eprintln!("{}nothing is deployed there", head(connection, wanted));
            return Ok(());
        }
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
                None if stop().load(std::sync::atomic::Ordering::Relaxed) => return Err(Outcome::Interrupted),
                None => return Err(usage("there is nobody to ask; say `--yes`")),
            }
        }
        let tell_event = |event: &Event<'_>| view.show(event);
        take_away(client, &mut journal, &plan, wanted, &owner(connection), patience, &tell_event).map_err(|e| tell(&e))
    })
}
