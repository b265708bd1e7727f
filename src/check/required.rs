//! What must be there: required fields, and one of several.

use super::messages;
use super::scope::Checker;
use crate::model::{Node, NodeKind, Object, Unchecked};
use crate::schema::Choice;
use crate::source::Span;

impl Checker<'_> {
    /// Checks a merged object and all below it.
    pub fn required(&mut self, object: &Object) {
        self.required_except(object, &[]);
    }

    /// The same, without the fields that the language fills in.
    pub fn required_except(&mut self, object: &Object, filled: &[&str]) {
        for field in &object.fields {
            if let Some(node) = &field.value {
                self.required_below(node);
            }
        }
        if filled.is_empty() {
            self.clashes(object, &[]);
        }
        if object.broken || !object.unchecked.is_empty() {
            return;
        }
        let present = |key: &str| object.has(key) || filled.contains(&key);
        let missing: Vec<&str> =
            object.block.fields.iter().filter(|f| f.required && !present(f.key)).map(|f| f.key).collect();
        if !missing.is_empty() {
            self.report(messages::missing_fields(object, &missing));
        }
        for group in object.block.groups.iter().filter(|g| g.choice == Choice::ExactlyOne) {
            if !group.keys.iter().any(|k| present(k)) {
                self.report(messages::none_of(object, group.keys));
            }
        }
        self.format(object);
    }

    /// Reports an unchecked field that is written, or filled in, as well.
    pub fn clashes(&mut self, object: &Object, filled: &[&str]) {
        for unchecked in &object.unchecked {
            let key = unchecked.key.as_str();
            if object.has(key) || filled.contains(&key) {
                self.is_there_already(unchecked, object.has(key).then(|| object.key_span(key)));
            }
        }
    }

    /// Reports an unchecked field that is said elsewhere as well.
    pub fn is_there_already(&mut self, unchecked: &Unchecked, elsewhere: Option<Span>) {
        self.report(messages::there_already(unchecked, elsewhere));
    }

    pub fn required_below(&mut self, node: &Node) {
        match &node.kind {
            NodeKind::Object(o) => self.required(o),
            NodeKind::List(l) => l.iter().for_each(|n| self.required_below(n)),
            _ => {}
        }
    }

    /// Texts whose form the service checks.
    fn format(&mut self, object: &Object) {
        if object.block.name == "FileArrivalTriggerConfiguration"
            && let Some(node) = object.get("url")
            && let Some(url) = node.as_str()
            && !url.ends_with('/')
        {
            self.report(messages::watch_a_folder(node.span, url));
        }
        if object.block.name == "AlertTask"
            && let Some(node) = object.get("workspace_path")
            && let Some(path) = node.as_str()
            && !path.starts_with("/Workspace")
        {
            self.report(messages::alert_path(node.span));
        }
        if object.block.name == "ComputeSpec"
            && let (Some(kind), Some(count)) = (object.str("accelerator_type"), object.get("accelerator_count"))
            && let Some(n) = count.as_int()
        {
            let per_node: i64 =
                kind.strip_prefix("GPU_").and_then(|k| k.split('x').next()).and_then(|n| n.parse().ok()).unwrap_or(1);
            if n <= 0 || n % per_node != 0 {
                self.report(messages::accelerator_count(count.span, kind, per_node));
            }
        }
        if object.block.name == "DbtTask"
            && let Some(node) = object.get("commands")
            && node.as_list().is_some_and(<[Node]>::is_empty)
        {
            self.report(messages::no_dbt_command(node.span));
        }
        if object.block.name == "AiRuntimeTask"
            && let Some(node) = object.get("deployments")
            && node.as_list().is_some_and(|l| l.len() != 1)
        {
            self.report(messages::one_deployment(node.span));
        }
    }
}
