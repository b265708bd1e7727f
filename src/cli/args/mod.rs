//! The arguments.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use crate::local::variables::PassedVariable;

/// Checks pipelines offline and compiles them to Databricks jobs.
#[derive(Debug, Parser)]
#[command(name = "pipec", version, max_term_width = 100)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub shared: SharedArgs,
}

/// What every command takes.
#[derive(Debug, ClapArgs)]
pub struct SharedArgs {
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
    /// Say more: which files were read, and what was chosen; twice: each request to a workspace
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a project that compiles and runs at once
    New(New),
    /// Find every mistake, write nothing
    Check(Check),
    /// Check, then write job JSON, wheels and manifest
    Compile(Compile),
    /// Bring files into the one canonical layout
    Fmt(Fmt),
    /// Show what `deploy` would change
    Plan(PlanArgs),
    /// Take the project to its workspace: files, jobs, permissions
    Deploy(Deploy),
    /// Run a pipeline that is deployed, or any on this machine with `--local`
    Run(RunArgs),
    /// Show what is deployed, its last runs, and when it runs next
    Status(StatusArgs),
    /// Take away everything that was deployed
    Destroy(Destroy),
    /// Show which workspace and which credentials are taken, and who that is
    Auth(Auth),
    /// Show the page of an error code, or the fire times of a Quartz expression
    Explain(Explain),
    /// Draw the DAG, and what a run made of it
    Graph(GraphArgs),
    /// Say what a pipeline may cost at most, and what makes it slow or dear
    Advise(Advise),
    /// Show fields of the Jobs API
    Schema(Schema),
    /// Show how two jobs differ, whatever they are written in
    Diff(Diff),
    /// Turn jobs that exist into source that compiles back to them
    Import(ImportArgs),
    /// Serve an editor: the language server, on stdin and stdout
    Lsp {
        /// The only way there is; editors say it
        #[arg(long)]
        stdio: bool,
    },
    /// Write man pages, one for each command
    Man {
        /// The directory
        dir: PathBuf,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, ClapArgs)]
pub struct ImportArgs {
    /// Jobs as JSON or JSON lines, a bundle (`databricks.yml` or its folder), Terraform; `-` for stdin
    #[arg(required_unless_present = "job_id", value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// A job of a workspace
    #[arg(long, value_name = "N", value_delimiter = ',')]
    pub job_id: Vec<i64>,
    /// Bring the notebooks of those jobs, into `notebooks` beside the source
    #[arg(long, requires = "job_id", requires = "out")]
    pub notebooks: bool,
    /// Write a file for each pipeline; without it everything goes to stdout
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace files that are there
    #[arg(long, requires = "out")]
    pub force: bool,
    #[command(flatten)]
    pub login: LoginArgs,
}

#[derive(Debug, ClapArgs)]
pub struct Diff {
    /// Source, compiled or other JSON, a bundle, Terraform, or `job:ID` for a job of a workspace
    pub left: String,
    /// The same, for what it is compared with
    pub right: String,
    /// How the differences are written
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub output: OutputFormat,
    /// Exit with 1 if there are differences
    #[arg(long)]
    pub exit_code: bool,
    #[command(flatten)]
    pub login: LoginArgs,
}

