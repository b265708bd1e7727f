//! `pipec advise`.

use std::path::Path;
use std::rc::Rc;

use serde_json::{Value, json};
use textwrap::{Options, wrap};

use super::args::{Advise, OutputFormat, SharedArgs};
use super::check::{build_options, tell_build, without_errors};
use super::report::page_style;
use super::terminal::{print_exact, say};
use super::{Ended, Outcome, no_such, usage};
use crate::advise::{
    Assume, BUILT_IN, ComputeCost, Cost, NOTHING, Prices, Suggestion, Tasks, cost, notes, rounded, rounded_up,
    runs_per_month,
};
use crate::diag::render::Style;
use crate::lower::Job;
use crate::model::Mode;
use crate::payload::Payload;
use crate::session::{Backends, Built};
use crate::source::{Boundary, Confined, DiskFiles, Files, plain};

/// The results for one job.
struct Report {
    pipeline: String,
    target: String,
    hours: Option<f64>,
    critical: Vec<String>,
    cost: Cost,
    runs: Option<f64>,
    notes: Vec<Suggestion>,
    /// Why it may run at any time, if it starts without a schedule.
    unscheduled: Option<&'static str>,
    /// The price table and its origin.
    prices: Rc<(String, Prices)>,
}

pub fn run(args: &Advise, shared: &SharedArgs) -> Ended {
    if args.print_prices {
        super::terminal::print(BUILT_IN);
        return Ok(Outcome::Done);
    }
    let session = without_errors(&args.paths, shared, true)?;
    let options = build_options(shared, None, Backends::Without);
    let mut reports = Vec::new();
    for (project, program) in session.programs() {
        let built = session.build_one(project, program, &options, &tell_build(shared))?;
        let prices = Rc::new(prices(args, project.dir()).map_err(usage)?);
        let production = program.target.mode == Mode::Production;
        let jobs = built.bundle.jobs.iter().filter(|j| args.pipeline.as_deref().is_none_or(|p| p == j.pipeline));
        reports.extend(jobs.map(|job| of(job, &built, &prices, args, production)));
    }
    let names = || session.programs().flat_map(|(_, p)| p.pipelines.iter().map(|p| p.name.as_str()));
    match &args.pipeline {
        Some(name) if reports.is_empty() => return Err(usage(no_such("pipeline", name, names()))),
        None if reports.is_empty() => return Err(usage("the project has no pipeline")),
        _ => {}
    }
    match args.format {
        OutputFormat::Json => {
            let pipelines: Vec<Value> = reports.iter().map(as_json).collect();
            super::terminal::print_json(&json!({ "version": 1, "pipelines": pipelines }));
        }
        OutputFormat::Text => page(&text(&reports, args), page_style(shared)),
    }
    Ok(gate(&reports, args))
}

fn of(job: &Job, built: &Built<'_>, prices: &Rc<(String, Prices)>, args: &Advise, production: bool) -> Report {
    let assume = Assume { hours: args.assume_hours, items: args.assume_items };
    let payload = Payload::of(&job.body);
    let tasks = Tasks::of(payload, &assume);
    let cost = cost(payload, &tasks, &built.project.tables, &prices.1);
    Report {
        pipeline: job.pipeline.to_string(),
        target: built.bundle.target.to_string(),
        hours: tasks.longest(),
        critical: tasks.critical().into_iter().map(str::to_owned).collect(),
        runs: runs_per_month(payload),
        notes: notes(payload, &tasks, &cost, production),
        cost,
        unscheduled: ["continuous", "trigger"].into_iter().find(|key| job.body.get(*key).is_some()),
        prices: prices.clone(),
    }
}

