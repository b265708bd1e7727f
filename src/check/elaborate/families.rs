//! Families, and names that exist only in other targets: what names mean once a project has been expanded.

use std::collections::{HashMap, HashSet};

use smol_str::SmolStr;

use super::Elaborator;
use super::scope::{Local, Scope};
use crate::check::messages;
use crate::diag::MemberOrigin;
use crate::source::Span;
use crate::syntax::ast::{Ident, Member};

/// Families, and what exists only in other targets.
#[derive(Debug, Default)]
pub struct Families {
    /// By the pipeline that declares it, unit and name.
    pub by_name: HashMap<(Option<SmolStr>, usize, SmolStr), FamilyDecl>,
    /// The variables of each member: by pipeline, span of the family's name, and name of the member.
    pub locals: HashMap<(Option<SmolStr>, Span, SmolStr), Vec<Local>>,
    /// Declarations in branches that do not hold.
    pub absent: Vec<Absent>,
    /// The family and index of each pipeline that is a member of one.
    pub pipelines: HashMap<SmolStr, PipelineMember>,
    /// The names in these branches, by pipeline.
    pub mentioned: HashMap<Option<SmolStr>, HashSet<SmolStr>>,
}

/// A pipeline that is a member of a family.
#[derive(Debug)]
pub struct PipelineMember {
    pub family: SmolStr,
    pub index: SmolStr,
    /// Its origin, for messages.
    pub origin: MemberOrigin,
}

/// A family of pipelines, clusters or environments.
#[derive(Debug)]
pub struct FamilyDecl {
    /// The span of its name.
    pub span: Span,
    /// The text that selects each member, and its name.
    pub members: Vec<(SmolStr, SmolStr)>,
    /// Whether members are missing, because the list is invalid or too long.
    pub broken: bool,
}

/// A declaration in a branch that does not hold.
#[derive(Debug)]
pub struct Absent {
    pub name: SmolStr,
    /// The span of its name.
    pub span: Span,
    pub kind: AbsentKind,
    /// The pipeline that declares it.
    pub within: Option<SmolStr>,
    /// The condition of the branch is invalid, so that it may exist.
    pub is_unclear: bool,
}

/// What a name of an [`Absent`] declaration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AbsentKind {
    Step,
    Compute,
    Pipeline,
    Value,
}

impl Families {
    /// A family of clusters, environments or pipelines.
    pub fn family(&self, within: Option<&SmolStr>, unit: usize, name: &str) -> Option<&FamilyDecl> {
        if self.by_name.is_empty() {
            return None;
        }
        self.by_name.get(&(within.cloned(), unit, name.into()))
    }

    /// The variables of a member, by its pipeline and declaration.
    pub fn locals(&self, within: Option<&SmolStr>, name: &Ident) -> &[Local] {
        if self.locals.is_empty() {
            return &[];
        }
        self.locals.get(&(within.cloned(), name.span, name.text.clone())).map(Vec::as_slice).unwrap_or_default()
    }

    /// The family and index of a pipeline, if it is a member of one.
    pub fn of_pipeline(&self, key: &str) -> Option<&PipelineMember> {
        self.pipelines.get(key)
    }

    /// A declaration that exists only in other targets.
    pub fn absent(&self, kind: AbsentKind, within: Option<&SmolStr>, name: &str) -> Option<&Absent> {
        let fits =
            |a: &&Absent| a.kind == kind && a.name == name && (a.within.is_none() || a.within.as_ref() == within);
        self.absent.iter().find(fits)
    }

    /// Whether a branch of a pipeline that does not hold contains a name.
    pub fn mentions(&self, within: Option<&SmolStr>, name: &str) -> bool {
        self.mentioned.get(&within.cloned()).is_some_and(|names| names.contains(name))
    }

    /// Whether a pipeline has declarations only in other targets; without one, the files.
    pub fn lacks_any(&self, within: Option<&SmolStr>) -> bool {
        self.absent.iter().any(|a| a.within.as_ref() == within)
    }
}

impl Elaborator<'_> {
    /// Reports a name that is declared only in other targets; returns whether it is one.
    pub fn is_absent(&mut self, kind: AbsentKind, within: Option<&SmolStr>, name: &str, span: Span) -> bool {
        let Some(absent) = self.families.absent(kind, within, name) else { return false };
        if !absent.is_unclear {
            self.record_link(span, absent.span);
            self.report(messages::not_in_target(span, name, self.facts.target_name(), absent.span));
        }
        true
    }

    /// Whether a name in scope of a file is that of a family.
    pub fn is_family(&self, unit: usize, name: &str) -> bool {
        self.symbols.visible_units(unit).any(|unit| self.families.family(None, unit, name).is_some())
    }

    /// The name of a declaration, or of one member of a family. Reports a family without an index, an index without a
    /// family, and a member that does not exist.
    pub fn member_name(&mut self, member: &Member, within: Option<&SmolStr>, scope: Scope<'_>) -> Option<SmolStr> {
        let name = &member.name;
        let units: Vec<usize> = self.symbols.visible_units(scope.unit).collect();
        let own = within.and_then(|_| self.families.family(within, scope.unit, &name.text));
        let family = own.or_else(|| units.into_iter().find_map(|unit| self.families.family(None, unit, &name.text)));
        match (family, &member.index) {
            (None, None) => Some(name.text.clone()),
            (None, Some(index)) => {
                let known = self.symbols.find_pipeline(scope.unit, &name.text).map(|p| p.decl.name.span);
                let known = known.or_else(|| Some(self.symbols.find_compute(scope.unit, &name.text)?.decl.name.span));
                match known {
                    Some(declared) => self.report(messages::not_a_family(index.span, &name.text, declared)),
                    // The name is reported where it is looked up.
                    None => return Some(name.text.clone()),
                }
                None
            }
            (Some(family), None) => {
                let first = family.members.first().map(|(index, _)| index.as_str());
                self.report(messages::whole_family(name.span, &name.text, family.span, first));
                None
            }
            (Some(family), Some(index)) => {
                self.record_link(name.span, family.span);
                let (constant, _) = self.constant(index, scope, "the index of a family")?;
                let wanted = constant.wire();
                if let Some((_, key)) = family.members.iter().find(|(index, _)| *index == wanted) {
                    return Some(key.clone());
                }
                if !family.broken {
                    let known: Vec<&str> = family.members.iter().map(|(index, _)| index.as_str()).collect();
                    self.report(messages::no_such_element(index.span, &name.text, &wanted, family.span, &known));
                }
                None
            }
        }
    }
}
