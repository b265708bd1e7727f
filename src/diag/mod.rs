//! Diagnostics: what is wrong, where, what else is involved, and how to fix it.
//!
//! A [`Diagnostic`] contains facts and text, and is independent of terminals; [`render`] and [`formats`] show it.

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

use std::collections::BTreeSet;

use crate::source::Span;

/// Another place involved in a mistake.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    pub span: Span,
    /// Why it is shown.
    pub message: String,
}

/// An edit that removes the mistake.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fix {
    /// What it does, for a menu: "use `node_type_id`".
    pub title: String,
    /// Replacements; they never overlap.
    pub edits: Vec<Edit>,
    /// Whether it certainly preserves the intended meaning, so that `check --fix` may apply it.
    pub safe: bool,
}

/// A name that can be meant, and where it is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate<'a> {
    pub text: &'a str,
    pub declared: Option<Span>,
}

impl<'a> Candidate<'a> {
    /// A name that is not declared in a program.
    pub fn known(text: &'a str) -> Candidate<'a> {
        Candidate { text, declared: None }
    }

    /// A name that is declared at `at`.
    pub fn declared(text: &'a str, at: Span) -> Candidate<'a> {
        Candidate { text, declared: Some(at) }
    }
}

/// What a message is about, to recognize messages with the same cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Nothing has the written name; the one that was probably meant, and where it is declared.
    Unknown { written: String, meant: String, declared: Option<Span> },
    /// One of these names is missing in a part of the program.
    Missing { names: Vec<String>, within: Span },
    /// Nothing uses the declaration whose name is here.
    Unused { declared: Span },
    /// Nothing uses what an imported file declares.
    UnusedImport,
}

/// One message to the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: Code,
    pub severity: Severity,
    /// One sentence: lower case, no full stop, the user's words in backticks.
    pub message: String,
    /// The primary span.
    pub span: Span,
    /// The text at the caret; may be empty.
    pub label: String,
    /// Other places involved.
    pub related: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
    /// Edits that would fix it.
    pub fixes: Vec<Fix>,
    /// The name that it is about.
    pub cause: Option<Box<Cause>>,
    /// The member of a family in which it was found.
    pub member: Option<Box<MemberOrigin>>,
}

/// A member of a family, whose declaration is the same for all members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberOrigin {
    /// The span of the family's name.
    pub family: Span,
    /// The member as it is written, such as `load["eu"]`.
    pub name: String,
    /// The number of all members.
    pub count: usize,
}

impl Diagnostic {
    /// Creates a diagnostic with the severity of its code.
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
            cause: None,
            member: None,
        }
    }

    /// Sets the name that it is about.
    pub fn caused_by(mut self, cause: Cause) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }

    /// One of `names` is missing in `within`.
    pub fn missing<'a>(self, names: impl IntoIterator<Item = &'a str>, within: Span) -> Self {
        self.caused_by(Cause::Missing { names: names.into_iter().map(str::to_owned).collect(), within })
    }

    /// Sets the text at the caret.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// Adds another place.
    pub fn with_label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.related.push(Label { span, message: message.into() });
        self
    }

    /// Sets the help.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Sets the help, if there is any.
    pub fn maybe_help(mut self, text: Option<String>) -> Self {
        self.help = text.or(self.help);
        self
    }

    /// Adds a fix that `check --fix` may apply.
    pub fn safe_fix(self, title: impl Into<String>, edits: Vec<(Span, String)>) -> Self {
        self.offer(title.into(), edits, true)
    }

    /// Adds a fix that a person must choose.
    pub fn unsafe_fix(self, title: impl Into<String>, edits: Vec<(Span, String)>) -> Self {
        self.offer(title.into(), edits, false)
    }

    fn offer(mut self, title: String, edits: Vec<(Span, String)>, safe: bool) -> Self {
        let edits = edits.into_iter().map(|(span, text)| Edit { span, text }).collect();
        self.fixes.push(Fix { title, edits, safe });
        self
    }

    /// The message, with the text at the caret in parentheses.
    pub fn labelled_message(&self) -> String {
        match self.label.is_empty() {
            true => self.message.clone(),
            false => format!("{} ({})", self.message, self.label),
        }
    }

    /// Shows what to write at `span`, as help and as a fix to choose.
    pub fn instead(self, span: Span, text: &str) -> Self {
        self.help(format!("write `{text}`")).unsafe_fix(format!("use `{text}`"), vec![(span, text.to_owned())])
    }

    /// Suggests a similar name for the word at `span`, as help and as a fix to choose.
    pub fn closest_match(self, span: Span, nearest: Option<&str>) -> Self {
        match nearest {
            Some(name) => {
                let shown = crate::source::quote_name(name);
                self.help(format!("did you mean `{name}`?")).unsafe_fix(format!("use `{name}`"), vec![(span, shown)])
            }
            None => self,
        }
    }

    /// Suggests a similar name for `written` at `span`, and shows where it is declared. A name in quotes or braces has
    /// no edit.
    pub fn did_you_mean(self, written: &str, span: Span, near: Option<Candidate<'_>>, with_edit: bool) -> Self {
        let Some(near) = near else { return self };
        let d = match with_edit {
            true => self.closest_match(span, Some(near.text)),
            false => self.help(format!("did you mean `{}`?", near.text)),
        };
        let d = match near.declared {
            Some(declared) => d.with_label(declared, format!("`{}` is declared here", near.text)),
            None => d,
        };
        let (written, meant) = (written.to_owned(), near.text.to_owned());
        d.caused_by(Cause::Unknown { written, meant, declared: near.declared })
    }
}

