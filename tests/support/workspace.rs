//! A simulated workspace that is stricter than others: it rejects what the service rejects, with the same messages
//! where they are known. It records requests, and fails, delays or disconnects on demand.
//!
//! Sources of its behavior: the public API documentation, and observations in the issue trackers of the platform's
//! own tools. What is unknown is rejected.

#![allow(dead_code, reason = "each test executable uses a part of it")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pipec::schema::{Block, JOB};
use serde_json::{Map, Value, json};

pub const CLIENT: &str = "0a1b2c3d-0000-4000-8000-1234567890ab";
pub const SECRET: &str = "dose-planted-client-secret";
pub const PAT: &str = "dapi-planted-personal-token";
pub const ANN: &str = "ann@example.com";

/// When a fault occurs: before or after the workspace acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Before,
    After,
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A response with this status and `Retry-After`.
    Status(u16, Option<u64>),
    /// The connection is closed.
    Cut,
    /// The client is killed.
    Kill,
    /// The client is interrupted.
    Interrupt,
    /// An invalid response.
    Garbage,
    /// All tokens expire.
    Expire,
    /// A delay, in milliseconds.
    Delay(u64),
}

/// A fault at one request, by its index from 0.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    pub at: usize,
    pub when: When,
    pub trouble: Trouble,
}

#[derive(Clone, Debug)]
pub struct Logged {
    pub method: String,
    pub path: String,
    pub query: String,
    pub body: Vec<u8>,
    pub status: u16,
    pub authorization: String,
}

impl Logged {
    /// Whether it may change the workspace.
    pub fn is_write(&self) -> bool {
        self.method != "GET" && !self.path.starts_with("/oidc")
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Folder,
    File(Vec<u8>),
    Notebook(Vec<u8>),
}

#[derive(Clone, Debug)]
pub struct Job {
    pub settings: Value,
    pub created: i64,
    pub creator: String,
    pub grants: Vec<Value>,
}

#[derive(Default)]
pub struct Inner {
    pub nodes: BTreeMap<String, Node>,
    pub jobs: BTreeMap<i64, Job>,
    pub runs: BTreeMap<i64, Value>,
    pub outputs: BTreeMap<i64, Value>,
    pub log: Vec<Logged>,
    pub faults: Vec<Fault>,
    /// Permanent responses by prefixes of method and path; `$AUTHORIZATION` is replaced by what was sent.
    pub walls: Vec<(String, String, u16, Value)>,
    /// Violations that must never occur: a job that refers to a missing file.
    pub wrong: Vec<String>,
    tokens: BTreeMap<String, (Instant, String)>,
    idempotent: BTreeMap<String, i64>,
    pub next: i64,
    pub pid: Option<u32>,
    pub token_life: Option<u64>,
    /// Responses to `runs/get`, the last one repeatedly.
    pub script: Vec<Value>,
    looks: usize,
}

/// The workspace as a local server.
pub struct Workspace {
    pub url: String,
    inner: Arc<Mutex<Inner>>,
    /// How far its clock is ahead, in seconds.
    ahead: Arc<AtomicI64>,
    stop: Arc<AtomicBool>,
}

impl Workspace {
    pub fn start() -> Workspace {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut inner = Inner { next: 100, ..Inner::default() };
        for folder in [
            "/Workspace",
            "/Workspace/Users",
            "/Workspace/Shared",
            "/Volumes",
            "/Volumes/main",
            "/Volumes/main/ml",
            "/Volumes/main/ml/wheels",
        ] {
            inner.nodes.insert(folder.to_owned(), Node::Folder);
        }
        for user in [ANN, CLIENT] {
            inner.nodes.insert(format!("/Workspace/Users/{user}"), Node::Folder);
        }
        let inner = Arc::new(Mutex::new(inner));
        let ahead = Arc::new(AtomicI64::new(0));
        let stop = Arc::new(AtomicBool::new(false));
        let server = Server { inner: inner.clone(), ahead: ahead.clone(), url: url.clone() };
        let stopped = stop.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                let (Ok(stream), server) = (stream, server.clone()) else { continue };
                std::thread::spawn(move || server.serve(stream));
            }
        });
        Workspace { url, inner, ahead, stop }
    }

    pub fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Advances the clock.
    pub fn later(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::Relaxed);
    }

    /// The requests since the last call.
    pub fn take_log(&self) -> Vec<Logged> {
        std::mem::take(&mut self.inner().log)
    }

    /// Sets faults; requests are counted from now on.
    pub fn trouble(&self, faults: &[Fault]) {
        let mut inner = self.inner();
        inner.log.clear();
        inner.faults = faults.to_vec();
    }

    /// The jobs by the value of their tag.
    pub fn jobs_by_tag(&self) -> BTreeMap<String, Vec<i64>> {
        let mut out: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for (id, job) in &self.inner().jobs {
            // The nonce of the creation does not matter.
            let tag = job.settings.pointer("/tags/pipec").and_then(Value::as_str).unwrap_or("no tag");
            out.entry(without_nonce(tag).to_owned()).or_default().push(*id);
        }
        out
    }

    /// Everything that was written, as text, to search for what must not be there.
    pub fn all_text(&self) -> String {
        let inner = self.inner();
        let mut out = String::new();
        for (path, node) in &inner.nodes {
            out.push_str(path);
            if let Node::File(bytes) | Node::Notebook(bytes) = node {
                out.push_str(&String::from_utf8_lossy(bytes));
            }
        }
        for job in inner.jobs.values() {
            out.push_str(&job.settings.to_string());
        }
        out
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes the listener up.
        let _ = TcpStream::connect(self.url.trim_start_matches("http://"));
    }
}

