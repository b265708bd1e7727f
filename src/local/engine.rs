//! Runs a plan: in the order of its dependencies, with as much concurrency as allowed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, mpsc};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::error::LocalError;
use super::interrupt::Interrupt;
use super::outcome::{TaskState, compare, decide};
use super::plan::{LocalPlan, LocalTask, LocalWork};
use super::process::{self, Limits};
use super::text::{EndedTask, RefContext, RunValues, in_volumes, out_of_volumes, volume_of};
use crate::model::{Braces, Reference, braces, sign};

/// An event of a run.
#[derive(Clone, Debug)]
pub enum RunEvent {
    /// A task starts, for the first time or again.
    Started {
        /// Its key, with the index of the item in a loop.
        task: String,
        /// The attempt, from 1.
        attempt: u32,
    },
    /// A task is retried.
    Retry {
        task: String,
        /// The result of this attempt.
        state: TaskState,
    },
    /// A task has ended.
    Ended {
        task: String,
        state: TaskState,
        /// The duration, including retries.
        took: Duration,
        /// What to show about it.
        note: String,
        /// Its log, if a process ran.
        log: Option<PathBuf>,
    },
}

/// The input of a run.
pub struct RunRequest<'a> {
    pub plan: &'a LocalPlan,
    /// The interpreter for each set of requirements of the plan.
    pub pythons: &'a [PathBuf],
    /// The directory of unpacked wheels.
    pub site: &'a Path,
    /// The directory for logs and values, which exists.
    pub folder: &'a Path,
    /// The database that replaces SQL warehouses.
    pub warehouse: &'a Path,
    /// The directory that replaces `/Volumes`.
    pub volumes: &'a Path,
    /// All job parameters.
    pub params: HashMap<String, String>,
    /// Facts for references, such as `job.run_id`.
    pub facts: HashMap<String, String>,
    /// Steps that do not run, with their values.
    pub given: BTreeMap<String, Map<String, Value>>,
    /// The maximum number of processes.
    pub jobs: usize,
    /// The environment variables of every step.
    pub variables: Vec<(OsString, OsString)>,
    /// Signals when the run must end.
    pub interrupt: &'a Interrupt,
}

#[derive(Clone, Debug)]
pub struct Finished {
    /// The state and values of each task, in the order of the plan.
    pub tasks: Vec<(String, TaskState, Map<String, Value>)>,
}

impl Finished {
    /// Whether the run failed: a final task did not succeed.
    pub fn failed(&self, plan: &LocalPlan) -> bool {
        let inner: BTreeSet<&str> = plan.tasks.iter().flat_map(|t| &t.depends_on).map(|(d, _)| d.as_str()).collect();
        self.tasks.iter().any(|(key, state, _)| state.is_bad() && !inner.contains(key.as_str()))
    }
}

/// A counter of processes that may run.
struct Slots {
    free: Mutex<usize>,
    freed: Condvar,
}

impl Slots {
    fn with<T>(&self, f: impl FnOnce() -> T) -> T {
        // A thread that panicked has not changed the counter.
        let mut free = self.free.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        while *free == 0 {
            free = self.freed.wait(free).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
        *free -= 1;
        drop(free);
        let out = f();
        *self.free.lock().unwrap_or_else(std::sync::PoisonError::into_inner) += 1;
        self.freed.notify_one();
        out
    }
}

/// The context of a task.
#[derive(Clone, Copy)]
struct TaskContext<'a> {
    /// The item of the loop.
    input: Option<&'a Value>,
    /// When the loop or the run must end.
    until: Option<Instant>,
    known: &'a RunValues,
    slots: &'a Slots,
    tell: &'a (dyn Fn(RunEvent) + Sync),
}

/// The end of a task, as its thread reports it.
struct TaskDone {
    key: String,
    state: TaskState,
    values: Map<String, Value>,
    attempts: u32,
}

