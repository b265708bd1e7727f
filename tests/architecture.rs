//! Checks which folder may import which, and which library may be used where.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Each folder with those that it may import. Data flows down the list, and imports go up.
const LAYERS: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("diag", &["source"]),
    ("schema", &[]),
    ("time", &[]),
    ("payload", &[]),
    ("syntax", &["source", "diag"]),
    ("python", &["source"]),
    ("package", &["source", "python"]),
    ("model", &["source", "schema"]),
    ("data", &["source", "diag", "syntax", "model"]),
    ("project", &["source", "diag", "schema", "syntax", "python", "package", "data"]),
    ("check", &["source", "diag", "schema", "time", "syntax", "python", "package", "project", "model", "data"]),
    ("lower", &["model", "package", "schema"]),
    ("emit", &["source", "lower", "package", "schema"]),
    ("fmt", &["source", "diag", "syntax"]),
    ("import", &["source", "diag", "schema", "syntax", "data", "package", "project", "model", "check", "lower", "fmt"]),
    ("graph", &["source", "model"]),
    ("advise", &["schema", "time", "package", "payload"]),
    (
        "ide",
        &[
            "source", "diag", "schema", "time", "syntax", "python", "package", "project", "model", "check", "lower",
            "graph",
        ],
    ),
    ("lsp", &["source", "diag", "fmt", "graph", "ide"]),
    ("local", &["model", "package", "emit", "payload"]),
    ("session", &["source", "diag", "schema", "project", "model", "check", "package", "lower"]),
    ("scaffold", &[]),
    ("workspace", &[]),
    ("deploy", &["schema", "package", "lower", "workspace"]),
    (
        "cli",
        &[
            "source",
            "syntax",
            "diag",
            "schema",
            "time",
            "project",
            "model",
            "check",
            "lower",
            "emit",
            "package",
            "session",
            "payload",
            "local",
            "fmt",
            "graph",
            "advise",
            "import",
            "data",
            "lsp",
            "scaffold",
            "workspace",
            "deploy",
        ],
    ),
];

/// A library, and the only places that may use it.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("pest", &["src/syntax/"]),
    ("pest_derive", &["src/syntax/"]),
    ("miette", &["src/diag/render.rs"]),
    ("memchr", &["src/syntax/bytes.rs"]),
    ("terminal_size", &["src/cli/report.rs"]),
    (
        "petgraph",
        &["src/source/cycles.rs", "src/check/elaborate/graph.rs", "src/graph/critical.rs", "src/advise/tasks.rs"],
    ),
    ("dugong", &["src/graph/layout.rs"]),
    ("unicode_width", &["src/graph/"]),
    ("clap", &["src/cli/"]),
    ("clap_mangen", &["src/cli/man.rs"]),
    ("clap_complete", &["src/cli/"]),
    ("pulldown_cmark", &["src/cli/markdown.rs"]),
    ("textwrap", &["src/cli/"]),
    ("zip", &["src/package/archive.rs"]),
    ("toml", &["src/package/", "src/project/tables.rs", "src/advise/prices.rs"]),
    ("ignore", &["src/package/select.rs"]),
    ("ruff_python_ast", &["src/python/"]),
    ("ruff_python_parser", &["src/python/"]),
    ("pep440_rs", &["src/package/"]),
    ("pep508_rs", &["src/package/"]),
    ("aho_corasick", &["src/package/secrets.rs"]),
    ("tempfile", &["src/emit/write.rs", "src/package/backend.rs", "src/local/"]),
    ("reqwest", &["src/workspace/"]),
    ("rustls", &["src/workspace/client.rs"]),
    ("ini", &["src/workspace/profiles.rs"]),
    ("fastrand", &["src/workspace/retry.rs", "src/deploy/journal.rs"]),
    ("serde", &["src/advise/prices.rs", "src/workspace/request.rs", "src/workspace/jobs.rs", "src/deploy/"]),
    (
        "jiff",
        &[
            "src/time/",
            "src/workspace/client.rs",
            "src/workspace/body.rs",
            "src/cli/explain.rs",
            "src/cli/run_local.rs",
            "src/cli/remote/",
        ],
    ),
    ("jsonc_parser", &["src/data/json.rs"]),
    ("csv_core", &["src/data/csv.rs"]),
    ("gix", &["src/source/head.rs"]),
    ("saphyr_parser", &["src/data/yaml.rs"]),
    ("hcl_edit", &["src/import/hcl.rs"]),
    ("globset", &["src/import/include.rs"]),
    ("serde_saphyr", &["src/emit/asset_bundle.rs"]),
    ("lsp_server", &["src/lsp/"]),
    ("gen_lsp_types", &["src/lsp/"]),
    ("process_wrap", &["src/local/process.rs"]),
    ("ctrlc", &["src/cli/run_local.rs", "src/cli/remote/stop.rs"]),
    ("indicatif", &["src/cli/view.rs", "src/cli/remote/"]),
];

