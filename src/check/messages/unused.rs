//! E0117, W0150, W0151, W0153: what nothing uses.

use crate::diag::{Cause, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::Ident;

pub fn unused(kind: &str, name: &Ident) -> Diagnostic {
    let d = Diagnostic::new(Code::Unused, name.span, format!("{kind} `{}` is never used", name.text));
    d.help("remove it, or start its name with `_` to keep it").caused_by(Cause::Unused { declared: name.span })
}

pub fn unused_import(import: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::UnusedImport, import, "unused import");
    d.help("remove the import")
        .safe_fix("remove the import", vec![(import, String::new())])
        .caused_by(Cause::UnusedImport)
}

pub fn unused_target_field(field: Span, key: &str) -> Diagnostic {
    let d = Diagnostic::new(
        Code::ReachesNothing,
        field,
        format!("partial `{key}` has no effect: no pipeline sets `{key}`"),
    );
    d.help(format!("set every required field of `{key}` here, or set `{key}` in the pipelines"))
}

pub fn unused_default(key: Span, name: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::ReachesNothing, key, format!("default `{}` applies to no step", name));
    d.help("remove it; conditions, loops and some task types do not have this field")
}

pub fn unused_compute(name: &Ident, kind: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::Unused, name.span, format!("{} `{}` is never used", kind, name.text));
    d.help(format!("remove it, or add `on {}` to a step", name.text)).caused_by(Cause::Unused { declared: name.span })
}

pub fn unused_param(param: Span, name: &str, pipeline: &str) -> Diagnostic {
    let d =
        Diagnostic::new(Code::Unused, param, format!("parameter `{name}` of pipeline `{}` is never used", pipeline));
    d.help("remove it, or pass it to a step").caused_by(Cause::Unused { declared: param })
}

pub fn unused_output(output: Span, name: &str, step: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::UnusedOutput, output, format!("output `{name}` of step `{step}` is never used"));
    d.help("remove it, or use it in another step (outputs of final steps are exempt)")
}

pub fn unused_pipeline_compute(on: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::ReachesNothing, on, "the compute of the pipeline is never used");
    d.help("remove `on`; every step has its own compute")
}
