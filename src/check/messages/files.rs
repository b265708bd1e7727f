//! E07xx: files, packages and Python.

use std::path::Path;

use crate::diag::{Code, Diagnostic, list_names};
use crate::model::{Argument, Output, Package, PythonCall};
use crate::package::{Parameter, ProjectError};
use crate::python::{Literal, SyntaxError};
use crate::source::Span;
use crate::syntax::ast::Ident;

pub fn opened_in_working_directory(file: Span, path: &str, package: Span) -> Diagnostic {
    let message = format!("`{path}` is looked for in the directory that the step runs in, which is not the project's");
    Diagnostic::new(Code::NotPacked, file, message)
        .with_label(package, "the package that becomes the wheel")
        .help("keep the file in the package, and open it by `Path(__file__).parent / ...`; or in a volume")
}

pub fn not_in_the_wheel(file: Span, path: &Path, package: Span) -> Diagnostic {
    Diagnostic::new(Code::NotPacked, file, format!("`{}` is not in the wheel", path.display()))
        .with_label(package, "the package that becomes the wheel")
        .help("move it into the package, and out of what `.gitignore` and the build backend leave out; or keep it in a volume")
}

pub fn no_dbt_project(span: Span, text: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::FileNotFound, span, format!("there is no `dbt_project.yml` in `{text}`"));
    d.help("name the directory of the dbt project")
}

pub fn notebook_not_found(span: Span, shown: String, target: &str) -> Diagnostic {
    let d =
        Diagnostic::new(Code::FileNotFound, span, format!("`{shown}` runs `{target}`, and there is no such notebook"));
    d.help("correct the `%run`, or put the notebook there")
}

pub fn not_a_requirements_file(span: Span, path: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongFileKind, span, format!("`{path}` is not a requirements file"));
    d.help("rename it to end in `.txt`, `.in`, `.lock` or `.pip`")
}

pub fn requirements_not_found(span: Span, path: &str, file: &Path) -> Diagnostic {
    let d = Diagnostic::new(Code::FileNotFound, span, format!("there is no file `{path}`"));
    d.help(format!("`{}` was looked for", file.display()))
}

pub fn requirements_not_text(span: Span, path: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongFileKind, span, format!("`{path}` is not a text file"));
    d.help("save it as UTF-8, with one requirement a line")
}

pub fn requirements_too_deep(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadRequirement, span, "requirements files name each other too deeply");
    d.help("put the lines into one file")
}

pub fn bad_requirement_line(span: Span, file: &Path, number: usize, line: &str, why: &str) -> Diagnostic {
    let message = format!("`{}`, line {number}: `{line}` is not understood: {why}", file.display());
    let d = Diagnostic::new(Code::BadRequirement, span, message);
    d.help("write it as pip takes it, such as `pandas>=2,<3`")
}

pub fn requirements_without_cluster(key: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::BadRequirement,
        key,
        "this step runs on no cluster, and only clusters take requirements for one step",
    );
    d.help("write `requirements` in the `environment` that it runs on; steps that need others get one of their own")
}

pub fn no_package(call: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::NoPackage, call, "no package of the project could hold this function");
    d.help("declare the Python project: `package name = \".\"`, the directory of its `pyproject.toml`")
}

pub fn module_not_found(module: &Ident, near: Option<String>, packages: &[&Package]) -> Diagnostic {
    let message = format!("there is no module `{}` in the packages", module.text);
    let d = Diagnostic::new(Code::ModuleNotFound, module.span, message);
    let d = match near {
        Some(near) => {
            d.help(format!("did you mean `{near}`?")).unsafe_fix(format!("use `{near}`"), vec![(module.span, near)])
        }
        None => d.help("modules are looked for in `src/` of each package, or beside its `pyproject.toml`"),
    };
    packages.iter().fold(d, |d, p| d.with_label(p.span, format!("looked for in `{}`", shown(&p.dir))))
}

pub fn module_in_several(module: &Ident, packages: &[&Package]) -> Diagnostic {
    let message = format!("the module `{}` is in several packages", module.text);
    let d = Diagnostic::new(Code::ModuleNotFound, module.span, message);
    packages.iter().fold(d, |d, p| d.with_label(p.span, "in this one")).help("give the modules different names")
}

pub fn file_not_found(span: Span, text: &str, near: Option<&str>, path: &Path) -> Diagnostic {
    let d = Diagnostic::new(Code::FileNotFound, span, format!("there is no file `{text}`"));
    match near {
        Some(near) => {
            let right = match text.rsplit_once('/') {
                Some((before, _)) => format!("{before}/{near}"),
                None => near.to_owned(),
            };
            d.help(format!("did you mean `{right}`?"))
                .unsafe_fix(format!("use `{right}`"), vec![(span, format!("\"{right}\""))])
        }
        None => d.help(format!(
            "`{}` was looked for; a path that begins with `./` or `../` is relative to this file",
            path.display()
        )),
    }
}

