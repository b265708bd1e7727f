//! How elements of lists are told apart, where their order means nothing to the service.
//!
//! Source: the service gives `depends_on` back sorted by key, and the platform's own bundles compare these lists by these
//! keys.

/// The lists of objects that have a key, with the field that is the key.
pub const KEYED: &[(&str, &str)] = &[
    ("tasks", "task_key"),
    ("job_clusters", "job_cluster_key"),
    ("environments", "environment_key"),
    ("parameters", "name"),
    ("depends_on", "task_key"),
    ("rules", "metric"),
];

/// Lists whose order means nothing: the whole element is its own key.
pub const UNORDERED: &[&str] = &[
    "libraries",
    "on_start",
    "on_success",
    "on_failure",
    "on_duration_warning_threshold_exceeded",
    "on_streaming_backlog_exceeded",
    "subscribers",
    "subscriptions",
    "ssh_public_keys",
    "table_names",
];

/// The field by which elements of a list are known.
pub fn list_key(list: &str) -> Option<&'static str> {
    KEYED.iter().find(|(l, _)| *l == list).map(|(_, key)| *key)
}

/// Whether the order of a list without keys means nothing.
pub fn is_unordered(list: &str) -> bool {
    UNORDERED.contains(&list)
}
