//! `pipec run --local`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use serde_json::{Map, Value, json};

use super::args::{RunArgs as Args, SharedArgs};
use super::terminal::say;
use super::view::LiveRun;
use super::{Ended, Outcome, failed, no_such, usage};
use crate::emit::write_file;
use crate::local::folders::{InUse, exclusive, new_run, share};
use crate::local::plan::PlanInputs;
use crate::local::variables::{PassedVariable, for_steps};
use crate::local::{
    Environments, Interrupt, LocalError, LocalPlan, LocalWork, RunEvent, RunRequest, TaskState, Wanted,
};
use crate::model::{Braces, Pipeline, Reference, braces};
use crate::payload::Payload;
use crate::schema::facts::TIMES;
use crate::session::Built;
use crate::source::read_plain;

/// Runs one pipeline of a built project.
pub fn start(args: &Args, shared: &SharedArgs, built: &Built<'_>, pipeline: &Pipeline) -> Ended {
    let Some(job) = built.bundle.jobs.iter().find(|j| j.pipeline == pipeline.name) else { return Ok(Outcome::Errors) };
    let packages: Vec<String> = built.wheels.iter().map(|w| w.distribution.clone()).collect();
    let files: HashMap<String, PathBuf> =
        built.bundle.files.iter().map(|f| (f.workspace_path.clone(), f.local.clone())).collect();
    let read = |path: &Path| read_plain(path).ok().map(|b| String::from_utf8_lossy(&b).into_owned());
    let duckdb = built.project.local.duckdb;
    let inputs = PlanInputs { pipeline: &pipeline.name, files: &files, packages: &packages, duckdb, read: &read };
    let plan = LocalPlan::read(Payload::of(&job.body), &inputs);
    let root = built.project.dir().join(".pipec").join("local");
    let unset = args.env.iter().find_map(|asked| match asked {
        PassedVariable::Pass(name) if std::env::var_os(name).is_none() => Some(name),
        _ => None,
    });
    if let Some(name) = unset {
        return Err(usage(format!("`--env {name}`: the variable is not set; pass `--env {name}=VALUE`")));
    }
    let params = params(args, &plan, pipeline).map_err(usage)?;
    let last = root.join(format!("last-{}.json", plan.pipeline));
    let given = choice(args, &plan, &job.body, &last).map_err(usage)?;
    run_plan(args, shared, built, &plan, &root, params, given).map_err(failed)
}

