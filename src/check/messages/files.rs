//! E07xx: files, packages and Python.

use std::path::Path;

use crate::diag::{Code, Diagnostic, article, list_names};
use crate::model::{Argument, Output, Package, PythonCall};
use crate::package::{Parameter, ProjectError};
use crate::python::{Literal, SyntaxError};
use crate::source::Span;
use crate::syntax::ast::{Decl, Ident};

pub fn opened_in_working_directory(file: Span, path: &str, package: Span) -> Diagnostic {
    let message =
        format!("`{path}` is opened relative to the working directory of the step, which does not contain it");
    Diagnostic::new(Code::NotPacked, file, message)
        .with_label(package, "package that is built into the wheel")
        .help("put the file into the package and open it with `Path(__file__).parent / ...`, or store it in a volume")
}

pub fn not_in_the_wheel(file: Span, path: &Path, package: Span) -> Diagnostic {
    Diagnostic::new(Code::NotPacked, file, format!("`{}` is not in the wheel", path.display()))
        .with_label(package, "package that is built into the wheel")
        .help("move it into the package, to a path that `.gitignore` and the build backend do not exclude, or store it in a volume")
}

pub fn no_dbt_project(span: Span, text: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::FileNotFound, span, format!("`{text}` does not contain `dbt_project.yml`"));
    d.help("use the directory of the dbt project")
}

pub fn notebook_not_found(span: Span, shown: String, target: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::FileNotFound, span, format!("notebook `{target}`, which `{shown}` runs, not found"));
    d.help("correct the path of the `%run`, or add the notebook")
}

pub fn not_a_requirements_file(span: Span, path: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongFileKind, span, format!("`{path}` is not a requirements file"));
    d.help("rename it to end in `.txt`, `.in`, `.lock` or `.pip`")
}

pub fn requirements_not_found(span: Span, path: &str, file: &Path) -> Diagnostic {
    let d = Diagnostic::new(Code::FileNotFound, span, format!("file `{path}` not found"));
    d.help(format!("create `{}`, or correct the path", file.display()))
}

pub fn requirements_not_text(span: Span, path: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongFileKind, span, format!("`{path}` is not a text file"));
    d.help("save it as UTF-8, with one requirement per line")
}

pub fn requirements_too_deep(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadRequirement, span, "requirements files include each other too deeply");
    d.help("merge them into one file")
}

pub fn bad_requirement_line(span: Span, file: &Path, number: usize, line: &str, why: &str) -> Diagnostic {
    let message = format!("invalid requirement `{line}` in `{}`, line {number}: {why}", file.display());
    let d = Diagnostic::new(Code::BadRequirement, span, message);
    d.help("use the syntax of pip, such as `pandas>=2,<3`")
}

pub fn requirements_without_cluster(key: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadRequirement, key, "requirements of a step are only supported on clusters");
    d.help("set `requirements` in the `environment` of the step, and use a separate environment for other requirements")
}

pub fn no_package(call: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::NoPackage, call, "the project does not declare a Python package");
    d.help("declare the directory of its `pyproject.toml` with `package`")
}

pub fn module_not_found(module: &Ident, near: Option<String>, packages: &[&Package]) -> Diagnostic {
    let message = format!("module `{}` not found in the packages", module.text);
    let d = Diagnostic::new(Code::ModuleNotFound, module.span, message);
    let d = match near {
        Some(near) => {
            d.help(format!("did you mean `{near}`?")).unsafe_fix(format!("use `{near}`"), vec![(module.span, near)])
        }
        None => d.help("add the module to `src/` of a package, or next to its `pyproject.toml`"),
    };
    packages.iter().fold(d, |d, p| d.with_label(p.span, format!("searched in `{}`", shown(&p.dir))))
}

pub fn module_in_several(module: &Ident, packages: &[&Package]) -> Diagnostic {
    let message = format!("module `{}` is in several packages", module.text);
    let d = Diagnostic::new(Code::ModuleNotFound, module.span, message);
    packages.iter().fold(d, |d, p| d.with_label(p.span, "found here")).help("give the modules different names")
}

pub fn directory_instead_of_file(span: Span, text: &str) -> Diagnostic {
    Diagnostic::new(Code::FileNotFound, span, format!("`{text}` is a directory")).help("name a file in it")
}

pub fn file_not_found(span: Span, text: &str, near: Option<&str>, path: &Path) -> Diagnostic {
    let d = Diagnostic::new(Code::FileNotFound, span, format!("file `{text}` not found"));
    match near {
        Some(near) => d
            .help(format!("did you mean `{near}`?"))
            .unsafe_fix(format!("use `{near}`"), vec![(span, format!("\"{near}\""))]),
        None => d.help(format!(
            "create `{}`; paths that start with `./` or `../` are relative to this file",
            path.display()
        )),
    }
}

pub fn requirement_names_a_file(span: Span, text: &str) -> Diagnostic {
    Diagnostic::new(Code::BadRequirement, span, format!("`{text}` names a file, not a package"))
        .help("set `requirements` to a file with `file`, or use the full path of a file in the workspace")
}

