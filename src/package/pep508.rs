//! Parses requirements (PEP 508) from untrusted text.
//!
//! `pep508_rs` panics on some names, expands environment variables in URLs, and combines the alternatives of a marker
//! in exponential memory. So this module splits a requirement, limits its parts, and passes each part on its own.

use std::str::FromStr;

use pep440_rs::Operator;
use pep508_rs::{MarkerTree, Requirement, VerbatimUrl, VersionOrUrl};

/// The maximum length of a requirement, in bytes. Lock files with long markers need less than a tenth.
const MAX_LENGTH: usize = 16 << 10;
/// The maximum nesting of parentheses in a marker.
const MAX_DEPTH: usize = 64;

/// Why a requirement is invalid.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct RequirementError(String);

impl<T: Into<String>> From<T> for RequirementError {
    fn from(text: T) -> RequirementError {
        RequirementError(text.into())
    }
}

/// Where a requirement's package comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RequirementSource {
    /// An index.
    Index,
    /// A URL: `name @ https://...`.
    Address,
}

/// Checks a requirement, and returns where its package comes from.
///
/// # Errors
/// Why it is invalid.
pub(super) fn check_requirement(text: &str) -> Result<RequirementSource, RequirementError> {
    Ok(parse(text)?.map_or(RequirementSource::Address, |_| RequirementSource::Index))
}

/// Whether a requirement from an index allows exactly one version; false if it is invalid.
pub(super) fn is_exact(text: &str) -> bool {
    let Ok(Some(Requirement { version_or_url: Some(VersionOrUrl::VersionSpecifier(versions)), .. })) = parse(text)
    else {
        return false;
    };
    versions.iter().any(|v| matches!(v.operator(), Operator::Equal | Operator::ExactEqual))
}

