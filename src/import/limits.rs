//! How much of an input is read.

/// The largest text that is read, in bytes.
pub const MAX_TEXT: usize = 64 << 20;
/// The most values that are read, aliases of YAML unfolded.
pub const MAX_NODES: usize = 500_000;
/// The most values of JSON that are read: a list of ten thousand jobs stays below it.
pub const MAX_JSON_VALUES: usize = 2_000_000;
/// The deepest nesting that is read: no job comes near it.
pub const MAX_DEPTH: usize = 48;
