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
    /// Bring files into the one canonical layout
    Fmt(Fmt),
    /// Run a pipeline on this machine, from the same job and the same wheel
    Run(Run),
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
pub struct Fmt {
    /// Files, or directories with all that is below them but for hidden ones, `build`, `target`, `venv` and
    /// `node_modules`; `-` for stdin
    pub paths: Vec<PathBuf>,
    /// Write nothing; name the files that are not in that layout
    #[arg(long)]
    pub check: bool,
}

#[derive(Debug, ClapArgs)]
pub struct Run {
    /// A file or directory, or the name of a pipeline
    pub what: Option<String>,
    /// On this machine
    #[arg(long)]
    pub local: bool,
    /// The pipeline, where there are several
    #[arg(long, value_name = "NAME")]
    pub pipeline: Option<String>,
    /// A job parameter
    #[arg(long = "param", value_name = "NAME=VALUE")]
    pub params: Vec<String>,
    /// Only these steps; values of others come from the last run
    #[arg(long, value_name = "STEP", value_delimiter = ',')]
    pub only: Vec<String>,
    /// This step and all after it; values of others come from the last run
    #[arg(long, value_name = "STEP")]
    pub from: Option<String>,
    /// Leave a step out, as if it had succeeded
    #[arg(long, value_name = "STEP", value_delimiter = ',')]
    pub skip: Vec<String>,
    /// Take the outputs of a step from a JSON file and do not run it
    #[arg(long, value_name = "STEP=FILE")]
    pub stub: Vec<String>,
    /// Another package for the environment, such as one that the platform's runtime brings
    #[arg(long, value_name = "REQUIREMENT")]
    pub with: Vec<String>,
    /// The Python to run steps with
    #[arg(long, value_name = "PYTHON", default_value = "python3")]
    pub python: String,
    /// The directory that stands for /Volumes; without it one below `.pipec/local`
    #[arg(long, value_name = "DIR")]
    pub volumes: Option<PathBuf>,
    /// How many steps at a time; without it as many as there are cores
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
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
