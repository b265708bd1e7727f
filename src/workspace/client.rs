//! Requests to a workspace: with a token, a time limit, and as many attempts as are safe.

use std::io::Read;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use reqwest::blocking::{Client as Http, Response};
use reqwest::header::{DATE, LOCATION, RETRY_AFTER};
use serde_json::Value;

use super::fault::{Fault, FaultKind};
use super::login::Login;
use super::secret::{Mask, Secret};
use super::settings::Settings;
use super::token::{self, Plain, Reply, Token};

/// What `Retry-After` asks for: seconds, or a moment.
fn retry_after(text: &str, now: i64) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp().as_millisecond();
    Some(Duration::from_millis(u64::try_from(at - now).unwrap_or(0)))
}

/// A line of the log: what was asked and how it went.
pub type Tell = Arc<dyn Fn(&str) + Send + Sync>;

/// How a client behaves.
#[derive(Clone)]
pub struct Options {
    /// Attempts for one request that is safe to repeat.
    pub attempts: u32,
    /// The first pause between two; the next are twice as long each, up to half a minute, and all are shortened by chance.
    pub pause: Duration,
    /// Time for one request, uploads of large files excepted.
    pub timeout: Duration,
    /// Time after which one request is not tried again.
    pub patience: Duration,
    /// Set when somebody wants to stop.
    pub stop: Arc<AtomicBool>,
    /// Where to tell of each request.
    pub tell: Option<Tell>,
    /// Where to tell that it takes longer.
    pub notice: Option<Tell>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            attempts: 6,
            pause: Duration::from_millis(500),
            timeout: Duration::from_secs(60),
            patience: Duration::from_secs(120),
            stop: Arc::default(),
            tell: None,
            notice: None,
        }
    }
}

/// A workspace, as somebody.
pub struct Client {
    http: Http,
    host: String,
    login: Login,
    options: Options,
    token: Mutex<Option<Token>>,
    /// Where tokens are to be had.
    endpoint: OnceLock<String>,
    mask: Mutex<Mask>,
    tidying: AtomicBool,
    /// When what changes something must have arrived, in milliseconds of the workspace's clock; 0 if it does not matter.
    until: AtomicI64,
    /// How far the clock of the workspace is ahead of ours, in milliseconds. Ours goes on while the machine sleeps.
    ahead: Mutex<i64>,
}

/// What a request carries.
#[derive(Clone, Debug)]
pub(super) enum Body {
    Nothing,
    Json(Value),
    Bytes(Arc<Vec<u8>>),
}

/// A request.
#[derive(Clone, Debug)]
pub(super) struct Request<'a> {
    pub method: &'static str,
    pub path: &'a str,
    /// The last part of the path, which may hold anything.
    pub rest: Option<&'a str>,
    pub query: Vec<(&'a str, String)>,
    pub body: Body,
    /// Whether doing it twice is as good as doing it once.
    pub again: bool,
    /// "create the job `nightly`".
    pub doing: String,
    /// The right that it takes.
    pub right: String,
}

/// An answer that is a success: JSON, nothing, or a file that was asked for.
pub(super) struct Answer(pub Vec<u8>);

impl Answer {
    /// The body as JSON; null if it is empty.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.0).unwrap_or_default()
    }
}

impl Request<'_> {
    /// Whether an answer can be one to this request.
    fn fits(&self, body: &[u8]) -> bool {
        let file = self.method == "GET" && matches!(self.path, "/api/2.0/workspace/export" | "/api/2.0/fs/files");
        // Of a file only this much is known: ours do not begin as a page does.
        if file { !body.trim_ascii_start().starts_with(b"<") } else { body.is_empty() || is_json(body) }
    }
}

fn is_json(body: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()
}

/// Whether a status says that the service is in trouble: it may have done what was asked or not.
fn is_trouble(status: u16) -> bool {
    matches!(status, 408 | 500 | 502 | 503 | 504)
}

/// How one attempt went.
enum Attempt {
    Good(Vec<u8>),
    /// A status with what was said, and how long to wait.
    Status(u16, Vec<u8>, Option<Duration>),
    /// No connection: it was not done.
    NotSent(String),
    /// No answer: it may have been done.
    NoAnswer(String),
}

