//! All output: diagnostics to standard error, results to standard output. Text from elsewhere is escaped here before
//! it reaches a terminal or a CI log.

use std::io::{ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::source::plain;

/// Whether a result could not be written.
static LOST: AtomicBool = AtomicBool::new(false);

/// Prints a formatted line to standard error.
macro_rules! say {
    () => { $crate::cli::terminal::say_text("\n") };
    ($($part:tt)*) => { $crate::cli::terminal::say_text(&(format!($($part)*) + "\n")) };
}
pub(super) use say;

/// Prints a text to standard error, escaped.
pub fn say_text(text: &str) {
    say_painted(&plain::lines(text));
}

/// Prints a text with colors to standard error; the caller has escaped foreign text.
pub fn say_painted(text: &str) {
    // If standard error is closed, there is nowhere to report it.
    let mut out = std::io::stderr().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints a result to standard output, escaped.
pub fn print(text: &str) {
    print_exact(&plain::lines(text));
}

/// Prints JSON to standard output.
pub fn print_json(value: &serde_json::Value) {
    print_exact(&plain::json(&format!("{value:#}\n")));
}

/// Writes bytes to standard output unchanged: source, or the content of a file. A closed pipe is not an error.
pub fn print_exact(text: &str) {
    let mut out = std::io::stdout().lock();
    if let Err(e) = out.write_all(text.as_bytes()).and_then(|()| out.flush())
        && e.kind() != ErrorKind::BrokenPipe
        && !LOST.swap(true, Ordering::Relaxed)
    {
        say!("pipec: cannot write to standard output: {e}");
    }
}

/// Whether a result could not be written, which decides the exit status.
pub fn lost_output() -> bool {
    LOST.load(Ordering::Relaxed)
}
