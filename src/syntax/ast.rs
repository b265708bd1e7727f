//! The syntax tree: what is written, without its meaning.

use smol_str::SmolStr;

use crate::source::Span;

/// A file.
#[derive(Clone, Debug, Default)]
pub struct File {
    pub items: Vec<Item>,
    /// The comments, including `#`.
    pub comments: Vec<Span>,
}

/// A name, without backticks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ident {
    pub text: SmolStr,
    /// Includes backticks.
    pub span: Span,
    /// Whether it was in backticks.
    pub quoted: bool,
}

/// An entry.
#[derive(Clone, Debug)]
pub enum Item {
    /// `import "x.pipe"`
    Import(Box<Import>),
    /// `package x = "."`
    Package(Box<PackageDecl>),
    /// `let x = 1`, `var x: int = 1`, `param x: int = 1`, `output x: int`
    Binding(Box<Binding>),
    /// `step x { }` and every other declaration with a name and a body.
    Decl(Box<Decl>),
    /// `if x: a == b { } else { }`
    If(Box<If>),
    /// `for x: y in z { }`
    For(Box<For>),
    /// `python a.b:c(x)`
    Call(Box<Call>),
    /// `when a == b { } else { }`
    When(Box<When>),
    /// `..base`
    Spread(Box<Spread>),
    /// `key = value`, `key { }`
    Entry(Box<Entry>),
    /// Text that did not parse; already reported.
    Bad(Span),
}

impl Item {
    /// The whole entry.
    pub fn span(&self) -> Span {
        match self {
            Item::Import(x) => x.span,
            Item::Package(x) => x.span,
            Item::Binding(x) => x.span,
            Item::Decl(x) => x.span,
            Item::If(x) => x.span,
            Item::For(x) => x.span,
            Item::Call(x) => x.span,
            Item::When(x) => x.span,
            Item::Spread(x) => x.span,
            Item::Entry(x) => x.span,
            Item::Bad(span) => *span,
        }
    }
}

/// `import "x.pipe"`
#[derive(Clone, Debug)]
pub struct Import {
    pub span: Span,
    /// The path, relative to the importing file.
    pub path: StrLit,
}

/// `package churn = "."`
#[derive(Clone, Debug)]
pub struct PackageDecl {
    pub span: Span,
    pub name: Ident,
    /// The directory, relative to the file.
    pub path: StrLit,
}

/// The keyword of a [`Binding`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindingKind {
    /// A compile-time constant.
    Let,
    /// A compile-time variable.
    Var,
    /// A run-time parameter.
    Param,
    /// An output of a step.
    Output,
}

impl BindingKind {
    /// The keyword.
    pub fn keyword(self) -> &'static str {
        match self {
            BindingKind::Let => "let",
            BindingKind::Var => "var",
            BindingKind::Param => "param",
            BindingKind::Output => "output",
        }
    }
}

/// A name with a type, a value or both.
#[derive(Clone, Debug)]
pub struct Binding {
    pub kind: BindingKind,
    pub span: Span,
    pub name: Ident,
    /// The type after `:`.
    pub ty: Option<TypeExpr>,
    /// The value after `=`.
    pub value: Option<Value>,
}

/// `list<string>`
#[derive(Clone, Debug)]
pub struct TypeExpr {
    pub span: Span,
    /// `list`
    pub name: Ident,
    /// `string`
    pub arg: Option<Box<TypeExpr>>,
}

/// The keyword of a [`Decl`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclKind {
    /// Where to deploy.
    Target,
    /// A job.
    Pipeline,
    /// A job cluster.
    Cluster,
    /// A serverless environment.
    Environment,
    /// A task.
    Step,
}

impl DeclKind {
    pub fn keyword(self) -> &'static str {
        match self {
            DeclKind::Target => "target",
            DeclKind::Pipeline => "pipeline",
            DeclKind::Cluster => "cluster",
            DeclKind::Environment => "environment",
            DeclKind::Step => "step",
        }
    }
}

/// A declaration with a name and a body.
#[derive(Clone, Debug)]
pub struct Decl {
    pub kind: DeclKind,
    pub span: Span,
    pub name: Ident,
    /// The `##` comments before it.
    pub doc: Option<SmolStr>,
    /// `[x in list by x.name]`
    pub family: Option<Box<Family>>,
    pub header: Header,
    pub body: Body,
}

