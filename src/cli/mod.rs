//! The command line: arguments in, exit code out. Results go to stdout, messages to stderr.

mod advise;
mod args;
mod check;
mod compile;
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
mod new;
mod params;
mod remote;
mod report;
mod run;
mod run_local;
mod schema;
mod terminal;
mod view;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Args, Command};
pub use ending::Outcome;
use ending::{Ended, Failure, errors, failed, usage};

use crate::diag::{closest_match, list_names};
use crate::source::VERSION_CONTROL;

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|info| {
        use std::io::Write;
        let _ = writeln!(
            std::io::stderr(),
            "pipec: internal error: this is a bug in pipec, not in your program.\nPlease report it with the command and the files that reproduce it:\n{info}"
        );
    }));
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            if error.use_stderr() {
                // Whether the terminal still takes the message changes nothing.
                let _ = error.print();
                return Outcome::Usage.into();
            }
            let text = error.render();
            let colored = std::io::stdout().is_terminal();
            terminal::print_exact(&if colored { text.ansi().to_string() } else { text.to_string() });
            return with_output(Outcome::Done).into();
        }
    };
    if let Some(user) = &args.shared.user
        && (user.is_empty() || user.contains(['/', '\\']) || user.contains("..") || user.chars().any(char::is_control))
    {
        return usage(format!("invalid `--user {user}`: it is used in paths")).tell().into();
    }
    let ended = match &args.command {
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
        Command::Schema(c) => schema::run(c).map(|text| {
            terminal::print(&text);
            Outcome::Done
        }),
        Command::New(c) => new::run(c, &args.shared),
        Command::Advise(c) => advise::run(c, &args.shared),
        Command::Graph(c) => graph::run(c, &args.shared),
        Command::Diff(c) => diff::run(c, &args.shared),
        Command::Import(c) => import::run(c, &args.shared),
        Command::Lsp { stdio: _ } => match crate::lsp::serve_stdio() {
            Ok(()) => Ok(Outcome::Done),
            // The protocol's own code for a client that left without a word.
            Err(e) => Err(errors(e)),
        },
        Command::Man { dir } => man::run(dir),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Args::command(), "pipec", &mut script);
            terminal::print_exact(&String::from_utf8_lossy(&script));
            Ok(Outcome::Done)
        }
    };
    with_output(ended.unwrap_or_else(Failure::tell)).into()
}

/// How a command ended, with what became of its output.
fn with_output(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Interrupted => outcome,
        _ if terminal::lost_output() => Outcome::Failed,
        _ => outcome,
    }
}

/// There is no such pipeline, step or the like: the nearest name, or all of them.
fn no_such<'n>(what: &str, name: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    match closest_match(name, names.iter().copied()) {
        Some(near) => format!("unknown {what} `{name}`; did you mean `{near}`?"),
        None => format!("unknown {what} `{name}`; use {}", list_names(names, 12)),
    }
}

/// The paths to work on: those given, or the nearest directory upwards that holds a `.pipe` file, within the repository
/// and the home of whoever runs this.
///
/// A file of somebody else is not taken unasked: it would say which host a token goes to.
fn paths(given: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    if !given.is_empty() {
        return Ok(given.to_vec());
    }
    let here = std::env::current_dir().map_err(|e| format!("cannot determine the current directory: {e}"))?;
    for (up, dir) in here.ancestors().enumerate() {
        let files = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path());
        let pipes: Vec<PathBuf> = files.filter(|p| p.extension().is_some_and(|x| x == "pipe")).collect();
        if !pipes.is_empty() {
            if let Some(pipe) = pipes.iter().find(|p| up > 0 && belongs_to_another(p)) {
                return Err(format!(
                    "`{}` belongs to another user; if you trust it, pass the path `{}`",
                    pipe.display(),
                    dir.display()
                ));
            }
            let relative: PathBuf = if up == 0 { PathBuf::from(".") } else { std::iter::repeat_n("..", up).collect() };
            return Ok(vec![relative]);
        }
        let ends = VERSION_CONTROL.iter().any(|v| dir.join(v).exists());
        if ends || std::env::home_dir().is_some_and(|home| home == dir) {
            break;
        }
    }
    Err("there is no `.pipe` file here or in a directory above".to_owned())
}

/// Whether a file belongs to a user other than the one who runs this, and root.
fn belongs_to_another(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let uid = |p: &Path| std::fs::metadata(p).ok().map(|m| m.uid());
        // The owner of this process, or without /proc the owner of the home directory.
        let own = uid(Path::new("/proc/self")).or_else(|| uid(&std::env::home_dir()?));
        let owner = uid(path);
        owner != Some(0) && own.is_some() && owner.is_some() && owner != own
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}
