//! Writes fields of the API as entries.

use super::out::{Fallback, Out};
use super::write::{TextScope, Writer};
use crate::data::{TextPiece, Tree, TreeKey, TreeKind};
use crate::schema::{Block, Eval, Field, Ty};
use crate::source::Span;
use crate::source::literal::{map_key, string};

impl<'t> Writer<'t> {
    /// Writes all entries except `but`, in the order of the table; those for `unchecked` come last.
    pub(super) fn fields<'e>(
        &mut self,
        out: &mut Out,
        entries: impl IntoIterator<Item = &'e (TreeKey, Tree)>,
        block: &'static Block,
        but: &[&str],
        scope: &mut TextScope,
    ) {
        let row = |key: &str| block.fields.iter().position(|f| f.key == key).unwrap_or(usize::MAX);
        let mut list: Vec<&(TreeKey, Tree)> =
            entries.into_iter().filter(|(k, v)| !but.contains(&k.text.as_str()) && v.kind != TreeKind::Null).collect();
        list.sort_by_key(|(k, _)| row(&k.text));
        let (unchecked, checked): (Vec<_>, Vec<_>) =
            list.into_iter().partition(|(k, _)| self.way(k.span) == Some(Fallback::Unchecked));
        for (key, value) in checked {
            self.field(out, key, value, block.field(&key.text), scope);
        }
        self.unchecked(out, &unchecked);
    }

    /// Writes entries in `unchecked`.
    pub(super) fn unchecked(&mut self, out: &mut Out, entries: &[&(TreeKey, Tree)]) {
        if entries.is_empty() {
            return;
        }
        out.push("unchecked {\n");
        for (key, value) in entries {
            let from = out.text.len();
            out.push(map_key(&key.text));
            match value.entries() {
                [] => out.push(format!(" = {}\n", raw(value))),
                inside => {
                    out.push(" {\n");
                    for (key, value) in inside {
                        out.push(format!("{} = {}\n", map_key(&key.text), raw(value)));
                    }
                    out.push("}\n");
                }
            }
            out.mark(from, key.span, shown(key, value), false);
        }
        out.push("}\n");
    }

    /// Writes one entry.
    pub(super) fn field(
        &mut self,
        out: &mut Out,
        key: &TreeKey,
        value: &Tree,
        field: Option<&'static Field>,
        scope: &mut TextScope,
    ) {
        let from = out.text.len();
        let plain = self.way(key.span) == Some(Fallback::Plain);
        let sugar = self.sugar;
        self.sugar = sugar && !plain;
        out.push(map_key(&key.text));
        let sugared = self.value(out, value, field, scope);
        self.sugar = sugar;
        out.push("\n");
        out.mark(from, key.span, shown(key, value), sugared);
    }

    /// Writes the value of a field; returns whether a short form was used.
    fn value(&mut self, out: &mut Out, value: &Tree, field: Option<&'static Field>, scope: &mut TextScope) -> bool {
        let mut sugared = false;
        let eval = field.map_or(Eval::Constant, |f| f.eval);
        match (field.map(|f| f.ty), &value.kind) {
            (Some(Ty::Block(block)), TreeKind::Map(entries)) => {
                if self.sugar
                    && block.name == "AutoScale"
                    && let Some(range) = range(value)
                {
                    out.push(" = ");
                    out.push(range);
                    return true;
                }
                out.push(" {\n");
                self.fields(out, entries, block, &[], scope);
                out.push("}");
            }
            (Some(Ty::BlockList(block)), TreeKind::List(items)) if items.iter().all(Tree::is_map) => {
                out.push(" = [");
                for item in items {
                    out.push("{\n");
                    self.fields(out, item.entries(), block, &[], scope);
                    out.push("},\n");
                }
                out.push("]");
            }
            (Some(Ty::Map), TreeKind::Map(entries)) => {
                out.push(" {\n");
                for (key, value) in entries.iter().filter(|(_, v)| v.kind != TreeKind::Null) {
                    let (text, more) = self.text_or_raw(value, eval, scope);
                    sugared |= more;
                    out.push(format!("{} = {text}\n", map_key(&key.text)));
                }
                out.push("}");
            }
            (Some(Ty::StrList), TreeKind::List(items)) => {
                let mut list = Vec::new();
                for item in items {
                    let (text, more) = self.text_or_raw(item, eval, scope);
                    sugared |= more;
                    list.push(text);
                }
                out.push(format!(" = [{}]", list.join(", ")));
            }
            (Some(Ty::Enum(e)), TreeKind::Text(word)) if e.members.contains(&word.as_str()) => {
                out.push(format!(" = {}", bare(word)));
            }
            (Some(Ty::Str), TreeKind::Text(text)) => {
                let (text, more) = self.text(text, eval, scope);
                sugared = more;
                out.push(format!(" = {text}"));
            }
            (Some(Ty::Int), TreeKind::Number(n)) if self.sugar => {
                let duration = field.and_then(|f| f.unit.millis()).and_then(|unit| duration(n, unit));
                sugared = duration.is_some();
                out.push(format!(" = {}", duration.unwrap_or_else(|| n.to_string())));
            }
            // A type that the API does not allow here; the checker reports it.
            _ => out.push(format!(" = {}", raw(value))),
        }
        sugared
    }

    /// Writes a string with its references as names, or another value unchanged; returns whether a short form was
    /// used.
    fn text_or_raw(&mut self, value: &Tree, eval: Eval, scope: &mut TextScope) -> (String, bool) {
        match value.text() {
            Some(text) => self.text(text, eval, scope),
            None => (raw(value), false),
        }
    }
}

