//! The arguments.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

/// Checks pipelines offline and compiles them to Databricks jobs.
#[derive(Debug, Parser)]
#[command(name = "pipec", version, max_term_width = 100)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub shared: Shared,
}

/// What every command takes.
#[derive(Debug, ClapArgs)]
pub struct Shared {
    /// The target; without it the default one
    #[arg(long, global = true, value_name = "NAME")]
    pub target: Option<String>,
    /// Set a `var` for this run
    #[arg(long = "var", global = true, value_name = "NAME=VALUE")]
    pub vars: Vec<String>,
    /// The user whose folder and name are used where a target says nothing
    #[arg(long, global = true, value_name = "NAME")]
    pub user: Option<String>,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: When,
    /// Say less: errors only
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more: which files were read, and what was chosen
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find every mistake, write nothing
    Check(Check),
    /// Check, then write job JSON, wheels and manifest
    Compile(Compile),
    /// Show the page of an error code, or the fire times of a Quartz expression
    Explain(Explain),
    /// Show fields of the Jobs API
    Schema(Schema),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, ClapArgs)]
pub struct Check {
    /// Files or directories; without any, the nearest directory upwards that holds a `.pipe` file
    pub paths: Vec<PathBuf>,
    /// How messages are written; all but `human` go to stdout
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Format,
    /// Apply the fixes that are sure
    #[arg(long)]
    pub fix: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Human,
    Json,
    Sarif,
    Github,
}

#[derive(Debug, ClapArgs)]
pub struct Compile {
    /// Files or directories; without any, the nearest directory upwards that holds a `.pipe` file
    pub paths: Vec<PathBuf>,
    /// Only the job of this pipeline
    #[arg(long, value_name = "NAME")]
    pub pipeline: Option<String>,
    /// Where to write; without it `build` in the project
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print the job JSON of one pipeline and write nothing
    #[arg(long, conflicts_with = "out")]
    pub stdout: bool,
    /// Write nothing: build again and compare with the manifest that is there
    #[arg(long, conflicts_with = "stdout")]
    pub verify: bool,
    /// A JSON file with job ids by pipeline, for steps that run another pipeline
    #[arg(long, value_name = "FILE")]
    pub ids: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub struct Explain {
    /// A code such as E0102, or a Quartz expression in quotes
    pub what: String,
    /// The time zone of the fire times
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub zone: String,
}

#[derive(Debug, ClapArgs)]
pub struct Schema {
    /// A path such as `tasks.notebook_task`, a block such as `ClusterSpec`, or a word to search for
    pub path: Option<String>,
    /// As JSON: every path with type, unit, range and description
    #[arg(long)]
    pub json: bool,
}
