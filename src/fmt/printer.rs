//! Formats items over several lines: comments, blank lines, blocks, and alignment of `=`.

use super::WIDTH;
use super::inline::{SourceText, always_breaks};
use crate::source::Span;
use crate::syntax::ast::{
    Binding, Body, Call, CallArgument, Callee, Decl, Entry, EntryValue, File, For, If, Item, StrLit, Value, ValueKind,
    When,
};

/// Formats a file.
pub(super) fn print(text: &str, file: &File) -> String {
    let mut printer = Printer { text: SourceText(text), comments: &file.comments, next: 0, out: String::new() };
    printer.items(&file.items, 0, 0, text.len());
    let mut out = printer.out.trim_end_matches('\n').to_owned();
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

struct Printer<'t> {
    text: SourceText<'t>,
    comments: &'t [Span],
    /// The first comment that is not yet written.
    next: usize,
    out: String,
}

/// An item or comment as lines, before `=` is aligned.
struct Piece {
    /// Whether a blank line comes before it.
    blank: bool,
    /// The lines; the first without indentation.
    lines: Vec<String>,
    /// The position of `=` in a one-line entry.
    equals: Option<usize>,
    /// A comment at the end of its last line.
    trailing: Option<String>,
}

impl<'t> Printer<'t> {
    fn line(&mut self, depth: usize, text: &str) {
        for _ in 0..depth {
            self.out.push_str("  ");
        }
        self.out.push_str(text);
        self.out.push('\n');
    }

    /// The comments between two positions.
    fn comments_before(&mut self, end: usize) -> Vec<Span> {
        let mut out = Vec::new();
        while let Some(comment) = self.comments.get(self.next).copied().filter(|c| (c.start as usize) < end) {
            out.push(comment);
            self.next += 1;
        }
        out
    }

    fn comment_text(&self, span: Span) -> String {
        self.text.slice(span).trim_end().to_owned()
    }

    /// A comment on its own line.
    fn comment(&self, span: Span, blank: bool) -> Piece {
        Piece { blank, lines: vec![self.comment_text(span)], equals: None, trailing: None }
    }

    /// The number of line breaks between two positions.
    fn breaks(&self, from: usize, to: usize) -> usize {
        self.text.0.get(from..to).map_or(0, |t| t.matches('\n').count())
    }

    /// The comment after `end` on the same line, before `limit`.
    fn trailing(&mut self, end: usize, limit: usize) -> Option<String> {
        let comment = *self.comments.get(self.next)?;
        let start = comment.start as usize;
        let between = self.text.0.get(end..start)?;
        let beside = start < limit && between.chars().all(|c| matches!(c, ' ' | '\t' | ','));
        beside.then(|| {
            self.next += 1;
            self.comment_text(comment)
        })
    }

