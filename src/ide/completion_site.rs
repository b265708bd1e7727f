//! Determines what can be completed at the cursor. The surrounding entry is parsed again with a name inserted at the
//! cursor, as text that may end there. So the parser determines what the name would be.

use super::view::FileContext;
use super::within::Within;
use crate::source::{FileId, Span};
use crate::syntax;
use crate::syntax::ast::{self, Body, Call, Callee, DeclKind, Item, Value, ValueKind};
use crate::syntax::walk::{self, Role, SyntaxNode};

/// The inserted name.
const MARK: &str = "pipec_cursor";

/// What a name at the cursor would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CompletionContext {
    /// A field, or the keyword of a declaration or call.
    Entry,
    /// A keyword of a header: `extends`, `on` or `after`.
    Head(HeadOf),
    /// The name after `extends`, for this kind of declaration.
    Extends(DeclKind),
    /// The value of `on`.
    On,
    /// A step after `after`, in the header of this step.
    After(String),
    /// An outcome.
    Outcome,
    /// A type.
    Type,
    /// A Python module.
    Module,
    /// A function of a Python module.
    Function(String),
    /// A pipeline to run.
    Run,
    /// The name of an argument, or a value in short form.
    Argument(Callable, Vec<String>),
    /// The value of an argument.
    ArgumentValue(Callable, String),
    /// The value of a field.
    Value(String),
    /// A value that may be a run-time value: in a condition or loop.
    Plain(String),
    /// A value that must be a compile-time constant.
    Constant(String),
    /// A name after this path and a dot.
    Segment(Vec<String>),
    /// The string of a field, up to the cursor.
    Text(String, String),
    /// The string of a path, up to the cursor.
    Path(PathOf, String),
}

/// Whose header it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HeadOf {
    Pipeline,
    Step,
    Compute,
    Target,
    /// A condition or loop.
    Branch,
}

/// What is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Callable {
    /// A function of a module.
    Python(String, String),
    /// A pipeline.
    Run(String),
    /// A notebook, script or SQL file.
    File,
}

/// What a path refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PathOf {
    /// Another `.pipe` file.
    Import,
    /// The directory of a Python project.
    Package,
    /// A file with one of these extensions.
    File(&'static [&'static str]),
    /// A directory.
    Directory,
}

/// The site at a byte.
pub(super) struct CompletionSite<'a> {
    pub slot: CompletionContext,
    /// The range that a completion replaces: the word at the cursor, or the text of a string.
    pub replaces: Span,
    /// The current text.
    pub text: &'a str,
    /// The cursor in the current text.
    pub offset: u32,
    /// The cursor in the text of the tree.
    pub at: u32,
    /// The range of that text that no longer exists.
    gone: std::ops::Range<u32>,
    /// Whether the text that a snippet would insert after the word is already there.
    pub goes_on: bool,
    /// The surroundings of the entry.
    pub within: Within,
    /// The nodes around it, in the tree of the file.
    pub(super) around: Vec<SyntaxNode<'a>>,
    /// The entries of the same body.
    pub(super) beside: &'a [Item],
}

impl CompletionSite<'_> {
    /// Whether an entry is not the one at the cursor, and still exists.
    pub(super) fn is_other(&self, item: &Item) -> bool {
        let span = item.span();
        let under = span.start <= self.at && self.at <= span.end;
        !under && (span.end <= self.gone.start || self.gone.end <= span.start)
    }
}

/// The change between the text of a tree and the current text, from the first to the last byte that differ.
struct Change {
    /// The length of the common prefix.
    same: usize,
    /// The start of the common suffix in the old text.
    old_end: usize,
    /// The same in the new text.
    new_end: usize,
}

impl Change {
    fn between(old: &str, new: &str) -> Change {
        let (a, b) = (old.as_bytes(), new.as_bytes());
        let mut same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
        while !old.is_char_boundary(same) || !new.is_char_boundary(same) {
            same -= 1;
        }
        let most = a.len().min(b.len()) - same;
        let mut tail = a.iter().rev().zip(b.iter().rev()).take(most).take_while(|(x, y)| x == y).count();
        while !old.is_char_boundary(a.len() - tail) || !new.is_char_boundary(b.len() - tail) {
            tail -= 1;
        }
        Change { same, old_end: a.len() - tail, new_end: b.len() - tail }
    }

    /// Maps a byte of the new text to the old text; inserted text maps to the place of insertion.
    fn before(&self, at: usize) -> usize {
        if at <= self.same {
            at
        } else if at >= self.new_end {
            at - self.new_end + self.old_end
        } else {
            self.same
        }
    }

