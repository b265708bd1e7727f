//! Traversal of the tree, for cursors, folding and highlighting.

use super::ast::{
    After, BindingKind, Body, Call, CallArgument, Callee, Decl, DeclKind, EntryValue, Family, File, Header, Ident,
    Item, On, Segment, StrLit, StrPart, TypeExpr, Value, ValueKind,
};
use crate::source::Span;

/// The role of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The name of a declaration with a body.
    Declared(DeclKind),
    /// The name of a `let`, `var`, `param` or `output`.
    Bound(BindingKind),
    /// The name of a package.
    Package,
    /// The name of an `if`.
    Condition,
    /// The name of a `for`.
    Loop,
    /// The variable of a `for` or of a family.
    Variable,
    /// The name of a field.
    Key,
    /// The name of an argument.
    Argument,
    /// The module of a `python` call.
    Module,
    /// The function of a `python` call.
    Function,
    /// The pipeline of a `run` call.
    Run,
    /// The name after `extends`.
    Extends,
    /// A step after `after`.
    After,
    /// The outcome after `is`.
    Outcome,
    /// A type.
    Type,
    /// The operator of a condition.
    Operator,
    /// The first name of a reference.
    Head,
    /// A later name of a reference.
    Segment,
    /// The function of a value: `secret`, `existing`, `file`.
    ValueFunction,
}

/// A node of the tree.
#[derive(Clone, Copy, Debug)]
pub enum SyntaxNode<'a> {
    /// An entry.
    Item(&'a Item),
    /// A block in braces.
    Body(&'a Body),
    /// The value of `on`, with the keyword.
    On(&'a On),
    /// A dependency.
    After(&'a After),
    /// `[x in list]`
    Family(&'a Family),
    /// A type.
    Type(&'a TypeExpr),
    /// A value.
    Value(&'a Value),
    /// An argument.
    Argument(&'a CallArgument),
    /// A string.
    Str(&'a StrLit),
    /// A name.
    Name(&'a Ident, Role),
}

impl<'a> SyntaxNode<'a> {
    /// The span of the node.
    pub fn span(self) -> Span {
        match self {
            SyntaxNode::Item(x) => x.span(),
            SyntaxNode::Body(x) => x.span,
            SyntaxNode::On(x) => x.span,
            SyntaxNode::After(x) => x.span,
            SyntaxNode::Family(x) => x.span,
            SyntaxNode::Type(x) => x.span,
            SyntaxNode::Value(x) => x.span,
            SyntaxNode::Argument(x) => x.span,
            SyntaxNode::Str(x) => x.span,
            SyntaxNode::Name(x, _) => x.span,
        }
    }

    /// Calls `f` for each child, in source order.
    pub fn children(self, f: &mut dyn FnMut(SyntaxNode<'a>)) {
        match self {
            SyntaxNode::Item(item) => item_children(item, f),
            SyntaxNode::Body(body) => body.items.iter().for_each(|i| f(SyntaxNode::Item(i))),
            SyntaxNode::On(on) => f(SyntaxNode::Value(&on.value)),
            SyntaxNode::After(after) => {
                f(SyntaxNode::Name(&after.name, Role::After));
                after.index.iter().for_each(|v| f(SyntaxNode::Value(v)));
                after.outcome.iter().for_each(|o| f(SyntaxNode::Name(o, Role::Outcome)));
            }
            SyntaxNode::Family(family) => {
                for elements in &family.elements {
                    f(SyntaxNode::Name(&elements.name, Role::Variable));
                    f(SyntaxNode::Value(&elements.list));
                }
                family.by.iter().for_each(|v| f(SyntaxNode::Value(v)));
            }
            SyntaxNode::Type(ty) => {
                f(SyntaxNode::Name(&ty.name, Role::Type));
                ty.arg.iter().for_each(|t| f(SyntaxNode::Type(t)));
            }
            SyntaxNode::Value(value) => value_children(value, f),
            SyntaxNode::Argument(argument) => {
                argument.name.iter().for_each(|n| f(SyntaxNode::Name(n, Role::Argument)));
                f(SyntaxNode::Value(&argument.value));
            }
            SyntaxNode::Str(lit) => {
                for part in &lit.parts {
                    if let StrPart::Reference(value) = part {
                        f(SyntaxNode::Value(value));
                    }
                }
            }
            SyntaxNode::Name(..) => {}
        }
    }

    /// Calls `f` for this node and its descendants, outer ones first, but not below a node for which it returns true.
    pub fn walk_until(self, f: &mut dyn FnMut(SyntaxNode<'a>) -> bool) {
        if !f(self) {
            self.children(&mut |child| child.walk_until(f));
        }
    }

    /// Calls `f` for this node and its descendants, outer ones first.
    pub fn walk(self, f: &mut dyn FnMut(SyntaxNode<'a>)) {
        f(self);
        self.children(&mut |child| child.walk(f));
    }
}

/// Calls `f` for every node of a file, outer ones first.
pub fn walk<'a>(file: &'a File, f: &mut dyn FnMut(SyntaxNode<'a>)) {
    file.items.iter().for_each(|i| SyntaxNode::Item(i).walk(f));
}

/// Entries with those in any branch of a `when`, which opens no scope.
pub fn with_choices<'a>(items: impl IntoIterator<Item = &'a Item>) -> Vec<&'a Item> {
    fn add<'a>(item: &'a Item, out: &mut Vec<&'a Item>) {
        match item {
            Item::When(w) => {
                let branches = w.then.items.iter().chain(w.otherwise.iter().flat_map(|b| &b.items));
                branches.for_each(|inner| add(inner, out));
            }
            other => out.push(other),
        }
    }
    let mut out = Vec::new();
    items.into_iter().for_each(|item| add(item, &mut out));
    out
}

/// The nodes around a byte, outermost first. A node extends from its first byte to the byte after its last; of two
/// adjacent nodes, the later one is chosen.
pub fn at<'a>(file: &'a File, offset: u32) -> Vec<SyntaxNode<'a>> {
    descend(file, offset, &|span| span.start <= offset && offset <= span.end)
}

/// The nodes that contain a span, outermost first; the last one is the name at this span, if any.
pub fn holding<'a>(file: &'a File, span: Span) -> Vec<SyntaxNode<'a>> {
    descend(file, span.start, &|outer| outer.contains(span))
}

/// The path to the innermost node that contains a place starting at `start`.
fn descend<'a>(file: &'a File, start: u32, covers: &dyn Fn(Span) -> bool) -> Vec<SyntaxNode<'a>> {
    // A body may have thousands of entries, which are sorted.
    let among = |items: &'a [Item]| {
        let behind = items.partition_point(|i| i.span().start <= start);
        let before = items.get(..behind).unwrap_or_default().last();
        before.map(SyntaxNode::Item).filter(|n| covers(n.span()))
    };
    let mut path: Vec<SyntaxNode<'a>> = Vec::new();
    let mut next = among(&file.items);
    while let Some(node) = next {
        path.push(node);
        next = None;
        match node {
            SyntaxNode::Body(body) => next = among(&body.items),
            _ => node.children(&mut |child| {
                if covers(child.span()) {
                    next = Some(child);
                }
            }),
        }
    }
    path
}

/// The innermost item of a path.
pub fn item<'a>(path: &[SyntaxNode<'a>]) -> Option<&'a Item> {
    path.iter().rev().find_map(|n| match n {
        SyntaxNode::Item(item) => Some(*item),
        _ => None,
    })
}

