//! Jobs API 2.2, and permissions of jobs.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::client::Client;
use super::error::{ApiError, ApiErrorKind};
use super::pages::Pages;
use super::request::{Request, RequestBody};

/// An existing job.
#[derive(Clone, Debug)]
pub struct LiveJob {
    pub id: i64,
    /// Its settings, with all pages of lists.
    pub settings: Value,
    /// Its creator.
    pub creator: Option<String>,
}

/// A job in a list.
#[derive(Clone, Debug)]
pub struct ListedJob {
    pub id: i64,
    pub tags: Map<String, Value>,
    /// When it was created, in milliseconds since 1970.
    pub created: i64,
}

/// An entry of an access-control list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Principal {
    /// The kind of principal.
    pub kind: PrincipalKind,
    pub name: String,
    /// Such as `CAN_MANAGE`.
    pub level: String,
}

/// Kinds of principals, by the fields that name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    /// A user.
    UserName,
    /// A group.
    GroupName,
    /// A service principal, by its application id.
    ServicePrincipalName,
}

impl PrincipalKind {
    /// The field in the API.
    pub fn field(self) -> &'static str {
        match self {
            PrincipalKind::UserName => "user_name",
            PrincipalKind::GroupName => "group_name",
            PrincipalKind::ServicePrincipalName => "service_principal_name",
        }
    }
}

/// The permission level of the owner, of which there is exactly one.
pub const OWNER: &str = "IS_OWNER";

impl Principal {
    /// Parses an entry.
    pub fn of(entry: &Value) -> Option<Principal> {
        let (kind, name) = named(entry)?;
        let level = entry.get("permission_level")?.as_str()?;
        Some(Principal { kind, name: name.to_owned(), level: level.to_owned() })
    }

    /// Whether it is the owner.
    pub fn is_owner(&self) -> bool {
        self.level == OWNER
    }
}

/// The principal of an access-control entry.
fn named(entry: &Value) -> Option<(PrincipalKind, &str)> {
    [PrincipalKind::UserName, PrincipalKind::GroupName, PrincipalKind::ServicePrincipalName]
        .into_iter()
        .find_map(|kind| Some((kind, entry.get(kind.field())?.as_str()?)))
}

/// Lists that are returned in pages.
const PAGED: [&str; 4] = ["tasks", "job_clusters", "environments", "parameters"];

/// The permission to change a job.
fn managing(id: i64) -> String {
    format!("CAN MANAGE or ownership of the job {id}")
}

impl Client {
    /// Creates a job, and returns its id. [`ApiErrorKind::UnknownOutcome`] means that it may exist or not.
    ///
    /// # Errors
    /// A failed request.
    pub fn create_job(&self, body: Value, name: &str) -> Result<i64, ApiError> {
        let request = Request {
            body: RequestBody::Json(body),
            idempotent: false,
            ..jobs(
                "POST",
                "/api/2.2/jobs/create",
                format!("create the job of `{name}`"),
                "permission to create jobs, and to use their clusters and policies".to_owned(),
            )
        };
        let answer = self.send(&request)?.json();
        answer.get("job_id").and_then(Value::as_i64).ok_or_else(|| odd(&request))
    }

    /// Reads a job with all its pages; `None` if it does not exist.
    ///
    /// # Errors
    /// A failed request.
    pub fn job(&self, id: i64) -> Result<Option<LiveJob>, ApiError> {
        let mut out: Option<LiveJob> = None;
        let mut pages = Pages::default();
        loop {
            let mut query = vec![("job_id", id.to_string())];
            query.extend(pages.query());
            let request = Request {
                query,
                ..jobs("GET", "/api/2.2/jobs/get", format!("read the job {id}"), format!("CAN VIEW on the job {id}"))
            };
            let mut answer = match self.send(&request) {
                Ok(answer) => answer.json(),
                Err(f) if f.is(ApiErrorKind::Missing) => return Ok(None),
                Err(f) => return Err(f),
            };
            let has_more = pages.follow(&answer, &request)?;
            let settings = answer.get_mut("settings").map(Value::take).unwrap_or_default();
            match &mut out {
                None => {
                    let creator = answer.get("creator_user_name").and_then(Value::as_str).map(str::to_owned);
                    out = Some(LiveJob { id, settings, creator });
                }
                Some(job) => {
                    for key in PAGED {
                        let more = settings.get(key).and_then(Value::as_array);
                        let have = job.settings.get_mut(key).and_then(Value::as_array_mut);
                        match (have, more) {
                            (Some(have), Some(more)) => have.extend(more.iter().cloned()),
                            (None, Some(more)) => {
                                if let Some(map) = job.settings.as_object_mut() {
                                    map.insert(key.to_owned(), more.clone().into());
                                }
                            }
                            _ => {}
                        }
                    }
                }
            }
            if !has_more {
                return Ok(out);
            }
        }
    }

