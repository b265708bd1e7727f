//! Tokens: requested, kept in memory, and renewed before they expire.

use std::io::Read;
use std::sync::OnceLock;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::address::allowed_address;
use super::login::{Ask, Login, Subject, azure_resource};
use super::secret::{Secret, is_sendable};

use super::site::is_trusted;

/// A token and its expiry.
#[derive(Clone, Debug)]
pub(super) struct AccessToken {
    pub value: Secret,
    renew: Option<Instant>,
}

/// How long before its expiry a token is renewed, so that it does not expire in transit; a short-lived one is renewed
/// in its last quarter.
const EARLY: Duration = Duration::from_secs(40);

impl AccessToken {
    fn living(value: Secret, life: Option<Duration>) -> AccessToken {
        AccessToken { value, renew: life.map(|life| Instant::now() + life - EARLY.min(life / 4)) }
    }

    /// Whether it is valid long enough for a request.
    pub fn lasts(&self) -> bool {
        self.renew.is_none_or(|at| at > Instant::now())
    }
}

/// Why there is no token. The text may contain a message of a server, so it must be masked.
#[derive(Debug, thiserror::Error)]
pub(super) enum TokenError {
    #[error("interrupted")]
    Interrupted,
    /// No response.
    #[error("{host}: {why}")]
    NoAnswer { host: String, why: String },
    /// The server requests a pause that is longer than the remaining time.
    #[error("token server returned {status}, and asks to wait for {seconds} s")]
    Busy { status: u16, seconds: u64 },
    /// A URL to which no secret may be sent.
    #[error("{what} `{address}` {why}")]
    Address { what: &'static str, address: String, why: &'static str },
    /// A server on another site, to which a malicious host could have credentials sent.
    #[error(
        "token endpoint `{server}` is not on the site of `{owner}`; if you trust it, set DATABRICKS_DISCOVERY_URL to its discovery document"
    )]
    NotTrusted { server: String, owner: String },
    /// No discovery document.
    #[error("{0} does not provide OAuth metadata; check that it is the URL of a workspace")]
    NoServer(String),
    /// A discovery document without a token endpoint.
    #[error("`{0}` has no token endpoint")]
    NoEndpoint(String),
    /// A discovery document that cannot be read.
    #[error("{url} returned {status}")]
    Document { url: String, status: u16 },
    /// No login page of a tenant.
    #[error("the Entra ID tenant of the workspace is unknown; set ARM_TENANT_ID")]
    NoTenant,
    /// A token file that cannot be read.
    #[error("cannot read the token file `{path}`: {source}")]
    File { path: String, source: std::io::Error },
    /// An empty token file.
    #[error("token file `{0}` is empty")]
    EmptyFile(String),
    /// An invalid URL.
    #[error("`{url}`: {why}")]
    Malformed { url: String, why: String },
    /// A CI service that issues no identity token.
    #[error("token service of the CI pipeline returned {0}, without a token")]
    Identity(u16),
    /// The server refused, with this message.
    #[error("token server returned {status}: {said}")]
    Refused { status: u16, said: String },
    /// A response without a token.
    #[error("response of the token server has no token")]
    NoToken,
    /// A token with invalid characters.
    #[error("token from the token server contains invalid characters")]
    OddToken,
    /// A program that failed.
    #[error("{0}")]
    Program(String),
}

/// Checks a URL to which secrets are sent.
fn secure(what: &'static str, address: &str) -> Result<(), TokenError> {
    allowed_address(address).map_err(|why| TokenError::Address { what, address: address.to_owned(), why })
}

/// Network access for token sources: unauthenticated requests.
pub(super) trait Plain {
    /// Adds a secret to mask, because a server may echo it.
    fn hide(&self, secret: &Secret);

    /// Waits.
    ///
    /// # Errors
    /// An interrupt.
    fn sleep(&self, time: Duration) -> Result<(), TokenError>;

    /// Sends a request; returns status, the `Location` header, and the body.
    ///
    /// # Errors
    /// No response.
    fn send(
        &self,
        post: bool,
        url: &str,
        headers: &[(&str, String)],
        form: Option<&[(&str, &str)]>,
    ) -> Result<Reply, TokenError>;
}

/// A response to an unauthenticated request.
pub(super) struct Reply {
    pub status: u16,
    pub location: Option<String>,
    pub body: Vec<u8>,
}

