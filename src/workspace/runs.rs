//! Runs of jobs.

use serde_json::{Map, Value, json};

use super::client::Client;
use super::error::{ApiError, ApiErrorKind};
use super::jobs::{jobs, odd};
use super::pages::Pages;
use super::request::{Request, RequestBody};

/// The state of a run.
#[derive(Clone, Debug)]
pub struct RunView {
    pub id: i64,
    /// The id of its job.
    pub job: Option<i64>,
    /// Such as `PENDING`, `RUNNING` and `TERMINATED`.
    pub state: String,
    /// Such as `SUCCESS` and `FAILED`, after it has ended.
    pub result: Option<String>,
    /// The message of the service.
    pub message: String,
    /// Its URL.
    pub url: Option<String>,
    /// When it started, in milliseconds since 1970; 0 before that.
    pub started: i64,
    /// When it ended, in milliseconds since 1970; 0 before that.
    pub ended: i64,
    /// What started it.
    pub trigger: Option<String>,
    /// Its tasks, with the last attempt of each.
    pub tasks: Vec<TaskView>,
}

/// A task of a run.
#[derive(Clone, Debug)]
pub struct TaskView {
    pub key: String,
    /// The id of the task's run.
    pub id: i64,
    /// As for the run.
    pub state: String,
    /// As for the run.
    pub result: Option<String>,
    /// As for the run.
    pub message: String,
    /// From 0.
    pub attempt: i64,
    /// When it started, in milliseconds since 1970; 0 before that.
    pub started: i64,
    /// When it ended, in milliseconds since 1970; 0 before that.
    pub ended: i64,
    /// For a loop: completed, failed and all iterations.
    pub iterations: Option<(i64, i64, i64)>,
}

/// The output of a task.
#[derive(Clone, Debug, Default)]
pub struct RunOutput {
    /// The error in one line.
    pub error: String,
    pub trace: String,
    /// The end of its log, if the service keeps it.
    pub logs: String,
}

/// Final states.
pub(super) const ENDED: [&str; 3] = ["TERMINATED", "SKIPPED", "INTERNAL_ERROR"];

impl RunView {
    pub fn has_ended(&self) -> bool {
        ENDED.contains(&self.state.as_str())
    }

    /// Whether it succeeded. This includes runs with failed tasks that were allowed to fail.
    pub fn is_success(&self) -> bool {
        matches!(self.result.as_deref(), Some("SUCCESS" | "SUCCESS_WITH_FAILURES"))
    }
}

impl TaskView {
    pub fn has_ended(&self) -> bool {
        ENDED.contains(&self.state.as_str())
    }

    /// Whether it made the run fail.
    pub fn is_failure(&self) -> bool {
        let result = self.result.as_deref();
        matches!(result, Some("FAILED" | "TIMEDOUT" | "MAXIMUM_CONCURRENT_RUNS_REACHED"))
            || self.state == "INTERNAL_ERROR" && !matches!(result, Some("UPSTREAM_FAILED" | "UPSTREAM_CANCELED"))
    }
}

fn running(id: i64) -> String {
    format!("CAN MANAGE RUN on the job {id}")
}

impl Client {
    /// Starts a job, and returns the id of the run. With the token, a repeated request starts nothing.
    ///
    /// # Errors
    /// A missing job, an unknown parameter, or too many runs.
    pub fn run_now(
        &self,
        job: i64,
        params: &[(String, String)],
        only: &[String],
        token: &str,
        name: &str,
    ) -> Result<i64, ApiError> {
        let mut body = json!({ "job_id": job, "idempotency_token": token });
        if let Some(map) = body.as_object_mut() {
            if !params.is_empty() {
                let params: Map<String, Value> = params.iter().map(|(k, v)| (k.clone(), v.as_str().into())).collect();
                map.insert("job_parameters".to_owned(), params.into());
            }
            if !only.is_empty() {
                map.insert("only".to_owned(), only.to_vec().into());
            }
        }
        let request = Request {
            body: RequestBody::Json(body),
            ..jobs("POST", "/api/2.2/jobs/run-now", format!("start `{name}`"), running(job))
        };
        let answer = self.send(&request)?.json();
        answer.get("run_id").and_then(Value::as_i64).ok_or_else(|| odd(&request))
    }

    /// Reads a run with all its tasks.
    ///
    /// # Errors
    /// A failed request.
    pub fn run(&self, id: i64) -> Result<RunView, ApiError> {
        let mut out: Option<RunView> = None;
        let mut pages = Pages::default();
        loop {
            let mut query = vec![("run_id", id.to_string())];
            query.extend(pages.query());
            let request = Request {
                query,
                ..jobs("GET", "/api/2.2/jobs/runs/get", format!("get the run {id}"), "CAN VIEW on the job".to_owned())
            };
            let answer = self.send(&request)?.json();
            let more = pages.follow(&answer, &request)?;
            let Some(view) = view(&answer) else { return Err(odd(&request)) };
            match &mut out {
                None => out = Some(view),
                Some(run) => run.tasks.extend(view.tasks),
            }
            if let Some(mut run) = out.take_if(|_| !more) {
                last_attempts(&mut run.tasks);
                return Ok(run);
            }
        }
    }

