//! The arguments of commands that run, deploy and inspect jobs.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use clap_complete::engine::ArgValueCompleter;

use super::{LOCAL, OUTPUT, OutputFormat, ProjectArgs, WORKSPACE, examples};
use crate::cli::complete;
use crate::local::variables::PassedVariable;

/// The workspace, in addition to the settings of the target.
#[derive(Debug, ClapArgs)]
pub struct LoginArgs {
    /// URL of the workspace, instead of the host of the target
    #[arg(long, value_name = "URL", help_heading = WORKSPACE)]
    pub host: Option<String>,
    /// Profile of ~/.databrickscfg to log in with
    #[arg(long, value_name = "NAME", help_heading = WORKSPACE)]
    pub profile: Option<String>,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = examples(&["pipec run --local --param day=2026-01-31", "pipec run nightly --target prod"]))]
pub struct RunArgs {
    /// File, directory, or name of a pipeline [default: the project of the current directory]
    #[arg(add = ArgValueCompleter::new(complete::pipelines))]
    pub what: Option<String>,
    /// Run on this machine instead of the workspace
    #[arg(long)]
    pub local: bool,
    /// Pipeline to run, if there are several
    #[arg(long, value_name = "NAME", add = ArgValueCompleter::new(complete::pipelines))]
    pub pipeline: Option<String>,
    /// Value of a job parameter; can be repeated
    #[arg(long = "param", value_name = "NAME=VALUE", add = ArgValueCompleter::new(complete::params))]
    pub params: Vec<String>,
    /// Run only these steps; local runs reuse values of other steps from the last run
    #[arg(long, value_name = "STEP", value_delimiter = ',', add = ArgValueCompleter::new(complete::steps))]
    pub only: Vec<String>,
    /// Start at this step, and reuse values of earlier steps from the last run
    #[arg(long, value_name = "STEP", help_heading = LOCAL, add = ArgValueCompleter::new(complete::steps))]
    pub from: Option<String>,
    /// Skip these steps as if they had succeeded
    #[arg(long, value_name = "STEP", value_delimiter = ',', help_heading = LOCAL, add = ArgValueCompleter::new(complete::steps))]
    pub skip: Vec<String>,
    /// Read the outputs of a step from a JSON file instead of running it
    #[arg(long, value_name = "STEP=FILE", help_heading = LOCAL, add = ArgValueCompleter::new(complete::step_files))]
    pub stub: Vec<String>,
    /// Additional package to install, such as one of the Databricks runtime
    #[arg(long, value_name = "REQUIREMENT", help_heading = LOCAL)]
    pub with: Vec<String>,
    /// Python interpreter for steps
    #[arg(long, value_name = "PYTHON", default_value = "python3", help_heading = LOCAL)]
    pub python: String,
    /// Directory that replaces /Volumes [default: in .pipec/local]
    #[arg(long, value_name = "DIR", help_heading = LOCAL)]
    pub volumes: Option<PathBuf>,
    /// Environment variable to pass to steps [default: only those that programs need to run]
    #[arg(long, value_name = "NAME[=VALUE]", value_parser = PassedVariable::parse, help_heading = LOCAL)]
    pub env: Vec<PassedVariable>,
    /// Maximum number of concurrent steps [default: number of cores]
    #[arg(long, value_name = "N", help_heading = LOCAL)]
    pub jobs: Option<usize>,
    /// Fail instead of running the build backend of a package
    #[arg(long, help_heading = LOCAL)]
    pub no_build: bool,
    /// Start the run and exit
    #[arg(long, help_heading = WORKSPACE)]
    pub no_wait: bool,
    /// Seconds to wait for the run, which continues afterwards [default: until it ends]
    #[arg(long, value_name = "SECONDS", conflicts_with = "no_wait", help_heading = WORKSPACE)]
    pub timeout: Option<u64>,
    /// Idempotency token: the same token never starts a second run
    #[arg(long, value_name = "TOKEN", help_heading = WORKSPACE)]
    pub token: Option<String>,
    #[command(flatten)]
    pub login: LoginArgs,
    #[command(flatten)]
    pub project: ProjectArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = examples(&["pipec plan --target prod", "pipec plan --out plan.json && pipec deploy --plan plan.json"]))]
pub struct PlanArgs {
    /// Files or directories [default: the project of the current directory]
    pub paths: Vec<PathBuf>,
    /// Plan only these pipelines
    #[arg(long, value_name = "NAME", value_delimiter = ',', add = ArgValueCompleter::new(complete::pipelines))]
    pub pipeline: Vec<String>,
    /// Exit with status 1 if there are changes
    #[arg(long)]
    pub exit_code: bool,
    /// Fail instead of running the build backend of a package
    #[arg(long)]
    pub no_build: bool,
    /// Format of the plan
    #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = OUTPUT)]
    pub format: OutputFormat,
    /// File to save the plan to, for `deploy --plan`
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub login: LoginArgs,
    #[command(flatten)]
    pub project: ProjectArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = examples(&["pipec deploy --target prod --yes", "pipec deploy --pipeline nightly --refresh"]))]
pub struct Deploy {
    /// Files or directories [default: the project of the current directory]
    pub paths: Vec<PathBuf>,
    /// Deploy this saved plan, and fail if anything has changed since
    #[arg(long, value_name = "FILE", conflicts_with = "pipeline")]
    pub plan: Option<PathBuf>,
    /// Deploy only these pipelines, and leave others unchanged
    #[arg(long, value_name = "NAME", value_delimiter = ',', add = ArgValueCompleter::new(complete::pipelines))]
    pub pipeline: Vec<String>,
    /// Delete jobs without asking
    #[arg(long)]
    pub yes: bool,
    /// Compare with the live jobs even if the project is unchanged, and revert changes made in the workspace
    #[arg(long)]
    pub refresh: bool,
    /// Generations of wheels and files to keep in the workspace
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    pub keep: u16,
    /// Seconds to wait for another deployment
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub lock_timeout: u64,
    /// Fail instead of running the build backend of a package
    #[arg(long)]
    pub no_build: bool,
    #[command(flatten)]
    pub login: LoginArgs,
    #[command(flatten)]
    pub project: ProjectArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = examples(&["pipec status --target prod", "pipec status --runs 10 --format json"]))]
pub struct StatusArgs {
    /// Files or directories [default: the project of the current directory]
    pub paths: Vec<PathBuf>,
    /// Number of runs to show per pipeline
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=25))]
    pub runs: u16,
    /// Format of the result
    #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = OUTPUT)]
    pub format: OutputFormat,
    #[command(flatten)]
    pub login: LoginArgs,
    #[command(flatten)]
    pub project: ProjectArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = examples(&["pipec destroy --target dev", "pipec destroy --target dev --yes --cancel-runs"]))]
pub struct Destroy {
    /// Files or directories [default: the project of the current directory]
    pub paths: Vec<PathBuf>,
    /// Delete without asking
    #[arg(long)]
    pub yes: bool,
    /// Cancel active runs
    #[arg(long)]
    pub cancel_runs: bool,
    /// Seconds to wait for another deployment
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub lock_timeout: u64,
    #[command(flatten)]
    pub login: LoginArgs,
    #[command(flatten)]
    pub project: ProjectArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = examples(&["pipec auth", "pipec auth --profile prod --offline"]))]
pub struct Auth {
    /// Files or directories [default: the project of the current directory, if there is one]
    pub paths: Vec<PathBuf>,
    /// Do not connect to the workspace
    #[arg(long)]
    pub offline: bool,
    #[command(flatten)]
    pub login: LoginArgs,
    #[command(flatten)]
    pub project: ProjectArgs,
}
