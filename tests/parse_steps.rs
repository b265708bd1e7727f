//! The number of parsing steps is linear in the length of the text, whatever the text.
//!
//! Steps are pest's count of rules, sequences and repetitions, which can be limited. The limit applies to the
//! process, so this test has its own executable.

use std::num::NonZeroUsize;

use pipec::diag::Code;
use pipec::source::FileId;
use pipec::syntax::{parse, parse_unfinished};
use proptest::prelude::*;

/// Steps per byte. A block is parsed once as a block, and once as part of an invalid line, for each bracket around
/// it.
const STEPS_PER_BYTE: usize = 1000;
/// The steps for an empty text.
const STEPS_AT_LEAST: usize = 10_000;

/// Whether the text was parsed within its steps.
fn within_steps(text: &str) -> bool {
    pest::set_call_limit(NonZeroUsize::new(STEPS_AT_LEAST + STEPS_PER_BYTE * text.len()));
    let parse = parse(FileId(0), text);
    // If the limit is exceeded, the parser of unfinished text returns nothing.
    if !parse.file.items.is_empty() && parse_unfinished(FileId(0), text).items.is_empty() {
        // It also returns nothing for some texts that are not entries.
        pest::set_call_limit(NonZeroUsize::new(usize::MAX));
        if !parse_unfinished(FileId(0), text).items.is_empty() {
            return false;
        }
    }
    !parse.diagnostics.iter().any(|d| d.code == Code::TooDeep && d.message.contains("this part of the file"))
}

/// What opens a bracket, and what may follow the closing one.
const OPENERS: &[&str] = &[
    "a {",
    "b = {",
    "b = [{",
    "let x = {",
    "var v = [",
    "param p: map = {",
    "package c = {",
    "output o = {",
    "cluster c {",
    "cluster c extends d on e({",
    "step s {",
    "step s[x in [{",
    "step s on existing({",
    "step s junk {",
    "target `t` {",
    "pipeline p {",
    "environment e {",
    "if n: a == {",
    "if n: {",
    "if n on f({",
    "if n {",
    "if n: x {",
    "} else {",
    "for f: x in [{",
    "for f: x in y parallel {",
    "for f on g({",
    "run q(a = {",
    "run q(",
    "python a:b(c = [",
    "notebook \"./n\"(a = {",
    "sql \"./q\" {",
    "dbt \"./d\"({",
    "script \"./s\"([",
    "blokk b {",
    "blokk b on c {",
    "secret({",
    "x.y = {",
    "\"k\" = {",
    "`k` = {",
    "unchecked {",
    "{",
    "[",
    "(",
];
/// What is between brackets.
const WORDS: &[&str] = &[
    "\n",
    "\n\n",
    "\n  ",
    "\n    ",
    ",",
    " ",
    "a = 1",
    "b",
    "\"text\"",
    "\"${x}\"",
    "\"${",
    "\"\"\"",
    "\"",
    "`",
    "`n`",
    "#",
    "# x\n",
    "=",
    ":",
    "..",
    "2..8",
    "90s",
    "-1",
    "junk",
    "on x",
    "after a, b",
    "extends y",
    "parallel 2",
    "is true",
    "<",
    ">",
    "\\",
    "$",
    "\u{1}",
    "\u{2}",
    "é",
    "step",
    "else",
    "in",
    "output o: int\n",
    "let y = [1, 2]\n",
];

/// Random text with brackets that open, nest and close, or do not.
fn brackets() -> impl Strategy<Value = String> {
    let word = proptest::sample::select(WORDS).prop_map(str::to_owned);
    let nest = (proptest::sample::select(OPENERS), 1..40_usize, proptest::sample::select(WORDS), 0..4_u8, 0..45_usize)
        .prop_map(|(open, times, inner, tail, close)| {
            let closing: String = open.chars().rev().filter_map(closing).collect();
            let tail = ["", "\n", " junk", ") : "][usize::from(tail)];
            format!("{}{inner}{}", open.repeat(times), format!("{closing}{tail}").repeat(close.min(times + 2)))
        });
    let mixed = proptest::collection::vec(proptest::sample::select(OPENERS), 0..30).prop_map(|openers| {
        let closing: String = openers.concat().chars().rev().filter_map(closing).collect();
        openers.concat() + &closing
    });
    proptest::collection::vec(prop_oneof![4 => word, 2 => nest, 1 => mixed], 0..40).prop_map(|parts| parts.concat())
}

fn closing(open: char) -> Option<char> {
    match open {
        '{' => Some('}'),
        '[' => Some(']'),
        '(' => Some(')'),
        _ => None,
    }
}

#[test]
fn steps_are_bounded_by_the_length_of_the_text() {
    // Texts that hung the first version, and similar ones.
    let first = (0..60).map(|i| format!("cluster c{i} {{\n  spark_conf {{\n    a = \"b\"\n")).collect::<String>();
    assert!(within_steps(&first));
    assert!(within_steps(&"pipeline p {\n  step load {\n    on ml {\n".repeat(60)));
    // Calls and families whose block was parsed again as a body, which doubled the steps for each of them.
    for (open, close) in [
        ("cluster c extends d on e({", "})\n"),
        ("step s on e({", "} junk)\n"),
        ("step s[x in [{", "} junk] {}\n"),
        ("if n: a == {", "} junk\n"),
        ("if a: f({", "} junk) {\n"),
        ("for a: x in f({", "} junk) {\n"),
    ] {
        for closed in [0, 10, 15, 20] {
            let text = format!("\n  {}\n#x {}", open.repeat(20), close.repeat(closed));
            assert!(within_steps(&text), "{text}");
        }
    }
    for open in OPENERS {
        let closing: String = open.chars().rev().filter_map(closing).collect();
        for tail in ["", " junk", ") : ", "\n"] {
            let text = format!("{}a = 1 {}", open.repeat(20), format!("{closing}{tail}").repeat(20));
            assert!(within_steps(&text), "{text}");
        }
    }
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 3000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    runner
        .run(&brackets(), |text| {
            prop_assert!(within_steps(&text), "more than {} steps a byte", STEPS_PER_BYTE);
            Ok(())
        })
        .unwrap();
}
