//! Renamed options: the error names the new one.

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

const OPTIONS: &[(&str, &str)] = &[
    ("--output", "--format"),
    ("-o", "--format"),
    ("--json", "--format json"),
    ("--markdown", "--format markdown"),
    ("--save", "--out"),
    ("--detailed-exitcode", "--exit-code"),
];

const VALUES: &[(&str, &str)] = &[("human", "text")];

/// Adds the new name to the error about an old one.
pub fn explain(error: &mut Error) {
    let (kind, names) = match error.kind() {
        ErrorKind::UnknownArgument => (ContextKind::InvalidArg, OPTIONS),
        ErrorKind::InvalidValue => (ContextKind::InvalidValue, VALUES),
        _ => return,
    };
    let Some(ContextValue::String(given)) = error.get(kind) else { return };
    let old = given.split('=').next().unwrap_or_default();
    if let Some((old, new)) = names.iter().find(|(name, _)| *name == old) {
        let tip = StyledStr::from(format!("`{old}` is now `{new}`"));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
}
