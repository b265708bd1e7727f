//! `pipec compile --emit bundle|terraform`: the jobs of all targets, for other tools.

use std::path::PathBuf;

use smol_str::SmolStr;

use super::args::{Compile, Emit, SharedArgs};
use super::check::{build_options, environment, tell_build, vars};
use super::terminal::say;
use super::{Ended, Failure, Outcome, errors, report, usage};
use crate::check::Options;
use crate::emit::{Artifact, ForTarget, asset_bundle, terraform, write_all};
use crate::model::Mode;
use crate::session::{Backends, BuildOptions, Session};
use crate::source::{DiskFiles, read_plain};

pub fn run(args: &Compile, shared: &SharedArgs) -> Ended {
    let (dir, targets) = lowered(args, shared)?;
    let list: Vec<Artifact> = match args.emit {
        Emit::Bundle => asset_bundle(&targets).map_err(errors)?,
        Emit::Terraform | Emit::Job => terraform(&targets),
    };
    let name = if args.emit == Emit::Bundle { "bundle" } else { "terraform" };
    let (root, inside) = match &args.out {
        Some(out) => (out.clone(), PathBuf::new()),
        None => (dir, PathBuf::from("build").join(name)),
    };
    let out = root.join(&inside);
    // Files that a person wrote are not overwritten.
    let main = list.iter().filter(|a| a.path.ends_with("databricks.yml") || a.path.ends_with("main.tf.json"));
    let foreign = main
        .map(|a| out.join(&a.path))
        .find(|path| read_plain(path).is_ok_and(|t| !String::from_utf8_lossy(&t).contains("by `pipec compile --emit")));
    if let Some(path) = foreign {
        return Err(usage(format!(
            "`{}` was not written by pipec; choose another directory with `--out`",
            path.display()
        )));
    }
    write_all(&root, &inside, &list, true)?;
    if !shared.quiet {
        list.iter().for_each(|a| say!("wrote   {}", out.join(&a.path).display()));
    }
    Ok(Outcome::Done)
}

/// The project for each target, or for the selected one, and its directory.
fn lowered(args: &Compile, shared: &SharedArgs) -> Result<(PathBuf, Vec<ForTarget>), Failure> {
    let options = |target: Option<SmolStr>| -> Result<Options, Failure> {
        Ok(Options {
            target,
            vars: vars(shared).map_err(usage)?,
            user: shared.user.as_deref().map(SmolStr::from),
            environment: environment(),
            ..Options::default()
        })
    };
    let paths = super::paths(&args.paths)?;
    let mut session = Session::load(&paths, &DiskFiles)?;
    let [project] = session.projects() else {
        return Err(usage("several projects found, and a bundle holds one; pass the root file of one of them"));
    };
    let dir = project.dir().to_owned();
    let mut names: Vec<Option<SmolStr>> = project.targets().map(Some).collect();
    if let Some(target) = &shared.target {
        names = vec![Some(target.as_str().into())];
    } else if names.is_empty() {
        names.push(None);
    }
    let mut default = None;
    if shared.target.is_none() {
        session.check(&options(None)?)?;
        default = session.programs().next().and_then(|(_, program)| program.target.name.clone());
    }
    let build = BuildOptions {
        as_written: args.emit == Emit::Bundle,
        ..build_options(shared, None, Backends::unless(args.no_build))
    };
    let mut out = Vec::new();
    let mut told = Vec::new();
    for name in names {
        session.check(&options(name.clone())?)?;
        let new: Vec<_> = session.diagnostics().iter().filter(|d| !told.contains(*d)).cloned().collect();
        report::print(&new, session.sources(), shared);
        told.extend(new);
        let Some((project, program)) = session.programs().next().filter(|_| !session.has_errors()) else {
            return Err(Failure::Said(Outcome::Errors));
        };
        let built = session.build_one(project, program, &build, &tell_build(shared))?;
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
    Ok((dir, out))
}
