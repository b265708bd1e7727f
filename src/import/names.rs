//! Names and strings in source.

use crate::source::{plain, quote_name};
use crate::syntax::words::{self, WordPosition};

/// A readable name: `Nightly ETL (prod)` becomes `nightly_etl_prod`.
pub fn identifier(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            _ if out.ends_with('_') || out.is_empty() => {}
            _ => out.push('_'),
        }
    }
    // Names become file names.
    let out = out.get(..60).unwrap_or(&out).trim_matches('_');
    match out.chars().next() {
        None => "job".to_owned(),
        Some('0'..='9') => format!("job_{out}"),
        Some(_) if words::find(out).is_some_and(|w| w.slot == WordPosition::Value) => format!("{out}_job"),
        Some(_) => out.to_owned(),
    }
}

/// Whether a name can be written.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains('`') && !name.contains(plain::is_hidden)
}

/// A name in a declaration or as a value.
pub(super) fn name(name: &str) -> String {
    if words::find(name).is_some_and(|w| w.slot == WordPosition::Value) {
        format!("`{name}`")
    } else {
        quote_name(name)
    }
}
