//! Withholds tokens from programs that build and install packages.
//!
//! These programs run code of packages. A build may need any other environment variable, such as `CFLAGS` or the URL
//! of an index. But it never needs one that logs in to a workspace or identifies a CI job.

use std::process::Command;

/// Prefixes of such variables: those of Databricks and of Azure service principals.
const PREFIXES: &[&str] = &["DATABRICKS_", "ARM_"];
/// Names of such variables. Those that private indexes need, such as `GITHUB_TOKEN`, are passed.
const NAMES: &[&str] = &[
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "ACTIONS_RUNTIME_TOKEN",
    "AZURE_CLIENT_SECRET",
    "GOOGLE_CREDENTIALS",
    "SYSTEM_ACCESSTOKEN",
];

/// Removes the tokens from the environment of `command`.
pub fn without_tokens(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if NAMES.contains(&&*text) || PREFIXES.iter().any(|p| text.starts_with(p)) {
            command.env_remove(&name);
        }
    }
}
