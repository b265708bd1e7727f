//! `pipec deploy`.

use std::io::IsTerminal;
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use super::super::args::{Deploy, Shared};
use super::super::{Outcome, usage};
use super::connect::stop;
use super::plan::{head, known};
use super::show::show;
use super::{Connection, ask, checked, each, owner, tell};
use crate::deploy::{
    Action, Applied, Apply, DeployError, Desired, Event, Journal, Plan, apply, is_another_project, is_unchanged,
    not_deployed, plan as make, survey,
};

/// How often to plan again when somebody else was first.
const TRIES: usize = 5;

/// Takes the project to its workspace.
pub fn deploy(args: &Deploy, shared: &Shared) -> Outcome {
    let saved = match args.plan.as_deref().map(read_plan).transpose() {
        Ok(saved) => saved,
        Err(why) => return usage(why),
    };
    let only = saved.as_ref().map_or(args.pipeline.as_slice(), |s| s.pipelines.as_slice());
    let (loaded, found) = match checked(&args.paths, shared, true) {
        Ok(found) => found,
        Err(outcome) => return outcome,
    };
    if let Err(outcome) = known(only, found.programs.iter().flatten().flat_map(|p| &p.pipelines)) {
        return outcome;
    }
    each(&loaded, &found, &args.login, shared, &mut |connection, built, wanted| {
        if !shared.quiet {
            eprint!("{}", head(connection, wanted));
            for chosen in built.bundle.jobs.iter().flat_map(|j| &j.chosen) {
                eprintln!("chosen  {chosen}");
            }
        }
        let one = One { args, shared, connection, wanted, only, saved: saved.as_ref() };
        let applied = one.deploy()?;
        for job in &wanted.jobs {
            if let Some(id) = applied.jobs.get(&job.pipeline) {
                super::super::print(&format!("{}  {}/jobs/{id}\n", job.pipeline, connection.client.host()));
            }
        }
        Ok(())
    })
}

/// A saved plan.
struct Saved {
    pipelines: Vec<String>,
    fingerprints: Vec<String>,
}

fn read_plan(path: &Path) -> Result<Saved, String> {
    let shown = path.display();
    if path.exists() && !path.is_file() {
        return Err(format!("`{shown}` is no file"));
    }
    let bytes = std::fs::read(path).map_err(|e| format!("cannot read `{shown}`: {e}"))?;
    let json: Value = serde_json::from_slice(&bytes).map_err(|e| format!("`{shown}` is no JSON: {e}"))?;
    let texts = |list: Option<&Value>| -> Option<Vec<String>> {
        list?.as_array()?.iter().map(|v| v.as_str().map(str::to_owned)).collect()
    };
    let projects = json.get("projects").and_then(Value::as_array);
    let prints: Option<Vec<String>> =
        projects.and_then(|l| l.iter().map(|p| Some(p.get("fingerprint")?.as_str()?.to_owned())).collect());
    match (json.get("version").and_then(Value::as_u64), texts(json.get("pipelines")), prints) {
        (Some(1), Some(pipelines), Some(fingerprints)) => Ok(Saved { pipelines, fingerprints }),
        _ => Err(format!("`{shown}` is no plan that `pipec plan --save` has written")),
    }
}

/// One project on its way.
struct One<'a> {
    args: &'a Deploy,
    shared: &'a Shared,
    connection: &'a Connection,
    wanted: &'a Desired,
    only: &'a [String],
    saved: Option<&'a Saved>,
}

