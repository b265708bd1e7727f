//! Lowers one task.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::holes::NOT_TEXT;
use super::json::{node_json, object_json};
use super::paths::{source_name, unit_digest};
use super::{LocalFile, WorkspaceLayout};
use crate::model::{
    Argument, Compute, FileCall, FileKind, Hole, Object, Pipeline, Program, PythonCall, Step, StepKind,
};
use crate::package::{LocalFiles, Wheel};
use crate::schema::{Block, TASK, key};

/// The input and the results of lowering a pipeline.
pub(super) struct Lowering<'a> {
    pub program: &'a Program,
    pub pipeline: &'a Pipeline,
    pub wheels: &'a [Wheel],
    pub local: &'a LocalFiles,
    pub layout: &'a WorkspaceLayout,
    pub project_dir: &'a Path,
    pub files: Vec<LocalFile>,
}

impl Lowering<'_> {
    /// The path of a package's wheel.
    pub fn wheel_path(&self, package: usize) -> Option<String> {
        let wheel = self.wheels.get(package)?;
        Some(format!("{}/{}", self.layout.wheels, wheel.file_name))
    }

    /// Lowers a task.
    pub fn task(&mut self, step: &Step, outer: bool) -> Value {
        let kind_key = step.kind.key();
        let mut kind = self.kind(step);
        let mut out = Map::new();
        for field in TASK.fields {
            let key = field.handle();
            let value = match key {
                key::TASK_KEY => Some(step.key.as_str().into()),
                key::DEPENDS_ON if outer && !step.depends_on.is_empty() => Some(
                    step.depends_on
                        .iter()
                        .map(|d| match d.outcome {
                            Some(outcome) => json!({ "task_key": d.task.as_str(), "outcome": outcome.to_string() }),
                            None => json!({ "task_key": d.task.as_str() }),
                        })
                        .collect(),
                ),
                key::JOB_CLUSTER_KEY => match &step.compute {
                    Compute::Cluster(name) => Some(name.as_str().into()),
                    _ => None,
                },
                key::ENVIRONMENT_KEY => match &step.compute {
                    Compute::Environment(name) => Some(name.as_str().into()),
                    _ => None,
                },
                key::EXISTING_CLUSTER_ID => match &step.compute {
                    Compute::Existing(id) => Some(id.to_string().into()),
                    _ => step.settings.get(key).map(node_json),
                },
                key::LIBRARIES => self.libraries(step),
                key if Some(key.name()) == kind_key && kind.is_some() => kind.take(),
                key => step.settings.get(key).map(node_json),
            };
            if let Some(value) = value {
                out.insert(key.name().to_owned(), value);
            }
        }
        for u in &step.settings.unchecked {
            out.insert(u.key.to_string(), u.value.clone());
        }
        Value::Object(out)
    }

    /// The libraries of the cluster, the wheel, and those of the step.
    fn libraries(&self, step: &Step) -> Option<Value> {
        // `none` removes those of the cluster. The wheel stays, because a Python step requires it.
        let taken_back = step.settings.entry(key::LIBRARIES).is_some_and(|f| f.value.is_none());
        let mut list: Vec<Value> = Vec::new();
        if !taken_back
            && let Compute::Cluster(name) = &step.compute
            && let Some(cluster) = self.pipeline.clusters.iter().find(|c| c.key == *name)
        {
            list.extend(cluster.libraries.iter().map(object_json));
        }
        let on_cluster = matches!(step.compute, Compute::Cluster(_) | Compute::Existing(_) | Compute::Raw);
        if let (StepKind::Python(call), true) = (&step.kind, on_cluster)
            && let Some(path) = self.wheel_path(call.package)
        {
            list.push(json!({ "whl": path }));
        }
        match step.settings.get(key::LIBRARIES).map(node_json) {
            // An explicit empty list is kept.
            Some(Value::Array(own)) if own.is_empty() && list.is_empty() => return Some(Value::Array(own)),
            Some(Value::Array(own)) => {
                for library in own {
                    if !list.contains(&library) {
                        list.push(library);
                    }
                }
            }
            _ => {}
        }
        (!list.is_empty()).then_some(Value::Array(list))
    }

    fn kind(&mut self, step: &Step) -> Option<Value> {
        match &step.kind {
            StepKind::Raw(_) | StepKind::Bad(_) => None,
            StepKind::Python(call) => Some(self.python(call)),
            StepKind::File(call) => Some(self.file(call)),
            StepKind::Run(call) => {
                let job_id = format!("{NOT_TEXT}{}", Hole::JobId(call.pipeline.clone()));
                let mut filled = vec![("job_id", Value::from(job_id))];
                if !call.arguments.is_empty() {
                    filled.push(("job_parameters", named(&call.arguments)));
                }
                Some(with(&call.rest, filled))
            }
            StepKind::Condition(c) => {
                Some(json!({ "op": c.op, "left": c.left.to_string(), "right": c.right.to_string() }))
            }
            StepKind::Loop(l) => {
                let mut out = Map::new();
                out.insert("inputs".to_owned(), l.inputs.to_string().into());
                if let Some(n) = l.parallel {
                    out.insert("concurrency".to_owned(), n.into());
                }
                out.insert("task".to_owned(), self.task(&l.step, false));
                Some(Value::Object(out))
            }
        }
    }

    fn python(&self, call: &PythonCall) -> Value {
        let package = self.wheels.get(call.package).map(|w| w.distribution.clone()).unwrap_or_default();
        let mut filled = vec![("package_name", package.into()), ("entry_point", call.entry_point.as_str().into())];
        if !call.arguments.is_empty() {
            let list: Vec<Value> = call.arguments.iter().map(|a| format!("--{}={}", a.name, a.value).into()).collect();
            filled.push(("parameters", list.into()));
        }
        with(&call.rest, filled)
    }

    /// Records a local file and the files it needs for upload; returns the path of the first.
    fn upload(&mut self, call: &FileCall, local: &Path) -> String {
        let kind = match call.kind {
            FileKind::Notebook => "notebook",
            FileKind::Script => "script",
            FileKind::Sql => "sql",
            FileKind::Dbt => "dbt",
        };
        let companions = call.companions.iter().map(|(path, kind)| {
            let word = match kind {
                FileKind::Notebook => "notebook",
                FileKind::Dbt => "dbt",
                FileKind::Script | FileKind::Sql => "module",
            };
            (path.as_path(), *kind, word)
        });
        let folder = call.kind == FileKind::Dbt;
        let unit: Vec<_> = (!folder)
            .then_some((local, call.kind, kind))
            .into_iter()
            .chain(companions)
            .map(|(path, kind, word)| {
                (path, self.layout.below(self.project_dir, path, kind), word, self.local.get(path))
            })
            .collect();
        let digest =
            unit_digest(unit.iter().map(|(_, below, word, content)| (below.as_str(), *word, content.sha256.as_str())));
        let alone = unit.len() == 1 && !folder;
        let place = |below: &str| self.layout.file(&digest, alone, below);
        let first = match folder {
            // The project's own directory has no name below itself.
            true => place(&self.layout.below(self.project_dir, local, call.kind)).trim_end_matches('/').to_owned(),
            false => unit.first().map(|(_, below, ..)| place(below)).unwrap_or_default(),
        };
        self.files.extend(unit.into_iter().map(|(path, below, kind, content)| LocalFile {
            workspace_path: place(&below),
            local: path.to_owned(),
            source: source_name(self.project_dir, path),
            kind,
            content,
        }));
        first
    }

    fn file(&mut self, call: &FileCall) -> Value {
        let path = match &call.local {
            Some(local) => self.upload(call, local),
            None => call.path.to_string(),
        };
        let path = Value::from(path);
        let mut filled: Vec<(&str, Value)> = Vec::new();
        match call.kind {
            FileKind::Notebook => {
                filled.push(("notebook_path", path));
                if !call.arguments.is_empty() {
                    filled.push(("base_parameters", named(&call.arguments)));
                }
            }
            FileKind::Script => {
                filled.push(("python_file", path));
                if !call.arguments.is_empty() {
                    filled.push((
                        "parameters",
                        call.arguments.iter().map(|a| Value::from(a.value.to_string())).collect(),
                    ));
                }
            }
            FileKind::Dbt => {
                filled.push(("project_directory", path));
                filled.push(("commands", call.arguments.iter().map(|a| Value::from(a.value.to_string())).collect()));
            }
            FileKind::Sql => {
                let mut file = Map::new();
                file.insert("path".to_owned(), path);
                if let Some(source) = call.rest.get(key::SOURCE) {
                    file.insert("source".to_owned(), node_json(source));
                }
                filled.push(("file", Value::Object(file)));
                if !call.arguments.is_empty() {
                    filled.push(("parameters", named(&call.arguments)));
                }
            }
        }
        with(&call.rest, filled)
    }
}

fn named(arguments: &[Argument]) -> Value {
    arguments.iter().map(|a| (a.name.to_string(), Value::from(a.value.to_string()))).collect::<Map<_, _>>().into()
}

/// Merges the fields of the block after a call with those of the call, in the order of the table.
fn with(rest: &Object, mut filled: Vec<(&str, Value)>) -> Value {
    let block: &'static Block = rest.block;
    let mut out = Map::new();
    for field in block.fields {
        let value = match filled.iter().position(|(k, _)| *k == field.key) {
            Some(at) => Some(filled.swap_remove(at).1),
            None => rest.get(field.handle()).map(node_json),
        };
        if let Some(value) = value {
            out.insert(field.key.to_owned(), value);
        }
    }
    for u in &rest.unchecked {
        out.insert(u.key.to_string(), u.value.clone());
    }
    Value::Object(out)
}
