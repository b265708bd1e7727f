//! The tree as nodes, for whoever wants all of it: cursors, folding, highlighting.

use super::ast::{
    After, Argument, BindingKind, Body, Call, Callee, Decl, DeclKind, EntryValue, Family, File, Header, Ident, Item,
    On, Segment, StrLit, StrPart, TypeExpr, Value, ValueKind,
};
use crate::source::Span;

/// What a name is where it stands.
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
    /// What `extends` names.
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
pub enum Node<'a> {
    /// Anything between two separators.
    Item(&'a Item),
    /// Braces and what is in them.
    Body(&'a Body),
    /// What stands after `on`, with the keyword.
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
    Argument(&'a Argument),
    /// A string.
    Str(&'a StrLit),
    /// A name.
    Name(&'a Ident, Role),
}

impl<'a> Node<'a> {
    /// Where it is written.
    pub fn span(self) -> Span {
        match self {
            Node::Item(x) => x.span(),
            Node::Body(x) => x.span,
            Node::On(x) => x.span,
            Node::After(x) => x.span,
            Node::Family(x) => x.span,
            Node::Type(x) => x.span,
            Node::Value(x) => x.span,
            Node::Argument(x) => x.span,
            Node::Str(x) => x.span,
            Node::Name(x, _) => x.span,
        }
    }

    /// Calls `f` for each node directly inside, in order of writing.
    pub fn children(self, f: &mut dyn FnMut(Node<'a>)) {
        match self {
            Node::Item(item) => item_children(item, f),
            Node::Body(body) => body.items.iter().for_each(|i| f(Node::Item(i))),
            Node::On(on) => f(Node::Value(&on.value)),
            Node::After(after) => {
                f(Node::Name(&after.name, Role::After));
                after.index.iter().for_each(|v| f(Node::Value(v)));
                after.outcome.iter().for_each(|o| f(Node::Name(o, Role::Outcome)));
            }
            Node::Family(family) => {
                f(Node::Name(&family.name, Role::Variable));
                f(Node::Value(&family.list));
            }
            Node::Type(ty) => {
                f(Node::Name(&ty.name, Role::Type));
                ty.arg.iter().for_each(|t| f(Node::Type(t)));
            }
            Node::Value(value) => value_children(value, f),
            Node::Argument(argument) => {
                argument.name.iter().for_each(|n| f(Node::Name(n, Role::Argument)));
                f(Node::Value(&argument.value));
            }
            Node::Str(lit) => {
                for part in &lit.parts {
                    if let StrPart::Reference(value) = part {
                        f(Node::Value(value));
                    }
                }
            }
            Node::Name(..) => {}
        }
    }

    /// Calls `f` for this node and those below it, outer ones first; not for what is below a node where it says true.
    pub fn walk_until(self, f: &mut dyn FnMut(Node<'a>) -> bool) {
        if !f(self) {
            self.children(&mut |child| child.walk_until(f));
        }
    }

    /// Calls `f` for this node and all below it, outer ones first.
    pub fn walk(self, f: &mut dyn FnMut(Node<'a>)) {
        f(self);
        self.children(&mut |child| child.walk(f));
    }
}

/// Calls `f` for every node of a file, outer ones first.
pub fn walk<'a>(file: &'a File, f: &mut dyn FnMut(Node<'a>)) {
    file.items.iter().for_each(|i| Node::Item(i).walk(f));
}

/// The nodes around a byte, outermost first. A node counts from its first byte to just behind its last; of two that
/// meet at the byte the later one is taken.
pub fn at<'a>(file: &'a File, offset: u32) -> Vec<Node<'a>> {
    descend(file, offset, &|span| span.start <= offset && offset <= span.end)
}

/// The nodes that hold a span, outermost first; of a name that stands there it is the last.
pub fn holding<'a>(file: &'a File, span: Span) -> Vec<Node<'a>> {
    descend(file, span.start, &|outer| outer.contains(span))
}

/// The path to the innermost node that covers a place which begins at `start`.
fn descend<'a>(file: &'a File, start: u32, covers: &dyn Fn(Span) -> bool) -> Vec<Node<'a>> {
    // A body may have thousands of entries, and they are in order.
    let among = |items: &'a [Item]| {
        let behind = items.partition_point(|i| i.span().start <= start);
        let before = items.get(..behind).unwrap_or_default().last();
        before.map(Node::Item).filter(|n| covers(n.span()))
    };
    let mut path: Vec<Node<'a>> = Vec::new();
    let mut next = among(&file.items);
    while let Some(node) = next {
        path.push(node);
        next = None;
        match node {
            Node::Body(body) => next = among(&body.items),
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
pub fn item<'a>(path: &[Node<'a>]) -> Option<&'a Item> {
    path.iter().rev().find_map(|n| match n {
        Node::Item(item) => Some(*item),
        _ => None,
    })
}

