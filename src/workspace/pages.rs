//! Answers in pages, and the end of them.

use std::collections::HashSet;

use serde_json::Value;

use super::error::{ApiError, ApiErrorKind};
use super::request::Request;

/// The most pages that are read of one list: a million jobs fit.
const MOST: usize = 10_000;

/// Which page comes next. A server that gives the same page again, or pages without end, is an error and no wait.
#[derive(Default)]
pub(super) struct Pages {
    token: Option<String>,
    seen: HashSet<String>,
}

impl Pages {
    /// The query of the next page.
    pub fn query(&self) -> Option<(&'static str, String)> {
        self.token.clone().map(|token| ("page_token", token))
    }

    /// Notes what an answer says of the next page; whether there is one.
    ///
    /// # Errors
    /// A page that was there before, or too many of them.
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