struct Call {
    method: String,
    path: String,
    query: BTreeMap<String, String>,
    raw_query: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Call {
    fn json(&self) -> Result<Value, Reply> {
        serde_json::from_slice(&self.body)
            .map_err(|_| refuse(400, "MALFORMED_REQUEST", "Could not parse request object"))
    }
}

struct Reply {
    status: u16,
    body: Vec<u8>,
    retry_after: Option<u64>,
}

fn ok(value: Value) -> Reply {
    Reply { status: 200, body: value.to_string().into_bytes(), retry_after: None }
}

fn refuse(status: u16, code: &str, message: impl Into<String>) -> Reply {
    let body = json!({ "error_code": code, "message": message.into() });
    Reply { status, body: body.to_string().into_bytes(), retry_after: None }
}

#[derive(Clone)]
struct Server {
    inner: Arc<Mutex<Inner>>,
    ahead: Arc<AtomicI64>,
    url: String,
}

impl Server {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn now(&self) -> i64 {
        jiff::Timestamp::now().as_millisecond() + self.ahead.load(Ordering::Relaxed) * 1000
    }

    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut stream = stream;
        while let Some(call) = read(&mut reader) {
            let (index, fault) = {
                let mut inner = self.lock();
                inner.log.push(Logged {
                    method: call.method.clone(),
                    path: call.path.clone(),
                    query: call.raw_query.clone(),
                    body: call.body.clone(),
                    status: 0,
                    authorization: call.headers.get("authorization").cloned().unwrap_or_default(),
                });
                let index = inner.log.len() - 1;
                (index, inner.faults.iter().find(|f| f.at == index).copied())
            };
            let mut reply = None;
            if let Some(fault) = fault.filter(|f| f.when == When::Before) {
                match self.trouble(fault.trouble) {
                    Some(r) => reply = r,
                    None => return drop(stream.shutdown(Shutdown::Both)),
                }
            }
            let mut reply = reply.unwrap_or_else(|| self.answer(&call).unwrap_or_else(|r| r));
            if let Some(fault) = fault.filter(|f| f.when == When::After) {
                match self.trouble(fault.trouble) {
                    Some(Some(r)) => reply = r,
                    Some(None) => {}
                    None => return drop(stream.shutdown(Shutdown::Both)),
                }
            }
            if let Some(logged) = self.lock().log.get_mut(index) {
                logged.status = reply.status;
            }
            let date = jiff::Timestamp::from_millisecond(self.now()).unwrap();
            let date = date.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            let mut head =
                format!("HTTP/1.1 {} X\r\nDate: {date}\r\nContent-Length: {}\r\n", reply.status, reply.body.len());
            if let Some(seconds) = reply.retry_after {
                head.push_str(&format!("Retry-After: {seconds}\r\n"));
            }
            head.push_str("\r\n");
            let whole = [head.as_bytes(), &reply.body].concat();
            if stream.write_all(&whole).is_err() {
                return;
            }
        }
    }

    /// `None` closes the connection; `Some(None)` continues.
    fn trouble(&self, trouble: Trouble) -> Option<Option<Reply>> {
        match trouble {
            Trouble::Status(status, retry_after) => {
                let code = match status {
                    429 => "REQUEST_LIMIT_EXCEEDED",
                    403 => "PERMISSION_DENIED",
                    _ => "INTERNAL_ERROR",
                };
                Some(Some(Reply { retry_after, ..refuse(status, code, "planted trouble") }))
            }
            Trouble::Cut => None,
            Trouble::Kill | Trouble::Interrupt => {
                let signal = if trouble == Trouble::Kill { "-KILL" } else { "-INT" };
                let pid = loop {
                    // The test sets the process id as soon as it knows it.
                    if let Some(pid) = self.lock().pid {
                        break pid;
                    }
                    std::thread::sleep(Duration::from_millis(1));
                };
                let _ = std::process::Command::new("kill").args([signal, &pid.to_string()]).status();
                if trouble == Trouble::Kill { None } else { Some(None) }
            }
            Trouble::Garbage => {
                Some(Some(Reply { status: 200, body: b"<html>log in first</html>".to_vec(), retry_after: None }))
            }
            Trouble::Expire => {
                self.lock().tokens.clear();
                Some(None)
            }
            Trouble::Delay(millis) => {
                std::thread::sleep(Duration::from_millis(millis));
                Some(None)
            }
        }
    }

