//! Name resolution: what a path refers to, and suggestions if it refers to nothing.

use std::borrow::Cow;

use smol_str::SmolStr;

use super::Elaborator;
use super::families::AbsentKind;
use super::scope::{Local, LocalKind, Runs, Scope, StepSymbol, StepSymbolKind, TaskName};
use crate::check::messages;
use crate::diag::{Candidate, closest_match, closest_name};
use crate::model::{Hole, Reference, Text, Type};
use crate::schema::facts;
use crate::source::{Span, quote_name};
use crate::syntax::ast::{self, Path, Segment, Value};
use crate::syntax::walk::{Role, SyntaxNode};
use crate::syntax::words::is_reserved;

/// What a path refers to.
pub enum Resolution<'v> {
    /// Another value of the source, with its unit and the span of its name.
    Source(Cow<'v, Value>, usize, Span),
    /// Text that is known at compile time, except for parts that only a workspace knows.
    Fact(Text),
    /// Evaluated at run time.
    Run(Reference, Type),
    /// `true`, `false`.
    Bool(bool),
    /// Reported.
    Unknown,
}

impl Resolution<'_> {
    /// Whether it is `none`.
    pub fn is_none_value(&self) -> bool {
        match self {
            Resolution::Source(value, ..) => {
                matches!(&value.kind, ast::ValueKind::Path(path) if path.word() == Some("none"))
            }
            _ => false,
        }
    }
}

