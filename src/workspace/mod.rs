//! A client for Databricks workspaces. The only module that uses `reqwest`.

mod address;
mod body;
mod client;
mod error;
mod files;
mod jobs;
mod login;
mod options;
mod pages;
mod plain;
mod profiles;
mod refusal;
mod request;
mod retry;
mod runs;
mod secret;
mod settings;
mod site;
mod token;
mod user;

pub use client::Client;
pub use error::{ApiError, ApiErrorKind};
pub use files::{EntryKind, Language, WorkspaceEntry};
pub use jobs::{ListedJob, LiveJob, OWNER, Principal, PrincipalKind};
pub use login::{Login, Method, choose};
pub use options::{ClientOptions, Log};
pub use runs::{RunOutput, RunView, TaskView};
pub use secret::Secret;
pub use settings::{Attribute, Environ, Overrides, Settings, SettingsError, Source};
pub use user::User;
