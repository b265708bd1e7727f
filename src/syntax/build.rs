//! Builds the tree from the pairs of the grammar: one function per construct.

use pest::Parser as _;
use smol_str::SmolStr;

use super::ast::*;
use super::context::{Pair, ParseContext};
use super::correct::correct;
use super::line::furthest;
use super::rules::{PipeParser, Rule};
use super::strings::string;
use super::{messages, recover};
use crate::diag::{Diagnostics, closest_match};
use crate::source::Span;

/// Parses `start..end` of the text: whole entries, or the header of a pipeline including its brace.
pub(super) fn piece(
    cx: &ParseContext<'_>,
    start: usize,
    end: usize,
    head: bool,
    diagnostics: &mut Diagnostics,
) -> Vec<Item> {
    let Some(text) = cx.text.get(start..end) else { return Vec::new() };
    let rule = if head { Rule::pipeline_head } else { Rule::file };
    match PipeParser::parse(rule, text) {
        Ok(mut pairs) => {
            let Some(root) = pairs.next() else { return Vec::new() };
            if !head {
                return items(cx, start, root.into_inner(), diagnostics);
            }
            let span = cx.at(start + text.len() - text.trim_start().len(), end);
            let body = Body { span: cx.at(end - 1, end), items: Vec::new() };
            declaration_parts(cx, start, DeclKind::Pipeline, span, root.into_inner(), Some(body), diagnostics)
                .into_iter()
                .collect()
        }
        // The head of a pipeline, without the `}` of its body.
        Err(_) if head => bad(cx, start, &format!("{text}}}"), diagnostics),
        Err(error) => {
            // The grammar accepts any text with balanced brackets, so only limits of pest remain.
            let at = start + furthest(&error);
            diagnostics.push(messages::body_too_deep(cx.at(at, at)));
            vec![Item::Bad(cx.at(start, end))]
        }
    }
}

/// Parses text that ends at `\u{03}`: the last entry contains what exists of it.
pub(super) fn unfinished(cx: &ParseContext<'_>) -> Vec<Item> {
    let root = PipeParser::parse(Rule::unfinished, cx.text).ok().and_then(|mut pairs| pairs.next());
    root.map(|root| items(cx, 0, root.into_inner(), &mut Diagnostics::new())).unwrap_or_default()
}

/// The placeholder for a missing value.
fn no_value(after: Span) -> Value {
    Value { span: Span { start: after.end, ..after }, kind: ValueKind::Bad }
}

/// The placeholder for a missing name.
fn no_name(after: Span) -> Ident {
    Ident { text: SmolStr::default(), span: Span { start: after.end, ..after }, quoted: false }
}

fn items<'a>(
    cx: &ParseContext<'_>,
    base: usize,
    pairs: impl Iterator<Item = Pair<'a>>,
    diagnostics: &mut Diagnostics,
) -> Vec<Item> {
    let mut out: Vec<Item> = Vec::new();
    for pair in pairs {
        if pair.as_rule() != Rule::bad_line {
            let next = item(cx, base, pair, diagnostics);
            match (out.last_mut(), next) {
                (Some(last), Some(Item::Entry(e))) if lacks_else(last) && is_else(&e) => {
                    let between = Span { start: last.span().end, end: e.key.span.start, ..e.span };
                    diagnostics.push(match e.key.text.as_str() {
                        "else" => messages::separated_else(e.key.span, between),
                        word => messages::unknown_keyword(word, e.key.span, Some("else")),
                    });
                    match (last, e.value) {
                        (Item::If(i), EntryValue::Block(body)) => i.otherwise = Some(body),
                        (Item::When(w), EntryValue::Block(body)) => w.otherwise = Some(body),
                        _ => {}
                    }
                }
                (_, next) => out.extend(next),
            }
            continue;
        }
        let start = base + pair.as_span().start();
        let text = pair.as_str().trim_end();
        let span = cx.at(start, start + text.len());
        match out.last() {
            // The scanner has reported an unclosed string.
            _ if text.contains('\u{1}') => out.push(Item::Bad(span)),
            // Each line of a list in YAML belongs to one mistake, also the field before it, which has no value.
            Some(Item::Bad(last)) if text.starts_with("- ") && is_dash(cx, *last) => out.push(Item::Bad(span)),
            Some(Item::Entry(e)) if text.starts_with("- ") && e.value.is_missing() => {
                diagnostics.remove_in(e.span);
                diagnostics.push(recover::explain(cx, start, text));
                out.push(Item::Bad(span));
            }
            _ => out.extend(bad(cx, start, text, diagnostics)),
        }
    }
    // The tree of a large project stays in memory: spare capacity in every list would double it.
    out.shrink_to_fit();
    out
}