fn run_plan(
    args: &Args,
    shared: &SharedArgs,
    built: &Built<'_>,
    plan: &LocalPlan,
    root: &Path,
    params: HashMap<String, String>,
    given: BTreeMap<String, Map<String, Value>>,
) -> Result<Outcome, String> {
    let now = jiff::Zoned::now().in_tz("UTC").map_err(|e| e.to_string())?;
    let failed = |e: std::io::Error| e.to_string();
    // These files are only for this machine.
    write_file(&root.join(".gitignore"), b"*\n").map_err(failed)?;
    let interrupt = Arc::new(Interrupt::default());
    let asked = interrupt.clone();
    let quiet = shared.quiet;
    // There is no other handler, because this process runs only once.
    let _ = ctrlc::set_handler(move || {
        if !asked.asked() && !quiet {
            say!("stopping the run; press Ctrl-C again to kill its steps");
        }
        asked.ask();
    });
    let mut wheels = Vec::new();
    let mut wheels_in_use = Vec::new();
    for wheel in &built.wheels {
        let path = root.join("wheels").join(&wheel.file_name);
        wheels_in_use.push(share(path.clone()).map_err(failed)?);
        write_file(&path, &wheel.bytes).map_err(failed)?;
        wheels.push(path);
    }
    let tell = |what: &str| {
        if !shared.quiet {
            say!("note    {what}");
        }
    };
    plan.notes.iter().for_each(|n| tell(n));
    if plan.tasks.iter().any(|t| matches!(t.work(), LocalWork::Sql { .. } | LocalWork::Dbt { .. })) {
        tell(&format!("DuckDB replaces the SQL warehouse, in {}", root.join("warehouse.duckdb").display()));
    }
    let requires = built.wheels.iter().filter_map(|w| Some((w.distribution.clone(), w.requires_python.clone()?)));
    let wanted = Wanted { python: args.python.clone(), requires_python: requires.collect(), wheels };
    let made = environments(args, built, plan, root, &wanted, &interrupt, &tell);
    if interrupt.asked() {
        return Ok(Outcome::Interrupted);
    }
    let (pythons, site) = made.map_err(|e| e.to_string())?;
    // The wheels are unpacked now.
    drop(wheels_in_use);
    let name = format!("{}-{}", now.strftime("%Y%m%d-%H%M%S-%3f"), plan.pipeline);
    let used = new_run(root, &name).map_err(|e| format!("cannot create the directory of the run: {e}"))?;
    let folder = &used.path;
    let volumes = args.volumes.clone().unwrap_or_else(|| root.join("volumes"));
    let volumes = std::path::absolute(&volumes).map_err(failed)?;
    if !shared.quiet {
        say!("run     {} in {}", plan.pipeline, folder.display());
    }
    let absolute = |path: &Path| std::path::absolute(path).map_err(failed);
    let run = RunRequest {
        plan,
        pythons: &pythons,
        site: &absolute(&site.path)?,
        folder: &absolute(folder)?,
        warehouse: &root.join("warehouse.duckdb"),
        volumes: &volumes,
        facts: facts(plan, &now),
        params,
        given,
        jobs: args.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(2, usize::from)),
        variables: for_steps(std::env::vars_os(), &args.env),
        interrupt: &interrupt,
    };
    let started = Instant::now();
    let view = LiveRun::new(plan, shared);
    let times = Mutex::new(Times::new());
    let finished = run.run(&|event| {
        note(&mut times.lock().unwrap_or_else(PoisonError::into_inner), &event);
        view.show(&event);
    });
    view.close();
    let record = json!({
        "pipeline": plan.pipeline,
        "tasks": times.into_inner().unwrap_or_else(PoisonError::into_inner),
    });
    write_file(&folder.join(RECORD), &crate::emit::json_bytes(&record)).map_err(failed)?;
    let result =
        |state: TaskState, values: &Map<String, Value>| json!({ "state": state.result_state(), "values": values });
    let all: Map<String, Value> = finished.tasks.iter().map(|(k, s, v)| (k.clone(), result(*s, v))).collect();
    write_file(&folder.join("results.json"), &crate::emit::json_bytes(&Value::Object(all))).map_err(failed)?;
    // Records the last values of each successful step, without stubs and failures.
    let last = root.join(format!("last-{}.json", plan.pipeline));
    let _alone = exclusive(last.clone()).map_err(failed)?;
    let mut good = read_object(&last);
    good.retain(|key, _| plan.task(key).is_some());
    for (key, state, values) in &finished.tasks {
        if *state == TaskState::Success {
            good.insert(key.clone(), result(*state, values));
        }
    }
    write_file(&last, &crate::emit::json_bytes(&Value::Object(good))).map_err(failed)?;
    let count = |s: TaskState| finished.tasks.iter().filter(|(_, state, _)| *state == s).count();
    let states = [
        TaskState::Success,
        TaskState::Given,
        TaskState::Excluded,
        TaskState::Failed,
        TaskState::TimedOut,
        TaskState::UpstreamFailed,
        TaskState::Canceled,
    ];
    let parts: Vec<String> =
        states.iter().filter(|s| count(**s) > 0).map(|s| format!("{} {}", count(*s), s.word())).collect();
    let failed = finished.failed(plan);
    if !shared.quiet || failed {
        say!(
            "{} {} in {:.1} s",
            if failed { "failed " } else { "done   " },
            parts.join(", "),
            started.elapsed().as_secs_f64()
        );
    }
    Ok(match failed {
        _ if interrupt.asked() => Outcome::Interrupted,
        true => Outcome::Errors,
        false => Outcome::Done,
    })
}

/// States and times of tasks, for `graph --run`; times are milliseconds since 1970.
type Times = Map<String, Value>;

/// The name of the file that records them.
pub const RECORD: &str = "run.json";

