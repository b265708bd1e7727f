//! Files, notebooks and folders: of the workspace, and of Unity Catalog volumes below `/Volumes`.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::client::Client;
use super::error::{ApiError, ApiErrorKind};
use super::pages::Pages;
use super::request::{Request, RequestBody};

/// What is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceEntry {
    /// Its whole path.
    pub path: String,
    /// What it is.
    pub kind: EntryKind,
    /// Bytes, where the service says so.
    pub size: Option<u64>,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A folder.
    Directory,
    /// A file.
    File,
    /// A notebook.
    Notebook,
    /// A Git folder, dashboard or the like.
    Other,
}

/// The language of a notebook that is not in Jupyter's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Python.
    Python,
    /// SQL.
    Sql,
    /// Scala.
    Scala,
    /// R.
    R,
    /// Several: Jupyter's own format.
    Jupyter,
}

impl Language {
    /// The language of a local notebook, by its ending.
    pub fn of(path: &std::path::Path) -> Language {
        match path.extension().and_then(|e| e.to_str()).unwrap_or_default() {
            "ipynb" => Language::Jupyter,
            "sql" => Language::Sql,
            "scala" => Language::Scala,
            "r" | "R" => Language::R,
            _ => Language::Python,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Language::Python | Language::Jupyter => "PYTHON",
            Language::Sql => "SQL",
            Language::Scala => "SCALA",
            Language::R => "R",
        }
    }
}

