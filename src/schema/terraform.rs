//! What Terraform's `databricks_job` calls in another way.
//!
//! Source: the provider's public page of the resource: blocks that may be repeated have names in the singular, and the
//! fields of `git_source` lack their prefix.

use super::field::Block;

/// Fields with another name: the API type, its field, and the name in Terraform.
static RENAMED: &[(&str, &str, &str)] = &[
    ("Job", "tasks", "task"),
    ("Job", "job_clusters", "job_cluster"),
    ("Job", "parameters", "parameter"),
    ("Job", "environments", "environment"),
    ("Task", "libraries", "library"),
    ("GitSource", "git_url", "url"),
    ("GitSource", "git_provider", "provider"),
    ("GitSource", "git_branch", "branch"),
    ("GitSource", "git_tag", "tag"),
    ("GitSource", "git_commit", "commit"),
];

/// The name of a field in Terraform.
pub fn terraform_name<'k>(block: &Block, key: &'k str) -> &'k str {
    RENAMED.iter().find(|(b, api, _)| *b == block.name && *api == key).map_or(key, |(_, _, tf)| tf)
}

/// The field that Terraform calls like this.
pub fn from_terraform<'k>(block: &Block, key: &'k str) -> &'k str {
    RENAMED.iter().find(|(b, _, tf)| *b == block.name && *tf == key).map_or(key, |(_, api, _)| api)
}
