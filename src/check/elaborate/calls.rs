//! Calls: what a step runs, with which arguments.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use smol_str::{SmolStr, format_smolstr};

use super::Elaborator;
use super::eval::{Evaluated, Typed, ValueSite};
use super::families::AbsentKind;
use super::fields::BlockSchema;
use super::packages::Packaged;
use super::scope::Scope;
use crate::check::messages::{self, WrongFile};
use crate::diag::{closest_match, closest_name};
use crate::model::{Argument, FileCall, FileKind, Object, PythonCall, RunCall, StepKind, Text, Type};
use crate::package::{WheelBuilder, sha256_hex};
use crate::schema::{
    DBT_CALL_PLACE, DBT_TASK, Eval, NOTEBOOK_CALL_PLACE, NOTEBOOK_TASK, PYTHON_CALL_PLACE, PYTHON_WHEEL_TASK, Place,
    RUN_CALL_PLACE, RUN_JOB_TASK, SCRIPT_CALL_PLACE, SPARK_PYTHON_TASK, SQL_CALL_PLACE, SQL_TASK, STEP_PLACE, key,
};
use crate::source::Span;
use crate::syntax::ast::{self, BindingKind, Call, Callee, Item, StrLit, ValueKind};

/// What a call is checked against.
pub struct CallContext<'c> {
    pub scope: Scope<'c>,
    pub pipeline: &'c SmolStr,
    pub key: &'c SmolStr,
    pub packages: &'c [Packaged<'c>],
    /// The pipeline reads its code from a repository.
    pub git: bool,
}

/// The fields of the block after a call.
pub fn call_place(callee: &Callee) -> &'static Place {
    match callee {
        Callee::Python { .. } => &PYTHON_CALL_PLACE,
        Callee::Notebook(_) => &NOTEBOOK_CALL_PLACE,
        Callee::Script(_) => &SCRIPT_CALL_PLACE,
        Callee::Sql(_) => &SQL_CALL_PLACE,
        Callee::Dbt(_) => &DBT_CALL_PLACE,
        Callee::Run(_) => &RUN_CALL_PLACE,
    }
}

