//! Names with one wrong character: does the message point at the word, and suggest the right one?

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use crate::support::root;
use libtest_mimic::Trial;
use pipec::check::Checked;
use pipec::diag::{Diagnostic, formats};
use pipec::project::Loaded;
use pipec::schema::{PLACES, Ty, all_blocks};
use pipec::source::{FileId, MemoryFiles, Span};
use pipec::syntax::ast::*;
use pipec::syntax::parse;
use pipec::syntax::tokens::{Lexeme, Tokens};
use pipec::syntax::walk::{Role, SyntaxNode};
use pipec::syntax::words::WORDS;
use rayon::prelude::*;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("mutations::a misspelled name is pointed at and mended", || {
            a_misspelled_name_is_pointed_at_and_mended();
            Ok(())
        }),
        Trial::test("mutations::a misplaced brace costs one message", || {
            a_misplaced_brace_costs_one_message();
            Ok(())
        }),
    ]
}

/// A word of a program whose misspelling is a mistake.
struct Target {
    /// What it is, for the table of results.
    what: &'static str,
    /// A declaration; the message may be at a use.
    declares: bool,
    span: Span,
}

/// Finds the words of a file.
struct Words<'t> {
    text: &'t str,
    /// The names that the project uses.
    used: &'t Used,
    /// Words that mean nothing: keys of maps.
    free: HashSet<u32>,
    found: Vec<Target>,
}

/// Fields with a string that is a name.
const NAMES_IN_STRINGS: [&str; 4] = ["spark_version", "node_type_id", "driver_node_type_id", "timezone_id"];

fn is_field(name: &str) -> bool {
    all_blocks().iter().any(|b| b.field(name).is_some()) || PLACES.iter().any(|(_, p)| p.field(name).is_some())
}

fn is_map(name: &str) -> bool {
    let blocks = all_blocks();
    let mut fields = blocks.iter().filter_map(|b| b.field(name));
    fields.any(|f| matches!(f.ty, Ty::Map))
}

impl Words<'_> {
    fn push(&mut self, what: &'static str, declares: bool, span: Span) {
        self.found.push(Target { what, declares, span });
    }

    fn string(&mut self, what: &'static str, lit: &StrLit) {
        let [StrPart::Text(text, span)] = lit.parts.as_slice() else { return };
        let mut start = 0;
        for (i, c) in text.char_indices().chain([(text.len(), ' ')]) {
            if !c.is_ascii_alphanumeric() && c != '_' {
                if i > start + 1 {
                    let at = Span { start: span.start + start as u32, end: span.start + i as u32, ..*span };
                    self.push(what, false, at);
                }
                start = i + 1;
            }
        }
    }

    fn visit(&mut self, node: SyntaxNode<'_>) {
        match node {
            SyntaxNode::Name(name, role) => self.name(name, role),
            SyntaxNode::Item(Item::Entry(e)) if is_map(&e.key.text) => {
                self.push("field", false, e.key.span);
                if let EntryValue::Block(body) = &e.value {
                    self.free.extend(body.items.iter().map(|i| i.span().start));
                    let values = body.items.iter().filter_map(|i| match i {
                        Item::Entry(e) => match &e.value {
                            EntryValue::Assign(v) => Some(v),
                            EntryValue::Block(_) => None,
                        },
                        _ => None,
                    });
                    values.for_each(|v| self.visit(SyntaxNode::Value(v)));
                }
                return;
            }
            SyntaxNode::Item(Item::Entry(e)) if NAMES_IN_STRINGS.contains(&e.key.text.as_str()) => {
                if let EntryValue::Assign(Value { kind: ValueKind::Str(lit), .. }) = &e.value {
                    self.string("name in a string", lit);
                }
            }
            SyntaxNode::Item(Item::Import(i)) => self.string("path", &i.path),
            SyntaxNode::Item(Item::Call(c)) => match &c.callee {
                Callee::Notebook(lit) | Callee::Script(lit) | Callee::Sql(lit)
                    if lit.plain().is_some_and(|t| t.starts_with('.')) =>
                {
                    self.string("path", lit);
                }
                _ => {}
            },
            _ => {}
        }
        node.children(&mut |child| self.visit(child));
    }

    fn name(&mut self, name: &Ident, role: Role) {
        let is_used = self.used.names.contains(name.text.as_str());
        let is_part = self.used.parts.contains(name.text.as_str());
        match role {
            Role::Declared(DeclKind::Target) | Role::Operator | Role::Package => {}
            Role::Bound(BindingKind::Output) if is_part => self.push("declaration", true, name.span),
            Role::Bound(BindingKind::Output) => {}
            Role::Declared(_) | Role::Bound(_) | Role::Condition | Role::Loop | Role::Variable => {
                if is_used {
                    self.push("declaration", true, name.span);
                }
            }
            Role::Key if is_field(&name.text) && !is_part => self.push("field", false, name.span),
            Role::Key if is_part || is_used => self.push("field", true, name.span),
            Role::Key => {}
            Role::Argument => self.push("argument", false, name.span),
            Role::Type => self.push("type", false, name.span),
            Role::Module | Role::Function => self.push("Python name", false, name.span),
            Role::Run | Role::Extends | Role::After | Role::Outcome | Role::Head | Role::Segment => {
                self.push("reference", false, name.span);
            }
            Role::ValueFunction => self.push("function", false, name.span),
        }
    }

    /// Keywords, which the tree does not contain.
    fn keywords(&mut self) {
        let names: HashSet<u32> = self.found.iter().map(|t| t.span.start).chain(self.free.iter().copied()).collect();
        for token in Tokens::of(self.text).filter(|t| t.kind == Lexeme::Word) {
            let is_keyword = WORDS.iter().any(|w| w.text == &self.text[token.start..token.end]);
            if is_keyword && !names.contains(&(token.start as u32)) {
                self.push("keyword", false, Span::new(FileId(0), token.start as u32, token.end as u32));
            }
        }
    }
}