impl One<'_> {
    fn deploy(&self) -> Result<Applied, Outcome> {
        for _ in 0..TRIES {
            match self.once() {
                // Somebody was first. What they did is looked at, unless the plan was to be followed as it is.
                Err(Stop::Error(DeployError::Moved { by })) if self.saved.is_none() => {
                    eprintln!("note    {by} was first; planning again");
                }
                Err(Stop::Error(error)) => {
                    let outcome = tell(&error);
                    if error.is_interrupt() {
                        eprintln!("nothing is lost: the next deployment goes on from here");
                    }
                    return Err(outcome);
                }
                Err(Stop::Outcome(outcome)) => return Err(outcome),
                Ok(applied) => return Ok(applied),
            }
        }
        Err(tell(&DeployError::Moved { by: "somebody".to_owned() }))
    }

    fn once(&self) -> Result<Applied, Stop> {
        let client = &self.connection.client;
        let patience = Duration::from_secs(self.args.lock_timeout);
        let wanted = self.wanted;
        wanted.fits()?;
        let mut journal = Journal::open(client, &wanted.root, &wanted.project, &wanted.target)?;
        let known = |journal: &Journal<'_>| Applied {
            jobs: journal.head().jobs.iter().map(|(p, d)| (p.clone(), d.job_id)).collect(),
            uploads: 0,
        };
        if self.saved.is_none() && !self.args.refresh && is_unchanged(wanted, journal.head()) {
            if !self.shared.quiet {
                eprintln!(
                    "nothing has changed since {} deployed it at {}; what others may have done to the jobs is for `pipec plan` to show and for `deploy --refresh` to put back",
                    journal.head().by,
                    time(journal.head().at)
                );
            }
            return Ok(known(&journal));
        }
        same_project(wanted, &journal)?;
        let view = View::new(self.shared);
        journal.wait(patience, &|lease| view.show(&Event::Waiting(lease)))?;
        let found = survey(client, wanted, journal.head())?;
        let plan = make(wanted, journal.head(), &found, self.only);
        if let Some(saved) = self.saved
            && !saved.fingerprints.contains(&plan.fingerprint(wanted, client.host()))
        {
            eprintln!(
                "pipec: the saved plan does not hold any more: the source, the workspace or its state has changed since"
            );
            eprintln!("  help: this is what would be done now; plan again, and deploy that");
            eprint!("{}", show(&plan, client.host(), super::super::report::style(self.shared).color));
            return Err(Stop::Outcome(Outcome::Failed));
        }
        if !self.shared.quiet {
            eprint!("{}", show(&plan, client.host(), super::super::report::style(self.shared).color));
        }
        if let Some((pipeline, other)) = not_deployed(wanted, &plan, &found) {
            return Err(Stop::Error(DeployError::Unfit {
                message: format!("`{pipeline}` runs `{other}`, which is not deployed"),
                help: "deploy the whole project, without `--pipeline`".to_owned(),
            }));
        }
        if plan.is_empty() && !plan.unfinished {
            return Ok(known(&journal));
        }
        self.confirm(&plan)?;
        let work = Apply {
            client,
            me: &self.connection.me,
            owner: owner(self.connection),
            desired: wanted,
            survey: &found,
            plan: &plan,
            patience,
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
        let mut doomed: Vec<String> = plan.deletions().map(|j| j.pipeline.clone()).collect();
        let theirs = plan.twice.iter().filter(|(p, _)| !plan.ours_twice.contains(p));
        doomed.extend(theirs.map(|(p, id)| format!("the second job of {p} ({id})")));
        if doomed.is_empty() || self.args.yes || self.saved.is_some() {
            return Ok(());
        }
        match ask(&format!("delete {}?", doomed.join(", "))) {
            Some(true) => Ok(()),
            Some(false) => {
                eprintln!("nothing was done");
                Err(Stop::Outcome(Outcome::Interrupted))
            }
            None if stop().load(std::sync::atomic::Ordering::Relaxed) => Err(Stop::Outcome(Outcome::Interrupted)),
            None => Err(Stop::Outcome(usage(format!(
                "{} would be deleted, and there is nobody to ask; say `--yes`",
                doomed.join(", ")
            )))),
        }
    }
}

/// Two projects of one name would take each other's jobs away.
pub(super) fn same_project(wanted: &Desired, journal: &Journal<'_>) -> Result<(), DeployError> {
    if !is_another_project(wanted, journal.head()) {
        return Ok(());
    }
    let theirs: Vec<&str> = journal.head().jobs.keys().map(String::as_str).take(5).collect();
    Err(DeployError::Unfit {
        message: format!("what is deployed below `{}` has nothing in common with this project: {}", wanted.root, theirs.join(", ")),
        help: "it looks like another project of the same name; give this one a `root_path` or a package name of its own, or `pipec destroy` what is there".to_owned(),
    })
}

/// Why it ends here.
enum Stop {
    Error(DeployError),
    Outcome(Outcome),
}

impl From<DeployError> for Stop {
    fn from(error: DeployError) -> Self {
        Stop::Error(error)
    }
}

/// A moment as people read it.
pub(super) fn time(millis: i64) -> String {
    jiff::Timestamp::from_millisecond(millis)
        .map(|t| t.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
        .unwrap_or_else(|_| millis.to_string())
}

/// What goes on: a bar on a terminal, lines elsewhere.
pub(super) struct View {
    quiet: bool,
    live: bool,
    bar: std::sync::Mutex<Option<ProgressBar>>,
}

impl View {
    pub(super) fn new(shared: &Shared) -> View {
        View {
            quiet: shared.quiet,
            live: std::io::stderr().is_terminal() && !shared.quiet,
            bar: std::sync::Mutex::default(),
        }
    }

    pub(super) fn show(&self, event: &Event<'_>) {
        match event {
            Event::Waiting(lease) => {
                self.line(&format!(
                    "waiting for {}, who is at work here ({}); a lock that nobody renews ends within a minute",
                    lease.owner, lease.what
                ));
            }
            Event::Uploading(files, bytes) if self.live => {
                let bar = ProgressBar::new(*bytes);
                // The template is a constant that is right.
                if let Ok(style) = ProgressStyle::with_template("  upload  {bar:30} {bytes}/{total_bytes}  {msg}") {
                    bar.set_style(style);
                }
                bar.set_message(format!("{files} file{}", if *files == 1 { "" } else { "s" }));
                *self.slot() = Some(bar);
            }
            Event::Uploading(..) => {}
            Event::Uploaded(name, bytes) => match &*self.slot() {
                Some(bar) => bar.inc(*bytes),
                None => self.line(&format!("  uploaded {name}")),
            },
            Event::Job(pipeline, action, id) => {
                self.close();
                let word = match action {
                    Action::Create => "created",
                    Action::Update => "updated",
                    _ => "deleted",
                };
                self.line(&format!("  {word} {pipeline} (job {id})"));
            }
            Event::Note(text) => self.line(&format!("note    {text}")),
        }
    }

    fn line(&self, text: &str) {
        if !self.quiet {
            eprintln!("{text}");
        }
    }

    fn close(&self) {
        if let Some(bar) = self.slot().take() {
            bar.finish_and_clear();
        }
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<ProgressBar>> {
        // A thread that panicked while drawing has left nothing that matters.
        self.bar.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