/// A list of diagnostics, in the order in which they were found.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Creates an empty list.
    pub fn new() -> Self {
        Self::default()
    }

    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    pub fn extend(&mut self, other: Diagnostics) {
        self.list.extend(other.list);
    }

    /// Removes those inside `span`.
    pub fn remove_in(&mut self, span: Span) {
        self.list.retain(|d| !span.contains(d.span));
    }

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }

    /// Whether there is an error inside `span`.
    pub fn has_error_in(&self, span: Span) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error && span.contains(d.span))
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// Sets the member of a family in which they were found, unless it is known.
    pub fn found_in(mut self, member: &MemberOrigin) -> Diagnostics {
        for diagnostic in &mut self.list {
            diagnostic.member.get_or_insert_with(|| Box::new(member.clone()));
        }
        self
    }

    /// Sorts by file and span, and removes duplicates: the same code at the same place is one mistake, even if
    /// several targets or family elements have it.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.list.sort_by(|a, b| (a.span, a.code, &a.message).cmp(&(b.span, b.code, &b.message)));
        name_members(&mut self.list);
        self.list.dedup_by(|a, b| a.span == b.span && a.code == b.code);
        self.list
    }
}

/// Names the member of a family in messages that only some members have.
fn name_members(sorted: &mut [Diagnostic]) {
    let same = |a: &Diagnostic, b: &Diagnostic| a.span == b.span && a.code == b.code;
    for group in sorted.chunk_by_mut(same) {
        let names: BTreeSet<&str> = group.iter().filter_map(|d| d.member.as_ref()).map(|m| m.name.as_str()).collect();
        let count = names.len();
        let Some(first) = group.first_mut() else { continue };
        if let Some(member) = first.member.clone().filter(|m| count < m.count) {
            first.related.push(Label { span: member.family, message: format!("in `{}`", member.name) });
        }
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<T: IntoIterator<Item = Diagnostic>>(iter: T) -> Self {
        Diagnostics { list: iter.into_iter().collect() }
    }
}

/// The longest word for which a similar name is searched, in characters.
const MAX_NEAREST: usize = 128;

/// The name that `word` was probably meant to be, if any is similar enough.
///
/// Similar means equal except for case, `-` and `_`, or at most one edit per three characters; a transposition is one
/// edit. Of several, the first is taken.
pub fn closest_match<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    closest_name(word, names.into_iter().map(Candidate::known)).map(|name| name.text)
}

/// As [`closest_match`], with the place where the name is declared.
pub fn closest_name<'a>(word: &str, names: impl IntoIterator<Item = Candidate<'a>>) -> Option<Candidate<'a>> {
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
    let mut best: Option<(usize, Candidate<'a>)> = None;
    for found in names {
        let name = found.text;
        if name == word || name.len().abs_diff(word.len()) > allowed * 4 || too_different(letters, name, allowed) {
            continue;
        }
        let distance = strsim::osa_distance(&folded, &fold(name));
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, found));
        }
    }
    best.map(|(_, name)| name)
}

/// A bit set of the letters in a word, case-folded; `None` for a word that is not ASCII.
fn letters(word: &str) -> Option<u64> {
    word.is_ascii()
        .then(|| word.bytes().fold(0, |set, b| set | 1 << (if b == b'-' { b'_' } else { b.to_ascii_lowercase() } % 64)))
}

/// Whether the letters of two words differ in more than the allowed number of edits.
fn too_different(wanted: Option<u64>, name: &str, allowed: usize) -> bool {
    let (Some(a), Some(b)) = (wanted, letters(name)) else { return false };
    (a & !b).count_ones().max((b & !a).count_ones()) as usize > allowed
}

/// Joins names in backticks for a message: `a`, `b` or `c`, at most `limit`.
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

/// Adds the indefinite article to a word.
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
