//! Writes dynamic references `{{...}}` as names of the language.

use super::names::name;
use super::write::{TextScope, Writer};
use crate::model::{Braces, Reference, braces};
use crate::schema::Eval;
use crate::source::literal::{escape, string};

impl<'t> Writer<'t> {
    /// Writes a string; `eval` is whether the platform evaluates references in it. Returns whether a short form was
    /// used.
    pub(super) fn text(&mut self, text: &str, eval: Eval, scope: &mut TextScope) -> (String, bool) {
        if !self.sugar || matches!(eval, Eval::Constant | Eval::Unknown) {
            return (string(text), false);
        }
        let mut parts: Vec<(usize, usize, String)> = Vec::new();
        for (from, to, found) in braces(text) {
            let Braces::Known(reference) = found else { continue };
            let slice = text.get(from..to).unwrap_or("");
            // A reference with another spelling would not come back the same.
            if reference.to_string() != slice
                || (eval == Eval::Secrets) != matches!(reference, Reference::Secret { .. })
            {
                continue;
            }
            if let Some(path) = self.path(&reference, from == 0 && to == text.len(), scope) {
                parts.push((from, to, path));
            }
        }
        match parts.as_slice() {
            [] => (string(text), false),
            [(0, to, path)] if *to == text.len() => (path.clone(), true),
            several => {
                let mut out = String::from("\"");
                let mut at = 0;
                for (from, to, path) in several {
                    escape(text.get(at..*from).unwrap_or(""), &mut out);
                    out.push_str("${");
                    out.push_str(path);
                    out.push('}');
                    at = *to;
                }
                escape(text.get(at..).unwrap_or(""), &mut out);
                out.push('"');
                (out, true)
            }
        }
    }

    /// A reference as a path; `None` if it can only be written in a string.
    fn path(&mut self, reference: &Reference, whole: bool, scope: &mut TextScope) -> Option<String> {
        match reference {
            Reference::Param(param) => self.params.contains_key(param.as_str()).then(|| name(param)),
            Reference::Value { task, name: value } => {
                let producer = self.producer(task, scope)?;
                // An output of a SQL step is a column of its result.
                if self.tasks.get(producer)?.kind == Some("sql_task") {
                    return None;
                }
                self.need(producer, value, scope);
                Some(format!("{}.{}", name(task), name(value)))
            }
            Reference::TaskFact { task, fact } => {
                let column = fact.strip_prefix("output.first_row.")?;
                let producer = self.producer(task, scope)?;
                if self.tasks.get(producer)?.kind != Some("sql_task") {
                    return None;
                }
                self.need(producer, column, scope);
                Some(format!("{}.{}", name(task), name(column)))
            }
            Reference::Input(key) => {
                let variable = scope.input.as_deref()?;
                Some(match key {
                    None => name(variable),
                    Some(key) => format!("{}.{}", name(variable), name(key)),
                })
            }
            Reference::Fact(path) => {
                let root = path.split('.').next().unwrap_or("");
                (!self.index.contains_key(root) && path.contains('.')).then(|| path.to_string())
            }
            Reference::Secret { scope, key } => whole.then(|| format!("secret({}, {})", string(scope), string(key))),
        }
    }

    /// An upstream task that can have outputs.
    fn producer(&self, task: &str, scope: &TextScope) -> Option<usize> {
        let at = *self.index.get(task)?;
        let producer = self.tasks.get(at)?;
        let kind = producer.kind.filter(|k| !matches!(*k, "condition_task" | "for_each_task"));
        (kind.is_some() && self.tasks.get(scope.task)?.above.contains(&at)).then_some(at)
    }

    fn need(&mut self, producer: usize, output: &str, scope: &mut TextScope) {
        self.outputs.entry((producer, output.to_owned())).or_insert("string");
        scope.uses.push(producer);
    }
}
