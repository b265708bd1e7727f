//! Asset bundles: `databricks.yml` with its includes, variables, targets and jobs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use smol_str::SmolStr;

use super::fields::raw;
use super::include::include;
use super::jobs::{ImportNote, ImportTarget, ImportedJob, JobsRead};
use super::local::ImportPaths;
use super::messages;
use super::names::{identifier, is_name, name};
use super::overrides::{Leftover, TargetOverrides, missing};
use super::packaged::{PackedProject, packaged};
use super::stubs::Stubs;
use super::variables::{Variable, Variables};
use crate::data::{Tree, TreeKey, TreeKind};
use crate::package::PythonProject;
use crate::schema::JOB;
use crate::source::literal::{map_key, string};
use crate::source::{FileId, Files, MAX_FILE_NAME, SourceMap, Span, is_file_name, plain};

/// Whether a value is the content of `databricks.yml`.
pub fn is_bundle(tree: &Tree) -> bool {
    tree.get("tasks").is_none() && ["bundle", "resources", "targets"].iter().any(|k| tree.get(k).is_some())
}

/// Reads the jobs of a bundle, with its variables and targets. `root` is the tree of the file at `path`; `to` is the
/// directory of the future source, if different.
pub fn read(root: Tree, path: &Path, to: Option<&Path>, files: &dyn Files, sources: &mut SourceMap) -> JobsRead {
    let mut found = JobsRead::default();
    let mut parts = vec![root];
    include(path, files, sources, &mut parts, &mut found);
    let folder = |path: &Path| path.parent().unwrap_or(Path::new("")).to_owned();
    let folders = sources.iter().map(|(id, f)| (id, folder(&f.path))).collect();
    let place = ImportPaths { files, folders, to: to.map_or_else(|| folder(path), Path::to_owned) };
    AssetBundle { name: String::new(), place, parts, found }.project()
}

struct AssetBundle<'a> {
    name: String,
    place: ImportPaths<'a>,
    /// The files; the root comes first.
    parts: Vec<Tree>,
    found: JobsRead,
}

