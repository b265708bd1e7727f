//! Words of other tools: what they are called here, with the edit that replaces them.

use super::Elaborator;
use super::fields::BlockSchema;
use super::scope::Scope;
use crate::check::messages;
use crate::diag::Edit;
use crate::model::Object;
use crate::schema::{Block, Ours, Place, Ty, foreign};
use crate::source::quote_name;
use crate::syntax::ast::{Body, Decl, Entry, EntryValue, Item, Value, ValueKind};

impl Elaborator<'_> {
    /// Checks the body of a cluster or environment, and reports fields of other tools that are in its header here, or are
    /// one field.
    pub fn body_of_compute(&mut self, decl: &Decl, place: &'static Place, scope: Scope<'_>) -> Object {
        let bounds = worker_bounds(decl, place);
        if let Some((min, max)) = bounds {
            let value = |entry: &Entry| self.sources.slice(entry.value.span());
            let range = format!("{}..{}", value(min), value(max));
            self.report(messages::worker_bounds(min, max, &range));
        }
        let is_ours = |elaborator: &mut Self, item: &Item| match item {
            Item::Entry(e) if bounds.is_some_and(|(a, b)| a.span == e.span || b.span == e.span) => false,
            Item::Entry(e) => !elaborator.foreign_in_header(e, decl, place),
            _ => true,
        };
        self.body_where(&decl.body, is_ours, BlockSchema::Place(place), scope)
    }

    /// Reports a field that belongs to the header of its declaration; returns whether it is one.
    pub fn foreign_in_header(&mut self, entry: &Entry, decl: &Decl, place: &'static Place) -> bool {
        let key = entry.key.text.as_str();
        if entry.key.quoted || place.field(key).is_some() {
            return false;
        }
        let Some(Ours::Header(slot)) = foreign(place.name, key) else { return false };
        let names: Option<Vec<String>> = match &entry.value {
            EntryValue::Assign(Value { kind: ValueKind::List(items), .. }) => items.iter().map(name).collect(),
            EntryValue::Assign(value) => name(value).map(|name| vec![name]),
            EntryValue::Block(_) => None,
        };
        let header = &decl.header;
        let is_free = match slot {
            "extends" => header.extends.is_none() && header.on.is_none() && header.after.is_empty(),
            "on" => header.on.is_none() && header.after.is_empty(),
            _ => header.after.is_empty(),
        };
        let written =
            names.filter(|names| is_free && !names.is_empty()).map(|names| format!("{slot} {}", names.join(", ")));
        let edits = written
            .as_ref()
            .map(|written| vec![(decl.body.span.start_point(), format!("{written} ")), (entry.span, String::new())]);
        self.report(messages::belongs_to_header(entry, place.name, slot, written.as_deref(), edits));
        true
    }

    /// Reports an unknown field that another tool has; returns whether it is one.
    pub fn foreign_field(&mut self, entry: &Entry, against: BlockSchema) -> bool {
        let key = &entry.key;
        match foreign(against.kind(), &key.text) {
            Some(Ours::Field(ours)) => {
                let mut edits = vec![Edit { span: key.span, text: ours.to_owned() }];
                if let Some(block) = against.field(ours).and_then(|f| f.ty.block()) {
                    renames(&entry.value, block, &mut edits);
                }
                self.report(messages::foreign_field(key, &against.name(), ours, edits));
                true
            }
            Some(Ours::Other(how)) => {
                self.report(messages::foreign_word(key, &against.name(), how));
                true
            }
            Some(Ours::Header(_)) | None => false,
        }
    }
}

/// The words of other tools in the value of a field, which become wrong once the field has its right name.
fn renames(value: &EntryValue, block: &'static Block, edits: &mut Vec<Edit>) {
    let mut of_body = |body: &Body| {
        for item in &body.items {
            let Item::Entry(entry) = item else { continue };
            if let Some(Ours::Field(ours)) = foreign(block.name, &entry.key.text) {
                edits.push(Edit { span: entry.key.span, text: ours.to_owned() });
            }
        }
    };
    match value {
        EntryValue::Block(body) => of_body(body),
        EntryValue::Assign(Value { kind: ValueKind::List(items), .. }) => items.iter().for_each(|item| {
            if let ValueKind::Object(body) = &item.kind {
                of_body(body);
            }
        }),
        EntryValue::Assign(_) => {}
    }
}

/// `min_workers` and `max_workers` of a cluster.
fn worker_bounds<'d>(decl: &'d Decl, place: &Place) -> Option<(&'d Entry, &'d Entry)> {
    let find = |key: &str| {
        decl.body.items.iter().find_map(|item| match item {
            Item::Entry(entry) if entry.key.text == key && place.field(key).is_none() => Some(entry.as_ref()),
            _ => None,
        })
    };
    place.field("autoscale").filter(|f| matches!(f.ty, Ty::Block(_)))?;
    Some((find("min_workers")?, find("max_workers")?))
}

/// The name that a value is: a bare word or a string.
fn name(value: &Value) -> Option<String> {
    match &value.kind {
        ValueKind::Path(path) => Some(quote_name(path.word()?)),
        ValueKind::Str(lit) => Some(quote_name(&lit.plain()?)),
        _ => None,
    }
}