impl<'a> Elaborator<'a> {
    pub fn meaning<'v>(&mut self, path: &Path, span: Span, scope: Scope<'v>) -> Resolution<'v>
    where
        'a: 'v,
    {
        let head = &path.head;
        match path.word() {
            Some("true") => return Resolution::Bool(true),
            Some("false") => return Resolution::Bool(false),
            Some(word) if is_reserved(word) => {
                self.report(messages::reserved_value(span, word));
                return Resolution::Unknown;
            }
            _ => {}
        }
        if let Some(local) = scope.local(&head.text) {
            self.record_link(head.span, local.span);
            return self.local_meaning(local, path, span, scope);
        }
        if path.rest.is_empty() { self.single(path, span, scope) } else { self.dotted(path, span, scope) }
    }

    fn local_meaning<'v>(&mut self, local: &'v Local, path: &Path, span: Span, scope: Scope<'_>) -> Resolution<'v>
    where
        'a: 'v,
    {
        if let LocalKind::Element(value, unit) = &local.kind {
            return self.part(Cow::Borrowed(value), *unit, local.span, path, scope);
        }
        let field = match path.rest.as_slice() {
            [] => None,
            [Segment::Name(field)] => Some(field),
            _ => {
                self.report(messages::field_of_field(span, &path.head.text));
                return Resolution::Unknown;
            }
        };
        match (&local.kind, field) {
            (LocalKind::Element(..), _) => Resolution::Unknown,
            (LocalKind::Input(ty), None) => Resolution::Run(Reference::Input(None), ty.clone()),
            (LocalKind::Input(Type::Record(fields)), Some(field)) => {
                match fields.iter().find(|(n, _)| *n == field.text) {
                    Some((n, ty)) => Resolution::Run(Reference::Input(Some(n.clone())), ty.clone()),
                    None => {
                        let near = closest_match(&field.text, fields.iter().map(|(n, _)| n.as_str()));
                        self.report(messages::items_without_field(
                            field,
                            near,
                            fields.iter().map(|(n, _)| n.as_str()).collect(),
                        ));
                        Resolution::Unknown
                    }
                }
            }
            (LocalKind::Input(Type::Any | Type::Json | Type::Map(_)), Some(field)) => {
                Resolution::Run(Reference::Input(Some(field.text.clone())), Type::Any)
            }
            (LocalKind::Input(ty), Some(field)) => {
                self.report(messages::item_without_fields(field.span, ty, &path.head.text));
                Resolution::Unknown
            }
        }
    }

    fn single<'v>(&mut self, path: &Path, span: Span, scope: Scope<'v>) -> Resolution<'v>
    where
        'a: 'v,
    {
        let name = path.head.text.as_str();
        if let Some(pipe) = scope.pipe
            && let Some((param, ty, declared)) = pipe.param(name)
        {
            self.record_use(path.head.span, *declared);
            return Resolution::Run(Reference::Param(param.clone()), ty.clone());
        }
        if let Some(found) = self.symbols.find_let(scope.unit, name) {
            self.record_use(path.head.span, found.decl.name.span);
            return match &found.decl.value {
                Some(v) => Resolution::Source(Cow::Borrowed(v), found.unit, found.decl.name.span),
                None => Resolution::Unknown,
            };
        }
        if let Some(var) = self.symbols.vars.get(name) {
            self.record_use(path.head.span, var.decl.name.span);
            return match self.vars.get(name) {
                Some(v) => Resolution::Source(Cow::Borrowed(&v.value), v.unit, var.decl.name.span),
                // A constant without a value is reported at its declaration.
                None => Resolution::Unknown,
            };
        }
        self.unknown_name(path, span, scope);
        Resolution::Unknown
    }

    /// Records that the names in a value are used, although the value has no place and is not evaluated.
    pub fn mention(&mut self, node: SyntaxNode<'_>, scope: Scope<'_>) {
        if let SyntaxNode::Name(name, Role::Head) = node {
            let param = scope.pipe.and_then(|p| p.param(&name.text)).map(|(_, _, declared)| *declared);
            let constant = self.symbols.find_let(scope.unit, &name.text).map(|l| l.decl.name.span);
            let var = self.symbols.vars.get(&name.text).map(|v| v.decl.name.span);
            let compute = || Some(self.symbols.find_compute(scope.unit, &name.text)?.decl.name.span);
            if let Some(declared) = param.or(constant).or(var).or_else(compute) {
                self.record_use(name.span, declared);
            }
        }
        node.children(&mut |child| self.mention(child, scope));
    }

    fn unknown_name(&mut self, path: &Path, span: Span, scope: Scope<'_>) {
        let name = path.head.text.as_str();
        if self.symbols.maybe_declared(name)
            || self.is_absent(AbsentKind::Value, scope.pipe.map(|p| &p.name), name, path.head.span)
        {
            return;
        }
        let other_languages = match name {
            "True" | "yes" | "on" | "TRUE" => Some("true"),
            "False" | "no" | "off" | "FALSE" => Some("false"),
            "null" | "None" | "nil" => Some("none"),
            _ => None,
        };
        if let Some(word) = other_languages {
            self.report(messages::word_of_another_language(span, name, word));
            return;
        }
        if scope.pipe.is_none()
            && let Some((pipeline, declared)) = self.symbols.param_of_any(name)
        {
            self.report(messages::param_elsewhere(span, name, pipeline, declared));
            return;
        }
        if let Some(step) = scope.pipe.and_then(|p| p.step(name)) {
            let output = step.outputs.first().map(|(n, ..)| n.as_str());
            self.report(messages::step_as_value(span, name, step.span, output));
            return;
        }
        let symbols = self.symbols;
        let names = self.suggestions.among(|| {
            let mut names: Vec<Candidate<'_>> =
                scope.all_locals().map(|l| Candidate::declared(&l.name, l.span)).collect();
            names.extend(scope.pipe.iter().flat_map(|p| p.param_names()));
            names.extend(symbols.value_names(scope.unit));
            names.extend(["true", "false", "none"].map(Candidate::known));
            names
        });
        let near = closest_name(name, names);
        self.report(match near {
            Some(near) if self.in_short_argument => messages::undeclared_short_argument(span, name, near),
            _ if self.takes_text && !self.in_short_argument => {
                messages::undeclared_value(span, name, near, self.in_text)
            }
            _ => messages::undeclared_name(span, name, near),
        });
    }

    fn dotted<'v>(&mut self, path: &Path, span: Span, scope: Scope<'v>) -> Resolution<'v>
    where
        'a: 'v,
    {
        let head = path.head.text.as_str();
        let named = scope.pipe.and_then(|p| p.step(head));
        if (named.is_none() || path.rest.len() > 1)
            && let Some(found) = self.foreign_path(path, scope)
        {
            let (ours, undeclared) = match found {
                ForeignPath::Value(name) => (quote_name(name), None),
                ForeignPath::Output(step, output, is_declared) => {
                    (format!("{}.{}", quote_name(&step), quote_name(output)), (!is_declared).then_some(output))
                }
            };
            self.report(messages::foreign_path(span, self.sources.slice(span), &ours, undeclared));
            return Resolution::Unknown;
        }
        if let Some(named) = named {
            let named = named.clone();
            return self.output(&named, path, span, scope);
        }
        let is_constant = self.symbols.find_let(scope.unit, head).is_some() || self.symbols.vars.contains_key(head);
        if is_constant {
            let constant = self.single(&Path { head: path.head.clone(), rest: Vec::new() }, span, scope.file_scope());
            return match constant {
                Resolution::Source(value, unit, declared) => self.part(value, unit, declared, path, scope),
                other => other,
            };
        }
        let names: Option<Vec<&str>> = path
            .rest
            .iter()
            .map(|s| match s {
                Segment::Name(n) => Some(n.text.as_str()),
                Segment::Index(_) => None,
            })
            .collect();
        if let Some(fact) = names.as_deref().and_then(|names| self.compile_time_fact(head, names, span)) {
            return fact;
        }
        if facts::ROOTS.contains(&head)
            && let Some(names) = &names
        {
            if let (Some(pipe), "job", ["parameters", param]) = (scope.pipe, head, names.as_slice()) {
                return match pipe.param(param) {
                    Some((n, ty, declared)) => {
                        self.record_use(last_name(path).span, *declared);
                        Resolution::Run(Reference::Param(n.clone()), ty.clone())
                    }
                    None => {
                        self.undeclared_param(param, span, scope);
                        Resolution::Unknown
                    }
                };
            }
            let whole = format!("{head}.{}", names.join("."));
            return match facts::fact_type(&whole) {
                Some(ty) => Resolution::Run(Reference::Fact(whole.into()), Type::from_name(ty).unwrap_or(Type::Any)),
                None => {
                    self.unknown_fact(&whole, span);
                    Resolution::Unknown
                }
            };
        }
        if let Some(hole) = self.job_id(path, scope) {
            return hole.map_or(Resolution::Unknown, |hole| Resolution::Fact(Text::hole(hole)));
        }
        if self.symbols.maybe_declared(head)
            || self.is_absent(AbsentKind::Step, scope.pipe.map(|p| &p.name), head, path.head.span)
            || self.is_absent(AbsentKind::Value, scope.pipe.map(|p| &p.name), head, path.head.span)
        {
            return Resolution::Unknown;
        }
        let names = self.suggestions.among(|| {
            let steps = scope.pipe.iter().flat_map(|p| p.step_names());
            let locals = scope.all_locals().map(|l| Candidate::declared(&l.name, l.span));
            let roots = facts::ROOTS.iter().take(4).filter(|r| **r != "tasks");
            steps.chain(locals).chain(roots.copied().map(Candidate::known)).collect()
        });
        let near = closest_name(head, names);
        self.report(messages::no_step_of_path(path.head.span, head, near, scope.pipe.is_some()));
        Resolution::Unknown
    }

    /// The id of the job of a pipeline: `other.job_id`, `load["acme"].job_id`. `None` if the path is another one;
    /// `Some(None)` if it is reported.
    fn job_id(&mut self, path: &Path, scope: Scope<'_>) -> Option<Option<Hole>> {
        let (index, field) = match path.rest.as_slice() {
            [Segment::Name(field)] => (None, field),
            [Segment::Index(index), Segment::Name(field)] => (Some(index.clone()), field),
            _ => return None,
        };
        if field.text != "job_id" {
            return None;
        }
        let name = &path.head;
        let is_family = self.is_family(scope.unit, &name.text);
        if !is_family && self.symbols.find_pipeline(scope.unit, &name.text).is_none() {
            let absent = self.is_absent(AbsentKind::Pipeline, None, &name.text, name.span);
            return absent.then_some(None);
        }
        let Some(key) = self.member_name(&ast::Member { name: name.clone(), index }, None, scope) else {
            return Some(None);
        };
        let Some(found) = self.symbols.find_pipeline(scope.unit, &key) else { return Some(None) };
        self.record_link(name.span, found.decl.name.span);
        Some(Some(Hole::JobId(key)))
    }

    /// What a path means that is written as in another tool: `var.x`, `param.x`, `tasks.load.values.rows`,
    /// `load.output.rows`.
    fn foreign_path<'p>(&self, path: &'p Path, scope: Scope<'_>) -> Option<ForeignPath<'p>> {
        let names: Option<Vec<&str>> = std::iter::once(Some(path.head.text.as_str()))
            .chain(path.rest.iter().map(|segment| match segment {
                Segment::Name(name) => Some(name.text.as_str()),
                Segment::Index(_) => None,
            }))
            .collect();
        let names = names?;
        let step = |name: &str| scope.pipe.and_then(|p| p.steps.get(name));
        let is_value = |name: &str| {
            scope.pipe.is_some_and(|p| p.param(name).is_some())
                || self.symbols.find_let(scope.unit, name).is_some()
                || self.symbols.vars.contains_key(name)
        };
        let output = |task: &str, name: &'p str| {
            let named = step(task)?;
            let is_declared = named.outputs.iter().any(|(n, ..)| n == name);
            Some(ForeignPath::Output(task.into(), name, is_declared))
        };
        match names.as_slice() {
            ["var" | "vars" | "let" | "local" | "locals" | "param" | "params" | "parameters", name]
                if step(path.head.text.as_str()).is_none() && is_value(name) =>
            {
                Some(ForeignPath::Value(name))
            }
            ["job", "parameter" | "params" | "param", name] if is_value(name) => Some(ForeignPath::Value(name)),
            ["tasks" | "steps", task, "values" | "outputs" | "output" | "value", name] => output(task, name),
            ["tasks" | "steps", task, name] if facts::TASK_FACTS.iter().all(|f| f.path != *name) => output(task, name),
            [task, "values" | "outputs" | "output" | "value", name] => {
                // SQL steps have facts such as `output.rows`.
                let path = format!("{}.{name}", names.get(1)?);
                let is_fact = facts::TASK_FACTS.iter().any(|f| f.path == path || f.path.starts_with(&path));
                let named = step(task)?;
                let declared = named.outputs.iter().any(|(n, ..)| n == name);
                let is_right = is_fact && (named.runs == Runs::Sql || !declared);
                if is_right { None } else { output(task, name) }
            }
            _ => None,
        }
    }

    pub fn unknown_fact(&mut self, whole: &str, span: Span) {
        let all: Vec<String> = facts::all_paths().collect();
        self.report(messages::unknown_fact(span, whole, &all));
    }

    pub fn undeclared_param(&mut self, param: &str, span: Span, scope: Scope<'_>) {
        if self.symbols.maybe_declared(param) {
            return;
        }
        let names = self.suggestions.among(|| scope.pipe.iter().flat_map(|p| p.param_names()).collect());
        self.report(messages::undeclared_param(span, param, closest_name(param, names)));
    }

    /// `step.output`, `family["eu"].output`, `step.result_state`.
    fn output(&mut self, named: &StepSymbol, path: &Path, span: Span, scope: Scope<'_>) -> Resolution<'static> {
        let head = &path.head;
        self.record_link(head.span, named.span);
        let mut rest = path.rest.as_slice();
        let mut key = named.tasks.first().map(|t| t.key.clone());
        if let [Segment::Index(index), tail @ ..] = rest {
            rest = tail;
            match self.element(named, head, index, scope) {
                Some(found) => key = Some(found),
                None => return Resolution::Unknown,
            }
        } else if named.tasks.is_empty() {
            return Resolution::Unknown;
        } else if named.is_family() {
            let first =
                named.tasks.first().and_then(|t| t.member.as_ref()).map(|m| m.index.clone()).unwrap_or_default();
            self.report(messages::output_of_family(span, &head.text, named.span, &first));
            return Resolution::Unknown;
        }
        let Some(key) = key else { return Resolution::Unknown };
        let names: Vec<&ast::Ident> = rest
            .iter()
            .filter_map(|s| match s {
                Segment::Name(n) => Some(n),
                Segment::Index(_) => None,
            })
            .collect();
        let Some(first) = names.first() else {
            self.report(messages::which_output(span, &head.text));
            return Resolution::Unknown;
        };
        let hidden = match named.kind {
            StepSymbolKind::Inner => Some(false),
            StepSymbolKind::Loop => Some(true),
            _ => None,
        };
        if let (1, Some((name, ty, declared))) = (names.len(), named.outputs.iter().find(|(n, ..)| *n == first.text)) {
            if let Some(whole) = hidden {
                self.report(messages::hidden_output(span, whole, *declared));
                return Resolution::Unknown;
            }
            self.record_use(first.span, *declared);
            let reference = if named.runs == Runs::Sql {
                Reference::TaskFact { task: key, fact: format!("output.first_row.{name}").into() }
            } else {
                Reference::Value { task: key, name: name.clone() }
            };
            return Resolution::Run(reference, ty.clone());
        }
        let whole: Vec<&str> = names.iter().map(|n| n.text.as_str()).collect();
        let whole = whole.join(".");
        if let Some(fact) = facts::TASK_FACTS.iter().find(|f| f.path == whole)
            && named.kind != StepSymbolKind::Inner
        {
            return Resolution::Run(
                Reference::TaskFact { task: key, fact: fact.path.into() },
                Type::from_name(fact.ty).unwrap_or(Type::Any),
            );
        }
        if let Some(whole) = hidden {
            self.report(messages::hidden_value(span, whole, named.span));
            return Resolution::Unknown;
        }
        if named.broken {
            return Resolution::Unknown;
        }
        if named.kind == StepSymbolKind::Condition {
            self.report(messages::output_of_condition(span, &head.text, named.span));
            return Resolution::Unknown;
        }
        let last = names.last().map_or(span, |n| n.span);
        let at = first.span.to(last);
        let outputs = named.outputs.iter().map(|(n, _, at)| Candidate::declared(n, *at));
        let near = closest_name(&whole, outputs.chain(facts::TASK_FACTS.iter().map(|f| Candidate::known(f.path))));
        self.report(messages::unknown_output(at, &head.text, &whole, named.span, near));
        Resolution::Unknown
    }

    /// The key of one element of a family.
    pub fn element<'s>(
        &mut self,
        named: &'s StepSymbol,
        head: &ast::Ident,
        index: &Value,
        scope: Scope<'_>,
    ) -> Option<SmolStr> {
        if !named.is_family() {
            self.report(messages::not_a_family(index.span, &head.text, named.span));
            return None;
        }
        let (constant, _) = self.constant(index, scope, "the index of a step family")?;
        let wanted = constant.wire();
        let name = |t: &'s TaskName| t.member.as_ref().map(|m| m.index.as_str());
        if let Some(task) = named.tasks.iter().find(|t| name(t) == Some(wanted.as_str())) {
            return Some(task.key.clone());
        }
        // The list is reported if it is invalid or too long; whether this is one of its elements is unknown.
        if named.truncated || named.broken {
            return None;
        }
        let known: Vec<&str> = named.tasks.iter().filter_map(name).collect();
        self.report(messages::no_such_element(index.span, &head.text, &wanted, named.span, &known));
        None
    }
}

/// What a path of another tool means.
enum ForeignPath<'p> {
    /// A value.
    Value(&'p str),
    /// An output of a step, and whether the step declares it.
    Output(SmolStr, &'p str, bool),
}

/// The last name of a path.
fn last_name(path: &Path) -> &ast::Ident {
    match path.rest.last() {
        Some(Segment::Name(name)) => name,
        _ => &path.head,
    }
}