/// The names that a project uses.
#[derive(Default)]
struct Used {
    /// Names of declarations.
    names: HashSet<String>,
    /// Names after a dot: outputs, and fields of items.
    parts: HashSet<String>,
}

fn uses(node: SyntaxNode<'_>, out: &mut Used) {
    match node {
        SyntaxNode::Name(name, Role::Run | Role::Extends | Role::After | Role::Head) => {
            out.names.insert(name.text.to_string());
        }
        SyntaxNode::Name(name, Role::Segment) => {
            out.parts.insert(name.text.to_string());
        }
        _ => {}
    }
    if let SyntaxNode::Item(Item::Entry(e)) = node
        && e.key.text == "vars"
        && let EntryValue::Block(body) = &e.value
    {
        out.names.extend(body.items.iter().filter_map(|i| match i {
            Item::Entry(e) => Some(e.key.text.to_string()),
            _ => None,
        }));
    }
    node.children(&mut |child| uses(child, out));
}

/// The word with one character removed, changed, doubled, or swapped with the next.
fn mutants(word: &str) -> Vec<String> {
    let chars: Vec<char> = word.chars().collect();
    let mid = chars.len() / 2;
    let mut out = Vec::new();
    let mut push = |c: Vec<char>| {
        let s: String = c.into_iter().collect();
        if s != word && !s.is_empty() {
            out.push(s);
        }
    };
    let mut deleted = chars.clone();
    deleted.remove(mid);
    push(deleted);
    let mut changed = chars.clone();
    changed[mid] = if chars[mid].is_uppercase() { 'Q' } else { 'q' };
    push(changed);
    let mut doubled = chars.clone();
    doubled.insert(mid, chars[mid]);
    push(doubled);
    if chars.len() > 2 {
        let mut swapped = chars.clone();
        swapped.swap(mid - 1, mid);
        push(swapped);
    }
    out
}

fn project_files(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut out = Vec::new();
    let mut stack = vec![dir.to_owned()];
    while let Some(at) = stack.pop() {
        for entry in std::fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if path.file_name().is_some_and(|n| n != "build" && n != "expected") {
                    stack.push(path);
                }
            } else {
                out.push((path.strip_prefix(dir).unwrap().to_owned(), std::fs::read(&path).unwrap()));
            }
        }
    }
    out
}

/// How many misspellings of one kind of word give the right message.
#[derive(Default, Clone, Copy)]
struct Rates {
    all: usize,
    found: usize,
    placed: usize,
    named: usize,
    single: usize,
}

/// One misspelling, and what is wrong with the messages about it.
struct Outcome {
    what: &'static str,
    rates: Rates,
    problem: Option<String>,
}

