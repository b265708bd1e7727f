//! The documentation is correct: programs compile, indexes are complete, commands exist.

use crate::support;
use crate::support::{check_memory, code_blocks, memory, root};
use pipec::diag::{Code, formats};

/// Every page, relative to the repository. Pages of codes have their own test.
fn pages() -> Vec<String> {
    let mut out = vec!["README.md".to_owned(), "CONTRIBUTING.md".to_owned(), "docs/errors/README.md".to_owned()];
    for folder in ["docs", "docs/howto", "docs/tour"] {
        let names = support::entries(folder).into_iter().filter(|p| p.extension().is_some_and(|e| e == "md"));
        out.extend(names.map(|p| p.strip_prefix(root()).unwrap().display().to_string()));
    }
    out
}

#[test]
fn programs_in_the_documentation_have_no_mistakes() {
    let mut programs = 0;
    for page in pages() {
        let text = std::fs::read_to_string(root().join(&page)).unwrap();
        let blocks: Vec<String> =
            code_blocks(&text).into_iter().filter(|(kind, _)| kind == "pipe").map(|(_, t)| t).collect();
        for block in blocks {
            // These programs import packages that do not exist here; the test of the migration page checks them.
            if page == "docs/migrate.md" && block.contains("package ") {
                continue;
            }
            programs += 1;
            let folder = if page == "README.md" { root().join("examples/churn") } else { root().join("tests/pages") };
            let (loaded, checked) = check_memory(&memory(&folder, &block));
            let list: Vec<String> = checked.diagnostics.iter().map(|d| formats::one_line(d, &loaded.sources)).collect();
            assert!(list.is_empty(), "{page}: {list:#?}\n{block}");
        }
    }
    assert!(programs > 10, "{programs}");
}

#[test]
fn the_page_of_fields_is_that_of_the_table() {
    let printed = std::process::Command::new(env!("CARGO_BIN_EXE_pipec"))
        .args(["schema", "--format", "markdown"])
        .output()
        .unwrap();
    let path = root().join("docs/fields.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &printed.stdout).unwrap();
    }
    let kept = std::fs::read(&path).unwrap();
    assert!(kept == printed.stdout, "docs/fields.md is stale: run `UPDATE=1 cargo test --test suite docs::`");
}

#[test]
fn the_page_of_commands_is_generated() {
    let out = tempfile::tempdir().unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_pipec"));
    let status = command.args(["man", "--format", "markdown", "--out"]).arg(out.path()).status().unwrap();
    assert!(status.success());
    let printed = std::fs::read(out.path().join("cli.md")).unwrap();
    let path = root().join("docs/cli.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &printed).unwrap();
    }
    assert!(
        std::fs::read(&path).unwrap() == printed,
        "docs/cli.md is stale: run `UPDATE=1 cargo test --test suite docs::`"
    );
}

#[test]
fn data_in_the_documentation_can_be_read() {
    for page in pages() {
        for (kind, text) in code_blocks(&std::fs::read_to_string(root().join(&page)).unwrap()) {
            let wrong = match kind.split(' ').next().unwrap_or_default() {
                "json" => serde_json::from_str::<serde_json::Value>(&text).err().map(|e| e.to_string()),
                "toml" => text.parse::<toml::Table>().err().map(|e| e.to_string()),
                "python" => {
                    let mut call = std::process::Command::new("python3");
                    let ran = call.args(["-c", "import ast, sys; ast.parse(sys.argv[1])", &text]).output().unwrap();
                    (!ran.status.success()).then(|| String::from_utf8_lossy(&ran.stderr).into_owned())
                }
                "yaml" => serde_yaml_ng::from_str::<serde_yaml_ng::Value>(&text).err().map(|e| e.to_string()),
                _ => None,
            };
            assert_eq!(wrong, None, "{page}:\n{text}");
        }
    }
}

#[test]
fn commands_in_the_documentation_are_there() {
    let help = std::process::Command::new(env!("CARGO_BIN_EXE_pipec")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for page in pages() {
        for (kind, text) in code_blocks(&std::fs::read_to_string(root().join(&page)).unwrap()) {
            if kind.split(' ').next() != Some("sh") {
                continue;
            }
            for line in text.lines().filter_map(|l| l.trim().strip_prefix("pipec ")) {
                let word = line.split_whitespace().next().unwrap_or_default();
                assert!(word.starts_with('-') || help.contains(&format!("\n  {word} ")), "{page}: pipec {line}");
            }
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
    for (kind, toml) in code_blocks(&std::fs::read_to_string(root().join("docs/settings.md")).unwrap()) {
        assert_eq!(kind, "toml");
        let mut files =
            memory(&root().join("tests/pages"), "pipeline p {\n  step a {\n    notebook \"/Shared/a\"\n  }\n}\n");
        files.insert("pipec.toml", toml);
        assert!(check_memory(&files).1.diagnostics.is_empty());
    }
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
    for page in pages() {
        let path = root().join(&page);
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
    let of_values = pipec::syntax::words::WordPosition::Value;
    let mut known: Vec<&str> =
        pipec::syntax::words::WORDS.iter().filter(|w| w.slot != of_values).map(|w| w.text).collect();
    known.sort_unstable();
    assert_eq!(words, known);
}

/// The words of a rule that end with `kw`.
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

/// In the last column of the tables in `docs/security.md`, every name is a test or a file.
#[test]
fn each_row_on_security_names_its_test() {
    let mut tests = String::new();
    for path in support::entries("tests").into_iter().filter(|p| p.extension().is_some_and(|e| e == "rs")) {
        tests += &std::fs::read_to_string(path).unwrap();
    }
    let text = std::fs::read_to_string(root().join("docs/security.md")).unwrap();
    let rows = text.lines().filter(|l| l.starts_with("| ") && !l.ends_with(" held by |"));
    let mut count = 0;
    for row in rows {
        let named = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        let names: Vec<&str> = named.split('`').skip(1).step_by(2).collect();
        let is_there =
            |name: &&str| root().join(name).exists() || *name == "zizmor" || tests.contains(&format!("fn {name}()"));
        assert!(!names.is_empty() && names.iter().all(is_there), "{row}");
        count += 1;
    }
    assert!(count > 25, "{count}");
}
