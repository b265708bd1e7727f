//! Connecting to a workspace: settings, credentials, and the current user.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::super::Failure;
use super::super::args::{LoginArgs, SharedArgs};
use super::super::terminal::say;
use super::stop::stop;
use crate::model::Target;
use crate::source::read_plain;
use crate::workspace::{Client, ClientOptions, Environ, Overrides, Settings, SettingsError, User, choose};

/// A connection to a workspace.
pub struct Connection {
    /// The workspace.
    pub client: Client,
    /// The current user.
    pub me: User,
}

/// The settings and how to log in.
pub struct Chosen {
    /// All settings, with their sources.
    pub settings: Settings,
    /// How to log in, or why it is not possible.
    pub login: Result<crate::workspace::Login, SettingsError>,
}

/// Resolves the settings, without any request.
pub fn settings(target: Option<&Target>, login: &LoginArgs) -> Result<Chosen, SettingsError> {
    let around = surroundings();
    let asked = Overrides {
        host: login.host.clone(),
        profile: login.profile.clone(),
        target_host: target.and_then(|t| t.host.as_ref()).map(ToString::to_string),
        target_profile: target.and_then(|t| t.profile.as_ref()).map(ToString::to_string),
    };
    let settings = Settings::resolve(&asked, &around)?;
    let login = choose(&settings, &around, &is_installed);
    Ok(Chosen { settings, login })
}

/// Connects, and requests the current user.
pub fn connect(target: Option<&Target>, login: &LoginArgs, shared: &SharedArgs) -> Result<Connection, Failure> {
    let chosen = settings(target, login)?;
    let way = chosen.login?;
    let client = client(&chosen.settings, way, shared)?;
    let me = client.me()?;
    Ok(Connection { client, me })
}

/// A client that logs requests with `-vv`, and that Ctrl-C stops.
pub fn client(settings: &Settings, login: crate::workspace::Login, shared: &SharedArgs) -> Result<Client, Failure> {
    let mut options = ClientOptions { stop: stop(), ..ClientOptions::default() };
    if !shared.quiet {
        options.progress = Some(Arc::new(|line| say!("note    {line}")));
    }
    if shared.verbose > 1 {
        options.log = Some(Arc::new(|line| say!("{line}")));
    }
    Ok(Client::new(settings, login, options)?)
}

fn surroundings() -> Environ {
    let env: BTreeMap<String, String> =
        std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))).collect();
    let named = env.get("DATABRICKS_CONFIG_FILE").filter(|f| !f.is_empty()).map(|file| home(file));
    // Only a regular file: reading a pipe would block.
    let path = named.or_else(|| Some(std::env::home_dir()?.join(".databrickscfg")));
    let profiles = path
        .filter(|p| p.is_file())
        .and_then(|p| Some((p.clone(), String::from_utf8_lossy(&read_plain(&p).ok()?).into_owned())));
    Environ { env, profiles }
}

/// Expands `~/` to the home directory.
fn home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}

fn is_installed(program: &str) -> bool {
    if program.contains(['/', '\\']) {
        return std::path::Path::new(program).is_file();
    }
    let Some(paths) = std::env::var_os("PATH") else { return false };
    std::env::split_paths(&paths)
        .any(|dir| ["", ".exe", ".cmd"].iter().any(|end| dir.join(format!("{program}{end}")).is_file()))
}