/// Requests a new token; the endpoint is discovered once.
///
/// # Errors
/// Why there is none.
pub(super) fn get(
    login: &Login,
    host: &str,
    endpoint: &OnceLock<String>,
    net: &dyn Plain,
) -> Result<AccessToken, TokenError> {
    let token_endpoint = || match endpoint.get() {
        Some(known) => Ok(known.clone()),
        None => discover(login, host, net).map(|found| endpoint.get_or_init(|| found).clone()),
    };
    match &login.ask {
        Ask::Fixed(token) => Ok(AccessToken::living(token.clone(), None)),
        Ask::Client { id, secret } => {
            let url = token_endpoint()?;
            let basic = STANDARD.encode(format!("{}:{}", form_text(id), form_text(secret.reveal())));
            net.hide(&Secret::new(basic.clone()));
            net.hide(&Secret::new(STANDARD.encode(format!("{id}:{}", secret.reveal()))));
            let form = [("grant_type", "client_credentials"), ("scope", login.scope.as_str())];
            from_server(net, &url, &[("Authorization", format!("Basic {basic}"))], &form)
        }
        Ask::Exchange { client, audience, subject } => {
            let url = token_endpoint()?;
            let jwt = subject_token(subject, audience.as_deref().unwrap_or(&url), net)?;
            net.hide(&jwt);
            let mut form = vec![
                ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
                ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
                ("subject_token", jwt.reveal()),
                ("scope", login.scope.as_str()),
            ];
            if let Some(id) = client {
                form.push(("client_id", id));
            }
            from_server(net, &url, &[], &form)
        }
        Ask::Entra { authority, tenant, id, secret } => {
            secure("URL of Entra ID", authority)?;
            let tenant = match tenant {
                Some(tenant) => tenant.clone(),
                None => tenant_of(host, net)?,
            };
            let url = format!("{authority}/{tenant}/oauth2/token");
            let form = [
                ("grant_type", "client_credentials"),
                ("client_id", id.as_str()),
                ("client_secret", secret.reveal()),
                ("resource", azure_resource()),
            ];
            from_server(net, &url, &[], &form)
        }
        Ask::Program { command, field } => from_program(command, field, net),
    }
}

/// Form-encodes a text, as basic credentials require (RFC 6749, section 2.3.1).
fn form_text(text: &str) -> String {
    reqwest::Url::parse_with_params("http://x", [("", text)])
        .ok()
        .and_then(|u| u.query().and_then(|q| q.strip_prefix('=')).map(str::to_owned))
        .unwrap_or_else(|| text.to_owned())
}

/// Finds the token endpoint from the workspace's discovery documents.
fn discover(login: &Login, host: &str, net: &dyn Plain) -> Result<String, TokenError> {
    let usual = format!("{host}/oidc/.well-known/oauth-authorization-server");
    let document = login.discovery.clone().unwrap_or(usual);
    secure("discovery document", &document)?;
    let mut found = json_at(net, &document)?;
    if found.is_none() && login.discovery.is_none() {
        // A host that serves several workspaces names its OAuth server elsewhere.
        let config = json_at(net, &format!("{host}/.well-known/databricks-config"))?;
        let base = config.as_ref().and_then(|c| c.get("oidc_endpoint")).and_then(Value::as_str);
        let account = config.as_ref().and_then(|c| c.get("account_id")).and_then(Value::as_str).unwrap_or_default();
        if let Some(base) = base {
            let base = base.replace("{account_id}", account);
            secure("OAuth server", &base)?;
            trusted(&base, host)?;
            found = json_at(net, &format!("{}/.well-known/oauth-authorization-server", base.trim_end_matches('/')))?;
        }
    }
    let Some(found) = found else {
        return Err(TokenError::NoServer(host.to_owned()));
    };
    let Some(endpoint) = found.get("token_endpoint").and_then(Value::as_str) else {
        return Err(TokenError::NoEndpoint(document));
    };
    secure("the token endpoint", endpoint)?;
    // The user trusts a document whose URL they have set.
    if login.discovery.is_none() {
        trusted(endpoint, host)?;
    }
    Ok(endpoint.to_owned())
}

/// Rejects a server on another site, to which a malicious host could have credentials sent.
fn trusted(server: &str, owner: &str) -> Result<(), TokenError> {
    match is_trusted(server, owner) {
        true => Ok(()),
        false => Err(TokenError::NotTrusted { server: server.to_owned(), owner: owner.to_owned() }),
    }
}

fn json_at(net: &dyn Plain, url: &str) -> Result<Option<Value>, TokenError> {
    let reply = net.send(false, url, &[], None)?;
    match reply.status {
        200 => Ok(serde_json::from_slice(&reply.body).ok()),
        404 => Ok(None),
        status => Err(TokenError::Document { url: url.to_owned(), status }),
    }
}

