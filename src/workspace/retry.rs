//! Retries: one loop for requests to the workspace and to token servers.

use std::time::{Duration, Instant};

use super::error::ApiError;
use super::options::ClientOptions;

/// The maximum pause, unless the server requests a longer one.
const LONGEST: Duration = Duration::from_secs(30);
/// Longer pauses are reported.
const SILENT: Duration = Duration::from_secs(2);

/// The result of one attempt.
pub(super) enum Tried<T, E> {
    Done(T),
    /// It failed, and a retry would fail too or is not safe.
    Failed(E),
    /// It failed, and may succeed later.
    Again {
        error: E,
        /// The failure in words, for display.
        message: String,
        /// The pause that the server requests.
        asked: Option<Duration>,
    },
}

/// Why retrying ended.
pub(super) enum GaveUp<E> {
    Failed(E),
    /// The server requests a pause that is longer than the remaining time.
    AskedToWait(E, Duration),
    Interrupted(ApiError),
}

/// Repeats an attempt until it succeeds, fails permanently, or the limits on time and attempts are reached. Pauses
/// are those of `Retry-After`, or random and increasing. `in_time` is whether an attempt after a pause would still
/// be useful.
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
        // Between half and all of the pause, so that clients do not retry simultaneously.
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
