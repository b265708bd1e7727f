//! The command line. Results go to standard output, diagnostics to standard error.

mod advise;
mod args;
mod check;
mod compile;
mod complete;
mod diff;
mod differences;
mod emit;
mod ending;
mod explain;
mod fields_page;
mod fmt;
mod graph;
mod import;
mod man;
mod markdown;
mod new;
mod params;
mod paths;
mod reference;
mod remote;
mod renamed;
mod report;
mod run;
mod run_local;
mod schema;
mod select;
mod terminal;
mod view;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use clap_complete::CompleteEnv;

use args::{Args, Command};
pub use ending::Outcome;
use ending::{Ended, Failure, errors, failed, usage};
use paths::paths;

use crate::diag::{closest_match, list_names};

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|info| {
        use std::io::Write;
        let _ = writeln!(
            std::io::stderr(),
            "pipec: internal error: this is a bug in pipec, not in your program.\nPlease report it with the command and the files that reproduce it:\n{info}"
        );
    }));
    // Answers a completion script and exits, if called by one.
    CompleteEnv::with_factory(Args::command).complete();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(mut error) => {
            renamed::explain(&mut error);
            if error.use_stderr() {
                // It does not matter whether the terminal still accepts the message.
                let _ = error.print();
                return Outcome::Usage.into();
            }
            let text = error.render();
            let colored = std::io::stdout().is_terminal();
            terminal::print_exact(&if colored { text.ansi().to_string() } else { text.to_string() });
            return with_output(Outcome::Done).into();
        }
    };
    let shared = args.shared();
    if let Some(user) = &shared.user
        && (user.is_empty() || user.contains(['/', '\\']) || user.contains("..") || user.chars().any(char::is_control))
    {
        return usage(format!("invalid `--user {user}`: it is used in paths")).tell().into();
    }
    let ended = match &args.command {
        Command::Check(c) => check::run(c, &shared),
        Command::Compile(c) => compile::run(c, &shared),
        Command::Fmt(c) => fmt::run(c, &shared),
        Command::Plan(c) => remote::plan(c, &shared),
        Command::Deploy(c) => remote::deploy(c, &shared),
        Command::Run(c) => run::run(c, &shared),
        Command::Status(c) => remote::status(c, &shared),
        Command::Destroy(c) => remote::destroy(c, &shared),
        Command::Auth(c) => remote::auth(c, &shared),
        Command::Explain(c) => explain::run(c, &shared),
        Command::Schema(c) => schema::run(c).map(|text| {
            terminal::print(&text);
            Outcome::Done
        }),
        Command::New(c) => new::run(c, &shared),
        Command::Advise(c) => advise::run(c, &shared),
        Command::Graph(c) => graph::run(c, &shared),
        Command::Diff(c) => diff::run(c, &shared),
        Command::Import(c) => import::run(c, &shared),
        Command::Lsp { stdio: _ } => match crate::lsp::serve_stdio() {
            Ok(()) => Ok(Outcome::Done),
            // The protocol requires this exit status for a client that disappeared.
            Err(e) => Err(errors(e)),
        },
        Command::Man { format, out } => man::run(*format, out),
        Command::Completions { shell } => complete::script(shell),
    };
    with_output(ended.unwrap_or_else(Failure::tell)).into()
}

/// Combines the outcome with whether output could be written.
fn with_output(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Interrupted => outcome,
        _ if terminal::lost_output() => Outcome::Failed,
        _ => outcome,
    }
}

/// Describes an unknown name, with the closest match or all names.
fn no_such<'n>(what: &str, name: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    match closest_match(name, names.iter().copied()) {
        Some(near) => format!("unknown {what} `{name}`; did you mean `{near}`?"),
        None => format!("unknown {what} `{name}`; use {}", list_names(names, 12)),
    }
}
