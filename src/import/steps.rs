//! Writes tasks as steps, conditions and loops.

use super::fields::{raw, shown};
use super::names::name;
use super::out::{Fallback, Out};
use super::write::{TextScope, Writer, WrittenTask, kind, outcome};
use crate::data::{TextPiece, Tree, TreeKey, TreeKind};
use crate::model::{Braces, COMPARISONS, Reference, braces};
use crate::schema::{Eval, TASK, kind_of, takes};
use crate::source::literal::{map_key, string};

/// The maximum nesting of branches.
const MAX_BRANCHES: usize = 8;

/// A branch: the condition and the outcome.
type ImportedBranch = (usize, bool);

/// The form of a task in source.
enum StepForm {
    Step,
    /// A comparison.
    If(String),
    /// The text after the colon, and the inner step.
    For(String, Out),
}

/// A task before it is placed.
struct Draft {
    form: StepForm,
    /// The documentation comment.
    doc: Option<String>,
    on: Option<String>,
    body: Out,
    uses: Vec<usize>,
}

impl<'t> Writer<'t> {
    /// Writes every task of the job.
    pub(super) fn steps(&mut self) -> Out {
        let mut blocks: Vec<bool> = (0..self.tasks.len()).map(|i| self.is_branching(i)).collect();
        let mut paths = self.paths(&blocks);
        // A condition without steps in its branches is a step that others depend on.
        loop {
            let empty = |i: &usize| !paths.iter().any(|p| p.iter().any(|(condition, _)| condition == i));
            let hollow: Vec<usize> =
                (0..blocks.len()).filter(|i| blocks.get(*i) == Some(&true)).filter(empty).collect();
            if hollow.is_empty() {
                break;
            }
            for (_, block) in blocks.iter_mut().enumerate().filter(|(i, _)| hollow.contains(i)) {
                *block = false;
            }
            paths = self.paths(&blocks);
        }
        let drafts: Vec<Draft> =
            (0..self.tasks.len()).map(|i| self.draft(i, blocks.get(i).copied().unwrap_or(false))).collect();
        let mut drafts: Vec<Option<Draft>> = drafts.into_iter().map(Some).collect();
        let mut out = Out::default();
        self.branch(&mut out, None, &paths, &mut drafts);
        out
    }

    /// Whether a condition is written as `if`: it compares two strings, and something depends on its outcome.
    fn is_branching(&self, at: usize) -> bool {
        let Some(task) = self.tasks.get(at) else { return false };
        let Some((key, body)) = task.tree.entry("condition_task") else { return false };
        self.sugar
            && task.kind == Some("condition_task")
            && self.way(key.span).is_none()
            && body.entries().len() == 3
            && ["left", "right"].iter().all(|k| body.text_of(k).is_some())
            && body.text_of("op").is_some_and(|op| COMPARISONS.iter().any(|(_, o)| *o == op))
            && body.entries().iter().all(|(k, _)| self.way(k.span).is_none())
            && self.tasks.iter().any(|t| t.after.iter().any(|(to, o)| *to == at && o.is_some()))
    }

