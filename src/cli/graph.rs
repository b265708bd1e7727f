//! `pipec graph`.

use crate::schema::key;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::args::{Drawing, GraphArgs as Args, SharedArgs};
use super::check::{build_options, tell_build, without_errors};
use super::remote::Connected;
use super::run_local::RECORD;
use super::select::{not_one, selected};
use super::terminal::say;
use super::{Ended, Failure, Outcome, no_such, usage};
use crate::diag::list_names;
use crate::emit::write_named;
use crate::graph::{
    Critical, Look, PageEntry, PagePart, RunRecord, StepRecord, Tone, decisive, dot, graph, mermaid, page, svg,
};
use crate::model::{Pipeline, Program, Step, Valid};
use crate::payload::{Payload, PayloadTask};
use crate::project::Project;
use crate::session::{Backends, Built, Session};
use crate::source::{SourceMap, Span, read_plain};
use crate::workspace::RunView;

/// A pipeline with its project and program.
type Drawable<'a> = (&'a Project, &'a Valid<Program>, &'a Pipeline);

pub fn run(args: &Args, shared: &SharedArgs) -> Ended {
    let session = without_errors(&args.paths, shared, true)?;
    is_allowed(args, session.sources()).map_err(usage)?;
    let format = format(args).map_err(usage)?;
    let all: Vec<Drawable<'_>> = session
        .programs()
        .flat_map(|(project, program)| program.pipelines.iter().map(move |p| (project, program, p)))
        .collect();
    let chosen = choose(args, format, &all).map_err(usage)?;
    let text = drawn(args, shared, format, &session, &chosen)?;
    match &args.out {
        None => super::terminal::print_exact(&text),
        Some(file) => {
            write_named(file, text.as_bytes())?;
            if !shared.quiet {
                say!("wrote   {}", file.display());
            }
        }
    }
    Ok(Outcome::Done)
}

/// Checks that the output overwrites no source, and that links are harmless.
fn is_allowed(args: &Args, sources: &SourceMap) -> Result<(), String> {
    if let Some(out) = &args.out {
        let real = |p: &Path| std::fs::canonicalize(p).ok();
        let is_source = real(out).is_some_and(|out| sources.iter().any(|(_, f)| real(&f.path).as_ref() == Some(&out)));
        if is_source || out.extension().is_some_and(|e| e == "pipe" || e == "toml" || e == "py") {
            return Err(format!("`{}` is a `.pipe` file; choose another name for the drawing", out.display()));
        }
    }
    let scheme = args.link.as_deref().and_then(|l| l.split_once(':')).map(|(s, _)| s.trim().to_ascii_lowercase());
    match scheme.as_deref() {
        Some(wrong @ ("javascript" | "data" | "vbscript")) => {
            Err(format!("`--link` with `{wrong}:` runs code on a click"))
        }
        _ => Ok(()),
    }
}

/// The requested format, from the option or the file extension.
fn format(args: &Args) -> Result<Drawing, String> {
    let Some(file) = args.out.as_deref().filter(|_| args.format.is_none()) else {
        return Ok(args.format.unwrap_or(Drawing::Svg));
    };
    Ok(match file.extension().and_then(|e| e.to_str()) {
        Some("svg") => Drawing::Svg,
        Some("html" | "htm") => Drawing::Html,
        Some("mmd" | "mermaid") => Drawing::Mermaid,
        Some("dot" | "gv") => Drawing::Dot,
        _ => {
            return Err(format!(
                "unknown extension of `{}`; add `--format`, or use .svg, .html, .mmd or .dot",
                file.display()
            ));
        }
    })
}

