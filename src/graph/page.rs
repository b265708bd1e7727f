//! Renders one HTML page with all pipelines and the details of each task. It loads nothing.

use serde_json::{Value, json};

use super::record::duration;
use super::svg::{Look, STYLE, picture};
use super::{Critical, Graph, RunRecord, critical, decisive, escaped};
use crate::source::plain;

/// Details of a task or pipeline.
#[derive(Clone, Debug, Default)]
pub struct PageEntry {
    pub description: Option<String>,
    /// The file, for display.
    pub file: String,
    /// The first line, from 1.
    pub line: usize,
    /// The URL of the source.
    pub link: Option<String>,
    pub source: String,
    /// The compiled task, as JSON.
    pub settings: String,
    /// The compute with everything merged and chosen, as JSON.
    pub compute: Option<String>,
}

/// A pipeline of a page.
#[derive(Clone, Debug)]
pub struct PagePart {
    /// The title, which is unique on the page.
    pub title: String,
    pub graph: Graph,
    /// The details of the pipeline.
    pub whole: PageEntry,
    /// The details of each task.
    pub tasks: Vec<PageEntry>,
    /// The run to show.
    pub run: Option<RunRecord>,
}

/// Renders the page: HTML with its own styles and script, and a policy that forbids loading anything.
pub fn page(title: &str, parts: &[PagePart]) -> String {
    let mut pictures = String::new();
    let mut data = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        let path = longest(part);
        let id = format!("p{i}-");
        let look = Look { run: part.run.as_ref(), critical: Some(&path), id: &id };
        let (dag, width, height) = picture(&part.graph, &look);
        pictures += &framed(&format!("dag-{i}"), &format!("Graph of {}", part.graph.pipeline), &dag, width, height);
        if let Some(run) = &part.run {
            let (chart, width, height) = super::gantt::drawn(&part.graph, run, 0.0);
            let label = format!("{} along time", part.graph.pipeline);
            pictures += &framed(&format!("time-{i}"), &label, &chart, width, height);
        }
        data.push(described(part, &path));
    }
    // A `<` in a program must not end the element.
    let data = plain::json(&Value::Array(data).to_string()).replace('<', "\\u003c");
    let mut out = String::new();
    for piece in include_str!("page.html").split("{{") {
        let (name, rest) = piece.split_once("}}").unwrap_or(("", piece));
        match name {
            "title" => out += &escaped(title),
            "style" => out.extend([STYLE, include_str!("page.css")]),
            "script" => out += include_str!("page.js"),
            "pictures" => out += &pictures,
            "data" => out += &data,
            _ => {}
        }
        out += rest;
    }
    out
}

/// The critical path: by the durations of the run, otherwise by the number of tasks.
fn longest(part: &PagePart) -> Critical {
    match &part.run {
        Some(run) => decisive(&part.graph, run),
        None => critical(&part.graph, &|_| 1.0),
    }
}

fn framed(id: &str, label: &str, inside: &str, width: f64, height: f64) -> String {
    let (width, height) = (width.ceil(), height.ceil());
    format!(
        "<svg id=\"{id}\" class=\"pipec\" viewBox=\"0 0 {width:.0} {height:.0}\" data-width=\"{width:.0}\" data-height=\"{height:.0}\" role=\"group\" aria-label=\"{}\" hidden>\n{inside}</svg>\n",
        escaped(label)
    )
}

fn described(part: &PagePart, path: &Critical) -> Value {
    let graph = &part.graph;
    let key = |i: &usize| graph.nodes.get(*i).map(|n| n.key.as_str());
    let nodes: Vec<Value> = graph
        .nodes
        .iter()
        .zip(&part.tasks)
        .enumerate()
        .map(|(i, (n, shown))| {
            let mut value = about(shown);
            let before: Vec<&str> = graph.edges.iter().filter(|e| e.to == i).filter_map(|e| key(&e.from)).collect();
            let after: Vec<&str> = graph.edges.iter().filter(|e| e.from == i).filter_map(|e| key(&e.to)).collect();
            let takes: Vec<Value> =
                n.takes.iter().map(|t| json!({ "from": key(&t.from), "name": t.name, "type": t.ty })).collect();
            let gives: Vec<Value> = n.gives.iter().map(|(name, ty)| json!({ "name": name, "type": ty })).collect();
            let mut groups = Vec::new();
            let mut group = n.group.and_then(|g| graph.groups.get(g));
            while let Some(g) = group {
                groups.insert(0, g.label.as_str());
                group = g.parent.and_then(|p| graph.groups.get(p));
            }
            let state = part.run.as_ref().and_then(|r| r.steps.get(&n.key));
            if let Some(map) = value.as_object_mut() {
                let more = json!({
                    "key": n.key,
                    "label": n.inner.key,
                    "kind": n.inner.kind,
                    "what": n.inner.what,
                    "on": n.compute.and_then(|c| graph.computes.get(c)),
                    "groups": groups,
                    "before": before,
                    "after": after,
                    "takes": takes,
                    "gives": gives,
                    "state": state.map(|s| s.shown()),
                    "tone": state.map(|s| s.tone.class()),
                });
                map.extend(more.as_object().cloned().unwrap_or_default());
            }
            value
        })
        .collect();
    let total = match &part.run {
        Some(_) => duration(path.total as i64),
        None if path.path.len() == 1 => "1 step".to_owned(),
        None => format!("{} steps", path.path.len()),
    };
    json!({
        "name": part.title,
        "about": about(&part.whole),
        "run": part.run.as_ref().map(|r| json!({ "title": r.title, "url": r.url })),
        "computes": graph.computes,
        "lines": super::svg::lines_of(graph),
        "critical": path.path.iter().filter_map(key).collect::<Vec<_>>(),
        "total": total,
        "nodes": nodes,
    })
}

fn about(shown: &PageEntry) -> Value {
    json!({
        "description": shown.description,
        "file": shown.file,
        "line": shown.line,
        "link": shown.link,
        "source": shown.source,
        "settings": shown.settings,
        "compute": shown.compute,
    })
}