impl RunRequest<'_> {
    /// Runs everything, and reports events.
    pub fn run(&self, tell: &(dyn Fn(RunEvent) + Sync)) -> Finished {
        let slots = Slots { free: Mutex::new(self.jobs.max(1)), freed: Condvar::new() };
        let mut known = RunValues { facts: self.facts.clone(), ..RunValues::default() };
        // The default of a parameter may contain facts of the run.
        let here = RefContext { task: "", attempt: 1, input: None };
        let param = |(name, value): (&String, &String)| {
            (name.clone(), known.replace(value, here).unwrap_or_else(|_| value.clone()))
        };
        known.params = self.params.iter().map(param).collect();
        let off = self.plan.tasks.iter().filter(|t| t.disabled && !self.given.contains_key(&t.key));
        let off: BTreeMap<String, Map<String, Value>> = off.map(|t| (t.key.clone(), Map::new())).collect();
        for (key, values) in self.given.iter().chain(&off) {
            known.tasks.insert(key.clone(), EndedTask { state: TaskState::Given, values: values.clone(), attempts: 0 });
            tell(ended(key, TaskState::Given, Duration::ZERO, if off.contains_key(key) { "disabled" } else { "" }));
        }
        let mut waiting: Vec<&LocalTask> =
            self.plan.tasks.iter().filter(|t| !known.tasks.contains_key(&t.key)).collect();
        let until = self.plan.timeout.map(|t| Instant::now() + t);
        let (send, receive) = mpsc::channel::<TaskDone>();
        std::thread::scope(|scope| {
            let mut running = 0;
            loop {
                let mut i = 0;
                while let Some(task) = waiting.get(i).copied() {
                    let before: Option<Vec<&EndedTask>> =
                        task.depends_on.iter().map(|(d, _)| known.tasks.get(d)).collect();
                    // A dependency on an unknown task never ends; the checker rejects it.
                    let Some(before) = before else {
                        i += 1;
                        continue;
                    };
                    waiting.remove(i);
                    let states: Vec<TaskState> = before.iter().map(|e| e.state).collect();
                    let unmet = task.depends_on.iter().zip(&before).any(|((_, wanted), ended)| {
                        wanted.as_ref().is_some_and(|w| {
                            !ended.state.is_bad()
                                && ended.values.get("outcome").map(crate::payload::wire).as_ref() != Some(w)
                        })
                    });
                    let over = self.over(until);
                    let verdict = over.map_or_else(|| decide(&task.run_if, &states, unmet), Err);
                    if let Err(state) = verdict {
                        tell(ended(&task.key, state, Duration::ZERO, ""));
                        known.tasks.insert(task.key.clone(), EndedTask { state, values: Map::new(), attempts: 0 });
                        i = 0;
                        continue;
                    }
                    running += 1;
                    let (send, snapshot, slots) = (send.clone(), known.clone(), &slots);
                    scope.spawn(move || {
                        let around = TaskContext { input: None, until, known: &snapshot, slots, tell };
                        let done = self.task(task, &task.key, around);
                        // The receiver is only gone when the run is over.
                        let _ = send.send(done);
                    });
                }
                if running == 0 {
                    break;
                }
                let Ok(done) = receive.recv() else { break };
                running -= 1;
                let TaskDone { key, state, values, attempts } = done;
                known.tasks.insert(key, EndedTask { state, values, attempts });
            }
        });
        let state = |t: &LocalTask| known.tasks.get(&t.key);
        Finished {
            tasks: self
                .plan
                .tasks
                .iter()
                .map(|t| match state(t) {
                    Some(e) => (t.key.clone(), e.state, e.values.clone()),
                    None => (t.key.clone(), TaskState::Canceled, Map::new()),
                })
                .collect(),
        }
    }

    /// Runs one task or one item of a loop, including retries.
    fn task(&self, task: &LocalTask, name: &str, around: TaskContext<'_>) -> TaskDone {
        let tell = around.tell;
        let mut took = Duration::ZERO;
        let mut attempt = 1;
        loop {
            let here = RefContext { task: &task.key, attempt, input: around.input };
            let folder = self.folder.join(file_name(name));
            let log = folder.join("log.txt");
            let start = || {
                tell(RunEvent::Started { task: name.to_owned(), attempt });
                Instant::now()
            };
            let (result, started) = match &task.kind {
                LocalWork::Condition { op, left, right } => {
                    let started = start();
                    (self.condition(op, left, right, around.known, here), started)
                }
                LocalWork::ForEach { inputs, parallel, task: inner } => {
                    let started = start();
                    let own = task.timeout.map(|t| started + t);
                    let until = [around.until, own].into_iter().flatten().min();
                    (self.for_each(inner, name, inputs, *parallel, here, TaskContext { until, ..around }), started)
                }
                LocalWork::Elsewhere(what) => (Err(format!("requires {what}").into()), start()),
                kind => around.slots.with(|| {
                    // The run may have ended while this task waited.
                    let limits = Limits { timeout: task.timeout, until: around.until, interrupt: self.interrupt };
                    let started = Instant::now();
                    match limits.over(started) {
                        Some(state) => (Ok((state, Map::new(), String::new())), started),
                        None => {
                            let started = start();
                            (self.process(task, kind, &folder, &log, limits, around.known, here), started)
                        }
                    }
                }),
            };
            took += started.elapsed();
            let (state, values, note) = match result {
                Ok((state, values, note)) => (state, values, note),
                Err(why) => (TaskState::Failed, Map::new(), why.to_string()),
            };
            let again = match state {
                TaskState::Failed => true,
                TaskState::TimedOut => task.retry_on_timeout,
                _ => false,
            };
            let left = task.retries.is_none_or(|n| attempt <= n);
            let over = self.over(around.until);
            if again && left && over.is_none() {
                tell(RunEvent::Retry { task: name.to_owned(), state });
                self.sleep(task.pause);
                attempt += 1;
                continue;
            }
            let log = Some(log).filter(|l| l.is_file());
            tell(RunEvent::Ended { task: name.to_owned(), state, took, note, log });
            return TaskDone { key: task.key.clone(), state, values, attempts: attempt };
        }
    }

    /// The state of something that must end at a certain time, if it must end now.
    fn over(&self, until: Option<Instant>) -> Option<TaskState> {
        Limits { timeout: None, until, interrupt: self.interrupt }.over(Instant::now())
    }

    fn sleep(&self, time: Duration) {
        let until = Instant::now() + time;
        while Instant::now() < until && !self.interrupt.asked() {
            std::thread::sleep(Duration::from_millis(20).min(until.saturating_duration_since(Instant::now())));
        }
    }

    fn condition(&self, op: &str, left: &str, right: &str, known: &RunValues, here: RefContext<'_>) -> TaskOutcome {
        let (left, right) = (known.replace(left, here)?, known.replace(right, here)?);
        let outcome = compare(op, &left, &right)?;
        let mut values = Map::new();
        values.insert("outcome".to_owned(), outcome.to_string().into());
        Ok((TaskState::Success, values, format!("{left} {} {right} is {outcome}", sign(op))))
    }

    fn for_each(
        &self,
        inner: &LocalTask,
        name: &str,
        inputs: &str,
        parallel: usize,
        here: RefContext<'_>,
        around: TaskContext<'_>,
    ) -> TaskOutcome {
        let known = around.known;
        let text = known.replace(inputs, here)?;
        let items: Vec<Value> =
            serde_json::from_str(&text).map_err(|e| format!("loop input `{text}` is not a JSON list: {e}"))?;
        let next = AtomicUsize::new(0);
        let bad = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..parallel.min(items.len()) {
                scope.spawn(|| {
                    loop {
                        let i = next.fetch_add(1, Ordering::Relaxed);
                        let Some(item) = items.get(i) else { break };
                        let done =
                            self.task(inner, &format!("{name}[{i}]"), TaskContext { input: Some(item), ..around });
                        if done.state.is_bad() {
                            bad.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        let bad = bad.into_inner();
        let over = self.over(around.until);
        let state = match (bad, over) {
            (0, _) => TaskState::Success,
            (_, Some(state)) => state,
            (_, None) => TaskState::Failed,
        };
        let note = match bad {
            0 => format!("{} items", items.len()),
            _ => format!("{bad} of {} items failed", items.len()),
        };
        Ok((state, Map::new(), note))
    }

    #[expect(clippy::too_many_arguments, reason = "a process needs all of it, and nothing else does")]
    fn process(
        &self,
        task: &LocalTask,
        kind: &LocalWork,
        folder: &Path,
        log: &Path,
        limits: Limits<'_>,
        known: &RunValues,
        here: RefContext<'_>,
    ) -> TaskOutcome {
        let failed = |e: std::io::Error| format!("cannot write to `{}`: {e}", folder.display());
        std::fs::create_dir_all(folder).map_err(failed)?;
        let values = folder.join("values.json");
        let outputs = folder.join("outputs.json");
        for old in [&values, &outputs] {
            // Values of an earlier attempt are invalid.
            let _ = std::fs::remove_file(old);
        }
        let text = |text: &str| -> Result<String, LocalError> {
            let text = known.replace(text, here)?;
            if let Some(volume) = volume_of(&text, self.volumes) {
                std::fs::create_dir_all(&volume).map_err(failed)?;
            }
            Ok(in_volumes(&text, self.volumes))
        };
        let known_values: Map<String, Value> =
            known.tasks.iter().map(|(key, ended)| (key.clone(), Value::Object(ended.values.clone()))).collect();
        let mut spec = json!({ "values": absolute(&values), "known": known_values });
        let texts = |list: &[String]| list.iter().map(|a| text(a)).collect::<Result<Vec<_>, _>>();
        // The platform passes every job parameter to notebooks and SQL files, and it overrides arguments.
        let with_params = |own: &[(String, String)]| -> Result<Map<String, Value>, LocalError> {
            let mut all = Map::new();
            for (name, value) in own {
                all.insert(name.clone(), text(value)?.into());
            }
            let params =
                known.params.iter().map(|(name, value)| (name.clone(), in_volumes(value, self.volumes).into()));
            all.extend(params);
            Ok(all)
        };
        let more = match kind {
            LocalWork::Wheel { package, entry_point, arguments, named } => {
                let mut words = texts(arguments)?;
                for (name, value) in named.iter().flatten() {
                    // The platform passes every job parameter to named arguments, and it overrides them.
                    if !known.params.contains_key(name) {
                        words.push(text(&format!("--{name}={value}"))?);
                    }
                }
                if named.is_some() {
                    let mut params: Vec<(&String, &String)> = known.params.iter().collect();
                    params.sort();
                    words.extend(params.iter().map(|(k, v)| in_volumes(&format!("--{k}={v}"), self.volumes)));
                }
                json!({ "kind": "wheel", "package": package, "entry_point": entry_point, "arguments": words })
            }
            LocalWork::Script { path, arguments } => {
                json!({ "kind": "script", "path": absolute(path), "arguments": texts(arguments)? })
            }
            LocalWork::Notebook { path, widgets } => {
                json!({ "kind": "notebook", "path": absolute(path), "widgets": with_params(widgets)? })
            }
            LocalWork::Sql { path, parameters } => {
                let all = with_params(parameters)?;
                json!({ "kind": "sql", "path": absolute(path), "parameters": all, "database": absolute(self.warehouse) })
            }
            LocalWork::Dbt { project, commands, schema } => {
                json!({
                    "kind": "dbt", "path": absolute(project), "commands": texts(commands)?, "schema": text(schema)?,
                    "folder": absolute(folder), "database": absolute(self.warehouse),
                })
            }
            LocalWork::Condition { .. } | LocalWork::ForEach { .. } | LocalWork::Elsewhere(_) => {
                return Err("not a process".into());
            }
        };
        if let (Value::Object(spec), Value::Object(more)) = (&mut spec, more) {
            spec.extend(more);
        }
        let spec_file = folder.join("spec.json");
        std::fs::write(&spec_file, spec.to_string()).map_err(failed)?;
        let runner = self.folder.join("runner.py");
        if !runner.is_file() {
            crate::emit::write_file(&runner, include_str!("runner.py").replace("\r\n", "\n").as_bytes())
                .map_err(failed)?;
        }
        let python = self.pythons.get(task.requirements).ok_or("no environment was created")?;
        let mut command = Command::new(python);
        command
            .arg(&runner)
            .arg(&spec_file)
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .env("PIPEC_TASK_VALUES", absolute(&outputs))
            .env("PYTHONPATH", python_path(self.site, &self.variables)?)
            .env("PYTHONUNBUFFERED", "1")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .current_dir(folder);
        for (name, value) in &task.variables {
            // Secrets come from the environment of the user, as for `dbutils.secrets`.
            match braces(value).first() {
                Some((_, _, Braces::Known(Reference::Secret { scope, key }))) => {
                    let from: String = format!("PIPEC_SECRET_{scope}_{key}");
                    let from: String = from.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
                    if let Some(secret) = std::env::var_os(from.to_ascii_uppercase()) {
                        command.env(name, secret);
                    }
                }
                _ => drop(command.env(name, value)),
            }
        }
        if here.attempt > 1 {
            use std::io::Write;
            // The log is for people; a missing line does not matter.
            if let Ok(mut file) = std::fs::File::options().append(true).open(log) {
                let _ = writeln!(file, "--- attempt {} ---", here.attempt);
            }
        }
        let process::Exit { state, how } = process::run(command, log, limits)?;
        let mut set = Map::new();
        for file in [&values, &outputs] {
            let Ok(bytes) = std::fs::read(file) else { continue };
            match serde_json::from_slice(&bytes) {
                Ok(Value::Object(map)) => set.extend(map),
                // A process that was killed while writing has failed anyway.
                _ if state != TaskState::Success => {}
                Ok(_) => return Err("output is not a JSON object".into()),
                Err(e) => return Err(format!("output is not valid JSON: {e}").into()),
            }
        }
        // Outputs use the platform's names of paths in volumes.
        let set: Map<String, Value> = set.into_iter().map(|(k, v)| (k, out_of_volumes(v, self.volumes))).collect();
        let note = match (state, task.timeout) {
            (TaskState::TimedOut, Some(limit)) if limits.until.is_none() => {
                format!("longer than {} s", limit.as_secs())
            }
            (TaskState::TimedOut, _) => "longer than the timeout of the step or the run".to_owned(),
            _ if !how.is_empty() => how,
            _ => set.iter().map(|(k, v)| format!("{k} = {}", short(v))).collect::<Vec<_>>().join(", "),
        };
        Ok((state, if state == TaskState::Success { set } else { Map::new() }, note))
    }
}

/// State, values, and a note; or why it failed.
type TaskOutcome = Result<(TaskState, Map<String, Value>, String), LocalError>;

fn ended(key: &str, state: TaskState, took: Duration, note: &str) -> RunEvent {
    RunEvent::Ended { task: key.to_owned(), state, took, note: note.to_owned(), log: None }
}

/// The value of PYTHONPATH: packages of the project, then those of `--env PYTHONPATH=..`.
fn python_path(site: &Path, variables: &[(OsString, OsString)]) -> Result<OsString, LocalError> {
    let own =
        variables.iter().filter(|(name, _)| name == "PYTHONPATH").flat_map(|(_, value)| std::env::split_paths(value));
    let all = std::iter::once(PathBuf::from(absolute(site))).chain(own);
    std::env::join_paths(all).map_err(|e| format!("PYTHONPATH: {e}").into())
}

fn absolute(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

/// A directory name: `score[0]` becomes `score.0`.
fn file_name(name: &str) -> String {
    name.chars()
        .filter(|c| *c != ']')
        .map(|c| {
            if c == '[' {
                '.'
            } else if c.is_ascii_alphanumeric() || matches!(c, '_' | '-') {
                c
            } else {
                '_'
            }
        })
        .collect()
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    let length = text.chars().count();
    if length <= 60 {
        return text;
    }
    // The end of a path is more informative.
    let (start, end): (String, String) = (text.chars().take(18).collect(), text.chars().skip(length - 39).collect());
    format!("{start}...{end}")
}