impl Client {
    /// A client for the workspace that the settings name. Nothing is sent yet.
    ///
    /// # Errors
    /// No certificates to trust, or a proxy setting that cannot be read.
    pub fn new(settings: &Settings, login: Login, options: Options) -> Result<Client, Fault> {
        // A second client finds the provider there already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Http::builder()
            .user_agent(concat!("pipec/", env!("CARGO_PKG_VERSION")))
            // A token is for the host that was named and for nobody else.
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(Duration::from_secs(10))
            .timeout(options.timeout)
            .pool_max_idle_per_host(16);
        // A proxy has no business between us and this machine.
        let http = if settings.is_local() { http.no_proxy() } else { http };
        let http = http.build().map_err(|e| {
            fault(
                FaultKind::Unavailable,
                "speak to a workspace",
                &because(&e),
                "look at the proxy settings and certificates of this machine",
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

    /// The address of the workspace.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The flag that stops this client.
    pub fn stop(&self) -> &Arc<AtomicBool> {
        &self.options.stop
    }

    /// From now on nothing stops this client: what is left to do is to tidy up.
    pub fn ignore_stop(&self) {
        self.tidying.store(true, Ordering::Relaxed);
    }

    /// Nothing that changes something is sent again after a time of the workspace's clock, in milliseconds; 0 lifts that.
    pub fn write_until(&self, time: i64) {
        self.until.store(time, Ordering::Relaxed);
    }

    fn is_stopped(&self) -> bool {
        self.options.stop.load(Ordering::Relaxed) && !self.tidying.load(Ordering::Relaxed)
    }

    /// The workspace's clock in milliseconds since 1970: the one clock that all who deploy there share.
    pub fn now(&self) -> i64 {
        jiff::Timestamp::now().as_millisecond() + *lock(&self.ahead)
    }

    /// Waits, unless somebody wants to stop.
    ///
    /// # Errors
    /// Somebody wants to.
    pub fn pause(&self, time: Duration) -> Result<(), Fault> {
        let until = Instant::now() + time;
        loop {
            if self.is_stopped() {
                return Err(fault(FaultKind::Interrupted, "go on", "interrupted", ""));
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(left.min(Duration::from_millis(50)));
        }
    }

    /// Sends a request, again where that is safe and may help.
    pub(super) fn send(&self, request: &Request<'_>) -> Result<Answer, Fault> {
        let mut pause = self.options.pause;
        let mut renewed = false;
        let start = Instant::now();
        let mut attempt = 1;
        loop {
            self.pause(Duration::ZERO).map_err(|f| Fault { doing: request.doing.clone(), ..f })?;
            let token = self.token(request)?;
            let began = Instant::now();
            let outcome = self.attempt(request, &token);
            self.log(request, &outcome, began.elapsed());
            let (fault, wait) = match outcome {
                Attempt::Good(body) => return Ok(Answer(body)),
                Attempt::Status(401, ..) if !renewed => {
                    // A token that ended early, or was taken back: once more with a new one.
                    renewed = true;
                    self.forget(&token);
                    continue;
                }
                Attempt::Status(status, body, wait) => {
                    let fault = self.refused(request, status, &body);
                    if !(status == 429 || request.again && is_trouble(status)) {
                        return Err(fault);
                    }
                    (fault, wait)
                }
                Attempt::NotSent(why) => (self.silent(request, FaultKind::Unavailable, &why), None),
                Attempt::NoAnswer(why) => {
                    let fault = self.silent(request, FaultKind::Unclear, &why);
                    if !request.again {
                        return Err(fault);
                    }
                    (fault, None)
                }
            };
            if attempt >= self.options.attempts {
                return Err(fault);
            }
            attempt += 1;
            // Between half and the whole of the pause, so that many clients do not come back at once.
            let chance = pause.mul_f64(0.5 + fastrand::f64() / 2.0);
            let wait = wait.map_or(chance, |asked| asked + chance.min(Duration::from_secs(1)));
            let until = self.until.load(Ordering::Relaxed);
            let late = request.method != "GET"
                && until != 0
                && self.now() + i64::try_from(wait.as_millis()).unwrap_or(i64::MAX / 2) > until;
            if late || start.elapsed() + wait > self.options.patience {
                let asked =
                    if wait > chance { format!("; it asks to wait for {} s", wait.as_secs()) } else { String::new() };
                return Err(Fault { message: format!("{}{asked}", fault.message), ..fault });
            }
            if wait > Duration::from_secs(2)
                && let Some(notice) = &self.options.notice
            {
                notice(&format!("{}: trying again in {} s", fault.message, wait.as_secs()));
            }
            pause = (pause * 2).min(Duration::from_secs(30));
            self.pause(wait).map_err(|f| Fault { doing: request.doing.clone(), ..f })?;
        }
    }

    fn attempt(&self, request: &Request<'_>, token: &Token) -> Attempt {
        let mut url = match reqwest::Url::parse(&format!("{}{}", self.host, request.path)) {
            Ok(url) => url,
            Err(e) => return Attempt::NotSent(e.to_string()),
        };
        if let (Some(rest), Ok(mut segments)) = (request.rest, url.path_segments_mut()) {
            // For workspace files the whole path is one part, its slashes encoded, as the platform's own tools send it.
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
            Body::Nothing => out,
            Body::Json(json) => out.header("Content-Type", "application/json").body(json.to_string()),
            // A large wheel on a slow line takes its time: a megabyte every ten seconds is enough.
            Body::Bytes(bytes) => out
                .header("Content-Type", "application/octet-stream")
                .timeout(self.options.timeout + Duration::from_secs(bytes.len() as u64 / 100_000))
                .body(bytes.as_ref().clone()),
        };
        match out.send() {
            Ok(response) => match self.read(response) {
                // A login page or a proxy says 200 as well, and has done nothing.
                Attempt::Good(body) if !request.fits(&body) => {
                    Attempt::NoAnswer("the answer is no JSON: is a proxy or a login page in between?".to_owned())
                }
                attempt => attempt,
            },
            Err(e) if e.is_connect() || e.is_builder() => Attempt::NotSent(because(&e)),
            Err(e) => Attempt::NoAnswer(because(&e)),
        }
    }

    fn read(&self, response: Response) -> Attempt {
        let status = response.status().as_u16();
        let header = |name| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        if let Some(time) = header(DATE).and_then(|d| jiff::fmt::rfc2822::parse(&d).ok()) {
            *lock(&self.ahead) = time.timestamp().as_millisecond() - jiff::Timestamp::now().as_millisecond();
        }
        let wait = header(RETRY_AFTER).and_then(|t| retry_after(&t, self.now()));
        let location = header(LOCATION);
        match whole(response, MAX_BODY, self.options.timeout) {
            Ok(body) if (200..300).contains(&status) => Attempt::Good(body),
            Ok(_) if (300..400).contains(&status) => {
                let to = location.as_deref().and_then(|l| l.split('?').next()).unwrap_or("nowhere").to_owned();
                Attempt::Status(status, format!("it sends us to {to}").into_bytes(), None)
            }
            Ok(body) => Attempt::Status(status, body, wait),
            Err(why) => Attempt::NoAnswer(why),
        }
    }

    /// The token to send, a new one if the old one is about to end.
    fn token(&self, request: &Request<'_>) -> Result<Token, Fault> {
        let mut slot = lock(&self.token);
        if let Some(token) = slot.as_ref().filter(|t| t.lasts()) {
            return Ok(token.clone());
        }
        let began = Instant::now();
        let net = PlainNet { client: self };
        match token::get(&self.login, &self.host, &self.endpoint, &net) {
            Ok(token) => {
                lock(&self.mask).add(&token.value);
                self.tell(&format!("token   {} {} ms", self.login.method, began.elapsed().as_millis()));
                *slot = Some(token.clone());
                Ok(token)
            }
            Err(_) if self.is_stopped() => Err(fault(FaultKind::Interrupted, &request.doing, "interrupted", "")),
            Err(why) => Err(Fault {
                kind: FaultKind::Unauthenticated,
                doing: format!("log in to {} by {}", self.host, self.login.method),
                message: self.masked(&why),
                help: "`pipec auth` shows which credentials are taken, and from where".to_owned(),
            }),
        }
    }

    /// Drops a token that was not accepted, unless another thread has replaced it already.
    fn forget(&self, token: &Token) {
        let mut slot = lock(&self.token);
        if slot.as_ref().is_some_and(|t| t.value == token.value) {
            *slot = None;
        }
    }

    fn refused(&self, request: &Request<'_>, status: u16, body: &[u8]) -> Fault {
        let json: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |key: &str| json.get(key).and_then(Value::as_str);
        let code = text("error_code").unwrap_or_default();
        let said = text("message").or(text("detail")).or(text("error_description")).unwrap_or_default();
        let plain = String::from_utf8_lossy(body);
        // A page of HTML is nothing to read on a terminal.
        let plain = if plain.trim_start().starts_with('<') { "" } else { plain.trim() };
        let said = if said.is_empty() { plain } else { said };
        let said: String = self.masked(said).chars().take(600).collect();
        let kind = match (status, code) {
            (_, "RESOURCE_ALREADY_EXISTS" | "ALREADY_EXISTS") | (409, _) => FaultKind::Exists,
            (_, "RESOURCE_DOES_NOT_EXIST" | "NOT_FOUND" | "DIRECTORY_NOT_FOUND") | (404, _) => FaultKind::Missing,
            (401, _) => FaultKind::Unauthenticated,
            (403, _) | (_, "PERMISSION_DENIED") => FaultKind::Denied,
            // The service says so of a job that is gone; of a policy or a group it says it in other words.
            (400, _) if said.starts_with("Job ") && said.contains("does not exist") => FaultKind::Missing,
            (400, _) if said.starts_with("Run ") && said.contains("does not exist") => FaultKind::Missing,
            (status, _) if status == 429 || is_trouble(status) => FaultKind::Unavailable,
            _ => FaultKind::Refused,
        };
        // A 429 says that nothing was done; these do not.
        let kind = if is_trouble(status) && !request.again { FaultKind::Unclear } else { kind };
        let help = match kind {
            FaultKind::Denied => format!("it takes {}", request.right),
            FaultKind::Unauthenticated => "`pipec auth` shows which credentials are taken, and from where".to_owned(),
            FaultKind::Unavailable | FaultKind::Unclear => "try again later: nothing is lost".to_owned(),
            _ if (300..400).contains(&status) => {
                "is it the address of the workspace itself? Credentials are not carried along".to_owned()
            }
            _ => String::new(),
        };
        let code = if code.is_empty() { String::new() } else { format!(" {code}") };
        let message =
            if said.is_empty() { format!("HTTP {status}{code}") } else { format!("HTTP {status}{code}: {said}") };
        Fault { kind, doing: request.doing.clone(), message, help }
    }

    fn silent(&self, request: &Request<'_>, kind: FaultKind, why: &str) -> Fault {
        let help = match kind {
            FaultKind::Unavailable => {
                format!("nobody answers at {}; is the address right, and is a proxy needed?", self.host)
            }
            _ if request.method == "GET" => format!("is {} the address of the workspace itself?", self.host),
            _ => "whether it was done is not known; try again, which finds out".to_owned(),
        };
        Fault { kind, doing: request.doing.clone(), message: self.masked(why), help }
    }

    /// A text without any of our secrets.
    pub(super) fn masked(&self, text: &str) -> String {
        lock(&self.mask).apply(text)
    }

    fn tell(&self, line: &str) {
        if let Some(tell) = &self.options.tell {
            tell(&self.masked(line));
        }
    }

    fn log(&self, request: &Request<'_>, attempt: &Attempt, took: Duration) {
        if self.options.tell.is_none() {
            return;
        }
        let outcome = match attempt {
            Attempt::Good(body) => format!("ok, {} bytes", body.len()),
            Attempt::Status(status, ..) => status.to_string(),
            Attempt::NotSent(why) => format!("not sent: {why}"),
            Attempt::NoAnswer(why) => format!("no answer: {why}"),
        };
        let rest = request.rest.map(|r| format!("/{}", r.trim_start_matches('/'))).unwrap_or_default();
        let query: Vec<String> = request.query.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        self.tell(&format!(
            "{:<7} {}{rest}{mark}{}  {outcome}  {} ms",
            request.method,
            request.path,
            query.join("&"),
            took.as_millis()
        ));
    }
}

/// The network for token sources: without a token, tried a few times.
struct PlainNet<'a> {
    client: &'a Client,
}

impl Plain for PlainNet<'_> {
    fn hide(&self, secret: &Secret) {
        lock(&self.client.mask).add(secret);
    }

    fn nap(&self, time: Duration) -> Result<(), String> {
        self.client.pause(time).map_err(|f| f.message)
    }

    fn send(
        &self,
        post: bool,
        url: &str,
        headers: &[(&str, String)],
        form: Option<&[(&str, &str)]>,
    ) -> Result<Reply, String> {
        let mut pause = self.client.options.pause;
        let mut attempt = 1;
        loop {
            let http = &self.client.http;
            let mut out = if post { http.post(url) } else { http.get(url) };
            for (name, value) in headers {
                out = out.header(*name, value);
            }
            if let Some(form) = form {
                let mut body = reqwest::Url::parse("http://x").map_err(|e| e.to_string())?;
                body.query_pairs_mut().extend_pairs(form);
                let text = body.query().unwrap_or_default().to_owned();
                out = out.header("Content-Type", "application/x-www-form-urlencoded").body(text);
            }
            let failed = match out.send() {
                Ok(response) => {
                    let status = response.status().as_u16();
                    let location = response.headers().get(LOCATION).and_then(|v| v.to_str().ok()).map(str::to_owned);
                    if !matches!(status, 429 | 500 | 502 | 503 | 504) || attempt >= self.client.options.attempts {
                        let body = whole(response, MAX_PLAIN, self.client.options.timeout)?;
                        return Ok(Reply { status, location, body });
                    }
                    None
                }
                Err(e) => Some(because(&e)),
            };
            if let (Some(why), true) = (failed, attempt >= self.client.options.attempts) {
                let host = reqwest::Url::parse(url).ok().and_then(|u| u.host_str().map(str::to_owned));
                return Err(format!("{}: {why}", host.unwrap_or_default()));
            }
            attempt += 1;
            self.client.pause(pause.mul_f64(0.5 + fastrand::f64() / 2.0)).map_err(|f| f.message)?;
            pause = (pause * 2).min(Duration::from_secs(30));
        }
    }
}

fn fault(kind: FaultKind, doing: &str, message: &str, help: &str) -> Fault {
    Fault { kind, doing: doing.to_owned(), message: message.to_owned(), help: help.to_owned() }
}

/// The largest answer of a workspace, in bytes: it gives out files of up to 10 MB in one piece.
const MAX_BODY: u64 = 64 << 20;
/// The largest answer of a token server, in bytes.
const MAX_PLAIN: u64 = 1 << 20;

/// The body of an answer, if it is not larger than `most` bytes and does not take longer than `limit`: a server that
/// sends a little now and then would never exceed the limit of one read.
fn whole(response: Response, most: u64, limit: Duration) -> Result<Vec<u8>, String> {
    let until = Instant::now() + limit;
    let mut body = Vec::new();
    let mut response = response.take(most + 1);
    let mut chunk = vec![0; 64 << 10];
    let ended = loop {
        match response.read(&mut chunk) {
            Ok(0) => break Ok(()),
            Ok(count) => body.extend_from_slice(chunk.get(..count).unwrap_or_default()),
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => break Err(e),
        }
        if Instant::now() > until {
            return Err("it took too long".to_owned());
        }
    };
    match ended {
        Ok(()) if body.len() as u64 > most => Err(format!("the answer is larger than {} MiB", most >> 20)),
        Ok(()) => Ok(body),
        Err(e) if e.kind() == std::io::ErrorKind::TimedOut => Err("it took too long".to_owned()),
        Err(e) => Err(with_detail("the connection broke", &e.to_string())),
    }
}

/// A message with its detail, unless that names an address: it may hold a query.
fn with_detail(what: &str, detail: &str) -> String {
    if detail.contains("://") { what.to_owned() } else { format!("{what}: {detail}") }
}

/// What an error comes from, without the address, which may hold a query.
fn because(error: &reqwest::Error) -> String {
    let mut last: &dyn std::error::Error = error;
    while let Some(source) = last.source() {
        last = source;
    }
    let what = if error.is_timeout() {
        "it took too long"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    if error.is_timeout() { what.to_owned() } else { with_detail(what, &last.to_string()) }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What these hold is replaced whole; a thread that panicked has left nothing half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
