//! The command line: commands, options and their help.

mod remote;

pub use remote::*;

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Effects, Style, Styles};
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use super::complete;
use crate::scaffold::TEMPLATES;

const HEADER: Style = AnsiColor::Green.on_default().effects(Effects::BOLD);
const LITERAL: Style = AnsiColor::Cyan.on_default().effects(Effects::BOLD);
const STYLES: Styles = Styles::styled()
    .header(HEADER)
    .usage(HEADER)
    .literal(LITERAL)
    .placeholder(AnsiColor::Cyan.on_default())
    .error(AnsiColor::Red.on_default().effects(Effects::BOLD))
    .valid(LITERAL)
    .invalid(AnsiColor::Yellow.on_default().effects(Effects::BOLD));

const OUTPUT: &str = "Output options";
const TARGET: &str = "Target options";
const WORKSPACE: &str = "Workspace options";
const LOCAL: &str = "Local run options";
const GLOBAL: &str = "Global options";

/// Check pipelines offline, compile them to Databricks jobs, run and deploy them
#[derive(Debug, Parser)]
#[command(
    name = "pipec",
    version,
    max_term_width = 100,
    styles = STYLES,
    propagate_version = false,
    after_help = "Run `pipec help COMMAND` for the options and examples of a command."
)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub global: GlobalArgs,
}

impl Args {
    /// The shared options, with defaults if the command does not have them.
    pub fn shared(&self) -> SharedArgs {
        let project = self.command.project();
        SharedArgs {
            target: project.and_then(|p| p.target.clone()),
            vars: project.map(|p| p.vars.clone()).unwrap_or_default(),
            user: project.and_then(|p| p.user.clone()),
            color: self.global.color,
            quiet: self.global.quiet,
            verbose: self.global.verbose,
        }
    }
}

/// Options shared by commands.
#[derive(Debug)]
pub struct SharedArgs {
    pub target: Option<String>,
    pub vars: Vec<String>,
    pub user: Option<String>,
    pub color: ColorWhen,
    pub quiet: bool,
    pub verbose: u8,
}

#[derive(Debug, ClapArgs)]
pub struct GlobalArgs {
    /// Print only errors
    #[arg(short, long, global = true, help_heading = GLOBAL)]
    pub quiet: bool,
    /// Print more details; `-vv` also prints requests to a workspace
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = GLOBAL)]
    pub verbose: u8,
    /// Whether to use colors
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = GLOBAL)]
    pub color: ColorWhen,
}

/// Options for evaluating a project.
#[derive(Debug, ClapArgs)]
pub struct ProjectArgs {
    /// Target to use [default: the one marked `default = true`]
    #[arg(long, value_name = "NAME", help_heading = TARGET, add = ArgValueCompleter::new(complete::targets))]
    pub target: Option<String>,
    /// Value of a `var`; can be repeated
    #[arg(long = "var", value_name = "NAME=VALUE", help_heading = TARGET, add = ArgValueCompleter::new(complete::vars))]
    pub vars: Vec<String>,
    /// User for default paths and names [default: the user who is logged in]
    #[arg(long, value_name = "NAME", help_heading = TARGET)]
    pub user: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ManFormat {
    Man,
    Markdown,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create a project
    New(New),
    /// Check pipelines and report errors
    Check(Check),
    /// Format source files
    Fmt(Fmt),
    /// Compile pipelines to job JSON, wheels and a manifest
    Compile(Compile),
    /// Run a pipeline, locally or in the workspace
    Run(RunArgs),
    /// Show what `deploy` would change
    Plan(PlanArgs),
    /// Deploy files, jobs and permissions to the workspace
    Deploy(Deploy),
    /// Show deployed jobs, their last runs and their next run
    Status(StatusArgs),
    /// Delete everything that was deployed
    Destroy(Destroy),
    /// Show which workspace and which credentials are used
    Auth(Auth),
    /// Explain an error code or a cron expression
    Explain(Explain),
    /// Draw the graph of a pipeline, with the results of a run
    Graph(GraphArgs),
    /// Estimate the maximum cost and duration of a pipeline
    Advise(Advise),
    /// Compare two jobs, in any format
    Diff(Diff),
    /// Convert existing jobs, bundles and Terraform to source
    Import(ImportArgs),
    /// Show the fields of the language and the Jobs API
    Schema(Schema),
    /// Start the language server on standard input and output
    #[command(after_help = examples(&["pipec lsp", "pipec lsp --stdio"]))]
    Lsp {
        /// Accepted for editors that pass it; standard input and output are always used
        #[arg(long)]
        stdio: bool,
    },
    /// Print a shell completion script
    #[command(after_help = examples(&["pipec completions bash > ~/.local/share/bash-completion/completions/pipec", "source <(pipec completions zsh)"]))]
    Completions {
        /// Shell to print the script for
        #[arg(value_parser = PossibleValuesParser::new(complete::SHELLS))]
        shell: String,
    },
    /// Write man pages, or this reference as Markdown
    #[command(after_help = examples(&["pipec man --out ~/.local/share/man/man1", "pipec man --format markdown --out docs"]))]
    Man {
        /// Man pages, one for each command, or one page `cli.md`
        #[arg(long, value_name = "FORMAT", default_value = "man", help_heading = OUTPUT)]
        format: ManFormat,
        /// Directory to write to
        #[arg(long, value_name = "DIR", help_heading = OUTPUT)]
        out: PathBuf,
    },
}

impl Command {
    fn project(&self) -> Option<&ProjectArgs> {
        match self {
            Command::Check(c) => Some(&c.project),
            Command::Compile(c) => Some(&c.project),
            Command::Run(c) => Some(&c.project),
            Command::Plan(c) => Some(&c.project),
            Command::Deploy(c) => Some(&c.project),
            Command::Status(c) => Some(&c.project),
            Command::Destroy(c) => Some(&c.project),
            Command::Auth(c) => Some(&c.project),
            Command::Graph(c) => Some(&c.project),
            Command::Advise(c) => Some(&c.project),
            Command::Diff(c) => Some(&c.project),
            _ => None,
        }
    }
}

/// The examples section of a command's help.
fn examples(lines: &[&str]) -> clap::builder::StyledStr {
    let mut out = format!("{HEADER}Examples:{HEADER:#}");
    for line in lines {
        out.push_str(&format!("\n  {LITERAL}{line}{LITERAL:#}"));
    }
    out.into()
}

/// The values of `--template`.
fn templates() -> PossibleValuesParser {
    PossibleValuesParser::new(TEMPLATES.iter().map(|t| PossibleValue::new(t.name).help(t.about)))
}

/// Parses a number of at least 0.
fn amount(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(n) if n.is_finite() && n >= 0.0 => Ok(n),
        _ => Err("must be a number of at least 0".to_owned()),
    }
}