fn a_misspelled_name_is_pointed_at_and_mended() {
    let mut mutations = Vec::new();
    let projects: Vec<_> = examples().iter().map(|example| (example.clone(), project_files(example))).collect();
    for (example, files) in &projects {
        let pipes = files.iter().filter(|(p, _)| p.extension().is_some_and(|e| e == "pipe"));
        let texts: Vec<(&Path, &str)> = pipes.map(|(p, b)| (p.as_path(), std::str::from_utf8(b).unwrap())).collect();
        let mut used = Used::default();
        for (_, text) in &texts {
            parse(FileId(0), text).file.items.iter().for_each(|i| uses(SyntaxNode::Item(i), &mut used));
        }
        for (path, text) in texts {
            let mut words = Words { text, used: &used, free: HashSet::new(), found: Vec::new() };
            parse(FileId(0), text).file.items.iter().for_each(|i| words.visit(SyntaxNode::Item(i)));
            words.keywords();
            for target in words.found {
                let word = &text[target.span.start as usize..target.span.end as usize];
                mutations.extend(
                    mutants(word)
                        .into_iter()
                        .map(|m| (example, files, path, text, (target.what, target.declares, target.span), m)),
                );
            }
        }
    }
    let outcomes: Vec<Outcome> = mutations
        .into_par_iter()
        .map(|(example, files, path, text, (what, declares, span), mutant)| {
            let (start, end) = (span.start as usize, span.end as usize);
            let changed = format!("{}{mutant}{}", &text[..start], &text[end..]);
            let (loaded, checked) = check_changed(files, path, changed);
            let covers = |s: Span| {
                loaded.sources.path(s.file).ends_with(path)
                    && (s.start as usize) < start + mutant.len()
                    && start < s.end as usize
                    && s.end - s.start <= 80
            };
            let word = &text[start..end];
            let list = &checked.diagnostics;
            let placed = list.iter().any(|d| covers(d.span) || declares && d.related.iter().any(|l| covers(l.span)));
            let named = list.iter().any(|d| has_word(d, word));
            let single = list.len() == 1;
            let rates = Rates {
                all: 1,
                found: usize::from(!list.is_empty()),
                placed: usize::from(placed),
                named: usize::from(named),
                single: usize::from(single),
            };
            let problem = (!placed || !named || !single).then(|| {
                let line = text[..start].lines().count();
                let found: Vec<String> = list.iter().map(|d| formats::one_line(d, &loaded.sources)).collect();
                let (placed, named) = (if placed { "" } else { " not placed" }, if named { "" } else { " not named" });
                format!(
                    "{}/{}:{line}: {what} {word} -> {mutant}:{placed}{named} {found:#?}",
                    example.display(),
                    path.display()
                )
            });
            Outcome { what, rates, problem }
        })
        .collect();
    let mut table: BTreeMap<&str, Rates> = BTreeMap::new();
    for outcome in &outcomes {
        for row in [outcome.what, "total"] {
            let sum = table.entry(row).or_default();
            sum.all += outcome.rates.all;
            sum.found += outcome.rates.found;
            sum.placed += outcome.rates.placed;
            sum.named += outcome.rates.named;
            sum.single += outcome.rates.single;
        }
    }
    outcomes.iter().filter_map(|o| o.problem.as_ref()).for_each(|p| println!("{p}"));
    let percent = |n: usize, of: usize| 100.0 * n as f64 / of as f64;
    for (what, r) in &table {
        println!(
            "{what}: {} misspellings, found {:.1} %, placed {:.1} %, right word {:.1} %, one message {:.1} %",
            r.all,
            percent(r.found, r.all),
            percent(r.placed, r.all),
            percent(r.named, r.all),
            percent(r.single, r.all)
        );
    }
    let total = table["total"];
    assert!(total.all > 2000, "too few words were found in the examples");
    let share = |n: usize| percent(n, total.all);
    assert!(
        share(total.found) >= 99.5
            && share(total.placed) >= 99.0
            && share(total.named) >= 97.0
            && share(total.single) >= 98.0
    );
}

