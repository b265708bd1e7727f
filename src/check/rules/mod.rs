//! The rules for programs that could be elaborated, with the codes that each reports.
//!
//! A rule is a function over the finished program. It only reads and reports, and does not depend on other rules.

mod access;
mod arguments;
mod cluster;
mod dbt;
mod environment;
mod graph;
mod kinds;
mod libraries;
mod limits;
mod notifications;
mod opened_files;
mod placement;
mod project;
mod python_call;
mod python_outputs;
mod python_version;
mod required;
mod run_pipeline;
mod schedule;
mod sources;
mod target;
mod unused;

use std::sync::Arc;

use rayon::prelude::*;

use super::elaborate::{Context, Elaborated, ElaboratedPipeline, Usage};
use super::symbols::Symbols;
use crate::diag::{Code, Diagnostics};
use crate::schema::ComputeTables;

/// A rule; `Check` is the function that applies it.
pub struct Rule<Check> {
    /// What it checks, in a few words.
    pub name: &'static str,
    /// The codes it may report.
    pub codes: &'static [Code],
    check: Check,
}

type OfPipeline = fn(&PipelineFacts<'_, '_>, &mut Diagnostics);
type OfProgram = fn(&ProgramFacts<'_, '_>, &mut Diagnostics);
type OfProject = fn(&ProjectFacts<'_, '_>, &mut Diagnostics);

/// The rules for each pipeline, in order.
pub static OF_PIPELINES: &[Rule<OfPipeline>] = &[
    Rule {
        name: "required fields and the format of values",
        codes: &[Code::MissingField, Code::NoneOf, Code::GivenTwice, Code::BadFormat, Code::AcceleratorCount],
        check: required::check,
    },
    Rule {
        name: "schedules and triggers",
        codes: &[
            Code::TwoTriggers,
            Code::ParamWithoutDefault,
            Code::BadCron,
            Code::UnixCron,
            Code::NeverFires,
            Code::UnknownTimeZone,
            Code::BadFormat,
        ],
        check: schedule::check,
    },
    Rule { name: "owners of a job", codes: &[Code::Exclusive], check: access::check },
    Rule {
        name: "fields that a task type does not support",
        codes: &[Code::NotOnThisKind, Code::TwoKinds],
        check: kinds::check,
    },
    Rule {
        name: "compute of each task type",
        codes: &[
            Code::NoCompute,
            Code::NeedsEnvironment,
            Code::WrongCompute,
            Code::TwoComputes,
            Code::LibrariesOnServerless,
        ],
        check: placement::check,
    },
    Rule {
        name: "calls of Python functions",
        codes: &[
            Code::FunctionNotFound,
            Code::BadPython,
            Code::NotCallable,
            Code::UnknownArgument,
            Code::MissingArgument,
            Code::WrongType,
            Code::BadMember,
            Code::BadDefault,
        ],
        check: python_call::check,
    },
    Rule {
        name: "outputs that a Python function returns",
        codes: &[Code::OutputNotReturned, Code::WrongType],
        check: python_outputs::check,
    },
    Rule {
        name: "unread arguments, and arguments that a job parameter overrides",
        codes: &[Code::UnreadArgument, Code::PushedDown],
        check: arguments::check,
    },
    Rule { name: "dbt commands", codes: &[Code::MissingArgument, Code::BadFormat, Code::TooMany], check: dbt::check },
    Rule {
        name: "arguments of `run`",
        codes: &[Code::WrongType, Code::UnknownArgument, Code::MissingArgument, Code::DifferentDefault],
        check: run_pipeline::check,
    },
    Rule {
        name: "dependency cycles, exclusive branches, values of steps that are not upstream",
        codes: &[Code::Cycle, Code::SelfDependency, Code::NeverRuns, Code::NotUpstream],
        check: graph::check,
    },
    Rule { name: "unused defaults and compute", codes: &[Code::ReachesNothing], check: unused::defaults },
    Rule { name: "unused outputs", codes: &[Code::UnusedOutput], check: unused::outputs },
    Rule {
        name: "clusters: size, runtime, node types, access mode, cloud",
        codes: &[
            Code::MissingField,
            Code::NoneOf,
            Code::GivenTwice,
            Code::BadFormat,
            Code::AcceleratorCount,
            Code::MinOverMax,
            Code::HalfSingleNode,
            Code::IncompleteCluster,
            Code::UnknownRuntime,
            Code::UnknownNodeType,
            Code::PhotonOnGpu,
            Code::GpuNeedsGpuRuntime,
            Code::GpuRuntimeWithoutGpu,
            Code::AccessMode,
            Code::WrongCloud,
            Code::JobClusterField,
            Code::Exclusive,
        ],
        check: cluster::check,
    },
    Rule { name: "requirements", codes: &[Code::BadRequirement, Code::NoDbt], check: libraries::check },
    Rule {
        name: "files in Git and in the workspace",
        codes: &[Code::MissingField, Code::BadFormat],
        check: sources::check,
    },
    Rule { name: "notifications", codes: &[Code::NeverSent], check: notifications::check },
    Rule {
        name: "versions of environments",
        codes: &[Code::NoneOf, Code::UnknownEnvironment],
        check: environment::check,
    },
    Rule {
        name: "Python versions of runtimes and packages",
        codes: &[Code::PythonVersion],
        check: python_version::check,
    },
    Rule { name: "unused parameters and compute", codes: &[Code::Unused], check: unused::declarations },
    Rule { name: "limits of a job", codes: &[Code::TooMany, Code::TooLong, Code::GivenTwice], check: limits::check },
];

