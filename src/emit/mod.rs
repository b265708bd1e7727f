//! Artifacts: the bytes that `compile` writes, and how they are written to disk.

mod asset_bundle;
mod for_target;
mod manifest;
mod terraform;
mod verify;
mod write;

pub use asset_bundle::{NotForBundles, asset_bundle};
pub use for_target::ForTarget;
pub use manifest::manifest;
pub use terraform::terraform;
pub use verify::{StaleFile, verify};
pub use write::{replace_file, write_all, write_below, write_file, write_named};

use std::path::PathBuf;

use serde_json::Value;

use crate::lower::Bundle;
use crate::package::Wheel;

/// A file to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Relative to the output directory of the target.
    pub path: PathBuf,
    pub bytes: Vec<u8>,
}

/// Formats JSON: two spaces, keys in order, a final newline.
pub fn json_bytes(value: &Value) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// Everything that compiling for one target writes. Each wheel is paired with its workspace folder.
pub fn artifacts(bundles: &[Bundle], wheels: &[(Wheel, String)], only: Option<&str>) -> Vec<Artifact> {
    let mut out: Vec<Artifact> = bundles
        .iter()
        .flat_map(|b| &b.jobs)
        .filter(|j| only.is_none_or(|o| o == j.pipeline))
        .map(|job| Artifact { path: PathBuf::from(format!("{}.job.json", job.pipeline)), bytes: json_bytes(&job.body) })
        .collect();
    let manifest = manifest(bundles, wheels, &out);
    for (wheel, _) in wheels {
        let path = PathBuf::from("wheels").join(&wheel.file_name);
        if !out.iter().any(|a| a.path == path) {
            out.push(Artifact { path, bytes: wheel.bytes.clone() });
        }
    }
    out.push(Artifact { path: PathBuf::from("manifest.json"), bytes: json_bytes(&manifest) });
    out
}
