//! What was deployed last, as it is kept in the workspace. Holds no credentials.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::diff::Difference;
use super::identity::nonce_of;
use crate::workspace::{ListedJob, Principal};

/// The form of the file; a newer one is not touched.
pub const FORM: u32 = 1;

/// One state. Each change is a new file with the next serial.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DeploymentState {
    /// The form of the file.
    pub form: u32,
    /// One more than that of the state before.
    pub serial: u64,
    /// A word that only its writer knows beforehand.
    pub nonce: String,
    /// The version of pipec that wrote it.
    pub pipec: String,
    /// The name of the project.
    pub project: String,
    /// The target.
    pub target: String,
    /// The folder in the workspace.
    pub root: String,
    /// Who wrote it.
    pub by: String,
    /// When, in milliseconds since 1970 by the clock of the workspace.
    pub at: i64,
    /// Somebody is at work.
    pub lease: Option<Lease>,
    /// What was begun and has not ended.
    pub pending: Option<Pending>,
    /// The jobs by pipeline.
    pub jobs: BTreeMap<String, Deployed>,
    /// The files that the jobs need.
    pub artifacts: Vec<Placed>,
    /// Which files were in use when, the newest last.
    pub generations: Vec<Generation>,
    /// Files that are to be taken away and may still be there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub garbage: Vec<String>,
}

/// The right to write, for a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lease {
    /// Whose, for people.
    pub owner: String,
    /// A word that only the owner knows.
    pub key: String,
    /// What for: `deploy` or `destroy`.
    pub what: String,
    /// When it ends unless it is renewed, in milliseconds since 1970 by the clock of the workspace.
    pub until: i64,
}

/// What was begun.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    /// `deploy` or `destroy`.
    pub what: String,
    /// The pipelines whose jobs were about to be created, changed or deleted, with the names that these have.
    pub jobs: BTreeMap<String, String>,
    /// Files that were about to be uploaded.
    #[serde(default)]
    pub files: Vec<String>,
    /// For the pipelines whose jobs were about to be created, the nonces of those creations: only what carries one of them
    /// was made by what broke off.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub creations: BTreeMap<String, Vec<String>>,
}

impl Pending {
    /// Whether one of its creations made a job of `pipeline`, whose tag is `tag`.
    pub(super) fn made(&self, pipeline: &str, tag: &str, job: &ListedJob) -> bool {
        let Some(nonce) = job.tag().and_then(|value| nonce_of(value, tag)) else { return false };
        self.creations.get(pipeline).is_some_and(|c| c.iter().any(|creation| creation.starts_with(nonce)))
    }
}

/// A job that was deployed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deployed {
    /// Its id.
    pub job_id: i64,
    /// The settings that were sent.
    pub sent: Value,
    /// Who may use it, if the source says so.
    pub grants: Option<Vec<Principal>>,
    /// The files that it needs.
    #[serde(default)]
    pub uses: Vec<String>,
    /// The nonce of the creation that made it, as in its tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// How the settings differed when they were read back: what the service fills in by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filled: Vec<Difference>,
}

/// A file that was uploaded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Placed {
    /// Where it is.
    pub path: String,
    /// `wheel`, `notebook`, `script`, `sql` or `module`.
    pub kind: String,
    /// SHA-256 in hex.
    pub sha256: String,
    /// What it is called in the project: a file relative to it, or the name of a wheel.
    pub source: String,
    /// The version of a wheel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The files in a wheel with their digests.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
}

/// Files that were in use together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Generation {
    /// The serial of the state that began it.
    pub serial: u64,
    /// When it ended, in milliseconds since 1970; `None` for the present one.
    pub until: Option<i64>,
    /// The files.
    pub paths: Vec<String>,
}

impl DeploymentState {
    /// The ids of all jobs by pipeline.
    pub fn ids(&self) -> BTreeMap<String, i64> {
        self.jobs.iter().map(|(pipeline, deployed)| (pipeline.clone(), deployed.job_id)).collect()
    }
}

impl Lease {
    /// Whether it still holds at a time of the workspace's clock.
    pub fn holds(&self, now: i64) -> bool {
        self.until > now
    }
}