    fn answer(&self, call: &Call) -> Result<Reply, Reply> {
        match (call.method.as_str(), call.path.as_str()) {
            ("GET", "/oidc/.well-known/oauth-authorization-server") => {
                return Ok(ok(json!({ "token_endpoint": format!("{}/oidc/v1/token", self.url) })));
            }
            ("POST", "/oidc/v1/token") => return self.token(call),
            // The token service of a CI pipeline, and Entra ID.
            ("GET", "/idtoken")
                if call.headers.get("authorization").is_some_and(|a| a == "Bearer planted-request-token") =>
            {
                let audience = call.query.get("audience").cloned().unwrap_or_default();
                assert!(audience.ends_with("/oidc/v1/token"), "{audience}");
                return Ok(ok(json!({ "value": "planted-subject-token" })));
            }
            ("POST", "/tenant-1/oauth2/token") => return self.token(call),
            ("GET", "/aad/auth") => {
                return Ok(Reply { status: 302, body: Vec::new(), retry_after: None });
            }
            _ => {}
        }
        let user = self.who(call)?;
        let wall =
            self.lock().walls.iter().find(|(m, p, ..)| *m == call.method && call.path.starts_with(p.as_str())).cloned();
        if let Some((_, _, status, body)) = wall {
            let sent = call.headers.get("authorization").cloned().unwrap_or_default();
            let body = body.to_string().replace("$AUTHORIZATION", &sent).into_bytes();
            return Ok(Reply { status, body, retry_after: None });
        }
        let path = call.path.clone();
        let after = |prefix: &str| path.strip_prefix(prefix).map(|p| format!("/{}", decode(p).trim_start_matches('/')));
        match (call.method.as_str(), path.as_str()) {
            ("GET", "/api/2.0/preview/scim/v2/Me") => {
                Ok(ok(json!({ "userName": user, "displayName": if user == ANN { "Ann" } else { "deployer" } })))
            }
            ("GET", "/api/2.0/workspace/list") => self.list(call),
            ("GET", "/api/2.0/workspace/get-status") => self.status(call),
            ("GET", "/api/2.0/workspace/export") => self.export(call),
            ("POST", "/api/2.0/workspace/mkdirs") => self.mkdirs(text(&call.json()?, "path")?),
            ("POST", "/api/2.0/workspace/delete") => self.delete(&call.json()?),
            ("POST", "/api/2.0/workspace/import") => self.import(&call.json()?),
            ("POST", "/api/2.2/jobs/create") => self.create(call.json()?, &user),
            ("GET", "/api/2.2/jobs/get") => self.get(call),
            ("GET", "/api/2.2/jobs/list") => self.jobs(call),
            ("POST", "/api/2.2/jobs/reset") => self.reset(&call.json()?, &user),
            ("POST", "/api/2.2/jobs/delete") => self.delete_job(&call.json()?, &user),
            ("POST", "/api/2.2/jobs/run-now") => self.run_now(&call.json()?),
            ("GET", "/api/2.2/jobs/runs/get") => self.run(call),
            ("GET", "/api/2.2/jobs/runs/list") => self.runs(call),
            ("GET", "/api/2.2/jobs/runs/get-output") => self.output(call),
            ("POST", "/api/2.2/jobs/runs/cancel") => self.cancel(&call.json()?),
            (method, p) if p.starts_with("/api/2.0/permissions/jobs/") => self.permissions(method, call, &user),
            ("POST", p) if p.starts_with("/api/2.0/workspace-files/import-file/") => {
                let path = after("/api/2.0/workspace-files/import-file/").unwrap();
                self.import_file(&path, call)
            }
            (method, p) if p.starts_with("/api/2.0/fs/files/") => {
                let path = after("/api/2.0/fs/files/").unwrap();
                self.volume_file(method, &path, call)
            }
            (method, p) if p.starts_with("/api/2.0/fs/directories/") => {
                let path = after("/api/2.0/fs/directories/").unwrap();
                self.volume_folder(method, &path)
            }
            (method, path) => Err(refuse(404, "ENDPOINT_NOT_FOUND", format!("No API found for '{method} {path}'"))),
        }
    }

    fn token(&self, call: &Call) -> Result<Reply, Reply> {
        let form = query(&String::from_utf8_lossy(&call.body));
        let wanted = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{SECRET}")));
        let oauth = |status: u16, error: &str| Reply {
            status,
            body: json!({ "error": error, "error_description": "client authentication failed" })
                .to_string()
                .into_bytes(),
            retry_after: None,
        };
        match form.get("grant_type").map(String::as_str) {
            Some("client_credentials") if call.headers.get("authorization") == Some(&wanted) => {}
            Some("client_credentials")
                if form.get("client_secret").map(String::as_str) == Some(SECRET)
                    && form.get("resource").map(String::as_str) == Some("2ff814a6-3304-4ab8-85cb-cd0e6f879c1d") => {}
            Some("client_credentials") => return Err(oauth(401, "invalid_client")),
            Some("urn:ietf:params:oauth:grant-type:token-exchange")
                if form.get("subject_token").map(String::as_str) == Some("planted-subject-token") => {}
            _ => return Err(oauth(400, "invalid_grant")),
        }
        let mut inner = self.lock();
        inner.next += 1;
        let token = format!("planted-oauth-token-{}", inner.next);
        let life = inner.token_life.unwrap_or(3600);
        inner.tokens.insert(token.clone(), (Instant::now() + Duration::from_secs(life), CLIENT.to_owned()));
        Ok(ok(json!({ "access_token": token, "token_type": "Bearer", "expires_in": life })))
    }

    fn who(&self, call: &Call) -> Result<String, Reply> {
        let none =
            || refuse(401, "UNAUTHENTICATED", "Credential was not sent or was of an unsupported type for this API.");
        let bearer = call.headers.get("authorization").and_then(|a| a.strip_prefix("Bearer ")).ok_or_else(none)?;
        if bearer == PAT {
            return Ok(ANN.to_owned());
        }
        match self.lock().tokens.get(bearer) {
            Some((ends, user)) if *ends > Instant::now() => Ok(user.clone()),
            _ => Err(refuse(401, "UNAUTHENTICATED", "Access token expired")),
        }
    }

