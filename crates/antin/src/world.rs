//! What the floors below take as arguments: randomness and the time of day.

use std::convert::Infallible;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use antin_trust::UnixTime;
use rand_core::{TryCryptoRng, TryRng};

/// The operating system's generator of random numbers.
///
/// # Panics
///
/// Drawing panics if the operating system has no randomness to give: no key may be made then.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRng;

impl TryRng for SystemRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(getrandom::u32().expect(NO_RANDOMNESS))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(getrandom::u64().expect(NO_RANDOMNESS))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        getrandom::fill(bytes).expect(NO_RANDOMNESS);
        Ok(())
    }
}

impl TryCryptoRng for SystemRng {}

/// The time of day by the system's clock.
pub fn now() -> UnixTime {
    let seconds = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |seconds| -seconds),
    };
    UnixTime(seconds)
}

/// A clock that never goes back, from the moment of the call, for measuring phases.
pub fn stopwatch() -> impl Fn() -> Duration + Send + 'static {
    let started = Instant::now();
    move || started.elapsed()
}

const NO_RANDOMNESS: &str = "the operating system gives no randomness, and keys cannot be made without";