impl AssetBundle<'_> {
    fn project(mut self) -> JobsRead {
        self.name =
            self.parts.iter().find_map(|p| Some(p.get("bundle")?.text_of("name")?.to_owned())).unwrap_or_default();
        let targets: Vec<(TreeKey, Tree)> =
            self.section("targets").into_iter().chain(self.section("environments")).collect();
        let default = targets
            .iter()
            .find(|(_, t)| t.get("default").is_some_and(|d| d.kind == TreeKind::Bool(true)))
            .or(targets.first())
            .map(|(k, _)| k.text.to_string());
        let mut variables = Variables::new(Some(&self.name));
        let mut jobs = self.resources("jobs");
        let whole = whole_jobs(&targets, default.as_deref(), &mut jobs);
        for (key, _) in jobs.iter().filter(|(k, _)| whole.contains(&k.text)) {
            for (target, _) in targets.iter().filter(|(_, t)| !has_job(t, &key.text)) {
                self.found.diagnostics.push(messages::job_not_in_target(key, &target.text));
            }
        }
        let own = jobs.iter().flat_map(|(_, j)| j.items_of("parameters")).filter_map(|p| p.text_of("name"));
        variables.taken = own.map(str::to_owned).collect();
        for (key, declared) in self.section("variables") {
            variables.declare(&key, &declared, &mut self.found.diagnostics);
        }
        variables.settle(&mut self.found.diagnostics);
        for (key, _) in &jobs {
            variables.jobs.insert(key.text.to_string(), identifier(&key.text));
        }
        let shared = self.shared();
        let mut list = Vec::new();
        for (key, job) in &jobs {
            let job = variables.interpolated(&self.with_shared(job, &shared), &mut self.found.diagnostics);
            let job = super::texts::as_text(&job, &JOB);
            list.push((key.clone(), job));
        }
        let overrides = self.overrides(&targets, &whole, &mut list, &mut variables);
        let stubs = Stubs::new(&list);
        let written = self.targets(&targets, &mut variables, &overrides);
        let vars = variables.source();
        let packages = self.packages();
        let declared: String = packages.iter().map(PackedProject::declaration).collect();
        let values = variables.context();
        let mut uses_packages = false;
        for (key, tree) in list {
            let called = identifier(&key.text);
            let (packaged, calls) = packaged(&tree, &packages).unzip();
            uses_packages |= packaged.is_some();
            super::texts::local_libraries(packaged.as_ref().unwrap_or(&tree), &mut self.found.diagnostics);
            let context = format!("\n{values}{}", stubs.of(&tree, &called));
            let local = self.place.local_files(&tree, &mut self.found.diagnostics);
            let folder = self.place.to.clone();
            let calls = calls.unwrap_or_default();
            self.found.jobs.push(ImportedJob {
                tree,
                hint: Some(called),
                context,
                local,
                packaged,
                packages: declared.clone(),
                calls,
                folder,
            });
        }
        if self.found.jobs.is_empty() && self.found.diagnostics.is_empty() {
            let span = self.parts.first().map_or(Tree::default().span, |p| p.span.start_point());
            self.found.diagnostics.push(messages::bundle_without_job(span));
        }
        self.found.name = (!self.name.is_empty()).then(|| self.name.clone());
        let declared = if uses_packages { declared } else { String::new() };
        self.found.prelude = format!("{declared}{vars}\n{written}");
        self.leave_out(uses_packages);
        self.found
    }

    /// The Python projects that its artifacts are built from; without artifacts, the one in its directory.
    fn packages(&self) -> Vec<PackedProject> {
        let wheels = self.section("artifacts").into_iter().filter(|(_, a)| a.text_of("type") == Some("whl"));
        let mut places: Vec<(FileId, String)> =
            wheels.map(|(k, a)| (k.span.file, a.text_of("path").unwrap_or(".").to_owned())).collect();
        if self.section("artifacts").is_empty() {
            places.extend(self.parts.first().map(|p| (p.span.file, ".".to_owned())));
        }
        let dirs = places.into_iter().filter_map(|(file, path)| self.place.folder(file, &path));
        let read = |(dir, shown): (PathBuf, String)| {
            let project = PythonProject::read(self.place.files, &dir).ok()?;
            (!project.metadata.name.is_empty()).then(|| PackedProject::new(project, shown))
        };
        dirs.filter_map(read).collect()
    }

    /// The entries of a section, from all files.
    fn section(&self, section: &str) -> Vec<(TreeKey, Tree)> {
        self.parts.iter().filter_map(|p| p.get(section)).flat_map(|s| s.entries().to_vec()).collect()
    }

    fn resources(&mut self, kind: &str) -> Vec<(TreeKey, Tree)> {
        let mut wrong: Vec<Span> = Vec::new();
        for section in ["bundle", "resources", "targets", "variables"] {
            wrong.extend(self.parts.iter().filter_map(|p| p.get(section)).filter(|s| !s.is_map()).map(|s| s.span));
        }
        let sections: Vec<&Tree> = self.parts.iter().filter_map(|p| p.get("resources")?.get(kind)).collect();
        wrong.extend(sections.iter().filter(|s| !s.is_map()).map(|s| s.span));
        wrong.extend(sections.iter().flat_map(|s| s.entries()).filter(|(_, j)| !j.is_map()).map(|(_, j)| j.span));
        for span in wrong {
            self.found.diagnostics.push(messages::not_an_object(span));
        }
        let all = self.parts.iter().filter_map(|p| p.get("resources")?.get(kind)).flat_map(|s| s.entries().to_vec());
        let mut out: Vec<(TreeKey, Tree)> = Vec::new();
        for (key, tree) in all.filter(|(_, t)| t.is_map()) {
            match out.iter().find(|(k, _)| k.text == key.text) {
                Some((first, _)) => {
                    self.found.diagnostics.push(messages::resource_twice(&key, first));
                }
                None => out.push((key, tree)),
            }
        }
        out
    }

    /// Settings of the bundle for every job: `run_as` and permissions.
    fn shared(&self) -> Vec<(TreeKey, Tree)> {
        ["run_as", "permissions"].iter().filter_map(|k| self.parts.iter().find_map(|p| p.entry(k)).cloned()).collect()
    }

    /// A job with the settings for every job, and permissions as in the API.
    fn with_shared(&self, job: &Tree, shared: &[(TreeKey, Tree)]) -> Tree {
        let mut entries: Vec<(TreeKey, Tree)> = Vec::new();
        let mut rights: Vec<Tree> = Vec::new();
        let mut rights_key: Option<TreeKey> = None;
        for (key, value) in job.entries().iter().chain(shared) {
            match key.text.as_str() {
                "permissions" => {
                    rights.extend(value.items().iter().map(right));
                    rights_key.get_or_insert(TreeKey { text: "access_control_list".into(), span: key.span });
                }
                // Only the CLI uses these.
                "lifecycle" => {}
                _ if entries.iter().any(|(k, _)| k.text == key.text) => {}
                _ => entries.push((key.clone(), value.clone())),
            }
        }
        if let Some(key) = rights_key.filter(|_| !rights.is_empty()) {
            let span = key.span;
            entries.push((key, Tree { span, kind: TreeKind::List(rights) }));
        }
        Tree { span: job.span, kind: TreeKind::Map(entries) }
    }

    /// Converts changes of jobs in targets: numbers and strings become vars, and fields that all jobs change alike
    /// become fields of the target. The rest is reported.
    fn overrides(
        &mut self,
        targets: &[(TreeKey, Tree)],
        whole: &[SmolStr],
        jobs: &mut [(TreeKey, Tree)],
        variables: &mut Variables,
    ) -> BTreeMap<String, Vec<(TreeKey, Tree)>> {
        let mut out: BTreeMap<String, Vec<(TreeKey, Tree)>> = BTreeMap::new();
        let shared = self.shared();
        let only = jobs.len() == 1;
        for (target, body) in targets {
            let Some(changed) = body.get("resources").and_then(|r| r.get("jobs")) else { continue };
            let mut all: Vec<(SmolStr, Leftover)> = Vec::new();
            for (key, change) in changed.entries() {
                let Some((_, job)) = jobs.iter_mut().find(|(k, _)| k.text == key.text) else { continue };
                let whole = whole.contains(&key.text);
                let change = self.with_shared(change, if whole { &shared } else { &[] });
                let change = variables.interpolated(&change, &mut self.found.diagnostics);
                if whole {
                    for missing in missing(job, &change) {
                        self.found.diagnostics.push(messages::field_not_in_target(missing, &key.text, &target.text));
                    }
                }
                let path: Vec<String> = (!only).then(|| key.text.to_string()).into_iter().collect();
                let mut layer = TargetOverrides {
                    target: &target.text,
                    whole,
                    variables,
                    around: Some(Vec::new()),
                    left: Vec::new(),
                };
                layer.map(job, &change, &path);
                all.extend(layer.left.into_iter().map(|left| (key.text.clone(), left)));
            }
            for (job, left) in &all {
                let same = |other: &Leftover| {
                    let path =
                        |l: &Leftover| l.around.as_ref().map(|a| a.iter().map(|k| k.text.clone()).collect::<Vec<_>>());
                    path(other) == path(left) && other.key.text == left.key.text && other.value.same(&left.value)
                };
                // A field of a target applies to every pipeline.
                let shared = all.iter().filter(|(_, other)| same(other)).count() == jobs.len();
                match at_target(left).filter(|_| shared) {
                    Some((field, value)) => {
                        let fields = out.entry(target.text.to_string()).or_default();
                        joined(fields, field, value);
                    }
                    None => {
                        let d = messages::field_differs_in_target(&left.key, job, &target.text);
                        self.found.diagnostics.push(d);
                    }
                }
            }
        }
        out
    }

    fn targets(
        &mut self,
        targets: &[(TreeKey, Tree)],
        variables: &mut Variables,
        overrides: &BTreeMap<String, Vec<(TreeKey, Tree)>>,
    ) -> String {
        let mut out = String::new();
        for (key, body) in targets {
            let called = self.target_name(key);
            out.push_str(&format!("target {} {{\n", name(&called)));
            self.found.targets.push(ImportTarget { name: called, span: key.span, mode: None });
            if body.get("default").is_some_and(|d| d.kind == TreeKind::Bool(true)) {
                out.push_str("default = true\n");
            }
            let mut workspace = String::new();
            let both = self.parts.iter().find_map(|p| p.get("workspace"));
            for field in ["host", "profile", "root_path", "artifact_path"] {
                let said = body.get("workspace").and_then(|w| w.get(field)).or(both.and_then(|w| w.get(field)));
                if let Some(text) = said.and_then(Tree::text) {
                    match variables.fixed(text, &key.text) {
                        Some(text) => workspace.push_str(&format!("{field} = {}\n", string(&text))),
                        None => {
                            let span = said.map_or(key.span, |t| t.span);
                            self.found.diagnostics.push(messages::folder_of_deployment(span, field, &key.text));
                        }
                    }
                }
            }
            if !workspace.is_empty() {
                out.push_str(&format!("workspace {{\n{workspace}}}\n"));
            }
            if let (Some("production"), false) = (body.text_of("mode"), workspace.contains("root_path = ")) {
                self.found.diagnostics.push(messages::no_shared_root_path(key));
            }
            match (body.text_of("mode"), body.entry("mode")) {
                (Some(mode @ ("development" | "production")), _) => {
                    out.push_str(&format!("mode = {mode}\n"));
                    if let Some(target) = self.found.targets.last_mut() {
                        target.mode = Some(mode.to_owned());
                    }
                }
                (_, Some((field, _))) => {
                    self.found.diagnostics.push(messages::unknown_mode(field, &key.text));
                }
                (_, None) => {}
            }
            let own = self.parts.iter().filter_map(|p| p.get("resources")?.get("jobs")).flat_map(Tree::entries);
            let own = own.filter(|(_, j)| j.get("run_as").is_some()).count();
            if let (Some((field, _)), true) = (body.entry("run_as"), own > 0) {
                self.found.diagnostics.push(messages::run_as_of_target(field, &key.text));
            } else if let Some(run_as) = body.get("run_as") {
                let run_as = variables.interpolated(run_as, &mut self.found.diagnostics);
                out.push_str(&format!("run_as {{\n{}}}\n", plain_entries(&run_as)));
            }
            let rights_elsewhere = self.parts.iter().any(|p| p.get("permissions").is_some())
                || self
                    .parts
                    .iter()
                    .filter_map(|p| p.get("resources")?.get("jobs"))
                    .flat_map(Tree::entries)
                    .any(|(_, j)| j.get("permissions").is_some());
            let rights = body.get("permissions").filter(|_| !rights_elsewhere);
            if let Some(rights) = rights {
                let list: Vec<String> = rights
                    .items()
                    .iter()
                    .map(|r| variables.interpolated(&right(r), &mut self.found.diagnostics))
                    .map(|r| plain_entries(&r).trim_end().replace('\n', ", "))
                    .collect();
                let list: Vec<String> = list.into_iter().map(|r| format!("{{ {r} }}")).collect();
                out.push_str(&format!("access_control_list = [{}]\n", list.join(", ")));
            }
            for (field, value) in overrides.get(key.text.as_str()).into_iter().flatten() {
                match value.kind {
                    TreeKind::Map(_) => out.push_str(&format!("{} {{\n{}}}\n", field.text, plain_entries(value))),
                    _ => out.push_str(&format!("{} = {}\n", field.text, word(value))),
                }
            }
            let vars = variables.of_target(&key.text, body.get("variables"), &mut self.found.diagnostics);
            if !vars.is_empty() {
                out.push_str(&format!("vars {{\n{vars}}}\n"));
            }
            out.push_str("}\n\n");
            for (field, _) in body.entries() {
                let known = ["default", "workspace", "mode", "run_as", "variables", "resources"];
                let said = field.text == "permissions" && rights.is_some();
                if !said && !known.contains(&field.text.as_str()) {
                    let text = format!("`{}` of the target `{}` has no equivalent in pipec", field.text, key.text);
                    self.found.notes.push(ImportNote { span: field.span, text });
                }
            }
        }
        out
    }

    /// The name of a target in source: its own, or one that is a valid directory name.
    fn target_name(&mut self, key: &TreeKey) -> String {
        let taken = |name: &str| self.found.targets.iter().any(|t| t.name == name);
        let fits = is_name(&key.text) && is_file_name(&key.text) && key.text.len() <= MAX_FILE_NAME;
        if fits && !taken(&key.text) {
            return key.text.to_string();
        }
        let base = format!("target_{}", identifier(&key.text));
        let numbered = (2..).map(|n| format!("{base}_{n}"));
        let free = std::iter::once(base.clone()).chain(numbered).find(|n| !taken(n)).unwrap_or(base);
        self.found.diagnostics.push(messages::target_renamed(key, &free));
        free
    }

    /// Reports what the language cannot express.
    fn leave_out(&mut self, packed: bool) {
        for part in &self.parts {
            for (key, _) in part.entries() {
                let why = match key.text.as_str() {
                    "bundle" | "include" | "variables" | "resources" | "targets" | "environments" | "run_as"
                    | "permissions" | "workspace" => continue,
                    "artifacts" if packed => continue,
                    "artifacts" => {
                        "pipec builds wheels itself: declare `package name = \"...\"` and call its functions with `python`"
                    }
                    "sync" => "pipec uploads the files that jobs use, and their imports",
                    "presets" => {
                        "pipec applies presets with the `mode` of a target: name prefix, paused schedules, fewer concurrent runs"
                    }
                    // A common place for anchors.
                    _ if is_anchors(part, &key.text) => continue,
                    key if key.starts_with("x-") || key.starts_with('.') => continue,
                    _ => "pipec has no equivalent",
                };
                self.found.notes.push(ImportNote { span: key.span, text: format!("`{}`: {why}", key.text) });
            }
            for (key, value) in part.get("resources").map(Tree::entries).unwrap_or_default() {
                if key.text != "jobs" {
                    let names: Vec<&str> = value.entries().iter().map(|(k, _)| k.text.as_str()).collect();
                    let text = format!("{} {}: pipec deploys only jobs", key.text, names.join(", "));
                    self.found.notes.push(ImportNote { span: key.span, text });
                }
            }
        }
    }
}