/// Why a file is not of the kind that a call runs.
#[derive(Clone, Copy)]
pub enum WrongFile {
    NotebookNotJson,
    PlainPython,
    PlainSql,
    NotANotebook,
    Notebook,
    NotAScript,
    NotSql,
    NotADirectory,
}

pub fn wrong_file_kind(path: Span, text: &str, why: WrongFile) -> Diagnostic {
    let any = "name a file of the right kind";
    let (what, help) = match why {
        WrongFile::NotebookNotJson => ("is not a notebook", "an `.ipynb` file is a JSON object"),
        WrongFile::PlainPython => {
            ("is a plain Python file", "use `script`, or begin it with `# Databricks notebook source`")
        }
        WrongFile::PlainSql => ("is a plain SQL file", "use `sql`, or begin it with `-- Databricks notebook source`"),
        WrongFile::NotANotebook => {
            ("is no notebook", "notebooks are `.ipynb`, or source files with the line `Databricks notebook source`")
        }
        WrongFile::Notebook => ("is a notebook", "use `notebook`"),
        WrongFile::NotAScript => ("is no Python script", any),
        WrongFile::NotSql => ("is no SQL file", any),
        WrongFile::NotADirectory => ("is a file", "name the directory of the dbt project"),
    };
    Diagnostic::new(Code::WrongFileKind, path, format!("`{text}` {what}")).help(help)
}

pub fn unread_argument(argument: &Argument, file: &Path) -> Diagnostic {
    let d = Diagnostic::new(
        Code::UnreadArgument,
        argument.span,
        format!("`{}` never reads `{}`", shown(file), argument.name),
    );
    d.help("remove the argument, or read it in the file")
}

pub fn notebooks_of_one_name(span: Span, other: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::NotebookClash, span, "the workspace could not tell this notebook from another");
    d.with_label(other, "the other one").help("a notebook has no extension there; rename one of the files")
}

pub fn outputs_not_named(at: Span, function: &str, ty: String, span: Span, what: &str) -> Diagnostic {
    let d = Diagnostic::new(
        Code::OutputNotReturned,
        at,
        format!("`{function}` returns {ty}, and several outputs are taken by name"),
    );
    d.with_label(span, what).help("return a dict, `TypedDict`, `NamedTuple` or dataclass with the outputs as names")
}

pub fn never_returns(output: Span, function: &str, declared: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::OutputNotReturned, output, format!("`{function}` never returns a value"));
    d.with_label(declared, "the function").help("return the output, or do not declare it")
}

pub fn returns_nothing(output: Span, function: &str, span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::OutputNotReturned, output, format!("`{function}` returns nothing"));
    d.with_label(span, "it says so here").help("return the output, or do not declare it")
}

/// `from` is the module that it is taken from, if another one; `near` is a function of it with the place of its name.
pub fn function_not_found(
    call: &PythonCall,
    at: Span,
    from: &str,
    near: Option<&(String, Span)>,
    looked_in: Option<Span>,
    known: &[(String, Span)],
) -> Diagnostic {
    let (module, function) = (&call.module, &call.function);
    let message = if *from == **module {
        format!("module `{module}` has no function `{function}`")
    } else {
        format!("`{module}` takes `{function}` from `{from}`, which has none of that name")
    };
    let d = Diagnostic::new(Code::FunctionNotFound, at, message);
    if let Some((near, span)) = near {
        return d
            .with_label(*span, format!("`{near}` is here"))
            .help(format!("did you mean `{near}`?"))
            .unsafe_fix(format!("use `{near}`"), vec![(at, near.clone())]);
    }
    let d = match looked_in {
        Some(place) => d.with_label(place, "looked for here"),
        None => d,
    };
    match known.is_empty() {
        true => d.help("write the function, or call one of another module"),
        false => d.help(format!("it has {}", list_names(known.iter().map(|(n, _)| n.as_str()), 8))),
    }
}

pub fn module_unreadable(call: Span, module: &str, why: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::BadPython, call, format!("module `{module}` cannot be read: {why}"));
    d.help("make the file readable; the wheel cannot be built without it")
}

pub fn module_not_python(call: Span, module: &str, error: &SyntaxError) -> Diagnostic {
    let d = Diagnostic::new(Code::BadPython, call, format!("module `{module}` cannot be imported"));
    d.with_label(error.span, error.message.clone()).help("correct the Python file; the step would fail at its import")
}