/// Records an event with the current time.
fn note(times: &mut Times, event: &RunEvent) {
    let now = jiff::Timestamp::now().as_millisecond();
    match event {
        RunEvent::Started { task, attempt } => {
            let entry = times.entry(task.clone()).or_insert_with(|| json!({ "started": now }));
            if let Some(map) = entry.as_object_mut() {
                map.insert("attempts".to_owned(), (*attempt).into());
            }
        }
        RunEvent::Retry { .. } => {}
        RunEvent::Ended { task, state, took, .. } => {
            let entry = times.entry(task.clone()).or_insert_with(|| json!({}));
            if let Some(map) = entry.as_object_mut() {
                map.insert("state".to_owned(), state.word().into());
                // A loop has no process of its own, and an excluded task took no time.
                if !took.is_zero() {
                    let long = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
                    map.entry("started").or_insert(now.saturating_sub(long).into());
                    map.insert("ended".to_owned(), now.into());
                }
            }
        }
    }
}

/// Creates an interpreter per set of requirements, and locates the wheels.
fn environments(
    args: &Args,
    built: &Built<'_>,
    plan: &LocalPlan,
    root: &Path,
    wanted: &Wanted,
    interrupt: &Interrupt,
    tell: &dyn Fn(&str),
) -> Result<(Vec<PathBuf>, InUse), LocalError> {
    let environments = Environments::new(wanted, root, interrupt, tell)?;
    let absolute = |path: PathBuf| std::path::absolute(&path).map_err(|e| LocalError::from(e.to_string()));
    let mut pythons = Vec::new();
    for set in &plan.requirements {
        let mut all: BTreeSet<String> = set.iter().cloned().collect();
        all.extend(built.wheels.iter().flat_map(|w| w.requirements.iter().cloned()));
        all.extend(built.project.local.requirements.iter().cloned());
        all.extend(args.with.iter().cloned());
        let all: BTreeSet<String> = all.into_iter().map(|line| replaced(line, &built.project.local.replace)).collect();
        let all: Vec<String> = all.into_iter().collect();
        if all.iter().filter(|l| l.starts_with("--index-url")).count() > 1 {
            return Err("libraries of one cluster use several package indexes; run its steps separately".into());
        }
        pythons.push(absolute(environments.python(&all)?)?);
    }
    let site = environments.site(pythons.first().map_or(Path::new(&wanted.python), PathBuf::as_path))?;
    environments.prune();
    Ok((pythons, site))
}

/// A requirement, or its local replacement.
fn replaced(line: String, by: &[(String, String)]) -> String {
    let name: String =
        line.trim_start().chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).collect();
    let name = crate::package::normalize_name(&name);
    by.iter().find(|(of, _)| *of == name).map_or(line, |(_, other)| other.clone())
}