impl Elaborator<'_> {
    /// Checks a call and returns the kind of step.
    pub fn call(&mut self, call: &Call, cx: &CallContext<'_>) -> StepKind {
        match &call.callee {
            Callee::Python { module, function } => self.python(call, module, function, cx),
            Callee::Notebook(path) => self.file(call, FileKind::Notebook, path, cx),
            Callee::Script(path) => self.file(call, FileKind::Script, path, cx),
            Callee::Sql(path) => self.file(call, FileKind::Sql, path, cx),
            Callee::Dbt(path) => self.file(call, FileKind::Dbt, path, cx),
            Callee::Run(member) => self.run(call, member, cx),
        }
    }

    fn rest(&mut self, call: &Call, place: &'static Place, cx: &CallContext<'_>) -> Object {
        match &call.body {
            Some(body) => {
                let is_of_call = |e: &mut Self, item: &Item| {
                    let Item::Entry(entry) = item else { return true };
                    let key = entry.key.text.as_str();
                    let is_of_step = place.field(key).is_none() && STEP_PLACE.field(key).is_some();
                    if is_of_step {
                        e.report(messages::field_of_step(entry, call, place.name, e.sources.slice(entry.span)));
                    }
                    !is_of_step
                };
                self.body_where(body, is_of_call, BlockSchema::Place(place), cx.scope)
            }
            None => Object::new(place.block, call.callee_span),
        }
    }

    /// Named arguments: `name = value`, or `name` for both.
    fn named_arguments(&mut self, call: &Call, field: &'static str, cx: &CallContext<'_>) -> Vec<Argument> {
        let mut out: Vec<Argument> = Vec::new();
        for argument in &call.arguments {
            let name = match (&argument.name, &argument.value.kind) {
                (Some(name), _) => Some((name.text.clone(), name.span)),
                (None, ValueKind::Path(path)) if path.rest.is_empty() => Some((path.head.text.clone(), path.head.span)),
                _ => None,
            };
            let sink = ValueSite { name: field, eval: Eval::Evaluated };
            let Some((name, span)) = name else {
                if !matches!(argument.value.kind, ValueKind::Bad) {
                    self.report(messages::argument_without_name(argument));
                }
                self.typed(&argument.value, cx.scope, sink);
                continue;
            };
            if let Some(first) = out.iter().find(|a| a.name == name) {
                self.report(messages::argument_twice(span, &name, first.span));
                continue;
            }
            if let ValueKind::Path(path) = &argument.value.kind
                && path.word() == Some("none")
            {
                self.report(messages::argument_none(argument.value.span));
                continue;
            }
            // An empty cell of a table.
            if self.is_none(&argument.value, cx.scope) {
                continue;
            }
            self.in_short_argument = argument.name.is_none();
            let typed = self.typed(&argument.value, cx.scope, sink);
            self.in_short_argument = false;
            match typed {
                Some(typed) => {
                    let (value, ty) = (typed.wire(), argument_type(&typed));
                    out.push(Argument { name, key: span, span: argument.span, value, passed_as: ty.clone(), ty })
                }
                // Reported; the name still counts as passed.
                None => out.push(Argument {
                    name,
                    key: span,
                    span: argument.span,
                    value: Text::default(),
                    ty: Type::Any,
                    passed_as: Type::Any,
                }),
            }
        }
        out
    }

    /// Positional arguments.
    fn positional_arguments(&mut self, call: &Call, kind: FileKind, cx: &CallContext<'_>) -> Vec<Argument> {
        let mut out = Vec::new();
        let field = if kind == FileKind::Dbt { "commands" } else { "parameters" };
        for argument in &call.arguments {
            if let Some(name) = &argument.name {
                self.report(messages::named_argument(name, kind));
            }
            if let Some(typed) = self.typed(&argument.value, cx.scope, ValueSite { name: field, eval: Eval::Evaluated })
            {
                let ty = argument_type(&typed);
                out.push(Argument {
                    name: SmolStr::default(),
                    key: argument.span,
                    span: argument.span,
                    value: typed.wire(),
                    passed_as: ty.clone(),
                    ty,
                });
            }
        }
        out
    }

    fn python(&mut self, call: &Call, module: &ast::Ident, function: &ast::Ident, cx: &CallContext<'_>) -> StepKind {
        let arguments = self.named_arguments(call, "parameters", cx);
        let rest = self.rest(call, &PYTHON_CALL_PLACE, cx);
        debug_assert!(*rest.block == PYTHON_WHEEL_TASK);
        if cx.packages.is_empty() {
            if self.symbols.packages.is_empty()
                && !self.symbols.project.units.iter().any(|u| u.broken)
                && !std::mem::replace(&mut self.reported_no_package, true)
            {
                self.report(messages::no_package(call.callee_span));
            }
            return StepKind::bad_call(rest);
        }
        let mut found: Vec<usize> = Vec::new();
        for (i, project) in cx.packages.iter().enumerate() {
            if project.modules.resolve(&module.text).is_some() {
                found.push(i);
            }
        }
        if found.is_empty() {
            // The modules of a package that its own backend builds are unknown before it has run.
            let unknown = |p: &Packaged<'_>| matches!(p.python.builder, WheelBuilder::Backend(_));
            found.extend(cx.packages.iter().position(unknown));
        }
        match found.as_slice() {
            [one] => StepKind::Python(PythonCall {
                package: *one,
                module: module.text.clone(),
                function: function.text.clone(),
                span: module.span.to(function.span),
                arguments,
                entry_point: entry_point(cx.pipeline, cx.key),
                by_name: None,
                rest,
            }),
            [] => {
                // Walking through all modules is only worthwhile for an error.
                let known: Vec<String> = cx.packages.iter().flat_map(|p| p.modules.names()).collect();
                let near = closest_match(&module.text, known.iter().map(String::as_str)).map(str::to_owned);
                self.report(messages::module_not_found(
                    module,
                    near,
                    &cx.packages.iter().map(|p| &p.package).collect::<Vec<_>>(),
                ));
                StepKind::bad_call(rest)
            }
            several => {
                self.report(messages::module_in_several(
                    module,
                    &several.iter().filter_map(|i| cx.packages.get(*i)).map(|p| &p.package).collect::<Vec<_>>(),
                ));
                StepKind::bad_call(rest)
            }
        }
    }

    fn file(&mut self, call: &Call, kind: FileKind, lit: &StrLit, cx: &CallContext<'_>) -> StepKind {
        let (place, field): (&'static Place, &'static str) = match kind {
            FileKind::Notebook => (&NOTEBOOK_CALL_PLACE, "base_parameters"),
            FileKind::Script => (&SCRIPT_CALL_PLACE, "parameters"),
            FileKind::Sql => (&SQL_CALL_PLACE, "parameters"),
            FileKind::Dbt => (&DBT_CALL_PLACE, "commands"),
        };
        debug_assert!([&NOTEBOOK_TASK, &SPARK_PYTHON_TASK, &SQL_TASK, &DBT_TASK].contains(&place.block));
        let arguments = match kind {
            FileKind::Script | FileKind::Dbt => self.positional_arguments(call, kind, cx),
            _ => self.named_arguments(call, field, cx),
        };
        let rest = self.rest(call, place, cx);
        let path = self.text(lit, cx.scope, ValueSite { name: "a path", eval: Eval::Constant });
        let Some(path) = path else { return StepKind::bad_call(rest) };
        let from_git = match rest.str(key::SOURCE) {
            Some(source) => source == "GIT",
            None => cx.git,
        };
        let local = match path.as_str() {
            Some(text) if !from_git && (text.starts_with("./") || text.starts_with("../")) => {
                match self.local_file(text, kind, lit.span, cx) {
                    Some(file) => Some(file),
                    None => return StepKind::bad_call(rest),
                }
            }
            Some(text) if !from_git && !self.is_elsewhere(text, kind, lit.span, cx) => {
                return StepKind::bad_call(rest);
            }
            _ => None,
        };
        let companions = match &local {
            Some(dir) if kind == FileKind::Dbt => self.dbt_files(dir, lit.span),
            Some(file) if kind != FileKind::Sql => self.companions(file, kind, lit.span),
            _ => Vec::new(),
        };
        StepKind::File(FileCall { kind, path, span: lit.span, local, companions, arguments, rest })
    }

    /// Reports a path outside the project, and returns whether it is one.
    pub fn leads_out(&mut self, path: &Path, text: &str, span: Span) -> bool {
        let Some(boundary) = self.files.outside(path) else { return false };
        self.report(crate::project::outside_project(span, text, boundary));
        true
    }

    /// Whether a path that is not local leads to a file of the workspace; reports one that leads nowhere.
    fn is_elsewhere(&mut self, text: &str, kind: FileKind, span: Span, cx: &CallContext<'_>) -> bool {
        if text.starts_with('/') || text.contains("{{") {
            return true;
        }
        if text.split_once(':').is_some_and(|(scheme, _)| !scheme.contains(['/', ' '])) {
            return true;
        }
        let is_query = text.contains(['\n', ';']) || kind == FileKind::Sql && text.contains(' ');
        let is_path = !text.trim().is_empty() && !is_query;
        let d = match is_path {
            false if text.trim().is_empty() => messages::not_a_path(span, "an empty string"),
            false => messages::not_a_path(span, "this text"),
            true => {
                let dir = self.dir(cx.scope.unit);
                let local = format!("./{text}");
                let path = crate::project::join(dir, &local);
                let exists = self.files.is_file(&path) || kind == FileKind::Dbt && self.files.is_dir(&path);
                let near = exists
                    .then_some(local)
                    .or_else(|| crate::project::nearest_path(self.files, dir, &format!("./{text}")));
                messages::relative_path(span, text, near.as_deref())
            }
        };
        self.report(d);
        false
    }

    fn local_file(&mut self, text: &str, kind: FileKind, span: Span, cx: &CallContext<'_>) -> Option<PathBuf> {
        let dir = self.dir(cx.scope.unit);
        let path = crate::project::join(dir, text);
        if self.leads_out(&path, text, span) {
            return None;
        }
        if kind == FileKind::Dbt && self.files.is_dir(&path) {
            return self.dbt_project(&path, text, span);
        }
        if !self.files.is_file(&path) {
            let found = match self.files.is_dir(&path) {
                true => messages::directory_instead_of_file(span, text),
                false => {
                    let near = crate::project::nearest_path(self.files, dir, text);
                    messages::file_not_found(span, text, near.as_deref(), &path)
                }
            };
            self.report(found);
            return None;
        }
        self.file_kind(&path, text, kind, span).then_some(path)
    }

    fn file_kind(&mut self, path: &Path, text: &str, kind: FileKind, span: Span) -> bool {
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        let header = || {
            let bytes = self.files.read(path).unwrap_or_default();
            let first = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
            String::from_utf8_lossy(first).contains("Databricks notebook source")
        };
        let is_json = || {
            let bytes = self.files.read(path).unwrap_or_default();
            serde_json::from_slice::<serde_json::Value>(&bytes).is_ok_and(|v| v.is_object())
        };
        let wrong = match (kind, extension.as_str()) {
            (FileKind::Notebook, "ipynb") if !is_json() => Some(WrongFile::NotebookNotJson),
            (FileKind::Notebook, "ipynb") => None,
            (FileKind::Notebook, "py" | "sql" | "r" | "scala") if header() => None,
            (FileKind::Notebook, "py") => Some(WrongFile::PlainPython),
            (FileKind::Notebook, "sql") => Some(WrongFile::PlainSql),
            (FileKind::Notebook, _) => Some(WrongFile::NotANotebook),
            (FileKind::Script, "py") if header() => Some(WrongFile::Notebook),
            (FileKind::Script, "py") => None,
            (FileKind::Script, _) => Some(WrongFile::NotAScript),
            (FileKind::Sql, "sql") if header() => Some(WrongFile::Notebook),
            (FileKind::Sql, "sql") => None,
            (FileKind::Sql, _) => Some(WrongFile::NotSql),
            (FileKind::Dbt, _) => Some(WrongFile::NotADirectory),
        };
        if let Some(why) = wrong {
            self.report(messages::wrong_file_kind(span, text, why));
        }
        wrong.is_none()
    }

    fn run(&mut self, call: &Call, member: &ast::Member, cx: &CallContext<'_>) -> StepKind {
        let name = &member.name;
        let arguments = self.named_arguments(call, "job_parameters", cx);
        let rest = self.rest(call, &RUN_CALL_PLACE, cx);
        debug_assert!(*rest.block == RUN_JOB_TASK);
        let Some(key) = self.member_name(member, None, cx.scope) else { return StepKind::bad_call(rest) };
        let Some(found) = self.symbols.find_pipeline(cx.scope.unit, &key) else {
            if !self.symbols.maybe_declared(&name.text)
                && !self.is_absent(AbsentKind::Pipeline, None, &name.text, name.span)
            {
                let symbols = self.symbols;
                let mut names = self.suggestions.among(|| symbols.pipeline_names(cx.scope.unit));
                names.retain(|n| n.text != cx.pipeline);
                let near = closest_name(&name.text, names);
                self.report(messages::unknown_pipeline(name, near));
            }
            return StepKind::bad_call(rest);
        };
        self.record_link(name.span, found.decl.name.span);
        let params: HashMap<&str, Span> = found
            .decl
            .body
            .items
            .iter()
            .rev()
            .filter_map(|i| match i {
                Item::Binding(b) if b.kind == BindingKind::Param => Some((b.name.text.as_str(), b.name.span)),
                _ => None,
            })
            .collect();
        for argument in &arguments {
            if let Some(param) = params.get(argument.name.as_str()) {
                self.record_link(argument.key, *param);
            }
        }
        StepKind::Run(RunCall { pipeline: key, span: name.span, arguments, rest })
    }
}

/// The type of the value at the receiver.
fn argument_type(typed: &Typed) -> Type {
    match (&typed.ty, &typed.value) {
        // A string that contains a reference is a string.
        (Type::Any, Evaluated::Constant(_)) => Type::String,
        (ty, _) => ty.clone(),
    }
}

/// The name of a step's entry point, from the names of pipeline and step. Names that had to be changed get a hash, so
/// that they stay distinct.
fn entry_point(pipeline: &str, step: &str) -> SmolStr {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let word: String = pipeline.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    if word == pipeline {
        return format_smolstr!("{pipeline}.{step}");
    }
    let mark: String = sha256_hex(pipeline.as_bytes()).chars().take(6).collect();
    format_smolstr!("{word}-{mark}.{step}")
}
