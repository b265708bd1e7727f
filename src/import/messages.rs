//! What the importer says: one constructor for each message, named after the mistake.

use std::path::Path;

use super::limits::{MAX_DEPTH, MAX_JSON_VALUES, MAX_NODES, MAX_TEXT};
use super::tree::TreeKey;
use crate::diag::{Code, Diagnostic};
use crate::schema::MAX_TASKS;
use crate::source::{FileId, Span};

/// `deep` says that it is nested too deeply to be read.
pub fn not_yaml(span: Span, why: &str, deep: bool) -> Diagnostic {
    let code = if deep { Code::InputTooLarge } else { Code::BadInput };
    let d = Diagnostic::new(code, span, format!("this is no YAML: {}", why));
    d.help("is the indentation right? tabs do not count")
}

pub fn empty_yaml(file: FileId) -> Diagnostic {
    let d = Diagnostic::new(Code::BadInput, Span::new(file, 0, 0), "there is nothing in it");
    d.help("a bundle has at least `bundle` with a `name`")
}

pub fn alias_of_itself(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadInput, span, "this alias stands inside of what it stands for");
    d.help("an anchor cannot hold itself")
}

pub fn second_document(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadInput, span, "a second document begins here, and a bundle is one");
    d.help("put it into a file of its own, and `include` that")
}

pub fn nested_too_deep(span: Span) -> Diagnostic {
    let message = format!("nested more than {MAX_DEPTH} deep");

    Diagnostic::new(Code::InputTooLarge, span, message).help("no job is nested like this")
}

pub fn key_not_a_text(name: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadInput, name, "a key must be a text");
    d.help("write a name before the colon")
}

pub fn too_many_unfolded_values(span: Span) -> Diagnostic {
    let message = format!("with its aliases unfolded it has more than {MAX_NODES} values");
    let d = Diagnostic::new(Code::InputTooLarge, span, message);
    d.help("aliases of aliases grow without end; write out what is meant")
}

pub fn lookup_variable(lookup: Span, key: &str) -> Diagnostic {
    let message = format!("`{}` is looked up in the workspace when a bundle is deployed", key);
    let d = Diagnostic::new(Code::NotTakenOver, lookup, message);
    d.help(format!("set the id in a target, `vars {{ {} = \"...\" }}`, or with `--var`", key))
}

pub fn default_of_itself(default: Span, name: &str) -> Diagnostic {
    let message = format!("the default of `{}` comes back to itself", name);
    let d = Diagnostic::new(Code::BadInput, default, message);
    d.help("give one of them a value of its own")
}

pub fn variable_of_target(key: &TreeKey, target: &str) -> Diagnostic {
    let message = format!("the variable `{}` of the target `{target}` cannot be set there", key.text);
    let d = Diagnostic::new(Code::NotTakenOver, key.span, message);
    d.help("a var is a text, a number or true or false; lists and objects are written out where they are used")
}

pub fn too_many_values_of_variables(span: Span) -> Diagnostic {
    let message = format!("with its variables written out it has more than {MAX_NODES} values");
    let d = Diagnostic::new(Code::InputTooLarge, span, message);
    d.help("variables of variables grow without end; write out what is meant")
}

pub fn variable_cycle(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadInput, span, "variables refer to each other in a circle");
    d.help("give one of them a value of its own")
}

pub fn not_a_text(span: Span, path: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::BadInput, span, format!("`${{{path}}}` is no text"));
    d.help("a list or object can only be the whole of a value")
}

pub fn unknown_expression(span: Span, path: &str, name: &str, simple: bool) -> Diagnostic {
    let d = Diagnostic::new(
        Code::NotTakenOver,
        span,
        format!("{} `${{{path}}}`", if simple { "only a deployment knows" } else { "pipec does not evaluate" }),
    );
    d.help(format!("it is the var `{name}` now: set it in the targets, or with `--var {name}=...`"))
}

pub fn file_of_this_machine(value: Span, path: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::NotTakenOver, value, format!("`{path}` is a file of this machine"));
    d.help(
                "pipec builds wheels itself: declare `package name = \"...\"` and call its functions with `python`; or upload the file and name its place",
            )
}

pub fn no_terraform_job(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::NotAJob, span, "there is no `databricks_job` here");
    d.help("name the file or plan that has the resource")
}

pub fn count_of_terraform(key: &TreeKey) -> Diagnostic {
    let message = format!("how many there are, `{}` says, and only Terraform evaluates it", key.text);
    let d = Diagnostic::new(Code::NotTakenOver, key.span, message);
    d.help("a plan as JSON has them all: `terraform show -json plan`")
}

