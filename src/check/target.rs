//! A target: its own values, the vars it sets, and the job fields it lays over every pipeline.

use std::collections::HashMap;

use smol_str::SmolStr;

use super::eval::Known;
use super::fields::Against;
use super::messages;
use super::scope::{Checker, Scope, VarValue};
use super::symbols::{In, Symbols};
use crate::diag::{Diagnostics, nearest};
use crate::model::{Mode, Object, Target, Type};
use crate::schema::{Cloud, JOB, TARGET_PLACE, is_job_field_of_target};
use crate::source::{MAX_FILE_NAME, Span, is_file_name};
use crate::syntax::ast::{self, Decl, EntryValue, Item, StrLit, StrPart, Value, ValueKind};

/// The values of all vars for one target: `--var`, then the target's, then the default.
pub(super) fn var_values(
    symbols: &Symbols<'_>,
    target: Option<In<'_, Decl>>,
    given: &[(SmolStr, SmolStr)],
    diagnostics: &mut Diagnostics,
) -> HashMap<SmolStr, VarValue> {
    let mut out = HashMap::new();
    let set = target.map(|t| set_vars(symbols, t, diagnostics)).unwrap_or_default();
    for (name, var) in &symbols.vars {
        let from_flag = given.iter().rev().find(|(k, _)| k == name).map(|(_, text)| flag_value(text, var.decl));
        let value = from_flag
            .map(|value| VarValue { value, unit: var.unit, from_flag: true })
            .or_else(|| set.get(name).cloned())
            .or_else(|| var.decl.value.clone().map(|value| VarValue { value, unit: var.unit, from_flag: false }));
        match value {
            Some(value) => {
                out.insert(name.clone(), value);
            }
            // A target that was not understood may set it.
            None if target.is_some_and(|t| symbols.project.units.get(t.unit).is_some_and(|u| u.broken)) => {}
            None => {
                diagnostics.push(messages::var_without_value(&var.decl.name, target.map(|t| &t.decl.name)));
            }
        }
    }
    out
}

fn set_vars(symbols: &Symbols<'_>, target: In<'_, Decl>, diagnostics: &mut Diagnostics) -> HashMap<SmolStr, VarValue> {
    let mut out: HashMap<SmolStr, VarValue> = HashMap::new();
    for item in &target.decl.body.items {
        let Item::Entry(entry) = item else { continue };
        let (true, EntryValue::Block(body)) = (entry.key.text == "vars", &entry.value) else { continue };
        for item in &body.items {
            let Item::Entry(entry) = item else { continue };
            let name = &entry.key;
            if !symbols.vars.contains_key(&name.text) {
                if !symbols.maybe_declared(&name.text) {
                    let near = nearest(&name.text, symbols.vars.keys().map(SmolStr::as_str));
                    diagnostics.push(messages::unknown_var(name, near));
                }
                continue;
            }
            if let Some(first) = out.get(&name.text) {
                diagnostics.push(messages::var_set_twice(name, first.value.span));
                continue;
            }
            let value = match &entry.value {
                EntryValue::Assign(v) => v.clone(),
                EntryValue::Block(b) => Value { span: b.span, kind: ValueKind::Object(b.clone()) },
            };
            out.insert(name.text.clone(), VarValue { value, unit: target.unit, from_flag: false });
        }
    }
    out
}

/// The text of `--var` as a value: text as it is for a text, else read as source.
fn flag_value(text: &SmolStr, var: &ast::Binding) -> Value {
    let span = var.name.span;
    let plain = Value { span, kind: ValueKind::Str(StrLit { span, parts: vec![StrPart::Text(text.clone(), span)] }) };
    let ty = var.ty.as_ref().map_or("string", |t| t.name.text.as_str());
    let is_enum = crate::schema::find_enum(ty).is_some();
    if !is_enum && !matches!(ty, "int" | "float" | "bool" | "list" | "map" | "json" | "compute") {
        return plain;
    }
    let parsed = crate::syntax::parse(span.file, &format!("let x = {text}\n"));
    match parsed.file.items.into_iter().next() {
        Some(Item::Binding(b)) if parsed.diagnostics.is_empty() => b.value.map_or(plain, |v| moved(v, span)),
        _ => plain,
    }
}

