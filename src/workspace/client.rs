//! Requests to a workspace: authenticated, with timeouts and retries.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use reqwest::blocking::{Client as Http, Response};
use reqwest::header::{DATE, LOCATION};

use super::body::{because, retry_after, whole};
use super::error::{ApiError, ApiErrorKind};
use super::login::Login;
use super::options::ClientOptions;
use super::plain::PlainNet;
use super::refusal::{is_trouble, refused, silent};
use super::request::{Answer, Request, RequestBody};
use super::retry::{GaveUp, Tried, retry};
use super::secret::Mask;
use super::settings::Settings;
use super::token::{self, AccessToken};

/// The maximum size of a response, in bytes: the workspace returns files of up to 10 MB.
const MAX_BODY: u64 = 64 << 20;

/// An authenticated client for a workspace.
pub struct Client {
    http: Http,
    host: String,
    login: Login,
    options: ClientOptions,
    token: Mutex<Option<AccessToken>>,
    /// The URL of the token endpoint.
    endpoint: OnceLock<String>,
    mask: Mutex<Mask>,
    tidying: AtomicBool,
    /// The deadline for writes, in milliseconds of the workspace's clock; 0 for none.
    until: AtomicI64,
    /// How far the workspace's clock is ahead of ours, in milliseconds. Ours continues while the machine sleeps.
    ahead: Mutex<i64>,
}

/// The result of one attempt.
enum HttpAttempt {
    Good(Vec<u8>),
    /// A status, the body, and the requested pause.
    Status(u16, Vec<u8>, Option<Duration>),
    /// No connection, so nothing was done.
    NotSent(String),
    /// No response, so it may have been done.
    NoAnswer(String),
}

impl Client {
    /// Creates a client for the workspace of the settings. Sends nothing yet.
    ///
    /// # Errors
    /// No trusted certificates, or an invalid proxy setting.
    pub fn new(settings: &Settings, login: Login, options: ClientOptions) -> Result<Client, ApiError> {
        // Another client may have installed the provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Http::builder()
            .user_agent(concat!("pipec/", env!("CARGO_PKG_VERSION")))
            // Do not send the token to another host.
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(Duration::from_secs(10))
            .timeout(options.timeout)
            .pool_max_idle_per_host(16);
        // No proxy for connections to this machine.
        let http = if settings.is_local() { http.no_proxy() } else { http };
        let http = http.build().map_err(|e| {
            fault(
                ApiErrorKind::Unavailable,
                "connect to the workspace",
                &because(&e),
                "check the proxy settings and certificates of this machine",
            )
        })?;
        let mut mask = Mask::default();
        for name in ["token", "client_secret", "azure_client_secret", "password"] {
            if let Some(secret) = settings.secret(name) {
                mask.add(&secret);
            }
        }
        Ok(Client {
            http,
            host: settings.host(),
            login,
            options,
            token: Mutex::default(),
            endpoint: OnceLock::new(),
            mask: Mutex::new(mask),
            tidying: AtomicBool::new(false),
            until: AtomicI64::new(0),
            ahead: Mutex::default(),
        })
    }

    /// The URL of the workspace.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The flag that stops this client.
    pub fn stop(&self) -> &Arc<AtomicBool> {
        &self.options.stop
    }

    /// Ignores the flag from now on, to clean up.
    pub fn ignore_stop(&self) {
        self.tidying.store(true, Ordering::Relaxed);
    }

    /// Stops retrying writes at a time of the workspace's clock, in milliseconds; 0 removes the limit.
    pub fn write_until(&self, time: i64) {
        self.until.store(time, Ordering::Relaxed);
    }

    fn is_stopped(&self) -> bool {
        self.options.stop.load(Ordering::Relaxed) && !self.tidying.load(Ordering::Relaxed)
    }

    /// The workspace's clock, in milliseconds since 1970. All clients share this clock.
    pub fn now(&self) -> i64 {
        jiff::Timestamp::now().as_millisecond() + *lock(&self.ahead)
    }

