//! Names with one wrong character: does the message point at the word, and suggest the right one?

use std::path::{Path, PathBuf};

use crate::support::root;
use libtest_mimic::Trial;
use pipec::check::Checked;
use pipec::project::Loaded;
use pipec::schema::{PLACES, Ty, all_blocks};
use pipec::source::{FileId, MemoryFiles, Span};
use pipec::syntax::ast::*;
use pipec::syntax::parse;

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

/// References in a file: fields, enum values, steps, clusters.
#[derive(Default)]
struct Words(Vec<Span>);

fn is_field(name: &str) -> bool {
    all_blocks().iter().any(|b| b.field(name).is_some()) || PLACES.iter().any(|(_, p)| p.field(name).is_some())
}

fn is_map(name: &str) -> bool {
    let blocks = all_blocks();
    let mut fields = blocks.iter().filter_map(|b| b.field(name));
    fields.any(|f| matches!(f.ty, Ty::Map)) || name == "vars"
}

fn is_member(word: &str) -> bool {
    all_blocks().iter().flat_map(|b| b.fields).any(|f| matches!(f.ty, Ty::Enum(e) if e.members.contains(&word)))
}

impl Words {
    fn items(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Decl(d) => {
                    self.header(&d.header);
                    self.items(&d.body.items);
                }
                Item::If(i) => {
                    self.header(&i.header);
                    self.value(&i.left);
                    self.items(&i.then.items);
                    if let Some(b) = &i.otherwise {
                        self.items(&b.items);
                    }
                }
                Item::For(f) => {
                    self.header(&f.header);
                    self.items(&f.body.items);
                }
                Item::Call(c) => {
                    c.arguments.iter().for_each(|a| self.value(&a.value));
                    if let Some(b) = &c.body {
                        self.items(&b.items);
                    }
                }
                Item::Entry(e) => {
                    if is_field(&e.key.text) && !e.key.quoted {
                        self.0.push(e.key.span);
                    }
                    match &e.value {
                        EntryValue::Assign(v) => self.value(v),
                        EntryValue::Block(b) if !is_map(&e.key.text) => self.items(&b.items),
                        EntryValue::Block(_) => {}
                    }
                }
                _ => {}
            }
        }
    }

    fn header(&mut self, h: &Header) {
        self.0.extend(h.extends.iter().map(|e| e.span));
        self.0.extend(h.after.iter().map(|a| a.name.span));
        if let Some(on) = &h.on
            && let ValueKind::Path(p) = &on.value.kind
        {
            self.0.push(p.head.span);
        }
    }

    fn value(&mut self, v: &Value) {
        match &v.kind {
            ValueKind::Path(p) if !p.rest.is_empty() => self.0.push(p.head.span),
            ValueKind::Path(p) if is_member(&p.head.text) => self.0.push(p.head.span),
            ValueKind::List(l) => l.iter().for_each(|v| self.value(v)),
            ValueKind::Object(b) => self.items(&b.items),
            _ => {}
        }
    }
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

fn a_misspelled_name_is_pointed_at_and_mended() {
    let (mut all, mut located, mut mended) = (0, 0, 0);
    let mut missed = Vec::new();
    for example in examples() {
        let files = project_files(&example);
        for (path, bytes) in files.iter().filter(|(p, _)| p.extension().is_some_and(|e| e == "pipe")) {
            let text = String::from_utf8(bytes.clone()).unwrap();
            let mut words = Words::default();
            words.items(&parse(FileId(0), &text).file.items);
            for span in words.0 {
                let (start, end) = (span.start as usize, span.end as usize);
                let word = &text[start..end];
                for mutant in mutants(word) {
                    let changed = format!("{}{mutant}{}", &text[..start], &text[end..]);
                    let (loaded, checked) = check_changed(&files, path, changed);
                    all += 1;
                    let here = checked.diagnostics.iter().filter(|d| {
                        loaded.sources.path(d.span.file).ends_with(path)
                            && (d.span.start as usize) < start + mutant.len()
                            && start < d.span.end as usize
                            && d.span.end - d.span.start <= 80
                    });
                    let here: Vec<_> = here.collect();
                    let fix = here
                        .iter()
                        .any(|d| d.fixes.iter().any(|f| f.edits.iter().any(|e| e.text.trim_matches('"') == word)));
                    located += usize::from(!here.is_empty());
                    mended += usize::from(fix);
                    if here.is_empty() || !fix {
                        missed.push(format!(
                            "{}: {word} -> {mutant}: {:?}",
                            path.display(),
                            checked.diagnostics.iter().map(|d| &d.message).collect::<Vec<_>>()
                        ));
                    }
                }
            }
        }
    }
    let rate = |n: usize| 100.0 * n as f64 / all as f64;
    println!("{all} misspellings: located {:.1} %, right word offered {:.1} %", rate(located), rate(mended));
    if located < all || mended * 100 < all * 95 {
        missed.iter().for_each(|line| println!("  {line}"));
    }
    assert!(all > 100, "too few words were found in the examples");
    assert!(rate(located) >= 95.0 && rate(mended) >= 80.0);
}

fn examples() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("examples")).unwrap();
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