    /// Reads the output of a task; empty for task types without output.
    ///
    /// # Errors
    /// A failed request.
    pub fn output(&self, task_run: i64) -> Result<RunOutput, ApiError> {
        let request = Request {
            query: vec![("run_id", task_run.to_string())],
            ..jobs(
                "GET",
                "/api/2.2/jobs/runs/get-output",
                format!("read the output of {task_run}"),
                "CAN VIEW on the job".to_owned(),
            )
        };
        let answer = match self.send(&request) {
            Ok(answer) => answer.json(),
            Err(f) if matches!(f.kind, ApiErrorKind::Refused | ApiErrorKind::Missing) => {
                return Ok(RunOutput::default());
            }
            Err(f) => return Err(f),
        };
        let text = |key: &str| self.masked(answer.get(key).and_then(Value::as_str).unwrap_or_default());
        Ok(RunOutput { error: text("error"), trace: text("error_trace"), logs: text("logs") })
    }

    /// Requests the cancellation of a run.
    ///
    /// # Errors
    /// A failed request.
    pub fn cancel(&self, id: i64) -> Result<(), ApiError> {
        let request = Request {
            body: RequestBody::Json(json!({ "run_id": id })),
            ..jobs(
                "POST",
                "/api/2.2/jobs/runs/cancel",
                format!("cancel the run {id}"),
                "CAN MANAGE RUN on the job".to_owned(),
            )
        };
        self.send(&request).map(drop)
    }

    /// The last runs of a job, newest first; with `active`, only active ones.
    ///
    /// # Errors
    /// A failed request.
    pub fn runs_of(&self, job: i64, limit: usize, active: bool) -> Result<Vec<RunView>, ApiError> {
        let mut query = vec![("job_id", job.to_string()), ("limit", limit.clamp(1, 25).to_string())];
        if active {
            query.push(("active_only", "true".to_owned()));
        }
        let request = Request {
            query,
            ..jobs(
                "GET",
                "/api/2.2/jobs/runs/list",
                format!("list the runs of the job {job}"),
                format!("CAN VIEW on the job {job}"),
            )
        };
        let answer = match self.send(&request) {
            Ok(answer) => answer.json(),
            Err(f) if f.is(ApiErrorKind::Missing) => return Ok(Vec::new()),
            Err(f) => return Err(f),
        };
        let list = answer.get("runs").and_then(Value::as_array);
        let mut runs: Vec<RunView> = list.into_iter().flatten().filter_map(view).collect();
        runs.sort_by_key(|r| std::cmp::Reverse((r.started, r.id)));
        runs.truncate(limit);
        Ok(runs)
    }
}

fn view(json: &Value) -> Option<RunView> {
    let (state, result, message) = state(json);
    Some(RunView {
        id: json.get("run_id")?.as_i64()?,
        job: json.get("job_id").and_then(Value::as_i64),
        state,
        result,
        message,
        url: json.get("run_page_url").and_then(Value::as_str).map(str::to_owned),
        started: number(json, "start_time"),
        ended: number(json, "end_time"),
        trigger: json.get("trigger").and_then(Value::as_str).map(str::to_owned),
        tasks: json.get("tasks").and_then(Value::as_array).into_iter().flatten().filter_map(task).collect(),
    })
}

fn task(json: &Value) -> Option<TaskView> {
    let (state, result, message) = state(json);
    let stats = json.get("for_each_task").and_then(|f| f.get("stats")).and_then(|s| s.get("task_run_stats"));
    Some(TaskView {
        key: json.get("task_key")?.as_str()?.to_owned(),
        id: number(json, "run_id"),
        state,
        result,
        message,
        attempt: number(json, "attempt_number"),
        started: number(json, "start_time"),
        ended: number(json, "end_time"),
        iterations: stats.map(|s| {
            (number(s, "completed_iterations"), number(s, "failed_iterations"), number(s, "total_iterations"))
        }),
    })
}

fn number(json: &Value, key: &str) -> i64 {
    json.get(key).and_then(Value::as_i64).unwrap_or_default()
}

fn state(json: &Value) -> (String, Option<String>, String) {
    let state = json.get("state");
    let text = |key: &str| state.and_then(|s| s.get(key)).and_then(Value::as_str).filter(|t| !t.is_empty());
    (
        text("life_cycle_state").unwrap_or("UNKNOWN").to_owned(),
        text("result_state").map(str::to_owned),
        text("state_message").unwrap_or_default().to_owned(),
    )
}

/// Keeps the last attempt of each task.
fn last_attempts(tasks: &mut Vec<TaskView>) {
    let mut out: Vec<TaskView> = Vec::new();
    for task in tasks.drain(..) {
        match out.iter_mut().find(|t| t.key == task.key) {
            Some(t) if t.attempt <= task.attempt => *t = task,
            Some(_) => {}
            None => out.push(task),
        }
    }
    *tasks = out;
}