    /// Waits.
    ///
    /// # Errors
    /// An interrupt.
    pub fn sleep(&self, time: Duration) -> Result<(), ApiError> {
        let until = Instant::now() + time;
        loop {
            if self.is_stopped() {
                return Err(fault(ApiErrorKind::Interrupted, "continue", "interrupted", ""));
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(left.min(Duration::from_millis(50)));
        }
    }

    /// Sends a request, with retries if they are safe and may help.
    pub(super) fn send(&self, request: &Request<'_>) -> Result<Answer, ApiError> {
        // Writes must arrive before a time of the workspace's clock.
        let in_time = |wait: Duration| {
            let until = self.until.load(Ordering::Relaxed);
            let wait = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX / 2);
            request.method == "GET" || until == 0 || self.now() + wait <= until
        };
        let mut renewed = false;
        retry(&self.options, &|time| self.sleep(time), in_time, || self.tried(request, &mut renewed)).map_err(
            |gave_up| match gave_up {
                GaveUp::Failed(fault) => fault,
                GaveUp::AskedToWait(fault, wait) => ApiError {
                    message: format!("{}; the server asks to wait for {} s", fault.message, wait.as_secs()),
                    ..fault
                },
                GaveUp::Interrupted(fault) => ApiError { action: request.action.clone(), ..fault },
            },
        )
    }

    /// One attempt, with a new token if the old one is rejected.
    fn tried(&self, request: &Request<'_>, renewed: &mut bool) -> Tried<Answer, ApiError> {
        loop {
            let token = match self.token(request) {
                Ok(token) => token,
                Err(fault) => return Tried::Failed(fault),
            };
            let began = Instant::now();
            let outcome = self.attempt(request, &token);
            self.log(request, &outcome, began.elapsed());
            let (fault, asked) = match outcome {
                HttpAttempt::Good(body) => return Tried::Done(Answer(body)),
                HttpAttempt::Status(401, ..) if !*renewed => {
                    // The token expired early or was revoked: try once more with a new one.
                    *renewed = true;
                    self.forget(&token);
                    continue;
                }
                HttpAttempt::Status(status, body, asked) => {
                    let fault = refused(request, status, &body, &|text| self.masked(text));
                    if !(status == 429 || request.idempotent && is_trouble(status)) {
                        return Tried::Failed(fault);
                    }
                    (fault, asked)
                }
                HttpAttempt::NotSent(why) => {
                    (silent(request, ApiErrorKind::Unavailable, &self.host, self.masked(&why)), None)
                }
                HttpAttempt::NoAnswer(why) => {
                    let fault = silent(request, ApiErrorKind::UnknownOutcome, &self.host, self.masked(&why));
                    if !request.idempotent {
                        return Tried::Failed(fault);
                    }
                    (fault, None)
                }
            };
            return Tried::Again { message: fault.message.clone(), error: fault, asked };
        }
    }