    /// The branches around each task, outermost first.
    fn paths(&self, blocks: &[bool]) -> Vec<Vec<ImportedBranch>> {
        let mut paths: Vec<Option<Vec<ImportedBranch>>> = vec![None; self.tasks.len()];
        // Topological order; members of a cycle stay outside branches.
        let mut order: Vec<usize> = (0..self.tasks.len()).collect();
        order.sort_by_key(|i| self.tasks.get(*i).map_or(0, |t| t.above.len()));
        for i in order {
            let Some(task) = self.tasks.get(i) else { continue };
            let path_of = |j: usize| paths.get(j).and_then(Option::as_ref).map(Vec::as_slice).unwrap_or_default();
            let outcomes: Vec<ImportedBranch> = task.after.iter().filter_map(|(to, o)| Some((*to, (*o)?))).collect();
            let mut path: Vec<ImportedBranch> = match outcomes.as_slice() {
                [(condition, outcome)] if blocks.get(*condition) == Some(&true) => {
                    let path: Vec<ImportedBranch> =
                        path_of(*condition).iter().copied().chain([(*condition, *outcome)]).collect();
                    // A task that also depends on something outside the branch joins several paths.
                    let before = self.tasks.get(*condition).map(|t| &t.above);
                    let beside = |to: usize| {
                        to != *condition && !path_of(to).starts_with(&path) && !before.is_some_and(|b| b.contains(&to))
                    };
                    if task.after.iter().any(|(to, _)| beside(*to)) { Vec::new() } else { path }
                }
                [] => {
                    let mut above = task.after.iter().map(|(to, _)| path_of(*to));
                    let first = above.next().unwrap_or_default().to_vec();
                    above.fold(first, |common, path| {
                        common.iter().zip(path).take_while(|(a, b)| a == b).map(|(a, _)| *a).collect()
                    })
                }
                _ => Vec::new(),
            };
            let opposite = |b: &ImportedBranch| path.contains(&(b.0, !b.1));
            if path.len() > MAX_BRANCHES
                || task.above.contains(&i)
                || task.after.iter().any(|(to, _)| path_of(*to).iter().any(opposite))
            {
                path = Vec::new();
            }
            if let Some(slot) = paths.get_mut(i) {
                *slot = Some(path);
            }
        }
        paths.into_iter().map(Option::unwrap_or_default).collect()
    }

    /// Writes the direct tasks of a branch, in the order of the job.
    fn branch(
        &self,
        out: &mut Out,
        within: Option<ImportedBranch>,
        paths: &[Vec<ImportedBranch>],
        drafts: &mut [Option<Draft>],
    ) {
        for i in 0..self.tasks.len() {
            if paths.get(i).and_then(|p| p.last().copied()) != within {
                continue;
            }
            let (Some(task), Some(draft)) = (self.tasks.get(i), drafts.get_mut(i).and_then(Option::take)) else {
                continue;
            };
            // A blank line separates tasks.
            if !out.text.trim_end().ends_with('{') {
                out.push("\n");
            }
            let from = out.text.len();
            if let Some(doc) = &draft.doc {
                out.push(format!("## {doc}\n"));
            }
            out.push(match draft.form {
                StepForm::Step => "step ",
                StepForm::If(_) => "if ",
                StepForm::For(..) => "for ",
            });
            out.push(name(task.key));
            if let Some(on) = &draft.on {
                out.push(format!(" on {on}"));
            }
            self.after(out, i, &draft.uses, paths);
            match draft.form {
                StepForm::Step => {
                    out.push(" {\n");
                    self.declared(out, i);
                    out.append(draft.body);
                    out.push("}\n");
                }
                StepForm::For(head, inner) => {
                    out.push(format!(": {head} {{\n"));
                    out.append(draft.body);
                    out.append(inner);
                    out.push("}\n");
                }
                StepForm::If(comparison) => {
                    out.push(format!(": {comparison} {{\n"));
                    out.append(draft.body);
                    self.branch(out, Some((i, true)), paths, drafts);
                    out.push("}");
                    if paths.iter().any(|p| p.last() == Some(&(i, false))) {
                        out.push(" else {\n");
                        self.branch(out, Some((i, false)), paths, drafts);
                        out.push("}");
                    }
                    out.push("\n");
                }
            }
            // Diagnostics about a whole task are shown at its key.
            let shown = task.tree.get("task_key").map_or(task.tree.span, |k| k.span);
            let (entry, sugar) = match task.kind.and_then(|k| task.tree.entry(k)) {
                Some((key, _)) => (key.span, self.way(key.span).is_none()),
                None => (task.tree.span, false),
            };
            out.mark(from, entry, shown, sugar);
        }
    }

