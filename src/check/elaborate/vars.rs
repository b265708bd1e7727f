//! Values of vars for a target: from the command line, the target, or defaults.

use std::collections::HashMap;

use smol_str::SmolStr;

use super::eval::{Const, Evaluated, ValueSite};
use super::scope::{Scope, VarValue};
use super::{Context, Elaborator, Findings};
use crate::check::constants::adopts;
use crate::check::messages;
use crate::check::symbols::{InFile, Symbols};
use crate::diag::{Candidate, Diagnostics, closest_name};
use crate::model::Type;
use crate::schema::{Eval, find_enum, key};
use crate::source::{Span, quote_name};
use crate::syntax::ast::{self, Decl, EntryValue, Item, StrLit, StrPart, Value, ValueKind};

/// The values of all vars for one target: `--var`, then the target, then the default.
pub fn var_values(
    symbols: &Symbols<'_>,
    target: Option<InFile<'_, Decl>>,
    given: &[(SmolStr, SmolStr)],
    environment: &HashMap<SmolStr, SmolStr>,
    diagnostics: &mut Diagnostics,
) -> HashMap<SmolStr, VarValue> {
    let mut out = HashMap::new();
    let set = target.map(|t| set_vars(symbols, t, diagnostics)).unwrap_or_default();
    for (name, var) in &symbols.vars {
        let from_flag = given.iter().rev().find(|(k, _)| k == name).map(|(_, text)| flag_value(text, var.decl));
        let value = from_flag
            .map(|value| VarValue { value, unit: var.unit, from_flag: true, from_environment: None })
            .or_else(|| set.get(name).cloned())
            .or_else(|| var.decl.value.clone().map(|value| VarValue::written(value, var.unit)));
        match value {
            Some(value) => match read_environment(value, environment) {
                Ok(value) => {
                    out.insert(name.clone(), value);
                }
                Err(d) => diagnostics.push(*d),
            },
            // An invalid target may set it.
            None if target.is_some_and(|t| symbols.project.units.get(t.unit).is_some_and(|u| u.broken)) => {}
            None => {
                diagnostics.push(messages::var_without_value(&var.decl.name, target.map(|t| t.decl)));
            }
        }
    }
    out
}

/// Replaces `env("NAME")` by the value of the environment variable.
fn read_environment(
    var: VarValue,
    environment: &HashMap<SmolStr, SmolStr>,
) -> Result<VarValue, Box<crate::diag::Diagnostic>> {
    let ValueKind::Function(function, arguments) = &var.value.kind else { return Ok(var) };
    if function.text != "env" {
        return Ok(var);
    }
    let span = var.value.span;
    let name = match arguments.as_slice() {
        [ast::CallArgument { name: None, value: Value { kind: ValueKind::Str(lit), .. }, .. }] => lit.plain(),
        _ => None,
    };
    let name = name.ok_or_else(|| messages::environment_takes_a_name(span))?;
    let text = environment.get(&name).ok_or_else(|| messages::environment_not_set(span, &name))?;
    let value = Value { span, kind: ValueKind::Cell(text.clone()) };
    Ok(VarValue { value, from_environment: Some(name), ..var })
}

