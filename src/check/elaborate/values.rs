//! Checks values against the type of their field: strings, numbers, durations, enum values, maps, lists and blocks.

use std::collections::HashMap;

use smol_str::SmolStr;

use super::Elaborator;
use super::data_files::file_call;
use super::eval::{Const, Evaluated, ValueSite};
use super::fields::BlockSchema;
use super::resolve::Resolution;
use super::scope::{Local, LocalKind, Scope};
use crate::check::messages;
use crate::diag::{Candidate, closest_name};
use crate::model::{Hole, Node, NodeKind, Object, Part, Text, Type};
use crate::package::is_requirements_file;
use crate::schema::{
    AUTO_SCALE, Block, Enum, Eval, FOR_EACH_TASK, Field, REQUIREMENTS, Ty, foreign_member, written_out,
};
use crate::source::Span;
use crate::syntax::ast::{Body, EntryValue, Ident, Item, Path, Spread, StrLit, Value, ValueKind};

/// How the name of a member is written.
#[derive(Clone, Copy)]
enum Written {
    /// A bare word of a unit, which could also be one of its values.
    Word(usize),
    /// A string.
    Quoted,
    /// A string with references.
    Composed,
}

impl Elaborator<'_> {
    pub fn block_value(&mut self, field: &'static Field, body: &Body, scope: Scope<'_>) -> Node {
        match field.ty {
            Ty::Block(block) => {
                // The items of a `for_each_task` block are `{{input}}` in its task.
                let mut locals = scope.locals.to_vec();
                if *block == FOR_EACH_TASK {
                    locals.push(Local { name: SmolStr::default(), span: body.span, kind: LocalKind::Input(Type::Any) });
                }
                let object = self.body(body, BlockSchema::Block(block, field.key), Scope { locals: &locals, ..scope });
                Node { span: body.span, kind: NodeKind::Object(object) }
            }
            Ty::Map => self.map(field, body, scope),
            Ty::BlockList(block) => {
                let inner = self.with_blocks(body, block);
                self.report(messages::block_for_list(field, body.span, &inner));
                Node { span: body.span, kind: NodeKind::Bad }
            }
            _ => {
                self.report(messages::not_a_block(field, body.span));
                Node { span: body.span, kind: NodeKind::Bad }
            }
        }
    }

    /// Checks a value for a field of this type.
    pub fn value(&mut self, field: &'static Field, ty: Ty, value: &Value, scope: Scope<'_>) -> Node {
        let bad = Node { span: value.span, kind: NodeKind::Bad };
        if matches!(value.kind, ValueKind::Bad) || !self.budget.charge(1) {
            return bad;
        }
        // A bare word in an enum field is a member before it is a reference.
        if let (Ty::Enum(e), ValueKind::Path(path)) = (ty, &value.kind)
            && let Some(word) = path.word()
        {
            let constant = self.is_constant(word, scope);
            if e.members.contains(&word) || !constant {
                return self.member(field, e, word, value.span, Written::Word(scope.unit)).unwrap_or(bad);
            }
        }
        if let ValueKind::Path(path) = &value.kind {
            self.takes_text = matches!(ty, Ty::Str | Ty::Map);
            let meaning = self.meaning(path, value.span, scope);
            self.takes_text = true;
            match meaning {
                Resolution::Unknown => return bad,
                Resolution::Bool(b) => return self.boolean(field, ty, b, value.span).unwrap_or(bad),
                Resolution::Source(inner, unit, name) => {
                    self.refuse_environment(path, value.span, ValueSite::field(field));
                    let found = self.with_constant(value.span, name, |c| {
                        Some(c.value(field, ty, &inner, Scope { unit, ..scope.file_scope() }))
                    });
                    return match found {
                        Some(node) => Node { span: value.span, ..node },
                        None => bad,
                    };
                }
                Resolution::Fact(text) => {
                    self.record_holes(&text, value.span);
                    return self.fact_value(field, ty, text, value.span).unwrap_or(bad);
                }
                Resolution::Run(reference, _) => {
                    let sink = ValueSite::field(field);
                    if sink.eval == Eval::Constant || !matches!(ty, Ty::Str | Ty::Map) {
                        self.check_placement(&reference, value.span, ValueSite { eval: Eval::Constant, ..sink }, false);
                        return bad;
                    }
                    self.check_placement(&reference, value.span, sink, false);
                    self.uses.push(super::scope::Use {
                        reference: reference.clone(),
                        span: value.span,
                        from_text: false,
                    });
                    return Node { span: value.span, kind: NodeKind::Text(Text::reference(reference)) };
                }
            }
        }
        if let ValueKind::Cell(text) = &value.kind {
            let typed = Value { span: value.span, kind: cell_for(ty, text, value.span) };
            return self.value(field, ty, &typed, scope);
        }
        let is_requirements = matches!(ty, Ty::StrList) && field.key == REQUIREMENTS;
        if let Some(arguments) = file_call(value).filter(|_| !is_requirements) {
            if matches!(ty, Ty::Str) {
                let Some(text) = self.text_file(arguments, value.span, scope) else { return bad };
                let lit = StrLit::of_text(text.trim_end_matches('\n').into(), value.span);
                return self.value(field, ty, &Value { span: value.span, kind: ValueKind::Str(lit) }, scope);
            }
            let Some(inner) = self.data_file(arguments, value.span, scope) else { return bad };
            let found =
                self.with_constant(value.span, inner.span, |c| Some(c.value(field, ty, inner, scope.file_scope())));
            return found.map_or(bad, |node| Node { span: value.span, ..node });
        }
        match ty {
            Ty::Str => self.string(field, value, scope),
            Ty::Int => self.integer(field, value),
            Ty::Num => match &value.kind {
                ValueKind::Number(n) => Some(Node { span: value.span, kind: NodeKind::Num(n.clone()) }),
                _ => self.wrong(field, ty, value),
            },
            Ty::Bool => match &value.kind {
                ValueKind::Str(lit) => match lit.plain().as_deref() {
                    Some(word @ ("true" | "false")) => {
                        let word = word.to_owned();
                        self.report(messages::quoted_bool(field, ty, value.span, word));
                        None
                    }
                    _ => self.wrong(field, ty, value),
                },
                _ => self.wrong(field, ty, value),
            },
            Ty::Enum(e) => match &value.kind {
                ValueKind::Str(lit) => {
                    let text = self.text(lit, scope, ValueSite { name: field.key, eval: Eval::Constant });
                    let written = if lit.plain().is_some() { Written::Quoted } else { Written::Composed };
                    text.and_then(|t| t.as_str().map(str::to_owned))
                        .and_then(|t| self.member(field, e, &t, value.span, written))
                }
                _ => self.wrong(field, ty, value),
            },
            Ty::Map => match &value.kind {
                ValueKind::Object(body) => Some(self.map(field, body, scope)),
                _ => self.wrong(field, ty, value),
            },
            Ty::Block(block) => match &value.kind {
                ValueKind::Object(body) => {
                    let object = self.body(body, BlockSchema::Block(block, field.key), scope);
                    Some(Node { span: value.span, kind: NodeKind::Object(object) })
                }
                ValueKind::Range(low, high) if *block == AUTO_SCALE => self.range(low, high, value.span, scope),
                _ => self.wrong(field, ty, value),
            },
            Ty::StrList | Ty::BlockList(_) => self.list(field, ty, value, scope),
        }
        .unwrap_or(bad)
    }

    fn wrong(&mut self, field: &'static Field, ty: Ty, value: &Value) -> Option<Node> {
        let text = self.sources.slice(value.span);
        let written = match ty {
            Ty::Block(block) => text_of_block(block, value, text).map(|inner| format!("{{ {inner} }}")),
            Ty::BlockList(block) => text_of_block(block, value, text).map(|inner| format!("[{{ {inner} }}]")),
            _ => None,
        };
        self.report(match written {
            Some(written) => messages::string_for_block(field, value.span, &written),
            None => messages::wrong_kind(field, ty, value, text),
        });
        None
    }

    /// The source of a block, with a block for each string that must be one.
    fn with_blocks(&self, body: &Body, block: &'static Block) -> String {
        let mut text = self.sources.slice(body.span).to_owned();
        for item in body.items.iter().rev() {
            let Item::Entry(entry) = item else { continue };
            let Some(inner) = block.field(&entry.key.text).and_then(|f| f.ty.block()) else { continue };
            let EntryValue::Assign(value) = &entry.value else { continue };
            if let Some(inner) = text_of_block(inner, value, self.sources.slice(value.span)) {
                let at = |position: u32| (position - body.span.start) as usize;
                text.replace_range(at(value.span.start)..at(value.span.end), &format!("{{ {inner} }}"));
            }
        }
        text
    }

    /// Whether a value is a part of a constant that has no value: an empty cell, or a null.
    pub fn is_none(&mut self, value: &Value, scope: Scope<'_>) -> bool {
        let ValueKind::Path(path) = &value.kind else { return false };
        if path.rest.is_empty() && scope.local(&path.head.text).is_none() || !self.is_constant(&path.head.text, scope) {
            return false;
        }
        let (found, _) = self.deferring(|e| e.meaning(path, value.span, scope).is_none_value());
        found
    }

    /// Whether a name is known at compile time.
    pub fn is_constant(&self, name: &str, scope: Scope<'_>) -> bool {
        self.symbols.find_let(scope.unit, name).is_some()
            || self.symbols.vars.contains_key(name)
            || scope.local(name).is_some()
    }

    fn boolean(&mut self, field: &'static Field, ty: Ty, b: bool, span: Span) -> Option<Node> {
        match ty {
            Ty::Bool => Some(Node { span, kind: NodeKind::Bool(b) }),
            _ => {
                self.report(messages::bool_for(field, ty, b, span));
                None
            }
        }
    }

    /// A fact as the value of a field: known text is like a string, the rest only fits text.
    fn fact_value(&mut self, field: &'static Field, ty: Ty, text: Text, span: Span) -> Option<Node> {
        match (text.as_str(), ty) {
            (Some(known), _) => {
                let value = Value { span, kind: ValueKind::Str(StrLit::of_text(known.into(), span)) };
                let node = self.value(field, ty, &value, Scope::file(0));
                (!node.is_bad()).then_some(node)
            }
            (None, Ty::Str) => Some(Node { span, kind: NodeKind::Text(text) }),
            (None, Ty::Int) if let [Part::Hole(hole @ Hole::JobId(_))] = text.parts.as_slice() => {
                Some(Node { span, kind: NodeKind::Hole(hole.clone()) })
            }
            (None, _) => {
                self.report(messages::known_at_deployment(span, &format!("`{}`", field.key)));
                None
            }
        }
    }

    fn member(
        &mut self,
        field: &'static Field,
        e: &'static Enum,
        word: &str,
        span: Span,
        written: Written,
    ) -> Option<Node> {
        if let Some(exact) = e.members.iter().find(|m| **m == word) {
            if matches!(written, Written::Quoted) && self.via.is_empty() {
                self.report(messages::quoted_member(exact, span));
            }
            return Some(Node::text(span, *exact));
        }
        if let Some(same) = e.members.iter().find(|m| m.eq_ignore_ascii_case(word)) {
            self.report(messages::member_in_other_case(word, same, span));
            return Some(Node::text(span, *same));
        }
        let values = if let Written::Word(unit) = written { self.symbols.value_names(unit) } else { Vec::new() };
        let members = e.members.iter().copied().map(Candidate::known);
        let foreign = foreign_member(word).filter(|ours| e.members.contains(ours)).map(Candidate::known);
        let near = foreign.or_else(|| closest_name(word, members.chain(values)));
        if near.is_none() && matches!(written, Written::Word(_)) && self.symbols.maybe_declared(word) {
            return None;
        }
        self.report(messages::unknown_member(field.key, e, word, span, near));
        None
    }

    fn string(&mut self, field: &'static Field, value: &Value, scope: Scope<'_>) -> Option<Node> {
        match &value.kind {
            ValueKind::Str(lit) => {
                let text = self.text(lit, scope, ValueSite::field(field))?;
                if let (Some(max), Some(plain)) = (field.max_len, text.as_str())
                    && plain.len() > max as usize
                {
                    self.report(messages::too_long(field, value.span, plain.len(), max));
                    return None;
                }
                Some(Node { span: value.span, kind: NodeKind::Text(text) })
            }
            ValueKind::Function(..) => {
                let reference = self.secret(value, scope)?;
                self.check_placement(&reference, value.span, ValueSite::field(field), false);
                Some(Node { span: value.span, kind: NodeKind::Text(Text::reference(reference)) })
            }
            _ => self.wrong(field, Ty::Str, value),
        }
    }

    fn integer(&mut self, field: &'static Field, value: &Value) -> Option<Node> {
        let number = match &value.kind {
            ValueKind::Number(n) => match n.parse::<i64>() {
                Ok(n) => n,
                Err(_) => {
                    self.report(messages::not_a_whole_number(field, value.span));
                    return None;
                }
            },
            ValueKind::Duration(n, unit) => self.duration(field, n, *unit, value.span)?,
            _ => return self.wrong(field, Ty::Int, value),
        };
        if !field.allows(number) {
            self.report(messages::out_of_range(field, value.span, number));
            return None;
        }
        Some(Node { span: value.span, kind: NodeKind::Int(number) })
    }

    fn duration(&mut self, field: &'static Field, n: &str, unit: char, span: Span) -> Option<i64> {
        let measure = field.unit_of.and(self.unit).unwrap_or(field.unit);
        let Some(per_unit) = measure.millis() else {
            self.report(messages::not_a_time(field, span));
            return None;
        };
        let millis = match unit {
            's' => 1000,
            'm' => 60_000,
            'h' => 3_600_000,
            _ => 86_400_000,
        };
        let total = n.parse::<i64>().ok().and_then(|n| n.checked_mul(millis));
        match total {
            Some(total) if total % per_unit == 0 => Some(total / per_unit),
            Some(_) => {
                self.report(messages::not_divisible(field, span, &format!("{n}{unit}"), measure));
                None
            }
            None => {
                self.report(messages::time_too_long(span, n, unit));
                None
            }
        }
    }

    fn map(&mut self, field: &'static Field, body: &Body, scope: Scope<'_>) -> Node {
        let mut out: Vec<(SmolStr, Span, Node)> = Vec::new();
        let mut seen: HashMap<&SmolStr, Span> = HashMap::new();
        for item in &body.items {
            let entry = match item {
                Item::Entry(entry) => entry,
                Item::Spread(spread) => {
                    for entry in self.spread_entries(field, spread, scope) {
                        put(&mut out, entry);
                    }
                    continue;
                }
                Item::Bad(_) => continue,
                other => {
                    self.misplaced(other, &format!("`{}`", field.key));
                    continue;
                }
            };
            let EntryValue::Assign(value) = &entry.value else {
                self.report(messages::block_in_map(field, entry));
                continue;
            };
            if !self.budget.charge(2) {
                break;
            }
            if let Some(first) = seen.get(&entry.key.text) {
                self.report(messages::field_twice(&entry.key, *first));
                continue;
            }
            let node = match &value.kind {
                ValueKind::Bad => Node { span: value.span, kind: NodeKind::Bad },
                ValueKind::Path(p) if p.word() == Some("none") => Node { span: value.span, kind: NodeKind::Removed },
                _ if self.is_none(value, scope) => Node { span: value.span, kind: NodeKind::Removed },
                ValueKind::List(_) | ValueKind::Object(_) | ValueKind::Duration(..) | ValueKind::Range(..) => {
                    self.report(messages::map_value(field, value.span));
                    Node { span: value.span, kind: NodeKind::Bad }
                }
                _ => match self.typed(value, scope, ValueSite::field(field)) {
                    Some(typed) if matches!(typed.value, Evaluated::Constant(Const::List(_) | Const::Map(_))) => {
                        self.report(messages::map_value_type(field, value.span, &typed.ty));
                        Node { span: value.span, kind: NodeKind::Bad }
                    }
                    Some(typed) => Node { span: value.span, kind: NodeKind::Text(typed.wire()) },
                    None => Node { span: value.span, kind: NodeKind::Bad },
                },
            };
            seen.insert(&entry.key.text, entry.key.span);
            let new = (entry.key.text.clone(), entry.key.span, node);
            // An entry replaces one that is spread before it.
            if seen.len() <= out.len() { put(&mut out, new) } else { out.push(new) }
        }
        if field.max_items.is_some_and(|max| out.len() > max as usize) {
            self.report(messages::wrong_number_of_entries(field, body.span, out.len()));
        }
        Node { span: body.span, kind: NodeKind::Map(out) }
    }

    /// The entries of an object that is spread into a map.
    fn spread_entries(
        &mut self,
        field: &'static Field,
        spread: &Spread,
        scope: Scope<'_>,
    ) -> Vec<(SmolStr, Span, Node)> {
        let Some((body, unit, name)) = self.spread_source(spread, scope) else { return Vec::new() };
        let scope = Scope { unit, ..scope.file_scope() };
        let node = self.with_constant(spread.value.span, name, |e| Some(e.map(field, &body, scope)));
        match node.map(|n| n.kind) {
            Some(NodeKind::Map(entries)) => entries,
            _ => Vec::new(),
        }
    }

    fn list(&mut self, field: &'static Field, ty: Ty, value: &Value, scope: Scope<'_>) -> Option<Node> {
        let items = match &value.kind {
            ValueKind::List(items) => items,
            ValueKind::Str(_) | ValueKind::Object(_) | ValueKind::Number(_)
                if matches!(
                    (ty, &value.kind),
                    (Ty::StrList, ValueKind::Str(_)) | (Ty::BlockList(_), ValueKind::Object(_))
                ) =>
            {
                let text = self.sources.slice(value.span).to_owned();
                let names_a_file = matches!(&value.kind, ValueKind::Str(lit) if lit.plain().is_some_and(|t| {
                    is_requirements_file(std::path::Path::new(t.as_str()))
                }));
                self.report(match field.key == REQUIREMENTS && names_a_file {
                    true => messages::file_as_requirements(value.span, &text),
                    false => messages::single_for_list(field, ty, value.span, &text),
                });
                return None;
            }
            ValueKind::Function(name, arguments) if field.key == REQUIREMENTS && name.text == "file" => {
                return self.requirements_file(arguments, value.span, scope);
            }
            _ => return self.wrong(field, ty, value),
        };
        let mut out = Vec::new();
        let mut bad = false;
        for item in items {
            let node = match ty {
                Ty::BlockList(block) => self.value(field, Ty::Block(block), item, scope),
                _ => self.value(field, Ty::Str, item, scope),
            };
            // A list constant in a list is a type error, which `value` reports.
            bad |= node.is_bad();
            out.push(node);
        }
        if field.max_items.is_some_and(|max| out.len() > max as usize) {
            self.report(messages::wrong_number_of_entries(field, value.span, out.len()));
            return None;
        }
        (!bad).then_some(Node { span: value.span, kind: NodeKind::List(out) })
    }

    fn range(&mut self, low: &Value, high: &Value, span: Span, scope: Scope<'_>) -> Option<Node> {
        let mut object = Object::new(&AUTO_SCALE, span);
        for (key, value) in [("min_workers", low), ("max_workers", high)] {
            let field = AUTO_SCALE.field(key)?;
            let node = self.value(field, Ty::Int, value, scope);
            if node.is_bad() {
                return None;
            }
            object.set(field, value.span, Some(node));
        }
        Some(Node { span, kind: NodeKind::Object(object) })
    }
}

/// Adds an entry to a map, or replaces the one with the same key.
fn put(entries: &mut Vec<(SmolStr, Span, Node)>, new: (SmolStr, Span, Node)) {
    match entries.iter_mut().find(|(key, ..)| *key == new.0) {
        Some(existing) => *existing = new,
        None => entries.push(new),
    }
}

/// The cell of a table as a value of a type.
fn cell_for(ty: Ty, text: &SmolStr, span: Span) -> ValueKind {
    let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
    match ty {
        Ty::Int | Ty::Num if is_number => ValueKind::Number(text.clone()),
        Ty::Bool if matches!(text.as_str(), "true" | "false") => {
            let head = Ident { text: text.clone(), span, quoted: false };
            ValueKind::Path(Box::new(Path { head, rest: Vec::new() }))
        }
        _ => ValueKind::Str(StrLit::of_text(text.clone(), span)),
    }
}

/// What a block contains that was written as a string.
fn text_of_block(block: &Block, value: &Value, source: &str) -> Option<String> {
    match &value.kind {
        ValueKind::Str(lit) => written_out(block, &lit.plain().unwrap_or_default(), source),
        _ => None,
    }
}