/// The pipelines to draw: all on an HTML page, else one.
fn choose<'a>(args: &Args, format: Drawing, all: &[Drawable<'a>]) -> Result<Vec<Drawable<'a>>, String> {
    let names = || all.iter().map(|(.., p)| p.name.as_str());
    let ran = args.run.as_deref().and_then(|run| read_record(&folder(run, all)?).ok()).map(|(pipeline, _)| pipeline);
    let wanted = args.pipeline.as_ref().or(ran.as_ref());
    let pipelines: Vec<_> = all.iter().map(|(.., p)| *p).collect();
    let fits = wanted.map(|name| selected(name, &pipelines));
    let is_wanted = |p: &Pipeline| fits.as_ref().is_none_or(|list| list.iter().any(|w| std::ptr::eq(*w, p)));
    let chosen: Vec<Drawable<'a>> = all.iter().filter(|(.., p)| is_wanted(p)).copied().collect();
    match (chosen.as_slice(), wanted) {
        ([], Some(name)) => Err(no_such("pipeline", name, names())),
        ([], None) => Err("the project has no pipeline".to_owned()),
        ([_], _) => Ok(chosen),
        _ if format == Drawing::Html && args.run.is_none() => Ok(chosen),
        (several, Some(name)) if several.iter().all(|(.., p)| p.member_of.is_some()) => {
            let members: Vec<_> = several.iter().map(|(.., p)| *p).collect();
            Err(not_one(name, &members, ", or draw an HTML page"))
        }
        (_, Some(name)) => Err(format!("several projects have a pipeline `{name}`; pass one of the projects")),
        _ => Err(format!("choose a pipeline with `--pipeline`: {}", list_names(names(), 12))),
    }
}

fn drawn(
    args: &Args,
    shared: &SharedArgs,
    format: Drawing,
    session: &Session<'_>,
    chosen: &[Drawable<'_>],
) -> Result<String, Failure> {
    if format == Drawing::Html {
        let mut parts = Vec::new();
        for found in chosen {
            let mut part = part(args, shared, session, found)?;
            // Pipelines of two projects may have the same name.
            if chosen.iter().filter(|(.., p)| p.name == found.2.name).count() > 1 {
                part.title = format!("{} in {}", part.title, found.0.dir().display());
            }
            parts.push(part);
        }
        let title = match (parts.as_slice(), chosen.first()) {
            ([one], _) => one.graph.pipeline.clone(),
            (_, Some((_, program, _))) => program.name.to_string(),
            _ => String::new(),
        };
        return Ok(page(&title, &parts));
    }
    let Some(found @ (.., pipeline)) = chosen.first() else { return Ok(String::new()) };
    let drawn = graph(pipeline);
    let record = record(args, shared, found)?;
    if format == Drawing::Mermaid && drawn.edges.len() > 500 && !shared.quiet {
        say!("note    this graph has {} edges; Mermaid draws at most 500 unless `maxEdges` is set", drawn.edges.len());
    }
    Ok(match format {
        Drawing::Mermaid => mermaid(&drawn, record.as_ref()),
        Drawing::Dot => dot(&drawn, record.as_ref()),
        Drawing::Svg | Drawing::Html => {
            let path: Option<Critical> = record.as_ref().map(|r| decisive(&drawn, r));
            svg(&drawn, &Look { run: record.as_ref(), critical: path.as_ref(), id: "" })
        }
    })
}

/// A pipeline of an HTML page: its graph, and the details of each task.
fn part(args: &Args, shared: &SharedArgs, session: &Session<'_>, found: &Drawable<'_>) -> Result<PagePart, Failure> {
    let (project, program, pipeline) = found;
    let built =
        session.build_one(project, program, &build_options(shared, None, Backends::Without), &tell_build(shared))?;
    let drawn = graph(pipeline);
    let job = built.bundle.jobs.iter().find(|j| j.pipeline == pipeline.name).map(|j| &j.body);
    let payload = job.map(Payload::of);
    let tasks: BTreeMap<&str, PayloadTask<'_>> =
        payload.into_iter().flat_map(Payload::tasks).map(|t| (t.key(), t)).collect();
    let place = SourceLinks { sources: session.sources(), built: &built, args };
    let shown = |step: &Step| {
        let task = tasks.get(step.key.as_str()).copied();
        PageEntry {
            description: step.settings.str(key::DESCRIPTION).map(str::to_owned),
            settings: task.map(|t| pretty(t.json())).unwrap_or_default(),
            compute: payload.zip(task).and_then(|(p, t)| p.compute_of(t)).map(pretty),
            ..place.of(step.span)
        }
    };
    let mut settings = job.cloned().unwrap_or_default();
    if let Some(map) = settings.as_object_mut() {
        map.retain(|key, _| key != "tasks");
    }
    Ok(PagePart {
        title: pipeline.name.to_string(),
        whole: PageEntry {
            description: pipeline.settings.str(key::DESCRIPTION).map(str::to_owned),
            settings: pretty(&settings),
            ..place.of(pipeline.span)
        },
        tasks: pipeline.steps.iter().map(shown).collect(),
        run: record(args, shared, found)?,
        graph: drawn,
    })
}

fn pretty(value: &Value) -> String {
    format!("{value:#}")
}

/// Links from tasks to their source.
struct SourceLinks<'a> {
    sources: &'a SourceMap,
    built: &'a Built<'a>,
    args: &'a Args,
}

