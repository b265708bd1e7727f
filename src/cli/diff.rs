//! `pipec diff`: compares two jobs in any format.

use std::path::Path;

use serde_json::{Value, json};

use super::args::{Diff, OutputFormat, SharedArgs};
use super::check::{build_options, tell_build, without_errors};
use super::remote::Connected;
use super::{Ended, Failure, Outcome, differences, report, usage};
use crate::deploy::{Difference, diff};
use crate::diag::Severity;
use crate::package::UNBUILT;
use crate::session::Backends;
use crate::source::SourceMap;

/// Jobs by the name of the pipeline or job.
type Jobs = Vec<(String, Value)>;

pub fn run(args: &Diff, shared: &SharedArgs) -> Ended {
    let (left, right) = (side(&args.left, args, shared)?, side(&args.right, args, shared)?);
    let found = compared(&left, &right);
    let differ = found.iter().any(|(_, list)| !matches!(list, DiffedJob::Both(list) if list.is_empty()));
    match args.format {
        OutputFormat::Text => super::terminal::print(&text(&found)),
        OutputFormat::Json => super::terminal::print_json(&as_json(&found)),
    }
    Ok(if args.exit_code && differ { Outcome::Errors } else { Outcome::Done })
}

/// The jobs of one side: `job:ID`, source, or anything that `import` reads.
fn side(what: &str, args: &Diff, shared: &SharedArgs) -> Result<Jobs, Failure> {
    if let Some(id) = what.strip_prefix("job:") {
        let Ok(number) = id.parse() else { return Err(usage(format!("`{id}` is not a job id"))) };
        return Ok(vec![(what.to_owned(), Connected::enter(None, &args.login, shared)?.job(number)?)]);
    }
    let path = Path::new(what);
    let other = if path.is_dir() { super::import::inside(path).unwrap_or_default() } else { vec![path.to_owned()] };
    if other.is_empty() || path.extension().is_some_and(|e| e == "pipe") {
        let session = without_errors(&[path.to_owned()], shared, false)?;
        let built = session.build(&build_options(shared, None, Backends::Without), &tell_build(shared))?;
        return Ok(built.into_iter().flat_map(|b| b.bundle.jobs).map(|j| (j.pipeline.to_string(), j.body)).collect());
    }
    let mut jobs = Jobs::new();
    for path in other {
        let mut sources = SourceMap::default();
        let (_, found) = super::import::input(&path, None, &mut sources)?;
        if found.diagnostics.iter().any(|d| d.severity == Severity::Error) {
            report::print(&found.diagnostics, &sources, shared);
            return Err(Failure::Said(Outcome::Errors));
        }
        jobs.extend(found.jobs.iter().map(|j| (j.identifier(), j.tree.json())));
    }
    Ok(jobs)
}

/// A job of one or both sides.
enum DiffedJob {
    Left,
    Right,
    Both(Vec<Difference>),
}

/// Pairs jobs by name; a single job per side is compared whatever its name.
fn compared(left: &Jobs, right: &Jobs) -> Vec<(String, DiffedJob)> {
    if let ([(name, a)], [(_, b)]) = (left.as_slice(), right.as_slice()) {
        return vec![(name.clone(), DiffedJob::Both(differences_of(a, b)))];
    }
    let mut out = Vec::new();
    for (name, a) in left {
        let found = match right.iter().find(|(n, _)| n == name) {
            Some((_, b)) => DiffedJob::Both(differences_of(a, b)),
            None => DiffedJob::Left,
        };
        out.push((name.clone(), found));
    }
    let more = right.iter().filter(|(n, _)| !left.iter().any(|(l, _)| l == n));
    out.extend(more.map(|(n, _)| (n.clone(), DiffedJob::Right)));
    out
}

fn differences_of(a: &Value, b: &Value) -> Vec<Difference> {
    diff(&with_wheels_of(a, b), &with_wheels_of(b, a))
}

/// Replaces wheels that were not built with those of the same distribution on the other side, because they cannot be
/// compared.
fn with_wheels_of(body: &Value, other: &Value) -> Value {
    match body {
        Value::String(text) if text.contains(UNBUILT) => {
            distribution(text).and_then(|d| wheel_of(other, d)).unwrap_or(text).into()
        }
        Value::Array(list) => list.iter().map(|v| with_wheels_of(v, other)).collect(),
        Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), with_wheels_of(v, other))).collect(),
        _ => body.clone(),
    }
}

/// The first wheel of a distribution in a body.
fn wheel_of<'v>(body: &'v Value, wanted: &str) -> Option<&'v str> {
    match body {
        Value::String(text) => Some(text.as_str()).filter(|t| distribution(t) == Some(wanted)),
        Value::Array(list) => list.iter().find_map(|v| wheel_of(v, wanted)),
        Value::Object(map) => map.values().find_map(|v| wheel_of(v, wanted)),
        _ => None,
    }
}

/// The distribution of a wheel path.
fn distribution(path: &str) -> Option<&str> {
    path.rsplit('/').next()?.strip_suffix(".whl")?.split('-').next()
}

fn text(found: &[(String, DiffedJob)]) -> String {
    let mut out = String::new();
    let mut same = 0;
    for (name, found) in found {
        match found {
            DiffedJob::Left => out.push_str(&format!("- {name}\n")),
            DiffedJob::Right => out.push_str(&format!("+ {name}\n")),
            DiffedJob::Both(list) if list.is_empty() => same += 1,
            DiffedJob::Both(list) => {
                out.push_str(&format!("~ {name}\n"));
                list.iter().for_each(|d| out.push_str(&format!("    {}\n", differences::line(d))));
            }
        }
    }
    if same > 0 {
        out.push_str(&format!("{same} job{} without differences\n", if same == 1 { "" } else { "s" }));
    }
    out
}

fn as_json(found: &[(String, DiffedJob)]) -> Value {
    let jobs: Vec<Value> = found
        .iter()
        .map(|(name, found)| match found {
            DiffedJob::Left => json!({ "job": name, "only": "left" }),
            DiffedJob::Right => json!({ "job": name, "only": "right" }),
            DiffedJob::Both(list) => json!({ "job": name, "differences": list }),
        })
        .collect();
    Value::Array(jobs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wheel_that_was_not_built_is_not_compared() {
        let job = |wheel: &str, version: &str| json!({ "libraries": [{ "whl": wheel }], "version": version });
        let built = job("/w/app-1.0+p7fcf0114-py3-none-any.whl", "4");
        assert!(differences_of(&job("/w/app-1.0+unbuilt-py3-none-any.whl", "4"), &built).is_empty());
        assert!(differences_of(&built, &job("/w/app-0+unbuilt-py3-none-any.whl", "4")).is_empty());
        assert_eq!(differences_of(&job("/w/app-1.0+unbuilt-py3-none-any.whl", "3"), &built).len(), 1);
        assert_eq!(differences_of(&job("/w/other-1.0+unbuilt-py3-none-any.whl", "4"), &built).len(), 1);
        assert_eq!(differences_of(&job("/w/app-1.0-py3-none-any.whl", "4"), &built).len(), 1);
    }
}
