//! Converts failed responses to errors.

use serde_json::Value;

use super::error::{ApiError, ApiErrorKind};
use super::request::Request;

/// Whether a status means that the service failed: the request may have been done or not.
pub(super) fn is_trouble(status: u16) -> bool {
    matches!(status, 408 | 500 | 502 | 503 | 504)
}

/// The error for a status; `masked` masks secrets in the message of the service.
pub(super) fn refused(request: &Request<'_>, status: u16, body: &[u8], masked: &dyn Fn(&str) -> String) -> ApiError {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |key: &str| json.get(key).and_then(Value::as_str);
    let code = text("error_code").unwrap_or_default();
    let said = text("message").or(text("detail")).or(text("error_description")).unwrap_or_default();
    let plain = String::from_utf8_lossy(body);
    // HTML is not readable in a terminal.
    let plain = if plain.trim_start().starts_with('<') { "" } else { plain.trim() };
    let said = if said.is_empty() { plain } else { said };
    let said: String = masked(said).chars().take(600).collect();
    let kind = match (status, code) {
        (_, "RESOURCE_ALREADY_EXISTS" | "ALREADY_EXISTS") | (409, _) => ApiErrorKind::Exists,
        (_, "RESOURCE_DOES_NOT_EXIST" | "NOT_FOUND" | "DIRECTORY_NOT_FOUND") | (404, _) => ApiErrorKind::Missing,
        (401, _) => ApiErrorKind::Unauthenticated,
        (403, _) | (_, "PERMISSION_DENIED") => ApiErrorKind::Denied,
        // The service reports a deleted job like this; missing policies and groups are reported differently.
        (400, _) if said.starts_with("Job ") && said.contains("does not exist") => ApiErrorKind::Missing,
        (400, _) if said.starts_with("Run ") && said.contains("does not exist") => ApiErrorKind::Missing,
        (status, _) if status == 429 || is_trouble(status) => ApiErrorKind::Unavailable,
        _ => ApiErrorKind::Refused,
    };
    // A 429 means that nothing was done; these statuses do not.
    let kind = if is_trouble(status) && !request.idempotent { ApiErrorKind::UnknownOutcome } else { kind };
    let help = match kind {
        ApiErrorKind::Denied => format!("this requires {}", request.required_permission),
        ApiErrorKind::Unauthenticated => {
            "run `pipec auth` to see which credentials are used, and where they come from".to_owned()
        }
        ApiErrorKind::Unavailable | ApiErrorKind::UnknownOutcome => "try again later".to_owned(),
        _ if (300..400).contains(&status) => {
            "use the URL of the workspace itself; credentials are not sent to another host".to_owned()
        }
        _ => String::new(),
    };
    let code = if code.is_empty() { String::new() } else { format!(" {code}") };
    let message = if said.is_empty() { format!("HTTP {status}{code}") } else { format!("HTTP {status}{code}: {said}") };
    ApiError { kind, action: request.action.clone(), message, help }
}

/// The error for a missing response.
pub(super) fn silent(request: &Request<'_>, kind: ApiErrorKind, host: &str, why: String) -> ApiError {
    let help = match kind {
        ApiErrorKind::Unavailable => {
            format!("check the URL {}, and whether a proxy is required", host)
        }
        _ if request.method == "GET" => format!("check that {} is the URL of a workspace", host),
        _ => "try again: it is not known whether the request was executed".to_owned(),
    };
    ApiError { kind, action: request.action.clone(), message: why, help }
}