#[derive(Debug, ClapArgs)]
pub struct New {
    /// The directory; its last part is the name of the project
    pub dir: PathBuf,
    /// What it begins with; without it a terminal is asked
    #[arg(long, value_name = "TEMPLATE")]
    pub template: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub struct Advise {
    /// Files or directories; without any, the nearest directory upwards that holds a `.pipe` file
    pub paths: Vec<PathBuf>,
    /// Only this pipeline
    #[arg(long, value_name = "NAME")]
    pub pipeline: Option<String>,
    /// How it is written
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub output: OutputFormat,
    /// The table of prices; without it `prices.toml` beside the pipeline, else the one that comes with pipec
    #[arg(long, value_name = "FILE")]
    pub prices: Option<PathBuf>,
    /// Print the table that comes with pipec, to edit it
    #[arg(long)]
    pub print_prices: bool,
    /// Hours that a step without a time limit takes
    #[arg(long, value_name = "HOURS", value_parser = amount, allow_negative_numbers = true)]
    pub assume_hours: Option<f64>,
    /// Items of a loop whose list is known at run time alone
    #[arg(long, value_name = "N")]
    pub assume_items: Option<u64>,
    /// Exit with 1 if a run may cost more than this, or its cost has no known bound
    #[arg(long, value_name = "AMOUNT", value_parser = amount, allow_negative_numbers = true)]
    pub max_cost: Option<f64>,
    /// The same for a month, of pipelines with a schedule
    #[arg(long, value_name = "AMOUNT", value_parser = amount, allow_negative_numbers = true)]
    pub max_monthly_cost: Option<f64>,
}

/// A number that is none below zero.
fn amount(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(n) if n.is_finite() && n >= 0.0 => Ok(n),
        _ => Err("must be a number of at least 0".to_owned()),
    }
}