    fn list(&self, call: &Call) -> Result<Reply, Reply> {
        let path = call.query.get("path").cloned().unwrap_or_default();
        let inner = self.lock();
        let entry = |path: &str, node: &Node| match node {
            Node::Folder => json!({ "path": path, "object_type": "DIRECTORY", "object_id": 1 }),
            Node::File(bytes) => json!({ "path": path, "object_type": "FILE", "size": bytes.len(), "object_id": 1 }),
            Node::Notebook(_) => {
                json!({ "path": path, "object_type": "NOTEBOOK", "language": "PYTHON", "object_id": 1 })
            }
        };
        match inner.nodes.get(&path) {
            None => Err(refuse(404, "RESOURCE_DOES_NOT_EXIST", format!("Path ({path}) doesn't exist."))),
            Some(Node::Folder) => {
                let list: Vec<Value> = below(&inner.nodes, &path).map(|(p, n)| entry(p, n)).collect();
                // An empty folder has no field at all.
                Ok(ok(if list.is_empty() { json!({}) } else { json!({ "objects": list }) }))
            }
            Some(node) => Ok(ok(json!({ "objects": [entry(&path, node)] }))),
        }
    }

    fn status(&self, call: &Call) -> Result<Reply, Reply> {
        let path = call.query.get("path").cloned().unwrap_or_default();
        match self.lock().nodes.get(&path) {
            Some(Node::Notebook(_)) => Ok(ok(json!({ "path": path, "object_type": "NOTEBOOK", "language": "PYTHON" }))),
            Some(Node::File(_)) => Ok(ok(json!({ "path": path, "object_type": "FILE" }))),
            _ => Err(refuse(404, "RESOURCE_DOES_NOT_EXIST", format!("Path ({path}) doesn't exist."))),
        }
    }

    fn export(&self, call: &Call) -> Result<Reply, Reply> {
        let path = call.query.get("path").cloned().unwrap_or_default();
        match self.lock().nodes.get(&path) {
            Some(Node::File(bytes) | Node::Notebook(bytes)) if call.query.contains_key("direct_download") => {
                Ok(Reply { status: 200, body: bytes.clone(), retry_after: None })
            }
            Some(Node::File(bytes) | Node::Notebook(bytes)) => Ok(ok(json!({ "content": STANDARD.encode(bytes) }))),
            _ => Err(refuse(404, "RESOURCE_DOES_NOT_EXIST", format!("Path ({path}) doesn't exist."))),
        }
    }

    fn mkdirs(&self, path: String) -> Result<Reply, Reply> {
        let mut inner = self.lock();
        let mut at = String::new();
        for part in path.trim_matches('/').split('/') {
            at = format!("{at}/{part}");
            match inner.nodes.get(&at) {
                Some(Node::Folder) => {}
                Some(_) => {
                    return Err(refuse(
                        400,
                        "RESOURCE_ALREADY_EXISTS",
                        format!("A non-directory object exists at {at}."),
                    ));
                }
                None => drop(inner.nodes.insert(at.clone(), Node::Folder)),
            }
        }
        Ok(ok(json!({})))
    }

    fn delete(&self, body: &Value) -> Result<Reply, Reply> {
        let path = text(body, "path")?;
        let mut inner = self.lock();
        if !inner.nodes.contains_key(&path) {
            return Err(refuse(404, "RESOURCE_DOES_NOT_EXIST", format!("Path ({path}) doesn't exist.")));
        }
        let inside = below(&inner.nodes, &path).next().is_some();
        if inside && body.get("recursive").and_then(Value::as_bool) != Some(true) {
            return Err(refuse(400, "DIRECTORY_NOT_EMPTY", format!("Folder ({path}) is not empty")));
        }
        inner.nodes.retain(|p, _| *p != path && !p.starts_with(&format!("{path}/")));
        Ok(ok(json!({})))
    }

    fn place(&self, path: &str, node: Node, over: bool) -> Result<Reply, Reply> {
        let mut inner = self.lock();
        let folder = path.rsplit_once('/').map_or("", |(f, _)| f);
        if inner.nodes.get(folder) != Some(&Node::Folder) {
            return Err(refuse(
                404,
                "RESOURCE_DOES_NOT_EXIST",
                format!("The parent folder ({folder}) does not exist."),
            ));
        }
        if let Some(old) = inner.nodes.get(path) {
            let same_kind = std::mem::discriminant(old) == std::mem::discriminant(&node);
            if !over || !same_kind {
                return Err(refuse(400, "RESOURCE_ALREADY_EXISTS", format!("Path ({path}) already exists.")));
            }
        }
        inner.nodes.insert(path.to_owned(), node);
        Ok(ok(json!({})))
    }

    fn import(&self, body: &Value) -> Result<Reply, Reply> {
        let bytes = STANDARD
            .decode(text(body, "content")?)
            .map_err(|_| refuse(400, "INVALID_PARAMETER_VALUE", "content is not base64"))?;
        let over = body.get("overwrite").and_then(Value::as_bool) == Some(true);
        match (text(body, "format")?.as_str(), body.get("language").and_then(Value::as_str)) {
            ("SOURCE", Some("PYTHON" | "SQL" | "SCALA" | "R")) | ("JUPYTER", _) => {}
            _ => return Err(refuse(400, "INVALID_PARAMETER_VALUE", "The language is required with format SOURCE")),
        }
        self.place(&text(body, "path")?, Node::Notebook(bytes), over)
    }

