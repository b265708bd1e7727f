//! What can be folded, and what grows when a selection grows.

use super::view::FileContext;
use crate::source::Span;
use crate::syntax::ast::{Item, Value, ValueKind};
use crate::syntax::walk::{self, SyntaxNode};

/// What a fold hides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoldKind {
    /// A block or a list.
    Region,
    /// Lines of comment.
    Comment,
    /// Imports.
    Imports,
}

/// Every stretch of more than one line that can be folded.
pub fn folds(view: &FileContext<'_>) -> Vec<(Span, FoldKind)> {
    let text = view.text();
    let many = |span: Span| text.get(span.start as usize..span.end as usize).is_some_and(|t| t.contains('\n'));
    let mut out: Vec<(Span, FoldKind)> = Vec::new();
    walk::walk(view.tree(), &mut |node| {
        let span = match node {
            SyntaxNode::Body(body) => body.span,
            SyntaxNode::Value(Value { kind: ValueKind::List(_), span }) => *span,
            SyntaxNode::Str(lit) => lit.span,
            _ => return,
        };
        if many(span) {
            out.push((span, FoldKind::Region));
        }
    });
    let mut run: Option<Span> = None;
    for comment in &view.tree().comments {
        run = match run {
            Some(so_far) if joined(text, so_far, *comment) => Some(so_far.to(*comment)),
            before => {
                out.extend(before.filter(|s| many(*s)).map(|s| (s, FoldKind::Comment)));
                alone(text, *comment).then_some(*comment)
            }
        };
    }
    out.extend(run.filter(|s| many(*s)).map(|s| (s, FoldKind::Comment)));
    let imports: Vec<Span> =
        view.tree().items.iter().filter(|i| matches!(i, Item::Import(_))).map(Item::span).collect();
    if let [first, .., last] = imports.as_slice() {
        out.push((first.to(*last), FoldKind::Imports));
    }
    out.sort_by_key(|(span, _)| *span);
    out
}

/// Whether a comment has its line for itself.
fn alone(text: &str, comment: Span) -> bool {
    let before = text.get(..comment.start as usize).unwrap_or("");
    before.rsplit('\n').next().is_some_and(|line| line.trim().is_empty())
}

/// Whether a comment goes on with the one before, on the next line.
fn joined(text: &str, before: Span, comment: Span) -> bool {
    let between = text.get(before.end as usize..comment.start as usize).unwrap_or("x");
    between.trim().is_empty() && between.matches('\n').count() <= 1
}

/// The stretches around a byte, innermost first: the word, its node, the entry, the block, and so on up to the file.
pub fn selections(view: &FileContext<'_>, offset: u32) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    out.extend(super::view::word_at(view, offset));
    for node in view.at(offset).into_iter().rev() {
        let span = node.span();
        if let SyntaxNode::Body(_) = node {
            // What is between the braces, then the braces with it.
            let inner = Span { start: span.start + 1, end: span.end.saturating_sub(1).max(span.start + 1), ..span };
            out.push(inner);
        }
        out.push(span);
    }
    out.push(Span::new(view.unit.id, 0, view.text().len() as u32));
    // Each must hold the one before.
    let mut kept: Vec<Span> = Vec::new();
    for span in out.into_iter().filter(|s| s.start <= offset && offset <= s.end) {
        match kept.last() {
            Some(last) if !span.contains(*last) || span == *last => {}
            _ => kept.push(span),
        }
    }
    kept
}
