//! What must be there: required fields, and one of several.

use super::scope::Checker;
use crate::diag::{Code, Diagnostic, one_of};
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
            let names = one_of(missing.iter().copied(), 6).replace(" or ", " and ");
            let d = Diagnostic::new(
                Code::MissingField,
                object.span,
                format!("{names} {} missing", if missing.len() == 1 { "is" } else { "are" }),
            );
            let docs: Vec<String> =
                missing.iter().filter_map(|k| object.block.field(k)).map(|f| format!("{}: {}", f.key, f.doc)).collect();
            self.report(d.label("in this block").help(docs.join("\n")));
        }
        for group in object.block.groups.iter().filter(|g| g.choice == Choice::ExactlyOne) {
            if !group.keys.iter().any(|k| present(k)) {
                let d = Diagnostic::new(
                    Code::NoneOf,
                    object.span,
                    format!("one of {} is needed", one_of(group.keys.iter().copied(), 9)),
                );
                self.report(d.label("in this block").help(object.block.doc));
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
        let d = Diagnostic::new(Code::GivenTwice, unchecked.span, format!("`{}` is there already", unchecked.key));
        let d = match elsewhere {
            Some(span) => d.also(span, "set here"),
            None => d,
        };
        self.report(d.help("`unchecked` is for fields that pipec does not know; write this one as a field"));
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
            let d = Diagnostic::new(Code::BadFormat, node.span, "the place to watch must end with `/`");
            self.report(
                d.help("the service watches a folder").fix("add the `/`", vec![(node.span, format!("\"{url}/\""))]),
            );
        }
        if object.block.name == "AlertTask"
            && let Some(node) = object.get("workspace_path")
            && let Some(path) = node.as_str()
            && !path.starts_with("/Workspace")
        {
            self.report(
                Diagnostic::new(Code::BadFormat, node.span, "the path must begin with `/Workspace`")
                    .help("write the whole path"),
            );
        }
        if object.block.name == "ComputeSpec"
            && let (Some(kind), Some(count)) = (object.str("accelerator_type"), object.get("accelerator_count"))
            && let Some(n) = count.as_int()
        {
            let per_node: i64 =
                kind.strip_prefix("GPU_").and_then(|k| k.split('x').next()).and_then(|n| n.parse().ok()).unwrap_or(1);
            if n <= 0 || n % per_node != 0 {
                let d = Diagnostic::new(
                    Code::AcceleratorCount,
                    count.span,
                    format!("`{kind}` comes in groups of {per_node}"),
                );
                self.report(d.help(format!("write a positive multiple of {per_node}")));
            }
        }
        if object.block.name == "DbtTask"
            && let Some(node) = object.get("commands")
            && node.as_list().is_some_and(<[Node]>::is_empty)
        {
            self.report(
                Diagnostic::new(Code::BadFormat, node.span, "there is no command to run")
                    .help("write 1 to 10 dbt commands"),
            );
        }
        if object.block.name == "AiRuntimeTask"
            && let Some(node) = object.get("deployments")
            && node.as_list().is_some_and(|l| l.len() != 1)
        {
            let d = Diagnostic::new(
                Code::AcceleratorCount,
                node.span,
                "the service takes exactly one deployment at present",
            );
            self.report(d.help("write one deployment with the whole number of accelerators"));
        }
    }
}
