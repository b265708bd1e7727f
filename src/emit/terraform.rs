//! The same jobs for Terraform.

use std::collections::BTreeMap;
use std::convert::Infallible;

use serde_json::{Map, Value, json};

use super::for_target::{Copies, ForTarget, each_text, key, local_path};
use super::{Artifact, json_bytes};
use crate::schema::{Block, JOB, Ty};

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
            let Ok(()) = each_text::<Infallible>(&mut body, &mut |t| Ok(escaped(t)));
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
