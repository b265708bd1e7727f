//! Field values: the tree between source and JSON.

use smol_str::SmolStr;

use super::{Hole, Reference};
use crate::schema::key::FieldKey;
use crate::schema::{Block, Choice, Field, Group};
use crate::source::Span;

/// A value and its span.
#[derive(Clone, Debug)]
pub struct Node {
    pub span: Span,
    pub kind: NodeKind,
}

/// The kind of a value.
#[derive(Clone, Debug)]
pub enum NodeKind {
    /// `true`, `false`.
    Bool(bool),
    /// An int.
    Int(i64),
    /// Another number, as written.
    Num(SmolStr),
    /// A string, possibly with references.
    Text(Text),
    /// A value that is not text, which a deployment fills in.
    Hole(Hole),
    /// A list.
    List(Vec<Node>),
    /// A map with string keys, in source order.
    Map(Vec<(SmolStr, Span, Node)>),
    /// An object of the API.
    Object(Object),
    /// An entry of a map that `none` removes.
    Removed,
    /// Invalid; already reported.
    Bad,
}

impl Node {
    /// A string without references.
    pub fn text(span: Span, text: impl Into<SmolStr>) -> Node {
        Node { span, kind: NodeKind::Text(Text::plain(text)) }
    }

    /// The string, if it has no references.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Text(t) => t.as_str(),
            _ => None,
        }
    }

    /// The int, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self.kind {
            NodeKind::Int(n) => Some(n),
            _ => None,
        }
    }

    /// The bool, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            NodeKind::Bool(b) => Some(b),
            _ => None,
        }
    }

    /// The object, if it is one.
    pub fn as_object(&self) -> Option<&Object> {
        match &self.kind {
            NodeKind::Object(o) => Some(o),
            _ => None,
        }
    }

    /// The elements, if it is a list.
    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.kind {
            NodeKind::List(l) => Some(l),
            _ => None,
        }
    }

    /// Whether every object in it has its required fields, and one field of each required group.
    pub fn is_complete(&self) -> bool {
        match &self.kind {
            NodeKind::Object(object) => object.is_complete(),
            NodeKind::List(items) => items.iter().all(Node::is_complete),
            _ => true,
        }
    }

    /// Whether it is invalid itself; nested values do not count.
    pub fn is_bad(&self) -> bool {
        matches!(self.kind, NodeKind::Bad)
    }

    /// Calls `f` for every string in it.
    pub fn for_each_text<'a>(&'a self, f: &mut dyn FnMut(&'a Text, Span)) {
        match &self.kind {
            NodeKind::Text(t) => f(t, self.span),
            NodeKind::List(l) => l.iter().for_each(|n| n.for_each_text(f)),
            NodeKind::Map(m) => m.iter().for_each(|(_, _, n)| n.for_each_text(f)),
            NodeKind::Object(o) => o.fields.iter().for_each(|v| {
                if let Some(n) = &v.value {
                    n.for_each_text(f);
                }
            }),
            _ => {}
        }
    }
}

/// A string in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// Its parts; literal parts are never adjacent.
    pub parts: Vec<Part>,
}

/// Builds a string from parts, in linear time.
#[derive(Debug, Default)]
pub struct TextBuilder {
    parts: Vec<Part>,
    literal: String,
}

impl TextBuilder {
    /// Adds literal text.
    pub fn push_str(&mut self, text: &str) {
        self.literal.push_str(text);
    }

    /// Adds another string.
    pub fn push(&mut self, other: &Text) {
        for part in &other.parts {
            match part {
                Part::Literal(text) => self.push_str(text),
                Part::Reference(_) | Part::Hole(_) => {
                    self.close();
                    self.parts.push(part.clone());
                }
            }
        }
    }

    /// Returns the string.
    pub fn finish(mut self) -> Text {
        self.close();
        Text { parts: self.parts }
    }

    fn close(&mut self) {
        if !self.literal.is_empty() {
            self.parts.push(Part::Literal(SmolStr::from(std::mem::take(&mut self.literal))));
        }
    }
}

/// A part of a string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// As it is.
    Literal(SmolStr),
    /// Replaced at run time.
    Reference(Reference),
    /// Filled in by a deployment.
    Hole(Hole),
}

impl Text {
    /// A string without references.
    pub fn plain(text: impl Into<SmolStr>) -> Text {
        Text { parts: vec![Part::Literal(text.into())] }
    }

    /// A string with one reference and nothing else.
    pub fn reference(reference: Reference) -> Text {
        Text { parts: vec![Part::Reference(reference)] }
    }

    /// A string that is one hole.
    pub fn hole(hole: Hole) -> Text {
        Text { parts: vec![Part::Hole(hole)] }
    }

    /// Whether a part of it is known only at deployment, and the rest at compile time.
    pub fn is_hole(&self) -> bool {
        let mut holes = self.parts.iter().filter(|p| matches!(p, Part::Hole(_)));
        holes.next().is_some() && self.references().next().is_none()
    }

    /// The text without this character at its end.
    pub fn without_trailing(mut self, c: char) -> Text {
        if let Some(Part::Literal(last)) = self.parts.last_mut() {
            *last = last.trim_end_matches(c).into();
        }
        self
    }

    /// The length of its literal parts, in bytes.
    pub fn literal_len(&self) -> usize {
        self.parts.iter().map(|p| if let Part::Literal(text) = p { text.len() } else { 0 }).sum()
    }

