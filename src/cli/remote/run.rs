//! `pipec run` in the workspace.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::super::args::{RunArgs as Args, SharedArgs};
use super::super::check::{build_options, tell_build};
use super::super::params::given_params;
use super::super::terminal::say;
use super::super::{Ended, Failure, Outcome, failed, no_such, usage};
use super::connect::{Connection, connect};
use super::follow::Follow;
use super::say::ask;
use super::stop::stop;

use crate::deploy::{Journal, desired, is_unchanged};
use crate::model::{Pipeline, Program, Valid};
use crate::package::Wheel;
use crate::payload::Payload;
use crate::project::Project;
use crate::session::{Backends, Built, Session};
use crate::source::plain;
use crate::workspace::{ApiErrorKind, RunView};

/// Starts a deployed pipeline and follows it.
pub fn run(
    args: &Args,
    shared: &SharedArgs,
    session: &Session<'_>,
    project: &Project,
    program: &Valid<Program>,
    pipeline: &Pipeline,
) -> Ended {
    let params = given_params(args, pipeline).map_err(usage)?;
    only(args, pipeline).map_err(usage)?;
    let connection = connect(Some(&program.target), &args.login, shared)?;
    let options = build_options(shared, Some(&connection.me.name), Backends::Without);
    let built = session.build_one(project, program, &options, &tell_build(shared))?;
    start(args, shared, &built, pipeline, &params, &connection)
}

/// Checks that selected steps exist.
fn only(args: &Args, pipeline: &Pipeline) -> Result<(), String> {
    let keys: Vec<&str> = pipeline.steps.iter().map(|s| s.key.as_str()).collect();
    match args.only.iter().find(|o| !keys.contains(&o.as_str())) {
        None => Ok(()),
        Some(unknown) => Err(no_such("step", unknown, keys)),
    }
}

fn start(
    args: &Args,
    shared: &SharedArgs,
    built: &Built<'_>,
    pipeline: &Pipeline,
    params: &[(String, String)],
    connection: &Connection,
) -> Ended {
    let client = &connection.client;
    let wanted = desired(&built.bundle, &built.wheels)?;
    let journal = Journal::open(client, &wanted.root, &wanted.project, &wanted.target)?;
    let Some(deployed) = journal.head().jobs.get(pipeline.name.as_str()) else {
        let failure = failed(format!("`{}` is not deployed to target `{}`", pipeline.name, wanted.target));
        return Err(failure.help("deploy it with `pipec deploy`, or run it locally with `pipec run --local`"));
    };
    let declared: Vec<&str> = Payload::of(&deployed.sent).params().map(|(name, _)| name).collect();
    if let Some((name, _)) = params.iter().find(|(name, _)| !declared.contains(&name.as_str())) {
        return Err(usage(format!(
            "the deployed version of `{}` has no parameter `{name}`; deploy first",
            pipeline.name
        )));
    }
    // A wheel that requires its own backend is not built just for a comparison.
    let comparable = built.wheels.iter().all(Wheel::is_built);
    if !shared.quiet && comparable && !is_unchanged(&wanted, journal.head()) {
        say!("note    the source has changed since the last deployment; running the deployed version");
    }
    let token = args.token.clone().unwrap_or_else(crate::deploy::nonce);
    let id = match client.run_now(deployed.job_id, params, &args.only, &token, &pipeline.name) {
        Err(f) if f.is(ApiErrorKind::Missing) => {
            let job = deployed.job_id;
            let failure = failed(format!("job {job} of `{}` no longer exists", pipeline.name));
            return Err(failure.help("create it again with `pipec deploy --refresh`"));
        }
        other => other?,
    };
    let first = client.run(id).map_err(|f| left(id, f))?;
    super::super::terminal::print(&format!("{}\n", url(client.host(), deployed.job_id, &first)));
    if args.no_wait {
        return Ok(Outcome::Done);
    }
    follow(args, shared, connection, deployed.job_id, first)
}

/// The URL of the run: from the service, else constructed.
fn url(host: &str, job: i64, run: &RunView) -> String {
    run.url.clone().unwrap_or_else(|| format!("{host}/jobs/{job}/runs/{}", run.id))
}

/// Reports a lost connection; the run continues.
fn left(id: i64, fault: crate::workspace::ApiError) -> Failure {
    say!("note    the run {id} continues in the workspace");
    fault.into()
}

fn follow(args: &Args, shared: &SharedArgs, connection: &Connection, job: i64, first: RunView) -> Ended {
    let client = &connection.client;
    let began = Instant::now();
    let mut view = Follow::new(shared);
    let mut run = first;
    let mut nap = Duration::from_millis(500);
    loop {
        view.show(&run);
        if run.has_ended() {
            break;
        }
        if args.timeout.is_some_and(|t| began.elapsed() >= Duration::from_secs(t)) {
            view.close();
            let seconds = args.timeout.unwrap_or_default();
            let failure =
                failed(format!("the run is not finished after {seconds} seconds, and continues in the workspace"));
            return Err(failure.help(url(client.host(), job, &run)));
        }
        if client.sleep(nap).is_err() {
            view.close();
            return Err(interrupted(connection, job, &run));
        }
        // Poll a long run less often.
        nap = (nap * 5 / 4).min(Duration::from_secs(5));
        run = match client.run(run.id) {
            Ok(run) => run,
            Err(f) if f.is(ApiErrorKind::Interrupted) => {
                view.close();
                return Err(interrupted(connection, job, &run));
            }
            Err(f) => {
                view.close();
                return Err(left(run.id, f));
            }
        };
    }
    view.close();
    for task in run.tasks.iter().filter(|t| t.is_failure()) {
        let output = client.output(task.id).unwrap_or_default();
        say!(
            "step {} failed: {}",
            plain::line(&task.key),
            if output.error.is_empty() { &task.message } else { &output.error }
        );
        for line in [&output.trace, &output.logs].into_iter().flat_map(|t| t.lines()) {
            say!("    {}", plain::log_line(line));
        }
    }
    let page = url(client.host(), job, &run);
    let result = run.result.as_deref().unwrap_or(&run.state).to_lowercase();
    if run.is_success() {
        if !shared.quiet {
            say!("done    {result}   {page}");
        }
        return Ok(Outcome::Done);
    }
    let why = if run.message.is_empty() { String::new() } else { format!(": {}", run.message) };
    say!("failed  {result}{why}\n        {page}");
    Ok(Outcome::Errors)
}

/// Handles Ctrl-C: asks whether to cancel the run.
fn interrupted(connection: &Connection, job: i64, run: &RunView) -> Failure {
    let client = &connection.client;
    client.ignore_stop();
    stop().store(false, Ordering::Relaxed);
    say!();
    let cancel = ask("cancel the run?") == Some(true);
    if cancel {
        match client.cancel(run.id) {
            Ok(()) => say!("canceling the run {}", run.id),
            Err(fault) => return fault.into(),
        }
    } else {
        say!("the run continues: {}", url(client.host(), job, run));
    }
    Failure::Said(Outcome::Interrupted)
}
