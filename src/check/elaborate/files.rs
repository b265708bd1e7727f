//! Declarations of files, outside pipelines, targets and packages.

use super::Elaborator;
use super::scope::Scope;
use crate::check::messages;
use crate::model::Type;
use crate::syntax::ast::{BindingKind, DeclKind, Item, ValueKind};
use crate::syntax::words::is_reserved;

impl Elaborator<'_> {
    /// Evaluates the constants of every file, used or not.
    pub fn constants(&mut self) {
        let symbols = self.symbols;
        for (unit, file) in symbols.project.units.iter().enumerate() {
            for item in &file.ast.items {
                let Item::Binding(b) = item else { continue };
                let scope = Scope::file(unit);
                self.refuse_reserved(&b.name);
                let wanted = match &b.ty {
                    Some(ty) => self.type_of(ty).unwrap_or(Type::Any),
                    None => Type::Any,
                };
                if let (BindingKind::Let, Some(value)) = (b.kind, &b.value) {
                    // Names of compute, and blocks of fields, are evaluated where they are used.
                    let deferred = match &value.kind {
                        ValueKind::Path(p) => {
                            p.word().is_some_and(|w| {
                                symbols.find_compute(unit, w).is_some()
                                    || is_reserved(w) && !matches!(w, "true" | "false")
                            }) || matches!(wanted, Type::Compute | Type::Enum(_))
                        }
                        ValueKind::Object(_) | ValueKind::Duration(..) | ValueKind::Range(..) => true,
                        // Its type depends on the use.
                        ValueKind::Function(name, _) => name.text == "file",
                        _ => false,
                    };
                    if !deferred {
                        let name = b.name.span;
                        self.reading.push(name);
                        self.check_type(value, scope, &wanted, &b.name, b.ty.as_ref().map(|t| t.span));
                        self.reading.pop();
                    }
                }
            }
        }
    }

    /// Reports entries that are not allowed at the top of a file.
    pub fn top_level(&mut self) {
        let symbols = self.symbols;
        for file in &symbols.project.units {
            for item in &file.ast.items {
                match item {
                    Item::Binding(b) if matches!(b.kind, BindingKind::Param | BindingKind::Output) => {
                        self.misplaced(item, "a file")
                    }
                    Item::Decl(d) if d.kind == DeclKind::Step => self.misplaced(item, "a file"),
                    Item::If(_) | Item::For(_) | Item::Call(_) => self.misplaced(item, "a file"),
                    Item::Entry(e) => {
                        self.report(messages::field_in_file(e.key.span));
                    }
                    Item::Decl(d) if matches!(d.kind, DeclKind::Cluster | DeclKind::Environment) => {
                        self.refuse_reserved(&d.name);
                    }
                    _ => {}
                }
            }
        }
    }
}
