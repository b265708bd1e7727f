//! `requirements`: from a list or a requirements file to libraries of a cluster, or dependencies of an environment.

use std::path::Path;

use super::Elaborator;
use super::compute::set;
use super::scope::Scope;
use crate::check::messages;
use crate::model::{Node, NodeKind, Object, Text};
use crate::package::{RequirementLine, is_requirements_file, requirement, requirement_lines};
use crate::schema::{LIBRARY, PYTHON_PYPI_LIBRARY, key};
use crate::source::Span;
use crate::syntax::ast::CallArgument;

/// How deeply requirements files may include each other.
const DEPTH: usize = 8;

impl Elaborator<'_> {
    /// The lines of `file("requirements.txt")`.
    pub fn requirements_file(&mut self, arguments: &[CallArgument], span: Span, scope: Scope<'_>) -> Option<Node> {
        let path = self.written_path(arguments, span)?;
        let dir = self.dir(scope.unit);
        let mut lines = Vec::new();
        self.read_requirements(dir, &path, span, 0, &mut lines)?;
        let items = lines.into_iter().map(|line| Node::text(span, line)).collect();
        Some(Node { span, kind: NodeKind::List(items) })
    }

    fn read_requirements(
        &mut self,
        dir: &Path,
        path: &str,
        span: Span,
        depth: usize,
        out: &mut Vec<String>,
    ) -> Option<()> {
        let file = crate::project::join(dir, path);
        if self.leads_out(&file, path, span) {
            return None;
        }
        if !is_requirements_file(&file) {
            self.report(messages::not_a_requirements_file(span, path));
            return None;
        }
        let Ok(bytes) = self.files.read(&file) else {
            self.report(messages::requirements_not_found(span, path, &file));
            return None;
        };
        // A file that is not text may contain anything, so it is never quoted.
        let Some(text) = String::from_utf8(bytes).ok().filter(|t| !t.contains('\0')) else {
            self.report(messages::requirements_not_text(span, path));
            return None;
        };
        let folder = file.parent().map(Path::to_owned).unwrap_or_default();
        for (number, line) in requirement_lines(&text) {
            match requirement(&line) {
                RequirementLine::File(inner) if depth < DEPTH => {
                    self.read_requirements(&folder, &inner, span, depth + 1, out)?;
                }
                RequirementLine::File(_) => {
                    self.report(messages::requirements_too_deep(span));
                    return None;
                }
                RequirementLine::Wrong(why) => {
                    self.report(messages::bad_requirement_line(span, &file, number, &line, &why));
                    return None;
                }
                _ => out.push(line),
            }
        }
        Some(())
    }

    /// Converts the requirements of a cluster or its steps to libraries.
    pub fn cluster_requirements(&mut self, settings: &mut Object) -> Vec<Object> {
        let lines = requirements_of(settings);
        let mut index: Option<(String, Span)> = None;
        let mut out = Vec::new();
        for (line, span) in &lines {
            let refuse = |what: &str, help: &str| messages::not_a_cluster_library(*span, line, what, help);
            match requirement(line) {
                RequirementLine::Package(_) => {}
                RequirementLine::Index(url) => match &index {
                    Some((first, _)) if *first != url => {
                        self.report(refuse("cluster libraries use a single package index", "keep one `--index-url`"));
                    }
                    _ => index = Some((url, *span)),
                },
                RequirementLine::ExtraIndex(_) => self.report(refuse(
                    "cluster libraries do not support a second package index",
                    "use `--index-url` for an index with every package, or set `libraries` with a `repo` for each",
                )),
                RequirementLine::Hashed(_) => self.report(refuse(
                    "cluster libraries are installed without checking hashes",
                    "upload the file and use `libraries = [{ requirements = \"/Workspace/...\" }]`, or run the step on an environment",
                )),
                RequirementLine::Address(_) => self.report(refuse(
                    "cluster libraries come from a package index",
                    "upload the wheel and use `libraries = [{ whl = \"/Volumes/...\" }]`",
                )),
                RequirementLine::File(_) => {
                    self.report(refuse("requirements files must be set directly", "use `requirements = file(\"...\")`"));
                }
                RequirementLine::Option(option) => self.report(refuse(
                    &format!("cluster libraries do not support the option `{option}`"),
                    "remove it, or run the step on a serverless environment",
                )),
                RequirementLine::Wrong(why) => {
                    self.report(refuse(&format!("invalid requirement: {why}"), "use a requirement such as `pandas>=2,<3`"));
                }
            }
        }
        for (line, span) in &lines {
            if !matches!(requirement(line), RequirementLine::Package(_)) {
                continue;
            }
            let mut pypi = Object::new(&PYTHON_PYPI_LIBRARY, *span);
            set(&mut pypi, key::PACKAGE, *span, NodeKind::Text(Text::plain(line.clone())));
            if let Some((url, at)) = &index {
                set(&mut pypi, key::REPO, *at, NodeKind::Text(Text::plain(url.clone())));
            }
            let mut library = Object::new(&LIBRARY, *span);
            set(&mut library, key::PYPI, *span, NodeKind::Object(pypi));
            out.push(library);
        }
        out
    }

    /// Converts the requirements of an environment to `dependencies`, after explicit ones.
    pub fn environment_requirements(&mut self, spec: &mut Object) {
        let lines = requirements_of(spec);
        if lines.is_empty() {
            return;
        }
        let mut list: Vec<Node> =
            spec.get(key::DEPENDENCIES).and_then(Node::as_list).map(<[Node]>::to_vec).unwrap_or_default();
        let first = lines.first().map_or(spec.span, |(_, span)| *span);
        for (line, span) in lines {
            match requirement(&line) {
                RequirementLine::Option(option)
                    if matches!(option.as_str(), "-e" | "--editable" | "-c" | "--constraint") =>
                {
                    self.report(messages::requirement_of_this_machine(span, &line, &option));
                }
                RequirementLine::Address(path) if path.starts_with('.') => {
                    self.report(messages::requirement_is_local(span, &line));
                }
                RequirementLine::Wrong(why) => self.report(messages::bad_requirement(span, &line, &why)),
                _ => list.push(Node::text(span, line)),
            }
        }
        set(spec, key::DEPENDENCIES, first, NodeKind::List(list));
    }

    /// Converts the requirements of a step to its own libraries.
    pub fn step_requirements(&mut self, settings: &mut Object, on_cluster: bool) {
        let Some(entry) = settings.entry(key::REQUIREMENTS).cloned() else { return };
        if !on_cluster {
            settings.remove(key::REQUIREMENTS);
            self.report(messages::requirements_without_cluster(entry.key));
            return;
        }
        let libraries = self.cluster_requirements(settings);
        let mut list: Vec<Node> =
            libraries.into_iter().map(|l| Node { span: l.span, kind: NodeKind::Object(l) }).collect();
        list.extend(settings.get(key::LIBRARIES).and_then(Node::as_list).map(<[Node]>::to_vec).unwrap_or_default());
        set(settings, key::LIBRARIES, entry.key, NodeKind::List(list));
    }
}

/// Removes `requirements` from an object, and returns its lines.
fn requirements_of(object: &mut Object) -> Vec<(String, Span)> {
    match object.remove(key::REQUIREMENTS).and_then(|f| f.value).map(|n| n.kind) {
        Some(NodeKind::List(items)) => items.iter().filter_map(|n| Some((n.as_str()?.to_owned(), n.span))).collect(),
        _ => Vec::new(),
    }
}
