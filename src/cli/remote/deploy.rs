//! `pipec deploy`.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::super::args::{Deploy, SharedArgs};
use super::super::check::without_errors;
use super::super::terminal::{say, say_painted, say_text};
use super::super::{Ended, Failure, Outcome, usage};
use super::connect::Connection;
use super::progress::Progress;
use super::project::{each, head, known, owner, same_project};
use super::say::{ask, time};
use super::show::show;
use super::stop::stop;
use crate::deploy::{
    Applied, Apply, DeployError, DeployEvent, Desired, Journal, Plan, apply, is_unchanged, not_deployed, observe,
    plan as make,
};
use crate::session::Backends;
use crate::source::read_plain;

/// How often to plan again after a concurrent deployment.
const TRIES: usize = 5;

/// Deploys the projects.
pub fn deploy(args: &Deploy, shared: &SharedArgs) -> Ended {
    let saved = args.plan.as_deref().map(read_plan).transpose().map_err(usage)?;
    let only = saved.as_ref().map_or(args.pipeline.as_slice(), |s| s.pipelines.as_slice());
    let session = without_errors(&args.paths, shared, true)?;
    let only = &known(only, &session)?;
    each(&session, &args.login, shared, Backends::unless(args.no_build), &mut |connection, built, wanted| {
        if !shared.quiet {
            say_text(&head(connection, wanted));
            for chosen in built.bundle.jobs.iter().flat_map(|j| &j.chosen) {
                say!("chosen  {chosen}");
            }
        }
        let one = One { args, shared, connection, wanted, only, saved: saved.as_ref() };
        let applied = one.deploy()?;
        for job in &wanted.jobs {
            if let Some(id) = applied.jobs.get(&job.pipeline) {
                super::super::terminal::print(&format!("{}  {}/jobs/{id}\n", job.pipeline, connection.client.host()));
            }
        }
        Ok(())
    })?;
    Ok(Outcome::Done)
}

/// A saved plan.
struct Saved {
    pipelines: Vec<String>,
    fingerprints: Vec<String>,
}

fn read_plan(path: &Path) -> Result<Saved, String> {
    let shown = path.display();
    if path.exists() && !path.is_file() {
        return Err(format!("`{shown}` is not a file"));
    }
    let bytes = read_plain(path).map_err(|e| format!("cannot read `{shown}`: {e}"))?;
    let json: Value = serde_json::from_slice(&bytes).map_err(|e| format!("`{shown}` is not valid JSON: {e}"))?;
    let texts = |list: Option<&Value>| -> Option<Vec<String>> {
        list?.as_array()?.iter().map(|v| v.as_str().map(str::to_owned)).collect()
    };
    let projects = json.get("projects").and_then(Value::as_array);
    let prints: Option<Vec<String>> =
        projects.and_then(|l| l.iter().map(|p| Some(p.get("fingerprint")?.as_str()?.to_owned())).collect());
    match (json.get("version").and_then(Value::as_u64), texts(json.get("pipelines")), prints) {
        (Some(1), Some(pipelines), Some(fingerprints)) => Ok(Saved { pipelines, fingerprints }),
        _ => Err(format!("`{shown}` is not a plan saved by `pipec plan --out`")),
    }
}

/// The deployment of one project.
struct One<'a> {
    args: &'a Deploy,
    shared: &'a SharedArgs,
    connection: &'a Connection,
    wanted: &'a Desired,
    only: &'a [String],
    saved: Option<&'a Saved>,
}

