//! Targets: their fields, the vars they set, and the fields they set on every pipeline.

use smol_str::SmolStr;

use super::Elaborator;
use super::fields::BlockSchema;
use super::scope::Scope;
use crate::check::symbols::InFile;
use crate::model::{Mode, NodeKind, Object, Target};
use crate::schema::{Cloud, FieldKey, JOB, TARGET_PLACE, is_job_field_of_target, key};
use crate::source::{FileId, Span};
use crate::syntax::ast::{self, Decl, Item};

/// An elaborated target, and the fields it sets on every pipeline.
pub struct TargetParts<'a> {
    pub target: Target,
    /// The fields it sets on every pipeline.
    pub job: Object,
    /// Its declaration and all fields; `None` for a project without targets.
    pub declared: Option<(&'a Decl, Object)>,
}

/// Elaborates the target; without one, the result has no fields.
pub fn target_parts<'a>(elaborator: &mut Elaborator<'a>, target: Option<InFile<'a, Decl>>) -> TargetParts<'a> {
    let Some(InFile { unit, decl }) = target else {
        let root = elaborator.symbols.project.root();
        let nowhere = Span::new(root.map_or(FileId(0), |u| u.id), 0, 0);
        return TargetParts { target: Target::default(), job: Object::new(&JOB, nowhere), declared: None };
    };
    elaborator.bare_header(&decl.header, "a target");
    // Values in `vars` have any type; each is evaluated where its var is used.
    let items = decl
        .body
        .items
        .iter()
        .filter(|i| !matches!(i, Item::Entry(e) if e.key.text == key::VARS.name()))
        .cloned()
        .collect();
    let body = ast::Body { span: decl.body.span, items };
    let object = elaborator.body(&body, BlockSchema::Place(&TARGET_PLACE), Scope::file(unit));
    let workspace = object.get(key::WORKSPACE).and_then(|n| n.as_object());
    let text = |key: FieldKey| workspace.and_then(|w| w.str(key)).map(SmolStr::from);
    let folder = |key: FieldKey| match workspace.and_then(|w| w.get(key)).map(|n| &n.kind) {
        Some(NodeKind::Text(text)) => Some(text.clone().without_trailing('/')),
        _ => None,
    };
    let host = text(key::HOST);
    let target = Target {
        name: Some(decl.name.text.clone()),
        span: Some(decl.name.span),
        profile: text(key::PROFILE),
        root_path: folder(key::ROOT_PATH),
        artifact_path: folder(key::ARTIFACT_PATH),
        mode: match object.str(key::MODE) {
            Some("development") => Mode::Development,
            Some("production") => Mode::Production,
            _ => Mode::Plain,
        },
        cloud: match object.str(key::CLOUD) {
            Some(name) => Cloud::from_name(name),
            None => host.as_deref().and_then(Cloud::of_host),
        },
        host,
    };
    let mut job = object.clone();
    job.fields.retain(|f| is_job_field_of_target(f.field.key));
    TargetParts { target, job, declared: Some((decl, object)) }
}