    fn import_file(&self, path: &str, call: &Call) -> Result<Reply, Reply> {
        let over = call.query.get("overwrite").map(String::as_str) == Some("true");
        if path.ends_with(".py") && call.body.starts_with(b"# Databricks notebook source") {
            return self.place(path.trim_end_matches(".py"), Node::Notebook(call.body.clone()), over);
        }
        self.place(path, Node::File(call.body.clone()), over)
    }

    fn volume_file(&self, method: &str, path: &str, call: &Call) -> Result<Reply, Reply> {
        let missing = || refuse(404, "NOT_FOUND", format!("The file {path} was not found"));
        let path = format!("/{}", path.trim_start_matches('/'));
        match method {
            "PUT" => {
                let over = call.query.get("overwrite").map(String::as_str) == Some("true");
                self.place(&path, Node::File(call.body.clone()), over).map(|_| Reply {
                    status: 204,
                    body: Vec::new(),
                    retry_after: None,
                })
            }
            "GET" => match self.lock().nodes.get(&path) {
                Some(Node::File(bytes)) => Ok(Reply { status: 200, body: bytes.clone(), retry_after: None }),
                _ => Err(missing()),
            },
            _ => match self.lock().nodes.remove(&path) {
                Some(_) => Ok(Reply { status: 204, body: Vec::new(), retry_after: None }),
                None => Err(missing()),
            },
        }
    }

    fn volume_folder(&self, method: &str, path: &str) -> Result<Reply, Reply> {
        let path = format!("/{}", path.trim_matches('/'));
        match method {
            "PUT" => self.mkdirs(path).map(|_| Reply { status: 204, body: Vec::new(), retry_after: None }),
            "GET" => {
                let inner = self.lock();
                if inner.nodes.get(&path) != Some(&Node::Folder) {
                    return Err(refuse(404, "NOT_FOUND", format!("The directory {path} was not found")));
                }
                let list: Vec<Value> = below(&inner.nodes, &path)
                    .map(|(p, n)| match n {
                        Node::File(bytes) => json!({ "path": p, "is_directory": false, "file_size": bytes.len() }),
                        _ => json!({ "path": p, "is_directory": true }),
                    })
                    .collect();
                Ok(ok(json!({ "contents": list })))
            }
            _ => {
                let mut inner = self.lock();
                if below(&inner.nodes, &path).next().is_some() {
                    return Err(refuse(400, "DIRECTORY_NOT_EMPTY", "The directory is not empty"));
                }
                match inner.nodes.remove(&path) {
                    Some(_) => Ok(Reply { status: 204, body: Vec::new(), retry_after: None }),
                    None => Err(refuse(404, "NOT_FOUND", "no such directory")),
                }
            }
        }
    }

    fn create(&self, body: Value, user: &str) -> Result<Reply, Reply> {
        self.check_settings(&body)?;
        let created = self.now();
        let mut inner = self.lock();
        inner.next += 1;
        let id = inner.next;
        let owner = json!({ field_of(user): user, "permission_level": "IS_OWNER" });
        inner
            .jobs
            .insert(id, Job { settings: filled_in(body), created, creator: user.to_owned(), grants: vec![owner] });
        Ok(ok(json!({ "job_id": id })))
    }

    fn check_settings(&self, body: &Value) -> Result<(), Reply> {
        known_fields(body, &JOB, "settings").map_err(|e| refuse(400, "MALFORMED_REQUEST", e))?;
        rules(body).map_err(|e| refuse(400, "INVALID_PARAMETER_VALUE", e))?;
        // The service accepts a missing path, but a deployment that sends one has the wrong order.
        let mut inner = self.lock();
        let mut missing = Vec::new();
        texts(body, &mut |t| {
            let ours = t.contains("/.pipec/") || t.starts_with("/Volumes/main/ml/wheels/");
            if ours && t.starts_with('/') && !inner.nodes.contains_key(t) {
                missing.push(format!("a job names {t}, which is not there"));
            }
        });
        inner.wrong.extend(missing);
        Ok(())
    }

    fn no_job(id: i64) -> Reply {
        refuse(400, "INVALID_PARAMETER_VALUE", format!("Job {id} does not exist."))
    }

    fn get(&self, call: &Call) -> Result<Reply, Reply> {
        let id = call.query.get("job_id").and_then(|i| i.parse().ok()).unwrap_or_default();
        let inner = self.lock();
        let job = inner.jobs.get(&id).ok_or_else(|| Self::no_job(id))?;
        let from: usize = call.query.get("page_token").and_then(|p| p.parse().ok()).unwrap_or(0);
        let mut settings = job.settings.clone();
        let mut more = false;
        for key in ["tasks", "job_clusters", "environments", "parameters"] {
            if let Some(list) = settings.get_mut(key).and_then(Value::as_array_mut) {
                more |= list.len() > from + 100;
                *list = list.iter().skip(from).take(100).cloned().collect();
            }
        }
        let mut out = json!({ "job_id": id, "created_time": job.created, "creator_user_name": job.creator, "run_as_user_name": job.creator, "settings": settings });
        if more {
            out["has_more"] = true.into();
            out["next_page_token"] = (from + 100).to_string().into();
        }
        Ok(ok(out))
    }

