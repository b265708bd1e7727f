//! Files, notebooks and folders, in the workspace and in Unity Catalog volumes below `/Volumes`.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::client::Client;
use super::error::{ApiError, ApiErrorKind};
use super::pages::Pages;
use super::request::{Request, RequestBody};

/// An entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceEntry {
    /// The absolute path.
    pub path: String,
    pub kind: EntryKind,
    /// In bytes, if the service reports it.
    pub size: Option<u64>,
}

/// The kind of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    Directory,
    File,
    Notebook,
    /// A Git folder, a dashboard, or other objects.
    Other,
}

/// The language of a notebook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Python,
    Sql,
    Scala,
    R,
    /// Jupyter's format, with any language.
    Jupyter,
}

impl Language {
    /// The language of a local notebook, by its extension.
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

/// The permission to write there.
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
    /// Lists a folder; `None` if it does not exist.
    ///
    /// # Errors
    /// A failed request, or a path that is not a folder.
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
        // For a path that is not a folder, the service lists the object itself.
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

    /// Reads a workspace file; `None` if it does not exist.
    ///
    /// # Errors
    /// A failed request.
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

    /// Reads a notebook as source, with the extension of its language; `None` if it does not exist.
    ///
    /// # Errors
    /// A failed request.
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

    /// Creates a file that must not exist; `false` if it does. The service guarantees that only one of several
    /// clients succeeds. After a lost response, the file must be read to find out whether it was created.
    ///
    /// # Errors
    /// A failed request, or a missing folder.
    pub fn make_file(&self, path: &str, bytes: Arc<Vec<u8>>) -> Result<bool, ApiError> {
        match self.put(path, bytes, false) {
            Ok(()) => Ok(true),
            Err(f) if f.is(ApiErrorKind::Exists) => Ok(false),
            Err(f) => Err(f),
        }
    }

    /// Writes a file, and replaces an existing one.
    ///
    /// # Errors
    /// A failed request, or a missing folder.
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

    /// Writes a notebook, and replaces an existing one.
    ///
    /// # Errors
    /// A failed request, or a missing folder.
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

    /// Creates a folder and its parents, unless they exist.
    ///
    /// # Errors
    /// A failed request.
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

    /// Deletes a folder if it is empty.
    ///
    /// # Errors
    /// A failed request; a folder that is not empty or missing is not an error.
    pub fn remove_empty(&self, folder: &str) -> Result<(), ApiError> {
        match self.take_away(folder, true, false) {
            Err(f) if matches!(f.kind, ApiErrorKind::Refused | ApiErrorKind::Exists) => Ok(()),
            other => other,
        }
    }

    /// Deletes a file, notebook or folder, if it exists.
    ///
    /// # Errors
    /// A failed request.
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

/// Adds help to an error: an object of another type has the path.
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
        // Volumes report it in a flag.
        None if json.get("is_directory").and_then(Value::as_bool) == Some(true) => EntryKind::Directory,
        None => EntryKind::File,
    };
    let size = json.get("size").or(json.get("file_size")).and_then(Value::as_u64);
    Some(WorkspaceEntry { path, kind, size })
}
