//! Child processes that end together with everything they started.

use std::fs::File;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use process_wrap::std::CommandWrap;

use super::error::LocalError;
use super::interrupt::Interrupt;
use super::outcome::TaskState;

/// How often a running process is polled.
const LOOK: Duration = Duration::from_millis(15);
/// How long a process may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(5);

/// When a process must end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits<'a> {
    pub timeout: Option<Duration>,
    /// When the loop or the run must end.
    pub until: Option<Instant>,
    /// Signals when the run must end.
    pub interrupt: &'a Interrupt,
}

/// The result of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Exit {
    pub state: TaskState,
    /// Such as `exit status 3` or `killed by signal 9 (SIGKILL); out of memory?`; empty after success, and if pipec
    /// ended it.
    pub how: String,
}

impl Limits<'_> {
    /// The state of a process that has run since `started`, if it must end now.
    pub fn over(&self, started: Instant) -> Option<TaskState> {
        if self.interrupt.asked() {
            return Some(TaskState::Canceled);
        }
        let late =
            self.timeout.is_some_and(|t| started.elapsed() > t) || self.until.is_some_and(|u| Instant::now() > u);
        late.then_some(TaskState::TimedOut)
    }
}

/// Runs a command, with its output in a file.
///
/// # Errors
/// A process that cannot be started, as a message.
pub(super) fn run(mut command: Command, log: &Path, limits: Limits<'_>) -> Result<Exit, LocalError> {
    let file = File::options()
        .create(true)
        .append(true)
        .open(log)
        .map_err(|e| format!("cannot write `{}`: {e}", log.display()))?;
    let copy = file.try_clone().map_err(|e| e.to_string())?;
    command.stdin(Stdio::null()).stdout(file).stderr(copy);
    let shown = command.get_program().to_string_lossy().into_owned();
    let mut wrapped = CommandWrap::from(command);
    #[cfg(unix)]
    wrapped.wrap(process_wrap::std::ProcessGroup::leader());
    #[cfg(windows)]
    wrapped.wrap(process_wrap::std::JobObject);
    let mut child = wrapped.spawn().map_err(|e| format!("cannot start `{shown}`: {e}"))?;
    let started = Instant::now();
    let mut ending: Option<(TaskState, Instant)> = None;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => {
                // Processes it started end with it, even if they ignore the first signal.
                let _ = kill(&mut *child);
                return Ok(match ending {
                    Some((state, _)) => Exit { state, how: String::new() },
                    None if status.success() => Exit { state: TaskState::Success, how: String::new() },
                    None => Exit { state: TaskState::Failed, how: how(status) },
                });
            }
            Ok(None) => {}
            Err(e) => return Err(format!("cannot wait for `{shown}`: {e}").into()),
        }
        match ending {
            None => {
                if let Some(state) = limits.over(started) {
                    ending = Some((state, Instant::now()));
                    #[cfg(unix)]
                    let asked = child.signal(15);
                    #[cfg(not(unix))]
                    let asked = child.start_kill();
                    // A process that has just ended needs no signal.
                    let _ = asked;
                }
            }
            Some((_, since)) if since.elapsed() > GRACE || limits.interrupt.insists() => {
                // Its time is over.
                let _ = kill(&mut *child);
            }
            Some(_) => {}
        }
        std::thread::sleep(LOOK);
    }
}

/// Describes the status of a process that failed.
fn how(status: ExitStatus) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = status.signal() {
            let name = match signal {
                1 => " (SIGHUP)",
                2 => " (SIGINT)",
                4 => " (SIGILL)",
                6 => " (SIGABRT)",
                7 => " (SIGBUS)",
                8 => " (SIGFPE)",
                9 => " (SIGKILL)",
                11 => " (SIGSEGV)",
                13 => " (SIGPIPE)",
                15 => " (SIGTERM)",
                24 => " (SIGXCPU)",
                _ => "",
            };
            // Usually, only the system sends this signal, when memory runs out.
            let memory = if signal == 9 { "; out of memory?" } else { "" };
            return format!("killed by signal {signal}{name}{memory}");
        }
    }
    match status.code() {
        // How shells and containers report signal 9.
        Some(137) => "exit status 137; out of memory?".to_owned(),
        Some(code) => format!("exit status {code}"),
        None => "ended without an exit status".to_owned(),
    }
}

fn kill(child: &mut dyn process_wrap::std::ChildWrapper) -> std::io::Result<()> {
    #[cfg(unix)]
    return child.signal(9);
    #[cfg(not(unix))]
    child.start_kill()
}
