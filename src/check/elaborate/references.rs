//! References in strings, such as `"{{job.run_id}}"`: checked like other references, and passed on unchanged.

use smol_str::SmolStr;

use super::Elaborator;
use super::eval::ValueSite;
use super::origins::Origins;
use super::scope::{LocalKind, Runs, Scope, StepSymbolKind, Use};
use crate::check::messages;
use crate::diag::{Candidate, closest_name};
use crate::model::{Braces, Reference, Type, braces};
use crate::schema::{Eval, facts};
use crate::source::Span;

impl Elaborator<'_> {
    /// Checks the references in a string, except those that an interpolation contains, which were checked there.
    pub fn typed_references(&mut self, text: &str, mut origins: Origins, scope: Scope<'_>, sink: ValueSite<'_>) {
        for (start, end, found) in braces(text) {
            let Some(at) = origins.locate(self.sources, text.get(start..end).unwrap_or(""), start) else { continue };
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
                    let mut all: Vec<String> = facts::all_paths().collect();
                    if let Some(pipe) = scope.pipe {
                        all.extend(pipe.params.iter().map(|(name, ..)| format!("job.parameters.{name}")));
                        all.extend(pipe.steps.iter().flat_map(|(step, named)| {
                            named.outputs.iter().map(move |(output, ..)| format!("tasks.{step}.values.{output}"))
                        }));
                    }
                    all.sort_unstable();
                    self.report(messages::unknown_fact_in_braces(at, &whole, &all));
                }
            }
        }
    }

    /// Whether a reference in a string is written as one, without interpolations.
    fn is_verbatim(&self, at: Span) -> bool {
        let written = self.sources.slice(at);
        written.starts_with("{{") && !written.contains("${")
    }

    /// Records that a reference in a string uses a declaration, and a link if a rename can replace it.
    fn record_use_in_text(&mut self, at: Span, to: Span) {
        match self.is_verbatim(at) {
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
        let named = pipe.step_of_key(task);
        match named {
            None => {
                if self.symbols.maybe_declared(task) {
                    return;
                }
                let keys = self.suggestions.among(|| {
                    pipe.steps
                        .values()
                        .flat_map(|n| n.tasks.iter().map(|t| Candidate::declared(&t.key, n.span)))
                        .collect()
                });
                self.report(messages::unknown_step_in_braces(at, task, closest_name(task, keys)));
                return;
            }
            Some(named) => {
                if self.is_verbatim(at) {
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
                            let near =
                                closest_name(name, named.outputs.iter().map(|(n, _, at)| Candidate::declared(n, *at)));
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
        assert_eq!(one("{{job.parameters.[a b]}}"), Some(Braces::Known(Reference::Param("a b".into()))));
        assert_eq!(
            one("{{tasks[b-c].values.[d]}}"),
            Some(Braces::Known(Reference::Value { task: "b-c".into(), name: "d".into() }))
        );
        assert!(matches!(one("{{job.parameters.[]}}"), Some(Braces::Wrong(_))));
        assert!(matches!(one("{{job.parameters.[a}}"), Some(Braces::Wrong(_))));
        assert!(matches!(one("{{tasks.b-c.values.d}}"), Some(Braces::Wrong(_))));
        assert!(matches!(one("{{job.runid}}"), Some(Braces::NoSuchFact(_))));
        assert_eq!(
            one("{{secrets/a/b}}"),
            Some(Braces::Known(Reference::Secret { scope: "a".into(), key: "b".into() }))
        );
    }
}