impl SourceLinks<'_> {
    /// File, line and source text of the declaration whose name is at a span.
    fn of(&self, name: Span) -> PageEntry {
        let whole = self.built.project.unit_of(name.file).map_or(name, |u| u.declaration(name));
        let sources = &self.sources;
        let Some(file) = sources.get(whole.file) else { return PageEntry::default() };
        // Start at the beginning of the line, to keep the indentation.
        let first = file.lines().line(whole.start);
        let start = file.lines().line_start(first);
        let text = sources.slice(Span::new(whole.file, start, whole.end));
        let line = first + 1;
        PageEntry {
            file: file.path.display().to_string(),
            line,
            link: self.link(&file.path, line),
            source: unindented(text),
            ..PageEntry::default()
        }
    }

    fn link(&self, file: &Path, line: usize) -> Option<String> {
        let absolute = std::path::absolute(file).ok()?;
        let slashes = |p: &Path| p.to_string_lossy().replace('\\', "/");
        if let Some(form) = &self.args.link {
            // A project in the current directory has an empty path.
            let root = std::path::absolute(Path::new(".").join(self.built.project.dir())).ok()?;
            let path = in_address(&slashes(absolute.strip_prefix(&root).unwrap_or(file)));
            let whole = in_address(slashes(&absolute).trim_start_matches('/'));
            let filled = form.replace("{path}", &path).replace("{file}", &whole);
            return Some(filled.replace("{line}", &line.to_string()));
        }
        // Relative to the page, so that both can be moved together.
        let out = std::path::absolute(self.args.out.as_deref()?).ok()?;
        Some(format!("{}#L{line}", in_address(&slashes(&relative(out.parent()?, &absolute)))))
    }
}

/// Percent-encodes a path for a URL.
fn in_address(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            b if b.is_ascii_alphanumeric() || b"-_.~/:".contains(&b) => out.push(char::from(b)),
            b => out += &format!("%{b:02X}"),
        }
    }
    out
}

/// The relative path from a directory to a file; both are absolute.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let (from, to): (Vec<_>, Vec<_>) = (from.components().collect(), to.components().collect());
    let same = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    std::iter::repeat_n(std::path::Component::ParentDir, from.len() - same).chain(to.into_iter().skip(same)).collect()
}

/// Removes the common indentation.
fn unindented(text: &str) -> String {
    let shared = text.lines().filter(|l| !l.trim().is_empty()).map(|l| l.len() - l.trim_start().len()).min();
    let shared = shared.unwrap_or(0);
    text.lines().map(|l| format!("{}\n", l.get(shared..).unwrap_or_default())).collect()
}

/// Loads the run to show.
fn record(
    args: &Args,
    shared: &SharedArgs,
    (project, program, pipeline): &Drawable<'_>,
) -> Result<Option<RunRecord>, Failure> {
    let Some(run) = &args.run else { return Ok(None) };
    if let Ok(id) = run.parse::<i64>() {
        let view = Connected::enter(Some(&program.target), &args.login, shared)?.run(id)?;
        return Ok(Some(of_workspace(&view)));
    }
    let Some(folder) = folder(run, &[(project, program, pipeline)]) else {
        return Err(usage(format!("no local run of `{}`; start one with `pipec run --local`", pipeline.name)));
    };
    match read_record(&folder) {
        Ok((of, record)) if of == pipeline.name => Ok(Some(record)),
        Ok((of, _)) => Err(usage(format!("`{}` is a run of `{of}`, not of `{}`", folder.display(), pipeline.name))),
        Err(why) => Err(usage(why)),
    }
}