    /// Maps a byte of the old text to the new text.
    fn now(&self, at: usize) -> usize {
        if at <= self.same { at } else { (at + self.new_end).saturating_sub(self.old_end).max(self.same) }
    }
}

/// The site at a byte; `None` where nothing can be completed, such as in a comment or the name of a declaration. The
/// tree of the view may be that of an older text.
pub(super) fn find<'a>(view: &FileContext<'a>, text: &'a str, offset: u32) -> Option<CompletionSite<'a>> {
    let change = Change::between(view.text(), text);
    let old = change.before(offset as usize) as u32;
    let at = offset as usize;
    let comments = &view.tree().comments;
    if comments.iter().any(|c| c.start < old && old <= c.end) {
        return None;
    }
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let before = text.get(..at)?;
    let mut start = at - before.chars().rev().take_while(|c| part(*c)).map(char::len_utf8).sum::<usize>();
    let after = text.get(at..)?;
    let mut end = at + after.find(|c| !part(c)).unwrap_or(after.len());
    // A name in backticks is one word.
    let line = before.rsplit('\n').next().unwrap_or("");
    if line.matches('`').count() % 2 == 1 {
        start = before.rfind('`')?;
        end = at + after.find(['`', '\n']).unwrap_or(0);
        end += usize::from(text.get(end..).is_some_and(|t| t.starts_with('`')));
    }
    let typed = text.get(start..at)?;
    let gone = change.same as u32..change.old_end as u32;
    let (mut around, beside) = bodies(view, old);
    let within = Within::of(&around);
    let from = change.now(entry_start(view, beside, old)).min(start);
    let head = text.get(from..start)?;
    let tail = rest_of_entry(text, end);
    // Try with the rest of the line, then as if the text ended here.
    for rest in [tail.as_str(), ""] {
        let fragment = format!("{head}{MARK}{rest}");
        let file = syntax::parse_unfinished(FileId(u32::MAX), &fragment);
        let mark = (start - from) as u32 + 1;
        if let Some((slot, replaced)) = slot(&fragment, &walk::at(&file, mark), &around, start - from) {
            let from = (from + replaced) as u32;
            around.retain(|n| matches!(n, SyntaxNode::Item(_) | SyntaxNode::Body(_)));
            let (slot, end) = match slot {
                // In a string, the replaced range extends to its end.
                CompletionContext::Text(key, text) => {
                    (CompletionContext::Text(key, text + typed), at + string_end(after))
                }
                CompletionContext::Path(of, text) => {
                    (CompletionContext::Path(of, text + typed), at + string_end(after))
                }
                slot => (slot, end),
            };
            let behind = text.get(end..).unwrap_or("").trim_start_matches([' ', '\t']);
            let goes_on = behind.starts_with(['=', '{', '(', '"', '`', '[']) && !behind.starts_with("==")
                || matches!(slot, CompletionContext::Entry) && behind.starts_with(part);
            let replaces = Span::new(view.unit.id, from, end as u32);
            return Some(CompletionSite {
                slot,
                replaces,
                text,
                offset,
                at: old,
                gone,
                goes_on,
                within,
                around,
                beside,
            });
        }
    }
    None
}

/// The length of the rest of a string after the cursor.
fn string_end(after: &str) -> usize {
    after.find(['"', '\n', '\r', '{', '}', '$']).unwrap_or(after.len())
}

/// The items and bodies around a byte, outermost first, and the entries of the innermost.
///
/// An unclosed block extends to the cursor if nothing follows it, and the cursor is indented further than its first
/// line.
fn bodies<'a>(view: &FileContext<'a>, offset: u32) -> (Vec<SyntaxNode<'a>>, &'a [Item]) {
    let text = view.text();
    let line_start = |at: u32| text.get(..at as usize).and_then(|t| t.rfind('\n')).map_or(0, |i| i + 1);
    let indent = |at: u32| {
        let line = text.get(line_start(at)..).unwrap_or("");
        line.len() - line.trim_start_matches([' ', '\t']).len()
    };
    let inside = |body: &Body| {
        let Span { start, end, .. } = body.span;
        let closed = text.get(..end as usize).is_some_and(|t| t.ends_with('}'));
        let between = text.get(end as usize..line_start(offset)).unwrap_or("");
        start < offset
            && (offset < end
                || !closed && offset == end
                || !closed && between.trim().is_empty() && (offset as usize - line_start(offset)) > indent(start))
    };
    let mut path = Vec::new();
    let mut beside = view.tree().items.as_slice();
    // Of the entries that start before the cursor, only the last can contain it.
    while let Some(item) = beside.iter().rfind(|i| i.span().start < offset) {
        let mut found: Vec<SyntaxNode<'a>> = Vec::new();
        SyntaxNode::Item(item).walk_until(&mut |node| match node {
            SyntaxNode::Body(body) if found.is_empty() && inside(body) => {
                found.push(node);
                true
            }
            SyntaxNode::Body(_) => true,
            _ => false,
        });
        let Some(SyntaxNode::Body(body)) = found.first().copied() else { break };
        path.push(SyntaxNode::Item(item));
        path.push(SyntaxNode::Body(body));
        beside = &body.items;
    }
    (path, beside)
}

