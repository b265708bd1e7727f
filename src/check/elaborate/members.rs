//! The members of families: of steps, pipelines, clusters and environments.

use std::collections::HashSet;

use smol_str::{SmolStr, format_smolstr};

use super::Elaborator;
use super::data_files::file_call;
use super::eval::{Const, ValueSite};
use super::resolve::Resolution;
use super::scope::{FamilyMember, Local, LocalKind, Scope};
use crate::check::messages;
use crate::schema::Eval;
use crate::syntax::ast::{Family, Ident, Value, ValueKind};

/// An element of a list.
type Element = (Value, usize);

/// The members of a family.
#[derive(Debug, Default)]
pub struct FamilyMembers {
    pub list: Vec<FamilyMember>,
    /// The number of all members; `list` has only the first ones if there are too many.
    pub count: usize,
    /// Whether a list or a name is invalid, which is reported.
    pub broken: bool,
}

impl Elaborator<'_> {
    /// The first `room` members of a family of the declaration `name`.
    pub fn members(&mut self, name: &Ident, family: &Family, scope: Scope<'_>, room: usize) -> FamilyMembers {
        let mut out = FamilyMembers { count: 1, ..FamilyMembers::default() };
        let mut lists: Vec<Vec<Element>> = Vec::new();
        for elements in &family.elements {
            match self.list_source(&elements.list, scope, 0, room) {
                Some((items, all)) => {
                    out.count = out.count.saturating_mul(all);
                    lists.push(items);
                }
                None => out.broken = true,
            }
        }
        if out.broken || out.count == 0 {
            out.count = 0;
            return out;
        }
        let mut seen: HashSet<SmolStr> = HashSet::new();
        for n in 0..out.count.min(room) {
            if !self.budget.charge(lists.len()) {
                break;
            }
            match self.family_member(name, family, &lists, n, scope) {
                Some(member) if seen.insert(member.index.clone()) => out.list.push(member),
                Some(member) => {
                    let variable = family.elements.first().map_or(family.span, |e| e.name.span);
                    self.report(messages::element_twice(member.at, &member.index, variable));
                    out.count -= 1;
                }
                None => out.broken = true,
            }
        }
        out
    }

    /// The member number `n`: the last variable changes fastest.
    fn family_member(
        &mut self,
        name: &Ident,
        family: &Family,
        lists: &[Vec<Element>],
        n: usize,
        scope: Scope<'_>,
    ) -> Option<FamilyMember> {
        let mut locals: Vec<Local> = Vec::new();
        let mut names: Vec<SmolStr> = Vec::new();
        let mut rest = n;
        let mut at = family.span;
        for (elements, list) in family.elements.iter().zip(lists).rev() {
            let position = rest % list.len().max(1);
            rest /= list.len().max(1);
            let (value, unit) = list.get(position)?;
            names.push(self.element_name(value, *unit, position, (&elements.name.text, family))?);
            at = value.span;
            let kind = LocalKind::Element(value.clone(), *unit);
            locals.push(Local { name: elements.name.text.clone(), span: elements.name.span, kind });
        }
        names.reverse();
        locals.reverse();
        let (index, key) = match &family.by {
            Some(by @ Value { kind: ValueKind::Str(lit), .. }) => {
                let all: Vec<Local> = scope.locals.iter().chain(&locals).cloned().collect();
                let site = ValueSite { name: "the key of a member", eval: Eval::Constant };
                let text = self.text(lit, Scope { locals: &all, ..scope }, site)?;
                let Some(key) = text.as_str().map(SmolStr::from) else {
                    self.report(messages::known_at_deployment(by.span, "the key of a member"));
                    return None;
                };
                (key.clone(), key)
            }
            _ => {
                let index = SmolStr::from(names.join("_"));
                let key = format_smolstr!("{}_{index}", name.text);
                (index, key)
            }
        };
        Some(FamilyMember { index, key, locals, at })
    }

    /// What names an element: the field after `by`, the first string of an object, a plain value itself, else its
    /// position.
    fn element_name(
        &mut self,
        value: &Value,
        unit: usize,
        position: usize,
        (variable, family): (&str, &Family),
    ) -> Option<SmolStr> {
        let scope = Scope::file(unit);
        let by = family.by.as_ref().filter(|by| !matches!(by.kind, ValueKind::Str(_)));
        if let Some(by) = by {
            let field = match &by.kind {
                ValueKind::Path(path) if path.rest.is_empty() => Some(&path.head),
                _ => None,
            };
            let Some(field) = field else {
                self.report(messages::not_a_field_after_by(by.span));
                return None;
            };
            if !matches!(value.kind, ValueKind::Object(_)) {
                self.report(messages::by_of_plain_element(by.span, value.span));
                return None;
            }
            let (found, unit, _) = self.field(value, unit, variable, field, value.span)?;
            let (constant, _) = self.constant(&found, Scope::file(unit), "the name of an element")?;
            return Some(constant.wire().into());
        }
        if let Some(fields) = self.fields_of(value, unit, 0) {
            let first = fields.iter().find_map(|f| match &f.value.kind {
                ValueKind::Str(lit) => lit.plain(),
                _ => None,
            });
            return Some(first.unwrap_or_else(|| format_smolstr!("{position}")));
        }
        let (constant, _) = self.constant(value, scope, "an element of a family")?;
        match constant {
            Const::List(_) | Const::Map(_) => Some(format_smolstr!("{position}")),
            plain => Some(plain.wire().into()),
        }
    }

    /// Up to `room` elements of a list with their units, following constants, and the number of all.
    pub fn list_source(
        &mut self,
        list: &Value,
        scope: Scope<'_>,
        depth: usize,
        room: usize,
    ) -> Option<(Vec<Element>, usize)> {
        match &list.kind {
            ValueKind::List(items) => {
                let mut out = Vec::new();
                for item in items.iter().take(room) {
                    out.push(self.element_source(item, scope, 0)?);
                }
                Some((out, items.len()))
            }
            ValueKind::Path(path) if depth < 32 => match self.meaning(path, list.span, scope) {
                Resolution::Source(inner, unit, _) => self.list_source(&inner, Scope::file(unit), depth + 1, room),
                Resolution::Unknown => None,
                _ => {
                    self.report(messages::family_without_list(list.span));
                    None
                }
            },
            ValueKind::Bad => None,
            ValueKind::Function(..) if depth < 32 && file_call(list).is_some() => {
                let inner = self.data_file(file_call(list)?, list.span, scope)?;
                self.list_source(inner, scope, depth + 1, room)
            }
            _ => {
                self.report(messages::family_without_list(list.span));
                None
            }
        }
    }

    /// An element of a list: constants that are objects are followed, so that their fields can be used.
    fn element_source(&mut self, item: &Value, scope: Scope<'_>, depth: usize) -> Option<Element> {
        match &item.kind {
            ValueKind::Path(path) if depth < 32 && path.word().is_none_or(|w| !matches!(w, "true" | "false")) => {
                match self.meaning(path, item.span, scope) {
                    Resolution::Source(inner, unit, _) => self.element_source(&inner, Scope::file(unit), depth + 1),
                    Resolution::Unknown => None,
                    _ => Some((item.clone(), scope.unit)),
                }
            }
            _ => Some((item.clone(), scope.unit)),
        }
    }
}
