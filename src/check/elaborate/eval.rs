//! Evaluates values at compile time; references to run-time values remain.

use smol_str::{SmolStr, ToSmolStr};

use super::Elaborator;
use super::data_files::file_call;
use super::origins::Origins;
use super::resolve::Resolution;
use super::scope::{Scope, Use};
use crate::check::messages;
use crate::model::{Reference, Text, TextBuilder, Type, number_json};
use crate::schema::{Eval, Field};
use crate::source::Span;
use crate::syntax::ast::{EntryValue, Item, Path, Spread, StrLit, StrPart, Value, ValueKind};

/// Bytes of a string that count as one value of the budget.
const BYTES_OF_VALUE: usize = 64;

/// A compile-time value.
#[derive(Clone, Debug, PartialEq)]
pub enum Const {
    Bool(bool),
    /// As written.
    Number(SmolStr),
    Text(SmolStr),
    List(Vec<Const>),
    Map(Vec<(SmolStr, Const)>),
}

impl Const {
    /// The cell of a table: a bool or number if it is written like one, else text.
    fn of_cell(text: &SmolStr) -> Const {
        match text.as_str() {
            "true" => Const::Bool(true),
            "false" => Const::Bool(false),
            number if number.parse::<i64>().is_ok_and(|n| n.to_string() == number) => Const::Number(text.clone()),
            _ => Const::Text(text.clone()),
        }
    }

    /// The string that is sent to the service.
    pub fn wire(&self) -> String {
        match self {
            Const::Bool(b) => b.to_string(),
            Const::Number(n) => n.to_string(),
            Const::Text(t) => t.to_string(),
            Const::List(_) | Const::Map(_) => self.json().to_string(),
        }
    }

    /// The type of the value on its own.
    pub fn ty(&self) -> Type {
        match self {
            Const::Bool(_) => Type::Bool,
            Const::Number(n) if n.bytes().all(|b| b.is_ascii_digit() || b == b'-') => Type::Int,
            Const::Number(_) => Type::Float,
            Const::Text(_) => Type::String,
            Const::List(items) => {
                let joined = items.iter().map(Const::ty).reduce(|a, b| a.join(b).unwrap_or(Type::Json));
                Type::List(Box::new(joined.unwrap_or(Type::Any)))
            }
            Const::Map(fields) => Type::Record(fields.iter().map(|(k, v)| (k.clone(), v.ty())).collect()),
        }
    }

    pub fn json(&self) -> serde_json::Value {
        match self {
            Const::Bool(b) => (*b).into(),
            Const::Number(n) => number_json(n),
            Const::Text(t) => t.as_str().into(),
            Const::List(l) => l.iter().map(Const::json).collect(),
            Const::Map(m) => m.iter().map(|(k, v)| (k.to_string(), v.json())).collect::<serde_json::Map<_, _>>().into(),
        }
    }
}

/// A value and its type.
#[derive(Clone, Debug)]
pub struct Typed {
    pub ty: Type,
    pub value: Evaluated,
    /// Whether it is the cell of a table, which has the type that is needed.
    pub is_cell: bool,
}

#[derive(Clone, Debug)]
pub enum Evaluated {
    Constant(Const),
    Dynamic(Text),
}

impl Typed {
    /// A string: a constant, unless it contains what is not known at compile time.
    fn text(text: Text) -> Typed {
        let value = match text.as_str() {
            Some(s) if !s.contains("{{") => Evaluated::Constant(Const::Text(s.into())),
            _ => Evaluated::Dynamic(text),
        };
        Typed { ty: Type::String, value, is_cell: false }
    }

    fn constant(value: Const) -> Typed {
        Typed { ty: value.ty(), value: Evaluated::Constant(value), is_cell: false }
    }

    /// Whether a part of it is known only at deployment, and the rest at compile time.
    fn is_hole(&self) -> bool {
        matches!(&self.value, Evaluated::Dynamic(text) if text.is_hole())
    }

    /// The string that is sent to the service.
    pub fn wire(&self) -> Text {
        match &self.value {
            Evaluated::Constant(c) => Text::plain(c.wire()),
            Evaluated::Dynamic(t) => t.clone(),
        }
    }
}

/// Where a value is used: its name in messages, and whether the platform evaluates references there.
#[derive(Clone, Copy)]
pub struct ValueSite<'f> {
    pub name: &'f str,
    pub eval: Eval,
}

impl ValueSite<'static> {
    pub fn field(field: &'static Field) -> ValueSite<'static> {
        ValueSite { name: field.key, eval: field.eval }
    }
}