/// The tenant of a workspace, which redirects to the login page of its tenant.
fn tenant_of(host: &str, net: &dyn Plain) -> Result<String, TokenError> {
    let reply = net.send(false, &format!("{host}/aad/auth"), &[], None)?;
    let tenant = reply.location.as_deref().and_then(|l| l.split("://").nth(1)?.split('/').nth(1).map(str::to_owned));
    tenant
        .filter(|t| !t.is_empty() && t.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
        .ok_or(TokenError::NoTenant)
}

fn subject_token(subject: &Subject, audience: &str, net: &dyn Plain) -> Result<Secret, TokenError> {
    match subject {
        Subject::Fixed(token) => Ok(token.clone()),
        Subject::File(path) => {
            let text =
                std::fs::read_to_string(path).map_err(|source| TokenError::File { path: path.clone(), source })?;
            match text.trim() {
                "" => Err(TokenError::EmptyFile(path.clone())),
                token => Ok(Secret::new(token)),
            }
        }
        Subject::Web { url, bearer, post, field } => {
            net.hide(bearer);
            secure("token URL", url)?;
            let mut url =
                reqwest::Url::parse(url).map_err(|e| TokenError::Malformed { url: url.clone(), why: e.to_string() })?;
            if !post {
                url.query_pairs_mut().append_pair("audience", audience);
            }
            let headers =
                [("Authorization", format!("Bearer {}", bearer.reveal())), ("Accept", "application/json".to_owned())];
            let reply = net.send(*post, url.as_str(), &headers, post.then_some(&[]))?;
            let json: Option<Value> = serde_json::from_slice(&reply.body).ok();
            match json.as_ref().and_then(|j| j.get(*field)).and_then(Value::as_str) {
                Some(token) if reply.status == 200 => Ok(Secret::new(token)),
                _ => Err(TokenError::Identity(reply.status)),
            }
        }
    }
}

fn from_server(
    net: &dyn Plain,
    url: &str,
    headers: &[(&str, String)],
    form: &[(&str, &str)],
) -> Result<AccessToken, TokenError> {
    let reply = net.send(true, url, headers, Some(form))?;
    let json: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let text = |key: &str| json.get(key).and_then(Value::as_str);
    if reply.status != 200 {
        let code = text("error").or(text("errorCode")).unwrap_or("no reason given");
        let why = text("error_description").or(text("errorSummary")).unwrap_or_default();
        return Err(TokenError::Refused { status: reply.status, said: format!("{code} {why}").trim_end().to_owned() });
    }
    let Some(token) = text("access_token") else { return Err(TokenError::NoToken) };
    if !is_sendable(token) {
        return Err(TokenError::OddToken);
    }
    let seconds = json.get("expires_in").and_then(|v| v.as_u64().or_else(|| v.as_str()?.parse().ok()));
    let life = seconds.map(|s| Duration::from_secs(s.min(86_400)));
    Ok(AccessToken::living(Secret::new(token), life))
}

/// The timeout of a program.
const THINKING: Duration = Duration::from_secs(60);

/// The maximum output of a program, in bytes.
const PRINTED: u64 = 1 << 20;

/// Reads a pipe in a thread, so that the program never waits for a reader.
fn drained(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (send, receive) = mpsc::channel();
    if let Some(pipe) = pipe {
        std::thread::spawn(move || {
            let mut pipe = pipe.take(PRINTED);
            let mut chunk = vec![0; 8 << 10];
            while let Ok(count @ 1..) = pipe.read(&mut chunk) {
                let read = chunk.get(..count).unwrap_or_default();
                if send.send(read.to_vec()).is_err() {
                    break;
                }
            }
        });
    }
    receive
}

/// The output of a program that has ended. A child process may keep the pipe open, and is not waited for.
fn rest(chunks: &Receiver<Vec<u8>>) -> Vec<u8> {
    let mut out = Vec::new();
    while let Ok(chunk) = chunks.recv_timeout(Duration::from_millis(500)) {
        out.extend(chunk);
    }
    out
}

fn from_program(command: &[String], field: &str, net: &dyn Plain) -> Result<AccessToken, TokenError> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(TokenError::Program("program not found".to_owned()));
    };
    let mut child = std::process::Command::new(program)
        .args(arguments)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .map_err(|e| TokenError::Program(format!("cannot start `{program}`: {e}")))?;
    let (stdout, stderr) = (drained(child.stdout.take()), drained(child.stderr.take()));
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().map_err(|e| TokenError::Program(format!("`{program}`: {e}")))? {
            break status;
        }
        let stopped = net.sleep(Duration::from_millis(50)).is_err();
        if stopped || began.elapsed() > THINKING {
            // It may have ended meanwhile.
            let _ = child.kill();
            let _ = child.wait();
            return Err(TokenError::Program(format!("`{}` timed out", command.join(" "))));
        }
    };
    if !status.success() {
        let said = rest(&stderr);
        let said = String::from_utf8_lossy(&said);
        let first = said.lines().find(|l| !l.trim().is_empty()).unwrap_or("no output").trim().to_owned();
        return Err(TokenError::Program(format!("`{}` failed: {first}", command.join(" "))));
    }
    let json: Value = serde_json::from_slice(&rest(&stdout)).unwrap_or_default();
    match json.get(field).and_then(Value::as_str).filter(|t| is_sendable(t)) {
        // Programs have their own caches and report the expiry in different formats; assuming a short life costs one
        // call.
        Some(token) => Ok(AccessToken::living(Secret::new(token), Some(Duration::from_secs(300)))),
        None => Err(TokenError::Program(format!("output of `{}` has no `{field}`", command.join(" ")))),
    }
}