/// A value with all its places at `span`: it was written elsewhere.
fn moved(value: Value, span: Span) -> Value {
    let kind = match value.kind {
        ValueKind::List(items) => ValueKind::List(items.into_iter().map(|v| moved(v, span)).collect()),
        ValueKind::Path(mut path) => {
            path.head.span = span;
            ValueKind::Path(path)
        }
        ValueKind::Str(mut lit) => {
            lit.span = span;
            for part in &mut lit.parts {
                match part {
                    StrPart::Text(_, at) => *at = span,
                    StrPart::Reference(v) => **v = moved((**v).clone(), span),
                }
            }
            ValueKind::Str(lit)
        }
        ValueKind::Object(mut body) => {
            body.span = span;
            for item in &mut body.items {
                if let Item::Entry(entry) = item {
                    entry.span = span;
                    entry.key.span = span;
                    if let EntryValue::Assign(v) = &mut entry.value {
                        *v = moved(v.clone(), span);
                    }
                }
            }
            ValueKind::Object(body)
        }
        kind => kind,
    };
    Value { span, kind }
}

/// A target ready for use, and what it lays over every pipeline.
pub(super) struct TargetParts {
    pub target: Target,
    pub job: Object,
}

/// Reads the target; `None` for a project that is compiled without one.
pub(super) fn read(checker: &mut Checker<'_>, target: Option<In<'_, Decl>>) -> TargetParts {
    let mut out = Target::default();
    let nowhere =
        checker.symbols.project.root().map_or(Span::new(crate::source::FileId(0), 0, 0), |u| Span::new(u.id, 0, 0));
    let Some(In { unit, decl }) = target else {
        return TargetParts { target: out, job: Object::new(&JOB, nowhere) };
    };
    checker.bare_header(&decl.header, "a target");
    if !is_file_name(&decl.name.text) || decl.name.text.len() > MAX_FILE_NAME {
        checker.report(messages::target_name(&decl.name));
    }
    // `vars` holds values of any type; each is read where its var is used.
    let items =
        decl.body.items.iter().filter(|i| !matches!(i, Item::Entry(e) if e.key.text == "vars")).cloned().collect();
    let body = ast::Body { span: decl.body.span, items };
    let mut object = checker.body(&body, Against::Place(&TARGET_PLACE), Scope::file(unit));
    out.name = Some(decl.name.text.clone());
    out.span = Some(decl.name.span);
    if let Some(workspace) = object.get("workspace").and_then(|n| n.as_object()) {
        let text = |key: &str| workspace.str(key).map(SmolStr::from);
        out.host = text("host");
        out.profile = text("profile");
        out.root_path = text("root_path").map(|p| SmolStr::from(p.trim_end_matches('/')));
        out.artifact_path = text("artifact_path").map(|p| SmolStr::from(p.trim_end_matches('/')));
        for key in ["root_path", "artifact_path"] {
            if let Some(node) = workspace.get(key)
                && let Some(path) = node.as_str()
                && !path.starts_with('/')
            {
                checker.report(messages::target_path_not_absolute(node.span, key));
            }
        }
        if let Some(node) = workspace.get("root_path")
            && node.as_str().is_some_and(|p| p.starts_with("/Volumes/"))
        {
            checker.report(messages::root_path_in_a_volume(node.span));
        }
        if let Some(node) = workspace.get("host")
            && let Some(host) = node.as_str()
            && !host.starts_with("https://")
            && !host.starts_with("http://127.0.0.1")
            && !host.starts_with("http://localhost")
        {
            checker.report(messages::host_without_https(node.span));
        }
    }
    out.mode = match object.str("mode") {
        Some("development") => Mode::Development,
        Some("production") => Mode::Production,
        _ => Mode::Plain,
    };
    out.cloud = match object.str("cloud") {
        Some(name) => Cloud::from_name(name),
        None => out.host.as_deref().and_then(Cloud::of_host),
    };
    if out.mode == Mode::Production && !object.broken {
        production(checker, &out, decl, &object);
    }
    object.fields.retain(|f| is_job_field_of_target(f.field.key));
    TargetParts { target: out, job: object }
}

