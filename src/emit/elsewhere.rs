//! The same jobs for other tools of deployment: an asset bundle, or Terraform.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::{Artifact, json_bytes};
use crate::lower::{Bundle, Job, LocalFile};
use crate::package::Wheel;
use crate::schema::{Block, JOB, Ty};

/// A project lowered for one of its targets. For a bundle development mode is left to its own tools.
#[derive(Debug)]
pub struct ForTarget {
    /// The name of the target.
    pub name: String,
    /// It is taken when none is named.
    pub default: bool,
    /// `development`, `production` or nothing.
    pub mode: Option<&'static str>,
    /// The address of the workspace.
    pub host: Option<String>,
    /// The folder in the workspace.
    pub root_path: Option<String>,
    /// The jobs.
    pub bundle: Bundle,
    /// The wheels.
    pub wheels: Vec<Wheel>,
}

/// A bundle: `databricks.yml` with every job below its target, wheels as artifacts that are built already, and the
/// files that jobs name.
///
/// # Errors
/// A text with `${...}`: a bundle would take it for a variable, and knows no way to write it as it is.
/// Why an asset bundle cannot say what a job says.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotForBundles(String);

impl<T: Into<String>> From<T> for NotForBundles {
    fn from(text: T) -> NotForBundles {
        NotForBundles(text.into())
    }
}

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
    let yaml = serde_saphyr::to_string(&Value::Object(whole)).map_err(|e| e.to_string())?;
    let head = "# Made by `pipec compile --emit bundle`: change the source, not this file.\n";
    let mut list = files.list();
    list.push(Artifact { path: PathBuf::from("databricks.yml"), bytes: format!("{head}{yaml}").into_bytes() });
    Ok(list)
}