/// Whether a message offers a word.
fn has_word(d: &Diagnostic, word: &str) -> bool {
    let edits = d.fixes.iter().flat_map(|f| &f.edits).map(|e| e.text.as_str());
    let texts = [d.message.as_str(), &d.label].into_iter().chain(d.help.as_deref()).chain(edits);
    let texts = texts.chain(d.related.iter().map(|l| l.message.as_str()));
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    texts.into_iter().any(|text| {
        text.match_indices(word).any(|(at, _)| {
            let (before, after) = (text[..at].chars().next_back(), text[at + word.len()..].chars().next());
            !is_word(before) && !is_word(after)
        })
    })
}

fn examples() -> Vec<PathBuf> {
    let folders = ["examples", "src/scaffold/templates"];
    let entries = folders.iter().flat_map(|folder| std::fs::read_dir(root().join(folder)).unwrap());
    let mut out: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    out.sort();
    out
}

/// Checks a project for all targets, with one file changed.
fn check_changed(files: &[(PathBuf, Vec<u8>)], path: &Path, changed: String) -> (Loaded, Checked) {
    let mut memory = MemoryFiles::new();
    files.iter().for_each(|(p, b)| memory.insert(p.clone(), b.clone()));
    memory.insert(path, changed);
    let loaded = pipec::project::load(&[PathBuf::from(".")], &Dot(&memory)).unwrap();
    let options = pipec::check::Options { all_targets: true, ..Default::default() };
    let checked = pipec::check::check(&loaded, &Dot(&memory), &options).unwrap();
    (loaded, checked)
}

/// One brace too many or too few, at every place of every example.
fn brace_mutants(text: &str) -> Vec<(&'static str, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let with = |at: usize, new: &[String]| {
        let mut out: Vec<String> = lines.iter().map(ToString::to_string).collect();
        out.splice(at..=at, new.iter().cloned());
        out.join("\n") + "\n"
    };
    let mut out = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let code = line.split('#').next().unwrap_or("").trim_end();
        let indent = &line[..line.len() - line.trim_start().len()];
        if code.trim() == "}" {
            out.push(("a doubled `}`", with(i, &[line.to_string(), line.to_string()])));
            out.push(("`}}`", with(i, &[format!("{line}}}")])));
            out.push(("a missing `}`", with(i, &[])));
        }
        if let Some(head) = code.strip_suffix('{') {
            out.push(("a missing `{`", with(i, &[head.trim_end().to_owned()])));
            out.push(("`{` on the next line", with(i, &[head.trim_end().to_owned(), format!("{indent}{{")])));
            out.push(("a doubled `{`", with(i, &[format!("{code} {{")])));
        }
    }
    out
}

fn a_misplaced_brace_costs_one_message() {
    let (mut all, mut one) = (0, 0);
    let mut more = Vec::new();
    for example in examples() {
        let files = project_files(&example);
        for (path, bytes) in files.iter().filter(|(p, _)| p.extension().is_some_and(|e| e == "pipe")) {
            for (what, changed) in brace_mutants(std::str::from_utf8(bytes).unwrap()) {
                let (_, checked) = check_changed(&files, path, changed);
                all += 1;
                if checked.diagnostics.len() == 1 {
                    one += 1;
                } else {
                    let list: Vec<&str> = checked.diagnostics.iter().map(|d| d.message.as_str()).collect();
                    more.push(format!("{}/{}: {what}: {list:?}", example.display(), path.display()));
                }
            }
        }
    }
    println!("{all} misplaced braces: {one} give exactly one message");
    more.iter().for_each(|l| println!("  {l}"));
    assert!(all > 400 && one * 100 >= all * 98);
}

/// The files below `.`, as the loader requests them.
struct Dot<'a>(&'a MemoryFiles);

impl pipec::source::Files for Dot<'_> {
    fn repository(&self, dir: &Path) -> Option<PathBuf> {
        self.0.repository(dir)
    }
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        self.0.read(path.strip_prefix(".").unwrap_or(path))
    }
    fn is_file(&self, path: &Path) -> bool {
        self.0.is_file(path.strip_prefix(".").unwrap_or(path))
    }
    fn is_dir(&self, path: &Path) -> bool {
        path == Path::new(".") || self.0.is_dir(path.strip_prefix(".").unwrap_or(path))
    }
    fn list(&self, path: &Path) -> std::io::Result<Vec<PathBuf>> {
        self.0.list(path.strip_prefix(".").unwrap_or(path))
    }
}