/// Adds a field; objects with the same name are merged.
fn joined(fields: &mut Vec<(TreeKey, Tree)>, key: TreeKey, value: Tree) {
    match fields.iter_mut().find(|(k, _)| k.text == key.text) {
        Some((_, Tree { kind: TreeKind::Map(own), .. })) => {
            if let TreeKind::Map(new) = value.kind {
                new.into_iter().for_each(|(k, v)| joined(own, k, v));
            }
        }
        Some(_) => {}
        None => fields.push((key, value)),
    }
}

/// A change as a field of a target; `None` if a target cannot express it.
fn at_target(left: &Leftover) -> Option<(TreeKey, Tree)> {
    let mut around = left.around.clone()?;
    let (mut key, mut value) = (left.key.clone(), left.value.clone());
    while let Some(outer) = around.pop() {
        value = Tree { span: value.span, kind: TreeKind::Map(vec![(key, value)]) };
        key = outer;
    }
    let own = ["name", "tasks", "job_clusters", "parameters", "environments"];
    (JOB.field(&key.text).is_some() && !own.contains(&key.text.as_str())).then_some((key, value))
}

fn has_job(target: &Tree, job: &str) -> bool {
    target.get("resources").and_then(|r| r.get("jobs")).is_some_and(|j| j.get(job).is_some())
}

