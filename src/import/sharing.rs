//! Finds settings that several tasks or clusters share, and writes them once.

use std::collections::HashMap;

use super::names::name;
use super::out::Out;
use super::write::{Writer, kind};
use crate::data::{Tree, TreeKey, TreeKind};
use crate::schema::{CLUSTER_SPEC, COMPUTE_FIELDS, FieldKey, KINDS, RunsOn, SINGLE_NODE, TASK, kind_of, takes};

impl<'t> Writer<'t> {
    /// Finds everything that can be shared.
    pub(super) fn share(&mut self) {
        let all = self.written_tasks();
        self.share_place(&all);
        self.share_libraries(&all);
        self.share_fields(&all);
    }

    /// The tasks that are written as steps, including those in loops, with their task types.
    fn written_tasks(&self) -> Vec<(&'t Tree, Option<&'static str>)> {
        let mut out = Vec::new();
        for task in &self.tasks {
            out.push((task.tree, task.kind));
            if let Some((key, body)) = task.tree.entry("for_each_task")
                && self.way(key.span).is_none()
                && let Some(inner) = body.get("task")
            {
                out.push((inner, kind(inner)));
            }
        }
        out
    }

    /// Moves the most common compute to the header of the pipeline.
    fn share_place(&mut self, all: &[(&'t Tree, Option<&'static str>)]) {
        let mut counts: Vec<(&'t str, usize)> = Vec::new();
        let mut without = 0;
        for (task, kind) in all {
            let takes_place = kind.and_then(kind_of).is_some_and(|k| k.runs_on != RunsOn::Nothing);
            if takes_place && !COMPUTE_FIELDS.iter().any(|p| task.get(p.name()).is_some()) {
                without += 1;
            }
            let named = ["job_cluster_key", "environment_key"].iter().find_map(|k| task.entry(k));
            if let Some((key, value)) = named
                && self.way(key.span).is_none()
                && let Some(text) = value.text()
            {
                match counts.iter_mut().find(|(name, _)| *name == text) {
                    Some((_, n)) => *n += 1,
                    None => counts.push((text, 1)),
                }
            }
        }
        let declared = |name: &str| {
            let clusters =
                self.job.items_of("job_clusters").iter().filter(|c| c.text_of("job_cluster_key") == Some(name));
            let environments =
                self.job.items_of("environments").iter().filter(|c| c.text_of("environment_key") == Some(name));
            clusters.count() + environments.count() == 1
        };
        let most = counts.into_iter().filter(|(name, _)| declared(name)).max_by_key(|(_, n)| *n);
        self.place = most.filter(|(_, n)| *n > without + 1).map(|(name, _)| name);
    }

    /// Moves libraries of all tasks on a cluster to the cluster.
    fn share_libraries(&mut self, all: &[(&'t Tree, Option<&'static str>)]) {
        let mut of: HashMap<&'t str, Vec<Option<&'t Tree>>> = HashMap::new();
        for (task, _) in all {
            if let Some(cluster) = task.text_of("job_cluster_key") {
                let own = task.entry("libraries").filter(|(k, _)| self.way(k.span).is_none()).map(|(_, v)| v);
                of.entry(cluster).or_default().push(own);
            }
        }
        for (cluster, lists) in of {
            let Some(Some(first)) = lists.first() else { continue };
            if lists.len() > 1
                && !first.items().is_empty()
                && lists.iter().all(|l| l.is_some_and(|l| l.same(first)))
                && !self.is_unchecked(self.job, "job_clusters")
            {
                self.libraries.insert(cluster, first);
            }
        }
    }

    /// Moves fields of all tasks to `defaults`, with the most common value.
    fn share_fields(&mut self, all: &[(&'t Tree, Option<&'static str>)]) {
        for field in TASK.fields {
            let fixed = matches!(
                field.key,
                "task_key"
                    | "depends_on"
                    | "description"
                    | "job_cluster_key"
                    | "environment_key"
                    | "existing_cluster_id"
            ) || KINDS.iter().any(|k| k.key == field.key)
                || field.key == "libraries" && !self.libraries.is_empty();
            if fixed {
                continue;
            }
            let reached: Vec<_> =
                all.iter().filter(|(_, kind)| kind.is_none_or(|kind| takes(kind, field.key))).collect();
            let own: Option<Vec<&'t (TreeKey, Tree)>> = reached
                .iter()
                .map(|(task, _)| task.entry(field.key).filter(|(k, _)| self.way(k.span).is_none()))
                .collect();
            let Some(own) = own else { continue };
            let count = |value: &Tree| own.iter().filter(|(_, v)| v.same(value)).count();
            let Some((key, value)) = own.iter().max_by_key(|(_, v)| count(v)).map(|(k, v)| (k, v)) else { continue };
            let n = count(value);
            let compound = matches!(value.kind, TreeKind::Map(_) | TreeKind::List(_));
            // Blocks are merged by key.
            if compound && n != own.len() || n < if compound { 2 } else { 3 } {
                continue;
            }
            self.defaults.push((key, value));
        }
    }

    /// Writes the clusters of the job, each as an extension of the most similar one before it.
    pub(super) fn clusters(&mut self, out: &mut Out) {
        let list: Vec<&'t Tree> = self.job.items_of("job_clusters").iter().collect();
        let Some((list_key, _)) = self.job.entry("job_clusters") else { return };
        let mut scope = self.outside();
        for (i, cluster) in list.iter().enumerate() {
            let key = cluster.text_of("job_cluster_key").unwrap_or_default();
            let spec = cluster.get("new_cluster");
            out.push("\n");
            let from = out.text.len();
            out.push(format!("cluster {}", name(key)));
            let before = list.get(..i).unwrap_or_default();
            let base = spec.filter(|_| self.sugar).and_then(|spec| {
                let over = before.iter().filter_map(|b| Some((*b, self.difference(b, spec)?)));
                over.min_by_key(|(_, d)| lines(d))
            });
            let own: Vec<(TreeKey, Tree)> = match &base {
                Some((base, own)) => {
                    out.push(format!(" extends {}", name(base.text_of("job_cluster_key").unwrap_or_default())));
                    own.clone()
                }
                None => spec.map(|s| s.entries().to_vec()).unwrap_or_default(),
            };
            out.push(" {\n");
            let own = match base {
                None => self.single_node(out, own),
                Some(_) => own,
            };
            self.fields(out, &own, &CLUSTER_SPEC, &[], &mut scope);
            let others: Vec<&(TreeKey, Tree)> = cluster
                .entries()
                .iter()
                .filter(|(k, v)| {
                    !matches!(k.text.as_str(), "job_cluster_key" | "new_cluster") && v.kind != TreeKind::Null
                })
                .collect();
            for (key, value) in others {
                self.field(out, key, value, crate::schema::CLUSTER_PLACE.field(&key.text), &mut scope);
            }
            if let Some(libraries) = self.libraries.get(key).copied()
                && let Some(field) = TASK.field("libraries")
            {
                let key = TreeKey { text: "libraries".into(), span: libraries.span };
                self.field(out, &key, libraries, Some(field), &mut scope);
            }
            out.push("}\n");
            out.mark(from, list_key.span, cluster.get("job_cluster_key").map_or(cluster.span, |k| k.span), false);
        }
    }

    /// What a cluster changes in another one, if that is less than half of it.
    fn difference(&self, base: &Tree, spec: &Tree) -> Option<Vec<(TreeKey, Tree)>> {
        let entries = spec.entries();
        if base.entries().len() != 2 || self.libraries.contains_key(base.text_of("job_cluster_key")?) {
            return None;
        }
        let base = base.get("new_cluster")?;
        let untouched = |tree: &Tree| tree.entries().iter().all(|(k, _)| self.way(k.span).is_none());
        if !untouched(base) || !untouched(spec) {
            return None;
        }
        let mut own = Vec::new();
        let mut alike = 0;
        for (key, value) in entries.iter().filter(|(_, v)| v.kind != TreeKind::Null) {
            match base.get(&key.text) {
                Some(other) if other.same(value) => alike += lines_of(value),
                // Maps and blocks are merged, so the difference works only if one contains all of the other.
                Some(other) if other.is_map() && value.is_map() => {
                    let inside = value.entries().iter().filter(|(k, v)| other.get(&k.text).is_none_or(|o| !o.same(v)));
                    let nested = value.entries().iter().any(|(_, v)| v.is_map());
                    if nested || !other.entries().iter().all(|(k, _)| value.get(&k.text).is_some()) {
                        return None;
                    }
                    let inside: Vec<(TreeKey, Tree)> = inside.cloned().collect();
                    alike += value.entries().len() - inside.len();
                    own.push((key.clone(), Tree { span: value.span, kind: TreeKind::Map(inside) }));
                }
                _ => own.push((key.clone(), value.clone())),
            }
        }
        // Fields of the other cluster would be inherited, except within an exclusive group.
        let inherited = base.entries().iter().filter(|(_, v)| v.kind != TreeKind::Null).any(|(k, _)| {
            let group = crate::schema::CLUSTER_PLACE.group_of(&k.text);
            spec.get(&k.text).is_none() && !group.is_some_and(|g| g.keys.iter().any(|other| spec.get(other).is_some()))
        });
        (!inherited && alike >= 3 && alike > lines(&own)).then_some(own)
    }

    /// Writes `single_node = true` instead of the settings it implies.
    fn single_node(&self, out: &mut Out, entries: Vec<(TreeKey, Tree)>) -> Vec<(TreeKey, Tree)> {
        let find = |key: &str| entries.iter().find(|(k, _)| k.text == key);
        let Some((workers, n)) = find("num_workers").filter(|_| self.sugar) else { return entries };
        // Existing values are kept, such as another master.
        let says = |(field, key, value): &(FieldKey, &str, &str)| {
            find(field.name()).is_some_and(|(k, v)| {
                self.way(k.span).is_none()
                    && v.text_of(key).is_some_and(|text| text == *value || *key == "spark.master")
            })
        };
        if n.int() != Some(0) || self.way(workers.span).is_some() || !SINGLE_NODE.iter().all(says) {
            return entries;
        }
        let from = out.text.len();
        out.push("single_node = true\n");
        out.mark(from, workers.span, n.span, true);
        let rest = |field: &str, value: &Tree| -> Vec<(TreeKey, Tree)> {
            let filled = |(key, value): &&(TreeKey, Tree)| {
                SINGLE_NODE.iter().any(|(f, k, v)| f.name() == field && *k == key.text && value.text() == Some(v))
            };
            value.entries().iter().filter(|entry| !filled(entry)).cloned().collect()
        };
        entries
            .into_iter()
            .filter(|(k, _)| k.text != "num_workers")
            .filter_map(|(key, value)| match key.text.as_str() {
                field @ ("spark_conf" | "custom_tags") => {
                    let rest = rest(field, &value);
                    (!rest.is_empty()).then_some((key, Tree { span: value.span, kind: TreeKind::Map(rest) }))
                }
                _ => Some((key, value)),
            })
            .collect()
    }
}

/// The number of lines of entries in source.
fn lines(entries: &[(TreeKey, Tree)]) -> usize {
    entries.iter().map(|(_, v)| lines_of(v)).sum()
}

fn lines_of(value: &Tree) -> usize {
    match &value.kind {
        TreeKind::Map(entries) if entries.len() > 1 => 2 + lines(entries),
        _ => 1,
    }
}
