//! When a request is sent again: one loop for requests to the workspace and for those that get a token.

use std::time::{Duration, Instant};

use super::error::ApiError;
use super::options::ClientOptions;

/// The longest pause that is chosen without being asked for.
const LONGEST: Duration = Duration::from_secs(30);
/// A longer pause than this is told of.
const SILENT: Duration = Duration::from_secs(2);

/// How one attempt went.
pub(super) enum Tried<T, E> {
    /// It was answered.
    Done(T),
    /// It failed, and another attempt would fail too or is not safe.
    Failed(E),
    /// It failed and may go better later.
    Again {
        /// The failure.
        error: E,
        /// The failure in words, for whoever waits.
        message: String,
        /// How long the service asks to wait.
        asked: Option<Duration>,
    },
}

/// Why there is no answer.
pub(super) enum GaveUp<E> {
    /// The last attempt failed.
    Failed(E),
    /// The service asks to wait for longer than there is time.
    AskedToWait(E, Duration),
    /// Somebody wants to stop.
    Interrupted(ApiError),
}

/// Attempts something until it is answered, fails for good, or time and attempts are used up: with pauses that the
/// service asks for in `Retry-After`, or with random ones that grow. `in_time` says whether an attempt after a pause
/// would still be of use.
pub(super) fn retry<T, E>(
    options: &ClientOptions,
    sleep: &dyn Fn(Duration) -> Result<(), ApiError>,
    in_time: impl Fn(Duration) -> bool,
    mut attempt: impl FnMut() -> Tried<T, E>,
) -> Result<T, GaveUp<E>> {
    let start = Instant::now();
    let mut pause = options.first_pause;
    let mut left = options.attempts;
    loop {
        sleep(Duration::ZERO).map_err(GaveUp::Interrupted)?;
        let (error, message, asked) = match attempt() {
            Tried::Done(answer) => return Ok(answer),
            Tried::Failed(error) => return Err(GaveUp::Failed(error)),
            Tried::Again { error, message, asked } => (error, message, asked),
        };
        left = left.saturating_sub(1);
        if left == 0 {
            return Err(GaveUp::Failed(error));
        }
        // Between half and the whole of the pause, so that many clients do not come back at once.
        let chance = pause.mul_f64(0.5 + fastrand::f64() / 2.0);
        let wait = asked.map_or(chance, |asked| asked + chance.min(Duration::from_secs(1)));
        if !in_time(wait) || start.elapsed() + wait > options.max_elapsed {
            return Err(match asked {
                Some(asked) if wait > chance => GaveUp::AskedToWait(error, asked),
                _ => GaveUp::Failed(error),
            });
        }
        if wait > SILENT
            && let Some(notice) = &options.progress
        {
            notice(&format!("{message}: retrying in {} s", wait.as_secs()));
        }
        pause = (pause * 2).min(LONGEST);
        sleep(wait).map_err(GaveUp::Interrupted)?;
    }
}
