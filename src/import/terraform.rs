//! Reads Terraform: `databricks_job` resources of HCL, JSON and plans.

use super::jobs::{ImportNote, ImportedJob, JobsRead};
use super::messages;
use super::names::identifier;
use super::stubs::Stubs;
use super::variables::Variables;
use crate::data::{TextPiece, Tree, TreeKey, TreeKind};
use crate::schema::{Block, JOB, Ty};

const JOBS: &str = "databricks_job";
const RIGHTS: &str = "databricks_permissions";

/// Whether a value is a Terraform configuration or plan.
pub fn is_terraform(tree: &Tree) -> bool {
    tree.get("tasks").is_none() && ["resource", "planned_values", "terraform"].iter().any(|k| tree.get(k).is_some())
}

/// Reads the jobs of a configuration or plan, with its variables.
pub fn read(tree: &Tree) -> JobsRead {
    let mut found = JobsRead::default();
    let mut variables = Variables::new(None);
    let own = resources(tree, JOBS);
    let own = own.iter().flat_map(|(_, j)| j.items_of("parameter")).filter_map(|p| p.text_of("name"));
    variables.taken = own.map(str::to_owned).collect();
    let planned = tree.get("planned_values").and_then(|p| p.get("root_module"));
    let (jobs, rights) = match planned {
        Some(module) => (planned_resources(module, JOBS), planned_resources(module, RIGHTS)),
        None => {
            declared(tree, &mut variables, &mut found);
            (resources(tree, JOBS), resources(tree, RIGHTS))
        }
    };
    for (key, _) in &jobs {
        variables.jobs.insert(key.text.to_string(), identifier(&key.text));
    }
    let mut list: Vec<(TreeKey, Tree)> = Vec::new();
    for (key, job) in &jobs {
        let form = ResourceForm { planned: planned.is_some(), templates: is_json_form(tree) };
        let mut body = form.converted(job, &JOB, &mut found);
        let own =
            rights.iter().filter(|(_, r)| names_job(r, &key.text)).flat_map(|(_, r)| r.items_of("access_control"));
        let own: Vec<Tree> = own.map(|r| form.some_of(r)).collect();
        if let (TreeKind::Map(entries), false) = (&mut body.kind, own.is_empty()) {
            let text = "access_control_list".into();
            entries.push((TreeKey { text, span: key.span }, Tree { span: key.span, kind: TreeKind::List(own) }));
        }
        let body = variables.interpolated(&body, &mut found.diagnostics);
        list.push((key.clone(), super::texts::as_text(&body, &JOB)));
    }
    for (key, body) in rights.iter().filter(|(_, r)| !jobs.iter().any(|(k, _)| names_job(r, &k.text))) {
        let about = if planned.is_some() || body.get("job_id").is_some() {
            "only Terraform can resolve its job"
        } else {
            "it applies to another resource"
        };
        found.notes.push(ImportNote { span: key.span, text: format!("{RIGHTS} {}: {about}", key.text) });
    }
    let stubs = Stubs::new(&list);
    let values = variables.context();
    for (key, tree) in list {
        let called = identifier(&key.text);
        let context = format!("\n{values}{}", stubs.of(&tree, &called));
        found.jobs.push(ImportedJob { tree, hint: Some(called), context, ..ImportedJob::default() });
    }
    found.prelude = variables.source();
    unknown_yet(tree, &mut found);
    if found.jobs.is_empty() {
        found.diagnostics.push(messages::no_terraform_job(tree.span.start_point()));
    }
    left_out(tree, &mut found);
    found
}

/// The objects of a section by name: in HCL a list of blocks, in JSON an object.
fn below<'t>(tree: &'t Tree, section: &str) -> Vec<&'t (TreeKey, Tree)> {
    let sections = tree.entries().iter().filter(|(k, _)| k.text == section).map(|(_, v)| v);
    let blocks = |section: &'t Tree| match &section.kind {
        TreeKind::List(items) => items.iter().flat_map(Tree::entries).collect::<Vec<_>>(),
        _ => section.entries().iter().collect(),
    };
    sections.flat_map(blocks).collect()
}

fn resources(tree: &Tree, kind: &str) -> Vec<(TreeKey, Tree)> {
    let of_kind = below(tree, "resource").into_iter().filter(|(k, _)| k.text == kind);
    let mut out = Vec::new();
    for (_, named) in of_kind {
        for (key, body) in named.entries() {
            // JSON also allows a list with one element.
            let body = body.items().first().unwrap_or(body);
            out.push((key.clone(), body.clone()));
        }
    }
    out
}

