//! Builds the graph of a pipeline, complete or not.

use std::collections::HashMap;

use smol_str::SmolStr;

use super::{Edge, Graph, GraphNode, GroupKind, Inner, NodeGroup, Taken};
use crate::model::{
    Argument, Branch, Compute, FileKind, Origin, Part, Pipeline, Reference, Step, StepKind, Text, sign,
};
use crate::source::Span;

/// The maximum number of implied edges to draw; beyond it, the values are listed at the tasks.
const MOST_IMPLIED: usize = 40;

/// Builds the graph of a pipeline.
pub fn graph(pipeline: &Pipeline) -> Graph {
    let place: HashMap<&str, usize> = pipeline.steps.iter().enumerate().map(|(i, s)| (s.key.as_str(), i)).collect();
    let mut computes: Vec<String> = Vec::new();
    let mut groups = Groups::of(pipeline);
    let mut nodes: Vec<GraphNode> = Vec::with_capacity(pipeline.steps.len());
    for step in &pipeline.steps {
        let work = step.inner();
        let compute = compute(work).map(|name| match computes.iter().position(|c| *c == name) {
            Some(at) => at,
            None => {
                computes.push(name);
                computes.len() - 1
            }
        });
        nodes.push(GraphNode {
            key: step.key.to_string(),
            kind: kind(&step.kind),
            span: step.span,
            inner: Inner { key: work.key.to_string(), kind: kind(&work.kind), what: what(&work.kind) },
            compute,
            group: groups.around(step),
            takes: takes(step, &place, pipeline),
            gives: work.outputs.iter().map(|o| (o.name.to_string(), o.ty.to_string())).collect(),
        });
    }
    let mut edges = Vec::new();
    let mut implied = Vec::new();
    for (to, (step, node)) in pipeline.steps.iter().zip(&nodes).enumerate() {
        let values = |from: usize| -> Vec<String> {
            let taken = node.takes.iter().filter(|t| t.from == from);
            taken.map(|t| t.ty.as_ref().map_or_else(|| t.name.clone(), |ty| format!("{}: {ty}", t.name))).collect()
        };
        for d in &step.depends_on {
            let Some(from) = place.get(d.task.as_str()).copied() else { continue };
            let data = d.origin == Origin::Data;
            edges.push(Edge { from, to, outcome: d.outcome, data, implied: false, values: values(from) });
        }
        let mut seen: Vec<usize> = Vec::new();
        for from in node.takes.iter().map(|t| t.from) {
            let direct = step.depends_on.iter().any(|d| place.get(d.task.as_str()) == Some(&from));
            if !direct && from != to && !seen.contains(&from) {
                seen.push(from);
                implied.push(Edge { from, to, outcome: None, data: true, implied: true, values: values(from) });
            }
        }
    }
    if implied.len() <= MOST_IMPLIED {
        edges.append(&mut implied);
    }
    Graph { pipeline: pipeline.name.to_string(), nodes, edges, groups: groups.list, computes }
}

/// The groups found so far.
struct Groups<'a> {
    list: Vec<NodeGroup>,
    branches: HashMap<(Option<usize>, &'a str, bool), usize>,
    families: HashMap<(Option<usize>, Span), usize>,
    /// The steps per name: more than one are a family.
    named: HashMap<Span, Vec<&'a str>>,
}

impl<'a> Groups<'a> {
    fn of(pipeline: &'a Pipeline) -> Groups<'a> {
        let mut named: HashMap<Span, Vec<&str>> = HashMap::new();
        for step in &pipeline.steps {
            named.entry(step.span).or_default().push(&step.key);
        }
        Groups { list: Vec::new(), branches: HashMap::new(), families: HashMap::new(), named }
    }

    fn add(&mut self, kind: GroupKind, label: String, parent: Option<usize>) -> usize {
        self.list.push(NodeGroup { kind, label, parent });
        self.list.len() - 1
    }

    /// The innermost group of a step, which is created if necessary.
    fn around(&mut self, step: &'a Step) -> Option<usize> {
        let mut group = None;
        for Branch { condition, outcome, .. } in &step.branches {
            let key = (group, condition.as_str(), *outcome);
            group = Some(match self.branches.get(&key) {
                Some(at) => *at,
                None => {
                    let at = self.add(GroupKind::Branch(*outcome), format!("{condition} is {outcome}"), group);
                    self.branches.insert(key, at);
                    at
                }
            });
        }
        if let Some(keys) = self.named.get(&step.span).filter(|k| k.len() > 1) {
            let key = (group, step.span);
            group = Some(match self.families.get(&key) {
                Some(at) => *at,
                None => {
                    let label = format!("{} × {}", stem(keys), keys.len());
                    let at = self.add(GroupKind::Family, label, group);
                    self.families.insert(key, at);
                    at
                }
            });
        }
        if let StepKind::Loop(l) = &step.kind {
            let parallel = l.parallel.map(|n| format!(", {n} concurrent")).unwrap_or_default();
            let label = format!("for {}: each of {}{parallel}", step.key, shown(&l.inputs));
            group = Some(self.add(GroupKind::Loop, label, group));
        }
        group
    }
}

/// The common prefix of the keys of a family.
fn stem(keys: &[&str]) -> String {
    let Some((first, rest)) = keys.split_first() else { return String::new() };
    let same = |at: usize, c: char| rest.iter().all(|k| k.get(at..).is_some_and(|k| k.starts_with(c)));
    let common: String = first.char_indices().take_while(|(at, c)| same(*at, *c)).map(|(_, c)| c).collect();
    // A common prefix of the elements is not part of the name.
    let name = common.rfind('_').map_or(common.as_str(), |end| common.get(..end).unwrap_or_default());
    name.to_owned()
}

fn kind(kind: &StepKind) -> &'static str {
    match kind {
        StepKind::Python(_) => "python",
        StepKind::File(call) => match call.kind {
            FileKind::Notebook => "notebook",
            FileKind::Script => "script",
            FileKind::Sql => "sql",
            FileKind::Dbt => "dbt",
        },
        StepKind::Run(_) => "run",
        StepKind::Condition(_) => "if",
        StepKind::Loop(_) => "for",
        StepKind::Raw(key) => key.strip_suffix("_task").unwrap_or(key),
        StepKind::Bad(_) => "?",
    }
}

