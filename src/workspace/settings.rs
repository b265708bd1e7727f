//! Settings of a workspace and credentials: from options and target, then `DATABRICKS_*`, then a profile.
//!
//! Names, aliases and order are those of the platform's SDKs (Apache-2.0 `databricks-sdk`, `config.py`).

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::address::{allowed_address, is_loopback, plain_host};
use super::profiles::Profiles;
use super::secret::Secret;

/// A setting of the platform's tools.
struct KnownSetting {
    name: &'static str,
    env: &'static [&'static str],
    /// Its authentication type; settings of two types contradict each other.
    way: Option<&'static str>,
    secret: bool,
}

const fn known(
    name: &'static str,
    env: &'static [&'static str],
    way: Option<&'static str>,
    secret: bool,
) -> KnownSetting {
    KnownSetting { name, env, way, secret }
}

const KNOWN: &[KnownSetting] = &[
    known("host", &["DATABRICKS_HOST"], None, false),
    known("account_id", &["DATABRICKS_ACCOUNT_ID"], None, false),
    known("token", &["DATABRICKS_TOKEN"], Some("pat"), true),
    known("username", &["DATABRICKS_USERNAME"], Some("basic"), false),
    known("password", &["DATABRICKS_PASSWORD"], Some("basic"), true),
    known("client_id", &["DATABRICKS_CLIENT_ID"], Some("oauth"), false),
    known("client_secret", &["DATABRICKS_CLIENT_SECRET"], Some("oauth"), true),
    known("oidc_token_env", &["DATABRICKS_OIDC_TOKEN_ENV"], Some("env-oidc"), false),
    known(
        "oidc_token_filepath",
        &["DATABRICKS_OIDC_TOKEN_FILEPATH", "DATABRICKS_OIDC_TOKEN_FILE"],
        Some("file-oidc"),
        false,
    ),
    known("token_audience", &["DATABRICKS_TOKEN_AUDIENCE"], None, false),
    known("discovery_url", &["DATABRICKS_DISCOVERY_URL"], None, false),
    known("azure_client_id", &["ARM_CLIENT_ID"], Some("azure"), false),
    known("azure_client_secret", &["ARM_CLIENT_SECRET"], Some("azure"), true),
    known("azure_tenant_id", &["ARM_TENANT_ID"], Some("azure"), false),
    known("azure_environment", &["ARM_ENVIRONMENT"], None, false),
    known("databricks_cli_path", &["DATABRICKS_CLI_PATH"], None, false),
    known("auth_type", &["DATABRICKS_AUTH_TYPE"], None, false),
    known("scopes", &["DATABRICKS_SCOPES"], None, false),
];

/// The source of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A command-line option.
    Flag(&'static str),
    /// The target in source.
    Target,
    /// An environment variable.
    Environment(&'static str),
    /// A profile of a file.
    Profile(String, PathBuf),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Flag(name) => write!(f, "{name}"),
            Source::Target => f.write_str("the target"),
            Source::Environment(name) => write!(f, "{name} in the environment"),
            Source::Profile(name, file) => write!(f, "[{name}] in {}", file.display()),
        }
    }
}

/// A setting and its source.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its name in a profile.
    pub name: &'static str,
    value: Secret,
    /// Whether it must not be shown.
    pub secret: bool,
    pub source: Source,
}

impl Attribute {
    /// The value; `***` for a secret.
    pub fn shown(&self) -> String {
        if self.secret { self.value.to_string() } else { self.value.reveal().to_owned() }
    }
}

/// Settings of the caller and the target.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--host`.
    pub host: Option<String>,
    /// `--profile`.
    pub profile: Option<String>,
    /// The host of the target.
    pub target_host: Option<String>,
    /// The profile of the target.
    pub target_profile: Option<String>,
}

/// The environment of the process, passed as a value so that nothing below reads it.
#[derive(Clone, Default)]
pub struct Environ {
    /// Environment variables.
    pub env: BTreeMap<String, String>,
    /// The path and text of the file with profiles, if it exists.
    pub profiles: Option<(PathBuf, String)>,
}

impl fmt::Debug for Environ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Surroundings(***)")
    }
}

impl Environ {
    /// A variable that is set and not empty.
    pub fn var(&self, name: &str) -> Option<&str> {
        self.env.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }
}

/// Why settings are invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsError {
    pub message: String,
    pub help: String,
}

fn error<T>(message: impl Into<String>, help: impl Into<String>) -> Result<T, SettingsError> {
    Err(SettingsError { message: message.into(), help: help.into() })
}