fn set_vars(
    symbols: &Symbols<'_>,
    target: InFile<'_, Decl>,
    diagnostics: &mut Diagnostics,
) -> HashMap<SmolStr, VarValue> {
    let mut out: HashMap<SmolStr, VarValue> = HashMap::new();
    for item in &target.decl.body.items {
        let Item::Entry(entry) = item else { continue };
        let (true, EntryValue::Block(body)) = (entry.key.text == key::VARS.name(), &entry.value) else { continue };
        for item in &body.items {
            let Item::Entry(entry) = item else { continue };
            let name = &entry.key;
            if entry.is_string_key {
                diagnostics.push(crate::syntax::string_as_name(name.span, quote_name(&name.text)));
            }
            if !symbols.vars.contains_key(&name.text) {
                if !symbols.maybe_declared(&name.text) {
                    let vars = symbols.vars.values().map(|v| Candidate::declared(&v.decl.name.text, v.decl.name.span));
                    let near = closest_name(&name.text, vars);
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
            out.insert(name.text.clone(), VarValue::written(value, target.unit));
        }
    }
    out
}

/// The text of a value of the environment.
fn environment_text(value: &Value) -> SmolStr {
    match &value.kind {
        ValueKind::Str(lit) => lit.plain().unwrap_or_default(),
        ValueKind::Number(n) => n.clone(),
        ValueKind::Path(path) => path.head.text.clone(),
        _ => SmolStr::default(),
    }
}

/// Parses the value of `--var`: literal for a string, otherwise as source.
fn flag_value(text: &SmolStr, var: &ast::Binding) -> Value {
    let span = var.name.span;
    let plain = Value { span, kind: ValueKind::Str(StrLit { span, parts: vec![StrPart::Text(text.clone(), span)] }) };
    let ty = var.ty.as_ref().map_or("string", |t| t.name.text.as_str());
    let is_enum = find_enum(ty).is_some();
    if !is_enum && !matches!(ty, "int" | "float" | "bool" | "list" | "map" | "json" | "compute") {
        return plain;
    }
    let parsed = crate::syntax::parse(span.file, &format!("let x = {text}\n"));
    match parsed.file.items.into_iter().next() {
        Some(Item::Binding(b)) if parsed.diagnostics.is_empty() => b.value.map_or(plain, |v| moved(v, span)),
        _ => plain,
    }
}

/// A value whose spans are replaced by `span`, because it comes from elsewhere.
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

/// Records which vars the entries of `vars` set.
fn link_vars(elaborator: &mut Elaborator<'_>, target: InFile<'_, Decl>) {
    for item in &target.decl.body.items {
        let Item::Entry(entry) = item else { continue };
        let (true, EntryValue::Block(body)) = (entry.key.text == key::VARS.name(), &entry.value) else { continue };
        for item in &body.items {
            if let Item::Entry(entry) = item
                && let Some(var) = elaborator.symbols.vars.get(&entry.key.text)
            {
                elaborator.record_link(entry.key.span, var.decl.name.span);
            }
        }
    }
}

/// Checks each var against its type, and returns those that fit. Others are reported here and not where they are
/// used.
pub fn checked_vars(
    cx: Context<'_>,
    target: Option<InFile<'_, Decl>>,
    given: HashMap<SmolStr, VarValue>,
) -> (HashMap<SmolStr, VarValue>, Findings) {
    let mut elaborator = Elaborator::new(cx, &given);
    if let Some(target) = target {
        link_vars(&mut elaborator, target);
    }
    let fitting = fitting(&mut elaborator);
    (fitting, elaborator.findings)
}

fn fitting(elaborator: &mut Elaborator<'_>) -> HashMap<SmolStr, VarValue> {
    let mut fitting = elaborator.vars.clone();
    let symbols = elaborator.symbols;
    let mut vars: Vec<_> = symbols.vars.values().collect();
    vars.sort_by_key(|v| v.decl.span);
    for var in vars {
        let name = &var.decl.name;
        let wanted = match &var.decl.ty {
            None => Type::Any,
            Some(ty) => match elaborator.type_of(ty) {
                Some(ty) => ty,
                None => {
                    fitting.remove(&name.text);
                    continue;
                }
            },
        };
        let Some(VarValue { value, unit, from_flag, from_environment }) = elaborator.vars.get(&name.text) else {
            continue;
        };
        let typed = match &value.kind {
            ValueKind::Cell(text) => Some(Value { span: value.span, kind: flag_value(text, var.decl).kind }),
            _ => None,
        };
        if let Some(typed) = &typed
            && let Some(var) = fitting.get_mut(&name.text)
        {
            var.value = typed.clone();
        }
        let value = typed.as_ref().unwrap_or(value);
        if let (Some(name), ValueKind::Str(_) | ValueKind::Number(_) | ValueKind::Path(_)) =
            (from_environment, &value.kind)
        {
            elaborator.findings.usage.outside.insert((format!("env(\"{name}\")").into(), environment_text(value)));
        }
        let declared = var.decl.ty.as_ref().map(|t| t.span).filter(|_| !from_flag);
        let ((), found) = elaborator.deferring(|e| e.check_type(value, Scope::file(*unit), &wanted, name, declared));
        if found.is_empty() {
            // A default that no target uses is checked as well.
            let is_read = |v: &Value| matches!(&v.kind, ValueKind::Function(name, _) if name.text == "env");
            if let Some(default) = var.decl.value.as_ref().filter(|v| v.span != value.span && !is_read(v)) {
                elaborator.check_type(default, Scope::file(var.unit), &wanted, name, declared);
            }
            continue;
        }
        fitting.remove(&name.text);
        // Text of the command line has no span.
        match from_flag {
            true => elaborator.report(messages::flag_of_wrong_type(name.span, &name.text, &wanted)),
            false => elaborator.findings.diagnostics.extend(found),
        }
    }
    fitting
}

impl Elaborator<'_> {
    /// Checks a compile-time value against a declared type.
    pub fn check_type(
        &mut self,
        value: &Value,
        scope: Scope<'_>,
        wanted: &Type,
        name: &ast::Ident,
        declared: Option<Span>,
    ) {
        if let (Type::Enum(of), ValueKind::Path(path)) = (wanted, &value.kind)
            && let (Some(word), Some(members)) = (path.word(), find_enum(of))
            && !members.members.contains(&word)
            && !self.is_constant(word, scope)
            && !members.members.iter().any(|m| m.eq_ignore_ascii_case(word))
        {
            let near = closest_name(word, members.members.iter().copied().map(Candidate::known));
            self.report(messages::unknown_member(of, members, word, value.span, near));
            return;
        }
        if let (Type::Compute | Type::Enum(_), ValueKind::Path(_)) = (wanted, &value.kind) {
            return;
        }
        let site = ValueSite { name: &name.text, eval: Eval::Constant };
        let Some(typed) = self.typed(value, scope, site) else { return };
        let Evaluated::Constant(constant) = &typed.value else { return };
        let as_text = || typed.is_cell && adopts(&constant.wire().into(), wanted);
        if adopts(&constant.json(), wanted) || as_text() {
            return;
        }
        let (at, wanted, constant) = misfit(value, wanted, constant);
        match constant {
            Const::Text(text) if has_form(wanted) => {
                self.report(messages::wrong_form(at, &name.text, text, wanted, declared));
            }
            _ if at != value.span => {
                self.report(messages::element_type(at, &name.text, wanted, &constant.ty(), declared));
            }
            _ => {
                let unquoted = match (&value.kind, constant) {
                    (ValueKind::Str(_), Const::Text(text)) => {
                        let parsed: Option<serde_json::Value> = serde_json::from_str(text).ok();
                        parsed.filter(|c| !c.is_string() && adopts(c, wanted)).map(|_| text.as_str())
                    }
                    _ => None,
                };
                self.report(messages::declared_type(at, &name.text, wanted, &typed.ty, declared, unquoted));
            }
        }
    }
}

/// The innermost written value that does not fit: an element, an element of it, or the value itself.
fn misfit<'v>(value: &'v Value, wanted: &'v Type, constant: &'v Const) -> (Span, &'v Type, &'v Const) {
    let inner = match (wanted, &value.kind, constant) {
        (Type::List(item), ValueKind::List(values), Const::List(elements)) => {
            let wrong = values.iter().zip(elements).find(|(_, c)| !adopts(&c.json(), item));
            wrong.map(|(value, constant)| (value, item, constant))
        }
        (Type::Map(item), ValueKind::Object(body), Const::Map(entries)) => {
            let values = body.items.iter().filter_map(|item| match item {
                ast::Item::Entry(entry) => Some(&entry.value),
                _ => None,
            });
            values.zip(entries).find_map(|(value, (_, c))| match value {
                ast::EntryValue::Assign(value) if !adopts(&c.json(), item) => Some((value, item, c)),
                _ => None,
            })
        }
        _ => None,
    };
    match inner {
        Some((value, wanted, constant)) => misfit(value, wanted, constant),
        None => (value.span, wanted, constant),
    }
}

/// Whether values of a type are strings of a certain form.
fn has_form(ty: &Type) -> bool {
    matches!(ty, Type::Table | Type::Date | Type::Datetime)
}