fn bundle_job(job: &Job, target: &ForTarget, files: &mut Copies) -> Result<Value, NotForBundles> {
    let mut body = job.body.clone();
    let text = |value: &str| match value.contains("${") {
        true => Err(format!(
            "the pipeline `{}` has the text `{value}`: a bundle takes `${{...}}` for a variable, and cannot say it",
            job.pipeline
        )
        .into()),
        false => Ok(beside(target, value)),
    };
    each_text(&mut body, &mut |t| text(t))?;
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

/// Terraform: `main.tf.json` in a folder for each target, with the jobs and the files that they name as resources.
pub fn terraform(targets: &[ForTarget]) -> Vec<Artifact> {
    let mut files = Copies::default();
    for target in targets {
        let mut resources: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
        let mut needed: Vec<(String, Value)> = Vec::new();
        let mut uploads: Vec<(String, String, &[u8], &str)> = Vec::new();
        for file in &target.bundle.files {
            let local = local_path(target, file);
            uploads.push((local, file.workspace_path.clone(), &file.content.bytes, file.kind));
        }
        for wheel in &target.wheels {
            let remote = format!("{}/{}", target.bundle.layout.wheels, wheel.file_name);
            uploads.push((format!("./wheels/{}", wheel.file_name), remote, &wheel.bytes, "wheel"));
        }
        for (local, remote, bytes, kind) in uploads {
            files.add(&format!("{}/{}", target.name, local.trim_start_matches("./")), bytes);
            let resource = match kind {
                "notebook" => "databricks_notebook",
                _ if remote.starts_with("/Volumes/") => "databricks_file",
                _ => "databricks_workspace_file",
            };
            let source = format!("${{path.module}}/{}", escaped(local.trim_start_matches("./")));
            let name = key(local.trim_start_matches("./"));
            needed.push((remote.clone(), format!("{resource}.{name}").into()));
            resources.entry(resource).or_default().insert(name, json!({ "path": escaped(&remote), "source": source }));
        }
        for job in &target.bundle.jobs {
            let name = key(&job.pipeline);
            let mut body = job.body.clone();
            // Writing a text cannot fail here.
            let _ = each_text(&mut body, &mut |t| Ok(escaped(t)));
            for late in &job.unresolved_job_ids {
                if let Some(slot) = body.pointer_mut(&late.pointer) {
                    *slot = format!("${{databricks_job.{}.id}}", key(&late.pipeline)).into();
                }
            }
            let rights = match &mut body {
                Value::Object(map) => map.remove("access_control_list"),
                _ => None,
            };
            let mut body = renamed(&body, Some(&JOB));
            let text = job.body.to_string();
            // What goes along with a file lies in its folder.
            let folder = |path: &str| path.rsplit_once('/').map_or(String::new(), |(f, _)| format!("{f}/"));
            let used = |path: &str| text.contains(path) || text.contains(&folder(path));
            let own: Vec<Value> = needed.iter().filter(|(path, _)| used(path)).map(|(_, r)| r.clone()).collect();
            if let (Value::Object(map), false) = (&mut body, own.is_empty()) {
                map.insert("depends_on".to_owned(), own.into());
            }
            if let Some(rights) = rights {
                let job_id = format!("${{databricks_job.{name}.id}}");
                let permissions = json!({ "job_id": job_id, "access_control": rights });
                resources.entry("databricks_permissions").or_default().insert(name.clone(), permissions);
            }
            resources.entry("databricks_job").or_default().insert(name, body);
        }
        let mut whole = Map::new();
        whole.insert(
            "//".to_owned(),
            "Made by `pipec compile --emit terraform`: change the source, not this file.".into(),
        );
        let provider = json!({ "databricks": { "source": "databricks/databricks" } });
        whole.insert("terraform".to_owned(), json!({ "required_providers": provider }));
        if let Some(host) = &target.host {
            whole.insert("provider".to_owned(), json!({ "databricks": { "host": host } }));
        }
        let resources: Map<String, Value> = resources.into_iter().map(|(k, v)| (k.to_owned(), v.into())).collect();
        whole.insert("resource".to_owned(), resources.into());
        files.add(&format!("{}/main.tf.json", target.name), &json_bytes(&whole.into()));
    }
    files.list()
}

/// An object with the names that Terraform has for its fields.
fn renamed(value: &Value, block: Option<&'static Block>) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| {
                let field = block.and_then(|b| b.field(key));
                let inner = match field.map(|f| f.ty) {
                    Some(Ty::Block(b) | Ty::BlockList(b)) => Some(b),
                    _ => None,
                };
                let name = field.map_or(key.as_str(), |f| f.terraform_name());
                (name.to_owned(), renamed(value, inner))
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(|v| renamed(v, block)).collect(),
        other => other.clone(),
    }
}

/// A text that Terraform takes as it is.
fn escaped(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

/// A name of a resource.
fn key(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' }).collect()
}

/// Calls `f` for every text, and puts what it gives in its place.
fn each_text(value: &mut Value, f: &mut dyn FnMut(&str) -> Result<String, NotForBundles>) -> Result<(), NotForBundles> {
    match value {
        Value::String(text) => *text = f(text)?,
        Value::Array(items) => items.iter_mut().try_for_each(|v| each_text(v, f))?,
        Value::Object(map) => map.values_mut().try_for_each(|v| each_text(v, f))?,
        _ => {}
    }
    Ok(())
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

/// Where a file lies beside the result; notebooks have their extension again.
fn local_path(target: &ForTarget, file: &LocalFile) -> String {
    let below = file.workspace_path.strip_prefix(target.bundle.layout.files.as_str()).unwrap_or(&file.workspace_path);
    let extension = file.local.extension().map(|e| format!(".{}", e.to_string_lossy())).unwrap_or_default();
    let extension = if below.ends_with(&extension) { String::new() } else { extension };
    format!("./files{below}{extension}")
}

/// The files that go along, each once.
#[derive(Default)]
struct Copies(BTreeMap<PathBuf, Vec<u8>>);

impl Copies {
    fn add(&mut self, path: &str, bytes: &[u8]) {
        self.0.entry(PathBuf::from(path.trim_start_matches("./"))).or_insert_with(|| bytes.to_vec());
    }

    fn list(self) -> Vec<Artifact> {
        self.0.into_iter().map(|(path, bytes)| Artifact { path, bytes }).collect()
    }
}
