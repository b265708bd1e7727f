//! Parses `~/.databrickscfg`: profiles in the INI format of Python's `configparser`.

use ini::{Ini, ParseOption};

/// The section with settings about profiles.
const SETTINGS: &str = "__settings__";

/// The profiles of a file.
#[derive(Debug, Clone, Default)]
pub struct Profiles {
    /// Names and entries, in file order. `DEFAULT` is not inherited, as in the platform's own tools.
    list: Vec<(String, Vec<(String, String)>)>,
    default: Option<String>,
}

/// Why a file of profiles is invalid.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct ProfilesError(String);

impl<T: Into<String>> From<T> for ProfilesError {
    fn from(text: T) -> ProfilesError {
        ProfilesError(text.into())
    }
}

impl Profiles {
    /// Parses a file.
    ///
    /// # Errors
    /// What is wrong, with the line number but without its text, which may be a credential.
    pub fn parse(text: &str) -> Result<Profiles, ProfilesError> {
        let options = ParseOption { enabled_quote: false, enabled_escape: false, ..ParseOption::default() };
        let ini = Ini::load_from_str_opt(text.trim_start_matches('\u{feff}'), options)
            .map_err(|e| format!("invalid line {}", e.line))?;
        let mut out = Profiles::default();
        for (name, entries) in &ini {
            let entries: Vec<(String, String)> =
                entries.iter().map(|(k, v)| (k.trim().to_ascii_lowercase(), v.trim().to_owned())).collect();
            match name {
                None if entries.is_empty() => {}
                None => return Err("entries before the first profile".into()),
                Some(SETTINGS) => {
                    let default = entries.into_iter().find(|(k, _)| k == "default_profile").map(|(_, v)| v);
                    out.default = default.filter(|d| !d.is_empty());
                }
                // It is unclear which of two profiles is meant, and mixing them could send credentials to the wrong
                // host.
                Some(name) if out.list.iter().any(|(n, _)| n == name) => {
                    return Err(format!("duplicate profile `{name}`").into());
                }
                Some(name) => out.list.push((name.to_owned(), entries)),
            }
        }
        Ok(out)
    }

    /// The default profile: the one that `[__settings__]` names, else `[DEFAULT]`.
    pub fn default_name(&self) -> Option<&str> {
        let fallback = || self.list.iter().find(|(n, e)| n == "DEFAULT" && !e.is_empty()).map(|(n, _)| n.as_str());
        self.default.as_deref().or_else(fallback)
    }

    /// The entries of a profile.
    pub fn get(&self, name: &str) -> Option<&[(String, String)]> {
        self.list.iter().find(|(n, _)| n == name).map(|(_, e)| e.as_slice())
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|(n, _)| n.as_str())
    }

    /// The profiles for a host.
    pub fn for_host(&self, host: &str) -> Vec<&str> {
        let wanted = super::address::plain_host(host);
        self.list
            .iter()
            .filter(|(_, e)| e.iter().any(|(k, v)| k == "host" && super::address::plain_host(v) == wanted))
            .map(|(n, _)| n.as_str())
            .collect()
    }
}