/// The resources of a plan, including those of modules.
fn planned_resources(module: &Tree, kind: &str) -> Vec<(TreeKey, Tree)> {
    let mut out = Vec::new();
    for resource in module.items_of("resources").iter().filter(|r| r.text_of("type") == Some(kind)) {
        if let (Some((key, name)), Some(values)) = (resource.entry("name"), resource.get("values")) {
            let text = name.text().unwrap_or("job");
            let index = resource.get("index").map(|i| i.text().map_or_else(|| i.json().to_string(), str::to_owned));
            let text = index.map_or_else(|| text.to_owned(), |i| format!("{text}_{i}"));
            out.push((TreeKey { text: text.into(), span: key.span }, values.clone()));
        }
    }
    for child in module.items_of("child_modules") {
        out.extend(planned_resources(child, kind));
    }
    out
}

/// Declares variables and locals.
fn declared(tree: &Tree, variables: &mut Variables, found: &mut JobsRead) {
    for (key, body) in below(tree, "variable") {
        let body = body.items().first().unwrap_or(body);
        let kept = body.entries().iter().filter(|(k, _)| matches!(k.text.as_str(), "default" | "description")).cloned();
        let body = Tree { span: body.span, kind: TreeKind::Map(kept.collect()) };
        variables.declare(key, &body, &mut found.diagnostics);
    }
    for (key, value) in tree.entries().iter().filter(|(k, _)| k.text == "tfvars").flat_map(|(_, v)| v.entries()) {
        variables.given(key, value);
    }
    for (key, value) in below(tree, "locals") {
        variables.local(key, value);
    }
}

/// Whether permissions are those of a job.
fn names_job(rights: &Tree, job: &str) -> bool {
    let wanted = format!("{JOBS}.{job}.id");
    match rights.get("job_id").map(|t| &t.kind) {
        Some(TreeKind::Mixed(pieces)) => matches!(pieces.as_slice(), [TextPiece::Reference(r)] if *r == wanted),
        Some(TreeKind::Text(text)) => *text == format!("${{{wanted}}}"),
        _ => false,
    }
}

/// Whether strings contain expressions in `${` and `}`: HCL parses them, and a plan has none.
fn is_json_form(tree: &Tree) -> bool {
    tree.get("planned_values").is_none() && tree.get("resource").is_some_and(Tree::is_map)
}

/// The format of a resource.
struct ResourceForm {
    /// From a plan, which also contains missing values.
    planned: bool,
    /// With expressions in strings.
    templates: bool,
}

impl ResourceForm {
    /// A resource as in the API: with other names, and single blocks instead of lists.
    fn converted(&self, tree: &Tree, block: &'static Block, found: &mut JobsRead) -> Tree {
        let mut out = Vec::new();
        for (key, value) in tree.entries() {
            let api = block.terraform_field(&key.text).map_or(key.text.as_str(), |f| f.key);
            let many = matches!(key.text.as_str(), "count" | "for_each" | "dynamic");
            if many && block.field(&key.text).is_none() {
                found.diagnostics.push(messages::count_of_terraform(key));
                continue;
            }
            if *block == JOB && is_terraforms_own(&key.text) {
                let nothing = self.planned && is_nothing(value) || matches!(value.kind, TreeKind::Bool(false));
                if !nothing && key.text != "id" {
                    found
                        .notes
                        .push(ImportNote { span: key.span, text: format!("`{}` is only used by Terraform", key.text) });
                }
                continue;
            }
            if self.planned && is_nothing(value) {
                continue;
            }
            let key = TreeKey { text: api.into(), span: key.span };
            let value = match (block.field(api).map(|f| f.ty), &value.kind) {
                (Some(Ty::Block(inner)), TreeKind::List(items)) if items.len() == 1 => {
                    items.first().map_or_else(|| value.clone(), |v| self.converted(v, inner, found))
                }
                (Some(Ty::Block(inner)), TreeKind::Map(_)) => self.converted(value, inner, found),
                (Some(Ty::BlockList(inner)), TreeKind::List(items)) => {
                    let items = items.iter().map(|v| self.converted(v, inner, found)).collect();
                    Tree { span: value.span, kind: TreeKind::List(items) }
                }
                (Some(Ty::BlockList(inner)), TreeKind::Map(_)) => {
                    let kind = TreeKind::List(vec![self.converted(value, inner, found)]);
                    Tree { span: value.span, kind }
                }
                _ => self.value(value),
            };
            out.push((key, value));
        }
        Tree { span: tree.span, kind: TreeKind::Map(out) }
    }

    fn value(&self, tree: &Tree) -> Tree {
        if self.templates { strings(tree) } else { tree.clone() }
    }