fn lacks_else(item: &Item) -> bool {
    match item {
        Item::If(i) => i.otherwise.is_none(),
        Item::When(w) => w.otherwise.is_none(),
        _ => false,
    }
}

/// Whether a field was meant to be the `else` of the condition before it.
fn is_else(entry: &Entry) -> bool {
    let key = entry.key.text.as_str();
    let is_meant = matches!(key, "else" | "otherwise" | "elif") || closest_match(key, ["else"]).is_some();
    matches!(entry.value, EntryValue::Block(_)) && is_meant
}

fn is_dash(cx: &ParseContext<'_>, span: Span) -> bool {
    cx.text.get(span.start as usize..span.end as usize).is_some_and(|text| text.starts_with("- "))
}

fn item(cx: &ParseContext<'_>, base: usize, pair: Pair<'_>, diagnostics: &mut Diagnostics) -> Option<Item> {
    let span = cx.span(base, &pair);
    Some(match pair.as_rule() {
        Rule::comment | Rule::EOI => return None,
        Rule::import => {
            let path = pair.into_inner().next()?;
            Item::Import(Box::new(Import { span, path: string(cx, base, path, diagnostics) }))
        }
        Rule::package => {
            let mut inner = pair.into_inner();
            let name = ident(cx, base, inner.next()?);
            Item::Package(Box::new(PackageDecl { span, name, path: string(cx, base, inner.next()?, diagnostics) }))
        }
        Rule::let_ => binding(cx, base, BindingKind::Let, pair, diagnostics)?,
        Rule::var => binding(cx, base, BindingKind::Var, pair, diagnostics)?,
        Rule::param => binding(cx, base, BindingKind::Param, pair, diagnostics)?,
        Rule::output => binding(cx, base, BindingKind::Output, pair, diagnostics)?,
        Rule::target => declaration_parts(cx, base, DeclKind::Target, span, pair.into_inner(), None, diagnostics)?,
        Rule::pipeline => declaration_parts(cx, base, DeclKind::Pipeline, span, pair.into_inner(), None, diagnostics)?,
        Rule::cluster => declaration_parts(cx, base, DeclKind::Cluster, span, pair.into_inner(), None, diagnostics)?,
        Rule::environment => {
            declaration_parts(cx, base, DeclKind::Environment, span, pair.into_inner(), None, diagnostics)?
        }
        Rule::step => declaration_parts(cx, base, DeclKind::Step, span, pair.into_inner(), None, diagnostics)?,
        Rule::if_ => if_(cx, base, pair, diagnostics)?,
        Rule::for_ => for_(cx, base, pair, diagnostics)?,
        Rule::when => when(cx, base, pair, diagnostics)?,
        Rule::spread => {
            let span = cx.trimmed(base, &pair);
            Item::Spread(Box::new(Spread { span, value: value(cx, base, pair.into_inner().next()?, diagnostics) }))
        }
        Rule::call => call(cx, base, pair, diagnostics)?,
        Rule::entry => entry(cx, base, pair, diagnostics)?,
        _ => return None,
    })
}

pub(super) fn ident(cx: &ParseContext<'_>, base: usize, pair: Pair<'_>) -> Ident {
    let span = cx.span(base, &pair);
    let text = pair.as_str();
    match text.strip_prefix('`') {
        Some(rest) => Ident { text: SmolStr::from(rest.strip_suffix('`').unwrap_or(rest)), span, quoted: true },
        None => Ident { text: SmolStr::from(text), span, quoted: false },
    }
}

fn type_expr(cx: &ParseContext<'_>, base: usize, pair: Pair<'_>) -> Option<TypeExpr> {
    let span = cx.span(base, &pair);
    let mut inner = pair.into_inner();
    let name = ident(cx, base, inner.next()?);
    let arg = inner.next().and_then(|p| type_expr(cx, base, p)).map(Box::new);
    Some(TypeExpr { span, name, arg })
}

