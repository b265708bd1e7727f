//! `pipec compile`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::args::{Compile, Emit, SharedArgs};
use super::check::{build_options, tell_build, without_errors};
use super::select::{not_one, selected};
use super::terminal::{print_exact, say};
use super::{Ended, Outcome, usage};
use crate::diag::list_names;
use crate::emit::{artifacts, json_bytes, verify, write_all};
use crate::lower::Bundle;
use crate::package::Wheel;
use crate::session::{Backends, Built};
use crate::source::plain;

pub fn run(args: &Compile, shared: &SharedArgs) -> Ended {
    if args.emit != Emit::Job {
        return super::emit::run(args, shared);
    }
    let mut places = BTreeMap::new();
    let outcome = compile(args, shared, &mut places);
    // The process ends here, so freeing large trees would be a waste of time.
    std::mem::forget(places);
    outcome
}

/// Programs of one project share a directory and a manifest. The key is the directory that the user chose, and one
/// below it that output never leaves.
type OutputDirs = BTreeMap<(PathBuf, PathBuf), (Vec<Bundle>, Vec<(Wheel, String)>)>;

fn compile(args: &Compile, shared: &SharedArgs, places: &mut OutputDirs) -> Ended {
    let ids = args.ids.as_deref().map(read_ids).transpose().map_err(usage)?.unwrap_or_default();
    let session = std::mem::ManuallyDrop::new(without_errors(&args.paths, shared, true)?);
    let options = build_options(shared, None, Backends::unless(args.no_build));
    let built = session.build(&options, &tell_build(shared))?;
    for Built { project, mut bundle, wheels, .. } in built {
        fill_ids(&mut bundle, &ids);
        let target = Path::new(bundle.target.as_str());
        let place = match &args.out {
            Some(out) => (out.clone(), target.to_owned()),
            None => (project.dir().to_owned(), Path::new("build").join(target)),
        };
        let place = places.entry(place).or_default();
        if let Some(other) = place.0.iter().find(|b| b.layout != bundle.layout || b.project != bundle.project) {
            return Err(usage(format!(
                "projects `{}` and `{}` have different workspace directories; compile them separately",
                other.project, bundle.project
            )));
        }
        let twice = bundle.jobs.iter().find(|j| place.0.iter().flat_map(|b| &b.jobs).any(|o| o.pipeline == j.pipeline));
        if let Some(job) = twice {
            return Err(usage(format!(
                "two pipelines are named `{}` and have the same output file; rename one, or compile them separately with `--out`",
                job.pipeline
            )));
        }
        let folder = bundle.layout.wheels.clone();
        place.0.push(bundle);
        place.1.extend(wheels.into_iter().map(|w| (w, folder.clone())));
    }
    let all: Vec<&str> =
        places.values().flat_map(|(b, _)| b).flat_map(|b| &b.jobs).map(|j| j.pipeline.as_str()).collect();
    let pipelines: Vec<_> = session.programs().flat_map(|(_, p)| &p.pipelines).collect();
    let only = match &args.pipeline {
        None => None,
        Some(name) => match selected(name, &pipelines).as_slice() {
            [] => return Err(usage(format!("unknown pipeline `{name}`; use {}", list_names(all, 12)))),
            [one, ..] if one.name == name.as_str() => Some(one.name.clone()),
            [one] => Some(one.name.clone()),
            members => {
                return Err(usage(not_one(name, members, "")));
            }
        },
    };
    let only = only.as_deref();
    if args.stdout {
        return print_one(places, only);
    }
    // Compiling a part of a project keeps the output of the rest.
    let whole = args.pipeline.is_none() && !args.paths.iter().any(|p| p.is_file());
    if args.verify {
        return Ok(compare(places, only, whole, shared));
    }
    for ((root, inside), (bundles, wheels)) in places.iter() {
        let list = artifacts(bundles, wheels, only);
        write_all(root, inside, &list, whole)?;
        if !shared.quiet {
            tell(&root.join(inside), bundles, &list);
        }
    }
    Ok(Outcome::Done)
}

/// Compares what would be written with the existing output.
fn compare(places: &OutputDirs, only: Option<&str>, whole: bool, shared: &SharedArgs) -> Outcome {
    let mut outcome = Outcome::Done;
    for ((root, inside), (bundles, wheels)) in places {
        let dir = &root.join(inside);
        match verify(dir, &artifacts(bundles, wheels, only), whole) {
            Ok(None) => {
                if !shared.quiet {
                    say!("same    {}", dir.display());
                }
            }
            Ok(Some(d)) => {
                say!("differs {}: {}: {}", dir.display(), d.file, d.why);
                outcome = Outcome::Errors;
            }
            Err(e) => {
                say!("pipec: {e}");
                outcome = Outcome::Errors;
            }
        }
    }
    outcome
}

fn tell(dir: &Path, bundles: &[Bundle], list: &[crate::emit::Artifact]) {
    for chosen in bundles.iter().flat_map(|b| &b.jobs).flat_map(|j| &j.chosen) {
        say!("chosen  {chosen}");
    }
    let unresolved = bundles.iter().flat_map(|b| &b.jobs).flat_map(|j| &j.unresolved);
    let mut holes: Vec<String> =
        unresolved.filter(|place| place.job().is_none()).map(|place| place.hole.placeholder()).collect();
    holes.sort();
    holes.dedup();
    for hole in holes {
        say!("note    `{hole}` is a placeholder for a value that only the workspace knows; `deploy` fills it in");
    }
    for artifact in list {
        say!("wrote   {}", dir.join(&artifact.path).display());
    }
}

fn print_one(places: &OutputDirs, only: Option<&str>) -> Ended {
    let jobs: Vec<_> = places
        .values()
        .flat_map(|(b, _)| b)
        .flat_map(|b| &b.jobs)
        .filter(|j| only.is_none_or(|o| o == j.pipeline))
        .collect();
    match jobs.as_slice() {
        [job] => {
            print_exact(&plain::json(&String::from_utf8_lossy(&json_bytes(&job.body))));
            Ok(Outcome::Done)
        }
        list => Err(usage(format!(
            "`--stdout` prints one job; choose it with `--pipeline`: {}",
            list_names(list.iter().map(|j| j.pipeline.as_str()), 12)
        ))),
    }
}

/// Reads what only a workspace knows: job ids by pipeline, and other values by how they are named in the manifest.
fn read_ids(path: &Path) -> Result<BTreeMap<String, String>, String> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|e| format!("cannot read `{shown}`: {e}"))?;
    let json: Value = serde_json::from_slice(&bytes).map_err(|e| format!("`{shown}` is not valid JSON: {e}"))?;
    let map =
        json.as_object().ok_or_else(|| format!("`{shown}` must be an object that maps pipeline names to job ids"))?;
    map.iter()
        .map(|(name, id)| {
            let text = id.as_str().map(str::to_owned).or_else(|| id.as_i64().map(|id| id.to_string()));
            text.map(|text| (name.clone(), text))
                .ok_or_else(|| format!("`{shown}`: value of `{name}` must be an int or a string"))
        })
        .collect()
}

fn fill_ids(bundle: &mut Bundle, ids: &BTreeMap<String, String>) {
    for job in &mut bundle.jobs {
        let body = &mut job.body;
        job.unresolved.retain(|place| {
            let name = place.job().map_or_else(|| place.hole.placeholder(), ToString::to_string);
            let Some(value) = ids.get(&name) else { return true };
            place.fill(body, value);
            false
        });
    }
}
