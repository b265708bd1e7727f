//! Questions to the user, and times.

use std::io::{BufRead, IsTerminal};
use std::sync::atomic::Ordering;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use super::super::terminal::{say, say_text};
use super::stop::stop;

/// Asks on the terminal; `None` without a terminal or after Ctrl-C.
pub(super) fn ask(question: &str) -> Option<bool> {
    if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        return None;
    }
    say_text(&format!("{question} [y/N] "));
    // Ctrl-C must end the question, but reading a line ignores it.
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        // The receiver may be gone.
        let _ = send.send(read.is_ok() && matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes"));
    });
    loop {
        match receive.recv_timeout(Duration::from_millis(100)) {
            Ok(answer) => return Some(answer),
            Err(_) if stop().load(Ordering::Relaxed) => {
                say!();
                return None;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

/// Formats a time.
pub(super) fn time(millis: i64) -> String {
    jiff::Timestamp::from_millisecond(millis)
        .map(|t| t.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
        .unwrap_or_else(|_| millis.to_string())
}