fn binding(
    cx: &ParseContext<'_>,
    base: usize,
    kind: BindingKind,
    pair: Pair<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Item> {
    let span = cx.trimmed(base, &pair);
    let mut inner = pair.into_inner();
    let name = ident(cx, base, inner.next()?);
    let mut ty = None;
    let mut default = None;
    for part in inner {
        match part.as_rule() {
            Rule::type_ => ty = type_expr(cx, base, part),
            _ => default = Some(value(cx, base, part, diagnostics)),
        }
    }
    Some(Item::Binding(Box::new(Binding { kind, span, name, ty, value: default })))
}

fn body(cx: &ParseContext<'_>, base: usize, pair: Pair<'_>, diagnostics: &mut Diagnostics) -> Body {
    let span = cx.span(base, &pair);
    Body { span, items: items(cx, base, pair.into_inner(), diagnostics) }
}

fn header_part(
    cx: &ParseContext<'_>,
    base: usize,
    header: &mut Header,
    seen: &mut u8,
    pair: Pair<'_>,
    diagnostics: &mut Diagnostics,
) {
    let span = cx.trimmed(base, &pair);
    let rule = pair.as_rule();
    let place = match rule {
        Rule::extends => 1,
        Rule::on => 2,
        Rule::after => 3,
        _ => {
            header.broken = true;
            return;
        }
    };
    if place <= *seen {
        let text = pair.as_str().split_whitespace().next().unwrap_or("").to_owned();
        diagnostics.push(messages::header_order(span, &text, place == *seen));
    }
    *seen = (*seen).max(place);
    match rule {
        Rule::extends => {
            header.extends = pair.into_inner().next().and_then(|p| member(cx, base, p, diagnostics)).map(Box::new);
        }
        Rule::on => {
            if let Some(inner) = pair.into_inner().next() {
                header.on = Some(Box::new(On { span, value: value(cx, base, inner, diagnostics) }));
            }
        }
        _ => header.after.extend(pair.into_inner().filter_map(|p| dependency(cx, base, p, diagnostics))),
    }
}

fn dependency(cx: &ParseContext<'_>, base: usize, pair: Pair<'_>, diagnostics: &mut Diagnostics) -> Option<After> {
    if pair.as_rule() != Rule::dependency {
        return None;
    }
    let span = cx.trimmed(base, &pair);
    let mut inner = pair.into_inner();
    let name = ident(cx, base, inner.next()?);
    let mut out = After { span, name, index: None, outcome: None };
    for part in inner {
        match part.as_rule() {
            Rule::index => out.index = part.into_inner().next().map(|p| Box::new(value(cx, base, p, diagnostics))),
            Rule::is_ => out.outcome = part.into_inner().next().map(|p| Box::new(ident(cx, base, p))),
            _ => {}
        }
    }
    Some(out)
}

fn declaration_parts<'a>(
    cx: &ParseContext<'_>,
    base: usize,
    kind: DeclKind,
    span: Span,
    mut inner: impl Iterator<Item = Pair<'a>>,
    given_body: Option<Body>,
    diagnostics: &mut Diagnostics,
) -> Option<Item> {
    let name = ident(cx, base, inner.next()?);
    let mut header = Header::default();
    let mut seen = 0;
    let mut family = None;
    let mut found_body = given_body;
    for part in inner {
        match part.as_rule() {
            Rule::family => {
                family = Some(Box::new(self::family(cx, base, part, diagnostics)));
            }
            Rule::body => found_body = Some(body(cx, base, part, diagnostics)),
            Rule::comment | Rule::EOI => {}
            _ => header_part(cx, base, &mut header, &mut seen, part, diagnostics),
        }
    }
    let body = found_body?;
    Some(Item::Decl(Box::new(Decl { kind, span, name, doc: cx.doc(span.start), family, header, body })))
}

fn family(cx: &ParseContext<'_>, base: usize, pair: Pair<'_>, diagnostics: &mut Diagnostics) -> Family {
    let mut out = Family { span: cx.span(base, &pair), elements: Vec::new(), by: None };
    for part in pair.into_inner() {
        let is_by = part.as_rule() == Rule::by;
        let mut parts = part.into_inner().filter(|p| p.as_rule() != Rule::in_kw);
        match (is_by, parts.next()) {
            (true, named_by) => out.by = named_by.map(|p| value(cx, base, p, diagnostics)),
            (false, Some(name)) => {
                let name = ident(cx, base, name);
                let list = parts.next().map_or_else(|| no_value(name.span), |p| value(cx, base, p, diagnostics));
                out.elements.push(Elements { name, list });
            }
            (false, None) => {}
        }
    }
    out
}