    fn jobs(&self, call: &Call) -> Result<Reply, Reply> {
        let limit: usize = call.query.get("limit").and_then(|l| l.parse().ok()).unwrap_or(20);
        if limit > 100 {
            return Err(refuse(400, "INVALID_PARAMETER_VALUE", "limit must be at most 100"));
        }
        let from: usize = call.query.get("page_token").and_then(|p| p.parse().ok()).unwrap_or(0);
        let name = call.query.get("name").map(|n| n.to_lowercase());
        let inner = self.lock();
        let list: Vec<Value> = inner
            .jobs
            .iter()
            .rev()
            .filter(|(_, j)| name.as_ref().is_none_or(|n| j.settings["name"].as_str().unwrap_or("").to_lowercase() == *n))
            .map(|(id, j)| json!({ "job_id": id, "created_time": j.created, "settings": { "name": j.settings["name"], "tags": j.settings["tags"] } }))
            .collect();
        let page: Vec<Value> = list.iter().skip(from).take(limit).cloned().collect();
        let mut out = json!({ "jobs": page });
        if list.len() > from + limit {
            out["has_more"] = true.into();
            out["next_page_token"] = (from + limit).to_string().into();
        }
        Ok(ok(out))
    }

    fn may_manage(inner: &Inner, id: i64, user: &str) -> Result<(), Reply> {
        let job = inner.jobs.get(&id).ok_or_else(|| Self::no_job(id))?;
        let may = job.grants.iter().any(|g| {
            g.get(field_of(user)).and_then(Value::as_str) == Some(user)
                && matches!(g["permission_level"].as_str(), Some("IS_OWNER" | "CAN_MANAGE"))
        });
        if may {
            Ok(())
        } else {
            Err(refuse(403, "PERMISSION_DENIED", format!("{user} does not have Manage permissions on job {id}")))
        }
    }

    fn reset(&self, body: &Value, user: &str) -> Result<Reply, Reply> {
        let id = body["job_id"].as_i64().unwrap_or_default();
        Self::may_manage(&self.lock(), id, user)?;
        let settings = &body["new_settings"];
        if settings.get("access_control_list").is_some() {
            return Err(refuse(400, "MALFORMED_REQUEST", "unknown field access_control_list"));
        }
        self.check_settings(settings)?;
        let mut inner = self.lock();
        let job = inner.jobs.get_mut(&id).ok_or_else(|| Self::no_job(id))?;
        job.settings = filled_in(settings.clone());
        Ok(ok(json!({})))
    }

    fn delete_job(&self, body: &Value, user: &str) -> Result<Reply, Reply> {
        let id = body["job_id"].as_i64().unwrap_or_default();
        let mut inner = self.lock();
        Self::may_manage(&inner, id, user)?;
        inner.jobs.remove(&id);
        Ok(ok(json!({})))
    }

    fn permissions(&self, method: &str, call: &Call, user: &str) -> Result<Reply, Reply> {
        let id: i64 = call.path.rsplit('/').next().and_then(|i| i.parse().ok()).unwrap_or_default();
        let mut inner = self.lock();
        if !inner.jobs.contains_key(&id) {
            return Err(refuse(404, "RESOURCE_DOES_NOT_EXIST", format!("Job {id} does not exist.")));
        }
        if method == "PUT" {
            Self::may_manage(&inner, id, user)?;
            let list = call.json()?["access_control_list"].as_array().cloned().unwrap_or_default();
            let owners = list.iter().filter(|g| g["permission_level"] == "IS_OWNER").count();
            if owners != 1 {
                return Err(refuse(400, "INVALID_PARAMETER_VALUE", "The job must have exactly one owner."));
            }
            let mut seen = BTreeSet::new();
            for grant in &list {
                let (kind, name) = ["user_name", "group_name", "service_principal_name"]
                    .into_iter()
                    .find_map(|k| Some((k, grant.get(k)?.as_str()?)))
                    .ok_or_else(|| refuse(400, "MALFORMED_REQUEST", "no principal"))?;
                if !seen.insert((kind, name)) {
                    return Err(refuse(400, "INVALID_PARAMETER_VALUE", format!("Duplicate entry for {name}")));
                }
                if name.starts_with("nobody") {
                    return Err(refuse(
                        404,
                        "RESOURCE_DOES_NOT_EXIST",
                        format!("Principal: GroupName({name}) does not exist"),
                    ));
                }
            }
            if let Some(job) = inner.jobs.get_mut(&id) {
                job.grants = list;
            }
        }
        let mut list: Vec<Value> = inner.jobs[&id]
            .grants
            .iter()
            .map(|g| {
                let mut out = g.clone();
                let level = out.as_object_mut().unwrap().remove("permission_level").unwrap();
                out["all_permissions"] = json!([{ "permission_level": level, "inherited": false }]);
                out
            })
            .collect();
        list.push(json!({ "group_name": "admins", "all_permissions": [{ "permission_level": "CAN_MANAGE", "inherited": true, "inherited_from_object": ["/jobs/"] }] }));
        Ok(ok(json!({ "object_id": format!("/jobs/{id}"), "object_type": "job", "access_control_list": list })))
    }

