//! Reads YAML: anchors, merge keys, and plain scalars by the core schema.

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Parser, ScalarStyle, Span as Place};
use smol_str::SmolStr;

use super::json::{duplicates, too_large};
use super::limits::{MAX_DEPTH, MAX_NODES};
use super::messages;
use super::tree::{Tree, TreeKey, TreeKind};
use crate::diag::Diagnostic;
use crate::source::{FileId, Span};

/// Reads a text that contains one document.
///
/// # Errors
/// Invalid YAML, a second document, a text that is too large or nested too deeply, anchors that contain themselves or
/// expand without limit, or a duplicate key.
pub fn read(file: FileId, text: &str) -> Result<Tree, Box<Diagnostic>> {
    too_large(file, text)?;
    let mut builder =
        TreeBuilder { file, bytes: Bytes::new(text), open: Vec::new(), anchors: HashMap::new(), nodes: 0, root: None };
    let mut parser = Parser::new_from_str(text);
    while let Some(next) = parser.next_event() {
        let (event, place) = next.map_err(|e| {
            let at = builder.bytes.of(e.marker().index());
            let deep = e.info().contains("recursion limit");
            Box::new(messages::not_yaml(Span::new(file, at, at), e.info(), deep))
        })?;
        builder.event(event, place)?;
    }
    builder.root.map_or_else(|| Err(messages::empty_yaml(file).into()), Ok)
}

/// Maps characters, which the parser counts, to bytes.
struct Bytes(Option<Vec<u32>>, u32);

impl Bytes {
    fn new(text: &str) -> Bytes {
        let wide = (!text.is_ascii()).then(|| text.char_indices().map(|(i, _)| i as u32).collect());
        Bytes(wide, text.len() as u32)
    }

    fn of(&self, char: usize) -> u32 {
        match &self.0 {
            Some(bytes) => bytes.get(char).copied().unwrap_or(self.1),
            None => (char as u32).min(self.1),
        }
    }
}

/// A list or map that is not closed yet.
enum OpenNode {
    List(Vec<Tree>),
    Map(Vec<(TreeKey, Tree)>, Option<Tree>),
}

struct TreeBuilder {
    file: FileId,
    bytes: Bytes,
    open: Vec<(OpenNode, usize, u32)>,
    anchors: HashMap<usize, Tree>,
    /// The number of values, with aliases expanded.
    nodes: usize,
    root: Option<Tree>,
}

impl TreeBuilder {
    fn event(&mut self, event: Event<'_>, place: Place) -> Result<(), Box<Diagnostic>> {
        let span = Span::new(self.file, self.bytes.of(place.start.index()), self.bytes.of(place.end.index()));
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && tag.is_none();
                let kind = if plain { scalar(&text) } else { TreeKind::Text(text.into_owned()) };
                self.put(Tree { span, kind }, anchor)
            }
            Event::SequenceStart(anchor, _) => self.deeper(OpenNode::List(Vec::new()), anchor, span),
            Event::MappingStart(anchor, _) => self.deeper(OpenNode::Map(Vec::new(), None), anchor, span),
            Event::SequenceEnd | Event::MappingEnd => {
                let Some((open, anchor, start)) = self.open.pop() else { return Ok(()) };
                let kind = match open {
                    OpenNode::List(items) => TreeKind::List(items),
                    OpenNode::Map(entries, _) => {
                        duplicates(&entries)?;
                        TreeKind::Map(merged(entries))
                    }
                };
                self.put(Tree { span: Span::new(self.file, start, span.end.max(start)), kind }, anchor)
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(tree) if self.nodes + tree.size() > MAX_NODES => Err(unfolded(span)),
                Some(tree) => {
                    let tree = tree.clone();
                    self.nodes += tree.size();
                    self.put(tree, 0)
                }
                None => Err(messages::alias_of_itself(span).into()),
            },
            Event::DocumentStart(_) if self.root.is_some() => Err(messages::second_document(span).into()),
            _ => Ok(()),
        }
    }

    fn deeper(&mut self, open: OpenNode, anchor: usize, span: Span) -> Result<(), Box<Diagnostic>> {
        if self.open.len() >= MAX_DEPTH {
            return Err(messages::nested_too_deep(span).into());
        }
        self.open.push((open, anchor, span.start));
        Ok(())
    }

    fn put(&mut self, tree: Tree, anchor: usize) -> Result<(), Box<Diagnostic>> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(unfolded(tree.span));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, tree.clone());
        }
        match self.open.last_mut() {
            None => self.root = Some(tree),
            Some((OpenNode::List(items), ..)) => items.push(tree),
            Some((OpenNode::Map(entries, key), ..)) => match key.take() {
                None => *key = Some(tree),
                Some(name) => {
                    let text = match &name.kind {
                        TreeKind::Text(text) => SmolStr::new(text),
                        TreeKind::Bool(b) => SmolStr::new(b.to_string()),
                        TreeKind::Number(n) => n.clone(),
                        _ => {
                            return Err(messages::key_not_a_text(name.span).into());
                        }
                    };
                    entries.push((TreeKey { text, span: name.span }, tree));
                }
            },
        }
        Ok(())
    }
}

fn unfolded(span: Span) -> Box<Diagnostic> {
    Box::new(messages::too_many_unfolded_values(span))
}

/// Entries merged with those of `<<`.
fn merged(entries: Vec<(TreeKey, Tree)>) -> Vec<(TreeKey, Tree)> {
    if !entries.iter().any(|(k, _)| k.text == "<<") {
        return entries;
    }
    let (merge, mut own): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(k, _)| k.text == "<<");
    let mut names: HashSet<SmolStr> = own.iter().map(|(k, _)| k.text.clone()).collect();
    for (_, from) in merge {
        let maps = match from.kind {
            TreeKind::List(items) => items,
            _ => vec![from],
        };
        for (key, value) in maps.into_iter().flat_map(|m| m.entries().to_vec()) {
            if names.insert(key.text.clone()) {
                own.push((key, value));
            }
        }
    }
    own
}

/// A plain scalar by the core schema.
fn scalar(text: &str) -> TreeKind {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    match text {
        "" | "~" | "null" | "Null" | "NULL" => TreeKind::Null,
        "true" | "True" | "TRUE" => TreeKind::Bool(true),
        "false" | "False" | "FALSE" => TreeKind::Bool(false),
        _ if digits.starts_with(|c: char| c.is_ascii_digit())
            && (digits.len() == 1 || !digits.starts_with('0') || digits.starts_with("0."))
            && !digits.ends_with('.')
            && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'-' | b'+'))
            && digits.parse::<f64>().is_ok_and(f64::is_finite) =>
        {
            TreeKind::Number(SmolStr::new(text.trim_start_matches('+')))
        }
        _ => TreeKind::Text(text.to_owned()),
    }
}