fn member(cx: &ParseContext<'_>, base: usize, pair: Pair<'_>, diagnostics: &mut Diagnostics) -> Option<Member> {
    let mut inner = pair.into_inner();
    let name = ident(cx, base, inner.next()?);
    let index = inner.next().and_then(|p| p.into_inner().next()).map(|p| Box::new(value(cx, base, p, diagnostics)));
    Some(Member { name, index })
}

/// Text that does not parse: reports why, and continues with what was probably meant, so that the rest of the project
/// can be checked.
fn bad(cx: &ParseContext<'_>, start: usize, text: &str, diagnostics: &mut Diagnostics) -> Vec<Item> {
    let Some(corrected) = correct(cx, start, text) else {
        diagnostics.push(recover::explain(cx, start, text));
        return vec![Item::Bad(cx.at(start, start + text.len()))];
    };
    diagnostics.push(corrected.message);
    let mut cx = cx.clone();
    cx.shifts.extend(corrected.shifts);
    let root = PipeParser::parse(Rule::file, &corrected.text).ok().and_then(|mut pairs| pairs.next());
    let mut corrected_items = root.map(|root| items(&cx, start, root.into_inner(), diagnostics)).unwrap_or_default();
    if corrected.is_lossy {
        match corrected_items.first_mut() {
            Some(Item::Decl(d)) => d.header.broken = true,
            Some(Item::If(i)) => i.header.broken = true,
            Some(Item::For(f)) => f.header.broken = true,
            _ => {}
        }
    }
    corrected_items
}

/// The parts of a condition: a value, and an operator with another value.
fn comparison(
    cx: &ParseContext<'_>,
    base: usize,
    pair: Pair<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<(Value, Option<(Ident, Value)>)> {
    let mut parts = pair.into_inner();
    let left = value(cx, base, parts.next()?, diagnostics);
    let right = match (parts.next(), parts.next()) {
        (Some(op), Some(v)) => Some((ident(cx, base, op), value(cx, base, v, diagnostics))),
        _ => None,
    };
    Some((left, right))
}

fn if_(cx: &ParseContext<'_>, base: usize, pair: Pair<'_>, diagnostics: &mut Diagnostics) -> Option<Item> {
    let span = cx.trimmed(base, &pair);
    let mut inner = pair.into_inner();
    let name = ident(cx, base, inner.next()?);
    let mut header = Header::default();
    let mut seen = 0;
    let (mut condition, mut then, mut otherwise) = (None, None, None);
    for part in inner {
        match part.as_rule() {
            Rule::condition => condition = comparison(cx, base, part, diagnostics),
            Rule::body => then = Some(body(cx, base, part, diagnostics)),
            Rule::else_ => otherwise = part.into_inner().next().map(|p| body(cx, base, p, diagnostics)),
            Rule::comment => {}
            _ => header_part(cx, base, &mut header, &mut seen, part, diagnostics),
        }
    }
    let (left, right) = condition.unwrap_or_else(|| (no_value(span), None));
    let doc = cx.doc(span.start);
    Some(Item::If(Box::new(If { span, name, doc, header, left, right, then: then?, otherwise })))
}

fn when(cx: &ParseContext<'_>, base: usize, pair: Pair<'_>, diagnostics: &mut Diagnostics) -> Option<Item> {
    let span = cx.trimmed(base, &pair);
    let (mut condition, mut then, mut otherwise) = (None, None, None);
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::choice => condition = comparison(cx, base, part, diagnostics),
            Rule::body => then = Some(body(cx, base, part, diagnostics)),
            Rule::else_ => otherwise = part.into_inner().next().map(|p| body(cx, base, p, diagnostics)),
            _ => {}
        }
    }
    let (left, right) = condition.unwrap_or_else(|| (no_value(span), None));
    Some(Item::When(Box::new(When { span, left, right, then: then?, otherwise })))
}

