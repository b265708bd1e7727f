//! Checks bodies against the table: which fields are allowed, and their values.

use super::Elaborator;
use super::eval::{Evaluated, ValueSite};
use super::resolve::Resolution;
use super::scope::Scope;
use crate::check::messages;
use crate::model::{FieldValue, Node, NodeKind, Object, Unchecked, number_json};
use crate::schema::{self, Block, Eval, Field, Measure, PLACES, Place, Status};
use crate::source::{Span, quote_name};
use crate::syntax::ast::{Body, Entry, EntryValue, Item, Spread, Value, ValueKind};
use crate::syntax::walk::SyntaxNode;

/// What a body is checked against.
#[derive(Clone, Copy)]
pub enum BlockSchema {
    /// An API type, as the value of a field.
    Block(&'static Block, &'static str),
    /// A declaration of the language.
    Place(&'static Place),
}

impl BlockSchema {
    fn block(self) -> &'static Block {
        match self {
            BlockSchema::Block(b, _) => b,
            BlockSchema::Place(p) => p.block,
        }
    }

    pub fn field(self, key: &str) -> Option<&'static Field> {
        match self {
            BlockSchema::Block(b, _) => b.field(key),
            BlockSchema::Place(p) => p.field(key),
        }
    }

    fn keys(self) -> Vec<&'static str> {
        match self {
            BlockSchema::Block(b, _) => b.fields.iter().map(|f| f.key).collect(),
            BlockSchema::Place(p) => p.keys().collect(),
        }
    }

    /// The name of the type or declaration in tables.
    pub fn kind(self) -> &'static str {
        match self {
            BlockSchema::Block(b, _) => b.name,
            BlockSchema::Place(p) => p.name,
        }
    }

    pub fn name(self) -> String {
        match self {
            BlockSchema::Block(_, key) => format!("`{key}`"),
            BlockSchema::Place(p) => p.name.to_owned(),
        }
    }

    fn group_of(self, key: &str) -> Option<&'static schema::Group> {
        match self {
            BlockSchema::Block(b, _) => b.group_of(key),
            BlockSchema::Place(p) => p.group_of(key),
        }
    }
}

