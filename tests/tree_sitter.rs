//! Compares the tree-sitter grammar with the compiler: both must see the same things at the same places.

use crate::support::jobs::lines;
use crate::support::render;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use libtest_mimic::{Failed, Trial};

use crate::support::{programs, root};
use pipec::source::FileId;
use pipec::syntax::ast::{Binding, BindingKind, Decl, DeclKind, Item};
use pipec::syntax::walk::{SyntaxNode, walk};
use tree_sitter::{Language, Parser, Query};
use tree_sitter_loader::{CompileConfig, Loader};

/// The kind of a node, and its bytes.
type Seen = BTreeSet<(&'static str, u32, u32)>;

/// Compiled with the local C compiler, as an editor does.
fn language() -> &'static Language {
    static LANGUAGE: OnceLock<Language> = OnceLock::new();
    LANGUAGE.get_or_init(|| {
        let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("tree-sitter");
        std::fs::create_dir_all(&home).unwrap();
        let source = root().join("editors/tree-sitter-pipe/src");
        let mut config = CompileConfig::new(&source, None, Some(home.join("pipe.so")));
        config.name = "pipe".to_owned();
        Loader::with_parser_lib_path(home).load_language_at_path(config).unwrap()
    })
}

fn kind(item: &Item) -> &'static str {
    match item {
        Item::Import(_) => "import",
        Item::Package(_) => "package",
        Item::Binding(b) => match b.as_ref() {
            Binding { kind: BindingKind::Let, .. } => "let",
            Binding { kind: BindingKind::Var, .. } => "var",
            Binding { kind: BindingKind::Param, .. } => "param",
            Binding { kind: BindingKind::Output, .. } => "output",
        },
        Item::Decl(d) => match d.as_ref() {
            Decl { kind: DeclKind::Target, .. } => "target",
            Decl { kind: DeclKind::Pipeline, .. } => "pipeline",
            Decl { kind: DeclKind::Cluster, .. } => "cluster",
            Decl { kind: DeclKind::Environment, .. } => "environment",
            Decl { kind: DeclKind::Step, .. } => "step",
        },
        Item::If(_) => "if",
        Item::For(_) => "for",
        Item::Call(_) => "call",
        Item::When(_) => "when",
        Item::Spread(_) => "spread",
        Item::Entry(_) => "entry",
        Item::Bad(_) => "ERROR",
    }
}

/// What the compiler sees; `None` for a text with syntax errors.
fn by_compiler(text: &str) -> Option<Seen> {
    let parsed = pipec::syntax::parse(FileId(0), text);
    if parsed.diagnostics.iter().next().is_some() {
        return None;
    }
    let mut seen = Seen::new();
    walk(&parsed.file, &mut |node| {
        if let SyntaxNode::Item(Item::Entry(e)) = node
            && e.is_string_key
        {
            seen.insert(("string", e.key.span.start, e.key.span.end));
        }
        let kind = match node {
            SyntaxNode::Item(item) => kind(item),
            SyntaxNode::Body(_) => "block",
            SyntaxNode::Argument(_) => "argument",
            SyntaxNode::Family(_) => "family",
            SyntaxNode::Type(_) => "type",
            SyntaxNode::Str(_) => "string",
            _ => return,
        };
        seen.insert((kind, node.span().start, node.span().end));
    });
    Some(seen)
}

/// What the grammar of editors sees, or where it has an error.
fn by_editor(parser: &mut Parser, text: &str) -> Result<Seen, String> {
    let tree = parser.parse(text, None).unwrap();
    let mut seen = Seen::new();
    let mut stack = vec![tree.root_node()];
    while let Some(node) = stack.pop() {
        if node.is_error() || node.is_missing() {
            let line = node.start_position().row;
            return Err(format!("line {}: {}", line + 1, text.lines().nth(line).unwrap_or("")));
        }
        let kinds = [
            "import",
            "package",
            "let",
            "var",
            "param",
            "output",
            "target",
            "pipeline",
            "cluster",
            "environment",
            "step",
            "if",
            "for",
            "when",
            "spread",
            "call",
            "entry",
            "block",
            "argument",
            "family",
            "type",
            "string",
        ];
        let kind = if node.kind() == "text_block" { "string" } else { node.kind() };
        if let Some(kind) = kinds.into_iter().find(|k| *k == kind && node.is_named()) {
            seen.insert((kind, node.start_byte() as u32, node.end_byte() as u32));
        }
        stack.extend((0..node.child_count()).filter_map(|i| node.child(i)));
    }
    Ok(seen)
}

/// The queries of all editors, with their paths.
fn queries() -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut stack = vec![root().join("editors")];
    while let Some(path) = stack.pop() {
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        if path.is_dir() && !path.ends_with("node_modules") {
            stack.extend(crate::support::entries(&name));
        } else if path.extension().is_some_and(|e| e == "scm") {
            out.push((name, std::fs::read_to_string(&path).unwrap()));
        } else if path.ends_with("pipe-ts-mode.el") {
            let text = std::fs::read_to_string(&path).unwrap();
            let query = text.split_once("--colours\n  \"").unwrap().1.split_once("\"\n  \"What").unwrap().0;
            out.push((name, query.replace("\\\"", "\"")));
        }
    }
    out
}

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("tree_sitter::every query of an editor fits the grammar", || {
            queries_fit();
            Ok(())
        }),
        Trial::test("tree_sitter::programs are read as the compiler reads them", || {
            let all = programs();
            assert!(alike(&all)? > 300, "only {} programs", all.len());
            Ok(())
        }),
    ]
}

/// Jobs written out field by field.
pub fn read_alike(path: &Path) -> Result<(), Failed> {
    let source =
        |line: &serde_json::Value| (line["id"].as_str().unwrap().to_owned(), render::source("job", &line["job"]));
    alike(&lines(path).iter().map(source).collect::<Vec<_>>()).map(drop)
}

fn queries_fit() {
    let language = language();
    let queries = queries();
    for (name, text) in &queries {
        if let Err(e) = Query::new(language, text) {
            panic!("{name}: {e}");
        }
    }
    assert!(queries.len() >= 20, "only {} queries", queries.len());
}

/// Compares both on programs; returns how many the compiler accepts.
fn alike(all: &[(String, String)]) -> Result<usize, Failed> {
    let mut parser = Parser::new();
    parser.set_language(language()).unwrap();
    let mut read = 0;
    let mut wrong = Vec::new();
    for (name, text) in all {
        let Some(compiler) = by_compiler(text) else { continue };
        read += 1;
        match by_editor(&mut parser, text) {
            Err(at) => wrong.push(format!("{name}: {at}")),
            Ok(editor) if editor != compiler => {
                let say =
                    |(kind, from, to): &(&str, u32, u32)| format!("{kind} {:?}", &text[*from as usize..*to as usize]);
                let one: Vec<String> = editor.difference(&compiler).map(say).collect();
                let other: Vec<String> = compiler.difference(&editor).map(say).collect();
                wrong.push(format!("{name}: the editor sees {one:#?}, the compiler {other:#?}"));
            }
            Ok(_) => {}
        }
    }
    match wrong.is_empty() {
        true => Ok(read),
        false => Err(format!("{} of {read}:\n{}", wrong.len(), wrong.join("\n")).into()),
    }
}
