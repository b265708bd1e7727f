//! What the documentation shows is true: its programs compile, its index is complete, its commands exist.

mod support;

use pipec::diag::{Code, formats};
use support::{check_memory, code_blocks, memory, root};

#[test]
fn programs_in_the_documentation_have_no_mistakes() {
    for page in ["README.md", "docs/language.md", "docs/python.md"] {
        let text = std::fs::read_to_string(root().join(page)).unwrap();
        let blocks: Vec<String> =
            code_blocks(&text).into_iter().filter(|(kind, _)| kind == "pipe").map(|(_, t)| t).collect();
        assert!(!blocks.is_empty(), "{page} has no program");
        for block in blocks {
            let folder = if page == "README.md" { root().join("examples/churn") } else { root().join("tests/pages") };
            let (loaded, checked) = check_memory(&memory(&folder, &block));
            let list: Vec<String> = checked.diagnostics.iter().map(|d| formats::one_line(d, &loaded.sources)).collect();
            assert!(list.is_empty(), "{page}: {list:#?}\n{block}");
        }
    }
}

#[test]
fn the_tables_of_the_documentation_are_read() {
    let text = std::fs::read_to_string(root().join("docs/language.md")).unwrap();
    let (_, toml) = code_blocks(&text).into_iter().find(|(kind, _)| kind == "toml").unwrap();
    let mut files = memory(
        &root().join("tests/pages"),
        "cluster gpu {\n  spark_version = \"20.x-gpu-ml-scala2.13\"\n  node_type_id = \"Standard_NC80adis_H100_v6\"\n  num_workers = 1\n}\n\n\
         environment new { environment_version = \"7\" }\n\npipeline p on gpu {\n  step a {\n    notebook \"/Shared/a\"\n  }\n  step b on new {\n    notebook \"/Shared/b\"\n  }\n}\n",
    );
    assert_eq!(check_memory(&files).1.diagnostics.len(), 3, "without the table all three are unknown");
    files.insert("pipec.toml", toml);
    let (loaded, checked) = check_memory(&files);
    let list: Vec<String> = checked.diagnostics.iter().map(|d| formats::one_line(d, &loaded.sources)).collect();
    assert!(list.is_empty(), "{list:#?}");
}

#[test]
fn the_error_index_has_every_code() {
    let index = std::fs::read_to_string(root().join("docs/errors/README.md")).unwrap();
    for code in Code::ALL {
        let line = format!("- [{0}]({0}.md): {1}", code.id(), code.title());
        assert!(index.contains(&line), "docs/errors/README.md lacks the line\n{line}");
    }
    assert_eq!(index.matches("\n- [").count(), Code::ALL.len(), "the index has lines for codes that are not there");
}

#[test]
fn links_between_pages_lead_somewhere() {
    for page in [
        "README.md",
        "CONTRIBUTING.md",
        "docs/architecture.md",
        "docs/language.md",
        "docs/limits.md",
        "docs/performance.md",
        "docs/python.md",
        "docs/errors/README.md",
    ] {
        let path = root().join(page);
        let text = std::fs::read_to_string(&path).unwrap();
        for part in text.split("](").skip(1) {
            let link = part.split(')').next().unwrap();
            if !link.contains("://") {
                let target = path.parent().unwrap().join(link.split('#').next().unwrap());
                assert!(target.exists(), "{page} links to {link}, which is not there");
            }
        }
    }
}

#[test]
fn the_grammar_and_the_list_of_keywords_agree() {
    let text = std::fs::read_to_string(root().join("grammar/pipe.pest")).unwrap();
    let pairs = pest_meta::parser::parse(pest_meta::parser::Rule::grammar_rules, &text).unwrap();
    let rules = pest_meta::parser::consume_rules(pairs).unwrap();
    let mut words: Vec<String> = Vec::new();
    for rule in &rules {
        keywords(&rule.expr, &mut words);
    }
    words.sort();
    words.dedup();
    let of_values = pipec::syntax::words::Slot::Value;
    let mut known: Vec<&str> =
        pipec::syntax::words::WORDS.iter().filter(|w| w.slot != of_values).map(|w| w.text).collect();
    known.sort_unstable();
    assert_eq!(words, known);
}

/// The words of a rule at whose end `kw` stands.
fn keywords(expr: &pest_meta::ast::Expr, words: &mut Vec<String>) {
    use pest_meta::ast::Expr;
    match expr {
        Expr::Seq(a, b) => {
            let follows = match b.as_ref() {
                Expr::Ident(name) => name == "kw",
                Expr::Seq(first, _) => matches!(first.as_ref(), Expr::Ident(name) if name == "kw"),
                _ => false,
            };
            match a.as_ref() {
                Expr::Str(word) if follows => words.push(word.clone()),
                // `"in" ~ kw` groups to the left in longer sequences.
                Expr::Seq(_, last) if follows => {
                    if let Expr::Str(word) = last.as_ref() {
                        words.push(word.clone());
                    }
                    keywords(a, words);
                }
                other => keywords(other, words),
            }
            keywords(b, words);
        }
        Expr::Choice(a, b) => {
            keywords(a, words);
            keywords(b, words);
        }
        Expr::Opt(e) | Expr::Rep(e) | Expr::RepOnce(e) | Expr::PosPred(e) | Expr::NegPred(e) | Expr::Push(e) => {
            keywords(e, words)
        }
        _ => {}
    }
}

#[test]
fn what_the_page_on_migration_shows_is_what_import_gives() {
    use pipec::import::texts;
    use pipec::source::FileId;
    let page = std::fs::read_to_string(root().join("docs/migrate.md")).unwrap();
    let blocks = code_blocks(&page);
    let mut shown = 0;
    for (i, (kind, text)) in blocks.iter().enumerate() {
        if kind == "pipe" {
            let formatted = pipec::fmt::format(FileId(0), text);
            assert_eq!(formatted.as_deref().ok(), Some(text.as_str()), "program {i} is not formatted");
            if !text.contains("package ") {
                let (loaded, checked) = check_memory(&memory(&root().join("tests/pages"), text));
                let said: Vec<_> = checked.diagnostics.iter().map(|d| formats::one_line(d, &loaded.sources)).collect();
                assert!(said.is_empty(), "{said:#?}");
            }
        }
        let name = match kind.as_str() {
            "json" => "job.json",
            "hcl" => "main.tf",
            _ => continue,
        };
        let (_, found, imported) = support::imported(name, text);
        let made = texts(std::path::Path::new(name), &found, &imported);
        assert_eq!(made[0].1, blocks[i + 1].1, "what follows the {kind}");
        shown += 1;
    }
    assert_eq!(shown, 2);
}