/// `near`: the path with `./`, if the file exists.
pub fn relative_path(span: Span, text: &str, near: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::FileNotFound, span, format!("path `{text}` is neither local nor absolute"));
    match near {
        Some(near) => d
            .help(format!("did you mean `{near}`?"))
            .unsafe_fix(format!("use `{near}`"), vec![(span, format!("\"{near}\""))]),
        None => d.help(
            "start a local path with `./` or `../`, and a path in the workspace with `/`; \
             relative paths without `./` belong to a repository, with `git_source`",
        ),
    }
}

/// `what` is written in place of a path.
pub fn not_a_path(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(Code::FileNotFound, span, format!("{what} is not a path"))
        .help("start a local path with `./` or `../`, and a path in the workspace with `/`")
}

pub fn not_a_data_file(span: Span, text: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongFileKind, span, format!("`{text}` is not a data file"))
        .help("use a file that ends with `.json`, `.yaml`, `.yml` or `.csv`; any file can be used for a string")
}

pub fn not_a_text_file(span: Span, text: &str, most: usize) -> Diagnostic {
    Diagnostic::new(Code::WrongFileKind, span, format!("`{text}` cannot be used as a string"))
        .help(format!("use a file of UTF-8 text with at most {most} bytes"))
}

/// Why a call cannot run a file.
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
    let any = "use a file of the right type";
    let (what, help) = match why {
        WrongFile::NotebookNotJson => {
            ("is not a notebook", "save it as a Jupyter notebook: an `.ipynb` file is a JSON object")
        }
        WrongFile::PlainPython => {
            ("is a plain Python file", "use `script`, or start the file with `# Databricks notebook source`")
        }
        WrongFile::PlainSql => {
            ("is a plain SQL file", "use `sql`, or start the file with `-- Databricks notebook source`")
        }
        WrongFile::NotANotebook => (
            "is not a notebook",
            "use an `.ipynb` file, or a source file that starts with the line `Databricks notebook source`",
        ),
        WrongFile::Notebook => ("is a notebook", "use `notebook`"),
        WrongFile::NotAScript => ("is not a Python script", any),
        WrongFile::NotSql => ("is not a SQL file", any),
        WrongFile::NotADirectory => ("is a file", "use the directory of the dbt project"),
    };
    Diagnostic::new(Code::WrongFileKind, path, format!("`{text}` {what}")).help(help)
}

pub fn unread_argument(argument: &Argument, file: &Path, near: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(
        Code::UnreadArgument,
        argument.span,
        format!("`{}` never reads `{}`", shown(file), argument.name),
    );
    d.help("remove the argument, or read it in the file").closest_match(argument.key, near)
}

pub fn notebooks_of_one_name(span: Span, other: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::NotebookClash, span, "two notebooks have the same path in the workspace");
    d.with_label(other, "other notebook").help("rename one of the files: notebooks have no extension in the workspace")
}

pub fn outputs_not_named(at: Span, function: &str, ty: String, span: Span, what: &str) -> Diagnostic {
    let d = Diagnostic::new(
        Code::OutputNotReturned,
        at,
        format!("`{function}` returns {ty}, which has no names for several outputs"),
    );
    d.with_label(span, what).help("return a dict, `TypedDict`, `NamedTuple` or dataclass with one field per output")
}

pub fn never_returns(output: Span, function: &str, declared: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::OutputNotReturned, output, format!("`{function}` never returns a value"));
    d.with_label(declared, "function defined here").help("return the output, or remove its declaration")
}

pub fn returns_nothing(output: Span, function: &str, span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::OutputNotReturned, output, format!("`{function}` returns nothing"));
    d.with_label(span, "declared here").help("return the output, or remove its declaration")
}

/// `from` is the module that `call.module` imports the function from, or the same module; `near` is a function of it
/// with the span of its name.
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
        format!("`{module}` imports `{function}` from `{from}`, which does not define it")
    };
    let d = Diagnostic::new(Code::FunctionNotFound, at, message);
    if let Some((near, span)) = near {
        return d
            .with_label(*span, format!("`{near}` defined here"))
            .help(format!("did you mean `{near}`?"))
            .unsafe_fix(format!("use `{near}`"), vec![(at, near.clone())]);
    }
    let d = match looked_in {
        Some(place) => d.with_label(place, "searched here"),
        None => d,
    };
    match known.is_empty() {
        true => d.help("define the function, or call a function of another module"),
        false => d.help(format!("use {}", list_names(known.iter().map(|(n, _)| n.as_str()), 8))),
    }
}

pub fn module_unreadable(call: Span, module: &str, why: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::BadPython, call, format!("module `{module}` cannot be read: {why}"));
    d.help("make the file readable; the wheel needs it")
}