    /// Writes dependencies that neither data nor a branch implies.
    fn after(&self, out: &mut Out, at: usize, uses: &[usize], paths: &[Vec<ImportedBranch>]) {
        let Some(task) = self.tasks.get(at) else { return };
        let Some((key, list)) =
            task.tree.entry("depends_on").filter(|(k, _)| self.way(k.span) != Some(Fallback::Unchecked))
        else {
            return;
        };
        let own = paths.get(at).map(Vec::as_slice).unwrap_or_default();
        let inside = |j: usize| paths.get(j).is_some_and(|p| p.starts_with(own));
        let has_peer = task.after.iter().map(|(to, _)| *to).chain(uses.iter().copied()).any(|j| j != at && inside(j));
        let mut written: Vec<String> = Vec::new();
        for dependency in list.items() {
            let Some(waited) = dependency.text_of("task_key") else {
                written.push(raw(dependency));
                continue;
            };
            let wanted = outcome(dependency);
            let to = self.index.get(waited).copied();
            if let (Some(to), Some(wanted), Some(last)) = (to, wanted, own.last())
                && *last == (to, wanted)
            {
                if has_peer {
                    written.push(name(waited));
                }
                continue;
            }
            let by_data = to.is_some_and(|to| {
                wanted.is_none()
                    && dependency.entries().len() == 1
                    && uses.contains(&to)
                    && !task
                        .after
                        .iter()
                        .any(|(other, _)| *other != to && self.tasks.get(*other).is_some_and(|t| t.above.contains(&to)))
            });
            if by_data {
                continue;
            }
            written.push(match dependency.text_of("outcome") {
                Some(outcome) => format!("{} is {outcome}", name(waited)),
                None => name(waited),
            });
        }
        if !written.is_empty() {
            let from = out.text.len();
            out.push(format!(" after {}", written.join(", ")));
            out.mark(from, key.span, key.span, false);
        }
    }

    /// Writes the outputs that other tasks use.
    fn declared(&self, out: &mut Out, at: usize) {
        for ((_, output), ty) in self.outputs.iter().filter(|((task, _), _)| *task == at) {
            out.push(format!("output {}: {ty}\n", name(output)));
        }
    }

    fn draft(&mut self, at: usize, branching: bool) -> Draft {
        let mut scope = self.scope(at);
        let Some((tree, kind)) = self.tasks.get(at).map(|WrittenTask { tree, kind, .. }| (*tree, *kind)) else {
            return Draft { form: StepForm::Step, doc: None, on: None, body: Out::default(), uses: Vec::new() };
        };
        let form = if branching {
            self.comparison(tree, &mut scope).map(StepForm::If)
        } else if kind == Some("for_each_task") {
            self.a_loop(tree, &mut scope)
        } else {
            None
        };
        let (doc, on, body) = self.body(tree, kind, form.is_some(), &mut scope);
        Draft { form: form.unwrap_or(StepForm::Step), doc, on, body, uses: scope.uses }
    }

    /// Writes the body of a task, after its description and compute.
    fn body(
        &mut self,
        tree: &'t Tree,
        kind: Option<&'static str>,
        said: bool,
        scope: &mut TextScope,
    ) -> (Option<String>, Option<String>, Out) {
        let mut out = Out::default();
        let mut but = vec!["task_key"];
        // An empty list needs no header.
        if !self.is_unchecked(tree, "depends_on") && !tree.items_of("depends_on").is_empty() {
            but.push("depends_on");
        }
        let doc = self.doc(tree);
        but.extend(doc.is_some().then_some("description"));
        let (on, by) = self.on(tree, kind);
        but.extend(by);
        if let Some((key, value)) = kind.and_then(|k| tree.entry(k)) {
            let call = if said { Some(Out::default()) } else { self.call(key, value, scope) };
            if let Some(call) = call {
                but.extend(kind);
                out.append(call);
            }
        }
        let defaults: Vec<&str> = self
            .defaults
            .iter()
            .filter(|(key, value)| {
                kind.is_none_or(|kind| takes(kind, &key.text))
                    && tree.entry(&key.text).is_some_and(|(k, v)| v.same(value) && self.way(k.span).is_none())
            })
            .map(|(key, _)| key.text.as_str())
            .collect();
        but.extend(defaults);
        let brought = tree.text_of("job_cluster_key").and_then(|c| self.libraries.get(c));
        if let (Some(brought), Some((key, own))) = (brought, tree.entry("libraries"))
            && own.same(brought)
            && self.way(key.span).is_none()
        {
            but.push("libraries");
        }
        // What a step runs comes first.
        if let Some((key, value)) = kind.and_then(|k| tree.entry(k)).filter(|(k, _)| !but.contains(&k.text.as_str()))
            && self.way(key.span) != Some(Fallback::Unchecked)
        {
            self.field(&mut out, key, value, TASK.field(&key.text), scope);
            but.extend(kind);
        }
        self.fields(&mut out, tree.entries(), &TASK, &but, scope);
        (doc, on, out)
    }