/// The innermost declaration of a kind on a path.
pub fn declaration<'a>(path: &[Node<'a>], kind: DeclKind) -> Option<&'a Decl> {
    path.iter().rev().find_map(|n| match n {
        Node::Item(Item::Decl(d)) if d.kind == kind => Some(d.as_ref()),
        _ => None,
    })
}

/// The name at the end of a path.
pub fn name<'a>(path: &[Node<'a>]) -> Option<(&'a Ident, Role)> {
    match path.last() {
        Some(Node::Name(name, role)) => Some((name, *role)),
        _ => None,
    }
}

fn header<'a>(header: &'a Header, f: &mut dyn FnMut(Node<'a>)) {
    header.extends.iter().for_each(|e| f(Node::Name(e, Role::Extends)));
    header.on.iter().for_each(|o| f(Node::On(o)));
    header.after.iter().for_each(|a| f(Node::After(a)));
}

fn item_children<'a>(item: &'a Item, f: &mut dyn FnMut(Node<'a>)) {
    match item {
        Item::Import(i) => f(Node::Str(&i.path)),
        Item::Package(p) => {
            f(Node::Name(&p.name, Role::Package));
            f(Node::Str(&p.path));
        }
        Item::Binding(b) => {
            f(Node::Name(&b.name, Role::Bound(b.kind)));
            b.ty.iter().for_each(|t| f(Node::Type(t)));
            b.value.iter().for_each(|v| f(Node::Value(v)));
        }
        Item::Decl(d) => {
            f(Node::Name(&d.name, Role::Declared(d.kind)));
            d.family.iter().for_each(|x| f(Node::Family(x)));
            header(&d.header, f);
            f(Node::Body(&d.body));
        }
        Item::If(i) => {
            f(Node::Name(&i.name, Role::Condition));
            header(&i.header, f);
            f(Node::Value(&i.left));
            if let Some((operator, right)) = &i.right {
                f(Node::Name(operator, Role::Operator));
                f(Node::Value(right));
            }
            f(Node::Body(&i.then));
            i.otherwise.iter().for_each(|b| f(Node::Body(b)));
        }
        Item::For(l) => {
            f(Node::Name(&l.name, Role::Loop));
            header(&l.header, f);
            f(Node::Name(&l.variable, Role::Variable));
            f(Node::Value(&l.list));
            l.parallel.iter().for_each(|v| f(Node::Value(v)));
            f(Node::Body(&l.body));
        }
        Item::Call(call) => call_children(call, f),
        Item::Entry(e) => {
            f(Node::Name(&e.key, Role::Key));
            match &e.value {
                EntryValue::Assign(v) => f(Node::Value(v)),
                EntryValue::Block(b) => f(Node::Body(b)),
            }
        }
        Item::Bad(_) => {}
    }
}

fn call_children<'a>(call: &'a Call, f: &mut dyn FnMut(Node<'a>)) {
    match &call.callee {
        Callee::Python { module, function } => {
            f(Node::Name(module, Role::Module));
            f(Node::Name(function, Role::Function));
        }
        Callee::Notebook(path) | Callee::Script(path) | Callee::Sql(path) | Callee::Dbt(path) => f(Node::Str(path)),
        Callee::Run(name) => f(Node::Name(name, Role::Run)),
    }
    call.arguments.iter().for_each(|a| f(Node::Argument(a)));
    call.body.iter().for_each(|b| f(Node::Body(b)));
}

fn value_children<'a>(value: &'a Value, f: &mut dyn FnMut(Node<'a>)) {
    match &value.kind {
        ValueKind::Str(lit) => f(Node::Str(lit)),
        ValueKind::Range(a, b) => {
            f(Node::Value(a));
            f(Node::Value(b));
        }
        ValueKind::List(items) => items.iter().for_each(|v| f(Node::Value(v))),
        ValueKind::Object(body) => f(Node::Body(body)),
        ValueKind::Path(path) => {
            f(Node::Name(&path.head, Role::Head));
            for segment in &path.rest {
                match segment {
                    Segment::Name(name) => f(Node::Name(name, Role::Segment)),
                    Segment::Index(index) => f(Node::Value(index)),
                }
            }
        }
        ValueKind::Function(name, arguments) => {
            f(Node::Name(name, Role::ValueFunction));
            arguments.iter().for_each(|a| f(Node::Argument(a)));
        }
        ValueKind::Number(_) | ValueKind::Duration(..) | ValueKind::Bad => {}
    }
}
