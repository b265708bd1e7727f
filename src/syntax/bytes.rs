//! Searches for bytes.

/// The next `needle` at or after `from`, or the end.
pub(super) fn find(needle: u8, bytes: &[u8], from: usize) -> usize {
    bytes.get(from..).and_then(|rest| memchr::memchr(needle, rest)).map_or(bytes.len(), |i| from + i)
}

/// All positions of `needle`, in order.
pub(super) fn all(needle: u8, bytes: &[u8]) -> impl Iterator<Item = usize> {
    memchr::memchr_iter(needle, bytes)
}
