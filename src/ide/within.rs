//! Which fields a body may contain: the place of a node in the table.

use crate::check::call_place;
use crate::schema::{self, Block, DEFAULTS_PLACE, Field, PLACES, Place, STEP_PLACE, Ty};
use crate::syntax::ast::{DeclKind, Item};
use crate::syntax::walk::SyntaxNode;

/// The surroundings of an entry.
#[derive(Clone, Copy, Debug)]
pub(super) enum Within {
    /// The file.
    File,
    /// The body of a declaration.
    Declared(DeclKind, &'static Place),
    /// A branch of an `if`, or the body of a `for`: fields of this kind of task, and steps.
    Branch(&'static str),
    /// The block after a call, and `defaults`.
    Fields(&'static Place),
    /// An object of the API.
    Block(&'static Block),
    /// `vars` of a target.
    Vars,
    /// A place with free names.
    Free,
}

impl Within {
    /// The innermost place of a path of nodes.
    pub(super) fn of(path: &[SyntaxNode<'_>]) -> Within {
        let mut within = Within::File;
        let mut around: Option<&Item> = None;
        for node in path {
            match node {
                SyntaxNode::Item(item) => around = Some(item),
                SyntaxNode::Body(_) => within = around.map_or(Within::Free, |item| within.inside(item)),
                _ => {}
            }
        }
        within
    }

    /// The body of an item in this place.
    fn inside(self, item: &Item) -> Within {
        match item {
            Item::Decl(d) => match PLACES.iter().find(|(keyword, _)| *keyword == d.kind.keyword()) {
                Some((_, place)) => Within::Declared(d.kind, place),
                None => Within::Free,
            },
            // It opens no scope.
            Item::When(_) => self,
            Item::If(_) => Within::Branch("condition_task"),
            Item::For(_) => Within::Branch("for_each_task"),
            Item::Call(call) => Within::Fields(call_place(&call.callee)),
            Item::Entry(entry) => match (self, entry.key.text.as_str()) {
                (Within::Declared(DeclKind::Pipeline, _), "defaults") => Within::Fields(&DEFAULTS_PLACE),
                (Within::Declared(DeclKind::Target, _), "vars") => Within::Vars,
                (_, key) => match self.field(key).map(|f| f.ty) {
                    Some(Ty::Block(block) | Ty::BlockList(block)) => Within::Block(block),
                    _ => Within::Free,
                },
            },
            _ => Within::Free,
        }
    }

    /// The row of a field that is allowed here.
    pub fn field(self, key: &str) -> Option<&'static Field> {
        match self {
            Within::Declared(_, place) | Within::Fields(place) => place.field(key),
            Within::Branch(_) => STEP_PLACE.field(key),
            Within::Block(block) => block.field(key),
            Within::File | Within::Vars | Within::Free => None,
        }
    }

    /// Every field that is allowed here.
    pub fn fields(self) -> Vec<&'static Field> {
        let of = |place: &'static Place| place.keys().filter_map(|k| place.field(k)).collect();
        match self {
            Within::Declared(_, place) | Within::Fields(place) => of(place),
            Within::Branch(kind) => {
                // The header of such a task defines what it runs.
                let fits = |f: &&Field| !schema::refuses(kind, f.key) && schema::kind_of(f.key).is_none();
                STEP_PLACE.keys().filter_map(|k| STEP_PLACE.block.field(k)).filter(fits).collect()
            }
            Within::Block(block) => block.fields.iter().collect(),
            Within::File | Within::Vars | Within::Free => Vec::new(),
        }
    }

    /// The keywords that may start an entry here.
    pub fn keywords(self) -> &'static [&'static str] {
        match self {
            Within::File => {
                &["import", "package", "let", "var", "target", "cluster", "environment", "pipeline", "when"]
            }
            Within::Declared(DeclKind::Pipeline, _) => {
                &["param", "cluster", "environment", "step", "if", "for", "when", "defaults"]
            }
            Within::Declared(DeclKind::Step, _) => {
                &["python", "notebook", "script", "sql", "dbt", "run", "output", "when", "unchecked"]
            }
            Within::Branch("for_each_task") => &["step"],
            Within::Branch(_) => &["step", "if", "for", "when"],
            Within::Declared(DeclKind::Target, _) => &["unchecked"],
            Within::Declared(..) | Within::Block(_) | Within::Fields(_) => &["when", "unchecked"],
            Within::Vars | Within::Free => &[],
        }
    }

    /// The group of mutually exclusive fields that contains `key`.
    pub fn group_of(self, key: &str) -> Option<&'static schema::Group> {
        match self {
            Within::Declared(_, place) | Within::Fields(place) => place.group_of(key),
            Within::Branch(_) => STEP_PLACE.group_of(key),
            Within::Block(block) => block.group_of(key),
            _ => None,
        }
    }
}