    /// A description that fits on one line.
    pub(super) fn doc(&self, tree: &Tree) -> Option<String> {
        let (key, value) = tree.entry("description")?;
        let text = value.text()?;
        let plain = !text.is_empty() && text.trim() == text && !text.chars().any(char::is_control) && text.len() < 300;
        (plain && self.way(key.span).is_none()).then(|| text.to_owned())
    }

    /// The compute of a task, and the field that sets it.
    fn on(&self, tree: &Tree, kind: Option<&str>) -> (Option<String>, Option<&'static str>) {
        for (field, list, list_key) in [
            ("job_cluster_key", "job_clusters", "job_cluster_key"),
            ("environment_key", "environments", "environment_key"),
        ] {
            let Some((key, value)) = tree.entry(field) else { continue };
            let declared = !self.is_unchecked(self.job, list)
                && self.job.items_of(list).iter().any(|c| c.text_of(list_key) == value.text());
            if let (None, Some(text), true) = (self.way(key.span), value.text(), declared) {
                let on = (self.place != Some(text)).then(|| name(text));
                return (on, Some(field));
            }
        }
        if let Some((key, value)) = tree.entry("existing_cluster_id")
            && let (None, Some(text)) = (self.way(key.span), value.text().filter(|t| !t.contains("{{")))
        {
            return (Some(format!("existing({})", string(text))), Some("existing_cluster_id"));
        }
        // A task without compute must override that of the pipeline.
        let takes = kind.and_then(kind_of).is_some_and(|k| {
            k.runs_on != crate::schema::RunsOn::Nothing && !matches!(k.key, "condition_task" | "for_each_task")
        });
        let on = (self.place.is_some() && takes && tree.get("new_cluster").is_none()).then(|| "none".to_owned());
        (on, None)
    }

    /// Writes what a task runs as a call, if the language has one.
    fn call(&mut self, key: &TreeKey, value: &Tree, scope: &mut TextScope) -> Option<Out> {
        if !self.sugar
            || self.way(key.span).is_some()
            || value.entries().iter().any(|(k, _)| self.way(k.span).is_some())
        {
            return None;
        }
        if let Some((_, Tree { kind: TreeKind::Mixed(pieces), .. })) = value.entry("job_id")
            && let [TextPiece::Job { pipeline }] = pieces.as_slice()
        {
            return self.run(key, value, pipeline, scope);
        }
        if let Some(function) = self.beside.and_then(|b| b.calls.get(&key.span)) {
            let mut out = Out::default();
            out.push(format!("python {function}()\n"));
            out.mark(0, key.span, key.span, true);
            return Some(out);
        }
        let (word, path, arguments) = match key.text.as_str() {
            "notebook_task" => ("notebook", value.text_of("notebook_path")?, "base_parameters"),
            "spark_python_task" => ("script", value.text_of("python_file")?, "parameters"),
            "dbt_task" => ("dbt", value.text_of("project_directory")?, "commands"),
            "sql_task" => ("sql", value.get("file")?.text_of("path")?, "parameters"),
            _ => return None,
        };
        let place = match word {
            "notebook" => value.get("notebook_path"),
            "script" => value.get("python_file"),
            "dbt" => value.get("project_directory"),
            _ => value.get("file").and_then(|f| f.get("path")),
        };
        let local = self.beside.and_then(|b| b.local.get(&place?.span)).map(String::as_str);
        // A path that starts like this is local.
        if local.is_none() && (path.starts_with("./") || path.starts_with("../")) || path.contains("{{") {
            return None;
        }
        let path = local.unwrap_or(path);
        let mut out = Out::default();
        out.push(format!("{word} {}", string(path)));
        if let Some((_, given)) = value.entry(arguments) {
            let list = self.arguments(given, scope)?;
            if list.is_empty() {
                return None;
            }
            out.push(format!("({})", list.join(", ")));
        } else if word == "dbt" {
            return None;
        }
        let mut rest = Out::default();
        let said = ["notebook_path", "python_file", "project_directory", "file", arguments];
        if word == "sql" {
            let file = value.get("file")?;
            match (file.entries().len(), file.entry("source")) {
                (1, _) => {}
                (2, Some((key, source))) => {
                    let ty = crate::schema::SQL_CALL_PLACE.field("source");
                    self.field(&mut rest, key, source, ty, scope);
                }
                _ => return None,
            }
        }
        self.ended(out, rest, key, value, &said, scope)
    }

