//! Messages of the importer: one constructor per message, named after the mistake.

use std::path::Path;

use crate::data::{MAX_NODES, TreeKey};
use crate::diag::{Code, Diagnostic};
use crate::schema::MAX_TASKS;
use crate::source::{FileId, Span};

pub fn lookup_variable(lookup: Span, key: &str) -> Diagnostic {
    let message = format!("variable `{}` is looked up in the workspace during a bundle deployment", key);
    let d = Diagnostic::new(Code::NotTakenOver, lookup, message);
    d.help(format!("set the id in a target with `vars {{ {} = \"...\" }}`, or pass it with `--var`", key))
}

pub fn default_of_itself(default: Span, name: &str) -> Diagnostic {
    let message = format!("default of `{}` refers to itself", name);
    let d = Diagnostic::new(Code::BadInput, default, message);
    d.help("set one of them to a value")
}

pub fn variable_of_target(key: &TreeKey, target: &str) -> Diagnostic {
    let message = format!("variable `{}` cannot be set in the target `{target}`", key.text);
    let d = Diagnostic::new(Code::NotTakenOver, key.span, message);
    d.help("use a string, number or bool; lists and objects are imported where they are used")
}

pub fn too_many_values_of_variables(span: Span) -> Diagnostic {
    let message = format!("file has more than {MAX_NODES} values after its variables are expanded");
    let d = Diagnostic::new(Code::InputTooLarge, span, message);
    d.help("replace nested variables with their values")
}

pub fn variable_cycle(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadInput, span, "variables refer to each other in a cycle");
    d.help("set one of them to a value")
}

pub fn not_a_text(span: Span, path: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::BadInput, span, format!("`${{{path}}}` is not a string"));
    d.help("use a list or object as the whole value, not as part of a string")
}

pub fn unknown_expression(span: Span, path: &str, name: &str, simple: bool) -> Diagnostic {
    let message = match simple {
        true => format!("`${{{path}}}` is only known after a deployment"),
        false => format!("`${{{path}}}` is not evaluated by pipec"),
    };
    Diagnostic::new(Code::NotTakenOver, span, message)
        .help(format!("set the new var `{name}` in the targets, or pass `--var {name}=...`"))
}

pub fn file_of_this_machine(value: Span, path: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::NotTakenOver, value, format!("`{path}` is a file on this machine"));
    d.help("declare `package name = \"...\"` and call its functions with `python`, or upload the file and use its path")
}

pub fn no_terraform_job(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::NotAJob, span, "file does not define a `databricks_job`");
    d.help("use the file or plan that defines the resource")
}

pub fn count_of_terraform(key: &TreeKey) -> Diagnostic {
    let message = format!("`{}` is only evaluated by Terraform", key.text);
    let d = Diagnostic::new(Code::NotTakenOver, key.span, message);
    d.help("import a plan as JSON, which lists all instances: `terraform show -json plan`")
}

pub fn unknown_in_plan(span: Span, list: &str, name: &str) -> Diagnostic {
    let d =
        Diagnostic::new(Code::NotTakenOver, span, format!("{list} of `{name}` is not known until the plan is applied"));
    d.help("apply the plan and import the state with `terraform show -json`, or set the values by hand")
}

pub fn not_named(span: Span, why: &str) -> Diagnostic {
    let message = format!("local path cannot be used: {why}");
    let d = Diagnostic::new(Code::NotTakenOver, span, message);
    d.help("upload the file yourself; the path is kept unchanged")
}

pub fn kept_as_it_is(entry: Span) -> Diagnostic {
    Diagnostic::new(Code::KeptAsItIs, entry, "imported into `unchecked`: the language has no field for this")
        .help("only the service validates it, when the job is created")
}

pub fn other_declarations(whole: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::BadInput,
        whole,
        "imported source declares different pipelines or targets than the input",
    );
    d.help("report this bug of pipec, with the input")
}

pub fn other_mode(target: Span, name: &str) -> Diagnostic {
    let message = format!("`mode` of the target `{}` differs from the input", name);

    Diagnostic::new(Code::BadInput, target, message).help("report this bug of pipec, with the input")
}

pub fn no_local_file(span: Span, path: &Path) -> Diagnostic {
    let message = format!("file `{}` not found", path.display());
    let d = Diagnostic::new(Code::NotTakenOver, span, message);
    d.help("add the file and import again; the path is kept unchanged")
}

pub fn too_many_tasks(span: Span, count: usize) -> Diagnostic {
    let message = format!("job has {count} tasks; the limit is {MAX_TASKS}");
    let d = Diagnostic::new(Code::TooMany, span, message);
    d.help("split it into several jobs")
}

pub fn no_job(value: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::NotAJob, value, "no job found");
    d.help("use the output of `databricks jobs get`, the body of a create request, a list of either, or JSON lines")
}

pub fn more_jobs(more: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::PartOfIt, more, "response contains only part of the jobs");
    d.help("add the other pages, or import with `--job-id`")
}

pub fn more_tasks(more: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::PartOfIt, more, "response contains only part of the tasks");
    d.help("add the other pages, or import with `--job-id`")
}