/// Finds the price table: the option, a file next to the pipeline, or the built-in table.
fn prices(args: &Advise, dir: &Path) -> Result<(String, Prices), String> {
    let beside = dir.join("prices.toml");
    let (file, read) = match &args.prices {
        // A named file may be a pipe.
        Some(file) => (file.clone(), std::fs::read(file)),
        None if beside.is_file() => {
            let boundary = Boundary::around(&DiskFiles, dir);
            let read = Confined::new(&DiskFiles, &boundary).read(&beside);
            (beside, read)
        }
        None => {
            return Ok(("the built-in price table".to_owned(), Prices::parse(BUILT_IN).map_err(|e| e.to_string())?));
        }
    };
    let shown = file.display().to_string();
    let bytes = read.map_err(|e| format!("cannot read `{shown}`: {e}"))?;
    let text = String::from_utf8(bytes).map_err(|_| format!("`{shown}` is not UTF-8"))?;
    let prices = Prices::parse(&text).map_err(|e| format!("`{shown}` is not a price table: {e}"))?;
    Ok((shown, prices))
}

fn text(reports: &[Report], args: &Advise) -> String {
    let mut out = String::new();
    for r in reports {
        let money = |price: f64| format!("{} {}", rounded_up(price), r.prices.1.currency);
        out += &format!("{} ({})\n", r.pipeline, r.target);
        let time = r.hours.map_or_else(|| "unlimited time".to_owned(), |h| format!("{} h", rounded_up(h)));
        out += &match whole(r, 1.0, &money) {
            Some(known) => format!("  per run, at most   {known}, {time}\n"),
            None => format!("  per run, at most   {time}; the price depends on the use of what is not counted\n"),
        };
        out += &match (r.runs, r.unscheduled) {
            (Some(runs), _) => {
                let total =
                    whole(r, runs, &money).map(|known| format!(", at most {known} in total")).unwrap_or_default();
                format!("  per month          {} runs on average{total}\n", rounded(runs))
            }
            (None, Some("continuous")) => "  per month          unknown: it runs continuously\n".to_owned(),
            (None, Some(_)) => "  per month          unknown: the frequency of its trigger is unknown\n".to_owned(),
            (None, None) => "  per month          unknown: it has no schedule\n".to_owned(),
        };
        for c in &r.cost.computes {
            out += &format!("  {}: {}\n", c.name, compute(c, &money));
        }
        for (what, steps) in r.cost.elsewhere.iter().filter(|(what, _)| **what != NOTHING) {
            out += &format!("  not counted: {what}, for {}\n", steps.join(", "));
        }
        if r.critical.len() > 1 {
            let hours = r.hours.map(|h| format!(", {} h at most", rounded_up(h))).unwrap_or_default();
            out += &format!("  critical path      {}{hours}\n", r.critical.join(" > "));
        }
        for note in &r.notes {
            out += &format!("  - {}\n    {}\n", note.text, note.help);
        }
        out.push('\n');
    }
    out += "Assumptions: every step runs until its timeout, with all its retries. Every cluster has all its workers \
            from its first step to its last. Loops run all their items. Both branches of a condition run.\n";
    if let Some(hours) = args.assume_hours {
        out += &format!("A step without a timeout runs for {hours} h (`--assume-hours`).\n");
    }
    if let Some(items) = args.assume_items {
        out += &format!("A loop over a run-time list has {items} items (`--assume-items`).\n");
    }
    let mut tables: Vec<String> = reports
        .iter()
        .map(|r| {
            let (from, prices) = &*r.prices;
            format!("Prices as of {}, from {from}: {}.\n", prices.as_of, prices.source)
        })
        .collect();
    tables.dedup();
    tables.iter().for_each(|t| out += t);
    out
}

/// Prints a text, wrapped to the terminal with a hanging indent, and colors pipelines and suggestions.
fn page(text: &str, style: Style) {
    for line in plain::lines(text).lines() {
        let deeper = if line.starts_with(' ') { "    " } else { "" };
        let suggestion = line.starts_with("  - ");
        let color = match style.color {
            true if suggestion => Some("33"),
            true if line.ends_with(')') && deeper.is_empty() => Some("1"),
            _ => None,
        };
        for part in wrap(line, Options::new(style.width).subsequent_indent(deeper)) {
            print_exact(&match color {
                Some(color) => format!("\u{1b}[{color}m{part}\u{1b}[0m\n"),
                None => format!("{part}\n"),
            });
        }
    }
}

