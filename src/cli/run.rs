//! `pipec run`: selects the pipeline and parameters, then runs it locally or in the workspace.

use std::path::{Path, PathBuf};

use super::args::{RunArgs as Args, SharedArgs};
use super::check::{build_options, tell_build, without_errors};
use super::select::{not_one, selected};
use super::{Ended, Outcome, no_such, remote, run_local, usage};
use crate::diag::list_names;
use crate::session::Backends;

pub fn run(args: &Args, shared: &SharedArgs) -> Ended {
    fits(args).map_err(usage)?;
    let (paths, mut wanted) = what(args);
    let session = without_errors(&paths, shared, args.local)?;
    let all: Vec<_> = session
        .programs()
        .flat_map(|(project, program)| program.pipelines.iter().map(move |p| (project, program, p)))
        .collect();
    let names: Vec<&str> = all.iter().map(|(_, _, p)| p.name.as_str()).collect();
    if let ([one], None) = (names.as_slice(), &wanted) {
        wanted = Some((*one).to_owned());
    }
    let Some(name) = wanted else {
        return Err(usage(format!("choose a pipeline with `--pipeline`: {}", list_names(names, 12))));
    };
    let pipelines: Vec<_> = all.iter().map(|(_, _, p)| *p).collect();
    let chosen = selected(&name, &pipelines);
    let found: Vec<_> = all.iter().filter(|(_, _, p)| chosen.iter().any(|c| std::ptr::eq(*c, *p))).collect();
    let Some((project, program, pipeline)) = found.first().copied() else {
        return Err(usage(no_such("pipeline", &name, names)));
    };
    if !args.local {
        let mut outcome = Outcome::Done;
        for (project, program, pipeline) in found {
            let ended = remote::run(args, shared, &session, project, program, pipeline)?;
            if ended != Outcome::Done {
                outcome = ended;
            }
        }
        return Ok(outcome);
    }
    if found.len() > 1 {
        return Err(usage(not_one(&name, &chosen, "")));
    }
    let options = build_options(shared, None, Backends::unless(args.no_build));
    let built = session.build_one(project, program, &options, &tell_build(shared))?;
    run_local::start(args, shared, &built, pipeline)
}

/// Rejects options that only apply to the other kind of run.
fn fits(args: &Args) -> Result<(), String> {
    let here = [
        ("--from", args.from.is_some()),
        ("--skip", !args.skip.is_empty()),
        ("--stub", !args.stub.is_empty()),
        ("--with", !args.with.is_empty()),
        ("--env", !args.env.is_empty()),
        ("--no-build", args.no_build),
        ("--volumes", args.volumes.is_some()),
        ("--jobs", args.jobs.is_some()),
    ];
    let there = [
        ("--no-wait", args.no_wait),
        ("--timeout", args.timeout.is_some()),
        ("--token", args.token.is_some()),
        ("--host", args.login.host.is_some()),
        ("--profile", args.login.profile.is_some()),
    ];
    let wrong = |list: &[(&'static str, bool)]| list.iter().find(|(_, given)| *given).map(|(flag, _)| *flag);
    match (args.local, wrong(&here), wrong(&there)) {
        (false, Some(flag), _) => Err(format!("`{flag}` requires `--local`")),
        (true, _, Some(flag)) => Err(format!("`{flag}` cannot be used with `--local`")),
        _ => Ok(()),
    }
}

/// The paths and the pipeline: the argument is a path if it exists, else a name.
fn what(args: &Args) -> (Vec<PathBuf>, Option<String>) {
    let named = args.pipeline.clone();
    match &args.what {
        Some(what) if Path::new(what).exists() => (vec![PathBuf::from(what)], named),
        Some(what) if named.is_none() => (Vec::new(), Some(what.clone())),
        Some(what) => (vec![PathBuf::from(what)], named),
        None => (Vec::new(), named),
    }
}