/// Adds the jobs that are only defined in targets, as in the default target, and returns their names.
fn whole_jobs(targets: &[(TreeKey, Tree)], default: Option<&str>, jobs: &mut Vec<(TreeKey, Tree)>) -> Vec<SmolStr> {
    let mut out = Vec::new();
    let (first, rest): (Vec<_>, Vec<_>) = targets.iter().partition(|(k, _)| Some(k.text.as_str()) == default);
    for (_, target) in first.into_iter().chain(rest) {
        let own = target.get("resources").and_then(|r| r.get("jobs")).map(Tree::entries).unwrap_or_default();
        for (key, job) in own {
            if !jobs.iter().any(|(k, _)| k.text == key.text) {
                jobs.push((key.clone(), job.clone()));
                out.push(key.text.clone());
            }
        }
    }
    out
}

/// Converts an entry of `permissions` to one of `access_control_list`.
fn right(entry: &Tree) -> Tree {
    let entries = entry.entries().iter().map(|(key, value)| {
        let level = key.text == "level";
        let text = if level { SmolStr::new_static("permission_level") } else { key.text.clone() };
        // A permission level of bundles for all kinds of resources.
        let value = match value.text() {
            Some("CAN_RUN") if level => Tree { span: value.span, kind: TreeKind::Text("CAN_MANAGE_RUN".to_owned()) },
            _ => value.clone(),
        };
        (TreeKey { text, span: key.span }, value)
    });
    Tree { span: entry.span, kind: TreeKind::Map(entries.collect()) }
}