#[derive(Debug, ClapArgs)]
pub struct GraphArgs {
    /// Files or directories; without any, the nearest directory upwards that holds a `.pipe` file
    pub paths: Vec<PathBuf>,
    /// Only this pipeline; a page can hold all of them
    #[arg(long, value_name = "NAME")]
    pub pipeline: Option<String>,
    /// How it is drawn; without it as the name of `--out` ends, else as SVG
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Drawing>,
    /// The file to write; without it everything goes to stdout
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Paint a run: the id of one in the workspace, the folder of one on this machine, or `last` for the last there
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    /// Where a page links for source, with {path}, {file} (its absolute path) and {line} in it
    #[arg(long, value_name = "URL")]
    pub link: Option<String>,
    #[command(flatten)]
    pub login: LoginArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Drawing {
    Svg,
    Html,
    Mermaid,
    Dot,
}

#[derive(Debug, ClapArgs)]
pub struct Check {
    /// Files or directories; without any, the nearest directory upwards that holds a `.pipe` file
    pub paths: Vec<PathBuf>,
    /// How messages are written; all but `human` go to stdout
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: GraphFormat,
    /// Apply the fixes that are sure
    #[arg(long)]
    pub fix: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    Human,
    Json,
    Sarif,
    Github,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Emit {
    Job,
    Bundle,
    Terraform,
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
    /// For whom: job JSON, an asset bundle, or Terraform; the last two hold all targets
    #[arg(long, value_name = "WHAT", default_value = "job", conflicts_with_all = ["stdout", "verify"])]
    pub emit: Emit,
    /// A JSON file with job ids by pipeline, for steps that run another pipeline
    #[arg(long, value_name = "FILE")]
    pub ids: Option<PathBuf>,
    /// Fail instead of running a package's build backend
    #[arg(long)]
    pub no_build: bool,
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
pub struct RunArgs {
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
    /// Only these steps; on this machine values of others come from the last run
    #[arg(long, value_name = "STEP", value_delimiter = ',')]
    pub only: Vec<String>,
    /// On this machine: this step and all after it; values of others come from the last run
    #[arg(long, value_name = "STEP")]
    pub from: Option<String>,
    /// On this machine: leave a step out, as if it had succeeded
    #[arg(long, value_name = "STEP", value_delimiter = ',')]
    pub skip: Vec<String>,
    /// On this machine: take the outputs of a step from a JSON file and do not run it
    #[arg(long, value_name = "STEP=FILE")]
    pub stub: Vec<String>,
    /// On this machine: another package for the environment, such as one that the platform's runtime brings
    #[arg(long, value_name = "REQUIREMENT")]
    pub with: Vec<String>,
    /// On this machine: the Python to run steps with
    #[arg(long, value_name = "PYTHON", default_value = "python3")]
    pub python: String,
    /// On this machine: the directory that stands for /Volumes; without it one below `.pipec/local`
    #[arg(long, value_name = "DIR")]
    pub volumes: Option<PathBuf>,
    /// On this machine: environment variable to pass to the steps [default: only what programs need to run]
    #[arg(long, value_name = "NAME[=VALUE]", value_parser = PassedVariable::parse)]
    pub env: Vec<PassedVariable>,
    /// On this machine: how many steps at a time; without it as many as there are cores
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// On this machine: fail instead of running a package's build backend
    #[arg(long)]
    pub no_build: bool,
    /// In the workspace: start it and leave
    #[arg(long)]
    pub no_wait: bool,
    /// In the workspace: leave after so many seconds; the run goes on
    #[arg(long, value_name = "SECONDS", conflicts_with = "no_wait")]
    pub timeout: Option<u64>,
    /// In the workspace: a word of yours; the same word starts no second run
    #[arg(long, value_name = "WORD")]
    pub token: Option<String>,
    #[command(flatten)]
    pub login: LoginArgs,
}

/// Which workspace, beyond what the target says.
#[derive(Debug, ClapArgs)]
pub struct LoginArgs {
    /// The address of the workspace, for a target that names none
    #[arg(long, value_name = "URL")]
    pub host: Option<String>,
    /// The profile of ~/.databrickscfg to log in with
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    Text,
    Json,
}

#[derive(Debug, ClapArgs)]
pub struct PlanArgs {
    /// Files or directories; without any, the nearest directory upwards that holds a `.pipe` file
    pub paths: Vec<PathBuf>,
    /// Only these pipelines
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub pipeline: Vec<String>,
    /// How the plan is written
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub output: OutputFormat,
    /// Keep the plan for `deploy --plan`
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// Exit with 1 if there is something to do
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Fail instead of running a package's build backend
    #[arg(long)]
    pub no_build: bool,
    #[command(flatten)]
    pub login: LoginArgs,
}

#[derive(Debug, ClapArgs)]
pub struct Deploy {
    /// Files or directories; without any, the nearest directory upwards that holds a `.pipe` file
    pub paths: Vec<PathBuf>,
    /// Do what this saved plan says, and nothing if anything has changed since
    #[arg(long, value_name = "FILE", conflicts_with = "pipeline")]
    pub plan: Option<PathBuf>,
    /// Only these pipelines; others stay as they are
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub pipeline: Vec<String>,
    /// Do not ask before jobs are deleted
    #[arg(long)]
    pub yes: bool,
    /// Look at the live jobs even if the project is unchanged, and put back what others have changed
    #[arg(long)]
    pub refresh: bool,
    /// Generations of wheels and files that stay in the workspace
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    pub keep: u16,
    /// Seconds to wait for somebody else who is deploying
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub lock_timeout: u64,
    /// Fail instead of running a package's build backend
    #[arg(long)]
    pub no_build: bool,
    #[command(flatten)]
    pub login: LoginArgs,
}

#[derive(Debug, ClapArgs)]
pub struct StatusArgs {
    /// Files or directories; without any, the nearest directory upwards that holds a `.pipe` file
    pub paths: Vec<PathBuf>,
    /// How many runs of each pipeline
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=25))]
    pub runs: u16,
    /// How it is written
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub output: OutputFormat,
    #[command(flatten)]
    pub login: LoginArgs,
}

#[derive(Debug, ClapArgs)]
pub struct Destroy {
    /// Files or directories; without any, the nearest directory upwards that holds a `.pipe` file
    pub paths: Vec<PathBuf>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Cancel the runs that go on
    #[arg(long)]
    pub cancel_runs: bool,
    /// Seconds to wait for somebody else who is deploying
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub lock_timeout: u64,
    #[command(flatten)]
    pub login: LoginArgs,
}

#[derive(Debug, ClapArgs)]
pub struct Auth {
    /// Files or directories; without any, the nearest directory upwards that holds a `.pipe` file, if there is one
    pub paths: Vec<PathBuf>,
    /// Ask the workspace nothing
    #[arg(long)]
    pub offline: bool,
    #[command(flatten)]
    pub login: LoginArgs,
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
    /// As a page: every block with its fields
    #[arg(long, conflicts_with_all = ["json", "path"])]
    pub markdown: bool,
}
