//! Output of `pipec advise`. A case is a folder in `tests/advise` with `main.pipe`, optionally `prices.toml`, and
//! `said.txt`. `UPDATE=1 cargo test --test suite advise::` writes the last one; check its numbers manually before you
//! commit them.

use crate::support;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::{entries, root};

fn advise(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pipec")).current_dir(dir).arg("advise").args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn each_case_says_what_is_kept() {
    for case in entries("tests/advise") {
        let ran = advise(&case, &["--quiet"]);
        assert!(ran.status.success(), "{}: {}", case.display(), text(&ran.stderr));
        let kept = case.join("said.txt");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&kept, &ran.stdout).unwrap();
        }
        assert_eq!(text(&ran.stdout), std::fs::read_to_string(&kept).unwrap_or_default(), "{}", kept.display());
    }
}

#[test]
fn the_page_shows_what_is_said() {
    let page = std::fs::read_to_string(root().join("docs/advise.md")).unwrap();
    let said = std::fs::read_to_string(root().join("tests/advise/a_bounded_run_has_a_price/said.txt")).unwrap();
    let (_, shown) = support::code_blocks(&page).into_iter().find(|(kind, _)| kind == "text").unwrap();
    assert!(said.starts_with(&shown), "{shown}");
}

#[test]
fn the_gate_is_shut_for_what_is_dear_or_not_known() {
    let bounded = root().join("tests/advise/a_bounded_run_has_a_price");
    for (arguments, code, word) in [
        (&["--max-cost", "30"][..], 0, ""),
        (&["--max-cost", "20"], 1, "a run of `nightly` may cost about 27 USD"),
        (&["--max-cost", "30", "--max-monthly-cost", "500"], 1, "a month of `nightly` may cost about 820 USD"),
        (&["--max-cost", "-1"], 2, "at least 0"),
        (&["--pipeline", "nightli"], 2, "did you mean `nightly`?"),
        (&["--prices", "nowhere.toml"], 2, "cannot read `nowhere.toml`"),
    ] {
        let ran = advise(&bounded, arguments);
        assert_eq!(ran.status.code(), Some(code), "{arguments:?}: {}", text(&ran.stderr));
        assert!(text(&ran.stderr).contains(word), "{arguments:?}: {}", text(&ran.stderr));
    }
    let open = advise(&root().join("tests/advise/what_is_not_known_is_said"), &["--max-cost", "1000000"]);
    assert_eq!(open.status.code(), Some(1));
    assert!(text(&open.stderr).contains("has no known upper bound of its cost"));
}

#[test]
fn assumptions_are_taken_and_told() {
    let example = root().join("examples/churn");
    let ran = advise(&example, &["--assume-hours", "2", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    let one = &told["pipelines"][0];
    assert!(one["run"]["price"].as_f64().unwrap() > 0.0);
    assert_eq!(one["run"]["gpu_hours"], 6.0, "three tries of two hours on one GPU");
    assert!(text(&advise(&example, &["--assume-hours", "2"]).stdout).contains("(`--assume-hours`)"));
}

#[test]
fn the_table_that_is_printed_is_one_that_is_read() {
    let table = text(&advise(&root(), &["--print-prices"]).stdout);
    let dir = tempfile::tempdir().unwrap();
    std::fs::copy(root().join("tests/advise/loops_and_retries/main.pipe"), dir.path().join("main.pipe")).unwrap();
    std::fs::write(dir.path().join("prices.toml"), table.replace("\"USD\"", "\"XYZ\"")).unwrap();
    assert!(text(&advise(dir.path(), &[]).stdout).contains("XYZ"));
    std::fs::write(dir.path().join("prices.toml"), table.replace("dbu = 1.0", "dbu = -1.0")).unwrap();
    let ran = advise(dir.path(), &[]);
    assert_eq!(ran.status.code(), Some(2));
    assert!(text(&ran.stderr).contains("price of `"), "{}", text(&ran.stderr));
}
