//! Every code has a page; its wrong program gives exactly that code, and its right program gives no diagnostics.

use crate::support;
use crate::support::{check_memory, code_blocks, memory, root};
use pipec::diag::{Code, formats, page};

#[test]
fn every_page_shows_its_mistake_and_the_way_out() {
    let folder = root().join("tests/pages");
    let mut wrong = Vec::new();
    for code in Code::ALL {
        let all = code_blocks(page(*code));
        if of_an_input(*code) {
            let found: Vec<Vec<&str>> = all.iter().map(|(_, text)| imported(text)).collect();
            if found != [vec![code.id()], vec![]] {
                wrong.push(format!("{}: the inputs give {found:?}", code.id()));
            }
            continue;
        }
        let blocks: Vec<(String, String)> = all.into_iter().filter(|(kind, _)| kind == "pipe").collect();
        let [(_, bad), (_, good)] = blocks.as_slice() else {
            wrong.push(format!("{}: the page must have a wrong and a right program", code.id()));
            continue;
        };
        let files = memory(&folder, bad);
        let (loaded, checked) = check_memory(&files);
        let misleading = support::fixes::misleading(&files, &loaded, &checked.diagnostics);
        wrong.extend(misleading.into_iter().map(|m| format!("{}: {m}", code.id())));
        let found: Vec<&str> = checked.diagnostics.iter().map(|d| d.code.id()).collect();
        if found.is_empty() || found.iter().any(|id| *id != code.id()) {
            let list: Vec<String> = checked.diagnostics.iter().map(|d| formats::one_line(d, &loaded.sources)).collect();
            wrong.push(format!("{}: the wrong program gives {list:#?}", code.id()));
        }
        let (loaded, checked) = check_memory(&memory(&folder, good));
        if !checked.diagnostics.is_empty() {
            let list: Vec<String> = checked.diagnostics.iter().map(|d| formats::one_line(d, &loaded.sources)).collect();
            wrong.push(format!("{}: the right program gives {list:#?}", code.id()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a code is about an imported file.
fn of_an_input(code: Code) -> bool {
    code.id()[1..].starts_with("08")
}

/// The codes of importing a text.
fn imported(text: &str) -> Vec<&'static str> {
    let (_, found, jobs) = support::imported("input", text);
    found.diagnostics.iter().chain(jobs.iter().flat_map(|j| &j.diagnostics)).map(|d| d.code.id()).collect()
}

#[test]
fn pages_and_codes_are_the_same_set() {
    let mut ids: Vec<String> = Code::ALL.iter().map(|c| format!("{}.md", c.id())).collect();
    ids.sort();
    let mut pages: Vec<String> = std::fs::read_dir(root().join("docs/errors"))
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    pages.retain(|p| p != "README.md");
    pages.sort();
    assert_eq!(ids, pages);
    for code in Code::ALL {
        assert!(
            page(*code).starts_with(&format!("# {}: {}\n", code.id(), code.title())),
            "{}: the heading differs from the table",
            code.id()
        );
    }
}

#[test]
fn every_message_says_what_to_do() {
    let folder = root().join("tests/pages");
    for code in Code::ALL {
        let blocks = code_blocks(page(*code));
        let Some((_, bad)) = blocks.first().filter(|_| !of_an_input(*code)) else { continue };
        for d in check_memory(&memory(&folder, bad)).1.diagnostics {
            assert!(d.help.is_some(), "{} has no help: {}", code.id(), d.message);
            assert!(!d.message.ends_with('.'), "{}: a message has no full stop: {}", code.id(), d.message);
        }
    }
}
