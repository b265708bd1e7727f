//! Calls every message constructor with sample facts, for a test that reads the results.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use super::Diagnostic;
use crate::source::{FileId, Span};

/// A sample fact. There are two of each kind: `full` ones produce as much text as possible, the others as little.
pub(crate) trait Sample {
    fn sample(full: bool) -> Self;
}

/// A constructor of messages; `Facts` are its parameters.
pub(crate) trait Constructor<Facts> {
    fn call(&self, full: bool) -> Option<Diagnostic>;
}

macro_rules! constructors {
    ($(($($fact:ident)*))*) => {$(
        impl<Made, Message: Into<Option<Diagnostic>>, $($fact: Sample),*> Constructor<($($fact,)* Message)> for Made
        where
            Made: Fn($($fact),*) -> Message,
        {
            fn call(&self, full: bool) -> Option<Diagnostic> {
                // Without parameters, both are the same.
                let _ = full;
                self($($fact::sample(full)),*).into()
            }
        }
    )*};
}

constructors! {
    (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G)
}

macro_rules! samples {
    ($($ty:ty: $empty:expr, $full:expr;)*) => {$(
        impl $crate::diag::samples::Sample for $ty {
            fn sample(full: bool) -> Self {
                if full { $full } else { $empty }
            }
        }
    )*};
}
pub(crate) use samples;

/// The span of every sample.
pub(crate) const AT: Span = Span { file: FileId(0), start: 10, end: 15 };

samples! {
    Span: AT, AT;
    Option<Span>: None, Some(AT);
    FileId: FileId(0), FileId(0);
    bool: false, true;
    char: '*', '*';
    usize: 7, 7;
    u32: 7, 7;
    i64: 7, 7;
    &'static str: "thing", "thing";
    String: "thing".to_owned(), "thing".to_owned();
    Option<&'static str>: None, Some("near");
    Option<String>: None, Some("near".to_owned());
    Vec<&'static str>: vec![], vec!["one", "two", "three"];
    &'static [&'static str]: &[], &["one", "two", "three"];
    &'static [String]: &[], Vec::leak(vec!["one".to_owned(), "two".to_owned()]);
    &'static [u32]: &[], &[1, 4];
    &'static [Span]: &[], &[AT];
    Vec<(Span, String)>: vec![(AT, "near".to_owned())], vec![(AT, "near".to_owned())];
    &'static [(Span, Span)]: &[], &[(AT, AT)];
    &'static Path: Path::new("src"), Path::new("src/thing.py");
    super::Candidate<'static>: super::Candidate::known("near"), super::Candidate::declared("near", AT);
    Option<super::Candidate<'static>>: None, Some(super::Candidate::declared("near", AT));
    Option<&'static Path>: None, Some(Path::new("other.pipe"));
}

/// The messages of the constructors in `sources`, as text. `called` lists their names with a call of each.
///
/// # Panics
/// If a constructor is missing in `called`, or a message breaks a rule of style.
pub(crate) fn listing(sources: &[&str], called: Vec<(&str, [Option<Diagnostic>; 2])>) -> String {
    let names: BTreeSet<&str> = called.iter().map(|(name, _)| *name).collect();
    for source in sources {
        for part in source.split("\npub fn ").skip(1) {
            let (name, rest) = part.split_once('(').expect("a function has parameters");
            let returned = rest.split("\n").take_while(|l| !l.starts_with('}')).find(|l| l.contains("Diagnostic"));
            if returned.is_some() {
                assert!(names.contains(name), "the list of constructors lacks `{name}`");
            }
        }
    }
    let mut out = String::new();
    let mut without_edit = Vec::new();
    for (name, variants) in called {
        let mut before = String::new();
        for d in variants.into_iter().flatten() {
            let mut text = format!("{name}: {} {}\n", d.code.id(), d.message);
            if !d.label.is_empty() {
                let _ = writeln!(text, "  here: {}", d.label);
            }
            for label in &d.related {
                let _ = writeln!(text, "  also: {}", label.message);
            }
            if let Some(help) = &d.help {
                let _ = writeln!(text, "  help: {}", help.replace('\n', "\n        "));
            }
            for fix in &d.fixes {
                let _ = writeln!(text, "  {}: {}", if fix.safe { "fix" } else { "suggestion" }, fix.title);
            }
            assert!(!d.message.ends_with('.'), "{name}: a message has no full stop: {}", d.message);
            assert!(!d.message.is_empty(), "{name}: an empty message");
            let code = d.help.as_deref().and_then(pasteable);
            without_edit.extend(code.filter(|_| d.fixes.is_empty()).map(|code| format!("{name}: {code}")));
            if text != before {
                out.push_str(&text);
            }
            before = text;
        }
    }
    assert!(without_edit.is_empty(), "code in a help is also an edit: {without_edit:#?}");
    out
}

/// Code in a help that could be pasted: not a name, not a template with `...`, and not one of the examples after
/// "such as".
fn pasteable(help: &str) -> Option<&str> {
    let mut rest = help;
    let mut example = false;
    while let Some((before, tail)) = rest.split_once('`') {
        let (code, after) = tail.split_once('`')?;
        let is_code = code.contains(['=', '{', '(', '[', '"']) && code.contains(char::is_alphanumeric);
        let continues = matches!(before, ", " | " or " | " and " | ", or ");
        example = before.ends_with("such as ") || example && continues;
        let is_template = code.contains("..") || code.starts_with(['-', '$', '\\']) || code == "{{input}}";
        if is_code && !example && !is_template {
            return Some(code);
        }
        rest = after;
    }
    None
}

/// Compares a listing with `tests/messages/NAME.txt`, or writes it with `UPDATE=1`.
///
/// # Panics
/// If they differ.
pub(crate) fn compare(name: &str, listing: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages").join(format!("{name}.txt"));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().expect("it has a folder")).expect("it can be made");
        std::fs::write(&path, listing).expect("it can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(kept == listing, "{} is stale: run `UPDATE=1 cargo test --lib messages`, and read it", path.display());
}

/// Constructors by name, each called twice.
macro_rules! called {
    ($($name:ident)*) => {
        vec![$((
            stringify!($name),
            [
                $crate::diag::samples::Constructor::call(&$name, false),
                $crate::diag::samples::Constructor::call(&$name, true),
            ],
        )),*]
    };
}
pub(crate) use called;