pub fn unknown_in_plan(span: Span, list: &str, name: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::NotTakenOver, span, format!("the plan does not know {list} of `{name}` yet"));
    d.help("apply it first, or write these by hand; `terraform show -json` of the state has all values")
}

pub fn not_named(span: Span, why: &str) -> Diagnostic {
    let message = format!("what is here on this machine cannot be named: {why}");
    let d = Diagnostic::new(Code::NotTakenOver, span, message);
    d.help("it stays as it is, and pipec does not bring it along")
}

pub fn kept_as_it_is(entry: Span) -> Diagnostic {
    Diagnostic::new(Code::KeptAsItIs, entry, "this cannot be written as fields of the language")
        .help("the service alone decides whether it is right")
}

pub fn other_declarations(whole: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::BadInput,
        whole,
        "the imported source declares other pipelines or targets than the input",
    );
    d.help("this is a bug in pipec; please report it with the input")
}

pub fn other_mode(target: Span, name: &str) -> Diagnostic {
    let message = format!("the `mode` of the target `{}` is not what the input says", name);

    Diagnostic::new(Code::BadInput, target, message).help("this is a bug in pipec; please report it")
}

pub fn no_local_file(span: Span, path: &Path) -> Diagnostic {
    let message = format!("there is no file `{}`", path.display());
    let d = Diagnostic::new(Code::NotTakenOver, span, message);
    d.help("the path stays as it is, and no workspace knows it; bring the file, and import again")
}

pub fn too_many_json_values(span: Span) -> Diagnostic {
    let message = format!("the input has more than {MAX_JSON_VALUES} values");
    let d = Diagnostic::new(Code::InputTooLarge, span, message);
    d.help("split it: jobs are independent of each other")
}

pub fn input_too_large(file: FileId, length: usize) -> Diagnostic {
    let message = format!("the input has {} bytes; pipec reads at most {MAX_TEXT}", length);
    let d = Diagnostic::new(Code::InputTooLarge, Span::new(file, 0, 0), message);
    d.help("split it: jobs are independent of each other")
}

/// `deep` says that it is nested too deeply to be read.
pub fn not_json(span: Span, why: &str, deep: bool) -> Diagnostic {
    let (code, help) = match deep {
        true => (Code::InputTooLarge, "no job is nested like this"),
        false => (Code::BadInput, "is it JSON? files of other formats are told by their endings: .yml, .tf"),
    };
    Diagnostic::new(code, span, format!("this is no JSON: {why}")).help(help)
}

pub fn empty_json(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadInput, span, "there is nothing in it");
    d.help("write a job as JSON")
}

pub fn number_too_long(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadInput, span, "this number has more digits than can be passed on");
    d.help("the API has no number like it; is it meant as a text?")
}

pub fn key_twice(second: &TreeKey, first: &TreeKey) -> Diagnostic {
    let d = Diagnostic::new(Code::KeyTwice, second.span, format!("`{}` is given twice", second.text));
    d.label("given again here").with_label(first.span, "given first here").help("remove one of them")
}

pub fn too_many_tasks(span: Span, count: usize) -> Diagnostic {
    let message = format!("the job has {count} tasks; the service takes {MAX_TASKS}");
    let d = Diagnostic::new(Code::TooMany, span, message);
    d.help("split it into jobs that run each other")
}

pub fn no_job(value: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::NotAJob, value, "there is no job here");
    d.help("a job is what `databricks jobs get` answers, the body of a create request, a list of either, or JSON lines")
}

pub fn more_jobs(more: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::PartOfIt, more, "there are more jobs than this answer holds");
    d.help("ask for the next pages too, or import with `--job-id`")
}

pub fn more_tasks(more: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::PartOfIt, more, "the job has more tasks than this answer holds");
    d.help("ask for the next pages too, or import with `--job-id`")
}

pub fn bad_pattern(span: Span, e: String) -> Diagnostic {
    let d = Diagnostic::new(Code::BadInput, span, format!("this is no pattern of files: {e}"));
    d.help("`*` stands for any name, `**` for any folders")
}

pub fn no_included_file(span: Span, pattern: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::NotTakenOver, span, format!("no file below this one is called `{pattern}`"));
    d.help("files outside of the bundle's folder, and links to them, are not read")
}

pub fn included_not_utf8(span: Span, file: &Path) -> Diagnostic {
    let d = Diagnostic::new(Code::BadInput, span, format!("`{}` is not UTF-8", file.display()));
    d.help("save it as UTF-8")
}

pub fn too_many_hcl_values(file: FileId) -> Diagnostic {
    let d = Diagnostic::new(
        Code::InputTooLarge,
        Span::new(file, 0, 0),
        format!("the input has more than {MAX_NODES} values"),
    );
    d.help("split it: a module may have many files")
}

