//! Limits on source files.

/// The maximum size of a file, in bytes.
pub const MAX_FILE: usize = 32 << 20;
/// The maximum nesting of brackets.
pub const MAX_DEPTH: usize = 64;
