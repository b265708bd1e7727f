//! Names and versions as packages spell them.

use std::str::FromStr;

/// The name in the form that files and indexes use: lower case, runs of `-_.` as one `_`.
pub fn normalize_name(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if matches!(c, '-' | '_' | '.') {
            if !out.ends_with('_') {
                out.push('_');
            }
        } else {
            out.extend(c.to_lowercase());
        }
    }
    out
}

/// A version in its usual spelling.
pub(super) fn valid_version(version: &str) -> Option<String> {
    Some(pep440_rs::Version::from_str(version.trim()).ok()?.to_string())
}