/// All settings, with their sources.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    list: Vec<Attribute>,
    /// The profile that was read.
    pub profile: Option<String>,
}

impl Settings {
    /// Combines options, target, environment and profile; the first source of a setting wins.
    ///
    /// # Errors
    /// No host, two different hosts, a missing profile, half of a pair of credentials, or settings of two
    /// authentication types.
    pub fn resolve(asked: &Overrides, around: &Environ) -> Result<Settings, SettingsError> {
        let mut out = Settings::default();
        if let Some(host) = &asked.host {
            out.set("host", host, Source::Flag("--host"));
        }
        if let Some(host) = &asked.target_host {
            out.set("host", host, Source::Target);
        }
        let file = match &around.profiles {
            Some((path, text)) => match Profiles::parse(text) {
                Ok(profiles) => Some((path, profiles)),
                Err(why) => {
                    return error(
                        format!("`{}`: {why}", path.display()),
                        "write a profile as `[name]`, followed by lines with `key = value`",
                    );
                }
            },
            None => None,
        };
        let named = asked
            .profile
            .as_deref()
            .map(|p| (p, "--profile"))
            .or(asked.target_profile.as_deref().map(|p| (p, "the target")))
            .or(around.var("DATABRICKS_CONFIG_PROFILE").map(|p| (p, "DATABRICKS_CONFIG_PROFILE")));
        let mut from_env = Settings::default();
        for k in KNOWN {
            if let Some((env, value)) = k.env.iter().find_map(|e| Some((*e, around.var(e)?))) {
                from_env.set(k.name, value, Source::Environment(env));
            }
        }
        // Credentials that follow from one host must not be sent to another.
        if let (Some(ours), Some(theirs)) = (out.get("host"), from_env.get("host"))
            && plain_host(ours) != plain_host(theirs)
            && from_env.list.iter().any(|a| way(a.name).is_some())
        {
            if named.is_some() {
                // The profile has its own.
                from_env.list.clear();
            } else {
                return error(
                    format!(
                        "{} uses {ours}, but DATABRICKS_HOST is {theirs}",
                        out.source("host").map(ToString::to_string).unwrap_or_default()
                    ),
                    "unset DATABRICKS_HOST, or choose a profile with `--profile`; credentials of one workspace are never sent to another",
                );
            }
        }
        out.merge(&from_env);
        let fallback = match (&file, out.get("host")) {
            _ if named.is_some() || out.list.iter().any(|a| way(a.name).is_some()) => None,
            (Some((_, profiles)), None) => profiles.default_name().map(str::to_owned),
            (Some((path, profiles)), Some(host)) if asked.host.is_some() || asked.target_host.is_some() => {
                match profiles.for_host(host).as_slice() {
                    [] => None,
                    [one] => Some((*one).to_owned()),
                    many => {
                        return error(
                            format!("`{}` has several profiles for {host}: {}", path.display(), many.join(", ")),
                            "choose one with `--profile`, or with `profile` in the `workspace` of the target",
                        );
                    }
                }
            }
            _ => None,
        };
        if let Some((name, who)) = named.or(fallback.as_deref().map(|n| (n, ""))) {
            out.read_profile(name, who, file.as_ref().map(|(p, f)| (*p, f)))?;
        }
        out.check()?;
        Ok(out)
    }

    fn read_profile(
        &mut self,
        name: &str,
        who: &str,
        file: Option<(&PathBuf, &Profiles)>,
    ) -> Result<(), SettingsError> {
        let Some((path, profiles)) = file else {
            return error(
                format!("{who} uses the profile `{name}`, but there is no configuration file"),
                "create `~/.databrickscfg`, or set DATABRICKS_HOST and credentials in the environment",
            );
        };
        let Some(entries) = profiles.get(name) else {
            let names: Vec<&str> = profiles.names().collect();
            return error(
                format!("unknown profile `{name}` in {}", path.display()),
                if names.is_empty() {
                    "add a profile to the file".to_owned()
                } else {
                    format!("use `{}`", names.join("`, `"))
                },
            );
        };
        let theirs = entries.iter().find(|(k, _)| k == "host").map(|(_, v)| v.as_str());
        if let (Some(ours), Some(theirs)) = (self.get("host"), theirs)
            && plain_host(ours) != plain_host(theirs)
        {
            return error(
                format!(
                    "{} uses {ours}, but the profile `{name}` is for {theirs}",
                    self.source("host").map(ToString::to_string).unwrap_or_default()
                ),
                "choose a profile of this workspace with `--profile`; credentials of one workspace are never sent to another",
            );
        }
        self.profile = Some(name.to_owned());
        for (key, value) in entries.iter().filter(|(_, v)| !v.is_empty()) {
            if let Some(k) = KNOWN.iter().find(|k| k.name == key) {
                self.set(k.name, value, Source::Profile(name.to_owned(), path.clone()));
            }
        }
        Ok(())
    }

