//! Unauthenticated requests, to token servers.

use std::time::Duration;

use reqwest::blocking::Client as Http;
use reqwest::header::LOCATION;

use super::body::{because, retry_after, whole};
use super::error::ApiError;
use super::options::ClientOptions;
use super::retry::{GaveUp, Tried, retry};
use super::secret::Secret;
use super::token::{Plain, Reply, TokenError};

/// The maximum size of a response of a token server, in bytes.
const MAX_BODY: u64 = 1 << 20;

/// The network access of token sources.
pub(super) struct PlainNet<'a> {
    pub http: &'a Http,
    pub options: &'a ClientOptions,
    /// Waits, unless interrupted.
    pub sleep: &'a dyn Fn(Duration) -> Result<(), ApiError>,
    /// Adds a secret to mask.
    pub hide: &'a dyn Fn(&Secret),
    /// The time, in milliseconds since 1970.
    pub now: i64,
}

impl PlainNet<'_> {
    fn tried(&self, post: bool, url: &str, headers: &[(&str, String)], body: Option<&str>) -> Tried<Reply, Failed> {
        let mut out = if post { self.http.post(url) } else { self.http.get(url) };
        for (name, value) in headers {
            out = out.header(*name, value);
        }
        if let Some(body) = body {
            out = out.header("Content-Type", "application/x-www-form-urlencoded").body(body.to_owned());
        }
        let failed = |message: String| {
            let host = reqwest::Url::parse(url).ok().and_then(|u| u.host_str().map(str::to_owned));
            let error = TokenError::NoAnswer { host: host.unwrap_or_default(), why: message.clone() };
            Tried::Again { error: Failed::Silent(error), message, asked: None }
        };
        let response = match out.send() {
            Ok(response) => response,
            Err(e) => return failed(because(&e)),
        };
        let status = response.status().as_u16();
        let asked = retry_after(&response, self.now);
        let location = response.headers().get(LOCATION).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let body = match whole(response, MAX_BODY, self.options.timeout) {
            Ok(body) => body,
            Err(e) => return failed(e.to_string()),
        };
        let reply = Reply { status, location, body };
        if !matches!(status, 429 | 500 | 502 | 503 | 504) {
            return Tried::Done(reply);
        }
        Tried::Again { error: Failed::Refused(reply), message: format!("token server returned {status}"), asked }
    }
}

/// An attempt that may succeed later.
enum Failed {
    Silent(TokenError),
    Refused(Reply),
}

impl Plain for PlainNet<'_> {
    fn hide(&self, secret: &Secret) {
        (self.hide)(secret);
    }

    fn sleep(&self, time: Duration) -> Result<(), TokenError> {
        (self.sleep)(time).map_err(|_| TokenError::Interrupted)
    }

    fn send(
        &self,
        post: bool,
        url: &str,
        headers: &[(&str, String)],
        form: Option<&[(&str, &str)]>,
    ) -> Result<Reply, TokenError> {
        let body = form.map(form_body);
        match retry(self.options, self.sleep, |_| true, || self.tried(post, url, headers, body.as_deref())) {
            // The last response contains the cause.
            Ok(reply) | Err(GaveUp::Failed(Failed::Refused(reply))) => Ok(reply),
            Err(GaveUp::AskedToWait(Failed::Refused(reply), wait)) => {
                Err(TokenError::Busy { status: reply.status, seconds: wait.as_secs() })
            }
            Err(GaveUp::Failed(Failed::Silent(error)) | GaveUp::AskedToWait(Failed::Silent(error), _)) => Err(error),
            Err(GaveUp::Interrupted(_)) => Err(TokenError::Interrupted),
        }
    }
}

/// Encodes a form as the body of a request.
fn form_body(form: &[(&str, &str)]) -> String {
    let encoded = reqwest::Url::parse_with_params("http://x", form).ok();
    encoded.and_then(|u| u.query().map(str::to_owned)).unwrap_or_default()
}