impl Decl {
    /// The call of a step.
    pub fn call(&self) -> Option<&Call> {
        self.body.items.iter().find_map(|i| match i {
            Item::Call(call) => Some(call.as_ref()),
            _ => None,
        })
    }

    /// The parameters of a pipeline.
    pub fn params(&self) -> impl Iterator<Item = &Binding> {
        self.body.items.iter().filter_map(|i| match i {
            Item::Binding(b) if b.kind == BindingKind::Param => Some(b.as_ref()),
            _ => None,
        })
    }
}

/// `[region in regions, tier in tiers by name]`
#[derive(Clone, Debug)]
pub struct Family {
    /// Includes brackets.
    pub span: Span,
    /// At least one; with several, there is a member for each combination.
    pub elements: Vec<Elements>,
    /// What names the members: a field of the elements, or their whole key if it is a string.
    pub by: Option<Value>,
}

/// `region in regions`
#[derive(Clone, Debug)]
pub struct Elements {
    /// The variable.
    pub name: Ident,
    pub list: Value,
}

/// A declaration, or one member of a family: `load`, `load["eu"]`
#[derive(Clone, Debug)]
pub struct Member {
    pub name: Ident,
    /// `"eu"`
    pub index: Option<Box<Value>>,
}

/// `extends a on b after c`
#[derive(Clone, Debug, Default)]
pub struct Header {
    /// `extends a`
    pub extends: Option<Box<Member>>,
    /// `on b`
    pub on: Option<Box<On>>,
    /// `after c, d is true`
    pub after: Vec<After>,
    /// Whether a part of it did not parse.
    pub broken: bool,
}

/// The value of `on`.
#[derive(Clone, Debug)]
pub struct On {
    /// Includes the keyword.
    pub span: Span,
    /// The name, or the function.
    pub value: Value,
}

/// One dependency after `after`.
#[derive(Clone, Debug)]
pub struct After {
    pub span: Span,
    pub name: Ident,
    /// `["eu"]`
    pub index: Option<Box<Value>>,
    /// `is true`
    pub outcome: Option<Box<Ident>>,
}

/// A block in braces.
#[derive(Clone, Debug)]
pub struct Body {
    /// Includes the braces.
    pub span: Span,
    pub items: Vec<Item>,
}

/// `if name: condition { } else { }`
#[derive(Clone, Debug)]
pub struct If {
    pub span: Span,
    /// The name of the condition task.
    pub name: Ident,
    /// The `##` comments before it.
    pub doc: Option<SmolStr>,
    pub header: Header,
    pub left: Value,
    /// Operator and right side; without them, the left side is compared with `true`.
    pub right: Option<(Ident, Value)>,
    pub then: Body,
    pub otherwise: Option<Body>,
}

/// `for name: x in list parallel n { }`
#[derive(Clone, Debug)]
pub struct For {
    pub span: Span,
    /// The name of the loop task.
    pub name: Ident,
    /// The `##` comments before it.
    pub doc: Option<SmolStr>,
    pub header: Header,
    pub variable: Ident,
    pub list: Value,
    /// The maximum number of concurrent iterations.
    pub parallel: Option<Value>,
    /// Fields, and the inner step.
    pub body: Body,
}

/// `when left == right { } else { }`
#[derive(Clone, Debug)]
pub struct When {
    pub span: Span,
    pub left: Value,
    /// `==`, `!=`, `in` or an operator that is not allowed, and the right side; without them, the left side is a bool.
    pub right: Option<(Ident, Value)>,
    pub then: Body,
    pub otherwise: Option<Body>,
}

/// `..base`: the entries of another object.
#[derive(Clone, Debug)]
pub struct Spread {
    pub span: Span,
    pub value: Value,
}

/// What a [`Call`] calls.
#[derive(Clone, Debug)]
pub enum Callee {
    /// `python a.b:c`
    Python {
        /// `a.b`
        module: Ident,
        /// `c`
        function: Ident,
    },
    /// `notebook "./x"`
    Notebook(StrLit),
    /// `script "./x.py"`
    Script(StrLit),
    /// `sql "./x.sql"`
    Sql(StrLit),
    /// `dbt "./x"`
    Dbt(StrLit),
    /// `run other`, `run load["eu"]`
    Run(Member),
}