    /// Writes a call with a block for the other fields.
    fn ended(
        &mut self,
        mut call: Out,
        mut rest: Out,
        key: &TreeKey,
        value: &Tree,
        said: &[&str],
        scope: &mut TextScope,
    ) -> Option<Out> {
        let block = TASK.field(&key.text)?.ty.block()?;
        self.fields(&mut rest, value.entries(), block, said, scope);
        if !rest.text.is_empty() {
            call.push(" {\n");
            call.append(rest);
            call.push("}");
        }
        call.push("\n");
        call.mark(0, key.span, key.span, true);
        Some(call)
    }

    /// Writes a run of a job of the same project.
    fn run(&mut self, key: &TreeKey, value: &Tree, pipeline: &str, scope: &mut TextScope) -> Option<Out> {
        let mut out = Out::default();
        out.push(format!("run {}", name(pipeline)));
        if let Some(given) = value.get("job_parameters") {
            let list = self.arguments(given, scope).filter(|l| !l.is_empty())?;
            out.push(format!("({})", list.join(", ")));
        }
        self.ended(out, Out::default(), key, value, &["job_id", "job_parameters"], scope)
    }

    /// Writes named or positional arguments.
    fn arguments(&mut self, given: &Tree, scope: &mut TextScope) -> Option<Vec<String>> {
        match &given.kind {
            TreeKind::List(items) => items.iter().map(|i| self.argument(i, scope)).collect(),
            TreeKind::Map(entries) => entries
                .iter()
                .map(|(key, value)| {
                    let text = self.argument(value, scope)?;
                    let named = name(&key.text);
                    if !super::names::is_name(&key.text) {
                        return None;
                    }
                    Some(if text == named { text } else { format!("{named} = {text}") })
                })
                .collect(),
            _ => None,
        }
    }

    fn argument(&mut self, value: &Tree, scope: &mut TextScope) -> Option<String> {
        match &value.kind {
            TreeKind::Mixed(_) => Some(raw(value)),
            _ => Some(self.text(value.text()?, Eval::Evaluated, scope).0),
        }
    }

    /// Writes a comparison such as `train.auc >= 0.8`.
    fn comparison(&mut self, tree: &Tree, scope: &mut TextScope) -> Option<String> {
        let body = tree.get("condition_task")?;
        let op = body.text_of("op")?;
        let (sign, _) = COMPARISONS.iter().find(|(_, o)| *o == op)?;
        let numbers = !matches!(op, "EQUAL_TO" | "NOT_EQUAL");
        let sides = [body.text_of("left")?, body.text_of("right")?];
        let whole = sides.iter().any(|s| s.parse::<i64>().is_ok());
        let mut out = Vec::new();
        for side in sides {
            if numbers && is_number(side) {
                out.push(side.to_owned());
                continue;
            }
            let (text, sugared) = self.text(side, Eval::Evaluated, scope);
            if numbers && sugared {
                self.require_type(side, if whole { "int" } else { "float" });
            }
            out.push(text);
        }
        Some(out.join(&format!(" {sign} ")))
    }

