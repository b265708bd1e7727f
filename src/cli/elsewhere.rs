//! `pipec compile --emit bundle|terraform`: the jobs of all targets for other tools.

use std::path::PathBuf;

use smol_str::SmolStr;

use super::args::{Compile, Emit, Shared};
use super::build::{Backends, build_for};
use super::check::vars;
use super::terminal::say;
use super::{Outcome, report, usage};
use crate::check::{Options, check};
use crate::emit::{Artifact, ForTarget, asset_bundle, terraform, write_all};
use crate::model::Mode;
use crate::project::load;
use crate::source::{DiskFiles, read_plain};

pub fn run(args: &Compile, shared: &Shared) -> Outcome {
    let targets = match lowered(args, shared) {
        Ok(targets) => targets,
        Err(outcome) => return outcome,
    };
    let Some((dir, targets)) = targets else { return Outcome::Errors };
    let made: Result<Vec<Artifact>, String> = match args.emit {
        Emit::Bundle => asset_bundle(&targets),
        Emit::Terraform | Emit::Job => Ok(terraform(&targets)),
    };
    let list = match made {
        Ok(list) => list,
        Err(e) => {
            say!("pipec: {e}");
            return Outcome::Errors;
        }
    };
    let name = if args.emit == Emit::Bundle { "bundle" } else { "terraform" };
    let (root, inside) = match &args.out {
        Some(out) => (out.clone(), PathBuf::new()),
        None => (dir, PathBuf::from("build").join(name)),
    };
    let out = root.join(&inside);
    // What somebody has written by hand is not ours to replace.
    let main = list.iter().filter(|a| a.path.ends_with("databricks.yml") || a.path.ends_with("main.tf.json"));
    let foreign = main.map(|a| out.join(&a.path)).find(|path| {
        read_plain(path).is_ok_and(|t| !String::from_utf8_lossy(&t).contains("Made by `pipec compile --emit"))
    });
    if let Some(path) = foreign {
        return usage(format!("`{}` was not made by pipec; name another folder with `--out`", path.display()));
    }
    if let Err(e) = write_all(&root, &inside, &list, true) {
        say!("pipec: {e}");
        return Outcome::Failed;
    }
    if !shared.quiet {
        list.iter().for_each(|a| say!("wrote   {}", out.join(&a.path).display()));
    }
    Outcome::Done
}

/// The project for each of its targets, or for the one that is asked for.
fn lowered(args: &Compile, shared: &Shared) -> Result<Option<(PathBuf, Vec<ForTarget>)>, Outcome> {
    let paths = super::paths(&args.paths).map_err(usage)?;
    let loaded = load(&paths, &DiskFiles).map_err(usage)?;
    let [project] = loaded.projects.as_slice() else {
        return Err(usage("there are several projects here, and a bundle is one; name the root file of one of them"));
    };
    let mut names: Vec<Option<SmolStr>> = project.targets().map(Some).collect();
    if let Some(target) = &shared.target {
        names = vec![Some(target.as_str().into())];
    } else if names.is_empty() {
        names.push(None);
    }
    let mut default = None;
    if shared.target.is_none() {
        let options = Options { vars: vars(shared).map_err(usage)?, ..Options::default() };
        let checked = check(&loaded, &DiskFiles, &options).map_err(usage)?;
        default = checked.programs.first().and_then(|p| p.as_ref()?.target.name.clone());
    }
    let mut out = Vec::new();
    let mut told = Vec::new();
    for name in names {
        let options = Options { target: name.clone(), vars: vars(shared).map_err(usage)?, ..Options::default() };
        let checked = check(&loaded, &DiskFiles, &options).map_err(usage)?;
        let new: Vec<_> = checked.diagnostics.iter().filter(|d| !told.contains(*d)).cloned().collect();
        report::print(&new, &loaded.sources, shared);
        told.extend(new);
        if checked.has_errors() {
            return Ok(None);
        }
        let Some(Some(program)) = checked.programs.first() else { return Ok(None) };
        let built = build_for(
            project,
            program,
            shared,
            shared.user.as_deref(),
            Backends::unless(args.no_build),
            args.emit == Emit::Bundle,
        )?;
        out.push(ForTarget {
            name: name.as_deref().unwrap_or("default").to_owned(),
            default: name.is_none() || name == default,
            mode: match program.target.mode {
                Mode::Plain => None,
                Mode::Development => Some("development"),
                Mode::Production => Some("production"),
            },
            host: program.target.host.as_ref().map(ToString::to_string),
            root_path: program.target.root_path.as_ref().map(ToString::to_string),
            bundle: built.bundle,
            wheels: built.wheels,
        });
    }
    Ok(Some((project.dir().to_owned(), out)))
}
