//! Semantic tokens: highlighting by the meaning of a name.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::view::FileContext;
use crate::schema::{self, Enum, Ty, facts};
use crate::source::Span;
use crate::syntax::ast::{BindingKind, DeclKind, Item, StrPart, Value, ValueKind};
use crate::syntax::tokens::{self as lexer, Lexeme};
use crate::syntax::walk::{self, Role, SyntaxNode};
use crate::syntax::words;

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenKind {
    /// A word of the language.
    Keyword,
    /// A pipeline, target, package or Python module.
    Namespace,
    /// A step, condition or loop; a Python function.
    Function,
    /// A cluster or environment.
    Class,
    /// A constant, var or loop variable.
    Variable,
    /// A param, or the name of an argument.
    Parameter,
    /// A field, or an output of a step.
    Property,
    /// A member of an enum.
    EnumMember,
    /// A type.
    Type,
    /// A text.
    Str,
    /// A number or duration.
    Number,
    /// A comment.
    Comment,
    /// An operator.
    Operator,
}

/// A token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Highlighted {
    /// Never more than one line.
    pub span: Span,
    pub kind: TokenKind,
    /// Whether it declares the name.
    pub declares: bool,
    /// Whether it is a compile-time constant.
    pub constant: bool,
    /// Whether the platform defines it, such as `job.run_id`.
    pub platform: bool,
}

/// All tokens of a file, in order, without overlaps.
pub fn tokens(view: &FileContext<'_>) -> Vec<Highlighted> {
    let mut out = Highlighter { list: Vec::new(), text: view.text() };
    for comment in &view.tree().comments {
        out.add(*comment, TokenKind::Comment);
    }
    let mut key = "";
    walk::walk(view.tree(), &mut |node| match node {
        SyntaxNode::Item(item) => {
            if let Item::Entry(e) = item {
                key = e.key.text.as_str();
            }
            keywords(item, &mut out);
        }
        SyntaxNode::On(on) => out.add(Span { end: on.span.start + 2, ..on.span }, TokenKind::Keyword),
        SyntaxNode::Value(value) => plain_value(value, &mut out),
        SyntaxNode::Str(lit) => {
            let mut from = lit.span.start;
            for part in &lit.parts {
                if let StrPart::Reference(value) = part {
                    out.add(Span { start: from, end: value.span.start, ..lit.span }, TokenKind::Str);
                    from = value.span.end;
                }
            }
            out.add(Span { start: from, ..lit.span }, TokenKind::Str);
        }
        SyntaxNode::Name(name, role) => out.list.extend(named(view, name, role, key)),
        _ => {}
    });
    let mut list = out.list;
    list.retain(|t| t.span.start < t.span.end);
    list.sort();
    // Of two overlapping tokens, keep the first and longer one.
    let mut end = 0;
    list.retain(|t| {
        let free = t.span.start >= end;
        if free {
            end = t.span.end;
        }
        free
    });
    list
}

struct Highlighter<'a> {
    list: Vec<Highlighted>,
    text: &'a str,
}

impl Highlighter<'_> {
    /// Adds a token per line.
    fn add(&mut self, span: Span, kind: TokenKind) {
        let Some(text) = self.text.get(span.start as usize..span.end as usize) else { return };
        let mut start = span.start;
        for line in text.split_inclusive('\n') {
            let end = start + line.trim_end_matches(['\n', '\r']).len() as u32;
            self.list.push(Highlighted {
                span: Span { start, end, ..span },
                kind,
                declares: false,
                constant: false,
                platform: false,
            });
            start += line.len() as u32;
        }
    }

    /// Keywords of headers in a range.
    fn words(&mut self, from: u32, to: u32, file: crate::source::FileId) {
        let Some(text) = self.text.get(from as usize..to as usize) else { return };
        for token in lexer::Tokens::of(text).filter(|t| t.kind == Lexeme::Word) {
            let word = text.get(token.start..token.end).unwrap_or("");
            if word == "else" || words::find(word).is_some_and(|w| w.slot == words::WordPosition::Head) {
                self.add(Span::new(file, from + token.start as u32, from + token.end as u32), TokenKind::Keyword);
            }
        }
    }
}

fn plain_value(value: &Value, out: &mut Highlighter<'_>) {
    if let ValueKind::Number(_) | ValueKind::Duration(..) = value.kind {
        out.add(value.span, TokenKind::Number);
    }
}

/// The keyword of an item, and those of its header.
fn keywords(item: &Item, out: &mut Highlighter<'_>) {
    let span = item.span();
    let first = |len: usize| Span { end: span.start + len as u32, ..span };
    match item {
        Item::Import(_) => out.add(first(6), TokenKind::Keyword),
        Item::Package(_) => out.add(first(7), TokenKind::Keyword),
        Item::Binding(b) => out.add(first(b.kind.keyword().len()), TokenKind::Keyword),
        Item::Decl(d) => {
            out.add(first(d.kind.keyword().len()), TokenKind::Keyword);
            gaps(out, d.name.span.end, d.body.span.start, span, |f| {
                if let Some(family) = &d.family {
                    family.elements.iter().for_each(|e| {
                        f(e.name.span);
                        f(e.list.span);
                    });
                    family.by.iter().for_each(|v| f(v.span));
                }
                header(&d.header, f);
            });
        }
        Item::If(i) => {
            out.add(first(2), TokenKind::Keyword);
            gaps(out, i.name.span.end, i.left.span.start, span, |f| header(&i.header, f));
            if let Some(otherwise) = &i.otherwise {
                out.words(i.then.span.end, otherwise.span.start, span.file);
            }
        }
        Item::For(l) => {
            out.add(first(3), TokenKind::Keyword);
            gaps(out, l.name.span.end, l.body.span.start, span, |f| {
                header(&l.header, f);
                f(l.variable.span);
                f(l.list.span);
                l.parallel.iter().for_each(|v| f(v.span));
            });
        }
        Item::Call(_) => {
            let text = out.text.get(span.start as usize..span.end as usize).unwrap_or("");
            out.add(first(text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(0)), TokenKind::Keyword);
        }
        Item::When(w) => {
            out.add(first(4), TokenKind::Keyword);
            if let Some(otherwise) = &w.otherwise {
                out.words(w.then.span.end, otherwise.span.start, span.file);
            }
        }
        Item::Entry(_) | Item::Spread(_) | Item::Bad(_) => {}
    }
}

