//! Parts of constants: `sizes["large"].nodes`, and fields of the elements of a family.

use std::borrow::Cow;

use super::Elaborator;
use super::data_files::file_call;
use super::resolve::Resolution;
use super::scope::Scope;
use crate::check::messages;
use crate::diag::{Candidate, closest_name};
use crate::source::Span;
use crate::syntax::ast::{EntryValue, Ident, Item, Path, Segment, Value, ValueKind};

/// How many constants a chain of parts may pass.
const MAX_PARTS: usize = 64;

impl<'a> Elaborator<'a> {
    /// Follows the segments of a path into a constant. `declared` is the span of the constant's name.
    pub fn part<'v>(
        &mut self,
        value: Cow<'v, Value>,
        unit: usize,
        declared: Span,
        path: &Path,
        scope: Scope<'_>,
    ) -> Resolution<'v>
    where
        'a: 'v,
    {
        let (mut value, mut unit, mut declared) = (value, unit, declared);
        let mut shown = path.head.text.to_string();
        for segment in &path.rest {
            let Some((inner, at, name)) = self.followed(value, unit, declared) else { return Resolution::Unknown };
            (value, unit, declared) = (inner, at, name);
            let found = match segment {
                Segment::Name(field) => self.field(&value, unit, &shown, field, declared),
                Segment::Index(index) => {
                    let Some((constant, _)) = self.constant(index, scope, "an index") else {
                        return Resolution::Unknown;
                    };
                    match (&value.kind, constant.wire()) {
                        (ValueKind::List(items), text) => {
                            let item = text.parse().ok().and_then(|n: usize| items.get(n));
                            if item.is_none() {
                                self.report(messages::no_such_item(index.span, &shown, &text, items.len(), declared));
                            }
                            item.map(|item| (item.clone(), unit, declared))
                        }
                        (_, text) => {
                            let key = Ident { text: text.into(), span: index.span, quoted: true };
                            self.field(&value, unit, &shown, &key, declared)
                        }
                    }
                }
            };
            let Some((inner, at, name)) = found else { return Resolution::Unknown };
            let segment = match segment {
                Segment::Name(name) => format!(".{}", name.text),
                Segment::Index(index) => format!("[{}]", self.sources.slice(index.span)),
            };
            shown.push_str(&segment);
            (value, unit, declared) = (Cow::Owned(inner), at, name);
        }
        Resolution::Source(value, unit, declared)
    }

    /// The value of a constant that is the name of another one.
    pub fn followed<'v>(
        &mut self,
        value: Cow<'v, Value>,
        unit: usize,
        declared: Span,
    ) -> Option<(Cow<'v, Value>, usize, Span)>
    where
        'a: 'v,
    {
        let (mut value, mut unit, mut declared) = (value, unit, declared);
        for _ in 0..MAX_PARTS {
            let source = match &value.kind {
                ValueKind::Path(path) => match self.meaning(path, value.span, Scope::file(unit)) {
                    Resolution::Source(inner, at, name) => Some((Cow::Owned(inner.into_owned()), at, name)),
                    Resolution::Unknown => return None,
                    _ => None,
                },
                ValueKind::Function(..) => match file_call(&value) {
                    Some(arguments) => {
                        let inner = self.data_file(arguments, value.span, Scope::file(unit))?;
                        Some((Cow::Borrowed(inner), unit, declared))
                    }
                    None => None,
                },
                _ => None,
            };
            match source {
                Some((inner, at, name)) => (value, unit, declared) = (inner, at, name),
                None => return Some((value, unit, declared)),
            }
        }
        self.report(messages::constants_too_deep(value.span));
        None
    }

    /// A field of an object, with the unit of its value and the span of its name. Reports one that does not exist.
    pub fn field(
        &mut self,
        object: &Value,
        unit: usize,
        shown: &str,
        field: &Ident,
        declared: Span,
    ) -> Option<(Value, usize, Span)> {
        let ValueKind::Object(_) = &object.kind else {
            if !matches!(object.kind, ValueKind::Bad) {
                self.report(messages::part_of_plain_constant(field.span, shown, declared));
            }
            return None;
        };
        let fields = self.fields_of(object, unit, 0)?;
        let last = fields.iter().rfind(|f| f.name.text == field.text);
        if let Some(found) = last {
            self.record_link(field.span, found.name.span);
            return Some((found.value.clone(), found.unit, found.name.span));
        }
        let names = fields.iter().map(|f| Candidate::declared(&f.name.text, f.name.span));
        self.report(messages::element_without_field(shown, field, closest_name(&field.text, names), object.span));
        None
    }

    /// The fields of an object, including those that it spreads; a later one replaces an earlier one.
    pub fn fields_of(&mut self, object: &Value, unit: usize, depth: usize) -> Option<Vec<ObjectField>> {
        let ValueKind::Object(body) = &object.kind else { return None };
        let mut out = Vec::new();
        for item in &body.items {
            match item {
                Item::Entry(entry) => {
                    let value = match &entry.value {
                        EntryValue::Assign(value) => value.clone(),
                        EntryValue::Block(body) => Value { span: body.span, kind: ValueKind::Object(body.clone()) },
                    };
                    out.push(ObjectField { name: entry.key.clone(), value, unit });
                }
                Item::Spread(spread) if depth < MAX_PARTS => {
                    let (inner, at, _) = self.followed(Cow::Borrowed(&spread.value), unit, spread.span)?;
                    let inner = inner.into_owned();
                    if let Some(fields) = self.fields_of(&inner, at, depth + 1) {
                        out.extend(fields);
                    }
                }
                _ => {}
            }
        }
        Some(out)
    }
}

/// A field of a constant object.
pub struct ObjectField {
    pub name: Ident,
    pub value: Value,
    pub unit: usize,
}