/// Reads a JSON object; empty if the file does not exist.
fn read_object(path: &Path) -> Map<String, Value> {
    match read_plain(path).ok().and_then(|b| serde_json::from_slice(&b).ok()) {
        Some(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

/// The parameters of the run: from the command line, else defaults.
fn params(args: &Args, plan: &LocalPlan, pipeline: &Pipeline) -> Result<HashMap<String, String>, String> {
    let mut out: HashMap<String, String> = plan.params.iter().cloned().collect();
    out.extend(super::params::given_params(args, pipeline)?);
    Ok(out)
}

/// The steps that do not run, with their values.
fn choice(
    args: &Args,
    plan: &LocalPlan,
    job: &Value,
    last: &Path,
) -> Result<BTreeMap<String, Map<String, Value>>, String> {
    let known = |key: &str| -> Result<(), String> {
        if plan.task(key).is_some() {
            return Ok(());
        }
        let keys: Vec<&str> = plan.tasks.iter().map(|t| t.key.as_str()).collect();
        Err(no_such("step", key, keys))
    };
    let mut given: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    let mut selected: Option<BTreeSet<String>> = None;
    for key in &args.only {
        known(key)?;
        selected.get_or_insert_default().insert(key.clone());
    }
    if let Some(key) = &args.from {
        known(key)?;
        selected.get_or_insert_default().extend(plan.from(key));
    }
    if let Some(selected) = &selected {
        let before = read_object(last);
        for task in plan.tasks.iter().filter(|t| !selected.contains(&t.key)) {
            let values = before.get(&task.key).and_then(|t| t.get("values")).and_then(Value::as_object);
            given.insert(task.key.clone(), values.cloned().unwrap_or_default());
        }
    }
    for key in &args.skip {
        known(key)?;
        given.insert(key.clone(), Map::new());
    }
    for stub in &args.stub {
        let (key, file) = stub.split_once('=').ok_or_else(|| format!("invalid `--stub {stub}`; use STEP=FILE"))?;
        known(key)?;
        let bytes = std::fs::read(file).map_err(|e| format!("cannot read `{file}`: {e}"))?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(values)) => given.insert(key.to_owned(), values),
            Ok(_) => return Err(format!("`{file}` must be a JSON object that maps outputs to values")),
            Err(e) => return Err(format!("`{file}` is not valid JSON: {e}")),
        };
    }
    let elsewhere: Vec<String> = plan
        .elsewhere()
        .into_iter()
        .filter(|(key, _)| !given.contains_key(*key))
        .map(|(key, why)| format!("  {key} requires {why}"))
        .collect();
    if !elsewhere.is_empty() {
        return Err(format!(
            "these steps cannot run locally:\n{}\nskip a step with `--skip STEP`, or set its outputs with `--stub STEP=values.json`",
            elsewhere.join("\n")
        ));
    }
    for task in plan.tasks.iter().filter(|t| !given.contains_key(&t.key)) {
        for (condition, outcome) in &task.depends_on {
            let unknown = given.get(condition).is_some_and(|values| !values.contains_key("outcome"));
            if let (Some(outcome), true) = (outcome, unknown) {
                return Err(format!(
                    "step `{}` depends on the outcome {outcome} of `{condition}`, which is not part of this run and has no saved outcome; run it as well, or pass `--stub {condition}=values.json` with {{\"outcome\": \"{outcome}\"}}",
                    task.key
                ));
            }
        }
        for (producer, name) in values_in(job, &task.key) {
            if given.get(&producer).is_some_and(|values| !values.contains_key(&name)) {
                return Err(format!(
                    "step `{}` requires `{name}` of `{producer}`, which is not part of this run and has no saved value; run it once, or pass `--stub {producer}=values.json`",
                    task.key
                ));
            }
        }
    }
    Ok(given)
}

/// The values of other tasks that a task refers to.
fn values_in(job: &Value, key: &str) -> Vec<(String, String)> {
    let Some(task) = Payload::of(job).task(key) else { return Vec::new() };
    braces(&task.json().to_string())
        .into_iter()
        .filter_map(|(_, _, found)| match found {
            Braces::Known(Reference::Value { task, name }) => Some((task.to_string(), name.to_string())),
            // A SQL step has its outputs in the first row.
            Braces::Known(Reference::TaskFact { task, fact }) => {
                Some((task.to_string(), fact.strip_prefix("output.first_row.")?.to_owned()))
            }
            _ => None,
        })
        .collect()
}

/// The facts that references can use.
fn facts(plan: &LocalPlan, now: &jiff::Zoned) -> HashMap<String, String> {
    let milliseconds = now.timestamp().as_millisecond().to_string();
    let mut out: HashMap<String, String> = HashMap::new();
    let mut set = |key: &str, value: String| {
        out.insert(key.to_owned(), value);
    };
    for (key, value) in [
        ("job.id", "0"),
        ("job.repair_count", "0"),
        ("job.trigger.type", "one_time"),
        ("workspace.id", "0"),
        ("workspace.url", "localhost"),
        ("job_id", "0"),
        ("parent_run_id", "0"),
        ("task_retry_count", "0"),
    ] {
        set(key, value.to_owned());
    }
    for key in ["job.run_id", "task.run_id", "run_id", "start_time"] {
        set(key, milliseconds.clone());
    }
    for key in ["job.name", "job_name"] {
        set(key, plan.pipeline.clone());
    }
    set("start_date", now.strftime("%Y-%m-%d").to_string());
    let parts = [
        ("iso_date", now.strftime("%Y-%m-%d").to_string()),
        ("iso_datetime", now.strftime("%Y-%m-%dT%H:%M:%S").to_string()),
        ("iso_weekday", now.strftime("%u").to_string()),
        ("is_weekday", (now.weekday().to_monday_one_offset() < 6).to_string()),
        ("year", now.year().to_string()),
        ("month", now.month().to_string()),
        ("day", now.day().to_string()),
        ("hour", now.hour().to_string()),
        ("minute", now.minute().to_string()),
        ("second", now.second().to_string()),
        ("timestamp_ms", milliseconds),
    ];
    for (root, _) in TIMES {
        for (part, value) in &parts {
            set(&format!("{root}.{part}"), value.clone());
        }
    }
    out
}