fn header(header: &crate::syntax::ast::Header, f: &mut dyn FnMut(Span)) {
    if let Some(extends) = &header.extends {
        f(extends.name.span);
        extends.index.iter().for_each(|v| f(v.span));
    }
    header.on.iter().for_each(|o| f(o.value.span));
    for after in &header.after {
        f(after.name.span);
        after.index.iter().for_each(|v| f(v.span));
        after.outcome.iter().for_each(|o| f(o.span));
    }
}

/// The words between the names of a header.
fn gaps(out: &mut Highlighter<'_>, from: u32, to: u32, of: Span, names: impl Fn(&mut dyn FnMut(Span))) {
    let mut taken: Vec<Span> = Vec::new();
    names(&mut |span| taken.push(span));
    taken.sort();
    let mut at = from;
    for span in taken {
        out.words(at, span.start, of.file);
        at = span.end;
    }
    out.words(at, to, of.file);
}

fn named(view: &FileContext<'_>, name: &crate::syntax::ast::Ident, role: Role, key: &str) -> Option<Highlighted> {
    let token = |kind| Highlighted { span: name.span, kind, declares: false, constant: false, platform: false };
    let declared = |kind| Highlighted { declares: true, ..token(kind) };
    Some(match role {
        Role::Declared(_) | Role::Bound(_) | Role::Package | Role::Condition | Role::Loop | Role::Variable => {
            let (kind, constant) = of_declaration(role);
            Highlighted { constant, ..declared(kind) }
        }
        Role::Key => token(TokenKind::Property),
        Role::Argument => token(TokenKind::Parameter),
        Role::Module => token(TokenKind::Namespace),
        Role::Function => token(TokenKind::Function),
        Role::Run => token(TokenKind::Namespace),
        Role::Extends => token(TokenKind::Class),
        Role::After => token(TokenKind::Function),
        Role::Outcome => token(TokenKind::Keyword),
        Role::Type => token(TokenKind::Type),
        Role::Operator if name.text == "in" => token(TokenKind::Keyword),
        Role::Operator => token(TokenKind::Operator),
        Role::ValueFunction => Highlighted { platform: true, ..token(TokenKind::Function) },
        Role::Head | Role::Segment => {
            if let Some(link) = view.use_at(name.span.start).filter(|l| l.at == name.span)
                && let Some(unit) = view.project.unit_of(link.to.file)
            {
                let (_, role) = walk::name(&walk::holding(&unit.ast, link.to)).filter(|(n, _)| n.span == link.to)?;
                let (kind, constant) = of_declaration(role);
                return Some(Highlighted { constant, ..token(kind) });
            }
            if words::find(&name.text).is_some_and(|w| w.slot == words::WordPosition::Value) && !name.quoted {
                return Some(token(TokenKind::Keyword));
            }
            if role == Role::Head && is_member(key, &name.text) {
                return Some(token(TokenKind::EnumMember));
            }
            let platform = facts::ROOTS.contains(&name.text.as_str()) || role == Role::Segment;
            Highlighted {
                platform,
                ..token(if role == Role::Segment { TokenKind::Property } else { TokenKind::Variable })
            }
        }
    })
}

/// Whether a word is a member of an enum that a field of this name has.
fn is_member(key: &str, word: &str) -> bool {
    static ENUMS: LazyLock<HashMap<&str, Vec<&Enum>>> = LazyLock::new(|| {
        let mut out: HashMap<&str, Vec<&Enum>> = HashMap::new();
        let places = schema::PLACES.iter().flat_map(|(_, p)| p.keys().filter_map(|k| p.field(k)));
        for field in schema::all_blocks().into_iter().flat_map(|b| b.fields).chain(places) {
            if let Ty::Enum(e) = field.ty {
                out.entry(field.key).or_default().push(e);
            }
        }
        out
    });
    ENUMS.get(key).is_some_and(|enums| enums.iter().any(|e| e.members.contains(&word)))
}

fn of_declaration(role: Role) -> (TokenKind, bool) {
    match role {
        Role::Declared(DeclKind::Cluster | DeclKind::Environment) => (TokenKind::Class, false),
        Role::Declared(DeclKind::Pipeline | DeclKind::Target) | Role::Package => (TokenKind::Namespace, false),
        Role::Declared(DeclKind::Step) | Role::Condition | Role::Loop => (TokenKind::Function, false),
        Role::Bound(BindingKind::Let | BindingKind::Var) => (TokenKind::Variable, true),
        Role::Bound(BindingKind::Param) => (TokenKind::Parameter, false),
        Role::Bound(BindingKind::Output) => (TokenKind::Property, false),
        _ => (TokenKind::Variable, false),
    }
}
