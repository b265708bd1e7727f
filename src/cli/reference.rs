//! The reference page of the command line, in Markdown.

use clap::builder::StyledStr;
use clap::{Arg, Command};

/// Groups that are described once: heading and introduction.
const SHARED: &[(&str, &str)] = &[
    ("Global options", "All commands have these options, also before the name of the command."),
    ("Target options", "Commands that read a project have these options."),
    ("Workspace options", "Commands that connect to a workspace have these options."),
];

const HEAD: &str = "# Command line\n\n\
    Diagnostics go to standard error, results to standard output. Without a path, a command uses the\n\
    project of the current directory. `pipec help COMMAND` shows this page in the terminal.\n\n\
    | exit status | meaning |\n|---|---|\n\
    | 0 | success |\n\
    | 1 | errors in the program, a failed run, or differences with `--exit-code` and `--verify` |\n\
    | 2 | wrong usage, or a missing path |\n\
    | 3 | a problem with a file, the Python environment or the workspace |\n\
    | 130 | interrupted |\n";

/// Renders the commands of the built `command`.
pub fn markdown(command: &Command) -> String {
    let commands = || command.get_subcommands().filter(|c| c.get_name() != "help" && !c.is_hide_set());
    let mut out = HEAD.to_owned();
    for (heading, text) in SHARED {
        let shared = commands()
            .flat_map(Command::get_arguments)
            .filter(|arg| arg.get_help_heading() == Some(heading) && !is_own(arg))
            .fold(Vec::new(), |mut list: Vec<&Arg>, arg| {
                if !list.iter().any(|a| a.get_id() == arg.get_id()) {
                    list.push(arg);
                }
                list
            });
        out += &format!("\n## {heading}\n\n{text}\n\n");
        out.extend(shared.into_iter().map(option));
    }
    for sub in commands() {
        out += &one_command(sub);
    }
    out
}

/// Whether an option of a shared group belongs to one command only.
fn is_own(arg: &Arg) -> bool {
    matches!(arg.get_id().as_str(), "no_wait" | "timeout" | "token")
}

fn one_command(command: &Command) -> String {
    let mut out = format!("\n## pipec {}\n\n{}.\n\n", command.get_name(), plain(command.get_about()));
    let usage = command.clone().render_usage().to_string();
    out += &format!("```text\n{}\n```\n", usage.trim_start_matches("Usage: ").trim());
    let (own, shared): (Vec<&Arg>, Vec<&Arg>) = command
        .get_arguments()
        .filter(|arg| !matches!(arg.get_id().as_str(), "help" | "version"))
        .partition(|arg| is_own(arg) || !SHARED.iter().any(|(h, _)| arg.get_help_heading() == Some(h)));
    if !own.is_empty() {
        out.push('\n');
        out.extend(own.iter().filter(|a| a.is_positional()).map(|arg| option(arg)));
        out.extend(own.iter().filter(|a| !a.is_positional()).map(|arg| option(arg)));
    }
    let links: Vec<String> = SHARED
        .iter()
        .filter(|(heading, _)| shared.iter().any(|arg| arg.get_help_heading() == Some(heading)))
        .map(|(heading, _)| format!("[{}](#{})", heading.to_lowercase(), heading.to_lowercase().replace(' ', "-")))
        .collect();
    if !links.is_empty() {
        out += &format!("\nAlso: {}.\n", links.join(", "));
    }
    let after = plain(command.get_after_help());
    if let Some((_, examples)) = after.split_once("Examples:\n") {
        let lines: Vec<&str> = examples.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
        out += &format!("\n```sh\n{}\n```\n", lines.join("\n"));
    }
    out
}

/// One list item: spelling, help, default and allowed values.
fn option(arg: &Arg) -> String {
    let values: Vec<String> =
        arg.get_value_names().unwrap_or_default().iter().map(|name| format!("<{name}>")).collect();
    let takes_value = arg.get_action().takes_values();
    let mut spelling = match (arg.get_short(), arg.get_long()) {
        (Some(short), Some(long)) => format!("-{short}, --{long}"),
        (Some(short), None) => format!("-{short}"),
        (None, Some(long)) => format!("--{long}"),
        (None, None) => String::new(),
    };
    if takes_value {
        spelling = format!("{spelling} {}", values.join(" ")).trim().to_owned();
    }
    let mut text = plain(arg.get_help()).replace('<', "\\<");
    let defaults: Vec<String> = arg.get_default_values().iter().map(|v| v.to_string_lossy().into_owned()).collect();
    if takes_value && !defaults.is_empty() {
        text += &format!(" [default: {}]", defaults.join(", "));
    }
    let possible: Vec<String> = arg.get_possible_values().iter().map(|v| format!("`{}`", v.get_name())).collect();
    if takes_value && !possible.is_empty() && possible.len() < 10 {
        text += &format!(" [{}]", possible.join(", "));
    }
    let wrap = textwrap::Options::new(100)
        .subsequent_indent("  ")
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(&format!("- `{spelling}`: {text}"), wrap) + "\n"
}

fn plain(text: Option<&StyledStr>) -> String {
    text.map(ToString::to_string).unwrap_or_default()
}
