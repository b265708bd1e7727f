//! Facts that are known at compile time: `target.name`, `git.branch`, `user.name` and so on.

use std::borrow::Cow;

use smol_str::{SmolStr, format_smolstr};

use super::Elaborator;
use super::eval::ValueSite;
use super::resolve::Resolution;
use super::scope::Scope;
use crate::check::messages;
use crate::check::symbols::InFile;
use crate::diag::closest_match;
use crate::model::{Hole, Text, TextBuilder, short_name};
use crate::schema::{Eval, FieldKey, facts, key};
use crate::source::{FilesHead, Span};
use crate::syntax::ast::{Decl, EntryValue, Item, Value, ValueKind};

/// What the facts of a target are.
#[derive(Clone, Debug, Default)]
pub struct TargetFacts {
    /// `default` without a declared target.
    name: SmolStr,
    mode: SmolStr,
    project: SmolStr,
    /// The user that deploys, if it is known.
    user: Option<SmolStr>,
    /// The `root_path` of the target, and its unit.
    root: Option<(Value, usize)>,
}

impl TargetFacts {
    /// The facts of a target of a project.
    pub fn of(target: Option<InFile<'_, Decl>>, project: SmolStr, user: Option<&SmolStr>) -> TargetFacts {
        let mode = target.and_then(|t| match field(t.decl, key::MODE) {
            Some(EntryValue::Assign(Value { kind: ValueKind::Path(path), .. })) => path.word().map(SmolStr::from),
            Some(EntryValue::Assign(Value { kind: ValueKind::Str(lit), .. })) => lit.plain(),
            _ => None,
        });
        let root = target.and_then(|t| {
            let Some(EntryValue::Block(workspace)) = field(t.decl, key::WORKSPACE) else { return None };
            let mut fields = workspace.items.iter().filter_map(entry_of(key::ROOT_PATH));
            match fields.next()? {
                EntryValue::Assign(value) => Some((value.clone(), t.unit)),
                EntryValue::Block(_) => None,
            }
        });
        TargetFacts {
            name: target.map_or("default".into(), |t| t.decl.name.text.clone()),
            mode: mode.unwrap_or("none".into()),
            project,
            user: user.cloned(),
            root,
        }
    }

    /// The name of the target.
    pub fn target_name(&self) -> &str {
        &self.name
    }

    /// The name of the project.
    pub fn project_name(&self) -> SmolStr {
        self.project.clone()
    }

    fn user(&self) -> Text {
        self.user.clone().map_or(Text::hole(Hole::UserName), Text::plain)
    }
}

fn entry_of(key: FieldKey) -> impl Fn(&Item) -> Option<&EntryValue> {
    move |item| match item {
        Item::Entry(entry) if entry.key.text == key.name() => Some(&entry.value),
        _ => None,
    }
}

fn field(decl: &Decl, key: FieldKey) -> Option<&EntryValue> {
    decl.body.items.iter().find_map(entry_of(key))
}

impl<'a> Elaborator<'a> {
    /// The value of a fact; `None` if the path is not that of a fact.
    pub fn compile_time_fact(&mut self, root: &str, rest: &[&str], span: Span) -> Option<Resolution<'a>> {
        if !facts::COMPILE_TIME_ROOTS.contains(&root) {
            return None;
        }
        let path = format!("{root}.{}", rest.join("."));
        let this = self.facts;
        let text = match path.as_str() {
            "target.name" => Text::plain(this.name.clone()),
            "target.mode" => Text::plain(this.mode.clone()),
            "project.name" => Text::plain(this.project.clone()),
            "project.root_path" => match &this.root {
                Some((value, unit)) => return Some(Resolution::Source(Cow::Borrowed(value), *unit, value.span)),
                None => self.default_root(),
            },
            "project.files_path" => match self.files_path(span) {
                Some(text) => text,
                None => return Some(Resolution::Unknown),
            },
            "user.name" => this.user(),
            "user.short_name" => match &this.user {
                Some(user) => Text::plain(short_name(user)),
                None => Text::hole(Hole::UserShortName),
            },
            "git.branch" | "git.commit" | "git.origin" => return Some(self.git_fact(&path, span)),
            _ => {
                let all = facts::COMPILE_TIME.iter().map(|f| f.path);
                self.report(messages::unknown_compile_time_fact(span, &path, closest_match(&path, all)));
                return Some(Resolution::Unknown);
            }
        };
        Some(Resolution::Fact(text))
    }

    /// The folder of the project in the workspace if the target sets none.
    fn default_root(&self) -> Text {
        let mut out = TextBuilder::default();
        out.push_str("/Workspace/Users/");
        out.push(&self.facts.user());
        out.push_str(&format_smolstr!("/.pipec/{}/{}", self.facts.project, self.facts.name));
        out.finish()
    }

    fn files_path(&mut self, span: Span) -> Option<Text> {
        let this = self.facts;
        let root = match &this.root {
            Some((value, unit)) => {
                let site = ValueSite { name: "root_path", eval: Eval::Constant };
                let read = |e: &mut Self| Some(e.typed(value, Scope::file(*unit), site)?.wire());
                self.with_constant(span, value.span, read)?
            }
            None => self.default_root(),
        };
        let mut out = TextBuilder::default();
        out.push(&root.without_trailing('/'));
        out.push_str("/files");
        Some(out.finish())
    }

    fn git_fact(&mut self, path: &str, span: Span) -> Resolution<'a> {
        let head = match self.files.head(self.symbols.project.dir()) {
            Ok(head) => head,
            Err(why) => {
                self.report(messages::no_repository(span, path, &why));
                return Resolution::Unknown;
            }
        };
        let FilesHead { branch, commit, origin } = head;
        let (value, missing) = match path {
            "git.branch" => (branch, "no branch is checked out"),
            "git.commit" => (commit, "the repository has no commit"),
            _ => (origin, "the repository has no remote `origin`"),
        };
        match value {
            Some(value) => {
                self.findings.usage.outside.insert((path.into(), value.as_str().into()));
                Resolution::Fact(Text::plain(value))
            }
            None => {
                self.report(messages::no_repository(span, path, missing));
                Resolution::Unknown
            }
        }
    }
}
