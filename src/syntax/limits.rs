//! How much text is read.

/// The largest file that is read, in bytes.
pub const MAX_FILE: usize = 32 << 20;
/// The deepest nesting of brackets that is read.
pub const MAX_DEPTH: usize = 64;