/// The innermost declaration of a kind on a path.
pub fn declaration<'a>(path: &[SyntaxNode<'a>], kind: DeclKind) -> Option<&'a Decl> {
    path.iter().rev().find_map(|n| match n {
        SyntaxNode::Item(Item::Decl(d)) if d.kind == kind => Some(d.as_ref()),
        _ => None,
    })
}

/// The name at the end of a path.
pub fn name<'a>(path: &[SyntaxNode<'a>]) -> Option<(&'a Ident, Role)> {
    match path.last() {
        Some(SyntaxNode::Name(name, role)) => Some((name, *role)),
        _ => None,
    }
}

fn header<'a>(header: &'a Header, f: &mut dyn FnMut(SyntaxNode<'a>)) {
    if let Some(extends) = &header.extends {
        f(SyntaxNode::Name(&extends.name, Role::Extends));
        extends.index.iter().for_each(|v| f(SyntaxNode::Value(v)));
    }
    header.on.iter().for_each(|o| f(SyntaxNode::On(o)));
    header.after.iter().for_each(|a| f(SyntaxNode::After(a)));
}

fn item_children<'a>(item: &'a Item, f: &mut dyn FnMut(SyntaxNode<'a>)) {
    match item {
        Item::Import(i) => f(SyntaxNode::Str(&i.path)),
        Item::Package(p) => {
            f(SyntaxNode::Name(&p.name, Role::Package));
            f(SyntaxNode::Str(&p.path));
        }
        Item::Binding(b) => {
            f(SyntaxNode::Name(&b.name, Role::Bound(b.kind)));
            b.ty.iter().for_each(|t| f(SyntaxNode::Type(t)));
            b.value.iter().for_each(|v| f(SyntaxNode::Value(v)));
        }
        Item::Decl(d) => {
            f(SyntaxNode::Name(&d.name, Role::Declared(d.kind)));
            d.family.iter().for_each(|x| f(SyntaxNode::Family(x)));
            header(&d.header, f);
            f(SyntaxNode::Body(&d.body));
        }
        Item::If(i) => {
            f(SyntaxNode::Name(&i.name, Role::Condition));
            header(&i.header, f);
            f(SyntaxNode::Value(&i.left));
            if let Some((operator, right)) = &i.right {
                f(SyntaxNode::Name(operator, Role::Operator));
                f(SyntaxNode::Value(right));
            }
            f(SyntaxNode::Body(&i.then));
            i.otherwise.iter().for_each(|b| f(SyntaxNode::Body(b)));
        }
        Item::For(l) => {
            f(SyntaxNode::Name(&l.name, Role::Loop));
            header(&l.header, f);
            f(SyntaxNode::Name(&l.variable, Role::Variable));
            f(SyntaxNode::Value(&l.list));
            l.parallel.iter().for_each(|v| f(SyntaxNode::Value(v)));
            f(SyntaxNode::Body(&l.body));
        }
        Item::Call(call) => call_children(call, f),
        Item::Entry(e) => {
            f(SyntaxNode::Name(&e.key, Role::Key));
            match &e.value {
                EntryValue::Assign(v) => f(SyntaxNode::Value(v)),
                EntryValue::Block(b) => f(SyntaxNode::Body(b)),
            }
        }
        Item::When(w) => {
            f(SyntaxNode::Value(&w.left));
            if let Some((operator, right)) = &w.right {
                f(SyntaxNode::Name(operator, Role::Operator));
                f(SyntaxNode::Value(right));
            }
            f(SyntaxNode::Body(&w.then));
            w.otherwise.iter().for_each(|b| f(SyntaxNode::Body(b)));
        }
        Item::Spread(spread) => f(SyntaxNode::Value(&spread.value)),
        Item::Bad(_) => {}
    }
}

