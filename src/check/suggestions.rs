//! How often near names are sought: each unknown name is compared with all that it may have been meant to be.

/// For how many unknown names of a project near ones are sought.
const MOST: usize = 100;

/// For how many more unknown names near ones are sought.
#[derive(Debug)]
pub struct Suggestions(usize);

impl Suggestions {
    /// The share of one of several parts that are checked at a time.
    pub fn shared_by(parts: usize) -> Suggestions {
        Suggestions((MOST / parts.max(1)).max(1))
    }

    /// The names that an unknown one may have been meant to be; none after many unknown names.
    pub fn among<'n>(&mut self, names: impl FnOnce() -> Vec<&'n str>) -> Vec<&'n str> {
        match self.0.checked_sub(1) {
            Some(left) => {
                self.0 = left;
                names()
            }
            None => Vec::new(),
        }
    }
}
