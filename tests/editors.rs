//! The keywords, fields and enum values in the grammars of editors are those of the language and the table. `UPDATE=1
//! cargo test --test suite editors::` writes them.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::root;
use pipec::model::Type;
use pipec::schema::{self, Ty};
use pipec::syntax::words::{WORDS, WordPosition};
use serde_json::{Map, Value, json};

fn words(slot: WordPosition) -> Vec<&'static str> {
    WORDS.iter().filter(|w| w.slot == slot).map(|w| w.text).collect()
}

/// All fields of the table and the language.
fn fields() -> BTreeSet<&'static str> {
    let places = schema::PLACES.iter().flat_map(|(_, p)| p.keys());
    let blocks = schema::all_blocks().into_iter().flat_map(|b| b.fields).map(|f| f.key);
    let language =
        ["defaults", "unchecked", "workspace", "vars", "gpu", "host", "profile", "root_path", "artifact_path"];
    places.chain(blocks).chain(language).chain(["accelerator", "count"]).collect()
}

/// All enum values that are written as bare words.
fn members() -> BTreeSet<&'static str> {
    let places = schema::PLACES.iter().flat_map(|(_, p)| p.keys().filter_map(|k| p.field(k)));
    let blocks = schema::all_blocks().into_iter().flat_map(|b| b.fields);
    let all = places.chain(blocks).filter_map(|f| match f.ty {
        Ty::Enum(e) => Some(e.members),
        _ => None,
    });
    all.flatten()
        .copied()
        .chain(schema::ACCELERATOR.members.iter().copied())
        .filter(|m| m.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
        .filter(|m| m.starts_with(|c: char| c.is_ascii_alphabetic()))
        .collect()
}

fn alternatives<'a>(list: impl IntoIterator<Item = &'a str>) -> String {
    list.into_iter().collect::<Vec<_>>().join("|")
}

fn check(path: &Path, wanted: &str) {
    let found = std::fs::read_to_string(path).unwrap_or_default();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, wanted).unwrap();
    } else {
        assert!(found == wanted, "{} is stale: run `UPDATE=1 cargo test --test suite editors::`", path.display());
    }
}

#[test]
fn the_textmate_grammar_has_the_words_of_the_language() {
    let path = root().join("editors/vscode/syntaxes/pipe.tmLanguage.json");
    let mut grammar: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let start = "(?:^|(?<=[{,}]))\\s*";
    let name = "(?:[A-Za-z_][A-Za-z0-9_]*|`[^`\\n]*`)";
    let declarations = words(WordPosition::Declaration)
        .into_iter()
        .filter(|w| !matches!(*w, "import" | "package" | "let" | "var" | "param" | "output" | "else" | "when"));
    let calls = words(WordPosition::Call).into_iter().filter(|w| !matches!(*w, "python" | "run"));
    let values = words(WordPosition::Value).into_iter().filter(|w| *w != "existing");
    let repository = &mut grammar["repository"];
    repository["type"]["match"] = format!("\\b(?:{})\\b", alternatives(Type::NAMES.iter().copied())).into();
    repository["declaration"]["begin"] = format!("{start}({})\\s+({name})", alternatives(declarations)).into();
    repository["head"]["match"] = format!("\\b(?:{})\\b", alternatives(words(WordPosition::Head))).into();
    repository["call"]["patterns"][2]["match"] = format!("{start}({})\\b(?=\\s*\")", alternatives(calls)).into();
    repository["key"]["patterns"][0]["match"] = format!("{start}({})(?=\\s*[={{](?!=))", alternatives(fields())).into();
    repository["constant"]["match"] = format!("\\b(?:{})\\b", alternatives(values)).into();
    repository["member"]["match"] = format!("(?<![.\\w`])(?:{})(?![\\w.`])", alternatives(members())).into();
    check(&path, &format!("{grammar:#}\n"));
}

#[test]
fn the_snippets_are_the_shapes_of_the_words() {
    let mut snippets = Map::new();
    for word in WORDS.iter().filter(|w| matches!(w.slot, WordPosition::Declaration | WordPosition::Call)) {
        let body: Vec<&str> = word.shape.lines().collect();
        snippets.insert(word.text.to_owned(), json!({ "prefix": word.text, "body": body, "description": word.doc }));
    }
    check(&root().join("editors/vscode/snippets/pipe.json"), &format!("{:#}\n", Value::Object(snippets)));
}

#[test]
fn the_vim_syntax_has_the_words_of_the_language() {
    let path = root().join("editors/vim/syntax/pipe.vim");
    let text = std::fs::read_to_string(&path).unwrap();
    let (head, rest) = text.split_once("\" generated: words\n").unwrap();
    let (_, tail) = rest.split_once("\" end\n").unwrap();
    let begin = |group: &str, list: Vec<&str>| {
        format!("syn match {group} /\\%(^\\|[{{,}}]\\)\\s*\\zs\\%({})\\>\\ze\\s\\+[^ ={{]/\n", list.join("\\|") + "\\")
    };
    let keyword = |group: &str, list: Vec<&str>| {
        list.chunks(8).map(|c| format!("syn keyword {group} {}\n", c.join(" "))).collect::<String>()
    };
    let mut lists = String::new();
    lists += &begin("pipeDeclaration", words(WordPosition::Declaration).into_iter().filter(|w| *w != "else").collect());
    lists += "syn match pipeDeclaration /\\%(^\\|}\\)\\s*\\zselse\\ze\\s*{/\n";
    lists += &begin("pipeCall", words(WordPosition::Call));
    lists += &keyword("pipeHead", words(WordPosition::Head));
    lists += &keyword("pipeConstant", words(WordPosition::Value));
    lists += &keyword("pipeType", Type::NAMES.to_vec());
    lists += &keyword("pipeMember", members().into_iter().collect());
    lists += &keyword("pipeField contained", fields().into_iter().collect());
    check(&path, &format!("{head}\" generated: words\n{lists}\" end\n{tail}"));
}