fn call_children<'a>(call: &'a Call, f: &mut dyn FnMut(SyntaxNode<'a>)) {
    match &call.callee {
        Callee::Python { module, function } => {
            f(SyntaxNode::Name(module, Role::Module));
            f(SyntaxNode::Name(function, Role::Function));
        }
        Callee::Notebook(path) | Callee::Script(path) | Callee::Sql(path) | Callee::Dbt(path) => {
            f(SyntaxNode::Str(path))
        }
        Callee::Run(member) => {
            f(SyntaxNode::Name(&member.name, Role::Run));
            member.index.iter().for_each(|v| f(SyntaxNode::Value(v)));
        }
    }
    call.arguments.iter().for_each(|a| f(SyntaxNode::Argument(a)));
    call.body.iter().for_each(|b| f(SyntaxNode::Body(b)));
}

fn value_children<'a>(value: &'a Value, f: &mut dyn FnMut(SyntaxNode<'a>)) {
    match &value.kind {
        ValueKind::Str(lit) => f(SyntaxNode::Str(lit)),
        ValueKind::Range(a, b) => {
            f(SyntaxNode::Value(a));
            f(SyntaxNode::Value(b));
        }
        ValueKind::List(items) => items.iter().for_each(|v| f(SyntaxNode::Value(v))),
        ValueKind::Object(body) => f(SyntaxNode::Body(body)),
        ValueKind::Path(path) => {
            f(SyntaxNode::Name(&path.head, Role::Head));
            for segment in &path.rest {
                match segment {
                    Segment::Name(name) => f(SyntaxNode::Name(name, Role::Segment)),
                    Segment::Index(index) => f(SyntaxNode::Value(index)),
                }
            }
        }
        ValueKind::Function(name, arguments) => {
            f(SyntaxNode::Name(name, Role::ValueFunction));
            arguments.iter().for_each(|a| f(SyntaxNode::Argument(a)));
        }
        ValueKind::Number(_) | ValueKind::Duration(..) | ValueKind::Cell(_) | ValueKind::Bad => {}
    }
}
