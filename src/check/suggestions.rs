//! Limits how often similar names are searched, because each search compares an unknown name with all candidates.

use crate::diag::Candidate;

/// The number of unknown names of a project for which similar names are searched.
const MOST: usize = 100;

/// The number of searches that are left.
#[derive(Debug)]
pub struct Suggestions(usize);

impl Suggestions {
    /// The share of one of several parts that are checked in parallel.
    pub fn shared_by(parts: usize) -> Suggestions {
        Suggestions((MOST / parts.max(1)).max(1))
    }

    /// The names among which to search for a similar one; empty once the limit is reached.
    pub fn among<'n>(&mut self, names: impl FnOnce() -> Vec<Candidate<'n>>) -> Vec<Candidate<'n>> {
        match self.0.checked_sub(1) {
            Some(left) => {
                self.0 = left;
                names()
            }
            None => Vec::new(),
        }
    }
}
