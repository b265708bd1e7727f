//! The state in the workspace: what was deployed last. Contains no credentials.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::diff::Difference;
use super::identity::nonce_of;
use crate::workspace::{ListedJob, Principal};

/// The version of the file format; newer ones are not changed.
pub const FORM: u32 = 1;

/// One state. Each change is a new file with the next serial.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DeploymentState {
    /// The version of the format.
    pub form: u32,
    /// The serial of the previous state plus one.
    pub serial: u64,
    /// A random string that identifies this state; every write sets a new one.
    pub nonce: String,
    /// The version of pipec that wrote it.
    pub pipec: String,
    pub project: String,
    pub target: String,
    /// The folder in the workspace.
    pub root: String,
    /// Who wrote it.
    pub by: String,
    /// When, in milliseconds since 1970 by the clock of the workspace.
    pub at: i64,
    /// The lock, if held.
    pub lease: Option<Lease>,
    /// A deployment that was started and not finished.
    pub pending: Option<Pending>,
    /// The jobs by pipeline.
    pub jobs: BTreeMap<String, Deployed>,
    /// The files that the jobs need.
    pub artifacts: Vec<Placed>,
    /// Which files were used when, newest last.
    pub generations: Vec<Generation>,
    /// Files to delete, which may still exist.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub garbage: Vec<String>,
}

/// The right to write, for a limited time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lease {
    /// The owner, for display.
    pub owner: String,
    /// A random string that identifies the process that holds the lock.
    pub key: String,
    /// `deploy` or `destroy`.
    pub what: String,
    /// When it expires unless renewed, in milliseconds since 1970 by the clock of the workspace.
    pub until: i64,
}

/// A deployment that was started.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    /// `deploy` or `destroy`.
    pub what: String,
    /// The pipelines whose jobs were about to be created, changed or deleted, with the names of the jobs.
    pub jobs: BTreeMap<String, String>,
    /// Files that were about to be uploaded.
    #[serde(default)]
    pub files: Vec<String>,
    /// The nonces of creations by pipeline: only a job with one of them was made by the interrupted deployment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub creations: BTreeMap<String, Vec<String>>,
}

impl Pending {
    /// Whether one of its creations made a job of `pipeline` with the tag `tag`.
    pub(super) fn made(&self, pipeline: &str, tag: &str, job: &ListedJob) -> bool {
        let Some(nonce) = job.tag().and_then(|value| nonce_of(value, tag)) else { return false };
        self.creations.get(pipeline).is_some_and(|c| c.iter().any(|creation| creation.starts_with(nonce)))
    }
}

/// A deployed job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deployed {
    pub job_id: i64,
    /// The settings that were sent.
    pub sent: Value,
    /// Its permissions, if the source sets them.
    pub grants: Option<Vec<Principal>>,
    /// The files it needs.
    #[serde(default)]
    pub uses: Vec<String>,
    /// The nonce of its creation, as in its tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// Differences after reading back: defaults of the service.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filled: Vec<Difference>,
}

/// An uploaded file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Placed {
    pub path: String,
    /// `wheel`, `notebook`, `script`, `sql` or `module`.
    pub kind: String,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
    /// Its name in the project: a relative path, or the name of a wheel.
    pub source: String,
    /// The version of a wheel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The files in a wheel, with their hashes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
}

/// Files that were used together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Generation {
    /// The serial of its first state.
    pub serial: u64,
    /// When it ended, in milliseconds since 1970; `None` for the current one.
    pub until: Option<i64>,
    pub paths: Vec<String>,
}

impl DeploymentState {
    /// The ids of all jobs by pipeline.
    pub fn ids(&self) -> BTreeMap<String, i64> {
        self.jobs.iter().map(|(pipeline, deployed)| (pipeline.clone(), deployed.job_id)).collect()
    }
}

impl Lease {
    /// Whether it is valid at a time of the workspace's clock.
    pub fn holds(&self, now: i64) -> bool {
        self.until > now
    }
}