impl Elaborator<'_> {
    /// Checks a body that may contain only fields.
    pub fn body(&mut self, body: &Body, against: BlockSchema, scope: Scope<'_>) -> Object {
        self.body_where(body, |_, _| true, against, scope)
    }

    /// Checks the items of a body that `is_wanted` accepts. It reports the others, which make the result incomplete.
    pub fn body_where(
        &mut self,
        body: &Body,
        mut is_wanted: impl FnMut(&mut Self, &Item) -> bool,
        against: BlockSchema,
        scope: Scope<'_>,
    ) -> Object {
        let mut object = Object::new(against.block(), body.span);
        let unit = against.block().fields.iter().find_map(|f| unit_in(body, f.unit_of?));
        let around = std::mem::replace(&mut self.unit, unit);
        let mut spread: Vec<&'static str> = Vec::new();
        for item in &body.items {
            if !is_wanted(self, item) {
                object.broken = true;
                continue;
            }
            match item {
                Item::Entry(entry) => {
                    // A field replaces one that is spread before it.
                    if !spread.is_empty() {
                        let key = entry.key.text.as_str();
                        let group = against.group_of(key).map(|g| g.keys).unwrap_or_default();
                        let is_replaced = |f: &FieldValue| {
                            spread.contains(&f.field.key) && (f.field.key == key || group.contains(&f.field.key))
                        };
                        object.fields.retain(|f| !is_replaced(f));
                    }
                    self.entry(entry, against, scope, &mut object);
                }
                Item::Spread(s) if matches!(against, BlockSchema::Block(..)) => {
                    let Some(base) = self.spread_fields(s, against, scope) else {
                        object.broken = true;
                        continue;
                    };
                    object.broken |= base.broken;
                    object.unchecked.extend(base.unchecked);
                    for field in base.fields {
                        spread.push(field.field.key);
                        object.fields.retain(|f| f.field.key != field.field.key);
                        object.fields.push(field);
                    }
                }
                Item::Bad(_) => object.broken = true,
                other => {
                    object.broken = true;
                    self.misplaced(other, &against.name());
                }
            }
        }
        self.unit = around;
        object
    }

    /// The fields of an object that is spread into a block.
    fn spread_fields(&mut self, spread: &Spread, against: BlockSchema, scope: Scope<'_>) -> Option<Object> {
        let (body, unit, name) = self.spread_source(spread, scope)?;
        self.with_constant(spread.value.span, name, |e| {
            Some(e.body(&body, against, Scope { unit, ..scope.file_scope() }))
        })
    }

    /// The object that is spread, with its unit and the span of its name.
    pub fn spread_source(&mut self, spread: &Spread, scope: Scope<'_>) -> Option<(Body, usize, Span)> {
        let value = &spread.value;
        let found = match &value.kind {
            ValueKind::Path(path) => match self.meaning(path, value.span, scope) {
                Resolution::Source(inner, unit, name) => self.followed(inner, unit, name),
                Resolution::Unknown => return None,
                _ => None,
            },
            _ => Some((std::borrow::Cow::Borrowed(value), scope.unit, spread.span)),
        };
        match found.map(|(value, unit, name)| (value.into_owned().kind, unit, name)) {
            Some((ValueKind::Object(body), unit, name)) => Some((body, unit, name)),
            Some((ValueKind::Bad, ..)) => None,
            _ => {
                self.report(messages::spread_of_non_object(value.span));
                None
            }
        }
    }

    /// Reports a declaration that is not allowed here.
    pub fn misplaced(&mut self, item: &Item, place: &str) {
        if let Some(d) = messages::misplaced(item, place) {
            self.report(d);
        }
    }

    /// Checks one field of a body.
    pub fn entry(&mut self, entry: &Entry, against: BlockSchema, scope: Scope<'_>, object: &mut Object) {
        let key = &entry.key;
        if key.text == "unchecked" {
            self.unchecked(entry, scope, object);
            return;
        }
        if entry.is_string_key && against.field(&key.text).is_some() {
            self.report(crate::syntax::string_as_name(key.span, quote_name(&key.text)));
        }
        let Some(field) = against.field(&key.text) else {
            object.broken = true;
            match &entry.value {
                EntryValue::Assign(v) => self.mention(SyntaxNode::Value(v), scope),
                EntryValue::Block(b) => self.mention(SyntaxNode::Body(b), scope),
            }
            if let BlockSchema::Place(place) = against
                && let Some((_, how)) = place.replaced_by_syntax.iter().find(|(k, _)| *k == key.text)
            {
                // An empty list needs no declaration, so it is accepted as a field.
                if let (EntryValue::Assign(Value { kind: ValueKind::List(items), .. }), Some(field)) =
                    (&entry.value, place.block.field(&key.text))
                    && items.is_empty()
                {
                    object.broken = false;
                    let node = Node { span: entry.value.span(), kind: NodeKind::List(Vec::new()) };
                    object.set(field, key.span, Some(node));
                    return;
                }
                self.report(messages::has_declaration(key, how));
                return;
            }
            self.unknown_field(entry, against);
            return;
        };
        if let Some(first) = object.fields.iter().find(|f| f.field.key == field.key) {
            self.report(messages::field_twice(key, first.key));
            return;
        }
        if field.status == Status::Deprecated {
            self.report(messages::deprecated(key, field.doc));
        }
        let value = match &entry.value {
            EntryValue::Assign(v) => match &v.kind {
                ValueKind::Path(p) if p.word() == Some("none") => None,
                _ if self.is_none(v, scope) => None,
                _ => Some(self.value(field, field.ty, v, scope)),
            },
            EntryValue::Block(b) => Some(self.block_value(field, b, scope)),
        };
        object.broken |= value.as_ref().is_some_and(Node::is_bad);
        // An invalid value counts as set: it overrides defaults and suppresses "missing field".
        self.exclusive(field, key.span, value.is_some(), against, object);
        object.fields.push(FieldValue { field, key: key.span, value });
    }

    fn exclusive(&mut self, field: &'static Field, key: Span, set: bool, against: BlockSchema, object: &Object) {
        let Some(group) = against.group_of(field.key).filter(|_| set) else { return };
        // Schedules and triggers are checked together later, after merging with the target.
        if group.keys.contains(&"continuous") && object.block.name == "Job" {
            return;
        }
        if let Some(other) = object.fields.iter().find(|f| f.value.is_some() && group.keys.contains(&f.field.key)) {
            self.report(messages::exclusive(key, field.key, other.key, other.field.key, group.keys));
        }
    }

    fn unknown_field(&mut self, entry: &Entry, against: BlockSchema) {
        let key = &entry.key;
        // Missing quotes are already reported.
        if key.quoted && !self.sources.slice(key.span).starts_with(['`', '"']) {
            if let Some((outer, inner)) = key.text.split_once('.')
                && against.field(outer).and_then(|f| f.ty.block()).is_some_and(|b| b.field(inner).is_some())
            {
                let value = self.sources.slice(entry.value.span());
                self.report(messages::field_in_dotted_name(entry, outer, inner, value));
            }
            return;
        }
        if self.foreign_field(entry, against) {
            return;
        }
        if matches!(key.text.as_str(), "python" | "notebook" | "script" | "sql" | "dbt" | "run") {
            self.report(messages::call_as_field(key));
            return;
        }
        let elsewhere = homes(&key.text);
        self.report(messages::unknown_field(key, &against.name(), &against.keys(), &elsewhere));
    }

    fn unchecked(&mut self, entry: &Entry, scope: Scope<'_>, object: &mut Object) {
        self.report(messages::unchecked(entry.key.span));
        let body = match &entry.value {
            EntryValue::Block(b) | EntryValue::Assign(Value { kind: ValueKind::Object(b), .. }) => b,
            EntryValue::Assign(v) => {
                self.report(messages::unchecked_not_a_block(v.span));
                return;
            }
        };
        for item in &body.items {
            let Item::Entry(inner) = item else { continue };
            if let Some(json) = self.free_json(&inner.value, scope) {
                object.unchecked.push(Unchecked { key: inner.key.text.clone(), span: inner.key.span, value: json });
            }
        }
    }

    fn free_json(&mut self, value: &EntryValue, scope: Scope<'_>) -> Option<serde_json::Value> {
        let body_json = |c: &mut Self, body: &Body| {
            let mut map = serde_json::Map::new();
            for item in &body.items {
                if let Item::Entry(e) = item
                    && let Some(json) = c.free_json(&e.value, scope)
                {
                    map.insert(e.key.text.to_string(), json);
                }
            }
            Some(serde_json::Value::Object(map))
        };
        match value {
            EntryValue::Block(b) => body_json(self, b),
            EntryValue::Assign(v) => match &v.kind {
                ValueKind::Object(b) => body_json(self, b),
                ValueKind::List(items) => items
                    .iter()
                    .map(|i| self.free_json(&EntryValue::Assign(i.clone()), scope))
                    .collect::<Option<Vec<_>>>()
                    .map(Into::into),
                ValueKind::Number(n) => Some(number_json(n)),
                ValueKind::Path(p) if p.word() == Some("none") => Some(serde_json::Value::Null),
                // Passed on unchanged, so references in it are not resolved.
                ValueKind::Str(lit) if lit.plain().is_some() => lit.plain().map(|text| text.as_str().into()),
                _ => {
                    let typed = self.typed(v, scope, ValueSite { name: "unchecked", eval: Eval::Evaluated })?;
                    Some(match typed.value {
                        Evaluated::Constant(c) => c.json(),
                        Evaluated::Dynamic(t) => t.to_string().into(),
                    })
                }
            },
        }
    }
}

