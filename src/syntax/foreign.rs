//! Recognizes files of other formats.

use std::ops::Range;

use super::words;

/// The first line with content and the format of a text that has no declaration of the language.
pub(super) fn of_another_format(text: &str) -> Option<(Range<usize>, &'static str)> {
    let mut start = 0;
    let mut first = None;
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        let word = content.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or("");
        if words::declares(word.as_bytes()) && content.ends_with('{') && !content.contains('"') {
            return None;
        }
        if first.is_none() && !content.is_empty() && !content.starts_with('#') {
            let at = start + line.len() - line.trim_start().len();
            first = Some((at..at + content.len(), content, word));
        }
        start += line.len();
    }
    let (at, content, word) = first?;
    let after = content.get(word.len()..).unwrap_or("").trim_start();
    let format = match word {
        "resource" | "variable" | "provider" | "terraform" | "locals" | "data" | "module"
            if after.starts_with(['"', '{']) =>
        {
            "Terraform"
        }
        "from" | "def" | "class" => "Python",
        "import" if !after.starts_with('"') => "Python",
        "" if content.starts_with(['{', '[']) => "JSON",
        "" if content.starts_with("---") || content.starts_with("- ") => "YAML",
        "" => return None,
        _ if after.starts_with(':') => "YAML",
        _ => return None,
    };
    Some((at, format))
}
