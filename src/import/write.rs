//! What is known about a job while it is written.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::out::{Fallback, Ways};
use crate::data::{Tree, TreeKey};
use crate::schema::kind_of;
use crate::source::Span;

/// A task of the job.
pub(super) struct WrittenTask<'t> {
    pub tree: &'t Tree,
    pub key: &'t str,
    /// What it runs; `None` if it runs nothing, or two things.
    pub kind: Option<&'static str>,
    /// Its dependencies, with outcomes of conditions.
    pub after: Vec<(usize, Option<bool>)>,
    /// All upstream tasks.
    pub above: HashSet<usize>,
}

/// The context of a string.
pub(super) struct TextScope {
    /// The task, or the number of tasks outside tasks.
    pub task: usize,
    /// The variable of the surrounding loop.
    pub input: Option<String>,
    /// The tasks whose values are used.
    pub uses: Vec<usize>,
}

/// Local files and functions of a job.
#[derive(Clone, Default)]
pub(super) struct LocalContext {
    /// Local files by the spans of their paths.
    pub local: BTreeMap<Span, String>,
    /// Functions by the spans of task types.
    pub calls: BTreeMap<Span, String>,
}

/// Writes one job.
pub(super) struct Writer<'t> {
    pub job: &'t Tree,
    pub ways: &'t Ways,
    /// Whether short forms are used: names for references, calls, ranges, `if`, `for`, `single_node`.
    pub sugar: bool,
    pub tasks: Vec<WrittenTask<'t>>,
    pub index: HashMap<&'t str, usize>,
    /// Job parameters, with the types that their uses require.
    pub params: BTreeMap<&'t str, &'static str>,
    /// Outputs that tasks must declare, with types.
    pub outputs: BTreeMap<(usize, String), &'static str>,
    /// Fields of tasks in `defaults`.
    pub defaults: Vec<(&'t TreeKey, &'t Tree)>,
    /// The cluster or environment in the header of the pipeline.
    pub place: Option<&'t str>,
    /// Libraries that a cluster shares with its tasks.
    pub libraries: HashMap<&'t str, &'t Tree>,
    /// Local files and functions.
    pub beside: Option<&'t LocalContext>,
}

impl<'t> Writer<'t> {
    /// Analyzes a job before it is written.
    pub fn new(job: &'t Tree, ways: &'t Ways, sugar: bool) -> Writer<'t> {
        let mut writer = Writer {
            job,
            ways,
            sugar,
            tasks: Vec::new(),
            index: HashMap::new(),
            params: BTreeMap::new(),
            outputs: BTreeMap::new(),
            defaults: Vec::new(),
            place: None,
            libraries: HashMap::new(),
            beside: None,
        };
        if !writer.is_unchecked(job, "parameters") {
            let names = job.items_of("parameters").iter().filter_map(|p| p.text_of("name"));
            writer.params = names.map(|n| (n, "string")).collect();
        }
        writer.tasks = tasks(job);
        writer.index = writer.tasks.iter().enumerate().map(|(i, t)| (t.key, i)).collect();
        writer.edges();
        writer
    }

    /// The context outside tasks.
    pub fn outside(&self) -> TextScope {
        self.scope(self.tasks.len())
    }

    /// The context of a task.
    pub fn scope(&self, task: usize) -> TextScope {
        TextScope { task, input: None, uses: Vec::new() }
    }

    /// How an entry is written, if not in the best form.
    pub fn way(&self, entry: Span) -> Option<Fallback> {
        self.ways.get(&entry).copied()
    }

    /// How a field of an object is written, if not in the best form.
    pub fn way_of(&self, object: &Tree, key: &str) -> Option<Fallback> {
        self.way(object.entry(key)?.0.span)
    }

    /// Whether a field of an object is written in `unchecked`.
    pub fn is_unchecked(&self, object: &Tree, key: &str) -> bool {
        self.way_of(object, key) == Some(Fallback::Unchecked)
    }

    fn edges(&mut self) {
        let after: Vec<Vec<(usize, Option<bool>)>> = self
            .tasks
            .iter()
            .map(|t| {
                if self.is_unchecked(t.tree, "depends_on") {
                    return Vec::new();
                }
                let list = t.tree.items_of("depends_on").iter();
                list.filter_map(|d| Some((*self.index.get(d.text_of("task_key")?)?, outcome(d)))).collect()
            })
            .collect();
        for (i, task) in self.tasks.iter_mut().enumerate() {
            let mut stack: Vec<usize> = after.get(i).into_iter().flatten().map(|(to, _)| *to).collect();
            while let Some(at) = stack.pop() {
                if task.above.insert(at) {
                    stack.extend(after.get(at).into_iter().flatten().map(|(to, _)| *to));
                }
            }
        }
        for (task, after) in self.tasks.iter_mut().zip(after) {
            task.after = after;
        }
    }
}

/// The outcome of a dependency.
pub(super) fn outcome(dependency: &Tree) -> Option<bool> {
    match dependency.text_of("outcome") {
        Some("true") => Some(true),
        Some("false") => Some(false),
        _ => None,
    }
}

/// What a task runs; `None` if it runs nothing, or two things.
pub(super) fn kind(task: &Tree) -> Option<&'static str> {
    let mut kinds = task.entries().iter().filter(|(_, v)| v.is_map()).filter_map(|(k, _)| kind_of(&k.text));
    match (kinds.next(), kinds.next()) {
        (Some(kind), None) => Some(kind.key),
        _ => None,
    }
}

fn tasks(job: &Tree) -> Vec<WrittenTask<'_>> {
    let with_keys = job.items_of("tasks").iter().filter_map(|t| Some((t, t.text_of("task_key")?)));
    with_keys
        .map(|(tree, key)| WrittenTask { tree, key, kind: kind(tree), after: Vec::new(), above: HashSet::new() })
        .collect()
}
