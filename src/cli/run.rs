//! `pipec run`: which pipeline, with which parameters; then here or in the workspace.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::args::{Run as Args, Shared};
use super::build::build_one;
use super::check::load_and_check;
use super::{Outcome, remote, report, run_local, usage};
use crate::diag::{nearest, one_of};
use crate::model::{Param, Pipeline, Type};

pub fn run(args: &Args, shared: &Shared) -> Outcome {
    if let Err(why) = fits(args) {
        return usage(why);
    }
    let (paths, mut wanted) = what(args);
    let (loaded, checked) = match load_and_check(&paths, shared, false) {
        Ok(found) => found,
        Err(outcome) => return outcome,
    };
    if args.local || checked.has_errors() {
        report::print(&checked.diagnostics, &loaded.sources, shared);
    }
    if checked.has_errors() {
        return Outcome::Errors;
    }
    let all: Vec<_> = loaded
        .projects
        .iter()
        .zip(&checked.programs)
        .filter_map(|(project, program)| Some((project, program.as_ref()?)))
        .flat_map(|(project, program)| program.pipelines.iter().map(move |p| (project, program, p)))
        .collect();
    let names: Vec<&str> = all.iter().map(|(_, _, p)| p.name.as_str()).collect();
    if let ([one], None) = (names.as_slice(), &wanted) {
        wanted = Some((*one).to_owned());
    }
    let Some(name) = wanted else {
        return usage(format!("which pipeline? name one with `--pipeline`: {}", one_of(names, 12)));
    };
    let Some((project, program, pipeline)) = all.iter().find(|(_, _, p)| p.name == name.as_str()) else {
        return usage(match nearest(&name, names.iter().copied()) {
            Some(near) => format!("there is no pipeline `{name}`; did you mean `{near}`?"),
            None => format!("there is no pipeline `{name}`; there is {}", one_of(names, 12)),
        });
    };
    if !args.local {
        return remote::run(args, shared, project, program, pipeline);
    }
    match build_one(project, program, shared, shared.user.as_deref()) {
        Ok(built) => run_local::start(args, shared, &built, pipeline),
        Err(outcome) => outcome,
    }
}

/// Flags that mean something here alone, or there alone.
fn fits(args: &Args) -> Result<(), String> {
    let here = [
        ("--from", args.from.is_some()),
        ("--skip", !args.skip.is_empty()),
        ("--stub", !args.stub.is_empty()),
        ("--with", !args.with.is_empty()),
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
        (false, Some(flag), _) => Err(format!("`{flag}` goes with `--local`")),
        (true, _, Some(flag)) => Err(format!("`{flag}` does not go with `--local`")),
        _ => Ok(()),
    }
}

/// Where to look, and for which pipeline: the argument is a path if it exists, else a name.
fn what(args: &Args) -> (Vec<PathBuf>, Option<String>) {
    let named = args.pipeline.clone();
    match &args.what {
        Some(what) if Path::new(what).exists() => (vec![PathBuf::from(what)], named),
        Some(what) if named.is_none() => (Vec::new(), Some(what.clone())),
        Some(what) => (vec![PathBuf::from(what)], named),
        None => (Vec::new(), named),
    }
}

/// The job parameters that were given, each of the type that is declared; those without a default must be.
pub fn given_params(args: &Args, pipeline: &Pipeline) -> Result<Vec<(String, String)>, String> {
    let mut out = Vec::new();
    let mut set = BTreeSet::new();
    for given in &args.params {
        let (name, value) =
            given.split_once('=').ok_or_else(|| format!("`--param {given}` is not of the form NAME=VALUE"))?;
        let Some(param) = pipeline.params.iter().find(|p| p.name == name) else {
            let names: Vec<&str> = pipeline.params.iter().map(|p| p.name.as_str()).collect();
            return Err(match nearest(name, names.iter().copied()) {
                Some(near) => format!("pipeline `{}` has no param `{name}`; did you mean `{near}`?", pipeline.name),
                None => format!("pipeline `{}` has no param `{name}`; it has {}", pipeline.name, one_of(names, 12)),
            });
        };
        typed(param, value)?;
        if set.contains(name) {
            return Err(format!("`--param {name}` is given twice"));
        }
        out.push((name.to_owned(), value.to_owned()));
        set.insert(name);
    }
    let missing: Vec<&str> = pipeline
        .params
        .iter()
        .filter(|p| p.default.is_none() && !set.contains(p.name.as_str()))
        .map(|p| p.name.as_str())
        .collect();
    if missing.is_empty() {
        Ok(out)
    } else {
        Err(format!(
            "pipeline `{}` needs a value for {}: `--param {}=...`",
            pipeline.name,
            one_of(missing.iter().copied(), 12),
            missing.first().unwrap_or(&"")
        ))
    }
}

fn typed(param: &Param, value: &str) -> Result<(), String> {
    let json = || serde_json::from_str::<Value>(value);
    let fits = match &param.ty {
        Type::Int => value.parse::<i64>().is_ok(),
        Type::Float => value.parse::<f64>().is_ok(),
        Type::Bool => matches!(value, "true" | "false"),
        Type::Date => crate::time::is_date(value),
        Type::Datetime => crate::time::is_date(value) || crate::time::is_datetime(value),
        Type::Json => json().is_ok(),
        Type::List(_) => json().is_ok_and(|v| v.is_array()),
        Type::Map(_) | Type::Record(_) => json().is_ok_and(|v| v.is_object()),
        _ => true,
    };
    if fits { Ok(()) } else { Err(format!("`{}` is {}, and `{value}` is not", param.name, param.ty)) }
}