    /// Declares the type that a reference requires.
    fn require_type(&mut self, text: &str, ty: &'static str) {
        match braces(text).as_slice() {
            [(0, _, Braces::Known(Reference::Param(param)))] => {
                let defaults = self.job.items_of("parameters").iter();
                let default = defaults.filter(|p| p.text_of("name") == Some(param)).find_map(|p| p.text_of("default"));
                let plain = self.way_of(self.job, "parameters").is_some();
                if let (Some(slot), false) = (self.params.get_mut(param.as_str()), plain) {
                    // The default shows whether it is an int or a float.
                    let whole = default.is_some_and(|d| d.parse::<i64>().is_ok());
                    *slot = if ty == "float" && whole { "int" } else { ty };
                }
            }
            [(0, _, Braces::Known(Reference::Value { task, name }))] => {
                if let Some(at) = self.index.get(task.as_str()) {
                    self.outputs.insert((*at, name.to_string()), ty);
                }
            }
            _ => {}
        }
    }

    /// Writes `region in ["eu", "us"] parallel 2` and the inner step.
    fn a_loop(&mut self, tree: &'t Tree, scope: &mut TextScope) -> Option<StepForm> {
        let (key, body) = tree.entry("for_each_task")?;
        let known = |k: &TreeKey| matches!(k.text.as_str(), "inputs" | "concurrency" | "task");
        if !self.sugar
            || self.way(key.span).is_some()
            || !body.entries().iter().all(|(k, _)| known(k) && self.way(k.span).is_none())
        {
            return None;
        }
        let inner = body.get("task")?;
        let inner_key = inner.text_of("task_key")?;
        let inner_kind = kind(inner).filter(|k| !matches!(*k, "for_each_task" | "condition_task"))?;
        if inner.get("depends_on").is_some() {
            return None;
        }
        let inputs = body.text_of("inputs")?;
        let list = match serde_json::from_str::<serde_json::Value>(inputs) {
            Ok(value) if value.is_array() && *inputs == *value.to_string() => json(&value),
            _ => {
                let (text, _) = self.text(inputs, Eval::Evaluated, scope);
                if text.starts_with('"') {
                    return None;
                }
                self.require_type(inputs, "list<string>");
                text
            }
        };
        let mut variable = "item".to_owned();
        while self.params.contains_key(variable.as_str()) || self.index.contains_key(variable.as_str()) {
            variable.push('_');
        }
        let mut head = format!("{} in {list}", name(&variable));
        if let Some(parallel) = body.get("concurrency") {
            head.push_str(&format!(" parallel {}", raw(parallel)));
        }
        scope.input = Some(variable);
        let (doc, on, text) = self.body(inner, Some(inner_kind), false, scope);
        scope.input = None;
        let mut out = Out::default();
        if let Some(doc) = doc {
            out.push(format!("## {doc}\n"));
        }
        out.push(format!("step {}", name(inner_key)));
        if let Some(on) = on {
            out.push(format!(" on {on}"));
        }
        out.push(" {\n");
        out.append(text);
        out.push("}\n");
        if let Some((key, _)) = inner.entry(inner_kind) {
            out.mark(0, key.span, shown(key, inner), self.way(key.span).is_none());
        }
        Some(StepForm::For(head, out))
    }
}

/// Whether a string is a number in source: digits, and maybe a point.
pub(super) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.parse::<f64>().is_ok()
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
        && !digits.ends_with('.')
}

/// A JSON value as source.
pub(super) fn json(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => "none".to_owned(),
        serde_json::Value::String(text) => string(text),
        serde_json::Value::Array(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(", ")),
        serde_json::Value::Object(map) => {
            let entries: Vec<String> = map.iter().map(|(k, v)| format!("{} = {}", map_key(k), json(v))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        other => other.to_string(),
    }
}
