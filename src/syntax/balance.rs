//! The balance of braces in a text.

use super::tokens::{Lexeme, Tokens};

/// The balance of braces, ignoring strings, quoted names and comments.
pub(super) struct Balance {
    /// Opening braces, with the depth before them.
    opens: Vec<(usize, i64)>,
    /// The depth at the end.
    end: i64,
}

impl Balance {
    pub(super) fn of(bytes: &[u8]) -> Balance {
        let mut balance = Balance { opens: Vec::new(), end: 0 };
        for token in Tokens::from(bytes, 0) {
            match (token.kind, bytes.get(token.start)) {
                (Lexeme::Open, Some(b'{')) => {
                    balance.opens.push((token.start, balance.end));
                    balance.end += 1;
                }
                (Lexeme::Close, Some(b'}')) => balance.end -= 1,
                _ => {}
            }
        }
        balance
    }

    /// The number of braces that are open at the end, of those opened from `open` on.
    pub(super) fn from(&self, open: usize) -> i64 {
        let next = self.opens.partition_point(|(at, _)| *at < open);
        self.opens.get(next).map_or(0, |(_, before)| self.end - before)
    }
}