    /// The entries of a file or body between two positions.
    fn items(&mut self, items: &[Item], depth: usize, start: usize, end: usize) {
        let mut order: Vec<&Item> = items.iter().collect();
        order.sort_by_key(|i| i.span().start);
        let mut pieces: Vec<Piece> = Vec::new();
        let mut last = start;
        for item in order {
            let span = item.span();
            for comment in self.comments_before(span.start as usize) {
                let blank = !pieces.is_empty() && self.breaks(last, comment.start as usize) > 1;
                pieces.push(self.comment(comment, blank));
                last = comment.end as usize;
            }
            let mut blank = !pieces.is_empty() && self.breaks(last, span.start as usize) > 1;
            // A comment in a header moves before the declaration and its documentation.
            let lifted: Vec<Piece> =
                self.comments_before(head_end(item)).into_iter().map(|c| self.comment(c, false)).collect();
            let documented = doc(item).map_or(0, |d| d.lines().count().max(1));
            let place = pieces.len() - documented.min(pieces.len());
            let lift = !lifted.is_empty();
            let doc_like = lifted.last().is_some_and(|p| p.lines.iter().any(|l| l.starts_with("##")));
            pieces.splice(place..place, lifted);
            if lift
                && doc_like
                && documented > 0
                && let Some(first) = pieces.len().checked_sub(documented).and_then(|i| pieces.get_mut(i))
            {
                first.blank = true;
            }
            // A comment that looks like documentation, but is not, must not become it.
            let beside =
                pieces.last().is_some_and(|p| p.trailing.is_none() && p.lines.iter().any(|l| l.starts_with("##")));
            blank |= beside && documented == 0 && doc(item).is_none();
            let (lines, equals) = self.item(item, depth);
            // Other comments inside also move before it.
            let inside = self.comments_before(span.end as usize);
            for (i, comment) in inside.iter().enumerate() {
                pieces.push(self.comment(*comment, blank && i == 0));
            }
            let trailing = self.trailing(span.end as usize, end);
            last = match &trailing {
                Some(_) => self.comments.get(self.next.saturating_sub(1)).map_or(last, |c| c.end as usize),
                None => span.end as usize,
            };
            pieces.push(Piece { blank: blank && inside.is_empty(), lines, equals, trailing });
        }
        for comment in self.comments_before(end) {
            let blank = !pieces.is_empty() && self.breaks(last, comment.start as usize) > 1;
            pieces.push(self.comment(comment, blank));
            last = comment.end as usize;
        }
        align(&mut pieces, depth);
        for piece in pieces {
            if piece.blank {
                self.out.push('\n');
            }
            let count = piece.lines.len();
            for (i, line) in piece.lines.iter().enumerate() {
                let mut line = line.clone();
                if let (true, Some(comment)) = (i + 1 == count, &piece.trailing) {
                    line = format!("{}  {comment}", line.trim_end());
                }
                if i == 0 {
                    self.line(depth, &line);
                } else {
                    // Other lines contain their indentation.
                    self.out.push_str(&line);
                    self.out.push('\n');
                }
            }
        }
    }

    /// An item as lines; the first without indentation.
    fn item(&mut self, item: &Item, depth: usize) -> (Vec<String>, Option<usize>) {
        let text = self.text;
        match item {
            Item::Import(i) => (vec![format!("import {}", self.literal(&i.path))], None),
            Item::Package(p) => (vec![format!("package {} = {}", text.name(&p.name), self.literal(&p.path))], None),
            Item::Binding(b) => (self.binding(b, depth), None),
            Item::Decl(d) => (self.decl(d, depth), None),
            Item::If(i) => (self.condition(i, depth), None),
            Item::For(f) => (self.a_loop(f, depth), None),
            Item::When(w) => (self.when(w, depth), None),
            Item::Spread(s) => (self.value_lines("..", &s.value, depth, 0), None),
            Item::Call(c) => (self.call(c, depth), None),
            Item::Entry(e) => self.entry(e, depth),
            Item::Bad(span) => (vec![text.slice(*span).to_owned()], None),
        }
    }

    fn literal(&self, lit: &StrLit) -> String {
        self.text.slice(lit.span).to_owned()
    }

    fn binding(&mut self, b: &Binding, depth: usize) -> Vec<String> {
        let mut head = format!("{} {}", b.kind.keyword(), self.text.name(&b.name));
        if let Some(ty) = &b.ty {
            head.push_str(&format!(": {}", self.text.type_expr(ty)));
        }
        match &b.value {
            Some(value) => self.after_head(&format!("{head} = "), value, depth),
            None => vec![head],
        }
    }

    fn entry(&mut self, e: &Entry, depth: usize) -> (Vec<String>, Option<usize>) {
        let key = self.text.key(e);
        match &e.value {
            EntryValue::Assign(value) => {
                let equals = key.chars().count() + 1;
                let lines = self.after_head(&format!("{key} = "), value, depth);
                let one = lines.len() == 1;
                (lines, one.then_some(equals))
            }
            EntryValue::Block(body) => (self.field_block(&key, body, depth), None),
        }
    }

