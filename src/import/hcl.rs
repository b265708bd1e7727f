//! Reads HCL. Blocks become lists of objects, below their name and labels.

use std::collections::HashMap;

use hcl_edit::Span as _;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Body, Structure};
use hcl_edit::template::{Element, Template};
use smol_str::SmolStr;

use super::messages;
use crate::data::MAX_NODES;
use crate::data::{TextPiece, Tree, TreeKey, TreeKind};
use crate::data::{char_span, duplicates, too_large};
use crate::diag::Diagnostic;
use crate::source::{FileId, Span};

/// Reads the blocks and attributes of a text.
///
/// # Errors
/// Invalid HCL, a text that is too large or nested too deeply, or a duplicate key.
pub fn read(file: FileId, text: &str) -> Result<Tree, Box<Diagnostic>> {
    too_large(file, text)?;
    // Each value of a list or object takes some hundred bytes in the tree of the parser.
    if text.bytes().filter(|b| matches!(b, b',' | b'=' | b'{' | b'[')).count() > MAX_NODES {
        return Err(messages::too_many_hcl_values(file).into());
    }
    let reader = HclReader { file, text };
    let body = hcl_edit::parser::parse_body(text).map_err(|e| {
        let at = e.location().offset();
        let deep = e.message().contains("nesting depth");
        Box::new(messages::not_hcl(char_span(file, text, at, at), e.message(), deep))
    })?;
    let entries = reader.body(&body)?;
    Ok(Tree { span: Span::new(file, 0, text.len() as u32), kind: TreeKind::Map(entries) })
}

struct HclReader<'t> {
    file: FileId,
    text: &'t str,
}

impl HclReader<'_> {
    fn span(&self, range: Option<std::ops::Range<usize>>) -> Span {
        let range = range.unwrap_or(0..0);
        char_span(self.file, self.text, range.start, range.end)
    }

    fn body(&self, body: &Body) -> Result<Vec<(TreeKey, Tree)>, Box<Diagnostic>> {
        let mut entries: Vec<(TreeKey, Tree)> = Vec::new();
        let mut blocks: HashMap<SmolStr, usize> = HashMap::new();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let key = TreeKey { text: attribute.key.as_str().into(), span: self.span(attribute.key.span()) };
                    entries.push((key, self.value(&attribute.value)?));
                }
                Structure::Block(block) => {
                    let span = self.span(block.span());
                    let mut tree = Tree { span, kind: TreeKind::Map(self.body(&block.body)?) };
                    // `resource "databricks_job" "x"` is an object below two names.
                    for label in block.labels.iter().rev() {
                        let key = TreeKey { text: label.as_str().into(), span: self.span(label.span()) };
                        tree = Tree { span, kind: TreeKind::Map(vec![(key, tree)]) };
                    }
                    let key = TreeKey { text: block.ident.as_str().into(), span: self.span(block.ident.span()) };
                    match blocks.get(&key.text).and_then(|i| entries.get_mut(*i)) {
                        Some((_, Tree { kind: TreeKind::List(items), .. })) => items.push(tree),
                        _ => {
                            blocks.insert(key.text.clone(), entries.len());
                            entries.push((key, Tree { span, kind: TreeKind::List(vec![tree]) }));
                        }
                    }
                }
            }
        }
        duplicates(&entries)?;
        Ok(entries)
    }

    fn value(&self, expression: &Expression) -> Result<Tree, Box<Diagnostic>> {
        let span = self.span(expression.span());
        let kind = match expression {
            Expression::Null(_) => TreeKind::Null,
            Expression::Bool(b) => TreeKind::Bool(*b.value()),
            Expression::Number(n) => TreeKind::Number(SmolStr::new(n.value().to_string())),
            Expression::String(s) => TreeKind::Text(s.value().to_string()),
            Expression::Parenthesis(inner) => self.value(inner.inner())?.kind,
            Expression::Array(array) => TreeKind::List(array.iter().map(|v| self.value(v)).collect::<Result<_, _>>()?),
            Expression::Object(object) => {
                let mut entries = Vec::new();
                for (key, value) in object.iter() {
                    let span = self.span(key.span());
                    let written = self.text.get(span.start as usize..span.end as usize).unwrap_or("").trim();
                    let text = written.trim_matches('"');
                    entries.push((TreeKey { text: text.into(), span }, self.value(value.expr())?));
                }
                duplicates(&entries)?;
                TreeKind::Map(entries)
            }
            Expression::StringTemplate(template) => self.template(template.iter()),
            Expression::HeredocTemplate(heredoc) => {
                let template: &Template = &heredoc.template;
                self.template(template.iter())
            }
            _ => {
                let source = self.text.get(span.start as usize..span.end as usize).unwrap_or("").trim();
                TreeKind::Mixed(vec![TextPiece::Reference(source.to_owned())])
            }
        };
        Ok(Tree { span, kind })
    }

    fn template<'e>(&self, elements: impl Iterator<Item = &'e Element>) -> TreeKind {
        let pieces: Vec<TextPiece> = elements
            .map(|e| match e {
                Element::Literal(text) => TextPiece::Text(text.as_str().to_owned()),
                Element::Interpolation(inner) => {
                    let span = self.span(inner.expr.span());
                    let source = self.text.get(span.start as usize..span.end as usize).unwrap_or("").trim();
                    TextPiece::Reference(source.to_owned())
                }
                Element::Directive(inner) => {
                    let span = self.span(inner.span());
                    let source = self.text.get(span.start as usize..span.end as usize).unwrap_or("");
                    TextPiece::Reference(source.to_owned())
                }
            })
            .collect();
        match pieces.as_slice() {
            [] => TreeKind::Text(String::new()),
            [TextPiece::Text(text)] => TreeKind::Text(text.clone()),
            _ => TreeKind::Mixed(pieces),
        }
    }
}