/// Price, DBUs and GPU hours of a number of runs, as far as they are known; `None` if nothing is.
fn whole(r: &Report, runs: f64, money: &dyn Fn(f64) -> String) -> Option<String> {
    let mut parts = Vec::new();
    match r.cost.price() {
        Some(price) => parts.push(format!("about {}", money(price * runs))),
        None => {
            let known: f64 = r.cost.computes.iter().filter_map(|c| c.price).sum();
            if known > 0.0 {
                parts.push(format!("about {} for the known part, and more", money(known * runs)));
            }
        }
    }
    parts.extend(r.cost.dbu().map(|dbu| format!("{} DBU", rounded_up(dbu * runs))));
    match r.cost.gpu_hours() {
        Some(hours) if hours > 0.0 => parts.push(format!("{} GPU hours", rounded_up(hours * runs))),
        Some(_) => {}
        None => parts.push("unlimited GPU hours".to_owned()),
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn compute(c: &ComputeCost, money: &dyn Fn(f64) -> String) -> String {
    let mut parts = vec![c.machines.clone()];
    parts.extend(c.hours.map(|h| format!("{} h", rounded_up(h))));
    parts.extend(c.gpu_hours.filter(|h| *h > 0.0).map(|h| format!("{} GPU hours", rounded_up(h))));
    parts.extend(c.dbu.map(|d| format!("{} DBU", rounded_up(d))));
    parts.extend(c.price.map(|p| format!("about {}", money(p))));
    let unknown = if c.unknown.is_empty() { String::new() } else { format!("; {}", c.unknown.join("; ")) };
    format!("{}{unknown}", parts.join(", "))
}

fn as_json(r: &Report) -> Value {
    let computes: Vec<Value> = r
        .cost
        .computes
        .iter()
        .map(|c| {
            json!({
                "name": c.name, "machines": c.machines, "steps": c.steps, "hours": c.hours, "gpu_hours": c.gpu_hours,
                "dbu": c.dbu, "price": c.price, "unknown": c.unknown,
            })
        })
        .collect();
    let notes: Vec<Value> =
        r.notes.iter().map(|n| json!({ "steps": n.steps, "message": n.text, "help": n.help })).collect();
    let price = r.cost.price();
    json!({
        "pipeline": r.pipeline,
        "target": r.target,
        "prices": { "as_of": r.prices.1.as_of, "currency": r.prices.1.currency, "source": r.prices.1.source },
        "run": { "hours": r.hours, "gpu_hours": r.cost.gpu_hours(), "dbu": r.cost.dbu(), "price": price },
        "runs_per_month": r.runs,
        "price_per_month": price.zip(r.runs).map(|(p, n)| p * n),
        "critical_path": r.critical,
        "computes": computes,
        "not_counted": r.cost.elsewhere,
        "notes": notes,
    })
}

/// Whether all costs are known and within the limits of the options.
fn gate(reports: &[Report], args: &Advise) -> Outcome {
    let mut outcome = Outcome::Done;
    let mut over = |r: &Report, what: &str, price: Option<f64>, most: f64| {
        let currency = &r.prices.1.currency;
        let why = match price {
            Some(price) if price <= most => return,
            Some(price) => format!("may cost about {} {currency}", rounded_up(price)),
            None => "has no known upper bound of its cost".to_owned(),
        };
        say!("pipec: {what} of `{}` {why}, but the limit is {most} {currency}", r.pipeline);
        outcome = Outcome::Errors;
    };
    for r in reports {
        if let Some(most) = args.max_cost {
            over(r, "a run", r.cost.price(), most);
        }
        // A pipeline with unknown triggers has no monthly limit; one that is started manually has no month.
        if let Some(most) = args.max_monthly_cost.filter(|_| r.runs.is_some() || r.unscheduled.is_some()) {
            over(r, "a month", r.cost.price().zip(r.runs).map(|(price, runs)| price * runs), most);
        }
    }
    outcome
}