    /// The block of a field: on one line if it contains one plain entry that fits.
    fn field_block(&mut self, head: &str, body: &Body, depth: usize) -> Vec<String> {
        if body.items.is_empty() && !self.has_comment(body.span) {
            return vec![format!("{head} {{}}")];
        }
        if let [Item::Entry(entry)] = body.items.as_slice()
            && let EntryValue::Assign(value) = &entry.value
            && !matches!(value.kind, ValueKind::Object(_))
            && !self.has_comment(body.span)
        {
            let line = format!("{head} {}", self.text.object(body));
            if fits(&line, depth) {
                return vec![line];
            }
        }
        self.block(head, body, depth)
    }

    fn has_comment(&self, span: Span) -> bool {
        let first = self.comments.partition_point(|c| c.start < span.start).max(self.next);
        self.comments.get(first).is_some_and(|c| span.contains(*c))
    }

    /// `head {`, the entries, `}`.
    fn block(&mut self, head: &str, body: &Body, depth: usize) -> Vec<String> {
        let (start, end) = (body.span.start as usize + 1, (body.span.end as usize).saturating_sub(1));
        let comment = self.trailing(start, end);
        if body.items.is_empty() && comment.is_none() && !self.has_comment(body.span) {
            return vec![format!("{head} {{}}")];
        }
        let open = match comment {
            Some(comment) => format!("{head} {{  {comment}"),
            None => format!("{head} {{"),
        };
        let mut inner = Printer { text: self.text, comments: self.comments, next: self.next, out: String::new() };
        inner.items(&body.items, depth + 1, start, end);
        self.next = inner.next;
        let mut lines = vec![open];
        if let Some(entries) = inner.out.strip_suffix('\n') {
            lines.extend(entries.split('\n').map(str::to_owned));
        }
        lines.push(format!("{}}}", "  ".repeat(depth)));
        lines
    }

    fn decl(&mut self, d: &Decl, depth: usize) -> Vec<String> {
        let mut head = format!("{} {}", d.kind.keyword(), self.text.name(&d.name));
        if let Some(family) = &d.family {
            head.push_str(&self.text.family(family));
        }
        head.push_str(&self.text.header(&d.header));
        self.block(&head, &d.body, depth)
    }

    fn condition(&mut self, i: &If, depth: usize) -> Vec<String> {
        let comparison = self.text.comparison(&i.left, i.right.as_ref());
        let head = format!("if {}{}: {comparison}", self.text.name(&i.name), self.text.header(&i.header));
        self.branches(&head, &i.then, i.otherwise.as_ref(), depth)
    }

    fn when(&mut self, w: &When, depth: usize) -> Vec<String> {
        let head = format!("when {}", self.text.comparison(&w.left, w.right.as_ref()));
        self.branches(&head, &w.then, w.otherwise.as_ref(), depth)
    }

    /// `head { } else { }`
    fn branches(&mut self, head: &str, then: &Body, otherwise: Option<&Body>, depth: usize) -> Vec<String> {
        let mut lines = self.block(head, then, depth);
        let Some(otherwise) = otherwise else { return lines };
        let indent = "  ".repeat(depth);
        // Comments between the two stay between them.
        let beside = self.trailing(then.span.end as usize, otherwise.span.start as usize);
        let between = self.comments_before(otherwise.span.start as usize);
        if beside.is_none() && between.is_empty() {
            let close = lines.pop().unwrap_or_default();
            let mut more = self.block(&format!("{close} else"), otherwise, depth).into_iter();
            lines.extend(more.next());
            lines.extend(more);
            return lines;
        }
        if let (Some(last), Some(comment)) = (lines.last_mut(), beside) {
            last.push_str(&format!("  {comment}"));
        }
        lines.extend(between.iter().map(|c| format!("{indent}{}", self.comment_text(*c))));
        let more = self.block("else", otherwise, depth);
        lines.extend(more.into_iter().enumerate().map(|(n, l)| if n == 0 { format!("{indent}{l}") } else { l }));
        lines
    }