impl Elaborator<'_> {
    /// Evaluates a value of any type.
    pub fn typed(&mut self, value: &Value, scope: Scope<'_>, sink: ValueSite<'_>) -> Option<Typed> {
        match &value.kind {
            ValueKind::Bad => None,
            ValueKind::Number(n) => Some(Typed::constant(Const::Number(n.clone()))),
            ValueKind::Str(lit) => {
                let text = self.text(lit, scope, sink)?;
                Some(Typed::text(text))
            }
            ValueKind::List(items) => {
                if !self.budget.charge(items.len()) {
                    return None;
                }
                let mut out = Vec::new();
                for item in items {
                    let one = self.typed(item, scope, sink)?;
                    let Evaluated::Constant(c) = one.value else {
                        self.report(match one.is_hole() {
                            true => messages::known_at_deployment(item.span, "an element of a list"),
                            false => messages::run_time_element(item.span),
                        });
                        return None;
                    };
                    out.push(c);
                }
                Some(Typed::constant(Const::List(out)))
            }
            ValueKind::Object(body) => {
                if !self.budget.charge(body.items.len()) {
                    return None;
                }
                let mut out = Vec::new();
                for item in &body.items {
                    if let Item::Spread(spread) = item {
                        for (key, value) in self.spread(spread, scope)? {
                            replace_or_push(&mut out, key, value);
                        }
                    }
                    let Item::Entry(entry) = item else { continue };
                    let nested;
                    let inner = match &entry.value {
                        EntryValue::Assign(v) => v,
                        EntryValue::Block(b) => {
                            nested = Value { span: b.span, kind: ValueKind::Object(b.clone()) };
                            &nested
                        }
                    };
                    let one = self.typed(inner, scope, sink)?;
                    let Evaluated::Constant(c) = one.value else {
                        self.report(match one.is_hole() {
                            true => messages::known_at_deployment(inner.span, "a value of an object"),
                            false => messages::run_time_in_object(inner.span),
                        });
                        return None;
                    };
                    replace_or_push(&mut out, entry.key.text.clone(), c);
                }
                Some(Typed::constant(Const::Map(out)))
            }
            ValueKind::Duration(n, unit) => {
                self.report(messages::duration_here(value.span, n, *unit));
                None
            }
            ValueKind::Range(..) => {
                self.report(messages::range_here(value.span));
                None
            }
            ValueKind::Cell(text) => Some(Typed { is_cell: true, ..Typed::constant(Const::of_cell(text)) }),
            ValueKind::Function(..) if file_call(value).is_some() => {
                let inner = self.data_file(file_call(value)?, value.span, scope)?;
                self.with_constant(value.span, inner.span, |c| c.typed(inner, scope.file_scope(), sink))
            }
            ValueKind::Function(..) => {
                let reference = self.secret(value, scope)?;
                self.check_placement(&reference, value.span, sink, false);
                Some(Typed { ty: Type::String, value: Evaluated::Dynamic(Text::reference(reference)), is_cell: false })
            }
            ValueKind::Path(path) => match self.meaning(path, value.span, scope) {
                Resolution::Unknown => None,
                Resolution::Bool(b) => Some(Typed::constant(Const::Bool(b))),
                Resolution::Source(inner, unit, name) => {
                    self.refuse_environment(path, value.span, sink);
                    let scope = Scope { unit, ..scope.file_scope() };
                    self.with_constant(value.span, name, |c| c.typed(&inner, scope, sink))
                }
                Resolution::Fact(text) => {
                    self.record_holes(&text, value.span);
                    Some(Typed::text(text))
                }
                Resolution::Run(reference, ty) => {
                    self.check_placement(&reference, value.span, sink, false);
                    self.uses.push(Use { reference: reference.clone(), span: value.span, from_text: false });
                    Some(Typed { ty, value: Evaluated::Dynamic(Text::reference(reference)), is_cell: false })
                }
            },
        }
    }

    /// The entries of a spread object.
    fn spread(&mut self, spread: &Spread, scope: Scope<'_>) -> Option<Vec<(SmolStr, Const)>> {
        let (constant, _) = self.constant(&spread.value, scope, "a spread object")?;
        match constant {
            Const::Map(entries) => Some(entries),
            _ => {
                self.report(messages::spread_of_non_object(spread.value.span));
                None
            }
        }
    }

    /// Evaluates a value that must be a compile-time constant.
    pub fn constant(&mut self, value: &Value, scope: Scope<'_>, what: &str) -> Option<(Const, Type)> {
        let typed = self.typed(value, scope, ValueSite { name: what, eval: Eval::Evaluated })?;
        self.known(typed, value.span, what)
    }

    /// A value that must be a compile-time constant.
    pub fn known(&mut self, typed: Typed, span: Span, what: &str) -> Option<(Const, Type)> {
        match typed.value {
            Evaluated::Constant(c) => Some((c, typed.ty)),
            Evaluated::Dynamic(text) => {
                self.report(match text.is_hole() {
                    true => messages::known_at_deployment(span, what),
                    false => messages::not_constant(span, what),
                });
                None
            }
        }
    }

    /// Runs `f` while a constant is being read; reports cycles and chains that are too deep.
    pub fn with_constant<T>(&mut self, used_at: Span, name: Span, f: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.reading.contains(&name) {
            let word = self.sources.slice(name).to_owned();
            self.findings.diagnostics.push(messages::constant_cycle(name, &word, used_at));
            return None;
        }
        self.reads = if self.reading.is_empty() { 0 } else { self.reads + 1 };
        if self.reading.len() >= 100 || self.reads > 20_000 {
            // The enclosing constants are too deep for the same reason.
            if !std::mem::replace(&mut self.reported_too_deep, true) {
                self.report(messages::constants_too_deep(used_at));
            }
            return None;
        }
        self.reading.push(name);
        self.via.push(used_at);
        let out = f(self);
        self.via.pop();
        self.reading.pop();
        out
    }

    /// Evaluates a string and its interpolations.
    pub fn text(&mut self, lit: &StrLit, scope: Scope<'_>, sink: ValueSite<'_>) -> Option<Text> {
        let mut out = TextBuilder::default();
        let mut origins = Origins::of(lit);
        let mut whole = true;
        for part in &lit.parts {
            match part {
                StrPart::Text(text, span) => {
                    if let Some(origins) = &mut origins {
                        origins.literal(text.len(), *span);
                    }
                    out.push_str(text);
                }
                StrPart::Reference(value) => match self.inside_text(|c| c.typed(value, scope, sink)) {
                    Some(typed) => {
                        if matches!(typed.value, Evaluated::Constant(Const::List(_) | Const::Map(_))) {
                            self.report(messages::not_part_of_a_text(value.span, &typed.ty));
                            whole = false;
                            continue;
                        }
                        let text = typed.wire();
                        if !self.budget.charge(text.literal_len() / BYTES_OF_VALUE) {
                            return None;
                        }
                        if let Some(origins) = &mut origins {
                            origins.interpolated(text.to_string().len(), value.span);
                        }
                        out.push(&text);
                    }
                    None => whole = false,
                },
            }
        }
        let text = whole.then(|| out.finish())?;
        if let Some(origins) = origins {
            self.typed_references(&text.to_string(), origins, scope, sink);
        }
        Some(text)
    }

    /// Evaluates a value inside a string, where quotes cannot be suggested.
    fn inside_text<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.in_text, true);
        let out = f(self);
        self.in_text = before;
        out
    }

    /// Evaluates `secret("scope", "key")`, and reports any other function.
    pub fn secret(&mut self, value: &Value, scope: Scope<'_>) -> Option<Reference> {
        let ValueKind::Function(name, arguments) = &value.kind else { return None };
        if name.text != "secret" {
            self.report(match name.text.as_str() {
                "env" => messages::environment_here(value.span),
                _ => messages::unknown_function(name),
            });
            return None;
        }
        let mut parts = Vec::new();
        for argument in arguments {
            if let Some(name) = &argument.name {
                self.report(messages::named_argument_of_secret(name));
                return None;
            }
            let (constant, _) = self.constant(&argument.value, scope, "an argument of `secret`")?;
            parts.push(constant.wire().to_smolstr());
        }
        match <[SmolStr; 2]>::try_from(parts) {
            Ok([scope, key]) => Some(Reference::Secret { scope, key }),
            Err(_) => {
                self.report(messages::secret_arguments(value.span));
                None
            }
        }
    }

    /// Reports a value of the environment in a field for secrets.
    pub fn refuse_environment(&mut self, path: &Path, span: Span, sink: ValueSite<'_>) {
        let name = path.head.text.as_str();
        if sink.eval != Eval::Secrets || self.vars.get(name).is_none_or(|v| v.from_environment.is_none()) {
            return;
        }
        if let Some(var) = self.symbols.vars.get(name) {
            self.report(messages::environment_as_secret(span, var.decl.name.span));
        }
    }

    /// Reports a run-time value where the platform does not evaluate references.
    pub fn check_placement(&mut self, reference: &Reference, span: Span, sink: ValueSite<'_>, from_text: bool) {
        let secret = matches!(reference, Reference::Secret { .. });
        let name = sink.name;
        if secret {
            if sink.eval != Eval::Secrets {
                self.report(messages::secret_here(span, name, from_text));
            }
            return;
        }
        match sink.eval {
            Eval::Evaluated => {}
            Eval::Unknown => {
                self.report(messages::maybe_not_evaluated(span, reference, name));
            }
            Eval::Constant | Eval::Secrets => {
                self.report(messages::run_time_in_constant(span, name));
            }
        }
    }
}

/// Adds an entry; a later one replaces an earlier one of the same name.
fn replace_or_push(entries: &mut Vec<(SmolStr, Const)>, key: SmolStr, value: Const) {
    match entries.iter_mut().find(|(k, _)| *k == key) {
        Some((_, existing)) => *existing = value,
        None => entries.push((key, value)),
    }
}

impl<'s> Scope<'s> {
    /// The scope of the file. Loop variables at the use of a constant are not in scope in its value.
    pub fn file_scope(&self) -> Scope<'s> {
        Scope { unit: self.unit, pipe: None, locals: &[] }
    }
}