/// What a step runs, in a few words.
fn what(kind: &StepKind) -> String {
    match kind {
        StepKind::Python(call) => format!("{}:{}", call.module, call.function),
        StepKind::File(call) => shown(&call.path),
        StepKind::Run(call) => call.pipeline.to_string(),
        StepKind::Condition(c) => format!("{} {} {}", shown(&c.left), sign(c.op), shown(&c.right)),
        StepKind::Loop(_) | StepKind::Raw(_) | StepKind::Bad(_) => String::new(),
    }
}

/// A text as it would be written in source.
fn shown(text: &Text) -> String {
    let part = |p: &Part| match p {
        Part::Literal(t) => t.to_string(),
        Part::Reference(Reference::Param(name)) => name.to_string(),
        Part::Reference(Reference::Value { task, name }) => format!("{task}.{name}"),
        Part::Reference(Reference::TaskFact { task, fact }) => format!("{task}.{}", value_name(fact)),
        Part::Reference(Reference::Input(None)) => "item".to_owned(),
        Part::Reference(Reference::Input(Some(key))) => format!("item.{key}"),
        Part::Reference(Reference::Fact(path)) => path.to_string(),
        Part::Hole(hole) => hole.source(),
        Part::Reference(secret @ Reference::Secret { .. }) => secret.to_string(),
    };
    text.parts.iter().map(part).collect()
}

/// A column of the first row has the name of its output.
fn value_name(fact: &str) -> &str {
    fact.strip_prefix("output.first_row.").unwrap_or(fact)
}

/// The compute of a step, as in the legend.
fn compute(step: &Step) -> Option<String> {
    let own = match &step.compute {
        Compute::Cluster(key) => Some(format!("cluster {key}")),
        Compute::Environment(key) => Some(format!("environment {key}")),
        Compute::Existing(id) => Some(format!("existing cluster {}", shown(id))),
        Compute::Serverless => Some("serverless".to_owned()),
        Compute::Raw => Some("its own compute".to_owned()),
        Compute::Unset | Compute::Bad => None,
    };
    own.or_else(|| match step.kind.key() {
        Some("notebook_task") => Some("serverless".to_owned()),
        Some("sql_task") => Some("SQL warehouse".to_owned()),
        _ => None,
    })
}

/// The values of other steps that a step uses, in order of use, without duplicates.
fn takes(step: &Step, place: &HashMap<&str, usize>, pipeline: &Pipeline) -> Vec<Taken> {
    let mut found: Vec<Taken> = Vec::new();
    let mut add = |text: &Text| {
        for reference in text.references() {
            let (task, name): (&SmolStr, &str) = match reference {
                Reference::Value { task, name } => (task, name),
                Reference::TaskFact { task, fact } => (task, value_name(fact)),
                _ => continue,
            };
            let Some(from) = place.get(task.as_str()).copied() else { continue };
            if found.iter().any(|t| t.from == from && t.name == name) {
                continue;
            }
            let declared = pipeline.steps.get(from).and_then(|s| s.outputs.iter().find(|o| o.name == name));
            found.push(Taken { from, name: name.to_owned(), ty: declared.map(|o| o.ty.to_string()) });
        }
    };
    texts(step, &mut add);
    found
}

/// Visits every text of a step.
fn texts<'a>(step: &'a Step, f: &mut dyn FnMut(&'a Text)) {
    fn arguments<'a>(list: &'a [Argument], f: &mut dyn FnMut(&'a Text)) {
        list.iter().for_each(|a| f(&a.value));
    }
    match &step.kind {
        StepKind::Python(call) => arguments(&call.arguments, f),
        StepKind::File(call) => arguments(&call.arguments, f),
        StepKind::Run(call) => arguments(&call.arguments, f),
        StepKind::Condition(c) => {
            f(&c.left);
            f(&c.right);
        }
        StepKind::Loop(l) => {
            f(&l.inputs);
            texts(&l.step, f);
        }
        StepKind::Raw(_) | StepKind::Bad(_) => {}
    }
    let rest = match &step.kind {
        StepKind::Python(call) => Some(&call.rest),
        StepKind::File(call) => Some(&call.rest),
        StepKind::Run(call) => Some(&call.rest),
        _ => None,
    };
    for object in rest.into_iter().chain([&step.settings]) {
        object.fields.iter().filter_map(|f| f.value.as_ref()).for_each(|n| n.for_each_text(&mut |t, _| f(t)));
    }
}