    fn a_loop(&mut self, f: &For, depth: usize) -> Vec<String> {
        let text = self.text;
        let mut head = format!(
            "for {}{}: {} in {}",
            text.name(&f.name),
            text.header(&f.header),
            text.name(&f.variable),
            text.value(&f.list)
        );
        if let Some(parallel) = &f.parallel {
            head.push_str(&format!(" parallel {}", text.value(parallel)));
        }
        self.block(&head, &f.body, depth)
    }

    fn call(&mut self, c: &Call, depth: usize) -> Vec<String> {
        let text = self.text;
        let head = match &c.callee {
            Callee::Python { module, function } => format!("python {}:{}", module.text, function.text),
            Callee::Notebook(path) => format!("notebook {}", self.literal(path)),
            Callee::Script(path) => format!("script {}", self.literal(path)),
            Callee::Sql(path) => format!("sql {}", self.literal(path)),
            Callee::Dbt(path) => format!("dbt {}", self.literal(path)),
            Callee::Run(member) => format!("run {}", text.member(member)),
        };
        let written = self.text.0.get(c.callee_span.end as usize..).unwrap_or("").trim_start_matches([' ', '\t']);
        let inside =
            Span { start: c.callee_span.end, end: c.body.as_ref().map_or(c.span.end, |b| b.span.start), ..c.span };
        let mut lines = if !written.starts_with('(') {
            vec![head]
        } else {
            let line = format!("{head}{}", text.arguments(&c.arguments));
            let room = if c.body.is_some() { 2 } else { 0 };
            if !self.has_comment(inside) && fits(&format!("{line}{}", " ".repeat(room)), depth)
                || c.arguments.is_empty() && !self.has_comment(inside)
            {
                vec![line]
            } else {
                self.arguments(&head, &c.arguments, inside.end as usize, depth)
            }
        };
        if let Some(body) = &c.body {
            let last = lines.pop().unwrap_or_default();
            let lone = lines.is_empty();
            let block = if lone { self.field_block(&last, body, depth) } else { self.block(&last, body, depth) };
            lines.extend(block);
        }
        lines
    }

    /// One argument per line.
    fn arguments(&mut self, head: &str, arguments: &[CallArgument], end: usize, depth: usize) -> Vec<String> {
        let mut pieces = Vec::new();
        for argument in arguments {
            for comment in self.comments_before(argument.value.span.start as usize) {
                pieces.push(self.comment(comment, false));
            }
            let (mut lines, equals) = match &argument.name {
                Some(name) => {
                    let name = self.text.name(name);
                    let equals = name.chars().count() + 1;
                    let lines = self.value_lines(&format!("{name} = "), &argument.value, depth + 1, 1);
                    let one = lines.len() == 1;
                    (lines, one.then_some(equals))
                }
                None => (self.value_lines("", &argument.value, depth + 1, 1), None),
            };
            if let Some(last) = lines.last_mut() {
                last.push(',');
            }
            let trailing = self.trailing(argument.value.span.end as usize, end);
            pieces.push(Piece { blank: false, lines, equals, trailing });
        }
        for comment in self.comments_before(end) {
            pieces.push(self.comment(comment, false));
        }
        align(&mut pieces, depth + 1);
        self.wrapped(&format!("{head}("), pieces, ")", depth)
    }

    /// Pieces between two brackets, indented.
    fn wrapped(&mut self, open: &str, pieces: Vec<Piece>, close: &str, depth: usize) -> Vec<String> {
        let indent = "  ".repeat(depth + 1);
        let mut lines = vec![open.to_owned()];
        for piece in pieces {
            let count = piece.lines.len();
            for (i, line) in piece.lines.into_iter().enumerate() {
                let line = if i == 0 { format!("{indent}{line}") } else { line };
                match (&piece.trailing, i + 1 == count) {
                    (Some(comment), true) => lines.push(format!("{line}  {comment}")),
                    _ => lines.push(line),
                }
            }
        }
        lines.push(format!("{}{close}", "  ".repeat(depth)));
        lines
    }