/// Whether a section contains values that an alias uses elsewhere: the same spans occur twice.
fn is_anchors(part: &Tree, key: &str) -> bool {
    fn places(tree: &Tree, out: &mut Vec<Span>) {
        out.push(tree.span);
        tree.entries().iter().map(|(_, v)| v).chain(tree.items()).for_each(|t| places(t, out));
    }
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for (k, value) in part.entries() {
        places(value, if k.text == key { &mut own } else { &mut others });
    }
    others.sort();
    own.iter().any(|s| others.binary_search(s).is_ok())
}

/// Formats entries without knowing their types; words that look like enum values are not quoted.
fn plain_entries(tree: &Tree) -> String {
    let entry = |(key, value): &(TreeKey, Tree)| match value.kind {
        TreeKind::Map(_) => format!("{} {{\n{}}}\n", map_key(&key.text), plain_entries(value)),
        _ => format!("{} = {}\n", map_key(&key.text), word(value)),
    };
    tree.entries().iter().map(entry).collect()
}

fn word(value: &Tree) -> String {
    let shouts = |t: &str| t.len() > 2 && t.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    match value.text() {
        Some(text) if shouts(text) => text.to_owned(),
        _ => raw(value),
    }
}

impl Variable {
    /// The `var` declaration, as source.
    pub(super) fn declaration(&self) -> String {
        // A comment ends with its line.
        let line = |text: &String| text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
        let comment = |text: &String| format!("  # {}", plain::with_hash(&line(text), "# "));
        let comment = self.description.as_ref().map(comment).unwrap_or_default();
        let default = self.default.as_ref().map(|d| format!(" = {}", raw(d))).unwrap_or_default();
        format!("var {}: {}{default}{comment}\n", name(&self.name), self.ty)
    }
}