impl One<'_> {
    fn deploy(&self) -> Result<Applied, Failure> {
        for _ in 0..TRIES {
            match self.once() {
                // Another deployment was faster. Plan again with its result, except for a saved plan.
                Err(Stop::Error(DeployError::Moved { by })) if self.saved.is_none() => {
                    say!("note    {by} deployed first; planning again");
                }
                Err(Stop::Error(error)) => {
                    let more = error.is_interrupt().then_some("deploy again to continue from here");
                    let failure = Failure::from(error);
                    return Err(match more {
                        Some(more) => failure.then(more),
                        None => failure,
                    });
                }
                Err(Stop::Failure(failure)) => return Err(failure),
                Ok(applied) => return Ok(applied),
            }
        }
        Err(DeployError::Moved { by: "somebody".to_owned() }.into())
    }

    fn once(&self) -> Result<Applied, Stop> {
        let client = &self.connection.client;
        let patience = Duration::from_secs(self.args.lock_timeout);
        let wanted = self.wanted;
        wanted.fits()?;
        let mut journal = Journal::open(client, &wanted.root, &wanted.project, &wanted.target)?;
        if self.saved.is_none() && !self.args.refresh && is_unchanged(wanted, journal.head()) {
            if !self.shared.quiet {
                say!(
                    "nothing has changed since {} deployed it at {}; to find and revert changes made in the workspace, use `pipec plan` and `pipec deploy --refresh`",
                    journal.head().by,
                    time(journal.head().at)
                );
            }
            return Ok(Applied { jobs: journal.head().ids() });
        }
        same_project(wanted, &journal)?;
        let view = Progress::new(self.shared);
        journal.wait(patience, &|lease| view.show(&DeployEvent::Waiting(lease)))?;
        let found = observe(client, wanted, journal.head())?;
        let plan = make(wanted, journal.head(), &found, self.only);
        let shown = show(&plan, client.host(), super::super::report::style(self.shared).color);
        if let Some(saved) = self.saved
            && !saved.fingerprints.contains(&plan.fingerprint(wanted, client.host()))
        {
            say!("pipec: the saved plan is out of date: the source, the workspace or its state has changed");
            say!("  help: save a new plan with `pipec plan --out`, review it, and deploy it");
            say_painted(&shown);
            return Err(Stop::Failure(Failure::Said(Outcome::Failed)));
        }
        if !self.shared.quiet {
            say_painted(&shown);
        }
        if let Some((pipeline, other)) = not_deployed(wanted, &plan, &found) {
            return Err(Stop::Error(DeployError::Unfit {
                message: format!("`{pipeline}` runs `{other}`, which is not deployed"),
                help: "deploy the whole project, without `--pipeline`".to_owned(),
            }));
        }
        if plan.is_empty() && !plan.unfinished {
            return Ok(Applied { jobs: journal.head().ids() });
        }
        self.confirm(&plan)?;
        let work = Apply {
            client,
            me: &self.connection.me,
            owner: owner(self.connection),
            desired: wanted,
            survey: &found,
            plan: &plan,
            max_elapsed: patience,
            keep: usize::from(self.args.keep),
            tell: &|event| view.show(event),
            repeated: std::sync::Mutex::default(),
        };
        let applied = apply(&mut journal, &work);
        view.close();
        Ok(applied?)
    }

    /// Asks before jobs are deleted.
    fn confirm(&self, plan: &Plan) -> Result<(), Stop> {
        let doomed: Vec<String> = plan.deletions().map(|j| j.pipeline.clone()).collect();
        if doomed.is_empty() || self.args.yes || self.saved.is_some() {
            return Ok(());
        }
        match ask(&format!("delete {}?", doomed.join(", "))) {
            Some(true) => Ok(()),
            Some(false) => {
                say!("nothing was changed");
                Err(Stop::Failure(Failure::Said(Outcome::Interrupted)))
            }
            None if stop().load(std::sync::atomic::Ordering::Relaxed) => {
                Err(Stop::Failure(Failure::Said(Outcome::Interrupted)))
            }
            None => Err(Stop::Failure(usage(format!(
                "{} would be deleted; pass `--yes` to confirm without a terminal",
                doomed.join(", ")
            )))),
        }
    }
}

/// Why a deployment stops.
enum Stop {
    Error(DeployError),
    Failure(Failure),
}

impl From<DeployError> for Stop {
    fn from(error: DeployError) -> Self {
        Stop::Error(error)
    }
}