/// Whether a path is in a volume.
fn in_volume(path: &str) -> bool {
    path.starts_with("/Volumes/")
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The right that writing there takes.
fn writing(path: &str) -> String {
    match in_volume(path) {
        true => format!("WRITE VOLUME on the volume of `{path}`, and USE CATALOG and USE SCHEMA above it"),
        false => format!("CAN EDIT on the directory `{}`", folder_of(path)),
    }
}

fn reading(path: &str) -> String {
    match in_volume(path) {
        true => format!("READ VOLUME on the volume of `{path}`"),
        false => format!("CAN READ on `{path}`"),
    }
}

impl Client {
    /// What is in a folder, `None` if there is no such folder.
    ///
    /// # Errors
    /// Also when something that is no folder has this path.
    pub fn list(&self, folder: &str) -> Result<Option<Vec<WorkspaceEntry>>, ApiError> {
        let volume = in_volume(folder);
        let mut out = Vec::new();
        let mut pages = Pages::default();
        loop {
            let mut query = Vec::new();
            if !volume {
                query.push(("path", folder.to_owned()));
            }
            query.extend(pages.query());
            let request = Request {
                method: "GET",
                path: if volume { "/api/2.0/fs/directories" } else { "/api/2.0/workspace/list" },
                rest: volume.then_some(folder),
                query,
                body: RequestBody::Nothing,
                idempotent: true,
                action: format!("list `{folder}`"),
                required_permission: reading(folder),
            };
            let answer = match self.send(&request) {
                Ok(answer) => answer.json(),
                Err(f) if f.is(ApiErrorKind::Missing) => return Ok(None),
                Err(f) => return Err(f),
            };
            let list = answer.get(if volume { "contents" } else { "objects" }).and_then(Value::as_array);
            out.extend(list.into_iter().flatten().filter_map(entry));
            if !pages.follow(&answer, &request)? {
                break;
            }
        }
        // Asked for what is no folder, the service lists that thing itself.
        let alone = out.len() == 1;
        if let Some(other) = out.iter().find(|e| alone && e.path == folder && e.kind != EntryKind::Directory) {
            let what = if other.kind == EntryKind::Notebook { "a notebook" } else { "a file" };
            return Err(ApiError {
                kind: ApiErrorKind::Exists,
                action: format!("use `{folder}` as a directory"),
                message: format!("{what} with this path exists"),
                help: "move it, or set another `root_path` in the `workspace` of the target".to_owned(),
            });
        }
        Ok(Some(out))
    }

    /// The content of a workspace file, `None` if there is none.
    ///
    /// # Errors
    /// Whatever keeps it from being read.
    pub fn read_file(&self, path: &str) -> Result<Option<Vec<u8>>, ApiError> {
        let volume = in_volume(path);
        let request = Request {
            method: "GET",
            path: if volume { "/api/2.0/fs/files" } else { "/api/2.0/workspace/export" },
            rest: volume.then_some(path),
            query: match volume {
                true => Vec::new(),
                false => vec![
                    ("path", path.to_owned()),
                    ("format", "AUTO".to_owned()),
                    ("direct_download", "true".to_owned()),
                ],
            },
            body: RequestBody::Nothing,
            idempotent: true,
            action: format!("read `{path}`"),
            required_permission: reading(path),
        };
        match self.send(&request) {
            Ok(answer) => Ok(Some(answer.0)),
            Err(f) if f.is(ApiErrorKind::Missing) => Ok(None),
            Err(f) => Err(f),
        }
    }

    /// A notebook as source, and the extension of its language; `None` if there is none.
    ///
    /// # Errors
    /// Whatever keeps it from being read.
    pub fn read_notebook(&self, path: &str) -> Result<Option<(Vec<u8>, &'static str)>, ApiError> {
        let request = |to: &'static str, query: Vec<(&'static str, String)>| Request {
            method: "GET",
            path: to,
            rest: None,
            query,
            body: RequestBody::Nothing,
            idempotent: true,
            action: format!("read `{path}`"),
            required_permission: reading(path),
        };
        let status = match self.send(&request("/api/2.0/workspace/get-status", vec![("path", path.to_owned())])) {
            Ok(answer) => answer.json(),
            Err(f) if f.is(ApiErrorKind::Missing) => return Ok(None),
            Err(f) => return Err(f),
        };
        let extension = match status.get("language").and_then(serde_json::Value::as_str) {
            Some("SQL") => "sql",
            Some("R") => "r",
            Some("SCALA") => "scala",
            _ => "py",
        };
        let query =
            vec![("path", path.to_owned()), ("format", "SOURCE".to_owned()), ("direct_download", "true".to_owned())];
        let answer = self.send(&request("/api/2.0/workspace/export", query))?;
        Ok(Some((answer.0, extension)))
    }

    /// Makes a file that must not be there yet; `false` if it is. The service decides, so of several only one succeeds.
    /// Not to be believed without a look at the file: an attempt that got no answer may have made it.
    ///
    /// # Errors
    /// Whatever keeps it from being written; a folder that is not there.
    pub fn make_file(&self, path: &str, bytes: Arc<Vec<u8>>) -> Result<bool, ApiError> {
        match self.put(path, bytes, false) {
            Ok(()) => Ok(true),
            Err(f) if f.is(ApiErrorKind::Exists) => Ok(false),
            Err(f) => Err(f),
        }
    }

    /// Writes a file, over one that is there.
    ///
    /// # Errors
    /// Whatever keeps it from being written; a folder that is not there.
    pub fn write_file(&self, path: &str, bytes: Arc<Vec<u8>>) -> Result<(), ApiError> {
        self.put(path, bytes, true)
    }

    fn put(&self, path: &str, bytes: Arc<Vec<u8>>, over: bool) -> Result<(), ApiError> {
        let volume = in_volume(path);
        let request = Request {
            method: if volume { "PUT" } else { "POST" },
            path: if volume { "/api/2.0/fs/files" } else { "/api/2.0/workspace-files/import-file" },
            rest: Some(path),
            query: vec![("overwrite", over.to_string())],
            body: RequestBody::Bytes(bytes),
            idempotent: true,
            action: format!("write `{path}`"),
            required_permission: writing(path),
        };
        self.send(&request).map(drop).map_err(|f| taken(f, path, over))
    }

    /// Writes a notebook, over one that is there.
    ///
    /// # Errors
    /// Whatever keeps it from being written; a folder that is not there.
    pub fn write_notebook(&self, path: &str, language: Language, bytes: &[u8]) -> Result<(), ApiError> {
        let format = if language == Language::Jupyter { "JUPYTER" } else { "SOURCE" };
        let request = Request {
            method: "POST",
            path: "/api/2.0/workspace/import",
            rest: None,
            query: Vec::new(),
            body: RequestBody::Json(json!({
                "path": path,
                "format": format,
                "language": language.name(),
                "content": STANDARD.encode(bytes),
                "overwrite": true,
            })),
            idempotent: true,
            action: format!("write the notebook `{path}`"),
            required_permission: writing(path),
        };
        self.send(&request).map(drop).map_err(|f| taken(f, path, true))
    }

    /// Makes a folder and those above it; nothing happens if they are there.
    ///
    /// # Errors
    /// Whatever keeps them from being made.
    pub fn make_folder(&self, folder: &str) -> Result<(), ApiError> {
        let volume = in_volume(folder);
        let request = Request {
            method: if volume { "PUT" } else { "POST" },
            path: if volume { "/api/2.0/fs/directories" } else { "/api/2.0/workspace/mkdirs" },
            rest: volume.then_some(folder),
            query: Vec::new(),
            body: if volume { RequestBody::Nothing } else { RequestBody::Json(json!({ "path": folder })) },
            idempotent: true,
            action: format!("create the directory `{folder}`"),
            required_permission: writing(folder),
        };
        self.send(&request).map(drop).map_err(|f| taken(f, folder, true))
    }

    /// Takes a folder away if nothing is in it; nothing happens if something is, or if it is not there.
    ///
    /// # Errors
    /// Whatever else keeps it from being taken away.
    pub fn remove_empty(&self, folder: &str) -> Result<(), ApiError> {
        match self.take_away(folder, true, false) {
            Err(f) if matches!(f.kind, ApiErrorKind::Refused | ApiErrorKind::Exists) => Ok(()),
            other => other,
        }
    }

    /// Takes a file, notebook or folder away; nothing happens if it is not there.
    ///
    /// # Errors
    /// Whatever keeps it from being taken away.
    pub fn remove(&self, path: &str, folder: bool) -> Result<(), ApiError> {
        self.take_away(path, folder, folder)
    }

    fn take_away(&self, path: &str, folder: bool, with_all: bool) -> Result<(), ApiError> {
        let volume = in_volume(path);
        let request = Request {
            method: if volume { "DELETE" } else { "POST" },
            path: match (volume, folder) {
                (true, true) => "/api/2.0/fs/directories",
                (true, false) => "/api/2.0/fs/files",
                _ => "/api/2.0/workspace/delete",
            },
            rest: volume.then_some(path),
            query: Vec::new(),
            body: if volume {
                RequestBody::Nothing
            } else {
                RequestBody::Json(json!({ "path": path, "recursive": with_all }))
            },
            idempotent: true,
            action: format!("delete `{path}`"),
            required_permission: writing(path),
        };
        match self.send(&request) {
            Err(f) if !f.is(ApiErrorKind::Missing) => Err(f),
            _ => Ok(()),
        }
    }
}

/// Something else has the path that we were told to write over.
fn taken(fault: ApiError, path: &str, over: bool) -> ApiError {
    if !(over && fault.is(ApiErrorKind::Exists)) {
        return fault;
    }
    ApiError { help: format!("`{path}` is another type of object; move it, or set another `root_path`"), ..fault }
}

fn entry(json: &Value) -> Option<WorkspaceEntry> {
    let path = json.get("path")?.as_str()?.to_owned();
    let kind = match json.get("object_type").and_then(Value::as_str) {
        Some("DIRECTORY") => EntryKind::Directory,
        Some("FILE") => EntryKind::File,
        Some("NOTEBOOK") => EntryKind::Notebook,
        Some(_) => EntryKind::Other,
        // Volumes say it with a flag.
        None if json.get("is_directory").and_then(Value::as_bool) == Some(true) => EntryKind::Directory,
        None => EntryKind::File,
    };
    let size = json.get("size").or(json.get("file_size")).and_then(Value::as_u64);
    Some(WorkspaceEntry { path, kind, size })
}