/// An enum value: a bare word, or quoted if it is not a word.
fn bare(word: &str) -> String {
    if crate::source::quote_name(word) == word { word.to_owned() } else { string(word) }
}

/// Any value as in `unchecked`.
pub(super) fn raw(value: &Tree) -> String {
    match &value.kind {
        TreeKind::Null => "none".to_owned(),
        TreeKind::Bool(b) => b.to_string(),
        TreeKind::Number(n) => n.to_string(),
        TreeKind::Text(text) => string(text),
        TreeKind::Mixed(pieces) => match pieces.as_slice() {
            [TextPiece::Var { name, .. }] => super::names::name(name),
            [TextPiece::Fact { path, .. }] => (*path).to_owned(),
            [TextPiece::Job { .. }] => "0".to_owned(),
            several => {
                let mut out = String::from("\"");
                several.iter().for_each(|p| super::texts::in_text(p, &mut out));
                out.push('"');
                out
            }
        },
        TreeKind::List(items) => format!("[{}]", items.iter().map(raw).collect::<Vec<_>>().join(", ")),
        TreeKind::Map(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(k, v)| format!("{} = {}", map_key(&k.text), raw(v))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

/// The span that a message shows: a value on one line, else the key.
pub(super) fn shown(key: &TreeKey, value: &Tree) -> Span {
    match value.kind {
        TreeKind::Map(_) | TreeKind::List(_) => key.span,
        _ => value.span,
    }
}

/// Writes `{min_workers: 2, max_workers: 8}` as `2..8`.
fn range(value: &Tree) -> Option<String> {
    let [_, _] = value.entries() else { return None };
    let (min, max) = (value.get("min_workers")?.int()?, value.get("max_workers")?.int()?);
    (0 <= min && min <= max).then(|| format!("{min}..{max}"))
}

/// Writes a number of units as a duration: 7200 seconds are `2h`.
fn duration(n: &str, unit_millis: i64) -> Option<String> {
    let millis = n.parse::<i64>().ok()?.checked_mul(unit_millis)?;
    let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)];
    let (name, size) = units.into_iter().find(|(_, size)| millis % size == 0)?;
    (millis > 0).then(|| format!("{}{name}", millis / size))
}