/// The start of the entry that contains the byte.
fn entry_start(view: &FileContext<'_>, beside: &[Item], offset: u32) -> usize {
    let text = view.text();
    let item = beside.iter().rfind(|i| i.span().start <= offset);
    let line = text.get(..offset as usize).and_then(|t| t.rfind('\n')).map_or(0, |i| i + 1);
    let Some(item) = item else { return offset as usize };
    let span = item.span();
    let between = text.get(span.end.min(offset) as usize..offset as usize).unwrap_or("");
    if between.contains(['\n', ',']) {
        return offset as usize - between.rsplit(['\n', ',']).next().map_or(0, str::len);
    }
    // An invalid entry may contain the lines before it.
    if matches!(item, Item::Bad(_)) && (span.start as usize) < line {
        let blank = text.get(line..).map_or(0, |t| t.len() - t.trim_start_matches([' ', '\t']).len());
        let own = text.get(span.start as usize..offset as usize).unwrap_or("");
        if own.matches(['(', '[', '{']).count() <= own.matches([')', ']', '}']).count() {
            return (line + blank).min(offset as usize);
        }
    }
    span.start as usize
}

/// The text after the word at the cursor, up to the end of its line; a block that opens there is closed.
fn rest_of_entry(text: &str, at: usize) -> String {
    let line = text.get(at..).and_then(|t| t.split(['\n', '\r', '#']).next()).unwrap_or("");
    let line = line.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let opens = line.matches('{').count().saturating_sub(line.matches('}').count());
    format!("{line}{}", "}".repeat(opens))
}