pub fn bad_pattern(span: Span, e: String) -> Diagnostic {
    let d = Diagnostic::new(Code::BadInput, span, format!("invalid file pattern: {e}"));
    d.help("use `*` for any name and `**` for any directories")
}

pub fn no_included_file(span: Span, pattern: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::NotTakenOver, span, format!("no file matches `{pattern}`"));
    d.help("include files inside the bundle directory; other files, and links to them, are not read")
}

pub fn included_not_utf8(span: Span, file: &Path) -> Diagnostic {
    let d = Diagnostic::new(Code::BadInput, span, format!("`{}` is not UTF-8", file.display()));
    d.help("save the file as UTF-8")
}

pub fn too_many_hcl_values(file: FileId) -> Diagnostic {
    let d =
        Diagnostic::new(Code::InputTooLarge, Span::new(file, 0, 0), format!("input has more than {MAX_NODES} values"));
    d.help("split it into several files of the module")
}

/// `deep`: it is nested too deeply to parse.
pub fn not_hcl(span: Span, why: &str, deep: bool) -> Diagnostic {
    let code = if deep { Code::InputTooLarge } else { Code::BadInput };
    let d = Diagnostic::new(code, span, format!("invalid HCL: {}", why));
    d.help("check the file with `terraform validate`")
}

pub fn bundle_without_job(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::NotAJob, span, "bundle does not define a job");
    d.help("define jobs in `resources: jobs:`, in this file or an included one")
}

pub fn not_an_object(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadInput, span, "expected an object");
    d.help("use a mapping of keys to values")
}

pub fn resource_twice(key: &TreeKey, first: &TreeKey) -> Diagnostic {
    let d = Diagnostic::new(Code::KeyTwice, key.span, format!("`{}` is defined twice", key.text));
    d.with_label(first.span, "first defined here").help("rename one of them")
}

const BY_HAND: &str =
    "write it by hand with the vars of the target, or with fields in the target that apply to every pipeline";

pub fn job_not_in_target(job: &TreeKey, target: &str) -> Diagnostic {
    let message =
        format!("job `{}` is missing in the target `{target}`, and the imported target includes it", job.text);
    Diagnostic::new(Code::NotTakenOver, job.span, message).help(BY_HAND)
}

pub fn field_not_in_target(field: &TreeKey, job: &str, target: &str) -> Diagnostic {
    let message = format!("`{}` of the job `{job}` is not set in the target `{target}`", field.text);
    Diagnostic::new(Code::NotTakenOver, field.span, message).help(BY_HAND)
}

pub fn field_differs_in_target(field: &TreeKey, job: &str, target: &str) -> Diagnostic {
    let message = format!("`{}` of the job `{job}` has a different value in the target `{target}`", field.text);
    Diagnostic::new(Code::NotTakenOver, field.span, message).help(BY_HAND)
}

pub fn folder_of_deployment(span: Span, field: &str, target: &str) -> Diagnostic {
    let d = Diagnostic::new(
        Code::NotTakenOver,
        span,
        format!("`{field}` of the target `{}` is only known after a deployment", target),
    );
    d.help("set it by hand; the default is in the home directory of the user")
}

pub fn no_shared_root_path(target: &TreeKey) -> Diagnostic {
    let d = Diagnostic::new(
        Code::NotTakenOver,
        target.span,
        format!("production target `{}` has no shared `root_path`", target.text),
    );
    d.help("add `workspace { root_path = \"/Workspace/...\" }`")
}

pub fn unknown_mode(field: &TreeKey, target: &str) -> Diagnostic {
    let text = format!("`mode` of the target `{}` is not `development` or `production`", target);
    let d = Diagnostic::new(Code::NotTakenOver, field.span, text);
    d.help("set the mode in the target by hand")
}

pub fn run_as_of_target(field: &TreeKey, target: &str) -> Diagnostic {
    let text = format!("`run_as` of the target `{}` would override the `run_as` of jobs", target);
    let d = Diagnostic::new(Code::NotTakenOver, field.span, text);
    d.help("set it in the pipelines that have no `run_as`")
}

pub fn target_renamed(target: &TreeKey, free: &str) -> Diagnostic {
    let text = format!("target `{}` is renamed to `{free}`", target.text.escape_debug());
    let d = Diagnostic::new(Code::NotTakenOver, target.span, text);
    d.help("use the new name; the output directory has the name of the target")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::samples::{called, compare, listing};

    #[test]
    fn every_message_is_read() {
        let called = called! {
            lookup_variable default_of_itself variable_of_target too_many_values_of_variables variable_cycle not_a_text unknown_expression file_of_this_machine no_terraform_job count_of_terraform unknown_in_plan not_named kept_as_it_is other_declarations other_mode no_local_file too_many_tasks no_job more_jobs more_tasks bad_pattern no_included_file included_not_utf8 too_many_hcl_values not_hcl bundle_without_job not_an_object resource_twice job_not_in_target field_not_in_target field_differs_in_target folder_of_deployment no_shared_root_path unknown_mode run_as_of_target target_renamed
        };
        compare("import", &listing(&[include_str!("messages.rs")], called));
    }
}