    fn run_now(&self, body: &Value) -> Result<Reply, Reply> {
        for key in body.as_object().into_iter().flatten().map(|(k, _)| k) {
            if !["job_id", "job_parameters", "idempotency_token", "only"].contains(&key.as_str()) {
                return Err(refuse(400, "MALFORMED_REQUEST", format!("unknown field {key}")));
            }
        }
        let id = body["job_id"].as_i64().unwrap_or_default();
        let now = self.now();
        let mut inner = self.lock();
        let job = inner.jobs.get(&id).ok_or_else(|| Self::no_job(id))?;
        let declared: Vec<&str> =
            job.settings["parameters"].as_array().into_iter().flatten().filter_map(|p| p["name"].as_str()).collect();
        for (name, _) in body["job_parameters"].as_object().into_iter().flatten() {
            if !declared.contains(&name.as_str()) {
                return Err(refuse(400, "INVALID_PARAMETER_VALUE", format!("Job parameter {name} is not defined")));
            }
        }
        let token = body["idempotency_token"].as_str().unwrap_or_default().to_owned();
        if token.len() > 64 {
            return Err(refuse(400, "INVALID_PARAMETER_VALUE", "idempotency_token must have at most 64 characters"));
        }
        if let Some(run) = inner.idempotent.get(&token) {
            return Ok(ok(json!({ "run_id": run })));
        }
        inner.next += 1;
        let run = inner.next;
        inner.idempotent.insert(token, run);
        inner.looks = 0;
        inner.runs.insert(run, json!({ "run_id": run, "job_id": id, "start_time": now, "request": body, "state": { "life_cycle_state": "RUNNING" }, "run_page_url": format!("{}/jobs/{id}/runs/{run}", self.url) }));
        Ok(ok(json!({ "run_id": run, "number_in_job": run })))
    }

    fn run(&self, call: &Call) -> Result<Reply, Reply> {
        let id: i64 = call.query.get("run_id").and_then(|i| i.parse().ok()).unwrap_or_default();
        let mut inner = self.lock();
        let Some(mut run) = inner.runs.get(&id).cloned() else {
            return Err(refuse(400, "INVALID_PARAMETER_VALUE", format!("Run {id} does not exist.")));
        };
        let look = inner.looks.min(inner.script.len().saturating_sub(1));
        inner.looks += 1;
        if let Some(Value::Object(page)) = inner.script.get(look) {
            for (k, v) in page {
                run[k] = v.clone();
            }
        }
        Ok(ok(run))
    }

    fn runs(&self, call: &Call) -> Result<Reply, Reply> {
        let limit: usize = call.query.get("limit").and_then(|l| l.parse().ok()).unwrap_or(20);
        if limit > 25 {
            return Err(refuse(400, "INVALID_PARAMETER_VALUE", "limit must be at most 25"));
        }
        let job: i64 = call.query.get("job_id").and_then(|i| i.parse().ok()).unwrap_or_default();
        let active = call.query.contains_key("active_only");
        let inner = self.lock();
        let list: Vec<Value> = inner
            .runs
            .values()
            .rev()
            .filter(|r| r["job_id"] == job && (!active || r["state"]["life_cycle_state"] == "RUNNING"))
            .take(limit)
            .cloned()
            .collect();
        Ok(ok(json!({ "runs": list })))
    }

    fn output(&self, call: &Call) -> Result<Reply, Reply> {
        let id: i64 = call.query.get("run_id").and_then(|i| i.parse().ok()).unwrap_or_default();
        Ok(ok(self.lock().outputs.get(&id).cloned().unwrap_or(json!({}))))
    }

    fn cancel(&self, body: &Value) -> Result<Reply, Reply> {
        let id = body["run_id"].as_i64().unwrap_or_default();
        if let Some(run) = self.lock().runs.get_mut(&id) {
            run["state"] = json!({ "life_cycle_state": "TERMINATED", "result_state": "CANCELED" });
        }
        Ok(ok(json!({})))
    }
}

fn field_of(user: &str) -> &'static str {
    if user.contains('@') { "user_name" } else { "service_principal_name" }
}

fn below<'n>(nodes: &'n BTreeMap<String, Node>, folder: &str) -> impl Iterator<Item = (&'n String, &'n Node)> {
    let prefix = format!("{folder}/");
    nodes
        .iter()
        .filter(move |(p, _)| p.strip_prefix(&prefix).is_some_and(|rest| !rest.is_empty() && !rest.contains('/')))
}

fn text(body: &Value, key: &str) -> Result<String, Reply> {
    body.get(key)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| refuse(400, "MALFORMED_REQUEST", format!("Missing required field: {key}")))
}

fn texts(value: &Value, found: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => found(text),
        Value::Array(list) => list.iter().for_each(|v| texts(v, found)),
        Value::Object(map) => map.values().for_each(|v| texts(v, found)),
        _ => {}
    }
}

/// Every field must be one of the API.
fn known_fields(value: &Value, block: &'static Block, at: &str) -> Result<(), String> {
    for (key, value) in value.as_object().into_iter().flatten() {
        let Some(field) = block.field(key) else { return Err(format!("unknown field {at}.{key}")) };
        let Some(inner) = field.ty.block() else { continue };
        let at = format!("{at}.{key}");
        match value {
            Value::Array(list) => list.iter().try_for_each(|v| known_fields(v, inner, &at))?,
            other => known_fields(other, inner, &at)?,
        }
    }
    Ok(())
}