pub fn not_a_function(at: Span, function: &str, module: &str, span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::NotCallable, at, format!("`{function}` in `{module}` is no function"));
    d.with_label(span, "this is what it stands for").help("call a function")
}

pub fn generator(at: Span, function: &str, yields: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::NotCallable, at, format!("`{function}` is a generator: to call it runs nothing"));
    d.with_label(yields, "it yields here").help("call a function that does the work and returns the result")
}

pub fn positional_only(at: Span, function: &str, name: &str, declared: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::NotCallable,
        at,
        format!("`{function}` takes `{}` by place alone, and a step gives arguments by name", name),
    );
    d.with_label(declared, "before the `/`").help("remove the `/` from the function")
}

pub fn bad_default(param: &Parameter, default: &Literal, call: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::BadDefault,
        param.written.span,
        format!("without an argument `{}` is {default}, which is no {}", param.written.name, param.ty),
    );
    d.with_label(call, "called here without it").help("give the argument, or correct the default")
}

pub fn production_without_root_path(target: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::ProductionPath, target, "a production target needs a `root_path`");
    d.help(
        "without one, files go to the folder of whoever deploys; write `workspace { root_path = \"/Workspace/...\" }`",
    )
}

pub fn production_in_user_folder(path: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::ProductionPath, path, "a production target must not live in a user's folder");
    d.help("use a shared folder, or set `run_as` to a service principal and use its folder")
}

pub fn package_path(path: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadPackage, path, "a package takes a plain path");
    d.help("write the path without `${...}`")
}

pub fn package_unreadable(path: Span, error: &ProjectError) -> Diagnostic {
    let d = Diagnostic::new(Code::BadPackage, path, error.message.clone());
    d.help(error.help.clone())
}

pub fn two_wheels_of_one_name(path: Span, first: Span, name: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::BadPackage, path, format!("two packages make a wheel named `{name}`"));
    d.with_label(first, "the other one").help("rename one of the Python projects")
}

/// A path for a message; that of the current directory is `.`.
fn shown(path: &Path) -> String {
    if path.as_os_str().is_empty() { ".".to_owned() } else { path.display().to_string() }
}

/// `free` are fields that no output is taken from.
pub fn record_without_output(
    output: &Output,
    function: &str,
    record: &str,
    returned: Span,
    near: Option<&str>,
    fields: &[&str],
) -> Diagnostic {
    let message = format!("`{function}` returns `{record}`, which has no `{}`", output.name);
    let d = Diagnostic::new(Code::OutputNotReturned, output.span, message).with_label(returned, "what it returns");
    match near {
        Some(_) => d.closest_match(output.span, near),
        None => d.help(format!("it has {}", list_names(fields.iter().copied(), 12))),
    }
}

pub fn output_not_returned(
    output: &Output,
    function: &str,
    returned: Span,
    near: Option<&str>,
    names: &[&str],
) -> Diagnostic {
    let message = format!("`{function}` returns no `{}`", output.name);
    let d = Diagnostic::new(Code::OutputNotReturned, output.span, message).with_label(returned, "returned here");
    match near {
        Some(_) => d.closest_match(output.span, near),
        None if names.is_empty() => d.help("return it under its name"),
        None => d.help(format!("it returns {}", list_names(names.iter().copied(), 12))),
    }
}

/// A requirement that a cluster library cannot be.
pub fn not_a_cluster_library(requirement: Span, line: &str, what: &str, help: &str) -> Diagnostic {
    Diagnostic::new(Code::BadRequirement, requirement, format!("`{line}`: {what}")).help(help)
}

pub fn requirement_of_this_machine(requirement: Span, line: &str, option: &str) -> Diagnostic {
    let message = format!("`{line}`: `{option}` names something of this machine");
    Diagnostic::new(Code::BadRequirement, requirement, message)
        .help("the platform installs from an index, or from files in the workspace")
}

pub fn requirement_is_local(requirement: Span, line: &str) -> Diagnostic {
    Diagnostic::new(Code::BadRequirement, requirement, format!("`{line}` is a path of this machine"))
        .help("write a path in the workspace or a volume; a Python project is a `package`, and what a file lists is `requirements = file(\"./requirements.txt\")`")
}

pub fn bad_requirement(requirement: Span, line: &str, why: &str) -> Diagnostic {
    Diagnostic::new(Code::BadRequirement, requirement, format!("`{line}` is not understood: {why}"))
        .help("write it like `pandas>=2,<3`")
}
