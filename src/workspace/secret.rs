//! Texts that must never be seen.

use std::fmt;

/// A credential. It shows itself as `***`, in debug output as well.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text itself: for the header or form field that it is meant for, and nothing else.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Takes secrets out of a text that somebody else wrote: a server may echo what it was sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Mask(Vec<Secret>);

impl Mask {
    /// Adds a secret. A very short one would blank out half of every text, and is no secret.
    pub fn add(&mut self, secret: &Secret) {
        if secret.0.len() >= 4 && !self.0.contains(secret) {
            self.0.push(secret.clone());
            // One may be the beginning of another: the longer goes first.
            self.0.sort_by_key(|s| std::cmp::Reverse(s.0.len()));
        }
    }

    /// The text with `***` for every secret.
    pub fn apply(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret.reveal(), "***"))
    }
}

/// Whether a token can stand in a header.
pub(super) fn is_sendable(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic())
}