/// The semantic errors that the service rejects.
fn rules(body: &Value) -> Result<(), String> {
    let list = |key: &str| body.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let tasks = list("tasks");
    if tasks.len() > 1000 {
        return Err("The maximum number of tasks is 1000.".to_owned());
    }
    if body.get("tags").and_then(Value::as_object).is_some_and(|t| t.len() > 25) {
        return Err("A maximum of 25 tags is supported.".to_owned());
    }
    let clusters: Vec<Value> = list("job_clusters").iter().map(|c| c["job_cluster_key"].clone()).collect();
    let environments: Vec<Value> = list("environments").iter().map(|e| e["environment_key"].clone()).collect();
    let mut after: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for task in &tasks {
        let Some(key) = task["task_key"].as_str() else {
            return Err("Missing required field: settings.tasks.task_key.".to_owned());
        };
        if task.get("job_cluster_key").is_some_and(|k| !clusters.contains(k)) {
            return Err(format!("Job cluster {} used by task {key} is not defined.", task["job_cluster_key"]));
        }
        if let Some(k) = task.get("environment_key").filter(|k| !environments.contains(k)) {
            return Err(format!("Job environment {k} used by task {key} is not defined in field 'environments'."));
        }
        if let Some(id) = task.pointer("/run_job_task/job_id")
            && id.as_i64().unwrap_or_default() < 1
        {
            return Err(format!("Task {key} runs a job that does not exist."));
        }
        let names: Vec<String> = task["depends_on"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|d| d["task_key"].as_str().map(str::to_owned))
            .collect();
        if names.iter().any(|n| n == key) {
            return Err(format!("Invalid dependency graph, task '{key}' can not reference itself."));
        }
        if after.insert(key.to_owned(), names).is_some() {
            return Err(format!("Duplicate task key {key}."));
        }
    }
    let mut left = after.clone();
    while !left.is_empty() {
        let ready: Vec<String> = left
            .iter()
            .filter(|(_, a)| a.iter().all(|k| !left.contains_key(k) && after.contains_key(k)))
            .map(|(k, _)| k.clone())
            .collect();
        if ready.is_empty() {
            return Err("Invalid dependency graph.".to_owned());
        }
        ready.iter().for_each(|k| drop(left.remove(k)));
    }
    Ok(())
}

/// Adds the defaults of the service.
fn filled_in(mut settings: Value) -> Value {
    let map = settings.as_object_mut().unwrap();
    for (key, value) in [
        ("format", json!("MULTI_TASK")),
        ("max_concurrent_runs", json!(1)),
        ("timeout_seconds", json!(0)),
        ("email_notifications", json!({})),
        ("webhook_notifications", json!({})),
        ("name", json!("Untitled")),
    ] {
        map.entry(key).or_insert(value);
    }
    if let Some(schedule) = map.get_mut("schedule").and_then(Value::as_object_mut) {
        schedule.entry("pause_status").or_insert(json!("UNPAUSED"));
    }
    for cluster in map.get_mut("job_clusters").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(spec) = cluster.get_mut("new_cluster").and_then(Value::as_object_mut) {
            spec.entry("aws_attributes").or_insert(json!({ "zone_id": "auto" }));
            spec.entry("enable_elastic_disk").or_insert(json!(false));
            spec.entry("cluster_name").or_insert(json!(""));
        }
    }
    for task in map.get_mut("tasks").and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(task) = task.as_object_mut() else { continue };
        task.entry("run_if").or_insert(json!("ALL_SUCCESS"));
        task.entry("timeout_seconds").or_insert(json!(0));
        task.entry("email_notifications").or_insert(json!({}));
        if let Some(after) = task.get_mut("depends_on").and_then(Value::as_array_mut) {
            after.sort_by_key(|d| d["task_key"].to_string());
        }
    }
    settings
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Call> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let mut parts = line.split_whitespace();
    let (method, target) = (parts.next()?.to_owned(), parts.next()?.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => drop(headers.insert(name.to_lowercase(), value.trim().to_owned())),
            None => break,
        }
    }
    let mut body = vec![0; headers.get("content-length").and_then(|l| l.parse().ok()).unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    let (path, raw_query) = target.split_once('?').map_or((target.as_str(), ""), |(p, q)| (p, q));
    Some(Call { method, path: path.to_owned(), query: query(raw_query), raw_query: decode(raw_query), headers, body })
}

fn query(text: &str) -> BTreeMap<String, String> {
    text.split('&')
        .filter_map(|p| p.split_once('='))
        .map(|(k, v)| (decode(&k.replace('+', " ")), decode(&v.replace('+', " "))))
        .collect()
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut i = 0;
    while i < bytes.len() {
        let hex =
            (bytes[i] == b'%').then(|| text.get(i + 1..i + 3).and_then(|h| u8::from_str_radix(h, 16).ok())).flatten();
        match hex {
            Some(byte) => {
                out.push(byte);
                i += 3;
            }
            None => {
                out.push(bytes[i]);
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Settings for tests that build jobs manually.
pub fn settings(name: &str) -> Map<String, Value> {
    json!({ "name": name }).as_object().cloned().unwrap()
}

/// The tag of a job without the nonce of its creation.
pub fn without_nonce(tag: &str) -> &str {
    match tag.rsplit_once('-') {
        Some((before, nonce)) if nonce.len() == 8 => before,
        _ => tag,
    }
}
