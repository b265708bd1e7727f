//! The way out: messages to stderr, results to stdout. Whatever else is printed goes through here, so that no text from
//! elsewhere reaches a terminal or a CI log unescaped.

use std::io::{ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::source::plain;

/// Whether a result could not be written.
static LOST: AtomicBool = AtomicBool::new(false);

/// Prints a message to stderr, with a line end.
macro_rules! say {
    () => { $crate::cli::terminal::say_text("\n") };
    ($($part:tt)*) => { $crate::cli::terminal::say_text(&(format!($($part)*) + "\n")) };
}
pub(super) use say;

/// Prints text of our own and of others to stderr.
pub fn say_text(text: &str) {
    say_painted(&plain::lines(text));
}

/// Prints text to stderr that has colours: what of it comes from elsewhere is plain already.
pub fn say_painted(text: &str) {
    // When nobody reads the messages any more, there is nobody to tell.
    let mut out = std::io::stderr().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes a result for people to stdout.
pub fn print(text: &str) {
    print_exact(&plain::lines(text));
}

/// Writes JSON to stdout.
pub fn print_json(value: &serde_json::Value) {
    print_exact(&plain::json(&format!("{value:#}\n")));
}

/// Writes a result to stdout byte for byte: source, or the content of a file. A reader that closes the pipe is not an
/// error.
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
