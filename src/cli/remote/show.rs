//! Renders a plan for people.

use super::super::differences::line;
use crate::deploy::{JobAction, JobPlan, Plan};
use crate::source::plain;
use crate::workspace::Principal;

/// The first character of a job's line, and its color.
fn mark(action: JobAction) -> (&'static str, &'static str) {
    match action {
        JobAction::Create => ("+ create", "32"),
        JobAction::Update | JobAction::Keep => ("~ update", "33"),
        JobAction::Delete => ("- delete", "31"),
        JobAction::Forget => ("- forget", "31"),
    }
}

/// Renders a plan, with colors if `color`; other text is escaped.
pub fn show(plan: &Plan, host: &str, color: bool) -> String {
    let text = text(plan, host);
    let text = plain::lines(&text);
    if !color {
        return text.into_owned();
    }
    let marks = [JobAction::Create, JobAction::Update, JobAction::Delete, JobAction::Forget].map(mark);
    let painted = |line: &str| {
        let found =
            marks.iter().find_map(|(mark, code)| Some((mark, code, line.strip_prefix("  ")?.strip_prefix(mark)?)));
        match found {
            Some((mark, code, rest)) => format!("  \u{1b}[{code}m{mark}\u{1b}[0m{rest}\n"),
            None => format!("{line}\n"),
        }
    };
    text.lines().map(painted).collect()
}

fn text(plan: &Plan, host: &str) -> String {
    let mut out = String::new();
    for job in plan.jobs.iter().filter(|j| !j.is_empty()) {
        let (mark, _) = mark(job.action);
        let what = match (job.job_id, job.action) {
            (Some(id), JobAction::Update | JobAction::Keep | JobAction::Delete) => format!("{host}/jobs/{id}"),
            (Some(id), _) => format!("job {id} no longer exists"),
            (None, _) => format!("{} step{}", job.steps, if job.steps == 1 { "" } else { "s" }),
        };
        out.push_str(&format!("  {mark}  {}   {what}\n", job.pipeline));
        if let Some(why) = &job.because {
            out.push_str(&format!("      {why}\n"));
        }
        lines(job, &mut out);
    }
    // A dbt project has many files.
    let most = 20;
    for change in plan.artifacts.iter().take(most) {
        let version = match (&change.was, &change.now) {
            (Some(was), Some(now)) => format!("{was} -> {now}"),
            (None, Some(now)) => format!("{now}, new"),
            (Some(was), None) => format!("{was}, no longer needed"),
            (None, None) => String::new(),
        };
        out.push_str(&format!("  {} {}   {version}\n", change.kind, change.source));
        let shown = 12;
        for (mark, file) in change.files.iter().take(shown) {
            out.push_str(&format!("      {mark} {file}\n"));
        }
        if change.files.len() > shown {
            out.push_str(&format!("      and {} more\n", change.files.len() - shown));
        }
    }
    if plan.artifacts.len() > most {
        out.push_str(&format!("  and {} more files\n", plan.artifacts.len() - most));
    }
    let drift: Vec<&JobPlan> = plan.jobs.iter().filter(|j| !j.drift.is_empty()).collect();
    if !drift.is_empty() {
        out.push_str("  changed in the workspace since the last deployment, reverted by this one:\n");
        for job in drift {
            for d in &job.drift {
                // From the other side: the current value is theirs.
                out.push_str(&format!("      {}: {}\n", job.pipeline, line(d)));
            }
        }
    }
    for path in &plan.missing {
        out.push_str(&format!("  upload {path}   deleted in the workspace\n"));
    }
    for (pipeline, id) in &plan.twice {
        out.push_str(&format!("  - delete  {pipeline}   {host}/jobs/{id}, a duplicate\n"));
    }
    for (pipeline, id) in &plan.copies {
        out.push_str(&format!(
            "  note    {pipeline}   {host}/jobs/{id} has this project's tag but was not created by pipec; left unchanged\n"
        ));
    }
    let count = |a: JobAction| plan.jobs.iter().filter(|j| j.action == a && !j.is_empty()).count();
    let update = count(JobAction::Update) + count(JobAction::Keep);
    let parts: Vec<String> = [
        (count(JobAction::Create), "to create"),
        (update, "to update"),
        (count(JobAction::Delete) + plan.twice.len(), "to delete"),
        (count(JobAction::Forget), "to forget"),
        (plan.uploads.len(), "to upload"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, what)| format!("{n} {what}"))
    .collect();
    out.push_str(&match (parts.is_empty(), plan.unfinished) {
        (true, false) => "nothing to do\n".to_owned(),
        (true, true) => "nothing to do, other than completing the interrupted deployment\n".to_owned(),
        _ => format!("{}\n", parts.join(", ")),
    });
    out
}

fn lines(job: &JobPlan, out: &mut String) {
    if job.action != JobAction::Update && job.grants.is_none() {
        return;
    }
    for (from, to) in &job.renamed {
        out.push_str(&format!("      step {from} is renamed to {to}\n"));
    }
    for d in &job.changes {
        out.push_str(&format!("      {}\n", line(d)));
    }
    if !job.files.is_empty() {
        out.push_str(&format!("      runs the new {}\n", job.files.join(", ")));
    }
    if let Some((was, now)) = &job.grants {
        let told = |p: &Principal| format!("{} {}", p.name, p.level);
        let named = now.iter().any(Principal::is_owner);
        for p in now.iter().filter(|p| !was.contains(p)) {
            out.push_str(&format!("      + permission {}\n", told(p)));
        }
        for p in was.iter().filter(|p| !now.contains(p) && (named || !p.is_owner())) {
            out.push_str(&format!("      - permission {}\n", told(p)));
        }
    }
}