#[derive(Debug, ClapArgs)]
#[command(after_help = examples(&["pipec new shop", "pipec new shop --template sql-dbt"]))]
pub struct New {
    /// Directory to create; its last part is the name of the project
    pub dir: PathBuf,
    /// Template to start from [default: python; asked for in a terminal]
    #[arg(long, value_name = "TEMPLATE", value_parser = templates())]
    pub template: Option<String>,
}

#[derive(Debug, ClapArgs)]
#[command(
    after_help = examples(&["pipec check", "pipec check jobs/ --format github", "pipec check --fix"]),
    mut_arg("target", |a| a.help("Target to check [default: all]")),
)]
pub struct Check {
    /// Files or directories [default: the project of the current directory]
    pub paths: Vec<PathBuf>,
    /// Apply safe fixes
    #[arg(long)]
    pub fix: bool,
    /// Format of diagnostics; `text` goes to standard error, the others to standard output
    #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = OUTPUT)]
    pub format: CheckFormat,
    #[command(flatten)]
    pub project: ProjectArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    Text,
    Json,
    Sarif,
    Github,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = examples(&["pipec fmt", "pipec fmt --check", "pipec fmt - < main.pipe"]))]
pub struct Fmt {
    /// Files or directories, or `-` for standard input [default: the project of the current directory]
    ///
    /// Directories are searched recursively, except hidden ones, `build`, `target`, `venv` and `node_modules`.
    pub paths: Vec<PathBuf>,
    /// List files that are not formatted, and write nothing
    #[arg(long)]
    pub check: bool,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = examples(&["pipec compile --target prod", "pipec compile --emit bundle --out bundle"]))]
pub struct Compile {
    /// Files or directories [default: the project of the current directory]
    pub paths: Vec<PathBuf>,
    /// Compile only this pipeline
    #[arg(long, value_name = "NAME", add = ArgValueCompleter::new(complete::pipelines))]
    pub pipeline: Option<String>,
    /// Compare with the existing manifest instead of writing
    #[arg(long, conflicts_with = "stdout")]
    pub verify: bool,
    /// JSON file with values that only a workspace knows: job ids by pipeline, and `user.name`
    #[arg(long, value_name = "FILE")]
    pub ids: Option<PathBuf>,
    /// Fail instead of running the build backend of a package
    #[arg(long)]
    pub no_build: bool,
    /// What to write: job JSON, an asset bundle or Terraform; the last two include all targets
    #[arg(long, value_name = "WHAT", default_value = "job", conflicts_with_all = ["stdout", "verify"], help_heading = OUTPUT)]
    pub emit: Emit,
    /// Directory to write to [default: `build` in the project]
    #[arg(long, value_name = "DIR", help_heading = OUTPUT)]
    pub out: Option<PathBuf>,
    /// Print the job JSON of one pipeline instead of writing files
    #[arg(long, conflicts_with = "out", help_heading = OUTPUT)]
    pub stdout: bool,
    #[command(flatten)]
    pub project: ProjectArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Emit {
    Job,
    Bundle,
    Terraform,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = examples(&["pipec explain E0102", "pipec explain '0 0 2 ? * MON-FRI' --zone Europe/Berlin"]))]