    /// A value after `key = `: on the line if it fits, otherwise broken.
    fn after_head(&mut self, head: &str, value: &Value, depth: usize) -> Vec<String> {
        self.value_lines(head, value, depth, 0)
    }

    /// The same, with space for a number of characters after it.
    fn value_lines(&mut self, head: &str, value: &Value, depth: usize, room: usize) -> Vec<String> {
        let line = format!("{head}{}", self.text.value(value));
        let fits = |line: &str, depth: usize| fits(&format!("{line}{}", " ".repeat(room)), depth);
        let comment = self.has_comment(value.span) || always_breaks(value);
        match &value.kind {
            ValueKind::List(items) if comment || (!fits(&line, depth) && !items.is_empty()) => {
                let end = value.span.end as usize - 1;
                let mut pieces = Vec::new();
                for item in items {
                    for comment in self.comments_before(item.span.start as usize) {
                        pieces.push(self.comment(comment, false));
                    }
                    let mut lines = self.value_lines("", item, depth + 1, 1);
                    if let Some(last) = lines.last_mut() {
                        last.push(',');
                    }
                    let trailing = self.trailing(item.span.end as usize, end);
                    pieces.push(Piece { blank: false, lines, equals: None, trailing });
                }
                for comment in self.comments_before(end) {
                    pieces.push(self.comment(comment, false));
                }
                self.wrapped(&format!("{head}["), pieces, "]", depth)
            }
            ValueKind::Object(body) if comment || (!fits(&line, depth) && !body.items.is_empty()) => {
                let mut lines = self.block(head.trim_end(), body, depth);
                if let Some(first) = lines.first_mut() {
                    *first = first.trim_start().to_owned();
                }
                lines
            }
            ValueKind::Function(name, arguments) if comment || (!fits(&line, depth) && !arguments.is_empty()) => {
                let head = format!("{head}{}", self.text.name(name));
                self.arguments(&head, arguments, value.span.end as usize - 1, depth)
            }
            // A multi-line string is unchanged.
            _ => line.split('\n').map(str::to_owned).collect(),
        }
    }
}

/// Whether a line fits at its depth.
fn fits(line: &str, depth: usize) -> bool {
    !line.contains('\n') && line.chars().count() + 2 * depth <= WIDTH
}

/// Aligns `=` in runs of one-line entries, unless that would make a line too long.
fn align(pieces: &mut [Piece], depth: usize) {
    let mut i = 0;
    while i < pieces.len() {
        let run =
            pieces.iter().skip(i).enumerate().take_while(|(n, p)| p.equals.is_some() && (*n == 0 || !p.blank)).count();
        let pairs = || pieces.iter().skip(i).take(run).filter_map(|p| Some((p.equals?, p.lines.first()?)));
        let widest = pairs().map(|(at, _)| at).max().unwrap_or(0);
        let wide = pairs()
            .any(|(at, line)| line.chars().count() <= WIDTH && line.chars().count() + widest - at + 2 * depth > WIDTH);
        for piece in pieces.iter_mut().skip(i).take(if wide { 0 } else { run }) {
            if let (Some(at), Some(line)) = (piece.equals, piece.lines.first_mut()) {
                let byte = line.char_indices().nth(at).map_or(line.len(), |(b, _)| b);
                line.insert_str(byte, &" ".repeat(widest - at));
            }
        }
        i += run.max(1);
    }
}

/// The end of the header of a declaration.
fn head_end(item: &Item) -> usize {
    match item {
        Item::Decl(d) => d.body.span.start as usize,
        Item::If(i) => i.then.span.start as usize,
        Item::For(f) => f.body.span.start as usize,
        Item::When(w) => w.then.span.start as usize,
        _ => 0,
    }
}

fn doc(item: &Item) -> Option<&str> {
    match item {
        Item::Decl(d) => d.doc.as_deref(),
        Item::If(i) => i.doc.as_deref(),
        Item::For(f) => f.doc.as_deref(),
        _ => None,
    }
}