    fn attempt(&self, request: &Request<'_>, token: &AccessToken) -> HttpAttempt {
        let mut url = match reqwest::Url::parse(&format!("{}{}", self.host, request.path)) {
            Ok(url) => url,
            Err(e) => return HttpAttempt::NotSent(e.to_string()),
        };
        if let (Some(rest), Ok(mut segments)) = (request.rest, url.path_segments_mut()) {
            // For workspace files, the path is one encoded segment, as in the platform's own tools.
            match request.path {
                "/api/2.0/fs/files" | "/api/2.0/fs/directories" => {
                    segments.extend(rest.trim_start_matches('/').split('/'));
                }
                _ => {
                    segments.push(rest.trim_start_matches('/'));
                }
            }
        }
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(request.query.iter().map(|(k, v)| (*k, v.as_str())));
        }
        let method = reqwest::Method::from_bytes(request.method.as_bytes()).unwrap_or(reqwest::Method::GET);
        let mut out = self.http.request(method, url).bearer_auth(token.value.reveal());
        out = match &request.body {
            RequestBody::Nothing => out,
            RequestBody::Json(json) => out.header("Content-Type", "application/json").body(json.to_string()),
            // A large wheel on a slow connection needs time: a megabyte every ten seconds is enough.
            RequestBody::Bytes(bytes) => out
                .header("Content-Type", "application/octet-stream")
                .timeout(self.options.timeout + Duration::from_secs(bytes.len() as u64 / 100_000))
                .body(bytes.as_ref().clone()),
        };
        match out.send() {
            Ok(response) => match self.read(response) {
                // A login page or a proxy may also return 200.
                HttpAttempt::Good(body) if !request.fits(&body) => HttpAttempt::NoAnswer(
                    "response is not JSON; check for a proxy or a login page between you and the workspace".to_owned(),
                ),
                attempt => attempt,
            },
            Err(e) if e.is_connect() || e.is_builder() => HttpAttempt::NotSent(because(&e)),
            Err(e) => HttpAttempt::NoAnswer(because(&e)),
        }
    }

    fn read(&self, response: Response) -> HttpAttempt {
        let status = response.status().as_u16();
        let header = |name| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        if let Some(time) = header(DATE).and_then(|d| jiff::fmt::rfc2822::parse(&d).ok()) {
            *lock(&self.ahead) = time.timestamp().as_millisecond() - jiff::Timestamp::now().as_millisecond();
        }
        let wait = retry_after(&response, self.now());
        let location = header(LOCATION);
        match whole(response, MAX_BODY, self.options.timeout) {
            Ok(body) if (200..300).contains(&status) => HttpAttempt::Good(body),
            Ok(_) if (300..400).contains(&status) => {
                let to = location.as_deref().and_then(|l| l.split('?').next()).unwrap_or("nowhere").to_owned();
                HttpAttempt::Status(status, format!("redirected to {to}").into_bytes(), None)
            }
            Ok(body) => HttpAttempt::Status(status, body, wait),
            Err(why) => HttpAttempt::NoAnswer(why.to_string()),
        }
    }

    /// The token to send; a new one if the old one is about to expire.
    fn token(&self, request: &Request<'_>) -> Result<AccessToken, ApiError> {
        let mut slot = lock(&self.token);
        if let Some(token) = slot.as_ref().filter(|t| t.lasts()) {
            return Ok(token.clone());
        }
        let began = Instant::now();
        let net = PlainNet {
            http: &self.http,
            options: &self.options,
            sleep: &|time| self.sleep(time),
            hide: &|secret| lock(&self.mask).add(secret),
            now: self.now(),
        };
        match token::get(&self.login, &self.host, &self.endpoint, &net) {
            Ok(token) => {
                lock(&self.mask).add(&token.value);
                self.log_line(&format!("token   {} {} ms", self.login.method, began.elapsed().as_millis()));
                *slot = Some(token.clone());
                Ok(token)
            }
            Err(_) if self.is_stopped() => Err(fault(ApiErrorKind::Interrupted, &request.action, "interrupted", "")),
            Err(error) => Err(ApiError {
                kind: ApiErrorKind::Unauthenticated,
                action: format!("log in to {} with {}", self.host, self.login.method),
                message: self.masked(&error.to_string()),
                help: "run `pipec auth` to see which credentials are used, and where they come from".to_owned(),
            }),
        }
    }

    /// Drops a rejected token, unless another thread has already replaced it.
    fn forget(&self, token: &AccessToken) {
        let mut slot = lock(&self.token);
        if slot.as_ref().is_some_and(|t| t.value == token.value) {
            *slot = None;
        }
    }

    /// A text with all secrets masked.
    pub(super) fn masked(&self, text: &str) -> String {
        lock(&self.mask).apply(text)
    }

    fn log_line(&self, line: &str) {
        if let Some(tell) = &self.options.log {
            tell(&self.masked(line));
        }
    }

    fn log(&self, request: &Request<'_>, attempt: &HttpAttempt, took: Duration) {
        if self.options.log.is_none() {
            return;
        }
        let outcome = match attempt {
            HttpAttempt::Good(body) => format!("ok, {} bytes", body.len()),
            HttpAttempt::Status(status, ..) => status.to_string(),
            HttpAttempt::NotSent(why) => format!("not sent: {why}"),
            HttpAttempt::NoAnswer(why) => format!("no response: {why}"),
        };
        let rest = request.rest.map(|r| format!("/{}", r.trim_start_matches('/'))).unwrap_or_default();
        let query: Vec<String> = request.query.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        self.log_line(&format!(
            "{:<7} {}{rest}{mark}{}  {outcome}  {} ms",
            request.method,
            request.path,
            query.join("&"),
            took.as_millis()
        ));
    }
}

fn fault(kind: ApiErrorKind, doing: &str, message: &str, help: &str) -> ApiError {
    ApiError { kind, action: doing.to_owned(), message: message.to_owned(), help: help.to_owned() }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The values are replaced as a whole, so a thread that panicked leaves a valid state.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
