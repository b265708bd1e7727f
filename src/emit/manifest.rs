//! `manifest.json`: what was built from what, and what only a deployment can fill in.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use smol_str::SmolStr;

use super::Artifact;
use crate::lower::{Bundle, Unresolved};
use crate::package::{Wheel, sha256_hex};

/// The manifest of one target; `written` are the job files.
pub fn manifest(bundles: &[Bundle], wheels: &[(Wheel, String)], written: &[Artifact]) -> Value {
    let first = bundles.first();
    let jobs: Vec<Value> = bundles
        .iter()
        .flat_map(|b| &b.jobs)
        .filter_map(|job| {
            let file = format!("{}.job.json", job.pipeline);
            written.iter().find(|a| a.path == Path::new(&file))?;
            Some(json!({
                "pipeline": job.pipeline.as_str(),
                "file": file,
                "late": job.unresolved.iter().map(late).collect::<Vec<_>>(),
            }))
        })
        .collect();
    let mut seen: Vec<&str> = Vec::new();
    let wheels: Vec<Value> = wheels
        .iter()
        .filter(|(w, _)| {
            let new = !seen.contains(&w.file_name.as_str());
            seen.push(&w.file_name);
            new
        })
        .map(|(w, folder)| wheel(w, folder))
        .collect();
    let mut files: Vec<Value> = Vec::new();
    for bundle in bundles {
        for file in &bundle.files {
            files.push(json!({
                "source": file.source,
                "workspace_path": file.workspace_path,
                "kind": file.kind,
                "sha256": file.content.sha256,
                "size": file.content.bytes.len(),
            }));
        }
    }
    let outside: BTreeSet<&(SmolStr, SmolStr)> = bundles.iter().flat_map(|b| &b.outside).collect();
    let mut manifest = json!({
        "version": 1,
        "project": first.map(|b| b.project.as_str()).unwrap_or_default(),
        "target": first.map(|b| b.target.as_str()).unwrap_or_default(),
        "root_path": first.map(|b| b.layout.root.as_str()).unwrap_or_default(),
        "jobs": jobs,
        "wheels": wheels,
        "files": files,
    });
    if !outside.is_empty() {
        let inputs = outside.iter().map(|(name, value)| json!({ "name": name.as_str(), "value": value.as_str() }));
        let inputs: Value = inputs.collect();
        if let Value::Object(map) = &mut manifest {
            map.insert("inputs".to_owned(), inputs);
        }
    }
    manifest
}

fn late(place: &Unresolved) -> Value {
    match place.job() {
        Some(pipeline) => json!({ "pointer": place.pointer, "value": "job_id", "pipeline": pipeline.as_str() }),
        None => json!({ "pointer": place.pointer, "value": place.hole.source() }),
    }
}

fn wheel(w: &Wheel, folder: &str) -> Value {
    json!({
        "name": w.distribution,
        "version": w.version,
        "file": format!("wheels/{}", w.file_name),
        "tags": w.tags,
        "sha256": sha256_hex(&w.bytes),
        "size": w.bytes.len(),
        "requires_python": w.requires_python,
        "requirements": w.requirements,
        "upload_path": format!("{folder}/{}", w.file_name),
        "entry_points": w.entry_points.iter().map(|e| json!({
            "name": e.name,
            "pipeline": e.pipeline,
            "step": e.step,
            "calls": format!("{}:{}", e.module, e.function),
            "parameters": e.parameters.iter().map(|(n, t)| json!({ "name": n, "type": t })).collect::<Vec<_>>(),
            "outputs": e.outputs.iter().map(|(n, t)| json!({ "name": n, "type": t })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "files": w.files.iter().map(|f| json!({ "path": f.path, "sha256": f.sha256, "size": f.size })).collect::<Vec<_>>(),
    })
}
