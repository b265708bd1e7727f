//! References in strings, such as `"{{job.run_id}}"`: checked like other references, and passed on unchanged.

use smol_str::SmolStr;

use super::Elaborator;
use super::eval::ValueSite;
use super::scope::{LocalKind, Runs, Scope, StepSymbolKind, Use};
use crate::check::messages;
use crate::diag::closest_match;
use crate::model::{Braces, Reference, Type, braces};
use crate::schema::{Eval, facts};
use crate::source::Span;

impl Elaborator<'_> {
    /// Checks the references in a part of a string, which is at `span`.
    pub fn typed_references(&mut self, text: &str, span: Span, scope: Scope<'_>, sink: ValueSite<'_>) {
        for (start, end, found) in braces(text) {
            let at = self.written_at(text, start, end, span);
            match found {
                Braces::Known(reference) => self.typed_reference(reference, at, scope, sink),
                Braces::Legacy(_) => {
                    if sink.eval == Eval::Constant {
                        self.check_placement(&Reference::Fact("job.id".into()), at, sink, true);
                    }
                }
                Braces::Literal(root) => {
                    if self.literal_roots.insert(SmolStr::from(root)) {
                        let shown = text.get(start..end).unwrap_or("");
                        self.report(messages::literal_braces(at, shown, root));
                    }
                }
                Braces::Wrong(why) => {
                    self.report(messages::bad_reference(at, &why));
                }
                Braces::NoSuchFact(whole) => {
                    let all: Vec<String> = facts::all_paths().collect();
                    self.report(messages::unknown_fact_in_braces(at, &whole, &all));
                }
            }
        }
    }

    /// The span of a part of a string. Escapes and removed indentation shift offsets between string and source; the
    /// text between braces contains neither.
    fn written_at(&self, text: &str, start: usize, end: usize, span: Span) -> Span {
        let part = text.get(start..end).unwrap_or("");
        let before = text.get(..start).map_or(0, |t| t.matches(part).count());
        match self.sources.slice(span).match_indices(part).nth(before) {
            Some((at, _)) if !part.is_empty() => {
                Span { start: span.start + at as u32, end: span.start + (at + part.len()) as u32, ..span }
            }
            _ => span,
        }
    }

    /// Records that a reference in a string uses a declaration, and a link if its span is exact.
    fn record_use_in_text(&mut self, at: Span, to: Span) {
        match self.sources.slice(at).starts_with("{{") {
            true => self.record_use(at, to),
            false => {
                self.findings.usage.declarations.insert(to);
            }
        }
    }

    fn typed_reference(&mut self, reference: Reference, at: Span, scope: Scope<'_>, sink: ValueSite<'_>) {
        self.check_placement(&reference, at, sink, true);
        let Some(pipe) = scope.pipe else { return };
        match &reference {
            Reference::Param(name) => match pipe.param(name) {
                Some((_, _, declared)) => self.record_use_in_text(at, *declared),
                None => self.undeclared_param(name, at, scope),
            },
            Reference::Input(_) if !scope.in_loop() => {
                self.report(messages::input_outside_loop(at));
            }
            Reference::Input(Some(key)) => {
                let item = scope.locals.iter().rev().find_map(|l| match &l.kind {
                    LocalKind::Input(ty) => Some(ty.clone()),
                    LocalKind::Element(..) => None,
                });
                let fits = match &item {
                    Some(Type::Record(fields)) => fields.iter().any(|(n, _)| n == key),
                    Some(ty) => matches!(ty, Type::Any | Type::Json | Type::Map(_)),
                    None => true,
                };
                if let (false, Some(ty)) = (fits, item) {
                    self.report(messages::items_without_key(at, key, &ty));
                }
            }
            _ => {}
        }
        let Some(task) = reference.task() else { return };
        let named = pipe.keys.get(task).and_then(|name| pipe.steps.get(name));
        match named {
            None => {
                if self.symbols.maybe_declared(task) {
                    return;
                }
                let keys = self
                    .suggestions
                    .among(|| pipe.steps.values().flat_map(|n| n.tasks.iter().map(|t| t.key.as_str())).collect());
                self.report(messages::unknown_step_in_braces(at, task, closest_match(task, keys)));
                return;
            }
            Some(named) => {
                if self.sources.slice(at).starts_with("{{") {
                    self.record_link(at, named.span);
                }
                if named.kind == StepSymbolKind::Inner {
                    self.report(messages::value_of_inner_step(at, named.span));
                    return;
                }
                if let Reference::Value { name, .. } = &reference {
                    match named.outputs.iter().find(|(n, ..)| n == name) {
                        Some((_, _, declared)) => self.record_use_in_text(at, *declared),
                        None if (named.runs == Runs::Python || !named.outputs.is_empty()) && !named.broken => {
                            let near = closest_match(name, named.outputs.iter().map(|(n, ..)| n.as_str()));
                            self.report(messages::never_sets(at, task, name, named.span, near));
                        }
                        None => {}
                    }
                }
            }
        }
        self.uses.push(Use { reference, span: at, from_text: true });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_are_read_as_the_platform_reads_them() {
        let one = |t| braces(t).into_iter().next().map(|(_, _, b)| b);
        assert_eq!(one("{{job.parameters.x}}"), Some(Braces::Known(Reference::Param("x".into()))));
        assert_eq!(
            one("a {{ tasks.`b-c`.values.d }}"),
            Some(Braces::Known(Reference::Value { task: "b-c".into(), name: "d".into() }))
        );
        assert_eq!(one("{{my_folder}}"), Some(Braces::Literal("my_folder")));
        assert_eq!(one("{{job_id}}"), Some(Braces::Legacy("job_id")));
        assert!(matches!(one("{{tasks.b-c.values.d}}"), Some(Braces::Wrong(_))));
        assert!(matches!(one("{{job.runid}}"), Some(Braces::NoSuchFact(_))));
        assert_eq!(
            one("{{secrets/a/b}}"),
            Some(Braces::Known(Reference::Secret { scope: "a".into(), key: "b".into() }))
        );
    }
}