pub fn module_not_python(call: Span, module: &str, error: &SyntaxError) -> Diagnostic {
    let d = Diagnostic::new(Code::BadPython, call, format!("module `{module}` has a syntax error"));
    d.with_label(error.span, error.message.clone())
        .help("fix the Python file; otherwise the step fails when it imports the module")
}

pub fn not_a_function(at: Span, function: &str, module: &str, span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::NotCallable, at, format!("`{function}` in `{module}` is not a function"));
    d.with_label(span, "defined here").help("call a function")
}

pub fn generator(at: Span, function: &str, yields: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::NotCallable, at, format!("`{function}` is a generator: calling it runs nothing"));
    d.with_label(yields, "yields here").help("call a function that runs the generator and returns the result")
}

pub fn positional_only(at: Span, function: &str, name: &str, declared: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::NotCallable,
        at,
        format!("parameter `{}` of `{function}` is positional-only, but steps pass arguments by name", name),
    );
    d.with_label(declared, "before the `/`").help("remove `/` from the parameters")
}

pub fn bad_default(param: &Parameter, default: &Literal, call: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::BadDefault,
        param.written.span,
        format!("default {default} of `{}` is not {}", param.written.name, article(&param.ty.to_string())),
    );
    d.with_label(call, "called here without the argument").help("pass the argument, or change the default")
}

pub fn production_without_root_path(target: &Decl) -> Diagnostic {
    let d = Diagnostic::new(Code::ProductionPath, target.name.span, "production target without a `root_path`");
    d.help(
        "add `workspace { root_path = \"/Workspace/...\" }`; the default is the home directory of the deploying user",
    )
    .missing(["root_path", "workspace"], target.span)
}

pub fn production_with_run_as_only(target: &Decl) -> Diagnostic {
    let d = Diagnostic::new(Code::DefaultRootPath, target.name.span, "production target without a `root_path`");
    d.help("add `workspace { root_path = \"/Workspace/...\" }`, or always deploy as the same user: the default is the home directory of the deploying user")
        .missing(["root_path", "workspace"], target.span)
}

pub fn package_path(path: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::BadPackage, path, "package path contains an interpolation");
    d.help("write the path as a plain string")
}

pub fn package_unreadable(path: Span, error: &ProjectError) -> Diagnostic {
    let d = Diagnostic::new(Code::BadPackage, path, error.message.clone());
    d.help(error.help.clone())
}

pub fn two_wheels_of_one_name(path: Span, first: Span, name: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::BadPackage, path, format!("two packages build a wheel named `{name}`"));
    d.with_label(first, "other package").help("rename one of the Python projects")
}

/// The path as shown in messages; `.` for the current directory.
fn shown(path: &Path) -> String {
    if path.as_os_str().is_empty() { ".".to_owned() } else { path.display().to_string() }
}

/// `fields` are the fields without an output.
pub fn record_without_output(
    output: &Output,
    function: &str,
    record: &str,
    returned: Span,
    near: Option<&str>,
    fields: &[&str],
) -> Diagnostic {
    let message = format!("`{function}` returns `{record}`, which has no field `{}`", output.name);
    let d = Diagnostic::new(Code::OutputNotReturned, output.span, message).with_label(returned, "return type");
    match near {
        Some(_) => d.closest_match(output.span, near),
        None => d.help(format!("use {}", list_names(fields.iter().copied(), 12))),
    }
}

pub fn output_not_returned(
    output: &Output,
    function: &str,
    returned: Span,
    near: Option<&str>,
    names: &[&str],
) -> Diagnostic {
    let message = format!("`{function}` does not return `{}`", output.name);
    let d = Diagnostic::new(Code::OutputNotReturned, output.span, message).with_label(returned, "returned here");
    match near {
        Some(_) => d.closest_match(output.span, near),
        None if names.is_empty() => d.help("return it under this name"),
        None => d.help(format!("use {}", list_names(names.iter().copied(), 12))),
    }
}

/// A requirement that a cluster library cannot be.
pub fn not_a_cluster_library(requirement: Span, line: &str, what: &str, help: &str) -> Diagnostic {
    Diagnostic::new(Code::BadRequirement, requirement, format!("`{line}`: {what}")).help(help)
}

pub fn requirement_of_this_machine(requirement: Span, line: &str, option: &str) -> Diagnostic {
    let message = format!("`{line}`: `{option}` refers to this machine");
    Diagnostic::new(Code::BadRequirement, requirement, message).help("use a package index, or a file in the workspace")
}

pub fn requirement_is_local(requirement: Span, line: &str) -> Diagnostic {
    Diagnostic::new(Code::BadRequirement, requirement, format!("`{line}` is a path on this machine"))
        .help("use a path in the workspace or a volume, a `package` for a Python project, or name a file of requirements in `requirements`")
}

pub fn bad_requirement(requirement: Span, line: &str, why: &str) -> Diagnostic {
    Diagnostic::new(Code::BadRequirement, requirement, format!("invalid requirement `{line}`: {why}"))
        .help("use a requirement such as `pandas>=2,<3`")
}
