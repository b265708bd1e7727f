//! How the braces of a text balance.

use super::bytes::find;

/// How the braces of a text balance, strings, names and comments left out.
pub(super) struct Balance {
    /// Each opening brace, with the depth before it.
    opens: Vec<(usize, i64)>,
    /// The depth at the end.
    end: i64,
}

impl Balance {
    pub(super) fn of(bytes: &[u8]) -> Balance {
        let mut balance = Balance { opens: Vec::new(), end: 0 };
        let byte = |at: usize| bytes.get(at).copied().unwrap_or(b'\n');
        let mut at = 0;
        while at < bytes.len() {
            match byte(at) {
                b'{' => {
                    balance.opens.push((at, balance.end));
                    balance.end += 1;
                }
                b'}' => balance.end -= 1,
                b'#' => at = find(b'\n', bytes, at),
                b'`' => {
                    let rest = bytes.get(at + 1..).unwrap_or(b"");
                    let stop = rest.iter().position(|b| matches!(b, b'`' | b'\n')).unwrap_or(rest.len());
                    at += if rest.get(stop) == Some(&b'`') { stop + 1 } else { 0 };
                }
                b'"' => {
                    let triple = bytes.get(at..).is_some_and(|b| b.starts_with(b"\"\"\""));
                    at += if triple { 3 } else { 1 };
                    while at < bytes.len() {
                        match byte(at) {
                            b'\\' => at += 1,
                            b'"' if !triple => break,
                            b'"' if bytes.get(at..).is_some_and(|b| b.starts_with(b"\"\"\"")) => {
                                at += 2;
                                break;
                            }
                            b'\n' if !triple => break,
                            _ => {}
                        }
                        at += 1;
                    }
                }
                _ => {}
            }
            at += 1;
        }
        balance
    }

    /// The braces opened and not closed from `open` to the end.
    pub(super) fn from(&self, open: usize) -> i64 {
        let next = self.opens.partition_point(|(at, _)| *at < open);
        self.opens.get(next).map_or(0, |(_, before)| self.end - before)
    }
}
