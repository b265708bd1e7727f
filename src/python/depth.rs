//! Limits on nesting: the tree is traversed recursively, and a file may be made to overflow the stack.

/// The maximum nesting. CPython's compiler has a lower limit.
const DEEPEST: usize = 6000;
/// Up to this nesting, the current stack is large enough.
const SHALLOW: usize = 200;
/// The stack for deeper nesting, in bytes; unused pages cost nothing.
const STACK: usize = 128 << 20;

/// Runs `f` with a stack that is large enough for the tree of `text`; `None` if that is impossible.
pub(super) fn with_stack_for<T: Send>(text: &str, f: impl FnOnce() -> T + Send) -> Option<T> {
    match bound(text) {
        depth if depth <= SHALLOW => Some(f()),
        depth if depth <= DEEPEST => std::thread::scope(|scope| {
            std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, f).ok()?.join().ok()
        }),
        _ => None,
    }
}

/// An upper bound for the depth of the syntax tree: the operators, words and brackets of all expressions around a
/// place.
fn bound(text: &str) -> usize {
    let bytes = text.as_bytes();
    // A counter per open bracket, and one for the statement.
    let mut open: Vec<usize> = vec![0];
    let (mut total, mut deepest) = (0, 0);
    let mut at = 0;
    let mut word = false;
    while let Some(&byte) = bytes.get(at) {
        let was_word = std::mem::replace(&mut word, byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80);
        match byte {
            b'#' => at += bytes.get(at..).and_then(|rest| rest.iter().position(|b| *b == b'\n')).unwrap_or(bytes.len()),
            b'"' | b'\'' => {
                let start = at;
                at = string_end(bytes, at);
                let formatted = start
                    .checked_sub(1)
                    .and_then(|i| bytes.get(i.saturating_sub(1)..=i))
                    .is_some_and(|prefix| prefix.iter().any(|b| matches!(b, b'f' | b'F' | b't' | b'T')));
                // The braces of an f-string contain code.
                let inside = if formatted {
                    bytes
                        .get(start..at)
                        .map_or(0, |s| s.iter().filter(|b| b.is_ascii_punctuation() || **b == b' ').count())
                } else {
                    0
                };
                deepest = deepest.max(total + inside);
                continue;
            }
            b',' | b';' => reset(&mut open, &mut total),
            b'\n' if open.len() == 1 => reset(&mut open, &mut total),
            b'(' | b'[' | b'{' => {
                open.push(1);
                total += 1;
            }
            b')' | b']' | b'}' => {
                if open.len() > 1 {
                    total -= open.pop().unwrap_or(0);
                }
                add(&mut open, &mut total);
            }
            b' ' | b'\t' | b'\r' | b'\n' | b'\\' => {}
            _ if word && was_word => {}
            _ => add(&mut open, &mut total),
        }
        deepest = deepest.max(total);
        at += 1;
    }
    deepest
}

fn add(open: &mut [usize], total: &mut usize) {
    if let Some(last) = open.last_mut() {
        *last += 1;
        *total += 1;
    }
}

/// Starts the next element of a bracket, or the next statement; the bracket itself still counts.
fn reset(open: &mut [usize], total: &mut usize) {
    let bracket = usize::from(open.len() > 1);
    if let Some(last) = open.last_mut() {
        *total -= *last - bracket;
        *last = bracket;
    }
}

/// The end of the string that starts at `at`.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let quote = bytes.get(at).copied().unwrap_or_default();
    let triple = bytes.get(at..at + 3).is_some_and(|q| q.iter().all(|b| *b == quote));
    let mut i = at + if triple { 3 } else { 1 };
    while let Some(&byte) = bytes.get(i) {
        match byte {
            b'\\' => i += 1,
            b'\n' if !triple => return i,
            b if b == quote && !triple => return i + 1,
            b if b == quote && bytes.get(i..i + 3).is_some_and(|q| q.iter().all(|b| *b == quote)) => return i + 3,
            _ => {}
        }
        i += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::bound;

    #[test]
    fn ordinary_code_is_shallow_however_long() {
        let code = "x = [1, 2, 3]  # it's (not\nprint(f\"{x} :(\", \"(((\", '''\n(((\n''')\n".repeat(5000);
        assert!(bound(&code) < 40, "{}", bound(&code));
    }

    #[test]
    fn long_chains_and_deep_brackets_are_deep() {
        for code in [
            format!("x = {}1", "1+".repeat(9000)),
            "(".repeat(9000),
            "not ".repeat(9000),
            "[0,".repeat(9000),
            format!("a{}", "[0]".repeat(9000)),
            format!("f\"{{{}1}}\"", "1+".repeat(9000)),
        ] {
            assert!(bound(&code) >= 9000, "{}", code.get(..20).unwrap_or_default());
        }
    }
}