/// The rules for a program, in order.
pub static OF_PROGRAMS: &[Rule<OfProgram>] = &[
    Rule {
        name: "targets",
        codes: &[Code::BadKey, Code::BadFormat, Code::ProductionPath, Code::DefaultRootPath],
        check: target::check,
    },
    Rule { name: "files that packaged code opens", codes: &[Code::NotPacked], check: opened_files::check },
    Rule { name: "pipelines that run each other", codes: &[Code::PipelineCycle], check: project::pipeline_cycles },
    Rule {
        name: "notebooks with the same path in the workspace",
        codes: &[Code::NotebookClash],
        check: project::notebooks_of_one_name,
    },
    Rule { name: "fields of a target without effect", codes: &[Code::ReachesNothing], check: unused::target },
];

/// The rules for a project, across all targets.
pub static OF_PROJECTS: &[Rule<OfProject>] = &[
    Rule {
        name: "unused declarations and imports",
        codes: &[Code::Unused, Code::UnusedImport],
        check: unused::project,
    },
    Rule { name: "conditions that hold in no target", codes: &[Code::NeverHolds], check: unused::conditions },
];

/// An elaborated program.
#[derive(Clone, Copy)]
pub struct ProgramFacts<'r, 'a> {
    pub cx: Context<'a>,
    pub program: &'r Elaborated<'a>,
}

/// A pipeline of an elaborated program.
#[derive(Clone, Copy)]
pub struct PipelineFacts<'r, 'a> {
    pub cx: Context<'a>,
    pub program: &'r Elaborated<'a>,
    pub pipeline: &'r ElaboratedPipeline<'a>,
}

impl PipelineFacts<'_, '_> {
    fn tables(&self) -> &Arc<ComputeTables> {
        &self.cx.symbols.project.tables
    }

    /// Whether declarations of the pipeline exist only in other targets.
    fn lacks_any(&self) -> bool {
        self.cx.families.lacks_any(Some(&self.pipeline.pipeline.name))
    }
}

/// A project, and what its programs use.
#[derive(Clone, Copy)]
pub struct ProjectFacts<'r, 'a> {
    pub symbols: &'r Symbols<'a>,
    pub usage: &'r Usage,
    /// Whether all targets were checked; otherwise another target may use what seems to be unused.
    pub all_targets: bool,
}

/// Applies the rules to a program; returns their diagnostics and those of elaboration.
pub fn check_program(cx: Context<'_>, program: &mut Elaborated<'_>) -> Diagnostics {
    let mut found = std::mem::take(&mut program.findings.diagnostics);
    let elaborated: Vec<Diagnostics> =
        program.pipelines.iter_mut().map(|p| std::mem::take(&mut p.findings.diagnostics)).collect();
    let program = &*program;
    let one = |(pipeline, found): (&ElaboratedPipeline<'_>, Diagnostics)| {
        let facts = PipelineFacts { cx, program, pipeline };
        let found = apply(OF_PIPELINES, |check, found| check(&facts, found), found);
        match cx.families.of_pipeline(&pipeline.pipeline.name) {
            Some(member) => found.found_in(&member.origin),
            None => found,
        }
    };
    let pipelines: Vec<Diagnostics> = if program.pipelines.len() > 1 {
        program.pipelines.par_iter().zip(elaborated).map(one).collect()
    } else {
        program.pipelines.iter().zip(elaborated).map(one).collect()
    };
    pipelines.into_iter().for_each(|p| found.extend(p));
    let facts = ProgramFacts { cx, program };
    apply(OF_PROGRAMS, |check, found| check(&facts, found), found)
}

pub fn check_project(facts: &ProjectFacts<'_, '_>, found: Diagnostics) -> Diagnostics {
    apply(OF_PROJECTS, |check, found| check(facts, found), found)
}

fn apply<Check>(rules: &[Rule<Check>], run: impl Fn(&Check, &mut Diagnostics), mut found: Diagnostics) -> Diagnostics {
    for rule in rules {
        let before = found.len();
        run(&rule.check, &mut found);
        debug_assert!(
            found.iter().skip(before).all(|d| rule.codes.contains(&d.code)),
            "the rule `{}` reports a code that it does not list: {:?}",
            rule.name,
            found.iter().skip(before).map(|d| d.code).collect::<Vec<_>>()
        );
    }
    found
}
