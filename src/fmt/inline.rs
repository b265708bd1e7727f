//! Formats what is on one line: values, names, headers.

use crate::source::Span;
use crate::source::literal::map_key;
use crate::syntax::ast::{
    Body, CallArgument, Entry, EntryValue, Family, Header, Ident, Item, Member, Path, Segment, TypeExpr, Value,
    ValueKind,
};

/// The text that spans refer to.
#[derive(Clone, Copy)]
pub(super) struct SourceText<'t>(pub &'t str);

impl<'t> SourceText<'t> {
    pub fn slice(self, span: Span) -> &'t str {
        self.0.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// A name as written.
    pub fn name(self, ident: &Ident) -> String {
        if ident.quoted { format!("`{}`", ident.text) } else { ident.text.to_string() }
    }

    /// A value on one line; a multi-line string is unchanged.
    pub fn value(self, value: &Value) -> String {
        match &value.kind {
            ValueKind::Str(_)
            | ValueKind::Number(_)
            | ValueKind::Duration(..)
            | ValueKind::Cell(_)
            | ValueKind::Bad => self.slice(value.span).to_owned(),
            ValueKind::Range(a, b) => format!("{}..{}", self.value(a), self.value(b)),
            ValueKind::List(items) => {
                let parts: Vec<String> = items.iter().map(|v| self.value(v)).collect();
                format!("[{}]", parts.join(", "))
            }
            ValueKind::Object(body) => self.object(body),
            ValueKind::Path(path) => self.path(path),
            ValueKind::Function(name, arguments) => format!("{}{}", self.name(name), self.arguments(arguments)),
        }
    }

    fn path(self, path: &Path) -> String {
        let mut out = self.name(&path.head);
        for segment in &path.rest {
            match segment {
                Segment::Name(name) => out.push_str(&format!(".{}", self.name(name))),
                Segment::Index(value) => out.push_str(&format!("[{}]", self.value(value))),
            }
        }
        out
    }

    /// `{ a = 1, b { c = 2 } }`
    pub fn object(self, body: &Body) -> String {
        let parts: Vec<String> = body.items.iter().map(|i| self.item(i)).collect();
        if parts.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", parts.join(", ")) }
    }

    /// An entry of an object.
    fn item(self, item: &Item) -> String {
        match item {
            Item::Entry(e) => match &e.value {
                EntryValue::Assign(v) => format!("{} = {}", self.key(e), self.value(v)),
                EntryValue::Block(b) => format!("{} {}", self.key(e), self.object(b)),
            },
            Item::Spread(spread) => format!("..{}", self.value(&spread.value)),
            other => self.slice(other.span()).to_owned(),
        }
    }

    /// The key of an entry. A key that is not a word belongs to a map, where it is a string.
    pub fn key(self, entry: &Entry) -> String {
        let has_reference = entry.is_string_key && entry.key.text.is_empty();
        if has_reference { self.slice(entry.key.span).to_owned() } else { map_key(&entry.key.text) }
    }

    pub fn arguments(self, arguments: &[CallArgument]) -> String {
        let parts: Vec<String> = arguments.iter().map(|a| self.argument(a)).collect();
        format!("({})", parts.join(", "))
    }

    pub fn argument(self, argument: &CallArgument) -> String {
        match &argument.name {
            Some(name) => format!("{} = {}", self.name(name), self.value(&argument.value)),
            None => self.value(&argument.value),
        }
    }

    /// `load["eu"]`
    pub fn member(self, member: &Member) -> String {
        let index = member.index.iter().map(|v| format!("[{}]", self.value(v))).collect::<String>();
        format!("{}{index}", self.name(&member.name))
    }

    /// `[region in regions by name]`
    pub fn family(self, family: &Family) -> String {
        let elements: Vec<String> =
            family.elements.iter().map(|e| format!("{} in {}", self.name(&e.name), self.value(&e.list))).collect();
        let by = family.by.iter().map(|v| format!(" by {}", self.value(v))).collect::<String>();
        format!("[{}{by}]", elements.join(", "))
    }

    /// `left == right`, or `left` alone.
    pub fn comparison(self, left: &Value, right: Option<&(Ident, Value)>) -> String {
        match right {
            Some((operator, right)) => format!("{} {} {}", self.value(left), operator.text, self.value(right)),
            None => self.value(left),
        }
    }

    pub fn type_expr(self, ty: &TypeExpr) -> String {
        match &ty.arg {
            Some(arg) => format!("{}<{}>", self.name(&ty.name), self.type_expr(arg)),
            None => self.name(&ty.name),
        }
    }

    /// `extends a on b after c, d is true`, with a leading space.
    pub fn header(self, header: &Header) -> String {
        let mut out = String::new();
        if let Some(extends) = &header.extends {
            out.push_str(&format!(" extends {}", self.member(extends)));
        }
        if let Some(on) = &header.on {
            out.push_str(&format!(" on {}", self.value(&on.value)));
        }
        let after: Vec<String> = header
            .after
            .iter()
            .map(|a| {
                let mut one = self.name(&a.name);
                if let Some(index) = &a.index {
                    one.push_str(&format!("[{}]", self.value(index)));
                }
                if let Some(outcome) = &a.outcome {
                    one.push_str(&format!(" is {}", self.name(outcome)));
                }
                one
            })
            .collect();
        if !after.is_empty() {
            out.push_str(&format!(" after {}", after.join(", ")));
        }
        out
    }
}

/// Whether an object contains anything other than entries, so that it is never on one line.
pub(super) fn always_breaks(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Object(body) => body.items.iter().any(|item| match item {
            Item::Entry(e) => match &e.value {
                EntryValue::Assign(v) => always_breaks(v),
                EntryValue::Block(b) => b.items.iter().any(|i| !matches!(i, Item::Entry(_) | Item::Spread(_))),
            },
            Item::Spread(spread) => always_breaks(&spread.value),
            _ => true,
        }),
        ValueKind::List(items) => items.iter().any(always_breaks),
        _ => false,
    }
}