/// The unit that the enum value of a field implies.
fn unit_in(body: &Body, key: &str) -> Option<Measure> {
    let entry = body.items.iter().find_map(|item| match item {
        Item::Entry(entry) if entry.key.text == key => Some(entry),
        _ => None,
    })?;
    let EntryValue::Assign(value) = &entry.value else { return None };
    let member = match &value.kind {
        ValueKind::Path(path) => path.word()?.into(),
        ValueKind::Str(lit) => lit.plain()?,
        _ => return None,
    };
    member.ends_with("_SECONDS").then_some(Measure::Seconds)
}

/// Descriptions of other places where a field of this name is allowed.
fn homes(key: &str) -> Vec<String> {
    let mut out: Vec<String> =
        PLACES.iter().filter(|(_, p)| p.field(key).is_some()).map(|(_, p)| p.name.to_owned()).collect();
    if out.is_empty() {
        // One level down: the blocks of places.
        for (_, place) in PLACES {
            for field in place.extra.fields.iter().chain(place.block.fields) {
                if let Some(block) = field.ty.block()
                    && block.field(key).is_some()
                {
                    let home = format!("{} in {}", field.key, place.name);
                    if !out.contains(&home) {
                        out.push(home);
                    }
                }
            }
        }
    }
    out.dedup();
    out
}