/// The directory of a local run; `last` is the newest one of these pipelines.
fn folder(run: &str, of: &[Drawable<'_>]) -> Option<PathBuf> {
    if run.parse::<i64>().is_ok() {
        return None;
    }
    if run != "last" {
        return Some(PathBuf::from(run));
    }
    let mut runs: Vec<PathBuf> = Vec::new();
    for (project, ..) in of {
        let folders = std::fs::read_dir(project.dir().join(".pipec").join("local").join("runs"));
        runs.extend(folders.into_iter().flatten().flatten().map(|e| e.path()));
    }
    // Names start with the time.
    runs.sort_by(|a, b| b.file_name().cmp(&a.file_name()));
    runs.into_iter().find(|r| read_record(r).is_ok_and(|(of_run, _)| of.iter().any(|(.., p)| p.name == of_run)))
}

/// Reads the pipeline and the record of a local run.
fn read_record(folder: &Path) -> Result<(String, RunRecord), String> {
    let file = folder.join(RECORD);
    let bytes = read_plain(&file).map_err(|e| format!("cannot read `{}`: {e}", file.display()))?;
    let wrong = |why: &str| format!("`{}` is not a run record: {why}", file.display());
    let json: Value = serde_json::from_slice(&bytes).map_err(|e| wrong(&e.to_string()))?;
    let pipeline = json.get("pipeline").and_then(Value::as_str).ok_or_else(|| wrong("it has no pipeline"))?;
    let tasks = json.get("tasks").and_then(Value::as_object).ok_or_else(|| wrong("it has no tasks"))?;
    let mut steps = BTreeMap::new();
    for (key, task) in tasks {
        let time = |name: &str| match task.get(name) {
            None => Ok(None),
            // Up to the year 9999.
            Some(v) => match v.as_i64().filter(|n| (0..253_402_300_800_000).contains(n)) {
                Some(n) => Ok(Some(n)),
                None => Err(wrong(&format!("`{name}` of `{key}` is not a time"))),
            },
        };
        let (started, ended) = (time("started")?, time("ended")?);
        if started.zip(ended).is_some_and(|(s, e)| e < s) {
            return Err(wrong(&format!("`{key}` ends before it starts")));
        }
        let word = task.get("state").and_then(Value::as_str).unwrap_or("started").to_owned();
        let tone = match word.as_str() {
            "ok" => Tone::Good,
            "failed" | "timed out" | "canceled" => Tone::Bad,
            "started" => Tone::Busy,
            _ => Tone::Idle,
        };
        let attempts = task.get("attempts").and_then(Value::as_u64).and_then(|n| n.try_into().ok()).unwrap_or(0);
        steps.insert(key.clone(), StepRecord { word, tone, started, ended, attempts });
    }
    let title = folder.file_name().map_or_else(|| folder.display().to_string(), |n| n.to_string_lossy().into_owned());
    Ok((pipeline.to_owned(), RunRecord { title, url: None, steps }))
}

fn of_workspace(run: &RunView) -> RunRecord {
    let time = |ms: i64| (ms > 0).then_some(ms);
    let steps = run.tasks.iter().map(|t| {
        let word = t.result.as_deref().unwrap_or(&t.state).to_lowercase().replace('_', " ");
        let tone = match (t.result.as_deref(), t.has_ended()) {
            (Some("SUCCESS" | "SUCCESS_WITH_FAILURES"), _) => Tone::Good,
            (Some("EXCLUDED" | "DISABLED" | "UPSTREAM_FAILED" | "UPSTREAM_CANCELED"), _) => Tone::Idle,
            (_, true) => Tone::Bad,
            _ if t.started > 0 => Tone::Busy,
            _ => Tone::Idle,
        };
        let attempts = u32::try_from(t.attempt + 1).unwrap_or(0);
        (t.key.clone(), StepRecord { word, tone, started: time(t.started), ended: time(t.ended), attempts })
    });
    RunRecord { title: run.id.to_string(), url: run.url.clone(), steps: steps.collect() }
}