    /// An object without empty values.
    fn some_of(&self, tree: &Tree) -> Tree {
        let entries = tree.entries().iter().filter(|(_, v)| !(self.planned && is_nothing(v)));
        Tree { span: tree.span, kind: TreeKind::Map(entries.map(|(k, v)| (k.clone(), self.value(v))).collect()) }
    }
}

fn is_nothing(value: &Tree) -> bool {
    match &value.kind {
        TreeKind::Null => true,
        TreeKind::List(items) => items.is_empty(),
        TreeKind::Text(text) => text.is_empty(),
        _ => false,
    }
}

/// Fields that every resource has, and those that only the provider uses.
fn is_terraforms_own(key: &str) -> bool {
    matches!(
        key,
        "id" | "url"
            | "always_running"
            | "control_run_state"
            | "timeouts"
            | "lifecycle"
            | "depends_on"
            | "provider"
            | "provisioner"
            | "connection"
            | "provider_config"
            | "job_status"
            | "//"
    )
}

/// Splits strings of the JSON format into text and expressions.
fn strings(tree: &Tree) -> Tree {
    let kind = match &tree.kind {
        TreeKind::Text(text) if text.contains("${") || text.contains("%%{") => template(text),
        TreeKind::List(items) => TreeKind::List(items.iter().map(strings).collect()),
        TreeKind::Map(entries) => TreeKind::Map(entries.iter().map(|(k, v)| (k.clone(), strings(v))).collect()),
        other => other.clone(),
    };
    Tree { span: tree.span, kind }
}

fn template(text: &str) -> TreeKind {
    let mut pieces: Vec<TextPiece> = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, after) = (rest.get(..at).unwrap_or(""), rest.get(at + 2..).unwrap_or(""));
        if let Some(before) = before.strip_suffix('$') {
            literal.push_str(before);
            literal.push_str("${");
            rest = after;
            continue;
        }
        let Some(end) = after.find('}') else { break };
        literal.push_str(before);
        if !literal.is_empty() {
            pieces.push(TextPiece::Text(std::mem::take(&mut literal).replace("%%{", "%{")));
        }
        pieces.push(TextPiece::Reference(after.get(..end).unwrap_or("").trim().to_owned()));
        rest = after.get(end + 1..).unwrap_or("");
    }
    literal.push_str(rest);
    if !literal.is_empty() || pieces.is_empty() {
        pieces.push(TextPiece::Text(literal.replace("%%{", "%{")));
    }
    match pieces.as_slice() {
        [TextPiece::Text(text)] => TreeKind::Text(text.clone()),
        _ => TreeKind::Mixed(pieces),
    }
}

/// Reports values that a plan does not contain, because they are only known after it is applied.
fn unknown_yet(tree: &Tree, found: &mut JobsRead) {
    fn paths(tree: &Tree, at: &str, out: &mut Vec<String>) {
        if tree.kind == TreeKind::Bool(true) {
            out.push(at.to_owned());
        }
        for (key, value) in tree.entries() {
            paths(value, &if at.is_empty() { key.text.to_string() } else { format!("{at}.{}", key.text) }, out);
        }
        for (i, item) in tree.items().iter().enumerate() {
            paths(item, &format!("{at}[{i}]"), out);
        }
    }
    for change in tree.items_of("resource_changes").iter().filter(|c| c.text_of("type") == Some(JOBS)) {
        let Some((key, unknown)) = change.get("change").and_then(|c| c.entry("after_unknown")) else { continue };
        let mut missing = Vec::new();
        paths(unknown, "", &mut missing);
        missing.retain(|p| !is_terraforms_own(p));
        if !missing.is_empty() {
            let name = change.text_of("address").unwrap_or("a job");
            let list = missing.iter().take(4).cloned().collect::<Vec<_>>().join(", ");
            found.diagnostics.push(messages::unknown_in_plan(key.span, &list, name));
        }
    }
}

/// Reports what the language cannot express.
fn left_out(tree: &Tree, found: &mut JobsRead) {
    for (kind, named) in below(tree, "resource") {
        if !matches!(kind.text.as_str(), JOBS | RIGHTS) {
            let names: Vec<&str> = named.entries().iter().map(|(k, _)| k.text.as_str()).collect();
            let text =
                format!("{} {}: pipec deploys only jobs and the files that they use", kind.text, names.join(", "));
            found.notes.push(ImportNote { span: kind.span, text });
        }
    }
    for section in ["module", "data", "output", "provider"] {
        if let Some((key, _)) = tree.entry(section).filter(|_| tree.get("planned_values").is_none()) {
            let text = format!(
                "`{section}`: only Terraform can evaluate it; import a plan as JSON (`terraform show -json`) instead"
            );
            found.notes.push(ImportNote { span: key.span, text });
        }
    }
}