fn for_(cx: &ParseContext<'_>, base: usize, pair: Pair<'_>, diagnostics: &mut Diagnostics) -> Option<Item> {
    let span = cx.span(base, &pair);
    let mut inner = pair.into_inner();
    let name = ident(cx, base, inner.next()?);
    let mut header = Header::default();
    let mut seen = 0;
    let (mut variable, mut list, mut parallel, mut found_body) = (None, None, None, None);
    for part in inner {
        match part.as_rule() {
            Rule::name => variable = Some(ident(cx, base, part)),
            Rule::parallel => parallel = part.into_inner().next().map(|p| value(cx, base, p, diagnostics)),
            Rule::body => found_body = Some(body(cx, base, part, diagnostics)),
            Rule::extends | Rule::on | Rule::after | Rule::unfinished_header => {
                header_part(cx, base, &mut header, &mut seen, part, diagnostics);
            }
            Rule::comment | Rule::in_kw => {}
            _ => list = Some(value(cx, base, part, diagnostics)),
        }
    }
    let doc = cx.doc(span.start);
    Some(Item::For(Box::new(For {
        span,
        name,
        doc,
        header,
        variable: variable.unwrap_or_else(|| no_name(span)),
        list: list.unwrap_or_else(|| no_value(span)),
        parallel,
        body: found_body?,
    })))
}

fn call(cx: &ParseContext<'_>, base: usize, pair: Pair<'_>, diagnostics: &mut Diagnostics) -> Option<Item> {
    let span = cx.span(base, &pair);
    let mut inner = pair.into_inner();
    let head = inner.next()?;
    let callee_span = cx.span(base, &head);
    let rule = head.as_rule();
    let mut parts = head.into_inner();
    let first = parts.next()?;
    let callee = match rule {
        Rule::python => Callee::Python {
            module: ident(cx, base, first),
            function: parts.next().map_or_else(|| no_name(callee_span), |p| ident(cx, base, p)),
        },
        Rule::notebook => Callee::Notebook(string(cx, base, first, diagnostics)),
        Rule::script => Callee::Script(string(cx, base, first, diagnostics)),
        Rule::sql => Callee::Sql(string(cx, base, first, diagnostics)),
        Rule::dbt => Callee::Dbt(string(cx, base, first, diagnostics)),
        _ => Callee::Run(member(cx, base, first, diagnostics)?),
    };
    let mut arguments_found = Vec::new();
    let mut found_body = None;
    for part in inner {
        match part.as_rule() {
            Rule::arguments => arguments_found = arguments(cx, base, part, diagnostics),
            Rule::body => found_body = Some(body(cx, base, part, diagnostics)),
            _ => {}
        }
    }
    Some(Item::Call(Box::new(Call { span, callee, callee_span, arguments: arguments_found, body: found_body })))
}

fn arguments(cx: &ParseContext<'_>, base: usize, pair: Pair<'_>, diagnostics: &mut Diagnostics) -> Vec<CallArgument> {
    let mut out = Vec::new();
    for part in pair.into_inner().filter(|p| p.as_rule() == Rule::argument) {
        let span = cx.span(base, &part);
        let mut name = None;
        for inner in part.into_inner() {
            match inner.as_rule() {
                Rule::name => name = Some(ident(cx, base, inner)),
                Rule::comment => {}
                _ => out.push(CallArgument { span, name: name.take(), value: value(cx, base, inner, diagnostics) }),
            }
        }
    }
    out.shrink_to_fit();
    out
}

fn entry(cx: &ParseContext<'_>, base: usize, pair: Pair<'_>, diagnostics: &mut Diagnostics) -> Option<Item> {
    let span = cx.trimmed(base, &pair);
    let (start, whole) = (pair.as_span().start(), pair.as_str());
    let mut inner = pair.into_inner();
    let key = inner.next()?;
    let is_string_key = key.as_str().starts_with('"');
    let key = self::key(cx, base, key, diagnostics)?;
    let mut found = None;
    for part in inner {
        match part.as_rule() {
            Rule::assign => {
                if part.as_str() == ":" {
                    let at = cx.span(base, &part);
                    diagnostics.push(messages::set_with_colon(at, &key.text));
                }
            }
            Rule::bad_missing => {
                let before = whole.get(..part.as_span().start() - start).unwrap_or(whole).trim_end();
                let at = cx.at(base + start, base + start + before.len());
                diagnostics.push(messages::missing_value(at, &key.text));
                found = Some(EntryValue::Assign(Value { span: at, kind: ValueKind::Bad }));
            }
            Rule::body => found = Some(EntryValue::Block(body(cx, base, part, diagnostics))),
            Rule::comment => {}
            _ => found = Some(EntryValue::Assign(value(cx, base, part, diagnostics))),
        }
    }
    Some(Item::Entry(Box::new(Entry { span, key, is_string_key, value: found? })))
}