/// `deep` says that it is nested too deeply to be read.
pub fn not_hcl(span: Span, why: &str, deep: bool) -> Diagnostic {
    let code = if deep { Code::InputTooLarge } else { Code::BadInput };
    let d = Diagnostic::new(code, span, format!("this is no HCL: {}", why));
    d.help("does `terraform validate` read it?")
}

pub fn bundle_without_job(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::NotAJob, span, "there is no job in this bundle");
    d.help("jobs stand in `resources: jobs:`, here or in an included file")
}

pub fn not_an_object(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadInput, span, "an object is wanted here");
    d.help("names with values below them")
}

pub fn resource_twice(key: &TreeKey, first: &TreeKey) -> Diagnostic {
    let d = Diagnostic::new(Code::KeyTwice, key.span, format!("`{}` is given twice", key.text));
    d.with_label(first.span, "given first here").help("rename one of them")
}

const BY_HAND: &str = "write it by hand: a target sets vars, and fields for every pipeline";

pub fn job_not_in_target(job: &TreeKey, target: &str) -> Diagnostic {
    let message = format!("the job `{}` is not there in the target `{target}`, and will be", job.text);
    Diagnostic::new(Code::NotTakenOver, job.span, message).help(BY_HAND)
}

pub fn field_not_in_target(field: &TreeKey, job: &str, target: &str) -> Diagnostic {
    let message = format!("`{}` of the job `{job}` is not there in the target `{target}`", field.text);
    Diagnostic::new(Code::NotTakenOver, field.span, message).help(BY_HAND)
}

pub fn field_differs_in_target(field: &TreeKey, job: &str, target: &str) -> Diagnostic {
    let message = format!("`{}` of the job `{job}` is something else in the target `{target}`", field.text);
    Diagnostic::new(Code::NotTakenOver, field.span, message).help(BY_HAND)
}

pub fn folder_of_deployment(span: Span, field: &str, target: &str) -> Diagnostic {
    let d = Diagnostic::new(
        Code::NotTakenOver,
        span,
        format!("`{field}` of the target `{}` holds what only a deployment knows", target),
    );
    d.help("without it pipec takes a folder of the user's own")
}

pub fn no_shared_root_path(target: &TreeKey) -> Diagnostic {
    let d = Diagnostic::new(
        Code::NotTakenOver,
        target.span,
        format!("the target `{}` has no `root_path` that all share", target.text),
    );
    d.help("a production target needs one: `workspace { root_path = \"/Workspace/...\" }`")
}

pub fn unknown_mode(field: &TreeKey, target: &str) -> Diagnostic {
    let text = format!("the `mode` of the target `{}` is not `development` or `production`", target);
    let d = Diagnostic::new(Code::NotTakenOver, field.span, text);
    d.help("write the mode into the target by hand")
}

pub fn run_as_of_target(field: &TreeKey, target: &str) -> Diagnostic {
    let text =
        format!("`run_as` of the target `{}`: here it would hold for the jobs that have their own as well", target);
    let d = Diagnostic::new(Code::NotTakenOver, field.span, text);
    d.help("write it into the pipelines that have none")
}

pub fn target_renamed(target: &TreeKey, free: &str) -> Diagnostic {
    let text = format!("the target `{}` is `{free}` here", target.text.escape_debug());
    let d = Diagnostic::new(Code::NotTakenOver, target.span, text);
    d.help("the output of a target goes to a directory of its name")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::samples::{AT, called, compare, listing, samples};

    samples! {
        &'static TreeKey: key(), key();
    }

    fn key() -> &'static TreeKey {
        Box::leak(Box::new(TreeKey { text: "thing".into(), span: AT }))
    }

    #[test]
    fn every_message_is_read() {
        let called = called! {
            not_yaml empty_yaml alias_of_itself second_document nested_too_deep key_not_a_text too_many_unfolded_values lookup_variable default_of_itself variable_of_target too_many_values_of_variables variable_cycle not_a_text unknown_expression file_of_this_machine no_terraform_job count_of_terraform unknown_in_plan not_named kept_as_it_is other_declarations other_mode no_local_file too_many_json_values input_too_large not_json empty_json number_too_long key_twice too_many_tasks no_job more_jobs more_tasks bad_pattern no_included_file included_not_utf8 too_many_hcl_values not_hcl bundle_without_job not_an_object resource_twice job_not_in_target field_not_in_target field_differs_in_target folder_of_deployment no_shared_root_path unknown_mode run_as_of_target target_renamed
        };
        compare("import", &listing(&[include_str!("messages.rs")], called));
    }
}