fn production(checker: &mut Checker<'_>, target: &Target, decl: &Decl, object: &Object) {
    let at = |key: &str| {
        object
            .get("workspace")
            .and_then(|n| n.as_object())
            .map_or(decl.name.span, |w| w.get(key).map_or(decl.name.span, |n| n.span))
    };
    match target.root_path.as_deref() {
        None => {
            checker.report(messages::production_without_root_path(decl.name.span));
        }
        Some(path) if path.starts_with("/Workspace/Users/") || path.starts_with("/Users/") => {
            let principal = object.has("run_as");
            if !principal {
                checker.report(messages::production_in_user_folder(at("root_path")));
            }
        }
        Some(_) => {}
    }
}

/// Notes which vars the entries of `vars` set.
pub(super) fn link_vars(checker: &mut Checker<'_>, target: In<'_, Decl>) {
    for item in &target.decl.body.items {
        let Item::Entry(entry) = item else { continue };
        let (true, EntryValue::Block(body)) = (entry.key.text == "vars", &entry.value) else { continue };
        for item in &body.items {
            if let Item::Entry(entry) = item
                && let Some(var) = checker.symbols.vars.get(&entry.key.text)
            {
                checker.link(entry.key.span, var.decl.name.span);
            }
        }
    }
}

/// Checks that the value of each var has its type; gives the names of those that do not.
pub(super) fn check_vars(checker: &mut Checker<'_>) -> Vec<SmolStr> {
    let mut unfit = Vec::new();
    let symbols = checker.symbols;
    let mut vars: Vec<_> = symbols.vars.values().collect();
    vars.sort_by_key(|v| v.decl.span);
    for var in vars {
        let wanted = var.decl.ty.as_ref().and_then(|t| checker.type_of(t));
        let Some(value) = checker.vars.get(&var.decl.name.text) else { continue };
        let wanted = wanted.unwrap_or(Type::Any);
        let before = checker.diagnostics.len();
        if value.from_flag {
            let name = var.decl.name.text.clone();
            let mut quiet = Checker::new(symbols, checker.sources, checker.files, checker.vars, checker.budget);
            check_type(&mut quiet, &value.value.clone(), Scope::file(value.unit), &wanted, &var.decl.name, None);
            if !quiet.diagnostics.is_empty() {
                checker.diagnostics.push(messages::flag_of_wrong_type(var.decl.name.span, &name, &wanted));
                unfit.push(name);
            }
            continue;
        }
        let declared = var.decl.ty.as_ref().map(|t| t.span);
        check_type(checker, &value.value.clone(), Scope::file(value.unit), &wanted, &var.decl.name, declared);
        if checker.diagnostics.len() > before {
            unfit.push(var.decl.name.text.clone());
        }
    }
    unfit
}

/// Checks a compile-time value against a declared type.
pub(super) fn check_type(
    checker: &mut Checker<'_>,
    value: &Value,
    scope: Scope<'_>,
    wanted: &Type,
    name: &ast::Ident,
    declared: Option<Span>,
) {
    if let (Type::Compute | Type::Enum(_), ValueKind::Path(_)) = (wanted, &value.kind) {
        return;
    }
    let sink = super::eval::Sink { name: &name.text, eval: crate::schema::Eval::Constant };
    let Some(typed) = checker.typed(value, scope, sink) else { return };
    let fits = typed.ty.fits(wanted)
        || matches!(
            (&typed.value, wanted),
            (Known::AtCompileTime(super::eval::Const::Text(_)), Type::Path | Type::Table)
        )
        || matches!((&typed.value, wanted), (Known::AtCompileTime(super::eval::Const::Text(t)), Type::Date | Type::Datetime) if dateish(t));
    if !fits {
        checker.report(messages::declared_type(value.span, &name.text, wanted, &typed.ty, declared));
    }
}

/// Whether a text begins like an ISO date.
fn dateish(text: &str) -> bool {
    text.get(..10).is_some_and(|d| d.parse::<jiff::civil::Date>().is_ok())
}