/// Where the disk, the clock and the environment may be accessed.
const OUTSIDE_WORLD: &[&str] = &[
    "src/source/buffers.rs",
    "src/source/files.rs",
    "src/package/select.rs",
    "src/package/backend.rs",
    "src/package/tokens.rs",
    "src/emit/",
    "src/local/",
    "src/lsp/commands.rs",
    "src/lsp/answers.rs",
    "src/workspace/token.rs",
    "src/cli/",
    // Only for tests.
    "src/diag/samples.rs",
];

fn sources() -> Vec<(String, String)> {
    fn walk(dir: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    walk(&root.join("src"), &mut paths);
    paths
        .into_iter()
        .map(|p| {
            (p.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/"), std::fs::read_to_string(&p).unwrap())
        })
        .collect()
}

/// The code without comments and unit tests.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
    text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn folders_use_only_what_lies_below_them() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let Some((folder, _)) = path.strip_prefix("src/").and_then(|p| p.split_once('/')) else { continue };
        let Some((_, allowed)) = LAYERS.iter().find(|(f, _)| *f == folder) else {
            wrong.push(format!("{path}: the folder `{folder}` is not in the table of layers"));
            continue;
        };
        for part in code(&text).split("crate::").skip(1) {
            let used: String = part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if used != folder && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{path}: `{folder}` may not use `{used}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn libraries_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let code = code(&text);
        for (library, rooms) in LIBRARIES {
            let named = code
                .match_indices(&format!("{library}::"))
                .any(|(at, _)| !code[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':'));
            if named && !rooms.iter().any(|r| path.starts_with(r)) {
                wrong.push(format!("{path}: `{library}` belongs to {rooms:?}"));
            }
        }
        let touches =
            ["std::fs", "std::env", "SystemTime", "Zoned::now", "std::process"].iter().any(|w| code.contains(w));
        if touches && !OUTSIDE_WORLD.iter().any(|r| path.starts_with(r)) && path != "src/main.rs" {
            wrong.push(format!("{path}: only {OUTSIDE_WORLD:?} may touch the outside world"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_messages_make_diagnostics() {
    let wrong: Vec<String> = sources()
        .into_iter()
        .filter(|(path, text)| code(text).contains("Diagnostic::new(") && !path.starts_with("src/diag/"))
        .map(|(path, _)| path)
        .filter(|path| !path.ends_with("/messages.rs") && !path.contains("/messages/"))
        .collect();
    assert!(wrong.is_empty(), "add a constructor to `messages` of the phase: {}", wrong.join(", "));
}

#[test]
fn one_type_name_means_one_thing() {
    let mut homes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, text) in sources() {
        for line in code(&text).lines() {
            let declaration = line.strip_prefix("pub ").or_else(|| line.strip_prefix("pub(super) ")).unwrap_or(line);
            let name = ["struct ", "enum ", "trait ", "type "].iter().find_map(|word| declaration.strip_prefix(word));
            if let Some(name) = name {
                let end = name.find(|c: char| !c.is_alphanumeric()).unwrap_or(name.len());
                homes.entry(name[..end].to_owned()).or_default().push(path.clone());
            }
        }
    }
    let wrong: Vec<String> =
        homes.iter().filter(|(_, h)| h.len() > 1).map(|(name, h)| format!("{name}: {}", h.join(", "))).collect();
    assert!(wrong.is_empty(), "give each its own name:\n{}", wrong.join("\n"));
}

/// Folders in `check`, with what they must not use.
const INSIDE_CHECK: &[(&str, &[&str])] = &[
    ("src/check/elaborate/", &["rules::", "check::rules"]),
    ("src/check/rules/", &["&mut Elaborator", "Elaborator::"]),
    ("src/check/messages/", &["elaborate::", "rules::", "symbols::"]),
];

#[test]
fn rules_are_functions_over_a_finished_program() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let code = code(&text);
        for (folder, forbidden) in INSIDE_CHECK.iter().filter(|(folder, _)| path.starts_with(folder)) {
            for word in forbidden.iter().filter(|w| code.contains(**w)) {
                wrong.push(format!("{path}: `{folder}` may not name `{word}`"));
            }
        }
        if path.starts_with("src/check/rules/") && !path.ends_with("/mod.rs") {
            let own = path.trim_start_matches("src/check/rules/").trim_end_matches(".rs");
            let listed = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/check/rules/mod.rs"));
            if !listed.unwrap().contains(&format!("check: {own}::")) {
                wrong.push(format!("{path}: no rule of it is in the list of rules"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Folders whose types `lsp` must not see: what `ide` returns contains none of them.
const BEHIND_IDE: &[&str] = &["check", "model", "project", "package", "python", "lower", "syntax"];

#[test]
fn ide_shows_no_type_of_the_checker() {
    let mut wrong = Vec::new();
    for (path, text) in sources().into_iter().filter(|(path, _)| path.starts_with("src/ide/")) {
        let code = code(&text);
        let hidden: Vec<&str> = imports(&code)
            .into_iter()
            .filter(|(from, _)| BEHIND_IDE.contains(&from.split("::").next().unwrap_or_default()))
            .map(|(from, name)| if name == "self" { from.rsplit("::").next().unwrap_or_default() } else { name })
            .collect();
        for item in public_items(&code) {
            let words = item.split(|c: char| !c.is_alphanumeric() && c != '_');
            for word in words.filter(|w| hidden.contains(w)) {
                wrong.push(format!("{path}: `{word}` in `{}`", item.trim()));
            }
            if item.contains("crate::") {
                wrong.push(format!("{path}: a path in `{}`", item.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "make it `pub(super)`, or return a type of `ide`:\n{}", wrong.join("\n"));
}

/// The imports of a file from other folders: the path of the folder, and each name.
fn imports(code: &str) -> Vec<(&str, &str)> {
    let mut out = Vec::new();
    for rest in code.split("use crate::").skip(1) {
        let Some((list, _)) = rest.split_once(';') else { continue };
        let from = list.split('{').next().unwrap_or_default().trim_end_matches("::").trim();
        match list.split_once('{') {
            Some((_, names)) => out.extend(names.trim_end_matches('}').split(',').map(|n| (from, n.trim()))),
            None => out.extend(list.rsplit_once("::").map(|(from, name)| (from, name.trim()))),
        }
    }
    out
}

/// Declarations that are visible outside their folder: signatures, fields and types, without bodies.
fn public_items(code: &str) -> Vec<&str> {
    let starts = code.match_indices("pub ").map(|(at, _)| at);
    let items = starts.filter(|at| code[..*at].ends_with(|c: char| c.is_whitespace()));
    items
        .map(|at| &code[at..])
        .filter(|item| !item.starts_with("pub use"))
        .map(|item| {
            let is_field = item["pub ".len()..].split(|c: char| !c.is_alphanumeric() && c != '_').nth(1) == Some("");
            let end = item.find(if is_field { ['\n', '\n'] } else { ['{', ';'] }).unwrap_or(item.len());
            &item[..end]
        })
        .collect()
}

/// Codes that several phases report; every other code is reported by one phase.
const SHARED_CODES: &[(&str, &[&str])] = &[
    ("TooDeep", &["src/syntax/messages.rs", "src/check/messages/values.rs"]),
    ("BadText", &["src/syntax/messages.rs", "src/project/messages.rs"]),
    ("BadHeader", &["src/syntax/messages.rs", "src/check/messages/names.rs"]),
    ("GivenTwice", &["src/project/messages.rs", "src/check/messages/names.rs"]),
    ("TooMany", &["src/check/messages/values.rs", "src/import/messages.rs"]),
    ("BadInput", &["src/data/messages.rs", "src/import/messages.rs"]),
    ("InputTooLarge", &["src/data/messages.rs", "src/import/messages.rs"]),
    ("KeyTwice", &["src/data/messages.rs", "src/import/messages.rs"]),
];

#[test]
fn each_code_has_one_home() {
    let files: Vec<(String, String)> = sources()
        .into_iter()
        .filter(|(path, _)| path.ends_with("/messages.rs") || path.contains("/messages/"))
        .map(|(path, text)| (path, code(&text)))
        .collect();
    let mut wrong = Vec::new();
    for of in pipec::diag::Code::ALL {
        let name = format!("{of:?}");
        let mut homes: Vec<&str> = files
            .iter()
            .filter(|(_, text)| {
                text.match_indices(&format!("Code::{name}"))
                    .any(|(at, m)| !text[at + m.len()..].starts_with(|c: char| c.is_ascii_alphanumeric()))
            })
            .map(|(path, _)| path.as_str())
            .collect();
        homes.sort_unstable();
        let mut allowed = SHARED_CODES.iter().find(|(c, _)| *c == name).map_or(vec![], |(_, homes)| homes.to_vec());
        allowed.sort_unstable();
        if homes.len() != 1 && homes != allowed {
            wrong.push(format!("{name}: {}", homes.join(", ")));
        }
    }
    assert!(wrong.is_empty(), "codes without one home:\n{}", wrong.join("\n"));
}

#[test]
fn files_stay_small_enough_to_read() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter(|(path, _)| !path.starts_with("src/schema/"))
        .filter_map(|(path, text)| {
            let lines = text.lines().count();
            (lines > 600).then(|| format!("{path}: {lines} lines"))
        })
        .collect();
    assert!(long.is_empty(), "split these files: {}", long.join(", "));
}

/// Files that depend on each other: a value contains strings, and a string contains values.
const GRAMMAR: [&str; 2] = ["src/syntax/build.rs", "src/syntax/strings.rs"];

/// The paths in a file, from `use` or qualified names, as lists of words.
fn named_paths(code: &str) -> Vec<Vec<String>> {
    fn expand(prefix: &[String], part: &str, out: &mut Vec<Vec<String>>) {
        let words = |text: &str| {
            text.split("::").map(str::trim).filter(|w| !w.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        };
        let Some((head, rest)) = part.split_once('{') else {
            let whole = part.split(" as ").next().unwrap_or(part);
            out.push(prefix.iter().cloned().chain(words(whole)).collect());
            return;
        };
        let prefix: Vec<String> = prefix.iter().cloned().chain(words(head)).collect();
        let (mut depth, mut start) = (0, 0);
        let inner = &rest[..rest.rfind('}').unwrap_or(rest.len())];
        for (at, c) in inner.char_indices().chain([(inner.len(), ',')]) {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    if !inner[start..at].trim().is_empty() {
                        expand(&prefix, inner[start..at].trim(), out);
                    }
                    start = at + 1;
                }
                _ => {}
            }
        }
    }
    let mut out = Vec::new();
    for statement in code.split(';') {
        if let Some((before, used)) = statement.rsplit_once("use ")
            && before.lines().last().is_none_or(|l| l.trim().is_empty() || l.trim().starts_with("pub"))
        {
            expand(&[], used.trim(), &mut out);
        }
    }
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let path: String =
                code[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':')).collect();
            expand(&[], &path, &mut out);
        }
    }
    out
}

#[test]
fn no_files_need_each_other() {
    use std::collections::{BTreeMap, BTreeSet};
    let module = |path: &str| -> Vec<String> {
        let words = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
        words.split('/').map(str::to_owned).collect()
    };
    let files: Vec<(String, String)> = sources().into_iter().map(|(path, text)| (path, code(&text))).collect();
    let modules: BTreeMap<Vec<String>, &str> = files.iter().map(|(path, _)| (module(path), path.as_str())).collect();
    // Names that a folder re-exports from one of its files.
    let mut passed_on: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for (path, text) in files.iter().filter(|(p, _)| p.ends_with("/mod.rs")) {
        for used in named_paths(text).into_iter().filter(|u| u.len() == 2) {
            let folder = module(path);
            let child: Vec<String> = folder.iter().cloned().chain([used[0].clone()]).collect();
            if modules.contains_key(&child) {
                passed_on.insert(folder.into_iter().chain([used[1].clone()]).collect(), child);
            }
        }
    }
    let file_of = |path: &[String]| {
        (1..=path.len()).rev().find_map(|n| {
            let found = modules.get(&path[..n])?;
            let through = path.get(..=n).and_then(|p| passed_on.get(p)).and_then(|m| modules.get(m));
            Some(*through.unwrap_or(found))
        })
    };
    let mut needs: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (path, text) in files.iter().filter(|(p, _)| !p.ends_with("/mod.rs")) {
        let own = module(path);
        for used in named_paths(text) {
            let ups = used.iter().take_while(|w| *w == "super").count();
            let absolute: Vec<String> = match used.first().map(String::as_str) {
                Some("crate") => used[1..].to_vec(),
                Some("super") => own[..own.len().saturating_sub(ups)].iter().chain(&used[ups..]).cloned().collect(),
                _ => continue,
            };
            needs.entry(path).or_default().extend(file_of(&absolute).filter(|other| *other != path));
        }
    }
    let mut wrong = Vec::new();
    for start in needs.keys() {
        let mut reached: BTreeSet<&str> = BTreeSet::new();
        let mut next: Vec<&str> = vec![start];
        while let Some(at) = next.pop() {
            for other in needs.get(at).into_iter().flatten() {
                let of_grammar = GRAMMAR.contains(&at) && GRAMMAR.contains(other);
                if !of_grammar && reached.insert(other) {
                    next.push(other);
                }
            }
        }
        if reached.contains(start) {
            wrong.push(*start);
        }
    }
    assert!(needs.len() > 100, "the imports of {} files were read", needs.len());
    assert!(wrong.is_empty(), "files that need each other: {}", wrong.join(", "));
}
