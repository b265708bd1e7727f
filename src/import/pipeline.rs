//! Writes a job as a pipeline.

use super::names::name;
use super::out::{Fallback, Out, Ways};
use super::steps::json;
use super::write::{LocalContext, Writer};
use crate::data::Tree;
use crate::schema::{DEFAULTS_PLACE, ENVIRONMENT, JOB};
use crate::source::literal::string;

/// The source of one job, not formatted.
pub(super) fn pipeline(job: &Tree, called: &str, ways: &Ways, plain: bool, beside: Option<&LocalContext>) -> Out {
    let mut writer = Writer::new(job, ways, !plain);
    writer.beside = beside;
    if !plain {
        writer.share();
    }
    // Writing the steps determines which outputs and types must be declared.
    let steps = if writer.is_unchecked(job, "tasks") { Out::default() } else { writer.steps() };
    let mut out = Out::default();
    let doc = writer.doc(job);
    if let Some(doc) = &doc {
        out.push(format!("## {doc}\n"));
    }
    out.push(format!("pipeline {}", name(called)));
    if let Some(place) = writer.place {
        out.push(format!(" on {}", name(place)));
    }
    out.push(" {\n");
    writer.head(&mut out, called, doc.is_some());
    out.append(steps);
    out.push("}\n");
    if let Some((key, _)) = job.entry("name") {
        out.mark(0, key.span, key.span, false);
    }
    out
}

impl Writer<'_> {
    /// Writes everything before the steps.
    fn head(&mut self, out: &mut Out, called: &str, doc: bool) {
        let mut scope = self.outside();
        let job = self.job;
        let mut but: Vec<&str> = ["parameters", "job_clusters", "environments", "tasks"]
            .into_iter()
            .filter(|k| !self.is_unchecked(job, k) && !job.items_of(k).is_empty())
            .collect();
        if doc {
            but.push("description");
        }
        if job.text_of("name") == Some(called) {
            but.push("name");
        }
        self.fields(out, job.entries(), &JOB, &but, &mut scope);
        if !self.defaults.is_empty() {
            out.push("\ndefaults {\n");
            for (key, value) in self.defaults.clone() {
                self.field(out, key, value, DEFAULTS_PLACE.field(&key.text), &mut scope);
            }
            out.push("}\n");
        }
        if !self.is_unchecked(job, "parameters") {
            out.push("\n");
            self.parameters(out);
        }
        if !self.is_unchecked(job, "job_clusters") {
            out.push("\n");
            self.clusters(out);
        }
        if !self.is_unchecked(job, "environments") {
            out.push("\n");
            self.environments(out);
        }
        out.push("\n");
    }

    fn parameters(&mut self, out: &mut Out) {
        let Some((list_key, list)) = self.job.entry("parameters") else { return };
        for parameter in list.items() {
            let from = out.text.len();
            let called = parameter.text_of("name").unwrap_or_default();
            let ty = self.params.get(called).copied().unwrap_or("string");
            out.push(format!("param {}: {ty}", name(called)));
            if let Some(default) = parameter.text_of("default") {
                let list =
                    || serde_json::from_str::<serde_json::Value>(default).ok().filter(|v| *v.to_string() == *default);
                let written = match ty {
                    "int" | "float" if super::steps::is_number(default) => default.to_owned(),
                    "list<string>" => list().map_or_else(|| string(default), |v| json(&v)),
                    _ => string(default),
                };
                out.push(format!(" = {written}"));
            } else if let Some(default) = parameter.get("default") {
                out.push(format!(" = {}", super::fields::raw(default)));
            }
            out.push("\n");
            let shown = parameter.get("name").map_or(parameter.span, |n| n.span);
            out.mark(from, list_key.span, shown, ty != "string");
        }
    }

    fn environments(&mut self, out: &mut Out) {
        let Some((list_key, list)) = self.job.entry("environments") else { return };
        let mut scope = self.outside();
        for environment in list.items() {
            let from = out.text.len();
            out.push(format!(
                "\nenvironment {} {{\n",
                name(environment.text_of("environment_key").unwrap_or_default())
            ));
            if let Some(spec) = environment.get("spec") {
                self.fields(out, spec.entries(), &ENVIRONMENT, &[], &mut scope);
            }
            out.push("}\n");
            let shown = environment.get("environment_key").map_or(environment.span, |k| k.span);
            out.mark(from, list_key.span, shown, false);
        }
    }
}

/// Marks lists that declarations cannot express as `unchecked`.
pub(super) fn beyond_declarations(job: &Tree, ways: &mut Ways) {
    for (list, key, fields) in [
        ("tasks", "task_key", None),
        ("parameters", "name", Some(["name", "default"])),
        ("job_clusters", "job_cluster_key", None),
        ("environments", "environment_key", Some(["environment_key", "spec"])),
    ] {
        let Some((entry, value)) = job.entry(list) else { continue };
        // A key that the service rejects is not a valid step name.
        let is_key = |k: &str| {
            super::names::is_name(k)
                && (list != "tasks"
                    || k.len() <= 100 && k.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b)))
        };
        let well = |item: &Tree| {
            item.text_of(key).is_some_and(is_key)
                && fields.is_none_or(|known| item.entries().iter().all(|(k, _)| known.contains(&k.text.as_str())))
        };
        let mut keys: Vec<&str> = value.items().iter().filter_map(|i| i.text_of(key)).collect();
        keys.sort();
        let unique = keys.windows(2).all(|w| w.first() != w.last());
        let is_list = matches!(value.kind, crate::data::TreeKind::List(_));
        if !is_list || !unique || !value.items().iter().all(well) {
            ways.insert(entry.span, Fallback::Unchecked);
        }
    }
}