    /// Whether a job exists.
    ///
    /// # Errors
    /// A failed request.
    pub fn has_job(&self, id: i64) -> Result<bool, ApiError> {
        let request = Request {
            query: vec![("job_id", id.to_string())],
            ..jobs("GET", "/api/2.2/jobs/get", format!("read the job {id}"), format!("CAN VIEW on the job {id}"))
        };
        match self.send(&request) {
            Ok(_) => Ok(true),
            Err(f) if f.is(ApiErrorKind::Missing) => Ok(false),
            Err(f) => Err(f),
        }
    }

    /// Replaces all settings of a job.
    ///
    /// # Errors
    /// A failed request; [`ApiErrorKind::Missing`] if the job does not exist.
    pub fn reset_job(&self, id: i64, settings: Value, name: &str) -> Result<(), ApiError> {
        let request = Request {
            body: RequestBody::Json(json!({ "job_id": id, "new_settings": settings })),
            ..jobs("POST", "/api/2.2/jobs/reset", format!("change the job of `{name}`"), managing(id))
        };
        self.send(&request).map(drop)
    }

    /// Deletes a job, if it exists.
    ///
    /// # Errors
    /// A failed request.
    pub fn delete_job(&self, id: i64, name: &str) -> Result<(), ApiError> {
        let request = Request {
            body: RequestBody::Json(json!({ "job_id": id })),
            ..jobs("POST", "/api/2.2/jobs/delete", format!("delete the job of `{name}`"), managing(id))
        };
        match self.send(&request) {
            Err(f) if !f.is(ApiErrorKind::Missing) => Err(f),
            _ => Ok(()),
        }
    }

    /// The jobs with a name, from all pages. The service ignores case.
    ///
    /// # Errors
    /// A failed request.
    pub fn jobs_named(&self, name: &str) -> Result<Vec<ListedJob>, ApiError> {
        let mut out = Vec::new();
        let mut pages = Pages::default();
        loop {
            let mut query = vec![("name", name.to_owned()), ("limit", "100".to_owned())];
            query.extend(pages.query());
            let request = Request {
                query,
                ..jobs("GET", "/api/2.2/jobs/list", "list jobs".to_owned(), "access to the workspace".to_owned())
            };
            let answer = self.send(&request)?.json();
            for job in answer.get("jobs").and_then(Value::as_array).into_iter().flatten() {
                let tags = job.get("settings").and_then(|s| s.get("tags")).and_then(Value::as_object);
                let Some(id) = job.get("job_id").and_then(Value::as_i64) else { continue };
                let created = job.get("created_time").and_then(Value::as_i64).unwrap_or_default();
                out.push(ListedJob { id, tags: tags.cloned().unwrap_or_default(), created });
            }
            if !pages.follow(&answer, &request)? {
                return Ok(out);
            }
        }
    }

    /// The permissions of a job, without inherited ones.
    ///
    /// # Errors
    /// A failed request.
    pub fn permissions(&self, id: i64) -> Result<Vec<Principal>, ApiError> {
        let path = format!("/api/2.0/permissions/jobs/{id}");
        let request = jobs("GET", &path, format!("read the permissions of the job {id}"), managing(id));
        let answer = self.send(&request)?.json();
        let list = answer.get("access_control_list").and_then(Value::as_array);
        let mut out = Vec::new();
        for entry in list.into_iter().flatten() {
            let Some((kind, name)) = named(entry) else { continue };
            for permission in entry.get("all_permissions").and_then(Value::as_array).into_iter().flatten() {
                let level = permission.get("permission_level").and_then(Value::as_str);
                let inherited = permission.get("inherited").and_then(Value::as_bool) == Some(true);
                if let (Some(level), false) = (level, inherited) {
                    out.push(Principal { kind, name: name.to_owned(), level: level.to_owned() });
                }
            }
        }
        out.sort();
        Ok(out)
    }

    /// Replaces the permissions of a job; there must be exactly one owner.
    ///
    /// # Errors
    /// An unknown principal, or a missing permission.
    pub fn set_permissions(&self, id: i64, list: &[Principal], name: &str) -> Result<(), ApiError> {
        let path = format!("/api/2.0/permissions/jobs/{id}");
        let list: Vec<Value> = list
            .iter()
            .map(|p| json!({ p.kind.field(): p.name.as_str(), "permission_level": p.level.as_str() }))
            .collect();
        let request = Request {
            body: RequestBody::Json(json!({ "access_control_list": list })),
            ..jobs("PUT", &path, format!("set the permissions of the job of `{name}`"), managing(id))
        };
        self.send(&request).map(drop)
    }
}

/// A request without a body that is safe to repeat.
pub(super) fn jobs<'a>(method: &'static str, path: &'a str, doing: String, right: String) -> Request<'a> {
    Request {
        method,
        path,
        rest: None,
        query: Vec::new(),
        body: RequestBody::Nothing,
        idempotent: true,
        action: doing,
        required_permission: right,
    }
}

pub(super) fn odd(request: &Request<'_>) -> ApiError {
    ApiError {
        kind: ApiErrorKind::UnknownOutcome,
        action: request.action.clone(),
        message: "unexpected response".to_owned(),
        help: "check for a proxy between you and the workspace".to_owned(),
    }
}
