//! The current user.

use serde_json::Value;

use super::client::Client;
use super::error::ApiError;
use super::jobs::{jobs, odd};

/// The user or service principal of the credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The name in paths and permissions; for a service principal, its application id.
    pub name: String,
    /// The display name.
    pub shown: String,
}

impl User {
    /// Whether it is a service principal, which is named by an id.
    pub fn is_service_principal(&self) -> bool {
        let parts: Vec<usize> = self.name.split('-').map(str::len).collect();
        parts == [8, 4, 4, 4, 12] && self.name.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
    }
}

impl Client {
    /// Requests the current user.
    ///
    /// # Errors
    /// Rejected credentials, or no response.
    pub fn me(&self) -> Result<User, ApiError> {
        let request = jobs(
            "GET",
            "/api/2.0/preview/scim/v2/Me",
            "get the current user".to_owned(),
            "access to the workspace".to_owned(),
        );
        let answer = self.send(&request)?.json();
        let text = |key: &str| answer.get(key).and_then(Value::as_str).filter(|t| !t.is_empty()).map(str::to_owned);
        let name = text("userName").ok_or_else(|| odd(&request))?;
        Ok(User { shown: text("displayName").unwrap_or_else(|| name.clone()), name })
    }
}
