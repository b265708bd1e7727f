//! What programs that build and install packages do not get.
//!
//! They run code of those packages. A build may need any other variable of the environment, such as `CFLAGS` or the
//! address of an index, but never what logs in to a workspace or proves who a CI job is.

use std::process::Command;

/// How the names of such variables begin: those of `databricks` and of Azure's service principals.
const PREFIXES: &[&str] = &["DATABRICKS_", "ARM_"];
/// Their whole names. What private indexes need, such as `GITHUB_TOKEN`, stays.
const NAMES: &[&str] = &[
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "ACTIONS_RUNTIME_TOKEN",
    "AZURE_CLIENT_SECRET",
    "GOOGLE_CREDENTIALS",
    "SYSTEM_ACCESSTOKEN",
];

/// Starts `command` without the tokens in pipec's own environment.
pub fn without_tokens(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if NAMES.contains(&&*text) || PREFIXES.iter().any(|p| text.starts_with(p)) {
            command.env_remove(&name);
        }
    }
}