    /// The string, if it has no references.
    pub fn as_str(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The references in it.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.parts.iter().filter_map(|p| match p {
            Part::Reference(r) => Some(r),
            Part::Literal(_) | Part::Hole(_) => None,
        })
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for part in &self.parts {
            match part {
                Part::Literal(text) => f.write_str(text)?,
                Part::Reference(reference) => write!(f, "{reference}")?,
                Part::Hole(hole) => write!(f, "{hole}")?,
            }
        }
        Ok(())
    }
}

/// A field that is passed on unchanged.
#[derive(Clone, Debug)]
pub struct Unchecked {
    pub key: SmolStr,
    /// The span of its name.
    pub span: Span,
    pub value: serde_json::Value,
}

/// A field that is set, or removed by `none`.
#[derive(Clone, Debug)]
pub struct FieldValue {
    /// Its row in the table.
    pub field: &'static Field,
    /// The span of its name.
    pub key: Span,
    /// The value; `None` for `none`.
    pub value: Option<Node>,
}

/// An object of the API with its fields.
#[derive(Clone, Debug)]
pub struct Object {
    pub span: Span,
    /// Its type.
    pub block: &'static Block,
    /// Its fields, in source order.
    pub fields: Vec<FieldValue>,
    /// Fields that are passed on unchanged, known or not.
    pub unchecked: Vec<Unchecked>,
    /// Whether a part of it is invalid, so that fields may be missing.
    pub broken: bool,
}

impl Object {
    /// An object without fields.
    pub fn new(block: &'static Block, span: Span) -> Object {
        Object { span, block, fields: Vec::new(), unchecked: Vec::new(), broken: false }
    }

    /// The value of a field that is set.
    pub fn get(&self, key: FieldKey) -> Option<&Node> {
        self.entry(key).and_then(|f| f.value.as_ref())
    }

    /// The field, set or removed.
    pub fn entry(&self, key: FieldKey) -> Option<&FieldValue> {
        self.entry_named(key.name())
    }

    /// The field with a name from a row or from source, set or removed.
    pub fn entry_named(&self, name: &str) -> Option<&FieldValue> {
        self.fields.iter().find(|f| f.field.key == name)
    }

    /// The value of a field with a name from a row or from source.
    pub fn get_named(&self, name: &str) -> Option<&Node> {
        self.entry_named(name).and_then(|f| f.value.as_ref())
    }

    /// Whether a field is set.
    pub fn has(&self, key: FieldKey) -> bool {
        self.get(key).is_some()
    }

    /// Whether the source sets a field, also to `none` or in `unchecked`.
    pub fn sets(&self, key: FieldKey) -> bool {
        self.entry(key).is_some() || self.unchecked.iter().any(|u| u.key == key.name())
    }

    /// The string of a field, if it has no references.
    pub fn str(&self, key: FieldKey) -> Option<&str> {
        self.get(key).and_then(Node::as_str)
    }

    /// Sets a field of the block, in place or at the end.
    pub fn set(&mut self, field: &'static Field, key: Span, value: Option<Node>) {
        match self.fields.iter_mut().find(|f| f.field.key == field.key) {
            Some(entry) => *entry = FieldValue { field, key, value },
            None => self.fields.push(FieldValue { field, key, value }),
        }
    }

    /// Removes a field.
    pub fn remove(&mut self, key: FieldKey) -> Option<FieldValue> {
        let at = self.fields.iter().position(|f| f.field.key == key.name())?;
        Some(self.fields.remove(at))
    }

    /// The missing required fields, except those in `filled`; empty if some fields are unknown.
    pub fn missing(&self, filled: &[&str]) -> Vec<&'static str> {
        if self.is_part() {
            return Vec::new();
        }
        let lacks = |f: &&Field| f.required && self.get_named(f.key).is_none() && !filled.contains(&f.key);
        self.block.fields.iter().filter(lacks).map(|f| f.key).collect()
    }

    /// The required groups without a field, except those with one in `filled`.
    pub fn missing_groups(&self, filled: &[&str]) -> Vec<&'static Group> {
        if self.is_part() {
            return Vec::new();
        }
        let present = |key: &&&str| self.get_named(key).is_some() || filled.contains(*key);
        let needed = |g: &&Group| g.choice == Choice::ExactlyOne && !g.keys.iter().any(|k| present(&k));
        self.block.groups.iter().filter(needed).collect()
    }

    /// Whether it and all objects below it have their required fields.
    pub fn is_complete(&self) -> bool {
        self.missing(&[]).is_empty()
            && self.missing_groups(&[]).is_empty()
            && self.fields.iter().filter_map(|f| f.value.as_ref()).all(Node::is_complete)
    }

    /// Whether it may have unknown fields, which are invalid or unchecked.
    pub fn is_part(&self) -> bool {
        self.broken || !self.unchecked.is_empty()
    }

    /// The span of a field's name, or of the object.
    pub fn key_span(&self, key: FieldKey) -> Span {
        self.entry(key).map_or(self.span, |f| f.key)
    }
}

/// A number as JSON: an integer if it is written as one.
pub fn number_json(text: &str) -> serde_json::Value {
    if let Ok(n) = text.parse::<i64>() {
        return n.into();
    }
    if let Ok(n) = text.parse::<u64>() {
        return n.into();
    }
    text.parse::<f64>()
        .ok()
        .and_then(serde_json::Number::from_f64)
        .map_or(serde_json::Value::Null, serde_json::Value::Number)
}
