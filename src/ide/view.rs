//! One file of a snapshot, with its project.

use std::path::Path;

use super::snapshot::Snapshot;
use crate::check::{Index, Link};
use crate::model::{Pipeline, Program};
use crate::project::{Project, Unit};
use crate::source::{FileId, Files, SourceMap, Span};
use crate::syntax::ast::{self, Decl, DeclKind};
use crate::syntax::walk::{self, SyntaxNode};

/// A file, with everything known about it.
#[derive(Clone, Copy)]
pub struct FileContext<'a> {
    pub(super) snapshot: &'a Snapshot,
    /// File-system access; open buffers shadow the disk.
    pub(super) files: &'a dyn Files,
    /// The project; the first one if several contain the file.
    pub(super) project: &'a Project,
    /// What names refer to in the project.
    pub(super) index: &'a Index,
    /// The parsed file.
    pub(super) unit: &'a Unit,
}

impl<'a> FileContext<'a> {
    /// The context of a file; `None` if no project contains it.
    pub fn of(snapshot: &'a Snapshot, files: &'a dyn Files, file: FileId) -> Option<FileContext<'a>> {
        static NOTHING: Index = Index { links: Vec::new(), programs: Vec::new() };
        let at = snapshot.loaded.projects.iter().position(|p| p.unit_of(file).is_some())?;
        let project = snapshot.loaded.projects.get(at)?;
        let index = snapshot.checked.indexes.get(at).unwrap_or(&NOTHING);
        Some(FileContext { snapshot, files, project, index, unit: project.unit_of(file)? })
    }

    pub fn sources(&self) -> &'a SourceMap {
        &self.snapshot.loaded.sources
    }

    pub fn file(&self) -> FileId {
        self.unit.id
    }

    pub fn path(&self) -> &'a Path {
        &self.unit.path
    }

    /// The declaration whose name is at a span; the name itself if it declares nothing.
    pub fn declaration_of(&self, name: Span) -> Span {
        self.unit.declaration(name)
    }

    /// The text of the file.
    pub fn text(&self) -> &'a str {
        self.snapshot.loaded.sources.text(self.unit.id)
    }

    /// The tree of the file.
    pub(super) fn tree(&self) -> &'a ast::File {
        &self.unit.ast
    }

    /// The text of a span of any file.
    pub fn slice(&self, span: Span) -> &'a str {
        self.snapshot.loaded.sources.slice(span)
    }

    /// The nodes around a byte, outermost first.
    pub(super) fn at(&self, offset: u32) -> Vec<SyntaxNode<'a>> {
        walk::at(&self.unit.ast, offset)
    }

    /// The declaration of the name at a byte, which may be a use or its own name.
    pub(super) fn declaration(&self, offset: u32) -> Option<Link> {
        self.use_at(offset).or_else(|| {
            let (name, role) = walk::name(&self.at(offset))?;
            names_something(role).then_some(Link { at: name.span, to: name.span })
        })
    }

    /// The use of a name at a byte. Of several meanings, a declaration of this pipeline comes first, then one of a
    /// `.pipe` file.
    pub(super) fn use_at(&self, offset: u32) -> Option<Link> {
        let own = self.pipeline_at(offset).map(|d| d.span);
        let word = word_at(self, offset).map(|span| self.slice(span));
        self.index.declarations(self.unit.id, offset).min_by_key(|l| {
            let here = own.is_some_and(|own| own.contains(l.to));
            let named_so = Some(self.slice(l.to)) == word;
            (!here, self.project.unit_of(l.to.file).is_none(), !named_so, l.at.end - l.at.start)
        })
    }

    /// The program per target.
    pub(super) fn programs(&self) -> impl Iterator<Item = &'a Program> {
        self.index.programs.iter()
    }

    /// The pipeline whose name is at a span, in each program.
    pub(super) fn pipelines(&self, declared: Span) -> impl Iterator<Item = (&'a Program, &'a Pipeline)> {
        self.programs().filter_map(move |p| Some((p, p.pipelines.iter().find(|l| l.span == declared)?)))
    }

    /// The pipeline around a byte.
    pub(super) fn pipeline_at(&self, offset: u32) -> Option<&'a Decl> {
        walk::declaration(&self.at(offset), DeclKind::Pipeline)
    }

    /// The units in scope of this file: itself, then its imports.
    pub(super) fn seen(&self) -> impl Iterator<Item = &'a Unit> {
        let at = self.project.units.iter().position(|u| u.id == self.unit.id);
        let imports = at.and_then(|i| self.project.imports.get(i)).map(Vec::as_slice).unwrap_or_default();
        let project = self.project;
        let imported = imports.iter().filter_map(move |(_, to)| project.units.get((*to)?).map(|u| u.as_ref()));
        std::iter::once(self.unit).chain(imported)
    }
}

/// Whether a name with this role declares something that can be used elsewhere.
pub(super) fn names_something(role: walk::Role) -> bool {
    use walk::Role;
    matches!(role, Role::Declared(_) | Role::Bound(_) | Role::Package | Role::Condition | Role::Loop | Role::Variable)
}

/// The word of letters, digits and `_` around a byte.
pub(super) fn word_at(view: &FileContext<'_>, offset: u32) -> Option<Span> {
    let text = view.text();
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let before = text.get(..offset as usize)?;
    let start = before
        .rfind(|c| !part(c))
        .map_or(0, |i| i + before.get(i..).and_then(|r| r.chars().next()).map_or(1, char::len_utf8));
    let after = text.get(offset as usize..)?;
    let end = offset as usize + after.find(|c| !part(c)).unwrap_or(after.len());
    (start < end).then(|| Span::new(view.unit.id, start as u32, end as u32))
}
