//! The desired state: the payloads of a bundle with their tags, and the files they need.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;
use smol_str::SmolStr;

use super::error::DeployError;
use super::identity::tag;
use super::payload::{put_tag, take_grants, texts};
use super::state::Placed;
use crate::lower::{Bundle, Unresolved};
use crate::package::{Wheel, sha256_hex};
use crate::workspace::{Language, Principal};

/// The desired state of one target.
#[derive(Clone, Debug)]
pub struct Desired {
    /// The name of the project.
    pub project: String,
    pub target: String,
    /// The folder of the project in the workspace.
    pub root: String,
    /// The folders of uploads.
    pub folders: Vec<String>,
    pub jobs: Vec<DesiredJob>,
    pub artifacts: Vec<DesiredFile>,
}

#[derive(Clone, Debug)]
pub struct DesiredJob {
    pub pipeline: String,
    /// Its settings with the tag, without permissions.
    pub body: Value,
    /// Its permissions, if the source sets them.
    pub grants: Option<Vec<Principal>>,
    /// Places that only the workspace can fill in.
    pub unresolved: Vec<Unresolved>,
    /// The value of its tag.
    pub tag: String,
    /// The paths of the files it needs.
    pub uses: Vec<String>,
}

impl DesiredJob {
    /// The pipelines whose job ids it needs.
    pub fn needs(&self) -> impl Iterator<Item = &str> {
        self.unresolved.iter().filter_map(|place| place.job()).map(SmolStr::as_str)
    }

    /// The number of tasks.
    pub fn steps(&self) -> usize {
        self.body.get("tasks").and_then(Value::as_array).map_or(0, Vec::len)
    }
}

/// A desired file. Its path contains a hash of its content, so an existing file is correct.
#[derive(Clone, Debug)]
pub struct DesiredFile {
    /// Its path, and the metadata for the state.
    pub placed: Placed,
    pub bytes: Arc<Vec<u8>>,
    /// How to upload it.
    pub upload: Upload,
}

impl Desired {
    /// Checks the size limits.
    ///
    /// # Errors
    /// A state or a notebook that is too large for the workspace.
    pub fn fits(&self) -> Result<(), DeployError> {
        let jobs: usize = self.jobs.iter().map(|j| j.body.to_string().len()).sum();
        let files: usize =
            self.artifacts.iter().map(|a| 300 + a.placed.files.keys().map(|f| f.len() + 72).sum::<usize>()).sum();
        // Defaults of the service are recorded, too.
        if jobs + jobs / 4 + files > LARGEST {
            return DeployError::unfit(
                format!("deployment state of the project has {} MB", (jobs + files) / 1_000_000),
                "split the project into several root files; the limit of a workspace file is 10 MB",
            );
        }
        for artifact in &self.artifacts {
            if matches!(artifact.upload, Upload::Notebook(_)) && artifact.bytes.len() > LARGEST {
                return DeployError::unfit(
                    format!("notebook `{}` is too large", artifact.placed.source),
                    "clear its outputs; the limit is 10 MB",
                );
            }
        }
        Ok(())
    }
}

/// The hash of files that belong together, from a path in their folder or the folder itself.
fn unit<'p>(path: &'p str, files: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(files)?.strip_prefix('/')?;
    let digest = rest.split('/').next()?;
    (digest.len() == 12 && digest.bytes().all(|b| b.is_ascii_hexdigit())).then_some(digest)
}

/// The maximum size of a notebook or of the deployment state, in bytes: 10 MB, minus overhead. Source: the public
/// documentation of workspace import and export.
const LARGEST: usize = 9_500_000;

/// How a file is uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upload {
    File,
    Notebook(Language),
}

/// The desired state for a bundle.
///
/// # Errors
/// A job without space for the tag.
pub fn desired(bundle: &Bundle, wheels: &[Wheel]) -> Result<Desired, DeployError> {
    let root = bundle.layout.root.clone();
    let mut jobs = Vec::new();
    for job in &bundle.jobs {
        let mut body = job.body.clone();
        let grants = take_grants(&mut body);
        let tag = tag(&bundle.project, &bundle.target, &root, &job.pipeline);
        if !put_tag(&mut body, tag.clone()) {
            return DeployError::unfit(
                format!("pipeline `{}` has the maximum number of tags", job.pipeline),
                "remove one tag; pipec adds a tag to identify the job",
            );
        }
        jobs.push(DesiredJob {
            pipeline: job.pipeline.to_string(),
            body,
            grants,
            unresolved: job.unresolved.clone(),
            tag,
            uses: Vec::new(),
        });
    }
    let mut artifacts: Vec<DesiredFile> = Vec::new();
    let named: Vec<BTreeSet<String>> =
        jobs.iter().map(|j| texts(&j.body).into_iter().map(str::to_owned).collect()).collect();
    for wheel in wheels {
        let path = format!("{}/{}", bundle.layout.wheels, wheel.file_name);
        // Files that no step needs are not uploaded.
        if !named.iter().any(|n| n.contains(&path)) || artifacts.iter().any(|a| a.placed.path == path) {
            continue;
        }
        artifacts.push(DesiredFile {
            placed: Placed {
                path,
                kind: "wheel".to_owned(),
                sha256: sha256_hex(&wheel.bytes),
                source: wheel.distribution.clone(),
                version: Some(wheel.version.clone()),
                files: wheel.files.iter().map(|f| (f.path.clone(), f.sha256.clone())).collect(),
            },
            bytes: Arc::new(wheel.bytes.clone()),
            upload: Upload::File,
        });
    }
    for file in &bundle.files {
        artifacts.push(DesiredFile {
            placed: Placed {
                path: file.workspace_path.clone(),
                kind: file.kind.to_owned(),
                sha256: file.content.sha256.clone(),
                source: file.source.clone(),
                version: None,
                files: BTreeMap::new(),
            },
            bytes: file.content.bytes.clone(),
            upload: match file.kind {
                "notebook" => Upload::Notebook(Language::of(&file.local)),
                _ => Upload::File,
            },
        });
    }
    let unit = |path: &str| unit(path, &bundle.layout.files).map(str::to_owned);
    for (job, named) in jobs.iter_mut().zip(&named) {
        let units: BTreeSet<String> = named.iter().filter_map(|path| unit(path)).collect();
        let paths = artifacts.iter().map(|a| a.placed.path.clone());
        job.uses = paths.filter(|p| named.contains(p) || unit(p).is_some_and(|u| units.contains(&u))).collect();
        job.uses.dedup();
    }
    let folders = vec![bundle.layout.wheels.clone(), bundle.layout.files.clone()];
    Ok(Desired {
        project: bundle.project.to_string(),
        target: bundle.target.to_string(),
        root,
        folders,
        jobs,
        artifacts,
    })
}
