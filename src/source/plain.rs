//! Escapes foreign text for terminals and CI logs.
//!
//! Source, file names, keys of imported files, responses of servers and logs of steps may contain anything: escape
//! sequences that move the cursor or change the window title, characters that reorder a line, and lines that a CI
//! service executes as commands.

use std::borrow::Cow;
use std::fmt::Write;

/// The maximum number of characters to show of a message.
const MAX_LINE: usize = 4000;

/// Whether a character is not shown as itself: control characters, and characters that reorder or hide others.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || is_bidirectional(c)
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{200b}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether a character changes the direction of text (Trojan Source, CVE-2021-42574).
pub fn is_bidirectional(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text as one line: hidden characters and line ends are escaped, and a long text is cut.
pub fn line(text: &str) -> Cow<'_, str> {
    let long = text.len() > MAX_LINE;
    if !long && !text.chars().any(is_hidden) && !is_command(text) {
        return Cow::Borrowed(text);
    }
    let cut = text.char_indices().nth(MAX_LINE).map_or(text.len(), |(at, _)| at);
    let (shown, rest) = text.split_at_checked(cut).unwrap_or((text, ""));
    let mut out = escaped(shown, &[]);
    if !rest.is_empty() {
        // Writing to a string cannot fail.
        let _ = write!(out, "... ({} more characters)", rest.chars().count());
    }
    Cow::Owned(without_commands(&out))
}

/// A text of several lines: line ends and tabs are kept, other hidden characters are escaped.
pub fn lines(text: &str) -> Cow<'_, str> {
    let kept = |c: char| matches!(c, '\n' | '\t');
    if !text.chars().any(|c| is_hidden(c) && !kept(c)) && !text.lines().any(is_command) {
        return Cow::Borrowed(text);
    }
    let text = escaped(&text.replace("\r\n", "\n"), &['\n', '\t']);
    Cow::Owned(text.split('\n').map(without_commands).collect::<Vec<_>>().join("\n"))
}

/// A line of a log without colors, and with the last state of a line that was overwritten, such as a progress bar.
pub fn log_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let text = text.trim_end_matches(['\r', '\n']);
    let mut rest = text.rsplit('\r').next().unwrap_or(text);
    while let Some(at) = rest.find("\u{1b}[") {
        let (before, sequence) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let parameters = sequence.get(2..).unwrap_or("");
        let end = parameters.find(|c: char| !(c.is_ascii_digit() || c == ';')).unwrap_or(parameters.len());
        out.push_str(before);
        // Colors, and sequences that clear a line before it is overwritten.
        if parameters.get(end..).is_some_and(|p| p.starts_with(['m', 'K'])) {
            rest = parameters.get(end + 1..).unwrap_or("");
        } else {
            out.push_str("\u{1b}[");
            rest = parameters;
        }
    }
    out.push_str(rest);
    line(&out.replace('\t', "    ")).into_owned()
}

/// Source for drawing: hidden characters are replaced by others of the same length, so that carets stay in place.
pub fn same_length(bytes: &[u8]) -> Cow<'_, [u8]> {
    let Ok(text) = std::str::from_utf8(bytes) else { return Cow::Borrowed(bytes) };
    let kept = |c: char| matches!(c, '\n' | '\t' | '\r');
    if !text.chars().any(|c| is_hidden(c) && !kept(c)) && !holds_command(text) {
        return Cow::Borrowed(bytes);
    }
    let stand_in = |c: char| match c.len_utf8() {
        1 => "?",
        2 => "\u{bf}",
        3 => "\u{fffd}",
        _ => "\u{1f6ab}",
    };
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if is_hidden(c) && !kept(c) => out.push_str(stand_in(c)),
            c => out.push(c),
        }
    }
    Cow::Owned(out.replace("##[", "##(").replace("##vso[", "##vso(").into_bytes())
}

/// JSON text with hidden non-ASCII characters and CI commands escaped: the same value, safe to print.
pub fn json(text: &str) -> Cow<'_, str> {
    if !holds_command(text) && !text.chars().any(|c| is_hidden(c) && c != '\n') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut units = [0; 2];
    for c in text.chars() {
        if is_hidden(c) && c != '\n' {
            for unit in c.encode_utf16(&mut units) {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(with_hash(&out, "\\u0023"))
}

/// Replaces the first `#` of each CI command by `hash`, an escape for `#` in the language of the text.
pub fn with_hash(text: &str, hash: &str) -> String {
    text.replace("##[", &format!("{hash}#[")).replace("##vso[", &format!("{hash}#vso["))
}

fn escaped(text: &str, kept: &[char]) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if kept.contains(&c) || !is_hidden(c) => out.push(c),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{{{:x}}}", c as u32);
            }
        }
    }
    out
}

/// Whether a CI service executes a line as a command: GitHub Actions and Azure Pipelines do so anywhere in the
/// output.
fn is_command(line: &str) -> bool {
    line.trim_start().starts_with("::") || holds_command(line)
}

/// Whether a text contains a command that Azure Pipelines executes anywhere in a line.
fn holds_command(text: &str) -> bool {
    text.contains("##[") || text.contains("##vso[")
}

fn without_commands(line: &str) -> String {
    let text = line.replace("##[", "##\\[").replace("##vso[", "##vso\\[");
    match text.trim_start().starts_with("::") {
        true => text.replacen("::", "\\::", 1),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_a_terminal_but_text() {
        assert_eq!(line("a\u{1b}]0;x\u{7}b\nc\u{9b}31m"), "a\\u{1b}]0;x\\u{7}b\\nc\\u{9b}31m");
        assert_eq!(line("is \u{202e}drow"), "is \\u{202e}drow");
        assert_eq!(lines("a\tb\r\nc\u{1b}[2J"), "a\tb\nc\\u{1b}[2J");
        assert_eq!(log_line("\u{1b}[1;31mred\u{1b}[0m \u{1b}[2Jgone"), "red \\u{1b}[2Jgone");
        assert_eq!(log_line("  0%|\r 10%|\u{1b}[K#\r"), " 10%|#");
        assert_eq!(log_line("\tat org.apache.spark"), "    at org.apache.spark");
        assert!(matches!(line("Grüße, 世界"), Cow::Borrowed(_)));
        assert!(line(&"x".repeat(10_000)).ends_with("(6000 more characters)"));
    }

    #[test]
    fn no_line_is_a_command_of_a_ci_service() {
        assert_eq!(lines("x\n  ::error::fake\n##[add-path]/tmp"), "x\n  \\::error::fake\n##\\[add-path]/tmp");
        assert_eq!(line("a\n::set-output"), "a\\n::set-output");
        assert_eq!(line("##vso[task.setvariable]"), "##vso\\[task.setvariable]");
    }

    #[test]
    fn drawings_keep_their_places() {
        for text in ["a\u{1b}[31m", "\u{85}x", "\u{202e}x", "##[x]", "a ##vso[x]", "\u{e0041}"] {
            let shown = same_length(text.as_bytes());
            assert_eq!(shown.len(), text.len());
            let shown = std::str::from_utf8(&shown).unwrap();
            assert!(!shown.chars().any(is_hidden) && !holds_command(shown));
        }
    }

    #[test]
    fn json_keeps_its_value() {
        let value = serde_json::json!({ "a": "\u{9b}31m\u{202e}\u{7f}\u{e0041}é ###[x] ##vso[y]" });
        let text = value.to_string();
        let safe = json(&text);
        assert!(!safe.chars().any(is_hidden) && !holds_command(&safe));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), value);
    }
}
