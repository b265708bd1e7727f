//! `when`: which of its branches holds for a target.

use smol_str::SmolStr;

use super::Elaborator;
use super::eval::{Const, ValueSite};
use super::scope::Scope;
use crate::check::messages;
use crate::diag::closest_match;
use crate::schema::{Eval, TARGET_PLACE, Ty, facts, key};
use crate::source::Span;
use crate::syntax::ast::{Ident, Path, Segment, Value, ValueKind, When};
use crate::syntax::walk::SyntaxNode;

/// Which branch of a `when` holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChosenBranch {
    Then,
    Else,
    /// It depends on a member of a family, which is not known yet.
    Later,
    /// The condition is invalid, which is reported.
    Unclear,
}

/// Names that a condition cannot use, or not yet.
#[derive(Clone, Copy, Default)]
pub struct Unavailable<'s> {
    /// Variables of step families.
    pub later: &'s [SmolStr],
    /// Params, loop variables, and steps of the pipeline.
    pub at_run_time: &'s [SmolStr],
}

impl Elaborator<'_> {
    /// Decides a `when`.
    pub fn choose(&mut self, when: &When, scope: Scope<'_>, unavailable: Unavailable<'_>) -> ChosenBranch {
        let sides = || std::iter::once(&when.left).chain(when.right.iter().map(|(_, right)| right));
        let mut later = false;
        let mut reads_var = false;
        for value in sides() {
            let mut paths: Vec<&Path> = Vec::new();
            SyntaxNode::Value(value).walk(&mut |node| {
                if let SyntaxNode::Value(Value { kind: ValueKind::Path(path), .. }) = node {
                    paths.push(path);
                }
            });
            for path in paths {
                let name = &path.head.text;
                if scope.local(name).is_some() {
                    continue;
                }
                later |= unavailable.later.contains(name);
                reads_var |= self.symbols.vars.contains_key(name);
                if self.is_run_time(path, scope, unavailable) {
                    self.report(messages::run_time_choice(path.head.span, self.sources.slice(value.span)));
                    return ChosenBranch::Unclear;
                }
            }
        }
        if later {
            return ChosenBranch::Later;
        }
        let Some(holds) = self.holds(when, scope) else { return ChosenBranch::Unclear };
        // `--var` may set a var to any value.
        if !reads_var {
            let at = sides().fold(when.left.span, |at, value| at.to(value.span));
            *self.findings.usage.conditions.entry(at).or_default() |= holds;
        }
        if holds { ChosenBranch::Then } else { ChosenBranch::Else }
    }

    fn is_run_time(&self, path: &Path, scope: Scope<'_>, unavailable: Unavailable<'_>) -> bool {
        let name = &path.head.text;
        let of_pipeline = |p: &super::scope::PipelineScope<'_>| {
            p.param(name).is_some() || !path.rest.is_empty() && p.steps.contains_key(name)
        };
        let is_constant = self.symbols.find_let(scope.unit, name).is_some() || self.symbols.vars.contains_key(name);
        let is_fact = !path.rest.is_empty() && facts::ROOTS.contains(&name.as_str());
        scope.pipe.is_some_and(of_pipeline) || !is_constant && (is_fact || unavailable.at_run_time.contains(name))
    }

    fn holds(&mut self, when: &When, scope: Scope<'_>) -> Option<bool> {
        let Some((operator, right)) = &when.right else {
            let (constant, ty) = self.constant(&when.left, scope, "a condition")?;
            let Const::Bool(holds) = constant else {
                self.report(messages::choice_without_bool(when.left.span, &ty));
                return None;
            };
            return Some(holds);
        };
        let left = self.operand(&when.left, None, scope)?;
        match operator.text.as_str() {
            "==" | "!=" => {
                let right_value = self.operand(right, Some(&when.left), scope)?;
                self.comparable(&left, &when.left, &right_value, right)?;
                Some((operator.text == "==") == equal(&left, &right_value))
            }
            "in" => {
                let items = match &right.kind {
                    ValueKind::List(items) => {
                        let read = |e: &mut Self, item| Some((e.operand(item, Some(&when.left), scope)?, item.span));
                        items.iter().map(|item| read(self, item)).collect::<Option<Vec<_>>>()?
                    }
                    _ => match self.constant(right, scope, "a condition")? {
                        (Const::List(items), _) => {
                            let operand = |constant| (Operand { constant, is_cell: false }, right.span);
                            items.into_iter().map(operand).collect()
                        }
                        (_, ty) => {
                            self.report(messages::in_without_list(right.span, &ty));
                            return None;
                        }
                    },
                };
                for (item, span) in &items {
                    let shown = Value { span: *span, kind: ValueKind::Bad };
                    self.comparable(&left, &when.left, item, &shown)?;
                }
                Some(items.iter().any(|(item, _)| equal(&left, item)))
            }
            other => {
                self.report(messages::operator_of_choice(operator.span, other));
                None
            }
        }
    }

    /// One side of a comparison. A bare word that is compared with `target.mode` is a mode.
    fn operand(&mut self, value: &Value, other: Option<&Value>, scope: Scope<'_>) -> Option<Operand> {
        if let (ValueKind::Path(path), true) = (&value.kind, other.is_some_and(|v| is_fact(v, "mode")))
            && let Some(word) = path.word()
            && !self.is_constant(word, scope)
        {
            let members = match TARGET_PLACE.field(key::MODE.name()).map(|f| f.ty) {
                Some(Ty::Enum(e)) => e.members,
                _ => &[],
            };
            if word == "none" || members.contains(&word) {
                return Some(Operand { constant: Const::Text(word.into()), is_cell: false });
            }
            self.report(messages::unknown_mode(
                value.span,
                word,
                closest_match(word, members.iter().copied()),
                members,
            ));
            return None;
        }
        let typed = self.typed(value, scope, ValueSite { name: "a condition", eval: Eval::Evaluated })?;
        let is_cell = typed.is_cell;
        let (constant, _) = self.known(typed, value.span, "a condition")?;
        if let (Const::Text(name), true) = (&constant, other.is_some_and(|v| is_fact(v, "name"))) {
            self.known_target(name, value.span);
        }
        Some(Operand { constant, is_cell })
    }

    /// Reports the name of a target that does not exist.
    fn known_target(&mut self, name: &str, span: Span) {
        let names: Vec<&Ident> = self.symbols.targets.iter().map(|t| &t.decl.name).collect();
        let is_known = if names.is_empty() { name == "default" } else { names.iter().any(|n| n.text == name) };
        if !is_known && !self.symbols.maybe_declared(name) {
            let near = closest_match(name, names.iter().map(|n| n.text.as_str()));
            let known: Vec<&str> = names.iter().map(|n| n.text.as_str()).collect();
            let d = messages::no_such_target(span, name, near, &known);
            self.report(d);
        }
    }

    fn comparable(&mut self, left: &Operand, left_at: &Value, right: &Operand, right_at: &Value) -> Option<()> {
        let same = left.is_cell
            || right.is_cell
            || matches!(
                (&left.constant, &right.constant),
                (Const::Text(_), Const::Text(_))
                    | (Const::Number(_), Const::Number(_))
                    | (Const::Bool(_), Const::Bool(_))
            );
        if !same {
            self.report(messages::different_types(
                right_at.span,
                &right.constant.ty(),
                left_at.span,
                &left.constant.ty(),
            ));
        }
        same.then_some(())
    }
}

/// One side of a comparison.
struct Operand {
    constant: Const,
    /// Whether it is the cell of a table, which is compared as text.
    is_cell: bool,
}

fn equal(left: &Operand, right: &Operand) -> bool {
    match (&left.constant, &right.constant) {
        (a, b) if left.is_cell || right.is_cell => a.wire() == b.wire(),
        (Const::Number(a), Const::Number(b)) => {
            a == b || a.parse::<f64>().ok().zip(b.parse::<f64>().ok()).is_some_and(|(a, b)| a == b)
        }
        (a, b) => a == b,
    }
}

/// Whether a value is the fact `target.NAME`.
fn is_fact(value: &Value, name: &str) -> bool {
    let ValueKind::Path(path) = &value.kind else { return false };
    let [Segment::Name(segment)] = path.rest.as_slice() else { return false };
    path.head.text == "target" && segment.text == name
}
