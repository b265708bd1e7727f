//! Limits on inputs.

/// The maximum size of a text, in bytes.
pub const MAX_TEXT: usize = 64 << 20;
/// The maximum number of values, with aliases of YAML expanded.
pub const MAX_NODES: usize = 500_000;
/// The maximum number of JSON values, which allows a list of ten thousand jobs.
pub const MAX_JSON_VALUES: usize = 2_000_000;
/// The maximum nesting.
pub const MAX_DEPTH: usize = 48;
