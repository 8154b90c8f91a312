//! Two kinds of work in turn, so that both meet the same machine; what counts is the fastest round of each.

use std::time::{Duration, Instant};

use super::Speed;
use crate::failure::Failure;

/// Work that can be measured.
pub type Task<'a> = &'a mut dyn FnMut() -> Result<(), Failure>;

/// The fastest rounds.
pub struct Race {
    ours: Duration,
    raw: Option<Duration>,
}

impl Race {
    /// Our work per second, and how much longer it takes than the raw work.
    pub fn speed(&self) -> Speed {
        let ratio = self.raw.map(|raw| self.ours.as_secs_f64() / raw.as_secs_f64());
        Speed {
            per_second: per_second(self.ours),
            ratio_to_raw: ratio.map(hundredths),
        }
    }

    /// The raw work per second.
    pub fn raw_per_second(&self) -> Option<f64> {
        self.raw.map(per_second)
    }
}

/// Measures our work and the raw work in turn for twice this time.
#[cfg(feature = "aws-lc")]
pub fn race(time: Duration, ours: Task<'_>, raw: Task<'_>) -> Result<Race, Failure> {
    let (mut best_ours, mut best_raw) = (round(ours)?, round(raw)?);
    let started = Instant::now();
    while started.elapsed() < time * 2 {
        best_ours = best_ours.min(round(ours)?);
        best_raw = best_raw.min(round(raw)?);
        crate::interrupt::check()?;
    }
    Ok(Race {
        ours: best_ours,
        raw: Some(best_raw),
    })
}

/// Measures our work alone.
#[cfg(not(feature = "aws-lc"))]
pub fn alone(time: Duration, ours: Task<'_>) -> Result<Race, Failure> {
    Ok(Race {
        ours: fastest(time, ours)?,
        raw: None,
    })
}

/// The time of one task in the fastest round.
pub fn fastest(time: Duration, task: Task<'_>) -> Result<Duration, Failure> {
    let mut best = round(task)?;
    let started = Instant::now();
    while started.elapsed() < time {
        best = best.min(round(task)?);
        crate::interrupt::check()?;
    }
    Ok(best)
}

/// Short enough to fit between two turns of the scheduler.
const TASKS_IN_A_ROUND: u32 = 10;

fn round(task: Task<'_>) -> Result<Duration, Failure> {
    let started = Instant::now();
    for _ in 0..TASKS_IN_A_ROUND {
        task()?;
    }
    Ok(started.elapsed() / TASKS_IN_A_ROUND)
}

pub fn per_second(time: Duration) -> f64 {
    time.as_secs_f64().recip().round()
}

fn hundredths(ratio: f64) -> f64 {
    (ratio * 100.0).round() / 100.0
}
