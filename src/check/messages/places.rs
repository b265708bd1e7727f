//! E0012: declarations and fields where they are not allowed.

use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{self, BindingKind, Item};

pub fn field_after_steps(key: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::Misplaced, key, "fields of a condition must come before its first step");
    d.help("move it above the first step, or into a step")
}

pub fn field_after_step(key: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::Misplaced, key, "fields of a loop must come before its step");
    d.help("move it above the step, or into the step")
}

pub fn after_in_loop(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::Misplaced, span, "`after` is not allowed on a step inside `for`");
    d.help("put it on the loop: `for each after a: x in xs { ... }`")
}

/// An import, var or target in a `when`.
pub fn not_in_choice(item: &Item) -> Diagnostic {
    let (what, span) = match item {
        Item::Import(i) => ("import", i.span),
        Item::Binding(b) => (b.kind.keyword(), b.span),
        Item::Decl(d) => (d.kind.keyword(), Span { end: d.name.span.end, ..d.span }),
        other => ("this", other.span()),
    };
    Diagnostic::new(Code::Misplaced, span, format!("`{what}` is not allowed in a `when`"))
        .help("move it out of the `when`; imports, vars and targets are the same for all targets")
}

/// A declaration where its kind is not allowed; `None` for text that did not parse.
pub fn misplaced(item: &Item, place: &str) -> Option<Diagnostic> {
    let (what, span, help) = match item {
        Item::When(w) => {
            ("when", Span { end: w.left.span.end, ..w.span }, "put it around entries of a declaration or block")
        }
        Item::Spread(s) => ("..", s.span, "use it in an object or in the block of a field"),
        Item::Import(i) => ("import", i.span, "move it to the top of the file"),
        Item::Package(p) => ("package", p.span, "declare packages outside pipelines"),
        Item::Binding(b) => (
            b.kind.keyword(),
            b.span,
            match b.kind {
                BindingKind::Let => "declare constants outside pipelines",
                BindingKind::Var => "declare vars outside pipelines",
                BindingKind::Param => "declare parameters directly in a pipeline",
                BindingKind::Output => "declare outputs directly in a step",
            },
        ),
        Item::Decl(d) => (
            d.kind.keyword(),
            Span { end: d.name.span.end, ..d.span },
            "close the previous block with `}`, or move the declaration to the file or the pipeline",
        ),
        Item::If(i) => (
            "if",
            Span { end: i.name.span.end, ..i.span },
            "move it directly into a pipeline, or into a branch of another condition",
        ),
        Item::For(f) => {
            ("for", Span { end: f.name.span.end, ..f.span }, "move it directly into a pipeline or into a branch")
        }
        Item::Call(c) => (call_keyword(&c.callee), c.callee_span, "move it directly into a step"),
        Item::Entry(e) => ("field", e.key.span, "move it into a declaration"),
        Item::Bad(_) => return None,
    };
    let message = format!("`{what}` is not allowed in {place}");
    Some(Diagnostic::new(Code::Misplaced, span, message).help(help))
}

fn call_keyword(callee: &ast::Callee) -> &'static str {
    match callee {
        ast::Callee::Python { .. } => "python",
        ast::Callee::Notebook(_) => "notebook",
        ast::Callee::Script(_) => "script",
        ast::Callee::Sql(_) => "sql",
        ast::Callee::Dbt(_) => "dbt",
        ast::Callee::Run(_) => "run",
    }
}

pub fn field_in_file(key: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::Misplaced, key, "fields are not allowed at the top level of a file");
    d.help("move it into a declaration such as `pipeline name { ... }`")
}
