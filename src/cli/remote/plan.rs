//! `pipec plan`.

use serde_json::{Value, json};

use super::super::args::{OutputFormat, PlanArgs, SharedArgs};
use super::super::check::without_errors;
use super::super::{Ended, Outcome, usage};
use super::connect::Connection;
use super::project::{each, head, known, same_project};
use super::show::show;
use crate::deploy::{Desired, Journal, Plan, is_unchanged, observe, plan as make};
use crate::emit::{json_bytes, write_named};
use crate::session::Backends;
use crate::source::plain;

/// Shows what a deployment would change.
pub fn plan(args: &PlanArgs, shared: &SharedArgs) -> Ended {
    let session = without_errors(&args.paths, shared, true)?;
    let only = known(&args.pipeline, &session)?;
    let mut all: Vec<Value> = Vec::new();
    let mut text = String::new();
    let mut empty = true;
    each(&session, &args.login, shared, Backends::unless(args.no_build), &mut |connection, _, wanted| {
        let (plan, quiet_deploy) = planned(connection, wanted, &only)?;
        empty &= plan.is_empty();
        all.push(saved(connection, wanted, &plan));
        let color = super::super::report::style(shared).color;
        text.push_str(&plain::lines(&head(connection, wanted)));
        text.push_str(&show(&plan, connection.client.host(), color));
        if quiet_deploy && !plan.is_empty() {
            text.push_str("the source is unchanged; apply this with `pipec deploy --refresh`\n");
        }
        Ok(())
    })?;
    let json = json!({ "version": 1, "pipelines": only, "projects": all });
    match args.format {
        OutputFormat::Text => super::super::terminal::print_exact(&text),
        OutputFormat::Json => super::super::terminal::print_json(&json),
    }
    if let Some(dir) = args.out.as_ref().and_then(|f| f.parent()).filter(|d| !d.as_os_str().is_empty() && !d.is_dir()) {
        return Err(usage(format!("cannot save the plan: directory `{}` does not exist", dir.display())));
    }
    if let Some(file) = &args.out {
        write_named(file, &json_bytes(&json))?;
    }
    Ok(if args.exit_code && !empty { Outcome::Errors } else { Outcome::Done })
}

/// Plans one project. Also returns whether the source is unchanged since the last deployment, so that only others can
/// have changed something.
fn planned(
    connection: &Connection,
    wanted: &Desired,
    only: &[String],
) -> Result<(Plan, bool), crate::deploy::DeployError> {
    wanted.fits()?;
    let journal = Journal::open(&connection.client, &wanted.root, &wanted.project, &wanted.target)?;
    same_project(wanted, &journal)?;
    let found = observe(&connection.client, wanted, journal.head())?;
    Ok((make(wanted, journal.head(), &found, only), is_unchanged(wanted, journal.head())))
}

/// The JSON of a saved plan.
pub(super) fn saved(connection: &Connection, wanted: &Desired, plan: &Plan) -> Value {
    json!({
        "project": wanted.project,
        "target": wanted.target,
        "host": connection.client.host(),
        "root_path": wanted.root,
        "fingerprint": plan.fingerprint(wanted, connection.client.host()),
        "plan": plan.json(),
    })
}
