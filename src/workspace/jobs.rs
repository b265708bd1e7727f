//! Jobs: Jobs API 2.2, and permissions of jobs.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::client::Client;
use super::error::{ApiError, ApiErrorKind};
use super::pages::Pages;
use super::request::{Request, RequestBody};

/// A job as the workspace has it.
#[derive(Clone, Debug)]
pub struct LiveJob {
    /// Its id.
    pub id: i64,
    /// Its settings, all pages of lists put together.
    pub settings: Value,
    /// Who made it.
    pub creator: Option<String>,
}

/// A job in a list.
#[derive(Clone, Debug)]
pub struct ListedJob {
    /// Its id.
    pub id: i64,
    /// Its tags.
    pub tags: Map<String, Value>,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
}

/// Who may do what with a job.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Principal {
    /// Whom.
    pub kind: PrincipalKind,
    /// The name.
    pub name: String,
    /// Such as `CAN_MANAGE`.
    pub level: String,
}

/// Kinds of principals, by the fields that name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    /// A person.
    UserName,
    /// A group.
    GroupName,
    /// A service principal, by its application id.
    ServicePrincipalName,
}

impl PrincipalKind {
    /// The field on the wire.
    pub fn field(self) -> &'static str {
        match self {
            PrincipalKind::UserName => "user_name",
            PrincipalKind::GroupName => "group_name",
            PrincipalKind::ServicePrincipalName => "service_principal_name",
        }
    }
}

/// The level of the one who owns a job: exactly one.
pub const OWNER: &str = "IS_OWNER";

impl Principal {
    /// Reads an entry of an access control list.
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

/// Whom an entry names.
fn named(entry: &Value) -> Option<(PrincipalKind, &str)> {
    [PrincipalKind::UserName, PrincipalKind::GroupName, PrincipalKind::ServicePrincipalName]
        .into_iter()
        .find_map(|kind| Some((kind, entry.get(kind.field())?.as_str()?)))
}

/// Lists in settings that come in pages.
const PAGED: [&str; 4] = ["tasks", "job_clusters", "environments", "parameters"];

/// The right that changing a job takes.
fn managing(id: i64) -> String {
    format!("CAN MANAGE or ownership of the job {id}")
}

impl Client {
    /// Makes a job; gives its id. [`FaultKind::Unclear`] says that it may be there or not.
    ///
    /// # Errors
    /// What the service finds wrong with it, or no answer.
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

    /// A job with all its pages; `None` if there is none.
    ///
    /// # Errors
    /// Whatever keeps it from being read.
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

    /// Whether a job is there.
    ///
    /// # Errors
    /// Whatever keeps it from being read.
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
    /// What the service finds wrong with them; [`FaultKind::Missing`] if the job is gone.
    pub fn reset_job(&self, id: i64, settings: Value, name: &str) -> Result<(), ApiError> {
        let request = Request {
            body: RequestBody::Json(json!({ "job_id": id, "new_settings": settings })),
            ..jobs("POST", "/api/2.2/jobs/reset", format!("change the job of `{name}`"), managing(id))
        };
        self.send(&request).map(drop)
    }

    /// Deletes a job; nothing happens if it is gone.
    ///
    /// # Errors
    /// Whatever keeps it from being deleted.
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

    /// The jobs of a name. The service compares without regard to case; all pages are read.
    ///
    /// # Errors
    /// Whatever keeps the list from being read.
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

    /// Who may do what with a job, apart from what is inherited.
    ///
    /// # Errors
    /// Whatever keeps it from being read.
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

    /// Replaces who may do what with a job; exactly one must be the owner.
    ///
    /// # Errors
    /// Somebody who does not exist, or no right to.
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

/// A request that is safe to repeat and carries nothing.
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
