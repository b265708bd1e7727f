//! Paginated responses, with limits.

use std::collections::HashSet;

use serde_json::Value;

use super::error::{ApiError, ApiErrorKind};
use super::request::Request;

/// The maximum number of pages of a list, which allows a million jobs.
const MOST: usize = 10_000;

/// Iterates over pages. A repeated page or an endless list is an error.
#[derive(Default)]
pub(super) struct Pages {
    token: Option<String>,
    seen: HashSet<String>,
}

impl Pages {
    /// The query for the next page.
    pub fn query(&self) -> Option<(&'static str, String)> {
        self.token.clone().map(|token| ("page_token", token))
    }

    /// Reads the next page token; returns whether there is one.
    ///
    /// # Errors
    /// A repeated page, or too many pages.
    pub fn follow(&mut self, answer: &Value, request: &Request<'_>) -> Result<bool, ApiError> {
        self.token = answer.get("next_page_token").and_then(Value::as_str).filter(|t| !t.is_empty()).map(str::to_owned);
        let Some(token) = &self.token else { return Ok(false) };
        if self.seen.len() >= MOST || !self.seen.insert(token.clone()) {
            return Err(ApiError {
                kind: ApiErrorKind::UnknownOutcome,
                action: request.action.clone(),
                message: "server repeats a page, or returns more than 10,000 pages".to_owned(),
                help: "check for a proxy between you and the workspace".to_owned(),
            });
        }
        Ok(true)
    }
}