fn key(cx: &ParseContext<'_>, base: usize, pair: Pair<'_>, diagnostics: &mut Diagnostics) -> Option<Ident> {
    let span = cx.span(base, &pair);
    let whole = pair.as_str();
    let mut inner = pair.into_inner();
    let first = inner.next()?;
    if first.as_rule() == Rule::string {
        let lit = string(cx, base, first, diagnostics);
        let references = lit.parts.iter().find_map(|part| match part {
            StrPart::Reference(value) => Some(value.span),
            StrPart::Text(..) => None,
        });
        if let Some(reference) = references {
            diagnostics.push(messages::reference_in_key(reference));
        }
        let text = lit.plain().unwrap_or_default();
        return Some(Ident { text, span, quoted: true });
    }
    if inner.next().is_some() {
        diagnostics.push(messages::key_needs_quotes(span, whole));
        return Some(Ident { text: SmolStr::from(whole.replace('`', "")), span, quoted: true });
    }
    Some(ident(cx, base, first))
}

/// Any value.
pub(super) fn value(cx: &ParseContext<'_>, base: usize, pair: Pair<'_>, diagnostics: &mut Diagnostics) -> Value {
    let span = cx.span(base, &pair);
    let kind = match pair.as_rule() {
        Rule::string | Rule::triple => {
            let lit = string(cx, base, pair, diagnostics);
            if lit.parts.iter().any(|p| matches!(p, StrPart::Reference(v) if matches!(v.kind, ValueKind::Bad))) {
                ValueKind::Bad
            } else {
                ValueKind::Str(lit)
            }
        }
        Rule::number | Rule::integer => ValueKind::Number(SmolStr::from(pair.as_str())),
        Rule::duration => {
            let text = pair.as_str();
            let unit = text.chars().last().unwrap_or('s');
            ValueKind::Duration(SmolStr::from(text.trim_end_matches(unit)), unit)
        }
        Rule::range => {
            let mut ends = pair.into_inner().map(|p| value(cx, base, p, diagnostics));
            match (ends.next(), ends.next()) {
                (Some(a), Some(b)) => ValueKind::Range(Box::new(a), Box::new(b)),
                _ => ValueKind::Bad,
            }
        }
        Rule::list => {
            let parts = pair.into_inner().filter(|p| p.as_rule() != Rule::comment);
            ValueKind::List(parts.map(|p| value(cx, base, p, diagnostics)).collect())
        }
        Rule::object => match pair.into_inner().next() {
            Some(inner) => ValueKind::Object(body(cx, base, inner, diagnostics)),
            None => ValueKind::Bad,
        },
        Rule::function => {
            let mut inner = pair.into_inner();
            match (inner.next(), inner.next()) {
                (Some(name), Some(args)) => {
                    ValueKind::Function(Box::new(ident(cx, base, name)), arguments(cx, base, args, diagnostics))
                }
                _ => ValueKind::Bad,
            }
        }
        Rule::name => ValueKind::Path(Box::new(Path { head: ident(cx, base, pair), rest: Vec::new() })),
        Rule::reference | Rule::path | Rule::member => {
            let mut inner = pair.into_inner();
            match inner.next() {
                Some(head) => {
                    let head = ident(cx, base, head);
                    let rest = inner
                        .filter_map(|p| match p.as_rule() {
                            Rule::index => {
                                p.into_inner().next().map(|v| Segment::Index(Box::new(value(cx, base, v, diagnostics))))
                            }
                            Rule::name => Some(Segment::Name(ident(cx, base, p))),
                            _ => None,
                        })
                        .collect();
                    ValueKind::Path(Box::new(Path { head, rest }))
                }
                None => ValueKind::Bad,
            }
        }
        _ => ValueKind::Bad,
    };
    Value { span, kind }
}
