//! Folding ranges and selection ranges.

use super::view::FileContext;
use crate::source::Span;
use crate::syntax::ast::{Item, Value, ValueKind};
use crate::syntax::walk::{self, SyntaxNode};

/// The kind of a folding range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoldKind {
    /// A block, list or multi-line string.
    Region,
    /// Lines of comment.
    Comment,
    /// Imports.
    Imports,
}

/// All ranges of more than one line that can be folded.
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

/// Whether a comment is alone on its line.
fn alone(text: &str, comment: Span) -> bool {
    let before = text.get(..comment.start as usize).unwrap_or("");
    before.rsplit('\n').next().is_some_and(|line| line.trim().is_empty())
}

/// Whether a comment continues the one on the line before.
fn joined(text: &str, before: Span, comment: Span) -> bool {
    let between = text.get(before.end as usize..comment.start as usize).unwrap_or("x");
    between.trim().is_empty() && between.matches('\n').count() <= 1
}

/// The ranges around a byte, innermost first: word, node, entry, block, up to the file.
pub fn selections(view: &FileContext<'_>, offset: u32) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    out.extend(super::view::word_at(view, offset));
    for node in view.at(offset).into_iter().rev() {
        let span = node.span();
        if let SyntaxNode::Body(_) = node {
            // First the text between the braces, then the braces, too.
            let inner = Span { start: span.start + 1, end: span.end.saturating_sub(1).max(span.start + 1), ..span };
            out.push(inner);
        }
        out.push(span);
    }
    out.push(Span::new(view.unit.id, 0, view.text().len() as u32));
    // Each must contain the one before.
    let mut kept: Vec<Span> = Vec::new();
    for span in out.into_iter().filter(|s| s.start <= offset && offset <= s.end) {
        match kept.last() {
            Some(last) if !span.contains(*last) || span == *last => {}
            _ => kept.push(span),
        }
    }
    kept
}