/// The context in a parsed fragment, and the start of the replaced text in it.
fn slot(
    fragment: &str,
    path: &[SyntaxNode<'_>],
    around: &[SyntaxNode<'_>],
    start: usize,
) -> Option<(CompletionContext, usize)> {
    let (leaf, outer) = path.split_last()?;
    match leaf {
        SyntaxNode::Name(name, role) if name.text.contains(MARK) => {
            let slot = named(name, *role, outer)?;
            // A dotted module is one name.
            let from = if *role == Role::Module { name.span.start as usize } else { start };
            Some((slot, from))
        }
        SyntaxNode::Str(lit) => {
            let written = fragment.get(lit.span.start as usize..start)?;
            // The text inside a closed `${` is a reference.
            if written.rfind("${").is_some_and(|i| !written.get(i..).is_some_and(|t| t.contains('}'))) {
                return None;
            }
            let from = lit.span.start as usize + 1;
            let typed = fragment.get(from..start)?;
            let typed = typed.strip_prefix("\"\"").unwrap_or(typed);
            let from = start - typed.len();
            let slot = in_text(typed, lit, outer, around)?;
            Some((slot, from))
        }
        SyntaxNode::Item(Item::Decl(d)) if d.header.broken => {
            let of = match d.kind {
                DeclKind::Pipeline => HeadOf::Pipeline,
                DeclKind::Step => HeadOf::Step,
                DeclKind::Cluster | DeclKind::Environment => HeadOf::Compute,
                DeclKind::Target => HeadOf::Target,
            };
            Some((CompletionContext::Head(of), start))
        }
        SyntaxNode::Item(Item::If(i)) if i.header.broken => Some((CompletionContext::Head(HeadOf::Branch), start)),
        SyntaxNode::Item(Item::For(f)) if f.header.broken => Some((CompletionContext::Head(HeadOf::Branch), start)),
        _ => None,
    }
}

fn named(name: &ast::Ident, role: Role, outer: &[SyntaxNode<'_>]) -> Option<CompletionContext> {
    let item = walk::item(outer);
    let call = match item {
        Some(Item::Call(call)) => Some(call.as_ref()),
        _ => None,
    };
    Some(match role {
        Role::Key => CompletionContext::Entry,
        Role::Module => CompletionContext::Module,
        Role::Function => match call.map(|c| &c.callee) {
            Some(Callee::Python { module, .. }) => CompletionContext::Function(module.text.to_string()),
            _ => return None,
        },
        Role::Run => CompletionContext::Run,
        Role::Extends => match item {
            Some(Item::Decl(d)) => CompletionContext::Extends(d.kind),
            _ => return None,
        },
        Role::After => CompletionContext::After(item.and_then(declared_name).unwrap_or_default()),
        Role::Outcome => CompletionContext::Outcome,
        Role::Type => CompletionContext::Type,
        Role::Argument => CompletionContext::Argument(callable(call?), given(call?)),
        Role::Head => head(outer, item, call)?,
        Role::Segment => {
            let path = outer.iter().rev().find_map(|n| match n {
                SyntaxNode::Value(Value { kind: ValueKind::Path(path), .. }) => Some(path),
                _ => None,
            })?;
            let mut before = vec![path.head.text.to_string()];
            for segment in &path.rest {
                match segment {
                    ast::Segment::Name(n) if n.span == name.span => break,
                    ast::Segment::Name(n) => before.push(n.text.to_string()),
                    ast::Segment::Index(_) => {}
                }
            }
            CompletionContext::Segment(before)
        }
        Role::Declared(_)
        | Role::Bound(_)
        | Role::Package
        | Role::Condition
        | Role::Loop
        | Role::Variable
        | Role::Operator
        | Role::ValueFunction => return None,
    })
}

/// The context of a value whose first name is being typed.
fn head(outer: &[SyntaxNode<'_>], item: Option<&Item>, call: Option<&Call>) -> Option<CompletionContext> {
    for node in outer.iter().rev() {
        match node {
            SyntaxNode::On(_) => return Some(CompletionContext::On),
            SyntaxNode::Family(_) => return Some(CompletionContext::Constant(String::new())),
            SyntaxNode::Argument(argument) => {
                let call = call?;
                return Some(match &argument.name {
                    Some(name) => CompletionContext::ArgumentValue(callable(call), name.text.to_string()),
                    None => CompletionContext::Argument(callable(call), given(call)),
                });
            }
            SyntaxNode::Item(_) => break,
            _ => {}
        }
    }
    Some(match item? {
        Item::Entry(e) => CompletionContext::Value(e.key.text.to_string()),
        Item::Binding(b) => {
            CompletionContext::Constant(b.ty.as_ref().map(|t| t.name.text.to_string()).unwrap_or_default())
        }
        _ => CompletionContext::Plain(String::new()),
    })
}

/// A place in a string.
fn in_text(
    typed: &str,
    lit: &ast::StrLit,
    outer: &[SyntaxNode<'_>],
    around: &[SyntaxNode<'_>],
) -> Option<CompletionContext> {
    let typed = typed.to_owned();
    Some(match walk::item(outer)? {
        Item::Import(_) => CompletionContext::Path(PathOf::Import, typed),
        Item::Package(_) => CompletionContext::Path(PathOf::Package, typed),
        Item::Call(call) => match &call.callee {
            Callee::Notebook(path) if path.span == lit.span => {
                CompletionContext::Path(PathOf::File(&["py", "ipynb", "sql", "r", "scala"]), typed)
            }
            Callee::Script(path) if path.span == lit.span => CompletionContext::Path(PathOf::File(&["py"]), typed),
            Callee::Sql(path) if path.span == lit.span => CompletionContext::Path(PathOf::File(&["sql"]), typed),
            Callee::Dbt(path) if path.span == lit.span => CompletionContext::Path(PathOf::Directory, typed),
            _ => CompletionContext::Text(String::new(), typed),
        },
        Item::Entry(e) => CompletionContext::Text(e.key.text.to_string(), typed),
        _ if around.is_empty() && !typed.contains("{{") => return None,
        _ => CompletionContext::Text(String::new(), typed),
    })
}

fn declared_name(item: &Item) -> Option<String> {
    Some(match item {
        Item::Decl(d) => d.name.text.to_string(),
        Item::If(i) => i.name.text.to_string(),
        Item::For(f) => f.name.text.to_string(),
        _ => return None,
    })
}

fn callable(call: &Call) -> Callable {
    match &call.callee {
        Callee::Python { module, function } => Callable::Python(module.text.to_string(), function.text.to_string()),
        Callee::Run(member) => Callable::Run(member.name.text.to_string()),
        _ => Callable::File,
    }
}

/// The names of the arguments that a call already has.
fn given(call: &Call) -> Vec<String> {
    call.arguments
        .iter()
        .filter_map(|a| match (&a.name, &a.value.kind) {
            (Some(name), _) => Some(name.text.to_string()),
            (None, ValueKind::Path(path)) => path.word().map(str::to_owned),
            _ => None,
        })
        .filter(|name| !name.contains(MARK))
        .collect()
}