    /// Checks what must hold for every authentication type.
    fn check(&self) -> Result<(), SettingsError> {
        for name in ["token", "client_secret", "azure_client_secret"] {
            if let Some(a) = self.list.iter().find(|a| a.name == name)
                && !super::secret::is_sendable(a.value.reveal())
            {
                return error(
                    format!("`{name}` from {} contains invalid characters", a.source),
                    "check it for line breaks and other copied text",
                );
            }
        }
        let Some(host) = self.get("host") else {
            return error(
                "no workspace is configured",
                "add `workspace { host = \"https://...\" }` to the target, set DATABRICKS_HOST, or choose a profile with `--profile`",
            );
        };
        allowed_address(host).map_err(|why| SettingsError {
            // Do not show the value, which may be a credential in the wrong place.
            message: format!("host from {} {why}", self.source("host").map(ToString::to_string).unwrap_or_default()),
            help: "use a URL such as https://adb-1234567890123456.7.azuredatabricks.net".to_owned(),
        })?;
        if self.get("client_secret").is_some() && self.get("client_id").is_none() {
            return error("`client_secret` is set without `client_id`", "set both or neither");
        }
        if self.get("azure_client_secret").is_some() && self.get("azure_client_id").is_none() {
            return error("`azure_client_secret` is set without `azure_client_id`", "set both or neither");
        }
        let mut ways: Vec<&str> = self.list.iter().filter_map(|a| way(a.name)).collect();
        ways.sort_unstable();
        ways.dedup();
        // A client id can be combined with an OIDC token.
        if ways.contains(&"env-oidc") || ways.contains(&"file-oidc") {
            ways.retain(|w| *w != "oauth" || self.get("client_secret").is_some());
        }
        if ways.len() > 1 && self.get("auth_type").is_none() {
            let from: Vec<String> = self
                .list
                .iter()
                .filter(|a| way(a.name).is_some())
                .map(|a| format!("`{}` from {}", a.name, a.source))
                .collect();
            return error(
                format!("credentials for more than one authentication type: {}", ways.join(" and ")),
                format!("remove one, or select one with DATABRICKS_AUTH_TYPE: {}", from.join(", ")),
            );
        }
        Ok(())
    }

    fn merge(&mut self, other: &Settings) {
        for a in &other.list {
            if !self.list.iter().any(|b| b.name == a.name) {
                self.list.push(a.clone());
            }
        }
    }

    fn set(&mut self, name: &'static str, value: &str, source: Source) {
        if self.list.iter().any(|a| a.name == name) {
            return;
        }
        let secret = KNOWN.iter().any(|k| k.name == name && k.secret);
        // The path that a browser shows after the host is not part of it.
        let value = if name == "host" { plain_host(value) } else { value.trim().to_owned() };
        self.list.push(Attribute { name, value: Secret::new(value), secret, source });
    }

    /// The value of any setting, in plain text; for credentials, use `secret`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.list.iter().find(|a| a.name == name).map(|a| a.value.reveal())
    }

    /// The value of a secret.
    pub(super) fn secret(&self, name: &str) -> Option<Secret> {
        self.list.iter().find(|a| a.name == name).map(|a| a.value.clone())
    }

    /// The source of a setting.
    pub fn source(&self, name: &str) -> Option<&Source> {
        self.list.iter().find(|a| a.name == name).map(|a| &a.source)
    }

    /// All settings, in the order in which they were found.
    pub fn all(&self) -> &[Attribute] {
        &self.list
    }

    /// Whether the workspace is on this machine.
    pub(super) fn is_local(&self) -> bool {
        reqwest::Url::parse(&self.host()).ok().and_then(|u| u.host_str().map(is_loopback)).unwrap_or(false)
    }

    /// The URL of the workspace, without a trailing slash.
    pub fn host(&self) -> String {
        self.get("host").map(plain_host).unwrap_or_default()
    }
}

fn way(name: &str) -> Option<&'static str> {
    KNOWN.iter().find(|k| k.name == name)?.way
}
