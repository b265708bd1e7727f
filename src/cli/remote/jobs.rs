//! Jobs as a workspace has them, for `import` and `diff`.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::Outcome;
use super::super::args::{Login, Shared};
use super::super::terminal::say;
use super::connect::connect;
use super::say::tell_fault;
use crate::emit::write_below;
use crate::import::Job;
use crate::model::Target;
use crate::workspace::{Client, RunView};

/// A connection for as many jobs and runs as are asked for.
pub struct Workspace {
    client: Client,
}

impl Workspace {
    /// Logs in.
    pub fn enter(target: Option<&Target>, login: &Login, shared: &Shared) -> Result<Workspace, Outcome> {
        Ok(Workspace { client: connect(target, login, shared)?.client })
    }

    /// A run with the last attempt of each of its tasks.
    pub fn run(&self, id: i64) -> Result<RunView, Outcome> {
        self.client.run(id).map_err(tell_fault)
    }

    /// The settings of a job, all pages of its lists put together.
    pub fn job(&self, id: i64) -> Result<Value, Outcome> {
        match self.client.job(id) {
            Ok(Some(job)) => Ok(job.settings),
            Ok(None) => {
                say!("pipec: there is no job {id}\n  help: its id is the number at the end of its address");
                Err(Outcome::Failed)
            }
            Err(fault) => Err(tell_fault(fault)),
        }
    }

    /// Fetches the notebooks of a job into a folder beside its source, which then names them there.
    pub fn notebooks(&self, job: &mut Job, dir: &Path, force: bool) -> Result<(), Outcome> {
        let mut taken: Vec<PathBuf> = Vec::new();
        for (span, path) in job.notebooks() {
            let Some((bytes, extension)) = self.client.read_notebook(&path).map_err(tell_fault)? else { continue };
            let stem = path.rsplit('/').next().unwrap_or("notebook");
            let names = std::iter::once(stem.to_owned()).chain((2..).map(|n| format!("{stem}_{n}")));
            let file =
                names.map(|n| PathBuf::from("notebooks").join(format!("{n}.{extension}"))).find(|f| !taken.contains(f));
            let Some(file) = file else { continue };
            let whole = dir.join(&file);
            if !force && whole.exists() {
                return Err(super::super::usage(format!(
                    "`{}` is there already; `--force` replaces it",
                    whole.display()
                )));
            }
            if let Err(e) = write_below(dir, &file, &bytes) {
                say!("pipec: {e}");
                return Err(Outcome::Failed);
            }
            job.local.insert(span, format!("./{}", file.to_string_lossy().replace('\\', "/")));
            taken.push(file);
        }
        job.folder = dir.to_owned();
        Ok(())
    }
}
