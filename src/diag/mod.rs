//! Diagnostics: what is wrong, where, what else is involved, and the way out.
//!
//! A [`Diagnostic`] holds facts and text and knows nothing of terminals; [`render`] and [`formats`] show it.

mod code;
mod edit;
pub mod formats;
mod page;
pub mod render;
#[cfg(test)]
pub(crate) mod samples;

pub use code::{Anchor, Code, Severity};
pub use edit::{Edit, applied, by_file, sure_edits};
pub use page::page;

use crate::source::Span;

/// Another place that has to do with a mistake.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// Why it is shown.
    pub message: String,
}

/// A change of the source that removes the mistake.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fix {
    /// What it does, for a menu: "use `node_type_id`".
    pub title: String,
    /// Replacements; they never overlap.
    pub edits: Vec<Edit>,
    /// Whether it certainly keeps the meaning intended, so that `check --fix` may apply it.
    pub safe: bool,
}

/// One message to the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of mistake.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// One sentence: lower case, no full stop, the user's words in backticks.
    pub message: String,
    /// The exact place.
    pub span: Span,
    /// What the caret says; empty for a bare caret.
    pub label: String,
    /// The other places involved.
    pub related: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
    /// Changes that would mend it.
    pub fixes: Vec<Fix>,
}

impl Diagnostic {
    /// A message with the severity that its code has.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity: code.severity(),
            message: message.into(),
            span,
            label: String::new(),
            related: Vec::new(),
            help: None,
            fixes: Vec::new(),
        }
    }

    /// Sets the text beside the caret.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// Points at another place.
    pub fn with_label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.related.push(Label { span, message: message.into() });
        self
    }

    /// Says what to do.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Says what to do, if there is something to say.
    pub fn maybe_help(mut self, text: Option<String>) -> Self {
        self.help = text.or(self.help);
        self
    }

    /// Offers a change that `check --fix` may apply.
    pub fn safe_fix(self, title: impl Into<String>, edits: Vec<(Span, String)>) -> Self {
        self.offer(title.into(), edits, true)
    }

    /// Offers a change that a person has to choose.
    pub fn unsafe_fix(self, title: impl Into<String>, edits: Vec<(Span, String)>) -> Self {
        self.offer(title.into(), edits, false)
    }

    fn offer(mut self, title: String, edits: Vec<(Span, String)>, safe: bool) -> Self {
        let edits = edits.into_iter().map(|(span, text)| Edit { span, text }).collect();
        self.fixes.push(Fix { title, edits, safe });
        self
    }

    /// Offers the nearest name in place of the word at `span`: as help, and as a fix to choose.
    pub fn closest_match(self, span: Span, nearest: Option<&str>) -> Self {
        match nearest {
            Some(name) => {
                let shown = crate::source::quote_name(name);
                self.help(format!("did you mean `{name}`?")).unsafe_fix(format!("use `{name}`"), vec![(span, shown)])
            }
            None => self,
        }
    }
}

/// The messages of a run, in the order of their finding.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Adds all of another list.
    pub fn extend(&mut self, other: Diagnostics) {
        self.list.extend(other.list);
    }

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }

    /// Whether an error lies inside `span`.
    pub fn has_error_in(&self, span: Span) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error && span.contains(d.span))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// By file and place, each once: the same code at the same place is the same mistake, whatever the way it was
    /// met (a target, an element of a family, a file of two projects).
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.list.sort_by(|a, b| (a.span, a.code, &a.message).cmp(&(b.span, b.code, &b.message)));
        self.list.dedup_by(|a, b| a.span == b.span && a.code == b.code);
        self.list
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<T: IntoIterator<Item = Diagnostic>>(iter: T) -> Self {
        Diagnostics { list: iter.into_iter().collect() }
    }
}

/// The longest word for which a near name is sought, in characters: nobody mistypes a name that is longer.
const MAX_NEAREST: usize = 128;

/// The name in `names` that `word` was probably meant to be, if one is near enough.
///
/// Near means: equal but for case or `-` and `_`; or at most one edit in three characters, transpositions counted as one.
pub fn closest_match<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let fold = |s: &str| s.to_lowercase().replace('-', "_");
    let allowed = match word.chars().take(MAX_NEAREST + 1).count() {
        0 => return None,
        1 => 0,
        2 => 1,
        n if n > MAX_NEAREST => return None,
        n => (n / 3).clamp(1, 4),
    };
    let folded = fold(word);
    let letters = letters(word);
    let mut best: Option<(usize, &str)> = None;
    for name in names {
        if name == word || name.len().abs_diff(word.len()) > allowed * 4 || too_different(letters, name, allowed) {
            continue;
        }
        let distance = strsim::osa_distance(&folded, &fold(name));
        if distance <= allowed && best.is_none_or(|(d, b)| (distance, name) < (d, b)) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name)
}

/// Which letters are in a word, case folded: a bit for each; nothing for a word that is not ASCII.
fn letters(word: &str) -> Option<u64> {
    word.is_ascii()
        .then(|| word.bytes().fold(0, |set, b| set | 1 << (if b == b'-' { b'_' } else { b.to_ascii_lowercase() } % 64)))
}

/// Whether more letters are in one of two words alone than edits are allowed: each edit brings or takes one at most.
fn too_different(wanted: Option<u64>, name: &str, allowed: usize) -> bool {
    let (Some(a), Some(b)) = (wanted, letters(name)) else { return false };
    (a & !b).count_ones().max((b & !a).count_ones()) as usize > allowed
}

/// `a`, `b` or `c`: names in backticks for a message, at most `limit` of them.
pub fn list_names<'a>(names: impl IntoIterator<Item = &'a str>, limit: usize) -> String {
    let all: Vec<&str> = names.into_iter().collect();
    let shown: Vec<String> = all.iter().take(limit).map(|n| format!("`{n}`")).collect();
    match (shown.as_slice(), all.len() > limit) {
        ([], _) => "nothing".to_owned(),
        (list, true) => format!("{} and {} more", list.join(", "), all.len() - limit),
        ([one], false) => one.clone(),
        ([rest @ .., last], false) => format!("{} or {last}", rest.join(", ")),
    }
}

/// A word with its indefinite article.
pub fn article(word: &str) -> String {
    let vowel = word.trim_start_matches('`').to_ascii_lowercase().starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {word}", if vowel { "an" } else { "a" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_takes_the_likely_name_and_no_nonsense() {
        let names = ["node_type_id", "num_workers", "policy_id"];
        assert_eq!(closest_match("node_typ_id", names), Some("node_type_id"));
        assert_eq!(closest_match("NUM-WORKERS", names), Some("num_workers"));
        assert_eq!(closest_match("banana", names), None);
        assert_eq!(closest_match("a", ["b1", "xyz"]), None);
    }
}
