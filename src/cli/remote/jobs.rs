//! Jobs of a workspace, for `import` and `diff`.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::args::{LoginArgs, SharedArgs};
use super::super::{Failure, failed, usage};
use super::connect::connect;
use crate::emit::write_below;
use crate::import::ImportedJob;
use crate::model::Target;
use crate::workspace::{Client, RunView};

/// A connection that is reused for several jobs and runs.
pub struct Connected {
    client: Client,
}

impl Connected {
    /// Logs in.
    pub fn enter(target: Option<&Target>, login: &LoginArgs, shared: &SharedArgs) -> Result<Connected, Failure> {
        Ok(Connected { client: connect(target, login, shared)?.client })
    }

    /// A run with the last attempt of each of its tasks.
    pub fn run(&self, id: i64) -> Result<RunView, Failure> {
        Ok(self.client.run(id)?)
    }

    /// The settings of a job, with all pages of its lists.
    pub fn job(&self, id: i64) -> Result<Value, Failure> {
        match self.client.job(id)? {
            Some(job) => Ok(job.settings),
            None => Err(failed(format!("job {id} not found")).help("use the number at the end of the URL of the job")),
        }
    }

    /// Downloads the notebooks of a job to a directory next to the source, and changes the job to refer to them.
    pub fn notebooks(&self, job: &mut ImportedJob, dir: &Path, force: bool) -> Result<(), Failure> {
        let mut taken: Vec<PathBuf> = Vec::new();
        for (span, path) in job.notebooks() {
            let Some((bytes, extension)) = self.client.read_notebook(&path)? else { continue };
            let stem = path.rsplit('/').next().unwrap_or("notebook");
            let names = std::iter::once(stem.to_owned()).chain((2..).map(|n| format!("{stem}_{n}")));
            let file =
                names.map(|n| PathBuf::from("notebooks").join(format!("{n}.{extension}"))).find(|f| !taken.contains(f));
            let Some(file) = file else { continue };
            let whole = dir.join(&file);
            if !force && whole.exists() {
                return Err(usage(format!("`{}` already exists; pass `--force` to overwrite it", whole.display())));
            }
            write_below(dir, &file, &bytes)?;
            job.local.insert(span, format!("./{}", file.to_string_lossy().replace('\\', "/")));
            taken.push(file);
        }
        job.folder = dir.to_owned();
        Ok(())
    }
}