pub struct Explain {
    /// Code such as E0102, or a Quartz cron expression in quotes
    #[arg(add = ArgValueCompleter::new(complete::codes))]
    pub what: String,
    /// Time zone for the times of a cron expression
    #[arg(long, value_name = "ZONE", default_value = "UTC", add = ArgValueCompleter::new(complete::zones))]
    pub zone: String,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = examples(&["pipec graph --out graph.html", "pipec graph --pipeline nightly --run last --out run.svg"]))]
pub struct GraphArgs {
    /// Files or directories [default: the project of the current directory]
    pub paths: Vec<PathBuf>,
    /// Draw only this pipeline [default: all on an HTML page; required for other formats if there are several]
    #[arg(long, value_name = "NAME", add = ArgValueCompleter::new(complete::pipelines))]
    pub pipeline: Option<String>,
    /// Show a run: the id of a workspace run, the directory of a local run, or `last` for the last local run
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    /// URL pattern for links to source, with `{path}`, `{file}` (absolute path) and `{line}`
    #[arg(long, value_name = "URL")]
    pub link: Option<String>,
    /// Format of the drawing [default: by the extension of `--out`, else svg]
    #[arg(long, value_name = "FORMAT", help_heading = OUTPUT)]
    pub format: Option<Drawing>,
    /// File to write to [default: standard output]
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub login: LoginArgs,
    #[command(flatten)]
    pub project: ProjectArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Drawing {
    Svg,
    Html,
    Mermaid,
    Dot,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = examples(&["pipec advise --target prod", "pipec advise --max-cost 50 --max-monthly-cost 1500"]))]
pub struct Advise {
    /// Files or directories [default: the project of the current directory]
    pub paths: Vec<PathBuf>,
    /// Estimate only this pipeline
    #[arg(long, value_name = "NAME", add = ArgValueCompleter::new(complete::pipelines))]
    pub pipeline: Option<String>,
    /// Price table [default: `prices.toml` next to the pipeline, else the built-in table]
    #[arg(long, value_name = "FILE")]
    pub prices: Option<PathBuf>,
    /// Print the built-in price table
    #[arg(long)]
    pub print_prices: bool,
    /// Hours to assume for a step without a timeout
    #[arg(long, value_name = "HOURS", value_parser = amount, allow_negative_numbers = true)]
    pub assume_hours: Option<f64>,
    /// Items to assume for a loop over a run-time list
    #[arg(long, value_name = "N")]
    pub assume_items: Option<u64>,
    /// Exit with status 1 if a run may cost more, or if its cost is unlimited
    #[arg(long, value_name = "AMOUNT", value_parser = amount, allow_negative_numbers = true)]
    pub max_cost: Option<f64>,
    /// Exit with status 1 if a month of a scheduled pipeline may cost more, or if its cost is unlimited
    #[arg(long, value_name = "AMOUNT", value_parser = amount, allow_negative_numbers = true)]
    pub max_monthly_cost: Option<f64>,
    /// Format of the result
    #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = OUTPUT)]
    pub format: OutputFormat,
    #[command(flatten)]
    pub project: ProjectArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = examples(&["pipec diff job:123 .", "pipec diff databricks.yml build/dev/nightly.job.json --exit-code"]))]
pub struct Diff {
    /// Source, job JSON, a bundle, Terraform, or `job:ID` for a job in the workspace
    pub left: String,
    /// What to compare it with, in the same formats
    pub right: String,
    /// Exit with status 1 if there are differences
    #[arg(long)]
    pub exit_code: bool,
    /// Format of the differences
    #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = OUTPUT)]
    pub format: OutputFormat,
    #[command(flatten)]
    pub login: LoginArgs,
    #[command(flatten)]
    pub project: ProjectArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = examples(&["pipec import databricks.yml --out pipelines", "pipec import --job-id 123 --notebooks --out pipelines"]))]
pub struct ImportArgs {
    /// Jobs as JSON or JSON lines, a bundle (`databricks.yml` or its directory), Terraform, or `-` for standard input
    #[arg(required_unless_present = "job_id", value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Job in the workspace to import; can be repeated
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub job_id: Vec<i64>,
    /// Download the notebooks of these jobs to `notebooks`, next to the source
    #[arg(long, requires = "job_id", requires = "out")]
    pub notebooks: bool,
    /// Directory to write to, with a file per pipeline [default: standard output]
    #[arg(long, value_name = "DIR", help_heading = OUTPUT)]
    pub out: Option<PathBuf>,
    /// Overwrite existing files
    #[arg(long, requires = "out", help_heading = OUTPUT)]
    pub force: bool,
    #[command(flatten)]
    pub login: LoginArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = examples(&["pipec schema step", "pipec schema tasks.notebook_task", "pipec schema retry"]))]
pub struct Schema {
    /// Block such as `step` or `ClusterSpec`, path such as `tasks.notebook_task`, or word to search for
    pub path: Option<String>,
    /// Format of the result; `json` and `markdown` include every field
    #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = OUTPUT)]
    pub format: SchemaFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaFormat {
    Text,
    Json,
    Markdown,
}