/// Replaces the lines between the marks of a generated part.
fn regenerated(text: &str, comment: &str, part: &str, lines: &str) -> String {
    let (head, rest) = text.split_once(&format!("{comment} generated: {part}\n")).unwrap();
    let (_, tail) = rest.split_once(&format!("{comment} end\n")).unwrap();
    format!("{head}{comment} generated: {part}\n{lines}{comment} end\n{tail}")
}

#[test]
fn the_tree_sitter_grammar_and_its_colours_have_the_words_of_the_language() {
    let quoted = |list: &[&str], quote: char, between: &str| {
        list.iter().map(|w| format!("{quote}{w}{quote}")).collect::<Vec<_>>().join(between)
    };
    let lines = |list: &[&str], indent: &str| {
        list.chunks(8).map(|c| format!("{indent}{}\n", quoted(c, '"', " "))).collect::<String>()
    };
    let folder = root().join("editors/tree-sitter-pipe");
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();

    let path = folder.join("grammar.js");
    let names: Vec<&str> = WORDS.iter().filter(|w| w.slot != WordPosition::Value).map(|w| w.text).collect();
    let constants: Vec<&str> =
        words(WordPosition::Value).into_iter().filter(|w| !matches!(*w, "serverless" | "existing")).collect();
    let list = |name: &str, words: &[&str]| {
        let lines: String = words.chunks(8).map(|c| format!("  {},\n", quoted(c, '\'', ", "))).collect();
        format!("const {name} = [\n{lines}];\n")
    };
    let lists = list("WORDS", &names) + &list("CONSTANTS", &constants);
    check(&path, &regenerated(&read(&path), "//", "words", &lists));

    let path = folder.join("queries/highlights.scm");
    let text = regenerated(&read(&path), ";", "words", &format!("[\n{}] @keyword\n", lines(&names, "  ")));
    let any =
        |capture: &str, words: &[&str]| format!("  (#any-of? @{capture}\n{}))\n", lines(words, "    ").trim_end());
    let members: Vec<&str> = members().into_iter().collect();
    let lists = format!(
        "((type (identifier) @type.builtin)\n{}((reference . (identifier) @constant)\n{}",
        any("type.builtin", Type::NAMES),
        any("constant", &members)
    );
    check(&path, &regenerated(&text, ";", "members", &lists));

    let path = root().join("editors/emacs/pipe-ts-mode.el");
    let keywords = format!("[\n{}] @font-lock-keyword-face\n", lines(&names, "  ")).replace('"', "\\\"");
    check(&path, &regenerated(&read(&path), ";;", "words", &keywords));
}

#[test]
fn the_queries_of_editors_are_those_of_the_grammar() {
    let base = root().join("editors/tree-sitter-pipe/queries");
    let read = |name: &str| std::fs::read_to_string(base.join(name)).unwrap();
    let head = "; Made from editors/tree-sitter-pipe/queries: `UPDATE=1 cargo test --test suite editors::`.\n\n";
    // Neovim uses the same capture names.
    for name in ["highlights.scm", "folds.scm", "indents.scm", "injections.scm", "locals.scm"] {
        check(&root().join("editors/neovim/queries/pipe").join(name), &(head.to_owned() + &read(name)));
    }
    let renamed = |pairs: &[(&str, &str)]| {
        pairs.iter().fold(read("highlights.scm"), |text, (from, to)| {
            text.split('\n').map(|l| whole_word(l, from, to)).collect::<Vec<_>>().join("\n")
        })
    };
    let helix = renamed(&[
        ("@module", "@namespace"),
        ("@function.call", "@function"),
        ("@variable.member", "@variable.other.member"),
        ("@property", "@variable.other.member"),
        ("@boolean", "@constant.builtin.boolean"),
        ("@number", "@constant.numeric"),
        ("@string.escape", "@constant.character.escape"),
        ("@type.definition", "@type"),
        ("@comment.documentation", "@comment.block.documentation"),
    ]);
    let folder = root().join("editors/helix/queries/pipe");
    check(&folder.join("highlights.scm"), &(head.to_owned() + &helix));
    for name in ["injections.scm", "locals.scm"] {
        check(&folder.join(name), &(head.to_owned() + &read(name)));
    }
    let zed = renamed(&[
        ("@module", "@namespace"),
        ("@function.call", "@function"),
        ("@variable.member", "@property"),
        ("@type.definition", "@type"),
        ("@comment.documentation", "@comment.doc"),
    ]);
    let folder = root().join("editors/zed/languages/pipe");
    check(&folder.join("highlights.scm"), &(head.to_owned() + &zed));
    check(&folder.join("injections.scm"), &(head.to_owned() + &read("injections.scm")));
}

/// Renames a capture in a line.
fn whole_word(line: &str, from: &str, to: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(from) {
        let (before, after) = (&rest[..at], &rest[at + from.len()..]);
        let ends = !after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '.' || c == '_');
        out += before;
        out += if ends { to } else { from };
        rest = after;
    }
    out + rest
}
