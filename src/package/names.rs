//! Normalizes names and versions of packages.

use std::str::FromStr;

/// The normalized name: lower case, with runs of `-_.` as one `_`.
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

/// The normalized version, if it is valid.
pub(super) fn valid_version(version: &str) -> Option<String> {
    Some(pep440_rs::Version::from_str(version.trim()).ok()?.to_string())
}
