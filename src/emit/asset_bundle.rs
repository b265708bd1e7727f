//! The same jobs as an asset bundle.

use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::Artifact;
use super::for_target::{Copies, ForTarget, each_text, key, local_path};
use crate::lower::Job;

/// Why an asset bundle cannot say what a job says.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotForBundles {
    /// A bundle would take part of a string for a variable.
    #[error(
        "the pipeline `{pipeline}` has the text `{text}`: a bundle takes `${{...}}` for a variable, and cannot say it"
    )]
    Variable {
        /// The pipeline.
        pipeline: String,
        /// The string.
        text: String,
    },
    /// The file cannot be written as YAML.
    #[error("{0}")]
    Yaml(String),
}

/// A bundle: `databricks.yml` with every job below its target, wheels as artifacts that are built already, and the
/// files that jobs name.
///
/// # Errors
/// A string with `${...}`: a bundle would take it for a variable, and cannot escape it.
pub fn asset_bundle(targets: &[ForTarget]) -> Result<Vec<Artifact>, NotForBundles> {
    let mut files = Copies::default();
    let mut out = Map::new();
    let mut artifacts = Map::new();
    let name = targets.first().map(|t| t.bundle.project.to_string()).unwrap_or_default();
    for target in targets {
        let mut entry = Map::new();
        if target.default {
            entry.insert("default".to_owned(), true.into());
        }
        if let Some(mode) = target.mode {
            entry.insert("mode".to_owned(), mode.into());
        }
        let workspace = [("host", &target.host), ("root_path", &target.root_path)];
        let workspace: Map<String, Value> =
            workspace.into_iter().filter_map(|(k, v)| Some((k.to_owned(), v.clone()?.into()))).collect();
        if !workspace.is_empty() {
            entry.insert("workspace".to_owned(), workspace.into());
        }
        let mut jobs = Map::new();
        for job in &target.bundle.jobs {
            jobs.insert(key(&job.pipeline), bundle_job(job, target, &mut files)?);
        }
        entry.insert("resources".to_owned(), json!({ "jobs": jobs }));
        out.insert(target.name.clone(), entry.into());
        for wheel in &target.wheels {
            let path = format!("./wheels/{}", wheel.file_name);
            files.add(&path, &wheel.bytes);
            artifacts.insert(key(&wheel.distribution), json!({ "type": "whl", "files": [{ "source": path }] }));
        }
    }
    let mut whole = Map::new();
    whole.insert("bundle".to_owned(), json!({ "name": name }));
    if !artifacts.is_empty() {
        whole.insert("artifacts".to_owned(), artifacts.into());
    }
    whole.insert("targets".to_owned(), out.into());
    let yaml = serde_saphyr::to_string(&Value::Object(whole)).map_err(|e| NotForBundles::Yaml(e.to_string()))?;
    let head = "# Made by `pipec compile --emit bundle`: change the source, not this file.\n";
    let mut list = files.list();
    list.push(Artifact { path: PathBuf::from("databricks.yml"), bytes: format!("{head}{yaml}").into_bytes() });
    Ok(list)
}

fn bundle_job(job: &Job, target: &ForTarget, files: &mut Copies) -> Result<Value, NotForBundles> {
    let mut body = job.body.clone();
    each_text(&mut body, &mut |text| match text.contains("${") {
        true => Err(NotForBundles::Variable { pipeline: job.pipeline.to_string(), text: text.to_owned() }),
        false => Ok(beside(target, text)),
    })?;
    for file in &target.bundle.files {
        files.add(&local_path(target, file), &file.content.bytes);
    }
    for late in &job.unresolved_job_ids {
        if let Some(slot) = body.pointer_mut(&late.pointer) {
            *slot = format!("${{resources.jobs.{}.id}}", key(&late.pipeline)).into();
        }
    }
    if let Value::Object(map) = &mut body
        && let Some(Value::Array(rights)) = map.remove("access_control_list")
    {
        let rights: Vec<Value> = rights
            .into_iter()
            .map(|right| match right {
                Value::Object(map) => map
                    .into_iter()
                    .map(|(k, v)| (if k == "permission_level" { "level".to_owned() } else { k }, v))
                    .collect::<Map<_, _>>()
                    .into(),
                other => other,
            })
            .collect();
        map.insert("permissions".to_owned(), rights.into());
    }
    Ok(body)
}

/// A path of the workspace as it lies beside the result, if it does.
fn beside(target: &ForTarget, path: &str) -> String {
    let layout = &target.bundle.layout;
    if let Some(file) = target.bundle.files.iter().find(|f| f.workspace_path == path) {
        return local_path(target, file);
    }
    for (folder, name) in [(&layout.wheels, "./wheels"), (&layout.files, "./files")] {
        if let Some(rest) = path.strip_prefix(folder.as_str()).filter(|r| r.starts_with('/')) {
            return format!("{name}{rest}");
        }
    }
    path.to_owned()
}
