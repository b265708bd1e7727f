//! The command line: arguments in, exit code out. Results go to stdout, messages to stderr.

mod advise;
mod args;
mod build;
mod check;
mod compile;
mod diff;
mod differences;
mod elsewhere;
mod explain;
mod fields_page;
mod fmt;
mod graph;
mod import;
mod man;
mod new;
mod params;
mod remote;
mod report;
mod run;
mod run_local;
mod schema;
mod view;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Args, Command};

use crate::diag::{nearest, one_of};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Done,
    /// The program has errors.
    Errors,
    /// The call was wrong.
    Usage,
    /// Files cannot be written, or something outside of pipec does not work.
    Failed,
    /// Somebody stopped it.
    Interrupted,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        ExitCode::from(match outcome {
            Outcome::Done => 0,
            Outcome::Errors => 1,
            Outcome::Usage => 2,
            Outcome::Failed => 3,
            Outcome::Interrupted => 130,
        })
    }
}

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|info| {
        use std::io::Write;
        // Nobody reads the messages any more: that is no bug, and there is nobody to tell.
        if info.payload_as_str().is_some_and(|p| p.starts_with("failed printing to")) {
            std::process::exit(3);
        }
        let _ = writeln!(
            std::io::stderr(),
            "pipec: this is a bug in pipec, not in your program.\nPlease report it with the command and the files that show it:\n{info}"
        );
    }));
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            let wrong = error.use_stderr();
            // Whether the terminal still takes the message changes nothing.
            let _ = error.print();
            return if wrong { Outcome::Usage.into() } else { Outcome::Done.into() };
        }
    };
    if let Some(user) = &args.shared.user
        && (user.is_empty() || user.contains(['/', '\\']) || user.contains("..") || user.chars().any(char::is_control))
    {
        return usage(format!("`--user {user}` is no name of a user: it becomes a part of paths")).into();
    }
    let outcome = match &args.command {
        Command::Check(c) => check::run(c, &args.shared),
        Command::Compile(c) => compile::run(c, &args.shared),
        Command::Fmt(c) => fmt::run(c, &args.shared),
        Command::Plan(c) => remote::plan(c, &args.shared),
        Command::Deploy(c) => remote::deploy(c, &args.shared),
        Command::Run(c) => run::run(c, &args.shared),
        Command::Status(c) => remote::status(c, &args.shared),
        Command::Destroy(c) => remote::destroy(c, &args.shared),
        Command::Auth(c) => remote::auth(c, &args.shared),
        Command::Explain(c) => explain::run(c, &args.shared),
        Command::Schema(c) => {
            let (text, outcome) = schema::run(c);
            print(&text);
            outcome
        }
        Command::New(c) => new::run(c, &args.shared),
        Command::Advise(c) => advise::run(c, &args.shared),
        Command::Graph(c) => graph::run(c, &args.shared),
        Command::Diff(c) => diff::run(c, &args.shared),
        Command::Import(c) => import::run(c, &args.shared),
        Command::Lsp { stdio: _ } => match crate::lsp::serve_stdio() {
            Ok(()) => Outcome::Done,
            Err(e) => {
                eprintln!("pipec: {e}");
                // The protocol's own code for a client that left without a word.
                Outcome::Errors
            }
        },
        Command::Man { dir } => man::run(dir),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Args::command(), "pipec", &mut script);
            print(&String::from_utf8_lossy(&script));
            Outcome::Done
        }
    };
    outcome.into()
}

/// Writes a result to stdout. A reader that has seen enough closes the pipe, and that is no failure.
fn print(text: &str) {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    if let Err(e) = out.write_all(text.as_bytes()).and_then(|()| out.flush())
        && e.kind() != std::io::ErrorKind::BrokenPipe
    {
        eprintln!("pipec: cannot write: {e}");
    }
}

/// Tells a mistake in the call.
fn usage(message: impl std::fmt::Display) -> Outcome {
    eprintln!("pipec: {message}");
    Outcome::Usage
}

/// There is no such pipeline, step or the like: the nearest name, or all of them.
fn no_such<'n>(what: &str, name: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    match nearest(name, names.iter().copied()) {
        Some(near) => format!("there is no {what} `{name}`; did you mean `{near}`?"),
        None => format!("there is no {what} `{name}`; there is {}", one_of(names, 12)),
    }
}

/// The paths to work on: those given, or the nearest directory upwards that holds a `.pipe` file.
fn paths(given: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    if !given.is_empty() {
        return Ok(given.to_vec());
    }
    let here = std::env::current_dir().map_err(|e| format!("cannot tell the current directory: {e}"))?;
    for (up, dir) in here.ancestors().enumerate() {
        let holds = std::fs::read_dir(dir)
            .is_ok_and(|d| d.flatten().any(|e| e.path().extension().is_some_and(|x| x == "pipe")));
        if holds {
            let relative: PathBuf = if up == 0 { PathBuf::from(".") } else { std::iter::repeat_n("..", up).collect() };
            return Ok(vec![relative]);
        }
    }
    Err("there is no `.pipe` file here or in a directory above".to_owned())
}