/// What a step runs.
#[derive(Clone, Debug)]
pub struct Call {
    pub span: Span,
    /// The keyword and what it calls.
    pub callee: Callee,
    /// The callee, without arguments.
    pub callee_span: Span,
    /// The arguments; empty without parentheses.
    pub arguments: Vec<CallArgument>,
    /// The other fields of the task.
    pub body: Option<Body>,
}

/// `a = x`, or `b` alone.
#[derive(Clone, Debug)]
pub struct CallArgument {
    pub span: Span,
    /// `a`
    pub name: Option<Ident>,
    /// `x`
    pub value: Value,
}

/// A field.
#[derive(Clone, Debug)]
pub struct Entry {
    pub span: Span,
    pub key: Ident,
    /// Whether the key is a string, as only maps of free text allow.
    pub is_string_key: bool,
    pub value: EntryValue,
}

/// The part of a field after its name.
#[derive(Clone, Debug)]
pub enum EntryValue {
    /// `= value`
    Assign(Value),
    /// `{ ... }`
    Block(Body),
}

impl EntryValue {
    /// Whether there is nothing after the `=`.
    pub fn is_missing(&self) -> bool {
        matches!(self, EntryValue::Assign(Value { kind: ValueKind::Bad, .. }))
    }

    /// The span of the value.
    pub fn span(&self) -> Span {
        match self {
            EntryValue::Assign(v) => v.span,
            EntryValue::Block(b) => b.span,
        }
    }
}

/// A value.
#[derive(Clone, Debug)]
pub struct Value {
    pub span: Span,
    pub kind: ValueKind,
}

/// The kind of a value.
#[derive(Clone, Debug)]
pub enum ValueKind {
    /// `"text"`
    Str(StrLit),
    /// `6`, `-1`, `0.8`: as written
    Number(SmolStr),
    /// `2h`: the number and the unit's letter
    Duration(SmolStr, char),
    /// `2..8`
    Range(Box<Value>, Box<Value>),
    /// `[a, b]`
    List(Vec<Value>),
    /// `{ a = 1 }`
    Object(Body),
    /// `a`, `a.b`, `a["x"].b`
    Path(Box<Path>),
    /// `secret("a", "b")`
    Function(Box<Ident>, Vec<CallArgument>),
    /// The cell of a table, which has the type that is needed; it cannot be written in source.
    Cell(SmolStr),
    /// Invalid; already reported.
    Bad,
}

/// A reference.
#[derive(Clone, Debug)]
pub struct Path {
    pub head: Ident,
    pub rest: Vec<Segment>,
}

impl Path {
    /// The name, if the path is one word.
    pub fn word(&self) -> Option<&str> {
        (self.rest.is_empty() && !self.head.quoted).then_some(self.head.text.as_str())
    }
}

/// A part of a reference after its first name.
#[derive(Clone, Debug)]
pub enum Segment {
    /// `.b`
    Name(Ident),
    /// `["x"]`
    Index(Box<Value>),
}

/// A string, in parts.
#[derive(Clone, Debug)]
pub struct StrLit {
    /// Includes quotes.
    pub span: Span,
    /// Texts and interpolations, in order.
    pub parts: Vec<StrPart>,
}

impl StrLit {
    /// A string that is not written as one.
    pub fn of_text(text: SmolStr, span: Span) -> StrLit {
        StrLit { span, parts: vec![StrPart::Text(text, span)] }
    }

    /// The text, if it has no interpolations.
    pub fn plain(&self) -> Option<SmolStr> {
        match self.parts.as_slice() {
            [] => Some(SmolStr::default()),
            [StrPart::Text(t, _)] => Some(t.clone()),
            parts => parts
                .iter()
                .map(|p| match p {
                    StrPart::Text(t, _) => Some(t.as_str()),
                    StrPart::Reference(_) => None,
                })
                .collect::<Option<String>>()
                .map(SmolStr::from),
        }
    }
}

/// A part of a string.
#[derive(Clone, Debug)]
pub enum StrPart {
    /// Text with escapes resolved, and its span.
    Text(SmolStr, Span),
    /// `${a.b}`: always a [`ValueKind::Path`] or [`ValueKind::Bad`]
    Reference(Box<Value>),
}