/// The name and versions of a requirement from an index; `None` for one with a URL.
fn parse(text: &str) -> Result<Option<Requirement<VerbatimUrl>>, RequirementError> {
    if text.len() > MAX_LENGTH {
        return Err(format!("it is longer than {MAX_LENGTH} bytes").into());
    }
    let text = text.trim();
    let name_end = text.find(|c: char| !is_name_char(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(name_end).unwrap_or((text, ""));
    check_name(name, "package name", "a package name")?;
    let (extras, rest) = match rest.trim_start().strip_prefix('[') {
        Some(inside) => inside.split_once(']').ok_or("unclosed `[`")?,
        None => ("", rest),
    };
    for extra in extras.split(',').map(str::trim).filter(|_| !extras.trim().is_empty()) {
        check_name(extra, "extra", "an extra")?;
    }
    let rest = rest.trim_start();
    if let Some(address) = rest.strip_prefix('@') {
        let address = address.trim();
        // A marker after a URL has a space before its `;`, because URLs may contain one.
        let blank = address
            .match_indices(';')
            .find(|(at, _)| address.get(..*at).is_some_and(|a| a.ends_with(char::is_whitespace)));
        let (address, marker) = match blank.and_then(|(at, _)| Some((address.get(..at)?, address.get(at + 1..)?))) {
            Some((address, marker)) => (address.trim(), Some(marker)),
            None => (address, None),
        };
        if address.is_empty() || address.contains(char::is_whitespace) {
            return Err("`@` must be followed by an address".into());
        }
        marker.map_or(Ok(()), check_marker)?;
        return Ok(None);
    }
    let (versions, marker) = match rest.split_once(';') {
        Some((versions, marker)) => (versions, Some(marker)),
        None => (rest, None),
    };
    // `pep508_rs` would read these as extras, which are unchecked here.
    if versions.starts_with('[') {
        return Err("more than one list of extras".into());
    }
    let plain = format!("{name} {}", versions.trim());
    let requirement = Requirement::from_str(plain.trim()).map_err(|e| first_line(&e.to_string()))?;
    marker.map_or(Ok(()), check_marker)?;
    Ok(Some(requirement))
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

/// Checks a name by PEP 508: `[A-Za-z0-9]`, with `-`, `_` and `.` inside.
fn check_name(name: &str, what: &str, with_article: &str) -> Result<(), RequirementError> {
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    if name.is_empty() {
        return Err(format!("expected {with_article} that starts with a letter or digit").into());
    }
    if let Some(wrong) = name.chars().find(|c| !is_name_char(*c)) {
        return Err(format!("`{}` is not allowed in {with_article}", wrong.escape_debug()).into());
    }
    if !ends(name.chars().next()) || !ends(name.chars().last()) {
        return Err(format!("the {what} `{name}` must start and end with a letter or digit").into());
    }
    Ok(())
}

/// Checks an environment marker: comparisons with `and`, `or` and parentheses.
fn check_marker(text: &str) -> Result<(), RequirementError> {
    let mut depth = 0usize;
    let mut start = 0;
    let mut quote = None;
    // Whether a comparison has just ended, so that `and`, `or` or `)` must follow.
    let mut ended = false;
    let words = MarkerWords { text, at: 0 };
    for (at, word) in words {
        match (word, quote) {
            ("(", None) if !ended && text.get(start..at).is_some_and(|t| t.trim().is_empty()) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(format!("parentheses are nested more than {MAX_DEPTH} levels deep").into());
                }
                start = at + 1;
            }
            (")" | "and" | "or", None) => {
                if !ended {
                    check_comparison(text.get(start..at).unwrap_or(""))?;
                }
                if word == ")" {
                    depth = depth.checked_sub(1).ok_or("unmatched `)`")?;
                }
                ended = word == ")";
                start = at + word.len();
            }
            (mark, Some(open)) if mark == open => quote = None,
            (other, None) if ended => {
                return Err(format!("expected `and`, `or` or `)`, found `{}`", shortened(other)).into());
            }
            ("'" | "\"", None) => quote = Some(word),
            _ => {}
        }
    }
    if depth > 0 {
        return Err("unclosed `(`".into());
    }
    if !ended {
        check_comparison(text.get(start..).unwrap_or(""))?;
    }
    Ok(())
}

fn check_comparison(text: &str) -> Result<(), RequirementError> {
    let text = text.trim();
    if text.is_empty() {
        return Err("a marker requires a comparison such as `python_version < \"3.12\"`".into());
    }
    MarkerTree::from_str(text).map(|_| ()).map_err(|e| first_line(&e.to_string()).into())
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or("it cannot be parsed").to_owned()
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

/// The words, parentheses and strings of a marker, with positions.
struct MarkerWords<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for MarkerWords<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<(usize, &'a str)> {
        let rest = self.text.get(self.at..)?;
        let skipped = rest.len() - rest.trim_start().len();
        let start = self.at + skipped;
        let rest = self.text.get(start..)?;
        let first = rest.chars().next()?;
        let single = |c: char| matches!(c, '(' | ')' | '\'' | '"');
        let len =
            if single(first) { 1 } else { rest.find(|c: char| single(c) || c.is_whitespace()).unwrap_or(rest.len()) };
        self.at = start + len;
        Some((start, rest.get(..len)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_end_in_punctuation_are_reported() {
        for text in [
            "scikit->=1.4",
            "scikit-",
            "a_ ==1",
            "a.[b]",
            "a[b-]",
            "a[-b]",
            "a[b,]",
            "-",
            "",
            "a[",
            "é==1",
            "a[b;c]",
            "a[b][c.,==1]*",
        ] {
            assert!(check_requirement(text).is_err(), "{text}");
        }
        for text in
            ["scikit-learn>=1.4", "a", "a.b_c-d[e.f, g] >=1,<2", "a [b]==1.*", "a[]", "A1 (>=2)", " a>=1", "\ta"]
        {
            assert_eq!(check_requirement(text), Ok(RequirementSource::Index), "{text}");
        }
    }

    #[test]
    fn addresses_are_not_expanded() {
        assert_eq!(check_requirement("x @ https://example.org/${HOME}/x.whl"), Ok(RequirementSource::Address));
        assert_eq!(
            check_requirement("x[a]@ https://example.org/x.whl ; python_version < '4'"),
            Ok(RequirementSource::Address)
        );
        assert!(check_requirement("x @").is_err());
    }

    #[test]
    fn markers_are_checked_one_comparison_at_a_time() {
        for text in [
            "python_version < '3.12'",
            "(os_name == 'nt' or os_name=='posix') and extra == 'a and b'",
            "((python_version >= \"3.9\"))",
            "'linux' in sys_platform",
            "sys_platform not in 'win32 (x)'",
        ] {
            assert_eq!(check_requirement(&format!("x; {text}")), Ok(RequirementSource::Index), "{text}");
        }
        for text in
            ["", "(", ")", "a == 'b'", "os_name == 'nt' and", "os_name == 'nt')", "(os_name == 'nt') 'x'", "or", "()"]
        {
            assert!(check_requirement(&format!("x; {text}")).is_err(), "{text}");
        }
        let many = vec!["extra == 'a' and extra != 'b'"; 300].join(" or ");
        assert_eq!(check_requirement(&format!("x; {many}")), Ok(RequirementSource::Index));
        assert!(check_requirement(&format!("x; {}", "(".repeat(10_000))).is_err());
        assert!(check_requirement(&format!("x; {}", "(".repeat(20_000))).is_err());
    }
}
